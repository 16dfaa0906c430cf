"""The learner's copy of the course: nothing of theirs is lost, and the rest is brought up to date."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from bittensor_lab import handout, places
from bittensor_lab.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
LESSON = "notebooks/03_weights_and_consensus.ipynb"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A course as it lies in an installed package, which a release may change."""
    course = tmp_path / "course"
    for part in handout.PARTS:
        shutil.copytree(places.course(part), course / part)
    monkeypatch.setattr(places, "is_installed", lambda: True)
    monkeypatch.setattr(places, "course", lambda part: course / part)
    return course


def edited(path: Path, change) -> str:
    """Change a notebook as somebody would, and return its new text."""
    book = json.loads(path.read_text(encoding="utf-8"))
    change(book)
    path.write_text(json.dumps(book), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def write_in_it(book):
    book["cells"][1]["source"] = "my own words"


def run_it(book):
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"], cell["outputs"] = (
                7,
                [{"output_type": "stream", "name": "stdout", "text": "x"}],
            )


def test_a_new_copy_has_lessons_and_exercises_and_no_solutions(shipped, tmp_path):
    folder, news = handout.course_folder(None, tmp_path)
    assert folder == tmp_path / handout.FOLDER
    assert len(news.added) > 30 and news.sentence == ""
    assert (folder / LESSON).is_file() and (folder / "notebooks" / "glossary.md").is_file()
    assert not (folder / "exercises" / "solutions").exists()
    assert not (folder / "exercises" / "source").exists()
    assert handout.hand_out(folder) == handout.News()


def test_the_documentation_comes_along_and_its_links_lead_somewhere(tmp_path):
    folder = tmp_path / "copy"
    handout.hand_out(folder)
    for path in [folder / "notebooks" / "index.ipynb", *(folder / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+\.(?:md|ipynb))[^)]*\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_who_stands_in_their_copy_gets_no_second_one_inside(shipped, tmp_path):
    folder, _ = handout.course_folder(None, tmp_path)
    assert handout.course_folder(None, folder) == (folder, handout.News())
    assert not (folder / handout.FOLDER).exists()


def test_a_release_updates_what_is_untouched_and_says_what_it_left(shipped, tmp_path):
    folder = tmp_path / "Mein Kurs für später"
    handout.hand_out(folder)
    mine = edited(folder / LESSON, write_in_it)
    ran = folder / "notebooks" / "04_bonds_and_dividends.ipynb"
    edited(ran, run_it)
    for name in (LESSON, "notebooks/04_bonds_and_dividends.ipynb", "notebooks/glossary.md"):
        path = shipped / name
        path.write_text(path.read_text(encoding="utf-8").replace("the", "THE"), encoding="utf-8")
    news = handout.hand_out(folder)
    assert news.kept == (LESSON,)
    assert news.updated == ("notebooks/04_bonds_and_dividends.ipynb", "notebooks/glossary.md")
    assert (folder / LESSON).read_text(encoding="utf-8") == mine
    assert ran.read_text(encoding="utf-8") == (shipped / "notebooks" / ran.name).read_text(encoding="utf-8")
    assert "2 files are new" in news.sentence and f"You have changed {LESSON}" in news.sentence


def test_what_was_changed_is_left_alone_while_there_is_nothing_newer(shipped, tmp_path):
    handout.hand_out(tmp_path / "c")
    edited(tmp_path / "c" / LESSON, write_in_it)
    assert handout.hand_out(tmp_path / "c") == handout.News()


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\xfe", None])
def test_without_its_list_every_changed_file_counts_as_the_learners(shipped, tmp_path, damage):
    folder = tmp_path / "c"
    handout.hand_out(folder)
    (folder / LESSON).write_bytes(b"not even a notebook")
    if damage is None:
        (folder / handout.MANIFEST).unlink()
    else:
        (folder / handout.MANIFEST).write_bytes(damage)
    (shipped / "notebooks" / "glossary.md").write_text("new", encoding="utf-8")
    news = handout.hand_out(folder)
    assert set(news.kept) == {LESSON, "notebooks/glossary.md"}
    assert (folder / LESSON).read_bytes() == b"not even a notebook"


def test_a_folder_that_cannot_be_written_is_named(shipped, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write the course"):
        handout.hand_out(tmp_path / "file")
    if os.name == "posix" and os.geteuid() != 0:
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(InputError, match="FOLDER"):
            handout.hand_out(tmp_path / "locked" / "c")


def test_a_write_that_fails_leaves_the_old_file(shipped, tmp_path, monkeypatch):
    handout.hand_out(tmp_path / "c")
    before = (tmp_path / "c" / "notebooks" / "glossary.md").read_bytes()
    (shipped / "notebooks" / "glossary.md").write_text("new", encoding="utf-8")

    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        handout.hand_out(tmp_path / "c")
    monkeypatch.undo()
    assert (tmp_path / "c" / "notebooks" / "glossary.md").read_bytes() == before
    assert not list((tmp_path / "c").rglob(".part-*"))


def test_a_lesson_comes_back_and_nothing_is_lost(shipped, tmp_path):
    handout.hand_out(tmp_path)
    lesson, kept = handout.reset("03", tmp_path)
    fresh = lesson.read_text()
    assert kept is None and lesson.name == "03_weights_and_consensus.ipynb"
    for n in (1, 2):
        lesson.write_text(f"my work {n}")
        lesson, kept = handout.reset("03", tmp_path)
        assert kept.name == f"03_weights_and_consensus.mine{n}.ipynb"
        assert kept.read_text() == f"my work {n}" and lesson.read_text() == fresh
    for wrong in ("77", "3", "../03", ""):
        with pytest.raises(InputError, match="there is no lesson"):
            handout.reset(wrong, tmp_path)


def test_in_a_checkout_the_course_is_the_checkouts_own(tmp_path, monkeypatch):
    assert handout.course_folder(None, tmp_path) == (places.course("notebooks").parent, handout.News())
    folder, news = handout.course_folder(tmp_path / "copy", tmp_path)
    assert folder == tmp_path / "copy" and len(news.added) > 30
    shutil.copytree(places.course("notebooks"), tmp_path / "notebooks")
    monkeypatch.setattr(places, "course", lambda part: tmp_path / part)
    lesson = next((tmp_path / "notebooks").glob("01_*.ipynb"))
    fresh = lesson.read_text()
    lesson.write_text("{}")
    assert handout.reset("01", tmp_path)[1].read_text() == "{}"
    assert lesson.read_text() == fresh
