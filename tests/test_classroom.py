"""What hosts read of this repository: devcontainer and Binder say what is true of the project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bittensor_lab.cli import app

ROOT = Path(__file__).resolve().parents[1]
CONTAINER = ROOT / ".devcontainer"
COMMAND = re.compile(r"bittensor-lab ([a-z]+)")


def asked() -> str:
    return (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_devcontainer_installs_what_the_project_is_tested_with():
    told = json.loads((CONTAINER / "devcontainer.json").read_text(encoding="utf-8"))
    assert (CONTAINER / told["build"]["dockerfile"]).is_file()
    command = told["postCreateCommand"]
    extra = re.search(r"\.\[(\w+)\]", command)[1]
    assert extra in tomllib.loads(asked())["project"]["optional-dependencies"]
    assert (ROOT / re.search(r"--constraint (\S+)", command)[1]).is_file()


@pytest.mark.parametrize("file", [".devcontainer/Dockerfile", "binder/runtime.txt"])
def test_their_python_is_one_that_the_project_supports(file):
    found = re.search(r"python[:-](3)\.(\d+)", (ROOT / file).read_text(encoding="utf-8"))
    least = re.search(r'requires-python = ">=3\.(\d+)"', asked())
    assert int(found[2]) >= int(least[1])


def test_binder_installs_this_checkout_with_its_pins():
    """A constraint's path counts from the file, an editable one from the folder that pip runs in."""
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").split("\n")
    assert (ROOT / "binder" / lines[0].removeprefix("-c ")).resolve() == ROOT / "constraints.txt"
    assert (ROOT / lines[1].removeprefix("-e ") / "pyproject.toml").is_file()


@pytest.mark.skipif(os.name != "posix", reason="Binder builds on Linux")
def test_binder_can_run_its_last_step():
    step = ROOT / "binder" / "postBuild"
    assert os.access(step, os.X_OK)
    assert subprocess.run(["bash", "-n", step], check=False).returncode == 0


def test_the_commands_that_they_name_are_ours():
    texts = [
        path.read_text(encoding="utf-8") for path in (*CONTAINER.iterdir(), ROOT / "binder" / "postBuild")
    ]
    named = {name for text in texts for name in COMMAND.findall(text)}
    assert named >= {"warmup", "lab", "serve"}
    for name in named:
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0, name
