"""The frame that every picture shares: views above each other, a heading on each, the data by name.

A chart names its data instead of holding it, so that a lab can put new tables into the same picture; it names
its views, so that the page can give each its width: ``widths[view] = (fixed pixels, share of the rest)``,
with fixed pixels below zero for what the labels of an axis take. Ends of scales and sizes that marks need are
parameters: ``top_NAME`` and ``pixels_NAME``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from bittensor_lab.charts.theme import Theme

Widths = Mapping[str, tuple[float, float]]
PADDING = {"left": 0, "top": 0, "right": 0, "bottom": 6}
"""pixels; below, so that descending letters of an axis title are whole"""


def sources(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return what the views of a picture call their data by: a source per table."""
    return {key: alt.Data(name=key) for key in tables}


def pile(
    views: Sequence[Any],
    tables: Mapping[str, pd.DataFrame],
    look: Theme,
    *,
    widths: Widths,
    title: str = "",
    subtitle: str = "",
    limits: Mapping[str, float] | None = None,
    pixels: Mapping[str, float] | None = None,
    spacing: int = 20,
) -> alt.VConcatChart:
    """Return views above each other as one chart, with its data, title, parameters and colours."""
    params = {f"top_{key}": most for key, most in (limits or {}).items()}
    params |= {f"pixels_{key}": size for key, size in (pixels or {}).items()}
    return (
        alt.vconcat(*views, spacing=spacing, padding=PADDING)
        .properties(
            datasets={key: table.to_dict("records") for key, table in tables.items()},
            title=alt.Title(title, subtitle=[subtitle] if subtitle else []),
            usermeta={"widths": dict(widths)},
        )
        .add_params(*(alt.param(name=key, value=value) for key, value in params.items()))
        .configure(**look.config())
    )


def heading(words: str, look: Theme) -> alt.TitleParams:
    """Return the heading of a view."""
    return alt.TitleParams(words, fontSize=13, fontWeight=600, anchor="start", color=look.ink, offset=8)
