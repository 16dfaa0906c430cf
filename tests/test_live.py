"""A running network is read through the official SDK, whole or not at all.

The node is of our making (``chain_node``): a state of ours, spoken to over a socket by the SDK itself.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from random_chain import digest
from typer.testing import CliRunner

from bittensor_lab import cli, datasets, live
from bittensor_lab.block import run
from bittensor_lab.childkeys import with_children
from bittensor_lab.datasets.schema import FILES
from bittensor_lab.errors import InputError
from bittensor_lab.invariants import violations
from bittensor_lab.live import connection, items, take_snapshot
from bittensor_lab.presets import demo_network, mainnet

pytest.importorskip("bittensor", reason="the official SDK (extra live) is not to be had on this platform")
chain_node = pytest.importorskip("chain_node")
from chain_node import ChainNode, address  # noqa: E402 (needs the SDK)

QUESTIONS = {
    "chain_getFinalizedHead", "chain_getBlockHash", "chain_getHeader", "chain_getHead", "state_call",
    "state_getRuntimeVersion", "state_getMetadata", "state_getStorageAt", "state_queryStorageAt",
    "state_getKeysPaged",
}  # fmt: skip
EVERY = (1, 2, 3)
PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def at_home(tmp_path_factory, monkeypatch):
    """The SDK's cache goes where the test may write, and nobody waits long."""
    monkeypatch.setenv(connection.SDK_CACHE, str(tmp_path_factory.getbasetemp() / "sdk"))
    monkeypatch.setattr(connection, "PAUSE", 0.01)
    monkeypatch.setattr(connection, "PATIENCE", 5.0)


def network():
    """Three subnets that have run; a validator lends to another and to a hotkey that has no uid."""
    state = run(demo_network(3, 3, 5, seed=2, rulebook=mainnet()), 800)
    subnet = with_children(state.subnet(1), "validator-2", ((2**62, "validator-1"), (2**61, "idle")))
    subnet = replace(subnet, childkey_takes=subnet.childkey_takes.set("validator-1", 9_000))
    takes = state.takes.set("validator-3", 1_234)
    state = replace(state.with_subnet(subnet), owner=state.owner.set("idle", "alice"), takes=takes)
    state = state.with_hyperparameters(
        2, kappa=20_000, alpha_low=1_000, liquid_alpha=True, recycle_or_burn=True
    )
    return replace(state, network=replace(state.network, tao_weight=2**60, gate_exponent=4))


@pytest.fixture(scope="module")
def state():
    return network()


@pytest.fixture(scope="module")
def node(state):
    with ChainNode(state) as answering:
        yield answering


def renamed(folder, state, target):
    """The files with the names of the state instead of addresses."""
    names = {*state.owner, *state.owner.values(), *state.free}
    target.mkdir()
    for file in FILES:
        told = (folder / file).read_text()
        for name in names:
            told = told.replace(address(name), name)
        (target / file).write_text(told)
    return target


# --- what is read is what is there -----------------------------------------------------------------


def test_every_column_of_a_network_is_what_the_chain_holds(state, node, tmp_path):
    taken = take_snapshot(tmp_path / "taken", node.address, EVERY)
    got = datasets.load_snapshot(renamed(tmp_path / "taken", state, tmp_path / "renamed"))
    assert violations(got) == []
    for part in ("subnets", "pools", "rules", "network", "total_issuance", "block", "last_lock", "gate_bar"):
        assert digest(getattr(got, part)) == digest(getattr(state, part)), part
    for netuid in state.netuids:
        for name in vars(state.clocks):
            assert getattr(got.clocks, name)[netuid] == getattr(state.clocks, name)[netuid], name
    held = [{k: p.value for k, p in ledger.items() if p.value} for ledger in state.stake]
    assert [{k: p.value for k, p in ledger.items()} for ledger in got.stake] == held
    assert dict(got.takes) == {key: state.takes.get(key, 11_796) for key in got.takes}
    assert got.takes["validator-3"] == 1_234
    assert taken.state.block == state.block and "3 subnets, 27 neurons" in taken.sentence


