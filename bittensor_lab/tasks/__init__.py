"""Tasks: the off-chain work of a subnet. A challenge goes to miners, a response comes back, a rule scores it.

    challenge(rng)               what miners are shown, and the truth that only the scorer has
    honest(shown, skill, rng)    a miner's response; skill (0 to 1) is the data, compute or size that it has
    spoof(shown, rng)            the response of one who aims at the tempting rule
    sound, tempting              (shown, response, truth) -> score in [0, 1]

Skill is never added to a score: more of it makes a better forecast, model or picture, and the rule sees
only that. Each task has a sound rule, under which skill ranks miners, and a tempting one, cheaper to
compute and easy to spoof: that is a subnet's scoring surface. Everything is really computed, from the
seed of the generator alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Challenge(NamedTuple):
    """What miners are shown, and the truth that only the scorer has."""

    shown: Any
    truth: Any


Rule = Callable[[Any, Any, Any], float]
"""(shown, response, truth) -> score in [0, 1]"""


@dataclass(frozen=True)
class Task:
    """One digital commodity: what is asked, how it is answered and spoofed, and two ways to score it."""

    name: str
    title: str
    skill: str
    """what skill is here"""
    sound_sentence: str
    tempting_sentence: str
    challenge: Callable[[np.random.Generator], Challenge]
    honest: Callable[[Any, float, np.random.Generator], Any]
    spoof: Callable[[Any, np.random.Generator], Any]
    sound: Rule
    tempting: Rule


def mean_scores(
    task: Task, rule: Rule, skills: Sequence[float], challenges: int, seed: int
) -> tuple[NDArray[np.float64], float]:
    """Return the mean score of honest miners of these skills [miners], and that of the spoofer.

    All of them answer the same challenges.
    """
    honest, spoofed = np.zeros(len(skills)), 0.0
    for number in range(challenges):
        challenge = task.challenge(np.random.default_rng([seed, number]))
        for i, skill in enumerate(skills):
            response = task.honest(challenge.shown, skill, np.random.default_rng([seed, number, i + 1]))
            honest[i] += rule(challenge.shown, response, challenge.truth)
        response = task.spoof(challenge.shown, np.random.default_rng([seed, number, len(skills) + 1]))
        spoofed += rule(challenge.shown, response, challenge.truth)
    return honest / challenges, spoofed / challenges


def closeness(error: float, typical: float) -> float:
    """Return 1 for no error, 1/2 for a typical one, and less for more."""
    return float(1.0 / (1.0 + error / typical))
