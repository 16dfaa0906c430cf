"""When a subnet's epoch is due, and what hangs on that clock.

    due(now) = tempo ≠ 0 and ( a trigger's or deferral's block has come
                               or more than 50,400 blocks went without an epoch
                               or now − last_epoch_block ≥ tempo )

``epoch_clock`` is the index that commits are dated with: it already counts an epoch that is due right
now, so that a commit of epoch e is revealed in the very block whose epoch run uses it.

Source: ``spec/epoch.md`` 3.3 and 8; ``coinbase/tempo_control.rs``, ``coinbase/run_coinbase.rs``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.state import State

FAR = np.iinfo(np.int64).max


def due(state: State, block: int) -> NDArray[np.bool_]:
    """Whether each netuid's epoch [rows] is due at ``block``, by the clocks as they stand."""
    c, tempo = state.clocks, state.rules.tempo
    triggered = (c.pending_epoch_at > 0) & (block >= c.pending_epoch_at)
    overdue = c.blocks_since_last_step > state.network.max_tempo
    return (tempo != 0) & (triggered | overdue | (block - c.last_epoch_block >= tempo))


def next_due(state: State) -> int:
    """Return the next block at which any epoch is due, ``FAR`` if none ever is."""
    c, tempo, now = state.clocks, state.rules.tempo, state.block
    automatic = c.last_epoch_block + tempo
    triggered = np.where(c.pending_epoch_at > 0, c.pending_epoch_at, FAR)
    overdue = now + state.network.max_tempo + 1 - c.blocks_since_last_step
    soonest = np.minimum(np.minimum(automatic, triggered), overdue)
    return max(now + 1, int(np.where(tempo != 0, soonest, FAR).min(initial=FAR)))


def epoch_clock(state: State, netuid: int, block: int) -> int:
    """Return the subnet's epoch index, one more if an epoch is due at ``block``."""
    return int(state.clocks.epoch_index[netuid]) + bool(due(state, block)[netuid])


def blocks_until_next_auto(state: State, netuid: int) -> int | None:
    """Return the blocks until the epoch that the tempo brings; None with tempo 0."""
    tempo = int(state.rules.tempo[netuid])
    if tempo == 0:
        return None
    return max(0, int(state.clocks.last_epoch_block[netuid]) + tempo - state.block)


def next_epoch_start(state: State, netuid: int) -> int | None:
    """Return the block of the subnet's next epoch, triggered ones included; None if there is none."""
    until = blocks_until_next_auto(state, netuid)
    if until is None:
        return None
    pending = int(state.clocks.pending_epoch_at[netuid])
    automatic = int(state.clocks.last_epoch_block[netuid]) + int(state.rules.tempo[netuid])
    return min(automatic, pending) if pending else automatic


def in_freeze_window(state: State, netuid: int) -> bool:
    """Whether the next epoch is so near that the subnet's parameters are frozen."""
    until = blocks_until_next_auto(state, netuid)
    near = until is not None and until < state.network.admin_freeze_window
    return near or int(state.clocks.pending_epoch_at[netuid]) > state.block
