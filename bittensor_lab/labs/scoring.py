"""The lab of lesson 02: a task, a rule and a strategy; who is ranked first, and what pay follows.

It only wires: scores and sentences come from ``views.scoring``, the picture from ``charts.scoring``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.views import scoring as views

BET = "02"
BET_CASE = ("text", "tempting", "spoofs", 4)


def build(preset: str = "text") -> Lab:
    """Return the lab, opened on a task."""
    rule = Choice(title="Scored by", options=[("sound", "Sound rule"), ("tempting", "Tempting rule")])
    strategy = Choice(title="What M6 does", options=[(each, each.capitalize()) for each in views.STRATEGIES])
    challenges = LabelledSlider(
        title="Challenges", labels=["number"], low=1.0, high=float(views.MOST), step=1.0, digits=0
    )
    tasks = [(name, task.title) for name, task in views.TASKS.items()]
    columns = (
        {"preset": Preset(title="Task", options=tasks), "rule": rule},
        {"strategy": strategy, "challenges": challenges},
    )
    return one_per_cell(
        lambda: Lab(
            "work_and_scoring",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"scoring": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a task."""
    return {
        "preset": {"value": name, "sentence": f"Skill is {views.TASKS[name].skill}."},
        "rule": {"value": "tempting"},
        "strategy": {"value": "spoofs"},
        "challenges": {"values": [4.0]},
    }


def compute(state: State) -> views.ScoringView:
    """Score the answers that the controls describe."""
    return views.scoring(state["preset"], state["rule"], state["strategy"], round(state["challenges"]))


def draw(view: views.ScoringView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    tables, title, subtitle = views.tables(view), views.title(view), views.subtitle(view)
    return one_picture(
        "scoring", tables,
        title=title, subtitle=subtitle, summary=views.summary(view), code=code(view), frame=view.miners,
    )  # fmt: skip


def code(view: views.ScoringView) -> str:
    """Return the Python that makes the numbers of the picture."""
    return (
        "from bittensor_lab.views.scoring import scoring\n"
        f'scoring("{view.task.name}", "{view.rule}", "{view.strategy}", {view.challenges}).miners'
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    view = views.scoring(*BET_CASE)
    strip = BetStrip(
        question="what share of the pay goes to the spoofer?",
        hint="By the keyword rule",
        high=100.0,
        ticks=[0.0, 25.0, 50.0, 75.0, 100.0],
        truth=100 * float(view.sixth.pay),
        why="The rule asks for the prompt's words, and the prompt has all of them.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for: the answers to every task, and the chart."""
    for name in views.TASKS:
        views.scoring(name)
    lab = build()
    lab.png()
    lab.close()
