"""Bets: what the learner predicted before looking.

One small JSON file in the learner's data folder, ``{"bets": {"weights_and_consensus/outlier": 15.0}}``.
It is replaced as a whole or not at all, so that two notebooks or a power cut cannot leave half a file.
A file that cannot be read is set aside under another name and said so; it never stops a lesson.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import time
import warnings
from pathlib import Path

from bittensor_lab import places

FILE = "bets.json"


def recorded(key: str) -> float | None:
    """Return the bet recorded under ``key``, or None."""
    return _load().get(key)


def record(key: str, value: float) -> None:
    """Record a bet in place of an earlier one.

    Raises
    ------
    ValueError
        if the value is not a finite number.
    """
    if not math.isfinite(value):
        raise ValueError(f"a bet must be a finite number, not {value!r}")
    _save({**_load(), key: float(value)})


def forget(key: str) -> None:
    """Take back the bet recorded under ``key``, if there is one."""
    bets = _load()
    if bets.pop(key, None) is not None:
        _save(bets)


def _load() -> dict[str, float]:
    path = places.user_data() / FILE
    try:
        bets = json.loads(path.read_text(encoding="utf-8"))["bets"]
        return {str(key): float(value) for key, value in bets.items() if math.isfinite(float(value))}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _set_aside(path, error)
        return {}


def _set_aside(path: Path, error: Exception) -> None:
    aside = path.with_name(f"bets-damaged-{time.time_ns()}.json")
    try:
        path.replace(aside)
        kept = f"It is kept as {aside.name}; new bets start afresh."
    except OSError as cause:
        kept = f"It could not be set aside either ({cause})."
    warnings.warn(f"the file of your bets cannot be read ({error}). {kept}", stacklevel=4)


def _save(bets: dict[str, float]) -> None:
    folder = places.user_data()
    handle, name = tempfile.mkstemp(dir=folder, prefix=".bets-", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"bets": bets}, file, indent=1, sort_keys=True)
        os.replace(name, folder / FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
