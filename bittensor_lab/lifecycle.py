"""The life of a subnet: so far, what it costs to found one.

    cost = max(min_lock, last · mult − floor(last / interval) · (now − last_block))

Each founding doubles the cost (mult is 2, but 1 before the first), which then falls linearly; the
interval is as long as the block emission is high, so that after a halving of TAO it falls twice as fast.

Source: ``spec/economy.md`` 8.1; ``subnets/subnet.rs``, ``get_network_lock_cost``.
"""

from __future__ import annotations

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
