"""Root dividends as columns: a rate per root hotkey and subnet, a watermark per pair of coldkey and hotkey.

``load`` takes over what has changed since the last time, ``collect`` gives back what a run has changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from bittensor_lab.bulk.stake import Stake
from bittensor_lab.kernels.payout import NONE, Claims
from bittensor_lab.root_claims import NO_CLAIMS, SWAP
from bittensor_lab.state import ROOT_NETUID, RootClaims, State

HOTKEY_COLUMNS = ("rate", "root_pool", "version")
PAIR_COLUMNS = ("hotkey", "slot", "seen", "mark", "keeps", "keep_pool", "keep_slot")


class RootDividends:
    """What root's stakers may draw, as columns."""

    def __init__(self, rows: int, stake: Stake) -> None:
        self.stake = stake
        self.hotkeys: dict[str, int] = {}
        self.pairs: dict[tuple[str, str], int] = {}
        """by coldkey and hotkey"""
        self.columns = Claims(
            rate=np.full((8, rows), NONE, np.int64), root_pool=np.zeros(8, np.int32),
            version=np.zeros(8, np.int64), pairs_of=np.full((1, 1), NONE, np.int32),
            hotkey=np.zeros(8, np.int32), slot=np.zeros(8, np.int32), seen=np.full(8, NONE, np.int64),
            mark=np.full((8, rows), NONE, np.int64), keeps=np.zeros((8, rows), bool),
            keep_pool=np.zeros((8, rows), np.int32), keep_slot=np.zeros((8, rows), np.int32),
            threshold=np.zeros(rows, np.int64), trade_rules=np.zeros(1, bool),
        )  # fmt: skip
        self._loaded = self._copies()

    def load(self, state: State, seen: State | None) -> bool:
        """Take over what differs from ``seen``; returns whether a hotkey is new on root."""
        before = len(self.hotkeys)
        ledger, columns = state.stake[ROOT_NETUID], self.columns
        columns.seen[:] = NONE
        columns.threshold[:] = [max(1, h.root_claim_threshold) if h else 0 for h in state.rules.by_netuid]
        columns.trade_rules[0] = state.network.pool_rule
        same_stake = seen is not None and ledger is seen.stake[ROOT_NETUID]
        if not same_stake:
            for hotkey in ledger:
                self._number(hotkey)
        same = ("staking_hotkeys", "root_stakers", "claim_types", "subnets")
        if not (same_stake and all(getattr(state, name) is getattr(seen, name) for name in same)):
            self._load_pairs(state)
        if seen is None or state.root_claims is not seen.root_claims:
            self._load_rates(state, seen.root_claims if seen else Map())
        self._loaded = self._copies()
        return len(self.hotkeys) > before

    def _number(self, hotkey: str) -> int:
        found = self.hotkeys.get(hotkey)
        if found is None:
            found = self.hotkeys[hotkey] = len(self.hotkeys)
            if found >= len(self.columns.version):
                self._grow(HOTKEY_COLUMNS)
            self.columns.root_pool[found] = self.stake.pool(ROOT_NETUID, hotkey)
        return found

    def _load_pairs(self, state: State) -> None:
        """Who may draw through which hotkeys, in the order in which the chain goes through them."""
        lists: list[list[int]] = [[] for _ in range(max(1, len(state.root_stakers)))]
        ledger = state.stake[ROOT_NETUID]
        for coldkey, number in state.root_stakers.items():
            for hotkey in state.staking_hotkeys.get(coldkey, ()):
                pool = ledger.get(hotkey)
                if pool and coldkey in pool.shares:
                    lists[number].append(self._pair(state, coldkey, hotkey))
        most = max(map(len, lists)) + 1
        pairs_of = np.full((len(lists), most), NONE, np.int32)
        for number, pairs in enumerate(lists):
            pairs_of[number, : len(pairs)] = pairs
        self.columns = self.columns._replace(pairs_of=pairs_of)

    def _pair(self, state: State, coldkey: str, hotkey: str) -> int:
        found = self.pairs.get((coldkey, hotkey))
        if found is None:
            found = self.pairs[coldkey, hotkey] = len(self.pairs)
            if found >= len(self.columns.slot):
                self._grow(PAIR_COLUMNS)
            number = self.hotkeys[hotkey]
            self.columns.hotkey[found] = number
            pool = int(self.columns.root_pool[number])
            self.columns.slot[found] = self.stake.slot(pool, coldkey, state)
            _put(
                self.columns.mark[found], state.root_claims.get(hotkey, NO_CLAIMS).claimed.get(coldkey, Map())
            )
        kind = state.claim_types.get(coldkey, SWAP)
        for netuid in state.netuids if kind.keep or self.columns.keeps[found].any() else ():
            keeps = kind.keep and (kind.netuids is None or netuid in kind.netuids)
            self.columns.keeps[found, netuid] = keeps
            if keeps:
                pool = self.stake.pool(netuid, hotkey)
                self.columns.keep_pool[found, netuid] = pool
                self.columns.keep_slot[found, netuid] = self.stake.slot(pool, coldkey, state)
        return found

    def _load_rates(self, state: State, before: Map[str, RootClaims]) -> None:
        gone = {hotkey: NO_CLAIMS for hotkey in before if hotkey not in state.root_claims}
        for hotkey, claims in (*state.root_claims.items(), *gone.items()):
            known = before.get(hotkey, NO_CLAIMS)
            if claims is known:
                continue
            number = self._number(hotkey)
            if claims.rates is not known.rates:
                _put(self.columns.rate[number], claims.rates)
            for coldkey in {*claims.claimed, *known.claimed}:
                pair, marks = self.pairs.get((coldkey, hotkey)), claims.claimed.get(coldkey, Map())
                if pair is not None and marks is not known.claimed.get(coldkey):
                    _put(self.columns.mark[pair], marks)

    def collect(self, state: State) -> dict[str, Any]:
        """Return the fields of ``state`` that a run has changed: what may be drawn."""
        rate, mark = self._loaded
        hotkeys, holders = list(self.hotkeys), list(self.pairs)
        claims: dict[str, RootClaims] = {}
        for number in np.flatnonzero((self.columns.rate != rate).any(axis=1)).tolist():
            known = state.root_claims.get(hotkeys[number], NO_CLAIMS)
            rates = known.rates.update(_changed(self.columns.rate[number], rate[number]))
            claims[hotkeys[number]] = replace(known, rates=rates)
        for pair in np.flatnonzero((self.columns.mark != mark).any(axis=1)).tolist():
            coldkey, hotkey = holders[pair]
            known = claims.get(hotkey) or state.root_claims[hotkey]
            marks = known.claimed.get(coldkey, Map()).update(_changed(self.columns.mark[pair], mark[pair]))
            claims[hotkey] = replace(known, claimed=known.claimed.set(coldkey, marks))
        self._loaded = self._copies()
        return {"root_claims": state.root_claims.update(claims) if claims else state.root_claims}

    def _grow(self, names: tuple[str, ...]) -> None:
        longer = {}
        for name in names:
            column = getattr(self.columns, name)
            empty = NONE if name in ("rate", "mark", "seen") else 0
            longer[name] = np.concatenate([column, np.full_like(column, empty)])
        self.columns = self.columns._replace(**longer)

    def _copies(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self.columns.rate.copy(), self.columns.mark.copy()


def _put(row: NDArray[np.int64], values: Map[int, int]) -> None:
    row[:] = NONE
    for netuid, value in values.items():
        row[netuid] = value


def _changed(now: NDArray[np.int64], before: NDArray[np.int64]) -> dict[int, int]:
    found = np.flatnonzero(now != before)
    return dict(zip(found.tolist(), now[found].tolist(), strict=True))
