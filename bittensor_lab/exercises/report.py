"""What was graded, in words: on a terminal, as pages (HTML), for spreadsheets (CSV), for programs (JSON)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bittensor_lab.errors import one_line
from bittensor_lab.exercises.ask import DOORS
from bittensor_lab.exercises.batch import ClassReport
from bittensor_lab.exercises.classroom import Tables
from bittensor_lab.exercises.judging import CheckResult, GradeResult, QuestionResult
from bittensor_lab.units import format_percent
from bittensor_lab.whole_file import write_whole

if TYPE_CHECKING:
    import jinja2
    import pandas as pd

TEMPLATES = Path(__file__).with_name("templates")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""at the start of a cell, a spreadsheet would run what follows"""


# ---------------------------------------------------------------- one submission, on a terminal


def print_result(result: GradeResult, console: Console) -> None:
    """Print ``result`` as a learner reads it: each question with its points and why."""
    console.print(Text.assemble((f"{result.submission}  ", "bold"), f"{result.points} of {result.of} points"))
    for number, question in enumerate(result.questions, 1):
        console.print()
        console.print(_heading(number, question))
        for said in question.feedback:
            console.print(Padding(Text(said), (0, 0, 0, 3)))
        if question.answered:
            console.print(Padding(_checks(question.checks), (0, 0, 0, 3)))
    console.print()
    print_seed(result.seed, console)


def _heading(number: int, question: QuestionResult) -> Text:
    return Text.assemble(
        (f"{number}. {question.title}", "bold"), f"  {question.points} of {question.of}",
        (f"  ({question.misconception})" if question.misconception else "", "italic"),
    )  # fmt: skip


def _checks(checks: tuple[CheckResult, ...]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for check in checks:
        kept = " (not in the notebook)" if check.hidden else ""
        said = f"{check.about}{kept}" + (f": {check.feedback}" if check.feedback else "")
        table.add_row(Text(f"{check.points}/{check.of}"), Text(said))
    return table


def print_seed(seed: int, console: Console) -> None:
    """Say with which numbers it was graded."""
    console.print(Text(f"Numbers drawn with seed {seed}; the same seed gives the same result.", "dim"))


def print_isolation(closed: dict[str, bool], console: Console) -> None:
    """Say what an answer could have reached on this machine; nothing to say if it could reach nothing."""
    if opened(closed):
        text = f"Not isolated on this machine: the answers could reach {opened(closed)}. "
        console.print(Text(text + "Grade the work of people you don't trust on Linux.", "bold"))


def opened(closed: dict[str, bool]) -> str:
    """Return the doors that are open, in words."""
    return ", ".join(DOORS[door] for door, is_closed in closed.items() if not is_closed)


# ---------------------------------------------------------------- a class, on a terminal


def print_class(report: ClassReport, made: Tables, console: Console) -> None:
    """Print a line per submission, then where points were lost."""
    told = Table("submission", "points", "status", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for row in map(_cells, made.learners.to_dict("records")):
        lost = row["status"] == "not read"
        points = "0" if lost else f"{row['points']} of {row['of']}"
        why = f"{row['status']}: {row['feedback']}" if lost else row["status"]
        told.add_row(
            *(Text(one_line(str(cell), console.encoding)) for cell in (row["submission"], points, why))
        )
    console.print(told)
    console.print()
    for one in made.wrong.head(10).itertuples():
        console.print(Text(f"{one.met:4} ×  {one.set}, {one.number}. {one.title}: {one.misconception}"))
    console.print(Text(heading(report), "bold"))
    print_seed(report.seed, console)


def heading(report: ClassReport) -> str:
    """Return a class in a sentence."""
    graded, lost = len(report.results), len(report.unread)
    said = f"{graded} {'submission' if graded == 1 else 'submissions'} graded"
    if graded:
        mean = sum(one.points / one.of for one in report.results) / graded
        said += f", {format_percent(mean)} of the points on average"
    return said + (f"; {lost} could not be read." if lost else ".")


# ---------------------------------------------------------------- files


def class_json(report: ClassReport) -> str:
    """Return a report as JSON text; the same for the same submissions, sets and seed."""
    return json.dumps(asdict(report), indent=2, ensure_ascii=False) + "\n"


def class_csv(made: Tables) -> str:
    """Return the learners' table for a spreadsheet or a learning platform."""
    safe = made.learners.map(lambda cell: f"'{cell}" if str(cell).startswith(FORMULA) else cell)
    for name in safe.columns:
        if name.startswith("q") or name in ("points", "of", "percent"):
            safe[name] = safe[name].astype("Int64")
    return safe.to_csv(index=False, lineterminator="\n")


def class_html(report: ClassReport, made: Tables, closed: dict[str, bool]) -> str:
    """Return a class as one page, with a picture and every submission's feedback."""
    return _template("class.html").render(
        heading=heading(report),
        picture=_picture(made.spread) if report.results else "",
        picture_words=_spread_words(made.spread),
        learners=[_cells(row) for row in made.learners.to_dict("records")],
        questions=made.questions.to_dict("records"),
        wrong=made.wrong.to_dict("records"),
        results=report.results,
        unread=report.unread,
        seed=report.seed,
        opened=opened(closed),
    )


def write_feedback(report: ClassReport, folder: Path) -> None:
    """Write a page per submission, under its own name: ``ada/set_03.html``."""
    for result in report.results:
        page = folder.joinpath(*PurePosixPath(result.submission).with_suffix(".html").parts)
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, _template("feedback.html").render(result=result).encode())


def _cells(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row with whole numbers, and nothing where there is none."""
    return {
        str(name): "" if cell is None or cell != cell else int(cell) if isinstance(cell, float) else cell
        for name, cell in row.items()
    }


@cache
def _template(name: str) -> jinja2.Template:
    import jinja2

    loader = jinja2.FileSystemLoader(TEMPLATES)
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template(
        name
    )


def _picture(spread: pd.DataFrame) -> str:
    from bittensor_lab.charts.grades import grades_chart
    from bittensor_lab.labs.picture import chart_svg

    return chart_svg(grades_chart({"spread": spread}).to_dict())


def _spread_words(spread: pd.DataFrame) -> str:
    """The picture in words."""
    said = []
    for name, rows in spread[spread["count"] > 0].groupby("set"):
        parts = [
            f"{row.count_} × {row.label}" for row in rows.rename(columns={"count": "count_"}).itertuples()
        ]
        said.append(f"{name}: {', '.join(parts)}{'' if parts[-1].endswith('%') else ' %'}")
    return "; ".join(said)
