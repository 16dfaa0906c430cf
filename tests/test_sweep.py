"""Sweeps: the same in processes and on a cluster; nothing that dies or fails costs a point."""

from __future__ import annotations

import functools
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
import sweep_points

from bittensor_lab import scenarios
from bittensor_lab.cli import main
from bittensor_lab.errors import InputError
from bittensor_lab.presets import demo_network
from bittensor_lab.sweep import Grid, Swept, cluster, gathered, points, sweep, sweeping, to_file
from bittensor_lab.sweep.journal import Journal
from bittensor_lab.sweep.work import DEATHS, Done, failed, work_out

GRID = Grid({"a": tuple(range(20)), "b": (0.1, -2.5)}, seeds=range(25))
"""1,000 points"""
SMALL = Grid({"a": (1, 2, 3, 4)}, seeds=(0, 1))
KINDS = ("raises", "well", "dies", "mute", "leaves", "fine", "an object", "dies", "takes", "ok")
TROUBLE = Grid({"a": KINDS})
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a kill is a signal")
together = pytest.mark.xdist_group("sweep")


def expected(grid: Grid, point=sweep_points.cheap) -> Swept:
    """What the points say, one after the other, here."""
    done = [work_out(point, number, *each) for number, each in enumerate(grid.points())]
    return gathered(grid, {each.number: each for each in done})


def same(found: Swept, wanted: Swept) -> None:
    pd.testing.assert_frame_equal(found.frame, wanted.frame, check_exact=True)
    pd.testing.assert_frame_equal(found.failed, wanted.failed, check_exact=True)
    assert found.points == wanted.points


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster that is there already, and gives up whatever a worker had when it died."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"allowed_failures": 0}, silence_logs=logging.CRITICAL,
    ) as there:  # fmt: skip
        yield there.scheduler_address


# --- a grid --------------------------------------------------------------------------------------


def test_the_grid_goes_through_all_points_in_order():
    grid = Grid({"kappa": (0.4, 0.5), "regime": ("F", "G")}, seeds=(7, 8))
    assert len(grid) == 8 == len(grid.points())
    assert grid.points()[:3] == [
        ({"kappa": 0.4, "regime": "F"}, 7),
        ({"kappa": 0.4, "regime": "F"}, 8),
        ({"kappa": 0.4, "regime": "G"}, 7),
    ]


def test_arrays_of_numpy_are_as_good_as_lists():
    grid = Grid({"a": np.arange(3), "b": np.array([0.5]), "c": np.array([True])}, seeds=np.arange(2))
    assert grid == Grid({"a": (0, 1, 2), "b": (0.5,), "c": (True,)}, seeds=(0, 1))
    assert [type(value) for value in grid.points()[0][0].values()] == [int, float, bool]


