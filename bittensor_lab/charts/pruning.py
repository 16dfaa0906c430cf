"""The picture of a full subnet: what every uid got, who goes next, and what a place costs.

The tables are those of ``views.pruning``. Above, a bar per uid in the order in which they would go: those
in line, then the immune ones, pale, with the blocks that are left above them, then the owner; hatched the
one that goes next. Below, the price of a registration over the course: it falls by halves and jumps with
each newcomer, a dot.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile, sources
from bittensor_lab.charts.hatch import hatch
from bittensor_lab.charts.theme import Name, Theme, theme

BARS, PRICE = 200, 165
"""heights, pixels"""
PLACES, COURSE = 17.2, 720
"""of the views' scales: bars with the two gaps between the groups, blocks"""
TONES = (("validator", 0.95), ("miner", 0.95), ("lost", 0.3))
"""colours of the bars, and how strong each is"""
WIDTHS = {"bars": (-58, 1.0), "price": (-58, 1.0)}
"""of the whole width, less the labels of the axis"""


def pruning_chart(
    tables: dict[str, pd.DataFrame],
    *,
    limits: dict[str, float] | None = None,
    name: Name = "light",
    width: int = 640,
    title: str = "",
    subtitle: str = "",
) -> alt.VConcatChart:
    """Return both views as one chart; ``limits``: ends of emission (α) and price (τ)."""
    look, data = theme(name), sources(tables)
    views = [
        _bars(data, look).properties(name="bars", width=width, height=BARS),
        _price(data, look).properties(name="price", width=width, height=PRICE),
    ]
    return pile(views, tables, look, widths=WIDTHS, title=title, subtitle=subtitle, limits=limits)


def _bars(data: dict[str, Any], look: Theme) -> Any:
    """What each uid got in the last epoch, in the order in which they would go."""
    uids = alt.Chart(data["uids"])
    scale: Any = alt.Scale(domain=[0, alt.ExprRef("top_emission")], nice=False)
    x = alt.X("place:Q", scale=alt.Scale(domain=[-0.6, PLACES], nice=False, zero=False), axis=None)
    y = alt.Y("emission:Q", scale=scale, axis=alt.Axis(title=None, tickCount=4, minExtent=48))
    wide = uids.transform_calculate(
        left="datum.place - 0.36", right="datum.place + 0.36", top="0", bottom="datum.emission"
    )
    layers: list[Any] = []
    for tone, strength in TONES:
        own = wide.transform_filter(f"datum.tone === '{tone}'")
        pale = alt.condition("datum.immune > 0", alt.value(0.35), alt.value(strength))
        layers.append(
            own.mark_rect(color=look.fill[tone]).encode(
                x=_at(x, "left"), x2="right:Q", y=y, y2=alt.datum(0), opacity=pale
            )
        )
    strokes = hatch(
        wide.transform_filter("datum.tone === 'lost'"), x_pixels=f"(width / {PLACES + 0.6})",
        y_pixels=f"({BARS} / top_emission)", colour=look.fill["lost"], x=x, y=y,
    )  # fmt: skip
    return alt.layer(*layers, strokes, *_words(uids, look, x, y), *_names(data, look, x)).properties(
        title=heading("What each uid got in the last epoch, α (pale: immune, blocks left above)", look)
    )


def _words(uids: Any, look: Theme, x: alt.X, y: alt.Y) -> list[Any]:
    """Above the bars: blocks of immunity that are left, and over them who is you and who goes."""
    tones = [tone for tone, _ in TONES]
    colour = alt.Color(
        "tone:N", scale=alt.Scale(domain=tones, range=[look.text[t] for t in tones]), legend=None
    )
    immune, free = (uids.transform_filter(f"datum.immune {how} 0") for how in (">", "=="))
    rows = ((immune, -3, "immune:Q"), (immune, -16, "named:N"), (free, -3, "named:N"))
    return [
        some.mark_text(baseline="bottom", dy=up, fontSize=12, clip=False).encode(
            x=x, y=y, text=text, color=colour
        )
        for some, up, text in rows
    ]


def _names(data: dict[str, Any], look: Theme, x: alt.X) -> list[Any]:
    """Below the bars: the uids, and what each group of them is called."""
    small: dict[str, Any] = {"baseline": "top", "fontSize": 12, "clip": False}
    uids, groups = alt.Chart(data["uids"]), alt.Chart(data["groups"])
    word = groups.transform_filter("datum.place < 0").mark_text(text="uid", align="right", **small)
    return [
        uids.mark_text(color=look.second_ink, **small).encode(x=x, y=alt.value(BARS + 6), text="uid:Q"),
        *(
            groups.transform_filter(f"datum.align === '{side}'")
            .mark_text(color=look.ink, align=side, fontWeight=600, **small)
            .encode(x=x, y=alt.value(BARS + 24), text="words:N")
            for side in ("left", "right")
        ),
        word.encode(x=alt.value(-8), y=alt.value(BARS + 6), color=alt.value(look.second_ink)),
    ]


def _at(channel: alt.X, field: str) -> alt.X:
    moved = channel.copy()
    moved.shorthand = f"{field}:Q"
    return moved


def _price(data: dict[str, Any], look: Theme) -> Any:
    """The price of a place, and who paid it."""
    price, came, now, ceiling = (alt.Chart(data[key]) for key in ("price", "came", "now", "ceiling"))
    axis = alt.Axis(title="block of the course", grid=False, values=list(range(0, COURSE + 1, 120)))
    x = alt.X("block:Q", scale=alt.Scale(domain=[0, COURSE + 10], nice=False), axis=axis)
    scale: Any = alt.Scale(domain=[0, alt.ExprRef("top_price")], nice=False)
    y = alt.Y("price:Q", scale=scale, axis=alt.Axis(title=None, tickCount=4, minExtent=48))
    yours, blue = came.transform_filter("datum.yours"), look.fill["tao"]
    words: dict[str, Any] = {"baseline": "top", "clip": False}
    strong: dict[str, Any] = {"fontSize": 13, "fontWeight": 600, "color": look.ink, **words}
    most: dict[str, Any] = {"text": "max_burn", "align": "left", "dx": 6, "dy": 3, "font": "monospace"}
    return alt.layer(
        ceiling.mark_rule(color=look.second_ink, strokeDash=[4, 3]).encode(y=y),
        ceiling.mark_text(color=look.second_ink, **most, **words).encode(x=alt.datum(60), y=y),
        price.mark_line(color=blue, strokeWidth=2).encode(x=x, y=y, order="order:Q"),
        came.mark_point(filled=True, size=34, color=blue, opacity=1).encode(x=x, y=y),
        yours.mark_rule(color=look.fill["miner"], strokeWidth=1.2).encode(x=x, y=y, y2=alt.value(4)),
        yours.mark_text(
            text="you", align="left", dx=5, fontSize=12, color=look.text["miner"], **words
        ).encode(x=x, y=alt.value(2)),
        now.mark_rule(color=look.ink, strokeWidth=1.2).encode(x=x),
        now.transform_filter("datum.block < 600")
        .mark_text(align="left", dx=6, **strong)
        .encode(x=x, y=alt.value(16), text="words:N"),
        now.transform_filter("datum.block >= 600")
        .mark_text(align="right", dx=-6, **strong)
        .encode(x=x, y=alt.value(16), text="words:N"),
    ).properties(title=heading("Price of a registration, τ (a dot: somebody registers)", look))
