"""The picture of consensus: a gauge for every weight, bars for what follows from it.

The tables are those of ``views.consensus``. Each cell of the weight matrix is a gauge that is filled
up to the weight; a line runs across it at the miner's consensus, and what lies above is hatched: it
counts for nothing. Validators' trust and dividends share the rows, miners' incentive shares the
columns; there a dashed line marks what the other rule (mean instead of median) would pay.

All views have plain linear scales and no axes: x counts miners, y counts validators, so the columns
of two views stand exactly above each other at any width. ``WIDTHS`` says how views share the width.
Above 8 × 12 a heat map shows the same table.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

Layers = alt.LayerChart | alt.FacetChart
HEAT_COLUMNS = ["row", "column", "weight", "lost"]
MOST_GAUGES = (8, 12)
"""validators and miners up to which a cell is a gauge"""
ROW = 54
BARS = 86
LABELS = 92
WIDTHS = {
    "labels": (LABELS, 0.0),
    "matrix": (0, 0.56),
    "trust": (0, 0.22),
    "dividends": (0, 0.22),
    "labels2": (LABELS, 0.0),
    "bars": (0, 0.56),
    "note": (0, 0.44),
}
"""view: fixed pixels, and share of what is left"""
TALL = 0.12
"""of a cell: what is lost is hatched from here on, below it is a solid line"""


def consensus_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float],
    name: Name = "light",
    width: int = 680,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return gauges, trust, dividends and incentive as one chart.

    Parameters
    ----------
    tables
        cells, miners, validators as ``views.consensus`` gives them, and note (0 or 1 row: column,
        value, head, line1, line2, line3).
    limits
        weight, incentive and dividends at the end of their scales.
    """
    look, v, m = theme(name), len(tables["validators"]), len(tables["miners"])
    data = sources(tables)
    size = {view: round(fixed + share * (width - LABELS)) for view, (fixed, share) in WIDTHS.items()}
    rows = [
        _labels(data, v, look),
        _matrix(data, v, m, look),
        _trust(data, v, look),
        _dividends(data, v, look),
    ]
    under = [_incentive_labels(data, look), _bars(data, m, look), _note(data, look)]
    upper = _beside(rows, size, ["labels", "matrix", "trust", "dividends"], round((v + 1.12) * ROW))
    lower = _beside(under, size, ["labels2", "bars", "note"], BARS + 54)
    pixels = {view: size[view] for view in ("matrix", "trust")}
    return pile(
        [upper, lower], tables, look,
        widths=WIDTHS, title=title, subtitle=subtitle, limits=limits, pixels=pixels, spacing=12,
    )  # fmt: skip


def _beside(views: list[Any], size: dict[str, int], names: list[str], height: int) -> alt.HConcatChart:
    sized = [
        view.properties(name=name, width=size[name], height=height)
        for view, name in zip(views, names, strict=True)
    ]
    return alt.hconcat(*sized, spacing=0, bounds="flush")


# --- the matrix and what shares its rows ---------------------------------------------------------


def _row_axis(v: int) -> alt.Y:
    return alt.Y("y:Q", scale=alt.Scale(domain=[v + 0.6, -0.52], nice=False, zero=False), axis=None)


def _x(low: float, high: float) -> alt.X:
    return alt.X("x:Q", scale=alt.Scale(domain=[low, high], nice=False, zero=False), axis=None)


def _at(channel: Any, field: str) -> Any:
    moved = channel.copy()
    moved.shorthand = f"{field}:Q"
    return moved


def _band(data: dict[str, Any], y: alt.Y, look: Theme) -> alt.Chart:
    """The quiet panel behind the validator that is talked about."""
    return (
        alt.Chart(data["validators"])
        .transform_filter("datum.marked")
        .transform_calculate(y="datum.row", y2="datum.row + 1")
        .mark_rect(color=look.panel)
        .encode(y=y, y2="y2:Q")
    )


def _words(data: Any, y: Any, text: str, **style: Any) -> alt.Chart:
    """Words at a fixed place; the data set only anchors them."""
    return alt.Chart(alt.Data(values=[{"y": y}])).mark_text(text=text, **style)


