"""``bittensor-lab lab``: a real JupyterLab on this machine only, with a token, on the course."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from bittensor_lab import server

pytestmark = pytest.mark.xdist_group("server")  # one server for all of them


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """(address, token) of a running ``bittensor-lab lab``."""
    log = tmp_path_factory.mktemp("lab") / "log.txt"
    command = [sys.executable, "-c", "from bittensor_lab.cli import main; main()", "lab", "--no-browser"]
    home = str(tmp_path_factory.mktemp("home"))
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": home, "JUPYTER_CONFIG_DIR": home}
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--port", str(free_port())],
            stdout=out, stderr=subprocess.STDOUT, env=environment, start_new_session=True,
        )  # fmt: skip
    try:
        for _ in range(300):
            found = re.search(r"(http://127\.0\.0\.1:(\d+))/lab\S*\?token=(\w+)", log.read_text())
            if found and answers(int(found[2])):
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
        assert found, log.read_text()
        yield found[1], found[3]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def ask(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=20) as reply:
        return reply.read()


def test_it_serves_lesson_03_and_the_exercises(served):
    address, token = served
    for name in ("notebooks/03_weights_and_consensus.ipynb", "exercises/set_03.ipynb"):
        book = json.loads(ask(f"{address}/api/contents/{name}?token={token}"))
        assert book["content"]["cells"]
    page = ask(f"{address}/lab/tree/{server.FIRST}?token={token}").decode()
    assert '"preferredPath": "notebooks"' in page


def test_without_the_token_nothing_is_told(served):
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(f"{served[0]}/api/contents")
    assert caught.value.code == 403


def test_it_asks_nobody_for_news(served):
    address, token = served
    page = ask(f"{address}/lab?token={token}").decode()
    assert '"news": {"disabled": true}' in page
    settings = ask(f"{address}/lab/api/settings/@jupyterlab/apputils-extension:notification?token={token}")
    assert json.loads(settings)["schema"]["properties"]["fetchNews"]["default"] == "false"


def test_only_this_machine_is_served(tmp_path):
    command = server.command(tmp_path, browser=False, port=1)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert not any("token=" in part or "password=" in part for part in command)


def test_whoever_ends_the_command_ends_the_server():
    serving = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    ours = f"import sys; from bittensor_lab import server; server.run([sys.executable, '-c', {serving!r}])"
    with subprocess.Popen([sys.executable, "-c", ours], stdout=subprocess.PIPE, text=True) as process:
        pid = int(process.stdout.readline())
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
        assert process.stdout.read() == ""  # the server held the other end too
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
