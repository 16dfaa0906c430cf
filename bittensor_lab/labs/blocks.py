"""The lab of lesson 00: one block after the other of a tiny network, and who did what in it.

It only wires: what happens comes from ``play.story``, the picture from ``charts.blocks``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from bittensor_lab.agents.work import RuleName
from bittensor_lab.labs.controls import BetStrip, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.play import story as views

BET = "00"
HONEST = "Validators of subnet 1 score how much of a sound was understood."
LOUD = "Validators of subnet 1 score how loud the answer is. Who is paid now?"
NETWORKS: dict[str, tuple[str, str, int, RuleName]] = {
    "one": ("A network", HONEST, 0, "sound"),
    "another": ("Another network", HONEST, 1, "sound"),
    "loud": ("Judges who go by loudness", LOUD, 0, "tempting"),
}
"""presets: title, sentence, seed and the rule by which validators score"""


class Seen(NamedTuple):
    """A story, and the block of it that is looked at, by its number on the chain."""

    story: views.Story
    number: int
    played: tuple[int, RuleName]
    """seed and rule"""


def build(preset: str = "one") -> Lab:
    """Return the lab, opened on a network."""
    first, last = float(views.FIRST), float(views.FIRST + views.BLOCKS - 1)
    block = LabelledSlider(title="Block", labels=["number"], low=first, high=last, step=1.0, digits=0)
    columns = (
        {"preset": Preset(options=[(name, about[0]) for name, about in NETWORKS.items()])},
        {"block": block},
    )
    return one_per_cell(
        lambda: Lab(
            "blocks",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"blocks": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a network: its first busy block."""
    _, sentence, seed, rule = NETWORKS[name]
    told = views.story(seed, rule)
    busy = told.blocks.block[told.blocks.extrinsics > 0].iloc[0]
    return {"preset": {"value": name, "sentence": sentence}, "block": {"values": [float(busy)]}}


def compute(state: State) -> Seen:
    """Look up the block that the controls say."""
    _, _, seed, rule = NETWORKS[state["preset"]]
    return Seen(views.story(seed, rule), round(state["block"]), (seed, rule))


def draw(seen: Seen, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    about = seen.story, seen.number
    tables, title, subtitle = views.tables(*about), views.title(*about), views.subtitle(*about)
    code = f"from bittensor_lab.play.story import story\nstory{seen.played}.deeds"
    return one_picture(
        "blocks", tables,
        title=title, subtitle=subtitle, summary=views.summary(*about), code=code, frame=seen.story.deeds,
    )  # fmt: skip


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    told = views.story()
    owner = 100 * told.pay.part[0]
    strip = BetStrip(
        question="what part of an epoch's alpha do the miners get?",
        hint="The rest is for the owner, validators and stakers",
        high=100.0,
        ticks=[0.0, 25.0, 50.0, 75.0, 100.0],
        truth=100 * views.miners_part(told),
        why=f"The owner gets {owner:.0f} %; the rest is halved: miners, and validators with all who stake.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
