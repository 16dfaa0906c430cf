"""The market: buying a subnet's alpha with TAO, and selling it, in the subnet's pool.

    buy    TAO → pool,   alpha out of it to the buyer;    the fee, in TAO, to the block's author
    sell   alpha → pool, TAO out of it to the seller;     the fee, in alpha, is sold too, for the author

``trade`` says what a trade would give and changes nothing, ``buy`` and ``sell`` do it. They move the
pool and the subnet's account; whose TAO and whose stake it is is the caller's business. On root, TAO
and stake are the same, one to one and without a fee.

Source: ``spec/economy.md`` 6.2 and 6.4; ``pallets/swap/src/pallet/impls.rs``, ``staking/stake_utils.rs``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from bittensor_lab.accounts import give_to
from bittensor_lab.errors import (
    ChainError,
    InsufficientLiquidity,
    PriceLimitExceeded,
    ReservesTooLow,
    SwapInputTooLarge,
)
from bittensor_lab.kernels import amm
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.state import AUTHOR, ROOT_NETUID, Pools, State
from bittensor_lab.units import RAO_PER_TAO, U16_MAX, U64_MAX, format_tao

HIGHEST_PRICE, LOWEST_PRICE = 10**15, 1000
"""rao per alpha: the limits of who states none"""
MOST_INPUT = amm.MOST_OF_RESERVE
"""times the reserve: the most that can be put in at once"""
LARGEST = 2**63 - 1
REFUSALS: dict[int, type[ChainError]] = {
    amm.INPUT_TOO_LARGE: SwapInputTooLarge,
    amm.RESERVES_TOO_LOW: ReservesTooLow,
    amm.LIMIT_EXCEEDED: PriceLimitExceeded,
    amm.LIQUIDITY: InsufficientLiquidity,
}


class Trade(NamedTuple):
    """What a trade moves, rao: ``paid`` into the pool, ``out`` of it, and ``fee`` on top of what is paid."""

    paid: int
    out: int
    fee: int


def alpha_price(state: State, netuid: int) -> float:
    """Return the spot price of a subnet's alpha, TAO; 1 on root."""
    if netuid == ROOT_NETUID:
        return 1.0
    return float(amm.spot_price(*_reserves(state, netuid)))


def worth(state: State, netuid: int, alpha: int) -> int:
    """Return what alpha is worth at the spot price, rao."""
    return int(alpha * alpha_price(state, netuid))


def trade(
    state: State, netuid: int, buys: bool, amount: int, limit: int | None = None, with_fee: bool = True
) -> Trade:
    """Return what putting ``amount`` rao of TAO (``buys``) or alpha into the pool would give.

    Parameters
    ----------
    limit
        rao per alpha: the highest price to buy at, or the lowest to sell at.

    Raises
    ------
    SwapInputTooLarge, ReservesTooLow, PriceLimitExceeded, InsufficientLiquidity
        in the chain's order.
    """
    if netuid == ROOT_NETUID:
        return Trade(amount, amount, 0)
    tao, alpha, quote = _reserves(state, netuid)
    if amount > LARGEST:
        raise SwapInputTooLarge(_about(state, netuid, amount))
    if state.network.pool_rule:
        flat = state.network.flat_fee if with_fee else 0
        error, *amounts = amm.swap_constant_product(buys, tao, alpha, amount, flat)
    else:
        price = (HIGHEST_PRICE if buys else LOWEST_PRICE) if limit is None else limit
        rate = state.hyperparameters(netuid).fee_rate if with_fee else 0
        error, *amounts = amm.swap(
            buys, tao, alpha, quote, amount, price / RAO_PER_TAO, rate, fee_factor(rate)
        )
    if error != amm.OK:
        raise REFUSALS[error](_about(state, netuid, amount))
    return Trade(*(int(each) for each in amounts))


def buy(
    state: State,
    netuid: int,
    tao: int,
    limit: int | None = None,
    *,
    with_fee: bool = True,
    fee_stays: bool = False,
) -> tuple[State, Trade]:
    """Buy alpha with ``tao`` rao that the caller took from somebody.

    The fee goes to the author, or stays on the subnet's account, as does what a limit leaves over.
    Raises as ``trade``.
    """
    done = trade(state, netuid, True, tao, limit, with_fee)
    if netuid == ROOT_NETUID:
        pools = state.pools.plus(ROOT_NETUID, tao_in=tao, alpha_out=tao, account=tao)
        return state.but(pools=pools), done
    to_author = 0 if fee_stays else done.fee
    pools = _traded(state, netuid).plus(
        netuid, tao_in=done.paid, alpha_in=-done.out, alpha_out=done.out,
        account=tao - to_author, user_flow=done.paid,
    )  # fmt: skip
    state = state.but(pools=pools)
    return (give_to(state, AUTHOR, to_author) if to_author else state), done


