"""The picture of bonds: four views, one below the other, of thirty epochs.

    who gives weight to the new miner (a bar per validator; hatched: it earns no bond)
    the bond on it                    (a line per validator)
    dividends over stake              (a line per validator; dashed: what stake alone would give)
    what all epochs together paid     (bars, by each of the three rules)

The upper three share the epochs; an ink rule through all of them marks where the majority turns. The
validator of the title is in the validators' colour, the one it is compared with in ink, others are grey.

The tables are those of ``views.bonds_story``: heights and lengths run from 0 to 1, so that new tables need no
new scales. ``WIDTHS`` says how views share the width.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

Layers = alt.LayerChart | alt.FacetChart
EPOCHS = 30
ROW, LINES, BAR, HEAD = 15, 118, 17, 23
"""pixels: height of a row of the first view, of a view with lines, of a row of bars, of a heading"""
LEFT, RIGHT = 46, 104
PANELS = ("yuma2", "yuma3", "liquid")
WIDTHS = {
    **{f"left_{view}": (LEFT, 0.0) for view in ("moves", "bond", "paid", "bars")},
    **{f"plot_{view}": (-LEFT, 1.0) for view in ("moves", "bond", "paid")},
    **{f"right_{view}": (RIGHT, 0.0) for view in ("moves", "bond", "paid")},
    **{f"panel_{rule}": ((RIGHT - LEFT) / 3, 1 / 3) for rule in PANELS},
}
"""view: fixed pixels, and share of what the widest fixed one leaves"""


def bonds_chart(
    tables: dict[str, pd.DataFrame],
    *,
    name: Name = "light",
    width: int = 680,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return the four views as one chart.

    Parameters
    ----------
    tables
        lines, spans, names, labels, ticks, turn, bars, rules and heads of ``views.bonds_story``.
    """
    look, v = theme(name), len(tables["names"])
    data = sources(tables)
    size = {view: round(fixed + share * (width - RIGHT)) for view, (fixed, share) in WIDTHS.items()}
    rows = [
        _row("moves", [_names(data, 0, v, look), _moves(data, v, look), _ends(data, "moves", look)], ROW * v),
        _row("bond", [_sides(data, "bond", look), _bond(data, look), _ends(data, "bond", look)], LINES),
        _row("paid", [_sides(data, "paid", look), _paid(data, look), _ends(data, "paid", look)], LINES),
    ]
    heads = [_heading(data, view, look) for view in ("moves", "bond", "paid", "bars")]
    views = [_sized(_flush(row), size) for row in (*rows, _panels(data, v, look))]
    stacked = [part for pair in zip(heads, views, strict=True) for part in pair]
    pixels = {"plot_moves": size["plot_moves"]}
    return pile(
        stacked, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, pixels=pixels, spacing=4
    )


def _row(view: str, parts: list[Any], height: int) -> list[Any]:
    names = (f"left_{view}", f"plot_{view}", f"right_{view}")
    return [part.properties(name=name, height=height) for part, name in zip(parts, names, strict=True)]


def _flush(parts: list[Any]) -> alt.HConcatChart:
    return alt.hconcat(*parts, spacing=0, bounds="flush")


def _sized(row: alt.HConcatChart, size: dict[str, int]) -> alt.HConcatChart:
    for part in row.hconcat:
        part.width = size[part.name]
    return row


# --- what the views share ------------------------------------------------------------------------


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, EPOCHS], nice=False, zero=False), axis=None)


def _y(field: str, top: float = 1.0, bottom: float = 0.0) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[bottom, top], nice=False, zero=False), axis=None)


def _of(data: dict[str, Any], table: str, test: str) -> alt.Chart:
    return alt.Chart(data[table]).transform_filter(test)


def _text(rows: alt.Chart, colour: str, **style: Any) -> alt.Chart:
    return rows.mark_text(**{"align": "left", "baseline": "middle", "clip": False, "color": colour, **style})


