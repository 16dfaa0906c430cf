"""The picture of the playground: who gets how much of each block's TAO, and what alpha costs.

Two views over the same blocks. Above, the shares are stacked, the followed subnet at the bottom in
TAO's colour, with a dashed line where it is in the other future: without your last trade, or on the other
side of a fork. Below, spot prices; the followed subnet's in alpha's colour, its moving price dotted, the
other future's price dashed. A rule through both marks where the two part.

The tables are those of ``play.views``: both axes run from 0 to 1 already, so new tables need no
new scales.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

SHARES, PRICES = 200, 200
"""heights, pixels"""
LEFT, RIGHT = -0.13, 1.42
"""ends of the x scale, with room for words on both sides"""
IN_ORDER = alt.OrderValue(0)
"""Rows are in order already. A field that Vega sorts by, parses or calculates makes a copy of each row, which
it gives up only now and then: at ten frames a second that is 100 MB. So nothing here is."""


def playground_chart(
    tables: dict[str, pd.DataFrame],
    *,
    name: Name = "light",
    width: int = 480,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return shares and prices as one chart; tables are bands, lines, labels, ticks and marks."""
    look = theme(name)
    data = sources(tables)
    views = [
        _view(_bands(data, look), data, look, "share").properties(height=SHARES),
        _view(_lines(data, look), data, look, "price").properties(height=PRICES),
    ]
    named = [
        view.properties(width=width, name=key, title=heading(words, look))
        for view, key, words in zip(
            views, ("shares", "prices"), ("Share of TAO emission", "Alpha price, τ per α"), strict=True
        )
    ]
    widths = {"shares": (0, 1.0), "prices": (0, 1.0)}
    return pile(named, tables, look, widths=widths, title=title, subtitle=subtitle, spacing=16)


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[LEFT, RIGHT], nice=False, zero=False), axis=None)


def _at(place: float) -> alt.XDatum:
    """A place along x that is the same for all rows."""
    return alt.XDatum(
        place, type="quantitative", scale=alt.Scale(domain=[LEFT, RIGHT], nice=False, zero=False), axis=None
    )


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, 1], nice=False, zero=False), axis=None)


def _view(layers: list[Any], data: dict[str, Any], look: Theme, view: str) -> Any:
    """The marks of a view with its ticks, its labels and the trade's rule."""
    ticks = alt.Chart(data["ticks"]).transform_filter(f"datum.view === '{view}'")
    sides, feet = ticks.transform_filter("datum.side === 'y'"), ticks.transform_filter("datum.side === 'x'")
    labels = alt.Chart(data["labels"]).transform_filter(f"datum.view === '{view}'")
    small: dict[str, Any] = {"fontSize": 12, "color": look.second_ink, "clip": False}
    grid = sides.mark_rule(color=look.grid)
    rule = alt.Chart(data["marks"]).mark_rule(color=look.ink, strokeWidth=1.2)
    return alt.layer(
        grid.encode(x=_at(0), x2=alt.X2Datum(1), y=_y("at")),
        *layers,
        sides.mark_text(align="right", **small).encode(x=_at(-0.015), y=_y("at"), text="text:N"),
        feet.mark_text(baseline="top", dy=6, **small).encode(x=_x("at"), y=alt.value(PRICES), text="text:N"),
        _leaders(labels, look),
        *(_words(labels, tone, look) for tone in ("tao", "alpha", "other")),
        rule.encode(x=_x("x")),
        *(_trade(data, look, left) for left in ((True, False) if view == "price" else ())),
    )


def _leaders(labels: alt.Chart, look: Theme) -> alt.Chart:
    """Thin lines from the end of a mark to its words."""
    rule = labels.mark_rule(color=look.border, clip=False)
    return rule.encode(x=_at(1.005), x2=alt.X2Datum(1.035), y=_y("at"), y2="y:Q")


def _words(labels: alt.Chart, tone: str, look: Theme) -> alt.Chart:
    bold: Any = 600 if tone in ("tao", "alpha") else 400
    told = labels.transform_filter(f"datum.tone === '{tone}'")
    return told.mark_text(
        align="left", fontSize=13, fontWeight=bold, color=look.text[tone], clip=False
    ).encode(x=_at(1.045), y=_y("y"), text="text:N")


def _trade(data: dict[str, Any], look: Theme, left: bool) -> alt.Chart:
    """What you did, beside its rule, on the side where there is room."""
    kept = "datum.left" if left else "!datum.left"
    side: dict[str, Any] = {"align": "right", "dx": -7} if left else {"align": "left", "dx": 7}
    told = alt.Chart(data["marks"]).transform_filter(kept)
    return told.mark_text(fontSize=13, fontWeight=600, color=look.ink, baseline="top", **side).encode(
        x=_x("x"), y=alt.value(2), text="text:N"
    )


def _bands(data: dict[str, Any], look: Theme) -> list[Any]:
    bands = alt.Chart(data["bands"])
    edge = {"x": _x("x"), "y": _y("low"), "y2": "high:Q", "detail": "netuid:N", "order": IN_ORDER}
    along = {"x": _x("x"), "y": _y("y"), "order": IN_ORDER}
    without = alt.Chart(data["lines"]).transform_filter("datum.kind === 'without'")
    followed = bands.transform_filter("datum.followed")
    return [
        bands.transform_filter("!datum.followed").mark_area(color=look.fill["other"]).encode(**edge),
        followed.mark_area(color=look.fill["tao"]).encode(**edge),
        bands.mark_line(color=look.page, strokeWidth=1.5).encode(
            x=_x("x"), y=_y("high"), detail="netuid:N", order=IN_ORDER
        ),
        without.mark_line(color=look.page, strokeWidth=4).encode(**along),
        without.mark_line(color=look.text["tao"], strokeWidth=1.8, strokeDash=[5, 3]).encode(**along),
    ]


def _lines(data: dict[str, Any], look: Theme) -> list[Any]:
    lines = alt.Chart(data["lines"])
    along = {"x": _x("x"), "y": _y("y"), "detail": "series:N", "order": IN_ORDER}
    alpha = look.fill["alpha"]
    other, own, moving, without = (
        lines.transform_filter(f"datum.kind === '{kind}'")
        for kind in ("other", "followed", "moving", "without price")
    )
    return [
        other.mark_line(color=look.fill["other_line"], strokeWidth=1.3).encode(**along),
        without.mark_line(color=look.text["alpha"], strokeWidth=1.8, strokeDash=[6, 4]).encode(**along),
        moving.mark_line(color=look.text["alpha"], strokeWidth=2, strokeDash=[1.5, 4]).encode(**along),
        own.mark_line(color=alpha, strokeWidth=2.4).encode(**along),
    ]
