"""Lesson 00: a tiny network block by block, its lab without a browser, and what people ask first."""

from __future__ import annotations

import numpy as np
import pytest
from test_lessons import SOURCES, run

from bittensor_lab import bets, labs
from bittensor_lab.block import run as run_chain
from bittensor_lab.labs import blocks as lab_module
from bittensor_lab.play import story as views
from bittensor_lab.presets import demo_network
from bittensor_lab.units import RAO_PER_TAO

SOURCE = next(path for path in SOURCES if path.stem.startswith("00"))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(bets.places, "user_data", lambda: tmp_path)
    lab_module.bet_strip.cache_clear()


@pytest.fixture
def lab():
    made = labs.block_by_block()
    yield made
    made.close()


def test_question_36_a_whole_network_without_a_node():
    """A story is a run of the chain: every block issues what the chain issues, each subnet has two epochs."""
    told = views.story()
    assert told.blocks.block.tolist() == list(range(1_001, 1_001 + views.BLOCKS))
    quiet = demo_network(views.SUBNETS, views.VALIDATORS, len(views.SKILLS) + 1, seed=0)
    issued = run_chain(quiet, views.BLOCKS).total_issuance - quiet.total_issuance
    assert told.blocks.tao.sum() == pytest.approx(issued / RAO_PER_TAO, rel=1e-3)
    assert told.blocks.epochs.sum() == 2 * views.SUBNETS


def test_the_miners_get_forty_one_of_a_hundred():
    for seed in (0, 1, 2):
        assert views.miners_part(views.story(seed)) == pytest.approx(0.41, abs=0.002)


def test_better_work_is_paid_better_and_noise_is_not():
    for seed in (0, 1, 2):
        miners = views.story(seed).miners
        honest, spoofer = miners[:-1], miners.iloc[-1]
        assert honest.score.is_monotonic_increasing and honest.incentive.iloc[-1] > honest.incentive.iloc[0]
        assert spoofer.incentive < honest.incentive.min()
        assert miners.incentive.sum() == pytest.approx(1, abs=0.01)


def test_everything_that_is_signed_is_told():
    told = views.story()
    signed = told.deeds[~told.deeds.who.str.contains("chain")].groupby("block").size()
    rows = told.blocks.set_index("block").extrinsics
    assert (signed.reindex(rows.index, fill_value=0) == rows).all()
    assert told.deeds.what.str.len().min() > 5 and not told.deeds.what.str.contains("nan").any()


def test_the_same_seed_is_the_same_story():
    first = views.story(1)
    views.story.cache_clear()
    second = views.story(1)
    assert first.blocks.equals(second.blocks) and first.deeds.equals(second.deeds)


@pytest.mark.parametrize("name", lab_module.NETWORKS)
def test_every_block_can_be_looked_at(lab, name):
    lab.controls["preset"].value = name
    told = lab.result.story
    for number in (1, 2, int(told.blocks.epochs.to_numpy().argmax()) + 1, views.BLOCKS - 1, views.BLOCKS):
        lab.controls["block"].values = [float(number)]
        row = told.blocks.iloc[number - 1]
        assert lab.drawing.title.startswith(f"Block {row.block:.0f}: {row.extrinsics:.0f} extrinsic")
        assert "τ into 3 subnets" in lab.drawing.title and "The chain puts" in lab.drawing.summary
        assert np.isfinite(views.tables(told, number)["marks"]["size"]).all()
        assert ("epoch" in lab.drawing.title) == bool(row.epochs)


def test_the_code_line_makes_the_frame(lab):
    *lines, last = lab.drawing.code.splitlines()
    namespace: dict[str, object] = {}
    exec("\n".join(lines), namespace)
    assert eval(last, namespace).equals(lab.frame)


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": "def shares(scores):\n    return scores / scores.sum()",
        "answer-2": "all_tao = story.blocks.tao.sum()",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("shares: right") and texts["check-2"] == "all_tao: right\n"
    for answer, number in (("scores / scores.max()", "1"), ("scores", "story.blocks.tao.mean()")):
        wrong = {"answer-1": f"def shares(scores):\n    return {answer}", "answer-2": f"all_tao = {number}"}
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]
