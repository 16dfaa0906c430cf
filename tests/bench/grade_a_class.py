"""Grading a class: ``python tests/bench/grade_a_class.py [COPIES]``, into ``build/grading.json``.

A class hands in every set, solved, ``COPIES`` times (2 if it is not said; 8 makes 112 submissions). Seconds
on all cores, and the most memory that the grader and its children held at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
MAIN = "from bittensor_lab.cli import main; main()"


def hand_in(work: Path, copies: int) -> int:
    """Write the submissions, and return how many there are."""
    solved = sorted((ROOT / "exercises" / "solutions").glob("set_*.ipynb"))
    for learner in range(copies):
        folder = work / f"learner-{learner}"
        folder.mkdir(parents=True)
        for path in solved:
            shutil.copy(path, folder)
    return copies * len(solved)


def held(process: psutil.Popen) -> int:
    """Bytes that a process and all below it hold."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += one.memory_info().rss
    return total


def main() -> None:
    """Measure and write the file."""
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    with tempfile.TemporaryDirectory() as scratch:
        work, results = Path(scratch, "work"), Path(scratch, "results.json")
        count = hand_in(work, copies)
        command = [sys.executable, "-c", MAIN, "grade", str(work), "--seed", "1", "--json", str(results)]
        began, peak = time.perf_counter(), 0
        process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            peak = max(peak, held(process))
            time.sleep(0.25)
        seconds = time.perf_counter() - began
        assert results.is_file(), "nothing was graded"
    found = {
        "submissions": count,
        "seconds": round(seconds, 1),
        "seconds_each": round(seconds / count, 2),
        "cores": os.cpu_count(),
        "megabytes": round(peak / 1e6),
    }
    target = ROOT / "build" / "grading.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n")
    print(", ".join(f"{name} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
