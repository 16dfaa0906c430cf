"""Share pools as arrays: the same 21-digit decimal floats as ``share_pool``, each as (high, low, exponent).

A mantissa has at most 70 bits, so it is kept in two words of 64. The one hard step is a product of two
mantissas over a third. It is guessed in pairs of floats (about 2⁻¹⁰⁰ off), and the remainder, in two words,
puts the last unit right:

    q = floor(a · b / c)      0 ≤ a · b − q · c < c

Source: ``spec/economy.md`` 5; ``primitives/share-pool``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.kernels.amm import divided, high_word, multiplied, two_sum
from bittensor_lab.kernels.fixed import kernel

DIGITS = 21
TEN_9, TEN_18 = 10**9, 10**18
BITS, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
ZERO, UNIT = np.uint64(0), np.uint64(1)
TOP_HIGH, TOP_LOW = np.uint64(10**21 >> 64), np.uint64(10**21 & (2**64 - 1))
BOTTOM_HIGH, BOTTOM_LOW = np.uint64(10**20 >> 64), np.uint64(10**20 & (2**64 - 1))
TWO_40, TWO_64 = 2.0**40, 2.0**64
POWERS = np.array([10**k for k in range(19)], np.uint64)


class Shares(NamedTuple):
    """Denominators of share pools, or shares in them: high · 2⁶⁴ + low, times a power of ten."""

    high: NDArray[np.uint64]  # [pools or slots]
    low: NDArray[np.uint64]  # [pools or slots]
    exponent: NDArray[np.int64]  # [pools or slots]


class Log(NamedTuple):
    """Credits that are still to become shares, in order."""

    pool: NDArray[np.int32]  # [credits]
    slot: NDArray[np.int32]  # [credits] whose share of that pool
    amount: NDArray[np.int64]  # [credits] rao
    value: NDArray[np.int64]  # [credits] the pool's value before, rao


@kernel
def wide_product(a_high, a_low, b_high, b_low):
    """The lower 128 bits of a product, as two words."""
    return high_word(a_low, b_low) + a_high * b_low + a_low * b_high, a_low * b_low


@kernel
def wide_sum(a_high, a_low, b_high, b_low):
    """The sum of two numbers of two words."""
    low = a_low + b_low
    return a_high + b_high + (UNIT if low < a_low else ZERO), low


@kernel
def wide_difference(a_high, a_low, b_high, b_low):
    """The difference of two numbers of two words; wraps below 0."""
    return a_high - b_high - (UNIT if a_low < b_low else ZERO), a_low - b_low


@kernel
def is_less(a_high, a_low, b_high, b_low):
    """Whether one number of two words is below another."""
    return a_high < b_high or (a_high == b_high and a_low < b_low)


@kernel
def small_quotient(high, low, divisor):
    """A number below 2⁹⁶ over a divisor below 2³², word of 32 bits by word of 32 bits."""
    first = high // divisor
    second = ((high - first * divisor) << BITS) | (low >> BITS)
    middle = second // divisor
    third = ((second - middle * divisor) << BITS) | (low & LOW)
    return first + (middle >> BITS), (middle << BITS) + third // divisor


@kernel
def _pair(high, low):
    """A number of two words as a pair of floats, exactly (below 2¹⁰⁰)."""
    a, b = two_sum(np.float64(high) * TWO_64, np.float64(low >> BITS) * 4294967296.0)
    c, d = two_sum(a, np.float64(low & LOW))
    return two_sum(c, d + b)


@kernel
def _words(a, rest):
    """The whole number below a pair of floats 0 ≤ a < 2¹⁰⁰, give or take one."""
    upper = np.floor(a / TWO_40)
    lower = np.int64(np.floor((a - upper * TWO_40) + rest))
    if lower < 0:
        upper, lower = upper - 1.0, lower + (np.int64(1) << 40)
    word = np.uint64(upper)
    return wide_sum(word >> np.uint64(24), word << np.uint64(40), ZERO, np.uint64(lower))


@kernel
def wide_ratio(a_high, a_low, b_high, b_low, c_high, c_low):
    """``floor(a · b / c)`` of mantissas, as two words."""
    product = multiplied(*_pair(a_high, a_low), *_pair(b_high, b_low))
    guess = divided(*product, *_pair(c_high, c_low))
    high, low = _words(*guess)
    whole_high, whole_low = wide_product(a_high, a_low, b_high, b_low)
    taken_high, taken_low = wide_product(high, low, c_high, c_low)
    rest_high, rest_low = wide_difference(whole_high, whole_low, taken_high, taken_low)
    while np.int64(rest_high) < 0:
        high, low = wide_difference(high, low, ZERO, UNIT)
        rest_high, rest_low = wide_sum(rest_high, rest_low, c_high, c_low)
    while not is_less(rest_high, rest_low, c_high, c_low):
        high, low = wide_sum(high, low, ZERO, UNIT)
        rest_high, rest_low = wide_difference(rest_high, rest_low, c_high, c_low)
    return high, low


@kernel
def normal(high, low, exponent):
    """A positive number with its mantissa between a tenth of 10²¹ and 10²¹, the rest cut off."""
    while is_less(TOP_HIGH, TOP_LOW, high, low):
        high, low = small_quotient(high, low, np.uint64(10))
        exponent += 1
    while not is_less(BOTTOM_HIGH, BOTTOM_LOW, high, low):
        high, low = wide_product(high, low, ZERO, np.uint64(10))
        exponent -= 1
    return high, low, exponent


@kernel
def of_rao(amount):
    """A positive amount as a decimal float."""
    digits, power = 1, np.int64(10)
    while digits < 18 and amount > power:  # 10 itself has one digit by the chain's count
        digits, power = digits + 1, power * 10
    if amount > power:
        digits += 1
    shift = DIGITS - digits
    high, low = ZERO, np.uint64(amount)
    if shift > 18:
        high, low = wide_product(high, low, ZERO, POWERS[shift - 18])
        shift = 18
    high, low = wide_product(high, low, ZERO, POWERS[shift])
    return high, low, np.int64(digits - DIGITS)


@kernel
def plus(a_high, a_low, a_exponent, b_high, b_low, b_exponent):
    """The sum of two decimal floats; the smaller is aligned to the larger by cutting."""
    if (a_high | a_low) == ZERO:
        return b_high, b_low, b_exponent
    if a_exponent < b_exponent:
        a_high, a_low, a_exponent, b_high, b_low, b_exponent = (
            b_high, b_low, b_exponent, a_high, a_low, a_exponent
        )  # fmt: skip
    gap = a_exponent - b_exponent
    while gap > 0 and (b_high | b_low) != ZERO:
        step = min(gap, np.int64(9))
        b_high, b_low = small_quotient(b_high, b_low, POWERS[step])
        gap -= step
    high, low = wide_sum(a_high, a_low, b_high, b_low)
    return normal(high, low, a_exponent)


@kernel
def moved_shares(amount, value, denominator, pool):
    """What ``amount`` rao is in shares of a pool worth ``value`` rao: amount · D / V."""
    high, low, exponent = of_rao(amount)
    by_high, by_low, by = of_rao(value)
    d_high, d_low = denominator.high[pool], denominator.low[pool]
    high, low = wide_ratio(high, low, d_high, d_low, by_high, by_low)
    return normal(high, low, exponent + denominator.exponent[pool] - by)


@kernel
def credit(denominator, share, pool, slot, amount, value):
    """Give the owner of a slot ``amount`` rao more of a pool worth ``value`` rao, in place."""
    if (denominator.high[pool] | denominator.low[pool]) == ZERO:
        high, low, exponent = of_rao(amount)
        denominator.high[pool], denominator.low[pool], denominator.exponent[pool] = high, low, exponent
        share.high[slot], share.low[slot], share.exponent[slot] = high, low, exponent
        return
    high, low, exponent = moved_shares(amount, value, denominator, pool)
    d_high, d_low, d = denominator.high[pool], denominator.low[pool], denominator.exponent[pool]
    s_high, s_low, s = share.high[slot], share.low[slot], share.exponent[slot]
    is_only = s == d and s_low == d_low and s_high == d_high
    d_high, d_low, d = plus(d_high, d_low, d, high, low, exponent)
    denominator.high[pool], denominator.low[pool], denominator.exponent[pool] = d_high, d_low, d
    if is_only:  # the pool's one owner: its share is all there is
        share.high[slot], share.low[slot], share.exponent[slot] = d_high, d_low, d
        return
    s_high, s_low, s = plus(s_high, s_low, s, high, low, exponent)
    share.high[slot], share.low[slot], share.exponent[slot] = s_high, s_low, s


@kernel
def value_of(denominator, share, pool, slot, value):
    """What the owner of a slot has in a pool worth ``value`` rao, rao."""
    s_high, s_low, s = share.high[slot], share.low[slot], share.exponent[slot]
    d_high, d_low, d = denominator.high[pool], denominator.low[pool], denominator.exponent[pool]
    if value <= 0 or (s_high | s_low) == ZERO:
        return np.int64(0)
    if s == d and s_low == d_low and s_high == d_high:
        return value
    high, low, exponent = of_rao(value)
    high, low = wide_ratio(high, low, s_high, s_low, d_high, d_low)
    high, low, exponent = normal(high, low, exponent + s - d)
    while exponent < 0 and (high | low) != ZERO:
        step = min(-exponent, np.int64(9))
        high, low = small_quotient(high, low, POWERS[step])
        exponent += step
    while exponent > 0:
        high, low = wide_product(high, low, ZERO, np.uint64(10))
        exponent -= 1
    return np.int64(low)


@kernel
def settle(log, size, denominator, share, part, parts):
    """Turn the first ``size`` credits of a log into shares; of the pools, those whose number is ``part``.

    Pools do not see each other, so that ``parts`` threads can share the work.
    """
    for i in range(size):
        if log.pool[i] % parts == part:
            credit(denominator, share, log.pool[i], log.slot[i], log.amount[i], log.value[i])
