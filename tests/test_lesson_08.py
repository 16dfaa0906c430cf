"""Lesson 08: what the pool says, the sentences of its lab, and the questions that it answers."""

from __future__ import annotations

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import labs
from bittensor_lab.labs import pool as lab_module
from bittensor_lab.views import pool as views

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("08")
EVEN = views.Pool()


@pytest.fixture
def lab():
    made = labs.the_pool()
    yield made
    made.close()


def test_question_21_impact_slippage_and_tolerance_are_three_things():
    small, large = (views.trade(EVEN, asked=asked).quote for asked in (10.0, 1_000.0))
    assert small.slippage == pytest.approx(small.price_impact / 2, rel=0.01)
    assert large.price_impact == pytest.approx(2 * large.slippage, rel=0.2) and large.slippage > 0.17
    assert large.fee / 1e12 == pytest.approx(33 / 65_535, rel=1e-6)
    limited = views.trade(EVEN, asked=1_000.0, tolerance=0.05)
    assert limited.quote.price_impact == pytest.approx(0.05, abs=1e-5), (
        "the limit is for the price afterwards"
    )
    assert 0.02 < limited.quote.slippage < 0.0251 and 0 < limited.filled < 1


def test_question_22_the_price_is_not_tao_over_alpha_where_weights_are_uneven():
    for weight in (0.35, 0.5, 0.65):
        view = views.trade(views.Pool(quote_weight=weight))
        assert view.price == pytest.approx((1 - weight) / weight / views.PER_TAO, rel=1e-6)
    assert views.trade(views.Pool(quote_weight=0.35)).price > 1.8 / views.PER_TAO


def test_question_27_the_moving_price_lags_by_months():
    lagged = views.lag(30).moving_price
    closed = (lagged - 0.25) / 0.25
    assert closed[0] == 0 and 0.01 < closed[1] < 0.02 and closed[30] < 0.5
    assert lagged.is_monotonic_increasing


def test_question_27_all_holders_together_cannot_leave_at_the_price():
    leaving = views.trade(EVEN, buys=False, asked=1_000.0)
    assert leaving.quote.out / 1e9 < 0.86 * 1_000
    most = views.trade(views.Pool(300.0), buys=False, asked=1_000.0).quote
    assert 200 < most.out / 1e9 < 300 and -1 < most.price_impact < -0.9


def test_a_round_trip_costs_only_fees():
    for tao in (1.0, 100.0, 1_000.0):
        back = views.round_trip(views.Pool(1_000.0), tao)["got out"].iloc[-1]
        assert tao * (1 - 2.1 * 33 / 65_535) < back < tao
    trip = views.round_trip(lab_module.BET_POOL, lab_module.BET_TAO)
    assert trip.slippage.iloc[0] == pytest.approx(1.0, abs=0.01), "a hundred per cent, as the text says"
    assert lab_module.bet_strip().truth == pytest.approx(999.2, abs=0.1)


def test_what_the_quicker_one_gains_you_lose_and_a_limit_stops_it():
    open_to_all, limited = (views.sandwich(EVEN, 200, 1_000, part) for part in (views.NO_LIMIT, 0.05))
    you, quicker = open_to_all["gain, τ"]
    assert quicker > 50 and you == pytest.approx(-quicker, rel=0.01)
    assert limited["gain, τ"][0] == 0 and limited["τ put in"][0] == 0 and limited["gain, τ"][1] < 0


def test_parts_cost_as_much_as_the_whole():
    whole, parts = (views.in_parts(EVEN, 1_000, n) for n in (1, 10))
    assert whole == pytest.approx(parts, rel=1e-9)


@pytest.mark.parametrize("weight", [0.3, 0.5, 0.7])
def test_the_curve_is_the_formula(weight):
    pool = views.Pool(2_000.0, weight)
    curve = views.trade(pool).curve
    put_in = curve.tao * (1 - 33 / 65_535)
    out = 2_000 * views.PER_TAO * (1 - (2_000 / (2_000 + put_in)) ** (weight / (1 - weight)))
    price = (1 - weight) / weight * (2_000 + put_in) / (2_000 * views.PER_TAO - out)
    assert curve.price.to_numpy() == pytest.approx(price.to_numpy(), rel=1e-6)
    assert np.diff(curve.price).min() > 0


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "100 τ moves the price 3.5\u00a0%".replace("100 τ", "100\u00a0τ")
    lab.controls["tolerance"].values = [0.0]
    assert lab.drawing.title.startswith("Nothing is traded") and lab.result.filled == 0
    lab.controls["tolerance"].values = [0.02]
    assert lab.drawing.title.startswith("The limit stops the trade at 5")
    assert "The pool holds 5\u202f700\u00a0τ and 171\u202f000\u00a0α" in lab.drawing.summary
    lab.controls["preset"].value = "uneven"
    assert "while TAO over alpha is 0.0333" in lab.drawing.summary
    lab.controls["side"].value = "sell"
    assert "lower the price by" in lab.drawing.title


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": "def average_price(tao, alpha, paid):\n    return (tao + paid) / alpha",
        "answer-2": (
            "def bought(tao, alpha, paid, limit):\n"
            "    paid = min(paid, (limit * tao * alpha) ** 0.5 - tao)\n"
            "    return alpha * paid / (tao + paid)"
        ),
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("average_price: right") and texts["check-2"].startswith(
        "bought: right"
    )
    for first, second in (
        ("tao / alpha", "alpha * paid / (tao + paid)"),  # the spot price; no limit
        ("tao / alpha * (1 + paid / tao) ** 2", "min(paid, limit * alpha - tao) / limit"),  # price after
    ):
        wrong = {
            "answer-1": f"def average_price(tao, alpha, paid):\n    return {first}",
            "answer-2": f"def bought(tao, alpha, paid, limit):\n    return {second}",
        }
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]
