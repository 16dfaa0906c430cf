"""Read what a learner handed in: find the answer to each question, whatever happened to the file.

A notebook comes back with outputs cleared, cells moved, copied or deleted, ids renumbered, checks
edited, saved by another version or another editor. So nothing in it is trusted but the text of the
answers. A cell answers a question if, in this order, its metadata says so, its id does, or it
defines the question's function. Of several, one that is no longer the stub is taken, the one that
defines the function first, and the last of those.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bittensor_lab.errors import InputError
from bittensor_lab.exercises.source import ExerciseSet, Question, known_sets, read_set

MAX_BYTES = 256 << 20
MAX_ANSWER = 200_000
"""characters; a longer cell is no answer"""


@dataclass(frozen=True)
class CodeCell:
    """A code cell of a submission: only what can identify an answer, and its text."""

    question: str
    role: str
    id: str
    text: str


@dataclass(frozen=True)
class Submission:
    """A learner's answers, by question, and what was noticed on the way."""

    name: str
    answers: dict[str, str]
    notes: dict[str, list[str]] = field(default_factory=dict)


def read_cells(path: Path) -> tuple[list[CodeCell], str]:
    """Return the code cells of a notebook, and the set it says it is ("" if it does not).

    Raises
    ------
    InputError
        if the file is not there, too large, or not a notebook.
    """
    notebook = _load(path)
    name = _dict(_dict(notebook.get("metadata")).get("bittensor_lab")).get("set")
    return list(_code_cells(notebook)), name if isinstance(name, str) else ""


def read_submission(path: Path, folder: Path | None = None) -> tuple[ExerciseSet, Submission]:
    """Return the set that ``path`` belongs to, and the answers in it.

    Raises
    ------
    InputError
        if the file is no notebook, or of no set in ``folder`` (default: those of the course).
    """
    cells, said = read_cells(path)
    exercise = read_set(_which_set(path, cells, said, folder), folder)
    answers, notes = {}, {}
    for question in exercise.questions:
        found, note = _find(cells, question)
        answers[question.name] = found
        notes[question.name] = note
    return exercise, Submission(path.name.encode("utf-8", "replace").decode(), answers, notes)


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder", remedy="Name one notebook.")
        if path.exists() and not path.is_file():  # reading a pipe or a device might never end
            raise InputError(f"{path} is not a regular file", remedy="Name one notebook.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{path} has {size >> 20} MB", remedy="Clear its outputs and save it again.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read", error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a notebook: it is not text") from None
    if not text.strip():
        raise InputError(f"{path} is empty")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{path} is not a notebook: it is not JSON") from None
    if not isinstance(notebook, dict) or not (_lists(notebook, "cells") or _lists(notebook, "worksheets")):
        raise InputError(f"{path} is not a notebook: it has no cells")
    return notebook


def _lists(node: dict[str, Any], name: str) -> bool:
    return isinstance(node.get(name), list)


def _code_cells(notebook: dict[str, Any]) -> Iterator[CodeCell]:
    """Yield the code cells of a notebook of version 4, or 3 and older (``worksheets``, ``input``)."""
    groups = [notebook, *(sheet for sheet in notebook.get("worksheets") or () if isinstance(sheet, dict))]
    for cell in (cell for group in groups if _lists(group, "cells") for cell in group["cells"]):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            metadata = _dict(cell.get("metadata"))
            tags = metadata["tags"] if _lists(metadata, "tags") else []
            role = next((role for role in ("check", "setup", "answer") if role in tags), "")
            yield CodeCell(str(metadata.get("q", "")), role, str(cell.get("id", "")), _text(cell))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(cell: dict[str, Any]) -> str:
    """Return the text of a cell with Unix line ends and without notebook commands (%, !)."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str) or len(source) > MAX_ANSWER:
        return ""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)


def _find(cells: list[CodeCell], question: Question) -> tuple[str, list[str]]:
    """Return the answer to ``question`` and what the learner should know of the choice."""
    name = question.name
    marked = [cell for cell in cells if cell.question == name and cell.role in ("answer", "")]
    by_id = [cell for cell in cells if cell.id == f"{name}-answer-1"]
    by_function = [cell for cell in cells if cell.role in ("answer", "") and defines(cell.text, name)]
    wanted: tuple[Callable[[str], bool], ...] = (
        lambda text: question.answered_by(text) and defines(text, name),
        question.answered_by,
        lambda text: bool(text.strip()),
    )
    for good in wanted:
        for found in (marked, by_id, by_function):
            kept = [cell.text for cell in found if good(cell.text)]
            if kept:
                lost = "Found by its function's name: the cell has lost its mark."
                notes = [lost] if found is by_function else []
                if len(set(kept)) > 1:
                    notes.append(f"{len(kept)} cells answer this; the last of them was graded.")
                return kept[-1], notes
    return "", ["The answer's cell is missing."]


def defines(text: str, name: str) -> bool:
    """Return whether ``text`` seems to define a function ``name``; it need not be valid Python."""
    return re.search(rf"^(?:def\s+{name}\b|{name}\s*=)", text, re.M) is not None


def _which_set(path: Path, cells: list[CodeCell], said: str, folder: Path | None) -> str:
    known = known_sets(folder)
    named = re.search(r"set_\d\d", path.name)
    for name in (said, named[0] if named else ""):
        if name in known:
            return name
    for name in known:
        questions = {question.name for question in read_set(name, folder).questions}
        if len({cell.question for cell in cells} & questions) > len(questions) / 2:
            return name
    remedy = f"Sets known: {', '.join(known) or 'none'}."
    raise InputError(f"{path} is not a notebook of an exercise set", remedy=remedy)
