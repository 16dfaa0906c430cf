"""The lab of lesson 12: an attack, its size and the defence; what it gains, what it costs, when it pays.

It only wires: attacks and sentences come from ``play.attacks``, the picture from ``charts.attacks``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, one_picture, recorded_bet
from bittensor_lab.labs.picture import ChartPicture
from bittensor_lab.play import attacks as views

BET = "12"
BET_KAPPA = 0.7
ATTACKS: dict[str, tuple[str, str, float]] = {
    "cabal": ("A cabal of validators", "They give all their weight to a miner of their own.", 0.3),
    "pump": ("A pump of the price", "Somebody buys, lets emission follow the price, and sells.", 0.2),
    "spoof": ("A spoofing miner", "It answers what the rule likes, and does no work.", 4.0),
}
"""presets: title, sentence, size"""
SHOWN = {
    "cabal": {"share", "kappa", "penalty"},
    "pump": {"part", "regime"},
    "spoof": {"challenges", "rule"},
}
"""the controls that say something about each attack"""


def build(preset: str = "cabal") -> Lab:
    """Return the lab, opened on a preset."""
    share = LabelledSlider(title="Stake of the cabal", labels=["part"], low=0.02, high=0.74, step=0.02)
    kappa = LabelledSlider(
        title="Majority needed", chain="kappa", labels=["part"], low=0.2, high=0.8, step=0.05
    )
    penalty = LabelledSlider(title="Bonds penalty", chain="bonds_penalty", labels=["cut"], step=0.25)
    part = LabelledSlider(
        title="TAO put in, of the pool's", labels=["part"], low=0.1, high=1.0, step=0.1, digits=1
    )
    regime = Choice(title="Rule of emission", options=[(letter, letter) for letter in "BCFG"])
    challenges = LabelledSlider(
        title="Challenges per epoch", labels=["challenges"], low=1.0, high=8.0, step=1.0, digits=0
    )
    rule = Choice(title="Rule of scoring", options=[("sound", "Sound"), ("tempting", "Tempting")])
    columns = (
        {"preset": Preset(title="Attack", options=[(name, about[0]) for name, about in ATTACKS.items()])},
        {
            "share": share, "kappa": kappa, "penalty": penalty,
            "part": part, "regime": regime, "challenges": challenges, "rule": rule,
        },
    )  # fmt: skip
    return one_per_cell(
        lambda: Lab(
            "attacks",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"attacks": ChartPicture()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for an attack: its size, and the usual defence."""
    _, sentence, _ = ATTACKS[name]
    usual = views.Defence()
    return {
        "preset": {"value": name, "sentence": sentence},
        "share": {"values": [ATTACKS["cabal"][2]]},
        "part": {"values": [ATTACKS["pump"][2]]},
        "challenges": {"values": [ATTACKS["spoof"][2]]},
        "kappa": {"values": [usual.kappa]},
        "penalty": {"values": [usual.penalty]},
        "regime": {"value": usual.regime},
        "rule": {"value": usual.rule},
    }


def compute(state: State) -> views.AttackView:
    """Find out what the attack comes to that the controls describe."""
    kind = state["preset"]
    size = {"cabal": state["share"], "pump": state["part"], "spoof": state["challenges"]}[kind]
    defence = views.Defence(
        round(state["kappa"], 2), round(state["penalty"], 2), state["regime"], state["rule"]
    )
    return views.attack(kind, round(size, 2), defence)


def draw(view: views.AttackView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture, without the controls of the other attacks."""
    drawing = one_picture(
        "attacks", views.tables(view), limits or views.limits(view),
        title=views.title(view), subtitle=views.subtitle(view), summary=views.summary(view),
        code=code(view), frame=view.curve,
    )  # fmt: skip
    every = {name for names in SHOWN.values() for name in names}
    return replace(drawing, hidden=tuple(sorted(every - SHOWN[view.kind])))


def code(view: views.AttackView) -> str:
    """Return the Python that makes the numbers of the picture."""
    d = view.defence
    return (
        "from bittensor_lab.play.attacks import Defence, attack\n"
        f'defence = Defence(kappa={d.kappa}, penalty={d.penalty}, regime="{d.regime}", rule="{d.rule}")\n'
        f'attack("{view.kind}", {view.size}, defence).curve'
    )


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    strip = BetStrip(
        question="with how much of the stake does a cabal win?",
        hint="The majority needed, kappa, is raised to 0.7",
        high=100.0,
        ticks=[0.0, 25.0, 50.0, 75.0, 100.0],
        truth=100 * views.least_share(BET_KAPPA),
        why="What it cannot lift it can block: without it, the honest do not reach seven tenths. "
        "(More than 30\u00a0% is enough; the stakes that are tried lie 2 apart.)",
    )
    return recorded_bet(strip, BET)


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
