"""Snapshots: a network goes into CSV files and comes back; whatever is wrong is said by its place."""

from __future__ import annotations

import csv
import json
import unicodedata
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from random_chain import digest, random_extrinsic, random_network

from bittensor_lab import datasets
from bittensor_lab.block import block_step, run
from bittensor_lab.childkeys import with_children
from bittensor_lab.datasets.schema import FILES, HYPERPARAMETERS, columns_table
from bittensor_lab.datasets.snapshot import snapshot_texts
from bittensor_lab.errors import InputError
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.units import RAO_PER_TAO as TAO
from bittensor_lab.units import U16_MAX

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "real"
LEFT_OUT = ("clocks", "founding_rules")  # root's row of the clocks means nothing
SMALLEST = "netuid,tao_in,alpha_in,alpha_out,moving_price\n1,100,1000,1000,0.1\n3,200,2000,1000,0.1\n"


def same(a, b):
    """The fields in which two states differ, root's clocks aside."""
    found = [
        item.name
        for item in fields(a)
        if item.name not in LEFT_OUT and digest(getattr(a, item.name)) != digest(getattr(b, item.name))
    ]
    for item in fields(a.clocks):
        if not np.array_equal(getattr(a.clocks, item.name)[1:], getattr(b.clocks, item.name)[1:]):
            found.append(f"clocks.{item.name}")
    return found


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A snapshot of two subnets: an owner, two validators and three miners each."""
    return datasets.save_snapshot(demo_network(2, 2, 3, seed=1), tmp_path_factory.mktemp("saved"))


@pytest.fixture
def folder(saved, tmp_path):
    """The same, for a test to damage."""
    for path in saved.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


# --- there and back --------------------------------------------------------------------------------


@pytest.mark.parametrize("rulebook", [None, mainnet()], ids=["classroom", "mainnet"])
def test_a_network_comes_back_whole_and_goes_on_alike(tmp_path, rulebook):
    state = demo_network(4, 3, 6, seed=3, rulebook=rulebook)
    back = datasets.load_snapshot(datasets.save_snapshot(state, tmp_path / "deep" / "snapshot"))
    assert same(state, back) == []
    assert same(run(state, 400), run(back, 400)) == []


def test_a_network_that_has_run_comes_back_with_its_bonds_and_terms(tmp_path):
    state = run(demo_network(2, 3, 5, seed=2), 300)
    back = datasets.load_snapshot(datasets.save_snapshot(state, tmp_path))
    assert len(state.subnet(1).mechanisms[0].bonds.uid) > 0
    assert set(same(state, back)) <= {"root_claims", "staking_hotkeys", "stake"}  # shares are made anew
    assert digest(state.subnets) == digest(back.subnets) and digest(state.pools) == digest(back.pools)
    for before, after in zip(state.stake, back.stake, strict=True):
        assert {k: pool.value for k, pool in before.items()} == {k: pool.value for k, pool in after.items()}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_saved_of_any_chain_can_be_loaded_and_saved_alike(tmp_path, seed):
    rng = np.random.default_rng(seed)
    state = random_network(rng)
    for _ in range(100):
        state, _ = block_step(state, [random_extrinsic(rng, state)])
    back = datasets.load_snapshot(datasets.save_snapshot(state, tmp_path))
    assert violations(back) == []
    assert snapshot_texts(back) == snapshot_texts(state)
    assert back.total_issuance == state.total_issuance


def test_stake_of_several_coldkeys_keeps_every_rao(tmp_path):
    state = run(demo_network(1, 2, 2, seed=5), 200)
    ledger = state.stake[1]
    pool = ledger["validator-1"].with_stake("alice", 3).with_dividends(1_000_001).with_stake("bob", 777)
    state = replace(state, stake=(state.stake[0], ledger.set("validator-1", pool)))
    known = {c: (*state.staking_hotkeys.get(c, ()), "validator-1") for c in ("alice", "bob")}
    pools = state.pools.plus(1, alpha_out=pool.value)
    state = replace(state, staking_hotkeys=state.staking_hotkeys.update(known), pools=pools)
    back = datasets.load_snapshot(datasets.save_snapshot(state, tmp_path)).stake[1]["validator-1"]
    assert back.value == pool.value
    assert sum(back.value_of(c) for c in back.shares) == back.value
    assert abs(back.value_of("bob") - pool.value_of("bob")) <= 1


def test_what_is_unlike_the_usual_comes_back(tmp_path):
    state = demo_network(2, 2, 3, seed=1)
    subnet = state.subnet(1)
    idle = np.arange(subnet.n) != 3
    state = state.with_subnet(replace(subnet, active=idle, locked=5 * TAO, rao_recycled_for_registration=7))
    state = replace(state, takes=state.takes.set("validator-1", 1_234))
    back = datasets.load_snapshot(datasets.save_snapshot(state, tmp_path))
    found = back.subnet(1)
    assert found.active.tolist() == idle.tolist()
    assert (found.locked, found.rao_recycled_for_registration) == (5 * TAO, 7)
    assert back.takes == state.takes


def test_childkeys_come_back_and_vote_alike(tmp_path):
    """One child is a neuron, the other has nothing anywhere: what is lent to it is lent to nobody."""
    state = demo_network(2, 3, 5, seed=6)
    subnet = with_children(state.subnet(1), "validator-2", ((2**62, "validator-1"), (2**63, "idle")))
    subnet = replace(subnet, childkey_takes=subnet.childkey_takes.set("validator-1", 9_000))
    state = replace(state.with_subnet(subnet), owner=state.owner.set("idle", "bob"))
    back = datasets.load_snapshot(datasets.save_snapshot(state, tmp_path))
    assert same(state, back) == []
    later = run(state, 400)
    assert same(later, run(back, 400)) == []
    without = run(demo_network(2, 3, 5, seed=6), 400)
    assert later.subnet(1).stake_weight.tolist() != without.subnet(1).stake_weight.tolist()


def childkeys(folder, rows):
    (folder / "children.csv").write_text(f"netuid,parent,child,proportion\n{rows}")
    return datasets.load_snapshot(folder)


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("1,validator-1,nobody,5\n", "line 2, column child: nothing says to whom the hotkey nobody belongs"),
        ("1,nobody,validator-1,5\n", "line 2, column parent: nothing says to whom"),
        ("1,validator-1,validator-1,5\n", "line 2, column child: the chain would refuse it: .*validator-1"),
        (
            "1,validator-1,validator-2,5\n1,validator-2,validator-1,5\n",
            "line 3, column child: the chain would refuse it: A hotkey's parent cannot",
        ),
        (f"1,validator-1,validator-2,{2**64}\n", "line 2, column proportion: must be a whole number"),
        ("9,validator-1,validator-2,5\n", "line 2, column netuid: subnets.csv has no netuid 9"),
        (
            "1,validator-1,validator-2,5\n1,validator-1,validator-2,6\n",
            "line 3, column child.* is there twice",
        ),
    ],
)
def test_childkeys_that_the_chain_would_refuse_are_named(folder, rows, what):
    with pytest.raises(InputError, match=what):
        childkeys(folder, rows)


def test_a_hotkey_has_one_take(tmp_path):
    (tmp_path / "subnets.csv").write_text(SMALLEST)
    (tmp_path / "neurons.csv").write_text(
        "netuid,uid,hotkey,coldkey,stake,take\n1,0,a,A,5,100\n3,0,a,A,5,200\n"
    )
    with pytest.raises(InputError, match=r"line 3, column take: hotkey a would have two takes"):
        datasets.load_snapshot(tmp_path)


def test_no_more_neurons_than_places(tmp_path):
    rows = "".join(f"1,{uid},h{uid},c,0\n" for uid in range(257))
    (tmp_path / "subnets.csv").write_text(SMALLEST)
    (tmp_path / "neurons.csv").write_text("netuid,uid,hotkey,coldkey,stake\n" + rows)
    with pytest.raises(InputError, match="netuid 1 has 257 neurons in 256 places"):
        datasets.load_snapshot(tmp_path)


# --- what may be left out --------------------------------------------------------------------------


def test_five_columns_make_a_network_that_runs(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(SMALLEST)
    state = datasets.load_snapshot(path)
    assert state.netuids == [1, 3] and state.subnets[2] is None
    assert state.subnet(3).hotkeys == ("owner-3",)
    assert state.total_issuance == 300 * TAO == int(state.pools.tao_in.sum())
    assert state.hyperparameters(1) == mainnet().subnet
    later = run(state, 1_000)
    assert violations(later) == []
    assert later.total_issuance == pytest.approx(1_300 * TAO, rel=1e-8)  # shares are cut to rao


def test_what_no_file_names_is_elsewhere(tmp_path):
    (tmp_path / "subnets.csv").write_text(SMALLEST)
    (tmp_path / "network.csv").write_text("block,total_issuance,root_stake\n5000,1000,250.5\n")
    state = datasets.load_snapshot(tmp_path)
    assert state.block == 5_000
    assert state.free["elsewhere"] == 449_500_000_000
    assert state.stake[0]["elsewhere-validator"].value_of("elsewhere") == 250_500_000_000
    assert state.pools.tao_in[0] == state.pools.account[0] == 250_500_000_000


def test_rules_are_columns_by_their_names(tmp_path):
    header, *lines = SMALLEST.splitlines()
    rows = [f"{header},tempo,yuma3,x_name", f"{lines[0]},99,0,Apex", f"{lines[1]},,,"]
    (tmp_path / "subnets.csv").write_text("\n".join(rows))
    (tmp_path / "network.csv").write_text("tao_weight\n1000\n")
    state = datasets.load_snapshot(tmp_path)
    assert (state.hyperparameters(1).tempo, state.hyperparameters(1).yuma3) == (99, False)
    assert state.hyperparameters(3) == mainnet().subnet
    assert state.network.tao_weight == 1_000


def test_whoever_has_weights_has_a_permit_unless_it_is_said(tmp_path):
    (tmp_path / "subnets.csv").write_text(SMALLEST)
    (tmp_path / "neurons.csv").write_text(
        "netuid,uid,hotkey,coldkey,stake,validator_permit\n1,1,b,B,5,\n1,0,a,A,7,\n1,2,c,C,0,1\n"
    )
    (tmp_path / "weights.csv").write_text("netuid,validator_uid,miner_uid,weight\n1,0,2,65535\n1,0,1,0\n")
    subnet = datasets.load_snapshot(tmp_path).subnet(1)
    assert subnet.hotkeys == ("a", "b", "c")
    assert subnet.validator_permit.tolist() == [True, False, True]
    assert subnet.mechanisms[0].weights[0].uid.tolist() == [2, 1]  # in the order of the file, zeros kept
    assert subnet.mechanisms[0].last_update.tolist() == [1_000] * 3


@pytest.mark.parametrize(
    "dressed",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b",", b" , ").replace(b"\n", b"\n\n"),
        lambda raw: raw + b"\n ,,\n",
    ],
    ids=["byte order mark", "Windows line ends", "spaces and empty lines", "an empty row"],
)
def test_what_a_spreadsheet_adds_does_no_harm(folder, dressed):
    before = digest(datasets.load_snapshot(folder))
    for path in folder.iterdir():
        path.write_bytes(dressed(path.read_bytes()))
    assert digest(datasets.load_snapshot(folder)) == before


# --- what is wrong ---------------------------------------------------------------------------------


def edit(file, line, column, value):
    """Put a value into a cell; lines count from 1, the header's."""

    def act(folder):
        with (folder / file).open(newline="") as source:
            cells = list(csv.reader(source))
        cells[line - 1][cells[0].index(column)] = value
        with (folder / file).open("w", newline="") as target:
            csv.writer(target).writerows(cells)

    return act


