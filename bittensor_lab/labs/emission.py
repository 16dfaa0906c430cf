"""The lab of lesson 09: one block's TAO under seven rules, and where the alpha of one subnet ends.

It only wires: the block comes from ``views.emission``, sentences and tables from
``views.emission_story``, the picture from ``charts.emission``.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Part, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.regimes import REGIMES
from bittensor_lab.views import emission as views
from bittensor_lab.views import emission_story as story

BET = "emission/gate"
WORLDS: dict[str, tuple[str, str, str, views.World]] = {
    "gate": ("The gate", "Forecasts has the highest price, by a little.", "G", views.World()),
    "below": ("Below the bar", "The price of Forecasts has fallen to half.", "G", views.World(price=0.14)),
    "leaving": (
        "People leave", "For a month more TAO has left Forecasts than come.", "C", views.World(flow=-150.0),
    ),
    "burn": (
        "The owner's keys", "Its owner's own keys take most of the miners' pay.", "F",
        views.World(withheld=0.6),
    ),
    "text": ("Text is yours", "The second highest price, by a little.", "G", views.yours("Text")),
    "images": ("Images is yours", "People take out more than they stake.", "C", views.yours("Images")),
    "compute": ("Compute is yours", "40 % of the miners' pay is withheld.", "F", views.yours("Compute")),
    "speech": ("Speech is yours", "Much of its stake is root's.", "E", views.yours("Speech")),
    "storage": (
        "Storage is yours", "The lowest price; half of its stake is root's.", "G", views.yours("Storage"),
    ),
}  # fmt: skip
"""presets: title, sentence, rule and world"""


def build(preset: str = "gate") -> Lab:
    """Return the lab, opened on a preset."""
    columns = _controls()
    return one_per_cell(
        lambda: Lab(
            "emission_to_wallet",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"emission": ChartPicture()},
            bet=bet_strip(),
        )
    )


def _controls() -> tuple[dict[str, Part], dict[str, Part]]:
    rule = Choice(
        title="Rule of sharing", chain="emission_rule",
        options=[(each.letter, each.letter) for each in REGIMES],
    )  # fmt: skip
    price = LabelledSlider(
        title="Price of your subnet", chain="moving_price", labels=["τ per α"], low=0.05, high=0.9, step=0.01
    )
    flow = LabelledSlider(
        title="Flow into your subnet", chain="user_flow_ema", labels=["τ a day"],
        low=-300.0, high=800.0, step=10.0, digits=0,
    )  # fmt: skip
    withheld = LabelledSlider(
        title="Withheld from miners", chain="miner_burned", labels=["% of pay"],
        low=0.0, high=100.0, step=1.0, digits=0,
    )  # fmt: skip
    bar = LabelledSlider(
        title="The gate's bar",
        chain="gate_bar",
        labels=["% of block"],
        low=0.0,
        high=50.0,
        step=0.5,
        digits=1,
    )
    root = LabelledSlider(
        title="Staked on root", chain="netuid 0", labels=["1 000 τ"], low=0.0, high=400.0, step=10.0, digits=0
    )
    preset = Preset(options=[(name, about[0]) for name, about in WORLDS.items()])
    return (
        {"preset": preset, "rule": rule, "price": price},
        {"flow": flow, "withheld": withheld, "bar": bar, "root": root},
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, rule, world = WORLDS[name]
    return {
        "preset": {"value": name, "sentence": sentence},
        "rule": {"value": rule},
        "price": {"values": [world.price]},
        "flow": {"values": [world.flow]},
        "withheld": {"values": [100 * world.withheld]},
        "bar": {"values": [100 * world.bar]},
        "root": {"values": [world.root / 1_000]},
    }


def compute(state: State) -> views.EmissionView:
    """Make the block that the controls describe."""
    world = views.World(
        subnet=WORLDS[state["preset"]][3].subnet,
        price=round(state["price"], 2),
        flow=round(state["flow"], 1),
        withheld=round(state["withheld"] / 100, 4),
        bar=round(state["bar"] / 100, 5),
        root=round(1_000 * state["root"], 1),
    )
    return views.emission(world, state["rule"])


def draw(view: views.EmissionView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    ends = limits or {key: nice(most) for key, most in story.limits(view).items()}
    tables, title, subtitle = story.tables(view), story.title(view), story.subtitle(view)
    return one_picture(
        "emission", tables, ends,
        title=title, subtitle=subtitle, summary=story.summary(view), code=code(view), frame=view.shares,
    )  # fmt: skip


def code(view: views.EmissionView) -> str:
    """Return the Python that makes the numbers of the picture."""
    plain = asdict(views.World())
    moved = ", ".join(f"{key}={value}" for key, value in asdict(view.world).items() if value != plain[key])
    return (
        "from bittensor_lab.views.emission import World, emission\n"
        f'emission(World({moved}), rule="{view.rule}").shares'
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    shares = views.emission().shares
    strip = BetStrip(
        question="what does a block still pay out with the gate?",
        hint="In % of its TAO without the gate",
        high=150.0,
        ticks=[0.0, 50.0, 100.0, 150.0],
        truth=100 * float(shares.G.sum() / shares.F.sum()),
        why="The gate is no tap. What it takes from small subnets goes to large ones.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
