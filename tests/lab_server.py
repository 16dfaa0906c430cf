"""A running ``bittensor-lab lab``, as a learner's browser would find it: its address, its token, its kernels.

    with serving([*command, "lab", "--no-browser"], environment) as lab:
        lab.read("/api/contents/notebooks"), lab.cell("print(6 * 7)")

Nothing but the standard library, since ``release/try_wheel.py`` runs with any Python.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 120
"""seconds: a busy machine with a cold disk"""
CELL = Path(__file__).with_name("lab_cell.py")
ADDRESS = re.compile(r"(http://127\.0\.0\.1:(\d+))/lab\S*\?token=(\w+)")


@dataclass(frozen=True)
class Served:
    """Where a JupyterLab answers, and what it asks for."""

    address: str
    port: int
    token: str

    def read(self, path: str, token: bool = True) -> bytes:
        """Return what is at ``path``."""
        headers = {"Authorization": f"token {self.token}"} if token else {}
        asked = urllib.request.Request(self.address + path, headers=headers)
        with urllib.request.urlopen(asked, timeout=PATIENCE) as reply:
            return bytes(reply.read())

    def refuses_strangers(self) -> bool:
        """Whether nothing is told without the token."""
        try:
            self.read("/api/contents", token=False)
        except urllib.error.HTTPError as refused:
            return refused.code == 403
        return False

    def cell(self, code: str, python: str = sys.executable) -> str:
        """What a cell prints, in a kernel started for it; ``python`` is one that has JupyterLab."""
        command = [python, str(CELL), self.address, self.token, code]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serving(
    command: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None, user: int | None = None
) -> Iterator[Served]:
    """Run a command that serves until it is ended, and end it as somebody does who closes its window."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=cwd,
            user=user, group=user, extra_groups=None if user is None else [],
        )  # fmt: skip
        try:
            yield _served(process, log)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _served(process: subprocess.Popen[bytes], log: Any) -> Served:
    """Wait until it says where it answers, and does."""
    for _ in range(PATIENCE * 5):
        log.seek(0)
        text = log.read()
        found = ADDRESS.search(text)
        if found and answers(int(found[2])):
            return Served(found[1], int(found[2]), found[3])
        assert process.poll() is None, text
        time.sleep(0.2)
    raise AssertionError(f"it says no address: {text}")


def answers(port: int) -> bool:
    """Whether somebody listens at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
