"""The exercise sets: source, notebooks made of it, self-check, misconceptions, numbers off the edge."""

from __future__ import annotations

import json
import math
from functools import cache

import jupytext
import numpy as np
import pytest

from bittensor_lab.epoch import run_epoch
from bittensor_lab.errors import InputError
from bittensor_lab.exercises import release, self_check, selfcheck, show
from bittensor_lab.exercises.ask import AnswerError
from bittensor_lab.exercises.checking import load_checks, local_ask, printed
from bittensor_lab.exercises.judging import Outcome, judge, make_key, trusted_texts
from bittensor_lab.exercises.source import known_sets, public_seed, read_cells, read_set, source_folder
from bittensor_lab.exercises.submission import Submission
from bittensor_lab.places import course

SETS = known_sets()
SET = read_set("set_03")
QUESTIONS = [(name, question.name) for name in SETS for question in read_set(name).questions]
WRONG = [(name, q.name, wrong.name) for name in SETS for q in read_set(name).questions for wrong in q.wrong]


def released(name):
    return json.loads((course("exercises") / f"{name}.ipynb").read_text(encoding="utf-8"))


def test_set_03_is_there_and_worth_ten_points():
    assert "set_03" in SETS
    assert [q.name for q in SET.questions] == ["median", "clip", "incentive", "consensus"]
    assert SET.points == 10


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_each_question_has_public_and_hidden_checks_hints_and_wrong_answers(name, question):
    exercise = read_set(name)
    q = exercise.question(question)
    assert {check.hidden for check in q.checks} == {True, False}
    assert len(q.wrong) >= 3
    text = (source_folder() / f"{name}.py").read_text(encoding="utf-8")
    assert (
        text.count("<summary>Hint 1</summary>")
        == text.count("<summary>Hint 2</summary>")
        == len(exercise.questions)
    )


@pytest.mark.parametrize("name", SETS)
def test_our_reader_sees_what_jupytext_sees(name):
    path = source_folder() / f"{name}.py"
    theirs = jupytext.read(path).cells
    ours = read_cells(path.read_text(encoding="utf-8"))
    assert [cell.kind for cell in ours] == [cell.cell_type for cell in theirs]
    assert [cell.text for cell in ours] == [cell.source for cell in theirs]
    assert [cell.metadata.get("q") for cell in ours] == [cell.metadata.get("q") for cell in theirs]


@pytest.mark.parametrize("name", SETS)
def test_the_notebooks_in_the_repository_are_what_the_source_gives(name):
    for part, text in release.make(read_set(name)).items():
        assert (course("exercises") / part).read_text(encoding="utf-8") == text, f"run make exercises: {part}"


@pytest.mark.parametrize("name", SETS)
def test_the_learners_notebook_holds_neither_answer_nor_output_nor_hidden_check(name):
    exercise, notebook = read_set(name), released(name)
    text = json.dumps(notebook)
    for question in exercise.questions:
        body = question.reference.splitlines()[-1].strip()
        code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
        assert body not in code
        assert all(check.name not in text for check in question.checks if check.hidden)
    assert "BEGIN SOLUTION" not in text
    assert all(not cell.get("outputs") for cell in notebook["cells"])
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert {
        "setup-1",
        *(f"{q.name}-{part}-1" for q in exercise.questions for part in ("answer", "check")),
    } <= set(ids)


@pytest.mark.parametrize(("name", "question", "wrong"), WRONG)
def test_each_wrong_answer_loses_points_under_many_seeds(name, question, wrong):
    exercise = read_set(name)
    q = exercise.question(question)
    for secret in range(2):
        found = key_of(name, secret).wrong[q.name]
        right = [key_of(name, secret).texts[check.name] for check in q.checks]
        theirs = next(texts for one, texts in found if one.name == wrong)
        assert theirs != right
        others = [texts for one, texts in found if one.name != wrong]
        assert theirs not in others, "feedback could not tell them apart"


@pytest.mark.parametrize(("name", "question", "wrong"), WRONG)
def test_each_wrong_answer_is_named(name, question, wrong):
    key = key_of(name, 0)
    texts = {one.name: texts for one, texts in key.wrong[question]}[wrong]
    assert judged(key, question, wrong, texts) == wrong


def judged(key, question, wrong, texts):
    """The misunderstanding that the grader names when a submission's answer prints ``texts``."""
    exercise = key.exercise
    code = next(one.code for one in exercise.question(question).wrong if one.name == wrong)
    printed_by = {
        **key.texts,
        **dict(zip((c.name for c in exercise.question(question).checks), texts, strict=True)),
    }
    outcomes = {name: Outcome(text == key.texts[name], text) for name, text in printed_by.items()}
    given = Submission("x", {**exercise.references, question: code})
    return next(q.misconception for q in judge(exercise, given, key, outcomes) if q.name == question)


@cache
def key_of(name, secret):
    return make_key(read_set(name), secret)


def shifted(value, by):
    if isinstance(value, list):
        return [shifted(item, by) for item in value]
    return value + by if isinstance(value, float) else value


@pytest.mark.parametrize("name", SETS)
def test_no_right_answer_sits_on_a_rounding_edge(name):
    exercise = read_set(name)
    checks = load_checks(exercise)
    names = {"np": np, "math": math}
    for question in exercise.questions:
        exec(question.reference, names)
        asked = local_ask(names[question.name])
        for check in question.checks:
            for seed in [public_seed(name, check.name), *range(6)]:
                right = printed(checks[check.name], asked, seed)
                for by in (1e-12, -1e-12):
                    moved = printed(
                        checks[check.name], lambda inputs, a=asked, by=by: shifted(a(inputs), by), seed
                    )
                    assert moved == right


