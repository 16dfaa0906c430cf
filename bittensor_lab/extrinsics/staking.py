"""Staking: TAO for alpha on a hotkey, and back, with or without a price limit.

A limit is a price in rao per alpha. With ``allow_partial`` as much is done as the limit allows;
without it the whole or nothing.

Source: ``spec/economy.md`` 7.1 to 7.4; ``staking/add_stake.rs``, ``staking/remove_stake.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.block import Events
from bittensor_lab.errors import ChainError
from bittensor_lab.events import Event, StakeAdded, StakeRemoved
from bittensor_lab.extrinsics.arguments import U64, Flag, Key, Limit, NetUid, check_arguments
from bittensor_lab.market import most_input
from bittensor_lab.stake import stake_of
from bittensor_lab.staking import (
    owned,
    require_hotkey,
    require_trading,
    stake,
    stake_on_root,
    unstake,
    unstake_whole,
    within_limit,
)
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import format_tao


@dataclass(frozen=True)
class AddStake:
    """A coldkey stakes TAO, in rao, on a hotkey of a subnet; on root (netuid 0) it stays TAO."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Buy alpha at any price."""
        state, done = stake(state, self.coldkey, self.hotkey, self.netuid, self.amount)
        return state, (StakeAdded(self.coldkey, self.hotkey, self.netuid, done.paid, done.out, done.fee),)


@dataclass(frozen=True)
class AddStakeLimit:
    """A coldkey stakes TAO, in rao, as long as the price is at most ``limit_price``."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64
    limit_price: U64
    allow_partial: Flag = False

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Find out how much the limit allows, and buy that."""
        require_trading(state, self.netuid)
        most = most_input(state, self.netuid, True, self.limit_price)
        asked = f"{format_tao(self.amount, digits=9)} into netuid {self.netuid}"
        amount = within_limit(most, self.amount, self.allow_partial, asked)
        state, done = stake(state, self.coldkey, self.hotkey, self.netuid, amount, self.limit_price)
        return state, (StakeAdded(self.coldkey, self.hotkey, self.netuid, done.paid, done.out, done.fee),)


@dataclass(frozen=True)
class RemoveStake:
    """A coldkey unstakes alpha, in rao, from a hotkey; more than there is means all of it."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Sell at any price."""
        state, done = unstake(state, self.coldkey, self.hotkey, self.netuid, self.amount)
        return state, (StakeRemoved(self.coldkey, self.hotkey, self.netuid, done.paid, done.out, done.fee),)


@dataclass(frozen=True)
class RemoveStakeLimit:
    """A coldkey unstakes alpha, in rao, as long as the price is at least ``limit_price``."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64
    limit_price: U64
    allow_partial: Flag = False

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Find out how much the limit allows, and sell that."""
        held = owned(state, self.coldkey, self.hotkey, self.netuid)
        most = most_input(state, self.netuid, False, self.limit_price)
        asked = f"{format_tao(self.amount, 'α', 9)} of netuid {self.netuid}"
        amount = within_limit(most, min(self.amount, held), self.allow_partial, asked)
        state, done = unstake(state, self.coldkey, self.hotkey, self.netuid, amount, self.limit_price)
        return state, (StakeRemoved(self.coldkey, self.hotkey, self.netuid, done.paid, done.out, done.fee),)


@dataclass(frozen=True)
class RemoveStakeFullLimit:
    """A coldkey unstakes a whole position, at a price of at least ``limit_price`` if one is given."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    limit_price: Limit = None

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """All or nothing."""
        held = owned(state, self.coldkey, self.hotkey, self.netuid)
        if self.limit_price is None:
            return RemoveStake(self.coldkey, self.hotkey, self.netuid, held).apply(state)
        return RemoveStakeLimit(self.coldkey, self.hotkey, self.netuid, held, self.limit_price).apply(state)


@dataclass(frozen=True)
class UnstakeAll:
    """A coldkey unstakes all it has on a hotkey, on root and every subnet."""

    coldkey: Key
    hotkey: Key

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Subnets that refuse are passed over."""
        require_hotkey(state, self.hotkey)
        events: list[Event] = []
        for netuid in [ROOT_NETUID, *state.netuids]:
            held = stake_of(state, netuid, self.hotkey, self.coldkey)
            if held:
                try:
                    state, happened = RemoveStake(self.coldkey, self.hotkey, netuid, held).apply(state)
                except ChainError:
                    continue
                events += happened
        return state, tuple(events)


@dataclass(frozen=True)
class UnstakeAllAlpha:
    """A coldkey sells all the alpha it has on a hotkey, and stakes the TAO on root on the same hotkey."""

    coldkey: Key
    hotkey: Key

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Subnets that refuse are passed over; what the others give is staked in one go."""
        require_hotkey(state, self.hotkey)
        events, tao = list[Event](), 0
        for netuid in state.netuids:
            if stake_of(state, netuid, self.hotkey, self.coldkey):
                try:
                    state, done = unstake_whole(state, self.coldkey, self.hotkey, netuid)
                except ChainError:
                    continue
                tao += done.out
                events.append(StakeRemoved(self.coldkey, self.hotkey, netuid, done.paid, done.out, done.fee))
        if tao:
            state = stake_on_root(state, self.coldkey, self.hotkey, tao)
            events.append(StakeAdded(self.coldkey, self.hotkey, ROOT_NETUID, tao, tao, 0))
        return state, tuple(events)
