"""The source of an exercise set, and the three notebooks that are made of it.

A set is one text file, ``exercises/source/set_NN.py``, in jupytext's percent format, so that it
reads and diffs as a program. Its cells say in their header what they are::

    # %% tags=["setup"]                                     imports, for the learner and for the grader
    # %% tags=["answer"] q="clip" title="clipping"          the reference, between BEGIN and END SOLUTION
    # %% tags=["check"] q="clip" points=1                   def check_clip(ask, seed): prints rounded
                                                          numbers; the grader leaves self_check(...) out
    # %% tags=["check", "hidden"] q="clip" points=1 ...     the same, but only the grader has it

A check never sees the answer's function: it calls ``ask`` with a list of inputs and gets the list
of values. So the same text checks in the learner's notebook (``selfcheck``: in the same process)
and at grading (``grading``: in a locked child process). Beside the source lies
``set_NN_wrong.toml`` with plausible wrong answers and the words for each.

``release`` writes what the learner gets (answers cut out, hidden checks gone) and the solution.
Cell ids are made from the metadata, so they survive every regeneration.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bittensor_lab.errors import InputError
from bittensor_lab.places import course

STUB = 'raise NotImplementedError("replace this line with your answer")'
_SOLUTION = re.compile(r"^([ \t]*)# BEGIN SOLUTION.*?# END SOLUTION[^\n]*$", re.S | re.M)
_MARKS = re.compile(r"^[ \t]*# (?:BEGIN|END) SOLUTION[^\n]*\n?", re.M)
_CHECK = re.compile(r'^def (\w+)\(ask, seed\):\n    """(.+?)"""', re.M)
_CALL = re.compile(r"^self_check\(.*$", re.M)
_HEADER = re.compile(r"^# %%(.*)$", re.M)
_PAIR = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[-\w.]+)')
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True)
class Cell:
    """One cell of the source."""

    kind: str
    """"markdown" or "code\""""
    text: str
    metadata: dict[str, Any]
    id: str

    @property
    def role(self) -> str:
        """What the cell is for: "text", "setup", "answer" or "check"."""
        return _role(self.kind, self.metadata)


