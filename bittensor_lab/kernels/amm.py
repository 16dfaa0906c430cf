"""The pool: what alpha costs in TAO, and what a trade moves.

A subnet's pool holds x alpha and y TAO with weights w1 (alpha) and w2 (TAO), w1 + w2 = 1. Whoever puts
Δ into one side takes out of the other so that x^w1 · y^w2 stays:

    price p  = (w1 / w2) · y / x                               TAO per alpha
    out      = R_out · (1 − (R_in / (R_in + Δ))^(w_in / w_out))
    Δ(p → p') = R_in · ((p' / p)^w_out − 1)                    what moves the price to a limit (or p / p')

With equal weights that is x · y = k. The fee is taken from the amount first and never enters the
pool. Putting in both sides at the pool's own price moves the weights, not the price.

Source: ``spec/economy.md`` 6; ``pallets/swap/src/pallet/balancer.rs``, ``impls.rs``, ``swap_step.rs``.
What comes out is the whole rao below the true value: in float64 (log1p and expm1, about 1e-15), and
where that cannot tell on which side of a whole rao the value is, once more with pairs of floats. The
chain holds the power in parts of 1e18 and so may give 1 rao more. ``quote`` is the TAO's weight in
parts of 1e18.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.kernels.fixed import kernel

WHOLE = 1_000_000_000_000_000_000
MINIMUM_RESERVE = 1_000_000
MOST_OF_RESERVE = 1000
MOST_POWER, MOST_WHOLE, MOST_REST = 18.446744073709551615, 18, 446_744_073_709_551_615
"""where the chain's factor saturates: 2⁶⁴ − 1 parts of 1e18; the same as wholes and parts over"""
LOWEST_WEIGHT = WHOLE // 100
MINIMUM_OF_2025 = 10_000_000
SMALL = 2.0**-9
"""parts of a reserve below which a power is a short sum"""
DOUBT = 2.0**-49
"""more than the relative error of what comes out, in float64: a dozen roundings of 2⁻⁵³ each"""
SNAP = 2.0**-90
"""more than the same error in pairs of floats; a value so little below a whole rao is one"""
LARGEST = 2**63 - 1
RAO = 1e9

OK, INPUT_TOO_LARGE, RESERVES_TOO_LOW, LIMIT_EXCEEDED, LIQUIDITY = 0, 1, 2, 3, 4


@kernel
def spot_price(tao, alpha, quote):
    """TAO per alpha at these reserves; 0 without alpha."""
    return _price(np.float64(tao), np.float64(alpha), quote)


@kernel
def _price(tao, alpha, quote):
    """``spot_price`` of reserves in float."""
    return (WHOLE - quote) / quote * (tao / alpha) if alpha != 0 else 0.0


@kernel
def amount_out(amount, reserve_in, reserve_out, weight_in, weight_out):
    """What ``amount`` more on one side takes out of the other, rao."""
    if amount <= 0 or reserve_in <= 0:
        return np.int64(0)
    power = np.float64(weight_in) / np.float64(weight_out)
    r = np.float64(amount) / np.float64(reserve_in)
    # Below SMALL the first terms of both series; what is left out is below 1e-17 of the result.
    log = r * (1.0 - r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r / 6)))))
    t = power * (log if r < SMALL else np.log1p(r))
    part = t * (1.0 - t / 2 * (1.0 - t / 3 * (1.0 - t / 4 * (1.0 - t / 5 * (1.0 - t / 6)))))
    value = np.float64(reserve_out) * (part if t < SMALL else -np.expm1(-t))
    whole = np.floor(value)
    if value * DOUBT < value - whole < 1.0 - value * DOUBT:
        return np.int64(whole)
    return precise_amount_out(amount, reserve_in, reserve_out, *quotient(weight_in, weight_out))


