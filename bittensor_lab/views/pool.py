"""One pool and one trade: what it does to the price, what it costs, and what a limit makes of it.

    price impact    price after / price before − 1           what the trade does to the market
    slippage        average price / price before − 1         what it costs whoever trades
    fee             a fixed part of what is put in           goes to the block's author
    tolerance       a limit: how far the price may move before the trade stops

Every number is a quote of the engine on a state with this pool (``quotes``); the curve is 49 of them. The
counterfactual is the pool that most texts draw: the same reserves with even weights, x · y = k.

Source: ``spec/economy.md`` 6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from bittensor_lab.block import run
from bittensor_lab.errors import ChainError
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.quotes import Quote, quote_add_stake, quote_remove_stake
from bittensor_lab.state import State
from bittensor_lab.units import (
    NO_BREAK_SPACE,
    ONE,
    RAO_PER_TAO,
    THIN_SPACE,
    format_percent,
    format_tao,
)
from bittensor_lab.views.labels import apart

NETUID, PLACES = 1, 49
PER_TAO = 30.0
"""alpha in the pool for each TAO in it; with even weights a price of 1/30"""
MOST = 1_000.0
"""TAO: the largest trade that the picture shows"""
STROKES = 80
"""across the whole picture"""
BLOCKS_PER_DAY = 7_200
NO_LIMIT = 0.25
"""tolerance from which on there is none"""


@dataclass(frozen=True)
class Pool:
    """A pool: TAO in it, and the TAO's weight."""

    tao: float = 5_700.0
    quote_weight: float = 0.5

    def state(self) -> State:
        """Return a network whose first subnet has this pool."""
        start = _network()
        tao, alpha = round(self.tao * RAO_PER_TAO), round(self.tao * PER_TAO * RAO_PER_TAO)
        weight = round(self.quote_weight * 1e18)
        pools = start.pools.at(NETUID, tao_in=tao, alpha_in=alpha, quote_weight=weight, initialised=True)
        return replace(start, pools=pools)


@dataclass(frozen=True)
class PoolView:
    """A trade on a pool. Amounts in TAO, or alpha for what a sale puts in."""

    pool: Pool
    buys: bool
    asked: float
    """TAO put in, or what the alpha put in is worth at the spot price"""
    tolerance: float
    """how far the price may move, of 1; ``NO_LIMIT`` and more: no limit"""
    quote: Quote | None
    """None: nothing can be traded"""
    filled: float
    """the part of what was asked for that is traded"""
    curve: pd.DataFrame
    """tao (put in or worth), price, average, impact, slippage, fee, plain (the price in the even pool)"""

    @property
    def price(self) -> float:
        """TAO per alpha before the trade."""
        return float(alpha_price(self.pool.state(), NETUID))


@lru_cache(maxsize=1)
def _network() -> State:
    return demo_network(1, 1, 1)


@lru_cache(maxsize=512)
def trade(pool: Pool, buys: bool = True, asked: float = 100.0, tolerance: float = NO_LIMIT) -> PoolView:
    """Return what a trade of ``asked`` TAO (or TAO's worth of alpha) does to a pool."""
    state = pool.state()
    price = alpha_price(state, NETUID)
    limit = _limit(price, buys, tolerance)
    amount = _amount(buys, asked, price)
    try:
        quote = _quote(state, buys, amount, limit)
    except ChainError:
        quote = None
    filled = min(1.0, (quote.paid + quote.fee) / amount) if quote and amount else 0.0
    return PoolView(pool, buys, asked, tolerance, quote, filled, _curve(pool, buys))


def _quote(state: State, buys: bool, amount: int, limit: int | None = None) -> Quote:
    ask = quote_add_stake if buys else quote_remove_stake
    return ask(state, None, None, NETUID, amount, limit)


