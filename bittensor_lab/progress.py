"""Progress: which answers were right, which bets were placed, and the page that shows both.

``answers.json`` in the learner's data folder holds, by the name of what was asked, whether it was ever right
and how often it was tried. What there is to do is read from the notebooks themselves: a lesson's checks are
its cells ``check-1``, ``check-2``; an exercise set's are in ``set_NN.check.json``. Nothing is sent anywhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from bittensor_lab import bets, keeping, places
from bittensor_lab.errors import InputError

TABLE = "answers"
ASKED = re.compile(r"^(?:self_check|value_check)\(\s*\"?(\w+)", re.M)
TITLE = re.compile(r"^# (\d\d · .+)$", re.M)
MINUTES = re.compile(r"About (\d+) minutes")


@dataclass(frozen=True)
class Answer:
    """How one question went."""

    right: bool
    tries: int


@dataclass(frozen=True)
class Lesson:
    """One lesson, what it asks and how far the learner is."""

    number: str
    title: str
    notebook: str
    minutes: int
    asked: tuple[str, ...]
    """names of the answers that its checks ask for"""
    right: tuple[str, ...]
    bet: bets.Bet | None
    points: int
    """of its exercise set, reached in the notebook"""
    of: int

    @property
    def done(self) -> bool:
        """Whether all of the lesson's own questions are answered."""
        return self.right == self.asked


def tried(name: str, right: bool) -> str:
    """Record that a question was answered; once right, it stays so. Return why not, if it cannot be kept."""
    answers = everything()
    before = answers.get(name, Answer(False, 0))
    answers[name] = Answer(before.right or right, before.tries + 1)
    try:
        keeping.save(TABLE, {key: vars(answer) for key, answer in answers.items()})
    except InputError as error:
        return str(error)
    return ""


def everything() -> dict[str, Answer]:
    """Return all answers by name; those of exercise sets are called set_NN/check."""
    return keeping.load(TABLE, lambda row: Answer(bool(row["right"]), int(row["tries"])))


def lessons(folder: Path | None = None) -> list[Lesson]:
    """Return the course's lessons in order, and how far the learner is in each."""
    answers, placed = everything(), bets.everything()
    books = sorted((folder or places.course("notebooks")).glob("[0-9][0-9]_*.ipynb"))
    return [_lesson(book, answers, placed) for book in books]


def _lesson(book: Path, answers: dict[str, Answer], placed: dict[str, bets.Bet]) -> Lesson:
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(book.read_text("utf-8"))["cells"]}
    number, opening = book.name[:2], cells["title"]
    checks = "\n".join(text for name, text in cells.items() if name.startswith("check"))
    asked = tuple(ASKED.findall(checks))
    title, minutes = TITLE.search(opening), MINUTES.search(opening)
    points, of = _exercises(f"set_{number}", answers)
    return Lesson(
        number,
        title[1] if title else book.stem,
        book.name,
        int(minutes[1]) if minutes else 0,
        asked,
        tuple(name for name in asked if answers.get(name, Answer(False, 0)).right),
        placed.get(number),
        points,
        of,
    )


def _exercises(name: str, answers: dict[str, Answer]) -> tuple[int, int]:
    """Points reached in the notebook of an exercise set, and all that can be reached there."""
    path = places.course("exercises") / f"{name}.check.json"
    try:
        points = {check: int(row["points"]) for check, row in json.loads(path.read_text("utf-8")).items()}
    except keeping.DAMAGED:  # not there, or damaged: no exercises are known
        points = {}
    reached = [check for check in points if answers.get(f"{name}/{check}", Answer(False, 0)).right]
    return sum(points[check] for check in reached), sum(points.values())


# --- the page -------------------------------------------------------------------------------------------


class Page:
    """The learner's progress as a table; an object that a notebook shows."""

    def __init__(self, done: list[Lesson]) -> None:
        self.lessons = done

    def __repr__(self) -> str:
        rows = [f"{lesson.title}: {_checks(lesson)}, {_bet(lesson)}" for lesson in self.lessons]
        return "\n".join([_opening(self.lessons), *rows])

    def _repr_html_(self) -> str:
        heads = ("Lesson", "Minutes", "Questions", "Bet", "Exercises")
        head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in heads)
        body = "".join(f"<tr>{''.join(map(_cell, _row(lesson)))}</tr>" for lesson in self.lessons)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p>{escape(_opening(self.lessons))}</p>{table}"


def page() -> Page:
    """Return the page of progress as it is now."""
    return Page(lessons())


def _opening(done: list[Lesson]) -> str:
    right, asked = (sum(len(part) for part in parts) for parts in zip(*_counts(done), strict=True))
    finished = sum(lesson.done for lesson in done)
    placed = sum(lesson.bet is not None for lesson in done)
    points, of = sum(lesson.points for lesson in done), sum(lesson.of for lesson in done)
    return (
        f"{finished} of {len(done)} lessons done, {right} of {asked} questions right, "
        f"{placed} of {len(done)} bets placed, {points} of {of} exercise points."
    )


def _counts(done: list[Lesson]) -> list[tuple[Any, Any]]:
    return [(lesson.right, lesson.asked) for lesson in done] or [((), ())]


def _row(lesson: Lesson) -> tuple[str, ...]:
    link = f'<a href="{escape(lesson.notebook)}">{escape(lesson.title)}</a>'
    points = f"{lesson.points} of {lesson.of} points" if lesson.of else "–"
    return link, str(lesson.minutes), escape(_checks(lesson)), escape(_bet(lesson)), points


def _cell(html: str) -> str:
    return f'<td style="text-align:left">{html}</td>'


def _checks(lesson: Lesson) -> str:
    mark = "✓ " if lesson.done and lesson.asked else ""
    return f"{mark}{len(lesson.right)} of {len(lesson.asked)} right"


def _bet(lesson: Lesson) -> str:
    if lesson.bet is None:
        return "no bet yet"
    bet, digits = lesson.bet, 0 if lesson.bet.unit == "%" else 1
    said, found = (f"{number:.{digits}f}\u00a0{bet.unit}" for number in (bet.value, bet.truth))
    return f"you said {said}, the engine {found}"
