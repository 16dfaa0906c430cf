"""Units: how the chain writes numbers, and how people read them.

The chain has no floating point. It keeps three kinds of number:

* **rao**, an integer: balances, stakes, emission.  1 TAO = 10⁹ rao, and the same
  for every subnet's alpha.
* **u16**, an integer of 65535: a stored fraction.  32767 means 32767/65535 ≈ 0.5.
* **I32F32**, an integer of 2³²: a fraction while the epoch computes with it.
  We keep its raw integer; ``ONE`` is 1.0, and the smallest step is 2⁻³².

Nothing here rounds: a conversion to a stored form cuts off, as the chain does.
"""

from __future__ import annotations

from decimal import Decimal

RAO_PER_TAO = 10**9
U16_MAX = 65535
U64_MAX = 2**64 - 1
ONE = 2**32
"""1.0 as a raw I32F32 number."""

THIN_SPACE = "\u202f"
"""between thousands; no line breaks there"""
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


def tao(amount: float | int | str | Decimal) -> int:
    """Return ``amount`` TAO (or alpha) as whole rao; what is smaller than a rao is cut off.

    A float is read as it prints, so that ``tao(0.1)`` is 100 000 000 and not one less.

    Raises
    ------
    ValueError
        if the amount is not a finite number.
    """
    value = Decimal(str(amount))
    if not value.is_finite():
        raise ValueError(f"an amount of TAO must be a finite number, not {amount!r}")
    return int(value * RAO_PER_TAO)


def format_tao(rao: int, symbol: str = "τ", digits: int = 4) -> str:
    """Return ``rao`` as people read it: ``format_tao(1_234_500_000_000)`` is ``'1 234.5 τ'``."""
    sign, whole = (MINUS, -rao) if rao < 0 else ("", rao)
    text = f"{Decimal(whole) / RAO_PER_TAO:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return f"{sign}{text.replace(',', THIN_SPACE)}{NO_BREAK_SPACE}{symbol}"


def format_percent(part: float, digits: int = 0, signed: bool = False) -> str:
    """Return a part of 1 as people read it: ``format_percent(-0.034, 1)`` is ``'−3.4 %'``."""
    text = f"{100 * part:{'+' if signed else ''}.{digits}f}".replace("-", MINUS)
    return f"{text}{NO_BREAK_SPACE}%"


def u16_fraction(stored: int) -> int:
    """Return a stored u16 as raw I32F32: ``floor(stored · 2³² / 65535)``."""
    return (stored << 32) // U16_MAX


def to_u16(fraction: float) -> int:
    """Return the u16 that stores ``fraction`` most nearly; for people setting parameters.

    Raises
    ------
    ValueError
        if the fraction is not between 0 and 1.
    """
    if not 0.0 <= fraction <= 1.0:
        raise ValueError(f"a fraction must lie between 0 and 1, not {fraction!r}")
    return round(fraction * U16_MAX)