def _heading(data: dict[str, Any], view: str, look: Theme) -> alt.Chart:
    words = _text(_of(data, "heads", f"datum.view === '{view}'"), look.ink, fontWeight=600)
    placed = words.encode(x=alt.value(0), y=alt.value(HEAD - 9), text="text:N")
    return placed.properties(height=HEAD, width=300)


def _by_role(other: str | float, beside: str | float, about: str | float) -> alt.ExprRef:
    """What a mark looks like: of most validators, of one to compare with, of the one that is talked about."""
    return alt.ExprRef(
        f"datum.role === 'about' ? {about!r} : datum.role === 'beside' ? {beside!r} : {other!r}"
    )


def _fills(look: Theme) -> alt.ExprRef:
    return _by_role(look.fill["other_line"], look.second_ink, look.fill["validator"])


def _words(rows: alt.Chart, look: Theme) -> alt.Chart:
    """Words in the colour of each validator's role."""
    colour: Any = _by_role(look.text["other"], look.ink, look.text["validator"])
    return _text(rows, colour, fontWeight=_by_role(400, 600, 600))


def _rule(data: dict[str, Any], look: Theme) -> alt.Chart:
    return alt.Chart(data["turn"]).mark_rule(color=look.ink, strokeWidth=1.2).encode(x=_x("x"))


# --- who gives weight to the new miner ------------------------------------------------------------


def _names(data: dict[str, Any], top: float, v: int, look: Theme) -> Layers:
    rows = alt.Chart(data["names"]).transform_calculate(y="datum.row + 0.5")
    return alt.layer(_words(rows, look).encode(x=alt.value(0), y=_y("y", top, v), text="validator:N"))


def _moves(data: dict[str, Any], v: int, look: Theme) -> Layers:
    rows = alt.Chart(data["names"]).transform_calculate(a="0", b=f"{EPOCHS}", y="datum.row + 0.5")
    spans = alt.Chart(data["spans"]).transform_calculate(
        left="datum.start",
        right="datum.stop",
        top="datum.row + 0.14",
        floor="datum.row + 0.86",
        bottom="datum.row + 0.14 + 0.72 * (1 - datum.kept)",
    )
    x, y = _x("left"), _y("bottom", 0, v)
    return alt.layer(
        rows.mark_rule(color=look.grid).encode(x=_x("a"), x2="b:Q", y=_y("y", 0, v)),
        spans.mark_rect(color=_fills(look)).encode(x=x, x2="right:Q", y=y, y2="floor:Q"),
        hatch(
            spans.transform_filter("datum.kept < 0.999"),
            x_pixels=f"(pixels_plot_moves / {EPOCHS})",
            y_pixels=ROW,
            colour=look.fill["lost"],
            x=x,
            y=y,
        ),
        _rule(data, look),
    )


# --- lines over the epochs -------------------------------------------------------------------------


def _sides(data: dict[str, Any], view: str, look: Theme) -> Layers:
    words = _text(_of(data, "ticks", f"datum.view === '{view}'"), look.second_ink, align="right", fontSize=12)
    return alt.layer(words.encode(x=alt.value(LEFT - 6), y=_y("at"), text="text:N"))


def _lines(data: dict[str, Any], view: str, look: Theme) -> list[alt.Chart]:
    ticks = _of(data, "ticks", f"datum.view === '{view}'").transform_calculate(a="0", b=f"{EPOCHS}")
    grid = ticks.mark_rule(color=look.grid).encode(x=_x("a"), x2="b:Q", y=_y("at"))
    lines = alt.Chart(data["lines"]).mark_line(color=_fills(look), strokeWidth=_by_role(1.4, 1.8, 3.0))
    return [grid, lines.encode(x=_x("x"), y=_y(view), detail="row:N"), _rule(data, look)]