@pytest.mark.parametrize(
    ("values", "seeds"),
    [
        ({"a": ()}, (0,)),
        ({"a": 5}, (0,)),
        ({"a": (1,)}, ()),
        ({"a": (1,)}, 5),
        ({"a": (1,)}, ("x",)),
        ({"a": (1,)}, (-1,)),
        ({"a": (1,)}, (True,)),
        ({"a": "xyz"}, (0,)),
        ({"a": ([1],)}, (0,)),
        ({"a": (None,)}, (0,)),
        ({"seed": (1,)}, (0,)),
        ({"error": (1,)}, (0,)),
        ({1: (1,)}, (0,)),
        ({"a": range(10**12)}, (0,)),
        ({"a": range(2_000), "b": range(2_000)}, (0,)),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(values, seeds):
    with pytest.raises(InputError):
        Grid(values, seeds)


# --- working it out ------------------------------------------------------------------------------


@together
def test_a_thousand_points_in_processes_and_on_a_cluster_are_the_same(monkeypatch, tmp_path):
    wanted = expected(GRID)
    assert len(wanted.frame) == 1_000
    heard: list[tuple[int, int]] = []
    same(sweep(sweep_points.cheap, GRID, workers=2, progress=lambda *it: heard.append(it)), wanted)
    assert heard == [(n, 1_000) for n in range(1, 1_001)]

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ports: set[tuple[str, int]] = set()

    def look(done: int, _: int) -> None:
        if done == 500:
            assert any(tmp_path.iterdir())
            here = psutil.Process()
            for process in (here, *here.children(recursive=True)):
                ports.update(c.laddr for c in process.net_connections("inet") if c.status == "LISTEN")

    same(sweep(sweep_points.cheap, GRID, workers=2, cluster="local", progress=look), wanted)
    assert {port.ip for port in ports} == {"127.0.0.1"}
    assert 8787 not in {port.port for port in ports}
    assert not any(tmp_path.iterdir()), "what it wrote is gone"


@POSIX
@together
@pytest.mark.parametrize("on", [None, "local"])
def test_a_worker_that_is_killed_costs_no_point(on, tmp_path):
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
    found = sweep(sweep_points.cheap, grid, workers=2, cluster=on)
    killer.join()
    worked = [int(pid) for pid in pids.read_text().split()]
    assert killed[0] not in worked[-50:]
    wanted = expected(Grid(GRID.values, seeds=range(10))).frame
    pd.testing.assert_frame_equal(found.frame.drop(columns="pids"), wanted, check_exact=True)
    assert found.failed.empty and len(wanted) == 400


@POSIX
@together
@pytest.mark.parametrize("is_cluster", [False, True])
def test_only_what_goes_wrong_fails(is_cluster, request):
    """Two points kill whoever works on them; those that wait beside them lose nothing."""
    on = request.getfixturevalue("address") if is_cluster else None
    found = sweep(sweep_points.troublesome, TROUBLE, workers=2, cluster=on)
    assert found.frame.to_dict("list") == {"a": ["well", "fine", "ok"], "seed": [0] * 3, "fine": [0] * 3}
    died = f"its process died {DEATHS} times"
    assert dict(zip(found.failed.a, found.failed.error, strict=True)) == {
        "raises": "ValueError: too much for me",
        "dies": died,
        "mute": "MuteError:",
        "leaves": "SystemExit: 3",
        "an object": "TypeError: is is a object, not a number, a text or a switch",
        "takes": "the point returns 'a', which is one of its parameters",
    }
    assert found.failed.error.tolist().count(died) == 2 and found.points == 10
    assert found.sentence.startswith("10 points, 7 failed; the first, at a raises, seed 0: ValueError: too")


@together
def test_a_point_may_have_several_rows():
    found = sweep(sweep_points.table, Grid({}, seeds=(5, 6)), workers=1)
    assert found.frame.to_dict("list") == {
        "seed": [5, 5, 5, 6, 6, 6], "row": [0, 1, 2] * 2, "value": [0.0, 5.0, 10.0, 0.0, 6.0, 12.0]
    }  # fmt: skip
    assert found.sentence == "2 points."


@together
def test_two_sweeps_on_one_cluster_do_not_meet(address):
    """And every worker computes in one thread, there, on a local cluster and in processes."""
    grid, found = Grid({"a": tuple(range(1, 40))}), dict[int, Swept]()

    def work(sign: int) -> None:
        found[sign] = sweep(partial(sweep_points.where, sign), grid, cluster=address)

    both = [threading.Thread(target=work, args=(sign,)) for sign in (1, -1)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert found[1].frame.signed.tolist() == list(range(1, 40))
    assert found[-1].frame.signed.tolist() == [-a for a in range(1, 40)]
    pool = sweep(partial(sweep_points.where, 1), grid, workers=1)
    same(found[1], pool)
    assert set(pool.frame.threads) == {"1"}


def local(parameters, seed):
    return {"seen": parameters["a"] + seed}


def wrapped(point):
    return functools.wraps(point)(lambda *arguments: point(*arguments))


@pytest.mark.parametrize(
    "point",
    [
        lambda parameters, seed: {},
        partial(lambda p, s: {}),
        7,
        wrapped(sweep_points.cheap),
        partial(sweep_points.where, threading.Lock()),
    ],
)
def test_a_function_that_cannot_be_sent_is_refused_at_once(point):
    with pytest.raises(InputError):
        sweeping(point, SMALL)


@together
def test_a_function_of_a_notebook_needs_a_cluster(monkeypatch, address, tmp_path):
    monkeypatch.setattr(local, "__module__", "__main__")
    with pytest.raises(InputError, match="module"):
        sweeping(local, SMALL)
    with pytest.raises(InputError, match="module"):
        sweeping(local, SMALL, cluster=address, journal=tmp_path / "journal")
    monkeypatch.setitem(sys.modules["__main__"].__dict__, "local", local)
    assert sweep(local, SMALL, cluster=address).frame.seen.tolist() == [1, 2, 2, 3, 3, 4, 4, 5]


@together
def test_a_script_without_a_guard_is_told_so(tmp_path):
    """Its processes import it, and would sweep in their turn."""
    script = tmp_path / "script.py"
    script.write_text(
        "from bittensor_lab.errors import InputError\n"
        "from bittensor_lab.sweep import Grid, sweep\n"
        "import sweep_points\n"
        "try:\n"
        "    sweep(sweep_points.table, Grid({}, range(200)), workers=1)\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": paths},
    )  # fmt: skip
    assert done.stdout.count("no process can be started") == 1 and "__main__" in done.stdout
    assert done.stderr.count("bootstrapping phase") <= DEATHS


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, 10**6])
def test_a_number_of_workers_that_makes_no_sense_is_refused(workers):
    with pytest.raises(InputError, match="workers"):
        sweeping(sweep_points.cheap, SMALL, workers=workers)


