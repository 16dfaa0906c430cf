"""What must hold whatever the numbers: symmetries, bounds and promises of Yuma Consensus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from subnets import dense_subnet

from bittensor_lab.epoch import CHAIN_STEPS, matrix_inputs, run_epoch, trace_epoch
from bittensor_lab.kernels import bonds as bond_kernels
from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import rows_from_lists
from bittensor_lab.units import ONE, to_u16

SEEDS = range(12)
CUT = 400  # raw units of 2⁻³² that sums of a few hundred cut-off terms may differ by


def crowd(seed: int, validators: int = 7, miners: int = 9):
    rng = np.random.default_rng(seed)
    return rng.integers(1, 10**15, validators), rng.integers(0, 65536, (validators, miners))


@pytest.mark.parametrize("seed", SEEDS)
def test_names_do_not_matter(seed):
    """Miners in another order get the same, each its own."""
    stake, weights = crowd(seed)
    order = np.random.default_rng(seed + 100).permutation(weights.shape[1])
    plain, mixed = (
        trace_epoch(matrix_inputs(stake, weights)),
        trace_epoch(matrix_inputs(stake, weights[:, order])),
    )
    v = len(stake)
    for term in ("consensus", "incentive"):
        assert np.array_equal(getattr(plain, term)[v:][order], getattr(mixed, term)[v:])
    assert np.array_equal(plain.dividends, mixed.dividends)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_unit_of_stake_does_not_matter(seed):
    stake, weights = crowd(seed)
    plain, scaled = run_epoch(matrix_inputs(stake, weights)), run_epoch(matrix_inputs(stake * 4, weights))
    for term in ("consensus", "incentive", "dividends", "validator_trust", "stake_weight"):
        assert np.array_equal(getattr(plain, term), getattr(scaled, term))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("changes", [{}, {"yuma3": False}, {"liquid_alpha": True}])
def test_nothing_is_paid_twice(seed, changes):
    inputs = dense_subnet(6, 20, 0.7, seed, **changes)
    trace = trace_epoch(inputs)
    for term in (trace.incentive, trace.dividends, trace.active_stake):
        assert ONE - CUT <= term.sum() <= ONE
    terms = trace.terms
    assert terms.server_emission.sum() + terms.validator_emission.sum() <= inputs.rao_emission
    assert (
        abs(int(terms.server_emission.sum()) - inputs.rao_emission // 2)
        <= inputs.rao_emission * CUT // ONE + 20
    )
    assert (trace.clipped <= trace.weights).all()
    assert (trace.clipped <= trace.consensus).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cabal_below_kappa_cannot_lift_the_consensus(seed):
    """Whatever it claims, no miner's consensus exceeds the highest weight an honest validator gave."""
    rng = np.random.default_rng(seed)
    stake, weights = crowd(seed, 8, 6)
    cabal = 3
    stake[:cabal] = int(stake[cabal:].sum() * rng.uniform(0.1, 0.95)) // cabal
    weights[:cabal] = 0
    weights[:cabal, 0] = 65535
    trace = trace_epoch(matrix_inputs(stake, weights))
    assert (trace.consensus[8:] <= trace.weights[cabal:, 8:].max(axis=0)).all()


def test_a_cabal_above_kappa_can():
    stake, weights = np.array([6, 4]), np.array([[65535, 0], [1, 65535]])
    assert trace_epoch(matrix_inputs(stake, weights)).consensus[2:].tolist() == [ONE, 0]


def test_kappas_exact_half_goes_to_the_higher_weight():
    """32767/65535 is just below one half, so in a split of equals the higher weight has its majority."""
    stake, weights = np.array([5, 5]), np.array([[3, 1], [1, 3]])
    lower = Hyperparameters(commit_reveal=False, kappa=32768)
    assert (trace_epoch(matrix_inputs(stake, weights)).consensus[2:] > ONE // 2).all()
    assert (trace_epoch(matrix_inputs(stake, weights, hyperparameters=lower)).consensus[2:] < ONE // 2).all()


def test_split_opinion_pays_nobody_by_consensus():
    """Validators that share no miner agree on nothing: validators are paid by stake, miners not at all."""
    stake = np.array([4, 3, 3])
    trace = trace_epoch(matrix_inputs(stake, np.diag([9, 9, 9])))
    assert not trace.incentive.any()
    assert not trace.terms.server_emission.any()
    shares = trace.terms.validator_emission[:3] / trace.terms.validator_emission.sum()
    assert np.allclose(shares, stake / stake.sum(), atol=1e-8)


@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_a_bond_goes_to_its_weight(weight):
    """Yuma 3's fixed point: constant weight w, bond w; reached at the rate alpha."""
    stake, weights = np.array([1]), np.array([[to_u16(weight), 65535 - to_u16(weight)]])
    inputs = matrix_inputs(stake, weights)
    gaps = []
    for _ in range(60):
        terms = run_epoch(inputs)
        inputs = replace(inputs, bonds=terms.bonds)
        gaps.append(weight - terms.bonds.to_dense()[0, 1] / 65535)
    assert abs(gaps[1] / gaps[0] - 0.9) < 1e-3
    assert abs(gaps[-1]) < 0.003


def test_equal_alpha_bounds_are_the_plain_moving_average():
    """Liquid alpha with low = high moves as fast as no liquid alpha with that rate, but for absent pairs."""
    stake, weights = crowd(5)
    weights += 1
    rate = 1 - 45875 / 65535
    fixed = Hyperparameters(commit_reveal=False, bonds_moving_average=round(rate * 1e6))
    liquid = replace(fixed, liquid_alpha=True, alpha_low=45875, alpha_high=45875)
    one, other = (
        trace_epoch(matrix_inputs(stake, weights, hyperparameters=h)).bonds for h in (fixed, liquid)
    )
    assert np.abs(one - other).max() < ONE * 1e-6


def test_an_absent_weight_and_a_zero_differ_once():
    """With liquid alpha a bond without a weight vanishes, one with a weight of 0 decays (6.3)."""
    h = Hyperparameters(commit_reveal=False, liquid_alpha=True, bonds_penalty=0)
    rows = lambda last: [[[1, 65535], *last], [], []]  # noqa: E731
    base = matrix_inputs([1], [[1, 1]], hyperparameters=h)
    base = replace(base, bonds=rows_from_lists([[[1, 30000], [2, 30000]], [], []]))
    zero, absent = (
        run_epoch(replace(base, weights=rows_from_lists(rows(last)))).bonds.to_dense()
        for last in ([[2, 0]], [])
    )
    assert 0 < zero[0, 2] < 30000
    assert absent[0, 2] == 0


def test_a_step_can_be_replaced():
    """With the mean in the median's place an outlier gets its way."""

    def mean(weights, active_stake, kappa):
        return (weights * (active_stake[:, None] / ONE)).sum(axis=0).astype(np.int64)

    stake, weights = np.array([9, 1]), np.array([[3, 1], [0, 1]])
    by_median, by_mean = (trace_epoch(matrix_inputs(stake, weights), steps).consensus[2:] for steps in
                          (CHAIN_STEPS, replace(CHAIN_STEPS, consensus=mean)))  # fmt: skip
    assert by_median.tolist() == [3 * ONE // 4, ONE // 4]
    assert (abs(by_mean / ONE - [0.675, 0.325]) < 1e-6).all()
    assert bond_kernels.dividends is CHAIN_STEPS.dividends