def text(file, change):
    """Change the whole of a file."""

    def act(folder):
        path = folder / file
        path.write_bytes(change(path.read_bytes()))

    return act


def doubled(line):
    return lambda raw: raw + raw.splitlines(keepends=True)[line - 1]


CELL = [
    ("subnets.csv", 2, "tao_in", "-1", "must be an amount from 0"),
    ("subnets.csv", 3, "alpha_in", "0", "must be an amount from 0.000000001"),
    ("subnets.csv", 2, "tao_in", "NaN", "must be an amount"),
    ("subnets.csv", 3, "alpha_in", "inf", "must be an amount"),
    ("subnets.csv", 3, "alpha_in", "1e30", "must be an amount"),
    ("subnets.csv", 2, "moving_price", "cheap", "must be a number"),
    ("subnets.csv", 2, "moving_price", "", "must be a number"),
    ("subnets.csv", 2, "moving_price", "0,1", "must be a number"),
    ("subnets.csv", 2, "moving_price", "١", "must be a number"),
    ("subnets.csv", 2, "quote_weight", "0", "must be a number from 0.01"),
    ("subnets.csv", 2, "netuid", "0", "must be a whole number from 1 to 4095"),
    ("subnets.csv", 2, "netuid", "1_0", "must be a whole number"),
    ("subnets.csv", 2, "emission_enabled", "maybe", "must be 1 or 0"),
    ("subnets.csv", 3, "netuid", "1", "netuid 1 is there twice"),
    ("subnets.csv", 2, "registered_at", "1001", "block 1001 comes after the snapshot's, 1000"),
    ("subnets.csv", 2, "account", "1", "the account holds less than the pool"),
    ("subnets.csv", 2, "alpha_out", "1", "more alpha is staked on netuid 1"),
    ("subnets.csv", 2, "owner_coldkey", "BURN", "BURN is no key"),
    ("neurons.csv", 3, "uid", "0", "netuid 1, uid 0 is there twice"),
    ("neurons.csv", 3, "uid", "17", "the uids of netuid 1 have a gap"),
    ("neurons.csv", 3, "hotkey", "owner-1", "hotkey owner-1 is there twice"),
    ("neurons.csv", 9, "coldkey", "bob", "hotkey validator-1 would belong to two coldkeys"),
    ("neurons.csv", 3, "netuid", "9", "subnets.csv has no netuid 9"),
    ("neurons.csv", 3, "stake", "12 alpha", "must be an amount"),
    ("neurons.csv", 3, "hotkey", "x" * 200, "must be a name"),
    ("neurons.csv", 3, "hotkey", "a\x1bb", "must be a name"),
    ("neurons.csv", 3, "take", "65536", "must be a whole number from 0 to 65535"),
    ("neurons.csv", 3, "last_update", "9999", "comes after the snapshot's"),
    ("weights.csv", 2, "weight", "65536", "must be a whole number from 0 to 65535"),
    ("weights.csv", 2, "weight", "0.5", "must be a whole number"),
    ("weights.csv", 2, "miner_uid", "6", "netuid 1 has no uid 6"),
    ("weights.csv", 3, "miner_uid", "3", "validator_uid 1, miner_uid 3 is there twice"),
    ("weights.csv", 2, "netuid", "7", "subnets.csv has no netuid 7"),
    ("stakes.csv", 2, "netuid", "4096", "must be a whole number from 0 to 4095"),
    ("stakes.csv", 2, "netuid", "1", "neurons.csv says of hotkey validator-1 already"),
    ("network.csv", 2, "total_issuance", "1", "accounts hold more than the issuance"),
    ("network.csv", 2, "root_stake", "1", "stakes.csv has more TAO on root"),
    ("balances.csv", 3, "coldkey", "alice", "coldkey alice is there twice"),
]


