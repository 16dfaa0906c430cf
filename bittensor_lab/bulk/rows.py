"""Subnets as columns: what their epochs read and store, and where each uid's pay goes.

``load`` takes over the subnets that have changed since the last time, ``collect`` gives back those whose
epoch a run has run. Only plain subnets fit: one mechanism, no childkeys, no locks and no waiting commits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bittensor_lab.bulk.stake import Stake
from bittensor_lab.epoch import NEVER
from bittensor_lab.kernels.network import Clock, EpochRules, Neurons, Terms
from bittensor_lab.kernels.payout import NONE, Keys
from bittensor_lab.mechanisms import epoch_inputs
from bittensor_lab.rows import SparseRows, pack
from bittensor_lab.state import Clocks, State, Subnet
from bittensor_lab.units import U16_MAX

STORED = (
    "stake_weight", "consensus", "dividends", "validator_trust", "active", "validator_permit", "emission"
)  # fmt: skip


def is_plain(subnet: Subnet) -> bool:
    """Return whether a subnet is of the kind that fits into columns."""
    if len(subnet.mechanisms) != 1 or not subnet.n or len(subnet.uids) != subnet.n:
        return False
    mechanism = subnet.mechanisms[0]
    waiting = mechanism.commits or mechanism.timelocked or subnet.pending_children
    return not (waiting or subnet.children or subnet.parents or subnet.locks)


class Rows:
    """All subnets of a network as columns: a row per netuid, ``width`` places for uids."""

    def __init__(self, state: State, stake: Stake) -> None:
        self.stake = stake
        self.rows = len(state.subnets)
        self.width = max([s.n for s in state.subnets if s], default=1)
        permits = max([h.max_allowed_validators for h in state.rules.by_netuid if h], default=1)
        self.permits = min(permits + 1, self.width)
        self.odd: set[int] = set()
        """netuids that do not fit"""
        self.clock = _blank(Clock, self.rows)
        self.epochs = _blank(EpochRules, self.rows)
        self.keys = _blank(Keys, (self.rows, self.width), ("owner_pool", "owner_slot", "recycles"))
        self.terms = _terms(self.rows, self.width, self.permits * self.width)
        self.neurons = _neurons(self.rows, self.width, 1)

    def fits(self, state: State) -> bool:
        """Return whether the columns are large enough for ``state``."""
        for subnet, rules in zip(state.subnets, state.rules.by_netuid, strict=True):
            permits = min(rules.max_allowed_validators + 1, subnet.n) if subnet and rules else 0
            if subnet and (subnet.n > self.width or permits > self.permits):
                return False
        return len(state.subnets) == self.rows

    def load(self, state: State, seen: State | None) -> bool:
        """Take over the subnets that differ from those of ``seen``; returns whether pay goes elsewhere."""
        self._load_clock(state)
        moved = False
        same_keys = seen is not None and state.owner is seen.owner and state.takes is seen.takes
        same_keys = same_keys and state.network is seen.network  # type: ignore[union-attr]
        for netuid, subnet in enumerate(state.subnets):
            before = seen.subnets[netuid] if seen and netuid not in self.odd else None
            same_rules = seen is not None and state.rules.by_netuid[netuid] is seen.rules.by_netuid[netuid]
            if subnet is None:
                self.clock.tempo[netuid] = 0
                self.odd.discard(netuid)
                continue
            if subnet is before and same_rules and same_keys:
                continue
            (self.odd.discard if is_plain(subnet) else self.odd.add)(netuid)
            if netuid not in self.odd:
                self._load_subnet(state, netuid, subnet, before)
                if not (same_keys and before and _same_places(subnet, before)):
                    self._load_keys(state, netuid, subnet)
                    moved = True
        return moved

    def _load_clock(self, state: State) -> None:
        clocks = state.clocks
        for name in ("last_epoch_block", "pending_epoch_at", "epoch_index", "last_step_block"):
            getattr(self.clock, name)[:] = getattr(clocks, name)
        self.clock.step_origin[:] = state.block - clocks.blocks_since_last_step
        self.clock.tempo[:] = state.rules.tempo

    def _load_subnet(self, state: State, netuid: int, subnet: Subnet, before: Subnet | None) -> None:
        mechanism, n = subnet.mechanisms[0], subnet.n
        blank = np.zeros(n, np.int64), np.zeros(n, np.uint32)
        arrays = epoch_inputs(state, subnet, mechanism, 0, blank).arrays._asdict()
        for name in EpochRules._fields:
            getattr(self.epochs, name)[netuid] = n if name == "n" else arrays[name]
        self.keys.recycles[netuid] = state.hyperparameters(netuid).recycle_or_burn
        self.neurons.last_update[netuid, :n] = mechanism.last_update
        self.neurons.block_at_registration[netuid, :n] = subnet.block_at_registration
        for name in STORED:
            getattr(self.terms, name)[netuid, :n] = getattr(subnet, name)
        self.terms.incentive[netuid, :n] = mechanism.incentive
        if before is None or mechanism.weights is not before.mechanisms[0].weights:
            self._load_weights(netuid, pack(mechanism.weights))
        if before is None or mechanism.bonds is not before.mechanisms[0].bonds:
            _put_rows(self.terms, "bond", netuid, mechanism.bonds)

    def _load_weights(self, netuid: int, weights: SparseRows) -> None:
        if len(weights.uid) > self.neurons.weight_uid.shape[1]:
            wider = _neurons(self.rows, self.width, 2 * len(weights.uid))
            for name in Neurons._fields:
                new, old = getattr(wider, name), getattr(self.neurons, name)
                new[..., : old.shape[-1]] = old
            self.neurons = wider
        _put_rows(self.neurons, "weight", netuid, weights)

    def _load_keys(self, state: State, netuid: int, subnet: Subnet) -> None:
        stake, keys, network = self.stake, self.keys, state.network
        for uid, hotkey in enumerate(subnet.hotkeys):
            owner = state.owner[hotkey]
            own = stake.pool(netuid, hotkey)
            paid = stake.pool(netuid, subnet.auto_stake.get(owner, hotkey))
            keys.own_pool[netuid, uid], keys.own_slot[netuid, uid] = own, stake.slot(own, owner, state)
            keys.incentive_pool[netuid, uid] = paid
            keys.incentive_slot[netuid, uid] = stake.slot(paid, owner, state)
            keys.take[netuid, uid] = (state.takes.get(hotkey, network.max_delegate_take) << 32) // U16_MAX
            keys.is_owners[netuid, uid] = owner == subnet.owner_coldkey or hotkey == subnet.owner_hotkey
        keys.root[netuid, : subnet.n] = NONE
        pool = stake.pool(netuid, subnet.owner_hotkey)
        keys.owner_pool[netuid] = pool
        keys.owner_slot[netuid] = stake.slot(pool, subnet.owner_coldkey, state)

    def find_root(self, state: State, hotkeys: dict[str, int]) -> None:
        """Write down which uids' hotkeys have stake on root: ``hotkeys`` are root's, and their numbers."""
        for netuid, subnet in enumerate(state.subnets):
            if subnet and netuid not in self.odd:
                row = self.keys.root[netuid]
                for hotkey, number in hotkeys.items():
                    uid = subnet.uids.get(hotkey)
                    if uid is not None:
                        row[uid] = number

    def collect(self, state: State, block: int) -> dict[str, Any]:
        """Return the fields of ``state`` that a run until ``block`` has changed: subnets and clocks."""
        ran = np.flatnonzero(self.clock.epoch_index != state.clocks.epoch_index).tolist()
        subnets = list(state.subnets)
        for netuid in ran:
            subnets[netuid] = self._subnet(netuid, state.subnet(netuid))
        there = np.array([subnet is not None for subnet in state.subnets])
        names = ("last_epoch_block", "pending_epoch_at", "epoch_index", "last_step_block")
        clocks: Clocks = replace(
            state.clocks,
            blocks_since_last_step=np.where(
                there, block - self.clock.step_origin, state.clocks.blocks_since_last_step
            ),
            **{name: getattr(self.clock, name).copy() for name in names},
        )
        return {"subnets": tuple(subnets), "clocks": clocks}

    def _subnet(self, netuid: int, subnet: Subnet) -> Subnet:
        n, terms = subnet.n, self.terms
        start = terms.bond_start[netuid, : n + 1].copy()
        pairs = int(start[-1])
        bonds = SparseRows(
            start, terms.bond_uid[netuid, :pairs].copy(), terms.bond_value[netuid, :pairs].copy()
        )
        mechanism = replace(subnet.mechanisms[0], bonds=bonds, incentive=terms.incentive[netuid, :n].copy())
        stored = {name: getattr(terms, name)[netuid, :n].copy() for name in STORED}
        return replace(subnet, mechanisms=(mechanism,), **stored)


def _same_places(subnet: Subnet, before: Subnet) -> bool:
    """Whether the pay goes to the same pools as before."""
    names = ("hotkeys", "auto_stake", "owner_hotkey", "owner_coldkey")
    return all(getattr(subnet, name) is getattr(before, name) for name in names)


def _blank(kind: Any, shape: Any, by_row: tuple[str, ...] = ()) -> Any:
    """A record of zeros, each column of its own type and of ``shape``; those named have a place per row."""
    rows = shape if isinstance(shape, int) else shape[0]
    columns = {}
    for name in kind._fields:
        columns[name] = np.zeros(rows if name in by_row else shape, _dtype(kind, name))
    return kind(**columns)


def _dtype(kind: Any, name: str) -> Any:
    text = kind.__annotations__[name]
    text = text if isinstance(text, str) else text.__forward_arg__
    return {"int64": np.int64, "int32": np.int32, "bool_": np.bool_, "uint16": np.uint16}[
        text.split(".")[1].rstrip("]")
    ]


def _terms(rows: int, width: int, pairs: int) -> Terms:
    terms: Terms = _blank(Terms, (rows, width))
    return terms._replace(
        bond_start=np.zeros((rows, width + 1), np.int64),
        bond_uid=np.zeros((rows, pairs), np.uint16),
        bond_value=np.zeros((rows, pairs), np.uint16),
    )


def _neurons(rows: int, width: int, pairs: int) -> Neurons:
    return Neurons(
        last_update=np.zeros((rows, width), np.int64),
        block_at_registration=np.zeros((rows, width), np.int64),
        never=np.full(width, NEVER),
        weight_start=np.zeros((rows, width + 1), np.int64),
        weight_uid=np.zeros((rows, pairs), np.uint16),
        weight_value=np.zeros((rows, pairs), np.uint16),
    )


def _put_rows(columns: Any, what: str, netuid: int, rows: SparseRows) -> None:
    """Write sparse rows into the columns ``what``_start, _uid and _value."""
    pairs = len(rows.uid)
    getattr(columns, f"{what}_start")[netuid, : len(rows.start)] = rows.start
    getattr(columns, f"{what}_uid")[netuid, :pairs] = rows.uid
    getattr(columns, f"{what}_value")[netuid, :pairs] = rows.value
