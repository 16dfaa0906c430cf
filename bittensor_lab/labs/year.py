"""The lab of lesson 13: 128 subnets for a year, by rule, stake on root and what clients pay.

It only wires: the year and its sentences come from ``play.year``, the picture from ``charts.year``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.play import year as views

BET = "13"
YEARS: dict[str, tuple[str, str, views.Plan]] = {
    "gate": ("With the gate", "Rule G, as on main net since July 2026.", views.Plan()),
    "before": ("Without it", "Rule F, as in the weeks before.", views.Plan("F")),
    "clients": (
        "Clients pay", "They spend 2,000 τ a day on the alpha of twenty middling subnets.",
        views.Plan(revenue=2_000.0),
    ),
}  # fmt: skip
"""presets: title, sentence, plan"""


def build(preset: str = "gate") -> Lab:
    """Return the lab, opened on a preset."""
    regime = Choice(title="Rule of emission", options=[(letter, letter) for letter in "BCDEFG"])
    root = LabelledSlider(
        title="On root",
        chain="root stake",
        labels=["million τ"],
        low=0.0,
        high=10.0,
        step=0.5,
        digits=1,
    )
    revenue = LabelledSlider(
        title="Clients spend",
        chain="add_stake",
        labels=["τ a day"],
        low=0.0,
        high=5_000.0,
        step=250.0,
        digits=0,
    )
    presets = Preset(options=[(name, about[0]) for name, about in YEARS.items()])
    columns = ({"preset": presets, "regime": regime}, {"root": root, "revenue": revenue})
    return one_per_cell(
        lambda: Lab(
            "year",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"year": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, plan = YEARS[name]
    return {
        "preset": {"value": name, "sentence": sentence},
        "regime": {"value": plan.regime},
        "root": {"values": [plan.root]},
        "revenue": {"values": [plan.revenue]},
    }


def compute(state: State) -> views.YearView:
    """Let the year pass that the controls describe."""
    return views.whole(views.Plan(state["regime"], round(state["root"], 1), round(state["revenue"])))


def draw(view: views.YearView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    ends = limits or {key: nice(most) for key, most in views.limits(view).items()}
    return one_picture(
        "year", views.tables(view), ends,
        title=views.title(view), subtitle=views.subtitle(view), summary=views.summary(view),
        code=code(view), frame=view.frame,
    )  # fmt: skip


def code(view: views.YearView) -> str:
    """Return the Python that makes the numbers of the picture."""
    plan = view.plan
    return (
        "from bittensor_lab.play.year import Plan, whole\n"
        f'whole(Plan(regime="{plan.regime}", root={plan.root}, revenue={plan.revenue})).frame'
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    view = views.whole()
    strip = BetStrip(
        question="how many subnets take half after a year?",
        hint=f"By the gate's rule; {view.frame.half.iloc[0]} of {views.SUBNETS} do at first",
        high=20.0,
        ticks=[0.0, 5.0, 10.0, 15.0, 20.0],
        unit="subnets",
        truth=float(view.frame.half.iloc[-1]),
        why="A share buys alpha, that lifts the price, most in a small pool, and the price lifts the share.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
