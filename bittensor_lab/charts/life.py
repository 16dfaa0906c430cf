"""The picture of a subnet's life: its price and its pot over the weeks, and who gets the pot in the end.

The tables are those of ``play.life_story``. What happened stands as ink rules through both views of time,
its words above them. Below, the pot's parts, hatched where nobody gets them; and what founding costs by the
days that one waits, with the founder's own day.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

AXIS = 48
WORDS, PRICE, POT, LOCK, ROW, ROWS, LANES = 60, 164, 66, 76, 19, 7, 4
"""pixels: heights of the views and of a row of the split; how many rows, and lines of words"""
LEFT, RIGHT = 92, 92
"""pixels before the bars and after the longest"""
WIDTHS = {
    "events": (-AXIS, 1.0),
    "price": (-AXIS, 1.0),
    "pot": (-AXIS, 1.0),
    "split": (-AXIS, 1.0),
    "lock": (-AXIS, 1.0),
}
"""of the whole width, less the labels of the axis"""
LAST, LAST_DAY = 78, 11.5
LABEL: dict[str, Any] = {"align": "left", "dx": 7, "fontSize": 12}
WEIGHTS: tuple[Any, Any] = (400, 600)
THIN = "replace(datum.label, ',', '\u202f')"
LINES = {"spot": "price", "moving": "moving", "nearest": "nearest"}


def life_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float],
    name: Name = "light",
    width: int = 640,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return all views as one chart.

    Parameters
    ----------
    limits
        price and pot at the ends of their scales, TAO.
    """
    look, data = theme(name), sources(tables)
    views = {
        "events": (_events(data, look), WORDS),
        "price": (_price(data, look), PRICE),
        "pot": (_pot(data, look), POT),
        "split": (_split(data, look), ROW * ROWS),
        "lock": (_lock(data, look), LOCK),
    }
    events, price, *others = (
        view.properties(name=name, width=width - AXIS, height=height)
        for name, (view, height) in views.items()
    )
    return pile(
        [alt.vconcat(events, price, spacing=0, bounds="flush"), *others], tables, look, widths=WIDTHS,
        title=title, subtitle=subtitle, limits=limits, pixels={"split": width - AXIS}, spacing=10,
    )  # fmt: skip


def _week(title: str | None = None, labels: bool = True) -> alt.X:
    axis = alt.Axis(title=title, grid=False, values=list(range(0, 65, 8)), labels=labels)
    return alt.X("week:Q", scale=alt.Scale(domain=[0, LAST], nice=False), axis=axis)


def _value(field: str, top: str, ticks: int = 4) -> alt.Y:
    domain: Any = [0, alt.ExprRef(f"top_{top}")]
    axis = alt.Axis(
        title=None, tickCount=ticks, labelFlush=7, labelExpr=THIN, minExtent=AXIS - 8, maxExtent=AXIS - 8
    )
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=domain, nice=False, zero=True), axis=axis)


def _rule(data: dict[str, Any], look: Theme, x: alt.X) -> alt.Chart:
    return alt.Chart(data["rules"]).mark_rule(color=look.ink, strokeWidth=1.2, opacity=0.75).encode(x=x)


def _events(data: dict[str, Any], look: Theme) -> Any:
    """The words of what happened, each on its line, and its rule down to the views of time."""
    rules = alt.Chart(data["rules"])
    x = alt.X("week:Q", scale=alt.Scale(domain=[0, LAST], nice=False), axis=None)
    blank = alt.Axis(title=None, labels=False, grid=False, minExtent=AXIS - 8, maxExtent=AXIS - 8)
    y = alt.Y("lane:Q", scale=alt.Scale(domain=[0, LANES], reverse=True, nice=False), axis=blank)
    words: dict[str, Any] = {"fontSize": 12, "baseline": "middle", "dy": 8, "color": look.ink}
    layers: list[Any] = [
        rules.transform_calculate(bottom=f"{LANES}")
        .mark_rule(color=look.ink, strokeWidth=1.2, opacity=0.75)
        .encode(x=x, y=y, y2="bottom:Q")
    ]
    sides: list[dict[str, Any]] = [{"align": "left", "dx": 5}, {"align": "right", "dx": -5}]
    for left, side in enumerate(sides):
        for end, weight in enumerate(WEIGHTS):
            some = rules.transform_filter(f"datum.left == {left} && datum.end == {end}")
            said = some.mark_text(**side, fontWeight=weight, **words)
            layers.append(said.encode(x=x, y=y, text="words:N"))
    return alt.layer(*layers).properties(title=heading("Price of an alpha, τ", look))


