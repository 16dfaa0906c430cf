"""Simulate: a run is what a crowd does on the chain, its tables are true, and a kill costs nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from random_chain import digest

from bittensor_lab.agents import Agent, after, momentum, value_investor, yield_chaser
from bittensor_lab.block import run
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.errors import InputError
from bittensor_lab.extrinsics import SetChildren
from bittensor_lab.presets import demo_network
from bittensor_lab.simulate import Runner, simulate
from bittensor_lab.units import ONE, RAO_PER_TAO
from bittensor_lab.whole_file import SCRATCH
from bittensor_lab.worlds import drift, mainnet_like, with_traders

TRADERS = [
    Agent("alice", "validator-1", momentum, 37),
    Agent("bob", "validator-2", value_investor, 50),
    Agent("carol", "validator-1", yield_chaser, 37),
]


def test_a_run_is_what_the_crowd_does_on_the_chain():
    start = demo_network(3, 3, 5, seed=4)
    result = simulate(start, 300, TRADERS, seed=7, every=60)
    assert digest(result.state) == digest(after(start, TRADERS, 300, seed=7))
    assert digest(simulate(start, 300, TRADERS, seed=8).state) != digest(result.state)


def test_a_run_without_anybody_is_the_chain():
    start = demo_network(3, 3, 5, seed=4)
    assert digest(simulate(start, 250).state) == digest(run(start, 250))


def test_a_network_that_is_not_plain_runs_too():
    """An agent lends to a childkey on the way, from where on the chain goes block by block."""
    start = demo_network(2, 3, 5, seed=4)

    def lends(state, me, rng):
        return [SetChildren("validator-1-cold", "validator-1", 1, ((2**63, "miner-1-1"),))]

    people = [*TRADERS, Agent("lender", "", lends, 280)]
    result = simulate(start, 560, people, seed=1, every=50)
    assert result.state.subnet(1).children
    assert digest(result.state) == digest(after(start, people, 560, seed=1))
    with Runner(result.state, 1) as runner:
        assert not runner.is_plain


def test_records_say_what_the_chain_was_like():
    start = demo_network(3, 3, 5, seed=4)
    result = simulate(start, 250, TRADERS, seed=7, every=100)
    assert result.network.block.tolist() == [start.block + n for n in (100, 200, 250)]
    assert list(result.subnets.groupby("block").size()) == [3, 3, 3]
    for block, part in result.subnets.groupby("block"):
        state = after(start, TRADERS, block - start.block, seed=7)
        rows = state.netuids
        assert part.netuid.tolist() == rows
        assert part.tao_in.tolist() == (state.pools.tao_in[rows] / RAO_PER_TAO).tolist()
        assert part.moving_price.tolist() == (state.pools.moving_price[rows] / ONE).tolist()
        assert part.emission_share.tolist() == emission_shares(state)[rows].tolist()
        whole = result.network.set_index("block").loc[block]
        assert whole.issuance == state.total_issuance / RAO_PER_TAO
        assert whole.root_stake == int(state.pools.tao_in[0]) / RAO_PER_TAO
        assert whole.price_sum == pytest.approx(part.price.sum())


def saved(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_the_same_run_gives_the_same_bytes_whatever_the_threads(tmp_path):
    start = mainnet_like(seed=3, subnets=4, validators=4, miners=12)
    start, traders = with_traders(start, 6, every=700)
    people = [drift(every=1_000), *traders]
    for name, threads in (("a", 1), ("b", 1), ("c", 2)):
        simulate(start, 3_000, people, seed=5, every=500, threads=threads).save(tmp_path / name)
    assert set(saved(tmp_path / "a")) == {"end.state", "network.parquet", "subnets.parquet"}
    assert saved(tmp_path / "a") == saved(tmp_path / "b") == saved(tmp_path / "c")


def test_it_goes_on_from_any_checkpoint_and_ends_the_same(tmp_path):
    start = demo_network(3, 3, 5, seed=4)
    whole = simulate(start, 400, TRADERS, seed=7, every=60)
    asked = {"seed": 7, "every": 60, "folder": tmp_path, "checkpoint_seconds": 0.0}
    for stop in (1, 60, 61, 200, 399):

        def give_up(done, total, stop=stop):
            if done > stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            simulate(start, 400, TRADERS, **asked, progress=give_up)
        heard: list[int] = []
        again = simulate(start, 400, TRADERS, **asked, progress=lambda done, total, to=heard: to.append(done))
        assert heard[0] > stop - 60, "what was done is not done again"
        assert digest(again.state) == digest(whole.state)
        pd.testing.assert_frame_equal(again.subnets, whole.subnets, check_exact=True)
        pd.testing.assert_frame_equal(again.network, whole.network, check_exact=True)
        assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(tmp_path):
    start = demo_network(2, 3, 5, seed=4)

    def stop(done, total):
        if done > 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(start, 200, TRADERS, every=20, folder=tmp_path, checkpoint_seconds=0.0, progress=stop)
    kept = saved(tmp_path)
    for other in ({"seed": 1}, {"every": 30}):
        with pytest.raises(InputError, match="another run"):
            simulate(start, 200, TRADERS, **({"every": 20} | other), folder=tmp_path)
    with pytest.raises(InputError, match="another run"):
        simulate(start, 200, TRADERS[:2], every=20, folder=tmp_path)
    assert saved(tmp_path) == kept, "and it is still there"
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        with pytest.raises(InputError):
            simulate(start, 200, TRADERS, every=20, folder=tmp_path)
        (tmp_path / name).write_bytes(content)


@pytest.mark.parametrize("wrong", [{"blocks": 0}, {"blocks": 2.5}, {"every": 0}, {"threads": 0}])
def test_numbers_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError, match="at least 1"):
        simulate(demo_network(), **({"blocks": 5} | wrong))


def test_drift_changes_opinions_and_nothing_else():
    start = mainnet_like(seed=3, subnets=2, validators=3, miners=40)
    rows = start.subnet(1).mechanisms[0].weights
    moved = simulate(start, 1_000, [drift(every=900)], every=1_000).state.subnet(1).mechanisms[0].weights
    for before, now in zip(rows, moved, strict=True):
        assert now.uid.tolist() == before.uid.tolist()
        if len(before.uid):
            assert now.value.tolist() != before.value.tolist()
            assert np.corrcoef(now.value, before.value)[0, 1] > 0.9


def test_traders_hold_what_they_are_said_to_and_trade():
    start, traders = with_traders(mainnet_like(seed=3, subnets=3, validators=3, miners=6), 10, every=300)
    result = simulate(start, 900, traders)
    assert sum(result.state.free[t.coldkey] != start.free[t.coldkey] for t in traders) >= 3


# --- the command ---------------------------------------------------------------------------------

ARGUMENTS = ["simulate", "demo", "--subnets", "3", "--days", "0.5", "--every", "600", "--traders", "8"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from bittensor_lab.cli import main; main()", *arguments]


def test_the_command_writes_tables_and_says_what_it_found(tmp_path):
    done = subprocess.run(
        command(*ARGUMENTS, "--out", str(tmp_path / "run")), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Until block 4,600" in done.stdout and "18 rows" in done.stdout
    frame = pd.read_parquet(tmp_path / "run" / "subnets.parquet")
    assert frame.block.nunique() == 6 and frame.netuid.nunique() == 3
    about = json.loads((tmp_path / "run" / "run.json").read_text())
    assert about["blocks"] == 3_600 and about["traders"] == 8


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["simulate", "nowhere"], "nowhere"),
        (["simulate", "demo", "--days", "0"], "days"),
        (["simulate", "demo", "--subnets", "0"], "subnets"),
        (["simulate", "demo", "--regime", "Z"], "Z"),
        (["simulate", "demo", "--traders", "-1"], "traders"),
    ],
)
def test_the_command_complains_in_one_line(wrong, said, tmp_path):
    done = subprocess.run(
        command(*wrong, "--out", str(tmp_path)), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a kill is a signal")
def test_a_killed_command_is_gone_on_with(tmp_path):
    """Killed by signal after its first checkpoint; the next call ends as if nothing had happened."""
    arguments = ["simulate", "demo", "--subnets", "2", "--days", "8", "--every", "7200", "--traders", "12"]
    folder, other = tmp_path / "killed", tmp_path / "whole"
    arguments += ["--checkpoint", "0"]
    process = subprocess.Popen(
        command(*arguments, "--out", str(folder)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(3_000):
        if (folder / "checkpoint.json").exists() or process.poll() is not None:
            break
        time.sleep(0.02)
    assert process.poll() is None, "it was not killed in time"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (folder / "checkpoint.json").exists()
    (folder / f"{SCRATCH}checkpoint-subnets-7.parquet.0").touch()  # as a kill within a file leaves it
    for target in (folder, other):
        done = subprocess.run(
            command(*arguments, "--out", str(target)), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert saved(folder) == saved(other)
