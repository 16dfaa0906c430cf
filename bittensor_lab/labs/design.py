"""The lab of lesson 14: a subnet's design, and a scorecard of who can play it.

It only wires: the trial and its sentences come from ``play.design``, the picture from ``charts.design``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.play import design as views
from bittensor_lab.views.scoring import TASKS

BET = "14"
TITLES = {
    "text": "Text", "forecasting": "Forecasting", "pretraining": "Pretraining", "compute": "Compute",
    "images": "Images", "speech": "Speech",
}  # fmt: skip


def build(preset: str = "text") -> Lab:
    """Return the lab, opened on a task."""
    rule = Choice(title="Rule of scoring", options=[("tempting", "Tempting"), ("sound", "Sound")])
    private = Choice(title="Each miner is asked", options=[("same", "The same"), ("own", "Its own")])
    challenges = LabelledSlider(
        title="Challenges per epoch", labels=["challenges"], low=1.0, high=7.0, step=1.0, digits=0
    )
    kappa = LabelledSlider(
        title="Majority needed", chain="kappa", labels=["part"], low=0.3, high=0.7, step=0.05
    )
    period = LabelledSlider(
        title="Sealed for", chain="reveal_period_epochs", labels=["epochs"],
        low=0.0, high=4.0, step=1.0, digits=0,
    )  # fmt: skip
    immunity = LabelledSlider(
        title="Immunity", chain="immunity_period", labels=["tempos"], low=0.0, high=8.0, step=1.0, digits=0
    )
    presets = Preset(title="Task", options=[(name, TITLES[name]) for name in TITLES])
    columns = (
        {"preset": presets, "rule": rule, "private": private, "challenges": challenges},
        {"kappa": kappa, "period": period, "immunity": immunity},
    )
    return one_per_cell(
        lambda: Lab(
            "design",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"design": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a task: the design that one begins with."""
    first = views.Design()
    return {
        "preset": {"value": name, "sentence": TASKS[name].title},
        "rule": {"value": first.rule},
        "private": {"value": "same"},
        "challenges": {"values": [float(first.challenges)]},
        "kappa": {"values": [first.kappa]},
        "period": {"values": [float(first.period)]},
        "immunity": {"values": [float(first.immunity)]},
    }


def compute(state: State) -> views.DesignView:
    """Put the design on trial that the controls describe."""
    design = views.Design(
        state["preset"], state["rule"], round(state["challenges"]), state["private"] == "own",
        round(state["kappa"], 2), round(state["period"]), round(state["immunity"]),
    )  # fmt: skip
    return views.trial(design)


def draw(view: views.DesignView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    return one_picture(
        "design", views.tables(view), {},
        title=views.title(view), subtitle=views.subtitle(view), summary=views.summary(view),
        code=code(view), frame=view.frame,
    )  # fmt: skip


def code(view: views.DesignView) -> str:
    """Return the Python that makes the numbers of the picture."""
    d = view.design
    return (
        "from bittensor_lab.play.design import Design, trial\n"
        f'design = Design("{d.task}", "{d.rule}", {d.challenges}, {d.private}, {d.kappa}, {d.period}, '
        f"{d.immunity})\n"
        "trial(design).frame"
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="how many of the five attacks does it block?",
        hint="The design that one begins with",
        high=5.0,
        ticks=[0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        unit="attacks",
        truth=float(views.trial().blocked),
        why="The default of everything is somebody's opportunity.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
