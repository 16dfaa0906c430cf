"""A graded submission in words, on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bittensor_lab.exercises.ask import DOORS
from bittensor_lab.exercises.judging import CheckResult, GradeResult, QuestionResult


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
    console.print(Text(f"Numbers drawn with seed {result.seed}; the same seed gives the same result.", "dim"))
    _print_isolation(result, console)


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


def _print_isolation(result: GradeResult, console: Console) -> None:
    """Say what an answer could have reached on this machine; nothing to say if it could reach nothing."""
    opened = [DOORS[door] for door, closed in result.isolated.items() if not closed]
    if opened:
        text = f"Not isolated on this machine: the answers could reach {', '.join(opened)}. "
        console.print(Text(text + "Grade the work of people you don't trust on Linux.", "bold"))