@pytest.mark.parametrize("there", ["tcp://127.0.0.1:1", "nonsense", "", "quite://127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_said(there, tmp_path):
    with pytest.raises(InputError, match="no cluster answers"):
        sweep(sweep_points.cheap, SMALL, cluster=there, journal=tmp_path / "journal")
    assert not list(tmp_path.iterdir()), "no journal of nothing"


@together
def test_a_cluster_of_another_version_is_refused(address, monkeypatch):
    monkeypatch.setattr(cluster, "__version__", "0.0.1")
    with pytest.raises(InputError, match=r"not 0\.0\.1"):
        sweep(sweep_points.table, SMALL, cluster=address)


def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"bittensor_lab\[cluster\]"):
        sweep(sweep_points.cheap, SMALL, cluster="local")


def test_the_package_does_not_load_dask():
    code = (
        "import sys, bittensor_lab, bittensor_lab.sweep; assert not {'dask', 'distributed'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- the journal ---------------------------------------------------------------------------------


@together
def test_a_sweep_goes_on_from_its_journal(tmp_path):
    journal, wanted = tmp_path / "sweep.jsonl", expected(GRID)
    some = sweeping(sweep_points.cheap, GRID, workers=2, journal=journal)
    first = [next(some) for _ in range(30)]
    some.close()
    assert len({done.number for done in first}) == 30
    content = journal.read_bytes()
    assert content.count(b"\n") == 31
    journal.write_bytes(content[:-7])  # killed within a line
    same(sweep(sweep_points.cheap, GRID, workers=2, journal=journal), wanted)
    assert journal.read_bytes().count(b"\n") == 1_001
    assert journal.read_bytes().startswith(content[: content[:-7].rindex(b"\n") + 1])
    again = sweeping(sweep_points.cheap, GRID, workers=2, journal=journal)
    assert [next(again) for _ in range(29)] == first[:29]


def test_a_journal_may_be_cut_anywhere(tmp_path):
    journal = Journal(tmp_path / "journal", "point", {"a": (1, 2)}, (0,))
    written = [Done(1, ({"x": 0.1, "y": None},)), Done(0, ({"x": -1e-300}, {"x": "é\n"}))]
    assert journal.read() == {}
    for done in (*written, failed(2, "why")):
        journal.write(done)
    content = journal.path.read_bytes()
    assert journal.read() == {1: written[0], 0: written[1]}
    for cut in range(len(content)):
        journal.path.write_bytes(content[:cut])
        whole = max(content[:cut].count(b"\n") - 1, 0)
        assert journal.read() == {done.number: done for done in written[:whole]}
        for done in written[whole:]:
            journal.write(done)
        assert journal.path.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [b'{\n "a": 1\n}', b"\n{}", b"x", b'{"bittensor_lab sweep": "0.0.0"}\n{"number": 0, "rows": []}\nhal'],
)
def test_a_file_of_somebody_else_is_left_as_it_is(tmp_path, content):
    file = tmp_path / "precious.json"
    file.write_bytes(content)
    with pytest.raises(InputError, match="not the journal of this sweep"):
        sweep(sweep_points.cheap, SMALL, journal=file)
    assert file.read_bytes() == content


@together
def test_a_journal_of_something_else_or_a_damaged_one_is_refused(tmp_path):
    journal, grid = tmp_path / "sweep.jsonl", Grid({"a": (1,), "b": (2,)})
    sweep(partial(sweep_points.where, 1), grid, workers=1, journal=journal)
    kept = journal.read_bytes()
    for point, other in (
        (partial(sweep_points.where, 1), Grid({"a": (1,), "b": (3,)})),
        (partial(sweep_points.where, 1), Grid({"a": (1,), "b": (2,)}, seeds=(1,))),
        (partial(sweep_points.where, 2), grid),
        (sweep_points.cheap, grid),
    ):
        with pytest.raises(InputError, match="not the journal of this sweep"):
            sweep(point, other, journal=journal)
    deep = b'{"number": 0, "rows": ' + b"[" * 100_000 + b"\n"
    for damage in (b"{}\n", b"[]\n", b"nonsense\n", b'{"number": 0, "rows": 7}\n', b"\xff\xfe\n", deep,
                   b'{"number": 0, "rows": [{"x": [1]}]}\n'):  # fmt: skip
        journal.write_bytes(kept + damage)
        with pytest.raises(InputError, match="line 3"):
            sweep(partial(sweep_points.where, 1), grid, journal=journal)
        assert journal.read_bytes() == kept + damage
    with pytest.raises(InputError, match="cannot be used"):
        sweep(sweep_points.cheap, SMALL, journal=tmp_path)


SCRIPT = """
import sys, sweep_points
from bittensor_lab.sweep import Grid, to_file
to_file(sweep_points.slow, Grid({"a": tuple(range(200))}), sys.argv[1], workers=int(sys.argv[2]))
"""


@POSIX
@together
def test_a_sweep_that_is_stopped_and_killed_goes_on_and_ends_as_it_would_have(tmp_path):
    """First by Ctrl-C, which a terminal sends to all its processes; then by a kill, which they notice."""
    out, environment = tmp_path / "it.csv", os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    journal = Path(f"{out}.journal")
    for lines, stop in ((20, signal.SIGINT), (60, signal.SIGKILL)):
        running = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, out, "2"], start_new_session=True, stderr=subprocess.PIPE,
            env=environment, text=True,
        )  # fmt: skip
        while not journal.exists() or journal.read_bytes().count(b"\n") < lines:
            assert running.poll() is None
            time.sleep(0.01)
        processes = psutil.Process(running.pid).children(recursive=True)
        assert len(processes) >= 2
        (os.killpg if stop == signal.SIGINT else os.kill)(running.pid, stop)
        assert running.communicate()[1].count("Traceback") == (1 if stop == signal.SIGINT else 0)
        assert not psutil.wait_procs(processes, timeout=20)[1], "nobody is left behind"
        assert not out.exists() and lines <= journal.read_bytes().count(b"\n") < 200
    subprocess.run([sys.executable, "-c", SCRIPT, out, "1"], check=True, env=environment)
    assert [file.name for file in tmp_path.iterdir()] == ["it.csv"]
    wanted = expected(Grid({"a": tuple(range(200))}), sweep_points.slow).save(tmp_path / "wanted.csv")
    assert out.read_bytes() == wanted.read_bytes()


