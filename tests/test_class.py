"""Grading a class: the report, whatever the order, however often it was stopped, whatever was handed in."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from submissions import handed_in, save

from bittensor_lab.errors import InputError
from bittensor_lab.exercises import batch
from bittensor_lab.exercises.batch import Progress, collect, grade_all
from bittensor_lab.exercises.classroom import learner_of, tables
from bittensor_lab.exercises.command import Wanted, grade_command
from bittensor_lab.exercises.grading import GraderError
from bittensor_lab.exercises.judging import GradeResult, Outcome, trusted_texts
from bittensor_lab.exercises.report import class_csv, class_html, class_json
from bittensor_lab.exercises.source import known_sets, read_set
from bittensor_lab.places import course
from bittensor_lab.units import format_percent

SET = read_set("set_03")
SEED = 11


def in_this_process(exercise, submission, key):
    """What nbval would find, of answers that are known to be ours."""
    outcomes = {}
    for question in exercise.questions:
        texts = answer_texts(exercise.name, question.name, key.secret, submission.answers[question.name])
        for check, text in zip(question.checks, texts, strict=True):
            outcomes[check.name] = Outcome(text == key.texts[check.name], text)
    return outcomes


@cache
def answer_texts(name, question, seed, code):
    exercise = read_set(name)
    return trusted_texts(exercise, exercise.question(question), seed, code)


@pytest.fixture
def quick(monkeypatch, home):
    monkeypatch.setattr(batch, "run_nbval", in_this_process)


@pytest.fixture
def work(tmp_path):
    """Six learners of different luck, an empty file, and what does not belong there."""
    draw = random.Random(3)
    for number in range(6):
        folder = tmp_path / "work" / f"learner-{number}"
        folder.mkdir(parents=True)
        answers = {q.name: draw.choice([q.reference, *(one.code for one in q.wrong)]) for q in SET.questions}
        save(handed_in(answers), folder / "set_03.ipynb")
    (tmp_path / "work" / "learner-0" / ".ipynb_checkpoints").mkdir()
    save(handed_in({}), tmp_path / "work" / "learner-0" / ".ipynb_checkpoints" / "set_03.ipynb")
    (tmp_path / "work" / "learner-1" / "notes.txt").write_text("hm")
    (tmp_path / "work" / "zed.ipynb").write_text("")
    return tmp_path / "work"


# ---------------------------------------------------------------- the whole way


def test_references_get_full_points_through_nbval(home, tmp_path):
    """Two sets here, all of them in ``make soak``."""
    full_points(["set_01", "set_12"], tmp_path)


def full_points(names, tmp_path):
    """Grade the reference answers of these sets, and look at every report."""
    page, told = tmp_path / "class.html", tmp_path / "class.json"
    wanted = Wanted(html=str(page), json=str(told), feedback=str(tmp_path / "feedback"))
    solutions = [course("exercises") / "solutions" / f"{name}.ipynb" for name in names]
    assert grade_command(solutions, seed=SEED, wanted=wanted) == 0
    results = [GradeResult.read(one) for one in json.loads(told.read_text(encoding="utf-8"))["results"]]
    assert [one.set for one in results] == names
    assert [(one.set, one.points) for one in results] == [(one.set, one.of) for one in results]
    assert f"{format_percent(1)} of the points on average" in page.read_text(encoding="utf-8")
    for name in names:
        assert f"{name}.html" in [path.name for path in (tmp_path / "feedback").iterdir()]


@pytest.mark.parametrize("name", known_sets())
def test_unsolved_gets_nothing_in_plain_words(name, quick):
    report = grade_all([course("exercises") / f"{name}.ipynb"], seed=SEED)
    assert report.results[0].points == 0
    assert all(question.feedback == ("Not answered yet.",) for question in report.results[0].questions)
    assert tables(report).learners.status.tolist() == ["not answered"]


# ---------------------------------------------------------------- the report


def test_the_report_is_the_same_for_any_number_of_workers(quick, work):
    one, four = (grade_all([work], seed=SEED, workers=number) for number in (1, 4))
    assert class_json(one) == class_json(four)
    assert [result.submission for result in one.results] == [f"learner-{n}/set_03.ipynb" for n in range(6)]
    assert [unread.submission for unread in one.unread] == ["zed.ipynb"]
    made = tables(one)
    assert class_csv(made) == class_csv(tables(four))
    assert made.learners.learner.tolist() == [*(f"learner-{n}" for n in range(6)), "zed"]
    assert made.spread["count"].sum() == 6
    assert (made.questions.asked == 6).all()
    assert (
        made.wrong.met.sum() == sum(bool(q.misconception) for one in one.results for q in one.questions) > 0
    )


def test_a_spreadsheet_gets_numbers_and_no_formulas(quick, work):
    evil = work / "=cmd|' calc'!A0"
    evil.mkdir()
    save(handed_in({q.name: q.reference for q in SET.questions}), evil / "set_03.ipynb")
    rows = list(csv.DictReader(io.StringIO(class_csv(tables(grade_all([work], seed=SEED))))))
    assert rows[0]["learner"] == "'=cmd|' calc'!A0"
    assert [rows[0][name] for name in ("points", "of", "percent", "q1", "q4")] == [
        "10",
        "10",
        "100",
        "3",
        "3",
    ]
    assert rows[-1]["status"] == "not read" and rows[-1]["of"] == ""


def test_a_page_holds_no_learners_markup_and_asks_for_nothing(quick, work):
    evil = work / "<script>alert(1)<"
    evil.mkdir()
    code = "def clip(weights, consensus):\n    raise ValueError('<img src=x onerror=alert(2)>')"
    save(handed_in({"clip": code}), evil / "set_03.ipynb")
    report = grade_all([work], seed=SEED)
    page = class_html(report, tables(report), {"files": True})
    assert "<script" not in page and "<img" not in page
    assert "&lt;img src=x" in page
    assert "http://" not in page.replace("http://www.w3.org/", "") and "https://" not in page
    assert "<svg" in page and "Not isolated" not in page
    assert "files of this machine" in class_html(report, tables(report), {"files": False})


def test_whose_a_submission_is():
    assert learner_of("ada/set_03.ipynb") == "ada"
    assert learner_of("ada_set_03.ipynb") == "ada"
    assert learner_of("set_03.ipynb") == "set_03"
    assert learner_of("term 1/ada/set_03.ipynb") == "term 1"


def test_names_that_come_twice_stay_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save(handed_in({}), tmp_path / name / "set_03.ipynb")
    files = [tmp_path / name / "set_03.ipynb" for name in ("a", "b")]
    assert list(collect(files)) == ["a/set_03.ipynb", "b/set_03.ipynb"]
    assert list(collect([tmp_path / "a", tmp_path / "b"])) == ["set_03 (2).ipynb", "set_03.ipynb"]
    assert list(collect([tmp_path, files[0]])) == ["a/set_03.ipynb", "b/set_03.ipynb"]
    assert list(collect(files[:1])) == ["set_03.ipynb"]
    with pytest.raises(InputError, match="is not there"):
        collect([tmp_path / "c"])
    (tmp_path / "c").mkdir()
    with pytest.raises(InputError, match="no notebook"):
        collect([tmp_path / "c"])


# ---------------------------------------------------------------- stopped, and again


class Power(BaseException):
    """Goes out."""


def test_a_run_that_was_stopped_goes_on_and_ends_in_the_same_report(quick, work, monkeypatch):
    seen: list[Progress] = []

    def stop_at(most):
        def tell(progress):
            seen.append(progress)
            if progress.done - progress.known >= most:
                raise Power

        return tell

    for _ in range(2):
        with pytest.raises(Power):
            grade_all([work], workers=1, told=stop_at(2))
    report = grade_all([work], workers=1, told=seen.append)
    assert seen[-1] == Progress(done=6, of=6, known=4)
    assert class_json(report) == class_json(grade_all([work], seed=report.seed))


def test_killed_half_way_it_finishes_with_the_same_report(home, work, tmp_path):
    """The real thing: a grader that ends without a last word, and one that follows it."""
    code = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_class
from pathlib import Path
from bittensor_lab.exercises import batch
batch.run_nbval = test_class.in_this_process
end = lambda progress: progress.done == 3 and os._exit(9)
batch.grade_all([Path({str(work)!r})], workers=2, told=end)
"""
    environment = {**os.environ, "BITTENSOR_LAB_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 9, done.stderr
    (journal,) = (home / "data" / "grading").iterdir()
    seed = json.loads(journal.read_text(encoding="utf-8").splitlines()[0].partition(" ")[2])["seed"]
    with journal.open("a", encoding="utf-8") as file:
        file.write('["half a li')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "run_nbval", in_this_process)
        seen: list[Progress] = []
        report = grade_all([work], told=seen.append)
        assert (report.seed, seen[0].known) == (seed, 3)
        assert list((home / "data" / "grading").iterdir()) == []
        assert class_json(report) == class_json(grade_all([work], seed=seed))