def test_it_goes_on_as_the_chain_does(state, node, tmp_path):
    """Root claims aside, which are drawn by lot and which a snapshot leaves out."""
    take_snapshot(tmp_path / "taken", node.address, EVERY)
    got = datasets.load_snapshot(renamed(tmp_path / "taken", state, tmp_path / "renamed"))
    without = replace(state.network, root_claims_per_block=0)
    ours, theirs = (run(replace(each, network=without), 800) for each in (state, got))
    assert int(ours.subnet(1).emission.sum()) > 0
    assert digest(ours.subnets) == digest(theirs.subnets)
    assert digest(ours.pools) == digest(theirs.pools)


def test_pools_alone_are_a_network_too(state, node, tmp_path):
    seen = []
    taken = take_snapshot(
        tmp_path / "taken", node.address, progress=lambda done, total: seen.append((done, total))
    )
    assert [taken.state.subnet(n).n for n in EVERY] == [1, 1, 1]
    assert taken.state.pools.tao_in.tolist() == state.pools.tao_in.tolist()
    assert seen == sorted(seen) and seen[-1][0] == seen[-1][1] > 80
    assert violations(run(taken.state, 400)) == []


def test_a_parent_without_a_uid_comes_along(state, tmp_path):
    """Its stake votes through its child, so without it the child's stake weight would be another one."""
    stake = state.stake[1]
    pool = stake["validator-2"]
    apart = with_children(state.subnet(1), "validator-2", ())
    apart = with_children(apart, "lender", ((2**63, "validator-1"),))
    pools = state.pools.plus(1, alpha_out=pool.value)
    staked = (state.stake[0], stake.set("lender", pool), *state.stake[2:])
    owner = state.owner.set("lender", "alice")
    lent = replace(state.with_subnet(apart), stake=staked, owner=owner, pools=pools)
    with ChainNode(lent) as node:
        take_snapshot(tmp_path / "taken", node.address, [1])
    got = datasets.load_snapshot(renamed(tmp_path / "taken", lent, tmp_path / "renamed"))
    assert got.subnet(1).children["lender"] == ((2**63, "validator-1"),)
    assert got.stake[1]["lender"].value == pool.value


def test_only_questions_are_sent(node, tmp_path):
    take_snapshot(tmp_path / "taken", node.address, [1])
    assert set(node.methods) <= QUESTIONS


def test_a_notebook_whose_loop_runs_can_take_one(node, tmp_path):
    async def cell():
        return take_snapshot(tmp_path / "taken", node.address)

    assert asyncio.run(cell()).state.netuids == [1, 2, 3]


def test_it_says_where_it_is_from(state, node, tmp_path):
    take_snapshot(tmp_path / "taken", node.address)
    told = (tmp_path / "taken" / "x_source.csv").read_text()
    assert f"network,{node.address}\nblock,{state.block}\n" in told and "runtime,425" in told


# --- chains that are not quite ours ----------------------------------------------------------------


def test_another_runtime_and_items_that_are_gone_are_noted(state, tmp_path):
    with ChainNode(state, lacking=("Burn", "TaoWeight"), spec_version=440) as node:
        taken = take_snapshot(tmp_path / "taken", node.address)
    said = " ".join(taken.notes)
    assert "runs runtime 440" in said and "Not read: SubtensorModule.Burn" in said
    assert taken.state.clocks.burn[1] == 10**9  # the schema's default
    assert taken.state.network.tao_weight == demo_network(1).network.tao_weight


def test_sums_that_are_less_than_their_parts_are_raised_and_noted(state, tmp_path):
    less = replace(state, pools=state.pools.plus(2, alpha_out=-int(state.pools.alpha_out[2]) + 5))
    with ChainNode(less) as node:
        taken = take_snapshot(tmp_path / "taken", node.address, [2])
    assert any(note.startswith("netuid 2: ") for note in taken.notes)
    assert violations(taken.state) == []


def refused(tmp_path, *asked, **more):
    """What is said, and that nothing was left behind."""
    with pytest.raises(InputError) as caught:
        take_snapshot(tmp_path / "taken", *asked, **more)
    assert list(tmp_path.iterdir()) == []
    assert caught.value.remedy
    return str(caught.value)


