"""Run a check on an answer and get what it printed; show numbers so that no right answer is on an edge.

A check is a function ``check(ask, seed)``. What differs is who answers: ``local_ask`` calls a
function of this process (the learner's own notebook, or a teacher's reference), ``ask.ask`` a
locked child process. Both pass values through JSON, so both print the same.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bittensor_lab.errors import LabError
from bittensor_lab.exercises import child
from bittensor_lab.exercises.ask import AnswerError, Inputs, UnansweredError, values
from bittensor_lab.exercises.source import Check, ExerciseSet

Ask = Callable[[Inputs], list[Any]]
CheckFunction = Callable[[Ask, int], None]

NUDGE = 0.00372
"""of the last digit shown; see ``show``"""
MAX_ITEMS = 1000
"""shown of one array"""
_STDOUT = threading.Lock()  # there is one for the whole process, so one check prints at a time


def show(value: Any, digits: int) -> str:
    """Return a number, or an array of numbers, as text rounded to ``digits``.

    Numbers in checks are often round, and then right on the edge between two roundings, where the
    last bit would decide. So all are moved by a small part of the last digit before they are rounded.

    Raises
    ------
    AnswerError
        if it is something else, or far too long: what, in words.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        if len(value) > MAX_ITEMS:
            raise AnswerError(f"the answer gave {len(value)} numbers, far more than were asked")
        return "[" + ", ".join(show(item, digits) for item in value) + "]"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AnswerError(f"a number was wanted, and the answer gave {str(value)[:60]!r}")
    if not math.isfinite(value):
        return str(float(value))
    text = f"{value + NUDGE * 10.0**-digits:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def local_ask(function: Callable[..., Any]) -> Ask:
    """Return an ``ask`` that calls ``function`` in this process, with values passed as JSON would."""

    def ask(inputs: Inputs) -> list[Any]:
        return _as_json(child.call_each(function, _given(inputs)), len(inputs))

    return ask


def cells_ask(question: str, cells: Sequence[str]) -> Ask:
    """Return an ``ask`` that runs trusted answer ``cells`` (a teacher's) in this process."""

    def ask(inputs: Inputs) -> list[Any]:
        with np.errstate(all="ignore"):
            return _as_json(child.answer(cells, question, _given(inputs)), len(inputs))

    return ask


def _given(inputs: Inputs) -> list[dict[str, Any]]:
    """Return the inputs as they reach a child process."""
    plain = [{name: child.plain(value) for name, value in one.items()} for one in inputs]
    return json.loads(json.dumps(plain))


def _as_json(replies: list[dict[str, Any]], wanted: int) -> list[Any]:
    """Return the values of ``replies`` as they come back from a child process."""
    return values(json.loads(json.dumps(replies)), wanted)


def printed(check: CheckFunction, ask: Ask, seed: int) -> str:
    """Return what ``check`` prints; where the answer gives no value, the reason as the last line."""
    text = io.StringIO()
    with _STDOUT, contextlib.redirect_stdout(text):
        run_check(check, ask, seed)
    return text.getvalue()


def run_check(check: CheckFunction, ask: Ask, seed: int) -> None:
    """Run ``check``, which prints; where the answer gives no value, print the reason."""
    try:
        check(ask, seed)
    except UnansweredError:
        print("not answered yet")
    except (AnswerError, LabError) as error:
        print(f"error: {one_line(str(error))}")
    except OSError:  # the system's fault (no process to be had), not the answer's
        raise
    except Exception as error:  # the value was of a kind that the check cannot add up
        print(f"error: what the answer returned cannot be used here: {one_line(str(error))}")


def one_line(text: str) -> str:
    """Return a text of the learner's on one line, without control codes, so that it can only be read."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:1000]).split())


def load_checks(exercise: ExerciseSet) -> dict[str, CheckFunction]:
    """Run the setup and the checks of a (trusted) set; return its check functions by name."""
    names: dict[str, Any] = {"__name__": exercise.name}
    exec(compile(exercise.setup, f"<{exercise.name} setup>", "exec"), names)
    checks: list[Check] = [check for question in exercise.questions for check in question.checks]
    for check in checks:
        exec(compile(check.text, f"<{exercise.name} {check.name}>", "exec"), names)
    return {check.name: names[check.name] for check in checks}
