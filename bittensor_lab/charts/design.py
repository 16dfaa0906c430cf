"""The picture of a design: a scorecard, a bar per attack and one per measure of what honest people have.

The tables are those of ``play.design``: attackers and honest. A bar to the right is what an attacker gets
over being honest, and is hatched; a circle is the same under the design that one begins with.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

ROW, MOST, NAMES = 38, 1.5, 150
"""pixels; end of the scale, as a part; room for names, pixels"""
ATTACKS, MEASURES = 5, 2
WIDTHS = {"attackers": (-NAMES - 140, 1.0), "honest": (-NAMES - 140, 1.0)}
"""of the whole width, less names on the left and words on the right"""


def design_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 480,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return both views as one chart."""
    look, data = theme(name), sources(tables)
    views = [
        _attackers(data, look).properties(name="attackers", width=width, height=ATTACKS * ROW),
        _honest(data, look).properties(name="honest", width=width, height=MEASURES * ROW),
    ]
    return pile(views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _heading(words: str, look: Theme) -> alt.TitleParams:
    """A heading that begins where the names do, however long they are."""
    title = heading(words, look)
    title.frame, title.dx = "group", -NAMES
    return title


def _y(rows: int) -> Any:
    return alt.Y("row:Q", scale=alt.Scale(domain=[rows - 0.4, -0.6], nice=False, zero=False), axis=None)


def _named(rows: Any, field: str, y: Any, look: Theme) -> Any:
    words = rows.mark_text(align="right", fontSize=13, color=look.ink, clip=False)
    return words.encode(x=alt.value(-10), y=y, text=f"{field}:N")


def _attackers(data: dict[str, Any], look: Theme) -> Any:
    rows, y = alt.Chart(data["attackers"]), _y(ATTACKS)
    percent = "format(100 * datum.value, datum.value ? '+' : '') + '\u00a0%'"
    axis = alt.Axis(title=None, values=[-1, -0.5, 0, 0.5, 1, 1.5], labelExpr=percent)
    x = alt.X("at:Q", scale=alt.Scale(domain=[-1, MOST], nice=False, zero=False), axis=axis)
    pays = rows.transform_filter("datum.gain > 0").transform_calculate(
        left="0", right="datum.at", top="datum.row - 0.3", bottom="datum.row + 0.3"
    )
    zero = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x)
    strokes = hatch(
        pays, x_pixels=f"(width / {MOST + 1})", y_pixels=f"{ROW}", colour=look.fill["lost"], x=x, y=y
    )
    ends = rows.mark_text(align="left", dx=8, fontSize=12.5, color=look.ink, clip=False)
    return alt.layer(
        rows.transform_filter("datum.gain <= 0")
        .mark_bar(size=20, color=look.fill["miner"], opacity=0.5)
        .encode(x=x, x2=alt.datum(0), y=y),
        pays.mark_bar(size=22, color=look.fill["lost"], opacity=0.25).encode(x=x, x2=alt.datum(0), y=y),
        strokes,
        zero,
        rows.mark_point(size=70, color=look.second_ink, fill=look.page, strokeWidth=1.5, opacity=1).encode(
            x=alt.X("before:Q", scale=alt.Scale(domain=[-1, MOST], nice=False, zero=False), axis=axis), y=y
        ),
        _named(rows, "attack", y, look),
        ends.encode(x=alt.datum(MOST), y=y, text="words:N"),
    ).properties(title=_heading("What each attacker gets over being honest (drawn up to +150\u00a0%)", look))


def _honest(data: dict[str, Any], look: Theme) -> Any:
    rows, y = alt.Chart(data["honest"]), _y(MEASURES)
    x = alt.X("part:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    ends = rows.mark_text(align="left", dx=8, fontSize=12.5, color=look.ink, clip=False)
    return alt.layer(
        rows.mark_bar(size=20, color=look.fill["tao"], opacity=0.8).encode(x=x, x2=alt.datum(0), y=y),
        _named(rows, "measure", y, look),
        ends.encode(x=alt.datum(1), y=y, text="words:N"),
    ).properties(title=_heading("What honest people have", look))
