"""The picture of scoring: each miner's score by the rule that is set, and what it would be by the other one.

The table is that of ``views.scoring``: miners, the honest in order of skill, the one with a strategy below. A
bar is the mean score, a thin line spans the single challenges, a hollow dot is the other rule's.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

ROW = 44
"""pixels"""
NAMES, PAY = 128, 110
WIDTHS = {"scores": (-NAMES - PAY, 1.0)}
"""of the whole width, less names on the left and words on the right"""


def scoring_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 420,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return the scores as a chart."""
    look = theme(name)
    data = sources(tables)
    view = _scores(data, look).properties(name="scores", width=width, height=6 * ROW + 22)
    return pile([view], tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _y() -> alt.Y:
    scale = alt.Scale(domain=[5.6, -0.6], nice=False, zero=False)
    return alt.Y("row:Q", scale=scale, axis=None)


def _x(field: str = "score") -> alt.X:
    axis = alt.Axis(title="score, 0 to 1", values=[0, 0.25, 0.5, 0.75, 1], format=".2~f")
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)


def _scores(data: dict[str, Any], look: Theme) -> Any:
    """Bars with their names, ranges, the other rule's dots and the pay."""
    miners = alt.Chart(data["miners"])
    layers: list[Any] = []
    for sixth, fill, text in (
        (False, look.fill["miner"], look.text["miner"]),
        (True, look.fill["lost"], look.text["lost"]),
    ):
        own = miners.transform_filter("datum.sixth" if sixth else "!datum.sixth")
        layers += [
            own.mark_bar(size=20, color=fill, opacity=0.9).encode(x=_x(), x2=alt.datum(0), y=_y()),
            own.mark_text(align="right", fontSize=13, fontWeight=600, color=text, clip=False).encode(
                x=alt.value(-10), y=_y(), text="name:N"
            ),
        ]
    ends = {"x": _x("low"), "x2": "high:Q", "y": _y()}
    return alt.layer(
        *layers,
        miners.mark_rule(color=look.ink, strokeWidth=1.2).encode(**ends),
        miners.mark_point(size=70, color=look.ink, fill=look.page, strokeWidth=1.5, opacity=1).encode(
            x=_x("other"), y=_y()
        ),
        miners.mark_text(align="left", dx=10, fontSize=13, color=look.ink, clip=False).encode(
            x=alt.datum(1.0), y=_y(), text="words:N"
        ),
    ).properties(
        title=alt.TitleParams(
            "Bar: mean score. Line: from worst to best challenge. Circle: by the other rule.",
            fontSize=12.5, fontWeight=400, anchor="start", color=look.second_ink, offset=6,
        )
    )  # fmt: skip


def picture_chart(pixels: pd.DataFrame, *, name: Name = "light") -> Any:
    """Return small pictures side by side; pixels are picture, x, y and ink (0 to 1)."""
    look = theme(name)
    cells = alt.Chart(pixels).mark_rect().encode(
        x=alt.X("x:O", axis=None),
        y=alt.Y("y:O", axis=None),
        color=alt.Color("ink:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[look.page, look.ink])),
        column=alt.Column("picture:N", title=None, sort=None, header=alt.Header(labelFontSize=12)),
    )  # fmt: skip
    return cells.properties(width=88, height=88).configure(**look.config())
