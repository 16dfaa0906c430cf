"""Lessons and labs without a browser: run a lesson's cells, move a lab's controls, run its line of code."""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from bittensor_lab import labs, lessons, places
from bittensor_lab.labs.controls import LabelledSlider
from bittensor_lab.labs.lab import Lab

COMPILED = places.user_cache()
LABS = sorted(name for name in labs.__all__ if not name.startswith("bet_on") and name != "warmup")


def source(number: str) -> Path:
    """Return the source of a lesson: "00" to "14"."""
    return next(path for path in lessons.sources() if path.stem.startswith(number))


def move_in(folder: Path, monkeypatch: Any) -> None:
    """Make ``folder`` the learner's own, but for what is compiled: that is shared."""
    cache = folder / "cache"
    if not cache.exists():
        cache.symlink_to(COMPILED)
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(folder))


def run(
    source: Path, tmp_path: Path, monkeypatch: Any, answers: Mapping[str, str] | None = None
) -> tuple[dict[str, str], list[Any]]:
    """Execute a lesson with some answers put in: the printed text of each cell by id, and its code cells.

    The first time in a test all of it; after that, in the same kernel, only the answers and what checks them.
    """
    move_in(tmp_path, monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(places.PACKAGE.parent))
    client, is_new = _client(source, tmp_path)
    for index, cell in enumerate(client.nb.cells):
        cell.source = (answers or {}).get(cell.id, cell.source)
        if cell.cell_type == "code" and (is_new or cell.id.startswith(("answer", "check"))):
            client.execute_cell(cell, index)
    code = [cell for cell in client.nb.cells if cell.cell_type == "code"]
    return {
        cell.id: "".join(out.text for out in cell.outputs if out.output_type == "stream") for cell in code
    }, code


_kernel = ExitStack()
_held: dict[tuple[Path, Path], NotebookClient] = {}
"""the one kernel that is open, by lesson and test"""
atexit.register(_kernel.close)


def _client(source: Path, tmp_path: Path) -> tuple[NotebookClient, bool]:
    """The kernel of this lesson in this test, and whether it is fresh; the last test's is shut down."""
    if (source, tmp_path) in _held:
        return _held[source, tmp_path], False
    _kernel.close()
    _held.clear()
    book = nbformat.reads(lessons.notebook_text(source), as_version=4)
    client = NotebookClient(
        book, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    )
    _kernel.enter_context(client.setup_kernel())
    _held[source, tmp_path] = client
    return client, True


def at_the_ends(lab: Lab) -> Iterator[str]:
    """Move every slider to both ends, alone and all of a group, and choose every option; say where we are."""
    for name, part in lab.controls.items():
        if name == "preset":
            continue
        if isinstance(part, LabelledSlider):
            yield from _slid(name, part)
        elif part.has_trait("options"):
            before = part.value
            for option, _ in part.options:
                part.value = option
                yield f"{name} = {option}"
            part.value = before


def _slid(name: str, part: LabelledSlider) -> Iterator[str]:
    before = list(part.values)
    for end in (part.low, part.high):
        for i in sorted({*range(min(len(before), 8)), len(before) - 1}):
            part.values = [*before[:i], end, *before[i + 1 :]]
            yield f"{name}[{i}] = {end}"
        part.values = [end] * len(before)
        yield f"{name} = {end}"
    part.values = before


def code_of(lab: Lab) -> Any:
    """Run the line that a lab offers to copy, and return what it evaluates to."""
    *lines, last = lab.drawing.code.splitlines()
    namespace: dict[str, object] = {}
    exec("\n".join(lines), namespace)
    return eval(last, namespace)
