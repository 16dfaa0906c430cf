"""Scenarios: each shows the effect it teaches, over several seeds; a sign, a ratio or a threshold."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bittensor_lab import scenarios
from bittensor_lab.errors import InputError
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network
from bittensor_lab.scenarios import SCENARIOS, base, work
from bittensor_lab.scenarios.page import page

SEEDS = range(3)
PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "scenarios.md"


@cache
def play(name, seed):
    return scenarios.run(name, seed)


def played(name):
    return [play(name, seed) for seed in SEEDS]


# --- consensus -----------------------------------------------------------------------------------


def test_a_cabal_decides_only_above_kappa():
    for outcome in played("cabal"):
        half = outcome.frame[outcome.frame.kappa == 0.5]
        below, above = half[half.cabal_stake < 0.5], half[half.cabal_stake > 0.5]
        assert (above.incentive > 0.99).all() and (below.incentive < 0.05).all()
        assert below.incentive.is_monotonic_increasing  # it does rise below kappa, by a little
        assert outcome.number > 20


def test_below_kappa_no_consensus_is_above_what_an_honest_validator_gave():
    for outcome in played("cabal"):
        frame = outcome.frame
        below = frame[frame.cabal_stake < frame.kappa]
        assert (below.consensus <= below.honest_weight).all()
        assert (frame[frame.cabal_stake > frame.kappa].consensus > 0.99).all()
        assert (below.incentive > below.honest_weight).any()  # the incentive can be


def test_any_other_kappa_serves_a_cabal_of_two_fifths():
    for outcome in played("cabal"):
        two_fifths = outcome.frame[outcome.frame.cabal_stake == 0.4].set_index("kappa").incentive
        low, half, high = two_fifths
        assert half < 0.05 < 0.3 < low
        assert high > 0.99  # it keeps everybody else from consensus


# --- bonds ---------------------------------------------------------------------------------------


def test_moving_with_the_majority_pays_best():
    for outcome in played("new miner"):
        frame = outcome.frame.set_index("mover")
        assert outcome.number > 1
        for rule in ("Yuma 2", "Yuma 3", "liquid alpha"):
            assert frame[rule].idxmax() == "with the majority"
            assert frame[rule]["ahead of all"] < frame[rule]["ahead"]
            assert frame[rule]["never"] < 0.35 * frame[rule]["with the majority"]


def test_without_the_penalty_the_first_is_paid_best():
    for outcome in played("new miner"):
        earned = outcome.frame["no penalty"]
        assert earned.is_monotonic_decreasing


def test_who_is_late_loses_less_by_yuma_3_and_least_by_liquid_alpha():
    for outcome in played("new miner"):
        frame = outcome.frame.set_index("mover")
        late = frame.loc["after it"] / frame.loc["with the majority"]
        assert late["Yuma 2"] < late["Yuma 3"] < late["liquid alpha"] < 1


def test_one_epoch_elsewhere_costs_about_one_epoch():
    for outcome in played("one-epoch switch"):
        frame = outcome.frame.set_index("rule")
        assert (frame.epochs_lost > 0.5).all() and (frame.epochs_lost < 2).all()
        assert frame.epochs_lost["Yuma 3"] < frame.epochs_lost["Yuma 2"] < frame.epochs_lost["liquid alpha"]
        assert frame.lowest["liquid alpha"] == 0 and frame.lowest["Yuma 3"] > 0.8
        assert frame.epochs_below_95["liquid alpha"] < frame.epochs_below_95["Yuma 3"]


def test_a_small_validator_that_is_right_alone_is_not_heard():
    for outcome in played("small validator"):
        frame = outcome.frame.set_index("rule")
        assert (frame.alone < 0.8).all()
        held = frame.bond_when_joined
        assert held["no penalty"] > 0.3
        assert (held.drop("no penalty") == 0).all()
        assert frame.joined["no penalty"] > 1.1  # the only rule that pays it afterwards
        assert (frame.joined.drop("no penalty") < 1).all()


def test_being_late_costs_in_proportion_to_the_weight_that_moves():
    for outcome in played("stable miner"):
        frame = outcome.frame
        for rule in ("lost_yuma_2", "lost_yuma_3"):
            per_weight = frame[rule] / (1 - frame.stable_share)
            assert frame[rule].is_monotonic_decreasing
            assert per_weight.max() < 1.25 * per_weight.min()
        assert (frame.lost_yuma_3 < 0.6 * frame.lost_yuma_2).all()
        assert outcome.number > 8


def test_a_bond_is_the_weight_in_yuma_3_and_a_share_in_yuma_2():
    for outcome in played("stable miner"):
        frame = outcome.frame
        assert np.allclose(frame.bond_yuma_3, frame.stable_share, atol=0.001)  # bonds are cut to u16
        assert (frame.bond_yuma_2 > 0.9).all()


# --- copying and lending -------------------------------------------------------------------------


def test_copying_pays_in_the_open_and_costs_under_secrecy():
    for outcome in played("weight copying"):
        for _, case in outcome.frame.groupby(["drift", "liquid_alpha"]):
            gain = case.set_index("secret_epochs").gain
            assert gain[0] > 0 > gain[3]
            assert gain.is_monotonic_decreasing
        assert outcome.number < -2


def test_secrecy_costs_a_copier_only_what_changes_meanwhile():
    for outcome in played("weight copying"):
        gain = outcome.frame.set_index(["drift", "liquid_alpha", "secret_epochs"]).gain
        for liquid in (False, True):
            for period in (1, 3):
                assert gain[0.25, liquid, period] < 2 * gain[0.02, liquid, period] - 1
        for drift in (0.02, 0.25):
            for period in (1, 3):
                assert gain[drift, False, period] < gain[drift, True, period]


def test_a_childkey_lives_on_its_take_of_what_is_lent_everywhere():
    for outcome in played("childkey farming"):
        frame = outcome.frame
        everywhere = frame[frame.subnets == 6].set_index("take")
        assert (frame[frame["take"] == 0].farmer == 0).all()
        assert everywhere.farmer.is_monotonic_increasing and everywhere.parent.is_monotonic_decreasing
        assert frame["take"].max() == pytest.approx(0.18, abs=1e-4)
        assert (frame.waited > 120).all() and (frame.waited <= 120 + 2 * 60).all()  # cooldown, then an epoch
        assert outcome.number > everywhere.parent.iloc[0] - everywhere.parent.iloc[-1]  # others pay too
        once = frame[frame.subnets == 1].farmer.iloc[-1]
        assert outcome.number > 2 * once  # the same TAO, lent six times


# --- registration --------------------------------------------------------------------------------


def test_a_rush_compounds_the_price():
    for outcome in played("registration rush"):
        assert outcome.number == pytest.approx(1.26**11, rel=1e-6)
        assert outcome.frame.with_pauses.iloc[-1] == pytest.approx(1, abs=0.01)


def test_a_new_holder_of_a_uid_inherits_only_what_is_repeated_by_uid():
    for outcome in played("uid inheritance"):
        frame = outcome.frame.set_index("validators")
        assert (frame.bond_1 == 0).all() and (frame.epoch_1 == 0).all() and frame.immune.all()
        assert outcome.number == pytest.approx(1, abs=0.01)
        silent, anew = frame.loc["say nothing more"], frame.loc["look again"]
        assert silent.epoch_3 == 0 and silent.goes_next
        assert anew.epoch_2 > 1.2 and not anew.goes_next
        assert frame.epoch_2["look again, secret for 1 epoch"] == anew.epoch_2


def test_old_secrets_are_revealed_on_the_new_holder_if_they_are_kept_for_two_epochs():
    for outcome in played("uid inheritance"):
        kept = outcome.frame.set_index("validators").loc["look again, secret for 2 epochs"]
        assert kept.epoch_2 == pytest.approx(1, abs=0.01)
        assert kept.epoch_3 > 1.2


# --- emission ------------------------------------------------------------------------------------


def test_a_pump_moves_emission_by_every_rule_and_most_by_flow():
    for outcome in played("price pump"):
        moved = outcome.frame.set_index("rule").points_per_1000_tao
        assert (moved > 1).all()
        assert moved["C"] > 3 * moved["F"]
        assert moved["F"] == pytest.approx(moved["B"], rel=0.01)  # nobody withholds anything here


def test_a_pump_pays_by_flow_and_never_by_price_alone():
    for outcome in played("price pump"):
        profit = outcome.frame.set_index("rule").profit
        assert profit["B"] < 0 < profit["F"] < profit["C"]


def test_who_leaves_takes_the_emission_along():
    for outcome in played("flow collapse"):
        frame = outcome.frame
        assert (frame.share_if_stays > 0.2).all()
        assert frame.share.iloc[0] == 0 < frame.share.iloc[-1] < frame.share_if_stays.iloc[-1]
        assert outcome.number >= 300


def test_withholding_half_costs_more_than_a_third_of_the_share():
    for outcome in played("owner burn"):
        frame = outcome.frame
        assert np.allclose(frame.withheld, frame.weight_on_owner, atol=0.05)  # clipping moves it a little
        assert frame.share.is_monotonic_decreasing and frame.share.iloc[-1] == 0
        assert 0.5 < outcome.number < 0.67


def test_the_reward_halves_with_the_issuance():
    for outcome in played("halving"):
        assert outcome.number == 0.5
        crossed = outcome.frame.issuance >= 10_500_000
        assert (outcome.frame.block_emission == crossed.map({False: 1.0, True: 0.5})).all()
        assert crossed.any() and not crossed.all()
        assert (outcome.frame.after_recycling == 1.0).all()  # the same date, less issued


def test_a_dissolved_subnet_pays_less_than_spot_and_than_selling_before():
    for outcome in played("death of a subnet"):
        spot, sold, paid = outcome.frame.set_index("what").tao
        assert 0.2 < outcome.number < 0.8
        assert paid < sold < spot


# --- all -----------------------------------------------------------------------------------------


def test_each_says_what_it_teaches():
    assert len(set(scenarios.names())) == len(SCENARIOS)
    for each in SCENARIOS:
        assert each.teaches.endswith(".") and each.number
        assert (inspect.getdoc(each.play) or "").endswith(".")
    with pytest.raises(InputError, match="no scenario 'luck'"):
        scenarios.run("luck")


@pytest.mark.parametrize("name", [each.name for each in SCENARIOS if each not in work.SCENARIOS])
def test_each_comes_from_its_seed(name):
    first, again = play(name, 1), scenarios.run(name, 1)
    assert first.number == again.number and first.frame.equals(again.frame)


def test_the_page_is_up_to_date():
    numbers = {each.name: play(each.name, 0).number for each in SCENARIOS}
    assert PAGE.read_text(encoding="utf-8") == page(SCENARIOS, numbers)


def test_even_stakes_and_riches_keep_the_laws():
    network = base.rich(demo_network(2, 3, 4, seed=1), "dora", 5)
    even = base.with_even_stake(network)
    assert violations(even) == [] and even.free["dora"] == 5
    for netuid in (0, 1, 2):
        stakes = [pool.value for pool in even.stake[netuid].values()]
        assert max(stakes) - min(stakes) <= 1
        assert sum(stakes) == sum(pool.value for pool in network.stake[netuid].values())
    assert base.earned(even, even, "validator-1-cold") == 0
