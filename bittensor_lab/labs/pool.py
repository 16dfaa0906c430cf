"""The lab of lesson 08: a pool, a trade, a tolerance; what it does to the price, and what it costs.

It only wires: quotes and sentences come from ``views.pool``, the picture from ``charts.pool``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.units import NO_BREAK_SPACE, THIN_SPACE
from bittensor_lab.views import pool as views

BET = "08"
BET_POOL, BET_TAO = views.Pool(1_000.0), 1_000.0
MIDDLING = f"5{THIN_SPACE}700{NO_BREAK_SPACE}τ and thirty times as much alpha, of equal weight."
POOLS: dict[str, tuple[str, str, views.Pool]] = {
    "middling": ("A middling pool", MIDDLING, views.Pool()),
    "shallow": ("A shallow pool", "The same price, a nineteenth of the depth.", views.Pool(300.0)),
    "uneven": (
        "Uneven weights", "The same reserves; TAO weighs 0.35. So the price is not TAO over alpha.",
        views.Pool(quote_weight=0.35),
    ),
}  # fmt: skip
"""presets: title, sentence, pool"""


def build(preset: str = "middling") -> Lab:
    """Return the lab, opened on a preset."""
    side = Choice(
        title="You", chain="add_stake, remove_stake", options=[("buy", "Buy alpha"), ("sell", "Sell alpha")]
    )
    asked = LabelledSlider(
        title="Size of the trade", labels=["τ"], low=10.0, high=views.MOST, step=10.0, digits=0
    )
    tolerance = LabelledSlider(
        title="Tolerance (0.25: no limit)", chain="limit_price", labels=["part"],
        low=0.0, high=views.NO_LIMIT, step=0.005, digits=3,
    )  # fmt: skip
    depth = LabelledSlider(
        title="TAO in the pool", chain="tao_in", labels=["τ"], low=300.0, high=20_000.0, step=100.0, digits=0
    )
    weight = LabelledSlider(
        title="Weight of the TAO", chain="quote_weight", labels=["part"], low=0.3, high=0.7, step=0.01
    )
    presets = Preset(options=[(name, about[0]) for name, about in POOLS.items()])
    columns = (
        {"preset": presets, "side": side, "asked": asked},
        {"tolerance": tolerance, "depth": depth, "weight": weight},
    )
    return one_per_cell(
        lambda: Lab(
            "pool",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"pool": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, pool = POOLS[name]
    return {
        "preset": {"value": name, "sentence": sentence},
        "side": {"value": "buy"},
        "asked": {"values": [100.0]},
        "tolerance": {"values": [views.NO_LIMIT]},
        "depth": {"values": [pool.tao]},
        "weight": {"values": [pool.quote_weight]},
    }


def compute(state: State) -> views.PoolView:
    """Ask the pool that the controls describe for the trade that they describe."""
    pool = views.Pool(round(state["depth"]), round(state["weight"], 2))
    return views.trade(pool, state["side"] == "buy", round(state["asked"]), round(state["tolerance"], 3))


def draw(view: views.PoolView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    reach = views.limits(view)
    ends = limits or {**reach, "cost": nice(reach["cost"])}
    return one_picture(
        "pool", views.tables(view), ends,
        title=views.title(view), subtitle=views.subtitle(view), summary=views.summary(view),
        code=code(view), frame=view.curve,
    )  # fmt: skip


def code(view: views.PoolView) -> str:
    """Return the Python that makes the numbers of the picture."""
    return (
        "from bittensor_lab.views.pool import Pool, trade\n"
        f"pool = Pool(tao={view.pool.tao}, quote_weight={view.pool.quote_weight})\n"
        f"trade(pool, buys={view.buys}, asked={view.asked}, tolerance={view.tolerance}).curve"
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="how many of your 1,000 τ come back?",
        hint="You buy, and sell it all at once; nobody trades in between",
        high=1_000.0,
        ticks=[0.0, 250.0, 500.0, 750.0, 1_000.0],
        unit="τ",
        truth=float(views.round_trip(BET_POOL, BET_TAO)["got out"].iloc[-1]),
        why="The curve leads back where it came from; only the fees are gone.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