def _labels(data: dict[str, Any], v: int, look: Theme) -> Layers:
    y = _row_axis(v)
    rows = alt.Chart(data["validators"]).transform_calculate(
        y="datum.row + 0.36", y2="datum.row + 0.69", stake_text="format(datum.stake, '.0%') + ' stake'"
    )
    stake = rows.transform_calculate(stake_text="round(datum.stake * 100) + '\\u00a0% stake'")
    at_left: dict[str, Any] = {"align": "left", "baseline": "middle"}
    return alt.layer(
        _band(data, y, look),
        rows.mark_text(**at_left, fontSize=14, fontWeight=600, color=look.text["validator"]).encode(
            x=alt.value(0), y=y, text="validator:N"
        ),
        stake.mark_text(**at_left, fontSize=13, color=look.second_ink).encode(
            x=alt.value(0), y=_at(y, "y2"), text="stake_text:N"
        ),
        _words(data, v + 0.28, "Consensus", **at_left, fontWeight=600, color=look.ink).encode(
            x=alt.value(0), y=y
        ),
    )


def _matrix(data: dict[str, Any], v: int, m: int, look: Theme) -> Layers:
    x, y = _x(0, m), _row_axis(v)
    cells = alt.Chart(data["cells"]).transform_calculate(
        left="datum.column + 0.015",
        right="datum.column + 0.955",
        floor="datum.row + 0.96",
        ceiling="datum.row + 0.04",
        kept="datum.floor - 0.92 * min(1, datum.clipped / top_weight)",
        given="datum.floor - 0.92 * min(1, datum.weight / top_weight)",
        agreed="datum.floor - 0.92 * min(1, datum.consensus / top_weight)",
        share="0.3 + 0.7 * min(1, datum.weight / top_weight)",
    )
    span = {"x": _at(x, "left"), "x2": "right:Q"}
    lost = cells.transform_filter("datum.lost > 0.002")
    tall = cells.transform_filter(f"datum.kept - datum.given > {TALL}")
    thin = lost.transform_filter(f"datum.kept - datum.given <= {TALL}")
    hatched = tall.transform_calculate(top="datum.given", bottom="datum.kept")
    return alt.layer(
        _band(data, y, look),
        cells.mark_rect(color=look.panel, opacity=0.75).encode(**span, y=_at(y, "ceiling"), y2="floor:Q"),
        cells.mark_rect(color=look.fill["validator"]).encode(
            **span, y=_at(y, "kept"), y2="floor:Q", opacity=alt.Opacity("share:Q", scale=None, legend=None)
        ),
        thin.mark_rect(color=look.fill["lost"]).encode(**span, y=_at(y, "given"), y2="kept:Q"),
        hatch(hatched, x_pixels=f"(pixels_matrix / {m})", y_pixels=ROW, colour=look.fill["lost"], x=x, y=y),
        cells.mark_rule(color=look.ink, strokeWidth=1.8)
        .encode(x=_at(x, "column"), x2="past:Q", y=_at(y, "agreed"))
        .transform_calculate(past="datum.column + 0.975"),
        *_numbers(cells, x, y, m, look),
        *_columns(data, v, m, x, y, look),
    )


def _numbers(cells: alt.Chart, x: alt.X, y: alt.Y, m: int, look: Theme) -> list[alt.Chart]:
    """The weight in each cell: top left, or on a plate in the middle of the hatching where that is tall."""
    big = "datum.kept - datum.given > 0.4"
    words = cells.transform_calculate(number="round(datum.weight * 100)", high="datum.row + 0.21")
    half = f"min(19, 0.36 * pixels_matrix / {m}) * {m} / pixels_matrix"
    inside = words.transform_filter(big).transform_calculate(
        middle="(datum.left + datum.right) / 2",
        height="(datum.given + datum.kept) / 2",
        plate_left=f"datum.middle - {half}",
        plate_right=f"datum.middle + {half}",
        plate_top="datum.height - 0.19",
        plate_bottom="datum.height + 0.19",
    )
    plain = words.transform_filter(f"!({big})")
    covered = plain.transform_filter(
        f"datum.kept - datum.given > {TALL} && datum.given < datum.row + 0.36"
    ).transform_calculate(
        plate_left="datum.left",
        plate_right=f"datum.left + 25 * {m} / pixels_matrix",
        plate_top="datum.row + 0.06",
        plate_bottom="datum.row + 0.36",
    )
    plate = {
        "x": _at(x, "plate_left"),
        "x2": "plate_right:Q",
        "y": _at(y, "plate_top"),
        "y2": "plate_bottom:Q",
    }
    return [
        covered.mark_rect(color=look.panel).encode(**plate),
        plain.mark_text(align="left", dx=5, baseline="middle", color=look.ink).encode(
            x=_at(x, "left"), y=_at(y, "high"), text="number:N"
        ),
        inside.mark_rect(color=look.panel).encode(**plate),
        inside.mark_text(baseline="middle", fontSize=14, fontWeight=600, color=look.text["lost"]).encode(
            x=_at(x, "middle"), y=_at(y, "height"), text="number:N"
        ),
    ]