def test_a_chain_without_pools_is_refused(state, tmp_path):
    with ChainNode(state, lacking=("SubnetTAO",)) as node:
        assert "SubnetTAO" in refused(tmp_path, node.address)
    with ChainNode(state, lacking=("NetworksAdded",)) as node:
        assert "no Bittensor chain" in refused(tmp_path, node.address)


def test_values_of_another_form_are_noted_or_refused(state, tmp_path):
    other = {"Burn": ("(u64, u64)", (1, 2)), "MinerBurned": ("u64", 7), "Active": ("u16", 1)}
    with ChainNode(state, other=other) as node:
        taken = take_snapshot(tmp_path / "taken", node.address, [1])
    said = " ".join(taken.notes)
    assert all(f"SubtensorModule.{item} (its values have another form" in said for item in other)
    assert taken.state.subnet(1).active.all() and taken.state.pools.miner_burned.tolist() == [0] * 4
    for item, kind, value in (
        ("SubnetMovingPrice", "u64", 7),
        ("Weights", "u64", 7),
        ("Tempo", "u64", 2**40),
    ):
        (tmp_path / item).mkdir()
        with ChainNode(state, other={item: (kind, value)}) as node:
            refused(tmp_path / item, node.address, [1])


def test_what_is_not_there_is_said(state, node, tmp_path):
    assert "no subnet 9" in refused(tmp_path, node.address, [9])
    assert f"The last one is {state.block}" in refused(tmp_path, node.address, block=state.block + 1)
    assert "no network 'finey'" in refused(tmp_path, "finey")
    assert "no network 'http://127.0.0.1'" in refused(tmp_path, "http://127.0.0.1")


# --- nodes and networks that fail ------------------------------------------------------------------


def hang_up(socket_, message):
    socket_.close(code=1011)


def garble(socket_, message):
    socket_.send("{")
    socket_.close(code=1011)


def keep_silent(socket_, message):
    pass


@pytest.mark.parametrize("fault", [hang_up, garble])
def test_an_answer_that_is_lost_is_asked_for_again(state, tmp_path, fault):
    with ChainNode(state) as node:
        take_snapshot(tmp_path / "whole", node.address, [1])
    with ChainNode(state, faults={n: fault for n in (5, 60, 61, 90)}) as broken:
        take_snapshot(tmp_path / "mended", broken.address, [1])
    for file in FILES:
        assert (tmp_path / "mended" / file).read_text() == (tmp_path / "whole" / file).read_text(), file


def test_a_node_that_falls_silent_costs_patience_and_not_more(state, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    with ChainNode(state, faults=dict.fromkeys(range(40, 1_000), keep_silent)) as node:
        assert "does not answer" in refused(tmp_path, node.address)


def test_a_node_that_refuses_is_not_pressed(state, tmp_path):
    def refuse(socket_, message):
        error = '{"code": -32029, "message": "rate limit exceeded", "data": {"policy": "free"}}'
        socket_.send(f'{{"jsonrpc": "2.0", "id": {message["id"]}, "error": {error}}}')

    with ChainNode(state, faults=dict.fromkeys(range(30, 1_000), refuse)) as node:
        assert "refuses to answer" in refused(tmp_path, node.address)
        assert node.asked == 30


def test_nobody_there(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "does not answer" in refused(tmp_path, f"ws://127.0.0.1:{port}")


@pytest.mark.parametrize("odd", ["ws://", "ws://127.0.0.1:notaport", "wss://no such host", "ws://[::1"])
def test_addresses_that_are_none(tmp_path, odd):
    refused(tmp_path, odd)


def test_somebody_else_is_there(tmp_path):
    """A server that speaks another language, and one that takes a connection and says nothing."""
    for reply in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"\x00\xff" * 50):
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=_replies, args=(server, reply), daemon=True).start()
            said = refused(tmp_path, f"ws://127.0.0.1:{server.getsockname()[1]}")
            assert "does not answer" in said or "refuses" in said


def _replies(server, reply):
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            client.recv(4_096)
            client.sendall(reply)


