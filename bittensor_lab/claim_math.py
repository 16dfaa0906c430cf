"""The arithmetic of root dividends: a rate that grows, what it owes, and whose turn it is.

    rate += v / root stake          alpha per rao of root stake, cut off at 2⁻³²
    owed  = floor(rate · own stake) − watermark
    lot   = indices that a hash draws among n coldkeys, each step adding eight bytes of it, modulo n

Source: ``spec/economy.md`` 4.6; ``staking/claim_root.rs``.
"""

from __future__ import annotations

from bittensor_lab.units import U64_MAX

Q32 = 32
WORD = 8
"""bytes of the hash that make a step"""


def with_dividend(rate: int, amount: int, root_stake: int) -> int:
    """Return the rate, raw Q32, after a dividend of ``amount`` rao to ``root_stake`` rao."""
    return rate + (amount << Q32) // root_stake


def owed(rate: int, root_stake: int, watermark: int) -> int:
    """Return what a root stake is owed, alpha rao."""
    return max(0, (rate * root_stake >> Q32) - watermark)


def drawn_indices(block_hash: bytes, count: int, n: int) -> list[int]:
    """Return the distinct indices below ``n`` that a hash of 32 bytes draws in ``count`` steps."""
    last, found = int.from_bytes(block_hash[:WORD], "big"), list[int]()
    for step in range(count):
        at = WORD * step % len(block_hash)
        last = min(last + int.from_bytes(block_hash[at : at + WORD], "big"), U64_MAX) % n
        if last not in found:
            found.append(last)
    return found
