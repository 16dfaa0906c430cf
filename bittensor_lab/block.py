"""One block, in the chain's own order, and many blocks at once.

    state, events = block_step(state, extrinsics)       # initialise the block, then apply
    for state, events in advance(state, blocks): ...    # stops wherever something happened

``begin_block`` below is the chain's list of what happens before any extrinsic. Between two blocks in
which somebody is paid, only prices, pools, pots and clocks move; ``idle`` moves them over any number
of blocks in one go, with the same result as block by block.

Source: ``spec/epoch.md`` 8, ``spec/economy.md`` 2; ``macros/hooks.rs``, ``coinbase/block_step.rs``,
``coinbase/run_coinbase.rs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.childkeys import apply_pending
from bittensor_lab.coinbase import run_coinbase
from bittensor_lab.distribution import Earned, Pots, distribute
from bittensor_lab.errors import ChainError, WrongType
from bittensor_lab.events import EpochDeferred, EpochRan, EpochSkipped, Event, ExtrinsicFailed
from bittensor_lab.kernels.registration import decay
from bittensor_lab.locks import let_conviction_decide
from bittensor_lab.mechanisms import run_subnet_epoch
from bittensor_lab.root_claims import blocks_without_claim, claim_by_lot
from bittensor_lab.schedule import due, next_due
from bittensor_lab.state import State
from bittensor_lab.weights import has_ripe_commits, reveal_timelocked

Events = tuple[Event, ...]


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
    if isinstance(extrinsic, type) or not hasattr(extrinsic, "apply"):  # asking the Protocol takes longer
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
    state = decay_prices(state.but(block=state.block + 1))  # 1
    state, revealed = reveal_commits(state)  # 3
    state = run_coinbase(state)  # 2, 4 a to h, 5: nothing between reads the moving prices
    state, queue, clocked = drain(tick(state, 1))  # 4 i
    state, ran = run_epochs(state, queue)  # 4 j
    state, grown = apply_children(state)  # 7; 6 is for display only on the chain, coinbase.root_proportion
    state, claimed = claim_by_lot(state)  # 8, 9
    return state, revealed + clocked + ran + grown + claimed


def decay_prices(state: State, blocks: int = 1) -> State:
    """Let registration prices fall over the ``blocks`` blocks that end with the state's."""
    rules, first = state.rules, state.block - blocks + 1
    burn = decay(state.clocks.burn, rules.burn_factor, rules.min_burn, rules.max_burn, first, blocks)
    return state.but(clocks=state.clocks.moved(burn=burn))


def reveal_commits(state: State) -> tuple[State, Events]:
    """Reveal timelocked commits, except on subnets whose epoch this block will put off."""
    events: Events = ()
    waiting = [s.netuid for s in state.subnets if s and any(m.timelocked for m in s.mechanisms)]
    if not waiting:
        return state, events
    deferred = _put_off(state, due(state, state.block))
    for netuid in waiting:
        if netuid not in deferred:
            state, happened = reveal_timelocked(state, netuid)
            events += happened
    return state, events


def _put_off(state: State, is_due: NDArray[np.bool_]) -> set[int]:
    """The netuids whose epochs find no place in the block; one that cannot run takes none."""
    places, late = state.network.max_epochs_per_block, set[int]()
    for netuid in np.flatnonzero(is_due).tolist():
        if not places:
            late.add(netuid)
        elif _is_consistent(state, netuid):
            places -= 1
    return late


def _is_consistent(state: State, netuid: int) -> bool:
    subnet = state.subnet(netuid)
    return len(subnet.uids) == subnet.n


def tick(state: State, blocks: int) -> State:
    """Count ``blocks`` blocks on every subnet."""
    there = np.array([subnet is not None for subnet in state.subnets])
    waited = state.clocks.blocks_since_last_step + there * blocks
    return state.but(clocks=state.clocks.moved(blocks_since_last_step=waited))


def drain(state: State) -> tuple[State, list[tuple[int, Pots]], Events]:
    """Empty the pots of the subnets whose epoch runs now, at most the block's number of them."""
    now, is_due = state.block, due(state, state.block)
    queue, events = list[tuple[int, Pots]](), list[Event]()
    for netuid in np.flatnonzero(is_due).tolist():
        clocks = state.clocks
        fired = dict(
            last_epoch_block=now, pending_epoch_at=0, epoch_index=int(clocks.epoch_index[netuid]) + 1
        )
        if len(queue) >= state.network.max_epochs_per_block:
            state = state.but(clocks=clocks.at(netuid, pending_epoch_at=now + 1))
            events.append(EpochDeferred(netuid))
        elif not _is_consistent(state, netuid):
            state = state.but(clocks=clocks.at(netuid, **fired))
            events.append(EpochSkipped(netuid))
        else:
            state, pots = _emptied(
                state.but(clocks=clocks.at(netuid, **fired, blocks_since_last_step=0)), netuid
            )
            state, changed = let_conviction_decide(state, netuid)
            queue.append((netuid, pots))
            events += changed
    return state, queue, tuple(events)


def _emptied(state: State, netuid: int) -> tuple[State, Pots]:
    columns = [f"pending_{name}" for name in Pots._fields]
    pots = Pots(*(int(getattr(state.pools, name)[netuid]) for name in columns))
    return state.but(pools=state.pools.at(netuid, **dict.fromkeys(columns, 0))), pots


def run_epochs(state: State, queue: list[tuple[int, Pots]]) -> tuple[State, Events]:
    """Run the epochs of drained subnets in ascending order, and pay out what they waited for."""
    events: Events = ()
    for netuid, pots in queue:
        earned: list[Earned] = []
        if state.subnet(netuid).n:
            subnet, terms = run_subnet_epoch(state, netuid, pots.total)
            state = state.with_subnet(subnet)
            columns = subnet.hotkeys, terms.server_emission.tolist(), terms.validator_emission.tolist()
            earned = [Earned(*row) for row in zip(*columns, strict=True)]
        state = state.but(clocks=state.clocks.at(netuid, last_step_block=state.block))
        state, paid = distribute(state, netuid, pots, earned)
        events += (EpochRan(netuid, int(state.clocks.epoch_index[netuid]), pots.total), *paid)
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
    """Return the state after ``blocks`` blocks in which nobody is paid; see ``quiet_blocks``."""
    state = decay_prices(state.but(block=state.block + blocks), blocks)
    return tick(run_coinbase(state, blocks), blocks)


def quiet_blocks(state: State, most: int) -> int:
    """Return how many of the coming blocks, at most ``most``, only move prices, pools, pots and clocks."""
    if any(subnet and has_ripe_commits(state, subnet) for subnet in state.subnets):
        return 0
    return blocks_without_claim(state, min(most, next_due(state) - state.block - 1))


def advance(state: State, blocks: int) -> Iterator[tuple[State, Events]]:
    """Go ``blocks`` blocks on without extrinsics; yield wherever something happened, and at the end."""
    end = state.block + blocks
    while state.block < end:
        quiet = quiet_blocks(state, end - state.block)
        state, events = (idle(state, quiet), ()) if quiet else begin_block(state)
        yield state, events


def run(state: State, blocks: int) -> State:
    """Return the state ``blocks`` blocks later, without extrinsics."""
    for reached, _ in advance(state, blocks):
        state = reached
    return state
