"""The pool: what alpha costs in TAO, and what a trade moves.

A subnet's pool holds x alpha and y TAO with weights w1 (alpha) and w2 (TAO), w1 + w2 = 1. Whoever puts
Δ into one side takes out of the other so that x^w1 · y^w2 stays:

    price p  = (w1 / w2) · y / x                               TAO per alpha
    out      = R_out · (1 − (R_in / (R_in + Δ))^(w_in / w_out))
    Δ(p → p') = R_in · ((p' / p)^w_out − 1)                    what moves the price to a limit (or p / p')

With equal weights that is x · y = k. The fee is taken from the amount first and never enters the
pool. Putting in both sides at the pool's own price moves the weights, not the price.

Source: ``spec/economy.md`` 6; ``pallets/swap/src/pallet/balancer.rs``, ``impls.rs``, ``swap_step.rs``.
Powers are float64 (log1p and expm1, about 1e-15), then cut to whole rao: at most 1 rao off the
chain's, which holds them in parts of 1e18. ``quote`` is the TAO's weight in parts of 1e18.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.kernels.fixed import kernel

WHOLE = 1_000_000_000_000_000_000
MINIMUM_RESERVE = 1_000_000
MOST_OF_RESERVE = 1000
MOST_POWER = 18.446744073709551615  # the chain's factor saturates at 2⁶⁴ − 1 parts of 1e18
LOWEST_WEIGHT = WHOLE // 100
MINIMUM_OF_2025 = 10_000_000
SMALL = 2.0**-9
"""parts of a reserve below which a power is a short sum"""
RAO = 1e9

OK, INPUT_TOO_LARGE, RESERVES_TOO_LOW, LIMIT_EXCEEDED, LIQUIDITY = 0, 1, 2, 3, 4


@kernel
def spot_price(tao, alpha, quote):
    """TAO per alpha at these reserves; 0 without alpha."""
    if alpha == 0:
        return 0.0
    return (WHOLE - quote) / quote * (np.float64(tao) / np.float64(alpha))


@kernel
def amount_out(amount, reserve_in, reserve_out, power):
    """What ``amount`` more on one side takes out of the other, rao; ``power`` is w_in / w_out."""
    if amount <= 0 or reserve_in <= 0:
        return 0
    r = np.float64(amount) / np.float64(reserve_in)
    if r < SMALL:  # the first terms of both series; what is left out is below 1e-17 of the result
        log = r * (1.0 - r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r / 6)))))
        t = power * log
        if t < SMALL:
            part = t * (1.0 - t / 2 * (1.0 - t / 3 * (1.0 - t / 4 * (1.0 - t / 5 * (1.0 - t / 6)))))
            return np.int64(np.floor(np.float64(reserve_out) * part))
    part = -np.expm1(-power * np.log1p(r))
    return np.int64(np.floor(np.float64(reserve_out) * part))


@kernel
def amount_to_limit(reserve_in, ratio, weight_out):
    """What must be put in so that the price moves by ``ratio`` ≥ 1, rao."""
    factor = min(np.exp(weight_out * np.log(ratio)), MOST_POWER)
    return np.int64(np.floor(np.float64(reserve_in) * (factor - 1.0)))


@kernel
def high_word(a, b):
    """``floor(a · b / 2⁶⁴)`` of two u64."""
    low32, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    a0, a1 = np.uint64(a) & low32, np.uint64(a) >> shift
    b0, b1 = np.uint64(b) & low32, np.uint64(b) >> shift
    middle = a1 * b0 + ((a0 * b0) >> shift)
    other = a0 * b1 + (middle & low32)
    return a1 * b1 + (middle >> shift) + (other >> shift)


@kernel
def _is_too_large(net, reserve_in):
    """Whether an amount is more than a thousand times the reserve, without leaving 64 bits."""
    times, rest = net // MOST_OF_RESERVE, net % MOST_OF_RESERVE
    return times > reserve_in or (times == reserve_in and rest > 0)


@kernel
def swap(buys, tao, alpha, quote, amount, limit, fee_rate, fee_factor):
    """Trade ``amount`` rao of TAO (``buys``) or alpha; returns (error, paid in, out, fee), rao.

    ``limit`` is a price in TAO per alpha, ``fee_rate`` of 65535, ``fee_factor`` the same of 2⁶⁴, cut
    off. Reserves are left to the caller. The checks come in the chain's order.
    """
    reserve_in, reserve_out = (tao, alpha) if buys else (alpha, tao)
    weight_in = quote / WHOLE if buys else (WHOLE - quote) / WHOLE
    power = weight_in / (1.0 - weight_in)
    fee = np.int64(high_word(np.uint64(amount), np.uint64(fee_factor))) if fee_factor else np.int64(0)
    net = amount - fee
    if net > reserve_in and _is_too_large(net, reserve_in):
        return INPUT_TOO_LARGE, 0, 0, 0
    if reserve_out < MINIMUM_RESERVE:
        return RESERVES_TOO_LOW, 0, 0, 0
    now = spot_price(tao, alpha, quote)
    if (now >= limit) if buys else (now <= limit):
        return LIMIT_EXCEEDED, 0, 0, 0
    paid, out = net, amount_out(net, reserve_in, reserve_out, power)
    then = spot_price(tao + paid, alpha - out, quote) if buys else spot_price(tao - out, alpha + paid, quote)
    if (then > limit or out >= alpha) if buys else then < limit:
        paid = amount_to_limit(reserve_in, limit / now if buys else now / limit, 1.0 - weight_in)
        fee = np.int64(np.floor(np.float64(paid) * fee_rate / (65535 - fee_rate)))
        out = amount_out(paid, reserve_in, reserve_out, power)
    if paid > 0 and out == 0:
        return RESERVES_TOO_LOW, 0, 0, 0
    if out > reserve_out:
        return LIQUIDITY, 0, 0, 0
    return OK, paid, out, fee


@kernel
def quote_after(tao, alpha, quote, tao_in, alpha_in):
    """The TAO's weight after both sides grew off the market, so that the price stays; −1: refused."""
    if tao + tao_in == 0 or alpha + alpha_in == 0:
        return quote
    ours = (1.0 - quote / WHOLE) * np.float64(tao) * np.float64(alpha + alpha_in)
    theirs = (quote / WHOLE) * np.float64(alpha) * np.float64(tao + tao_in)
    if ours + theirs == 0.0:
        return WHOLE // 2
    after = np.int64(np.floor(theirs / (ours + theirs) * WHOLE))
    return after if LOWEST_WEIGHT <= after <= WHOLE - LOWEST_WEIGHT else -1