def bought(state: State, trades: Mapping[int, tuple[int, Trade]]) -> State:
    """Return the state after buying alpha of several subnets: the TAO and what ``trade`` found, by netuid.

    As ``buy`` on each, but for the fees, which are the caller's to give to the author.
    """
    rows = np.fromiter(trades, np.int64)
    tao, paid, out, fee = np.array([(tao, *done) for tao, done in trades.values()], np.int64).T
    added = {"tao_in": paid, "alpha_in": -out, "alpha_out": out, "account": tao - fee, "user_flow": paid}
    columns: dict[str, Any] = {name: getattr(state.pools, name).copy() for name in added}
    for name, amounts in added.items():
        columns[name][rows] += amounts
    fresh = rows[~state.pools.initialised[rows]]
    if len(fresh):
        columns |= {name: getattr(state.pools, name).copy() for name in ("initialised", "quote_weight")}
        columns["initialised"][fresh], columns["quote_weight"][fresh] = True, EVEN
    return state.but(pools=state.pools.moved(**columns))


def sell(
    state: State, netuid: int, alpha: int, limit: int | None = None, *, with_fee: bool = True
) -> tuple[State, Trade]:
    """Sell ``alpha`` rao that the caller took from a stake; the TAO in ``out`` is the caller's to give.

    What a limit leaves over is the caller's to give back. Raises as ``trade``.
    """
    done = trade(state, netuid, False, alpha, limit, with_fee)
    if netuid == ROOT_NETUID:
        pools = state.pools.plus(ROOT_NETUID, tao_in=-alpha, alpha_out=-alpha, account=-alpha)
        return state.but(pools=pools), done
    state = _sold(state, netuid, done)
    return (_sell_fee(state, netuid, done.fee) if done.fee else state), done


def _sell_fee(state: State, netuid: int, fee: int) -> State:
    """Sell the fee's alpha for the author; what cannot be sold is burned: it stays outside, nobody's."""
    try:
        done = trade(state, netuid, False, fee, with_fee=False)
    except ChainError:
        return state
    return give_to(_sold(state, netuid, done), AUTHOR, done.out)


def _sold(state: State, netuid: int, done: Trade) -> State:
    pools = _traded(state, netuid).plus(
        netuid, tao_in=-done.out, alpha_in=done.paid, alpha_out=-done.paid,
        account=-done.out, user_flow=-done.out,
    )  # fmt: skip
    return state.but(pools=pools)


def most_input(state: State, netuid: int, buys: bool, limit: int) -> int:
    """Return the most that can be put into the pool, fee included, before the price is at ``limit``, rao."""
    if netuid == ROOT_NETUID:
        within = limit >= RAO_PER_TAO if buys else limit <= RAO_PER_TAO
        return U64_MAX if within else 0
    rate = state.hyperparameters(netuid).fee_rate
    error, most = amm.most_input(buys, *_reserves(state, netuid), limit / RAO_PER_TAO, rate, fee_factor(rate))
    return int(most) if error == amm.OK else 0


def most_moved(state: State, netuid: int, to_netuid: int, limit: int) -> int:
    """Return the most alpha of a subnet that can go to another before the relative price is at ``limit``.

    ``limit`` is the price of the origin's alpha in the target's, of 1e9; 0 is no limit. Root counts as a
    pool of price 1 that never moves.
    """
    if not limit:
        return U64_MAX
    if ROOT_NETUID not in (netuid, to_netuid):
        pools = (*_reserves(state, netuid), *_reserves(state, to_netuid))
        return int(amm.most_moved(*pools, limit / RAO_PER_TAO))
    if netuid == ROOT_NETUID:
        return most_input(state, to_netuid, True, RAO_PER_TAO * RAO_PER_TAO // limit)
    return most_input(state, netuid, False, limit)


@cache
def fee_factor(rate: int) -> np.uint64:
    """Return a fee rate of 65535 as a fraction of 2⁶⁴, cut off."""
    return np.uint64((rate << 64) // U16_MAX)


def _reserves(state: State, netuid: int) -> tuple[int, int, int]:
    """A pool's TAO, alpha and TAO weight; the first trade makes the weights even."""
    p = state.pools
    quote = int(p.quote_weight[netuid]) if p.initialised[netuid] else EVEN
    return int(p.tao_in[netuid]), int(p.alpha_in[netuid]), quote


def _traded(state: State, netuid: int) -> Pools:
    pools = state.pools
    return pools if pools.initialised[netuid] else pools.at(netuid, initialised=True, quote_weight=EVEN)


def _about(state: State, netuid: int, amount: int) -> str:
    tao, alpha, _ = _reserves(state, netuid)
    return (
        f"{format_tao(amount, digits=9)} into the pool of netuid {netuid}, "
        f"which holds {format_tao(tao)} and {alpha / RAO_PER_TAO:,.2f} alpha"
    )
