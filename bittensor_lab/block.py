"""One block, in the chain's own order, and many blocks at once.

    state, events = block_step(state, extrinsics)       # initialise the block, then apply
    for state, events in advance(state, blocks): ...    # stops wherever something happened

``begin_block`` below is the chain's list of what happens before any extrinsic. Between two blocks in
which something does, only clocks and prices move; ``idle`` moves them over any number of blocks in
one go, with the same result as block by block.

Until the economy's part is there, steps 2, 5, 6, 8 and 9 have only their places, and a fixed emission
feeds the epochs.

Source: ``spec/epoch.md`` 8, ``spec/economy.md`` 2; ``macros/hooks.rs``, ``coinbase/block_step.rs``,
``coinbase/run_coinbase.rs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.childkeys import apply_pending
from bittensor_lab.errors import ChainError, WrongType
from bittensor_lab.events import EpochDeferred, EpochRan, EpochSkipped, Event, ExtrinsicFailed
from bittensor_lab.kernels.registration import decay
from bittensor_lab.mechanisms import run_subnet_epoch
from bittensor_lab.schedule import due, next_due
from bittensor_lab.state import State
from bittensor_lab.units import RAO_PER_TAO
from bittensor_lab.weights import has_ripe_commits, reveal_timelocked

Events = tuple[Event, ...]

SUBNET_EMISSION = RAO_PER_TAO
"""alpha, in rao, that each subnet's epoch gets per block; the coinbase will replace it"""


@runtime_checkable
class Extrinsic(Protocol):
    """Something that someone asks of the chain: a frozen record that knows its own checks."""

    def apply(self, state: State) -> tuple[State, Events]:
        """Return the state after it and what happened; raises ChainError and changes nothing."""


def apply(state: State, extrinsic: Extrinsic) -> tuple[State, Events]:
    """Apply one extrinsic.

    Raises
    ------
    ChainError
        if the chain refuses it; the state is as it was.
    WrongType
        if it is no extrinsic.
    """
    if not isinstance(extrinsic, Extrinsic) or isinstance(extrinsic, type):
        raise WrongType(
            f"{type(extrinsic).__name__} is no extrinsic", remedy="Use those of bittensor_lab.extrinsics."
        )
    return extrinsic.apply(state)


def block_step(state: State, extrinsics: Iterable[Extrinsic] = ()) -> tuple[State, Events]:
    """Return the state one block later, and its events; a refused extrinsic is an event too."""
    state, events = begin_block(state)
    for extrinsic in extrinsics:
        try:
            state, happened = apply(state, extrinsic)
        except ChainError as error:
            happened = (ExtrinsicFailed(type(extrinsic).__name__, error),)
        events += happened
    return state, events


def begin_block(state: State) -> tuple[State, Events]:
    """Initialise the next block: all that happens in it before its extrinsics."""
    state = decay_prices(replace(state, block=state.block + 1))  # 1
    # 2: the block's emission belongs to the economy
    state, revealed = reveal_commits(state)  # 3
    state, queue, clocked = drain(tick(state, 1))  # 4 a to i
    state, ran = run_epochs(state, queue)  # 4 j
    # 5, 6: moving prices and root proportions belong to the economy
    state, grown = apply_children(state)  # 7
    # 8, 9: claims of root dividends belong to the economy
    return state, revealed + clocked + ran + grown


def decay_prices(state: State, blocks: int = 1) -> State:
    """Let registration prices fall over the ``blocks`` blocks that end with the state's."""
    rules, first = state.rules, state.block - blocks + 1
    burn = decay(state.clocks.burn, rules.burn_factor, rules.min_burn, rules.max_burn, first, blocks)
    return replace(state, clocks=replace(state.clocks, burn=burn))


def reveal_commits(state: State) -> tuple[State, Events]:
    """Reveal timelocked commits, except on subnets whose epoch this block will put off."""
    events: Events = ()
    waiting = [s.netuid for s in state.subnets if s and any(m.timelocked for m in s.mechanisms)]
    if not waiting:
        return state, events
    deferred = set(_due_netuids(state, due(state, state.block))[state.network.max_epochs_per_block :])
    for netuid in waiting:
        if netuid not in deferred:
            state, happened = reveal_timelocked(state, netuid)
            events += happened
    return state, events


