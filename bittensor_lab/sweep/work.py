"""One point of a sweep, and how it is worked out where it is: whatever it raises becomes a line.

A point function is ``(parameters, seed) -> {name: number}``, or several such rows, or a DataFrame. It is sent
to other processes by its name, so it must stand in a module.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from multiprocessing.reduction import ForkingPickler
from typing import Any

import numpy as np
import pandas as pd

from bittensor_lab import __version__
from bittensor_lab.errors import InputError, LabError, one_line

Point = Callable[[dict[str, Any], int], Mapping[str, Any] | Sequence[Mapping[str, Any]] | pd.DataFrame]
Job = tuple[int, dict[str, Any], int]
"""number, parameters, seed"""
Row = dict[str, Any]
PLAIN = (bool, int, float, str)
LONGEST_ERROR = 300
DEATHS = 3
"""of its process after which a point has failed"""
DIED = "its process died {} times"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
"""the environment of every worker: as many as there are cores compute already, and a library that adds up
in more threads adds up in another order"""


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
        return Done(number, tuple(_row(each, parameters) for each in _rows(point(dict(parameters), seed))))
    except BaseException as error:  # the user's own code: whatever it raises, sys.exit too, is a result
        return failed(number, line_of(error))


def greet(point: Point) -> str:
    """Say that a worker is there and has got the point function: the version of the package that it has."""
    return __version__


def failed(number: int, why: str) -> Done:
    """Return a point that has failed, and why in a line."""
    return Done(number, error=one_line(" ".join(why.split()))[:LONGEST_ERROR])


def line_of(error: BaseException) -> str:
    """What an error says, with its kind unless it is one of ours."""
    try:
        said = str(error)
    except Exception:  # it cannot even say what it is
        said = ""
    return said if isinstance(error, LabError) else f"{type(error).__name__}: {said}"


def _rows(found: Any) -> Sequence[Mapping[Any, Any]]:
    """What a point has returned, as rows."""
    if isinstance(found, pd.DataFrame):
        return found.to_dict("records")
    return [found] if isinstance(found, Mapping) else [dict(row) for row in found]


def _row(found: Mapping[Any, Any], parameters: Mapping[str, Any]) -> Row:
    """A row of what was found, none of which may take the place of a parameter."""
    row = {str(name): plain(name, value) for name, value in found.items()}
    taken = [name for name in row if name in parameters or name == "seed"]
    if taken:
        raise InputError(f"the point returns {taken[0]!r}, which is one of its parameters")
    return row


def plain(name: Any, value: Any) -> Any:
    """Return a value as a file can hold it: a number, a text, or nothing; raises TypeError if it is none."""
    if isinstance(value, np.generic):
        value = value.item()
    for kind in PLAIN:
        if isinstance(value, kind):
            return kind(value)
    if value is None:
        return None
    raise TypeError(f"{name} is a {type(value).__name__}, not a number, a text or a switch")


def name_of(point: Point) -> str:
    """Return the name by which another process finds a point function, and what values are bound to it.

    Raises
    ------
    InputError
        if it has none: a lambda, a function within a function, or one that was typed into a notebook.
    """
    inner: Any = point
    while isinstance(inner, functools.partial):
        inner = inner.func
    module, name = getattr(inner, "__module__", None), getattr(inner, "__qualname__", "")
    if not callable(inner) or not module or not name:
        raise InputError(f"{point!r} is no point function", remedy="Give a function (parameters, seed).")
    if module == "__main__" or _found(module, name) is not inner:
        raise InputError(
            f"{name} cannot be sent to other processes by its name",
            "It was defined in a notebook, a script or another function.",
            "Put it into a module, a file beside the notebook, and import it from there.",
        )
    try:
        sent = bytes(ForkingPickler.dumps(point))
    except Exception as error:  # whatever the bound values raise
        raise InputError(
            f"what is bound to {name} cannot be sent to other processes", line_of(error), "Bind plain values."
        ) from None
    return f"{module}.{name}" + ("" if inner is point else f" {blake2b(sent, digest_size=8).hexdigest()}")


def _found(module: str, name: str) -> Any:
    """What stands under this name in a module; None if nothing does."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
