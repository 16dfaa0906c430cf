"""Stake as columns: every share pool has a number, and every share in one a slot.

A ledger of ``State`` is a persistent map of share pools; a kernel needs arrays. ``load`` takes over what has
changed since the last time, by identity, and ``collect`` gives back the pools that a run has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from bittensor_lab.kernels.payout import Ledger
from bittensor_lab.kernels.shares import Log, Shares, settle
from bittensor_lab.share_pool import MOST, SafeFloat, SharePool
from bittensor_lab.stake import EMPTY
from bittensor_lab.state import State

WORD = 64
LOW = 2**WORD - 1
LOG = 1 << 18
"""credits that wait to become shares"""
KNOWN, UNKNOWN = 0, -1


class Stake:
    """All share pools of a network as columns."""

    def __init__(self, rows: int) -> None:
        self.pool_of: list[dict[str, int]] = [{} for _ in range(rows)]
        """by netuid and hotkey"""
        self.slots_of: list[dict[str, int]] = []
        """by pool and coldkey"""
        self.places: list[tuple[int, str]] = []
        """netuid and hotkey of each pool"""
        self.holders: list[tuple[int, str]] = []
        """pool and coldkey of each slot"""
        self.odd: set[int] = set()
        """pools whose numbers are not in the form that the kernels need"""
        self.ledger = Ledger(
            value=np.zeros(1024, np.int64), owned=np.zeros(1024, bool),
            known=np.zeros(1024, np.int64), known_count=np.zeros(1, np.int64),
            pool_moved=np.zeros(1024, bool), slot_moved=np.zeros(1024, bool),
            denominator=_shares(1024), share=_shares(1024),
            log=_log(LOG), log_size=np.zeros(1, np.int64),
        )  # fmt: skip
        self.spare = _log(LOG)

    def pool(self, netuid: int, hotkey: str) -> int:
        """Return the number of the pool on a hotkey of a netuid; an empty one if there was none."""
        found = self.pool_of[netuid].get(hotkey)
        if found is None:
            found = self.pool_of[netuid][hotkey] = len(self.places)
            self.places.append((netuid, hotkey))
            self.slots_of.append({})
            if found >= len(self.ledger.value):
                self._grow(("value", "owned", "denominator", "pool_moved"))
        return found

    def slot(self, pool: int, coldkey: str, state: State) -> int:
        """Return the slot of a coldkey in a pool; an empty one if it had none."""
        found = self.slots_of[pool].get(coldkey)
        if found is None:
            found = self.slots_of[pool][coldkey] = len(self.holders)
            self.holders.append((pool, coldkey))
            if found >= len(self.ledger.known):
                self._grow(("known", "share", "slot_moved"))
            knows = self.places[pool][1] in state.staking_hotkeys.get(coldkey, ())
            self.ledger.known[found] = KNOWN if knows else UNKNOWN
        return found

    def _grow(self, names: tuple[str, ...]) -> None:
        self.ledger = self.ledger._replace(**{name: _doubled(getattr(self.ledger, name)) for name in names})

    def load(self, state: State, seen: State | None) -> None:
        """Take over the ledgers of ``state`` where they differ from those of ``seen``."""
        nothing: Map[str, SharePool] = Map()
        for netuid, ledger in enumerate(state.stake):
            before = seen.stake[netuid] if seen else nothing
            if ledger is before:
                continue
            new = 0
            for hotkey, pool in ledger.items():
                known = before.get(hotkey)
                if pool is not known:
                    self._put(state, netuid, hotkey, pool, known or EMPTY)
                    new += known is None
            if len(before) + new > len(ledger):
                for hotkey in before:
                    if hotkey not in ledger:
                        self._put(state, netuid, hotkey, EMPTY, before[hotkey])

    def _put(self, state: State, netuid: int, hotkey: str, pool: SharePool, before: SharePool) -> None:
        number = self.pool(netuid, hotkey)
        changed = [(c, s) for c, s in pool.shares.items() if before.shares.get(c) != s]
        gone = [c for c in before.shares if c not in pool.shares]
        slots = [self.slot(number, coldkey, state) for coldkey, _ in changed]
        self.ledger.value[number] = pool.value
        self.ledger.owned[number] = bool(pool.denominator.mantissa)
        fits = _write(self.ledger.denominator, number, pool.denominator)
        for slot, (_, share) in zip(slots, changed, strict=True):
            fits = _write(self.ledger.share, slot, share) and fits
        for coldkey in gone:
            _write(self.ledger.share, self.slots_of[number][coldkey], SafeFloat(0, 0))
        (self.odd.discard if fits else self.odd.add)(number)

    def take_log(self) -> tuple[Log, int]:
        """Return the log of credits and how many there are; the next ones go to the other log."""
        log, size = self.ledger.log, int(self.ledger.log_size[0])
        self.ledger.log_size[0] = 0
        self.ledger, self.spare = self.ledger._replace(log=self.spare), log
        return log, size

    def settle(self, log: Log, size: int, part: int, parts: int) -> None:
        """Turn credits into shares; of the pools, those whose number is ``part``, modulo ``parts``."""
        settle(log, size, self.ledger.denominator, self.ledger.share, part, parts)

    def collect(self, state: State) -> dict[str, Any]:
        """Return the fields of ``state`` that a run has changed: its ledgers, and who knows which hotkey."""
        changed = np.flatnonzero(self.ledger.pool_moved)
        moved = np.flatnonzero(self.ledger.slot_moved)
        self.ledger.pool_moved[:], self.ledger.slot_moved[:] = False, False
        stake, share = list(state.stake), self.ledger.share
        new: dict[int, dict[str, SafeFloat]] = {}
        for slot, number in zip(moved.tolist(), _read(share, moved), strict=True):
            pool, coldkey = self.holders[slot]
            new.setdefault(pool, {})[coldkey] = number
        numbers = _read(self.ledger.denominator, changed)
        values = self.ledger.value[changed].tolist()
        by_netuid: dict[int, dict[str, SharePool]] = {}
        for pool, worth, denominator in zip(changed.tolist(), values, numbers, strict=True):
            netuid, hotkey = self.places[pool]
            shares = stake[netuid].get(hotkey, EMPTY).shares
            own = new.get(pool)
            if own:
                shares = shares.update(own) if shares else Map(own)
            by_netuid.setdefault(netuid, {})[hotkey] = SharePool(worth, denominator, shares)
        for netuid, pools in by_netuid.items():
            stake[netuid] = stake[netuid].update(pools)
        return {"stake": tuple(stake), "staking_hotkeys": self._new_knowledge(state)}

    def _new_knowledge(self, state: State) -> Map[str, tuple[str, ...]]:
        known, hotkeys = self.ledger.known, state.staking_hotkeys
        found = np.flatnonzero(known > 0)
        if not len(found):
            return hotkeys
        fresh: dict[str, tuple[str, ...]] = {}
        for slot in found[np.argsort(known[found])].tolist():
            pool, coldkey = self.holders[slot]
            hotkey = self.places[pool][1]
            held = fresh.get(coldkey, hotkeys.get(coldkey, ()))
            if hotkey not in held:  # it may have come to know it elsewhere since the slot was made
                fresh[coldkey] = (*held, hotkey)
        known[found] = KNOWN
        self.ledger.known_count[0] = 0
        return hotkeys.update(fresh)


def _shares(size: int) -> Shares:
    return Shares(np.zeros(size, np.uint64), np.zeros(size, np.uint64), np.zeros(size, np.int64))


def _log(size: int) -> Log:
    return Log(
        np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int64), np.zeros(size, np.int64)
    )


def _doubled(column: Any) -> Any:
    if isinstance(column, Shares):
        return Shares(*(_doubled(part) for part in column))
    return np.concatenate([column, np.zeros_like(column)])


def _write(column: Shares, at: int, number: SafeFloat) -> bool:
    """Write a decimal float into a column; returns whether it is one that the kernels can work with."""
    size = number.mantissa
    fits = size == 0 or MOST // 10 < size <= MOST
    size = size if fits else 0
    column.high[at], column.low[at], column.exponent[at] = size >> WORD, size & LOW, number.exponent
    return fits


def _read(column: Shares, at: NDArray[np.int64]) -> Iterator[SafeFloat]:
    rows = zip(column.high[at].tolist(), column.low[at].tolist(), column.exponent[at].tolist(), strict=True)
    return (SafeFloat((high << WORD) | low, exponent) for high, low, exponent in rows)
