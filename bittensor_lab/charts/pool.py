"""The picture of a pool: the price along a trade, and what trades of every size cost.

The tables are those of ``views.pool``: curve, trade, strokes, lines, costs, ends. Above, the curve on which
every trade moves the price; what lies between the curve and the old price is the slippage, hatched; dashed is
the pool of the textbooks, with even weights. Below, the three things that people call slippage.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

PRICE, COSTS = 240, 130
"""heights, pixels"""
WIDTHS = {"price": (-164, 1.0), "costs": (-164, 1.0)}
"""of the whole width, less the labels of the axis and the words at the ends"""


def pool_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 560,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return both views as one chart; ``limits``: ends of price, its floor (τ per α) and cost (%)."""
    look, data = theme(name), sources(tables)
    views = [
        _price(data, look).properties(name="price", width=width, height=PRICE),
        _costs(data, look).properties(name="costs", width=width, height=COSTS),
    ]
    return pile(views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _x(words: str | None) -> alt.X:
    axis = alt.Axis(title=words, grid=False, values=[0, 250, 500, 750, 1000], format=",d")
    return alt.X("tao:Q", scale=alt.Scale(domain=[0, 1000], nice=False), axis=axis)


def _y(field: str, end: str, format: str) -> alt.Y:
    low = alt.ExprRef("top_floor") if end == "price" else 0
    scale: Any = alt.Scale(domain=[low, alt.ExprRef(f"top_{end}")], nice=False, zero=False)
    axis = alt.Axis(title=None, tickCount=4, format=format, minExtent=48)
    return alt.Y(f"{field}:Q", scale=scale, axis=axis)


def _price(data: dict[str, Any], look: Theme) -> Any:
    """The curve, the trade on it, and the prices that have a name."""
    curve, trade, strokes, lines = (alt.Chart(data[key]) for key in ("curve", "trade", "strokes", "lines"))
    x, y = _x(None), _y("price", "price", ".3~f")
    tones = {"before": look.second_ink, "average": look.text["lost"], "limit": look.ink}
    tones["after"] = look.text["alpha"]
    named = [
        part
        for kind, tone in tones.items()
        for part in _named(lines.transform_filter(f"datum.kind === '{kind}'"), tone, kind)
    ]
    return alt.layer(
        curve.mark_line(color=look.fill["other_line"], strokeWidth=1.8, strokeDash=[5, 3]).encode(
            x=x, y=_y("plain", "price", ".3~f")
        ),
        trade.mark_area(color=look.fill["lost"], opacity=0.12).encode(x=x, y=y, y2="before:Q"),
        strokes.mark_rule(color=look.fill["lost"], strokeWidth=2.2).encode(x=x, y=y, y2="before:Q"),
        curve.mark_line(color=look.fill["alpha"], strokeWidth=2.4).encode(x=x, y=y),
        *named,
        trade.transform_window(rank="rank()", sort=[alt.SortField("tao", order="descending")])
        .transform_filter("datum.rank === 1")
        .mark_point(color=look.ink, filled=True, size=90, opacity=1)
        .encode(x=x, y=y),
    ).properties(title=heading("Price, τ per α (hatched: slippage; grey dashes: even weights)", look))


def _named(row: Any, tone: str, kind: str) -> list[Any]:
    """A price across the view, with its word at the right end."""
    dash = {"limit": [2, 2], "average": [6, 2]}.get(kind, [1, 0])
    words = row.mark_text(align="left", dx=8, fontSize=12, fontWeight=600, color=tone, clip=False)
    return [
        row.mark_rule(color=tone, strokeWidth=1, strokeDash=dash, opacity=0.8).encode(
            y=_y("price", "price", ".3~f")
        ),
        words.encode(x=alt.datum(1000, type="quantitative"), y=_y("apart", "price", ".3~f"), text="words:N"),
    ]


def _costs(data: dict[str, Any], look: Theme) -> Any:
    """Impact, slippage and fee over the size of a trade, and where the trade is."""
    costs, ends, trade = (alt.Chart(data[key]) for key in ("costs", "ends", "trade"))
    x = _x("size of the trade, τ (of a sale: what its alpha is worth at the price before)")
    tones = {"impact": ("alpha", [1, 0]), "slippage": ("lost", [6, 2]), "fee": ("owner", [1, 0])}
    layers: list[Any] = []
    for kind, (tone, dash) in tones.items():
        mine = f"datum.kind === '{kind}'"
        layers += [
            costs.transform_filter(mine)
            .mark_line(color=look.fill[tone], strokeWidth=2.2, strokeDash=dash)
            .encode(x=x, y=_y("part", "cost", ".2~f")),
            ends.transform_filter(mine)
            .mark_text(align="left", dx=8, fontSize=12, fontWeight=600, color=look.text[tone], clip=False)
            .encode(x=x, y=_y("apart", "cost", ".2~f"), text="words:N"),
        ]
    here = trade.transform_aggregate(tao="max(tao)").mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x)
    return alt.layer(*layers, here).properties(title=heading("What a trade of this size costs, %", look))
