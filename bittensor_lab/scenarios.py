"""Scenarios: one line to run, one thing to learn, one number to look at.

    outcome = scenarios.run("price pump", seed=3)
    outcome.number          what the scenario is about
    outcome.frame           how it came about, as a table

A scenario compares two futures of one network that differ in a single thing, on the engine itself. It is
a frozen record, so that a lesson, a test and a sweep all mean the same by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.chain import Chain
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.errors import InputError
from bittensor_lab.kernels.emission import SUPPLY, block_emission
from bittensor_lab.params import Hyperparameters
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import with_regime
from bittensor_lab.state import ROOT, State
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, tao


@dataclass(frozen=True)
class Outcome:
    """What a scenario has found."""

    number: float
    frame: pd.DataFrame


@dataclass(frozen=True)
class Scenario:
    """A thing to learn, and how to find it out."""

    name: str
    teaches: str
    number: str
    """what ``Outcome.number`` is"""
    play: Callable[[int], Outcome]
    """from a seed"""


def run(name: str, seed: int = 0) -> Outcome:
    """Run the scenario called ``name``; raises InputError if there is none."""
    for each in SCENARIOS:
        if each.name == name:
            return each.play(seed)
    known = ", ".join(each.name for each in SCENARIOS)
    raise InputError(f"there is no scenario {name!r}", remedy=f"Known: {known}.")


def _rich(state: State, who: str, rao: int) -> State:
    """The same network in which somebody holds ``rao`` more."""
    held = state.free.get(who, 0) + rao
    return replace(state, free=state.free.set(who, held), total_issuance=state.total_issuance + rao)


# --- consensus -----------------------------------------------------------------------------------

CABAL_SHARES = (0.1, 0.2, 0.3, 0.4, 0.45, 0.55, 0.6, 0.7)


def _cabal(seed: int) -> Outcome:
    """A cabal gives everything to its own miner, the honest give it next to nothing; stake by stake."""
    rng = np.random.default_rng(seed)
    honest = np.round(rng.uniform(20, 40, (4, 4))).astype(int).tolist()
    rows = []
    for share in CABAL_SHARES:
        stake = [tao(round(1_000 * (1 - share) / 4, 6))] * 4 + [tao(round(1_000 * share / 2, 6))] * 2
        weights = [[*row, 1] for row in honest] + [[0, 0, 0, 0, 100]] * 2
        terms = run_epoch(matrix_inputs(stake, weights))
        incentive = terms.incentive[6:] / U16_MAX
        rows.append((share, float(incentive[-1]), float(terms.consensus[-1] / U16_MAX)))
    frame = pd.DataFrame(rows, columns=["cabal_stake", "incentive", "consensus"])
    below = frame[frame.cabal_stake < 0.5].incentive.max()
    above = frame[frame.cabal_stake > 0.5].incentive.min()
    return Outcome(float(above / max(below, 1e-9)), frame)


def _dividends(
    stake: list[int], weights: Iterable[NDArray[np.int64]], hyperparameters: Hyperparameters
) -> NDArray[np.float64]:
    """Dividends [epochs, validators] of epoch after epoch, each with its own weights [validators, miners]."""
    bonds, rows = None, []
    for matrix in weights:
        terms = run_epoch(matrix_inputs(stake, matrix, hyperparameters=hyperparameters, bonds=bonds))
        bonds = terms.bonds
        rows.append(terms.dividends[: len(stake)] / U16_MAX)
    return np.array(rows)


MOVES, MOVING_EPOCHS = (1, 3, 5), 30
"""epochs at which the three validators turn to the new miner, and how long they are watched"""


def _moving_first(seed: int) -> Outcome:
    """Three validators of equal stake turn from one miner to another, one after the other (Yuma 3)."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(3)
    at = np.array(MOVES)[order]
    weights = ((np.arange(2) == (epoch >= at)[:, None]) * 100 for epoch in range(MOVING_EPOCHS))
    earned = _dividends([tao(100)] * 3, weights, Hyperparameters(commit_reveal=False))
    frame = pd.DataFrame({"moved_at": at, "dividends": earned[1:].mean(axis=0)}).sort_values("moved_at")
    return Outcome(float(frame.dividends.iloc[0] / frame.dividends.iloc[-1]), frame)