def _limit(price: float, buys: bool, tolerance: float) -> int | None:
    """The price at which the trade stops, rao per alpha."""
    if tolerance >= NO_LIMIT:
        return None
    return round(price * (1 + tolerance * (1 if buys else -1)) * RAO_PER_TAO)


def _amount(buys: bool, worth: float, price: float) -> int:
    """What is put in, rao: TAO, or the alpha that is worth so much at the spot price."""
    return round((worth if buys else worth / price) * RAO_PER_TAO)


@lru_cache(maxsize=256)
def _curve(pool: Pool, buys: bool) -> pd.DataFrame:
    """What trades of every size would do."""
    state, even = pool.state(), replace(pool, quote_weight=0.5).state()
    price = alpha_price(state, NETUID)
    rows = []
    for worth in np.linspace(0, MOST, PLACES)[1:]:
        amount = _amount(buys, worth, price)
        quote, plain = _quote(state, buys, amount), _quote(even, buys, amount)
        fee = quote.fee / (quote.paid + quote.fee)
        row = (worth, quote.price_after, quote.average_price, abs(quote.price_impact), quote.slippage, fee)
        rows.append((*row, plain.price_after))
    first = (0.0, price, price, 0.0, 0.0, rows[0][5], alpha_price(even, NETUID))
    columns = ["tao", "price", "average", "impact", "slippage", "fee", "plain"]
    return pd.DataFrame([first, *rows], columns=columns)


# --- what the lesson shows beside the lab ----------------------------------------------------------------


def round_trip(pool: Pool, tao: float) -> pd.DataFrame:
    """Return a purchase and the sale of all that it gave, nobody in between: a row for each step."""
    state = pool.state()
    bought = _quote(state, True, round(tao * RAO_PER_TAO))
    after = _after(state, True, bought)
    sold = _quote(after, False, bought.out)
    rows = [
        ("you buy", "τ", tao, bought.out / RAO_PER_TAO, bought.slippage, bought.price_after),
        (
            "you sell it all",
            "α",
            bought.out / RAO_PER_TAO,
            sold.out / RAO_PER_TAO,
            sold.slippage,
            sold.price_after,
        ),
    ]
    return pd.DataFrame(rows, columns=["step", "in", "put in", "got out", "slippage", "price after"])


def sandwich(pool: Pool, tao: float, bot: float, tolerance: float = NO_LIMIT) -> pd.DataFrame:
    """Return what happens if somebody buys just before you and sells just after: a row for each."""
    state = pool.state()
    alone = _quote(state, True, round(tao * RAO_PER_TAO))
    limit = _limit(alpha_price(state, NETUID), True, tolerance)
    first = _quote(state, True, round(bot * RAO_PER_TAO))
    state = _after(state, True, first)
    try:
        yours = _quote(state, True, round(tao * RAO_PER_TAO), limit)
        state, got, paid = _after(state, True, yours), yours.out, yours.paid + yours.fee
    except ChainError:
        got, paid = 0, 0
    last = _quote(state, False, first.out)
    missing = paid * alone.out / (alone.paid + alone.fee) - got  # against the price that you would have had
    rows = [
        ("you", paid / RAO_PER_TAO, got / RAO_PER_TAO, 0.0 - missing / RAO_PER_TAO * alone.average_price),
        ("who was quicker", bot, first.out / RAO_PER_TAO, last.out / RAO_PER_TAO - bot),
    ]
    return pd.DataFrame(rows, columns=["who", "τ put in", "α got", "gain, τ"])


