"""Speech: symbols are sent as tones through noise; the symbols are asked for, and the sound made clean.

    heard symbol = the tone whose sine and cosine match the sound best, over the samples one can afford

A miner's skill is how many samples of each tone it can process. Scored is how many symbols are right. The
tempting rule wants no transcript, and takes how loud the cleaned sound is for how clean it is.

Sounds are synthesised: eight tones, one after the other, in white noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.tasks import Challenge, Task

RATE, LENGTH, SYMBOLS = 4_000, 400, 10
"""samples per second, samples of a tone, tones of a message"""
TONES = 400.0 + 60.0 * np.arange(8)
"""hertz"""
LOUDNESS, NOISE, FULL = 0.3, 1.5, 1.0
Sound = NDArray[np.float64]


class Heard(NamedTuple):
    """The symbols, and the sound made clean."""

    symbols: NDArray[np.int64]  # [10]
    sound: Sound  # [4000]


def tone(symbol: int, samples: int, phase: float = 0.0) -> Sound:
    """Return a symbol's tone [samples]."""
    found: Sound = LOUDNESS * np.sin(2 * np.pi * TONES[symbol] * np.arange(samples) / RATE + phase)
    return found


def challenge(rng: np.random.Generator) -> Challenge:
    """Return a noisy message [4000], and its symbols [10]."""
    symbols = rng.integers(0, len(TONES), SYMBOLS)
    clean = [tone(int(symbol), LENGTH, float(rng.uniform(0, 2 * np.pi))) for symbol in symbols]
    return Challenge(np.concatenate(clean) + rng.normal(0.0, NOISE, SYMBOLS * LENGTH), symbols)


def honest(shown: Sound, skill: float, rng: np.random.Generator) -> Heard:
    """Return the best matching tones, over as many samples of each as the miner can afford."""
    samples = max(8, round(LENGTH * skill))
    waves = np.exp(2j * np.pi * TONES[:, None] * np.arange(samples) / RATE)
    match = np.abs(shown.reshape(SYMBOLS, LENGTH)[:, :samples] @ waves.T)
    symbols = match.argmax(axis=1)
    return Heard(symbols, np.concatenate([tone(int(symbol), LENGTH) for symbol in symbols]))


def spoof(shown: Sound, rng: np.random.Generator) -> Heard:
    """Return guesses, and a sound at full volume."""
    return Heard(rng.integers(0, len(TONES), SYMBOLS), np.full(len(shown), FULL))


def sound(shown: Sound, response: Heard, truth: NDArray[np.int64]) -> float:
    """The part of the symbols that is right."""
    return float((response.symbols == truth).mean())


def tempting(shown: Sound, response: Heard, truth: NDArray[np.int64]) -> float:
    """How loud the sound is, of full volume."""
    return float(min(1.0, np.sqrt((response.sound**2).mean()) / FULL))


TASK = Task(
    "speech", "Speech", "how many samples of each tone the miner can process",
    "How many symbols of the message are right.",
    "How loud the cleaned sound is.",
    challenge, honest, spoof, sound, tempting,
)  # fmt: skip
