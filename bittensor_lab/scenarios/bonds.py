"""Scenarios of bonds: what a validator's dividends owe to when, and with whom, it changed its mind.

The gallery of Yuma 3. Each is a few validators and miners, an opinion for every epoch, and the chain's own
epoch run over them under four rules. A validator's dividends are its part of what validators are paid:

    bond ← (1 − α) · bond + α · weight          Yuma 3: each bond for itself; α is 0.1, or liquid
    dividends ∝ stake · Σ incentive · bond / Σ bonds

A weight above the consensus is cut to it before it earns a bond, unless the bonds penalty is 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.params import Hyperparameters
from bittensor_lab.scenarios.base import Outcome, Scenario
from bittensor_lab.units import U16_MAX, tao

YUMA_3 = Hyperparameters(commit_reveal=False)
RULES = {
    "Yuma 2": replace(YUMA_3, yuma3=False),
    "Yuma 3": YUMA_3,
    "liquid alpha": replace(YUMA_3, liquid_alpha=True),
    "no penalty": replace(YUMA_3, bonds_penalty=0),
}
"""the last two are Yuma 3 too"""


class _Watched(NamedTuple):
    """What the epochs paid."""

    dividends: NDArray[np.float64]
    """[epochs, validators] part of what all validators got"""
    bonds: NDArray[np.float64]
    """[epochs, validators, miners] as stored after each epoch, of 1"""


def _watch(
    stake: NDArray[np.int64], weights: Iterable[NDArray[np.int64]], rules: Hyperparameters
) -> _Watched:
    """Epoch after epoch, each with its own weights [validators, miners]; stake [validators] is rao."""
    last, dividends, bonds, v = None, [], [], len(stake)
    for matrix in weights:
        terms = run_epoch(matrix_inputs(stake, matrix, hyperparameters=rules, bonds=last))
        last, paid = terms.bonds, terms.validator_emission[:v]
        dividends.append(paid / paid.sum())
        bonds.append(last.to_dense()[:v, v:] / U16_MAX)
    return _Watched(np.array(dividends), np.array(bonds))


def _nearly_even(rng: np.random.Generator, validators: int) -> NDArray[np.int64]:
    """Stakes [validators] around 100 TAO of which no two are quite the same."""
    return np.array([tao(round(amount, 6)) for amount in rng.uniform(98, 102, validators)])


MOVERS, MOVING_EPOCHS = ("ahead of all", "ahead", "with the majority", "after it", "never"), 40


def _new_miner(seed: int) -> Outcome:
    """Of five validators of about equal stake four turn to a new miner, one after the other."""
    rng = np.random.default_rng(seed)
    stake, order = _nearly_even(rng, 5), rng.permutation(5)
    at = np.append(np.cumsum(rng.integers(1, 4, 4)), MOVING_EPOCHS)
    frame = pd.DataFrame({"mover": MOVERS, "moved_at": at})
    for name, rules in RULES.items():
        turned = at[order]
        weights = ((np.arange(2) == (epoch >= turned)[:, None]) * 100 for epoch in range(MOVING_EPOCHS))
        earned = _watch(stake, weights, rules).dividends[1:].mean(axis=0) / (stake / stake.sum())
        frame[name] = earned[np.argsort(order)]
    shown = frame.set_index("mover")["Yuma 3"]
    return Outcome(float(shown["with the majority"] / shown["ahead of all"]), frame)


SETTLED, AFTER = 40, 60
"""epochs until the bonds have come to rest, and epochs watched from then on"""


def _one_epoch_switch(seed: int) -> Outcome:
    """One of five gives everything to another miner for one epoch, and returns to what all the others say."""
    rng = np.random.default_rng(seed)
    stake, who = _nearly_even(rng, 5), int(rng.integers(5))
    agreed = np.tile([100, 0], (SETTLED + AFTER, 5, 1))
    agreed[SETTLED, who] = [0, 100]
    rows = []
    for name, rules in RULES.items():
        earned = _watch(stake, agreed, rules).dividends[:, who]
        part = earned[SETTLED:] / earned[SETTLED - 1]
        low = int(part.argmin())
        until = low + int(np.argmax(part[low:] > 0.95))
        rows.append((name, float((1 - part).sum()), float(part.min()), until))
    frame = pd.DataFrame(rows, columns=["rule", "epochs_lost", "lowest", "epochs_below_95"])
    return Outcome(float(frame.set_index("rule").epochs_lost["Yuma 3"]), frame)


SMALL, STAGE = 0.02, 25
"""the small validator's part of the stake, and epochs before, while and after it is alone"""


