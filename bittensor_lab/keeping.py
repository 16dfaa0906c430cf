"""What a learner must not lose, in small JSON files under their data folder.

A file holds one table, ``{"bets": {...}}``. It is replaced as a whole or not at all, so that two notebooks or
a power cut cannot leave half of it. A file that cannot be read is set aside under another name and said
so; a folder that cannot be written to costs the keeping, never the lesson.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bittensor_lab import places
from bittensor_lab.errors import InputError
from bittensor_lab.whole_file import write_whole

Row = TypeVar("Row")
DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
MOVE = "Make room there, or set BITTENSOR_LAB_HOME to a folder that you may write to."


def load(name: str, read: Callable[[Any], Row]) -> dict[str, Row]:
    """Return the table ``name``, each of its values read by ``read``; empty if there is none yet."""
    try:
        path = places.user_data() / f"{name}.json"
    except OSError:
        return {}  # where nothing could be kept nothing is
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))[name]
        return {str(key): read(value) for key, value in rows.items()}
    except FileNotFoundError:
        return {}
    except DAMAGED as error:
        _set_aside(path, error)
        return {}


def save(name: str, rows: dict[str, Any]) -> None:
    """Put ``rows`` in the place of the table ``name``.

    Raises
    ------
    InputError
        if it cannot be kept; what was kept before is still there.
    """
    content = json.dumps({name: rows}, indent=1, sort_keys=True).encode()
    try:
        write_whole(places.user_data() / f"{name}.json", content)
    except OSError as error:
        what = f"your {name} cannot be kept: {error.strerror or error}"
        raise InputError(what, str(error.filename or ""), MOVE) from None


def _set_aside(path: Path, error: Exception) -> None:
    aside = path.with_name(f"{path.stem}-damaged-{time.time_ns()}.json")
    try:
        path.replace(aside)
        kept = f"It is kept as {aside.name}, and a new one is begun."
    except OSError as cause:
        kept = f"It could not be set aside either ({cause})."
    warnings.warn(f"the file of your {path.stem} cannot be read ({error}). {kept}", stacklevel=4)
