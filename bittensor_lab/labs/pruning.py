"""The lab of lesson 07: newcomers on a full subnet; who goes next, when, and what a place costs.

It only wires: the course and its sentences come from ``views.pruning``, the picture from ``charts.pruning``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.views import pruning as views

BET = "07"
SUBNETS: dict[str, tuple[str, str, views.Rules]] = {
    "steady": ("Now and then", "Somebody registers every 90 blocks; a tempo has 60.", views.Rules()),
    "rush": ("A rush", "Somebody registers every 20 blocks. Who can still go?", views.Rules(every=20)),
    "none": ("No immunity", "Whoever came last has earned nothing yet.", views.Rules(every=40, immunity=0)),
    "sealed": (
        "Sealed weights", "Weights count three epochs after they are given; immunity lasts two.",
        views.Rules(every=60, immunity=120, period=3),
    ),
}  # fmt: skip
"""presets: title, sentence, rules"""


def build(preset: str = "steady") -> Lab:
    """Return the lab, opened on a preset."""
    now = LabelledSlider(
        title="Block of the course", labels=["at"], low=0.0, high=float(views.COURSE), step=10.0, digits=0
    )
    skill = LabelledSlider(title="Skill of your miner", labels=["you"], low=0.0, high=1.0, step=0.05)
    every = LabelledSlider(
        title="Somebody registers every", labels=["blocks"], low=10.0, high=240.0, step=10.0, digits=0
    )
    immunity = LabelledSlider(
        title="Immunity", chain="immunity_period", labels=["blocks"], low=0.0, high=480.0, step=10.0, digits=0
    )
    half_life = LabelledSlider(
        title="The price halves in", chain="burn_half_life", labels=["blocks"],
        low=30.0, high=720.0, step=30.0, digits=0,
    )  # fmt: skip
    rise = LabelledSlider(
        title="Each one makes it", chain="burn_increase_mult", labels=["times"], low=1.0, high=3.0, step=0.02
    )
    period = LabelledSlider(
        title="Sealed for", chain="reveal_period_epochs", labels=["epochs"],
        low=0.0, high=4.0, step=1.0, digits=0,
    )  # fmt: skip
    presets = Preset(options=[(name, about[0]) for name, about in SUBNETS.items()])
    columns = (
        {"preset": presets, "now": now, "skill": skill},
        {"every": every, "immunity": immunity, "half_life": half_life, "rise": rise, "period": period},
    )
    return one_per_cell(
        lambda: Lab(
            "pruning",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"pruning": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, rules = SUBNETS[name]
    shown = {key: {"values": [float(getattr(rules, key))]} for key in RULES}
    return {"preset": {"value": name, "sentence": sentence}, "now": {"values": [300.0]}, **shown}


RULES = ("every", "immunity", "half_life", "rise", "period", "skill")
FINE = ("rise", "skill")
"""those of them that are no whole numbers"""


def compute(state: State) -> views.PruningView:
    """Play the course that the controls describe, and look at the block that they say."""
    rules = {key: round(state[key], 2) if key in FINE else round(state[key]) for key in RULES}
    return views.pruning(round(state["now"]), views.Rules(**rules))


def draw(view: views.PruningView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    ends = limits or {key: nice(most) for key, most in views.limits(view).items()}
    return one_picture(
        "pruning", views.tables(view), ends,
        title=views.title(view), subtitle=views.subtitle(view), summary=views.summary(view),
        code=code(view), frame=view.uids,
    )  # fmt: skip


def code(view: views.PruningView) -> str:
    """Return the Python that makes the numbers of the picture."""
    rules = view.course.rules
    return (
        "from bittensor_lab.views.pruning import Rules, pruning\n"
        f"rules = Rules(every={rules.every}, immunity={rules.immunity}, "
        f"half_life={rules.half_life},\n    rise={rules.rise}, period={rules.period}, skill={rules.skill})\n"
        f"pruning({view.block}, rules).uids"
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="what does the twelfth pay?",
        hint="The first of twelve in the same block pays 1 τ, each next one about a quarter more",
        high=30.0,
        ticks=[0.0, 10.0, 20.0, 30.0],
        unit="τ",
        truth=views.rush()[-1],
        why="Each registration makes the next dearer by a quarter, at once and on top of each other.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
