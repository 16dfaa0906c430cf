"""The picture of a year of staking: what you have, week by week, and what the gain is made of.

The tables are those of ``play.returns_story``. Above, two lines: worth at the spot price and what selling
gives; the strokes between them are what only the spot price promises. Dashed: the same TAO on root, and kept.
A rule marks the week in which you leave; what comes after it is pale. Below, the gain in bars from 0.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

AXIS, COURSE, ROW, ROWS = 44, 270, 26, 5
"""pixels: for the labels of the axis; heights of the course and of a bar's row; how many rows"""
LEFT, RIGHT = 112, 132
"""pixels before the bars, and after the longest for its words"""
WIDTHS = {"course": (-AXIS, 1.0), "bars": (-AXIS, 1.0)}
"""of the whole width, less the labels of the axis"""
WEEKS, LAST = 52, 70
"""weeks; and where the axis ends, after the names of the lines"""
TONES = {"worth": "alpha", "exit": "tao", "root": "root", "kept": "other"}
SPAN = "(top_gain + top_loss)"


def returns_chart(
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
        amount, up and down: the middle of the scale above, and how far it reaches from there; gain and loss:
        the ends of the bars' scale, TAO.
    """
    look, data = theme(name), sources(tables)
    views = [
        _course(data, look).properties(name="course", width=width - AXIS, height=COURSE),
        _bars(data, look).properties(name="bars", width=width - AXIS, height=ROW * ROWS),
    ]
    return pile(
        views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits,
        pixels={"bars": width - AXIS}, spacing=18,
    )  # fmt: skip


def _week() -> alt.X:
    axis = alt.Axis(title="weeks since you staked", grid=False, values=list(range(0, WEEKS + 1, 13)))
    return alt.X("week:Q", scale=alt.Scale(domain=[0, LAST], nice=False), axis=axis)


def _tao(field: str) -> alt.Y:
    domain: Any = [alt.ExprRef("top_amount - top_down"), alt.ExprRef("top_amount + top_up")]
    # a label at an end stays within the axis, for beyond it it would push the heading out of the picture
    axis = alt.Axis(title=None, tickCount=5, labelFlush=7, minExtent=AXIS - 8, maxExtent=AXIS - 8)
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=domain, nice=False, zero=False), axis=axis)


def _course(data: dict[str, Any], look: Theme) -> Any:
    """Worth and exit over the weeks, root and kept TAO beside them, and when you leave."""
    course, gap, ends, mark = (alt.Chart(data[name]) for name in ("course", "gap", "ends", "mark"))
    here = course.transform_filter("!datum.left")
    x, layers = _week(), list[Any]()
    layers.append(
        gap.mark_rule(color=look.fill["lost"], strokeWidth=1.8, opacity=0.75).encode(
            x=x, x2="next:Q", y=_tao("exit"), y2="worth:Q"
        )
    )
    for line in ("kept", "root"):
        colour = look.fill["root"] if line == "root" else look.fill["other_line"]
        layers.append(
            course.mark_line(color=colour, strokeWidth=2, strokeDash=[5, 3]).encode(x=x, y=_tao(line))
        )
    for line in ("worth", "exit"):
        colour = look.fill[TONES[line]]
        layers.append(course.mark_line(color=colour, strokeWidth=1.6, opacity=0.3).encode(x=x, y=_tao(line)))
        layers.append(here.mark_line(color=colour, strokeWidth=2.6).encode(x=x, y=_tao(line)))
    layers.append(mark.mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x))
    for line in TONES:
        one = ends.transform_filter(f"datum.line === '{line}'")
        layers.append(
            one.mark_text(align="left", dx=8, fontSize=12, color=look.text[TONES[line]]).encode(
                x=x, y=_tao("apart"), text="text:N"
            )
        )
    return alt.layer(*layers, *_values(mark, look, x)).properties(
        title=heading("What you have, τ: worth at spot, and after exit", look)
    )


def _values(mark: Any, look: Theme, x: alt.X) -> list[Any]:
    """A dot on each line where you leave, and its value on the side that has room."""
    layers = list[Any]()
    for line in ("worth", "exit"):
        one = mark.transform_filter(f"datum.line === '{line}'")
        layers.append(
            one.mark_point(
                color=look.fill[TONES[line]], filled=True, size=80, opacity=1, stroke=look.page, strokeWidth=1
            ).encode(x=x, y=_tao("value"))
        )
        for side, align, dx in (("datum.flipped", "right", -10), ("!datum.flipped", "left", 10)):
            words: dict[str, Any] = {"align": align, "dx": dx, "fontSize": 13, "fontWeight": 600}
            placed = {"x": x, "y": _tao("apart"), "text": "text:N"}
            there = one.transform_filter(side)
            layers.append(there.mark_text(stroke=look.page, strokeWidth=4, **words).encode(**placed))
            layers.append(there.mark_text(color=look.text[TONES[line]], **words).encode(**placed))
    return layers


def _bars(data: dict[str, Any], look: Theme) -> Any:
    """The alpha bought and the alpha earned, both sold; you and your friend in all."""
    bars = alt.Chart(data["bars"])
    scale: Any = alt.Scale(
        domain=[alt.ExprRef("-top_loss"), alt.ExprRef("top_gain")],
        range=[LEFT, alt.ExprRef(f"pixels_bars - {RIGHT}")], nice=False, zero=False,
    )  # fmt: skip
    x, end = alt.X("left:Q", scale=scale, axis=None), alt.X("right:Q", scale=scale, axis=None)
    rows = alt.Scale(domain=[0, ROWS], reverse=True, nice=False)
    y, middle = alt.Y("top:Q", scale=rows, axis=None), alt.Y("middle:Q", scale=rows, axis=None)
    words: dict[str, Any] = {"align": "left", "baseline": "middle", "fontSize": 13, "color": look.ink}
    layers: list[Any] = [
        bars.transform_filter(f"datum.kind === '{kind}'")
        .mark_rect(color=look.fill[kind])
        .encode(x=x, x2="right:Q", y=y, y2="bottom:Q")
        for kind in ("alpha", "tao", "root")
    ]
    lost = bars.transform_filter("datum.kind === 'lost'")
    zero = alt.Chart(alt.Data(values=[{"left": 0}]))
    return alt.layer(
        *layers,
        lost.mark_rect(stroke=look.fill["lost"], strokeWidth=1, fillOpacity=0).encode(
            x=x, x2="right:Q", y=y, y2="bottom:Q"
        ),
        hatch(
            lost, x_pixels=f"((pixels_bars - {LEFT + RIGHT}) / {SPAN})", y_pixels=ROW,
            colour=look.fill["lost"], x=x, y=y,
        ),
        zero.mark_rule(color=look.ink, strokeWidth=1).encode(x=x),
        bars.mark_text(**words).encode(x=alt.value(8 - AXIS), y=middle, text="who:N"),
        bars.mark_text(dx=7, stroke=look.page, strokeWidth=4, **words).encode(x=end, y=middle, text="text:N"),
        bars.mark_text(dx=7, **words).encode(x=end, y=middle, text="text:N"),
    ).properties(title=heading("What the gain is made of, τ · a year at this rate", look))  # fmt: skip