@kernel
def amount_to_limit(reserve_in, ratio, weight_out, ratio_rest=0.0, weight_rest=0.0):
    """What must be put in so that the price moves by ``ratio`` ≥ 1, rao; rests are what the floats lack."""
    if np.exp(weight_out * np.log(ratio)) >= MOST_POWER:
        return most_to_limit(reserve_in)
    log, log_rest = _log1p(*_plus(ratio, ratio_rest, -1.0, 0.0))
    factor, factor_rest = _expm1(*multiplied(log, log_rest, weight_out, weight_rest))
    return max(np.int64(0), _whole(*multiplied(factor, factor_rest, *_pair(reserve_in))))


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
    weight_in = quote if buys else WHOLE - quote
    fee = np.int64(high_word(np.uint64(amount), np.uint64(fee_factor))) if fee_factor else np.int64(0)
    net = amount - fee
    if net > reserve_in and _is_too_large(net, reserve_in):
        return INPUT_TOO_LARGE, 0, 0, 0
    if reserve_out < MINIMUM_RESERVE:
        return RESERVES_TOO_LOW, 0, 0, 0
    now = spot_price(tao, alpha, quote)
    if (now >= limit) if buys else (now <= limit):
        return LIMIT_EXCEEDED, 0, 0, 0
    paid, out = net, amount_out(net, reserve_in, reserve_out, weight_in, WHOLE - weight_in)
    full = np.float64(reserve_in) + np.float64(net)  # may be more than 64 bits hold
    if net <= LARGEST - reserve_in:
        full = np.float64(reserve_in + net)
    then = _price(full, alpha - out, quote) if buys else _price(tao - out, full, quote)
    if (then > limit or out >= alpha) if buys else then < limit:
        paid = _paid_to_limit(buys, tao, alpha, quote, limit)
        fee = np.int64(np.floor(np.float64(paid) * fee_rate / (65535 - fee_rate)))
        out = amount_out(paid, reserve_in, reserve_out, weight_in, WHOLE - weight_in)
    if paid > 0 and out == 0:
        return RESERVES_TOO_LOW, 0, 0, 0
    if out > reserve_out:
        return LIQUIDITY, 0, 0, 0
    return OK, paid, out, fee


@kernel
def _paid_to_limit(buys, tao, alpha, quote, limit):
    """What moves the price of a pool to ``limit``, rao: the ratio of the two prices in pairs of floats.

    A limit is a whole number of rao on chain; a float that is the nearest to one stands for it.
    """
    rao = np.floor(limit * RAO + 0.5)
    is_whole = rao < 2.0**53 and rao / RAO == limit
    goal, goal_rest = divided(rao, 0.0, RAO, 0.0) if is_whole else (limit, 0.0)
    goal, goal_rest = multiplied(goal, goal_rest, *quotient(quote, WHOLE - quote))
    goal, goal_rest = multiplied(goal, goal_rest, *quotient(alpha, tao))
    weight, weight_rest = quotient(WHOLE - quote if buys else quote, WHOLE)
    if not buys:
        goal, goal_rest = divided(1.0, 0.0, goal, goal_rest)
    return amount_to_limit(tao if buys else alpha, goal, weight, goal_rest, weight_rest)


@kernel
def quote_after(tao, alpha, quote, tao_in, alpha_in):
    """The TAO's weight after both sides grew off the market, so that the price stays; −1: refused.

    The weight is w2 · (1 + a) / (1 + w1 · b + w2 · a) if TAO grows by the part a and alpha by b. Only
    the change is in float64: w2 · w1 · (a − b) / (1 + w1 · b + w2 · a).
    """
    if tao + tao_in == 0 or alpha + alpha_in == 0:
        return quote
    if tao == 0 or alpha == 0:
        return WHOLE // 2 if tao == alpha else -1
    a, b = np.float64(tao_in) / np.float64(tao), np.float64(alpha_in) / np.float64(alpha)
    weight = quote / WHOLE
    change = quote * (1.0 - weight) * (a - b) / (1.0 + (1.0 - weight) * b + weight * a)
    after = quote + np.int64(np.floor(change))
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
    if paid > reserve_in and (_is_too_large(paid, reserve_in) or paid > LARGEST - reserve_in):
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


@kernel
def most_to_limit(reserve_in):
    """``floor(reserve · (2⁶⁴ − 1) / 1e18) − reserve``: the most that the chain's power lets in, rao."""
    if reserve_in > LARGEST // MOST_WHOLE:
        return LARGEST
    part = ratio_up(MOST_REST, reserve_in, WHOLE)
    exact = np.uint64(MOST_REST) * np.uint64(reserve_in) == np.uint64(part) * np.uint64(WHOLE)
    return (MOST_WHOLE - 1) * reserve_in + part - (0 if exact else 1)


@kernel
def most_input(buys, tao, alpha, quote, limit, fee_rate, fee_factor):
    """The most TAO (``buys``) or alpha, fee included, that can be put in before the price is at ``limit``.

    Returns (error, rao): what a swap of a thousand times the reserve would take.
    """
    reserve_in = tao if buys else alpha
    amount = MOST_OF_RESERVE * reserve_in if reserve_in <= LARGEST // MOST_OF_RESERVE else LARGEST
    error, paid, _, fee = swap(buys, tao, alpha, quote, amount, limit, fee_rate, fee_factor)
    return error, paid + fee


@kernel
def most_moved(tao, alpha, quote, to_tao, to_alpha, to_quote, limit):
    """The most alpha of one subnet that can go to another before their relative price is at ``limit``, rao.

    ``limit`` is alpha of the target per alpha of the origin; 0 is no limit. The formula (7.5) is that of
    even weights, as on chain.
    """
    if limit <= 0.0:
        return LARGEST
    price, to_price = spot_price(tao, alpha, quote), spot_price(to_tao, to_alpha, to_quote)
    if to_price <= 0.0 or limit > price / to_price:
        return 0
    both = np.float64(tao) + np.float64(to_tao)
    most = np.float64(to_alpha) * (tao / both) / limit - np.float64(alpha) * (to_tao / both)
    return np.int64(most) if 0.0 < most < LARGEST else (LARGEST if most > 0.0 else 0)


