"""The command line: ``bittensor-lab lab``, ``doctor``, ``grade``, ``verify``, ``simulate``, ``sweep`` …

Each command says in one line what is wrong with its input and exits with 2; a traceback means a
defect of ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bittensor_lab import __version__
from bittensor_lab.errors import LabError, one_line
from bittensor_lab.places import course

if TYPE_CHECKING:
    from bittensor_lab.verify import Report

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="An exact Bittensor, and a course of live notebooks around it.")  # fmt: skip
PIPED_WIDTH = 140
out = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Console(stderr=True)
BAD_INPUT = 2


def main() -> None:
    """Run the command line; an error that a person can act on is one line, not a traceback."""
    try:
        app()
    except LabError as error:
        _complain(error)
        sys.exit(BAD_INPUT)


def _complain(error: LabError) -> None:
    err.print(_plain(f"bittensor-lab: {error}"), soft_wrap=True)


def _plain(text: str, console: Console = err) -> Text:
    """``text`` as it stands, on one line: no markup, nothing that the terminal would obey."""
    return Text(one_line(text, getattr(console.file, "encoding", None)))


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"bittensor-lab {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""


@app.command()
def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]", help="Vector files, JSON or JSON.GZ; those that came along if none."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Replay recorded vectors of the chain and compare every value with ours."""
    from bittensor_lab.verify import verify_file

    reports: list[Report] = []
    found: list[dict[str, object]] = []
    files = files or sorted((course("datasets") / "vectors").glob("*.json.gz"))
    for file in files:
        try:
            with _progress(file.name) as advance:
                reports.append(verify_file(file, advance))
            found.append(reports[-1].as_dict())
        except LabError as error:
            found.append({"file": str(file), "passed": False, "error": str(error)})
            _complain(error)
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        _print_reports(reports)
    if len(reports) < len(files):
        raise typer.Exit(BAD_INPUT)
    if not all(report.passed for report in reports):
        raise typer.Exit(1)


def _print_reports(reports: list[Report]) -> None:
    if reports:
        out.print(_verify_table(reports))
    for report in reports:
        if report.first:
            out.print(_plain(f"{report.file}: {report.first}", out), soft_wrap=True)


def _verify_table(reports: list[Report]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "kind"):
        table.add_column(heading, overflow="fold")
    for heading in ("cases", "epochs", "values compared", "values equal"):
        table.add_column(heading, justify="right")
    table.add_column("worst deviation", overflow="fold")
    table.add_column("")
    for r in reports:
        worst = ", ".join(f"{name} {size:g}" for name, size in r.worst.items()) or "none"
        counts = (f"{number:,}" if number else "" for number in (r.cases, r.epochs, r.compared, r.equal))
        table.add_row(_plain(Path(r.file).name, out), r.kind, *counts, worst, "PASS" if r.passed else "FAIL")
    return table


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while something long runs; it leaves nothing behind."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(_plain(name).plain, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@app.command()
def regimes(
    subnets: Annotated[int, typer.Option(help="How many subnets, besides root.")] = 128,
    seed: Annotated[int, typer.Option(help="Seed of the demonstration network.")] = 0,
) -> None:
    """Print how each rule of emission would share a block's TAO in the same network, as Markdown."""
    from bittensor_lab.views.economy import markdown_table

    try:
        print(markdown_table(subnets, seed), end="")
    except LabError as error:
        _complain(error)
        raise typer.Exit(BAD_INPUT) from None


@app.command()
def simulate(
    network: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK", help="mainnet, mainnet_2026, demo, a saved chain, or a snapshot's folder."
        ),
    ],
    out_folder: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the tables go.")],
    days: Annotated[float, typer.Option(help="How long, in days of 7,200 blocks.")] = 365.0,
    subnets: Annotated[int, typer.Option(help="How many subnets, besides root.")] = 128,
    traders: Annotated[int, typer.Option(help="People who trade once a day.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of everything.")] = 0,
    regime: Annotated[str | None, typer.Option(help="Rule of emission, A to G.")] = None,
    every: Annotated[int, typer.Option(help="Blocks between two rows of the tables.")] = 7_200,
    threads: Annotated[int, typer.Option(help="Threads; the result is the same.")] = 2,
    checkpoint: Annotated[float, typer.Option(help="Seconds of work that a kill may cost.")] = 20.0,
) -> None:
    """Let a whole network run in time and write what became of it; killed, the same command goes on."""
    from bittensor_lab.worlds import Asked, simulated

    asked = Asked(network, days, subnets, traders, seed, regime, every)
    try:
        with _progress("Blocks") as progress:
            result = simulated(asked, out_folder, threads, checkpoint, progress)
    except LabError as error:
        _complain(error)
        raise typer.Exit(BAD_INPUT) from None
    out.print(_plain(f"{result.sentence} See {out_folder}.", out), highlight=False, soft_wrap=True)


