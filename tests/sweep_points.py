"""Points for the tests of sweeps, in a module that other processes can import."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def cheap(parameters: dict[str, Any], seed: int) -> dict[str, float]:
    """A few numbers that depend on everything; the file named by "pids" hears who worked."""
    if "pids" in parameters:
        with Path(parameters["pids"]).open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(0.005)
    rng = np.random.default_rng([seed, int(parameters["a"])])
    return {"x": float(rng.normal()), "product": parameters["a"] * parameters["b"]}


def table(parameters: dict[str, Any], seed: int) -> pd.DataFrame:
    return pd.DataFrame({"row": [0, 1, 2], "value": np.arange(3.0) * seed})


def where(sign: int, parameters: dict[str, Any], seed: int) -> dict[str, Any]:
    """How this process was set up; slowly enough for two sweeps to meet."""
    time.sleep(0.01)
    return {"signed": sign * parameters["a"], "threads": os.environ.get("OMP_NUM_THREADS")}


def slow(parameters: dict[str, Any], seed: int) -> dict[str, float]:
    time.sleep(0.01)
    return {"root": parameters["a"] ** 0.5}


class MuteError(Exception):
    """What an error of somebody's own can be at its worst: it neither says what it is nor can it be sent."""

    def __str__(self) -> str:
        raise ValueError

    def __reduce__(self) -> Any:
        raise TypeError


def troublesome(parameters: dict[str, Any], seed: int) -> dict[str, Any]:
    """Points that go wrong in as many ways as their "a" tells; the others take a moment, and are well."""
    time.sleep(0.02)
    kind = parameters["a"]
    if kind == "raises":
        raise ValueError("too much\nfor me")
    if kind == "mute":
        raise MuteError
    if kind == "leaves":
        sys.exit(3)
    if kind == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    return {"an object": {"is": object()}, "takes": {"a": 1}}.get(kind, {"fine": seed})