DELAYS, COPIED_EPOCHS, HONEST, MINERS = (1, 2, 4, 8), 60, 4, 8


def _weight_copying(seed: int) -> Outcome:
    """Miners' quality drifts; a copier gives what the honest gave some epochs ago, as late as it sees it."""
    rng = np.random.default_rng(seed)
    quality = np.exp(np.cumsum(rng.normal(0, 0.25, (COPIED_EPOCHS + 8, MINERS)), axis=0))
    seen = quality[:, None, :] * rng.lognormal(0, 0.05, (len(quality), HONEST, MINERS))
    honest = np.round(1_000 * seen / seen.sum(axis=2, keepdims=True)).astype(np.int64)
    rules, rows = Hyperparameters(commit_reveal=False, liquid_alpha=True), []
    for delay in DELAYS:
        epochs = range(8, 8 + COPIED_EPOCHS)
        weights = (
            np.vstack([honest[epoch], np.round(honest[epoch - delay].mean(axis=0)).astype(np.int64)])
            for epoch in epochs
        )
        earned = _dividends([tao(100)] * (HONEST + 1), weights, rules)[10:].mean(axis=0)
        rows.append((delay, float(earned[-1] / earned[:-1].mean())))
    frame = pd.DataFrame(rows, columns=["delay", "copier_over_honest"])
    return Outcome(float(frame.copier_over_honest.iloc[-1]), frame)


# --- registration --------------------------------------------------------------------------------

RUSH = 12


def _registration_rush(seed: int) -> Outcome:
    """Twelve people register in one block, each at the price that the one before has left."""
    chain = Chain(_rich(demo_network(1, 4, 8, seed=seed), "rush", tao(1_000)))
    rows = []
    for number in range(RUSH):
        (event,) = chain.burned_register("rush", f"rush-{number}", 1)
        rows.append((number + 1, event.cost / RAO_PER_TAO))  # type: ignore[attr-defined]
    frame = pd.DataFrame(rows, columns=["registration", "price"])
    return Outcome(float(frame.price.iloc[-1] / frame.price.iloc[0]), frame)


# --- emission ------------------------------------------------------------------------------------

PUMP_BLOCKS = 50


def _price_pump(seed: int) -> Outcome:
    """A fifth of a pool is bought; how many points of emission that moves, by rule."""
    state = demo_network(6, 4, 8, seed=seed)
    netuid, rows = 1, []
    amount = int(state.pools.tao_in[netuid]) // 5
    state = _rich(state, "whale", amount + tao(1))
    state = replace(state, pools=replace(state.pools, user_flow_ema=state.pools.tao_in / 1e4))
    for letter in "BCFG":
        quiet = Chain(with_regime(state, letter))
        pumped = quiet.fork()
        pumped.add_stake("whale", "validator-1", netuid, amount)
        for chain in (quiet, pumped):
            chain.run(PUMP_BLOCKS)
        shares = [float(emission_shares(chain.state)[netuid]) for chain in (quiet, pumped)]
        rows.append((letter, *shares, 100 * (shares[1] - shares[0]) / (amount / RAO_PER_TAO / 1_000)))
    frame = pd.DataFrame(rows, columns=["rule", "share", "share_pumped", "points_per_1000_tao"])
    moved = frame.set_index("rule").points_per_1000_tao
    return Outcome(float(moved["G"] / moved["F"]), frame)


def _flow_collapse(seed: int) -> Outcome:
    """Under the flow rule a large holder leaves; how many blocks the subnet then gets nothing."""
    state = with_regime(_rich(demo_network(4, 4, 8, seed=seed), "whale", tao(3_000)), "C")
    chain = Chain(state)
    for netuid in state.netuids:
        chain.add_stake("whale", "validator-1", netuid, tao(500))
    chain.run(200)
    before = float(emission_shares(chain.state)[1])
    chain.remove_stake("whale", "validator-1", 1, 2**63)
    rows, nothing = [(chain.block, before)], 0
    for _ in range(40):
        chain.run(10)
        share = float(emission_shares(chain.state)[1])
        rows.append((chain.block, share))
        nothing += 10 * (share == 0.0)
    return Outcome(float(nothing), pd.DataFrame(rows, columns=["block", "share"]))


