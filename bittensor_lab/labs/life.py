"""The lab of lesson 11: founding, clients and newcomers in; a subnet's life and who gets its pot out.

It only wires: the life comes from ``play.life``, sentences and tables from ``play.life_story``, the picture
from ``charts.life``.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.play import life_story as story
from bittensor_lab.play.life import WEEKS, Life, Plan, life

BET = "life/pot"
LIVES: dict[str, tuple[str, str, Plan]] = {
    "subsidy": ("Emission only", "No client pays; miners sell what they are paid.", Plan()),
    "clients": (
        "Clients pay",
        "The owner buys back with most of what clients pay.",
        Plan(clients=12, bought_back=0.75),
    ),
    "hype": (
        "Hype",
        "Early buyers come with much, and leave after half a year.",
        Plan(staked=1_200, stay=26),
    ),
    "early": (
        "The old rules",
        "The hype of a subnet that is older than today’s rules of dissolution.",
        Plan(staked=1_200, stay=26, early=True),
    ),
    "rival": (
        "A rival",
        "The early buyers lock half of their alpha toward somebody else.",
        Plan(clients=12, bought_back=0.75, locked=0.5),
    ),
}
"""presets: title, sentence, plan"""


def build(preset: str = "subsidy") -> Lab:
    """Return the lab, opened on a preset."""
    return one_per_cell(
        lambda: Lab(
            "subnet_life", _columns(), preset=preset, load=load, compute=compute, draw=draw,
            pictures={"life": ChartPicture()}, bet=bet_strip(),
        )
    )  # fmt: skip


def _columns() -> tuple[dict[str, Any], dict[str, Any]]:
    """The controls, in two columns; a slider bears the name of its field of the plan."""

    def slider(
        title: str, chain: str, unit: str, high: float, step: float, low: float = 0.0
    ) -> LabelledSlider:
        digits = 1 if step < 1 else 0
        return LabelledSlider(
            title=title, chain=chain, labels=[unit], low=low, high=high, step=step, digits=digits
        )

    ages = Choice(
        title="Dissolved by",
        chain="dissolve_with_reserve",
        options=[("now", "Today’s rules"), ("early", "The old")],
    )
    left = {
        "preset": Preset(options=[(name, about[0]) for name, about in LIVES.items()]),
        "waited": slider("Founded after the last one", "lock_cost", "days", 7.0, 0.5, 4.0),
        "staked": slider("Early buyers pay", "add_stake", "τ", 1500, 50, 50),
        "stay": slider("They stay", "remove_stake", "weeks", WEEKS, 1, 4),
        "sold": slider("Miners and founder sell", "remove_stake", "% of pay", 100, 5),
    }
    right = {
        "clients": slider("Clients pay", "transfer", "τ a week", 40, 1),
        "bought_back": slider("Of it buys back", "add_stake_burn", "%", 100, 5),
        "newcomers": slider("A newcomer every", "register_network", "weeks", 26, 1, 6),
        "locked": slider("Locked for a rival", "lock_stake", "% of theirs", 100, 5),
        "ages": ages,
    }
    return left, right


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, plan = LIVES[name]
    sliders = {
        each.name: {"values": [_shown(each.name, float(getattr(plan, each.name)))]}
        for each in fields(plan)
        if each.name != "early"
    }
    ages = {"value": "early" if plan.early else "now"}
    return {"preset": {"value": name, "sentence": sentence}, **sliders, "ages": ages}


PARTS = ("sold", "bought_back", "locked")
"""fields of the plan that are parts of 1, in % on their sliders"""


def _shown(name: str, value: float) -> float:
    return round(100 * value) if name in PARTS else value


def compute(state: State) -> Life:
    """Live the life that the controls describe."""
    parts = {name: round(state[name] / 100, 2) for name in PARTS}
    whole = {name: round(state[name]) for name in ("staked", "stay", "clients", "newcomers")}
    plan = Plan(waited=round(state["waited"], 1), early=state["ages"] == "early", **parts, **whole)
    return life(plan)


def draw(view: Life, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    ends = limits or {key: nice(most) for key, most in story.limits(view).items()}
    return one_picture(
        "life", story.tables(view), ends, title=story.title(view), subtitle=story.subtitle(view),
        summary=story.summary(view), code=code(view.plan), frame=view.course,
    )  # fmt: skip


def code(plan: Plan) -> str:
    """Return the Python that makes the numbers of the picture: only what is not as by default is said."""
    usual = Plan()
    said = [
        f"{each.name}={getattr(plan, each.name)}"
        for each in fields(plan)
        if getattr(plan, each.name) != getattr(usual, each.name)
    ]
    return f"from bittensor_lab.play.life import Plan, life\nlife(Plan({', '.join(said)})).course"


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="how much of the pot do the stakers get?",
        hint="In % of the pool’s TAO on its last day",
        high=100.0,
        ticks=[0.0, 25.0, 50.0, 75.0, 100.0],
        truth=100 * life(Plan()).stakers,
        why="Alpha in the pool has a claim like alpha in a purse, and what it gets is recycled.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
