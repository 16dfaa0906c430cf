"""The lab of lesson 04: who moves when, and by which rules; bonds and dividends of thirty epochs out.

It only wires: worlds and epochs come from ``views.bonds``, sentences from ``views.bonds_story``, the
picture from ``charts.bonds``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, recorded_bet, untitled
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice, rounded
from bittensor_lab.params import meaning
from bittensor_lab.views import bonds as views
from bittensor_lab.views import bonds_story as story

BET = "04"
KEY = "bonds"


def build(preset: str = "new_miner") -> Lab:
    """Return the lab, opened on a preset."""
    options = [(world.name, world.title) for world in views.WORLDS.values()]
    stake = LabelledSlider(
        title="Stake of each validator", chain="stake_weight", show="share", tone="validator"
    )
    moves = LabelledSlider(
        title=f"Move epoch ({views.NEVER}: never)",
        chain="set_weights",
        high=float(views.NEVER),
        step=1.0,
        digits=0,
        tone="validator",
    )
    columns = (
        {"preset": Preset(options=options), "moves": moves, "stake": stake},
        {
            "rule": Choice(title="Rule", chain="yuma3, liquid_alpha", options=list(views.RULES.items())),
            "penalty": _single("bonds_penalty", "cut", step=0.05),
            "kept": _single(
                "bonds_moving_average", "old", title="Moving average", high=0.975, step=0.025, digits=3
            ),
            "part": _single("weights", "M2", title="Weight that moves to M2", low=0.05, step=0.05),
        },
    )
    return one_per_cell(
        lambda: Lab(
            "bonds_and_dividends",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"bonds": ChartPicture()},
            bet=bet_strip(),
        )
    )


def _single(chain: str, label: str, title: str = "", **traits: Any) -> LabelledSlider:
    """A slider of one fraction, named as the hyperparameter's meaning says."""
    return LabelledSlider(title=title or meaning(chain).label, chain=chain, labels=[label], **traits)


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    world = views.world(name)
    names, high = [f"V{i + 1}" for i in range(len(world.stake))], nice(sum(world.stake))
    return {
        "preset": {"value": name, "sentence": world.sentence},
        "moves": {"labels": names, "values": [float(epoch) for epoch in world.moves]},
        "stake": {
            "labels": names,
            "values": [float(s) for s in world.stake],
            "high": high,
            "step": high / 100,
        },
        "rule": {"value": world.rule},
        "penalty": {"values": [world.penalty]},
        "kept": {"values": [world.kept]},
        "part": {"values": [world.part]},
    }


def setup(state: State) -> tuple[views.World, dict[str, Any]]:
    """Return the world that the controls describe, and what in it differs from its preset."""
    start = views.world(state["preset"])
    now = {
        "stake": tuple(round(amount, 6) for amount in state["stake"]),
        "moves": tuple(round(epoch) for epoch in state["moves"]),
        "part": round(state["part"], 4),
        "rule": state["rule"],
        "penalty": round(state["penalty"], 4),
        "kept": round(state["kept"], 4),
    }
    changes = {name: value for name, value in now.items() if value != getattr(start, name)}
    return replace(start, **changes), changes


def compute(state: State) -> views.BondsView:
    """Run the thirty epochs that the controls describe."""
    return views.bonds(setup(state)[0])


def draw(view: views.BondsView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture of thirty epochs."""
    ends = limits or {key: nice(most) for key, most in story.bonds_limits(view).items()}

    def tables() -> dict[str, dict[str, list[Any]]]:
        return {name: rounded(table) for name, table in story.bonds_tables(view, ends).items()}

    def spec(theme: str) -> dict[str, Any]:
        return untitled(chart(view, ends, theme))

    return Drawing(
        title=story.title(view),
        subtitle=story.subtitle(view),
        summary=story.summary(view),
        code=code(state),
        frame=view.lines,
        limits=ends,
        chart=lambda: chart(view, ends),
        key=KEY,
        spec=spec,
        tables=tables,
        show={"bonds": {"key": KEY, "make": spec, "tables": tables(), "params": {}}},
        hidden=("kept",) if view.world.rule == "liquid" else (),
    )


def code(state: State) -> str:
    """Return the Python that makes the numbers of the picture."""
    name, changes = state["preset"], setup(state)[1]
    words = "".join(f", {key}={value!r}" for key, value in changes.items())
    return (
        "from dataclasses import replace\n"
        "from bittensor_lab.views.bonds import bonds, world\n"
        f'thirty = bonds(replace(world("{name}"){words}))\n'
        "thirty.lines"
    )


def chart(view: views.BondsView, ends: dict[str, float], theme: Any = "light") -> Any:
    """Return the picture as an Altair chart."""
    from bittensor_lab.charts.bonds import bonds_chart

    return bonds_chart(
        story.bonds_tables(view, ends), name=theme, title=story.title(view), subtitle=story.subtitle(view)
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    earned = views.bonds(views.world("new_miner")).validators.earned
    strip = BetStrip(
        question="what is V1’s pay, in % of V3’s?",
        hint="In all 30 epochs together",
        low=50.0,
        high=200.0,
        ticks=[50.0, 100.0, 150.0, 200.0],
        truth=100 * float(earned[0] / earned[2]),
        why="Alone, its weight was cut to nothing: it earned no bond on M2 and let its bond on M1 go.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    for name in views.WORLDS:
        lab = build(name)
        lab.png()
        lab.close()
