"""What a class report says, as tables: who got what, where points were lost, and by which misunderstanding.

learners   a row per submission, in the order of their names
questions  a row per question of each set
wrong      a row per misunderstanding that was met, the most frequent first
spread     how many submissions of each set got 0-9 %, 10-19 %, … 100 % of the points
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import NamedTuple

import pandas as pd

from bittensor_lab.exercises.batch import ClassReport
from bittensor_lab.exercises.judging import GradeResult, QuestionResult

TENTHS = 10


class Tables(NamedTuple):
    """The tables of a class report."""

    learners: pd.DataFrame
    questions: pd.DataFrame
    wrong: pd.DataFrame
    spread: pd.DataFrame


def tables(report: ClassReport) -> Tables:
    """Return the tables of a report."""
    return Tables(_learners(report), _questions(report), _wrong(report), _spread(report))


def learner_of(submission: str) -> str:
    """Return whose a submission seems to be: its folder's name, or its own without the set's."""
    path = PurePosixPath(submission)
    if len(path.parts) > 1:
        return path.parts[0]
    return re.sub(r"[-_. ]*set_\d\d[-_. ]*", " ", path.stem).strip() or path.stem


def _learners(report: ClassReport) -> pd.DataFrame:
    """A row per submission, unread ones too."""
    width = max((len(result.questions) for result in report.results), default=0)
    rows = [_row(result, width) for result in report.results]
    for one in report.unread:
        lost = {"status": "not read", "feedback": one.why}
        rows.append(
            {"learner": learner_of(one.submission), "submission": one.submission, "points": 0, **lost}
        )
    columns = ["learner", "set", "submission", "status", "points", "of", "percent"]
    names = [*columns, *(f"q{number}" for number in range(1, width + 1)), "feedback"]
    return pd.DataFrame(rows, columns=names).sort_values("submission", ignore_index=True)


def _row(result: GradeResult, width: int) -> dict[str, object]:
    questions = {f"q{number}": one.points for number, one in enumerate(result.questions, 1)}
    empty = not any(question.answered for question in result.questions)
    return {
        "learner": learner_of(result.submission),
        "set": result.set,
        "submission": result.submission,
        "status": "not answered" if empty else "graded",
        "points": result.points,
        "of": result.of,
        "percent": round(100 * result.points / result.of),
        **questions,
        "feedback": " ".join(_said(number, one) for number, one in enumerate(result.questions, 1)).strip(),
    }


def _said(number: int, question: QuestionResult) -> str:
    return f"{number}. {' '.join(question.feedback)}" if question.feedback else ""


def _questions(report: ClassReport) -> pd.DataFrame:
    """A row per question: how many answered it, how many got all points, and the mean."""
    rows = [
        {
            "set": result.set, "number": number, "title": one.title, "of": one.of, "points": one.points,
            "answered": one.answered, "full": one.points == one.of,
        }
        for result in report.results for number, one in enumerate(result.questions, 1)
    ]  # fmt: skip
    names = ["set", "number", "title", "of", "points", "answered", "full"]
    by_question = pd.DataFrame(rows, columns=names).groupby(["set", "number", "title", "of"])
    counted = by_question.agg(asked=("points", "size"), answered=("answered", "sum"), full=("full", "sum"),
                              mean=("points", "mean"))  # fmt: skip
    return counted.reset_index()


def _wrong(report: ClassReport) -> pd.DataFrame:
    """A row per misunderstanding."""
    met = Counter(
        (result.set, number, one.title, one.misconception)
        for result in report.results
        for number, one in enumerate(result.questions, 1)
        if one.misconception
    )
    rows = [(*what, count) for what, count in sorted(met.items(), key=lambda item: (-item[1], item[0]))]
    return pd.DataFrame(rows, columns=["set", "number", "title", "misconception", "met"])


def _spread(report: ClassReport) -> pd.DataFrame:
    """A row per set and tenth of the points; who got all of them stands apart."""
    counts = Counter((result.set, TENTHS * result.points // result.of) for result in report.results)
    rows = [
        {"set": name, "tenth": tenth, "label": _label(tenth), "count": counts[name, tenth]}
        for name in sorted({result.set for result in report.results})
        for tenth in range(TENTHS + 1)
    ]
    return pd.DataFrame(rows, columns=["set", "tenth", "label", "count"])


def _label(tenth: int) -> str:
    low = 100 * tenth // TENTHS
    return "100 %" if tenth == TENTHS else f"{low}–{low + 9}"
