"""Weight copying as tables and sentences: what a validator earns who lets the others do the scoring.

Four honest validators look at miners whose quality drifts, each with some noise, and give what they see.
A fifth one of the same stake looks at no miner: in every epoch it gives the mean of what the four gave
``delay`` epochs before. All five go through the chain's epochs, bonds carried on from one to the next:

    gain = dividends of the copier / mean dividends of the honest − 1

With commit-reveal and a reveal period of p epochs, what stands open is p epochs old and the copier's own
weights open p epochs later, as the others' do; so the delay is p. Nothing is counted for the work of looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.epoch import EpochInputs, matrix_inputs, run_epoch
from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import SparseRows, rows_from_dense
from bittensor_lab.units import U16_MAX, format_percent, tao
from bittensor_lab.views.labels import apart

HONEST, MINERS, STAKE = 4, 8, 100
DELAYS = tuple(range(9))
"""epochs; what the curve is computed for"""
SETTLING, WATCHED = 6, 20
"""epochs until bonds have grown, and epochs that count"""
EVEN = 0.005
"""a gain that is smaller is no gain to speak of"""
WAYS = ("liquid alpha", "one rate")
"""by which bonds move"""


@dataclass(frozen=True)
class Rules:
    """What the copier meets."""

    drift: float = 0.1
    """by how much a miner's quality changes in an epoch, as a part"""
    noise: float = 0.1
    """by how much an honest validator is off, as a part"""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class CopyingView:
    """What copying comes to; ``delay`` and ``liquid`` say which case ``course`` shows."""

    delay: int
    liquid: bool
    rules: Rules
    curve: pd.DataFrame
    """delay, liquid_alpha, gain (part), shown (whether it is the rule in force)"""
    course: pd.DataFrame
    """epoch, copier, honest (dividends, of 1), gain (part)"""

    @cached_property
    def gain(self) -> float:
        """The copier's gain over an honest validator, as a part."""
        there = (self.curve.delay == self.delay) & self.curve.shown
        return float(self.curve.gain[there].iloc[0])


def copying(delay: int = 1, liquid: bool = False, rules: Rules = Rules()) -> CopyingView:
    """Return what copying comes to at every delay, under both ways of moving bonds.

    Parameters
    ----------
    delay
        epochs by which the copier is late; one of ``DELAYS``.
    liquid
        whether bonds move by liquid alpha.
    """
    rows = []
    for each in (False, True):
        for late in DELAYS:
            copier, honest = dividends(late, each, rules)
            rows.append((late, each, float(copier.mean() / honest.mean() - 1), each == liquid))
    copier, honest = dividends(delay, liquid, rules)
    course = pd.DataFrame({"epoch": range(WATCHED), "copier": copier, "honest": honest})
    course["gain"] = course.copier / course.honest - 1
    curve = pd.DataFrame(rows, columns=["delay", "liquid_alpha", "gain", "shown"])
    return CopyingView(delay, liquid, rules, curve, course)


