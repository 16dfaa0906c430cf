"""Hatching: what is lost is drawn as diagonal lines, in canvas, SVG and PNG alike.

A pattern fill exists only in SVG, so the lines are drawn as rule segments. In pixels a rising line is
x + y = c; cut to a rectangle it runs from x = max(left, c - bottom) to min(right, c - top). The lines
of all rectangles share the same c = 0, s, 2s, …, so that neighbours continue each other. The chart does
this itself, from the rectangle's four sides, so live data needs nothing more.
"""

from __future__ import annotations

import altair as alt

SPACING = 9
"""pixels between two lines along an axis"""
STROKE = 2.6


def hatch(
    rectangles: alt.Chart, *, x_pixels: float | str, y_pixels: float | str, colour: str, x: alt.X, y: alt.Y
) -> alt.Chart:
    """Return diagonal lines over each rectangle of the data.

    Parameters
    ----------
    rectangles
        a chart without mark whose data have the fields left, right, top and bottom (in data units,
        top < bottom when y points down).
    x_pixels, y_pixels
        how many pixels one data unit is, as a number or an expression of the chart.
    x, y
        the channels (with their scales) that the rest of the view uses; their fields are replaced.
    """
    left, right = f"datum.left * {x_pixels}", f"datum.right * {x_pixels}"
    top, bottom = f"datum.top * {y_pixels}", f"datum.bottom * {y_pixels}"
    first = f"ceil(({left} + {top}) / {SPACING}) * {SPACING}"
    return (
        rectangles.transform_calculate(line=f"sequence({first}, {right} + {bottom}, {SPACING})")
        .transform_flatten(["line"])
        .transform_calculate(a=f"max({left}, datum.line - {bottom})", b=f"min({right}, datum.line - {top})")
        .transform_calculate(
            hatch_x=f"datum.a / {x_pixels}",
            hatch_x2=f"datum.b / {x_pixels}",
            hatch_y=f"(datum.line - datum.a) / {y_pixels}",
            hatch_y2=f"(datum.line - datum.b) / {y_pixels}",
        )
        .mark_rule(color=colour, strokeWidth=STROKE)
        .encode(x=_at(x, "hatch_x"), x2="hatch_x2:Q", y=_at(y, "hatch_y"), y2="hatch_y2:Q")
    )


def _at(channel: alt.X | alt.Y, field: str) -> alt.X | alt.Y:
    moved = channel.copy()
    moved.shorthand = f"{field}:Q"
    return moved