def _bond(data: dict[str, Any], look: Theme) -> Layers:
    sides = (("datum.left", "right", -6), ("!datum.left", "left", 6))
    told = [
        _text(_of(data, "turn", test), look.ink, baseline="top", fontSize=12, align=side, dx=dx)
        for test, side, dx in sides
    ]
    placed = [words.encode(x=_x("x"), y=alt.value(2), text="text:N") for words in told]
    return alt.layer(*_lines(data, "bond", look), *placed)


def _paid(data: dict[str, Any], look: Theme) -> Layers:
    epochs = _text(
        _of(data, "ticks", "datum.view === 'epoch'"),
        look.second_ink,
        align="center",
        baseline="top",
        fontSize=12,
        dy=5,
    )
    stake = _of(data, "labels", "datum.stake").transform_calculate(a="0", b=f"{EPOCHS}")
    dashed = stake.mark_rule(color=look.ink, strokeDash=[4, 3], strokeWidth=1.4)
    return alt.layer(
        *_lines(data, "paid", look),
        dashed.encode(x=_x("a"), x2="b:Q", y=_y("at")),
        epochs.encode(x=_x("at"), y=alt.value(LINES), text="text:N"),
    )


def _ends(data: dict[str, Any], view: str, look: Theme) -> Layers:
    """Names at the end of the lines, with thin leaders."""
    labels = _of(data, "labels", f"datum.view === '{view}'")
    x = alt.X("a:Q", scale=alt.Scale(domain=[0, RIGHT], nice=False, zero=False), axis=None)
    leaders = labels.transform_calculate(a="1", b="11").mark_rule(color=look.border)
    unit = _text(_of(data, "heads", f"datum.view === '{view} foot'"), look.second_ink, fontSize=12)
    return alt.layer(
        leaders.encode(x=x, x2="b:Q", y=_y("at"), y2="y:Q"),
        _words(labels, look).encode(x=alt.value(14), y=_y("y"), text="text:N"),
        unit.encode(x=alt.value(14), y=alt.value(LINES + 11), text="text:N"),
    )


# --- what all epochs together paid -----------------------------------------------------------------


def _panels(data: dict[str, Any], v: int, look: Theme) -> list[Any]:
    height = BAR * (v + 1)
    panels = [_panel(data, rule, v, look).properties(name=f"panel_{rule}", height=height) for rule in PANELS]
    return [_names(data, -1, v, look).properties(name="left_bars", height=height), *panels]


def _panel(data: dict[str, Any], rule: str, v: int, look: Theme) -> Layers:
    rows = _of(data, "bars", f"datum.rule === '{rule}'").transform_calculate(
        a="0",
        top="datum.row + 0.15",
        bottom="datum.row + 0.85",
        middle="datum.row + 0.5",
        below="datum.row + 1",
        end="max(datum.length, datum.stake) + 0.05",
    )
    named = _of(data, "rules", f"datum.rule === '{rule}'").transform_calculate(a="0", y="-0.5")
    heads = [
        _text(named.transform_filter(test), colour, fontWeight=weight).encode(
            x=_along("a"), y=_y("y", -1, v), text="name:N"
        )
        for test, weight, colour in (("datum.shown", 600, look.ink), ("!datum.shown", 400, look.second_ink))
    ]
    panel = named.transform_filter("datum.shown").mark_rect(color=look.panel)
    dashed = rows.mark_rule(color=look.ink, strokeDash=[4, 3], strokeWidth=1.4)
    whole: dict[str, Any] = {name: alt.value(end) for name, end in (("x", 0), ("x2", "width"))}
    whole |= {name: alt.value(end) for name, end in (("y", 0), ("y2", "height"))}
    return alt.layer(
        panel.encode(**whole),
        rows.mark_rect(color=_fills(look)).encode(
            x=_along("a"), x2="length:Q", y=_y("top", -1, v), y2="bottom:Q"
        ),
        dashed.encode(x=_along("stake"), y=_y("row", -1, v), y2="below:Q"),
        _words(rows, look).encode(x=_along("end"), y=_y("middle", -1, v), text="text:N"),
        *heads,
    )


def _along(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[-0.06, 1.75], nice=False, zero=False), axis=None)
