"""Where files live: the course that came with the package, and the learner's own data.

The course (``notebooks``, ``exercises``, ``datasets``) lies beside the package in a checkout and
inside it, under ``course``, in an installed wheel. What a learner does (bets, results) goes to the
user's data folder, what can be computed again to the cache folder; both can be moved by
``BITTENSOR_LAB_HOME``. Nothing is written anywhere else. Where neither can be made an ``OSError`` says why.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent
_INSTALLED = PACKAGE / "course"


def course(part: str) -> Path:
    """Return the folder of ``part``: "notebooks", "exercises" or "datasets"."""
    return (_INSTALLED if is_installed() else PACKAGE.parent) / part


def is_installed() -> bool:
    """Whether the course came in a wheel, where the learner should not write."""
    return _INSTALLED.is_dir()


def user_data() -> Path:
    """Return (and create) the folder for what the learner must not lose."""
    return _writable(platformdirs.user_data_path("bittensor_lab", appauthor=False), "data")


def user_cache() -> Path:
    """Return (and create) the folder for what can be computed again."""
    return _writable(platformdirs.user_cache_path("bittensor_lab", appauthor=False), "cache")


def _writable(default: Path, name: str) -> Path:
    home = os.environ.get("BITTENSOR_LAB_HOME")
    folder = Path(home) / name if home else default
    if not home and not folder.is_absolute():  # a "~" that nobody could resolve
        raise FileNotFoundError(errno.ENOENT, "no home folder is known", str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
