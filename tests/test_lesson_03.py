"""Lesson 03: each number that its text names, and both ways of asking for the consensus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bittensor_lab import datasets
from bittensor_lab.chain import ROOT, Chain
from bittensor_lab.epoch import matrix_inputs, trace_epoch
from bittensor_lab.params import Hyperparameters
from bittensor_lab.presets import demo_network
from bittensor_lab.stake import stake_on
from bittensor_lab.units import ONE, U16_MAX
from bittensor_lab.views import consensus as views

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
M6 = 5


def seen(name="one_outlier", by="median", **changes):
    return views.consensus(datasets.preset(name).change(**changes).inputs(), by)


def matrix(view, column):
    return view.cells.pivot(index="row", columns="column", values=column).to_numpy()


def kept(view):
    """Clipped weights, each times the stake of who gave it: a miner's rank, before it is made to sum to 1."""
    return view.validators.stake.to_numpy() @ matrix(view, "clipped")


@pytest.mark.parametrize("name", ["one_outlier", "cabal", "split_opinion", "honest_crowd", "cabal_12"])
def test_consensus_is_the_largest_weight_that_kappa_of_the_stake_supports(name):
    view = seen(name)
    weights, stake = matrix(view, "weight"), view.validators.stake.to_numpy()
    for found, column in zip(view.miners.consensus, weights.T, strict=True):
        supported = [w for w in (*column, 0.0) if stake[column >= w].sum() >= 32767 / U16_MAX]
        assert found == pytest.approx(max(supported), abs=1e-9)


@pytest.mark.parametrize("name", ["one_outlier", "cabal", "honest_crowd"])
def test_pay_follows_from_clipped_weights(name):
    view = seen(name)
    assert kept(view) / kept(view).sum() == pytest.approx(view.miners.incentive.to_numpy(), abs=1e-4)


def test_the_sum_in_the_text():
    view = seen()
    assert (100 * matrix(view, "clipped")[:, M6]).round(2).tolist() == [5, 5, 5, 5, 4]
    assert view.validators.stake.round(4).tolist() == [0.35, 0.25, 0.20, 0.12, 0.08]
    assert [round(100 * share, 1) for share in (kept(view)[M6], kept(view).sum(), 1 - kept(view).sum())] == [
        4.9, 92.3, 7.7,
    ]  # fmt: skip
    assert round(100 * view.miners.incentive[M6], 1) == 5.3
    v4 = view.validators.iloc[3]
    assert (round(v4.stake, 2), round(v4.dividends, 2)) == (0.12, 0.07)
    assert [round(100 * seen(by=rule).miners.incentive[M6]) for rule in ("median", "mean")] == [5, 11]


def test_how_far_above_the_consensus_does_not_matter():
    shout = seen(weights={"V4": [0, 0, 0, 0, 0, 100]})
    assert shout.miners.consensus[M6] == seen().miners.consensus[M6] == matrix(shout, "clipped")[3, M6]


def test_with_half_of_the_stake_the_outlier_is_the_consensus_and_the_others_are_clipped():
    below, above = (seen(stake={"V4": amount}) for amount in (87, 88))
    assert matrix(below, "lost")[3, M6] > 0.4 and matrix(above, "lost")[:, M6].max() == 0
    assert views.title(above).startswith("Validator 1 is clipped most")
    assert seen(kappa=0.1).miners.consensus[M6] == pytest.approx(0.5, abs=1e-4), "a tenth: V4 decides alone"
    lowest = matrix(seen(), "weight").min(axis=0)
    assert seen(kappa=0.95).miners.consensus.to_numpy() == pytest.approx(lowest, abs=1e-9)


def test_why_a_cabals_miner_earns_more_all_the_same():
    """Of the gain the median is the smaller part, the smaller sum the larger one."""
    name = "cabal"
    group = list(datasets.preset(name).group_stake())[-1]
    with_it, without = seen(name), seen(name, stake={group: 0})
    paid = [round(100 * view.miners.incentive[M6], 1) for view in (with_it, without)]
    agreed = [round(100 * view.miners.consensus[M6]) for view in (with_it, without)]
    assert (paid, agreed) == ([8.9, 5.1], [6, 5])
    honest = matrix(with_it, "weight")[:3, M6]
    assert honest.min() <= with_it.miners.consensus[M6] <= honest.max()
    by_median = kept(with_it)[M6] / kept(without).sum() - without.miners.incentive[M6]
    assert 0 < by_median < 0.5 * (with_it.miners.incentive[M6] - without.miners.incentive[M6])


