"""What was done to a chain, and enough old states to go back to any block of it.

A ``Moment`` is one thing that was done: an extrinsic, or blocks that passed. Moments form a chain of
their own, each knowing the one before, so forks share their common past. Since transitions are pure,
the log of moments and the first state are the whole truth; the states kept besides only save work:
the most recent ones, and of older ones fewer and fewer, within a budget of bytes. The log has a budget of
moments: when it is full, its older half is forgotten, and the past begins at a state in the middle.

    state after a moment = nearest kept state before it, then the moments in between once more
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from bittensor_lab.block import Extrinsic, advance, apply, run
from bittensor_lab.errors import InputError
from bittensor_lab.events import Event
from bittensor_lab.state import Mechanism, State, Subnet

if TYPE_CHECKING:
    import pandas as pd

DatedEvents = tuple[tuple[int, Event], ...]
Position = tuple[int, int]
"""(depth of a moment, block): where in the past a state stands"""

MAX_KEPT = 600
"""states; the younger half of them is never thinned out"""
MAX_BYTES = 256 << 20
MAX_MOMENTS = 20_000
"""in the log; about 0.6 kB each where traders and validators act every few blocks"""
STATE_BYTES = 2_000
"""what a state costs besides its arrays, about"""


@dataclass(frozen=True)
class Moment:
    """One thing that was done to a chain."""

    before: Moment | None
    depth: int
    block: int
    """the chain's block after it"""
    action: Extrinsic | int
    """an extrinsic, or how many blocks passed"""
    events: DatedEvents


@dataclass(frozen=True, eq=False)
class Kept:
    """An old state, and what it costs beyond the one kept before it, bytes."""

    state: State
    cost: int


