"""The lab of lesson 05: how late a copier is, how fast miners change; whether copying pays.

It only wires: epochs and sentences come from ``views.copying``, the picture from ``charts.copying``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.labs.scales import nice
from bittensor_lab.views import copying as views

BET = "05"
WORLDS: dict[str, tuple[str, str, float, float]] = {
    "lively": ("Lively", "Miners change by a tenth in every epoch; validators see well.", 0.10, 0.05),
    "settled": ("Settled", "Miners hardly change; validators see badly.", 0.02, 0.20),
    "race": ("A race", "Miners overtake each other all the time.", 0.35, 0.10),
}
"""presets: title, sentence, drift and noise"""


def build(preset: str = "lively") -> Lab:
    """Return the lab, opened on a preset."""
    delay = LabelledSlider(
        title="Delay of the copier", chain="reveal_period_epochs", labels=["epochs"],
        low=0.0, high=float(max(views.DELAYS)), step=1.0, digits=0,
    )  # fmt: skip
    drift = LabelledSlider(title="Change of miners, per epoch", labels=["part"], low=0.0, high=0.5, step=0.01)
    noise = LabelledSlider(title="Error of honest validators", labels=["part"], low=0.0, high=0.5, step=0.01)
    rule = Choice(
        title="Bonds move by",
        chain="liquid_alpha",
        options=[("plain", "One rate"), ("liquid", "Liquid alpha")],
    )
    columns = (
        {"preset": Preset(options=[(name, about[0]) for name, about in WORLDS.items()]), "delay": delay},
        {"drift": drift, "noise": noise, "rule": rule},
    )
    return one_per_cell(
        lambda: Lab(
            "weight_copying",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"copying": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    _, sentence, drift, noise = WORLDS[name]
    return {
        "preset": {"value": name, "sentence": sentence},
        "delay": {"values": [1.0]},
        "drift": {"values": [drift]},
        "noise": {"values": [noise]},
        "rule": {"value": "plain"},
    }


def compute(state: State) -> views.CopyingView:
    """Run all the epochs that the controls describe."""
    rules = views.Rules(round(state["drift"], 2), round(state["noise"], 2))
    return views.copying(round(state["delay"]), state["rule"] == "liquid", rules)


def draw(view: views.CopyingView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture."""
    ends = limits or {key: nice(most) for key, most in views.limits(view).items()}
    tables, title, subtitle = views.tables(view), views.title(view), views.subtitle(view)
    return one_picture(
        "copying", tables, ends,
        title=title, subtitle=subtitle, summary=views.summary(view), code=code(view), frame=view.curve,
    )  # fmt: skip


def code(view: views.CopyingView) -> str:
    """Return the Python that makes the numbers of the picture."""
    return (
        "from bittensor_lab.views.copying import Rules, copying\n"
        f"rules = Rules(drift={view.rules.drift}, noise={view.rules.noise})\n"
        f"copying(delay={view.delay}, liquid={view.liquid}, rules=rules).curve"
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    _, _, drift, noise = WORLDS["lively"]
    strip = BetStrip(
        question="what does copying cost, four epochs late?",
        hint="In % of what an honest validator earns",
        high=40.0,
        ticks=[0.0, 10.0, 20.0, 30.0, 40.0],
        truth=-100 * views.copying(4, False, views.Rules(drift, noise)).gain,
        why="Old weights are wrong only by what changed since, and bonds forget slowly.",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