def _columns(data: Any, v: int, m: int, x: alt.X, y: alt.Y, look: Theme) -> list[alt.Chart]:
    heads = alt.Chart(data["miners"]).transform_calculate(
        middle="datum.column + 0.485", high="-0.26", low=f"{v} + 0.28", number="round(datum.consensus * 100)"
    )
    edge = alt.Chart(alt.Data(values=[{"a": 0, "b": m, "y": v + 0.585}]))
    middle = {"x": _at(x, "middle")}
    size = 14 if m <= 9 else 12  # "M10" and its neighbour must not touch
    return [
        heads.mark_text(fontSize=size, fontWeight=600, baseline="middle", color=look.text["miner"]).encode(
            **middle, y=_at(y, "high"), text="miner:N"
        ),
        heads.mark_text(fontWeight=600, baseline="middle", color=look.ink).encode(
            **middle, y=_at(y, "low"), text="number:N"
        ),
        edge.mark_rule(color=look.hairline).encode(x=_at(x, "a"), x2="b:Q", y=y),
    ]


def _trust(data: dict[str, Any], v: int, look: Theme) -> Layers:
    x, y = _x(-0.3, 1.75), _row_axis(v)
    rows = alt.Chart(data["validators"]).transform_calculate(
        left="datum.trust",
        right="datum.trust + datum.lost",
        top="datum.row + 0.31",
        bottom="datum.row + 0.65",
        middle="datum.row + 0.48",
        number="format(datum.trust, '.2f')",
        zero="0",
        end="datum.right + 0.11",
    )
    bar = {"y": _at(y, "top"), "y2": "bottom:Q"}
    wide, slim = (
        rows.transform_filter("datum.lost > 0.1"),
        rows.transform_filter("datum.lost <= 0.1 && datum.lost > 0.002"),
    )
    words: dict[str, Any] = {"align": "left", "baseline": "middle"}
    number = {"x": _at(x, "end"), "y": _at(y, "middle"), "text": "number:N"}
    return alt.layer(
        _band(data, y, look),
        rows.mark_rect(color=look.fill["validator"]).encode(x=_at(x, "zero"), x2="trust:Q", **bar),
        slim.mark_rect(color=look.fill["lost"]).encode(x=_at(x, "left"), x2="right:Q", **bar),
        hatch(wide, x_pixels="(pixels_trust / 2.05)", y_pixels=ROW, colour=look.fill["lost"], x=x, y=y),
        rows.transform_filter("!datum.marked").mark_text(**words, color=look.ink).encode(**number),
        rows.transform_filter("datum.marked")
        .mark_text(**words, fontWeight=600, color=look.text["lost"])
        .encode(**number),
        *_side_words(data, v, x, y, look, "Trust", "1 = all kept"),
    )