def _due_netuids(state: State, is_due: NDArray[np.bool_]) -> list[int]:
    """The netuids that are due and can run, in the order in which they get a place."""
    return [netuid for netuid in np.flatnonzero(is_due).tolist() if _is_consistent(state, netuid)]


def _is_consistent(state: State, netuid: int) -> bool:
    subnet = state.subnet(netuid)
    return len(subnet.uids) == subnet.n


def tick(state: State, blocks: int) -> State:
    """Count ``blocks`` blocks on every subnet, and let its emission wait for the epoch."""
    there = np.array([subnet is not None for subnet in state.subnets])
    c = state.clocks
    clocks = replace(
        c,
        blocks_since_last_step=c.blocks_since_last_step + there * blocks,
        pending_emission=c.pending_emission + there * (SUBNET_EMISSION * blocks),
    )
    return replace(state, clocks=clocks)


def drain(state: State) -> tuple[State, list[tuple[int, int]], Events]:
    """Empty the pots of the subnets whose epoch runs now: (netuid, rao), at most the block's number."""
    now, is_due = state.block, due(state, state.block)
    queue, events = list[tuple[int, int]](), list[Event]()
    clocks = state.clocks
    for netuid in np.flatnonzero(is_due).tolist():
        fired = dict(
            last_epoch_block=now, pending_epoch_at=0, epoch_index=int(clocks.epoch_index[netuid]) + 1
        )
        if not _is_consistent(state, netuid):
            clocks = clocks.at(netuid, **fired)
            events.append(EpochSkipped(netuid))
        elif len(queue) >= state.network.max_epochs_per_block:
            clocks = clocks.at(netuid, pending_epoch_at=now + 1)
            events.append(EpochDeferred(netuid))
        else:
            queue.append((netuid, int(clocks.pending_emission[netuid])))
            clocks = clocks.at(netuid, **fired, blocks_since_last_step=0, pending_emission=0)
    return (replace(state, clocks=clocks) if is_due.any() else state), queue, tuple(events)


def run_epochs(state: State, queue: list[tuple[int, int]]) -> tuple[State, Events]:
    """Run the epochs of drained subnets in ascending order."""
    events: Events = ()
    for netuid, emission in queue:
        if state.subnet(netuid).n:
            subnet, _ = run_subnet_epoch(state, netuid, emission)
            state = state.with_subnet(subnet)
        state = replace(state, clocks=state.clocks.at(netuid, last_step_block=state.block))
        events += (EpochRan(netuid, int(state.clocks.epoch_index[netuid]), emission),)
    return state, events


def apply_children(state: State) -> tuple[State, Events]:
    """Let waiting children take effect on the subnets whose epoch was due in this block."""
    events: Events = ()
    for netuid in np.flatnonzero(state.clocks.last_epoch_block == state.block).tolist():
        subnet = state.subnets[netuid]
        if subnet is not None and subnet.pending_children:
            state, happened = apply_pending(state, netuid)
            events += tuple(happened)
    return state, events


def idle(state: State, blocks: int) -> State:
    """Return the state after ``blocks`` blocks in which nothing happens; see ``quiet_blocks``."""
    return tick(decay_prices(replace(state, block=state.block + blocks), blocks), blocks)


def quiet_blocks(state: State) -> int:
    """Return how many of the coming blocks only move clocks and prices."""
    if any(subnet and has_ripe_commits(state, subnet) for subnet in state.subnets):
        return 0
    return next_due(state) - state.block - 1


def advance(state: State, blocks: int) -> Iterator[tuple[State, Events]]:
    """Go ``blocks`` blocks on without extrinsics; yield wherever something happened, and at the end."""
    end = state.block + blocks
    while state.block < end:
        quiet = min(quiet_blocks(state), end - state.block)
        state, events = (idle(state, quiet), ()) if quiet else begin_block(state)
        yield state, events


def run(state: State, blocks: int) -> State:
    """Return the state ``blocks`` blocks later, without extrinsics."""
    for reached, _ in advance(state, blocks):
        state = reached
    return state
