"""What must hold in any pool: no profit from a round trip, the product stays, nothing leaves 64 bits.

A hundred thousand random pools, with weights and reserves between the extremes that the chain allows,
go through a compiled loop at once.
"""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from bittensor_lab.kernels import amm
from bittensor_lab.kernels.amm import LARGEST, LOWEST_WEIGHT, OK, WHOLE
from bittensor_lab.market import fee_factor

POOLS = 100_000
SUPPLY = 21 * 10**15
NO_LIMITS = (1e-12, 1e15)
"""prices that no pool here reaches, to sell at and to buy at"""
FEE_RATES = (0, 33, 10_000)


def random_pools(seed: int) -> tuple[np.ndarray, ...]:
    """TAO, alpha, TAO weight and an amount of TAO [pools], all but the weight spread over powers of ten."""
    rng = np.random.default_rng(seed)
    tao, alpha = (np.minimum(10 ** rng.uniform(6, 16.33, POOLS), SUPPLY).astype(np.int64) for _ in range(2))
    quote = (rng.integers(1, 100, POOLS) * LOWEST_WEIGHT).astype(np.int64)
    odd = rng.random(POOLS) < 0.7
    quote[odd] = rng.integers(LOWEST_WEIGHT, WHOLE - LOWEST_WEIGHT, odd.sum())
    amount = np.minimum(tao * 10 ** rng.uniform(-12, 3, POOLS), 9.2e18).astype(np.int64)
    return tao, alpha, quote, np.maximum(amount, 1)


@njit
def round_trips(tao, alpha, quote, amount, fees, limits):
    """What buying and selling all that was bought gives back, and what each step left of the pool."""
    n = len(tao)
    error, spent, back = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    left = np.zeros((n, 4), np.int64)
    rate, factor = fees
    for i in range(n):
        error[i], paid, out, fee = amm.swap(
            True, tao[i], alpha[i], quote[i], amount[i], limits[1], rate, factor
        )
        spent[i] = paid + fee
        left[i, 0], left[i, 1] = tao[i] + paid, alpha[i] - out
        if error[i] != OK or paid > LARGEST - tao[i]:
            left[i, 2], left[i, 3] = left[i, 0], left[i, 1]
            continue
        # Selling is refused where nothing is left to sell into; the proceeds are then lost, not won.
        refused, sold, got, _ = amm.swap(
            False, tao[i] + paid, alpha[i] - out, quote[i], out, limits[0], rate, factor
        )
        back[i] = got if refused == OK else 0
        left[i, 2] = tao[i] + paid - back[i]
        left[i, 3] = alpha[i] - out + (sold if refused == OK else 0)
    return error, spent, back, left


def traded(rate: int, seed: int) -> tuple[np.ndarray, ...]:
    pools = random_pools(seed)
    return (*pools, *round_trips(*pools, (rate, fee_factor(rate)), NO_LIMITS))


@pytest.mark.parametrize("rate", FEE_RATES)
def test_buying_and_selling_never_profits(rate):
    *_, amount, error, spent, back, _ = traded(rate, seed=1)
    assert (spent <= amount).all()
    assert (back <= spent).all()
    assert (error == OK).mean() > 0.6
    if rate == 0:  # and little is lost: the pool gives back nearly everything in most cases
        assert np.median((back / np.maximum(spent, 1))[(error == OK) & (amount > 10**9)]) > 0.999


@pytest.mark.parametrize("rate", FEE_RATES)
def test_selling_and_buying_never_profits(rate):
    """The same pools with their sides exchanged, which is the same trade the other way round."""
    tao, alpha, quote, amount = random_pools(seed=2)
    *_, spent, back, _ = round_trips(alpha, tao, WHOLE - quote, amount, (rate, fee_factor(rate)), NO_LIMITS)
    assert (back <= spent).all()


@pytest.mark.parametrize("rate", FEE_RATES)
def test_nothing_is_negative_and_the_product_never_falls(rate):
    """In logarithms, which float64 holds to about 1e-14; fees stay outside and only rounding adds."""
    tao, alpha, quote, _, error, spent, back, left = traded(rate, seed=3)
    assert (left >= 0).all()
    assert (spent >= 0).all() and (back >= 0).all()
    weight = quote / WHOLE
    kept = (error == OK) & (left > 0).all(axis=1)
    before = weight * np.log(tao) + (1 - weight) * np.log(alpha)
    for t, x in (left[:, :2].T, left[:, 2:].T):
        after = weight[kept] * np.log(t[kept]) + (1 - weight[kept]) * np.log(x[kept])
        assert (after >= before[kept] - 1e-13).all()


