"""Thirty epochs in which validators move from an old miner to a new, better one: who earns what, and why.

``bonds(world)`` runs the chain's epoch again and again, each with the bonds that the one before it stored:

    all give everything to M1; in the epoch of its move a validator gives ``part`` of its weight to M2

by each of three rules: Yuma 2 (bonds are shares of a miner), Yuma 3 (each bond is a number of its own) and
liquid alpha (Yuma 3 with a rate of its own for each bond). The bonds have come to rest before the first
epoch: one epoch without any memory brings them there.

What a validator earns is its part of all dividends over its part of the stake: 1 is what stake alone would
give. All numbers in the tables are plain fractions; nothing here feeds back into the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.epoch import EpochInputs, EpochTerms, matrix_inputs, run_epoch, trace_epoch
from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import SparseRows
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX

Rule = Literal["yuma2", "yuma3", "liquid"]
RULES: dict[Rule, str] = {"yuma2": "Yuma 2", "yuma3": "Yuma 3", "liquid": "Liquid alpha"}
EPOCHS = 30
"""how many epochs are watched; a validator that moves in this one never moves"""
STAKE_UNIT = 1000 * RAO_PER_TAO
"""rao in 1 of a world's stake: a thousand alpha"""
WEIGHT_UNIT = 1000


@dataclass(frozen=True)
class World:
    """Who moves when, and by which rules."""

    name: str
    title: str
    sentence: str
    stake: tuple[float, ...]
    """of each validator, thousand alpha"""
    moves: tuple[int, ...]
    """epoch in which each validator moves; ``EPOCHS``: never"""
    part: float = 1.0
    """of its weight that a validator takes from M1 to M2"""
    stay: int = EPOCHS
    """epochs until a validator goes back to M1"""
    rule: Rule = "yuma3"
    penalty: float = 1.0
    """bonds penalty: 1 cuts a weight to the consensus before it earns a bond, 0 leaves it whole"""
    kept: float = 0.9
    """bonds moving average: the part of the old bond that an epoch keeps"""

    def hyperparameters(self, rule: Rule) -> Hyperparameters:
        """Return the subnet's rules, as the chain stores them."""
        return Hyperparameters(
            commit_reveal=False,
            yuma3=rule != "yuma2",
            liquid_alpha=rule == "liquid",
            bonds_penalty=round(self.penalty * U16_MAX),
            bonds_moving_average=round(self.kept * 10**6),
        )


NEVER = EPOCHS
WORLDS = {
    world.name: world
    for world in (
        World(
            "new_miner", "A new good miner", "V1 sees it first, V3 makes the majority, V5 never looks.",
            (20, 20, 20, 20, 20), (2, 5, 8, 12, NEVER),
        ),
        World(
            "small_validator", "A small validator is right", "V5 sees it ten epochs before the others.",
            (24.5, 24.5, 24.5, 24.5, 2), (15, 15, 15, 15, 5), part=0.5,
        ),
        World(
            "tiny_validator", "A tiny validator, a bit late", "V5 holds a ten-thousandth of what V1 holds.",
            (25, 25, 25, 25, 0.0025), (5, 5, 5, 5, 6), rule="yuma2",
        ),
        World(
            "one_epoch", "One epoch elsewhere", "V2 goes to M2 for a single epoch and comes back.",
            (20, 20, 20, 20, 20), (NEVER, 5, NEVER, NEVER, NEVER), stay=1,
        ),
        World(
            "late", "Three epochs late", "Half of the weight stays with M1; V5 moves the rest late.",
            (20, 20, 20, 20, 20), (5, 5, 5, 5, 8), part=0.5,
        ),
    )
}  # fmt: skip
"""the lab's presets by name"""


@dataclass(frozen=True, eq=False)
class BondsView:
    """Thirty epochs as tables; ``lines`` follows the world's own rule."""

    world: World
    lines: pd.DataFrame
    """validator, row, epoch, weight, counted, bond (all on M2), trust, dividends, per_stake"""
    validators: pd.DataFrame
    """validator, row, stake, moves, earned, and what each rule would give: yuma2, yuma3, liquid"""
    turn: int | None
    """the epoch in which a majority first agrees on M2"""


def world(name: str) -> World:
    """Return a preset; change it with ``dataclasses.replace``."""
    return WORLDS[name]


class Watched(NamedTuple):
    """What the epochs left behind, on M2 where it is about a miner."""

    counted: NDArray[np.float64]
    """[epochs, validators] the weight that earns a bond"""
    bond: NDArray[np.float64]
    """[epochs, validators] as stored after the epoch, of 1"""
    trust: NDArray[np.float64]
    """[epochs, validators]"""
    dividends: NDArray[np.float64]
    """[epochs, validators] part of what all validators are paid"""
    agreed: NDArray[np.bool_]
    """[epochs] whether a majority supports M2"""