@pytest.mark.parametrize(("file", "line", "column", "value", "what"), CELL)
def test_a_wrong_cell_is_named_by_file_line_and_column(folder, file, line, column, value, what):
    edit(file, line, column, value)(folder)
    with pytest.raises(InputError) as caught:
        datasets.load_snapshot(folder)
    said = caught.value.what
    assert said.startswith(f"{file}, line {line}, column ") and what in said, said
    if "twice" not in what and "two coldkeys" not in what:
        assert f"column {column}:" in said or "already" in said or "hotkey" in said
    assert caught.value.remedy
    assert not any(unicodedata.category(c).startswith("C") for c in str(caught.value))


FILE = [
    ("subnets.csv", lambda raw: b"", "subnets.csv is empty"),
    ("subnets.csv", lambda raw: b"\n\n", "subnets.csv is empty"),
    ("subnets.csv", lambda raw: raw.splitlines()[0], "subnets.csv has no subnet"),
    ("subnets.csv", lambda raw: raw.replace(b"tao_in", b"x_tao", 1), "lacks the column tao_in"),
    ("subnets.csv", lambda raw: raw.replace(b"burn,", b"bum,", 1), "column bum: there is no such column"),
    ("subnets.csv", lambda raw: raw.replace(b"burn,", b"tao_in,", 1), "tao_in: the column is there twice"),
    ("subnets.csv", lambda raw: raw.replace(b",", b";"), "line 1: cells are separated by semicolons"),
    ("neurons.csv", lambda raw: raw.replace(b",", b"\t"), "line 1: cells are separated by tabs"),
    ("neurons.csv", lambda raw: raw + b"1,2\n", "line 14: it has 2 cells, the header 17"),
    ("neurons.csv", lambda raw: raw + b'1,"2\n', "it is no CSV"),
    ("weights.csv", lambda raw: bytes(range(256)) * 8, "weights.csv is no text"),
    ("weights.csv", lambda raw: raw + b"\0", "weights.csv is no text"),
    ("weights.csv", lambda raw: raw.decode().encode("utf-16"), "weights.csv is encoded in UTF-16"),
    ("weights.csv", doubled(2), "there twice"),
    ("network.csv", doubled(2), "line 3, column block: there is a second line"),
]


