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
from itertools import count
from pathlib import Path

from bittensor_lab import places
from bittensor_lab.errors import InputError
from bittensor_lab.lessons import notebook_text

FIRST = "notebooks/index.ipynb"
COPIED = {".ipynb", ".md"}


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
        for file in sorted(path for path in places.course(part).iterdir() if path.suffix in COPIED):
            target = folder / part / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.copyfile(file, target)
    return folder


def reset(lesson: str, here: Path) -> tuple[Path, Path | None]:
    """Bring a lesson ("03") back as it was, and return it and where the learner's own version is kept.

    Raises
    ------
    InputError
        if there is no such lesson.
    """
    folder = course_folder(here) / "notebooks"
    found = sorted(folder.glob(f"{lesson}_*.ipynb")) if lesson.isdigit() else []
    mine = next((path for path in found if ".mine" not in path.stem), None)
    if mine is None:
        numbers = ", ".join(sorted({path.name[:2] for path in folder.glob("[0-9][0-9]_*.ipynb")}))
        raise InputError(f"there is no lesson {lesson!r}", remedy=f"The lessons are {numbers}.")
    fresh = _fresh(mine.name)
    if mine.read_text(encoding="utf-8") == fresh:
        return mine, None
    number = next(n for n in count(1) if not mine.with_suffix(f".mine{n}.ipynb").exists())
    aside = mine.with_suffix(f".mine{number}.ipynb")
    mine.replace(aside)
    mine.write_text(fresh, encoding="utf-8", newline="\n")
    return mine, aside


def _fresh(name: str) -> str:
    """A lesson as it is handed out: from the installed course, or made from its source in a checkout."""
    if places.is_installed():
        return (places.course("notebooks") / name).read_text(encoding="utf-8")
    return notebook_text(places.course("notebooks") / "source" / f"{Path(name).stem}.py")


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
