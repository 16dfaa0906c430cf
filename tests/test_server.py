"""``bittensor-lab lab``: a real JupyterLab on this machine only, with a token, on the course."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
from dataclasses import replace

import pytest
from lab_server import answers, free_port, serving

from bittensor_lab import places, server

pytestmark = pytest.mark.xdist_group("server")  # one server for all of them

LAB = [sys.executable, "-c", "from bittensor_lab.cli import main; main()", "lab", "--no-browser"]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    home = str(tmp_path_factory.mktemp("home"))
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": home, "JUPYTER_CONFIG_DIR": home}
    with serving([*LAB, "--port", str(free_port())], environment) as lab:
        yield lab
    assert not answers(lab.port)


def test_it_serves_lesson_03_and_the_exercises(served):
    for name in ("notebooks/03_weights_and_consensus.ipynb", "exercises/set_03.ipynb"):
        book = json.loads(served.read(f"/api/contents/{name}"))
        assert book["content"]["cells"]
    page = served.read(f"/lab/tree/{server.FIRST}").decode()
    assert '"preferredPath": "notebooks"' in page


def test_without_the_token_nothing_is_told(served):
    assert served.refuses_strangers()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        replace(served, token="guessed").read("/api/contents")


def test_it_asks_nobody_for_news(served):
    page = served.read("/lab").decode()
    assert '"news": {"disabled": true}' in page
    settings = served.read("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    assert json.loads(settings)["schema"]["properties"]["fetchNews"]["default"] == "false"


@pytest.mark.slow
def test_it_serves_and_runs_cells_without_a_home_beside_another_server_under_any_name(tmp_path):
    """All at once: nowhere to keep settings, a taken port, a folder with spaces and letters beyond ASCII."""
    (tmp_path / "file").write_text("")
    folder = tmp_path / "Mein Kürs für später"
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    homeless = {**kept, "HOME": str(tmp_path / "file" / "home")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving([*LAB, "--port", str(port), str(folder)], homeless, cwd=tmp_path) as lab:
            assert lab.port != port
            assert json.loads(lab.read("/api/contents/exercises/set_03.ipynb"))["content"]["cells"]
            assert lab.cell("import os; print(os.getcwd())").strip() == str(folder / "notebooks")
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name, "file"]


def test_what_jupyter_cannot_keep_at_home_goes_where_the_learner_said_or_for_a_while(tmp_path, monkeypatch):
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    for name in (*names, "BITTENSOR_LAB_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "JUPYTER_PLATFORM_DIRS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert places.jupyter_elsewhere(tmp_path / "s") == {}
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    moved = places.jupyter_elsewhere(tmp_path / "s")
    assert moved == {name: str(tmp_path / "s" / name.lower()) for name in names}
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    moved = places.jupyter_elsewhere(tmp_path / "s")
    assert moved == {name: str(tmp_path / "mine" / "data" / "jupyter" / name.lower()) for name in names[:3]}


@pytest.mark.skipif(os.name != "posix", reason="a home is found in other ways there")
def test_a_home_that_nobody_knows_is_no_folder_called_tilde(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert len(places.jupyter_elsewhere(tmp_path / "s")) >= 3
    assert not (tmp_path / "~").exists()


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
