"""A real JupyterLab and a real Chromium, for the browser tests and the latency measurement.

``jupyterlab(folder)`` starts a server on a free port of 127.0.0.1 with a token and a throw-away
configuration; ``Page`` opens a notebook in it, runs it and looks at it. Everything that the page asked
for outside 127.0.0.1, and every error in its console, is recorded.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "screenshots"
READY = """() => { const w = window.jupyterapp && window.jupyterapp.shell.currentWidget;
    return w && w.context && w.context.isReady && w.sessionContext && w.sessionContext.session
        && w.sessionContext.session.kernel && w.sessionContext.session.kernel.status === 'idle' }"""
TITLE = ".btlab .bl-title"
IDLE = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"


def chromium() -> str | None:
    """Return where Chromium is, or None."""
    names = (os.environ.get("BITTENSOR_LAB_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@contextlib.contextmanager
def jupyterlab(folder: Path, theme: str = "JupyterLab Light") -> Iterator[str]:
    """Serve ``folder`` and give the address, with its token; the server ends with the block."""
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch, "settings")
        settings.mkdir()
        overrides = {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
            "@jupyterlab/apputils-extension:themes": {"theme": theme},
        }
        (settings / "overrides.json").write_text(json.dumps(overrides))
        port, log = free_port(), Path(scratch, "log.txt")
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={token}",
            f"--ServerApp.root_dir={folder}",
            "--LabApp.expose_app_in_browser=True",
            f"--LabApp.app_settings_dir={settings}",
            f"--LabApp.user_settings_dir={scratch}/user",
            f"--LabApp.workspaces_dir={scratch}/workspaces",
        ]
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": f"{scratch}/config",
            "JUPYTER_RUNTIME_DIR": f"{scratch}/run",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        with log.open("w") as out:
            server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            _wait(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
            yield f"http://127.0.0.1:{port}/lab/tree/{{path}}?reset&token={token}"
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(address, timeout=5),
        ):
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Page:
    """A browser page on one notebook."""

    def __init__(self, browser: Any, address: str, width: int = 1280, height: int = 900) -> None:
        self.address, self.outside, self.errors = address, set[str](), list[str]()
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.tab = self.context.new_page()
        self.tab.on("request", self._asked)
        self.tab.on("console", lambda m: self.errors.append(m.text[:300]) if m.type == "error" else None)
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)[:300]))

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(("data:", "blob:", "http://127.0.0.1:", "ws://127.0.0.1:")):
            self.outside.add(request.url)

    def begin(self, width: int, height: int) -> None:
        """Be as good as new: this size, the light theme, and nothing of an earlier test held against it."""
        self.tab.set_viewport_size({"width": width, "height": height})
        if self.loaded():
            self.theme("JupyterLab Light")
        self.outside.clear()
        self.errors.clear()

    def loaded(self) -> bool:
        """Return whether JupyterLab stands on the page."""
        return bool(self.tab.evaluate("() => 'jupyterapp' in window"))

    def open(self, path: str) -> None:
        """Open a notebook and wait for its kernel; JupyterLab itself is loaded once."""
        if self.loaded():
            self.tab.evaluate(OPEN, path)
        else:
            self.tab.goto(self.address.format(path=path), wait_until="domcontentloaded")
        self.ready()

    def ready(self) -> None:
        """Wait until the notebook is there and its kernel has nothing to do."""
        self.tab.wait_for_function(READY, timeout=90_000)

    def command(self, name: str, **arguments: Any) -> None:
        """Run a JupyterLab command."""
        self.tab.evaluate(
            "([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, arguments]
        )

    def run_all(self) -> None:
        """Run every cell; returns when all are queued."""
        self.tab.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")

    def idle(self) -> None:
        """Wait until the kernel has nothing to do."""
        self.tab.wait_for_function(IDLE, timeout=60_000)

    def execute(self, code: str) -> str:
        """Run code in the notebook's kernel, outside any cell, and return what it printed."""
        return str(
            self.tab.evaluate(
                """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                let out = ''; const future = kernel.requestExecute({ code, store_history: false });
                future.onIOPub = (m) => {
                    if (m.content.text) out += m.content.text;
                    if (m.content.traceback) out += m.content.traceback.join('\\n'); };
                await future.done; return out }""",
                code,
            )
        )

    def theme(self, name: str) -> None:
        """Switch JupyterLab's theme, as its menu does."""
        self.command("apputils:change-theme", theme=name)
        light = "true" if "Light" in name else "false"
        self.tab.wait_for_function(
            "(light) => document.body.dataset.jpThemeLight === light", arg=light, timeout=20_000
        )
        self.tab.wait_for_selector("#jupyterlab-splash", state="detached", timeout=20_000)

    def hide_sidebar(self) -> None:
        """Close the file browser."""
        self.tab.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def drawn(self, timeout: int = 30_000) -> None:
        """Bring the lab near the screen, for only there it is laid out, and wait until it shows a picture."""
        self.tab.wait_for_selector(".btlab", state="attached", timeout=timeout)
        self.tab.evaluate("() => document.querySelector('.btlab').closest('.jp-Cell').scrollIntoView()")
        self.tab.wait_for_selector(
            ".btlab .bl-picture[data-stamp], .btlab .bl-heat[data-stamp]", timeout=timeout
        )

    def lesson(self, name: str) -> None:
        """Open a lesson, run it, and wait until its lab stands on the screen with a finding."""
        self.open(f"{name}.ipynb")
        self.hide_sidebar()
        self.run_all()
        self.drawn(90_000)
        self.idle()
        self.tab.locator(".btlab").first.scroll_into_view_if_needed()
        self.tab.wait_for_function(f"() => document.querySelector('{TITLE}').innerText !== ''")
        self.tab.wait_for_timeout(500)

    def title(self) -> str:
        """Return what the lab has found."""
        return str(self.tab.locator(TITLE).inner_text()).replace("\u00a0", " ")

    def cut_off(self) -> list[str]:
        """Return what of the lab stands out on its right: the classes of those elements."""
        return list(self.tab.evaluate(CUT_OFF))

    def run_lab_again(self) -> None:
        """Run the cell that shows the lab, once more."""
        self.tab.evaluate(
            """() => { const book = window.jupyterapp.shell.currentWidget.content;
            book.activeCellIndex = book.widgets.findIndex((cell) => cell.model.id === 'lab');
            return window.jupyterapp.commands.execute('notebook:run-cell') }"""
        )

    def begins(self, said: str) -> None:
        """Wait until what the lab has found begins like this."""
        self.tab.wait_for_function(
            "(t) => document.querySelector('.btlab .bl-title').textContent"
            ".replaceAll('\\u00a0', ' ').startsWith(t)",
            arg=said,
        )

    def titled(self, said: str) -> None:
        """Wait until the lab has found this."""
        self.tab.wait_for_function(
            "(t) => document.querySelector('.btlab .bl-title').textContent.replaceAll('\\u00a0', ' ') === t",
            arg=said,
        )

    def fingerprint(self) -> int:
        """Return a number that changes when the lab's picture does."""
        return int(self.tab.evaluate(FINGERPRINT))

    def changed(self, before: int) -> None:
        """Wait until the picture is another one."""
        self.tab.wait_for_function(f"(before) => ({FINGERPRINT})() !== before", arg=before, timeout=30_000)

    def settled(self) -> None:
        """Wait until the newest thing that a control sent is drawn, and all that the kernel sent after it.

        A lab sends its title and summary after the picture; an answer of the kernel comes after both.
        """
        self.tab.wait_for_function(SETTLED, timeout=20_000)
        self.execute("")

    def shot(self, name: str, selector: str | None = None) -> Path:
        """Keep a screenshot under ``build/screenshots``."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        target = SHOTS / f"{name}.png"
        (self.tab.locator(selector).first if selector else self.tab).screenshot(path=str(target))
        return target

    def close(self) -> None:
        """Shut the kernel down and close the page."""
        with contextlib.suppress(Exception):
            self.tab.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.context.close()


OPEN = """async (path) => { const { serviceManager, shell, commands } = window.jupyterapp;
    document.querySelectorAll('.jp-Dialog .jp-mod-reject').forEach((button) => button.click());
    if (shell.currentWidget?.context?.path === path) { await shell.currentWidget.context.revert(); return }
    for (const shown of [...shell.widgets('main')]) shown.dispose();
    for (const session of [...serviceManager.sessions.running()])
        await serviceManager.sessions.shutdown(session.id);
    await commands.execute('docmanager:open', { path }); }"""
"""A notebook that is open is read again and keeps its kernel; others are closed and their kernels ended."""
FINGERPRINT = """() => { let hash = 7;
    document.querySelectorAll('.btlab .bl-picture canvas, .btlab canvas.bl-heat').forEach((c) => {
        if (!c.width || !c.height || !c.offsetParent) return;
        const copy = document.createElement('canvas'); copy.width = c.width; copy.height = c.height;
        const g = copy.getContext('2d', { willReadFrequently: true }); g.drawImage(c, 0, 0);
        const d = g.getImageData(0, 0, c.width, c.height).data;
        for (let i = 0; i < d.length; i += 4)
            hash = (hash * 31 + d[i] + 3 * d[i + 1] + 7 * d[i + 2]) | 0; });
    return hash }"""
SETTLED = """() => { const sent = document.body.dataset.btlabSent || '0';
    return [...document.querySelectorAll('.btlab .bl-picture, .btlab .bl-heat')]
        .some((e) => e.offsetParent && e.dataset.stamp === sent) }"""
CUT_OFF = """() => { const lab = document.querySelector('.btlab');
    const right = lab.getBoundingClientRect().right + 1;
    return [...lab.querySelectorAll('*')]
        .filter((e) => e.offsetParent && e.getBoundingClientRect().right > right)
        .map((e) => String(e.className)) }"""
