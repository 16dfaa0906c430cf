"""The picture of weight copying: what it gains or costs over the delay, and epoch by epoch.

The tables are those of ``views.copying``: curve, course and mark (the case that is set). Above, the gain
over the delay, a line for the way bonds move now and a dashed one for the other way; below, the gain of
the case that is set, from epoch to epoch.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

PERCENT = "datum.value ? format(datum.value, '+.0%') : '0%'"
GAIN = "What the copier earns more than the honest, by how late it is"
CURVE, COURSE = 210, 130
"""heights, pixels"""
WIDTHS = {"curve": (-58, 1.0), "course": (-58, 1.0)}
"""of the whole width, less the labels of the axis"""


def copying_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float],
    name: Name = "light",
    width: int = 640,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return both views as one chart.

    Parameters
    ----------
    limits
        gain and loss at the ends of the scale, as parts.
    """
    look = theme(name)
    data = sources(tables)
    views = [
        _curve(data, look).properties(name="curve", width=width, height=CURVE),
        _course(data, look).properties(name="course", width=width, height=COURSE),
    ]
    return pile(views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _gain(field: str = "gain") -> alt.Y:
    domain: Any = [alt.ExprRef("-top_loss"), alt.ExprRef("top_gain")]
    axis = alt.Axis(labelExpr=PERCENT, title=None, tickCount=5, minExtent=48)
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=domain, nice=False, zero=False), axis=axis)


def _delay() -> alt.X:
    axis = alt.Axis(title="the copier's delay, epochs", grid=False, tickMinStep=1)
    return alt.X("delay:Q", scale=alt.Scale(domain=[-0.2, 9.4], nice=False), axis=axis)


def _curve(data: dict[str, Any], look: Theme) -> Any:
    """The gain over the delay, both ways of moving bonds, and where it is set."""
    lines, mark = alt.Chart(data["curve"]), alt.Chart(data["mark"])
    now, other = lines.transform_filter("datum.shown"), lines.transform_filter("!datum.shown")
    ends = "datum.delay === 8"
    zero = alt.Chart(alt.Data(values=[{"gain": 0, "delay": 9.4}]))
    words: dict[str, Any] = {"align": "left", "dx": 8, "fontSize": 12, "clip": False}
    return alt.layer(
        zero.mark_rule(color=look.ink, strokeWidth=1).encode(y=_gain()),
        zero.mark_text(
            text="as much as the honest", align="right", baseline="bottom", dy=-3,
            fontSize=12, color=look.second_ink,
        ).encode(x=_delay(), y=_gain()),
        other.mark_line(color=look.fill["other_line"], strokeWidth=1.8, strokeDash=[5, 3]).encode(
            x=_delay(), y=_gain()
        ),
        now.mark_line(color=look.fill["validator"], strokeWidth=2.4).encode(x=_delay(), y=_gain()),
        now.mark_point(color=look.fill["validator"], filled=True, size=36, opacity=1).encode(
            x=_delay(), y=_gain()
        ),
        now.transform_filter(ends).mark_text(color=look.text["validator"], fontWeight=600, **words).encode(
            x=_delay(), y=_gain("apart"), text="name:N"
        ),
        other.transform_filter(ends).mark_text(color=look.second_ink, **words).encode(
            x=_delay(), y=_gain("apart"), text="name:N"
        ),
        mark.mark_rule(color=look.ink, strokeWidth=1.2).encode(x=_delay()),
        mark.mark_point(color=look.ink, filled=True, size=90, opacity=1).encode(x=_delay(), y=_gain()),
        mark.mark_text(
            align="left", baseline="bottom", dx=7, dy=-7, fontSize=13, fontWeight=600, color=look.ink
        ).encode(x=_delay(), y=_gain(), text="text:N"),
    ).properties(title=heading(GAIN, look))  # fmt: skip


def _course(data: dict[str, Any], look: Theme) -> Any:
    """The gain from epoch to epoch."""
    course, zero = alt.Chart(data["course"]), alt.Chart(alt.Data(values=[{"gain": 0}]))
    x = alt.X(
        "epoch:Q",
        scale=alt.Scale(domain=[-0.7, 19.7], nice=False),
        axis=alt.Axis(title="epoch", grid=False, tickMinStep=4),
    )
    bars = {
        side: course.transform_filter(f"datum.gain {side} 0").mark_bar(color=look.fill[tone], size=9)
        for side, tone in ((">", "validator"), ("<", "lost"))
    }
    return alt.layer(
        *(bar.encode(x=x, y=_gain()) for bar in bars.values()),
        zero.mark_rule(color=look.ink, strokeWidth=1).encode(y=_gain()),
    ).properties(title=heading("The same at the delay that is set, in each of the twenty epochs", look))