def _dividends(data: dict[str, Any], v: int, look: Theme) -> Layers:
    x, y = _x(-0.1, 1.7), _row_axis(v)
    rows = alt.Chart(data["validators"]).transform_calculate(
        zero="0",
        length="min(1, datum.dividends / top_dividends)",
        share="min(1, datum.stake / top_dividends)",
        top="datum.row + 0.31",
        bottom="datum.row + 0.65",
        middle="datum.row + 0.48",
        line_top="datum.row + 0.24",
        line_bottom="datum.row + 0.72",
        number="round(datum.dividends * 100) + '\\u00a0%'",
        end="max(datum.length, datum.share) + 0.09",
    )
    return alt.layer(
        _band(data, y, look),
        rows.mark_rect(color=look.fill["validator"]).encode(
            x=_at(x, "zero"), x2="length:Q", y=_at(y, "top"), y2="bottom:Q"
        ),
        rows.mark_rule(color=look.ink, strokeWidth=1.6).encode(
            x=_at(x, "share"), y=_at(y, "line_top"), y2="line_bottom:Q"
        ),
        rows.mark_text(align="left", baseline="middle", color=look.ink).encode(
            x=_at(x, "end"), y=_at(y, "middle"), text="number:N"
        ),
        *_side_words(data, v, x, y, look, "Dividends", "line: stake"),
    )


def _side_words(data: Any, v: int, x: alt.X, y: alt.Y, look: Theme, head: str, foot: str) -> list[alt.Chart]:
    at: dict[str, Any] = {"align": "left", "baseline": "middle"}
    place = alt.Chart(alt.Data(values=[{"x": 0, "head": -0.26, "foot": v + 0.26}]))
    return [
        place.mark_text(**at, text=head, fontWeight=600, color=look.text["validator"]).encode(
            x=x, y=_at(y, "head")
        ),
        place.mark_text(**at, text=foot, fontSize=12, color=look.second_ink).encode(x=x, y=_at(y, "foot")),
    ]


# --- incentive, and what shares its columns ------------------------------------------------------


def _incentive_labels(data: dict[str, Any], look: Theme) -> Layers:
    at: dict[str, Any] = {"align": "left", "baseline": "middle"}
    words: list[tuple[Any, ...]] = [
        ("Incentive", 8, 600, 13, look.text["miner"]),
        ("% of what", 27, 400, 12, look.second_ink),
        ("miners get", 42, 400, 12, look.second_ink),
    ]
    looks: tuple[tuple[Any, ...], ...] = (
        ("datum.shown", 600, look.ink),
        ("!datum.shown", 400, look.second_ink),
    )
    place = alt.Chart(alt.Data(values=[{"x": 0}]))
    rules = alt.Chart(data["rules"]).transform_calculate(y=f"{BARS} + 18 + 22 * datum.line")
    return alt.layer(
        *(
            place.mark_text(**at, text=text, fontWeight=weight, fontSize=size, color=colour).encode(
                x=alt.value(0), y=alt.value(y)
            )
            for text, y, weight, size, colour in words
        ),
        *(
            rules.transform_filter(test)
            .mark_text(**at, fontWeight=weight, color=colour)
            .encode(
                x=alt.value(0),
                y=alt.Y("y:Q", scale=alt.Scale(domain=[BARS + 54, 0], nice=False), axis=None),
                text="label:N",
            )
            for test, weight, colour in looks
        ),
        rules.transform_filter("!datum.shown")
        .mark_rule(color=look.ink, strokeDash=[4, 3], strokeWidth=1.6)
        .encode(x=alt.value(66), x2=alt.value(86), y=alt.Y("y:Q")),
    )


def _bars(data: dict[str, Any], m: int, look: Theme) -> Layers:
    x = _x(0, m)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[BARS + 54, 0], nice=False, zero=False), axis=None)
    miners = alt.Chart(data["miners"]).transform_calculate(
        left="datum.column + 0.12",
        right="datum.column + 0.85",
        start="datum.column + 0.01",
        stop="datum.column + 0.94",
        floor=f"{BARS}",
        height=f"{BARS} * (1 - min(1, datum.incentive / top_incentive))",
        dashed=f"{BARS} * (1 - min(1, datum.other / top_incentive))",
    )
    base = alt.Chart(alt.Data(values=[{"a": 0, "b": m, "y": BARS}]))
    return alt.layer(
        miners.mark_rect(color=look.fill["miner"]).encode(
            x=_at(x, "left"), x2="right:Q", y=_at(y, "height"), y2="floor:Q"
        ),
        base.mark_rule(color=look.border).encode(x=_at(x, "a"), x2="b:Q", y=y),
        miners.mark_rule(color=look.ink, strokeDash=[4, 3], strokeWidth=1.6).encode(
            x=_at(x, "start"), x2="stop:Q", y=_at(y, "dashed")
        ),
        *_rule_numbers(data, x, y, look),
    )


