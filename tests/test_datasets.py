"""Presets: every file is there, sound, small, and what the manifest says; damage is named."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from bittensor_lab import datasets, epoch, places
from bittensor_lab.errors import InputError

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
    entries = json.loads((places.course("datasets") / "manifest.json").read_text(encoding="utf-8"))["presets"]
    entry = next(e for e in entries if e["name"] == name)
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
    assert sum(path.stat().st_size for path in places.course("datasets").rglob("*.csv")) < 400_000


def test_the_script_makes_the_files(copied):
    source = copied / "make_presets.py"
    before = {
        path.name: path.read_bytes() for path in copied.rglob("*.*") if path.suffix in (".csv", ".json")
    }
    subprocess.run(
        [sys.executable, str(source)],
        check=True,
        cwd=places.PACKAGE.parent,
        env={**__import__("os").environ, "PYTHONPATH": str(places.PACKAGE.parent)},
    )
    after = {path.name: path.read_bytes() for path in copied.rglob("*.*") if path.suffix in (".csv", ".json")}
    assert after == before


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


def test_damaged_file_is_named(copied):
    path = copied / "presets" / "cabal.csv"
    path.write_text(path.read_text().replace("90", "91", 1))
    with pytest.raises(InputError, match=r"cabal\.csv is damaged"):
        datasets.preset("cabal")
    path.unlink()
    with pytest.raises(InputError, match=r"cabal\.csv cannot be read"):
        datasets.preset("cabal")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"presets": 3}', '{"presets": [{}]}'])
def test_damaged_manifest_is_said(copied, text):
    (copied / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        datasets.preset("cabal")
