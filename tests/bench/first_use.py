"""What a first use costs: ``python tests/bench/first_use.py``, into ``build/first_use.json``.

Each figure is a process of its own, all with one new data folder: the warm-up that compiles every kernel;
and then, with what it left on the disk, seconds until a program has imported the package, or driven a chain
for an epoch. When a lab shows its first picture is measured in the browser (``browser_latency.py``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAIN = "from bittensor_lab.cli import main; main()"
CHAIN = """from bittensor_lab.chain import Chain
from bittensor_lab.presets import demo_network
Chain(demo_network()).run_epochs(1, netuid=1)"""


def seconds(home: str, code: str, *arguments: str) -> float:
    """Run code in a fresh interpreter, and return how long it took."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "BITTENSOR_LAB_HOME": home},
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return round(time.perf_counter() - began, 2)


def size(folder: str) -> int:
    """Megabytes of all files below a folder."""
    return round(sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6)


def main() -> None:
    """Measure and write the file."""
    with tempfile.TemporaryDirectory() as home:
        found = {"warm-up, nothing compiled": seconds(home, MAIN, "warmup")}
        found["warm-up, all compiled"] = seconds(home, MAIN, "warmup")
        found["import bittensor_lab"] = seconds(home, "import bittensor_lab")
        found["import, and a chain's first epoch"] = seconds(home, CHAIN)
        cache = size(home)
    target = ROOT / "build" / "first_use.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"seconds": found, "cache_megabytes": cache}, indent=1) + "\n")
    print(*(f"{what:36} {value:6.2f} s" for what, value in found.items()), f"cache {cache} MB", sep="\n")


if __name__ == "__main__":
    main()
