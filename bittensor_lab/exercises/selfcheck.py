"""The learner's own check: instant, in the notebook, and without the answers in it.

``self_check`` runs a check on the learner's function with the public seed, prints the numbers that
came out, and says whether they are right. What is right it knows only by digest: beside the
notebook lies ``set_NN.check.json`` with a digest of each line that the reference prints, and one of
what each wrong answer prints, with the words for it. So it can say "two of four lines are right",
or name a misunderstanding, but has no key to show.
"""

from __future__ import annotations

import hashlib
import json
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from bittensor_lab import progress
from bittensor_lab.exercises.checking import CheckFunction, cells_ask, load_checks, local_ask, printed
from bittensor_lab.exercises.source import ExerciseSet, Question, public_seed
from bittensor_lab.keeping import DAMAGED
from bittensor_lab.places import course

RIGHT = "Right."
WIDTH = 80
"""of a sentence, in characters: a notebook would break it within a word"""


def self_check(name: str, check: CheckFunction, function: Callable[..., Any]) -> None:
    """Print what ``check`` finds of your ``function`` on the public numbers of set ``name``."""
    text = printed(check, local_ask(function), public_seed(name, check.__name__))
    if text.strip() == "not answered yet":
        print("Not answered yet: this answer, or one that it calls, still raises NotImplementedError.")
        return
    for line in text.splitlines():
        print(textwrap.fill(line, WIDTH) if line.startswith("error: ") else line)
    said = verdict(text, _digests(name).get(check.__name__))
    unkept = progress.tried(f"{name}/{check.__name__}", said == RIGHT)
    print(textwrap.fill(f"{said} {unkept}".strip(), WIDTH))


def verdict(text: str, known: dict[str, Any] | None) -> str:
    """Return in a sentence whether ``text`` is what the reference prints."""
    if known is None:
        return "Nothing to compare this with: set_NN.check.json is not here. The grader can still tell."
    lines = text.splitlines()
    right = sum(digest(line) in known["right"][place : place + 1] for place, line in enumerate(lines))
    if right == len(lines) == len(known["right"]):
        return RIGHT
    if digest(text) in known["wrong"]:
        return f"Not yet. {known['wrong'][digest(text)]}"
    if lines and lines[-1].startswith("error: "):
        return "Not yet: the call above did not return what is asked."
    return f"Not yet: {right} of {len(known['right'])} lines are right."


def digest(text: str) -> str:
    """Return a short digest of ``text``."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def make_digests(exercise: ExerciseSet) -> dict[str, Any]:
    """Return, for each public check, the digests of what reference and wrong answers print."""
    checks = load_checks(exercise)
    made = {}
    for question in exercise.questions:
        for check in question.checks:
            if not check.hidden:
                digests = _digests_of(exercise, question, checks[check.name])
                made[check.name] = {"points": check.points, **digests}
    return made


def _digests_of(exercise: ExerciseSet, question: Question, check: CheckFunction) -> dict[str, Any]:
    seed = public_seed(exercise.name, check.__name__)

    def text(answers: dict[str, str]) -> str:
        return printed(check, cells_ask(question.name, exercise.answer_cells(question.name, answers)), seed)

    right = text(exercise.references)
    wrong = {one.feedback: text({**exercise.references, question.name: one.code}) for one in question.wrong}
    return {
        "right": [digest(line) for line in right.splitlines()],
        "wrong": {digest(output): feedback for feedback, output in wrong.items() if output != right},
    }


@cache
def _digests(name: str) -> dict[str, Any]:
    """What is right in a set, by check; for a damaged list beside the notebook the course's own stands in."""
    read = (_read(folder / f"{name}.check.json") for folder in (Path(), course("exercises")))
    return next(filter(None, read), {})


def _read(path: Path) -> dict[str, Any]:
    """The digests in a file; nothing if it is not there, or is not what ``make_digests`` makes."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(check): {
                "right": [str(line) for line in row["right"]],
                "wrong": {str(output): str(words) for output, words in row["wrong"].items()},
            }
            for check, row in told.items()
        }
    except DAMAGED:
        return {}
