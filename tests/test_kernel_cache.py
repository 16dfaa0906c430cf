"""Compiled kernels on disk: kept between sessions, but never older than their sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bittensor_lab import kernels, places

RANK = """
import numpy as np
from bittensor_lab.kernels import yuma
half = 1 << 31
print(yuma.incentive(np.array([[half]]), np.array([half]))[0][0])
print(sum(yuma.incentive.stats.cache_hits.values()))
"""


def run(folder, home) -> list[str]:
    """What ``incentive`` gives, and how often it was found on disk."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "BITTENSOR_LAB_HOME": str(home)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run(
        [sys.executable, "-c", RANK], capture_output=True, text=True, env=environment, cwd=folder, check=True
    )
    return done.stdout.split()


def test_an_edited_callee_in_another_file_shows_at_once(tmp_path):
    """numba alone would run the caller's old code: ``mul`` and ``incentive`` stand in two files."""
    shutil.copytree(
        places.PACKAGE, tmp_path / "code" / "bittensor_lab", ignore=shutil.ignore_patterns("__pycache__")
    )
    code, home = tmp_path / "code", tmp_path / "home"
    assert run(code, home) == [str(1 << 30), "0"]
    assert run(code, home) == [str(1 << 30), "1"]
    fixed = code / "bittensor_lab" / "kernels" / "fixed.py"
    text = fixed.read_text(encoding="utf-8")
    changed = text.replace("else product\n", "else product + 5\n", 1)
    assert changed != text
    fixed.write_text(changed, encoding="utf-8")
    assert run(code, home) == [str((1 << 30) + 5), "0"]


def test_a_cache_that_is_only_to_be_read_is_none(tmp_path, monkeypatch):
    """Somebody else's, say of whoever warmed up with sudo: numba would load no kernel at all from there."""
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(tmp_path))
    theirs = places.user_cache() / "numba"
    theirs.mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != theirs.parent)
    with pytest.raises(PermissionError, match="cannot be written"):
        places.user_cache()
    assert tmp_path not in kernels.cache_folder(Path(kernels.__file__).parent).parents


def test_nowhere_to_write_still_works(tmp_path):
    """A home that is a file: the cache goes to a temporary folder, and the import succeeds."""
    home = tmp_path / "home"
    home.write_text("not a folder")
    assert run(places.PACKAGE.parent, home)[0] == str(1 << 30)