@app.command()
def sweep(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="network, or the name of a scenario.")],
    out_file: Annotated[Path, typer.Option("--out", metavar="FILE", help="The table: CSV, or FILE.parquet.")],
    over: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE,...", help="A parameter of the network; repeatable."),
    ] = None,
    seeds: Annotated[int, typer.Option(help="How many seeds, from 0 on.")] = 1,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help='Use dask.distributed: "local", or an address.')
    ] = None,
) -> None:
    """Work out a grid of parameters and seeds; killed, the same command goes on."""
    from bittensor_lab.sweep import to_file
    from bittensor_lab.sweep.points import asked

    try:
        point, grid = asked(what, over or [], seeds)
        with _progress("Points") as progress:
            result = to_file(point, grid, out_file, workers, cluster, progress)
    except LabError as error:
        _complain(error)
        raise typer.Exit(BAD_INPUT) from None
    said = f"{result.sentence} See {out_file}."
    if len(result.failed):
        said += " The same command tries them again."
    out.print(_plain(said, out), highlight=False, soft_wrap=True)
    raise typer.Exit(0 if result.failed.empty else 1)


@app.command()
def snapshot(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the CSV files go; it must be new.")],
    network: Annotated[
        str, typer.Option(help="finney (main net), test, local, or an address: ws://… or wss://…")
    ] = "finney",
    metagraph: Annotated[
        list[str] | None,
        typer.Option(metavar="NETUID", help="Read its neurons, weights and bonds too; repeatable, or all."),
    ] = None,
    block: Annotated[int | None, typer.Option(help="Block; the last finalised one if not given.")] = None,
) -> None:
    """Read a running network, main net for example, into CSV files: this command alone uses the network."""
    from bittensor_lab.live import asked_metagraphs, take_snapshot

    try:
        with _progress("Reading") as progress:
            taken = take_snapshot(folder, network, asked_metagraphs(metagraph or []), block, progress)
    except LabError as error:
        _complain(error)
        raise typer.Exit(BAD_INPUT) from None
    for note in taken.notes:
        err.print(_plain(note), soft_wrap=True)
    told = f'{taken.sentence} Chain(datasets.load_snapshot("{folder}")) goes on from there.'
    out.print(_plain(told, out), highlight=False, soft_wrap=True)


@app.command()
def warmup() -> None:
    """Compile the kernels and prepare the charts once, so that the first lesson starts at once."""
    from bittensor_lab.warmup import warm_up

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        task = progress.add_task("Warming up", total=None)
        seconds = warm_up(
            lambda what, done, total: progress.update(task, description=what, completed=done, total=total)
        )
    out.print(f"Kernels compiled and charts prepared in {seconds:.1f} s.", highlight=False)


@app.command()
def doctor() -> None:
    """Look whether this machine has what the course needs, and say what to do if not."""
    from bittensor_lab.doctor import examine

    found = examine()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for one in found:
        said = f"{one.said}. {one.remedy}" if one.remedy else one.said
        table.add_row(one.state, one.what, _plain(said, out), style="bold" if one.state == "bad" else "")
    out.print(table)
    raise typer.Exit(1 if any(one.state == "bad" for one in found) else 0)


@app.command()
def lab(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", help="Where your copy of the course is, or is to be made."),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int, typer.Option(help="Port on this machine; the next free one if taken.")] = 8888,
    reset: Annotated[
        str, typer.Option(metavar="NN", help="Only bring lesson NN back as it was; yours is kept beside it.")
    ] = "",
) -> None:
    """Open the course in JupyterLab, on this machine only."""
    from bittensor_lab import handout
    from bittensor_lab.server import open_lab

    root, news = handout.course_folder(folder, Path.cwd())
    if news.sentence:
        out.print(_plain(news.sentence, out), highlight=False, soft_wrap=True)
    if reset:
        lesson, mine = handout.reset(reset, root)
        kept = f"; yours is kept as {mine.name}" if mine else ""
        out.print(f"{lesson.name} is as it was{kept}.", highlight=False)
        raise typer.Exit(0)
    raise typer.Exit(open_lab(root, browser=browser, port=port))


@app.command()
def serve(
    ip: Annotated[
        str, typer.Option(help="Address to listen at; by default only this machine can see it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8866,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Show the playground and the labs as pages without code, on this machine only unless told otherwise."""
    from bittensor_lab.dashboards import serve as serve_dashboards

    raise typer.Exit(serve_dashboards(ip, port, browser))


@app.command()
def grade(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Solved notebooks, or folders of them.")
    ],
    seed: Annotated[
        int | None, typer.Option(help="Seed of the hidden checks; secret and new if not given.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Your own exercise sources instead of the course's.")
    ] = None,
    csv: Annotated[str, typer.Option(metavar="FILE", help="Write a line per submission; - prints it.")] = "",
    html: Annotated[str, typer.Option(metavar="FILE", help="Write the class report as a page.")] = "",
    json: Annotated[str, typer.Option(metavar="FILE", help="Write all results; - prints them.")] = "",
    feedback: Annotated[str, typer.Option(metavar="DIR", help="Write a page per submission.")] = "",
    workers: Annotated[int | None, typer.Option(min=1, help="Submissions at a time; one per core.")] = None,
    require_sandbox: Annotated[
        bool, typer.Option(help="Refuse to run where answers could reach anything of this machine.")
    ] = False,
) -> None:
    """Grade solved exercise notebooks: points and feedback per question, for one learner or a class."""
    from bittensor_lab.exercises.command import Wanted, grade_command

    wanted = Wanted(csv, html, json, feedback)
    raise typer.Exit(grade_command(paths, seed, source, wanted, workers, require_sandbox))
