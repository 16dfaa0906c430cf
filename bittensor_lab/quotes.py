"""Quotes: what a trade would give, before one makes it.

    price impact   price after the trade / spot price − 1          what you do to the market
    slippage       average price paid / spot price − 1             what it costs you, the fee apart
    (sold: both count downward)

A quote does on the present state what the extrinsic would do, throws the result away, and so changes
nothing; the chain's errors come out as they would then. In the next block somebody else may have traded
first. What remains of a position and is too small to keep is paid out on top, and moves the price too.

Source: ``spec/economy.md`` 6 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bittensor_lab.block import Extrinsic, apply
from bittensor_lab.errors import ChainError, WrongType
from bittensor_lab.events import StakeMoved
from bittensor_lab.locks import available
from bittensor_lab.market import Trade, alpha_price, buy, sell
from bittensor_lab.stake import stake_of
from bittensor_lab.staking import require_trading, stake, unstake
from bittensor_lab.state import ROOT_NETUID, State


@dataclass(frozen=True)
class Quote:
    """What goes in and comes out, rao, and at which prices, TAO per alpha."""

    paid: int
    """into the pool: TAO of a purchase, alpha of a sale"""
    out: int
    """out of it: alpha of a purchase, TAO of a sale"""
    fee: int
    """on top of what is paid, in the same token"""
    spot_price: float
    average_price: float
    price_after: float

    @property
    def price_impact(self) -> float:
        """How far the trade moves the price, of the spot price."""
        return self.price_after / self.spot_price - 1 if self.spot_price else 0.0

    @property
    def slippage(self) -> float:
        """How much worse the average price is than the spot price, of the latter; the fee apart."""
        return abs(self.average_price / self.spot_price - 1) if self.spot_price else 0.0


def quote_add_stake(
    state: State, coldkey: str | None, hotkey: str | None, netuid: int, tao: int, limit: int | None = None
) -> Quote:
    """Return what staking ``tao`` rao would give.

    With a coldkey and a hotkey all of the extrinsic's checks are made, and what the coldkey must keep to
    exist is left out; with None only the pool is asked. Raises the chain's errors.
    """
    if coldkey is None or hotkey is None:
        require_trading(state, netuid)
        after, done = buy(state, netuid, tao, limit)
    else:
        after, done = stake(state, coldkey, hotkey, netuid, tao, limit)
    return _bought(state, after, netuid, done)


def quote_remove_stake(
    state: State, coldkey: str | None, hotkey: str | None, netuid: int, alpha: int, limit: int | None = None
) -> Quote:
    """Return what unstaking ``alpha`` rao would give; as ``quote_add_stake``."""
    if coldkey is None or hotkey is None:
        require_trading(state, netuid)
        after, done = sell(state, netuid, alpha, limit)
    else:
        after, done = unstake(state, coldkey, hotkey, netuid, alpha, limit)
    return _sold(state, after, netuid, done)


def quote_move_stake(state: State, netuid: int, to_netuid: int, alpha: int) -> tuple[Quote, Quote]:
    """Return the sale and the purchase of which moving ``alpha`` rao between subnets would consist (7.5).

    Only the pools are asked, whoever holds the alpha; ``quote_move`` makes the extrinsic's checks. Within
    a subnet nothing is traded: both are alpha for alpha, at the spot price.
    """
    for each in (netuid, to_netuid):
        require_trading(state, each)
    if netuid == to_netuid:
        price = alpha_price(state, netuid)
        same = Quote(alpha, alpha, 0, price, price, price)
        return same, same
    from_root = netuid == ROOT_NETUID
    between, sold = sell(state, netuid, alpha, with_fee=not from_root)
    after, bought = buy(between, to_netuid, sold.out, with_fee=from_root)
    return _sold(state, after, netuid, sold), _bought(state, after, to_netuid, bought)


def quote_move(state: State, extrinsic: Extrinsic) -> tuple[Quote, Quote]:
    """Return the sale and the purchase of an extrinsic that moves stake, such as SwapStake, if it is allowed.

    Raises
    ------
    ChainError
        as the extrinsic.
    WrongType
        if it moves no stake.
    """
    after, events = apply(state, extrinsic)
    moved = next((event for event in events if isinstance(event, StakeMoved)), None)
    if moved is None:
        raise WrongType(
            f"{type(extrinsic).__name__} moves no stake",
            remedy="Use MoveStake, SwapStake, SwapStakeLimit or TransferStake.",
        )
    sold, bought = quote_move_stake(state, moved.netuid, moved.to_netuid, moved.alpha)
    return (
        replace(sold, price_after=alpha_price(after, moved.netuid)),
        replace(bought, price_after=alpha_price(after, moved.to_netuid)),
    )


def exit_value(state: State, netuid: int, hotkey: str, coldkey: str) -> int:
    """Return what a position would give if it were sold now, rao of TAO; 0 if it cannot be.

    Alpha that is locked cannot be sold: what is not locked counts.
    """
    held = stake_of(state, netuid, hotkey, coldkey)
    if held and netuid != ROOT_NETUID:
        held = min(held, available(state, netuid, coldkey))
    try:
        return quote_remove_stake(state, coldkey, hotkey, netuid, held).out if held else 0
    except ChainError:
        return 0


def _bought(before: State, after: State, netuid: int, done: Trade) -> Quote:
    average = done.paid / done.out if done.out else 0.0
    return Quote(*done, alpha_price(before, netuid), average, alpha_price(after, netuid))


def _sold(before: State, after: State, netuid: int, done: Trade) -> Quote:
    average = done.out / done.paid if done.paid else 0.0
    return Quote(*done, alpha_price(before, netuid), average, alpha_price(after, netuid))
