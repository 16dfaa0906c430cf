"""Share pools: who owns how much of the stake on a hotkey, when dividends lift everyone at once.

One pool per hotkey and netuid: a value V in rao, a denominator D, and a share s of each coldkey.

    value(c)  = floor(V · s_c / D)
    all(Δ)      V += Δ                            dividends: everyone's value scales
    one(c, Δ)   n = Δ · D / V;  s_c, D, V grow by n, n, Δ     (the first one: s = D = Δ)

Shares are decimal floats of 21 digits, cut off after every operation, as on the chain: with less
precision an exit would be one rao short of the value, and the chain silently ignores such an exit.

Source: ``spec/economy.md`` 5; ``primitives/share-pool``, ``staking/stake_utils.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from immutables import Map

from bittensor_lab.errors import InsufficientLiquidity

MOST = 10**21
"""a mantissa lies above a tenth of this and at most here"""


class SafeFloat(NamedTuple):
    """mantissa · 10^exponent; zero is (0, 0)."""

    mantissa: int
    exponent: int


ZERO = SafeFloat(0, 0)


def safe_float(mantissa: int, exponent: int = 0) -> SafeFloat:
    """Return the number with 21 digits, the rest cut off."""
    if mantissa == 0:
        return ZERO
    size = abs(mantissa)
    if MOST // 10 < size <= MOST:  # it has them, as most sums and products do
        return SafeFloat(mantissa, exponent)
    digits = len(str(size - 1)) if size > 1 else 1  # 10^21 itself has 21 by this count
    shift = digits - 21
    scaled = size // 10**shift if shift > 0 else size * 10**-shift
    return SafeFloat(scaled if mantissa > 0 else -scaled, exponent + shift)


def add(a: SafeFloat, b: SafeFloat) -> SafeFloat:
    """Return a + b, the smaller aligned to the larger by cutting."""
    if a.mantissa == 0 or b.mantissa == 0:
        return b if a.mantissa == 0 else a
    if a.exponent < b.exponent:
        a, b = b, a
    aligned = abs(b.mantissa) // 10 ** (a.exponent - b.exponent)
    return safe_float(a.mantissa + (aligned if b.mantissa > 0 else -aligned), a.exponent)


def muldiv(a: SafeFloat, b: SafeFloat, c: SafeFloat) -> SafeFloat:
    """Return a · b / c as one operation; zero if c is."""
    if c.mantissa == 0:
        return ZERO
    return safe_float(a.mantissa * b.mantissa // c.mantissa, a.exponent + b.exponent - c.exponent)


def floor(a: SafeFloat) -> int:
    """Return the number as an integer, cut off."""
    return a.mantissa * 10**a.exponent if a.exponent >= 0 else a.mantissa // 10**-a.exponent


@dataclass(frozen=True)
class SharePool:
    """The stake on one hotkey of one subnet."""

    value: int = 0
    """V, rao"""
    denominator: SafeFloat = ZERO
    shares: Map[str, SafeFloat] = field(default_factory=Map)
    """by coldkey"""

    def value_of(self, coldkey: str) -> int:
        """Return what a coldkey owns, rao."""
        share = self.shares.get(coldkey)
        return floor(muldiv(safe_float(self.value), share, self.denominator)) if share else 0

    def with_dividends(self, amount: int) -> SharePool:
        """Return the pool with ``amount`` rao for everyone; without shares it waits for the first."""
        return SharePool(self.value + amount, self.denominator, self.shares)

    def with_stake(self, coldkey: str, amount: int) -> SharePool:
        """Return the pool with ``amount`` rao more (or less) for one coldkey.

        Taking out more than it owns changes nothing. Raises InsufficientLiquidity if an amount is
        too small to be a share.
        """
        if amount == 0 or (amount < 0 and -amount > self.value_of(coldkey)):
            return self
        value = self.value + amount
        if self.denominator == ZERO:
            first = safe_float(amount)
            return SharePool(value, first, self.shares.set(coldkey, first))
        moved = muldiv(safe_float(abs(amount)), self.denominator, safe_float(self.value))
        if moved == ZERO:
            raise InsufficientLiquidity(f"{amount} rao of {self.value} is too small to be a share")
        if amount < 0:
            moved = SafeFloat(-moved.mantissa, moved.exponent)
        share = add(self.shares.get(coldkey, ZERO), moved)
        shares = self.shares.set(coldkey, share) if share.mantissa > 0 else self.shares.delete(coldkey)
        return SharePool(value, add(self.denominator, moved), shares)
