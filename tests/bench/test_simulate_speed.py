"""A year of a network of main net's size, and a month with a thousand traders (``make bench``).

Seconds for each, the memory at its highest, and what the second thread is worth. Nothing here fails for
being slow; that the result is the same is for ``tests/test_bulk.py`` and ``tests/test_simulate.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import json, resource, sys, time
from bittensor_lab.simulate import DAY, simulate
from bittensor_lab.worlds import drift, mainnet_like, with_traders
days, count, threads = map(int, sys.argv[1:])
start, traders = with_traders(mainnet_like(seed=1), count)
simulate(start, 10, traders)  # load what is compiled
began = time.perf_counter()
result = simulate(start, days * DAY, [drift(), *traders], seed=1, threads=threads)
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"blocks": days * DAY, "seconds": round(seconds, 1), "megabytes": round(peak),
                  "root_stake": float(result.network.root_stake.iloc[-1])}))
"""


def measured(days: int, traders: int, threads: int) -> dict[str, float]:
    """In a process of its own, so that its memory is its own."""
    arguments = [sys.executable, "-c", CODE, str(days), str(traders), str(threads)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def test_a_year(benchmark):
    benchmark.extra_info.update(benchmark.pedantic(measured, (365, 0, 2), rounds=1))


def test_a_month_with_traders(benchmark):
    benchmark.extra_info.update(benchmark.pedantic(measured, (30, 1_000, 2), rounds=1))


def test_threads(benchmark):
    """The same month in one thread and in two, in one run."""
    one = measured(30, 0, 1)
    two = benchmark.pedantic(measured, (30, 0, 2), rounds=1)
    assert one["root_stake"] == two["root_stake"]
    benchmark.extra_info.update(one=one["seconds"], two=two["seconds"])
