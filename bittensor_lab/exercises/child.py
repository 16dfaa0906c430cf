"""The child process that runs a learner's answer, and nothing else. Standard library and NumPy only.

It is started as a bare interpreter (``python -I -S child.py``) that never sees the project:

1. read one JSON request from the standard input: the source, the function, the inputs, the limits;
2. import what an answer may use (``ALLOWED``), and then forget where modules are found;
3. lock the door: from here on no file, socket, process or thread can be opened. Three locks, each
   enough by itself for most of it, because no system has all of them:
   *limits* (``setrlimit``: no file descriptor beyond those open, no new process; memory, CPU time),
   *Landlock* (Linux ≥ 5.13: no path can be read, no process outside be signalled or traced),
   *system calls* (Linux seccomp: only those few that pure computing needs);
4. run the source, call the function on every input, write one JSON reply to the pipe, end.

The answer to a check is not in this process, so there is nothing here to find. What it could write
to the pipe by a trick is a value that it could just as well return.

Left out: a kernel exploit, and what a system without these locks cannot close (``ask.isolation``
tries each and says).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

try:
    import resource
except ImportError:  # Windows has no limits to set
    resource = None  # type: ignore[assignment]

ALLOWED = (
    "math", "itertools", "functools", "operator", "collections", "bisect", "heapq", "fractions", "decimal",
    "statistics", "random", "dataclasses", "typing", "numpy", "numpy.linalg", "numpy.random", "numpy.ma",
    "numpy.fft", "numpy.polynomial",
)  # fmt: skip
"""modules that an answer may import; ``np`` and ``math`` are there without asking"""

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446  # the same number on every architecture
_LANDLOCK_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many there are, by version
_NOBODY = 65534

# What computing needs, by machine: its number in audit records, then system calls in this order:
# read write close fstat lseek mmap mprotect munmap brk mremap madvise, rt_sigaction rt_sigprocmask
# rt_sigreturn sigaltstack, sched_yield nanosleep clock_nanosleep clock_gettime clock_getres
# gettimeofday getpid gettid getrusage sched_getaffinity, futex getrandom membarrier
# restart_syscall, exit exit_group.
_CALLS: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, (0, 1, 3, 5, 8, 9, 10, 11, 12, 25, 28, 13, 14, 15, 131, 24, 35, 230, 228, 229,
                            96, 39, 186, 98, 204, 202, 318, 324, 219, 60, 231)),
    "aarch64": (0xC00000B7, (63, 64, 57, 80, 62, 222, 226, 215, 214, 216, 233, 134, 135, 139, 132, 124, 101,
                             115, 113, 114, 169, 172, 178, 165, 123, 98, 278, 283, 128, 93, 94)),
}  # fmt: skip


# ---------------------------------------------------------------- the answer


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can hold it: numbers, text, lists; NumPy's arrays become lists."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"the answer returned a {type(value).__name__}; return a number or an array of numbers")


def call_each(function: Callable[..., Any], inputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ``{"value": …}`` or ``{"error": …}`` for each of ``inputs``; lists arrive as arrays."""
    import numpy as np

    replies: list[dict[str, Any]] = []
    for given in inputs:
        arguments = {name: np.array(x) if isinstance(x, list) else x for name, x in given.items()}
        try:
            replies.append({"value": plain(function(**arguments))})
        except BaseException as error:
            replies.append(explain(error))
            if isinstance(error, NotImplementedError):
                break
    return replies


def explain(error: BaseException) -> dict[str, Any]:
    """Return what went wrong in a learner's words: the error and the line of the answer."""
    if isinstance(error, NotImplementedError):
        return {"error": "not answered yet", "unanswered": True}
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, SyntaxError):
        return {"error": f"SyntaxError: {error.msg} (line {error.lineno} of the answer)"}
    if isinstance(error, ImportError):
        text += f" (an answer may import {', '.join(name for name in ALLOWED if '.' not in name)})"
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.startswith("<answer"):
            line = step.tb_lineno
        step = step.tb_next
    return {"error": text[:500] + (f" (line {line} of the answer)" if line else "")}


