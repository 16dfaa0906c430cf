"""The picture of issuance: the reward of a block by how much TAO there is, and how that grows.

The tables are those of ``views.issuance``: curve, mark, halvings, path and ends. Above, the reward falls in
steps, with a mark where you are; below, the issuance in the years to come as set, and dashed with nothing
recycled.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

REWARD, PATH = 190, 190
"""heights, pixels"""
WIDTHS = {"reward": (-54, 1.0), "path": (-54, 1.0)}
"""of the whole width, less the labels of the axis"""
SUPPLY, MARKS, LEVELS = 21, [0, 5.25, 10.5, 15.75, 18.375, 21], [0, 10.5, 15.75, 18.375, 21]
"""millions: the end of the scale, the ticks above, and the lines below: three halvings, the end"""


def issuance_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 640,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return both views as one chart."""
    look = theme(name)
    data = sources(tables)
    views = [
        _reward(data, look).properties(name="reward", width=width, height=REWARD),
        _path(data, look).properties(name="path", width=width, height=PATH),
    ]
    return pile(views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _reward(data: dict[str, Any], look: Theme) -> Any:
    """The steps of the reward, the thresholds' names, and where you are."""
    x = alt.X(
        "issuance:Q",
        scale=alt.Scale(domain=[0, SUPPLY], nice=False),
        axis=alt.Axis(title="TAO issued, millions", grid=False, values=MARKS, labelExpr="'' + datum.value"),
    )
    y = alt.Y(
        "reward:Q",
        scale=alt.Scale(domain=[0, 1.12], nice=False),
        stack=None,
        axis=alt.Axis(title=None, values=[0, 0.25, 0.5, 0.75, 1], format=".2f", minExtent=48),
    )
    curve, mark, steps = (alt.Chart(data[name]) for name in ("curve", "mark", "halvings"))
    return alt.layer(
        curve.mark_area(color=look.fill["tao"], opacity=0.14, line=False).encode(x=x, y=y),
        curve.mark_line(color=look.fill["tao"], strokeWidth=2.4).encode(x=x, y=y),
        steps.mark_text(
            align="left", baseline="bottom", dx=5, dy=-4, fontSize=12, color=look.second_ink
        ).encode(x=x, y=y, text="text:N"),
        mark.mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x),
        mark.mark_point(color=look.ink, filled=True, size=90, opacity=1).encode(x=x, y=y),
        mark.mark_text(
            align="right", baseline="bottom", dx=-8, dy=-5, fontSize=13, fontWeight=600, color=look.ink
        ).encode(x=x, y=y, text="text:N"),
    ).properties(title=heading("Reward of a block, τ", look))  # fmt: skip


def _path(data: dict[str, Any], look: Theme) -> Any:
    """The issuance in the years to come, under the lines at which it halves the reward."""
    x = alt.X(
        "year:Q",
        scale=alt.Scale(domain=[0, 36], nice=False),
        axis=alt.Axis(
            title="years from now, at 12 seconds a block", grid=False, values=list(range(0, 25, 4))
        ),
    )
    y = alt.Y(
        "issuance:Q",
        scale=alt.Scale(domain=[0, SUPPLY], nice=False),
        axis=alt.Axis(title=None, values=LEVELS, labelExpr="'' + datum.value", minExtent=48),
    )
    path, ends = alt.Chart(data["path"]), alt.Chart(data["ends"])
    now, without = (f"datum.kind === '{kind}'" for kind in ("as set", "without"))
    words: dict[str, Any] = {"align": "left", "dx": 6, "fontSize": 12, "clip": False}
    return alt.layer(
        path.transform_filter(without)
        .mark_line(color=look.fill["other_line"], strokeWidth=1.8, strokeDash=[5, 3])
        .encode(x=x, y=y),
        path.transform_filter(now).mark_line(color=look.fill["tao"], strokeWidth=2.4).encode(x=x, y=y),
        ends.transform_filter(without)
        .mark_text(color=look.second_ink, baseline="bottom", dy=-2, **words)
        .encode(x=x, y=y, text="words:N"),
        ends.transform_filter(now)
        .mark_text(color=look.text["tao"], fontWeight=600, baseline="top", dy=2, **words)
        .encode(x=x, y=y, text="words:N"),
    ).properties(title=heading("TAO issued, millions", look))