def test_killed_in_the_middle_it_leaves_no_folder_of_that_name(state, tmp_path):
    code = "import sys; from bittensor_lab.live import take_snapshot; take_snapshot(*sys.argv[1:], [1])"
    slow = dict.fromkeys(range(50, 1_000), keep_silent)
    with ChainNode(state, faults=slow) as node:
        work = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "taken"), node.address])
        while node.asked < 50 and work.poll() is None:
            time.sleep(0.02)
        work.kill()
        assert work.wait() != 0
    assert not (tmp_path / "taken").exists()


# --- the folder ------------------------------------------------------------------------------------


def test_a_folder_that_is_in_use_is_left_alone(node, tmp_path):
    (tmp_path / "taken").mkdir()
    taken = take_snapshot(tmp_path / "taken", node.address)  # an empty one is as good as none
    before = {path: path.read_bytes() for path in taken.folder.iterdir()}
    asked = node.asked
    for place in (taken.folder, taken.folder / "subnets.csv"):
        with pytest.raises(InputError, match="is there already"):
            take_snapshot(place, node.address)
    assert node.asked == asked
    assert {path: path.read_bytes() for path in taken.folder.iterdir()} == before


def test_a_place_that_cannot_be_made_is_said(node, tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "below", "a\0b"):
        with pytest.raises(InputError, match="cannot be made"):
            take_snapshot(place, node.address)


# --- around it -------------------------------------------------------------------------------------


def test_without_the_sdk_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "bittensor", None)
    (extra,) = PROJECT["project"]["optional-dependencies"]["live"]
    assert f'pip install "{extra.split(";")[0]}"' in refused(tmp_path, "finney")


def test_the_sdk_writes_into_our_cache_only(node, tmp_path):
    code = "import sys; from bittensor_lab.live import take_snapshot; take_snapshot(*sys.argv[1:])"
    home = tmp_path / "home"
    home.mkdir()
    about = {k: v for k, v in os.environ.items() if k != connection.SDK_CACHE and not k.startswith("XDG")}
    about |= {"HOME": str(home), "BITTENSOR_LAB_HOME": str(tmp_path / "ours")}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "taken"), node.address], env=about, check=True)
    assert list(home.iterdir()) == []
    assert any((tmp_path / "ours" / "cache" / "bittensor").iterdir())


def test_the_engine_does_not_load_the_sdk():
    code = "import sys, bittensor_lab.chain, bittensor_lab.live; assert 'bittensor' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_item_is_in_the_sdks_catalogue():
    """But for those that newer chains have dropped."""
    known, gone = chain_node.catalogued(), {"NumRootClaim"}
    tables = (items.POOLS, items.HYPERPARAMETERS, items.NETWORK, items.NEURONS)
    asked = {stored.item: stored.pallet for table in tables for stored in table.values()}
    assert {item for item in asked if item not in known} == gone
    assert all(known[item][0] == pallet for item, pallet in asked.items() if item in known)


def said_by(*words):
    return CliRunner().invoke(cli.app, ["snapshot", *map(str, words)])


def test_the_command(state, node, tmp_path):
    done = said_by(tmp_path / "taken", "--network", node.address, "--metagraph", "1", "--metagraph", "3")
    assert done.exit_code == 0, done.output
    assert f"Block {state.block:,}: 3 subnets, 19 neurons." in done.output
    assert "Not read: SubtensorModule.NumRootClaim" in done.output
    again = said_by(tmp_path / "taken", "--network", node.address)
    assert again.exit_code == 2 and "is there already" in again.output
    assert said_by(tmp_path / "all", "--network", node.address, "--metagraph", "all").exit_code == 0
    assert len(datasets.load_snapshot(tmp_path / "all").subnet(2).hotkeys) == 9
    wrong = said_by(tmp_path / "none", "--network", node.address, "--metagraph", "one")
    assert wrong.exit_code == 2 and "'one'" in wrong.output


def test_main_net_is_what_is_read_unless_it_is_said(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(live, "_run", lambda work: (asked.append(work), work.close(), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        take_snapshot(Path(tmp_path / "taken"))
    assert asked[0].cr_code.co_name == "_read" and live.MAIN_NET == "finney"