def test_show_moves_round_numbers_off_the_edge():
    assert show(0.00005, 4) == show(0.00005 - 1e-12, 4) == show(0.00005 + 1e-12, 4)
    assert show([0.25, 1], 2) == "[0.25, 1.00]"
    assert show(-1e-15, 3) == "0.000"
    assert show(float("nan"), 3) == "nan"
    assert show(np.array([65534], np.uint16), 0) == "[65534]"
    for value in ("0.25", None, True, {"a": 1}, [0.0] * 5000):
        with pytest.raises(AnswerError):
            show(value, 2)


def test_the_last_question_ends_in_equality_with_the_engine(monkeypatch):
    """With the reference for a step, the epoch stores what it stores with the chain's own step."""
    import bittensor_lab.epoch as engine

    texts = trusted_texts(SET, SET.question("consensus"), 5, SET.question("consensus").reference)
    monkeypatch.setattr(engine, "run_epoch", lambda inputs, steps: run_epoch(inputs))
    assert trusted_texts(SET, SET.question("consensus"), 5, SET.question("consensus").reference) == texts


# ---------------------------------------------------------------- self-check


def in_notebook(code, question, capsys, monkeypatch, exercise=SET):
    """What the learner reads below the check cell."""
    monkeypatch.chdir(course("exercises"))
    selfcheck._digests.cache_clear()
    names = {"np": np, "math": math}
    for other in exercise.answer_cells(question, {**exercise.references, question: code}):
        exec(other, names)
    check = exercise.question(question).checks[0]
    self_check(exercise.name, load_checks(exercise)[check.name], names[question])
    return capsys.readouterr().out.replace("\n", " ").rstrip()


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_self_check_knows_right_from_unanswered(name, question, capsys, monkeypatch):
    exercise = read_set(name)
    q = exercise.question(question)
    assert in_notebook(q.reference, question, capsys, monkeypatch, exercise).endswith("Right.")
    assert in_notebook(q.stub, question, capsys, monkeypatch, exercise).startswith("Not answered yet")


def test_self_check_names_the_misunderstanding(capsys, monkeypatch):
    wrong = SET.question("clip").wrong[0]
    assert wrong.feedback in in_notebook(wrong.code, "clip", capsys, monkeypatch)


def test_self_check_counts_right_lines_and_survives_errors(capsys, monkeypatch):
    almost = "def incentive(clipped, stake):\n    rank = stake @ clipped\n"
    almost += "    return rank / rank.sum() if rank.any() else rank + 1"
    assert "Not yet: 1 of 2 lines are right." in in_notebook(almost, "incentive", capsys, monkeypatch)
    broken = "def incentive(clipped, stake):\n    return clipped['a']"
    said = in_notebook(broken, "incentive", capsys, monkeypatch)
    assert "error: IndexError" in said
    assert "did not return what is asked" in said


def test_self_check_without_its_file_says_so(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(selfcheck, "course", lambda part: tmp_path)
    monkeypatch.chdir(tmp_path)
    selfcheck._digests.cache_clear()
    check = load_checks(SET)["check_clip"]
    self_check("set_03", check, lambda weights, consensus: np.minimum(weights, consensus))
    selfcheck._digests.cache_clear()
    assert "Nothing to compare" in capsys.readouterr().out


# ---------------------------------------------------------------- a teacher's own set


def test_a_source_that_is_no_set_gets_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="no exercise set set_99"):
        read_set("set_99")
    (tmp_path / "set_50.py").write_text('# %% tags=["answer"] q="f"\ndef f():\n    pass\n')
    with pytest.raises(InputError, match="no check"):
        read_set("set_50", tmp_path)
    (tmp_path / "set_51.py").write_text("")
    (tmp_path / "set_51_wrong.toml").write_text("[[wrong]]\nnonsense = 1\n")
    with pytest.raises(InputError, match=r"set_51_wrong\.toml"):
        read_set("set_51", tmp_path)


OWN_SET = """# %% [markdown]
# # A set of a teacher's own

# %% tags=["setup"]
from bittensor_lab.exercises import self_check, show

# %% tags=["answer"] q="double" title="twice as much"
def double(x):
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION

# %% tags=["check"] q="double" points=5
def check_double(ask, seed):
    \"\"\"One number.\"\"\"
    print(show(ask([{"x": seed}])[0], 0))


self_check("set_77", check_double, double)
"""


def test_a_teachers_own_set_is_released_into_their_folder(tmp_path, capsys):
    (tmp_path / "set_77.py").write_text(OWN_SET, encoding="utf-8")
    out = tmp_path / "out"
    assert release.main(["check", str(tmp_path), str(out)]) == 1
    assert release.main(["write", str(tmp_path), str(out)]) == 0
    assert release.main(["check", str(tmp_path), str(out)]) == 0
    assert "return 2 * x" not in (out / "set_77.ipynb").read_text(encoding="utf-8")
    assert "Right." in (out / "solutions" / "set_77.ipynb").read_text(encoding="utf-8")
    capsys.readouterr()


def test_release_command(capsys, tmp_path):
    assert release.main([]) == 2
    assert "write|check" in capsys.readouterr().err
    assert release.main(["write", str(tmp_path), str(tmp_path)]) == 2
    assert "no exercise set" in capsys.readouterr().err
