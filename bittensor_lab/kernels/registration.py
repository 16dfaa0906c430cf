"""What a registration costs: the price halves with time and jumps with every registration.

    each block          burn ← clamp(floor(burn · f))        f ≈ 2^(−1 / half-life), raw Q32
    each registration   burn ← clamp(floor(burn · mult))     mult = 1.26 by default

The factor f is the largest of 32 fractional bits whose half-life-th power, cut at every
multiplication, is at most one half; so the price falls very slightly faster than its name says.

Source: ``spec/epoch.md`` 2.2; ``subnets/registration.rs``, ``utils/misc.rs``. The step at a
registration is a single big-integer product and lives with the extrinsic.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.kernels.fixed import HALF, kernel

BITS, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


@kernel
def decay_factor(half_life):
    """The raw Q32 factor by which the price falls in a block; half_life ≥ 1 blocks."""
    low, high = np.int64(0), np.int64(1) << 32
    while low + 1 < high:
        middle = low + ((high - low) >> 1)
        if _power(middle, half_life) > HALF:
            high = middle
        else:
            low = middle
    return low


@kernel
def _power(base, exponent):
    """``base`` (raw Q32 below 1) to a whole power by squaring, every product cut to 2⁻³²."""
    result, square = np.uint64(1) << BITS, np.uint64(base)
    while exponent > 0:
        if exponent & 1:
            result = (result * square) >> BITS
        exponent >>= 1
        if exponent:
            square = (square * square) >> BITS
    return np.int64(result)


@kernel
def decay(burn, factor, low, high, block, blocks):
    """The prices [rows] of u64 rao after ``blocks`` more blocks; the first of them is ``block``.

    ``factor`` [rows] is 0 where the half-life is 0: there the price is only clamped, as in block 1.
    """
    out = burn.copy()
    for row in range(len(out)):
        price, f = out[row], np.uint64(factor[row])
        for b in range(block, block + blocks):
            before = price
            if f > 0 and b > 1:
                price = (price >> BITS) * f + (((price & LOW) * f) >> BITS)
            price = min(max(price, low[row]), high[row])
            if price == before and b > 1:
                break  # the floor is reached: nothing will change any more
        out[row] = price
    return out
