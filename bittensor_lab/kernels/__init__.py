"""Kernels: the chain's arithmetic as plain loops over arrays, compiled by numba.

A kernel takes arrays and scalars and returns arrays. It validates nothing, raises nothing and
reads no state; ``fastmath`` and parallel sums are never used, so a result depends on nothing but
the arguments.

numba keeps compiled code on disk, but notices only edits to the file of the function that is
called, not to the files of what it calls. So the cache folder's name is a hash of all kernel
sources: after any edit the old code is simply not found. numba's own setting is put back
afterwards, for whatever else the learner compiles.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from numba import config

from bittensor_lab import places


def source_hash(folder: Path) -> str:
    """Return a short hash of the names and contents of all Python files in ``folder``."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(folder.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def cache_folder(folder: Path) -> Path:
    """Return (and create) the folder for the compiled form of the kernels in ``folder``.

    Where nothing may be written at home, a temporary one for this process alone, which compiles anew.
    """
    try:
        cache = places.user_cache() / "numba" / source_hash(folder)
        cache.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=cache).close()  # there it may be, and be somebody else's
    except OSError:
        cache = Path(tempfile.mkdtemp(prefix="bittensor_lab-numba-"))
        atexit.register(shutil.rmtree, cache, ignore_errors=True)
    return cache


_settings: Any = config
_learners_setting = _settings.CACHE_DIR
_settings.CACHE_DIR = str(cache_folder(Path(__file__).parent))
try:
    from bittensor_lab.kernels import (
        amm,
        bonds,
        coinbase,
        emission,
        fixed,
        network,
        payout,
        registration,
        shares,
        steps,
        yuma,
    )
finally:
    _settings.CACHE_DIR = _learners_setting

__all__ = [
    "amm",
    "bonds",
    "coinbase",
    "emission",
    "fixed",
    "network",
    "payout",
    "registration",
    "shares",
    "steps",
    "yuma",
]