class History:
    """The past of one chain: its moments, and some of its states."""

    def __init__(self, state: State) -> None:
        self.last = Moment(None, 0, state.block, 0, ())
        self._positions: list[Position] = [(0, state.block)]
        self._kept = [Kept(state, 0)]
        self._bytes = 0
        self._sweep = 1

    def fork(self) -> History:
        """Return a history that shares this one's past and goes its own way from here."""
        other = History.__new__(History)
        other.last, other._bytes, other._sweep = self.last, self._bytes, self._sweep
        other._positions, other._kept = self._positions.copy(), self._kept.copy()
        return other

    def add_extrinsic(self, extrinsic: Extrinsic, state: State, events: tuple[Event, ...]) -> None:
        """Record an extrinsic, the state after it and its events."""
        dated = tuple((state.block, event) for event in events)
        self.last = Moment(self.last, self.last.depth + 1, state.block, extrinsic, dated)
        self._keep(self.last.depth, state)
        self._begin_later()

    def add_blocks(self, state: State, blocks: int) -> tuple[State, DatedEvents]:
        """Let blocks pass, keep a state wherever something happened, and record it all."""
        events: list[tuple[int, Event]] = []
        depth = self.last.depth + 1
        try:
            for reached, happened in advance(state, blocks):
                state = reached
                events += ((state.block, event) for event in happened)
                if happened or state.block == self.last.block + blocks:
                    self._keep(depth, state)
        except BaseException:  # someone interrupts a long run: it has not happened
            self._forget_after(self.last.depth, self.last.block)
            raise
        self.last = Moment(self.last, depth, state.block, blocks, tuple(events))
        self._begin_later()
        return state, self.last.events

    def undo(self) -> State:
        """Forget the last moment, and return the state before it."""
        if self.last.before is None:
            raise InputError("there is nothing to undo", remedy="Its past begins here.")
        self.last = self.last.before
        self._forget_after(self.last.depth, self.last.block)
        return self.state_at(self.last, self.last.block)

    def back_to(self, block: int) -> State:
        """Forget what came after the end of ``block``, and return the state there."""
        first = self._positions[0][1]
        if isinstance(block, bool) or not isinstance(block, int) or not first <= block <= self.last.block:
            raise InputError(
                f"block {block!r} is not in this chain's past",
                remedy=f"It knows blocks {first} to {self.last.block}.",
            )
        moment, events = self.last, self.last.events
        while moment.block > block:
            assert moment.before is not None
            moment, events = moment.before, moment.events
        state = self.state_at(moment, block)
        self.last = moment
        if block > moment.block:  # part of a run
            begun = tuple(event for event in events if event[0] <= block)
            self.last = Moment(moment, moment.depth + 1, block, block - moment.block, begun)
        self._forget_after(self.last.depth, block)
        self._keep(self.last.depth, state)
        return state

    def state_at(self, moment: Moment, block: int) -> State:
        """Return the state at ``block``, after ``moment`` and before the next one is over."""
        until: Position = (moment.depth + 1, block) if block > moment.block else (moment.depth, block)
        nearest = bisect_right(self._positions, until) - 1
        (depth, _), state = self._positions[nearest], self._kept[nearest].state
        missing: list[Moment] = []
        while moment.depth > depth:
            missing.append(moment)
            assert moment.before is not None
            moment = moment.before
        for later in reversed(missing):
            state = _again(state, later)
        return run(state, block - state.block)

    def moments(self) -> Iterator[Moment]:
        """Go through all moments, the youngest first."""
        moment: Moment | None = self.last
        while moment is not None:
            yield moment
            moment = moment.before

    def states(self) -> list[State]:
        """Return the states that are kept, oldest first, the last one of each block."""
        by_block = {kept.state.block: kept.state for kept in self._kept}
        return list(by_block.values())

    def events(self) -> pd.DataFrame:
        """Return everything that happened, oldest first: block, event, netuid, uid, hotkey, details."""
        from bittensor_lab.views.network import events_table  # pandas only when asked for

        dated = [event for moment in self.moments() for event in reversed(moment.events)]
        return events_table(dated[::-1])

    def metagraph(self, netuid: int, mechanism: int = 0) -> pd.DataFrame:
        """Return the metagraph of a subnet after each epoch that is still kept, with its block."""
        from bittensor_lab.views.network import metagraph

        states = [
            s for s in self.states() if netuid in s.netuids and mechanism < len(s.subnet(netuid).mechanisms)
        ]
        ran = [s for s in states if s.clocks.last_step_block[netuid] == s.block] or states[-1:]
        return _stacked([(s.block, metagraph(s, netuid, mechanism)) for s in ran])

    def accounts(self) -> pd.DataFrame:
        """Return what each coldkey held at the end of each block that is still kept."""
        from bittensor_lab.views.network import accounts

        return _stacked([(state.block, accounts(state)) for state in self.states()])

    def _forget_after(self, depth: int, block: int) -> None:
        end = bisect_right(self._positions, (depth, block))
        self._bytes -= sum(kept.cost for kept in self._kept[end:])
        del self._positions[end:], self._kept[end:]

    def _keep(self, depth: int, state: State) -> None:
        cost = _cost(state, self._kept[-1].state)
        self._positions.append((depth, state.block))
        self._kept.append(Kept(state, cost))
        self._bytes += cost
        while len(self._kept) > MAX_KEPT or (self._bytes > MAX_BYTES and len(self._kept) > 2):
            self._thin()

    def _begin_later(self) -> None:
        """Forget the older half of a full log; forks that share it keep theirs until it is full too."""
        if self.last.depth - self._positions[0][0] <= MAX_MOMENTS:
            return
        younger = list(islice(self.moments(), max(1, MAX_MOMENTS // 2)))
        ends = {(moment.depth, moment.block) for moment in younger}
        first = next(n for n, position in enumerate(self._positions) if position in ends)
        self._bytes -= sum(kept.cost for kept in self._kept[: first + 1])
        del self._positions[:first], self._kept[:first]
        self._kept[0], self._sweep = Kept(self._kept[0].state, 0), 1
        depth, block = self._positions[0]
        log = Moment(None, depth, block, 0, ())
        for moment in reversed(younger):
            if moment.depth > depth:
                log = replace(moment, before=log)
        self.last = log

    def _thin(self) -> None:
        """Drop one old state: every second one of the older half in turn, and never the first."""
        if self._sweep >= max(2, len(self._kept) // 2):
            self._sweep = 1
        dropped, after = self._kept.pop(self._sweep), self._kept[self._sweep]
        del self._positions[self._sweep]
        cost = _cost(after.state, self._kept[self._sweep - 1].state)
        self._kept[self._sweep] = Kept(after.state, cost)
        self._bytes += cost - after.cost - dropped.cost
        self._sweep += 1


def _again(state: State, moment: Moment) -> State:
    if isinstance(moment.action, int):
        return run(state, moment.block - state.block)
    return apply(state, moment.action)[0]


def _stacked(tables: list[tuple[int, Any]]) -> pd.DataFrame:
    import pandas as pd

    for block, table in tables:
        table.insert(0, "block", block)
    return pd.concat([table for _, table in tables], ignore_index=True)


def _cost(state: State, before: State) -> int:
    """Bytes of the arrays that ``state`` does not share with ``before``."""
    cost = STATE_BYTES + _new_bytes(state.clocks, before.clocks) + _new_bytes(state.pools, before.pools)
    if state.subnets is before.subnets:
        return cost
    known = before.subnets
    for netuid, subnet in enumerate(state.subnets):
        old = known[netuid] if netuid < len(known) else None
        if subnet is not None and subnet is not old:
            cost += _subnet_cost(subnet, old)
    return cost


def _subnet_cost(subnet: Subnet, old: Subnet | None) -> int:
    cost = _new_bytes(subnet, old) + 8 * subnet.n
    for number, mechanism in enumerate(subnet.mechanisms):
        twin = old.mechanisms[number] if old and number < len(old.mechanisms) else None
        if mechanism is not twin:
            cost += _mechanism_cost(mechanism, twin)
    return cost


def _mechanism_cost(mechanism: Mechanism, old: Mechanism | None) -> int:
    cost = _new_bytes(mechanism, old)
    if old is None or mechanism.bonds is not old.bonds:
        cost += mechanism.bonds.start.nbytes + 4 * len(mechanism.bonds.uid)
    if old is None or mechanism.weights is not old.weights:
        known = set(map(id, old.weights)) if old else set()
        cost += 8 * len(mechanism.weights)
        cost += sum(4 * len(row.uid) + 200 for row in mechanism.weights if id(row) not in known)
    return cost


def _new_bytes(record: Any, before: Any) -> int:
    if record is before:
        return 0
    arrays = ((getattr(record, item.name), item.name) for item in fields(record))
    return sum(
        array.nbytes
        for array, name in arrays
        if isinstance(array, np.ndarray) and array is not getattr(before, name, None)
    )
