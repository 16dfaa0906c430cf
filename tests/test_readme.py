"""What the README says is so: its code runs, its figures are the tests' own, its files exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from bittensor_lab.verify import verify_file

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_python_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})  # our own text
    *changes, quote, by_median, by_mean = capsys.readouterr().out.strip().splitlines()
    assert any("kappa" in line for line in changes)
    assert quote == "1296.7 alpha, slippage 13.4%, price +28.5%"
    assert by_median.startswith("[0.")
    assert by_mean != by_median


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_the_guides_python_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
        exec(compile(block, page.name, "exec"), {})  # our own text


def test_its_figures_are_those_of_the_vectors():
    reports = [verify_file(file) for file in sorted((ROOT / "datasets" / "vectors").glob("epoch*.json.gz"))]
    assert f"{sum(r.epochs for r in reports)} epochs that the chain" in README
    assert f"All {sum(r.compared for r in reports):,} values are equal" in README
    assert all(r.equal == r.compared for r in reports)


def test_its_files_and_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z]+)`", README):
        assert re.search(rf"^{target}:", makefile, re.M), target
    for name in re.findall(r"`((?:notebooks|exercises|bittensor_lab|tests)/[\w./]+)`", README):
        assert (ROOT / name).exists(), name
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).stat().st_size <= 200_000, picture


def test_a_newcomers_session_goes_as_written():
    """In at most 25 lines of code, and with exactly the output that the page shows."""
    page = ROOT / "docs" / "tutorial" / "first_chain.md"
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.failed == 0
    assert 10 < result.attempted <= 25


def test_what_is_simplified_is_said():
    """Each ``# simplified:`` in the code stands in the page on fidelity, and nothing else does."""
    found = set()
    for path in (ROOT / "bittensor_lab").rglob("*.py"):
        for text in re.findall(r"# simplified: (.*)", path.read_text(encoding="utf-8")):
            found.add((text, path.relative_to(ROOT / "bittensor_lab").as_posix()))
    page = (ROOT / "docs" / "background" / "fidelity.md").read_text(encoding="utf-8")
    said = re.findall(r"^\* ([^\n*]+)\n  \(`([\w/.]+)`\)$", page, re.M)
    assert found == set(said) != set()