# --- files ---------------------------------------------------------------------------------------


def test_a_table_is_written_as_csv_or_as_parquet(tmp_path):
    found = expected(GRID)
    csv = pd.read_csv(found.save(tmp_path / "it.csv"))
    pd.testing.assert_frame_equal(csv, found.frame, check_exact=True)
    first = found.save(tmp_path / "it.parquet").read_bytes()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "it.parquet"), found.frame, check_exact=True)
    assert found.save(tmp_path / "it.parquet").read_bytes() == first
    assert sorted(file.name for file in tmp_path.iterdir()) == ["it.csv", "it.parquet"]
    mixed = expected(Grid({"a": ("text", 7)}), lambda parameters, seed: {"x": 1})
    with pytest.raises(InputError, match="cannot be written"):
        mixed.save(tmp_path / "mixed.parquet")
    assert mixed.save(tmp_path / "mixed.csv").read_text() == "a,seed,x\ntext,0,1\n7,0,1\n"


@pytest.mark.parametrize("path", ["", ".", "/", "folder"])
def test_a_folder_is_no_file(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="folder"):
        to_file(sweep_points.cheap, SMALL, path)


# --- points --------------------------------------------------------------------------------------


def test_a_scenarios_number_is_its_own():
    assert points.scenario("halving")({}, 2) == {"number": scenarios.run("halving", 2).number}
    with pytest.raises(InputError, match="no scenario"):
        points.scenario("nothing")
    with pytest.raises(InputError, match="no parameter 'kappa'"):
        points.scenario("halving")({"kappa": 0.5}, 2)


