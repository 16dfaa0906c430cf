"""The picture of a chain at work: a strip of blocks, and who did what in them.

The tables are those of ``play.story``: every (a row per block), marks (block, lane, how many) and mark (the
block that is looked at). What happens off the chain stands above a line, what the chain sees below it. A
lane has its own shape beside its colour; words stand on the page's colour, so that the mark never
crosses them.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import pile, sources
from bittensor_lab.charts.theme import Name, Theme, theme

LANES = {
    "measured": (0.0, "off the chain: a validator asks miners, and scores", "miner", "circle"),
    "weights": (1.0, "extrinsics: a validator's weights", "validator", "square"),
    "trades": (2.0, "extrinsics: somebody's trade", "tao", "triangle-up"),
    "epochs": (3.0, "epochs: a subnet pays everyone", "alpha", "diamond"),
}
"""place, words, colour and shape"""
HEIGHT = 276
BLOCKS, NUMBERED = (997, 1_125), [1_001, 1_020, 1_040, 1_060, 1_080, 1_100, 1_120]
"""from where to where the strip goes, and the blocks whose number stands below"""
WIDTHS = {"strip": (-12, 1.0)}
"""of the whole width, less what the first and last number below stand out where it is narrow"""


def blocks_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 640,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return the strip as a chart."""
    look = theme(name)
    data = sources(tables)
    here = alt.Chart(data["mark"]).mark_rule(color=look.ink, strokeWidth=1.4).encode(x=_x())
    strip = alt.layer(here, *_lanes(data, look), *_chain(data, look)).properties(
        name="strip", width=width, height=HEIGHT
    )
    return pile([strip], tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _x() -> alt.X:
    axis = alt.Axis(title="block", grid=False, values=NUMBERED, format="d")
    return alt.X("block:Q", scale=alt.Scale(domain=BLOCKS, nice=False), axis=axis)


def _y(place: float) -> Any:
    return alt.datum(place, type="quantitative", scale=alt.Scale(domain=[4.5, -0.6], nice=False), axis=None)


def _lanes(data: dict[str, Any], look: Theme) -> list[Any]:
    """A lane for each kind of deed, its words above it."""
    layers: list[Any] = []
    for lane, (place, words, tone, shape) in LANES.items():
        marks = alt.Chart(data["marks"]).transform_filter(f"datum.lane === '{lane}'")
        layers += [
            marks.mark_point(filled=True, shape=shape, color=look.fill[tone], opacity=1).encode(
                x=_x(),
                y=_y(place + 0.18),
                size=alt.Size("size:Q", legend=None, scale=alt.Scale(domain=[1, 4], range=[60, 200])),
            ),
            *_words(words, place - 0.28, look.text[tone], look),
        ]
    return layers


def _chain(data: dict[str, Any], look: Theme) -> list[Any]:
    """The line between the two layers, and the TAO of each block."""
    line = alt.Chart(alt.Data(values=[{}])).mark_rule(color=look.border, strokeDash=[2, 3])
    ticks = alt.Chart(data["every"]).mark_tick(
        color=look.fill["tao"], thickness=2.4, size=16, orient="vertical"
    )
    return [
        line.encode(y=_y(0.55)),
        ticks.encode(x=_x(), y=_y(4.2)),
        *_words("every block: TAO goes into the subnets' pools", 3.78, look.text["tao"], look),
    ]


def _words(words: str, place: float, colour: str, look: Theme) -> list[Any]:
    """The words above a lane, first as a broad stroke in the page's colour."""
    told = alt.Chart(alt.Data(values=[{"block": BLOCKS[0]}]))
    strokes: tuple[dict[str, Any], ...] = ({"color": look.page, "stroke": look.page, "strokeWidth": 5}, {})
    return [
        told.mark_text(text=words, align="left", fontSize=12.5, **{"color": colour, **stroke}).encode(
            x=_x(), y=_y(place)
        )
        for stroke in strokes
    ]
