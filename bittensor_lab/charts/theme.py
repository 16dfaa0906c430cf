"""The palette: one meaning per colour, in every lab, in a light and a dark theme.

``theme("light")`` gives the colours by meaning. ``fill`` colours are for marks, ``text`` colours (the
same hue, contrast of at least 5.5 on white and 8 on dark) for words and numbers; small text never
takes a fill colour. Colours are Okabe and Ito's, safe for the colour-blind; beside colour there is
always a second encoding (hatch: lost; dashed: the counterfactual; line across: consensus).

Source: Okabe & Ito 2008, "Color Universal Design".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Name = Literal["light", "dark"]
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Theme:
    """Colours by meaning."""

    name: Name
    fill: dict[str, str]
    text: dict[str, str]
    page: str
    panel: str
    hairline: str
    border: str
    grid: str
    ink: str
    second_ink: str
    active: str

    def config(self) -> dict[str, Any]:
        """Return what every chart shares, as Vega-Lite ``config``."""
        axis = {
            "domain": False,
            "ticks": False,
            "gridColor": self.grid,
            "labelColor": self.second_ink,
            "titleColor": self.second_ink,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": 400,
        }
        return {
            "background": self.page,
            "font": FONT,
            "view": {"stroke": None},
            "axis": axis,
            "text": {"fontSize": 13, "fill": self.ink},
            "title": {
                "anchor": "start",
                "fontSize": 20,
                "fontWeight": 600,
                "color": self.ink,
                "subtitleFontSize": 13.5,
                "subtitleColor": self.second_ink,
                "subtitlePadding": 6,
                "offset": 16,
            },
        }


_LIGHT = Theme(
    name="light",
    fill={
        "tao": "#0072B2",
        "alpha": "#E69F00",
        "miner": "#009E73",
        "validator": "#CC79A7",
        "root": "#56B4E9",
        "owner": "#757575",
        "lost": "#D55E00",
        "bet": "#F0E442",
        "other": "#CFD2D6",
        "other_line": "#B4B8BD",
    },
    text={
        "tao": "#005F94",
        "alpha": "#8A5D00",
        "miner": "#00704F",
        "validator": "#9C4374",
        "root": "#1F6F9F",
        "owner": "#5F6368",
        "lost": "#B04A00",
        "bet": "#212121",
        "other": "#5F6368",
    },
    page="#FFFFFF",
    panel="#F7F7F7",
    hairline="#E0E0E0",
    border="#BDBDBD",
    grid="#ECECEC",
    ink="#212121",
    second_ink="#5F6368",
    active="#1976D2",
)
_DARK = Theme(
    name="dark",
    fill={
        "tao": "#3D9BDC",
        "alpha": "#E69F00",
        "miner": "#1FB98D",
        "validator": "#D68FB8",
        "root": "#86CDF5",
        "owner": "#9E9E9E",
        "lost": "#F0743A",
        "bet": "#F0E442",
        "other": "#43474C",
        "other_line": "#5B6067",
    },
    text={
        "tao": "#6DB6EA",
        "alpha": "#F0B73A",
        "miner": "#3FCFA4",
        "validator": "#E3A9CA",
        "root": "#9AD6F7",
        "owner": "#B5B5B5",
        "lost": "#FF9560",
        "bet": "#ECECEC",
        "other": "#A8ADB3",
    },
    page="#111111",
    panel="#1C1C1C",
    hairline="#333333",
    border="#616161",
    grid="#2A2A2A",
    ink="#ECECEC",
    second_ink="#A8ADB3",
    active="#64B5F6",
)
THEMES: dict[Name, Theme] = {"light": _LIGHT, "dark": _DARK}


def theme(name: Name) -> Theme:
    """Return the theme of that name: "light" or "dark".

    Raises
    ------
    ValueError
        if there is none.
    """
    if name not in THEMES:
        raise ValueError(f"a theme is 'light' or 'dark', not {name!r}")
    return THEMES[name]
