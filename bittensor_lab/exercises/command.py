"""What ``bittensor-lab grade`` does: look at where to write first, then grade, then tell.

Nothing is written that was not asked for, but for the journal of a run that goes on (``batch``).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from bittensor_lab.errors import InputError, one_line
from bittensor_lab.exercises import report as told
from bittensor_lab.exercises.ask import isolation
from bittensor_lab.exercises.batch import ClassReport, Progress, grade_all
from bittensor_lab.exercises.classroom import tables
from bittensor_lab.exercises.grading import GraderError
from bittensor_lab.whole_file import write_whole

STDOUT = "-"


@dataclass(frozen=True)
class Wanted:
    """The files that were asked for, by name; ``-`` is the standard output, empty is none."""

    csv: str = ""
    html: str = ""
    json: str = ""
    feedback: str = ""


def grade_command(
    paths: Sequence[Path],
    seed: int | None = None,
    source: Path | None = None,
    wanted: Wanted = Wanted(),
    workers: int | None = None,
    require_sandbox: bool = False,
) -> int:
    """Grade what lies at ``paths``, print it in words, and write what is wanted.

    Parameters
    ----------
    seed, source, workers
        as for ``batch.grade_all``.
    require_sandbox
        grade only where the answers can reach nothing of this machine.

    Returns
    -------
    int
        the exit code: 0 if something was graded (however many points), 2 if nothing can be, 1 if the
        grader cannot work here.
    """
    progress = Console(stderr=True)
    try:
        _look(wanted)
        closed = isolation()
        if require_sandbox and not all(closed.values()):
            remedy = (
                "Grade on Linux, or in the container of the teacher's guide; or without --require-sandbox."
            )
            raise GraderError(f"answers could reach {told.opened(closed)} here", remedy=remedy)
        report = _graded(paths, seed, source, workers, progress)
        _write(report, wanted, closed)
    except (InputError, GraderError) as error:
        progress.print(Text(one_line(f"bittensor-lab: {error}", progress.encoding)), soft_wrap=True)
        return 2 if isinstance(error, InputError) else 1
    told.print_isolation(closed, progress)
    return 0


def _graded(
    paths: Sequence[Path], seed: int | None, source: Path | None, workers: int | None, progress: Console
) -> ClassReport:
    """Grade with a bar; if nothing at all could be graded, that is an error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=progress, transient=True, disable=not progress.is_terminal) as bar:
        task = bar.add_task("Grading", total=None)

        def tell(state: Progress) -> None:
            if state.known and state.done == state.known:
                progress.print(
                    f"Going on: {state.known} of {state.of} were graded before the last run ended."
                )
            bar.update(task, total=state.of, completed=state.done)

        report = grade_all(paths, seed, source, workers, tell)
    if not report.results:
        first = report.unread[0]
        more = f" (and {len(report.unread) - 1} others)" if len(report.unread) > 1 else ""
        raise InputError(f"{first.why}{more}")
    return report


def _look(wanted: Wanted) -> None:
    """Raise before any work is done, if what is wanted could not be written."""
    for name in (wanted.csv, wanted.html, wanted.json):
        path = Path(name)
        if name and name != STDOUT and (path.is_dir() or not path.resolve().parent.is_dir()):
            raise InputError(f"cannot write {path}", remedy="Name a file in a folder that is there.")
    if wanted.feedback and Path(wanted.feedback).is_file():
        raise InputError(f"{wanted.feedback} is a file", remedy="Name a folder for the feedback.")


def _write(report: ClassReport, wanted: Wanted, closed: dict[str, bool]) -> None:
    made = tables(report)
    if STDOUT not in (wanted.csv, wanted.html, wanted.json):
        console = Console()
        if len(report.results) + len(report.unread) == 1:
            told.print_result(report.results[0], console)
        else:
            told.print_class(report, made, console)
    try:
        for name, text in (
            (wanted.json, lambda: told.class_json(report)),
            (wanted.csv, lambda: told.class_csv(made)),
            (wanted.html, lambda: told.class_html(report, made, closed)),
        ):
            if name == STDOUT:
                sys.stdout.write(text())
            elif name:
                write_whole(name, text().encode())
        if wanted.feedback:
            told.write_feedback(report, Path(wanted.feedback))
    except OSError as error:
        raise InputError(f"cannot write {error.filename}", error.strerror or str(error)) from None