@dataclass(frozen=True)
class Check:
    """One check: a function ``check(ask, seed)`` that prints, and what it is worth."""

    name: str
    """of the function"""
    text: str
    points: int
    about: str
    """its docstring: what is tried"""
    hidden: bool


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong answer, and the misunderstanding behind it in words."""

    question: str
    name: str
    feedback: str
    code: str


@dataclass(frozen=True)
class Question:
    """One question: the function that is asked for, the reference, the checks."""

    name: str
    """of the function, and of the question in the metadata"""
    title: str
    reference: str
    stub: str
    """the answer cell as it is handed out"""
    uses: tuple[str, ...]
    """other questions whose answers this one may call"""
    checks: tuple[Check, ...]
    wrong: tuple[Wrong, ...]

    @property
    def points(self) -> int:
        """What the question is worth."""
        return sum(check.points for check in self.checks)

    def answered_by(self, text: str) -> bool:
        """Return whether ``text`` holds a line of code that the stub does not."""
        return bool(_code_lines(text) - _code_lines(self.stub))


@dataclass(frozen=True)
class ExerciseSet:
    """A whole set as its source says."""

    name: str
    cells: tuple[Cell, ...]
    questions: tuple[Question, ...]

    @property
    def setup(self) -> str:
        """The text of the setup cells."""
        return "\n".join(cell.text for cell in self.cells if cell.role == "setup")

    @property
    def points(self) -> int:
        """What the set is worth."""
        return sum(question.points for question in self.questions)

    def question(self, name: str) -> Question:
        """Return the question ``name``; KeyError if there is none."""
        return {question.name: question for question in self.questions}[name]

    def answer_cells(self, name: str, answers: dict[str, str]) -> list[str]:
        """Return the cells to run for question ``name``: those it may use, then its own."""
        return [answers.get(other, "") for other in (*self.question(name).uses, name)]

    @property
    def references(self) -> dict[str, str]:
        """The reference answer of each question."""
        return {question.name: question.reference for question in self.questions}


def source_folder() -> Path:
    """Return the folder of the sets that came with the package."""
    return course("exercises") / "source"


def known_sets(folder: Path | None = None) -> list[str]:
    """Return the names of the sets in ``folder``, in order."""
    return sorted(path.stem for path in (folder or source_folder()).glob("set_*.py"))


def read_set(name: str, folder: Path | None = None) -> ExerciseSet:
    """Read the source of set ``name``.

    Raises
    ------
    InputError
        if the file is not there, or a cell of it does not say what it must.
    """
    path = (folder or source_folder()) / f"{name}.py"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        known = ", ".join(known_sets(folder)) or "none"
        what = f"there is no exercise set {name} in {path.parent}"
        raise InputError(what, remedy=f"Sets there: {known}.") from None
    except UnicodeDecodeError as error:
        raise _unreadable(path, error) from None
    wrong = _read_wrong(path.with_name(f"{name}_wrong.toml"))
    try:
        cells = read_cells(text)
        answers = [cell for cell in cells if cell.role == "answer"]
        return ExerciseSet(name, cells, tuple(_question(cell, cells, wrong) for cell in answers))
    except InputError:
        raise
    except MALFORMED as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> InputError:
    what = f"the exercise source {path.name} cannot be read"
    return InputError(what, f"{type(error).__name__}: {error}"[:200], "Compare it with a set of the course.")


def read_cells(text: str) -> tuple[Cell, ...]:
    """Return the cells of a percent-format ``text``."""
    parts = _HEADER.split(text)[1:]  # what stands before the first header is the file's own
    seen: Counter[str] = Counter()
    cells = []
    for header, body in zip(parts[::2], parts[1::2], strict=True):
        kind = "markdown" if "[markdown]" in header else "code"
        metadata = {name: _value(value) for name, value in _PAIR.findall(header)}
        lines = body.strip("\n").rstrip()
        if kind == "markdown":
            lines = "\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines.splitlines())
        stem = "-".join(filter(None, (metadata.get("q"), _role(kind, metadata))))
        seen[stem] += 1
        cells.append(Cell(kind, lines, metadata, f"{stem}-{seen[stem]}"))
    return tuple(cells)


def _role(kind: str, metadata: dict[str, Any]) -> str:
    if kind == "markdown":
        return "text"
    return next((role for role in ("answer", "check", "setup") if role in metadata.get("tags", ())), "setup")


def _value(text: str) -> Any:
    return json.loads(text) if text[0] in '"[' or text.lstrip("-").isdigit() else text


def _question(cell: Cell, cells: tuple[Cell, ...], wrong: list[Wrong]) -> Question:
    name = cell.metadata["q"]
    checks = tuple(_check(other) for other in cells if other.role == "check" and other.metadata["q"] == name)
    if not checks or not _SOLUTION.search(cell.text):
        raise InputError(f"question {name} of the exercise source has no check, or no BEGIN/END SOLUTION")
    return Question(
        name=name,
        title=cell.metadata.get("title", name),
        reference=solved(cell.text),
        stub=unsolved(cell.text),
        uses=tuple(cell.metadata.get("uses", ())),
        checks=checks,
        wrong=tuple(one for one in wrong if one.question == name),
    )


def _check(cell: Cell) -> Check:
    found = _CHECK.search(cell.text)
    if found is None:
        remedy = "Write def check_name(ask, seed), and say in one line of docstring what it tries."
        raise InputError(f"check {cell.id} of the exercise source defines no check", remedy=remedy)
    text = _CALL.sub("", cell.text).rstrip()
    about = found[2].rstrip(".")
    return Check(found[1], text, cell.metadata.get("points", 1), about, "hidden" in cell.metadata["tags"])


def _read_wrong(path: Path) -> list[Wrong]:
    if not path.is_file():
        return []
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("wrong", [])
        return [Wrong(**one) for one in listed]
    except MALFORMED as error:
        raise InputError(f"the wrong answers in {path.name} cannot be read", str(error)[:200]) from None


def solved(text: str) -> str:
    """Return an answer cell as its solution: without the marks."""
    return _MARKS.sub("", text).rstrip()


def unsolved(text: str) -> str:
    """Return an answer cell as the learner gets it: a stub in place of the solution."""
    return _SOLUTION.sub(lambda found: f"{found[1]}# YOUR CODE HERE\n{found[1]}{STUB}", text)


def _code_lines(text: str) -> set[str]:
    lines = (line.strip() for line in text.splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def public_seed(name: str, check: str) -> int:
    """Return the seed of a check in the learner's notebook; the grader takes another."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(f"{name}/{check}")) % 2**31
