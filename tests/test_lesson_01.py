"""Lesson 01: issuance and halvings, its lab without a browser, and the question that it answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import labs
from bittensor_lab.chain import Chain
from bittensor_lab.kernels.emission import SUPPLY, block_emission
from bittensor_lab.presets import demo_network
from bittensor_lab.scenarios.base import rich
from bittensor_lab.units import RAO_PER_TAO
from bittensor_lab.views import issuance as views

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("01")
HALF = views.threshold(1)


@pytest.fixture
def lab():
    made = labs.issuance_and_halvings()
    yield made
    made.close()


def test_question_25_the_reward_is_that_of_the_chain_itself():
    """A chain whose issuance crosses the first halving issues what the view says on both sides."""
    state = demo_network(2, 3, 4, seed=1)
    missing = SUPPLY // 2 - state.total_issuance - 5 * RAO_PER_TAO
    chain = Chain(rich(state, "everybody", missing))
    for _ in range(20):
        before = chain.state.total_issuance
        chain.run(1)
        issued = (chain.state.total_issuance - before) / RAO_PER_TAO
        assert issued == pytest.approx(views.issuance(before / RAO_PER_TAO).reward, abs=1e-6)
    assert views.issuance(HALF - 1).reward == 1.0 and views.issuance(HALF).reward == 0.5


def test_thresholds_are_where_the_reward_changes():
    for number in range(1, 10):
        rao = round(views.threshold(number) * RAO_PER_TAO)
        assert block_emission(rao) * 2 == block_emission(rao - 1)
        assert views.halvings_before(rao) == number == views.halvings_before(rao - 1) + 1


def test_a_halving_has_no_date():
    plain, recycled, burned = (views.issuance(HALF, *rest) for rest in ((), (1_000,), (0, 1_000)))
    assert plain.years == pytest.approx(5_250_000 / 3_600 / 365, abs=0.01)
    assert recycled.years == pytest.approx(5_250_000 / 2_600 / 365, abs=0.01)
    assert burned.years == plain.years and burned.halvings.equals(plain.halvings)


def test_the_table_of_the_reveal():
    rows = views.issuance(HALF, 1_000).halvings
    assert (
        rows.years.round(1).tolist()[1:3] == [5.5, 14.5]
        and np.isinf(rows.years[3])
        and np.isnan(rows.years[0])
    )
    assert rows.reward.head(4).round(4).tolist() == [0.5, 0.25, 0.125, 0.0625] and views.YEARS == 24
    half = [amount for amount in range(0, 21_000_000, 250_000) if views.issuance(amount).reward == 0.5]
    assert (half[0], half[-1]) == (10_500_000, 15_500_000)


def test_recycling_more_than_is_issued_holds_the_issuance_at_a_threshold():
    found = views.path(10_400_000, 4_000)
    assert abs(found[-1] - HALF) < 8_000 and found.max() < HALF + 8_000
    assert np.isinf(views.issuance(HALF, 4_000).years)


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "0.5 τ a block until 15.75\u00a0M"
    lab.controls["recycled"].values = [3_600.0]
    assert lab.drawing.title == f"0.5 τ a block, and no halving in {views.YEARS} years"
    lab.controls["existing"].values = [21.0]
    assert lab.drawing.title == "Nothing is left to be issued"
    assert math.isclose(lab.bet.truth, views.issuance(HALF, 1_000).years)


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": "def halving_at(n):\n    return 21_000_000 * (1 - 0.5**n)",
        "answer-2": "recycled_a_day = 1_800",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("halving_at: right") and texts["check-2"] == "recycled_a_day: right\n"
    for answer, amount, said in (
        ("def halving_at(n):\n    return 21_000_000 * 0.5**n", 1_799, "not right yet"),
        ("def halving_at(n):\n    return 10_500_000 * n", 1_801, "less would do"),
    ):
        wrong = {"answer-1": answer, "answer-2": f"recycled_a_day = {amount}"}
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and said in texts["check-2"]
