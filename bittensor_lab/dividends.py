"""Whose dividends they are: what a validator's parents get, and how alpha and root stake share.

An epoch pays a validator's hotkey dividends d; but it voted with stake that parents lent it, so each
parent gets its part, less the childkey's take. What is left to each hotkey then counts only as a
weight: its alpha part shares the alpha pot, its root part the root pot.

Source: ``spec/epoch.md`` 9.4, ``spec/economy.md`` 4.4; ``coinbase/run_coinbase.rs``. All numbers are
raw U96F32 (2⁻³² of a rao), every product and quotient cut off there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bittensor_lab.stake_weight import Q32, proportion
from bittensor_lab.units import U16_MAX


@dataclass(frozen=True)
class Lender:
    """A parent of a childkey: what it lends, and what it has, rao."""

    part: int
    """of 2⁶⁴ − 1"""
    alpha: int
    root: int
    same_owner: bool
    """whether the child belongs to the parent's coldkey, which then pays neither take nor burn"""


@dataclass(frozen=True)
class Shares:
    """What becomes of a hotkey's dividends, rao."""

    parents: tuple[int, ...]
    own: int
    recycled: int


def share_with_parents(
    dividends: int,
    alpha: int,
    root: int,
    children: Sequence[int],
    parents: Sequence[Lender],
    take: int,
    ck_burn: int,
    tao_weight: int,
) -> Shares:
    """Return what each parent and the hotkey itself get of its dividends (9.4).

    Parameters
    ----------
    dividends, alpha, root
        of the hotkey, rao.
    children
        proportions that the hotkey itself gave away, of 2⁶⁴ − 1.
    take
        childkey take, of 65535.
    ck_burn
        part of a foreign parent's share that is recycled, of 2⁶⁴ − 1.
    tao_weight
        raw Q32.
    """
    kept = max(0, (1 << Q32) - sum(proportion(p) for p in children))
    own_stake = (alpha * kept + _mul(root * kept, tao_weight)) >> Q32
    lent = [p.alpha * (q := proportion(p.part)) + _mul(p.root * q, tao_weight) for p in parents]
    total = (own_stake << Q32) + sum(lent)
    left = dividends << Q32
    taken, recycled, paid = 0, 0, []
    for parent, stake in zip(parents, lent, strict=True):
        earned = dividends * ((stake << Q32) // total) if total else 0
        left -= earned
        if not parent.same_owner:
            burnt, kept_by_child = _mul(proportion(ck_burn), earned), _mul((take << Q32) // U16_MAX, earned)
            earned -= burnt + kept_by_child
            recycled, taken = recycled + (burnt >> Q32), taken + kept_by_child
        paid.append(earned >> Q32)
    return Shares(tuple(paid), (left + taken) >> Q32, recycled)


def share_pots(
    dividends: Sequence[int],
    alpha: Sequence[int],
    root: Sequence[int],
    alpha_pot: int,
    root_pot: int,
    tao_weight: int,
) -> list[tuple[int, int]]:
    """Return each hotkey's (alpha, root alpha), raw Q32 rao, of the two pots (economy 4.4).

    Parameters
    ----------
    dividends, alpha, root
        [hotkeys] rao: what is left after parents, own alpha stake and own root stake.
    tao_weight
        raw Q32.
    """
    root_parts, alpha_parts = [], []
    for d, a, r in zip(dividends, alpha, root, strict=True):
        counted = r * tao_weight
        total = (a << Q32) + counted
        part = _mul(d << Q32, (counted << Q32) // total) if total else 0
        root_parts.append(part)
        alpha_parts.append((d << Q32) - part)
    shares = zip(_parts(alpha_parts, alpha_pot), _parts(root_parts, root_pot), strict=True)
    return list(shares)


def _parts(weights: Sequence[int], pot: int) -> list[int]:
    """``pot · (weight / Σ weights)`` for each weight, raw Q32, the quotient cut off; 0 if all are 0."""
    total = sum(weights)
    return [pot * ((weight << Q32) // total) if total else 0 for weight in weights]


def _mul(a: int, b: int) -> int:
    return (a * b) >> Q32
