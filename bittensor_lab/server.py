"""The learner's JupyterLab: this machine only, with a token, asking nobody for news.

In a checkout it opens the checkout's own ``notebooks``. From an installed package the course is
first copied into ``bittensor-lab`` in the current folder; a file that is there already is the
learner's and stays as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bittensor_lab import places

FIRST = "notebooks/03_weights_and_consensus.ipynb"


def open_lab(browser: bool, port: int) -> int:
    """Run JupyterLab on the course until it is stopped, and return its exit code."""
    root = course_folder(Path.cwd())
    return subprocess.run(command(root, browser, port), env=environment(), check=False).returncode


def course_folder(here: Path) -> Path:
    """Return a folder with ``notebooks`` and ``exercises`` that the learner may write to."""
    if not places.is_installed():
        return places.course("notebooks").parent
    folder = here / "bittensor-lab"
    for part in ("notebooks", "exercises"):
        for file in sorted(places.course(part).glob("*.ipynb")):
            target = folder / part / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.copyfile(file, target)
    return folder


def command(root: Path, browser: bool, port: int) -> list[str]:
    """The command that serves ``root``: localhost, token on, no update check, no news."""
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # in a container
    return [
        sys.executable, "-m", "jupyterlab", *as_root,
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        "--ContentsManager.preferred_dir=notebooks",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """This environment with our defaults for JupyterLab's settings added."""
    ours = str(places.PACKAGE / "jupyter")
    before = os.environ.get("JUPYTER_CONFIG_PATH")
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join([ours, before] if before else [ours])}
