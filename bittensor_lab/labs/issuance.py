"""The lab of lesson 01: how much TAO there is, and what is recycled; the reward, and when it halves.

It only wires: numbers and sentences come from ``views.issuance``, the picture from ``charts.issuance``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.views import issuance as views

BET = "01"
BET_RECYCLED = 1_000.0
MILLION = views.MILLION
TIMES: dict[str, tuple[str, str, float, float]] = {
    "halved": ("After the first halving", "Half of all TAO has been issued.", 10.5, 0.0),
    "early": ("Early days", "A block issues a whole TAO.", 4.0, 0.0),
    "busy": ("A busy network", "As much is recycled as is issued.", 10.5, 3_600.0),
    "late": ("After the third halving", "Seven eighths have been issued.", 18.375, 200.0),
}
"""presets: title, sentence, millions issued, TAO recycled a day"""


def build(preset: str = "halved") -> Lab:
    """Return the lab, opened on a preset."""
    existing = LabelledSlider(
        title="TAO issued", chain="TotalIssuance", labels=["millions"], low=0.0, high=21.0, step=0.05
    )
    recycled = LabelledSlider(
        title="Recycled a day",
        chain="recycle_tao",
        labels=["TAO"],
        low=0.0,
        high=7_200.0,
        step=50.0,
        digits=0,
    )
    burned = LabelledSlider(
        title="Burned a day", chain="burn_tao", labels=["TAO"], low=0.0, high=7_200.0, step=50.0, digits=0
    )
    columns = (
        {"preset": Preset(options=[(name, about[0]) for name, about in TIMES.items()]), "existing": existing},
        {"recycled": recycled, "burned": burned},
    )
    return one_per_cell(
        lambda: Lab(
            "issuance",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"issuance": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, existing, recycled = TIMES[name]
    return {
        "preset": {"value": name, "sentence": sentence},
        "existing": {"values": [existing]},
        "recycled": {"values": [recycled]},
        "burned": {"values": [0.0]},
    }


def compute(state: State) -> views.IssuanceView:
    """Work out what holds at the issuance that the controls say."""
    existing = round(state["existing"] * MILLION)
    return views.issuance(existing, round(state["recycled"]), round(state["burned"]))


def draw(view: views.IssuanceView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    tables, title, subtitle = views.tables(view), views.title(view), views.subtitle(view)
    return one_picture(
        "issuance", tables,
        title=title, subtitle=subtitle, summary=views.summary(view), code=code(view), frame=view.halvings,
    )  # fmt: skip


def code(view: views.IssuanceView) -> str:
    """Return the Python that makes the numbers of the picture."""
    return (
        "from bittensor_lab.views.issuance import issuance\n"
        f"issuance({view.issuance:.0f}, recycled={view.recycled:.0f}, burned={view.burned:.0f}).halvings"
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="in how many years does the reward halve again?",
        hint=f"10.5 million TAO, {BET_RECYCLED:,.0f} recycled a day",
        high=20.0,
        ticks=[0.0, 5.0, 10.0, 15.0, 20.0],
        unit="years",
        truth=views.issuance(views.threshold(1), BET_RECYCLED).years,
        why="What is recycled can be issued once more, so the next threshold comes later.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