def test_a_networks_parameters_change_what_becomes_of_it():
    base = {"blocks": 300, "subnets": 3, "miners": 6}
    plain, low = points.network(base, 1), points.network({**base, "kappa": 0.1}, 1)
    assert plain == points.network({**base, "kappa": 32767 / 65535}, 1)
    assert plain["validator_trust"] < low["validator_trust"]
    assert points.network({**base, "regime": "B"}, 1)["root_stake"] != plain["root_stake"]


def test_the_larger_kappa_the_more_is_cut_off_and_everybody_stays_at_work():
    """Validators look again and again, so that even after many activity cutoffs miners are paid."""
    for seed in range(3):
        base = {"subnets": 2, "blocks": 3_000}
        found = [points.network({**base, "kappa": kappa}, seed) for kappa in (0.1, 0.5, 0.9)]
        trust = [each["validator_trust"] for each in found]
        assert trust == sorted(trust, reverse=True) and trust[0] - trust[-1] > 0.05
        assert all(each["incentive_gini"] > 0.1 and each["dividend_gini"] > 0.05 for each in found)


def test_sealed_weights_pay_like_open_ones():
    """The same opinions an epoch later: pay is as unequal, to a few hundredths."""
    base = {"subnets": 2, "blocks": 1_200}
    opened, sealed = (points.network({**base, "commit_reveal": on}, 3) for on in (False, True))
    assert opened["incentive_gini"] == pytest.approx(sealed["incentive_gini"], abs=0.05)
    assert sealed["incentive_gini"] > 0.1


