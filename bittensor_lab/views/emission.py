"""Emission: one block's TAO into six subnets under every rule, and one subnet's alpha into wallets.

    shares     who gets how much of the block, under each of the seven rules             (``regimes``)
    TAO        into the pools, beside new alpha; what finds none buys alpha              (``coinbase``)
    alpha      owner 18 %, miners 41 %, validators 41 % less root's part, then wallets   (``block``)

Everything is a real block: the network is put together as the learner sets it, the chain's own
``block_step`` makes one block of it, in which the epoch of the learner's subnet is due, and what has grown
is counted, to the rao. One of the six is the learner's, Forecasts unless said; the others stand still.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from bittensor_lab.block import block_step
from bittensor_lab.coinbase import emission_shares, injections, root_proportion, run_coinbase
from bittensor_lab.events import EmissionDistributed
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.regimes import REGIMES, with_regime
from bittensor_lab.rows import EMPTY_ROW, Row, make_row
from bittensor_lab.share_pool import SharePool
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT_NETUID, Pools, State
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, tao
from bittensor_lab.views.economy import emission_breakdown, pools

NAMES = ("Text", "Forecasts", "Images", "Compute", "Speech", "Storage")
SUBNET = NAMES.index("Forecasts") + 1
"""netuid of the learner's subnet, unless another is chosen"""
BLOCKS_PER_DAY = 7_200
VOTES = (31, 12, 20, 17, 14, 6)
"""root's votes of old, %"""
PRICES = (0.27, 0.28, 0.23, 0.20, 0.22, 0.12)
"""TAO for an alpha, moving and spot"""
FLOWS = (100.0, 400.0, -60.0, 215.0, 60.0, 25.0)
"""TAO a day that people stake net, on average"""
CHAIN_FLOWS = (420.0, 1_150.0, 400.0, 480.0, 800.0, 350.0)
"""TAO a day that the chain puts in, on average"""
WITHHELD = (0.0, 0.0, 0.0, 0.4, 0.1, 0.0)
"""what the owners' own keys take of the miners' pay, as a part"""
ALPHA, IN_POOL = (61_000, 34_000, 23_000, 87_000, 16_000, 10_000), 0.45
"""alpha of each subnet, and the part of it that is in the pool"""
QUALITY = (30, 22, 16, 12, 8, 6, 4, 2)
"""what all validators of the learner's subnet give its miners, %"""
STAKES, OWN = (0.4, 0.3, 0.2, 0.1), 0.25
"""each validator's part of all stake, and the part of it that is its own"""
ISSUED, ALICE, HER_ALPHA = 11_000_000, "alice", 1_000
"""TAO issued so far: the first halving lies behind; and a staker"""


@dataclass(frozen=True)
class World:
    """What the learner sets: which subnet is theirs, its numbers, the gate's bar, and root's stake."""

    subnet: int = SUBNET
    """netuid; ``yours`` gives the world of another one with the numbers that it has"""
    price: float = PRICES[SUBNET - 1]
    flow: float = FLOWS[SUBNET - 1]
    withheld: float = 0.0
    bar: float = 0.215
    """share at which the gate lets half of a subnet's weight through; here what the chain itself would set"""
    root: float = 60_000.0
    """TAO staked on root"""

    @property
    def name(self) -> str:
        """What the learner's subnet is called."""
        return NAMES[self.subnet - 1]


@dataclass(frozen=True, eq=False)
class EmissionView:
    """One block under one rule. Amounts are TAO and alpha."""

    rule: str
    world: World
    shares: pd.DataFrame
    """per subnet: its share under the rules A to G; under the one that is set its TAO: injected, buys"""
    alpha: pd.DataFrame
    """of the learner's subnet: pot, wallet, alpha"""
    new: float
    """TAO of the block"""
    made: float
    """alpha that the block makes there"""
    alice: float
    """what of it goes to the staker who holds 1,000 alpha"""
    root_part: float
    """root's part of the stake weight there"""
    unwithheld: float
    """the share that it would have if nothing were withheld there"""

    @property
    def share(self) -> float:
        """The share of the learner's subnet under the rule."""
        return float(self.shares[self.rule].iloc[self.world.subnet - 1])

    @property
    def before(self) -> float | None:
        """Its share under the rule before, if there was one."""
        letters = [each.letter for each in REGIMES]
        place = letters.index(self.rule)
        return float(self.shares[letters[place - 1]].iloc[self.world.subnet - 1]) if place else None


def yours(name: str) -> World:
    """Return the world in which another of the six is the learner's, with the numbers that it has."""
    at = NAMES.index(name)
    return World(subnet=at + 1, price=PRICES[at], flow=FLOWS[at], withheld=WITHHELD[at])


