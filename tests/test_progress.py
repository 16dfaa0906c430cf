"""Progress: what was right is kept, what there is to do comes from the notebooks, and the page says both."""

import os
import re

import pytest

from bittensor_lab import bets, lessons, progress

pytestmark = pytest.mark.usefixtures("home")


def test_nothing_is_done_at_first_and_everything_is_listed():
    course = progress.lessons()
    assert [lesson.notebook for lesson in course] == [
        f"{path.stem}.ipynb" for path in lessons.sources() if path.stem[:2].isdigit()
    ]
    for lesson in course:
        assert lesson.asked and not lesson.right and lesson.bet is None and not lesson.done
        assert 15 <= lesson.minutes <= 25 and lesson.title.startswith(f"{lesson.number} · ")


def test_every_question_has_a_name_of_its_own():
    names = [name for lesson in progress.lessons() for name in lesson.asked]
    assert len(names) == len(set(names))


def test_a_check_asks_by_name():
    """Each check cell is one that the page can count."""
    for path in lessons.sources():
        cells = re.findall(r'^# %% id="check.*?(?=^# %%|\Z)', path.read_text(), re.S | re.M)
        assert all(len(progress.ASKED.findall(cell)) == 1 for cell in cells), path.name


def test_right_answers_and_bets_are_counted():
    course = progress.lessons()
    for name in course[3].asked:
        progress.tried(name, right=False)
        progress.tried(name, right=True)
        progress.tried(name, right=False)
    bets.record("03", bets.Bet(20.0, 4.75, "%", "what share?"))
    after = progress.lessons()
    assert after[3].done and not after[2].done
    assert progress.everything()[course[3].asked[0]] == progress.Answer(right=True, tries=3)
    shown = progress.page()
    asked = sum(len(lesson.asked) for lesson in course)
    assert repr(shown).startswith(f"1 of {len(course)} lessons done, 2 of {asked} questions right, 1 of")
    assert "you said 20\u00a0%, the engine 5\u00a0%" in repr(shown)
    assert f'href="{after[3].notebook}"' in shown._repr_html_() and "✓ 2 of 2 right" in shown._repr_html_()


def test_points_of_an_exercise_set():
    before = progress.lessons()[3]
    assert before.points == 0 and before.of == 4
    progress.tried("set_03/check_median", right=True)
    assert 0 < progress.lessons()[3].points < before.of


def test_a_damaged_file_stops_nothing(home):
    progress.tried("shares", right=True)
    (home / "data" / "answers.json").write_text('{"answers": {"shares": 1}}')
    with pytest.warns(UserWarning, match="kept as answers-damaged"):
        assert progress.everything() == {}
    progress.tried("shares", right=True)
    assert progress.everything()["shares"].right


def test_a_check_records_what_was_right(capsys):
    def shares(x):
        return x

    lessons.self_check(shares, [((1.0,), 2.0)])
    assert not progress.everything()["shares"].right
    lessons.self_check(shares, [((1.0,), 1.0)])
    assert progress.everything()["shares"].right
    lessons.value_check("amount", ..., lambda _: "right")
    assert "amount" not in progress.everything()
    lessons.value_check("amount", "seven", lambda n: f"right: {n + 1}")
    assert not progress.everything()["amount"].right
    lessons.value_check("amount", 7, lambda n: f"right: {n + 1}")
    assert progress.everything()["amount"].right
    said = capsys.readouterr().out.splitlines()
    assert said[2] == "amount: not answered yet" and "not right yet: 'seven' cannot be used here" in said[3]


def test_what_is_written_is_whole_or_not_at_all(home, monkeypatch):
    progress.tried("shares", right=True)
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(full))
    assert "cannot be kept: No space left" in progress.tried("shares", right=False)
    assert progress.everything() == {"shares": progress.Answer(True, 1)}
    assert [path.name for path in (home / "data").iterdir()] == ["answers.json"]


def test_the_landing_page_lists_every_lesson():
    text = (lessons.sources()[0].parent / "index.py").read_text()
    listed = re.findall(r"^# \| (\d\d) \| \[(.+?)\]\((.+?)\) \| (\d+) \|", text, re.M)
    course = progress.lessons()
    assert [(number, notebook, int(minutes)) for number, _, notebook, minutes in listed] == [
        (lesson.number, lesson.notebook, lesson.minutes) for lesson in course
    ]
    for (number, title, *_), lesson in zip(listed, course, strict=True):
        assert lesson.title == f"{number} · {title}"
