"""The picture of a class: how many got how much, a row of bars per set.

The table is ``exercises.classroom``'s spread: set, tenth, label and count.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from bittensor_lab.charts.frame import heading, pile
from bittensor_lab.charts.theme import Name, theme

HEIGHT = 110
"""of a row, pixels"""


def grades_chart(
    tables: dict[str, pd.DataFrame], *, name: Name = "light", width: int = 640
) -> alt.VConcatChart:
    """Return a row of bars per set."""
    look, spread = theme(name), tables["spread"]
    most = max(1, int(spread["count"].max()) if len(spread) else 1)
    y = alt.Y("count:Q", scale=alt.Scale(domain=[0, 1.15 * most], nice=False), axis=None)
    x = alt.X(
        "label:N", sort=None, scale=alt.Scale(paddingInner=0.12), axis=alt.Axis(title=None, labelAngle=0)
    )
    views = []
    for one in sorted(set(spread["set"])):
        bars = alt.Chart(alt.Data(name="spread")).transform_filter(alt.datum.set == one).encode(x=x, y=y)
        numbers = bars.transform_filter("datum.count > 0").mark_text(dy=-8, color=look.ink)
        layers = alt.layer(bars.mark_bar(color=look.fill["tao"]), numbers.encode(text="count:Q"))
        title = heading(f"{one}: submissions by percent of the points", look)
        views.append(layers.properties(width=width, height=HEIGHT, title=title))
    return pile(views, tables, look, widths={})
