"""Fixed-point numbers: the chain's I32F32, as raw integers.

A raw integer r stands for r / 2³². Multiplying two of them needs 64 bits for the product of two
fractions, and dividing needs a numerator shifted left by 32; floating point alone would lose the
last bit about once in 100,000. So every product is an unsigned 64-bit integer, and every quotient
is guessed in floating point and then corrected by the exact remainder.

    mul(a, b) = floor(a · b / 2³²)        div(a, b) = floor(a · 2³² / b),  0 if b = 0

Source: ``spec/epoch.md`` 10; the chain's ``substrate_fixed`` types and ``epoch/math.rs``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy")
"""How every kernel is compiled: kept on disk, no lock held, division by zero written out by hand."""

ONE = 1 << 32
HALF = 1 << 31
E_RAW = 11674931555  # e, rounded to 2⁻³²
TWO_32 = 4294967296.0
EXP_SMALL = 12 << 32
EXP_TERMS = 32  # the chain's Taylor sum stops before this term


@kernel
def mul(a, b):
    """Product of two fractions, raw in [0, ONE]; the one product that wraps is 1 · 1."""
    product = np.int64((np.uint64(a) * np.uint64(b)) >> np.uint64(32))
    return ONE if (a == ONE and b == ONE) else product


@kernel
def div(a, b):
    """Quotient of raw a ≥ 0 by raw b ≥ 0, cut to 2⁻³²; 0 if b is 0. Quotients up to 2²⁰."""
    if b == 0:
        return 0
    guess = np.int64(np.float64(a) * TWO_32 / np.float64(b))
    rest = np.int64((np.uint64(a) << np.uint64(32)) - np.uint64(guess) * np.uint64(b))
    return guess + (1 if rest >= b else 0) - (1 if rest < 0 else 0)


@kernel
def div_wide(a, a_beyond, b, b_beyond):
    """Quotient ``floor((a + a'/2³²) · 2³² / (b + b'/2³²))`` of a ≤ b < 2⁶², with a', b' < 2³².

    Both numbers have up to 94 bits, so the remainder is kept in two words: (high, low).
    """
    guess = np.int64(
        (np.float64(a) + np.float64(a_beyond) / TWO_32)
        * TWO_32
        / (np.float64(b) + np.float64(b_beyond) / TWO_32)
    )
    taken = np.uint64(guess) * np.uint64(b_beyond)
    high = np.int64((np.uint64(a) << np.uint64(32)) - np.uint64(guess) * np.uint64(b))
    high += a_beyond - np.int64(taken >> np.uint64(32))
    low = -np.int64(taken & np.uint64(ONE - 1))
    if low < 0:
        high, low = high - 1, low + ONE
    return guess + (1 if (high > b or (high == b and low >= b_beyond)) else 0) - (1 if high < 0 else 0)


@kernel
def div_u16(stored, total):
    """``floor(stored · 2³² / total)`` for a u16 and a sum of u16; float64 is exact here.

    The quotient's distance to the next integer is at least 1/total, its rounding error at most
    stored/total · 2⁻²¹, which is less since stored < 2²¹.
    """
    return np.int64(np.float64(stored) * TWO_32 / np.float64(total)) if total > 0 else 0


@kernel
def u16_fraction(stored):
    """``floor(stored · 2³² / 65535)`` of a u16, without dividing: 2³² is 65535 · 65537 + 1."""
    return np.int64(stored) * 65537 + (1 if stored == 65535 else 0)


@kernel
def mul_floor(a, b):
    """Product of a fraction in [0, ONE] and a signed raw b, ``|b| ≤ ONE``, floored toward minus infinity."""
    low = np.uint64(a) * np.uint64(abs(b))
    size = mul(a, abs(b))
    rounds_down = b < 0 and (low & np.uint64(ONE - 1)) != 0
    return (-size if b < 0 else size) - (1 if rounds_down else 0)


@kernel
def normalise(values):
    """Divide each of [n] raw values by their sum; unchanged if that is 0."""
    total = np.int64(0)
    for value in values:
        total += value
    out = np.empty_like(values)
    for i in range(len(values)):
        out[i] = div(values[i], total) if total > 0 else values[i]
    return out


@kernel
def exp_positive(y, term, total):
    """Write the chain's exp(y) of [n] raw y in [0, 20] into ``total``; ``term`` is scratch space.

    A Taylor sum in which every product and every quotient is cut to 2⁻³²:
    ``t ← floor(floor(t·y) / i)``. A product needs up to 94 bits: the float guess is off by at most
    2¹¹, which the wrapped 64-bit remainder puts right; likewise the quotient, whose first guess is
    exact already while products stay below 2⁵¹, that is for y up to 12. The terms are the outer
    loop and the cells the inner one, so that the compiler works on whole vectors.
    """
    n = len(y)
    largest = np.int64(0)
    for j in range(n):
        term[j] = y[j]
        total[j] = ONE + y[j]
        largest = max(largest, y[j])
    for i in range(2, EXP_TERMS):
        alive = _next_term(y, term, total, i) if largest <= EXP_SMALL else _next_term_wide(y, term, total, i)
        if alive == 0:
            break
    for j in range(n):
        if y[j] == ONE:
            total[j] = E_RAW


@kernel
def _next_term(y, term, total, i):
    """Term i of the sum for y ≤ 12; returns 0 once all terms are 0."""
    part = 1.0 / i
    alive = np.int64(0)
    for j in range(len(y)):
        product = _product(term[j], y[j])
        term[j] = np.int64((np.float64(product) + 0.5) * part)
        total[j] += term[j]
        alive |= term[j]
    return alive


@kernel
def _next_term_wide(y, term, total, i):
    """Term i of the sum for y ≤ 20: as ``_next_term``, with the quotient corrected."""
    part = 1.0 / i
    alive = np.int64(0)
    for j in range(len(y)):
        product = _product(term[j], y[j])
        guess = np.int64(np.float64(product) * part)
        rest = product - guess * i
        term[j] = guess + np.int64(np.floor((np.float64(rest) + 0.5) * part))
        total[j] += term[j]
        alive |= term[j]
    return alive


@kernel
def _product(a, b):
    """``floor(a · b / 2³²)`` of raw a < 2⁵⁸, b < 2³⁷: a guess in float64, put right by the remainder."""
    guess = np.int64(np.float64(a) * (np.float64(b) / TWO_32))
    rest = np.int64(np.uint64(a) * np.uint64(b) - (np.uint64(guess) << np.uint64(32)))
    return guess + (rest >> 32)


@kernel
def reciprocal(a):
    """``floor(2⁶⁴ / a)`` for raw a > ONE: 1/a, cut to 2⁻³²."""
    guess = np.int64(TWO_32 * TWO_32 / np.float64(a))
    rest = np.int64(np.uint64(0) - np.uint64(guess) * np.uint64(a))
    return guess + (1 if rest >= a else 0) - (1 if rest < 0 else 0)