def in_parts(pool: Pool, tao: float, parts: int) -> float:
    """Return the alpha that ``tao`` buys in so many equal parts, one right after the other."""
    state, got = pool.state(), 0
    for _ in range(parts):
        quote = _quote(state, True, round(tao * RAO_PER_TAO) // parts)
        state, got = _after(state, True, quote), got + quote.out
    return got / RAO_PER_TAO


def free_trade(tao: float, alpha: float, paid: float, limit: float | None = None) -> Quote:
    """Return a purchase in an even pool that takes no fee; ``limit`` in TAO per alpha."""
    start = _network().with_hyperparameters(NETUID, fee_rate=0)
    inside = {"tao_in": round(tao * RAO_PER_TAO), "alpha_in": round(alpha * RAO_PER_TAO)}
    pools = start.pools.at(NETUID, initialised=True, quote_weight=10**18 // 2, **inside)
    stop = None if limit is None else round(limit * RAO_PER_TAO)
    return _quote(replace(start, pools=pools), True, round(paid * RAO_PER_TAO), stop)


def lag(days: int = 30) -> pd.DataFrame:
    """Return, on main net's constants, what the moving price makes of a price that doubled: a row per day.

    The subnet is 56 days old, two half-lives of the averaging (201,600 blocks), and its pool so deep that the
    block's own purchases hardly move the price.
    """
    start = demo_network(1, 1, 1, rulebook=mainnet())
    start = replace(start, block=start.block + 2 * start.network.ema_price_halving_blocks)
    tao = 5_000_000 * RAO_PER_TAO
    deep = {"tao_in": tao, "alpha_in": 2 * tao, "quote_weight": 10**18 // 2}
    pools = start.pools.at(NETUID, initialised=True, moving_price=ONE // 4, **deep)
    state, rows = replace(start, pools=pools), []
    for day in range(days + 1):
        rows.append((day, alpha_price(state, NETUID), int(state.pools.moving_price[NETUID]) / ONE))
        state = run(state, BLOCKS_PER_DAY)
    return pd.DataFrame(rows, columns=["day", "alpha_price", "moving_price"]).set_index("day")


def _after(state: State, buys: bool, done: Quote) -> State:
    """The state after a trade: what went in and what came out."""
    tao, alpha = (done.paid, -done.out) if buys else (-done.out, done.paid)
    return replace(state, pools=state.pools.plus(NETUID, tao_in=tao, alpha_in=alpha))


# --- tables and sentences ----------------------------------------------------------------------------------


def tables(view: PoolView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: curve, trade, lines, costs, ends."""
    curve = view.curve
    done = curve.tao <= view.asked * view.filled
    traded = curve[done][["tao", "price"]]
    if view.quote:
        reached = {"tao": view.asked * view.filled, "price": view.quote.price_after}
        traded = pd.concat([traded, pd.DataFrame([reached])], ignore_index=True)
    return {
        "curve": curve[["tao", "price", "plain"]],
        "trade": traded.assign(before=view.price),
        "strokes": _strokes(view, traded),
        "lines": _lines(view),
        "costs": _costs(view),
        "ends": _ends(view),
    }


def _strokes(view: PoolView, traded: pd.DataFrame) -> pd.DataFrame:
    """Upright strokes between the old price and the curve: what lies there is the slippage."""
    last = float(traded.tao.iloc[-1])
    places = np.arange(MOST / STROKES, last + 1e-9, MOST / STROKES)
    height = np.interp(places, traded.tao, traded.price)
    return pd.DataFrame({"tao": places, "price": height, "before": view.price})


def _lines(view: PoolView) -> pd.DataFrame:
    """Prices that the picture names: before, average, after and the limit; with places for their words."""
    named = [("before", view.price)]
    if view.quote and view.filled > 0:
        named += [("average", view.quote.average_price), ("after", view.quote.price_after)]
    if view.tolerance < NO_LIMIT:
        named.append(("limit", view.price * (1 + view.tolerance * (1 if view.buys else -1))))
    values = np.array([value for _, value in named])
    floor, top = limits(view)["floor"], limits(view)["price"]
    return pd.DataFrame(
        {
            "kind": [kind for kind, _ in named],
            "price": values,
            "apart": apart(values, 0.075 * (top - floor), floor, top),
            "words": [f"{kind} {value:.4f}" for kind, value in named],
        }
    )


def _costs(view: PoolView) -> pd.DataFrame:
    long = view.curve.melt("tao", ["impact", "slippage", "fee"], "kind", "part")
    return long.assign(part=100 * long.part)


def _ends(view: PoolView) -> pd.DataFrame:
    """Words at the ends of the three lines of costs, and where the trade is."""
    last, top = view.curve.iloc[-1], limits(view)["cost"]
    kinds = ("impact", "slippage", "fee")
    at = np.array([100 * last[kind] for kind in kinds])
    words = ("price impact", "slippage", "fee")
    return pd.DataFrame(
        {"kind": kinds, "part": at, "apart": apart(at, 0.12 * top, 0.0, top), "words": words, "tao": MOST}
    )


def limits(view: PoolView) -> dict[str, float]:
    """Return how far the scales must reach."""
    curve = view.curve
    prices = np.concatenate([curve.price, curve.plain])
    most = max(prices.max(), view.price * (1 + view.tolerance) if view.tolerance < NO_LIMIT else 0.0)
    return {
        "price": 1.03 * float(most),
        "floor": 0.97 * float(min(prices.min(), view.price * (1 - view.tolerance * (not view.buys)))),
        "cost": 105 * float(max(curve.impact.max(), curve.slippage.max())),
    }


def _asked(view: PoolView) -> str:
    return _whole(view.asked, "τ") if view.buys else _whole(view.asked / view.price, "α")


def _whole(amount: float, symbol: str) -> str:
    return f"{amount:,.0f}".replace(",", THIN_SPACE) + NO_BREAK_SPACE + symbol


def title(view: PoolView) -> str:
    """Return what the trade does to the price, or what the limit does to the trade."""
    if view.quote is None:
        return "Nothing is traded: the price is at the limit already"
    if view.filled < 0.9995:
        return f"The limit stops the trade at {format_percent(view.filled)} of {_asked(view)}"
    verb = "moves" if view.buys else "lower"
    moved = format_percent(abs(view.quote.price_impact), 1)
    return f"{_asked(view)} {verb} the price {'' if view.buys else 'by '}{moved}"


def subtitle(view: PoolView) -> str:
    """Return what the trade costs whoever makes it."""
    if view.quote is None:
        return "A limit at the price of now leaves no room. All stays where it is."
    given, price = ("pay", "above") if view.buys else ("are paid", "below")
    fee = format_tao(view.quote.fee, "τ" if view.buys else "α", 3)
    return (
        f"On average you {given} {view.quote.average_price:.4f}{NO_BREAK_SPACE}τ per α, "
        f"{format_percent(view.quote.slippage, 1)} {price} the spot price; the fee takes {fee} of what you "
        "give."
    )


def summary(view: PoolView) -> str:
    """Return the picture in words."""
    ratio = 1 / PER_TAO
    pool = (
        f"The pool holds {_whole(view.pool.tao, 'τ')} and {_whole(view.pool.tao * PER_TAO, 'α')}, its TAO "
        f"weighs {view.pool.quote_weight:.2f}: a price of {view.price:.4f}{NO_BREAK_SPACE}τ"
    )
    uneven = abs(view.price / ratio - 1) > 0.001
    pool += f", while TAO over alpha is {ratio:.4f}. " if uneven else ". "
    if view.quote is None:
        return f"{pool}Nothing is traded."
    got = format_tao(view.quote.out, "α" if view.buys else "τ", 2)
    paid = format_tao(view.quote.paid + view.quote.fee, "τ" if view.buys else "α", 2)
    impact = format_percent(view.quote.price_impact, 1, signed=True)
    return (
        f"{pool}{paid} are given, {got} come out. The price goes from {view.price:.4f} to "
        f"{view.quote.price_after:.4f}: an impact of {impact}, but a slippage of only "
        f"{format_percent(view.quote.slippage, 1)}, for the trade began at the old price."
    )
