"""Where files live: the course that came with the package, and the learner's own data.

The course (``notebooks``, ``exercises``, ``datasets``, ``docs``) lies beside the package in a checkout and
inside it, under ``course``, in an installed wheel. What a learner does (bets, results) goes to the
user's data folder, what can be computed again to the cache folder; both can be moved by
``BITTENSOR_LAB_HOME``. Nothing is written anywhere else. Where neither can be made an ``OSError`` says why.

JupyterLab keeps its settings at home too, and does not start without; where there is no home that can be
written to, ``jupyter_elsewhere`` says where they go instead.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent
_INSTALLED = PACKAGE / "course"


def course(part: str) -> Path:
    """Return the folder of ``part``: "notebooks", "exercises", "datasets" or "docs"."""
    return (_INSTALLED if is_installed() else PACKAGE.parent) / part


def is_installed() -> bool:
    """Whether the course came in a wheel, where the learner should not write."""
    return _INSTALLED.is_dir()


def user_data() -> Path:
    """Return (and create) the folder for what the learner must not lose."""
    return _made(platformdirs.user_data_path, "data")


def user_cache() -> Path:
    """Return (and create) the folder for what can be computed again; one that is only to be read is none."""
    folder = _made(platformdirs.user_cache_path, "cache")
    if not os.access(folder, os.W_OK):  # numba loads no kernel from where it cannot write
        raise PermissionError(errno.EACCES, "it cannot be written to", str(folder))
    return folder


def jupyter_elsewhere(scratch: Path) -> dict[str, str]:
    """Return where Jupyter is to keep what it cannot keep at home, by its variables; nothing if it can.

    That is with the learner's data if ``BITTENSOR_LAB_HOME`` made room for them, else in ``scratch``.
    """
    lost = [name for name, folder in _jupyters().items() if folder is None or not can_write(folder)]
    try:
        instead = user_data() / "jupyter"
    except OSError:
        instead = scratch
    if lost and not can_write(instead):
        instead = scratch
    return {name: str(instead / name.lower()) for name in lost}


def _jupyters() -> dict[str, Path | None]:
    """Where Jupyter would keep what, by its variables; None where that is at a home that nobody knows."""
    from jupyter_core import paths

    usual = {
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir,
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir,
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir,
        "IPYTHONDIR": lambda: os.environ.get("IPYTHONDIR") or os.path.expanduser("~/.ipython"),
    }
    has_home = os.path.isabs(os.path.expanduser("~"))
    return {name: Path(find()) if has_home or os.environ.get(name) else None for name, find in usual.items()}


def can_write(folder: Path) -> bool:
    """Whether files can be made in ``folder``, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _made(find: Callable[..., Path], name: str) -> Path:
    home = os.environ.get("BITTENSOR_LAB_HOME")
    folder = Path(home) / name if home else _at_home(find)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _at_home(find: Callable[..., Path]) -> Path:
    """The platform's folder for us; platformdirs raises or leaves a "~" where no home is known."""
    try:
        folder = find("bittensor_lab", appauthor=False)
    except RuntimeError as error:
        raise FileNotFoundError(errno.ENOENT, "no home folder is known", "~") from error
    if not folder.is_absolute():
        raise FileNotFoundError(errno.ENOENT, "no home folder is known", str(folder))
    return folder
