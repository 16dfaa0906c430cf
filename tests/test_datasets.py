"""Data sets: every file is there, sound, small, and what the manifest says; damage is named."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest
from random_chain import digest

from bittensor_lab import datasets, epoch, places
from bittensor_lab.block import run
from bittensor_lab.coinbase import emission_shares, injections, root_is_paid
from bittensor_lab.datasets.files import KINDS, entries
from bittensor_lab.datasets.series import COLUMNS
from bittensor_lab.datasets.tables import written
from bittensor_lab.errors import InputError
from bittensor_lab.invariants import violations
from bittensor_lab.units import ONE, U16_MAX

FOLDER = places.course("datasets")
FILES = [file for kind in KINDS for each in entries(kind) for file in each.get("files", {})]
LOADERS = {
    "presets": datasets.preset,
    "networks": datasets.network,
    "metagraphs": datasets.metagraph,
    "histories": datasets.history,
}
NAMES = datasets.preset_names()


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The data folder, copied to where a test may damage it."""
    folder = tmp_path / "datasets"
    shutil.copytree(places.course("datasets"), folder)
    monkeypatch.setattr(places, "course", lambda part: tmp_path / part)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_preset_is_what_the_manifest_says(name):
    entry = next(each for each in entries("presets") if each["name"] == name)
    world = datasets.preset(name)
    assert world.weights.shape == (entry["rows"], entry["columns"])
    assert len(world.stake) == len(world.groups) == entry["rows"]
    assert world.title and world.sentence.endswith(".")
    assert (world.weights.sum(axis=1) > 0).all() and min(world.stake) > 0


@pytest.mark.parametrize("name", NAMES)
def test_preset_runs(name):
    world = datasets.preset(name)
    terms = epoch.run_epoch(world.inputs())
    assert terms.emission.sum() > 0
    assert terms.incentive[: len(world.stake)].sum() == 0


def test_sizes_cover_the_labs_range():
    shapes = {datasets.preset(name).weights.shape for name in NAMES}
    assert {(5, 6), (8, 12), (64, 256)} <= shapes


def test_stored_weights_scale_each_row_to_the_largest_u16():
    stored = datasets.as_stored(np.array([[1, 2, 4], [0, 0, 0], [7, 0, 1]]))
    assert stored.tolist() == [[16384, 32768, 65535], [0, 0, 0], [65535, 0, 9362]]


def test_change_touches_only_what_is_named():
    world = datasets.preset("one_outlier")
    other = world.change(stake={"V1": 50}, weights={"V4": [1, 1, 1, 1, 1, 1]}, kappa=0.5)
    assert other.stake == (50.0, 25.0, 20.0, 12.0, 8.0)
    assert other.weights[3].tolist() == [1] * 6 and world.weights[3].tolist() != [1] * 6
    assert (other.weights[:3] == world.weights[:3]).all()
    assert other.kappa == world.kappa == 32767


def test_change_of_a_crowd_keeps_its_proportions():
    world = datasets.preset("cabal_256")
    before, after = world.group_stake(), world.change(stake={"cabal": 100}).group_stake()
    assert after["cabal"] == pytest.approx(100) and after["honest"] == pytest.approx(before["honest"])
    assert world.change(stake={"cabal": 0}).change(stake={"cabal": 21}).group_stake()[
        "cabal"
    ] == pytest.approx(21)


@pytest.mark.parametrize(
    "change",
    [
        {"stake": {"V9": 1}},
        {"stake": {"V1": -1}},
        {"weights": {"V1": [1, 2]}},
        {"weights": {"V1": [-1] * 6}},
        {"weights": {"V1": [float("nan")] * 6}},
        {"kappa": 1.5},
    ],
)
def test_change_refuses_what_makes_no_sense(change):
    with pytest.raises(InputError):
        datasets.preset("one_outlier").change(**change)


def test_a_preset_is_frozen():
    with pytest.raises(ValueError, match="read-only"):
        datasets.preset("cabal").weights[0, 0] = 1


def test_unknown_preset_names_the_known():
    with pytest.raises(InputError, match="one_outlier"):
        datasets.preset("nobody")


# --- the manifest ----------------------------------------------------------------------------------


def test_the_manifest_has_every_file_and_says_all_about_it():
    there = {str(path.relative_to(FOLDER).as_posix()) for path in FOLDER.rglob("*.csv")}
    assert sorted(FILES) == sorted(there)
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 2_500_000
    for kind in KINDS:
        for each in entries(kind):
            assert each["sentence"].endswith(".") and each["units"], each["name"]
            if kind == "tasks":
                assert {"package", "version", "shape", "dtype", "sha256"} <= each.keys()
            else:
                assert each["how"] and "seed" in each and each["files"]
    assert {len(entries(kind)) for kind in ("networks", "metagraphs", "histories")} == {1, 3, 2}


