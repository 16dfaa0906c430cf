"""The learner's JupyterLab: this machine only, with a token, asking nobody for news."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from bittensor_lab import places

FIRST = "notebooks/index.ipynb"


def open_lab(root: Path, browser: bool, port: int) -> int:
    """Run JupyterLab on the course in ``root`` until it is stopped, and return its exit code."""
    return run(command(root, browser, port))


def run(command: list[str]) -> int:
    """Run a server of Jupyter's until it ends, and return its exit code; whoever ends us ends it too."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with (
        tempfile.TemporaryDirectory(prefix="bittensor_lab-jupyter-", ignore_cleanup_errors=True) as scratch,
        subprocess.Popen(command, env=environment() | places.jupyter_elsewhere(Path(scratch))) as server,
    ):
        try:
            return server.wait()
        except KeyboardInterrupt:  # the terminal has told the server too
            return server.wait()
        finally:
            server.terminate()


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
    """This environment, in which JupyterLab finds our settings and Voilà our template."""
    ours = str(places.PACKAGE / "jupyter")
    found = {name: os.environ.get(name) for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH")}
    return {
        **os.environ,
        **{name: os.pathsep.join([ours, before] if before else [ours]) for name, before in found.items()},
    }