def _small_validator(seed: int) -> Outcome:
    """A small validator alone gives half to a good miner; later all the others do as it did."""
    rng = np.random.default_rng(seed)
    large = _nearly_even(rng, 4)
    stake = np.append(large, int(large.sum() * SMALL / (1 - SMALL)))
    known = np.append(rng.integers(20, 50, 2), 0)
    found = known + np.array([0, 0, known.sum()])
    weights = np.tile(known, (3 * STAGE, 5, 1))
    weights[STAGE:, 4], weights[2 * STAGE :] = found, found
    rows = []
    for name, rules in RULES.items():
        seen = _watch(stake, weights, rules)
        per_stake = seen.dividends[:, 4] / (stake[4] / stake.sum())
        alone, joined = per_stake[STAGE : 2 * STAGE].mean(), per_stake[2 * STAGE :].mean()
        rows.append((name, float(alone), float(joined), float(seen.bonds[2 * STAGE - 1, 4, 2])))
    frame = pd.DataFrame(rows, columns=["rule", "alone", "joined", "bond_when_joined"])
    return Outcome(float(frame.set_index("rule").alone["Yuma 3"]), frame)


STABLE, LATE = (0.1, 0.3, 0.5, 0.7, 0.9), 3
"""the stable miner's part of all weight, and epochs by which the last of three validators is late"""


def _stable_miner(seed: int) -> Outcome:
    """All agree on a stable miner; what is left goes to another, then to a third, one of them late."""
    rng = np.random.default_rng(seed)
    stake, late = _nearly_even(rng, 3), int(rng.integers(3))
    at = np.where(np.arange(3) == late, SETTLED + LATE, SETTLED)
    rows = []
    for share in STABLE:
        new = np.arange(SETTLED + AFTER)[:, None] >= at  # [epochs, validators]
        rest = np.round(1_000 * (1 - share))
        weights = np.stack([np.full(new.shape, 1_000 * share), rest * ~new, rest * new], axis=2)
        row: list[float] = [share]
        for rules in (RULES["Yuma 2"], RULES["Yuma 3"]):
            seen = _watch(stake, np.round(weights).astype(int), rules)
            part = seen.dividends[SETTLED:, late] / seen.dividends[SETTLED - 1, late]
            row += [float((1 - part).sum()), float(seen.bonds[-1, late, 0])]
        rows.append(row)
    columns = ["stable_share", "lost_yuma_2", "bond_yuma_2", "lost_yuma_3", "bond_yuma_3"]
    frame = pd.DataFrame(rows, columns=columns)
    return Outcome(float(frame.lost_yuma_3.iloc[0] / frame.lost_yuma_3.iloc[-1]), frame)


SCENARIOS = (
    Scenario(
        "new miner", "To see a good miner first pays only if the majority follows soon: it makes the bonds.",
        "dividends of who moves with the majority, over those of who moves first (Yuma 3)", _new_miner,
    ),
    Scenario(
        "one-epoch switch", "One epoch's change of mind costs about an epoch's dividends, spread over many.",
        "epochs' worth of dividends that a single epoch elsewhere costs (Yuma 3)", _one_epoch_switch,
    ),
    Scenario(
        "small validator", "A small validator that alone is right is not heard, and pays for it meanwhile.",
        "its dividends per stake while it is alone, over the average (Yuma 3)", _small_validator,
    ),
    Scenario(
        "stable miner", "Being late costs in proportion to the weight that moves; what stays protects.",
        "what being late costs with a tenth of the weight stable, over that with nine tenths (Yuma 3)",
        _stable_miner,
    ),
)  # fmt: skip
