"""Grading: right passes, wrong is named, cheats earn nothing and stop nothing, any file is survived.

Most cases ask the locked child process directly, as the graded notebook does; the whole way through
nbval is taken for one right, one wrong, one unsolved and one cheating submission.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import time
from functools import cache, partial
from pathlib import Path

import pytest

from bittensor_lab.errors import InputError
from bittensor_lab.exercises import child, grading
from bittensor_lab.exercises.ask import DOORS, AnswerError, Limits, UnansweredError, ask, isolation
from bittensor_lab.exercises.checking import load_checks, printed
from bittensor_lab.exercises.grading import grade, grade_command, graded_notebook
from bittensor_lab.exercises.judging import Outcome, check_seed, judge, make_key
from bittensor_lab.exercises.report import print_result
from bittensor_lab.exercises.source import read_set
from bittensor_lab.exercises.submission import Submission, read_submission
from bittensor_lab.places import PACKAGE, course

SECRET = 20_240
SET = read_set("set_03")
SHORT = Limits(seconds=3, cpu=1)
POSIX = pytest.mark.skipif(os.name != "posix", reason="processes cannot be locked here; grade says so")


@cache
def key():
    return make_key(SET, SECRET)


def notebook():
    return json.loads((course("exercises") / "set_03.ipynb").read_text(encoding="utf-8"))


def handed_in(answers, change=None):
    """A learner's notebook with ``answers``, perhaps changed by hand."""
    made = notebook()
    for cell in made["cells"]:
        if "answer" in cell["metadata"].get("tags", ()) and cell["metadata"]["q"] in answers:
            cell["source"] = answers[cell["metadata"]["q"]]
    if change:
        change(made)
    return made


