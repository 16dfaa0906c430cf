"""What the README says is so: its code runs, its figures are the tests' own, its files exist."""

from __future__ import annotations

import re
from pathlib import Path

from bittensor_lab.verify import verify_file

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_python_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})  # our own text
    by_median, by_mean = capsys.readouterr().out.strip().splitlines()
    assert by_median.startswith("[0.")
    assert by_mean != by_median


def test_its_figures_are_those_of_the_vectors():
    reports = [verify_file(file) for file in sorted((ROOT / "tests" / "vectors").glob("epoch*.json.gz"))]
    assert f"replays {sum(r.epochs for r in reports)} epochs" in README
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
