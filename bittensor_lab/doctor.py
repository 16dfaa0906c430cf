"""Look at the machine as a learner finds it, and say what to do where something is not as it should be.

    for finding in examine(): print(finding)

Each check is a function that looks at one thing and changes nothing but a scratch file in a folder of ours.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import warnings
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from bittensor_lab import places

OLDEST = (3, 11)
ROOM = 500
"""megabytes that the cache, the charts and a course need at the most"""
PORT = 8888
AFRESH = "Install it into a fresh environment: python -m venv, then pip install."
MOVED = "Set BITTENSOR_LAB_HOME to a folder that you may write to."


@dataclass(frozen=True)
class Finding:
    """What a check found: fine, worth knowing, or in the way; and then what to do."""

    what: str
    state: Literal["ok", "note", "bad"]
    said: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Return what every check found."""
    return [_looked(check) for check in CHECKS]


def _looked(check: Callable[[], Finding]) -> Finding:
    """What a check found; what is broken may well break the look at it."""
    try:
        return check()
    except Exception as error:
        what = check.__name__.strip("_").capitalize()
        return Finding(what, "bad", f"cannot be looked at ({type(error).__name__}: {error})", AFRESH)


def _python() -> Finding:
    said = f"{sys.version.split()[0]} at {sys.executable}"
    if sys.version_info < OLDEST:
        return Finding("Python", "bad", said, "Install Python 3.11 or newer, and the package again with it.")
    return Finding("Python", "ok", said)


def _packages() -> Finding:
    """Whether what the package asks for is installed, in versions that it was made for."""
    from packaging.requirements import Requirement

    try:
        asked = [Requirement(text) for text in requires("bittensor-lab") or ()]
    except PackageNotFoundError:
        return Finding("Packages", "bad", "bittensor-lab is not installed", "Install it with pip, in a venv.")
    wrong = []
    for one in (one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})):
        try:
            found = version(one.name)
        except PackageNotFoundError:
            wrong.append(f"{one.name} is missing")
            continue
        if not one.specifier.contains(found, prereleases=True):
            wrong.append(f"{one.name} {found} is not {one.specifier}")
    if wrong:
        return Finding("Packages", "bad", "; ".join(wrong), AFRESH)
    return Finding("Packages", "ok", f"bittensor-lab {version('bittensor-lab')} and all that it asks for")


def _kernel() -> Finding:
    """Whether JupyterLab would start notebooks with this very Python."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        with warnings.catch_warnings(action="ignore"):  # what cannot be written has a check of its own
            command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        remedy = "Say: python -m ipykernel install --sys-prefix"
        return Finding("Notebook kernel", "bad", "there is no kernel called python3", remedy)
    ours = Path(sys.executable).resolve()
    if Path(command).name not in ("python", "python3") and Path(command).resolve() != ours:
        remedy = "Say: python -m ipykernel install --sys-prefix"
        return Finding("Notebook kernel", "note", f"python3 runs {command}, not {ours}", remedy)
    return Finding("Notebook kernel", "ok", "python3 runs this Python")


def _folder(what: str, find: Callable[[], Path], lost: str) -> Finding:
    """Whether a folder of ours can be written to."""
    try:
        folder = find()
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except (OSError, RuntimeError) as error:
        return Finding(what, "bad", f"cannot be written ({error}): {lost}", MOVED)
    free = shutil.disk_usage(folder).free // 2**20
    if free < ROOM:
        return Finding(what, "note", f"{folder}, on a disk with {free} MB left", f"Make room for {ROOM} MB.")
    return Finding(what, "ok", f"{folder}, {free:,} MB free")


def _data() -> Finding:
    return _folder("Your data", places.user_data, "bets, answers and games would be lost")


def _cache() -> Finding:
    return _folder("Cache", places.user_cache, "kernels are compiled anew each time")


def _jupyter() -> Finding:
    """Whether JupyterLab can keep its settings, without which it would not start."""
    with tempfile.TemporaryDirectory() as scratch:
        elsewhere = places.jupyter_elsewhere(Path(scratch))
    if not elsewhere:
        return Finding("Settings", "ok", "JupyterLab keeps them at home")
    folder = Path(min(elsewhere.values())).parent
    if folder == Path(scratch):
        said = "JupyterLab cannot keep them at home, and forgets them when it ends"
        return Finding("Settings", "note", said, MOVED)
    return Finding("Settings", "ok", f"JupyterLab cannot keep them at home, and keeps them in {folder}")


def _compiled() -> Finding:
    """Whether the kernels can be loaded, and lie on the disk compiled for this very installation."""
    try:
        from bittensor_lab.kernels import fixed
    except RuntimeError as error:  # numba's word for a folder that it cannot write to
        return Finding("Kernels", "bad", f"cannot be loaded ({error})", MOVED)
    stats = getattr(fixed.mul, "stats", None)  # there is none where nothing is compiled at all
    kept = list(Path(stats.cache_path).glob("*.nbc")) if stats else []
    if not kept:
        said = "not compiled yet: the first lesson would wait for about a minute"
        return Finding("Kernels", "note", said, "Say: bittensor-lab warmup")
    return Finding("Kernels", "ok", f"{len(kept)} compiled functions kept")


def _browser() -> Finding:
    try:
        webbrowser.get()
    except webbrowser.Error:
        remedy = "Say: bittensor-lab lab --no-browser, and open the address that it prints."
        return Finding("Browser", "note", "none that could be opened from here", remedy)
    return Finding("Browser", "ok", "one can be opened")


def _port() -> Finding:
    """Whether JupyterLab's usual port is free; if not, it takes the next one by itself."""
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", PORT)) == 0
    if taken:
        said = f"{PORT} is taken, perhaps by another JupyterLab: the next free one will be used"
        return Finding("Port", "note", said)
    return Finding("Port", "ok", f"{PORT} is free")


def _locks() -> Finding:
    """Whether answers could be graded safely here."""
    from bittensor_lab.exercises.ask import DOORS, isolation

    opened = [DOORS[door] for door, closed in isolation().items() if not closed]
    if opened:
        remedy = "Grade the work of people whom you don't trust on Linux, or in a container."
        return Finding("Grading", "note", f"answers could reach {', '.join(opened)}", remedy)
    return Finding("Grading", "ok", "answers can reach nothing of this machine")


CHECKS = (_python, _packages, _kernel, _data, _cache, _jupyter, _compiled, _browser, _port, _locks)
