"""Points for the tests of sweeps, in a module that other processes can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np


def cheap(parameters: dict[str, Any], seed: int) -> dict[str, float]:
    """A few numbers that depend on everything; the file named by "pids" hears who worked."""
    if "pids" in parameters:
        with Path(parameters["pids"]).open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(0.005)
    rng = np.random.default_rng([seed, int(parameters["a"])])
    return {"x": float(rng.normal()), "product": parameters["a"] * parameters["b"]}


def rows(parameters: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    return [{"row": number, "value": np.float64(number * seed)} for number in range(3)]


def touchy(parameters: dict[str, Any], seed: int) -> dict[str, Any]:
    if parameters["a"] == 2:
        raise ValueError("two is too much\nfor me")
    return {"kind": object()} if parameters["a"] == 3 else {"fine": parameters["a"]}


def deadly(parameters: dict[str, Any], seed: int) -> dict[str, Any]:
    if parameters["a"] == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"alive": True}