def answer(cells: Sequence[str], function: str, inputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run the answer ``cells`` and call ``function`` on each of ``inputs``.

    Only the last cell has to run: an earlier one (an answer that this one may use) that fails
    leaves its names undefined, and the call says so.
    """
    import math

    import numpy as np

    names: dict[str, Any] = {"np": np, "numpy": np, "math": math, "__name__": "answer"}
    for number, cell in enumerate(cells):
        try:
            exec(compile(cell, f"<answer {number}>", "exec"), names)
        except BaseException as error:
            if number == len(cells) - 1:
                return [explain(error)]
    if not callable(names.get(function)):
        return [{"error": f"the answer defines no function {function}"}]
    return call_each(names[function], inputs)


# ---------------------------------------------------------------- the locks


def limit(limits: dict[str, int]) -> None:
    """Limit memory, file size, and the CPU time from here on."""
    if resource is None:
        return
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_AS", limits["memory"])
    _limit("RLIMIT_CPU", used + 1 + limits["cpu"])


def lock() -> None:
    """Close every way out of this process that the system lets us close."""
    if resource is not None:
        if os.getuid() == 0:
            _become_nobody()
        _limit("RLIMIT_NPROC", 0)
        _limit("RLIMIT_NOFILE", 0)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)  # no child outlives its grader
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            _landlock(libc)
            _filter_system_calls(libc)


def _limit(name: str, value: int) -> None:
    which = getattr(resource, name, None)
    if which is not None:
        # macOS refuses a memory limit below what is mapped already; ask.isolation tries what holds
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (value, value))


def _become_nobody() -> None:
    """Root is above most limits, so stop being root (where that is allowed)."""
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:
        return  # a container without the right to: its own limits hold


def _landlock(libc: Any) -> None:
    """Allow no path, no TCP port, and no signal to a process outside."""
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return
    files = (1 << _LANDLOCK_FILE_RIGHTS[min(version, 5)]) - 1
    rules = struct.pack("QQQ", files, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    held = libc.syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(size), 0)
    if held < 0:
        return
    libc.syscall(_LANDLOCK_RESTRICT, held, 0)
    os.close(held)


def _filter_system_calls(libc: Any) -> None:
    """Refuse (EPERM) every system call that is not on the list of this machine."""
    if _machine() not in _CALLS or sys.maxsize < 2**32:
        return
    architecture, allowed = _CALLS[_machine()]
    program = filter_program(architecture, allowed)
    held = ctypes.create_string_buffer(program)
    header = struct.pack("HP", len(program) // 8, ctypes.addressof(held))
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0)


def _machine() -> str:
    """Return the machine's name without starting a process."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(os.uname().machine, os.uname().machine)


def filter_program(architecture: int, allowed: Sequence[int]) -> bytes:
    """Return the seccomp program: kill on another architecture, allow the listed, refuse the rest."""
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    kill, refuse, allow = 0x80000000, 0x00050001, 0x7FFF0000
    n = len(allowed)
    steps = [
        (load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, kill),
        (load, 0, 0, 0), (at_least, n, 0, 0x40000000),
        *((equal, n - number, 0, call) for number, call in enumerate(allowed)),
        (give, 0, 0, refuse), (give, 0, 0, allow),
    ]  # fmt: skip
    return b"".join(struct.pack("HBBI", *step) for step in steps)


# ---------------------------------------------------------------- start to end


def import_allowed(path: str) -> None:
    """Import all that an answer may use, then forget where modules are found."""
    sys.path.append(path)
    for name in ALLOWED:
        __import__(name)
    sys.path.clear()
    sys.path_importer_cache.clear()


def main() -> None:
    """Answer the one request on the standard input."""
    pipe = os.dup(1)  # results go here; what the answer prints goes nowhere
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    request = json.loads(sys.stdin.buffer.read())
    import_allowed(request["path"])
    limit(request["limits"])
    lock()
    replies = answer(request["cells"], request["function"], request["inputs"])
    reply = json.dumps(replies).encode()
    while reply:
        reply = reply[os.write(pipe, reply) :]
    os._exit(0)


if __name__ == "__main__":
    main()
