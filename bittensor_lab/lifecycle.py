"""The life of a subnet: so far, what it costs to found one.

    cost = max(min_lock, last · mult − floor(last / interval) · (now − last_block))

Each founding doubles the cost (mult is 2, but 1 before the first), which then falls linearly; the
interval is as long as the block emission is high, so that after a halving of TAO it falls twice as fast.

Source: ``spec/economy.md`` 8.1; ``subnets/subnet.rs``, ``get_network_lock_cost``.
"""

from __future__ import annotations

from collections.abc import Sequence

from bittensor_lab.kernels.emission import FULL_EMISSION
from bittensor_lab.units import U64_MAX


def network_lock_cost(
    last_lock: int, last_lock_block: int, block: int, reduction_interval: int, min_lock: int, emission: int
) -> int:
    """Return what founding a subnet costs at ``block``, rao.

    Parameters
    ----------
    last_lock, last_lock_block
        what the last founder paid, rao, and when; block 0 if there was none.
    emission
        of a block at the present issuance, rao.
    """
    interval = reduction_interval * emission // FULL_EMISSION
    waited = max(0, block - last_lock_block)
    raised = min(U64_MAX, last_lock * (2 if last_lock_block else 1))
    fallen = min(U64_MAX, (last_lock // interval if interval else 0) * waited)
    return max(min_lock, raised - fallen)


def median_price(prices: Sequence[float]) -> float:
    """Return the median of the positive prices, 1 if there is none."""
    ranked = sorted(price for price in prices if price > 0)
    if not ranked:
        return 1.0
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2


def first_reserves(lock: int, min_lock: int, median: float) -> tuple[int, int]:
    """Return a new pool's TAO and alpha, rao, such that its price is ``median``."""
    tao = max(lock, min_lock)
    return tao, int(tao / median)


def to_prune(candidates: Sequence[tuple[int, int, int]], block: int, immunity: int) -> int | None:
    """Return the netuid that goes: (netuid, moving price, registered at) of each."""
    old = [(price, since, netuid) for netuid, price, since in candidates if block >= since + immunity]
    return min(old)[2] if old else None


def share_out(pot: int, claims: Sequence[int]) -> list[int]:
    """Return each claim's part of a pot; rao that are left go to the largest remainders."""
    total = sum(claims)
    if not total:
        return [0] * len(claims)
    parts = [pot * claim // total for claim in claims]
    by_remainder = sorted(range(len(claims)), key=lambda i: (-(pot * claims[i] % total), i))
    for i in by_remainder[: pot - sum(parts)]:
        parts[i] += 1
    return parts


def legacy_refund(lock: int, alpha_issuance: int, owner_cut: float, price: float) -> int:
    """Return what an early founder gets back."""
    return max(0, lock - int(int(alpha_issuance * owner_cut) * price))
