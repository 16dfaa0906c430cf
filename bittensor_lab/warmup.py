"""Warm-up: do once, visibly, what would otherwise make the first lesson wait.

That is compiling the kernels (about 20 s, which numba keeps on disk), bundling the charts'
JavaScript, and drawing each lab's first picture; all of it goes to the user's cache folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np


def warm_up(progress: Callable[[str, int, int], None]) -> float:
    """Do it all, return the seconds; ``progress`` hears what comes next and how many of all are done."""
    began = time.monotonic()
    jobs = {
        "Compiling the epoch": _whole_epoch,
        "Compiling its steps": _each_step,
        "Running a chain": _chain,
        "Preparing the charts": _labs,
    }
    for number, (what, job) in enumerate(jobs.items()):
        progress(what, number, len(jobs))
        job()
    progress("Ready", len(jobs), len(jobs))
    return time.monotonic() - began


def _whole_epoch() -> None:
    from bittensor_lab.epoch import matrix_inputs, run_epoch

    run_epoch(matrix_inputs(np.array([2, 1]), np.array([[3, 1], [1, 2]])))


def _each_step() -> None:
    from bittensor_lab.epoch import matrix_inputs, trace_epoch

    inputs = matrix_inputs(np.array([2, 1]), np.array([[3, 1], [1, 2]]))
    for changes in ({"yuma3": False}, {"liquid_alpha": True}, {"bonds_penalty": 30000}):
        trace_epoch(replace(inputs, hyperparameters=replace(inputs.hyperparameters, **changes)))


def _chain() -> None:
    from bittensor_lab.block import run
    from bittensor_lab.presets import demo_network

    run(demo_network(validators=1, miners=1), 60)


def _labs() -> None:
    from bittensor_lab import labs

    labs.warmup()