@pytest.mark.parametrize("quote", [LOWEST_WEIGHT, WHOLE // 3, WHOLE // 2, WHOLE - LOWEST_WEIGHT])
@pytest.mark.parametrize("buys", [True, False])
def test_extremes_stay_within_64_bits(buys, quote):
    sizes = [0, 1, 999_999, 1_000_000, 1_000_001, 10**12, SUPPLY - 1, SUPPLY]
    amounts = [0, 1, 65_535, 10**9, SUPPLY, 2**62, LARGEST - 1, LARGEST]
    limits = [1e-15, 1e-6, 1.0, 1e6, 1e15]
    for tao in sizes:
        for alpha in sizes:
            for amount in amounts:
                for limit in limits:
                    for rate in (0, 33):
                        trade = amm.swap(buys, tao, alpha, quote, amount, limit, rate, fee_factor(rate))
                        within_bounds(trade, (tao, alpha) if buys else (alpha, tao), amount)


def within_bounds(trade: tuple[int, ...], reserves: tuple[int, int], amount: int) -> None:
    error, paid, out, fee = trade
    if error != OK:
        assert (paid, out, fee) == (0, 0, 0)
        return
    assert paid >= 0 and fee >= 0
    assert paid + fee <= amount
    assert 0 <= out <= reserves[1]
    assert paid <= 1000 * reserves[0]


@pytest.mark.parametrize("quote", [LOWEST_WEIGHT, WHOLE // 2, WHOLE - LOWEST_WEIGHT])
def test_a_limit_holds(quote):
    """A trade moves the price as far as its limit, within rounding."""
    for tao, alpha in [(10**12, 10**13), (10**15, 10**12), (SUPPLY, SUPPLY)]:
        now = amm.spot_price(tao, alpha, quote)
        for step in (1 + 1e-9, 1.01, 2.0):
            error, paid, out, _ = amm.swap(True, tao, alpha, quote, 100 * tao, now * step, 0, np.uint64(0))
            assert error == OK
            assert amm.spot_price(tao + paid, alpha - out, quote) == pytest.approx(now * step, rel=1e-10)
            error, paid, out, _ = amm.swap(False, tao, alpha, quote, 100 * alpha, now / step, 0, np.uint64(0))
            assert error == OK
            assert amm.spot_price(tao - out, alpha + paid, quote) == pytest.approx(now / step, rel=1e-10)


def test_the_price_falls_with_selling_and_rises_with_buying():
    tao, alpha, _, _, error, _, _, left = traded(0, seed=4)
    kept = (error == OK) & (left[:, 1] > 0)
    before = tao / alpha
    assert (left[kept, 0] / left[kept, 1] >= before[kept] * (1 - 1e-15)).all()
    assert (left[kept, 2] / np.maximum(left[kept, 3], 1) <= left[kept, 0] / left[kept, 1]).all()


@njit
def injections(tao, alpha, quote, tao_in, alpha_in):
    """The TAO's weight after each injection."""
    out = np.empty_like(quote)
    for i in range(len(tao)):
        out[i] = amm.quote_after(tao[i], alpha[i], quote[i], tao_in[i], alpha_in[i])
    return out


def test_an_injection_keeps_the_price():
    """However far off the price it is; a weight has parts of 1e-18, of which 0.01 has the fewest."""
    tao, alpha, quote, _ = random_pools(seed=5)
    rng = np.random.default_rng(6)
    tao_in, alpha_in = ((side * 10 ** rng.uniform(-14, 1, POOLS)).astype(np.int64) for side in (tao, alpha))
    after = injections(tao, alpha, quote, tao_in, alpha_in)
    taken = after >= 0
    assert taken.mean() > 0.8
    assert (after[taken] >= LOWEST_WEIGHT).all() and (after[taken] <= WHOLE - LOWEST_WEIGHT).all()
    before = (WHOLE - quote) / quote * (tao / alpha)
    now = (WHOLE - after) / after * ((tao + tao_in) / (alpha + alpha_in))
    assert now[taken] == pytest.approx(before[taken], rel=1e-12)


def test_an_injection_at_the_price_keeps_even_weights():
    """As the coinbase does it: alpha at the pool's price, in whole rao, thousands of times."""
    tao, alpha, quote = 10**14 + 7, 3 * 10**15 + 1, WHOLE // 2
    for _ in range(5_000):
        tao_in = 10**8
        alpha_in = int(tao_in / amm.spot_price(tao, alpha, quote))
        quote = int(amm.quote_after(tao, alpha, quote, tao_in, alpha_in))
        tao, alpha = tao + tao_in, alpha + alpha_in
    assert abs(quote / WHOLE - 0.5) < 1e-12


def test_the_curve_of_2025_is_exact():
    """Against Python's own integers, at the extremes too."""
    rng = np.random.default_rng(7)
    for _ in range(5_000):
        tao, alpha = (int(10 ** rng.uniform(6, 16.3)) for _ in range(2))
        amount = min(int(tao * 10 ** rng.uniform(-9, 3)), LARGEST - tao)
        fee = int(rng.integers(0, 2)) * 50_000
        error, paid, out, taken = amm.swap_constant_product(True, tao, alpha, amount, fee)
        left = -(-tao * alpha // (tao + amount - fee)) if amount > fee else 0
        if amount <= fee or left < amm.MINIMUM_OF_2025:
            assert (error, paid, out, taken) == (amm.RESERVES_TOO_LOW, 0, 0, 0)
        else:
            assert (error, paid, out, taken) == (OK, amount - fee, alpha - left, fee)


def test_the_curve_of_2025_refuses_what_64_bits_cannot_hold():
    for amount in (LARGEST, LARGEST - SUPPLY + 50_001):
        refused = amm.swap_constant_product(True, SUPPLY, SUPPLY, amount, 50_000)
        assert refused == (amm.INPUT_TOO_LARGE, 0, 0, 0)
    error, paid, out, _ = amm.swap_constant_product(True, SUPPLY, SUPPLY, LARGEST - SUPPLY, 0)
    assert (error, paid, out) == (OK, LARGEST - SUPPLY, SUPPLY - -(-SUPPLY * SUPPLY // LARGEST))


def test_a_limit_that_the_price_has_all_but_reached_takes_nothing():
    """The float comparison lets it pass, the exact one says that there is no way to go."""
    assert amm.amount_to_limit(SUPPLY, 1.0, 0.5, -1e-17) == 0
    assert amm.amount_to_limit(SUPPLY, 1.0, 0.5) == 0


def test_even_weights_are_the_constant_product():
    rng = np.random.default_rng(8)
    for _ in range(5_000):
        tao, alpha = (int(10 ** rng.uniform(6, 16.3)) for _ in range(2))
        amount = min(int(tao * 10 ** rng.uniform(-9, 3)), 9 * 10**18)
        assert amm.amount_out(amount, tao, alpha, 1, 1) == alpha * amount // (tao + amount)
