"""Quotes: what a trade would give, before one makes it.

    price impact   price after the trade / spot price − 1          what you do to the market
    slippage       average price paid / spot price − 1             what it costs you, the fee apart
    (sold: both count downward)

A quote is the extrinsic's own arithmetic on the present state and changes nothing; in the next block
somebody else may have traded first. The chain's errors come out as they would then.

Source: ``spec/economy.md`` 6 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.errors import ChainError
from bittensor_lab.market import Trade, alpha_price, buy, sell, trade
from bittensor_lab.stake import stake_of
from bittensor_lab.staking import checked_stake, checked_unstake, require_trading
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
    else:
        checked_stake(state, coldkey, hotkey, netuid, tao, limit)
        tao = min(tao, max(0, state.free.get(coldkey, 0) - state.network.existential_deposit))
    done = trade(state, netuid, True, tao, limit)
    after, _ = buy(state, netuid, tao, limit)
    return _quote(state, after, netuid, done, done.paid / done.out if done.out else 0.0)


def quote_remove_stake(
    state: State, coldkey: str | None, hotkey: str | None, netuid: int, alpha: int, limit: int | None = None
) -> Quote:
    """Return what unstaking ``alpha`` rao would give; as ``quote_add_stake``."""
    if coldkey is None or hotkey is None:
        require_trading(state, netuid)
    else:
        checked_unstake(state, coldkey, hotkey, netuid, alpha, limit)
        alpha = min(alpha, stake_of(state, netuid, hotkey, coldkey))
    done = trade(state, netuid, False, alpha, limit)
    after, _ = sell(state, netuid, alpha, limit)
    return _quote(state, after, netuid, done, done.out / done.paid if done.paid else 0.0)


def quote_move_stake(state: State, netuid: int, to_netuid: int, alpha: int) -> tuple[Quote, Quote]:
    """Return the sale and the purchase of which moving ``alpha`` rao between subnets would consist (7.5)."""
    from_root = netuid == ROOT_NETUID
    for each in (netuid, to_netuid):
        require_trading(state, each)
    sold = trade(state, netuid, False, alpha, with_fee=not from_root)
    between, _ = sell(state, netuid, alpha, with_fee=not from_root)
    bought = trade(between, to_netuid, True, sold.out, with_fee=from_root)
    after, _ = buy(between, to_netuid, sold.out, with_fee=from_root)
    return (
        _quote(state, between, netuid, sold, sold.out / sold.paid if sold.paid else 0.0),
        _quote(state, after, to_netuid, bought, bought.paid / bought.out if bought.out else 0.0),
    )


def exit_value(state: State, netuid: int, hotkey: str, coldkey: str) -> int:
    """Return what a position would give if it were sold whole now, rao of TAO; 0 if it cannot be."""
    held = stake_of(state, netuid, hotkey, coldkey)
    try:
        require_trading(state, netuid)
        return trade(state, netuid, False, held).out if held else 0
    except ChainError:
        return 0


def _quote(before: State, after: State, netuid: int, done: Trade, average: float) -> Quote:
    return Quote(*done, alpha_price(before, netuid), average, alpha_price(after, netuid))
