"""Lessons: in sync with their source, run unsolved, and the checks tell right from wrong."""

import nbformat
import numpy as np
import pytest
from lesson import run

from bittensor_lab import lessons, places
from bittensor_lab.errors import InputError

SOURCES = lessons.sources()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebook_is_what_its_source_makes(source):
    assert lessons.notebook_path(source).read_text(encoding="utf-8") == lessons.notebook_text(source)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_lesson_runs_unsolved(source, tmp_path, monkeypatch):
    texts, cells = run(source, tmp_path, monkeypatch)
    checks = [text for name, text in texts.items() if name.startswith("check")]
    assert bool(checks) == source.stem[:2].isdigit()  # the playground asks nothing
    assert all("not answered yet" in text for text in checks)
    pictures = [out for cell in cells for out in cell.outputs if "image/png" in out.get("data", {})]
    assert bool(pictures) == (source.stem not in ("index", "progress"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_lesson_is_short_and_calm(source):
    book = nbformat.reads(lessons.notebook_text(source), as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert sum(bool(line.strip()) for cell in code for line in cell.source.splitlines()) <= 60
    for cell in code:
        collapsed = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert collapsed == (not cell.id.startswith(("answer", "python"))), cell.id
        assert not cell.outputs and cell.execution_count is None


def test_lesson_03_knows_right_from_wrong(tmp_path, monkeypatch):
    source = next(path for path in SOURCES if path.stem.startswith("03"))
    right = {
        "answer-1": "import numpy as np\ndef trust(weights, consensus):\n    return np.minimum(weights, consensus).sum(axis=1)",  # noqa: E501
        "answer-2": "stake_of_v4 = 88",
    }
    texts, _ = run(source, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("trust: right") and texts["check-2"] == "stake_of_v4: right\n"
    wrong = {
        "answer-1": "def trust(weights, consensus):\n    return weights.sum(axis=1)",
        "answer-2": "stake_of_v4 = 44",
    }
    texts, _ = run(source, tmp_path, monkeypatch, wrong)
    assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x: ..., "not answered yet"),
        (lambda x: None, "not answered yet"),
        (lambda x: x * 2, "right, equal"),
        (lambda x: x, "engine found"),
        (lambda x: "no", "wanted numbers"),
        (lambda x: x[0], "wanted (2,)"),
        (lambda x: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_self_check(answer, says, capsys):
    lessons.self_check(answer, [((np.array([1.0, 2.0]),), [2.0, 4.0])])
    assert says in capsys.readouterr().out


def test_cells_need_ids(tmp_path):
    source = tmp_path / "04_x.py"
    source.write_text("# %%\n1\n")
    with pytest.raises(InputError, match="id of its own"):
        lessons.notebook_text(source)


def test_command_line(monkeypatch, tmp_path, capsys):
    folder = tmp_path / "notebooks" / "source"
    folder.mkdir(parents=True)
    (folder / "01_x.py").write_text('# %% id="a"\n1 + 1\n')
    monkeypatch.setattr(places, "course", lambda part: tmp_path / part)
    assert lessons.main(["check"]) == 1 and "01_x.ipynb" in capsys.readouterr().err
    assert lessons.main(["write"]) == 0 and lessons.main(["check"]) == 0
    assert lessons.main([]) == 2
