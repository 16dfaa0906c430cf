"""Turn pytest-benchmark's report into the few figures that matter, and print them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

LIMITS = {"yuma3": 200, "yuma2": 250, "liquid": 400, "typical": 40}  # microseconds, on a quiet 2-core machine


def main(full: Path, short: Path) -> None:
    """Write medians in microseconds, and the ratio to NumPy, of ``full`` to ``short``."""
    medians: dict[str, dict[str, float]] = {}
    chain: dict[str, dict[str, object]] = {}
    for bench in json.loads(full.read_text())["benchmarks"]:
        if bench["param"] is None:
            name = bench["name"].removeprefix("test_")
            chain[name] = {"seconds": round(bench["stats"]["median"], 4), **bench["extra_info"]}
            continue
        side = bench["name"].split("[")[0].removeprefix("test_")
        medians.setdefault(bench["param"], {})[side] = bench["stats"]["median"] * 1e6
    figures = {
        name: {
            **{f"{side}_us": round(value, 1) for side, value in sides.items()},
            "limit_us": LIMITS[name],
            **({"times_faster": round(sides["numpy"] / sides["ours"], 2)} if "numpy" in sides else {}),
        }
        for name, sides in medians.items()
    }
    both = {**figures, **chain}
    short.write_text(json.dumps(both, indent=2) + "\n")
    for name, values in both.items():
        print(name, ", ".join(f"{key} {value}" for key, value in values.items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
