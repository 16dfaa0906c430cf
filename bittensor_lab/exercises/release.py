"""Make the notebooks of every exercise set from its source.

    python -m bittensor_lab.exercises.release write     # make them anew
    python -m bittensor_lab.exercises.release check     # exit 1 if what lies there differs
    python -m bittensor_lab.exercises.release write SOURCE TARGET     # a teacher's own sets

Per set: ``exercises/set_NN.ipynb`` (answers cut out, no hidden checks, no outputs), ``exercises/
solutions/set_NN.ipynb`` (the reference, executed, outputs kept: nbval replays it) and
``exercises/set_NN.check.json`` (digests for the self-check). The result depends on the source
alone, so a second run leaves no diff.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from bittensor_lab.errors import InputError
from bittensor_lab.exercises.selfcheck import make_digests
from bittensor_lab.exercises.source import Cell, ExerciseSet, known_sets, read_set, unsolved
from bittensor_lab.places import PACKAGE, course

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def release(exercise: ExerciseSet) -> nbformat.NotebookNode:
    """Return the notebook that the learner gets."""
    return _notebook(exercise, [_cell(cell, unsolved(cell.text)) for cell in _shown(exercise)])


def solution(exercise: ExerciseSet) -> nbformat.NotebookNode:
    """Return the reference notebook, not yet executed."""
    references = exercise.references
    return _notebook(exercise, [_cell(cell, references[cell.metadata["q"]] if cell.role == "answer"
                                      else cell.text) for cell in _shown(exercise)])  # fmt: skip


def execute(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Run ``notebook`` in a kernel that stands in ``folder``; keep its outputs, not its times."""
    from nbclient import NotebookClient

    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources)
    client.execute(env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    notebook.metadata = _metadata(notebook.metadata["bittensor_lab"]["set"])
    return notebook


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """What was printed as one piece: in how many it comes depends on the kernel's pace."""
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == "stream" == last.output_type and last.name == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def make(exercise: ExerciseSet) -> dict[str, str]:
    """Return the text of each file of the set, by its path below ``exercises``."""
    digests = json.dumps(make_digests(exercise), indent=1, ensure_ascii=False) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{exercise.name}.check.json").write_text(digests, encoding="utf-8")
        # the kernel reads the digests from where it stands
        solved = execute(solution(exercise), Path(folder))
    return {
        f"{exercise.name}.check.json": digests,
        f"{exercise.name}.ipynb": _text(release(exercise)),
        f"solutions/{exercise.name}.ipynb": _text(solved),
    }


def main(arguments: list[str]) -> int:
    """Write or check; return the exit code."""
    if len(arguments) not in (1, 3) or arguments[0] not in ("write", "check"):
        print("usage: python -m bittensor_lab.exercises.release write|check [SOURCE TARGET]", file=sys.stderr)
        return 2
    source, target = map(Path, arguments[1:]) if arguments[1:] else (None, course("exercises"))
    try:
        stale = _made(source, target, write=arguments[0] == "write")
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for path in stale if arguments[0] == "check" else ():
        print(f"{path} is not what its source gives: run `make exercises`", file=sys.stderr)
    return 1 if stale and arguments[0] == "check" else 0


def _made(source: Path | None, target: Path, write: bool) -> list[Path]:
    """Make every set of ``source``; return the files in ``target`` that differ, or differed."""
    names, differed = known_sets(source), list[Path]()
    if not names:
        raise InputError(f"there is no exercise set in {source}", remedy="Its files are called set_NN.py.")
    for name in names:
        for part, text in make(read_set(name, source)).items():
            path = target / part
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                differed.append(path)
                if write:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8", newline="\n")
    return differed


def _shown(exercise: ExerciseSet) -> list[Cell]:
    return [cell for cell in exercise.cells if "hidden" not in cell.metadata.get("tags", ())]


def _cell(cell: Cell, text: str) -> nbformat.NotebookNode:
    if cell.kind == "markdown":
        return nbformat.v4.new_markdown_cell(text, id=cell.id)
    metadata: dict[str, Any] = {"tags": cell.metadata["tags"]}
    if "q" in cell.metadata:
        metadata["q"] = cell.metadata["q"]
    if cell.role == "check":
        metadata |= {"points": cell.metadata.get("points", 1), "editable": False, "deletable": False}
        metadata["jupyter"] = {"source_hidden": True}
    if cell.role == "answer":
        metadata["deletable"] = False
    return nbformat.v4.new_code_cell(text, id=cell.id, metadata=metadata)


def _notebook(exercise: ExerciseSet, cells: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=cells, metadata=_metadata(exercise.name))


def _metadata(name: str) -> dict[str, Any]:
    return nbformat.from_dict(
        {"bittensor_lab": {"set": name}, "kernelspec": _KERNEL, "language_info": {"name": "python"}}
    )


def _text(notebook: nbformat.NotebookNode) -> str:
    notebook.nbformat_minor = 5
    return nbformat.writes(notebook).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