@lru_cache(maxsize=256)
def emission(world: World = World(), rule: str = "G") -> EmissionView:
    """Return one block of the network of six subnets, under a rule: a letter from A to G."""
    states = {each.letter: network(world, each.letter) for each in REGIMES}
    before = states[rule]
    after, events = block_step(before)
    shares = {letter: emission_shares(state)[1:] for letter, state in states.items()}
    table = pd.DataFrame({"subnet": NAMES, **shares, **_tao(before)})
    netuid = world.subnet
    event = next(e for e in events if isinstance(e, EmissionDistributed) and e.netuid == netuid)
    return EmissionView(
        rule=rule,
        world=world,
        shares=table,
        alpha=_alpha(before, after, event),
        new=int(block_emission(before.total_issuance)) / RAO_PER_TAO,
        made=int(block_emission(before.pools.alpha_issuance(netuid))) / RAO_PER_TAO,
        alice=_grown(before, after, netuid, [ALICE]) / RAO_PER_TAO,
        root_part=root_proportion(before, netuid),
        unwithheld=float(emission_shares(network(replace(world, withheld=0.0), rule))[netuid]),
    )


def _tao(state: State) -> dict[str, list[float]]:
    """What the next block's TAO does in each subnet."""
    found = emission_breakdown(state)
    found = found[(found.token == "TAO") & (found.netuid != ROOT_NETUID)]
    parts = {"injected": "pool", "buys": "chain buys"}
    return {name: (found[found.party == party].rao / RAO_PER_TAO).tolist() for name, party in parts.items()}


def _alpha(before: State, after: State, event: EmissionDistributed) -> pd.DataFrame:
    """Where the alpha that the event's subnet makes in the block ends, by pot and wallet.

    What validators and their stakers have gained comes from two pots; the event says how much from theirs.
    """
    miner = f"miner-{event.netuid}-1"
    best = _grown(before, after, event.netuid, [f"{miner}-cold"], [miner])
    stakers = _grown(before, after, event.netuid, [ALICE, "stakers"])
    validators = _grown(before, after, event.netuid, [f"{name}-cold" for name in _validators()])
    takes = stakers + validators - event.validators
    rows = [
        ("miners", "best miner", best),
        ("miners", "other miners", event.miners - best),
        ("miners", "withheld", event.withheld),
        ("validators", "validators", validators - takes),
        ("validators", "stakers", stakers),
        ("root", "validators' take", takes),
        ("root", "root stakers", event.root - takes),
        ("owner", "owner", event.owner),
    ]
    table = pd.DataFrame(rows, columns=["pot", "wallet", "alpha"])
    return table.assign(alpha=table.alpha.clip(lower=0) / RAO_PER_TAO)


def _grown(
    before: State, after: State, netuid: int, coldkeys: list[str], hotkeys: list[str] | None = None
) -> int:
    """What these coldkeys' stake on a subnet has grown by, rao; on its validators unless said."""
    return sum(
        stake_of(after, netuid, hotkey, coldkey) - stake_of(before, netuid, hotkey, coldkey)
        for hotkey in hotkeys or _validators()
        for coldkey in coldkeys
    )


# --- the network ------------------------------------------------------------------------------------


def network(world: World, rule: str) -> State:
    """Return the network of six subnets as the learner sets it, under a rule, before the block."""
    state = with_regime(_with_world(world), rule)
    return replace(state, gate_bar=max(1, int(world.bar * 2**64))) if rule == "G" else state


@lru_cache(maxsize=8)
def _with_world(world: World) -> State:
    """The network with the learner's numbers, root's stake and what validators give the owner's uid."""
    netuid = world.subnet
    state = _base(netuid)
    price, flow = int(world.price * ONE), world.flow * RAO_PER_TAO / BLOCKS_PER_DAY
    pooled, staked = int(state.pools.alpha_in[netuid] * world.price), tao(world.root)
    columns = {
        "tao_in": (pooled, staked),
        "account": (pooled, staked),
        "alpha_out": (int(state.pools.alpha_out[netuid]), staked),
        "moving_price": (price, 0),
        "miner_burned": (int(world.withheld * ONE), 0),
    }
    pools = state.pools
    for name, (here, on_root) in columns.items():
        pools = pools.at(netuid, **{name: here}).at(ROOT_NETUID, **{name: on_root})
    flows = pools.user_flow_ema.copy()
    flows[netuid] = flow
    grown = int(pools.account.sum() - state.pools.account.sum())
    state = replace(
        state,
        pools=replace(pools, user_flow_ema=flows),
        stake=(state.stake[ROOT_NETUID].update(_ledger(staked)), *state.stake[1:]),
        total_issuance=state.total_issuance + grown,
    )
    return state.with_subnet(state.subnet(netuid).with_mechanism(0, weights=_weights(world.withheld)))