@pytest.mark.parametrize(("file", "change", "what"), FILE, ids=[f"{f}: {w}" for f, _, w in FILE])
def test_a_wrong_file_is_named(folder, file, change, what):
    text(file, change)(folder)
    with pytest.raises(InputError) as caught:
        datasets.load_snapshot(folder)
    assert caught.value.what.startswith(file) and what in caught.value.what
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_said(folder, tmp_path):
    for path in (tmp_path / "nowhere", tmp_path / "nowhere.csv", "a\0b"):
        with pytest.raises(InputError, match="cannot be read") as caught:
            datasets.load_snapshot(path)
        assert "subnets.csv" in caught.value.remedy
    (folder / "subnets.csv").unlink()
    with pytest.raises(InputError, match=r"subnets\.csv cannot be read"):
        datasets.load_snapshot(folder)
    (folder / "subnets.csv").mkdir()
    with pytest.raises(InputError, match="is no file"):
        datasets.load_snapshot(folder)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        datasets.save_snapshot(demo_network(1), tmp_path / "file")


def test_amounts_in_rao_are_recognised(tmp_path):
    path = tmp_path / "subnets.csv"
    path.write_text("netuid,tao_in,alpha_in,alpha_out,moving_price\n1,20000000,1,1,0\n2,20000000,1,1,0\n")
    with pytest.raises(InputError, match="more TAO than there can be") as caught:
        datasets.load_snapshot(path)
    assert "not in rao" in caught.value.remedy


