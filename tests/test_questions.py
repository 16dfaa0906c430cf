"""The table of the 36 questions: each names a lesson and a test that are there; none is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.M)
ROWS = ROW.findall((ROOT / "docs" / "reference" / "questions.md").read_text(encoding="utf-8"))


def test_all_thirty_six_are_there():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 37))


@pytest.mark.parametrize("row", ROWS, ids=[number for number, *_ in ROWS])
def test_a_question_is_answered_where_the_table_says(row):
    _, _, lessons, tests = row
    linked = re.findall(r"\]\(\.\./\.\./(notebooks/.+?\.ipynb)\)", lessons)
    assert len(linked) == len(lessons.split(", ")) and all((ROOT / path).is_file() for path in linked)
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", tests)
    assert named
    for file, function in named:
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert f"\ndef {function}(" in text, f"{file} has no {function}"


def test_no_test_of_a_question_is_left_out():
    said = {name for *_, tests in ROWS for name in re.findall(r"::(test_\w+)", tests)}
    for path in (ROOT / "tests").glob("test_*.py"):
        there = set(re.findall(r"^def (test_question_\d+_\w+)", path.read_text(encoding="utf-8"), re.M))
        assert there <= said, path.name