def test_what_was_handed_in_anew_meanwhile_is_graded_anew(quick, work):
    def stop(progress):
        if progress.done == 6:
            raise Power

    with pytest.raises(Power):
        grade_all([work], seed=SEED, told=stop)
    save(handed_in({q.name: q.reference for q in SET.questions}), work / "learner-2" / "set_03.ipynb")
    seen: list[Progress] = []
    report = grade_all([work], seed=SEED, told=seen.append)
    assert seen[0].known == 5
    assert report.results[2].points == 10


def test_one_that_cannot_be_graded_stops_nobody(home, work, monkeypatch):
    def fails_for_one(exercise, submission, key):
        if submission.name.startswith("learner-3"):
            raise GraderError("not one check ran")
        return in_this_process(exercise, submission, key)

    monkeypatch.setattr(batch, "run_nbval", fails_for_one)
    report = grade_all([work], seed=SEED)
    assert len(report.results) == 5
    assert [one.submission for one in report.unread] == ["learner-3/set_03.ipynb", "zed.ipynb"]


# ---------------------------------------------------------------- the command


def test_what_cannot_be_written_is_said_before_anything_is_graded(work, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(batch, "run_nbval", lambda *given: pytest.fail("it was graded"))
    assert grade_command([work], wanted=Wanted(csv=str(tmp_path / "none" / "x.csv"))) == 2
    assert grade_command([work], wanted=Wanted(html=str(tmp_path))) == 2
    (tmp_path / "f").write_text("")
    assert grade_command([work], wanted=Wanted(feedback=str(tmp_path / "f"))) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "Name a file in a folder that is there" in said and "Name a folder for the feedback" in said


def test_the_command_prints_a_class_and_writes_what_is_wanted(quick, work, tmp_path, capsys):
    wanted = Wanted(csv=str(tmp_path / "x.csv"), feedback=str(tmp_path / "f"))
    assert grade_command([work], seed=SEED, wanted=wanted) == 0
    said = capsys.readouterr().out
    assert "6 submissions graded" in said and "1 could not be read" in said
    assert len((tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()) == 8
    assert (tmp_path / "f" / "learner-5" / "set_03.html").is_file()
    assert grade_command([work], seed=SEED, wanted=Wanted(csv="-")) == 0
    assert capsys.readouterr().out == (tmp_path / "x.csv").read_text(encoding="utf-8")
