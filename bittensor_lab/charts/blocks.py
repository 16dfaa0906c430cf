"""The picture of a chain at work: a strip of blocks, and who did what in them.

The tables are those of ``play.story``: every (a row per block), marks (block, lane, how many) and mark (the
block that is looked at). What happens off the chain stands above a line, what the chain sees below it.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.theme import Name, Theme, theme

LANES = {
    "measured": (0.0, "off the chain: miners asked", "miner", "circle"),
    "extrinsics": (1.0, "extrinsics: signed by somebody", "validator", "square"),
    "epochs": (2.0, "epochs: everyone is paid", "alpha", "diamond"),
}
"""place, words, colour and shape"""
HEIGHT = 230
WIDTHS = {"strip": (0, 1.0)}


def blocks_chart(
    tables: dict[str, pd.DataFrame],
    *,
    name: Name = "light",
    width: int = 640,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return the strip as a chart."""
    look = theme(name)
    data = {key: alt.Data(name=key) for key in tables}
    here = alt.Chart(data["mark"]).mark_rule(color=look.ink, strokeWidth=1.4).encode(x=_x())
    strip = alt.layer(here, *_lanes(data, look), *_chain(data, look)).properties(
        name="strip", width=width, height=HEIGHT
    )
    return (
        alt.vconcat(strip, padding={"left": 0, "top": 0, "right": 0, "bottom": 6})
        .properties(
            datasets={key: table.to_dict("records") for key, table in tables.items()},
            title=alt.Title(title, subtitle=[subtitle] if subtitle else []),
            usermeta={"widths": WIDTHS},
        )
        .configure(**look.config())
    )


def _x() -> alt.X:
    axis = alt.Axis(title="block of the story", grid=False, values=[1, 20, 40, 60, 80, 100, 120])
    return alt.X("number:Q", scale=alt.Scale(domain=[-1, 123], nice=False), axis=axis)


def _y(place: float) -> Any:
    return alt.datum(place, type="quantitative", scale=alt.Scale(domain=[3.5, -0.6], nice=False), axis=None)


def _lanes(data: dict[str, Any], look: Theme) -> list[Any]:
    """A lane for each kind of deed, its words above it."""
    layers: list[Any] = []
    for lane, (place, words, tone, shape) in LANES.items():
        marks = alt.Chart(data["marks"]).transform_filter(f"datum.lane === '{lane}'")
        told = alt.Chart(alt.Data(values=[{"number": -1}]))
        layers += [
            marks.mark_point(filled=True, shape=shape, color=look.fill[tone], opacity=1).encode(
                x=_x(),
                y=_y(place + 0.18),
                size=alt.Size("size:Q", legend=None, scale=alt.Scale(domain=[1, 4], range=[60, 200])),
            ),
            told.mark_text(text=words, align="left", fontSize=12.5, color=look.text[tone]).encode(
                x=_x(), y=_y(place - 0.28)
            ),
        ]
    return layers


def _chain(data: dict[str, Any], look: Theme) -> list[Any]:
    """The line between the two layers, and the TAO of each block."""
    every = alt.Chart(data["every"])
    told = alt.Chart(alt.Data(values=[{"number": -1}]))
    return [
        told.mark_rule(color=look.border, strokeDash=[2, 3]).encode(y=_y(0.55)),
        every.mark_tick(color=look.fill["tao"], thickness=2.4, size=16, orient="vertical").encode(
            x=_x(), y=_y(3.2)
        ),
        told.mark_text(
            text="every block: TAO goes into the subnets' pools", align="left", fontSize=12.5,
            color=look.text["tao"],
        ).encode(x=_x(), y=_y(2.78)),
    ]  # fmt: skip