@lru_cache(maxsize=512)
def dividends(delay: int, liquid: bool, rules: Rules) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the dividends of the copier, and of the honest on average, in each epoch [epochs], of 1."""
    start, paid = _start(liquid), []
    bonds = start.bonds
    for weights in _given(delay, rules):
        terms = run_epoch(start.with_rows(weights, bonds))
        bonds = terms.bonds
        paid.append(terms.dividends[: HONEST + 1] / U16_MAX)
    shares = np.array(paid)[SETTLING:]
    return shares[:, -1], shares[:, :-1].mean(axis=1)


@cache
def _start(liquid: bool) -> EpochInputs:
    """The first epoch of five validators of the same stake, without weights and bonds."""
    hyperparameters = Hyperparameters(commit_reveal=False, liquid_alpha=liquid)
    nothing = np.zeros((HONEST + 1, MINERS), np.int64)
    return matrix_inputs(np.full(HONEST + 1, tao(STAKE)), nothing, hyperparameters=hyperparameters)


@lru_cache(maxsize=32)
def _given(delay: int, rules: Rules) -> tuple[SparseRows, ...]:
    """What the honest and the copier give in each epoch; it is the same whichever way bonds move."""
    given, epochs = opinions(rules), np.arange(max(DELAYS), max(DELAYS) + SETTLING + WATCHED)
    whole = np.zeros((len(epochs), HONEST + 1 + MINERS, HONEST + 1 + MINERS), np.int64)
    whole[:, :HONEST, HONEST + 1 :] = given[epochs]
    whole[:, HONEST, HONEST + 1 :] = np.round(given[epochs - delay].mean(axis=1))
    return tuple(rows_from_dense(weights) for weights in whole)


@lru_cache(maxsize=32)
def opinions(rules: Rules) -> NDArray[np.int64]:
    """Return what the honest give [epochs, validators, miners], as u16."""
    rng, epochs = np.random.default_rng(rules.seed), max(DELAYS) + SETTLING + WATCHED
    walk = np.cumsum(rng.normal(0, 1, (epochs, MINERS)), axis=0)
    error = rng.normal(0, 1, (epochs, HONEST, MINERS))
    seen = np.exp(rules.drift * walk[:, None, :] + rules.noise * error)
    return np.round(U16_MAX * seen / seen.max(axis=2, keepdims=True)).astype(np.int64)


def newest(rules: Rules, epochs: int = 5) -> pd.DataFrame:
    """Return what the honest gave each miner on average in the last epochs, % of all, a row per epoch."""
    mean = opinions(rules).mean(axis=1)[-epochs:]
    ago = [f"{back} epoch{'s'[: back > 1]} ago" for back in range(epochs - 1, 0, -1)]
    return pd.DataFrame(
        100 * mean / mean.sum(axis=1, keepdims=True),
        index=[*ago, "newest"],
        columns=[f"M{number + 1}" for number in range(MINERS)],
    )


# --- tables and sentences ---------------------------------------------------------------------------


def tables(view: CopyingView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: curve, course, mark."""
    curve = view.curve.assign(name=np.where(view.curve.liquid_alpha, *WAYS))
    low, high = limits(view)["loss"], limits(view)["gain"]
    ends = curve.index[curve.delay == DELAYS[-1]]
    curve["apart"] = curve.gain
    curve.loc[ends, "apart"] = apart(curve.gain[ends], 0.1 * (low + high), -low, high)
    mark = pd.DataFrame(
        [{"delay": view.delay, "gain": view.gain, "text": format_percent(view.gain, signed=True)}]
    )
    return {"curve": curve, "course": view.course, "mark": mark}


def limits(view: CopyingView) -> dict[str, float]:
    """Return how far the scale must reach, as parts."""
    gains = np.concatenate([view.curve.gain, view.course.gain])
    return {"gain": max(0.02, float(gains.max())) * 1.3, "loss": max(0.02, -float(gains.min())) * 1.15}


def title(view: CopyingView) -> str:
    """Return what the picture proves."""
    when = "In the open" if not view.delay else f"{_epochs(view.delay)} late"
    size = format_percent(abs(view.gain))
    if abs(view.gain) < EVEN:
        return f"{when}, copying pays as much as looking"
    return f"{when}, copying {'pays' if view.gain > 0 else 'costs'} {size}"


def _epochs(delay: int) -> str:
    return "One epoch" if delay == 1 else f"{delay} epochs"


def subtitle(view: CopyingView) -> str:
    """Return how to read the marks."""
    now, other = WAYS if view.liquid else WAYS[::-1]
    return f"Solid: bonds move by {now}, as set. Dashed: by {other}. Upright: the delay that is set."


def summary(view: CopyingView) -> str:
    """Return the picture in words."""
    shown = view.curve[view.curve.shown]
    losing, paying = shown.delay[shown.gain < -EVEN], shown.delay[shown.gain > EVEN]
    last = f"{DELAYS[-1]} epochs"
    costs = f"something {_from(int(losing.min()))}" if len(losing) else f"nothing at any delay up to {last}"
    most = int(paying.max()) if len(paying) else -1
    pays = "nowhere" if most < 0 else f"up to {_epochs(most).lower()}" if most else "only in the open"
    return f"{title(view)}. Copying costs {costs}, and pays {pays}. {_other(view)}"


def _from(delay: int) -> str:
    return f"from {_epochs(delay).lower()} on" if delay else "even in the open"


def _other(view: CopyingView) -> str:
    """What it would be if bonds moved the other way."""
    there = view.curve[(view.curve.delay == view.delay) & ~view.curve.shown]
    gain, way = float(there.gain.iloc[0]), WAYS[int(view.liquid)]
    if abs(gain - view.gain) < 2 * EVEN:
        return f"With bonds that move by {way} it would be much the same."
    verb = "pay" if gain > 0 else "cost"
    return f"With bonds that move by {way} it would {verb} {format_percent(abs(gain))}."
