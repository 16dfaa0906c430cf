"""Lessons: written as text, shipped as notebooks, checked in place.

A lesson's source is ``notebooks/source/NN_name.py`` in jupytext's percent format, which reads and
diffs like a program. ``python -m bittensor_lab.lessons write`` makes the notebooks from the sources,
without outputs and with stable cell ids (the id of a cell is its metadata's ``id``);
``python -m bittensor_lab.lessons check`` says which notebook is not what its source makes.

``self_check`` is what a lesson calls to try a learner's function on the engine's own numbers, ``value_check``
to judge a single value; both keep what was right for the page of progress.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bittensor_lab import places, progress
from bittensor_lab.errors import InputError
from bittensor_lab.units import NO_BREAK_SPACE

UNANSWERED = "not answered yet"
BEFORE_A_UNIT = re.compile(r"(?<=\d) (?=[τα%](?!\w))")
"""a space at which no line should break"""


def self_check(
    answer: Callable[..., Any], cases: Sequence[tuple[tuple[Any, ...], Any]], tolerance: float = 1e-6
) -> None:
    """Try an answer on cases of (arguments, what the engine found) and print how it did.

    A stub that is still to be written prints "not answered yet"; nothing is raised.
    """
    _say(answer.__name__, _tried(answer, cases, tolerance))


def value_check(name: str, value: Any, judge: Callable[[Any], str]) -> None:
    """Print what ``judge`` says of a value: "right…", or "not right yet: …"; nothing is raised.

    A value that is still ``...`` prints "not answered yet".
    """
    if value is ...:
        _say(name, UNANSWERED)
        return
    try:
        said = judge(value)
    except Exception as error:  # whatever a learner wrote is an answer too
        said = f"not right yet: {value!r} cannot be used here ({type(error).__name__}: {error})"
    _say(name, said)


def _say(name: str, said: str) -> None:
    """Print how an answer did, and keep it for the page of progress."""
    print(f"{name}: {said}")
    if said != UNANSWERED:
        unkept = progress.tried(name, said.startswith("right"))
        if unkept:
            print(unkept)


def _tried(answer: Callable[..., Any], cases: Sequence[tuple[tuple[Any, ...], Any]], tolerance: float) -> str:
    for arguments, expected in cases:
        try:
            given = answer(*arguments)
        except Exception as error:  # whatever a learner's answer raises is an answer too
            return f"not right yet: it raised {type(error).__name__}: {error}"
        if given is None or given is Ellipsis or given is NotImplemented:
            return UNANSWERED
        if wrong := _difference(given, expected, tolerance):
            return f"not right yet: {wrong}"
    return f"right, equal to the engine in {len(cases)} case{'s' if len(cases) > 1 else ''}"


def _difference(given: Any, expected: Any, tolerance: float) -> str:
    """What is wrong with an answer, or nothing."""
    wanted = np.asarray(expected, float)
    try:
        found = np.asarray(given, float)
    except (TypeError, ValueError):
        return f"it returned {type(given).__name__}, wanted numbers"
    if found.shape != wanted.shape:
        return f"it returned shape {found.shape}, wanted {wanted.shape}"
    if np.allclose(found, wanted, rtol=0, atol=tolerance):
        return ""
    return f"it returned {np.round(found, 3).tolist()}, the engine found {np.round(wanted, 3).tolist()}"


def sources() -> list[Path]:
    """Return the lesson sources, in order."""
    return sorted((places.course("notebooks") / "source").glob("[a-z0-9]*.py"))


def notebook_path(source: Path) -> Path:
    """Return where the notebook of a source lies."""
    return source.parent.parent / f"{source.stem}.ipynb"


def notebook_text(source: Path) -> str:
    """Return the notebook that a source makes, as it is stored.

    Raises
    ------
    InputError
        if a cell has no id in its metadata, or two have the same.
    """
    import jupytext
    import nbformat

    book = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    names = [cell.metadata.pop("id", "") for cell in book.cells]
    if not all(names) or len(set(names)) != len(names):
        raise InputError(
            f"{source.name}: every cell needs an id of its own", remedy='Write `# %% id="name"`.'
        )
    for cell, name in zip(book.cells, names, strict=True):
        cell["id"] = name
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = cell.source.strip("\n")  # the lines that a formatter leaves before a function
        else:
            cell.source = BEFORE_A_UNIT.sub(NO_BREAK_SPACE, cell.source)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    book.metadata = nbformat.NotebookNode(kernelspec=kernel, language_info={"name": "python"})
    book.nbformat, book.nbformat_minor = 4, 5
    nbformat.validate(book)
    return nbformat.writes(book) + "\n"


def outdated() -> list[Path]:
    """Return the notebooks that are missing or not what their source makes."""
    pairs = [(notebook_path(source), notebook_text(source)) for source in sources()]
    return [path for path, text in pairs if not path.is_file() or path.read_text(encoding="utf-8") != text]


def main(arguments: Sequence[str]) -> int:
    """Run ``write`` or ``check`` and return the exit code."""
    if list(arguments) == ["write"]:
        for source in sources():
            notebook_path(source).write_text(notebook_text(source), encoding="utf-8", newline="\n")
        return 0
    if list(arguments) == ["check"]:
        stale = outdated()
        for path in stale:
            print(
                f"{path.name} is not what its source makes: run `python -m bittensor_lab.lessons write`",
                file=sys.stderr,
            )
        return 1 if stale else 0
    print("usage: python -m bittensor_lab.lessons write|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
