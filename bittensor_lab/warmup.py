"""Warm-up: do once, visibly, what would otherwise make the first lesson wait.

That is compiling the kernels (about 20 s; numba keeps the result on disk) and unpacking the
charts' JavaScript into the cache folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def warm_up(progress: Callable[[int, int], None]) -> float:
    """Run every kernel once and write the chart bundle; return the seconds it took."""
    began = time.monotonic()
    jobs = (_whole_epoch, _each_step, _charts)
    progress(0, len(jobs))
    for number, job in enumerate(jobs):
        job()
        progress(number + 1, len(jobs))
    return time.monotonic() - began


def _whole_epoch() -> None:
    from bittensor_lab.epoch import run_epoch

    run_epoch(_small())


def _each_step() -> None:
    from dataclasses import replace

    from bittensor_lab.epoch import trace_epoch

    inputs = _small()
    for changes in ({"yuma3": False}, {"liquid_alpha": True}, {"bonds_penalty": 30000}):
        trace_epoch(replace(inputs, hyperparameters=replace(inputs.hyperparameters, **changes)))


def _small():  # type: ignore[no-untyped-def]  # the type is the engine's, imported late
    from bittensor_lab.epoch import matrix_inputs

    return matrix_inputs(np.array([2, 1]) * 10**12, np.array([[3, 1], [1, 2]]))


def _charts() -> None:
    from bittensor_lab.labs import picture

    picture.bundle()
