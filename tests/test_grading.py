"""Grading: right passes, wrong is named, cheats earn nothing and stop nothing.

Most cases ask the locked child process directly, as the graded notebook does; the whole way through
nbval is taken for one right, one partly wrong and unsolved, and one cheating submission.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from functools import cache, partial

import psutil
import pytest
from submissions import handed_in, save

from bittensor_lab.exercises import child, grading
from bittensor_lab.exercises.ask import DOORS, AnswerError, Limits, UnansweredError, ask, isolation
from bittensor_lab.exercises.batch import ClassReport, Unread
from bittensor_lab.exercises.checking import load_checks, printed
from bittensor_lab.exercises.command import Wanted, grade_command
from bittensor_lab.exercises.grading import grade, graded_notebook
from bittensor_lab.exercises.judging import Outcome, check_seed, judge, make_key
from bittensor_lab.exercises.report import print_result
from bittensor_lab.exercises.source import read_set
from bittensor_lab.exercises.submission import Submission
from bittensor_lab.places import PACKAGE, course

SECRET = 20_240
SET = read_set("set_03")
SHORT = Limits(seconds=3, cpu=1)
FULL = pytest.mark.xdist_group("full_grades")  # one worker grades them all
POSIX = pytest.mark.skipif(os.name != "posix", reason="processes cannot be locked here; grade says so")


@cache
def key():
    return make_key(SET, SECRET)


def quick(answers):
    """Points and feedback without a kernel: the same checks, the same child process."""
    given = {q.name: answers.get(q.name, "") for q in SET.questions}
    checks, outcomes = load_checks(SET), {}
    for question in SET.questions:
        cells = SET.answer_cells(question.name, given)
        for check in question.checks:
            if question.name in answers:
                asked = partial(ask, question.name, cells, limits=SHORT)
                text = printed(checks[check.name], asked, check_seed(SECRET, check.name))
            else:
                text = "not answered yet\n"
            outcomes[check.name] = Outcome(text == key().texts[check.name], text)
    return {q.name: q for q in judge(SET, Submission("x", given), key(), outcomes)}


# ---------------------------------------------------------------- the whole way, through nbval


@pytest.fixture(scope="module")
def full_grades(tmp_path_factory):
    """Three submissions graded as ``bittensor-lab grade`` does."""
    folder = tmp_path_factory.mktemp("submissions")
    made = {
        "right": json.loads((course("exercises") / "solutions" / "set_03.ipynb").read_text(encoding="utf-8")),
        "wrong": handed_in(
            {
                "median": SET.references["median"],
                "clip": SET.question("clip").wrong[0].code,
                "incentive": "def incentive(clipped, stake):\n  x",
            }
        ),
        "cheat": handed_in(CHEATS_TOGETHER, cheat_the_notebook),
    }
    return {name: grade(save(one, folder / f"{name}.ipynb"), seed=SECRET) for name, one in made.items()}


CHEATS_TOGETHER = {
    "median": "import builtins\nbuiltins.print = lambda *a, **k: None\n"
    "def median(scores, stake, kappa):\n    return 0.5",
    "clip": "import os\nos._exit(0)",
    "incentive": "import sys\nsys.modules['numpy'].array = None\n"
    "def incentive(clipped, stake):\n    sys.exit(0)",
    "consensus": "def consensus(weights, stake, kappa):\n"
    "    from bittensor_lab.kernels import yuma\n    return yuma.weighted_median(weights, stake, kappa)",
}


def cheat_the_notebook(made):
    """Edit what a learner could edit: outputs, skip marks, checks that print the public answer, tags."""
    for cell in made["cells"]:
        if "check" in cell["metadata"].get("tags", ()):
            cell["source"] = "# NBVAL_SKIP\nprint('Right.')"
            cell["metadata"]["tags"] += ["nbval-skip", "nbval-ignore-output"]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "Right."}]
            cell["execution_count"] = 1
        if cell["cell_type"] == "code" and "setup" in cell["metadata"].get("tags", ()):
            cell["source"] = "import bittensor_lab.exercises.ask as a\na.ask = lambda *x: None"
    made["cells"].append({"cell_type": "code", "metadata": {"tags": ["setup"]}, "source": "raise SystemExit"})


@FULL
def test_reference_gets_full_points(full_grades):
    result = full_grades["right"]
    assert (result.points, result.of) == (10, 10)
    assert all(question.answered and not question.feedback for question in result.questions)


@FULL
def test_wrong_answers_lose_their_points_only_and_are_named(full_grades):
    points = {q.name: q.points for q in full_grades["wrong"].questions}
    assert points == {"median": 3, "clip": 0, "incentive": 0, "consensus": 0}
    clip, incentive = full_grades["wrong"].questions[1:3]
    assert clip.misconception == "outliers thrown away"
    assert SET.question("clip").wrong[0].feedback in clip.feedback
    assert "NameError: name 'x' is not defined (line 2 of the answer)" in incentive.checks[0].feedback


@FULL
def test_unsolved_gets_nothing_in_plain_words(full_grades):
    unsolved = full_grades["wrong"].questions[3]
    assert (unsolved.points, unsolved.feedback) == (0, ("Not answered yet.",))
    result = quick({q.name: q.stub for q in SET.questions})
    assert all(q.points == 0 and q.feedback == ("Not answered yet.",) for q in result.values())


@FULL
def test_cheats_earn_nothing_through_nbval(full_grades):
    assert full_grades["cheat"].points == 0


@FULL
def test_the_same_seed_gives_the_same_result(full_grades, monkeypatch):
    outcomes = {name: Outcome(name != "check_clip", text) for name, text in key().texts.items()}
    monkeypatch.setattr(grading, "run_nbval", lambda *given: outcomes)
    solved = course("exercises") / "solutions" / "set_03.ipynb"
    first, second, other = (grade(solved, seed=seed).to_json() for seed in (SECRET, SECRET, 1))
    assert first == second != other
    assert json.loads(first)["questions"][2] == json.loads(full_grades["right"].to_json())["questions"][2]


@FULL
def test_result_as_json_and_in_words(full_grades, capsys):
    from rich.console import Console

    result = full_grades["wrong"]
    assert json.loads(result.to_json())["points"] == 3
    print_result(result, Console(width=200))
    said = capsys.readouterr().out
    assert "3 of 10 points" in said
    assert "outliers thrown away" in said


def test_the_graded_notebook_holds_no_learners_text(tmp_path):
    cells = graded_notebook(SET, tmp_path, key())["cells"]
    assert len(cells) == 1 + len(key().texts)
    assert all(cell["source"].count("asker.check(") == 1 for cell in cells[1:])
    assert [cell["outputs"][0]["text"] for cell in cells[1:]] == list(key().texts.values())


def test_a_check_that_did_not_end_earns_nothing_and_says_so(monkeypatch, tmp_path):
    def first_check_only(folder, log):
        (folder / "printed.jsonl").write_text(json.dumps(["check_median", key().texts["check_median"]]))

    monkeypatch.setattr(grading, "_run_pytest", first_check_only)
    result = grade(save(handed_in(SET.references), tmp_path / "x.ipynb"), seed=SECRET)
    assert result.points == 0, "without nbval's report nothing counts"
    assert "did not come to its end" in result.questions[1].checks[0].feedback


def test_a_grader_that_cannot_run_blames_nobody(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(grading, "_run_pytest", lambda folder, log: log.write(b"no module named nbval\n"))
    assert grade_command([save(handed_in(SET.references), tmp_path / "x.ipynb")]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "not the submission's fault" in said and "no module named nbval" in said


# ---------------------------------------------------------------- misconceptions


@pytest.mark.parametrize("question", [q.name for q in SET.questions])
def test_every_misconception_loses_points_and_is_named(question):
    for wrong in SET.question(question).wrong:
        answers = {name: SET.references[name] for name in SET.question(question).uses}
        result = quick({**answers, question: wrong.code})[question]
        assert result.points < result.of
        assert result.misconception == wrong.name
        assert wrong.feedback in result.feedback


def test_a_right_answer_written_otherwise_gets_full_points():
    answers = {
        "median": "from itertools import accumulate\n\n"
        "def median(scores, stake, kappa):\n"
        "    pairs = sorted((x, s) for x, s in zip(scores.tolist(), stake.tolist()) if s > 0)\n"
        "    for (x, _), below in zip(pairs, accumulate(s for _, s in pairs)):\n"
        "        if below > sum(s for _, s in pairs) - kappa:\n"
        "            return x\n"
        "    return pairs[-1][0] if pairs else 0\n",
        "clip": "def clip(weights, consensus):\n"
        "    return weights - (weights - consensus) * (weights > consensus)",
        "incentive": "shares = lambda rank: rank / (rank.sum() or 1)\n"
        "incentive = lambda clipped, stake: shares((stake[:, None] * clipped).sum(0))",
        "consensus": "def consensus(weights, stake, kappa):\n"
        "    return [float(median(weights[:, j], stake, kappa)) for j in range(weights.shape[1])]",
    }
    points = {name: q.points for name, q in quick(answers).items()}
    assert points == {"median": 3, "clip": 2, "incentive": 2, "consensus": 0}
    whole = answers["consensus"].replace("float", "int")
    assert quick({**answers, "consensus": whole})["consensus"].points == 3


# ---------------------------------------------------------------- cheats


def clip_cheat(body, before=""):
    return f"{before}\ndef clip(weights, consensus):\n" + "\n".join(
        f"    {line}" for line in body.splitlines()
    )


REACH = "import os, sys, gc\n"
CHEATS = {
    "returns the public case by heart": clip_cheat(
        "return [[0.15, 0.25, 0.2, 0.1], [0.15, 0.1, 0.2, 0.3], [0.15, 0.1, 0.25, 0.3]]"
    ),
    "imports the engine": "from bittensor_lab.epoch import CHAIN_STEPS\nclip = CHAIN_STEPS.clip",
    "imports it from its folder": clip_cheat(
        f"sys.path[:] = [{str(PACKAGE.parent)!r}, *{sys.path!r}]\n"
        "from bittensor_lab.kernels import yuma\nreturn yuma.clip(weights, consensus)",
        REACH,
    ),
    "loads it by importlib": clip_cheat(
        "loader = sys.modules['_frozen_importlib_external'].SourceFileLoader\n"
        f"m = loader('y', {str(PACKAGE / 'kernels' / 'yuma.py')!r}).load_module()\n"
        "return m.clip(weights, consensus)",
        REACH,
    ),
    "runs its source": clip_cheat(
        f"names = {{}}\nexec(open({str(PACKAGE / 'kernels' / 'yuma.py')!r}).read(), names)\n"
        "return names['clip'](weights, consensus)"
    ),
    "reads the solution": clip_cheat(
        f"text = open({str(course('exercises') / 'source' / 'set_03.py')!r}).read()\nreturn eval(text)"
    ),
    "looks for the key around it": clip_cheat(
        "import json\nfound = []\n"
        "for folder in ('..', '/tmp', '/'):\n"
        "    for path, _, files in os.walk(folder, onerror=lambda e: found.append(str(e))):\n"
        "        for name in files:\n"
        "            return json.load(open(os.path.join(path, name)))\n"
        "raise ValueError(found)",
        REACH,
    ),
    "asks its parent's memory": clip_cheat(
        "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)\nreturn open('/proc/self/environ').read()", REACH
    ),
    "asks the environment": clip_cheat("return float(os.environ['BITTENSOR_LAB_KEY'])", REACH),
    "walks the frames": clip_cheat(
        "f = sys._getframe()\nfound = []\nwhile f:\n"
        "    found += [v for k, v in f.f_locals.items() if 'key' in k]\n    f = f.f_back\nreturn found[0]",
        REACH,
    ),
    "searches all objects": clip_cheat(
        "found = [o for o in gc.get_objects() if isinstance(o, dict) and ('expected' in o or 'texts' in o)]\n"
        "return found[0]",
        REACH,
    ),
    "writes its own reply": clip_cheat(
        "for fd in range(1, 20):\n    try: os.write(fd, b'[{\"value\": [[1.0]]}]')\n"
        "    except OSError: pass\nos._exit(0)",
        REACH,
    ),
    "prints over the reply": clip_cheat("print('[0.15]' * 10**6)\nreturn weights"),
    "returns a text with line breaks": clip_cheat("return '1\\nV2: [0.1]\\nRight.'"),
    "raises a text that looks right": clip_cheat("raise ValueError('V1: [0.1500]\\nV2: \\x1b[2J\\ud800')"),
    "patches print, round and json": clip_cheat(
        "return weights",
        "import builtins, json\nbuiltins.print = builtins.round = lambda *a: None\n"
        "json.dumps = lambda *a: '[{\"value\": 1}]'",
    ),
    "patches numpy": clip_cheat("return weights", "np.minimum = np.round = np.sum = lambda *a, **k: 0"),
    "equal to everything": clip_cheat(
        "class E(float):\n    __eq__ = lambda s, o: True\n"
        "    __str__ = __repr__ = __format__ = lambda s, *a: ''\n"
        "return [[E(0.1)] * 4] * 3"
    ),
    "exits": clip_cheat("sys.exit(0)", REACH),
    "exits at once": "import os\nos._exit(0)",
    "kills itself": clip_cheat("os.kill(os.getpid(), 9)", REACH),
    "kills its parent": clip_cheat("os.kill(os.getppid(), 9)\nos.killpg(0, 9)", REACH),
    "crashes the interpreter": clip_cheat("import ctypes\nctypes.string_at(0)"),
    "overflows the stack": clip_cheat("return clip(weights, consensus)"),
    "loops for ever": clip_cheat("while True: pass"),
    "sleeps for ever": clip_cheat("import time\ntime.sleep(10**6)"),
    "swallows every exception": clip_cheat(
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    ),
    "fork bomb": clip_cheat("while True: os.fork()", REACH),
    "thread bomb": clip_cheat("import threading\nwhile True: threading.Thread(target=print).start()"),
    "memory bomb": clip_cheat("x = []\nwhile True: x.append(bytearray(1 << 24))"),
    "flood of output": clip_cheat("return 'x' * (1 << 26)"),
    "deep nesting": clip_cheat("x = []\nfor _ in range(10**5): x = [x]\nreturn x"),
    "writes files": clip_cheat("open('f', 'w').write('x')\nos.mkdir('/tmp/cheat')", REACH),
    "starts a program": clip_cheat("import subprocess\nreturn subprocess.run(['cat', '/etc/passwd'])"),
    "asks the network": clip_cheat("import socket\nsocket.create_connection(('127.0.0.1', 22))"),
    "closes all and hides": clip_cheat(
        "for fd in range(50):\n    try: os.close(fd)\n    except OSError: pass\nos.setsid()", REACH
    ),
    "not a function": "clip = 7",
    "not Python": "def clip(weights, consensus)\n    return",
    "null bytes": "def clip(weights, consensus):\n    return '\0'",
    "returns an object": clip_cheat("return object()"),
    "too many numbers": clip_cheat("return [[0.0] * 10**5]"),
    "not a number": clip_cheat("return weights * float('nan')"),
}  # fmt: skip


@POSIX
@pytest.mark.parametrize("cheat", CHEATS)
def test_cheats_earn_nothing_and_stop_nothing(cheat):
    began = time.monotonic()
    result = quick({"clip": CHEATS[cheat]})["clip"]
    assert result.points == 0
    assert all(check.feedback for check in result.checks)
    assert time.monotonic() - began < 4 * SHORT.seconds


@POSIX
def test_nothing_outlives_a_child(monkeypatch):
    started, popen = [], subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    with pytest.raises(AnswerError):
        ask("f", "import os\ndef f(x):\n    os.fork()\n    while True: pass", [{"x": 1}], SHORT)
    (the_child,) = started
    until = time.monotonic() + 20
    while (
        _alive_in_session(the_child.pid) and time.monotonic() < until
    ):  # a kill takes effect in its own time
        time.sleep(0.1)
    assert _alive_in_session(the_child.pid) == []


def _alive_in_session(session):
    alive = []
    for process in psutil.process_iter(["pid", "status"]):
        with contextlib.suppress(OSError, psutil.Error):
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process.pid)
    return alive


@POSIX
def test_a_hanging_answer_costs_its_time_once(tmp_path, monkeypatch):
    task = {"cells": {"clip": ["def clip(weights, consensus):\n    while True: pass"]}, "secret": SECRET}
    (tmp_path / "task.json").write_text(json.dumps(task))
    monkeypatch.setattr(grading, "ask", partial(ask, limits=SHORT))
    asker, checks = grading.Asker(str(tmp_path)), load_checks(SET)
    began = time.monotonic()
    for name in ("check_clip", "check_clip_more", "check_clip"):
        asker.check("clip", checks[name])
    assert time.monotonic() - began < 3 * SHORT.seconds
    assert (tmp_path / "printed.jsonl").read_text().count("endless loop") == 3


@pytest.mark.skipif(sys.platform != "linux", reason="other systems close fewer doors, and grade says which")
def test_on_linux_every_door_is_closed():
    assert isolation() == dict.fromkeys(DOORS, True)


def test_grade_says_what_is_not_isolated_and_can_be_told_to_refuse(capsys, monkeypatch, tmp_path):
    from bittensor_lab.exercises import command

    monkeypatch.setattr(command, "isolation", lambda: {**dict.fromkeys(DOORS, True), "files": False})
    monkeypatch.setattr(
        command, "grade_all", lambda *given: ClassReport(0, (), (Unread("x", "it is empty"),))
    )
    path = save(handed_in({}), tmp_path / "x.ipynb")
    assert grade_command([path], require_sandbox=True) == 1
    assert "answers could reach files" in capsys.readouterr().err
    assert grade_command([path]) == 2
    assert "it is empty" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.setattr(command, "isolation", lambda: {**dict.fromkeys(DOORS, True), "files": False})
    assert grade_command([path], seed=1) == 0
    assert "Not isolated on this machine: the answers could reach files" in " ".join(
        capsys.readouterr().err.split()
    )


def test_seccomp_program_is_well_formed():
    for architecture, calls in child._CALLS.values():
        program = child.filter_program(architecture, calls)
        assert len(program) == 8 * (5 + len(calls) + 2)
        assert len(set(calls)) == len(calls) == 31


# ---------------------------------------------------------------- asking


def test_one_child_answers_a_batch_with_arrays():
    source = "def f(x, k):\n    return x * k"
    assert ask("f", source, [{"x": [1, 2], "k": 3}, {"x": [[0.5]], "k": 2}]) == [[3, 6], [[1.0]]]
    assert ask("f", "def f(x):\n    return x.dtype.kind + str(x.shape)", [{"x": [[1, 2]]}]) == ["i(1, 2)"]


def test_an_earlier_cell_that_fails_only_leaves_its_names_undefined():
    assert ask("g", ["1 / 0", "def g(x):\n    return x"], [{"x": 1}]) == [1]
    with pytest.raises(AnswerError, match="name 'f' is not defined"):
        ask("g", ["syntax error", "def g(x):\n    return f(x)"], [{"x": 1}])
    with pytest.raises(UnansweredError):
        ask("g", "def g(x):\n    raise NotImplementedError", [{"x": 1}])


@pytest.mark.parametrize("name", child.ALLOWED)
def test_allowed_modules_can_be_imported(name):
    assert ask("f", f"import {name}\ndef f(): return 1", [{}]) == [1]


def test_a_module_that_is_not_allowed_is_named():
    with pytest.raises(AnswerError, match=r"No module named 'pandas' .*an answer may import math"):
        ask("f", "import pandas", [{}])


def test_a_teachers_own_source_is_graded(tmp_path, capsys):
    (tmp_path / "set_77.py").write_text(
        '# %% tags=["setup"]\nfrom bittensor_lab.exercises import show\n\n'
        '# %% tags=["answer"] q="double"\ndef double(x):\n'
        "    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION\n\n"
        '# %% tags=["check"] q="double" points=5\ndef check_double(ask, seed):\n    """One number."""\n'
        "    print(show(ask([{'x': seed}])[0], 0))\n",
        encoding="utf-8",
    )
    cell = {"cell_type": "code", "metadata": {"q": "double"}, "source": "def double(x):\n    return x + x"}
    path = save({"cells": [cell], "metadata": {"bittensor_lab": {"set": "set_77"}}}, tmp_path / "mine.ipynb")
    assert grade_command([path], seed=1, source=tmp_path, wanted=Wanted(json="-")) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["points"] == 5


def test_a_stub_line_left_behind_does_not_hide_the_answer():
    code = SET.references["clip"] + '\n    raise NotImplementedError("replace this line with your answer")'
    assert SET.question("clip").answered_by(code)
    assert not SET.question("clip").answered_by(SET.question("clip").stub + "\n\n# hm")
    assert quick({"clip": code})["clip"].points == 2
