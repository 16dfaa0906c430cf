"""``bittensor-lab doctor``: each thing that can be wrong is found, and something can be done about it."""

from __future__ import annotations

import importlib.metadata
import socket
import sys
import webbrowser
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from bittensor_lab import doctor, places
from bittensor_lab.cli import app
from bittensor_lab.doctor import examine
from bittensor_lab.kernels import fixed


def found(name):
    return next(one for one in examine() if one.what == name)


def test_nothing_is_in_the_way_here(home):
    findings = examine()
    assert [one.what for one in findings if one.state == "bad"] == []
    assert len(findings) == len({one.what for one in findings}) == len(doctor.CHECKS)
    assert all(one.remedy for one in findings if one.state == "bad")


def test_an_old_python_is_named(monkeypatch, home):
    monkeypatch.setattr(doctor, "OLDEST", (4, 0))
    assert found("Python").state == "bad" and sys.executable in found("Python").said


def test_a_missing_package_and_a_wrong_version_are_named(monkeypatch, home):
    asked = ["numpy>=99", "no-such-package>=1", "distributed>=1; extra == 'cluster'"]
    monkeypatch.setattr(doctor, "requires", lambda name: asked)
    said = found("Packages").said
    assert "no-such-package is missing" in said and "is not >=99" in said and "distributed" not in said

    def not_installed(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "requires", not_installed)
    assert "not installed" in found("Packages").said


def test_folders_that_cannot_be_written_are_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(tmp_path / "file"))
    for name in ("Your data", "Cache"):
        assert found(name).state == "bad" and "BITTENSOR_LAB_HOME" in found(name).remedy


def test_kernels_count_as_compiled_only_where_numba_would_look(monkeypatch, tmp_path):
    kept = tmp_path / "kernels_of_this_installation"
    monkeypatch.setattr(fixed, "mul", SimpleNamespace(stats=SimpleNamespace(cache_path=str(kept))))
    (tmp_path / "kernels_of_another").mkdir()
    (tmp_path / "kernels_of_another" / "mul.nbc").write_text("")
    assert found("Kernels").state == "note" and "warmup" in found("Kernels").remedy
    kept.mkdir()
    (kept / "mul.nbc").write_text("")
    assert found("Kernels").state == "ok"


def test_settings_that_cannot_be_kept_at_home_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "jupyter_elsewhere", lambda scratch: {"JUPYTER_DATA_DIR": str(scratch / "d")})
    assert found("Settings").state == "note" and "BITTENSOR_LAB_HOME" in found("Settings").remedy
    monkeypatch.setattr(places, "jupyter_elsewhere", lambda _: {"JUPYTER_DATA_DIR": str(tmp_path / "d")})
    assert found("Settings").state == "ok" and str(tmp_path) in found("Settings").said


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(monkeypatch):
    def _socket():
        raise ModuleNotFoundError("No module named 'zmq'")

    monkeypatch.setattr(doctor, "CHECKS", (_socket, doctor._python))
    broken, python = examine()
    assert broken.state == "bad" and "zmq" in broken.said and broken.remedy
    assert python.state == "ok"


def test_a_full_disk_a_taken_port_and_no_browser_are_worth_a_note(monkeypatch, home):
    monkeypatch.setattr(doctor, "ROOM", 10**12)
    assert found("Your data").state == "note" and "MB left" in found("Your data").said

    def none():
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", none)
    assert "--no-browser" in found("Browser").remedy
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        monkeypatch.setattr(doctor, "PORT", held.getsockname()[1])
        assert found("Port").state == "note"


def test_a_kernel_that_is_another_pythons_is_named(monkeypatch, home, tmp_path):
    from jupyter_client import kernelspec

    class Spec:
        argv = (str(tmp_path / "pypy"),)

    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", lambda self, name: Spec)
    assert "ipykernel install" in found("Notebook kernel").remedy

    def no_such(self, name):
        raise kernelspec.NoSuchKernel(name)

    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", no_such)
    assert found("Notebook kernel").state == "bad"


@pytest.mark.parametrize("state", ["ok", "bad"])
def test_the_command_says_it_and_ends_with_1_if_something_is_bad(state, monkeypatch, home):
    finding = doctor.Finding("Cache", state, "[red] told as it is", "Do this.")
    monkeypatch.setattr(doctor, "CHECKS", (lambda: finding,))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == (1 if state == "bad" else 0)
    assert "[red] told as it is. Do this." in result.stdout
    assert places.user_data().is_dir()
