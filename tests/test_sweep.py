"""Sweeps: the same in processes and on a cluster; nothing that dies or fails costs a point."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial

import numpy as np
import pandas as pd
import pytest
import sweep_points

from bittensor_lab import scenarios
from bittensor_lab.errors import InputError
from bittensor_lab.sweep import Grid, Swept, gathered, points, sweep, sweeping
from bittensor_lab.sweep.work import work_out

GRID = Grid({"a": tuple(range(20)), "b": (0.1, -2.5)}, seeds=range(25))
"""1,000 points"""
SMALL = Grid({"a": (1, 2, 3, 4)}, seeds=(0, 1))
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a kill is a signal")


def expected(grid: Grid, point=sweep_points.cheap) -> Swept:
    """What the points say, one after the other, here."""
    done = [work_out(point, number, *each) for number, each in enumerate(grid.points())]
    return gathered(grid, {each.number: each for each in done})


def same(found: Swept, wanted: Swept) -> None:
    pd.testing.assert_frame_equal(found.frame, wanted.frame, check_exact=True)
    pd.testing.assert_frame_equal(found.failed, wanted.failed, check_exact=True)


def test_the_grid_goes_through_all_points_in_order():
    grid = Grid({"kappa": (0.4, 0.5), "regime": ("F", "G")}, seeds=(7, 8))
    assert len(grid) == 8 == len(grid.points())
    assert grid.points()[:3] == [
        ({"kappa": 0.4, "regime": "F"}, 7),
        ({"kappa": 0.4, "regime": "F"}, 8),
        ({"kappa": 0.4, "regime": "G"}, 7),
    ]


@pytest.mark.xdist_group("sweep")
def test_a_thousand_points_in_processes_and_on_a_cluster_are_the_same():
    wanted = expected(GRID)
    assert len(wanted.frame) == 1_000
    heard: list[tuple[int, int]] = []
    pool = sweep(sweep_points.cheap, GRID, workers=2, progress=lambda *it: heard.append(it))
    same(pool, wanted)
    assert heard == [(n, 1_000) for n in range(1, 1_001)]
    same(sweep(sweep_points.cheap, GRID, workers=2, cluster="local"), wanted)


@POSIX
@pytest.mark.xdist_group("sweep")
@pytest.mark.parametrize("cluster", [None, "local"])
def test_a_worker_that_is_killed_costs_no_point(cluster, tmp_path):
    """One that has worked already is killed from outside, in the midst of the sweep."""
    pids = tmp_path / "pids"
    grid = Grid({**GRID.values, "pids": (str(pids),)}, seeds=range(10))
    killed: list[int] = []

    def kill_one() -> None:
        while not (pids.exists() and len(pids.read_text().split()) > 40):
            time.sleep(0.01)
        killed.append(int(pids.read_text().split()[-1]))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    found = sweep(sweep_points.cheap, grid, workers=2, cluster=cluster)
    killer.join()
    worked = [int(pid) for pid in pids.read_text().split()]
    assert killed and len(set(worked)) > 2, "another one took its place"
    assert worked[-1] != killed[0]
    grid_here = Grid({**GRID.values, "pids": (str(tmp_path / "others"),)}, seeds=range(10))
    wanted = expected(grid_here).frame.assign(pids=str(pids))
    pd.testing.assert_frame_equal(found.frame, wanted, check_exact=True)
    assert found.failed.empty


@POSIX
@pytest.mark.xdist_group("sweep")
@pytest.mark.parametrize("cluster", [None, "local"])
def test_a_point_that_kills_its_workers_fails_alone(cluster):
    found = sweep(sweep_points.deadly, SMALL, workers=2, cluster=cluster)
    assert found.frame.a.tolist() == [1, 1, 2, 2, 4, 4]
    assert found.failed.a.tolist() == [3, 3] and found.failed.seed.tolist() == [0, 1]
    assert found.failed.error.str.contains("3").all()


@pytest.mark.xdist_group("sweep")
@pytest.mark.parametrize("cluster", [None, "local"])
def test_a_point_that_fails_is_told_and_not_fatal(cluster):
    found = sweep(sweep_points.touchy, SMALL, workers=2, cluster=cluster)
    assert found.frame.fine.tolist() == [1, 1, 4, 4]
    assert found.failed.error.tolist()[0] == "ValueError: two is too much for me"
    assert "kind is a object" in found.failed.error.tolist()[2]


@pytest.mark.xdist_group("sweep")
def test_a_point_may_have_several_rows():
    found = sweep(sweep_points.rows, Grid({}, seeds=(5, 6)), workers=1)
    assert found.frame.to_dict("list") == {
        "seed": [5, 5, 5, 6, 6, 6], "row": [0, 1, 2] * 2, "value": [0.0, 5.0, 10.0, 0.0, 6.0, 12.0]
    }  # fmt: skip


@pytest.mark.xdist_group("sweep")
def test_a_journal_is_gone_on_with_from_any_cut(tmp_path):
    journal, wanted = tmp_path / "sweep.jsonl", expected(GRID)
    some = sweeping(sweep_points.cheap, GRID, workers=2, journal=journal)
    first = [next(some) for _ in range(30)]
    some.close()
    assert len({done.number for done in first}) == 30
    content = journal.read_bytes()
    assert content.count(b"\n") == 31
    journal.write_bytes(content[:-7])  # killed within a line
    began = time.time_ns()
    same(sweep(sweep_points.cheap, GRID, workers=2, journal=journal), wanted)
    assert journal.stat().st_mtime_ns >= began and journal.read_bytes().count(b"\n") == 1_001
    same(sweep(sweep_points.cheap, GRID, workers=2, journal=journal), wanted)  # nothing is left to do


def test_a_journal_of_something_else_or_a_damaged_one_is_refused(tmp_path):
    journal = tmp_path / "sweep.jsonl"
    list(sweeping(sweep_points.cheap, Grid({"a": (1,), "b": (2,)}), workers=1, journal=journal))
    kept = journal.read_bytes()
    for other in (Grid({"a": (1,), "b": (3,)}), Grid({"a": (1,), "b": (2,)}, seeds=(1,))):
        with pytest.raises(InputError, match="not the journal of this sweep"):
            list(sweeping(sweep_points.cheap, other, journal=journal))
    for damage in (b"{}\n", b"nonsense\n", b'{"number": 0, "rows": 7}\n', b"\xff\xfe\n"):
        journal.write_bytes(kept + damage)
        with pytest.raises(InputError, match="line 3"):
            list(sweeping(sweep_points.cheap, Grid({"a": (1,), "b": (2,)}), journal=journal))
    with pytest.raises(InputError, match="cannot be used"):
        list(sweeping(sweep_points.cheap, SMALL, journal=tmp_path))


def local(parameters, seed):
    return {}


@pytest.mark.parametrize("point", [lambda parameters, seed: {}, partial(lambda p, s: {}), 7])
def test_a_function_that_cannot_be_sent_is_refused(point):
    with pytest.raises(InputError):
        list(sweeping(point, SMALL))


def test_a_function_of_a_notebook_is_refused(monkeypatch):
    monkeypatch.setattr(local, "__module__", "__main__")
    with pytest.raises(InputError, match="module"):
        list(sweeping(local, SMALL))


@pytest.mark.parametrize(
    ("values", "seeds"),
    [
        ({"a": ()}, (0,)),
        ({"a": (1,)}, ()),
        ({"a": "xyz"}, (0,)),
        ({"a": ([1],)}, (0,)),
        ({"seed": (1,)}, (0,)),
        ({"a": range(2_000), "b": range(2_000)}, (0,)),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(values, seeds):
    with pytest.raises(InputError):
        Grid(values, seeds)


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, 10**6])
def test_a_number_of_workers_that_makes_no_sense_is_refused(workers):
    with pytest.raises(InputError, match="workers"):
        list(sweeping(sweep_points.cheap, SMALL, workers=workers))


def test_a_cluster_that_is_not_there_is_said():
    with pytest.raises(InputError, match="no cluster answers"):
        list(sweeping(sweep_points.cheap, SMALL, cluster="tcp://127.0.0.1:1"))


def test_the_package_does_not_load_dask():
    code = (
        "import sys, bittensor_lab, bittensor_lab.sweep; assert not {'dask', 'distributed'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- points --------------------------------------------------------------------------------------


def test_a_scenarios_number_is_its_own():
    assert points.scenario("halving")({}, 2) == {"number": scenarios.run("halving", 2).number}
    with pytest.raises(InputError, match="no scenario"):
        points.scenario("nothing")


def test_a_networks_parameters_change_what_becomes_of_it():
    base = {"blocks": 300, "subnets": 3, "miners": 6}
    plain, low = points.network(base, 1), points.network({**base, "kappa": 0.1}, 1)
    assert plain == points.network({**base, "kappa": 32767 / 65535}, 1)
    assert plain["incentive_gini"] != low["incentive_gini"]
    assert points.network({**base, "regime": "B"}, 1)["root_stake"] != plain["root_stake"]
    for wrong in ({"nothing": 1}, {"kappa": "high"}, {"kappa": 7}):
        with pytest.raises(InputError):
            points.network({**base, **wrong}, 1)


def test_gini_of_the_plain_cases():
    assert points.gini(np.array([1.0, 1.0, 1.0])) == 0
    assert points.gini(np.array([0.0, 0.0, 0.0, 8.0])) == 0.75
    assert points.gini(np.array([])) == 0


# --- the command ---------------------------------------------------------------------------------


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from bittensor_lab.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "sweep", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.xdist_group("sweep")
def test_the_command_writes_a_table(tmp_path):
    out = tmp_path / "kappa.csv"
    arguments = ["network", "--over", "kappa=0.3,0.5", "--over", "blocks=200", "--over", "subnets=2"]
    done = command(*arguments, "--seeds", "2", "--out", str(out))
    assert done.returncode == 0, done.stderr
    frame = pd.read_csv(out)
    assert frame.kappa.tolist() == [0.3, 0.3, 0.5, 0.5] and frame.seed.tolist() == [0, 1, 0, 1]
    found = points.network({"kappa": 0.3, "blocks": 200, "subnets": 2}, 1)
    assert frame.incentive_gini[1] == pytest.approx(found["incentive_gini"], rel=1e-15)
    assert [file.name for file in tmp_path.iterdir()] == ["kappa.csv"]
    first = out.read_bytes()
    assert command(*arguments, "--seeds", "2", "--out", str(out), "--workers", "1").returncode == 0
    assert out.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        (["network", "--over", "kapa=1"], "kapa"),
        (["network", "--over", "kappa"], "NAME=VALUE"),
        (["network", "--seeds", "0"], "seeds"),
        (["halving", "--over", "kappa=0.5"], "kappa"),
    ],
)
def test_the_command_complains_in_one_line(arguments, said, tmp_path):
    done = command(*arguments, "--out", str(tmp_path / "out.csv"))
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
