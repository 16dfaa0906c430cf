"""The lab of lesson 06: who holds what, how it counts, who votes; who has a permit, and who earns.

It only wires: the chain and the sentences come from ``views.permits`` and
``views.permits_story``, the picture from ``charts.permits``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, LabelledSlider, Part, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.views import permits as views
from bittensor_lab.views import permits_story as story
from bittensor_lab.views.permits import WORLDS, World

BET = "06"


def build(preset: str = "places") -> Lab:
    """Return the lab, opened on a preset."""
    return one_per_cell(
        lambda: Lab(
            "stake_weight_and_permits",
            (_stakes(), _rules()),
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"permits": ChartPicture()},
            bet=bet_strip(),
        )
    )


def _stakes() -> dict[str, Part]:
    """The preset, and what every validator holds."""
    uids = [f"uid {uid}" for uid in range(1, views.VALIDATORS + 1)]
    return {
        "preset": Preset(options=[(name, world.title) for name, world in WORLDS.items()]),
        "alpha": _sliders("Alpha, α", "stake", uids, high=6_000, step=50),
        "root": _sliders("TAO on root, τ", "stake", uids, high=20_000, step=100),
    }


def _rules() -> dict[str, Part]:
    """By what rules it counts, and what uid 1 and uid 2 do."""
    tao_weight = LabelledSlider(title="What a TAO on root counts", chain="tao_weight", labels=["α"])
    quiet, lender, child = (f"uid {uid}" for uid in (views.SILENT, views.LENDER, views.CHILD))
    return {
        "tao_weight": tao_weight,
        "threshold": _sliders("Least stake weight", "stake_threshold", ["α"], high=3_000, step=50),
        "places": _sliders("Places", "max_allowed_validators", ["k"], low=1, high=10, step=1),
        "silent": _sliders(
            f"Age of {quiet}'s weights", "last_update", ["blocks"], low=views.RECENT, high=8_000, step=100
        ),
        "lent": _sliders(f"{lender} lends to {child}", "set_children", ["%"], high=100, step=5),
        "take": _sliders(f"{child} takes", "childkey_take", ["%"], high=18, step=1),
    }


def _sliders(
    title: str, chain: str, labels: list[str], *, low: float = 0, high: float, step: float
) -> LabelledSlider:
    """Sliders of whole numbers."""
    return LabelledSlider(
        title=title, chain=chain, labels=labels, low=float(low), high=float(high), step=float(step), digits=0
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    preset = WORLDS[name]
    world = preset.world
    return {
        "preset": {"value": name, "sentence": preset.sentence},
        "alpha": {"values": list(world.alpha)},
        "root": {"values": list(world.root)},
        "tao_weight": {"values": [world.tao_weight]},
        "threshold": {"values": [world.threshold]},
        "places": {"values": [float(world.places)]},
        "silent": {"values": [float(world.silent)]},
        "lent": {"values": [100 * world.lent]},
        "take": {"values": [100 * world.take]},
    }


def compute(state: State) -> views.PermitsView:
    """Run the chain that the controls describe."""
    return views.permits(
        World(
            alpha=tuple(map(round, state["alpha"])),
            root=tuple(map(round, state["root"])),
            tao_weight=round(state["tao_weight"], 2),
            threshold=round(state["threshold"]),
            places=round(state["places"]),
            silent=round(state["silent"]),
            lent=round(state["lent"]) / 100,
            take=round(state["take"]) / 100,
        )
    )


def draw(view: views.PermitsView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    ends = limits or {key: nice(most) for key, most in story.limits(view).items()}
    drawing = one_picture(
        "permits", story.tables(view), ends,
        title=story.title(view), subtitle=story.subtitle(view), summary=story.summary(view),
        code=code(view), frame=view.uids,
    )  # fmt: skip
    return drawing if view.world.lent else replace(drawing, hidden=("take",))


def code(view: views.PermitsView) -> str:
    """Return the Python that makes the numbers of the picture."""
    return (
        f"from bittensor_lab.views.permits import World, permits\nworld = {view.world}\npermits(world).uids"
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="what does a root TAO count?",
        hint="In % of an alpha",
        high=100.0,
        ticks=[0.0, 25.0, 50.0, 75.0, 100.0],
        truth=100 * views.weight_of_a_tao(WORLDS["places"].world),
        why="TAO on root counts by tao_weight, the same on every subnet. Prices play no part.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