def _owner_burn(seed: int) -> Outcome:
    """An owner's own key earns all the miners' incentive; what that costs its subnet under rule F."""
    state = demo_network(4, 4, 8, seed=seed)
    burned = replace(state, pools=state.pools.at(1, miner_burned=ONE // 2))
    shares = [emission_shares(each) for each in (state, burned)]
    frame = pd.DataFrame(
        {"netuid": state.netuids, "share": shares[0][state.netuids], "share_burned": shares[1][state.netuids]}
    )
    return Outcome(float(frame.share_burned.iloc[0] / frame.share.iloc[0]), frame)


def _halving(seed: int) -> Outcome:
    """The issuance crosses half of the supply; the reward of the blocks around it."""
    state = demo_network(4, 4, 8, seed=seed)
    missing = SUPPLY // 2 - state.total_issuance - 10 * RAO_PER_TAO
    chain = Chain(_rich(state, "everybody", missing))
    rows = []
    for _ in range(30):
        before = chain.state.total_issuance
        chain.run(1)
        rows.append((chain.block, block_emission(before) / RAO_PER_TAO, before / RAO_PER_TAO))
    frame = pd.DataFrame(rows, columns=["block", "block_emission", "issuance"])
    return Outcome(float(frame.block_emission.iloc[-1] / frame.block_emission.iloc[0]), frame)


# --- the life of a subnet ------------------------------------------------------------------------


def _death_of_a_subnet(seed: int) -> Outcome:
    """A subnet is dissolved; what its stakers get of what their alpha was worth at spot."""
    chain = Chain(demo_network(3, 4, 8, seed=seed))
    chain.run(120)
    held = chain.positions("validator-1-cold")
    worth = float(held[held.netuid == 1].value.sum())
    before = chain.state.free["validator-1-cold"]
    chain.dissolve_network(ROOT, 1)
    got = (chain.state.free["validator-1-cold"] - before) / RAO_PER_TAO
    frame = pd.DataFrame([("at spot", worth), ("paid out", got)], columns=["what", "tao"])
    return Outcome(got / worth, frame)


SCENARIOS = (
    Scenario(
        "cabal", "Below kappa a cabal's weight is clipped; above it the cabal decides.",
        "the cabal's miner's incentive above half of the stake, over that below it", _cabal,
    ),
    Scenario(
        "moving first", "Who sees a good miner first holds its bonds first, and is paid for that.",
        "the first mover's dividends over the last one's", _moving_first,
    ),
    Scenario(
        "weight copying", "The longer weights stay secret, the less a copier earns.",
        "a copier's dividends over an honest validator's, eight epochs late", _weight_copying,
    ),
    Scenario(
        "registration rush", "Each registration makes the next one dearer, in the same block.",
        "the last price over the first", _registration_rush,
    ),
    Scenario(
        "price pump", "What buying a subnet's alpha does to its emission depends on the rule.",
        "points of emission per 1,000 TAO under the gate (G), over those without it (F)", _price_pump,
    ),
    Scenario(
        "flow collapse", "Under the flow rule one who leaves takes the subnet's emission along, for long.",
        "blocks without any emission, of 400", _flow_collapse,
    ),
    Scenario(
        "owner burn", "What an owner withholds from miners the subnet loses in emission.",
        "the subnet's share after withholding half, over that before", _owner_burn,
    ),
    Scenario(
        "halving", "The reward halves when half of the supply is issued, whatever the date.",
        "the reward after, over that before", _halving,
    ),
    Scenario(
        "death of a subnet", "Stakers share the pool's TAO by alpha, which is not what spot promised.",
        "what a staker is paid, over its alpha's value at spot", _death_of_a_subnet,
    ),
)  # fmt: skip