def test_real_figures_are_matched_within_the_tolerance_that_is_stated():
    checked = 0
    for kind in KINDS:
        for each in entries(kind):
            for match in each.get("matches", []):
                assert match["source"].startswith("main net, ") and "202" in match["source"]
                assert match["ours"] == pytest.approx(match["real"], rel=match["tolerance"]), match
                assert match["tolerance"] <= 0.1, match
                checked += 1
    assert checked > 25


def run_scripts(folder, *names):
    code = "import runpy, sys; [runpy.run_path(path, run_name='__main__') for path in sys.argv[1:]]"
    environment = {**os.environ, "PYTHONPATH": str(places.PACKAGE.parent)}
    paths = [str(folder / f"make_{name}.py") for name in names]
    subprocess.run([sys.executable, "-c", code, *paths], check=True, cwd=folder, env=environment)


def emptied(folder, kinds):
    """Remove what the manifest has of these kinds, and the files."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for kind in kinds:
        for each in manifest.pop(kind):
            for file in each.get("files", {}):
                (folder / file).unlink()
    path.write_text(json.dumps(manifest), encoding="utf-8")


def assert_as_published(folder):
    for file in [*FILES, "manifest.json"]:
        assert (folder / file).read_bytes() == (FOLDER / file).read_bytes(), file


def test_the_scripts_make_the_files_byte_for_byte(copied):
    known = all(version(each["package"]) == each["version"] for each in entries("tasks"))
    emptied(copied, ["presets", "networks", "metagraphs", *(["tasks"] if known else [])])
    run_scripts(copied, "presets", "mainnet", "metagraphs", *(["tasks"] if known else []))
    assert_as_published(copied)


def test_a_script_needs_no_manifest_to_begin_with(copied):
    (copied / "manifest.json").write_text("{damaged")
    run_scripts(copied, "metagraphs")
    assert datasets.metagraph_names() == ("open", "winner", "self_serving")


def test_the_first_days_of_the_histories_are_made_again():
    made = runpy.run_path(str(FOLDER / "make_histories.py"))["history"](10)
    for name, rows in made.items():
        text = (FOLDER / "histories" / f"{name}.csv").read_text(encoding="utf-8")
        assert len(rows) == 120
        assert text.startswith(written(COLUMNS[name], rows))


# --- damage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["bit", "cut", "gone", "binary"])
@pytest.mark.parametrize("kind", LOADERS)
def test_a_damaged_file_is_named_with_what_to_do(copied, kind, harm):
    first = entries(kind)[0]
    file = list(first["files"])[-1]
    path = copied / file
    raw = path.read_bytes()
    middle = len(raw) // 2
    if harm == "gone":
        path.unlink()
    else:
        flipped = raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]
        path.write_bytes({"bit": flipped, "cut": raw[:middle], "binary": b"\xff\x00" * 50}[harm])
    with pytest.raises(InputError, match=r"is damaged|cannot be read") as caught:
        LOADERS[kind](first["name"])
    assert file in caught.value.what and "datasets/make_" in caught.value.remedy


def test_line_ends_of_another_system_are_no_damage(copied):
    before = digest(datasets.metagraph("open"))
    for file in FILES:
        raw = (copied / file).read_bytes()
        (copied / file).write_bytes(raw.replace(b"\n", b"\r\n"))
    assert datasets.preset("cabal").name == "cabal"
    assert digest(datasets.metagraph("open")) == before
    assert len(datasets.history("flows")) == 2_160


@pytest.mark.parametrize("kind", LOADERS)
def test_an_unknown_name_lists_the_known(kind):
    with pytest.raises(InputError, match=entries(kind)[0]["name"]):
        LOADERS[kind]("nobody")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"presets": 3}', '{"presets": [{}]}'])
def test_damaged_manifest_is_said(copied, text):
    (copied / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        datasets.preset("cabal")


@pytest.mark.parametrize("text", ['{"networks": [{"name": "mainnet_2026", "title": ""}]}', "{}"])
def test_a_manifest_without_files_is_damaged(copied, text):
    (copied / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        datasets.network()


# --- the network -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mainnet_like():
    return datasets.network("mainnet_2026")


def test_the_network_is_whole_and_of_the_size_of_main_net(mainnet_like):
    assert violations(mainnet_like) == []
    assert len(mainnet_like.netuids) == 128
    assert {mainnet_like.subnet(n).n for n in mainnet_like.netuids} == {256}
    setters = [sum(len(row.uid) > 0 for row in mainnet_like.subnet(n).mechanisms[0].weights) for n in (1, 64)]
    assert setters == [12, 12]


def test_the_network_has_the_figures_that_the_manifest_says(mainnet_like):
    found = datasets.figures(mainnet_like)
    (entry,) = entries("networks")
    for match in entry["matches"]:
        assert found[match["figure"]] == pytest.approx(match["ours"], rel=1e-3), match


def test_the_network_pays_as_main_net_does(mainnet_like):
    assert root_is_paid(mainnet_like)  # moving prices sum to more than 1
    shares, terms = emission_shares(mainnet_like), injections(mainnet_like)
    assert shares.sum() == pytest.approx(1.0)
    off = ~mainnet_like.pools.emission_enabled
    assert off[1:].sum() > 30 and shares[off].sum() == 0.0
    capped = sum(excess > 0 for _, _, excess in terms.values())
    assert 20 <= capped <= 60  # 35 on main net, block 8791253
    assert 0.1 < datasets.figures(mainnet_like)["root_proportion_median"] < 0.35


def test_epochs_leave_what_subnets_burn_as_it_was():
    state = datasets.mainnet_network(3, uids=40, validators=5)
    later = run(state, 400)
    assert violations(later) == []
    assert (later.clocks.last_step_block[1:] > 0).all()
    moved = np.abs(later.pools.miner_burned - state.pools.miner_burned)[1:] / ONE
    assert np.median(moved) < 0.01 and moved.max() < 0.1
    assert np.abs(emission_shares(later) - emission_shares(state)).max() < 0.03


def test_the_seed_draws_the_people_and_nothing_else():
    first, again, other = (datasets.mainnet_network(seed, uids=16, validators=3) for seed in (1, 1, 2))
    assert digest(first) == digest(again)
    assert digest(first.pools) == digest(other.pools) and digest(first.subnets) != digest(other.subnets)
    assert digest(first.stake[0]) == digest(other.stake[0]) and digest(first.stake[1]) != digest(
        other.stake[1]
    )


@pytest.mark.parametrize(
    "wrong",
    [{"uids": 1}, {"uids": 257}, {"uids": 8, "validators": 8}, {"validators": 0}, {"validators": 65},
     {"seed": -1}, {"seed": 0.5}, {"uids": True}],
)  # fmt: skip
def test_an_impossible_number_of_people_is_refused(wrong):
    with pytest.raises(InputError, match=next(iter(reversed(wrong)))):
        datasets.mainnet_network(**wrong)


def test_a_network_of_owners_and_validators_only_is_possible():
    state = datasets.mainnet_network(0, uids=2, validators=1)
    assert violations(run(state, 30)) == []


# --- metagraphs ------------------------------------------------------------------------------------


def paid(name):
    inputs = datasets.metagraph_inputs(name)
    terms = epoch.run_epoch(inputs)
    assert terms.emission.sum() == pytest.approx(inputs.rao_emission, rel=1e-6)
    return terms.incentive / U16_MAX


def test_three_kinds_of_subnet_pay_in_three_ways():
    everyone, winner, owner = paid("open"), paid("winner"), paid("self_serving")
    assert (everyone > 0).sum() > 200 and everyone.max() < 0.05
    assert winner.max() > 0.8 and winner.argmax() == 13
    assert owner[0] > 0.85


@pytest.mark.parametrize("name", datasets.metagraph_names())
def test_a_metagraph_is_a_network_that_goes_on(name):
    state = datasets.metagraph(name)
    assert state.subnet(1).n == 256 and violations(state) == []
    later = run(state, 400)
    assert violations(later) == [] and later.subnet(1).emission.sum() > 0


# --- series ----------------------------------------------------------------------------------------


def test_histories_tell_one_story():
    prices, flows = datasets.history("prices"), datasets.history("flows")
    for table in (prices, flows):
        assert len(table) == 180 * 12 and set(table.netuid) == set(range(1, 13))
        assert table.day.min() == 1 and table.day.max() == 180
        assert np.isfinite(table.to_numpy(float)).all()
    pools = prices.pivot(index="day", columns="netuid", values="tao_in").diff().dropna()
    moved = (flows.user_flow + flows.protocol_flow).groupby([flows.day, flows.netuid]).sum().unstack().loc[2:]
    assert pools.to_numpy() == pytest.approx(moved.to_numpy(), abs=1e-3)  # TAO in a pool is what flowed in
    assert prices.price.to_numpy() == pytest.approx((prices.tao_in / prices.alpha_in).to_numpy(), rel=1e-3)
    daily = flows.groupby("day").protocol_flow.sum()
    assert daily.between(3_400, 3_600).all()  # in TAO: 7,200 blocks of half a TAO, nearly all of it


def test_prices_move_as_markets_do():
    prices = datasets.history("prices").pivot(index="day", columns="netuid", values="price")
    steps = np.log(prices).diff().dropna()
    assert 0.01 < steps.to_numpy().std() < 0.15  # a day's move
    assert steps.kurt().median() > 1.0  # now and then a large one
    shares = datasets.history("prices").groupby("day").emission_share.sum()
    assert shares.to_numpy() == pytest.approx(np.ones(180), abs=1e-4)


def test_the_tasks_have_the_data_that_the_course_was_made_with(monkeypatch):
    if all(version(each["package"]) == each["version"] for each in entries("tasks")):
        assert datasets.changed_task_data() == []
    from bittensor_lab.tasks import forecasting

    other = forecasting.series() + 1.0
    monkeypatch.setattr(forecasting, "series", lambda: other)
    assert any("forecasting" in sentence for sentence in datasets.changed_task_data())