def test_whatever_happens_to_the_bytes_only_an_input_error_comes_out(folder):
    rng, outcomes = np.random.default_rng(0), {"loaded": 0, "refused": 0}
    files = sorted(folder.iterdir())
    for number in range(400):
        path = files[number % len(files)]
        good = path.read_bytes()
        raw = bytearray(good)
        for place in rng.integers(len(raw), size=int(rng.integers(1, 4))).tolist():
            raw[place] = int(rng.choice(list(b'0123456789,.-"\n;x\xff\0')))
        path.write_bytes(raw[: int(rng.integers(1, len(raw) + 1))] if rng.random() < 0.2 else raw)
        try:
            assert violations(datasets.load_snapshot(folder)) == []
            outcomes["loaded"] += 1
        except InputError as error:
            outcomes["refused"] += 1
            assert ".csv" in str(error) and error.remedy
        path.write_bytes(good)
    assert min(outcomes.values()) > 30


# --- the schema ------------------------------------------------------------------------------------


def test_the_documentation_has_every_column():
    page = (ROOT / "docs" / "guides" / "datasets.md").read_text(encoding="utf-8")
    for file in FILES:
        assert f"### {file}\n\n{columns_table(file)}\n" in page
    assert SMALLEST.splitlines()[0] in page


def test_every_rule_of_a_subnet_can_be_a_column():
    names = {column.name for column in FILES["subnets.csv"]}
    assert {column.name for column in HYPERPARAMETERS} < names
    assert len(names) == len(FILES["subnets.csv"])


# --- a real network, where one is at hand ----------------------------------------------------------


