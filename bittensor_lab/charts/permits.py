"""The picture of permits: each uid's stake weight by source, against the lines that it has to reach.

The tables are those of ``views.permits_story``: uids, bars (a row per part of a uid's stake weight), lines
(the last place, the threshold) and key (the parts' words). Bars of stake on the left, dots for permit and
activity, and on the right what each uid earns: the miners' colour for incentive, the validators' for
dividends. All views share their rows. What was lent away is a dashed outline, what was borrowed is pale, what
counts for nothing is hatched; a dashed line on the right says what a uid would earn without the loan.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

ROW, ABOVE, BELOW = 32, 1.6, 0.75
"""pixels; rows above the first uid (headings, a line's words) and below the last"""
UIDS, BAR = 11, 20
HEADINGS, SUBHEADINGS = -1.72, -0.95
"""rows at which they stand, above that of uid 0"""
FIXED = 90
"""pixels: of the names, and of the dots"""
WIDTHS = {
    "key": (FIXED, 1.0),
    "names": (FIXED, 0.0),
    "stake": (-0.48 * FIXED, 0.48),
    "dots": (FIXED, 0.0),
    "earned": (-0.52 * FIXED, 0.52),
}
"""view: pixels, and share of what the names leave; the dots are taken off the other two"""
KEY = {"alpha": (0, 10), "root": (110, 10), "borrowed": (0, 30), "lent": (110, 30)}
"""places of the key's words, pixels"""
AT_LEFT: dict[str, Any] = {"align": "left", "baseline": "middle"}
HEAD: dict[str, Any] = {**AT_LEFT, "fontSize": 13, "fontWeight": 600}


def permits_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float],
    name: Name = "light",
    width: int = 680,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return stake, permits, activity and pay as one chart.

    Parameters
    ----------
    limits
        stake and earned at the ends of their scales, alpha.
    """
    look, data = theme(name), sources(tables)
    views = {
        "names": _names(data, look),
        "stake": _stake(data, look),
        "dots": _dots(data, look),
        "earned": _earned(data, look),
    }
    size = {view: round(pixels + share * (width - FIXED)) for view, (pixels, share) in WIDTHS.items()}
    rows = [
        view.properties(name=name, width=size[name], height=round((UIDS + ABOVE + BELOW) * ROW))
        for name, view in views.items()
    ]
    key = _key(data, look).properties(name="key", width=size["key"], height=40)
    picture = [key, alt.hconcat(*rows, spacing=0, bounds="flush")]
    return pile(
        picture, tables, look, widths=WIDTHS, title=title, subtitle=subtitle,
        limits=limits, pixels={"stake": size["stake"]}, spacing=6,
    )  # fmt: skip


def _y(field: str = "uid") -> alt.Y:
    scale = alt.Scale(domain=[UIDS - 0.5 + BELOW, -0.5 - ABOVE], nice=False, zero=False, padding=0)
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _fixed(row: float) -> alt.Chart:
    return alt.Chart(alt.Data(values=[{"uid": row}]))


def _band(data: dict[str, Any], look: Theme) -> alt.Chart:
    """The quiet panel behind the uid that is talked about."""
    return (
        alt.Chart(data["uids"])
        .transform_filter("datum.marked")
        .transform_calculate(high="datum.uid - 0.5", low="datum.uid + 0.5")
        .mark_rect(color=look.panel)
        .encode(y=_y("high"), y2="low:Q")
    )


def _heading(words: str, look: Theme, place: float = 0) -> alt.Chart:
    return _fixed(HEADINGS).mark_text(text=words, color=look.ink, **HEAD).encode(x=alt.value(place), y=_y())


def _key(data: dict[str, Any], look: Theme) -> Any:
    """The parts' words, each behind its mark."""
    layers: list[Any] = []
    for part, (x, y) in KEY.items():
        entry = alt.Chart(data["key"]).transform_filter(f"datum.part === '{part}'")
        layers += [
            entry.mark_point(shape="square", size=110, **_paint(part, look)).encode(
                x=alt.value(x + 7), y=alt.value(y)
            ),
            entry.mark_text(**AT_LEFT, fontSize=12.5, color=_tone(part, look)).encode(
                x=alt.value(x + 19), y=alt.value(y), text="words:N"
            ),
        ]
    return alt.layer(*layers)


def _tone(part: str, look: Theme) -> str:
    return look.text["root" if part == "root" else "alpha"]


def _paint(part: str, look: Theme) -> dict[str, Any]:
    """How a part of the stake looks: filled, pale with a rim, or an empty dashed outline."""
    fill = look.fill["root" if part == "root" else "alpha"]
    rim = {"stroke": _tone(part, look), "strokeWidth": 1.3}
    if part == "borrowed":
        return {"fill": fill, "fillOpacity": 0.3, "opacity": 1, **rim}
    if part == "lent":
        return {"fillOpacity": 0, "opacity": 1, "strokeDash": [3, 3], **rim}
    return {"fill": fill, "opacity": 1, "strokeWidth": 0}