def _rule_numbers(data: Any, x: alt.X, y: alt.Y, look: Theme) -> list[alt.Chart]:
    """Two rows of numbers: what the median pays and what the mean pays, the shown rule in bold."""
    layers = []
    for line, field in enumerate(("by_median", "by_mean")):
        shown = f"datum.shown == '{field}'"
        place = alt.Chart(data["miners"]).transform_calculate(
            middle="datum.column + 0.485", y=f"{BARS + 18 + 22 * line}", number=f"round(datum.{field} * 100)"
        )
        looks: tuple[tuple[Any, ...], ...] = (
            (shown, 600, look.ink),
            (f"!({shown}) && datum.noted", 600, look.text["lost"]),
            (f"!({shown}) && !datum.noted", 400, look.second_ink),
        )
        layers += [
            place.transform_filter(test)
            .mark_text(baseline="middle", fontWeight=weight, color=colour)
            .encode(x=_at(x, "middle"), y=y, text="number:N")
            for test, weight, colour in looks
        ]
    return layers


def _note(data: dict[str, Any], look: Theme) -> Layers:
    y = alt.Y("y:Q", scale=alt.Scale(domain=[BARS + 54, 0], nice=False, zero=False), axis=None)
    at: dict[str, Any] = {"align": "left", "baseline": "middle", "clip": False}
    remark = alt.Chart(data["note"]).transform_calculate(
        level=f"{BARS} * (1 - min(1, datum.value / top_incentive))",
        y=f"max(8, min(datum.level, {BARS - 8}))",
        second="datum.y + 19",
        third="datum.y + 36",
        fourth="datum.y + 53",
    )
    words: list[tuple[Any, ...]] = [
        ("head:N", "y", 600, look.ink),
        ("line1:N", "second", 400, look.second_ink),
        ("line2:N", "third", 400, look.second_ink),
        ("line3:N", "fourth", 400, look.second_ink),
    ]
    return alt.layer(
        remark.mark_rule(color=look.border).encode(
            x=alt.value(0), x2=alt.value(15), y=_at(y, "level"), y2="y:Q"
        ),
        *(
            remark.mark_text(**at, fontWeight=weight, color=colour).encode(
                x=alt.value(20), y=_at(y, place), text=field
            )
            for field, place, weight, colour in words
        ),
    )


# --- more than 8 × 12 ----------------------------------------------------------------------------


def heat_chart(
    cells: pd.DataFrame, *, name: Name = "light", width: int = 680, title: str = ""
) -> alt.LayerChart:
    """Return the weights as a heat map, clipped cells with a corner in the colour of what is lost."""
    look = theme(name)
    columns, rows = int(cells.column.max()) + 1, int(cells.row.max()) + 1
    x = alt.X("column:Q", title="miners", scale=alt.Scale(domain=[0, columns], nice=False))
    y = alt.Y("row:Q", title="validators", scale=alt.Scale(domain=[rows, 0], nice=False))
    shade = alt.Color(
        "weight:Q", legend=None, scale=alt.Scale(range=[look.page, look.fill["validator"]], type="sqrt")
    )
    chart = alt.Chart(alt.NamedData("cells"))
    whole = chart.transform_calculate(right="datum.column + 1", below="datum.row + 1").mark_rect()
    lost = chart.transform_filter("datum.lost > 0.1 * datum.weight").transform_calculate(
        right="datum.column + 0.45", below="datum.row + 0.45"
    )
    corners = lost.mark_rect(color=look.fill["lost"])
    ends = {"x": x, "x2": "right:Q", "y": y, "y2": "below:Q"}
    return (
        alt.layer(whole.encode(**ends, color=shade), corners.encode(**ends))
        .properties(datasets={"cells": cells[HEAT_COLUMNS].to_dict("records")}, title=alt.Title(title))
        .properties(width=width, height=max(200, 6 * rows))
        .configure(**look.config())
    )