def test_a_network_starts_with_what_its_validators_think():
    state = demo_network(2, validators=3, miners=5)
    agent = points.validators(state)
    acts = list(agent.act(state, agent, np.random.default_rng(0)))
    assert [(act.hotkey, act.netuid) for act in acts] == [
        (f"validator-{v}", n) for n in (1, 2) for v in (1, 2, 3)
    ]
    for act in acts:
        rows = [row.value for row in state.subnet(act.netuid).mechanisms[0].weights if len(row.uid)]
        assert list(act.uids) == [4, 5, 6, 7, 8]
        assert np.corrcoef(act.values, np.mean(rows, axis=0))[0, 1] > 0.8
    assert agent.every == 60, "once in a tempo"


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("kappa", 0.5, 32768),
        ("kappa", 1, 65535),
        ("alpha_low", 0.7, 45875),
        ("alpha_sigmoid_steepness", -3.5, -350),
        ("tao_weight", 1.0, 2**64 - 1),
        ("min_burn", 0.0005, 500_000),
        ("tempo", 360, 360),
        ("liquid_alpha", 1, True),
        ("commit_reveal", False, False),
        ("regime", "B", "B"),
        ("blocks", 7, 7),
    ],
)
def test_a_parameter_is_stored_as_the_chain_stores_it(name, value, stored):
    assert points.as_stored(name, value) == stored


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nothing", 1), ("kappa", "high"), ("kappa", 7), ("kappa", -0.1), ("kappa", True),
        ("kappa", float("nan")), ("kappa", float("inf")), ("tempo", 10.5), ("liquid_alpha", 0.5),
        ("liquid_alpha", "on"), ("regime", "Q"), ("blocks", 1.5), ("blocks", "abc"), ("subnets", True),
        ("miners", 0), ("blocks", 10**12),
    ],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(InputError, match=name if name != "regime" else "rule"):
        points.network({name: value}, 0)


def test_gini_of_the_plain_cases():
    assert points.gini(np.array([1.0, 1.0, 1.0])) == 0
    assert points.gini(np.array([0.0, 0.0, 0.0, 8.0])) == 0.75
    assert points.gini(np.array([])) == 0


# --- the command ---------------------------------------------------------------------------------

COMMAND = [sys.executable, "-c", "from bittensor_lab.cli import main; main()", "sweep"]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)


@together
def test_the_command_writes_a_table_and_what_failed(tmp_path):
    out = tmp_path / "kappa.csv"
    arguments = ["network", "--over", "kappa=0.3,0.5", "--over", "blocks=200", "--over", "miners=2,1000"]
    done = command(*arguments, "--seeds", "2", "--out", str(out))
    assert done.returncode == 1 and "8 points, 4 failed" in done.stdout, done.stderr
    frame = pd.read_csv(out)
    assert frame.kappa.tolist() == [0.3, 0.3, 0.5, 0.5] and frame.seed.tolist() == [0, 1, 0, 1]
    found = points.network({"kappa": 0.3, "blocks": 200, "miners": 2}, 1)
    assert frame.iloc[1][list(found)].to_dict() == found
    failed = pd.read_csv(tmp_path / "kappa.failed.csv")
    assert failed.miners.tolist() == [1000] * 4 and failed.error.str.contains("0 to 251 miners").all()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "kappa.csv", "kappa.csv.journal", "kappa.failed.csv"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        (["network", "--over", "kapa=1"], "kapa"),
        (["network", "--over", "kappa"], "NAME=VALUE"),
        (["network", "--over", "kappa=0.5", "--over", "kappa=0.6"], "twice"),
        (["network", "--over", "kappa=0.5,9"], "kappa must lie between 0 and 1, not 9"),
        (["network", "--seeds", "0"], "seeds"),
        (["halving", "--over", "kappa=0.5"], "kappa"),
        (["halving", "--cluster", "nonsense"], "no cluster"),
    ],
)
def test_the_command_complains_in_one_line(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        sys, "argv", ["bittensor-lab", "sweep", *arguments, "--out", str(tmp_path / "out.csv")]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2 and said in told and told.count("\n") == 1
    assert not list(tmp_path.iterdir())