def real_snapshot(folder):
    """The recorded network in our schema, under our names; one subnet, founded that day, has no price yet."""
    with (REAL / "subnets_2026-04-11.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    names = {"netuid": "netuid", "tau_in": "tao_in", "alpha_in": "alpha_in", "alpha_out": "alpha_out",
             "moving_price": "moving_price",
             "tempo": "tempo", "immunity_period": "immunity_period", "reg_cost_tao": "burn"}  # fmt: skip
    subnets = [
        {ours: row[theirs] for theirs, ours in names.items()}
        for row in rows
        if row["netuid"] != "0" and row["moving_price"]
    ]
    (root,) = (row for row in rows if row["netuid"] == "0")
    (folder / "network.csv").write_text(f"total_issuance,root_stake\n10920000,{root['tau_in']}\n")
    with (folder / "subnets.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, list(subnets[0]))
        writer.writeheader()
        writer.writerows(subnets)
    return folder


def matches(part):
    entries = json.loads((ROOT / "datasets" / "manifest.json").read_text(encoding="utf-8"))
    (network,) = entries["networks"]
    return {each["figure"]: each for each in network["matches"] if part in each["source"]}


@pytest.mark.skipif(not REAL.is_dir(), reason="no record of main net beside the project")
def test_a_real_network_loads_and_has_the_figures_of_the_manifest(tmp_path):
    state = datasets.load_snapshot(real_snapshot(tmp_path))
    found, known = datasets.figures(state), matches("April")
    assert len(known) > 10
    for name, each in known.items():
        assert found[name] == pytest.approx(each["real"], rel=0.005), name
    assert violations(run(state, 100)) == []


@pytest.mark.skipif(not REAL.is_dir(), reason="no record of main net beside the project")
def test_the_manifest_says_of_july_what_the_record_says():
    (case,) = json.loads((REAL / "emission_block_8740402.json").read_text())["cases"]
    burned, shares = np.array(case["inputs"]["miner_burned"], float), np.sort(case["expected"])[::-1]
    found = {
        "burn_none": (burned == 0).mean(),
        "burn_all": (burned > 0.999).mean(),
        "burn_mean": burned.mean(),
        "emission_enabled": np.mean(case["inputs"]["emission_enabled"]),
        "block_emission": case["extra"]["total_tao"],
        "injected_tao": sum(case["extra"]["tao_in_rao"]) / 1e9,
        **{f"share_top{count}": shares[:count].sum() for count in (1, 5, 10, 20)},
    }
    known = matches("8740402")
    assert set(found) == set(known)
    for name, value in found.items():
        assert value == pytest.approx(known[name]["real"], rel=0.01), name


@pytest.mark.skipif(not REAL.is_dir(), reason="no record of main net beside the project")
def test_the_open_metagraph_is_like_the_recorded_one():
    record = np.load(REAL / "sn15_block4769998.npz")
    stake = np.sort(record["stake"])[::-1] / record["stake"].sum()
    found = [
        (record["weights"] > 0).any(axis=1).sum(),
        (record["weights"] > 0).sum(),
        stake[0],
        stake[:5].sum(),
    ]
    entries = json.loads((ROOT / "datasets" / "manifest.json").read_text(encoding="utf-8"))["metagraphs"]
    known = next(each for each in entries if each["name"] == "open")["matches"]
    assert [each["real"] for each in known] == pytest.approx(found, rel=0.01)


def test_weights_at_both_ends_of_their_range_are_taken(folder):
    edit("weights.csv", 2, "weight", "0")(folder)
    edit("weights.csv", 3, "weight", str(U16_MAX))(folder)
    row = datasets.load_snapshot(folder).subnet(1).mechanisms[0].weights[1]
    assert row.value.tolist()[:2] == [0, U16_MAX]


@pytest.mark.parametrize("name", ["weight.csv", "root.csv", "subnet.csv"])
def test_a_misspelt_file_is_refused_and_ones_own_is_not(tmp_path, name):
    datasets.save_snapshot(datasets.metagraph("open"), tmp_path)
    (tmp_path / "x_notes.csv").write_text("anything")
    datasets.load_snapshot(tmp_path)
    (tmp_path / name).write_text("netuid\n1\n")
    with pytest.raises(InputError, match="no such file"):
        datasets.load_snapshot(tmp_path)
