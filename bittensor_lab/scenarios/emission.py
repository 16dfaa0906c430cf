"""Scenarios of emission: what moves a subnet's share of the block's reward, and the reward itself.

The share follows the subnet's price, or the flow of TAO into its pool, by the rule of the day
(``regimes``); less, since June 2026, what its owner withholds from miners. The reward is 1 TAO a block
until half of all TAO is issued, then half of that, and so on; what is recycled is issued again.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from bittensor_lab.chain import Chain
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.kernels.emission import SUPPLY, block_emission
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import with_regime
from bittensor_lab.scenarios.base import Outcome, Scenario, rich
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT, State
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, tao

NETUID, PUMP_BLOCKS, HELD_BLOCKS = 1, 50, 500
"""the subnet; blocks after which emission is compared, and after which the pumper sells"""


def _price_pump(seed: int) -> Outcome:
    """Somebody buys for a fifth of a pool's TAO, and sells again: what it moves, what it costs, by rule."""
    state = demo_network(6, 4, 8, seed=seed)
    amount = int(state.pools.tao_in[NETUID]) // 5
    state = rich(state, "whale", amount + tao(1))
    state = replace(state, pools=replace(state.pools, user_flow_ema=state.pools.tao_in / 1e4))
    rows = [(letter, *_pumped(with_regime(state, letter), amount)) for letter in "BCFG"]
    frame = pd.DataFrame(rows, columns=["rule", "share", "share_pumped", "profit"])
    thousands = amount / RAO_PER_TAO / 1_000
    frame.insert(3, "points_per_1000_tao", 100 * (frame.share_pumped - frame.share) / thousands)
    moved = frame.set_index("rule").points_per_1000_tao
    return Outcome(float(moved["G"] / moved["F"]), frame)


def _pumped(state: State, amount: int) -> tuple[float, float, float]:
    """The share of emission without and with the pump; the pumper's profit on the alpha bought, TAO."""
    quiet = Chain(state)
    pumped = quiet.fork()
    before = pumped.state.free["whale"]
    pumped.add_stake("whale", "validator-1", NETUID, amount)
    bought = stake_of(pumped.state, NETUID, "validator-1", "whale")
    for chain in (quiet, pumped):
        chain.run(PUMP_BLOCKS)
    share, share_pumped = (float(emission_shares(chain.state)[NETUID]) for chain in (quiet, pumped))
    pumped.run(HELD_BLOCKS - PUMP_BLOCKS)
    pumped.remove_stake("whale", "validator-1", NETUID, bought)  # dividends stay: anybody earns them
    return share, share_pumped, (pumped.state.free["whale"] - before) / RAO_PER_TAO


WATCHED, STEP, COMING = 600, 10, tao(3)
"""blocks after the holder has left, blocks between two looks, and what newcomers stake on each subnet then"""


def _flow_collapse(seed: int) -> Outcome:
    """Under the flow rule a large holder leaves a subnet, or stays, while newcomers come little by little."""
    state = with_regime(rich(demo_network(4, 4, 8, seed=seed), "whale", tao(3_000)), "C")
    stays = Chain(rich(state, "newcomers", WATCHED // STEP * COMING * len(state.netuids) + tao(1)))
    for netuid in state.netuids:
        stays.add_stake("whale", "validator-1", netuid, tao(500))
    stays.run(200)
    leaves = stays.fork()
    leaves.remove_stake("whale", "validator-1", NETUID, 2**63)
    rows = []
    for after in range(0, WATCHED, STEP):
        for chain in (stays, leaves):
            for netuid in state.netuids:
                chain.add_stake("newcomers", "validator-2", netuid, COMING)
            chain.run(STEP)
        shares = [float(emission_shares(chain.state)[NETUID]) for chain in (stays, leaves)]
        rows.append((after + STEP, *shares))
    frame = pd.DataFrame(rows, columns=["blocks_after", "share_if_stays", "share"])
    return Outcome(float(STEP * (frame.share == 0.0).sum()), frame)


WITHHELD, VALIDATORS = (0.0, 0.25, 0.5, 0.75, 1.0), 4


def _owner_burn(seed: int) -> Outcome:
    """Validators give a part of all weight to the owner's uid; what the next epoch makes of it (rule F)."""
    network = demo_network(4, VALIDATORS, 8, seed=seed)
    rows = []
    for part in WITHHELD:
        chain = Chain(network)
        chain.run(30)
        for uid in range(1, VALIDATORS + 1):
            row = network.subnet(NETUID).mechanism(0).weights[uid]
            given = {int(target): (1 - part) * int(value) for target, value in zip(*row, strict=True)}
            given[0] = part * sum(row.value.tolist())
            top = max(given.values())
            values = [round(U16_MAX * value / top) for value in given.values()]
            chain.set_weights(f"validator-{uid}", NETUID, list(given), values)
        chain.run_epochs(1, netuid=NETUID)
        burned = int(chain.state.pools.miner_burned[NETUID]) / ONE
        rows.append((part, burned, float(emission_shares(chain.state)[NETUID])))
    frame = pd.DataFrame(rows, columns=["weight_on_owner", "withheld", "share"])
    shown = frame.set_index("weight_on_owner").share
    return Outcome(float(shown[0.5] / shown[0.0]), frame)


def _halving(seed: int) -> Outcome:
    """The issuance crosses half of the supply; in another future a subnet's dissolution recycles some."""
    state = demo_network(4, 4, 8, seed=seed)
    missing = SUPPLY // 2 - state.total_issuance - 10 * RAO_PER_TAO
    plain = Chain(rich(state, "everybody", missing))
    recycled = plain.fork()
    recycled.dissolve_network(ROOT, NETUID)
    rows = []
    for _ in range(60):
        issued = [chain.state.total_issuance for chain in (plain, recycled)]
        for chain in (plain, recycled):
            chain.run(1)
        emitted = [block_emission(each) / RAO_PER_TAO for each in issued]
        rows.append((plain.block, issued[0] / RAO_PER_TAO, *emitted))
    frame = pd.DataFrame(rows, columns=["block", "issuance", "block_emission", "after_recycling"])
    return Outcome(float(frame.block_emission.iloc[-1] / frame.block_emission.iloc[0]), frame)


SCENARIOS = (
    Scenario(
        "price pump", "What buying a subnet's alpha does to its emission, and if it pays, is up to the rule.",
        "points of emission per 1,000 TAO under the gate (G), over those without it (F)", _price_pump,
    ),
    Scenario(
        "flow collapse", "Under the flow rule one who leaves takes the subnet's emission along, for long.",
        "blocks without any emission, though newcomers bring 0.3 TAO each block", _flow_collapse,
    ),
    Scenario(
        "owner burn", "What an owner withholds from miners the subnet loses in emission.",
        "the subnet's share with half of all weight on the owner, over that with none", _owner_burn,
    ),
    Scenario(
        "halving", "The reward halves when half of the supply is issued, whatever the date.",
        "the reward after, over that before", _halving,
    ),
)  # fmt: skip
