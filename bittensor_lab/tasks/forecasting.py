"""Time series: stretches of 1,000 days of weather are shown, the day after each is asked for.

    t(d) = a + b₁·t(d−1) + … + b₃₀·t(d−30)        fitted to the days that the miner keeps

A miner's skill is how much of the past it keeps: a fit to few days believes in accidents. Scored is what
then happened. The tempting rule does not want to wait for that, and asks how plausible the forecast looks
beside the weather of today.

Data: daily highest temperatures of Seattle, 2012 to 2015, which the package vega_datasets carries with it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.tasks import Challenge, Task, closeness

STRETCHES, SHOWN, LAGS, LEAST = 12, 1_000, 30, 45
"""stretches of a challenge, days of each, days that the next one depends on, days that a fit needs"""
DEGREES = 4.0
"""Celsius: a typical error"""
RIDGE = 1e-3
"""keeps the fit unique where there are fewer days than numbers to fit"""
Days = NDArray[np.float64]


@cache
def series() -> Days:
    """Return the temperatures [days], degrees Celsius."""
    from vega_datasets import local_data

    return np.asarray(local_data.seattle_weather()["temp_max"], np.float64)


def challenge(rng: np.random.Generator) -> Challenge:
    """Return stretches of days [12, 1000], and the day that followed each [12]."""
    first = rng.integers(len(series()) - SHOWN, size=STRETCHES)
    windows = np.array([series()[day : day + SHOWN + 1] for day in first.tolist()])
    return Challenge(windows[:, :-1], windows[:, -1])


def honest(shown: Days, skill: float, rng: np.random.Generator) -> Days:
    """Return the forecast of a fit to the last days of each stretch, as many as the miner keeps."""
    kept = round(LEAST * (SHOWN / LEAST) ** skill)
    before = np.lib.stride_tricks.sliding_window_view(shown[:, -kept:], LAGS, axis=1)
    design = np.concatenate([np.ones((*before.shape[:2], 1)), before], axis=2)
    known, today = design[:, :-1], design[:, -1]
    normal = known.transpose(0, 2, 1) @ known + RIDGE * np.eye(LAGS + 1)
    wanted = known.transpose(0, 2, 1) @ shown[:, -kept:, None][:, LAGS:]
    fitted = np.linalg.solve(normal, wanted)[:, :, 0]
    return np.asarray((fitted * today).sum(axis=1))


def spoof(shown: Days, rng: np.random.Generator) -> Days:
    """Return the weather of today."""
    return shown[:, -1]


def sound(shown: Days, response: Days, truth: Days) -> float:
    """How close the forecasts are to what happened."""
    return closeness(float(np.abs(response - truth).mean()), DEGREES)


def tempting(shown: Days, response: Days, truth: Days) -> float:
    """How plausible the forecasts look beside the last day."""
    return closeness(float(np.abs(response - shown[:, -1]).mean()), DEGREES)


TASK = Task(
    "forecasting", "Time-series prediction", "how many past days the miner keeps",
    "How close the forecasts are to what then happened.",
    "How plausible the forecast looks beside the weather of today.",
    challenge, honest, spoof, sound, tempting,
)  # fmt: skip
