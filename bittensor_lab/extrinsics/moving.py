"""Moving stake: to another hotkey, another subnet, or another coldkey; and giving alpha up.

All three moves are one routine. Within a subnet shares move one to one; between two, alpha is sold
in one pool and bought in the other, for a single fee.

Source: ``spec/economy.md`` 7.5 and 7.7; ``staking/move_stake.rs``, ``staking/recycle_alpha.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.block import Events
from bittensor_lab.errors import (
    AmountTooLow,
    CannotBurnOrRecycleOnRootSubnet,
    NotEnoughStakeToWithdraw,
    SameNetuid,
    TransferDisallowed,
)
from bittensor_lab.events import AlphaBurned, AlphaRecycled, StakeAdded, StakeMoved
from bittensor_lab.extrinsics.arguments import U64, Flag, Key, Limit, NetUid, check_arguments
from bittensor_lab.market import most_moved, trade, worth
from bittensor_lab.stake import with_stake
from bittensor_lab.staking import (
    move,
    owned,
    require_hotkey,
    require_trading,
    require_unlocked,
    stake,
    within_limit,
)
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import format_tao

Position = tuple[str, str, int]
"""coldkey, hotkey, netuid"""


@dataclass(frozen=True)
class MoveStake:
    """A coldkey moves alpha, in rao, from one hotkey to another, and maybe to another subnet."""

    coldkey: Key
    origin_hotkey: Key
    destination_hotkey: Key
    origin_netuid: NetUid
    destination_netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check both ends, then move."""
        origin = self.coldkey, self.origin_hotkey, self.origin_netuid
        return _moved(
            state, origin, (self.coldkey, self.destination_hotkey, self.destination_netuid), self.amount
        )


@dataclass(frozen=True)
class SwapStake:
    """A coldkey exchanges alpha, in rao, of one subnet for that of another, on the same hotkey."""

    coldkey: Key
    hotkey: Key
    origin_netuid: NetUid
    destination_netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check both ends, then move."""
        origin = self.coldkey, self.hotkey, self.origin_netuid
        return _moved(state, origin, (self.coldkey, self.hotkey, self.destination_netuid), self.amount)


@dataclass(frozen=True)
class SwapStakeLimit:
    """As SwapStake, as long as an alpha of the origin gets at least ``limit_price`` (of 1e9) of the other."""

    coldkey: Key
    hotkey: Key
    origin_netuid: NetUid
    destination_netuid: NetUid
    amount: U64
    limit_price: U64
    allow_partial: Flag = False

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Find out how much the limit allows, and move that."""
        for netuid in (self.origin_netuid, self.destination_netuid):
            require_trading(state, netuid)
        most = most_moved(state, self.origin_netuid, self.destination_netuid, self.limit_price)
        asked = f"{format_tao(self.amount, 'α', 9)} of netuid {self.origin_netuid}"
        amount = within_limit(most, self.amount, self.allow_partial, asked)
        return SwapStake(
            self.coldkey, self.hotkey, self.origin_netuid, self.destination_netuid, amount
        ).apply(state)


@dataclass(frozen=True)
class TransferStake:
    """A coldkey gives alpha, in rao, to another coldkey, and maybe on another subnet."""

    coldkey: Key
    destination_coldkey: Key
    hotkey: Key
    origin_netuid: NetUid
    destination_netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check both ends, then move."""
        origin = self.coldkey, self.hotkey, self.origin_netuid
        target = self.destination_coldkey, self.hotkey, self.destination_netuid
        return _moved(state, origin, target, self.amount)


def _moved(state: State, origin: Position, target: Position, amount: int) -> tuple[State, Events]:
    _check_move(state, origin, target, amount)
    state, left, arrived = move(state, origin, target, amount)
    return state, (StakeMoved(*origin, left, *target, arrived),)


def _check_move(state: State, origin: Position, target: Position, amount: int) -> None:
    (coldkey, hotkey, netuid), (to_coldkey, to_hotkey, to_netuid) = origin, target
    if origin == target:
        raise SameNetuid(f"netuid {netuid}, hotkey {hotkey}")
    require_trading(state, to_netuid)
    held = owned(state, coldkey, hotkey, netuid)
    require_hotkey(state, to_hotkey)
    if amount > held:
        raise NotEnoughStakeToWithdraw(
            f"{coldkey} holds {format_tao(held, 'α', 9)} on {hotkey} of netuid {netuid}, "
            f"asked {format_tao(amount, 'α', 9)}"
        )
    if coldkey != to_coldkey:
        _check_transfers(state, netuid, to_netuid)
    least = state.network.min_stake
    same = netuid == to_netuid
    value = worth(state, netuid, amount) if same else _sold(state, netuid, to_netuid, amount)
    if value < least or (value == least and not same):
        raise AmountTooLow(f"{format_tao(value, digits=9)}; the least is {format_tao(least, digits=9)}")
    if not same:
        require_unlocked(state, coldkey, netuid, amount)


def _check_transfers(state: State, *netuids: int) -> None:
    for netuid in netuids:
        if netuid != ROOT_NETUID and not state.hyperparameters(netuid).transfer_toggle:
            raise TransferDisallowed(f"netuid {netuid}")


def _sold(state: State, netuid: int, to_netuid: int, amount: int) -> int:
    """The TAO that would arrive, if the other pool would take it."""
    from_root = netuid == ROOT_NETUID
    out = trade(state, netuid, False, amount, with_fee=not from_root).out
    if out > state.network.min_stake:
        trade(state, to_netuid, True, out, with_fee=from_root)
    return out


@dataclass(frozen=True)
class RecycleAlpha:
    """A coldkey unmakes alpha, in rao, of its own: the subnet's supply falls."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Take it off the stake, and off what is outstanding."""
        state = _given_up(state, self)
        state = state.but(pools=state.pools.plus(self.netuid, alpha_out=-self.amount))
        return state, (AlphaRecycled(self.coldkey, self.hotkey, self.netuid, self.amount),)


@dataclass(frozen=True)
class BurnAlpha:
    """A coldkey gives up alpha, in rao, of its own: it stays outstanding, and is nobody's."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Take it off the stake."""
        return _given_up(state, self), (AlphaBurned(self.coldkey, self.hotkey, self.netuid, self.amount),)


@dataclass(frozen=True)
class AddStakeBurn:
    """A coldkey buys alpha with TAO, in rao, and burns it: a subnet's revenue that lifts its price."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    amount: U64
    limit_price: Limit = None

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Buy, then burn what was bought."""
        _refuse_root(self.netuid)
        state, done = stake(state, self.coldkey, self.hotkey, self.netuid, self.amount, self.limit_price)
        state, burned = BurnAlpha(self.coldkey, self.hotkey, self.netuid, done.out).apply(state)
        added = StakeAdded(self.coldkey, self.hotkey, self.netuid, done.paid, done.out, done.fee)
        return state, (added, *burned)


def _refuse_root(netuid: int) -> None:
    if netuid == ROOT_NETUID:
        raise CannotBurnOrRecycleOnRootSubnet


def _given_up(state: State, asked: RecycleAlpha | BurnAlpha) -> State:
    _refuse_root(asked.netuid)
    held = owned(state, asked.coldkey, asked.hotkey, asked.netuid)
    if asked.amount > held:
        raise NotEnoughStakeToWithdraw(
            f"{asked.coldkey} holds {format_tao(held, 'α', 9)}, asked {format_tao(asked.amount, 'α', 9)}"
        )
    require_unlocked(state, asked.coldkey, asked.netuid, asked.amount)
    return with_stake(state, asked.netuid, asked.hotkey, asked.coldkey, -asked.amount)