@cache
def _base(yours: int) -> State:
    """What the learner does not touch: main net's rules, six pools, their stakes; the epoch is due.

    Nobody's root dividends are drawn by lot in this block, so that all of them stay where they can be seen.
    """
    state = demo_network(len(NAMES), len(STAKES), len(QUALITY), rulebook=mainnet())
    alpha = np.array((0, *ALPHA)) * RAO_PER_TAO
    inside = (alpha * IN_POOL).astype(np.int64)
    price = np.array((0.0, *PRICES))
    pooled = (inside * price).astype(np.int64)
    per_block = RAO_PER_TAO / BLOCKS_PER_DAY
    pools = replace(
        state.pools,
        tao_in=pooled,
        account=pooled,
        alpha_in=inside,
        alpha_out=alpha - inside,
        moving_price=(price * ONE).astype(np.int64),
        miner_burned=(np.array((0.0, *WITHHELD)) * ONE).astype(np.int64),
        root_share=np.array((0.0, *VOTES)) / sum(VOTES),
        user_flow_ema=np.array((0.0, *FLOWS)) * per_block,
        protocol_flow_ema=np.array((0.0, *CHAIN_FLOWS)) * per_block,
    )
    free = tao(ISSUED) - int(pooled.sum()) - sum(state.free.values())
    stake = [
        ledger.update(_ledger(int(amount), netuid == yours))
        for netuid, (ledger, amount) in enumerate(zip(state.stake, alpha - inside, strict=True))
    ]
    return replace(
        state,
        network=replace(state.network, root_claims_per_block=0),
        pools=pools,
        free=state.free.set("everybody", free),
        total_issuance=tao(ISSUED),
        stake=tuple(stake),
        staking_hotkeys=state.staking_hotkeys.update(dict.fromkeys(_stakers(), tuple(_validators()))),
        clocks=state.clocks.at(yours, pending_epoch_at=state.block + 1),
    )


def _ledger(total: int, alice: bool = False) -> dict[str, SharePool]:
    """Stake of ``total`` rao: the validators' own, their stakers', and on the first one Alice's."""
    pools = {}
    for name, part in zip(_validators(), STAKES, strict=True):
        own, whole = int(total * part * OWN), int(total * part)
        hers = tao(HER_ALPHA) if alice and name == _validators()[0] else 0
        pool = SharePool().with_stake(f"{name}-cold", own).with_stake("stakers", whole - own - hers)
        pools[name] = pool.with_stake(ALICE, hers) if hers else pool
    return pools


def _weights(withheld: float, quality: Sequence[int] = QUALITY) -> tuple[Row, ...]:
    """The rows of the learner's subnet: all give the owner's uid a part, the miners the rest by quality."""
    uids = [0, *range(1 + len(STAKES), 1 + len(STAKES) + len(QUALITY))]
    given = np.array([withheld, *((1 - withheld) * np.array(quality) / sum(quality))])
    row = make_row(np.array(uids), np.round(given / given.max() * U16_MAX))
    return (EMPTY_ROW, *(row,) * len(STAKES), *(EMPTY_ROW,) * len(QUALITY))


def _stakers() -> list[str]:
    return [*(f"{name}-cold" for name in _validators()), "stakers", ALICE]


def _validators() -> list[str]:
    return [f"validator-{number + 1}" for number in range(len(STAKES))]


# --- what the lesson shows besides -------------------------------------------------------------------


def subnets() -> pd.DataFrame:
    """Return the six subnets at the start: what the rules look at."""
    table = pools(network(World(), "F"))[["moving_price", "root_proportion", "miner_burned"]]
    flows = {"people stake, τ a day": FLOWS, "the chain puts in, τ a day": CHAIN_FLOWS}
    return table.assign(**flows, subnet=NAMES).set_index("subnet")


def history(view: EmissionView) -> pd.DataFrame:
    """Return the seven rules: their dates, their formulas, and what the learner's subnet gets by each, %."""
    rows = [
        (
            each.letter,
            each.name,
            each.since,
            each.until,
            each.formula,
            100 * view.shares[each.letter][view.world.subnet - 1],
        )
        for each in REGIMES
    ]
    columns = ["rule", "name", "since", "until", "share s", f"{view.world.name}, %"]
    return pd.DataFrame(rows, columns=columns)