@kernel
def swap_constant_product(buys, tao, alpha, amount, flat_fee):
    """Trade as in early 2025, at x · y = k with a flat fee; returns (error, paid in, out, fee), rao.

    Refused if less than ``MINIMUM_OF_2025`` would be left on the other side.
    """
    reserve_in, reserve_out = (tao, alpha) if buys else (alpha, tao)
    paid = amount - flat_fee
    if paid <= 0:
        return RESERVES_TOO_LOW, 0, 0, 0
    if paid > reserve_in and _is_too_large(paid, reserve_in):
        return INPUT_TOO_LARGE, 0, 0, 0
    left = ratio_up(reserve_in, reserve_out, reserve_in + paid)
    if left < MINIMUM_OF_2025:
        return RESERVES_TOO_LOW, 0, 0, 0
    return OK, paid, reserve_out - left, flat_fee


@kernel
def ratio_up(a, b, c):
    """``ceil(a · b / c)`` of a ≤ c < 2⁶³, exactly: a guess in float, then corrected by the remainder."""
    guess = np.int64(np.float64(a) / np.float64(c) * np.float64(b))
    while True:
        high = np.int64(high_word(np.uint64(a), np.uint64(b))) - np.int64(
            high_word(np.uint64(guess), np.uint64(c))
        )
        low_ab, low_gc = np.uint64(a) * np.uint64(b), np.uint64(guess) * np.uint64(c)
        rest = low_ab - low_gc  # wraps; with the high words it is the exact remainder
        if low_ab < low_gc:
            high -= 1
        if high < 0:  # guess · c > a · b
            if high == -1 and rest > np.uint64(0) - np.uint64(c):
                return guess  # less than one c above: this is the ceiling
            step = np.int64((np.float64(np.uint64(0) - rest)) / np.float64(c)) if high == -1 else 1
            guess -= max(1, step)
        elif high == 0 and rest == 0:
            return guess
        else:
            step = np.int64(np.float64(rest) / np.float64(c)) if high == 0 else 1
            guess += max(1, step)
