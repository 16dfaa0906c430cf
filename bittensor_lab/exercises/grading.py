"""Grade one submission: the learner's answers, the grader's questions, and nbval between them.

    result = grade(Path("set_03.ipynb"), seed=7)         # result.points, result.questions, …

1. Read the answers out of what was handed in (``submission``); trust nothing else in it.
2. Compute the key afresh: run the reference on every check with numbers from a secret seed.
3. Write a notebook that holds only our checks, each with the key's text as its saved output. A
   check calls ``ask``, which runs the learner's answer in a locked child process.
4. Let nbval run it and compare. The notebook is deleted as soon as pytest has read it
   (``vanish``), and the child could not have opened it anyway.
5. Where a check failed, see which known wrong answer prints the same, and say what it means.

A question's points are split between the checks that the learner has seen and those kept back.
Both get new numbers, so an answer that knows the public ones by heart earns nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import IO, Any

from bittensor_lab.errors import LabError
from bittensor_lab.exercises.ask import AnswerError, Inputs, ask, isolation
from bittensor_lab.exercises.checking import printed
from bittensor_lab.exercises.judging import GradeResult, Key, Outcome, check_seed, judge, make_key, result_of
from bittensor_lab.exercises.source import ExerciseSet
from bittensor_lab.exercises.submission import Submission, read_submission
from bittensor_lab.places import PACKAGE


class GraderError(LabError):
    """The grader itself could not work, whatever was handed in."""


CELL_SECONDS = 60
SECONDS = 900
"""for a whole notebook, should nbval itself hang"""


def grade(path: Path, seed: int | None = None, source: Path | None = None) -> GradeResult:
    """Grade the notebook at ``path``.

    Parameters
    ----------
    seed
        of the numbers in the checks; by default a fresh secret one.
    source
        folder with the sets' sources, if not those of the course.

    Raises
    ------
    InputError
        if the file cannot be read as a notebook of a known set.
    GraderError
        if nbval cannot run here.
    """
    exercise, submission = read_submission(path, source)
    key = make_key(exercise, secrets.randbelow(2**31) if seed is None else seed)
    questions = judge(exercise, submission, key, run_nbval(exercise, submission, key))
    return result_of(key, submission, questions, isolation())


# ---------------------------------------------------------------- the graded notebook


class Asker:
    """In the graded notebook: runs checks on the learner's answers and writes down what they print."""

    def __init__(self, folder: str) -> None:
        told = json.loads(Path(folder, "task.json").read_text(encoding="utf-8"))
        self.cells: dict[str, list[str]] = told["cells"]
        self.secret: int = told["secret"]
        self.record = Path(folder, "printed.jsonl")
        self.gave_up: dict[str, str] = {}
        Path(folder, "task.json").unlink()

    def check(self, question: str, function: Any) -> None:
        """Print what check ``function`` finds of the answer to ``question``."""

        def learner(inputs: Inputs) -> list[Any]:
            if question in self.gave_up:  # an answer that hangs costs its time once
                raise AnswerError(self.gave_up[question])
            try:
                return ask(question, self.cells[question], inputs)
            except AnswerError as error:
                if "loop" in str(error):
                    self.gave_up[question] = str(error)
                raise

        text = printed(function, learner, check_seed(self.secret, function.__name__))
        with self.record.open("a", encoding="utf-8") as record:
            record.write(json.dumps([function.__name__, text]) + "\n")
        print(text, end="")


def graded_notebook(exercise: ExerciseSet, folder: Path, key: Key) -> dict[str, Any]:
    """Return the notebook of our setup and checks; the key's texts are its saved outputs."""
    start = f"from bittensor_lab.exercises.grading import Asker\n\nasker = Asker({str(folder)!r})\n"
    cells = [_cell(1, start + exercise.setup, "")]
    for question in exercise.questions:
        for check in question.checks:
            text = f'{check.text}\n\n\nasker.check("{question.name}", {check.name})'
            cells.append(_cell(len(cells) + 1, text, key.texts[check.name]))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _cell(number: int, text: str, output: str) -> dict[str, Any]:
    """Return a code cell; it has a count, because nbval takes one without as never run."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    return {
        "cell_type": "code", "execution_count": number, "id": f"cell-{number}", "metadata": {},
        "outputs": outputs, "source": text,
    }  # fmt: skip


def run_nbval(exercise: ExerciseSet, submission: Submission, key: Key) -> dict[str, Outcome]:
    """Return for each check whether nbval found the learner's text equal to the key's."""
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        cells = {q.name: exercise.answer_cells(q.name, submission.answers) for q in exercise.questions}
        task = json.dumps({"cells": cells, "secret": key.secret})
        (folder / "task.json").write_text(task, encoding="utf-8")
        notebook = json.dumps(graded_notebook(exercise, folder, key))
        (folder / "graded.ipynb").write_text(notebook, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        (folder / "sanitise.cfg").write_text(SANITISE, encoding="utf-8")
        with (folder / "pytest.log").open("wb") as log:
            _run_pytest(folder, log)
        if not (folder / "printed.jsonl").is_file():
            said = _last_line(folder / "pytest.log")
            raise GraderError(
                "not one check ran; this is not the submission's fault",
                said,
                "Does `pytest --nbval` work here?",
            )
        return _outcomes(exercise, folder)


SANITISE = """[addresses]
regex: 0x[0-9a-f]+
replace: ADDRESS
"""
"""what may differ between two right runs"""


def _run_pytest(folder: Path, log: IO[bytes]) -> None:
    command = [
        sys.executable, "-m", "pytest", "-q",
        "-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "--noconftest",
        "-p", "nbval.plugin", "-p", "bittensor_lab.exercises.vanish", "-p", "no:cacheprovider",
        "--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_SECONDS}",
        "--nbval-sanitize-with", str(folder / "sanitise.cfg"), "--color=no",
        f"--junitxml={folder / 'report.xml'}", str(folder / "graded.ipynb"),
    ]  # fmt: skip
    process = subprocess.Popen(  # what is left of a kernel ends by itself when pytest is gone
        command, cwd=folder, env=_environment(folder), start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS)
    finally:
        _end(process)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "pytest said nothing")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Ours, without what would steer pytest or IPython from outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "IPYTHON"))}
    return {
        **kept,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")))),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),  # there need not be a home
    }


def _outcomes(exercise: ExerciseSet, folder: Path) -> dict[str, Outcome]:
    """Read nbval's report; a check that did not come to its end is not equal."""
    checks = [check.name for question in exercise.questions for check in question.checks]
    record = (folder / "printed.jsonl").read_text(encoding="utf-8").splitlines()
    printed_by: dict[str, str] = dict(json.loads(line) for line in record)
    equal: dict[str, bool] = {}
    if (folder / "report.xml").is_file():
        for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
            number = int((case.get("name") or "Cell -1").rpartition(" ")[2])
            if 1 <= number <= len(checks):
                equal[checks[number - 1]] = len(case) == 0  # no failure, error or skipped inside
    return {
        name: Outcome(equal.get(name, False) and name in printed_by, printed_by.get(name, ""))
        for name in checks
    }
