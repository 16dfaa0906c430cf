"""The picture of a full subnet: what every uid got, who goes next, and what a place costs.

The tables are those of ``views.pruning``: uids, price, came and now. Above, a bar per uid; pale while it is
immune, with the blocks that are left above it; hatched the one that goes next. Below, the price of a
registration over the course: it falls by halves and jumps with each newcomer, a dot.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

BARS, PRICE = 190, 150
"""heights, pixels"""
UIDS, COURSE = 16, 720
"""of the views' scales: uids, blocks"""
WIDTHS = {"bars": (-58, 1.0), "price": (-58, 1.0)}
"""of the whole width, less the labels of the axis"""


def pruning_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 640,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return both views as one chart; ``limits``: ends of emission (α) and price (τ)."""
    look, data = theme(name), sources(tables)
    views = [
        _bars(data, look).properties(name="bars", width=width, height=BARS),
        _price(data, look).properties(name="price", width=width, height=PRICE),
    ]
    return pile(views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _bars(data: dict[str, Any], look: Theme) -> Any:
    """What each uid got in the last epoch."""
    uids = alt.Chart(data["uids"])
    scale: Any = alt.Scale(domain=[0, alt.ExprRef("top_emission")], nice=False)
    axis = alt.Axis(title="uid", grid=False, values=list(range(UIDS)), format="d")
    x = alt.X("uid:Q", scale=alt.Scale(domain=[-0.6, UIDS - 0.4], nice=False, zero=False), axis=axis)
    y = alt.Y("emission:Q", scale=scale, axis=alt.Axis(title=None, tickCount=4, minExtent=48))
    sides = uids.transform_filter("datum.tone === 'lost'").transform_calculate(
        left="datum.uid - 0.32", right="datum.uid + 0.32", top="0", bottom="datum.emission"
    )
    layers: list[Any] = []
    for tone in ("owner", "validator", "miner", "lost"):
        own = uids.transform_filter(f"datum.tone === '{tone}'")
        pale = alt.condition("datum.immune > 0", alt.value(0.35), alt.value(0.3 if tone == "lost" else 0.95))
        wide = own.transform_calculate(left="datum.uid - 0.32", right="datum.uid + 0.32")
        layers += [
            wide.mark_rect(color=look.fill[tone]).encode(
                x=_at(x, "left"), x2="right:Q", y=y, y2=alt.datum(0), opacity=pale
            ),
            own.mark_text(baseline="bottom", dy=-3, fontSize=12, color=look.text[tone], clip=False).encode(
                x=x, y=y, text="words:N"
            ),
        ]
    strokes = hatch(
        sides, x_pixels=f"(width / {UIDS + 0.2})", y_pixels=f"({BARS} / top_emission)",
        colour=look.fill["lost"], x=_at(x, "uid"), y=y,
    )  # fmt: skip
    return alt.layer(*layers[:-1], strokes, layers[-1]).properties(
        title=heading("What each uid got in the last epoch, α (pale: immune, for so many blocks)", look)
    )


def _at(channel: alt.X, field: str) -> alt.X:
    moved = channel.copy()
    moved.shorthand = f"{field}:Q"
    return moved


def _price(data: dict[str, Any], look: Theme) -> Any:
    """The price of a place, and who paid it."""
    price, came, now = (alt.Chart(data[key]) for key in ("price", "came", "now"))
    axis = alt.Axis(title="block of the course", grid=False, values=list(range(0, COURSE + 1, 120)))
    x = alt.X("block:Q", scale=alt.Scale(domain=[0, COURSE + 10], nice=False), axis=axis)
    scale: Any = alt.Scale(domain=[0, alt.ExprRef("top_price")], nice=False)
    y = alt.Y("price:Q", scale=scale, axis=alt.Axis(title=None, tickCount=4, minExtent=48))
    dots: dict[str, Any] = {"fontSize": 13, "fontWeight": 600, "color": look.ink, "clip": False}
    return alt.layer(
        price.mark_line(color=look.fill["tao"], strokeWidth=2.2, interpolate="step-after").encode(x=x, y=y),
        came.mark_point(filled=True, size=46, color=look.fill["tao"], opacity=1).encode(x=x, y=y),
        came.transform_filter("datum.yours")
        .mark_text(text="you", baseline="top", fontSize=12, color=look.text["tao"], clip=False)
        .encode(x=x, y=alt.value(4)),
        now.mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x),
        now.transform_filter("datum.block < 600")
        .mark_text(align="left", dx=6, dy=-60, **dots)
        .encode(x=x, y=alt.datum(0), text="words:N"),
        now.transform_filter("datum.block >= 600")
        .mark_text(align="right", dx=-6, dy=-60, **dots)
        .encode(x=x, y=alt.datum(0), text="words:N"),
    ).properties(title=heading("Price of a registration, τ (a dot: somebody registers)", look))
