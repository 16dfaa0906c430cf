"""The picture of emission: shares by every rule side by side, then two flows, of TAO and of alpha.

The tables are those of ``views.emission_story``: cells, names and heads of the shares; ribbons, nodes and
words of the flows. All columns of shares have one scale; the rule that is set stands on the quiet panel, with
a dashed line where the rule before left each subnet. A line across the shares of F is the gate's bar. In the
flows a ribbon is as wide as the amount; what is withheld is hatched.
"""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

COLUMNS, ROWS = 7, 6
LEFT, ROW, HEAD = 84, 22, 56
"""pixels: names of the subnets, a row, the heads of the columns"""
SHARES, FLOW = HEAD + ROW * (ROWS + 1) + 8, 250
"""pixels: heights"""
LONGEST = f"(1 - 24 * {COLUMNS} / (pixels_shares - {LEFT}))"
"""of a column, for the longest bar: the rest is for its number"""
EDGE, RIGHT, MIDDLE = 5, 188, 0.6
"""pixels before a flow's source and, for words, beside its ends; and where its middle is"""
WIDTHS = {"shares": (0, 1.0), "tao": (0, 1.0), "alpha": (0, 1.0)}
NARROW, TIGHT = 740, 420
"""pixels of width: with less than the first, the names of the rules are short and take turns on two lines,
without dates; with less than the second the middle of a flow has names without numbers"""


