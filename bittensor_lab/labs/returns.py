"""The lab of lesson 10: subnet, amount, validator and the others' trades in; worth, exit and root out.

It only wires: the year comes from ``play.returns``, sentences and tables from ``play.returns_story``, the
picture from ``charts.returns``. The week in which one leaves is only read off a year that is known.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.play import returns_story as story
from bittensor_lab.play.returns import NAMES, WEEKS, Plan, Year, year

BET = "10"
PLANS: dict[str, tuple[str, str, Plan]] = {
    "usual": ("A usual year", "20 τ on a subnet of middle size.", Plan()),
    "yield": (
        "The highest yield",
        "The same on the youngest subnet, where stakers earn most alpha.",
        Plan(netuid=3),
    ),
    "large": (
        "Much for the pool",
        "Five times as much: nearly a third of what the pool holds.",
        Plan(amount=100),
    ),
    "lazy": ("A bad validator", "Half of your validator’s weights count for nothing.", Plan(off=0.5)),
}
"""presets: title, sentence, plan"""
PARTS = {"take": 0, "off": 0, "trend": 1}
"""fields of the plan that are parts of 1, in % on their sliders, with this many digits"""


def build(preset: str = "usual") -> Lab:
    """Return the lab, opened on a preset."""
    return one_per_cell(
        lambda: Lab(
            "staking_returns", _columns(), preset=preset, load=load, compute=compute, draw=draw,
            pictures={"returns": ChartPicture()}, bet=bet_strip(),
        )
    )  # fmt: skip


def _columns() -> tuple[dict[str, Any], dict[str, Any]]:
    """The controls, in two columns; all but preset and week bear the names of the plan's fields."""

    def slider(title: str, chain: str, unit: str, low: float, high: float, step: float) -> LabelledSlider:
        digits = 1 if step < 1 else 0
        return LabelledSlider(
            title=title, chain=chain, labels=[unit], low=low, high=high, step=step, digits=digits
        )

    left = {
        "preset": Preset(options=[(name, about[0]) for name, about in PLANS.items()]),
        "netuid": Choice(
            title="Subnet", chain="netuid", options=[(name.lower(), name) for name in NAMES]
        ),
        "amount": slider("You stake", "add_stake", "τ", 5, 100, 5),
        "week": slider("You leave after", "remove_stake", "weeks", 1, WEEKS, 1),
        "keep": Choice(
            title="Root dividends", chain="set_root_claim_type",
            options=[("sold", "Sold"), ("kept", "Kept as alpha")],
        ),
    }  # fmt: skip
    right = {
        "take": slider("Your validator’s take", "delegate_take", "%", 0, 18, 1),
        "off": slider("Its weights clipped", "validator_trust", "%", 0, 100, 10),
        "trend": slider("Traders buy, net", "add_stake", "% of pool", -1.5, 1.5, 0.1),
        "luck": slider("Luck of the year", "seed", "no.", 1, 8, 1),
    }
    return left, right


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, plan = PLANS[name]
    sliders = {each: {"values": [round(100 * getattr(plan, each), digits)]} for each, digits in PARTS.items()}
    return {
        "preset": {"value": name, "sentence": sentence},
        "week": {"values": [float(WEEKS)]},
        "netuid": {"value": NAMES[plan.netuid - 1].lower()},
        "amount": {"values": [float(plan.amount)]},
        "luck": {"values": [float(plan.luck)]},
        "keep": {"value": "kept" if plan.keep else "sold"},
        **sliders,
    }


def compute(state: State) -> Year:
    """Live the year that the controls describe."""
    parts = {name: round(state[name] / 100, digits + 2) for name, digits in PARTS.items()}
    return year(
        Plan(
            netuid=1 + [name.lower() for name in NAMES].index(state["netuid"]),
            amount=round(state["amount"]),
            luck=round(state["luck"]),
            keep=state["keep"] == "kept",
            **parts,
        )
    )


def draw(view: Year, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    week = round(state["week"])
    found = {key: nice(most) for key, most in story.limits(view, week).items()}
    ends = limits or found | {"amount": float(view.plan.amount)}
    return one_picture(
        "returns", story.tables(view, week), ends, title=story.title(view, week),
        subtitle=story.subtitle(view), summary=story.summary(view, week), code=code(view.plan),
        frame=view.course,
    )  # fmt: skip


def code(plan: Plan) -> str:
    """Return the Python that makes the numbers of the picture."""
    return f"from bittensor_lab.play.returns import Plan, year\nyear({plan}).course"


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="how many of your 20\u00a0τ are there after a year, once all is sold?",
        hint="In TAO, after exit",
        high=40.0,
        unit="τ",
        ticks=[0.0, 10.0, 20.0, 30.0, 40.0],
        truth=float(year(Plan()).course.exit[WEEKS]),
        why="Alpha grew by more than a fifth, but its price is no part of that.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
