"""Lesson 14: which choice stops which attack, what it costs honest people, and what the lab says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lesson import run, source

from bittensor_lab import labs
from bittensor_lab.labs import design as lab_module
from bittensor_lab.play import attacks
from bittensor_lab.play import design as views
from bittensor_lab.views import scoring

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("14")
FIRST = views.Design()
BEST = views.Design(rule="sound", challenges=3, private=True, period=2, immunity=3)


@pytest.fixture
def lab():
    made = labs.design_a_subnet()
    yield made
    made.close()


def gain(attack: str, **change: object) -> float:
    frame = views.trial(replace(FIRST, **change)).frame.set_index("attack")
    return float(frame.gain[attack])


def test_each_choice_stops_one_thing():
    assert gain("spoofing miner") > 1 and gain("spoofing miner", challenges=7) > 1
    assert gain("spoofing miner", rule="sound") <= 0
    assert gain("weight copier") > 0 > gain("weight copier", period=1)
    assert gain("cabal, 45 % of stake") < 0 < gain("cabal, 45 % of stake", kappa=0.6)
    assert gain("cabal, 45 % of stake", kappa=0.45) > 0
    assert views.trial(FIRST).blocked == 3 == round(lab_module.bet_strip().truth)


def test_a_sound_rule_makes_copying_pay_until_each_is_asked_its_own():
    assert gain("answer copier") <= 0 < gain("answer copier", rule="sound")
    assert gain("answer copier", rule="sound", private=True) < -0.5


def test_all_five_can_be_blocked_and_everybody_paid_but_not_in_forecasting():
    best = views.trial(BEST)
    assert best.blocked == 5 and best.unpaid == 0 and best.agreement == pytest.approx(1)
    for task in scoring.TASKS:
        blocked = views.trial(replace(BEST, task=task, challenges=7)).blocked
        assert blocked == 5 if task != "forecasting" else blocked < 5, task


def test_at_forecasting_two_attackers_are_paid_whatever_the_rule():
    for rule in scoring.RULES:
        for challenges in range(1, 8):
            for private in (False, True):
                design = replace(BEST, task="forecasting", rule=rule, challenges=challenges, private=private)
                assert views.trial(design).blocked <= 3, design
    miners = scoring.scoring("forecasting", "sound", "spoofs", 7).miners
    assert miners.kind.iloc[-1] == "spoofs" and (miners.pay[:3] < miners.pay.iloc[-1]).all()
    assert miners.pay[:5].max() > miners.pay.iloc[-1] > miners.pay[:5].mean()


@pytest.mark.parametrize("kappa", [0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7])
def test_the_cabal_is_tried_with_just_its_stake(kappa):
    """And not between two stakes, where a step would be drawn as a slope."""
    near = [attacks.net_of_cabal(share, attacks.Defence(kappa=kappa)) for share in (0.449, views.CABAL)]
    found = gain("cabal, 45 % of stake", kappa=kappa)
    assert found == pytest.approx(near[1] / (views.CABAL / 2)) and (found > 0) == (
        kappa <= 0.45 or kappa > 0.55
    )


def test_the_circle_is_the_same_task():
    for task in scoring.TASKS:
        frame = views.trial(views.Design(task)).frame
        assert frame["first"].tolist() == frame.gain.tolist()


def test_secrecy_is_paid_by_newcomers():
    assert views.trial(replace(FIRST, period=3, immunity=2)).unpaid > 0.5
    assert views.trial(replace(FIRST, period=3, immunity=3)).unpaid == 0
    assert views.trial(replace(FIRST, period=0, immunity=2)).unpaid == 0


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "3 of 5 attacks blocked"
    assert "spoofing miner, weight copier" in lab.drawing.subtitle
    assert "spoofing miner +2\u202f217\u00a0%" in lab.drawing.summary
    lab.controls["rule"].value = "sound"
    lab.controls["private"].value = "own"
    assert (
        lab.drawing.title == "4 of 5 attacks blocked" and "Still pays: weight copier." in lab.drawing.subtitle
    )
    lab.controls["period"].values = [2.0]
    assert lab.drawing.title == "5 of 5 attacks blocked" and "None of them pays." in lab.drawing.subtitle


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": 'mine = views.Design(rule="sound", challenges=3, private=True, period=2, immunity=3)',
        "answer-2": "import numpy as np\ndef rank_correlation(skill, pay):\n"
        "    return np.corrcoef(skill.argsort().argsort(), pay.argsort().argsort())[0, 1]",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("mine: right: 5 of 5 attacks blocked")
    assert texts["check-2"].startswith("rank_correlation: right")
    for design, correlation in (
        ("views.Design()", "np.corrcoef(skill, pay)[0, 1]"),
        (
            'views.Design(rule="sound", challenges=7, private=True, period=2)',
            "np.corrcoef(skill.argsort(), pay)[0, 1]",
        ),
    ):
        wrong = {
            "answer-1": f"mine = {design}",
            "answer-2": f"import numpy as np\ndef rank_correlation(skill, pay):\n    return {correlation}",
        }
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]
