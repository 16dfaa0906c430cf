"""Share pools and pay-out as kernels: the same numbers as the whole-number arithmetic that they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from bittensor_lab.dividends import share_pots
from bittensor_lab.kernels import payout, shares
from bittensor_lab.share_pool import SafeFloat, SharePool

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")
"""words of 64 bits wrap; without the compiler NumPy says so"""


def columns(size: int) -> shares.Shares:
    return shares.Shares(np.zeros(size, np.uint64), np.zeros(size, np.uint64), np.zeros(size, np.int64))


def read(column: shares.Shares, at: int) -> SafeFloat:
    return SafeFloat((int(column.high[at]) << 64) | int(column.low[at]), int(column.exponent[at]))


@pytest.mark.parametrize("seed", range(6))
def test_shares_are_those_of_the_share_pool(seed):
    rng = np.random.default_rng(seed)
    amounts = [1, 10, 10**9, 10**17]
    for _ in range(60):
        pool, denominator, share = SharePool(), columns(1), columns(3)
        for _ in range(int(rng.integers(1, 25))):
            amount = int(rng.choice(amounts)) if rng.random() < 0.5 else int(10 ** rng.uniform(0, 17))
            if rng.random() < 0.3:
                pool = pool.with_dividends(amount)
                continue
            if pool.denominator.mantissa and not pool.value:
                break
            slot = int(rng.integers(3))
            shares.credit(denominator, share, 0, slot, amount, pool.value)
            pool = pool.with_stake(str(slot), amount)
            assert read(denominator, 0) == pool.denominator
            for each in range(3):
                assert read(share, each) == pool.shares.get(str(each), SafeFloat(0, 0))
                found = shares.value_of(denominator, share, 0, each, pool.value)
                assert found == pool.value_of(str(each))


@pytest.mark.parametrize("power", [0, 1, 19, 20, 21])
def test_mantissas_at_the_edges(power):
    for size in (10**20 + 1, 10**21, 10**20 + 10**power, 10**21 - power):
        a = (np.uint64(size >> 64), np.uint64(size & (2**64 - 1)))
        for by in (10**20 + 1, 10**21, 3 * 10**20 + 7):
            b = (np.uint64(by >> 64), np.uint64(by & (2**64 - 1)))
            high, low = shares.wide_ratio(*a, *a, *b)
            assert (int(high) << 64) | int(low) == size * size // by


def test_take_and_rest_are_those_of_whole_numbers():
    rng = np.random.default_rng(1)
    for _ in range(2_000):
        pot, fraction = int(10 ** rng.uniform(0, 15)), int(rng.integers(0, 2**32 + 1))
        rate = int(rng.integers(0, 2**32))
        raw = pot * fraction
        taken = raw * rate >> 32
        assert payout.take_and_rest(pot, fraction, rate) == (taken >> 32, (raw - taken) >> 32)


def test_pot_shares_are_those_of_whole_numbers():
    rng = np.random.default_rng(2)
    for _ in range(300):
        count, weight = int(rng.integers(1, 6)), int(rng.integers(0, 2**32))
        dividends, alpha, root = (
            (10 ** rng.uniform(0, 14, count)).astype(np.int64) * rng.integers(0, 2, count) for _ in range(3)
        )
        fractions = payout.pot_shares(dividends, alpha, root, weight)
        pots = 10**12, 7 * 10**11
        parts = share_pots(dividends.tolist(), alpha.tolist(), root.tolist(), *pots, weight)
        found = [(pots[0] * int(a), pots[1] * int(b)) for a, b in fractions.T]
        assert found == parts


def test_rate_times_is_that_of_whole_numbers():
    rng = np.random.default_rng(3)
    for _ in range(2_000):
        rate, amount = int(10 ** rng.uniform(0, 13)), int(10 ** rng.uniform(0, 14))
        if rate * amount >> 32 < 2**62:
            assert int(payout.rate_times(rate, amount)) == rate * amount >> 32
