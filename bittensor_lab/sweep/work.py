"""One point of a sweep, and how it is worked out where it is: whatever it raises becomes a line.

A point function is ``(parameters, seed) -> {name: number}``, or a list of such rows. It is sent to other
processes by its name, so it must stand in a module.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bittensor_lab.errors import InputError, LabError, one_line

Point = Callable[[dict[str, Any], int], Mapping[str, Any] | Sequence[Mapping[str, Any]]]
Row = dict[str, Any]
LONGEST_ERROR = 300


@dataclass(frozen=True)
class Done:
    """A point that has been worked out, or has failed."""

    number: int
    """of the grid's points"""
    rows: tuple[Row, ...] = ()
    error: str = ""
    """what went wrong, in one line; nothing if all went well"""


def work_out(point: Point, number: int, parameters: dict[str, Any], seed: int) -> Done:
    """Work out a point; what it raises, and what is no row, is told in ``error``."""
    try:
        found = point(dict(parameters), seed)
        rows = [found] if isinstance(found, Mapping) else list(found)
        return Done(number, tuple({str(k): _plain(k, v) for k, v in dict(row).items()} for row in rows))
    except LabError as error:
        return failed(number, str(error))
    except Exception as error:  # a point is the user's own code: whatever it raises is a result
        return failed(number, f"{type(error).__name__}: {error}")


def failed(number: int, why: str) -> Done:
    """Return a point that has failed, and why in a line."""
    return Done(number, error=one_line(" ".join(why.split()))[:LONGEST_ERROR])


def _plain(name: Any, value: Any) -> Any:
    """A value as a file can hold it: a number, a text, or nothing."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{name} is a {type(value).__name__}, but a point returns numbers and texts by name")


def name_of(point: Point) -> str:
    """Return the name by which another process finds a point function.

    Raises
    ------
    InputError
        if it has none: a lambda, a function within a function, or one that was typed into a notebook.
    """
    inner: Any = point
    bound = ""
    while isinstance(inner, functools.partial):
        bound += repr((inner.args, sorted(inner.keywords.items())))
        inner = inner.func
    module, name = getattr(inner, "__module__", None), getattr(inner, "__qualname__", "")
    if not callable(inner) or not module or not name:
        raise InputError(f"{point!r} is no point function", remedy="Give a function (parameters, seed).")
    if "<" in name or module == "__main__":
        raise InputError(
            f"{name} cannot be sent to other processes",
            "It was defined in a notebook, a script or another function.",
            "Put it into a module, a file beside the notebook, and import it from there.",
        )
    return f"{module}.{name}{bound}"
