"""Locks: alpha that cannot leave a subnet, and the conviction that grows on it.

Source: ``spec/economy.md`` 7.10; ``staking/lock.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bittensor_lab.block import Events
from bittensor_lab.conviction import Lock
from bittensor_lab.errors import (
    AmountTooLow,
    LockHotkeyMismatch,
    NoExistingLock,
    NotEnoughStakeToWithdraw,
)
from bittensor_lab.events import LockMoved, PerpetualLockSet, StakeLocked
from bittensor_lab.extrinsics.arguments import U64, Flag, Key, NetUid, check_arguments
from bittensor_lab.locks import present, with_lock
from bittensor_lab.stake import stake_of_coldkey
from bittensor_lab.staking import require_hotkey
from bittensor_lab.state import State, Subnet
from bittensor_lab.units import format_tao


@dataclass(frozen=True)
class LockStake:
    """A coldkey locks alpha, in rao, of all it has on a subnet, toward one hotkey; or adds to its lock."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """At most what the coldkey has there can be locked."""
        subnet = state.subnet(self.netuid)
        require_hotkey(state, self.hotkey)
        if not self.amount:
            raise AmountTooLow("0 rao would be locked")
        lock = _present(state, subnet, self.coldkey) or Lock(self.hotkey, 0, 0, state.block)
        if lock.hotkey != self.hotkey and (lock.mass or lock.conviction):
            raise LockHotkeyMismatch(f"{self.coldkey} has locked toward {lock.hotkey}")
        held, wanted = stake_of_coldkey(state, self.netuid, self.coldkey), lock.mass + self.amount
        if wanted > held:
            raise NotEnoughStakeToWithdraw(
                f"{self.coldkey} holds {format_tao(held, 'α', 9)} on netuid {self.netuid}, "
                f"{format_tao(wanted, 'α', 9)} would be locked"
            )
        added = replace(lock, hotkey=self.hotkey, mass=wanted)
        added = present(state, subnet, added)  # toward the owner's hotkey conviction is the mass at once
        happened = StakeLocked(self.coldkey, self.hotkey, self.netuid, wanted)
        return state.with_subnet(with_lock(subnet, self.coldkey, added)), (happened,)


@dataclass(frozen=True)
class MoveLock:
    """A coldkey turns its lock on a subnet toward another hotkey; another owner's starts from nothing."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Conviction stays only if both hotkeys have one owner."""
        subnet = state.subnet(self.netuid)
        require_hotkey(state, self.hotkey)
        lock = _existing(state, subnet, self.coldkey)
        same = state.owner.get(lock.hotkey) == state.owner[self.hotkey]
        moved = replace(lock, hotkey=self.hotkey, conviction=lock.conviction if same else 0)
        moved = present(state, subnet, moved)
        state = state.with_subnet(with_lock(subnet, self.coldkey, moved))
        return state, (LockMoved(self.coldkey, self.netuid, self.hotkey),)


@dataclass(frozen=True)
class SetPerpetualLock:
    """A coldkey lets its lock on a subnet stay for ever, or begin to decay."""

    coldkey: Key
    netuid: NetUid
    perpetual: Flag

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Roll the lock on to now by its old way, then change the way."""
        subnet = state.subnet(self.netuid)
        lock = replace(_existing(state, subnet, self.coldkey), perpetual=self.perpetual)
        state = state.with_subnet(with_lock(subnet, self.coldkey, lock))
        return state, (PerpetualLockSet(self.coldkey, self.netuid, self.perpetual),)


def _present(state: State, subnet: Subnet, coldkey: str) -> Lock | None:
    lock = subnet.locks.get(coldkey)
    return present(state, subnet, lock) if lock else None


def _existing(state: State, subnet: Subnet, coldkey: str) -> Lock:
    lock = _present(state, subnet, coldkey)
    if lock is None or not (lock.mass or lock.conviction):
        raise NoExistingLock(f"{coldkey} on netuid {subnet.netuid}")
    return lock