def terms(world: World = World(), rule: str = "G") -> pd.DataFrame:
    """Return what a block means for each subnet, in TAO and alpha.

    Its TAO, its price, the most alpha that may go in beside it since June 2026 (root's part of what is
    made), and what comes of them: TAO in, alpha in, and the excess that buys alpha.
    """
    state, view, rows = network(world, rule), emission(world, rule), []
    for netuid, found in injections(state).items():
        given = view.new * view.shares[rule][netuid - 1]
        made = int(block_emission(state.pools.alpha_issuance(netuid)))
        cap = root_proportion(state, netuid) * made / RAO_PER_TAO
        amounts = [amount / RAO_PER_TAO for amount in found]
        rows.append((NAMES[netuid - 1], given, alpha_price(state, netuid), cap, *amounts))
    return pd.DataFrame(rows, columns=["subnet", "given", "price", "cap", "tao_in", "alpha_in", "excess"])


@cache
def two_mechanisms() -> pd.DataFrame:
    """Return what the miners of Forecasts get of a block if it has a second mechanism with a quarter of it.

    The second judges them the other way round. Per miner: its incentive in each mechanism as a part of 1,
    their sum; the alpha that it was paid, its part of all; and the alpha that the chain notes for its uid.
    """
    state = network(World(), "F")
    subnet = state.subnet(SUBNET)
    first = subnet.mechanism(0)
    second = replace(first, weights=_weights(0.0, QUALITY[::-1]))
    split = (3 * (U16_MAX + 1) // 4 - 1, (U16_MAX + 1) // 4)
    subnet = replace(subnet, mechanisms=(first, second), mechanism_split=split)
    before = state.with_subnet(subnet)
    after, _ = block_step(before)
    uids = range(1 + len(STAKES), subnet.n)
    keys = [subnet.hotkeys[uid] for uid in uids]
    found = after.subnet(SUBNET)
    incentive = [found.mechanism(m).incentive[list(uids)] / U16_MAX for m in range(2)]
    paid = np.array([_grown(before, after, SUBNET, [f"{key}-cold"], [key]) for key in keys]) / RAO_PER_TAO
    return pd.DataFrame(
        {
            "miner": [f"M{number + 1}" for number in range(len(keys))],
            "incentive 0": incentive[0],
            "incentive 1": incentive[1],
            "sum": incentive[0] + incentive[1],
            "paid": paid,
            "part": paid / paid.sum(),
            "noted": found.emission[list(uids)] / RAO_PER_TAO,
        }
    )


@cache
def recovery(lost: float = 150.0, comes: float = 75.0, days: int = 60) -> pd.DataFrame:
    """Return how Forecasts fares under the user flow, day by day: average flow, share of the block.

    On average ``lost`` TAO a day have left it; from now on ``comes`` a day come.
    """
    state, rows = network(World(flow=-lost), "C"), []
    for day in range(days + 1):
        average = float(state.pools.user_flow_ema[SUBNET]) * BLOCKS_PER_DAY / RAO_PER_TAO
        rows.append((day, average, float(emission_shares(state)[SUBNET])))
        flows = {netuid: FLOWS[netuid - 1] for netuid in state.netuids} | {SUBNET: comes}
        state = replace(state, pools=_with_flows(state, flows), block=state.block + BLOCKS_PER_DAY)
        state = run_coinbase(state, BLOCKS_PER_DAY)
    return pd.DataFrame(rows, columns=["day", "average", "share"])


def _with_flows(state: State, flows: dict[int, float]) -> Pools:
    """The pools with a day's flows, TAO, that wait to be averaged."""
    column = state.pools.user_flow.copy()
    for netuid, amount in flows.items():
        column[netuid] = int(amount * RAO_PER_TAO)
    return replace(state.pools, user_flow=column)


@cache
def burned_or_recycled(withheld: float = 0.5) -> pd.DataFrame:
    """Return what it comes to if the owner's keys take a part of the miners' pay, by what becomes of that.

    Forecasts' share by the rule since June 2026, before and after; alpha of its block that miners get; alpha
    that exists after the block more than before.
    """
    rows = []
    for part, recycles in ((0.0, False), (withheld, False), (withheld, True)):
        before = network(World(withheld=part), "F").with_hyperparameters(SUBNET, recycle_or_burn=recycles)
        after, events = block_step(before)
        paid = next(e for e in events if isinstance(e, EmissionDistributed) and e.netuid == SUBNET)
        made = after.pools.alpha_issuance(SUBNET) - before.pools.alpha_issuance(SUBNET)
        name = "recycled" if recycles else "burned" if part else "nothing"
        share = float(emission_shares(before)[SUBNET])
        rows.append((name, share, paid.miners / RAO_PER_TAO, made / RAO_PER_TAO))
    return pd.DataFrame(rows, columns=["withheld is", "share", "miners get", "alpha added"])
