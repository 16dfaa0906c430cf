"""The picture of a year of the whole network: 128 subnets' shares, and how many of them take half.

The tables are those of ``play.year``: bands, names, lines and ends. The largest subnets have a band each,
the others share a grey one; below, the number that takes half, and dashed the same under another rule.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

BANDS, HALF, WEEKS = 240, 110, 52
"""heights, pixels; end of the time axis"""
WIDTHS = {"bands": (-164, 1.0), "half": (-164, 1.0)}
"""of the whole width, less the labels of the axis and the words at the ends"""
PARTS = (("rest", "datum.band === 8"), ("own", "datum.band < 8"))
"""the grey band of all others, and the bands of the largest"""


def year_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 560,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return both views as one chart; ``limits``: the end of half."""
    look, data = theme(name), sources(tables)
    views = [
        _bands(data, look).properties(name="bands", width=width, height=BANDS),
        _half(data, look).properties(name="half", width=width, height=HALF),
    ]
    return pile(views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _x(words: str | None) -> alt.X:
    axis = alt.Axis(title=words, grid=False, values=[0, 13, 26, 39, 52])
    return alt.X("week:Q", scale=alt.Scale(domain=[0, WEEKS], nice=False), axis=axis)


def _bands(data: dict[str, Any], look: Theme) -> Any:
    bands, names = alt.Chart(data["bands"]), alt.Chart(data["names"])
    scale: Any = alt.Scale(domain=[0, 1], nice=False)
    percent = "100 * datum.value + '\u00a0%'"
    axis = alt.Axis(title=None, values=[0, 0.5, 1], labelExpr=percent, minExtent=48)
    y = alt.Y("low:Q", scale=scale, axis=axis)
    fills = {"rest": (look.fill["other"], 1.0), "own": (look.fill["tao"], 0.75)}
    texts = {"rest": look.second_ink, "own": look.text["tao"]}
    layers: list[Any] = []
    for part, test in PARTS:
        fill, opacity = fills[part]
        layers += [
            bands.transform_filter(test)
            .mark_area(color=fill, opacity=opacity, stroke=look.page, strokeWidth=1)
            .encode(x=_x(None), y=y, y2="high:Q", detail="band:N"),
            names.transform_filter(test)
            .mark_text(color=texts[part], align="left", dx=8, fontSize=12, clip=False)
            .encode(x=alt.datum(WEEKS), y=alt.Y("apart:Q", scale=scale), text="words:N"),
        ]
    return alt.layer(*layers).properties(title=heading("Share of every block's TAO", look))


def _half(data: dict[str, Any], look: Theme) -> Any:
    lines, ends = alt.Chart(data["lines"]), alt.Chart(data["ends"])
    scale: Any = alt.Scale(domain=[0, alt.ExprRef("top_half")], nice=False)
    y = alt.Y("subnets:Q", scale=scale, axis=alt.Axis(title=None, tickCount=4, minExtent=48, format="d"))
    layers: list[Any] = []
    for kind, fill, text, dash in (
        ("other_half", look.fill["other_line"], look.second_ink, [5, 3]),
        ("half", look.fill["tao"], look.text["tao"], [1, 0]),
    ):
        mine = f"datum.kind === '{kind}'"
        layers += [
            lines.transform_filter(mine)
            .mark_line(color=fill, strokeWidth=2.2, strokeDash=dash, interpolate="step-after")
            .encode(x=_x("week of the year"), y=y),
            ends.transform_filter(mine)
            .mark_text(align="left", dx=8, fontSize=12, fontWeight="bold", color=text, clip=False)
            .encode(x=alt.datum(WEEKS), y=alt.Y("apart:Q", scale=scale), text="words:N"),
        ]
    return alt.layer(*layers).properties(title=heading("How many subnets take half of it", look))
