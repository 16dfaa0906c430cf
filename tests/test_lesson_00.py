"""Lesson 00: a tiny network block by block, its lab without a browser, and what people ask first."""

from __future__ import annotations

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import labs
from bittensor_lab.block import run as run_chain
from bittensor_lab.charts.blocks import BLOCKS
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.labs import blocks as lab_module
from bittensor_lab.play import story as views
from bittensor_lab.presets import demo_network
from bittensor_lab.units import RAO_PER_TAO

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("00")


@pytest.fixture
def lab():
    made = labs.block_by_block()
    yield made
    made.close()


def test_question_36_a_whole_network_without_a_node():
    """A story is a run of the chain: every block issues what the chain issues, each subnet has two epochs."""
    told = views.story()
    assert told.blocks.block.tolist() == list(range(views.FIRST, views.FIRST + views.BLOCKS))
    quiet = demo_network(views.SUBNETS, views.VALIDATORS, len(views.SKILLS) + 1, seed=0)
    issued = run_chain(quiet, views.BLOCKS).total_issuance - quiet.total_issuance
    assert told.blocks.tao.sum() == pytest.approx(issued / RAO_PER_TAO, rel=1e-3)
    assert told.blocks.epochs.sum() == 2 * views.SUBNETS


def test_the_miners_get_forty_one_of_a_hundred():
    for seed in (0, 1, 2):
        assert views.miners_part(views.story(seed)) == pytest.approx(0.41, abs=0.002)


def test_better_work_is_paid_better_noise_is_not_and_the_best_does_not_take_all():
    for seed in (0, 1, 2):
        miners = views.story(seed).miners
        honest, spoofer = miners[:-1], miners.iloc[-1]
        assert honest.score.is_monotonic_increasing and honest.incentive.iloc[-1] > honest.incentive.iloc[0]
        assert 0 < spoofer.incentive < honest.incentive.min()
        assert miners.incentive.max() < 0.5
        assert miners.incentive.sum() == pytest.approx(1, abs=0.01)


def test_judges_decide_who_is_paid():
    """The same answers and the same chain; the validators go by loudness, and noise is paid most."""
    right, loud = views.story(), views.story(rule="tempting")
    assert right.answers.equals(loud.answers)
    assert loud.blocks.alpha.to_numpy() == pytest.approx(right.blocks.alpha.to_numpy(), abs=1e-6)
    assert loud.miners.incentive.idxmax() == len(views.SKILLS) == loud.answers.loud.iloc[1:].argmax()
    assert right.miners.incentive.idxmin() == len(views.SKILLS)


def test_what_came_back_is_scored_as_it_stands():
    answers = views.story().answers
    sent, *given = (row.split() for row in answers.symbols)
    same = [np.mean([a == b for a, b in zip(sent, row, strict=True)]) for row in given]
    assert answers.right.iloc[1:].tolist() == pytest.approx(same)
    assert len(given) == len(views.SKILLS) + 1 and answers.loud.between(0, 1).all()
    assert answers.right[0] == 1 and answers.loud[0] == pytest.approx(0.21, abs=0.005)


def test_the_chain_holds_the_scores_as_shares_and_nothing_else():
    for seed in (0, 1, 2):
        told = views.story(seed)
        assert len(views.HOTKEYS) * views.SAMPLES == 9, "sounds behind a mean score"
        shares = told.scores / told.scores.sum(axis=1, keepdims=True)
        assert told.weights == pytest.approx(shares, abs=1e-4)


def test_question_1_how_emission_reaches_a_wallet():
    """A block's TAO goes into pools; alpha is paid once a tempo, to four; a miner's comes to its hotkey."""
    told = views.story()
    paying = told.blocks[told.blocks.epochs > 0]
    assert told.blocks.tao.to_numpy() == pytest.approx(1, abs=1e-6)
    assert len(paying) == 6 and (told.blocks.alpha > 0).sum() == 6
    parts = dict(zip(told.pay.to, told.pay.part, strict=True))
    assert told.pay.part.sum() == pytest.approx(1)
    assert parts["the subnet's owner"] == pytest.approx(0.18, abs=1e-4)
    assert parts["its miners"] == pytest.approx(0.41, abs=1e-4)
    assert parts["its miners"] == pytest.approx(told.pay.part[2:].sum(), abs=1e-4)
    assert told.pay.alpha.sum() == pytest.approx(60) == pytest.approx(paying.alpha.iloc[-1])
    assert paying.block.iloc[-1] == 1_119
    assert told.miners.alpha.sum() == pytest.approx(told.pay.alpha[1])


def test_the_same_alpha_is_worth_more_on_one_subnet_than_on_another():
    worth = views.story().worth
    assert (
        worth.alpha.to_numpy() == pytest.approx(worth.alpha[0], abs=1e-6)
        and worth.tao.max() > 2 * worth.tao.min()
    )
    assert (worth.tao < worth.alpha * worth.price).all()


def test_a_block_without_extrinsics_is_not_empty_and_block_1059_pays_the_first_subnet():
    for rule, best in (("sound", "miner-1-3"), ("tempting", "miner-1-4")):
        told = views.story(rule=rule)
        assert told.blocks.set_index("block").extrinsics[1_059] == 0
        assert "pays the epoch of subnet 1: 10.6\u00a0α to its owner" in views.summary(told, 1_059)
        assert f"to miners ({best} gets" in views.summary(told, 1_059)


def test_real_chain_a_block_issues_half_a_tao_once_half_of_all_is_issued():
    assert block_emission(21 * 10**15 // 2) == RAO_PER_TAO // 2
    assert block_emission(demo_network(views.SUBNETS).total_issuance) == RAO_PER_TAO


def test_everything_that_is_signed_is_told():
    told = views.story()
    assert lab_module.load("loud")["block"]["values"] == [1006.0], "where the lesson sends one back to"
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
    rows, block = told.blocks.set_index("block", drop=False), lab.controls["block"]
    assert [block.low, block.high] == [rows.index[0], rows.index[-1]]
    assert BLOCKS[0] < rows.index[0] and rows.index[-1] < BLOCKS[1]
    for number in (*rows.index[[0, 1, -2, -1]], rows.epochs.idxmax()):
        block.values = [float(number)]
        row = rows.loc[number]
        assert lab.drawing.title.startswith(f"Block {row.block:.0f}: {row.extrinsics:.0f} extrinsic")
        assert row.extrinsics == row.weights + row.trades
        assert "τ into 3 subnets" in lab.drawing.title and "The chain puts" in lab.drawing.summary
        assert np.isfinite(views.tables(told, number)["marks"]["size"]).all()
        assert ("epoch" in lab.drawing.title) == bool(row.epochs)


def test_the_code_line_makes_the_frame(lab):
    lab.controls["preset"].value = "loud"
    *lines, last = lab.drawing.code.splitlines()
    namespace: dict[str, object] = {}
    exec("\n".join(lines), namespace)
    assert eval(last, namespace).equals(lab.frame)


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": "def shares(scores):\n    return scores / scores.sum()",
        "answer-2": "paying_blocks = (story.blocks.alpha > 0).sum()",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("shares: right") and texts["check-2"] == "paying_blocks: right\n"
    for answer, number in (("scores / scores.max()", "121"), ("scores", "2")):
        wrong = {
            "answer-1": f"def shares(scores):\n    return {answer}",
            "answer-2": f"paying_blocks = {number}",
        }
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]
