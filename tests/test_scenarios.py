"""Scenarios: each shows the effect it teaches, over several seeds; a sign, a ratio or a threshold."""

from __future__ import annotations

import pytest

from bittensor_lab import scenarios
from bittensor_lab.errors import InputError
from bittensor_lab.scenarios import SCENARIOS

SEEDS = range(4)


def played(name):
    return [scenarios.run(name, seed) for seed in SEEDS]


def test_a_cabal_decides_only_above_kappa():
    for outcome in played("cabal"):
        below = outcome.frame[outcome.frame.cabal_stake < 0.5]
        above = outcome.frame[outcome.frame.cabal_stake > 0.5]
        assert (above.incentive > 0.99).all() and (below.incentive < 0.05).all()
        assert below.incentive.is_monotonic_increasing  # it does rise below kappa, by a little
        assert outcome.number > 20


def test_moving_first_pays():
    assert all(outcome.number > 1.1 for outcome in played("moving first"))


def test_copying_pays_less_the_longer_weights_are_secret():
    for outcome in played("weight copying"):
        assert outcome.frame.copier_over_honest.is_monotonic_decreasing
        assert outcome.frame.copier_over_honest.iloc[0] > 0.9 > outcome.number


def test_a_rush_compounds_the_price():
    for outcome in played("registration rush"):
        assert outcome.number == pytest.approx(1.26**11, rel=1e-6)


def test_a_pump_moves_emission_by_every_rule_and_most_by_flow():
    for outcome in played("price pump"):
        moved = outcome.frame.set_index("rule").points_per_1000_tao
        assert (moved > 1).all()
        assert moved["C"] > 3 * moved["F"]
        assert moved["F"] == pytest.approx(moved["B"], rel=0.01)  # nobody withholds anything here


def test_who_leaves_takes_the_emission_along():
    for outcome in played("flow collapse"):
        assert outcome.frame.share.iloc[0] > 0.1
        assert outcome.number >= 300


def test_withholding_half_costs_more_than_a_third_of_the_share():
    for outcome in played("owner burn"):
        assert 0.5 < outcome.number < 0.67
        assert outcome.frame.share_burned.sum() == pytest.approx(1)


def test_the_reward_halves_with_the_issuance():
    for outcome in played("halving"):
        assert outcome.number == 0.5
        crossed = outcome.frame.issuance >= 10_500_000
        assert (outcome.frame.block_emission == crossed.map({False: 1.0, True: 0.5})).all()
        assert crossed.any() and not crossed.all()


def test_a_dissolved_subnet_pays_less_than_spot():
    for outcome in played("death of a subnet"):
        assert 0.2 < outcome.number < 0.8


def test_each_says_what_it_teaches_and_comes_from_its_seed():
    assert len({each.name for each in SCENARIOS}) == len(SCENARIOS)
    for each in SCENARIOS:
        assert each.teaches.endswith(".") and each.number
        first, second = each.play(5), each.play(5)
        assert first.number == second.number and first.frame.equals(second.frame)
    with pytest.raises(InputError, match="no scenario 'luck'"):
        scenarios.run("luck")
