"""Write all figures of a ``make bench`` on one page: ``python tests/bench/page.py``.

It reads what the other scripts left in ``build``, and fills ``speed.md.j2`` into
``docs/background/speed.md``. A figure over its limit is bold.
"""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = ROOT / "docs" / "background" / "speed.md"
STEPS, LIVE, WHOLE_RUN = 30, 100, 150
"""moves of a control; milliseconds to its picture, where a frame is computed and where a whole run is"""
RUNS = {
    "attacks_and_defences", "staking_returns", "subnet_life", "the_whole_network", "weight_copying",
    "work_and_scoring",
}  # fmt: skip
EPOCHS = {
    "yuma3": "64 validators and 256 uids, Yuma 3",
    "yuma2": "the same, Yuma 2",
    "liquid": "the same, liquid alpha",
    "typical": "12 validators and 256 uids, 30 % of the weights set",
}


def read(name: str) -> Any:
    """What a script left in ``build``."""
    return json.loads((ROOT / "build" / f"{name}.json").read_text(encoding="utf-8"))


def against(value: float, limit: float) -> str:
    """A figure, bold if it is over its limit."""
    return f"{value:.0f}" if value <= limit else f"**{value:.0f}**"


def machine() -> str:
    """What it was measured on."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "jupyterlab"))
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.system()}, {python}, {versions}; {datetime.now(UTC):%d %B %Y}."


def by_lab(found: Any) -> list[dict[str, Any]]:
    """A row for each lab: its slowest control, over all presets that were measured."""
    rows = []
    for name, lab in found.items():
        controls = [pair for preset in lab["slider_to_pixels_ms"].values() for pair in preset.items()]
        worst, times = max(controls, key=lambda pair: pair[1]["p95"])
        p50 = max(each["p50"] for _, each in controls)
        limit = WHOLE_RUN if name in RUNS else LIVE
        row = {"name": name.replace("_", " "), "controls": len(controls), "p50": p50, "limit": limit}
        rows.append({**row, "p95": times["p95"], "worst": worst})
    return rows


def main() -> None:
    """Write the page."""
    latency, play = read("latency"), read("play")
    first, *_, last = play["play"]
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, keep_trailing_newline=True
    )
    page = environment.get_template("speed.md.j2").render(
        machine=machine(), against=against, epochs=EPOCHS, bench=read("bench"), first_use=read("first_use"),
        pictures=[lab["first_picture_seconds"] for lab in latency.values()], labs=by_lab(latency),
        steps=STEPS, live=LIVE, whole_run=WHOLE_RUN, play=play, first=first, last=last,
        rates=[reading["blocks_a_second"] for reading in play["play"][1:]], grading=read("grading"),
    )  # fmt: skip
    TARGET.write_text(page, encoding="utf-8")
    print(f"written to {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