# ---------------------------------------------------------------- pairs of floats, about 2⁻¹⁰⁰


@kernel
def precise_amount_out(amount, reserve_in, reserve_out, power, power_rest):
    """``amount_out`` in pairs of floats (x, x'), each the sum of both: the whole rao below the value."""
    log, log_rest = _log1p(*quotient(amount, reserve_in))
    t, t_rest = multiplied(log, log_rest, power, power_rest)
    part, part_rest = _expm1(-t, -t_rest)
    return _whole(*multiplied(-part, -part_rest, *_pair(reserve_out)))


@kernel
def _whole(a, rest):
    """The whole number below a pair ≥ 0, or just above it (``SNAP``)."""
    a, rest = two_sum(a, rest + a * SNAP)
    whole = np.floor(a)
    return np.int64(whole) + np.int64(np.floor((a - whole) + rest))


@kernel
def two_sum(a, b):
    """a + b as a pair, exactly."""
    total = a + b
    seen = total - a
    return total, (a - (total - seen)) + (b - seen)


@kernel
def _product(a, b):
    """a · b as a pair, exactly: both factors split into halves of 26 bits."""
    split_a, split_b = a * 134217729.0, b * 134217729.0  # 2²⁷ + 1
    a1, b1 = split_a - (split_a - a), split_b - (split_b - b)
    a2, b2 = a - a1, b - b1
    product = a * b
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


@kernel
def _plus(a, a_rest, b, b_rest):
    """The sum of two pairs."""
    total, rest = two_sum(a, b)
    low, low_rest = two_sum(a_rest, b_rest)
    total, rest = two_sum(total, rest + low)
    return two_sum(total, rest + low_rest)


@kernel
def multiplied(a, a_rest, b, b_rest):
    """The product of two pairs."""
    product, rest = _product(a, b)
    return two_sum(product, rest + (a * b_rest + a_rest * b))


@kernel
def divided(a, a_rest, b, b_rest):
    """The quotient of two pairs: a guess, and the remainder over the divisor, twice."""
    first = a / b
    taken, taken_rest = multiplied(b, b_rest, first, 0.0)
    left, left_rest = _plus(a, a_rest, -taken, -taken_rest)
    second = left / b
    taken, taken_rest = multiplied(b, b_rest, second, 0.0)
    left, _ = _plus(left, left_rest, -taken, -taken_rest)
    total, rest = two_sum(first, second)
    return two_sum(total, rest + left / b)


@kernel
def _pair(a):
    """A whole number 0 ≤ a < 2⁶³ as a pair, exactly."""
    return two_sum(np.float64(a >> 32) * 4294967296.0, np.float64(a & 0xFFFFFFFF))


@kernel
def quotient(a, b):
    """a / b of two whole numbers as a pair."""
    return divided(*_pair(a), *_pair(b))


@kernel
def _expm1(x, x_rest):
    """exp(x) − 1 of a pair: x = k · ln 2 + 2⁸ · z, a Taylor sum for z, then doubled eight times."""
    if x < -700.0:
        return -1.0, 0.0
    k = np.floor(x / 0.6931471805599453 + 0.5)
    z, z_rest = multiplied(-k, 0.0, 0.6931471805599453, 2.3190468138462996e-17)  # ln 2
    z, z_rest = _plus(x, x_rest, z, z_rest)
    z, z_rest = z / 256, z_rest / 256
    total, rest = 1.0, 0.0
    for i in range(10, 1, -1):  # 1 + z/2 · (1 + z/3 · (1 + …)); what is left out is below 2⁻¹¹⁰
        total, rest = multiplied(total, rest, *divided(z, z_rest, np.float64(i), 0.0))
        total, rest = _plus(total, rest, 1.0, 0.0)
    total, rest = multiplied(total, rest, z, z_rest)
    for _ in range(8):  # (1 + s)² − 1 = 2s + s²
        square, square_rest = multiplied(total, rest, total, rest)
        total, rest = _plus(2.0 * total, 2.0 * rest, square, square_rest)
    if k == 0.0:
        return total, rest
    scale = 2.0**k
    return _plus(scale * total, scale * rest, *two_sum(scale, -1.0))


@kernel
def _log1p(x, x_rest):
    """log(1 + x) of a pair x > 0: the float's, and one step of Newton's, which doubles the digits."""
    guess = np.log1p(x)
    got, got_rest = _expm1(guess, 0.0)
    off, _ = _plus(x, x_rest, -got, -got_rest)
    return two_sum(guess, off / (1.0 + x))
