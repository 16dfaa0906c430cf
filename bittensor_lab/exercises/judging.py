"""From what the checks printed to points, and to words that help.

A check's points are all or nothing: the text that it printed with the learner's answer is the text
that it printed with the reference, or not. Where it is not, the same check is run on the known
wrong answers, and one that prints just what the learner's did names the misunderstanding. What the
key says is never quoted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from bittensor_lab.exercises.checking import cells_ask, load_checks, printed
from bittensor_lab.exercises.source import ExerciseSet, Question, Wrong
from bittensor_lab.exercises.submission import Submission


@dataclass(frozen=True)
class Outcome:
    """Whether a check's text was equal to the key's, and what the text was."""

    equal: bool
    printed: str


@dataclass(frozen=True)
class CheckResult:
    """What a check gave."""

    name: str
    about: str
    hidden: bool
    points: int
    of: int
    feedback: str


@dataclass(frozen=True)
class QuestionResult:
    """What a question gave, with words for the learner."""

    name: str
    title: str
    points: int
    of: int
    answered: bool
    misconception: str
    """name of the known wrong answer that prints the same, or empty"""
    feedback: tuple[str, ...]
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True)
class GradeResult:
    """What a submission gave. ``isolated`` says which ways out of the child process were closed."""

    submission: str
    set: str
    seed: int
    points: int
    of: int
    questions: tuple[QuestionResult, ...]
    isolated: dict[str, bool]

    def to_json(self) -> str:
        """Return the result as JSON text; the same for the same submission and seed."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    @classmethod
    def read(cls, told: dict[str, Any]) -> GradeResult:
        """Return the result of which ``told`` was the JSON; raises TypeError or KeyError if it is none."""
        questions = tuple(
            QuestionResult(**{
                **one,
                "feedback": tuple(one["feedback"]),
                "checks": tuple(CheckResult(**check) for check in one["checks"]),
            })
            for one in told["questions"]
        )  # fmt: skip
        return cls(**{**told, "questions": questions})


def result_of(
    key: Key, submission: Submission, questions: tuple[QuestionResult, ...], isolated: dict[str, bool]
) -> GradeResult:
    """Return the judged questions of a submission as its result."""
    return GradeResult(
        submission=submission.name,
        set=key.exercise.name,
        seed=key.secret,
        points=sum(question.points for question in questions),
        of=key.exercise.points,
        questions=questions,
        isolated=isolated,
    )


@dataclass(frozen=True)
class Key:
    """What the reference, and each wrong answer, prints at each check under one secret seed."""

    exercise: ExerciseSet
    secret: int
    texts: dict[str, str]

    @cached_property
    def wrong(self) -> dict[str, list[tuple[Wrong, list[str]]]]:
        """By question: each wrong answer with what it prints at the question's checks."""
        return {
            question.name: [(one, trusted_texts(self.exercise, question, self.secret, one.code))
                            for one in question.wrong]
            for question in self.exercise.questions
        }  # fmt: skip


def check_seed(secret: int, name: str) -> int:
    """Return the seed of check ``name`` under the grader's secret seed."""
    return int.from_bytes(hashlib.blake2b(f"{secret}/{name}".encode(), digest_size=4).digest(), "big")


def make_key(exercise: ExerciseSet, secret: int) -> Key:
    """Return the key under ``secret``: run the reference on every check."""
    texts: dict[str, str] = {}
    for question in exercise.questions:
        answers = trusted_texts(exercise, question, secret, question.reference)
        texts |= {check.name: text for check, text in zip(question.checks, answers, strict=True)}
    return Key(exercise, secret, texts)


def trusted_texts(exercise: ExerciseSet, question: Question, secret: int, code: str) -> list[str]:
    """Return what a teacher's answer ``code`` to ``question`` prints at each of its checks."""
    cells = exercise.answer_cells(question.name, {**exercise.references, question.name: code})
    checks, asked = load_checks(exercise), cells_ask(question.name, cells)
    return [printed(checks[check.name], asked, check_seed(secret, check.name)) for check in question.checks]


def judge(
    exercise: ExerciseSet, submission: Submission, key: Key, outcomes: dict[str, Outcome]
) -> tuple[QuestionResult, ...]:
    """Return points and feedback for every question."""
    full = {q.name for q in exercise.questions if all(outcomes[check.name].equal for check in q.checks)}
    return tuple(
        _judge_question(question, submission, key, outcomes, full) for question in exercise.questions
    )


def _judge_question(
    question: Question, submission: Submission, key: Key, outcomes: dict[str, Outcome], full: set[str]
) -> QuestionResult:
    text = submission.answers[question.name]
    answered = question.answered_by(text)
    checks = tuple(
        _check_result(question, check.name, outcomes[check.name], key, answered) for check in question.checks
    )
    points = sum(check.points for check in checks)
    wrong, said = None, list(submission.notes.get(question.name, ()))
    if not answered:
        said.append("Not answered yet.")
    elif points < question.points:
        wrong = _misconception(question, [outcomes[check.name] for check in question.checks], key)
        said += [wrong.feedback] if wrong else []
        said += [
            f"It calls your {name}, which is not right yet." for name in question.uses if name not in full
        ]
    return QuestionResult(question.name, question.title, points, question.points, answered,
                          wrong.name if wrong else "", tuple(said), checks)  # fmt: skip


def _check_result(question: Question, name: str, outcome: Outcome, key: Key, answered: bool) -> CheckResult:
    check = next(check for check in question.checks if check.name == name)
    said = "" if outcome.equal or not answered else _difference(outcome.printed, key.texts[name])
    return CheckResult(
        name, check.about, check.hidden, check.points if outcome.equal else 0, check.points, said
    )


def _difference(text: str, right: str) -> str:
    """Say how far ``text`` is from ``right`` without quoting either key line."""
    lines, wanted = text.splitlines(), right.splitlines()
    if not lines:
        return "The check did not come to its end."
    if lines[-1] == "not answered yet":
        return "It, or an answer that it calls, still raises NotImplementedError."
    if lines[-1].startswith("error: "):
        return lines[-1].removeprefix("error: ")[:600]
    same = sum(a == b for a, b in zip(lines, wanted, strict=False))
    return f"{same} of {len(wanted)} lines are right."


def _misconception(question: Question, found: Sequence[Outcome], key: Key) -> Wrong | None:
    """Return the wrong answer that prints the same as the learner's at every check, or at a failed one."""
    texts = [outcome.printed for outcome in found]
    right = [key.texts[check.name] for check in question.checks]
    known = [(wrong, theirs) for wrong, theirs in key.wrong[question.name] if theirs != right]
    for wrong, theirs in known:
        if theirs == texts:
            return wrong
    for wrong, theirs in known:
        if any(
            not o.equal and o.printed == t and "error: " not in t for o, t in zip(found, theirs, strict=True)
        ):
            return wrong
    return None
