"""Images: a noisy picture of a digit is shown, the clean one is asked for.

    response = mean + projection of (noisy − mean) onto the main directions of the pictures one has seen

A miner's skill is how many clean pictures it has learned from. Scored is the distance to the clean
picture. The tempting rule cannot have that, and asks how smooth the picture is: grey is smoothest.

Data: the 8 × 8 digits that scikit-learn carries with it; the last third is never learned from.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.tasks import Challenge, Task, closeness

SIDE = 8
NOISE, TYPICAL, ROUGH = 0.25, 0.02, 0.2
"""of full white: the noise added; a typical squared error; a typical step between neighbours"""
LEARNED = 1_200
DIRECTIONS = 14
Picture = NDArray[np.float64]


@cache
def pictures() -> Picture:
    """Return the clean digits [pictures, 64], 0 to 1."""
    from sklearn.datasets import load_digits

    return np.asarray(load_digits().data, np.float64) / 16.0


def challenge(rng: np.random.Generator) -> Challenge:
    """Return a noisy digit [64], and the clean one."""
    clean = pictures()[int(rng.integers(LEARNED, len(pictures())))]
    return Challenge(np.clip(clean + rng.normal(0.0, NOISE, clean.shape), 0.0, 1.0), clean)


@cache
def _learned(count: int) -> tuple[Picture, Picture]:
    """Mean and main directions [directions, 64] of the first ``count`` pictures."""
    seen = pictures()[:count]
    middle = seen.mean(axis=0)
    _, _, directions = np.linalg.svd(seen - middle, full_matrices=False)
    return middle, directions[:DIRECTIONS]


def honest(shown: Picture, skill: float, rng: np.random.Generator) -> Picture:
    """Return what is left of the picture in the directions that the miner knows."""
    middle, directions = _learned(max(2, round(2 * (LEARNED / 2) ** skill)))
    found: Picture = middle + directions.T @ (directions @ (shown - middle))
    return np.clip(found, 0.0, 1.0)


def spoof(shown: Picture, rng: np.random.Generator) -> Picture:
    """Return plain grey."""
    return np.full_like(shown, shown.mean())


def sound(shown: Picture, response: Picture, truth: Picture) -> float:
    """How close the picture is to the clean one."""
    return closeness(float(((response - truth) ** 2).mean()), TYPICAL)


def tempting(shown: Picture, response: Picture, truth: Picture) -> float:
    """How smooth the picture is."""
    square = response.reshape(SIDE, SIDE)
    steps = np.concatenate([np.abs(np.diff(square, axis=axis)).ravel() for axis in (0, 1)])
    return closeness(float(steps.mean()), ROUGH)


TASK = Task(
    "images", "Images", "how many clean pictures the miner has learned from",
    "How close the picture is to the clean one.",
    "How smooth the picture is: no clean one is needed for that.",
    challenge, honest, spoof, sound, tempting,
)  # fmt: skip