def bonds(world: World) -> BondsView:
    """Run the epochs of a world by all three rules, and return them as tables."""
    shown = watch(world)
    paid = {rule: shown.dividends if rule == world.rule else dividends(world, rule) for rule in RULES}
    stake = np.array(world.stake, float) / max(sum(world.stake), 1e-300)
    per_stake = {rule: _over(shares, stake) for rule, shares in paid.items()}
    names = np.array([f"V{i + 1}" for i in range(len(stake))], object)
    validators = pd.DataFrame(
        {"validator": names, "row": np.arange(len(stake)), "stake": stake, "moves": world.moves}
    )
    for rule, values in per_stake.items():
        validators[rule] = values.mean(axis=0)
    validators["earned"] = validators[world.rule]
    turned = np.flatnonzero(shown.agreed)
    lines = _lines(world, names, shown, per_stake[world.rule])
    return BondsView(world, lines, validators, int(turned[0]) if len(turned) else None)


def _lines(
    world: World, names: NDArray[np.object_], seen: Watched, per_stake: NDArray[np.float64]
) -> pd.DataFrame:
    """A line per validator and epoch; columns are [epochs, validators] until here."""
    columns = {
        "weight": world.part * moved(world),
        "counted": seen.counted,
        "bond": seen.bond,
        "trust": seen.trust,
        "dividends": seen.dividends,
        "per_stake": per_stake,
    }
    v = len(names)
    return pd.DataFrame(
        {
            "validator": np.repeat(names, EPOCHS),
            "row": np.repeat(np.arange(v), EPOCHS),
            "epoch": np.tile(np.arange(EPOCHS), v),
            **{name: values.T.ravel() for name, values in columns.items()},
        }
    )


def watch(world: World) -> Watched:
    """Run the epochs by the world's own rule, step by step."""
    rules, v, seen = world.hyperparameters(world.rule), len(world.stake), []
    last = _settled(world, rules)
    for on_m2 in moved(world):
        trace = trace_epoch(_inputs(world, on_m2, rules, last))
        last = trace.terms.bonds
        given, kept = (matrix[:v, v + 1] / ONE for matrix in (trace.weights, trace.clipped))
        seen.append(
            (
                given + rules.bonds_penalty / U16_MAX * (kept - given),
                last.to_dense()[:v, v + 1] / U16_MAX,
                trace.validator_trust[:v] / ONE,
                _shares(trace.terms, v),
                trace.consensus[v + 1] > 0,
            )
        )
    return Watched(*(np.array(column) for column in zip(*seen, strict=True)))


def dividends(world: World, rule: Rule) -> NDArray[np.float64]:
    """Run the epochs by any rule: [epochs, validators] part of what all validators are paid."""
    rules, paid = world.hyperparameters(rule), []
    last = _settled(world, rules)
    for on_m2 in moved(world):
        terms = run_epoch(_inputs(world, on_m2, rules, last))
        last = terms.bonds
        paid.append(_shares(terms, len(world.stake)))
    return np.array(paid)


def _shares(terms: EpochTerms, v: int) -> NDArray[np.float64]:
    paid = terms.validator_emission[:v]
    return paid / max(int(paid.sum()), 1)


def moved(world: World) -> NDArray[np.bool_]:
    """Return in which epochs each validator gives weight to M2: [epochs, validators]."""
    epoch, at = np.arange(EPOCHS)[:, None], np.array(world.moves)
    return (epoch >= at) & (epoch < at + world.stay)


def _inputs(
    world: World, on_m2: NDArray[np.bool_], rules: Hyperparameters, bonds: SparseRows | None
) -> EpochInputs:
    """One epoch's inputs: two miners, M1 and M2; ``on_m2`` [validators] says who has moved."""
    taken = np.where(on_m2, round(WEIGHT_UNIT * world.part), 0)
    stake = np.array([round(amount * STAKE_UNIT) for amount in world.stake])
    weights = np.stack([WEIGHT_UNIT - taken, taken], axis=1)
    return matrix_inputs(stake, weights, hyperparameters=rules, bonds=bonds)


def _settled(world: World, rules: Hyperparameters) -> SparseRows:
    """The bonds of validators that have agreed on M1 for long: an epoch that keeps nothing old."""
    forgetful = replace(rules, liquid_alpha=False, bonds_moving_average=0)
    return run_epoch(_inputs(world, np.zeros(len(world.stake), bool), forgetful, None)).bonds


def _over(dividends: NDArray[np.float64], stake: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dividends per stake: [epochs, validators], 0 where there is no stake."""
    return np.divide(dividends, stake, out=np.zeros_like(dividends), where=stake > 0)
