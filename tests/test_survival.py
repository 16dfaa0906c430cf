"""Saved work survives: a kill at any moment, a full disk, nowhere to write, no home at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bittensor_lab import bets, labs, lessons, progress, whole_file
from bittensor_lab.exercises.batch import Journal
from bittensor_lab.exercises.judging import GradeResult
from bittensor_lab.handout import hand_out
from bittensor_lab.play import opening, shelf
from bittensor_lab.whole_file import SCRATCH, write_whole

KILLS = int(os.environ.get("KILLS", "4"))
"""of each writer; KILLS=200 for a long one"""
WRITERS = {
    "bets": ("from bittensor_lab import bets", "bets.record('a', bets.Bet(n, 1, '%', 'how much? ' * 500))"),
    "answers": ("from bittensor_lab import progress", "progress.tried(f'q{n % 300}', True)"),
    "game": ("from bittensor_lab.play import shelf; game = shelf.fetch('mine')", "shelf.keep(game, 'mine')"),
    "course": (
        "import pathlib, shutil; from bittensor_lab import handout",
        "shutil.rmtree('course', ignore_errors=True); handout.hand_out(pathlib.Path('course'))",
    ),
}
"""what each begins with, and what it writes again and again"""
LOOP = """
from itertools import count
{}
print("go", flush=True)
for n in count(): {}
"""
READ = {
    "bets": bets.everything,
    "answers": progress.everything,
    "game": lambda: shelf.fetch("mine"),
    "course": lambda: hand_out(Path("course")),
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def kill_while(code: str, after: float) -> None:
    """Run code that writes again and again, and end it after so many seconds without a warning."""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline(), "it ended by itself"
        time.sleep(after)
        child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", WRITERS)
def test_a_kill_at_any_moment_costs_nothing_that_was_saved(name):
    if name == "game":
        shelf.keep(opening(seed=1), "mine")
    rng, seen = random.Random(5), 0
    for _ in range(KILLS):
        kill_while(LOOP.format(*WRITERS[name]), rng.uniform(0.0, 0.25))
        found = READ[name]()  # a damaged file would be a warning or an error
        assert name != "course" or found.kept == (), "half of a file would pass for the learner's own"
        assert name != "answers" or len(found) >= seen, "what was kept stays"
        seen = len(found) if name == "answers" else 0
    print(f"{name}: {KILLS} kills, nothing lost")


def test_what_a_killed_writer_left_is_taken_away_in_time(tmp_path):
    old, fresh, other = (tmp_path / f"{SCRATCH}{name}" for name in ("a.json.x", "a.json.y", "b.json.z"))
    for path in (old, fresh, other):
        path.write_text("half")
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    write_whole(tmp_path / "a.json", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [fresh.name, other.name, "a.json"]


def full(*_):
    raise OSError(28, "No space left on device")


def test_a_full_disk_costs_the_keeping_not_the_lesson(monkeypatch, capsys):
    strip = labs.bet_on_the_pool()
    monkeypatch.setattr(whole_file.os, "fsync", full)
    strip.value = strip.high
    strip.lock()
    assert strip.state == "locked" and strip.verdict
    assert "your bets cannot be kept: No space left" in strip.reason
    lessons.value_check("price", 2.0, lambda value: "right")
    said = capsys.readouterr().out
    assert said.startswith("price: right\n") and "your answers cannot be kept" in said
    lab = labs.playground(seed=7)
    lab.keep("mine")
    assert "No space left" in lab.shelf.said
    strip.state = "open"


def test_a_full_disk_costs_the_going_on_not_the_grading(tmp_path, monkeypatch):
    with Journal(tmp_path / "a.jsonl", 3) as journal:
        monkeypatch.setattr(journal, "_write", full)
        result = GradeResult("a.ipynb", "set_01", 3, 0, 10, (), {})
        journal.add("digest", result)
        assert journal.results == {"digest": result}


def no_home_known(*_, **__):
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("place", ["under a file", "no home", "a tilde"])
def test_nowhere_to_write_is_said_and_nothing_stops(home, monkeypatch, place, capsys):
    if place == "under a file":
        home.write_text("in the way")
    else:
        monkeypatch.delenv("BITTENSOR_LAB_HOME")
        find = no_home_known if place == "no home" else lambda *_, **__: Path("~/.local/share/x")
        monkeypatch.setattr("platformdirs.user_data_path", find)
        monkeypatch.setattr("platformdirs.user_cache_path", find)
    assert bets.everything() == {} and progress.everything() == {} and shelf.names() == []
    lessons.value_check("price", 2.0, lambda value: "right")
    assert "BITTENSOR_LAB_HOME" in capsys.readouterr().out
    lab = labs.playground(seed=7)
    lab.keep("mine")
    assert "games cannot be kept" in lab.shelf.said
    assert not Path("~").exists()


@pytest.mark.skipif(os.name != "posix", reason="environments are other ones there")
def test_without_any_environment_the_commands_work(tmp_path):
    for command in (["--version"], ["verify", "--help"], ["regimes", "--subnets", "4"]):
        code = "import sys; sys.argv[0] = 'bittensor-lab'; from bittensor_lab.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            env={"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
