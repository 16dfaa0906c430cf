"""Lesson 05: what copying comes to, its lab without a browser, and the questions that it answers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import labs
from bittensor_lab.params import Hyperparameters
from bittensor_lab.views import copying as views

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("05")


@pytest.fixture
def lab():
    made = labs.weight_copying()
    yield made
    made.close()


def gains(liquid: bool = False, **rules: float) -> np.ndarray:
    """The gain [delays], the mean over three seeds."""
    curves = [views.copying(0, liquid, views.Rules(**rules, seed=seed)).curve for seed in range(3)]
    return np.mean([curve[curve.shown].gain for curve in curves], axis=0)


def test_question_15_copying_pays_in_the_open_and_costs_what_changes_meanwhile():
    lively = gains(drift=0.1, noise=0.05)
    assert lively[0] > 0.005 and lively[4] < -0.03
    assert all(later < sooner + 0.005 for sooner, later in pairwise(lively))
    race = gains(drift=0.35, noise=0.05)
    assert (race[1:] < lively[1:] - 0.03).all(), "faster miners, dearer copies"
    assert (gains(drift=0.0, noise=0.1) > 0.005).all(), "where nothing changes, secrecy protects nothing"
    erring = gains(drift=0.1, noise=0.2)
    assert (erring > lively + 0.02).all(), "the more the honest err, the smaller the loss"


def test_a_copier_of_perfect_validators_in_the_open_is_one_of_them():
    assert np.abs(gains(drift=0.1, noise=0.0)[0]) < 1e-4


def test_the_crowd_is_wise():
    assert gains(drift=0.02, noise=0.3)[0] > gains(drift=0.02, noise=0.05)[0] > 0


def test_question_18_liquid_alpha_forgives_old_weights_faster():
    assert (gains(True, drift=0.35, noise=0.05)[2:] > gains(False, drift=0.35, noise=0.05)[2:] + 0.01).all()
    race = views.Rules(drift=0.35, noise=0.1)
    said = [round(-100 * views.copying(4, liquid, race).gain) for liquid in (True, False)]
    assert said == [21, 27], "as the text says of the race, four epochs late"


def test_question_14_the_period_after_which_a_newcomer_dies_first():
    rules = Hyperparameters()
    periods = [p for p in range(1, 101) if (p + 1) * rules.tempo > rules.immunity_period]
    assert periods[0] == 13 and rules.reveal_period_epochs == 1


def test_the_same_case_is_the_same_table():
    first, second = (views.copying(3, True, views.Rules(0.2, 0.1, seed=4)) for _ in range(2))
    views.dividends.cache_clear()
    third = views.copying(3, True, views.Rules(0.2, 0.1, seed=4))
    assert first.curve.equals(second.curve) and first.curve.equals(third.curve)
    assert first.gain == pytest.approx(first.course.copier.mean() / first.course.honest.mean() - 1)


def test_the_sentences_say_what_the_data_say(lab):
    lab.controls["delay"].values = [0.0]
    assert lab.drawing.title == "In the open, copying pays 1\u00a0%"
    lab.controls["delay"].values = [4.0]
    cost = round(-100 * lab.result.gain)
    assert lab.drawing.title == f"4 epochs late, copying costs {cost}\u00a0%" and cost > 2
    assert "from one epoch on" in lab.drawing.summary
    lab.controls["preset"].value = "settled"
    assert "costs nothing at any delay up to 8 epochs, and pays up to 8 epochs" in lab.drawing.summary
    lab.controls["preset"].value = "race"
    assert "liquid alpha it would be much the same" in lab.drawing.summary
    lab.controls["delay"].values = [4.0]
    assert "move by liquid alpha it would cost 21\u00a0%" in lab.drawing.summary
    lab.controls["rule"].value = "liquid"
    assert "move by one rate it would cost 27\u00a0%" in lab.drawing.summary
    lab.controls["noise"].values = [0.0]
    assert "pays nowhere" in lab.drawing.summary


def test_the_table_of_the_bet_is_what_the_honest_gave():
    table = views.newest(views.Rules(0.1, 0.05))
    assert table.shape == (5, views.MINERS) and table.sum(axis=1).to_numpy() == pytest.approx(np.full(5, 100))
    given = views.opinions(views.Rules(0.1, 0.05))[-1].mean(axis=0)
    assert table.loc["newest"].to_numpy() == pytest.approx(100 * given / given.sum())
    changes = np.abs(table.to_numpy()[1:] / table.to_numpy()[:-1] - 1)
    assert 0.03 < changes.mean() < 0.15, "about a tenth from epoch to epoch"


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    losses = -views.copying(1, rules=views.Rules(drift=0.35, noise=0.1)).curve.query("shown").gain.to_numpy()
    period = int(np.flatnonzero(losses > 0.2)[0])
    right = {
        "answer-1": "def copied(given, delay):\n    return given[-1 - delay].mean(axis=0)",
        "answer-2": f"shortest_period = {period}",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("copied: right") and texts["check-2"] == "shortest_period: right\n"
    for answer, said in (
        ("def copied(given, delay):\n    return given[delay].mean(axis=0)", "not right yet"),
        ("def copied(given, delay):\n    return given[-1 - delay][0]", "not right yet"),
    ):
        wrong = {"answer-1": answer, "answer-2": f"shortest_period = {period - 1}"}
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert said in texts["check-1"] and said in texts["check-2"]
    texts, _ = run(SOURCE, tmp_path, monkeypatch, {"answer-2": f"shortest_period = {period + 1}"})
    assert "less would do" in texts["check-2"]