def emission_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float],
    name: Name = "light",
    width: int = 780,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return the three views as one chart.

    Parameters
    ----------
    limits
        share at the end of the bars' scale.
    """
    look = theme(name)
    data = sources(tables)
    heads = {
        "tao": "One block's TAO goes to pools, not to people",
        "alpha": "People are paid in alpha: your subnet, the same block",
    }
    views = [
        _shares(data, look).properties(name="shares", width=width, height=SHARES),
        *(
            _flow(data, flow, look).properties(
                name=flow, width=width, height=FLOW, title=heading(words, look)
            )
            for flow, words in heads.items()
        ),
    ]
    pixels = dict.fromkeys(WIDTHS, width)
    return pile(
        views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits, pixels=pixels,
        spacing=24,
    )  # fmt: skip


def _text(rows: alt.Chart, **style: Any) -> alt.Chart:
    return rows.mark_text(**{"align": "left", "baseline": "middle", "clip": False, "fontSize": 13, **style})


# --- shares by every rule ---------------------------------------------------------------------------


def _column(field: str) -> alt.X:
    scale = alt.Scale(domain=[0, COLUMNS], range=[LEFT, alt.ExprRef("pixels_shares")], nice=False, zero=False)
    return alt.X(f"{field}:Q", scale=scale, axis=None)


def _line(field: str, height: int = SHARES) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[height, 0], nice=False, zero=False), axis=None)


def _shares(data: dict[str, Any], look: Theme) -> Any:
    """A small bar chart for each rule: same rows, same scale."""
    cells = alt.Chart(data["cells"]).transform_calculate(
        end=f"datum.column + {LONGEST} * datum.share / top_share",
        mark_x=f"datum.column + {LONGEST} * min(datum.mark / top_share, 1.1)",
        top=f"{HEAD} + {ROW} * datum.row + 4",
        bottom=f"{HEAD} + {ROW} * datum.row + {ROW} - 4",
        middle=f"{HEAD} + {ROW} * (datum.row + 0.5)",
        over=f"{HEAD} + {ROW} * datum.row + 1",
        under=f"{HEAD} + {ROW} * datum.row + {ROW} - 1",
    )
    bars = [
        cells.transform_filter(test).mark_rect(color=look.fill[tone]).encode(
            x=_column("column"), x2="end:Q", y=_line("top"), y2="bottom:Q"
        )
        for test, tone in (("!datum.about", "other_line"), ("datum.about", "tao"))
    ]  # fmt: skip
    numbers = [
        _text(cells.transform_filter(test), dx=5, color=colour, fontWeight=weight).encode(
            x=_column("furthest"), y=_line("middle"), text="text:N"
        )
        for test, colour, weight in (
            ("!datum.about", look.second_ink, 400), ("datum.about", look.text["tao"], 600)
        )
    ]  # fmt: skip
    numbers = [part.transform_calculate(furthest="max(datum.end, datum.mark_x)") for part in numbers]
    dashed = cells.transform_filter("datum.dashed").mark_rule(
        color=look.ink, strokeWidth=1.4, strokeDash=[3, 2]
    )
    return alt.layer(
        _panel(data, look),
        *bars,
        *_axes(data, look),
        dashed.encode(x=_column("mark_x"), y=_line("over"), y2="under:Q"),
        *numbers,
        *_names(data, look),
        *_heads(data, look),
    )


def _panel(data: dict[str, Any], look: Theme) -> alt.Chart:
    """The quiet panel behind the rule that is set."""
    chosen = alt.Chart(data["heads"]).transform_filter("datum.set").transform_calculate(
        a="datum.column - 0.07", b="datum.column + 0.93", top="0", bottom=f"{SHARES}"
    )  # fmt: skip
    return chosen.mark_rect(color=look.panel).encode(x=_column("a"), x2="b:Q", y=_line("top"), y2="bottom:Q")


def _axes(data: dict[str, Any], look: Theme) -> list[alt.Chart]:
    """Where each column's bars start, the line above the sums, and the gate's bar."""
    below = HEAD + ROW * ROWS
    heads = alt.Chart(data["heads"]).transform_calculate(
        top=f"{HEAD}",
        bottom=f"{below}",
        sum=f"{below + 4}",
        b="datum.column + 0.86",
        bar_x=f"datum.column + {LONGEST} * datum.bar / top_share",
    )
    bar = heads.transform_filter("datum.bar >= 0 && datum.bar <= 1.1 * top_share")
    return [
        heads.mark_rule(color=look.border).encode(x=_column("column"), y=_line("top"), y2="bottom:Q"),
        heads.mark_rule(color=look.border).encode(x=_column("column"), x2="b:Q", y=_line("sum")),
        bar.mark_rule(color=look.ink, strokeWidth=1.2).encode(
            x=_column("bar_x"), y=_line("top"), y2="bottom:Q"
        ),
    ]


def _names(data: dict[str, Any], look: Theme) -> list[alt.Chart]:
    names = alt.Chart(data["names"]).transform_calculate(middle=f"{HEAD} + {ROW} * (datum.row + 0.5)")
    rows = [
        _text(names.transform_filter(test), color=colour, fontWeight=weight).encode(
            x=alt.value(0), y=_line("middle"), text="subnet:N"
        )
        for test, colour, weight in (("!datum.about", look.ink, 400), ("datum.about", look.text["tao"], 600))
    ]
    total = alt.Chart(alt.Data(values=[{"y": HEAD + ROW * (ROWS + 0.5) + 5}]))
    return [*rows, _text(total, text="Together", color=look.ink).encode(x=alt.value(0), y=_line("y"))]


def _heads(data: dict[str, Any], look: Theme) -> list[alt.Chart]:
    """Letter, date and name above each column, and its sum beneath."""
    narrow = f"pixels_shares < {NARROW}"
    heads = alt.Chart(data["heads"]).transform_calculate(
        letters="10",
        names=f"{narrow} && datum.column % 2 ? 43 : 28",
        first=f"{narrow} ? datum.name : datum.first",
        seconds="43",
        second=f"{narrow} ? '' : datum.second",
        date=f"{narrow} ? '' : datum.since",
        sums=f"{HEAD + ROW * (ROWS + 0.5) + 5}",
    )
    lines: list[Any] = [
        ("letters", "letter", {"fontSize": 15, "fontWeight": 600}, look.second_ink, look.ink),
        ("letters", "date", {"fontSize": 12, "dx": 17}, look.second_ink, look.second_ink),
        ("names", "first", {"fontSize": 12}, look.second_ink, look.ink),
        ("seconds", "second", {"fontSize": 12}, look.second_ink, look.ink),
        ("sums", "total", {"fontWeight": 600}, look.second_ink, look.ink),
    ]
    return [
        _text(heads, color=alt.ExprRef(f"datum.set ? '{now}' : '{other}'"), **style).encode(
            x=_column("column"), y=_line(line), text=f"{field}:N"
        )
        for line, field, style, other, now in lines
    ]


# --- a flow -----------------------------------------------------------------------------------------


def _flow(data: dict[str, Any], flow: str, look: Theme) -> Any:
    """Ribbons from a source through the middle to the ends, and words on them."""
    room = f"(pixels_{flow} - {RIGHT + EDGE})"
    ends: Any = [EDGE, alt.ExprRef(f"{EDGE} + {room}")]
    x_scale = alt.Scale(domain=[0, 1], range=ends, nice=False, zero=False)
    x = alt.X("x:Q", scale=x_scale, axis=None)
    meanings = ["tao", "alpha", "miner", "validator", "root", "owner", "lost"]
    tone = alt.Color(
        "tone:N", scale=alt.Scale(domain=meanings, range=[look.fill[each] for each in meanings]), legend=None
    )
    ribbons, nodes = (
        alt.Chart(data[table]).transform_filter(f"datum.flow === '{flow}'") for table in ("ribbons", "nodes")
    )
    strength = alt.Opacity("strength:Q", scale=None, legend=None)
    blocks = nodes.transform_calculate(left=f"datum.x - {EDGE} / {room}", right=f"datum.x + {EDGE} / {room}")
    kept, lost = (blocks.transform_filter(f"datum.tone {sign} 'lost'") for sign in ("!==", "==="))
    left, top = alt.X("left:Q", scale=x_scale, axis=None), _line("top", FLOW)
    return alt.layer(
        ribbons.mark_area(line=False).encode(
            x=x, y=top, y2="bottom:Q", detail="ribbon:N", color=tone, opacity=strength
        ),
        kept.mark_rect().encode(x=left, x2="right:Q", y=top, y2="bottom:Q", color=tone),
        lost.mark_rect(color=look.page).encode(x=left, x2="right:Q", y=top, y2="bottom:Q"),
        hatch(lost, x_pixels=room, y_pixels=1, colour=look.fill["lost"], x=left, y=_line("bottom", FLOW)),
        *_flow_words(data, flow, look, x_scale),
    )


def _flow_words(data: dict[str, Any], flow: str, look: Theme, x_scale: alt.Scale) -> list[alt.Chart]:
    """Words above the source, before the middle, and beside the ends; a bracket where two pots are one."""
    words = alt.Chart(data["words"]).transform_filter(f"datum.flow === '{flow}'")
    y, colours = (
        _line("y", FLOW),
        {**look.text, "ink": look.ink, "second": look.second_ink, "over": "#FFFFFF"},
    )
    told: dict[str, Any] = {
        "color": alt.ExprRef(f"({json.dumps(colours)})[datum.tone]"),
        "fontWeight": alt.ExprRef("datum.strong ? 600 : 400"),
        "fontSize": alt.ExprRef("datum.tone === 'second' ? 12 : 13"),
    }
    halo: dict[str, Any] = {"stroke": look.page, "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.75}

    def at(place: str, x: float) -> tuple[alt.Chart, alt.X]:
        rows = words.transform_filter(f"datum.place === '{place}'").transform_calculate(x=f"{x}")
        return rows, alt.X("x:Q", scale=x_scale, axis=None)

    (source, left), (middle, centre) = at("left", 0), at("middle", MIDDLE)
    middle = middle.transform_calculate(said=f"pixels_{flow} < {TIGHT} ? datum.more : datum.text")
    (both, beside), (ends, right) = at("bracket", MIDDLE), at("end", 1)
    before: dict[str, Any] = {**told, "align": "right", "dx": -11}
    after: dict[str, Any] = {**told, "dx": 17}
    readable = middle.transform_filter("datum.tone !== 'over'")
    return [
        _text(source, dx=-EDGE, **told).encode(x=left, y=y, text="text:N"),
        _text(readable, **before, **halo).encode(x=centre, y=y, text="said:N"),
        _text(middle, **before).encode(x=centre, y=y, text="said:N"),
        both.mark_rule(color=look.ink, strokeWidth=1.2, xOffset=11, x2Offset=11).encode(
            x=beside, y=_line("from_y", FLOW), y2="to_y:Q"
        ),
        _text(both, **after, **halo).encode(x=beside, y=y, text="text:N"),
        _text(both, **after).encode(x=beside, y=y, text="text:N"),
        _text(ends, **{**told, "dx": 14}).encode(x=right, y=y, text="text:N"),
        _text(ends.transform_filter("datum.more !== ''"), dx=84, color=look.ink).encode(
            x=right, y=y, text="more:N"
        ),
    ]