def _price(data: dict[str, Any], look: Theme) -> Any:
    """Spot and moving price, the weakest of the others, and what buys and comes."""
    x = _week(labels=False)
    lines, ends, marks = (alt.Chart(data[name]) for name in ("lines", "ends", "marks"))
    styles: dict[str, dict[str, Any]] = {
        "nearest": {"color": look.fill["other_line"], "strokeWidth": 1.8, "interpolate": "step-after"},
        "moving": {"color": look.fill["alpha"], "strokeWidth": 2, "strokeDash": [1.5, 3]},
        "spot": {"color": look.fill["alpha"], "strokeWidth": 2.4},
    }
    tones = dict.fromkeys(("spot", "moving", "bought"), look.text["alpha"])
    twin = alt.Chart(data["twin"]).mark_line(
        color=look.fill["other_line"], strokeWidth=1.8, strokeDash=[5, 3]
    )
    drawn = [lines.mark_line(**styles[line]).encode(x=x, y=_value(LINES[line], "price")) for line in styles]
    words = {"x": x, "y": _value("apart", "price"), "text": "text:N"}
    said = [ends.mark_text(**LABEL, stroke=look.page, strokeWidth=4).encode(**words)]
    for line in (*styles, "bought", "twin"):
        one = ends.transform_filter(f"datum.line === '{line}'")
        style = {**LABEL, "fontWeight": WEIGHTS[line == "spot"]}
        said.append(one.mark_text(**style, color=tones.get(line, look.second_ink)).encode(**words))
    newcomers = marks.transform_filter("datum.what === 'newcomer'").mark_point(
        shape="triangle-down", filled=True, size=80, color=look.second_ink, opacity=1, yOffset=-8
    )
    bought = marks.transform_filter("datum.what === 'buy-back'").mark_rule(
        color=look.fill["alpha"], strokeWidth=2
    )
    return alt.layer(
        twin.encode(x=x, y=_value("price", "price")),
        *drawn,
        bought.encode(x=x, y=alt.value(PRICE - 7), y2=alt.value(PRICE)),
        newcomers.encode(x=x, y=_value("nearest", "price")),
        _rule(data, look, x),
        *said,
    )


def _pot(data: dict[str, Any], look: Theme) -> Any:
    """The pool's TAO."""
    lines = alt.Chart(data["lines"])
    x, y = _week("weeks since it was founded"), _value("pot", "pot", 3)
    last = alt.Chart(data["pot"])
    return alt.layer(
        lines.mark_area(color=look.fill["tao"], opacity=0.16).encode(x=x, y=y),
        lines.mark_line(color=look.fill["tao"], strokeWidth=2.4).encode(x=x, y=y),
        _rule(data, look, x),
        last.mark_text(align="left", dx=7, fontSize=13, fontWeight=600, color=look.text["tao"]).encode(
            x=x, y=y, text="text:N"
        ),
    ).properties(title=heading("The pot: TAO in the pool, τ", look))


def _split(data: dict[str, Any], look: Theme) -> Any:
    """Who gets what of the pot in the end."""
    parts = alt.Chart(data["parts"])
    scale: Any = alt.Scale(
        domain=[0, 1], range=[LEFT, alt.ExprRef(f"pixels_split - {RIGHT}")], nice=False, zero=False
    )
    x = alt.X("left:Q", scale=scale, axis=None)
    y = alt.Y("top:Q", scale=alt.Scale(domain=[0, ROWS], reverse=True, nice=False), axis=None)
    middle = alt.Y("middle:Q", scale=alt.Scale(domain=[0, ROWS], reverse=True, nice=False), axis=None)
    words: dict[str, Any] = {"align": "left", "baseline": "middle", "fontSize": 13}
    layers: list[Any] = [
        parts.transform_filter(f"datum.kind === '{kind}'")
        .mark_rect(color=look.fill[kind])
        .encode(x=x, x2="right:Q", y=y, y2="bottom:Q")
        for kind in ("alpha", "owner", "miner", "validator", "tao")
    ]
    lost = parts.transform_filter("datum.kind === 'lost' && datum.right > 0.002")
    room = f"(pixels_split - {LEFT + RIGHT})"
    edge = lost.mark_rect(stroke=look.fill["lost"], strokeWidth=1, fillOpacity=0)
    return alt.layer(
        *layers,
        edge.encode(x=x, x2="right:Q", y=y, y2="bottom:Q"),
        hatch(lost, x_pixels=room, y_pixels=ROW, colour=look.fill["lost"], x=x, y=y),
        parts.mark_text(color=look.ink, **words).encode(x=alt.value(8 - AXIS), y=middle, text="who:N"),
        parts.mark_text(color=look.ink, dx=7, **words).encode(
            x=alt.X("right:Q", scale=scale, axis=None), y=middle, text="text:N"
        ),
    ).properties(title=heading(
            "Who gets the pot in the end (hatched: nobody, it is recycled)", look
        ))  # fmt: skip


def _lock(data: dict[str, Any], look: Theme) -> Any:
    """What founding costs by the days since the last founding, and where our founder paid."""
    costs, paid = alt.Chart(data["lock"]), alt.Chart(data["paid"])
    x = alt.X(
        "day:Q",
        scale=alt.Scale(domain=[0, LAST_DAY], nice=False),
        axis=alt.Axis(title="days since the last founding", grid=False, values=list(range(0, 11, 2))),
    )
    y = alt.Y(
        "cost:Q",
        scale=alt.Scale(domain=[0, 2150], nice=False),
        axis=alt.Axis(
            title=None, values=[0, 1000, 2000], labelExpr=THIN, minExtent=AXIS - 8, maxExtent=AXIS - 8
        ),
    )
    return alt.layer(
        costs.transform_filter("!datum.allowed")
        .mark_line(color=look.fill["other_line"], strokeWidth=1.8, strokeDash=[5, 3])
        .encode(x=x, y=y),
        costs.transform_filter("datum.allowed")
        .mark_line(color=look.fill["tao"], strokeWidth=2.4)
        .encode(x=x, y=y),
        paid.mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x),
        paid.mark_point(color=look.ink, filled=True, size=90, opacity=1).encode(x=x, y=y),
        paid.mark_text(
            align="left", baseline="bottom", dx=7, dy=-5, fontSize=13, fontWeight=600, color=look.ink
        ).encode(x=x, y=y, text="text:N"),
    ).properties(
        title=heading("What founding costs, τ: twice the last price, then less (dashed: too soon)", look)
    )
