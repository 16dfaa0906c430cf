"""The picture of an attack: gain and cost over its size, and where it pays.

The tables are those of ``play.attacks``: lines, strokes, mark, ends and words. Where the gain lies above the
cost the attack pays: that is hatched. Dashed is the net under the defence that it is compared with.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

HEIGHT = 300
"""pixels"""
WIDTHS = {"attack": (-158, 1.0)}
"""of the whole width, less the labels of the axis and the words at the ends"""
TONES = {"gain": ("lost", 2.4, [1, 0]), "cost": ("owner", 2.2, [1, 0]), "other": ("other", 1.8, [5, 3])}
"""colour, width and dash"""


def attacks_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 560,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return the picture; ``limits``: ends of size, most and least."""
    look, data = theme(name), sources(tables)
    view = _view(data, look).properties(name="attack", width=width, height=HEIGHT)
    return pile([view], tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _view(data: dict[str, Any], look: Theme) -> Any:
    lines, strokes, mark, ends, words = (
        alt.Chart(data[key]) for key in ("lines", "strokes", "mark", "ends", "words")
    )
    x, y = _x(), _y("value")
    layers: list[Any] = [
        strokes.mark_rule(color=look.fill["lost"], strokeWidth=2, opacity=0.55).encode(
            x=x, y=_y("cost"), y2="gain:Q"
        )
    ]
    for kind, (tone, thick, dash) in TONES.items():
        mine = f"datum.kind === '{kind}'"
        fill = look.fill["other_line"] if kind == "other" else look.fill[tone]
        layers += [
            lines.transform_filter(mine)
            .mark_line(color=fill, strokeWidth=thick, strokeDash=dash)
            .encode(x=x, y=y),
            ends.transform_filter(mine)
            .mark_text(align="left", dx=8, fontSize=12, fontWeight=600, color=look.text[tone], clip=False)
            .encode(x=x, y=_y("apart"), text="words:N"),
        ]
    zero = alt.Chart(alt.Data(values=[{"value": 0}])).mark_rule(color=look.ink, strokeWidth=1).encode(y=y)
    small: dict[str, Any] = {"fontSize": 12, "color": look.second_ink, "align": "left", "clip": False}
    # never seen: it holds the place of the longest words, for the picture is as wide as its first words need
    longest = words.mark_text(align="left", dx=8, fontSize=12, fontWeight=600, opacity=0, clip=False)
    heading = words.mark_text(fontSize=13, fontWeight=600, align="left", color=look.ink, clip=False)
    return alt.layer(
        *layers,
        zero,
        mark.mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x),
        mark.mark_point(color=look.ink, filled=True, size=90, opacity=1).encode(x=x, y=y),
        *_net(mark, look, x, y),
        longest.encode(x=x, y=alt.value(0), text="longest:N"),
        heading.encode(x=alt.value(-52), y=alt.value(-10), text="unit:N"),
        words.mark_text(**small).encode(x=alt.value(0), y=alt.value(HEIGHT + 32), text="sized:N"),
    ).properties(title=alt.TitleParams(" ", fontSize=13, offset=4))


def _net(mark: Any, look: Theme, x: alt.X, y: alt.Y) -> list[Any]:
    """What it comes to, beside the mark on the side that has room."""
    layers = list[Any]()
    for late, side in (
        ("!datum.late", {"align": "left", "dx": 8}),
        ("datum.late", {"align": "right", "dx": -8}),
    ):
        there = mark.transform_filter(late)
        style: dict[str, Any] = {**side, "dy": -12, "fontSize": 13, "fontWeight": 600}
        for drawn in ({"stroke": look.page, "strokeWidth": 4}, {"color": look.ink}):
            layers.append(there.mark_text(**style, **drawn).encode(x=x, y=y, text="text:N"))
    return layers


def _x() -> alt.X:
    scale: Any = alt.Scale(domain=[0, alt.ExprRef("top_size")], nice=False)
    axis = alt.Axis(title=" ", grid=False, tickCount=6, format=".3~f", titlePadding=12)
    return alt.X("size:Q", scale=scale, axis=axis)


def _y(field: str) -> alt.Y:
    scale: Any = alt.Scale(domain=[alt.ExprRef("top_least"), alt.ExprRef("top_most")], nice=False, zero=False)
    return alt.Y(
        f"{field}:Q", scale=scale, axis=alt.Axis(title=None, tickCount=5, format=".3~f", minExtent=48)
    )
