"""Kernels one by one. This file also runs with numba off, as plain Python (``make test``)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import naive
import numpy as np
import pytest
from subnets import any_subnet

from bittensor_lab.epoch import run_epoch
from bittensor_lab.kernels import bonds, fixed, yuma
from bittensor_lab.units import ONE
from bittensor_lab.verify.epochs import replay_epochs
from bittensor_lab.verify.fields import Field
from bittensor_lab.verify.report import Report, Tolerance

# With numba off, NumPy warns of the wrapping that the kernels rely on.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

EDGES = [0, 1, 2, 255, 65535, ONE // 3, ONE // 2, ONE - 256, ONE - 1, ONE]


def raw(values) -> np.ndarray:
    """Decimal numbers as the chain's tests write them down: the nearest I32F32."""
    return np.rint(np.asarray(values) * ONE).astype(np.int64)


@pytest.mark.parametrize("a", EDGES)
@pytest.mark.parametrize("b", EDGES)
def test_products_and_quotients_are_exact(a, b):
    assert fixed.mul(a, b) == naive.times(a, b)
    assert fixed.mul_floor(a, -b) == naive.times(a, -b)
    if a <= b:
        assert fixed.div(a, b) == naive.over(a, b)


def test_quotients_are_exact_at_random():
    rng = np.random.default_rng(3)
    for a, b in zip(
        rng.integers(0, ONE, 2000).tolist(), rng.integers(1, 1 << 38, 2000).tolist(), strict=True
    ):
        assert fixed.div(a, b) == naive.over(a, b)
    for v, total in zip(
        rng.integers(0, 65536, 2000).tolist(), rng.integers(0, 1 << 24, 2000).tolist(), strict=True
    ):
        total = max(total, v)
        assert fixed.div_u16(v, total) == naive.over(v, total)


def test_every_u16_as_a_fraction():
    for stored in range(65536):
        assert fixed.u16_fraction(stored) == (stored << 32) // 65535


def test_exp_is_the_chains_taylor_sum():
    rng = np.random.default_rng(4)
    y = np.concatenate(
        [[0, 1, ONE - 1, ONE, ONE + 1, 12 * ONE, 12 * ONE + 1, 20 * ONE], rng.integers(0, 20 * ONE, 200)]
    )
    for part in (y, y[y <= 12 * ONE]):  # both ways of summing
        term, total = np.empty_like(part), np.empty_like(part)
        fixed.exp_positive(part, term, total)
        assert total.tolist() == [naive.exp(v) for v in part.tolist()]


@pytest.mark.parametrize(
    ("kappa", "expected"), [(32767, 0.5), (39321, 0.5), (42598, 0.2), (13107, 0.9), (0, 0.9), (65535, 0.2)]
)
def test_median_of_the_specifications_example(kappa, expected):
    """Stakes 0.4, 0.3, 0.2, 0.1 on scores 0.2, 0.5, 0.9, 0.5 (``spec/epoch.md`` 7)."""
    scores, stake = raw([[0.2], [0.5], [0.9], [0.5]]), raw([0.4, 0.3, 0.2, 0.1])
    assert yuma.weighted_median(scores, stake, (kappa << 32) // 65535).tolist() == raw([expected]).tolist()


def test_the_chains_own_median_cases():
    """Three columns, two voters with 0.75 and 0.25: the chain's unit test."""
    scores = raw([[0, 0.1, 0], [0, 0.2, 0.4], [0, 0.3, 0.1], [0, 0.4, 0.5]])
    stake = raw([0, 0.75, 0.25, 0])
    for kappa, expected in ((0.24, [0, 0.3, 0.4]), (0.26, [0, 0.2, 0.4]), (0.76, [0, 0.2, 0.1])):
        assert yuma.weighted_median(scores, stake, int(kappa * ONE)).tolist() == raw(expected).tolist()


def test_nobody_votes():
    assert yuma.weighted_median(np.full((2, 3), ONE // 2), np.zeros(2, np.int64), ONE // 2).tolist() == [
        0,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("k", "expected"), [(0, []), (1, [4]), (2, [2, 4]), (3, [1, 2, 4]), (9, [0, 1, 2, 4])]
)
def test_permits_go_to_the_largest_and_among_equals_to_the_higher_uid(k, expected):
    stake = np.array([1, 5, 5, 0, 9])
    assert np.flatnonzero(yuma.permits(stake, k, -1)).tolist() == expected
    assert np.flatnonzero(yuma.permits(stake, k, 3)).tolist() == sorted({*expected, 3})


def test_an_owner_below_the_threshold_keeps_its_stake():
    assert yuma.share_stake(np.array([5, 5, 10]), np.zeros(3, np.uint32), 6, 1).tolist() == [
        0,
        ONE // 3,
        2 * ONE // 3,
    ]


def test_a_row_out_of_order_hides_its_later_smaller_uids():
    start, uid = np.array([0, 3]), np.array([2, 0, 3], np.uint16)
    matrix = np.array([[7, 8, 9, 6]])
    found = bonds.look_up(matrix, np.array([0]), start, uid, matrix > 0)
    assert found.tolist() == [[0, 0, 9, 6]]
    in_order = bonds.look_up(matrix, np.array([0]), start, np.sort(uid), matrix > 0)
    assert in_order.tolist() == matrix.tolist()


def test_emission_is_cut_to_whole_rao_and_never_exceeds_what_there_is():
    shares = fixed.normalise(np.array([1, 1, 1]))
    servers, validators, everyone = bonds.split_emission(
        shares, np.array([0, 0, ONE]), shares, shares, 10**15 + 1
    )
    assert servers.sum() <= (10**15 + 1) // 2
    assert validators.tolist()[2] == (10**15 + 1) // 2
    assert everyone.sum() <= 10**15 + 1


@pytest.mark.parametrize("seed", range(25))
def test_whole_epochs(seed):
    inputs = any_subnet(seed)
    terms, expected = run_epoch(inputs), naive.epoch(inputs)
    assert terms.incentive.tolist() == expected["incentive"]
    assert terms.bonds.to_lists() == expected["bonds"]
    assert terms.emission.tolist() == expected["emission"]


def test_some_recorded_epochs():
    """Small ones: with numba off a large epoch takes minutes."""
    file = Path(__file__).parents[1] / "datasets" / "vectors" / "epoch_edge.json.gz"
    cases = [
        case for case in json.loads(gzip.decompress(file.read_bytes()))["cases"] if case["params"]["n"] <= 4
    ]
    report = Report(str(file), "epoch", len(cases))
    for case in cases:
        replay_epochs(Field(case, "case"), report, Tolerance())
    assert report.epochs > 10
    assert report.first == ""
    assert report.passed
