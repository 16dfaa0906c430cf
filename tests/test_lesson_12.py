"""Lesson 12: what attacks gain and cost, what stops them, and what the lab and the lesson say of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import labs, scenarios
from bittensor_lab.block import apply
from bittensor_lab.block import run as run_blocks
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.extrinsics import AddStake
from bittensor_lab.labs import attacks as lab_module
from bittensor_lab.params import Hyperparameters
from bittensor_lab.play import attacks as views
from bittensor_lab.regimes import regime
from bittensor_lab.units import U16_MAX

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("12")


@pytest.fixture
def lab():
    made = labs.attacks_and_defences()
    yield made
    made.close()


def net(kind: str, **defence: object) -> np.ndarray:
    return views.attack(kind, 0.0, views.Defence(**defence)).curve.net.to_numpy()


@pytest.mark.parametrize("kappa", [0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
def test_any_kappa_but_one_half_serves_the_cabal(kappa):
    assert views.least_share(kappa) == pytest.approx(min(kappa, 1 - kappa), abs=0.021)


@pytest.mark.parametrize("kappa", [0.4, 0.5, 0.7])
def test_below_kappa_nobody_is_lifted_above_the_highest_honest_weight(kappa):
    for share in (0.1, kappa - 0.02):
        lifted, honest = views.consensus_of_its_miner(share, kappa)
        assert lifted <= honest + 1e-4
    lifted, honest = views.consensus_of_its_miner(kappa + 0.02, kappa)
    assert lifted > 10 * honest


def test_below_one_half_a_cabal_loses_up_to_a_quarter():
    curve = views.attack("cabal", 0.0).curve
    below = curve[curve["size"] < 0.495]
    assert (below.net < 0).all() and 0.2 < -below.net.min() < 0.25
    assert (curve[curve["size"] > 0.505].net > 0.5).all()
    worst = [round(-100 * net("cabal", penalty=penalty).min()) for penalty in (1.0, 0.0)]
    assert worst == [24, 20]
    assert (net("cabal", penalty=0.0) > 0).tolist() == (net("cabal") > 0).tolist(), "no penalty stops it"


def test_a_pump_pays_under_the_gate_and_never_without_it():
    assert (net("pump", regime="F") < 0).all()
    assert (net("pump", regime="G") > 0).all() and net("pump", regime="G")[-1] > 20
    assert net("pump", regime="C")[0] > 10
    assert net("pump", regime="B")[0] < 0 < net("pump", regime="B")[-1]


def test_c_is_leaned_on_most_easily_then_g_then_b():
    small, _, *_, large = (np.array([net("pump", regime=letter)[n] for letter in "CGBF"]) for n in range(9))
    assert (np.diff(small) < 0).all() and (np.diff(large)[[1, 2]] < 0).all()


@pytest.mark.parametrize(
    ("letter", "part", "points"), [("F", 0.1, 2.7), ("G", 0.1, 7), ("F", 1, 27), ("G", 1, 50)]
)
def test_what_a_purchase_draws(letter, part, points):
    """About twice as much under the gate, and more where one buys little."""
    quiet = views._market(letter)
    bought, _ = apply(quiet, AddStake("whale", "validator-1", 1, int(part * int(quiet.pools.tao_in[1]))))
    late = [100 * emission_shares(run_blocks(state, views.HELD))[1] for state in (quiet, bought)]
    assert late[1] - late[0] == pytest.approx(points, abs=0.5)


def test_under_c_a_tenth_of_the_pool_is_most_of_the_block():
    quiet = views._market("C")
    bought, _ = apply(quiet, AddStake("whale", "validator-1", 1, int(quiet.pools.tao_in[1]) // 10))
    for blocks in (1, views.HELD):
        shares = [emission_shares(run_blocks(state, blocks))[1] for state in (quiet, bought)]
        assert [round(100 * share) for share in shares] == [28, 70]


def test_a_bad_test_is_not_mended_by_more_of_it():
    assert (net("spoof", rule="tempting") > 0.4).all()
    assert (net("spoof", rule="sound") < 0).all()


def test_question_16_what_a_new_holder_inherits_is_a_habit():
    frame = scenarios.run("uid inheritance").frame.set_index("validators")
    assert frame.epoch_2["say nothing more"] == 0
    assert frame.epoch_2["repeat their weights by uid"] == pytest.approx(1.0, abs=0.05)
    assert (frame.loc[["look again", "look again, secret for 1 epoch"], "epoch_2"] > 2).all()
    sealed = frame.loc["look again, secret for 2 epochs"]
    assert sealed.epoch_2 == pytest.approx(1.0, abs=0.05) and sealed.epoch_3 > 2


def test_one_of_the_suspects_pays_its_owner():
    suspects = views.suspects()
    own = suspects["to the owner's keys"]
    assert (own > 0.5).sum() == 1 and (own == 0).sum() == 2
    winner = suspects[own == 0]["largest part"].max()
    assert winner > 0.5, "that one takes nearly all does not give it away"
    assert round(Hyperparameters().kappa / U16_MAX, 3) == 0.5


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "The cabal pays from 50\u00a0% of the stake on"
    lab.controls["kappa"].values = [0.7]
    assert lab.drawing.title == "The cabal pays from 32\u00a0% of the stake on"
    assert "With kappa one half" in lab.drawing.summary
    lab.controls["kappa"].values = [0.5]
    assert "With kappa one half" not in lab.drawing.summary, "it is that"
    lab.controls["preset"].value = "pump"
    assert lab.drawing.title == "The pump never pays" and "a gain of −0.1\u00a0τ" in lab.drawing.subtitle
    assert lab.controls["kappa"].hidden and not lab.controls["regime"].hidden
    lab.controls["regime"].value = "G"
    assert lab.drawing.title == "The pump pays at every size" and "a profit of 4" in lab.drawing.subtitle
    lab.controls["preset"].value = "spoof"
    assert lab.drawing.title == "The spoofer never gets more than honest work"
    assert "best at 1 challenge: " in lab.drawing.summary
    assert lab_module.bet_strip().truth == pytest.approx(32, abs=0.1)


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    letter = views.suspects()["to the owner's keys"].idxmax()
    right = {
        "answer-1": f'gamed = "{letter}"',
        "answer-2": "def least_stake(kappa):\n    return min(kappa, 1 - kappa)",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("gamed: right") and texts["check-2"].startswith("least_stake: right")
    others = [each for each in "ABC" if each != letter]
    for gamed, least in ((others[0], "kappa"), (others[1], "1 - kappa")):
        wrong = {
            "answer-1": f'gamed = "{gamed}"',
            "answer-2": f"def least_stake(kappa):\n    return {least}",
        }
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]


def test_b_with_the_injection_of_f_is_f(monkeypatch):
    """What makes a pump pay under B is where the TAO goes, not how it is shared."""
    market = views._market

    def mixed(emission, injection):
        state = market(emission)
        rule = regime(injection).injection_rule
        monkeypatch.setattr(
            views,
            "_market",
            lambda letter: replace(state, network=replace(state.network, injection_rule=rule)),
        )
        views._drift.cache_clear()
        gain, cost = views._pump(1.0, views.Defence(regime=emission))
        return gain - cost

    assert mixed("B", "F") == pytest.approx(mixed("F", "F")) and mixed("F", "F") < 0
    assert mixed("F", "B") == pytest.approx(mixed("B", "B")) and mixed("B", "B") > 0
    views._drift.cache_clear()


def test_who_blocks_with_nothing_on_their_miner_blocks_everybody():
    rules = Hyperparameters(commit_reveal=False, kappa=round(0.7 * 65535))
    for given, paid in ((0, 0), (1, 65535)):
        weights = [[500, 400, given], [500, 400, given], [0, 0, 1000]]
        terms = run_epoch(
            matrix_inputs([30 * 10**12, 30 * 10**12, 40 * 10**12], weights, hyperparameters=rules)
        )
        assert terms.incentive[5] == paid == terms.incentive.sum()
