"""Laws of locks, of a subnet's beginning and end, and of root claims, on any numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bittensor_lab.claim_math import drawn_indices, owed, with_dividend
from bittensor_lab.conviction import DUST, Lock, rolled, takes_over
from bittensor_lab.lifecycle import (
    first_reserves,
    legacy_refund,
    median_price,
    network_lock_cost,
    share_out,
    to_prune,
)
from bittensor_lab.units import ONE, RAO_PER_TAO, U64_MAX

SUPPLY = 21 * 10**15
YEAR = 2_629_800
FLOAT_ERROR = 1e-14
"""of a lock's mass and conviction together: a few operations of 2⁻⁵³ each, on exponents up to 40"""

anything = settings(max_examples=200, deadline=None, derandomize=True)


def up_to(most: int) -> st.SearchStrategy[int]:
    """Any number from 1 on, half of them large, which drawn from all would be few."""
    return st.one_of(st.integers(1, most), st.integers(most // 2, most))


amounts = st.one_of(st.just(0), up_to(SUPPLY))
convictions = st.one_of(st.just(0), up_to(SUPPLY * ONE))
times = up_to(YEAR)
locks = st.builds(Lock, st.just("hotkey"), amounts, convictions, st.integers(0, YEAR), st.booleans())


@st.composite
def time_pairs(draw: st.DrawFn) -> tuple[int, int]:
    """Unlock and maturity times: equal, close and far apart."""
    unlock = draw(times)
    return unlock, draw(st.one_of(st.just(unlock), st.integers(max(1, unlock - 3), unlock + 3), times))


def size(lock: Lock) -> float:
    return lock.mass + lock.conviction / ONE


# ---------------------------------------------------------------- rolling


@anything
@given(locks, st.integers(0, 5 * YEAR), st.integers(0, 5 * YEAR), time_pairs(), st.booleans())
def test_rolling_twice_is_rolling_once(lock, first, second, rates, toward_owner):
    """But for the rao that the stop cuts off; and dust goes as a whole, perhaps on one way only.

    Beyond 40 times a rate the exponent stands still (7.10), and one long way is not two shorter ones.
    """
    assume(first + second <= 40 * min(rates))
    halfway, end = lock.last_block + first, lock.last_block + first + second
    twice = rolled(rolled(lock, halfway, *rates, toward_owner), end, *rates, toward_owner)
    once = rolled(lock, end, *rates, toward_owner)
    spared = 2 + FLOAT_ERROR * size(lock) + (DUST if 0 in (size(once), size(twice)) else 0)
    assert abs(twice.mass - once.mass) <= spared
    assert abs(twice.conviction - once.conviction) <= spared * ONE
    assert twice.last_block == once.last_block == end


@anything
@given(locks, st.integers(0, 100 * YEAR), time_pairs(), st.booleans())
def test_mass_never_grows_and_conviction_stays_below_what_feeds_it(lock, dt, rates, toward_owner):
    later = rolled(lock, lock.last_block + dt, *rates, toward_owner)
    assert 0 <= later.mass <= lock.mass
    assert 0 <= later.conviction <= max(lock.conviction, lock.mass * ONE) * (1 + FLOAT_ERROR)
    assert (later.hotkey, later.perpetual) == (lock.hotkey, lock.perpetual)


@anything
@given(locks, time_pairs())
def test_in_no_time_nothing_changes_but_dust(lock, rates):
    now = rolled(lock, lock.last_block, *rates, toward_owner=False)
    gone = lock.mass < DUST and lock.conviction < DUST * ONE
    assert now == (replace(lock, mass=0, conviction=0) if gone else lock)
    assert rolled(now, lock.last_block, *rates, toward_owner=False) == now


@pytest.mark.parametrize("mass", [2**53 + 1, 2**53 + 3])
def test_numbers_beyond_the_digits_of_a_float_neither_grow_nor_change_by_themselves(mass):
    """As floats they are rounded, the first down and the second up."""
    lock = Lock("hotkey", mass, 2**80 + 1, 5)
    for unlock_time in (1, 934_866, 2**63):
        assert rolled(lock, 5, unlock_time, 934_866, toward_owner=False) == lock
        assert rolled(lock, 6, unlock_time, 934_866, toward_owner=False).mass <= mass


def exactly(lock: Lock, dt: int, unlock: int, maturity: int) -> tuple[Decimal, Decimal]:
    """The formulas of 7.10 with 60 digits and without cutting, rao."""
    with localcontext() as context:
        context.prec = 60
        fallen, faded = (Decimal(-dt) / tau for tau in (unlock, maturity))
        left, kept = fallen.exp(), faded.exp()
        if lock.perpetual:
            left, grown = Decimal(1), 1 - kept
        else:
            grown = -faded * kept if unlock == maturity else unlock * (left - kept) / (unlock - maturity)
        return lock.mass * left, Decimal(lock.conviction) / ONE * kept + lock.mass * grown


@anything
@given(locks, st.integers(0, 30), st.integers(0, 1000), time_pairs())
def test_rolling_follows_the_formulas_wherever_the_times_lie(lock, taus, blocks, rates):
    """Equal, close or far apart, the sum of conviction loses no digits; dust aside."""
    dt = taus * min(rates) + blocks % min(rates)
    mass, conviction = exactly(lock, dt, *rates)
    later = rolled(lock, lock.last_block + dt, *rates, toward_owner=False)
    spared = 1 + FLOAT_ERROR * size(lock) + (0 if size(later) else DUST)
    assert abs(mass - later.mass) <= spared
    assert abs(conviction - Decimal(later.conviction) / ONE) <= spared


@anything
@given(locks, time_pairs(), st.integers(0, 5 * YEAR))
def test_toward_the_owner_conviction_is_the_mass(lock, rates, dt):
    later = rolled(lock, lock.last_block + dt, *rates, toward_owner=True)
    assert later.conviction == later.mass * ONE
    assert later.mass == 0 or later.mass >= DUST


@anything
@given(amounts, convictions, time_pairs())
def test_in_the_end_a_decaying_lock_is_gone_and_a_perpetual_one_ripe(mass, conviction, rates):
    end = 100 * max(rates)
    decayed = rolled(Lock("hotkey", mass, conviction, 0), end, *rates, toward_owner=False)
    assert (decayed.mass, decayed.conviction) == (0, 0)
    ripe = rolled(Lock("hotkey", mass, conviction, 0, True), end, *rates, toward_owner=False)
    assert ripe.mass == (mass if mass >= DUST else 0)
    assert abs(ripe.conviction - ripe.mass * ONE) <= (1 + FLOAT_ERROR * mass) * ONE


def test_a_time_of_nothing_counts_as_one_block_and_the_past_as_now():
    lock = Lock("hotkey", 10**9, 0, 10)
    assert rolled(lock, 11, 0, 0, False) == rolled(lock, 11, 1, 1, False)
    assert rolled(lock, 9, 5, 5, False) == replace(lock, last_block=9)


@pytest.mark.parametrize(
    ("mass", "conviction", "left"),
    [(99, 100 * ONE - 1, (0, 0)), (100, 0, (100, 0)), (0, 100 * ONE, (0, 100 * ONE))],
)
def test_dust_goes_only_if_both_are_dust(mass, conviction, left):
    lock = rolled(Lock("hotkey", mass, conviction, 0), 0, 5, 5, toward_owner=False)
    assert (lock.mass, lock.conviction) == left


# ---------------------------------------------------------------- taking over

behind = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3).map(lambda x: x * ONE), max_size=6)


