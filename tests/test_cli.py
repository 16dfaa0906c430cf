"""The command line: exit codes, one line for each thing that is wrong, and names that are only names."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bittensor_lab import __version__
from bittensor_lab.cli import app

VECTORS = Path(__file__).parents[1] / "datasets" / "vectors" / "epoch.json.gz"
LINE = "bittensor-lab: "
NASTY = ["[bold]x[/].json", "[/].json", ":warning:.json", "a\nb\x1b[31m.json", "\u202ex.json", "a b%s{}.json"]
COMMAND = [sys.executable, "-m", "bittensor_lab"]


def run(*arguments: object):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def run_process(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=300,
    )


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    """A folder with a good file of two cases, one with a changed value, and a bad one."""
    folder = tmp_path_factory.mktemp("vectors")
    content = json.loads(gzip.decompress(VECTORS.read_bytes()))
    content["cases"] = content["cases"][:2]
    (folder / "good.json").write_text(json.dumps(content))
    content["cases"][1]["name"] = "[bold]odd[/] :x:"
    content["cases"][1]["epochs"][0]["expected"]["stake_weight"][0] ^= 1
    (folder / "failing.json").write_text(json.dumps(content))
    (folder / "bad.json").write_text("{}")
    return folder


def only_line(text: str) -> str:
    assert text.startswith(LINE) and text.endswith("\n") and text.count("\n") == 1
    return text.removeprefix(LINE).rstrip("\n")


def test_the_version_is_printed():
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"bittensor-lab {__version__}\n")


def test_an_unknown_command_is_said():
    result = run("foo")
    assert result.exit_code == 2
    assert "No such command 'foo'" in result.stderr and "Traceback" not in result.stderr


def test_a_good_file_passes(vectors):
    result = run("verify", vectors / "good.json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[1].split()[:2] == ["good.json", "epoch"]
    assert result.stdout.rstrip().endswith("none             PASS")


def test_without_a_file_those_that_came_along_are_replayed():
    result = run("verify", "--json")
    assert result.exit_code == 0
    assert {Path(one["file"]).name for one in json.loads(result.stdout)} == {
        p.name for p in VECTORS.parent.iterdir()
    }


def test_a_changed_value_fails_and_says_where(vectors):
    result = run("verify", vectors / "failing.json", vectors / "good.json")
    assert (result.exit_code, result.stderr) == (1, "")
    table = result.stdout.splitlines()
    assert "stake_weight 1" in table[1] and table[1].endswith("FAIL") and table[2].endswith("PASS")
    where = f"{vectors / 'failing.json'}: case '[bold]odd[/] :x:', epoch 0, stake_weight[0]: "
    assert table[3].startswith(where) and table[3].endswith(" on the chain")


def test_a_bad_file_is_one_line_and_the_others_are_replayed(vectors):
    result = run("verify", vectors / "bad.json", vectors / "failing.json", vectors / "good.json")
    assert result.exit_code == 2
    assert only_line(result.stderr) == f"{vectors / 'bad.json'}: the file has no field 'kind'"
    assert result.stdout.count("FAIL") == result.stdout.count("PASS") == 1


def test_each_bad_file_gets_its_line(vectors, tmp_path):
    result = run("verify", vectors / "bad.json", tmp_path, tmp_path / "missing")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 3)


def test_json_is_json_and_has_an_entry_for_each_file(vectors):
    files = [vectors / name for name in ("good.json", "bad.json", "failing.json")]
    result = run("verify", "--json", *files)
    good, bad, failing = json.loads(result.stdout)
    assert result.exit_code == 2 and "no field 'kind'" in only_line(result.stderr)
    assert [entry["file"] for entry in (good, bad, failing)] == [str(file) for file in files]
    assert [entry["passed"] for entry in (good, bad, failing)] == [True, False, False]
    assert "no field 'kind'" in bad["error"]
    assert good["compared"] == good["equal"] > 0 == good["failed"] and good["worst"] == {}
    assert failing["worst"] == {"stake_weight": 1} and failing["first"]


@pytest.mark.parametrize("name", NASTY)
def test_a_file_name_is_only_a_name(vectors, tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True, parents=True)  # a closing tag has a slash
    path.write_bytes((vectors / "failing.json").read_bytes())
    result = run("verify", path)
    shown = name.replace("\n", r"\n").replace("\x1b", r"\x1b").replace("\u202e", r"\u202e")
    assert result.exit_code == 1 and len(result.stdout.splitlines()) == 3
    assert (
        result.stdout.splitlines()[1].startswith(shown.split("/")[-1]) and f"/{shown}: case" in result.stdout
    )
    path.write_text("{}")
    result = run("verify", path)
    assert result.exit_code == 2 and f"/{shown}: the file has no field" in only_line(result.stderr)


def test_grading_what_is_no_notebook_is_one_line(tmp_path):
    (tmp_path / "x.ipynb").write_text("hello")
    result = run("grade", tmp_path / "x.ipynb")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not a notebook" in only_line(result.stderr)


def test_a_real_process_survives_odd_names_and_a_plain_terminal(vectors, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xc3\xbc.json"))
    path.write_bytes((vectors / "failing.json").read_bytes())
    result = run_process("verify", path, tmp_path / "missing.json", PYTHONIOENCODING="ascii")
    assert result.returncode == 2 and r"\udcff\xfc.json: case" in result.stdout
    assert only_line(result.stderr).endswith("missing.json: cannot be read: No such file or directory")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal of its own")
def test_on_a_terminal_the_bar_takes_any_name(vectors, tmp_path):
    (tmp_path / "[bold]x.json").write_bytes((vectors / "good.json").read_bytes())
    master, slave = os.openpty()
    seen = bytearray()

    def drain() -> None:
        with contextlib.suppress(OSError):  # so a terminal ends
            while chunk := os.read(master, 4096):
                seen.extend(chunk)

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    command = [*COMMAND, "verify", str(tmp_path / "[bold]x.json")]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=slave, text=True, timeout=300)
    os.close(slave)
    reader.join(timeout=60)
    os.close(master)
    assert result.returncode == 0 and "[bold]x.json" in result.stdout
    assert b"[bold]x.json" in seen and b"Traceback" not in seen