def test_without_a_majority_nobody_earns_unless_less_is_needed():
    view = seen("split_opinion")
    assert view.miners.incentive.sum() == 0 and (view.validators.lost > 0.999).all()
    camp = view.validators.stake.to_numpy() @ (matrix(view, "weight") > 0)
    assert camp.max() == pytest.approx(0.4)
    assert seen("split_opinion", kappa=0.4).miners.incentive.sum() == pytest.approx(1, abs=1e-3)
    assert seen("split_opinion", kappa=0.41).miners.incentive.sum() == 0


@pytest.mark.parametrize("name", ["split_opinion", "split_128"])
def test_without_dividends_the_lab_says_that_validators_are_paid_by_stake(name):
    view = seen(name)
    assert views.pays_by_stake(view) and not views.pays_by_stake(seen())
    paid, stake = view.validators.paid.to_numpy(), view.validators.stake.to_numpy()
    assert paid == pytest.approx(stake, abs=1e-8) and view.validators.dividends.sum() == 0
    assert "by stake" in views.subtitle(view) and "by stake" in views.subtitle(view, gauges=False)
    first = view.validators.iloc[int(view.validators.lost.to_numpy().argmax())]
    assert f"{first.validator} gets {views._exact(first.stake)} of all" in views.summary(view)
    usual = seen().validators
    assert usual.paid.to_numpy() == pytest.approx(usual.dividends.to_numpy(), abs=1e-8), "else by dividends"


def test_without_incentive_validators_get_the_miners_half_too():
    chain = Chain(demo_network(validators=2, miners=2, seed=1))
    subnet = chain.subnet(1)
    miners = [subnet.uids[f"miner-1-{n}"] for n in (1, 2)]
    held = []
    for agree in (True, False):
        split = chain.fork()
        split.set_hyperparameter(ROOT, netuid=1, name="kappa", value=50_000)
        for number in (1, 2):
            uid = miners[0] if agree else miners[number - 1]
            split.set_weights(f"validator-{number}", netuid=1, uids=[uid], values=[1])
        split.run_epochs(2, netuid=1)
        before = split.state
        split.run_epochs(1, netuid=1)
        on = [stake_on(state, 1, f"validator-{n}") for state in (before, split.state) for n in (1, 2)]
        held.append(on[2] + on[3] - on[0] - on[1])
    assert held[1] == pytest.approx(2 * held[0], rel=0.1)


def test_the_cabal_of_the_large_preset():
    world = datasets.preset("cabal_256")
    honest, cabal = world.group_stake()
    members = np.array([group == cabal for group in world.groups])
    assert 0.3 < members.mean() < 0.35
    view = seen("cabal_256")
    assert ((world.weights[members] > 0).sum(axis=1) == 24).all()
    assert views.title(view).startswith(f"{members.sum()} of 64")
    less = seen("cabal_256", stake={honest: 0.2 * world.group_stake()[honest]})
    assert (views.clipped_most(less).to_numpy() == ~members).all(), "then the honest are clipped"


@pytest.mark.skipif(not REAL.is_dir(), reason="no record of main net beside the project")
def test_real_chain_subnet_15_before_subnets_had_alpha():
    record = np.load(REAL / "sn15_block4769998.npz")
    stake, weights = record["stake"], record["weights"]
    voters = np.argsort(-stake, kind="stable")[:64]
    shares = stake[voters] / stake[voters].sum()
    raw = (weights[voters] / np.maximum(weights[voters].max(axis=1, keepdims=True), 1e-12) * U16_MAX).round()
    rules = Hyperparameters(kappa=32767, commit_reveal=False)
    inputs = matrix_inputs((shares * 1e15).astype(np.int64), raw.astype(np.int64), hyperparameters=rules)
    trace = trace_epoch(inputs)
    given = trace.weights / ONE
    counted = given.sum(axis=1) > 0
    active = trace.active_stake[trace.rows] / ONE
    cut = active @ (given - trace.clipped / ONE)
    trust = trace.validator_trust[trace.rows] / ONE
    assert counted.sum() == 12
    assert (given.sum(axis=0) > 0).sum() == 131
    assert (trace.consensus > 0).sum() == (trace.incentive > 0).sum() == 30
    assert round(100 * cut.sum() / (active @ given).sum()) == 5
    assert [round(float(end), 2) for end in (trust[counted].min(), trust[counted].max())] == [0.06, 1.0]