@anything
@given(behind, st.integers(0, 150), st.integers(YEAR - 1, YEAR + 1))
def test_the_first_of_the_most_convinced_takes_over(by_hotkey, alpha_out, age):
    king = takes_over(age, YEAR, by_hotkey, alpha_out)
    total = sum(by_hotkey.values())
    if age < YEAR or not 0 < alpha_out <= 10 * total // ONE:
        assert king is None
    else:
        most = max(by_hotkey.values())
        assert king == min(hotkey for hotkey, conviction in by_hotkey.items() if conviction == most)
    backwards = dict(sorted(by_hotkey.items(), reverse=True))
    assert takes_over(age, YEAR, backwards, alpha_out) == king


def test_a_tenth_is_counted_to_the_last_fraction_of_a_rao():
    assert takes_over(YEAR, YEAR, {"a": 10 * ONE}, 100) == "a"
    assert takes_over(YEAR, YEAR, {"a": 10 * ONE - 1}, 100) is None


# ---------------------------------------------------------------- what a subnet costs, begins with, ends as


@anything
@given(st.integers(0, U64_MAX), st.lists(st.integers(0, U64_MAX), max_size=12))
def test_a_pot_is_shared_out_to_the_last_rao(pot, claims):
    parts, total = share_out(pot, claims), sum(claims)
    assert len(parts) == len(claims)
    assert sum(parts) == (pot if total else 0)
    if total:
        assert all(p - pot * c // total in (0, 1) for p, c in zip(parts, claims, strict=True))
    ranked = sorted(zip(claims, parts, strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(ranked))


def test_the_last_rao_go_to_the_largest_remainders_then_to_the_first():
    assert share_out(10, [1, 1, 1]) == [4, 3, 3]
    assert share_out(11, [1, 1, 1]) == [4, 4, 3]
    assert share_out(5, [1, 6, 2, 0]) == [1, 3, 1, 0]
    assert share_out(5, [0, 0]) == [0, 0]
    assert share_out(5, []) == []


@anything
@given(st.integers(0, 10**15), st.integers(1, 10**7), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_cost_of_founding_only_falls_and_never_below_the_least(last, since, early, late):
    early, late = sorted((early, late))
    cost = [
        network_lock_cost(last, since, since + wait, 57_600, RAO_PER_TAO, RAO_PER_TAO)
        for wait in (0, early, late)
    ]
    assert cost[0] == max(2 * last, RAO_PER_TAO)
    assert cost[0] >= cost[1] >= cost[2] >= RAO_PER_TAO


def test_before_the_first_founding_the_cost_is_not_doubled():
    cost = [network_lock_cost(10**12, since, since, 57_600, RAO_PER_TAO, RAO_PER_TAO) for since in (0, 1)]
    assert cost == [10**12, 2 * 10**12]
    # an interval that the emission has brought to 0 divides nothing: the cost stays doubled
    assert network_lock_cost(10**12, 1, 10**6, 57_600, RAO_PER_TAO, 0) == 2 * 10**12


@anything
@given(
    st.lists(st.floats(1e-6, 100), min_size=1, max_size=9), st.integers(10**9, 10**13), st.integers(0, 10**12)
)
def test_a_new_pool_has_the_median_price(prices, lock, least):
    median = median_price([0.0, *prices, -1.0])
    assert sum(p <= median for p in prices) * 2 >= len(prices) <= sum(p >= median for p in prices) * 2
    tao, alpha = first_reserves(lock, least, median)
    assert tao == max(lock, least)
    assert alpha * median <= tao * (1 + FLOAT_ERROR) and tao - alpha * median <= median * (1 + 1e-6)


small = st.integers(0, 9)


@anything
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=6), small, small)
def test_the_cheapest_past_its_immunity_goes(subnets, block, immunity):
    candidates = [(netuid, price, since) for netuid, (price, since) in enumerate(subnets, 1)]
    worst = to_prune(candidates, block, immunity)
    mortal = {netuid: (price, since) for netuid, price, since in candidates if since + immunity <= block}
    if worst is None:
        assert not mortal
    else:
        assert mortal[worst] == min(mortal.values())
        assert worst == min(netuid for netuid in mortal if mortal[netuid] == mortal[worst])
    assert to_prune(candidates[::-1], block, immunity) == worst


@anything
@given(amounts, amounts, st.floats(0, 1), st.floats(0, 100))
def test_a_founder_gets_back_at_most_the_lock(lock, issued, cut, price):
    assert 0 <= legacy_refund(lock, issued, cut, price) <= lock
    assert legacy_refund(lock, 0, cut, price) == lock


# ---------------------------------------------------------------- root claims


@anything
@given(st.lists(amounts, min_size=1, max_size=5), st.lists(st.floats(0, 1), max_size=5))
def test_dividends_are_never_owed_twice(stakes, parts):
    """Each staker's part is cut off, and so is the rate: at most a fraction of the stake is lost."""
    total, rate, paid = sum(stakes) + 1, 0, 0
    for part in parts:
        amount = int(part * total)
        rate, paid = with_dividend(rate, amount, total), paid + amount
    all_owed = owed(rate, total, 0)
    assert sum(owed(rate, stake, 0) for stake in stakes) <= all_owed <= paid
    assert paid - all_owed <= 1 + len(parts) * total // ONE + 1


@anything
@given(st.integers(0, 10 * ONE), amounts, amounts)
def test_what_is_drawn_is_not_owed_again_and_new_stake_has_no_back_pay(rate, stake, more):
    mark = owed(rate, stake, 0)
    assert owed(rate, stake, mark) == 0
    assert owed(rate, stake, mark + 1) == 0
    assert owed(rate, stake + more, mark + owed(rate, more, 0)) <= 1


@anything
@given(st.binary(min_size=32, max_size=32), st.integers(0, 50), st.integers(1, 10**6))
def test_a_lot_draws_distinct_indices_in_the_order_of_its_steps(block_hash, count, n):
    drawn = drawn_indices(block_hash, count, n)
    assert len(set(drawn)) == len(drawn) <= count
    assert all(0 <= index < n for index in drawn)
    assert drawn_indices(block_hash, count // 2, n) == drawn[: len(drawn_indices(block_hash, count // 2, n))]
    assert count == 0 or drawn


def test_a_step_of_a_lot_saturates():
    """2⁶⁴ − 1 is 1 modulo 7, and twice that would be 2."""
    assert drawn_indices(b"\xff" * 32, 3, 7) == [1]
    assert drawn_indices(bytes(7) + b"\x05" + bytes(24), 3, 7) == [3]