def save(made, path):
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


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
    """Four submissions graded as ``bittensor-lab grade`` does."""
    folder = tmp_path_factory.mktemp("submissions")
    wrong = {q.name: q.wrong[0].code for q in SET.questions}
    made = {
        "right": json.loads((course("exercises") / "solutions" / "set_03.ipynb").read_text(encoding="utf-8")),
        "wrong": handed_in(
            {**SET.references, "clip": wrong["clip"], "incentive": "def incentive(clipped, stake):\n  x"}
        ),
        "unsolved": notebook(),
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
    "    from bittensor_lab.epoch import CHAIN_STEPS as chain\n    return chain.consensus(weights, stake, kappa)",
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


def test_reference_gets_full_points(full_grades):
    result = full_grades["right"]
    assert (result.points, result.of) == (10, 10)
    assert all(question.answered and not question.feedback for question in result.questions)


def test_wrong_answers_lose_their_points_only_and_are_named(full_grades):
    points = {q.name: q.points for q in full_grades["wrong"].questions}
    assert points == {"median": 3, "clip": 0, "incentive": 0, "consensus": 3}
    clip, incentive = full_grades["wrong"].questions[1:3]
    assert clip.misconception == "outliers thrown away"
    assert SET.question("clip").wrong[0].feedback in clip.feedback
    assert "NameError: name 'x' is not defined (line 2 of the answer)" in incentive.checks[0].feedback


def test_unsolved_gets_nothing_in_plain_words(full_grades):
    result = full_grades["unsolved"]
    assert result.points == 0
    assert all(question.feedback == ("Not answered yet.",) for question in result.questions)


def test_cheats_earn_nothing_through_nbval(full_grades):
    assert full_grades["cheat"].points == 0


def test_the_same_seed_gives_the_same_result(full_grades, monkeypatch):
    outcomes = {name: Outcome(name != "check_clip", text) for name, text in key().texts.items()}
    monkeypatch.setattr(grading, "run_nbval", lambda *given: outcomes)
    solved = course("exercises") / "solutions" / "set_03.ipynb"
    first, second, other = (grade(solved, seed=seed).to_json() for seed in (SECRET, SECRET, 1))
    assert first == second != other
    assert json.loads(first)["questions"][2] == json.loads(full_grades["right"].to_json())["questions"][2]


def test_result_as_json_and_in_words(full_grades, capsys):
    from rich.console import Console

    result = full_grades["wrong"]
    assert json.loads(result.to_json())["points"] == 6
    print_result(result, Console(width=200))
    said = capsys.readouterr().out
    assert "6 of 10 points" in said
    assert "outliers thrown away" in said


def test_the_graded_notebook_holds_no_learners_text(tmp_path):
    made = graded_notebook(SET, tmp_path, key())
    assert len(made.cells) == 1 + len(key().texts)
    assert all(cell.source.count("asker.check(") == 1 for cell in made.cells[1:])
    assert [cell.outputs[0].text for cell in made.cells[1:]] == list(key().texts.values())


def test_a_notebook_that_nbval_cannot_finish_costs_only_its_checks(monkeypatch, tmp_path):
    monkeypatch.setattr(grading, "_run_pytest", lambda folder: None)
    result = grade(save(handed_in(SET.references), tmp_path / "x.ipynb"), seed=SECRET)
    assert result.points == 0
    assert "did not come to its end" in result.questions[0].checks[0].feedback


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
        "import importlib.util as u\n"
        f"s = u.spec_from_file_location('y', {str(PACKAGE / 'kernels' / 'yuma.py')!r})\n"
        "m = u.module_from_spec(s)\ns.loader.exec_module(m)\nreturn m.clip(weights, consensus)",
    ),
    "runs its source": clip_cheat(
        f"names = {{}}\nexec(open({str(PACKAGE / 'kernels' / 'yuma.py')!r}).read(), names)\n"
        "return names['clip'](weights, consensus)"
    ),
    "reads the solution": clip_cheat(
        f"text = open({str(course('exercises') / 'source' / 'set_03.py')!r}).read()\nreturn eval(text)"
    ),
    "looks for the key around it": clip_cheat(
        "import glob, json\n"
        "for f in glob.glob('/tmp/**/*.ipynb', recursive=True) + glob.glob('../**', recursive=True):\n"
        "    return json.load(open(f))\n"
        "return os.listdir('..')",
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
    assert ask("f", "def f(x): return x + 1", [{"x": 1}]) == [2], "the next submission is answered"


@POSIX
def test_nothing_outlives_a_child():
    before = set(subprocess.run(["ps", "-eo", "pid"], capture_output=True, text=True).stdout.split())
    with pytest.raises(AnswerError):
        ask("f", "import os\ndef f(x):\n    os.fork()\n    while True: pass", [{"x": 1}], SHORT)
    listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout
    ours = [
        line
        for line in listing.splitlines()
        if "exercises/child.py" in line and line.split()[0] not in before
    ]
    assert not [line for line in ours if str(os.getpid()) == _parent(line.split()[0])]


def _parent(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]
    except OSError:
        return ""


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


def test_grade_says_what_is_not_isolated(full_grades, capsys):
    from dataclasses import replace

    from rich.console import Console

    opened = {**dict.fromkeys(DOORS, True), "files": False}
    print_result(replace(full_grades["right"], isolated=opened), Console(width=200))
    assert "Not isolated on this machine: the answers could reach files" in capsys.readouterr().out


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


# ---------------------------------------------------------------- what is handed in


def answers_in(made, tmp_path, name="set_03.ipynb"):
    return read_submission(save(made, tmp_path / name))[1]


def test_cleared_outputs_reordered_cells_and_renumbered_ids(tmp_path):
    def change(made):
        made["cells"].reverse()
        for number, cell in enumerate(made["cells"]):
            cell["id"] = str(number)
            cell.pop("outputs", None)
            cell.pop("execution_count", None)

    assert answers_in(handed_in(SET.references, change), tmp_path).answers == SET.references


def test_lost_metadata_falls_back_to_ids_and_then_to_names(tmp_path):
    def strip(made):
        made["metadata"] = {}
        for cell in made["cells"]:
            cell["metadata"] = {}

    assert answers_in(handed_in(SET.references, strip), tmp_path).answers == SET.references

    def strip_ids(made):
        strip(made)
        for cell in made["cells"]:
            del cell["id"]

    found = answers_in(handed_in(SET.references, strip_ids), tmp_path)
    assert found.answers == SET.references
    assert "lost its mark" in found.notes["clip"][0]


def test_duplicated_and_deleted_cells(tmp_path):
    def change(made):
        answers = [c for c in made["cells"] if "answer" in c["metadata"].get("tags", ())]
        stub = copy.deepcopy(answers[0])
        stub["source"] = SET.questions[0].stub
        second = copy.deepcopy(answers[1])
        second["source"] += "\n# better\n"
        made["cells"].remove(answers[2])
        made["cells"] += [stub, second]

    found = answers_in(handed_in(SET.references, change), tmp_path)
    assert found.answers["median"] == SET.references["median"], "a copy of the stub answers nothing"
    assert found.answers["clip"].endswith("# better\n")
    assert found.notes["clip"] == ["2 cells answer this; the last of them was graded."]
    assert found.answers["incentive"] == ""
    assert found.notes["incentive"] == ["The answer's cell is missing."]


def test_answer_in_a_cell_of_its_own(tmp_path):
    def change(made):
        made["cells"].append(
            {"cell_type": "code", "metadata": {}, "source": ["%%time\n", SET.references["clip"]]}
        )

    found = answers_in(handed_in({}, change), tmp_path)
    assert found.answers["clip"].strip() == SET.references["clip"]


def test_windows_line_ends_byte_order_mark_and_magics(tmp_path):
    answers = {
        name: f"%matplotlib inline\r\n!ls\r\n{code}".replace("\n", "\r\n")
        for name, code in SET.references.items()
    }
    text = json.dumps(handed_in(answers), indent=1).replace("\n", "\r\n")
    (tmp_path / "set_03.ipynb").write_bytes(b"\xef\xbb\xbf" + text.encode())
    found = read_submission(tmp_path / "set_03.ipynb")[1].answers
    assert {name: code.strip() for name, code in found.items()} == SET.references


def test_an_old_notebook_version(tmp_path):
    cells = [
        {"cell_type": "code", "input": code, "outputs": [], "metadata": {}}
        for code in SET.references.values()
    ]
    old = {"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    assert answers_in(old, tmp_path).answers == SET.references


def test_a_stub_line_left_behind_does_not_hide_the_answer(tmp_path):
    code = SET.references["clip"] + '\n    raise NotImplementedError("replace this line with your answer")'
    assert SET.question("clip").answered_by(code)
    assert not SET.question("clip").answered_by(SET.question("clip").stub + "\n\n# hm")
    assert quick({"clip": code})["clip"].points == 2


def test_a_large_notebook_full_of_output(tmp_path):
    def change(made):
        made["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (50 << 20)}]

    assert answers_in(handed_in(SET.references, change), tmp_path).answers == SET.references


@pytest.mark.parametrize(
    ("content", "message"),
    {
        b"": "is empty",
        b"  \n": "is empty",
        b"hello": "not JSON",
        b"\xff\xfe\x00\x01": "not text",
        b"[" * 100_000: "not JSON",
        b"[1, 2]": "has no cells",
        b'{"cells": 3}': "has no cells",
        b'{"cells": []}': "not a notebook of an exercise set",
        b'{"cells": [null, {"cell_type": "code", "metadata": 5, "source": {"a": 1}}], "metadata": []}': "of an",
    }.items(),
)
def test_what_is_no_submission_gets_one_line_and_exit_2(content, message, tmp_path, capsys):
    path = tmp_path / "work.ipynb"
    path.write_bytes(content)
    assert grade_command(path) == 2
    said = capsys.readouterr().err
    assert message in said.replace("\n", " ")
    assert "Traceback" not in said


def test_no_file_a_folder_and_no_such_source(tmp_path, capsys):
    assert grade_command(tmp_path / "none.ipynb") == 2
    assert grade_command(tmp_path) == 2
    assert grade_command(save(notebook(), tmp_path / "set_03.ipynb"), source=tmp_path / "nowhere") == 2
    with pytest.raises(InputError):
        grade(tmp_path / "none.ipynb")
    assert "Traceback" not in capsys.readouterr().err


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
    assert grade_command(path, seed=1, source=tmp_path, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["points"] == 5
