"""Ask a learner's answer: values go in, values come out, and nothing else passes.

    values = ask("clip", [source], [{"weights": [[0.5]], "consensus": [0.2]}])     # [[[0.2]]]

The answer runs in a child process (``child``) of its own session, with an empty environment, an
empty folder to stand in, and limits of time, memory, processes and output. One child answers a
whole batch. What it returns is JSON: numbers, text, lists. Whatever it does instead of answering
(hang, crash, exit, flood the pipe) comes back as an ``AnswerError`` with a readable sentence.

Left out: Windows, whose processes we start but cannot lock; ``isolation`` says so.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bittensor_lab.exercises import child

Inputs = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Limits:
    """What one batch of answers may use."""

    seconds: int = 15
    """by the clock, with the start of the process"""
    cpu: int = 5
    """seconds of processor time, without it"""
    memory: int = 1 << 30
    """bytes of address space"""
    output: int = 4 << 20
    """bytes of reply"""


class AnswerError(Exception):
    """The answer gave no value; the text says why, in words for the learner."""


class UnansweredError(AnswerError):
    """The answer is still the stub."""


def ask(
    question: str,
    source: str | Sequence[str],
    inputs: Inputs,
    limits: Limits = Limits(),
) -> list[Any]:
    """Return what function ``question`` of the answer returns for each of ``inputs``.

    Parameters
    ----------
    source
        the answer's cell, or several: those before the last may be used by it.
    inputs
        one dict of arguments per call; lists and arrays arrive as NumPy arrays.

    Raises
    ------
    AnswerError
        if a call fails, or the child process does: which one and why.
    UnansweredError
        if the answer is still the stub.
    """
    cells = [source] if isinstance(source, str) else list(source)
    request = {"cells": cells, "function": question, "inputs": [_json(x) for x in inputs]}
    path = str(Path(np.__file__).resolve().parents[1])
    text = json.dumps({**request, "path": path, "limits": asdict(limits)})
    reply, end = _run_child(text.encode(), limits)
    return values(_read(reply, end, limits), len(inputs))


def values(replies: Any, wanted: int) -> list[Any]:
    """Return the values of a child's ``replies``; raise what the first failed one says."""
    if not isinstance(replies, list) or not all(isinstance(reply, dict) for reply in replies):
        raise AnswerError("the answer wrote something of its own to the grader; it must only return values")
    for reply in replies:
        if "value" not in reply:
            kind = UnansweredError if reply.get("unanswered") else AnswerError
            raise kind(str(reply.get("error", "the answer returned no value")))
    if len(replies) != wanted:
        raise AnswerError(f"the answer gave {len(replies)} values for {wanted} questions")
    return [reply["value"] for reply in replies]


def _json(given: dict[str, Any]) -> dict[str, Any]:
    return {name: child.plain(value) for name, value in given.items()}


# ---------------------------------------------------------------- the process


@dataclass(frozen=True)
class _End:
    """How a child process ended."""

    why: str
    """"done", "time" or "output\""""
    code: int


def _run_child(request: bytes, limits: Limits) -> tuple[bytes, _End]:
    with tempfile.TemporaryDirectory(prefix="answer-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(Path(child.__file__).resolve())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=folder, env=_environment(), start_new_session=True, close_fds=True,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        why = ""
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(request)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            reply, why = _collect(process.stdout.fileno(), limits)
        finally:
            _end(process, patience=0.5 if why == "done" else 0)
            process.stdout.close()
        return reply, _End(why, process.returncode)


def _environment() -> dict[str, str]:
    """Nothing of ours; one thread for NumPy, and what Windows cannot start without."""
    threads = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {**threads, **kept, "PYTHONUTF8": "1"}


def _collect(pipe: int, limits: Limits) -> tuple[bytes, str]:
    """Read the pipe until it is closed, time is up, or there is too much."""
    parts: list[bytes] = []

    def read() -> None:
        size = 0
        while size <= limits.output and (part := os.read(pipe, 1 << 16)):
            parts.append(part)
            size += len(part)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(limits.seconds)
    reply = b"".join(parts)
    if reader.is_alive():
        return reply, "time"
    return reply, "done" if len(reply) <= limits.output else "output"


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    """End the child and all that it started; one that closed its pipe gets a moment to say how it ended."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _read(reply: bytes, end: _End, limits: Limits) -> Any:
    """Return what the child replied, or raise in words how it ended."""
    if end.why == "time":
        raise AnswerError(f"it was stopped after {limits.seconds} seconds; is there an endless loop?")
    if end.why == "output":
        raise AnswerError(f"it returned more than {limits.output >> 20} MB; return only what is asked")
    try:
        return json.loads(reply)
    except (ValueError, RecursionError):
        pass
    if os.name == "posix" and end.code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise AnswerError(f"it used more than {limits.cpu} s of processor time; is there an endless loop?")
    if end.code < 0:
        raise AnswerError(f"its process crashed (signal {-end.code}), perhaps for want of memory")
    raise AnswerError("its process ended before it answered; an answer must return, not exit")


# ---------------------------------------------------------------- what is closed here

_PROBE = """
def probe(door, package, grader):
    import os, sys
    try:
        if door == "files":
            os.close(os.open(package, os.O_RDONLY))
        elif door == "engine":
            sys.path.append(package)
            import bittensor_lab
        elif door == "processes":
            if os.fork() == 0:
                os._exit(0)
        elif door == "network":
            import ctypes
            return ctypes.CDLL(None).socket(2, 1, 0) < 0
        elif door == "signals":
            os.kill(grader, 0)
        else:
            bytearray(1 << 31)
    except (OSError, ImportError, MemoryError):
        return True
    return False
"""

DOORS = {
    "files": "files of this machine",
    "engine": "the bittensor_lab package",
    "processes": "starting processes",
    "network": "the network",
    "signals": "other processes",
    "memory": "memory without limit",
}
"""what an answer must not reach"""


def isolation() -> dict[str, bool]:
    """Return for each of ``DOORS`` whether it is closed on this machine, by trying to open it."""
    package = str(Path(__file__).resolve().parents[2])
    inputs = [{"door": door, "package": package, "grader": os.getpid()} for door in DOORS]
    try:
        closed = ask("probe", _PROBE, inputs)
    except AnswerError:
        return dict.fromkeys(DOORS, False)
    return {door: value is True for door, value in zip(DOORS, closed, strict=True)}
