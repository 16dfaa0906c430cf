"""Compute: a machine is asked to work, and is measured by when it answers, and whether it is there at all.

The work is a chain of steps that cannot be skipped, x → a·x + c modulo m. A miner's skill is its machine:
steps per millisecond, and how often it is up. Scored is a fresh piece of work: right, and how soon. The
tempting rule times one standard piece, so that machines can be compared; its answer need be computed once
in a life, and then comes from a cache.

Machines are simulated: latency is steps over speed, with a network's delay; the answers are computed.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from bittensor_lab.tasks import Challenge, Task, closeness

STEPS = 500
MULTIPLIER, INCREMENT, MODULUS = 6_364_136_223_846_793_005, 1_442_695_040_888_963_407, 2**64
STANDARD = 42
"""where the standard piece of work begins"""
SLOWEST, FASTEST = 5.0, 500.0
"""steps per millisecond"""
DELAY, TYPICAL = 2.0, 20.0
"""milliseconds: the network's, and a typical latency"""


class Answer(NamedTuple):
    """The result, and when it came: milliseconds; None: never."""

    result: int
    latency: float | None


class Answers(NamedTuple):
    """To the fresh piece of work, and to the standard one."""

    fresh: Answer
    standard: Answer


@cache
def work(start: int) -> int:
    """Return where the chain of steps leads that begins at ``start``."""
    x = start
    for _ in range(STEPS):
        x = (MULTIPLIER * x + INCREMENT) % MODULUS
    return x


def challenge(rng: np.random.Generator) -> Challenge:
    """Return where the fresh work begins, and the results of both."""
    start = int(rng.integers(2**62))
    return Challenge(start, (work(start), work(STANDARD)))


def honest(shown: int, skill: float, rng: np.random.Generator) -> Answers:
    """Return both results, when this machine has them."""
    speed = SLOWEST * (FASTEST / SLOWEST) ** skill
    up = rng.random() < 0.7 + 0.3 * skill

    def answer(start: int) -> Answer:
        latency = STEPS / speed + DELAY * rng.exponential()
        return Answer(work(start), float(latency) if up else None)

    return Answers(answer(shown), answer(STANDARD))


def spoof(shown: int, rng: np.random.Generator) -> Answers:
    """Return the standard result from a cache, and a guess for the rest."""
    return Answers(Answer(int(rng.integers(2**62)), 0.0), Answer(work(STANDARD), 0.0))


def _timed(answer: Answer, right: int) -> float:
    if answer.result != right or answer.latency is None:
        return 0.0
    return closeness(answer.latency, TYPICAL)


def sound(shown: int, response: Answers, truth: tuple[int, int]) -> float:
    """How soon the fresh work was done, if it is right."""
    return _timed(response.fresh, truth[0])


def tempting(shown: int, response: Answers, truth: tuple[int, int]) -> float:
    """How soon the standard work was done, if it is right."""
    return _timed(response.standard, truth[1])


TASK = Task(
    "compute", "Compute provision", "the speed of the miner's machine, and how often it is up",
    "How soon a fresh piece of work is done, if it is done right.",
    "How soon the standard piece is done: the same each time.",
    challenge, honest, spoof, sound, tempting,
)  # fmt: skip