def _names(data: dict[str, Any], look: Theme) -> Any:
    """Who stands in each row: the uid, and its role."""
    uids = alt.Chart(data["uids"])
    number: dict[str, Any] = {**HEAD, "align": "right"}
    numbers = [
        uids.transform_filter(f"datum.role === '{role}'")
        .mark_text(**number, color=look.text[role])
        .encode(x=alt.value(20), y=_y(), text="uid:N")
        for role in ("owner", "validator", "miner")
    ]
    role = uids.mark_text(**AT_LEFT, fontSize=12.5, color=look.second_ink)
    return alt.layer(
        _band(data, look),
        *numbers,
        role.encode(x=alt.value(27), y=_y(), text="role:N"),
        _fixed(HEADINGS).mark_text(text="uid", **HEAD, color=look.second_ink).encode(x=alt.value(0), y=_y()),
    )


def _stake(data: dict[str, Any], look: Theme) -> Any:
    """The bars, and the two lines that they have to reach."""
    axis = alt.Axis(
        title=None, tickCount=4, grid=False, labelFlush=True,
        labelExpr="replace(format(datum.value, ','), ',', '\\u202f')",
    )  # fmt: skip
    domain: Any = [0, alt.ExprRef("top_stake")]

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=domain, nice=False, padding=0), axis=axis)

    bars = [
        alt.Chart(data["bars"])
        .transform_filter(f"datum.part === '{part}'")
        .mark_bar(size=BAR, **_paint(part, look))
        .encode(x=x("left"), x2="right:Q", y=_y())
        for part in KEY
    ]
    lines = [
        layer
        for line, place, tone in (("last", SUBHEADINGS, look.ink), ("threshold", UIDS - 0.1, look.second_ink))
        for layer in _line(data, line, place, tone, x)
    ]
    half = BAR / ROW / 2
    nothing = alt.Chart(data["bars"]).transform_filter("!datum.counts && datum.part !== 'lent'")
    sides = nothing.transform_calculate(top=f"datum.uid - {half}", bottom=f"datum.uid + {half}")
    scale = "(pixels_stake / top_stake)"
    hatched = hatch(sides, x_pixels=scale, y_pixels=ROW, colour=look.fill["lost"], x=x("left"), y=_y())
    return alt.layer(_band(data, look), *bars, hatched, *lines, _heading("Stake weight, α", look))


def _line(data: dict[str, Any], line: str, place: float, tone: str, x: Any) -> list[Any]:
    """A line across all rows, with its words where there is room for them."""
    found = (
        alt.Chart(data["lines"])
        .transform_filter(f"datum.line === '{line}'")
        .transform_calculate(high="-0.55", low=str(UIDS - 0.45), uid=str(place))
    )
    rule = found.mark_rule(color=tone, strokeWidth=1.6 if line == "last" else 1.1)
    words: dict[str, Any] = {"fontSize": 12.5, "color": tone, "baseline": "middle", "clip": False}
    here = {"x": x("at"), "y": _y(), "text": "words:N"}
    room = "datum.at < 0.4 * top_stake"
    return [
        rule.encode(x=x("at"), y=_y("high"), y2="low:Q"),
        found.transform_filter(room).mark_text(align="left", **words).encode(**here),
        found.transform_filter(f"!({room})").mark_text(align="right", **words).encode(**here),
    ]


def _dots(data: dict[str, Any], look: Theme) -> Any:
    """Who has a permit, and who set weights lately."""
    layers: list[Any] = [_band(data, look)]
    for column, at in (("permit", 18), ("active", 63)):
        place = {"x": alt.value(at), "y": _y()}
        uids = alt.Chart(data["uids"])
        full, empty = uids.transform_filter(f"datum.{column}"), uids.transform_filter(f"!datum.{column}")
        layers += [
            full.mark_point(filled=True, size=95, opacity=1, color=look.fill["validator"]).encode(**place),
            empty.mark_point(size=80, opacity=1, color=look.border, strokeWidth=1.4).encode(**place),
            _fixed(SUBHEADINGS)
            .mark_text(text=column, fontSize=12, color=look.second_ink, baseline="middle")
            .encode(**place),
        ]
    return alt.layer(*layers)


def _earned(data: dict[str, Any], look: Theme) -> Any:
    """What each uid gets, and what a validator would get without the loan."""
    uids = alt.Chart(data["uids"])
    domain: Any = [0, alt.ExprRef("1.45 * top_earned")]

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=domain, nice=False, padding=0), axis=None)

    layers: list[Any] = [_band(data, look)]
    for tone, where in (("miner", "datum.role === 'miner'"), ("validator", "datum.role !== 'miner'")):
        own = uids.transform_filter(where)
        layers.append(
            own.mark_bar(size=BAR, color=look.fill[tone]).encode(x=x("earned"), x2=alt.datum(0), y=_y())
        )
    words = {"x": x("words_at"), "y": _y(), "text": "words:N"}
    told: dict[str, Any] = {**AT_LEFT, "dx": 4, "fontSize": 12, "clip": False}
    return alt.layer(
        *layers,
        uids.transform_filter("datum.differs")
        .transform_calculate(high="datum.uid - 0.45", low="datum.uid + 0.45")
        .mark_rule(color=look.ink, strokeWidth=1.6, strokeDash=[3, 2])
        .encode(x=x("alone"), y=_y("high"), y2="low:Q"),
        uids.transform_filter("!datum.lacks").mark_text(color=look.ink, **told).encode(**words),
        uids.transform_filter("datum.lacks").mark_text(color=look.text["lost"], **told).encode(**words),
        _heading("Earned", look),
        _fixed(SUBHEADINGS)
        .mark_text(text="α a tempo", fontSize=12.5, color=look.second_ink, **AT_LEFT)
        .encode(x=alt.value(0), y=_y()),
    )
