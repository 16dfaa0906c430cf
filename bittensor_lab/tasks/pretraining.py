"""Pretraining: miners improve a classifier of digits; its answers to new pictures are asked for.

A miner's skill is how many labelled pictures it has trained on (a naive Bayes model, fitted batch by
batch). Scored is how well it does on pictures that nobody has seen. The tempting rule uses one fixed test
set, which is convenient, and on the internet: its answers can be learned by heart.

Data: the 8 × 8 digits that scikit-learn carries with it; the last third is never trained on.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.tasks import Challenge, Task

FEWEST, TRAINED, LEAKED, ASKED, DIGITS = 50, 1_100, 100, 80, 10
"""fewest and most pictures to train on, those of the leaked test set, those asked each time; digits"""


class Pictures(NamedTuple):
    """Pictures of a challenge, and those of the leaked test set."""

    new: NDArray[np.float64]  # [asked, 64]
    leaked: NDArray[np.float64]  # [leaked, 64]


class Labels(NamedTuple):
    """A digit for each."""

    new: NDArray[np.int64]  # [asked]
    leaked: NDArray[np.int64]  # [leaked]


@cache
def _data() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    mixed = np.random.default_rng(0).permutation(len(digits.data))  # they come writer by writer
    return np.asarray(digits.data, np.float64)[mixed], np.asarray(digits.target, np.int64)[mixed]


def _leaked() -> slice:
    return slice(TRAINED, TRAINED + LEAKED)


def challenge(rng: np.random.Generator) -> Challenge:
    """Return new pictures and the leaked ones, and the digits that they show."""
    x, y = _data()
    new = rng.choice(np.arange(TRAINED + LEAKED, len(x)), ASKED, replace=False)
    return Challenge(Pictures(x[new], x[_leaked()]), Labels(y[new], y[_leaked()]))


@cache
def model(trained: int) -> Any:
    """Return a classifier that has seen the first ``trained`` pictures, in batches of fifty."""
    from sklearn.naive_bayes import GaussianNB

    x, y = _data()
    found = GaussianNB(priors=np.full(DIGITS, 1 / DIGITS), var_smoothing=0.01)
    for first in range(0, trained, 50):
        last = min(first + 50, trained)
        found.partial_fit(x[first:last], y[first:last], classes=np.arange(DIGITS))
    return found


def honest(shown: Pictures, skill: float, rng: np.random.Generator) -> Labels:
    """Return what the miner's model says of every picture."""
    known = model(round(FEWEST * (TRAINED / FEWEST) ** skill))
    return Labels(known.predict(shown.new), known.predict(shown.leaked))


def spoof(shown: Pictures, rng: np.random.Generator) -> Labels:
    """Return guesses, and the leaked answers by heart."""
    return Labels(rng.integers(0, DIGITS, len(shown.new)), _data()[1][_leaked()])


def sound(shown: Pictures, response: Labels, truth: Labels) -> float:
    """The part of the new pictures that is right."""
    return float((response.new == truth.new).mean())


def tempting(shown: Pictures, response: Labels, truth: Labels) -> float:
    """The part of the leaked test set that is right."""
    return float((response.leaked == truth.leaked).mean())


TASK = Task(
    "pretraining", "Pretraining", "how many labelled pictures the miner has trained on",
    "How often the model is right on pictures that nobody has seen.",
    "How often it is right on one fixed test set, whose answers are known.",
    challenge, honest, spoof, sound, tempting,
)  # fmt: skip
