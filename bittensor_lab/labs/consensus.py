"""The lab of lesson 03: weights and stake in; consensus, clipping, trust, incentive and dividends out.

It only wires: presets come from ``datasets``, the epoch and the sentences from ``views.consensus``, the
picture from ``charts.consensus``. Up to 8 × 12 the picture is made of gauges, above it is a heat map.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bittensor_lab import datasets
from bittensor_lab.labs.controls import BetStrip, Choice, LabelledSlider, MatrixEditor, Preset
from bittensor_lab.labs.lab import Drawing, Lab, State, one_per_cell, recorded_bet, untitled
from bittensor_lab.labs.picture import ChartPicture, HeatMap
from bittensor_lab.labs.scales import nice, rounded
from bittensor_lab.params import meaning
from bittensor_lab.views import consensus as views

BET = "03"
EDITABLE = (8, 12)
_preset = cache(datasets.preset)


def build(preset: str = "one_outlier") -> Lab:
    """Return the lab, opened on a preset."""
    stake = LabelledSlider(
        title="Stake of each validator", chain="stake_weight", show="share", tone="validator"
    )
    kappa = LabelledSlider(title=meaning("kappa").label, chain="kappa", labels=["κ"])
    rule = Choice(title="Consensus by", options=[("median", "Median"), ("mean", "Mean")])
    columns = (
        {"preset": Preset(options=list(datasets.preset_titles().items())), "stake": stake},
        {
            "kappa": kappa,
            "by": rule,
            "weights": MatrixEditor(title="Weights, % of each row", chain="weights"),
        },
    )
    return one_per_cell(
        lambda: Lab(
            "weights_and_consensus",
            columns,
            preset=preset,
            load=load,
            compute=compute,
            draw=draw,
            pictures={"gauges": ChartPicture(), "heat": HeatMap()},
            bet=bet_strip(),
        )
    )


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return what the controls show for a preset."""
    world = _preset(name)
    small = _has_gauges(*world.weights.shape)
    stakes = dict(zip(world.validators, world.stake, strict=True)) if small else world.group_stake()
    high = nice(sum(stakes.values()))
    matrix = world.weights.tolist() if small else []
    return {
        "preset": {"value": name, "sentence": world.sentence},
        "stake": {
            "title": "Stake of each validator" if small else "Stake of each crowd",
            "labels": list(stakes),
            "values": [float(round(s)) for s in stakes.values()],
            "high": high,
            "step": high / 100,
        },
        "kappa": {"values": [round(world.kappa / 65535, 2)]},
        "by": {"value": "median"},
        "weights": {
            "rows": list(world.validators[: len(matrix)]),
            "columns": list(world.miners),
            "values": matrix,
        },
    }


def setup(state: State) -> tuple[datasets.Preset, str]:
    """Return the world that the controls describe, and the Python that makes it."""
    world, start = _preset(state["preset"]), load(state["preset"])
    changes: dict[str, Any] = {
        "stake": {
            who: now
            for who, now, was in zip(
                start["stake"]["labels"], state["stake"], start["stake"]["values"], strict=True
            )
            if now != was
        },
        "weights": {
            who: now
            for who, now, was in zip(
                world.validators, state["weights"], start["weights"]["values"], strict=False
            )
            if now != was
        },
    }
    changes = {key: value for key, value in changes.items() if value}
    if state["kappa"] != start["kappa"]["values"][0]:
        changes["kappa"] = round(state["kappa"], 4)
    words = ", ".join(f"{key}={value!r}" for key, value in changes.items())
    return world.change(**changes), f'datasets.preset("{world.name}")' + (
        f".change({words})" if words else ""
    )


def compute(state: State) -> views.ConsensusView:
    """Run the epoch that the controls describe."""
    return views.consensus(setup(state)[0].inputs(), state["by"])


def draw(view: views.ConsensusView, state: State, limits: dict[str, float] | None) -> Drawing:
    """Return the sentences and the picture of one epoch."""
    ends = limits or {key: nice(most) for key, most in views.consensus_limits(view).items()}
    small = _has_gauges(len(view.validators), len(view.miners))
    key = f"{'consensus' if small else 'heat'} {len(view.validators)} {len(view.miners)}"

    def spec(theme: str) -> dict[str, Any]:
        return untitled(chart(view, ends, theme))

    return Drawing(
        title=views.title(view),
        subtitle=views.subtitle(view, gauges=small),
        summary=views.summary(view),
        code=code(view, state),
        frame=view.cells,
        limits=ends,
        chart=lambda: chart(view, ends),
        key=key,
        spec=spec,
        tables=lambda: tables(view),
        show=_gauges(view, ends, key, spec) if small else _heat(view, ends),
        wide=("weights",) if small and len(view.miners) > 8 else (),
        hidden=() if small else ("weights",),
    )


def code(view: views.ConsensusView, state: State) -> str:
    """Return the Python that makes the numbers of the picture."""
    by = "" if view.by == "median" else ', by="mean"'
    return (
        "from bittensor_lab import datasets\n"
        "from bittensor_lab.views.consensus import consensus\n"
        f"world = {setup(state)[1]}\n"
        f"consensus(world.inputs(){by}).cells"
    )


def chart(view: views.ConsensusView, ends: dict[str, float], theme: Any = "light") -> Any:
    """Return the picture as an Altair chart."""
    from bittensor_lab.charts import consensus as charts

    if not _has_gauges(len(view.validators), len(view.miners)):
        return charts.heat_chart(view.cells, name=theme, title=views.title(view))
    return charts.consensus_chart(
        views.consensus_tables(view),
        limits=ends,
        name=theme,
        title=views.title(view),
        subtitle=views.subtitle(view),
    )


def tables(view: views.ConsensusView) -> dict[str, dict[str, list[Any]]]:
    """Return the data of the picture, by name and column."""
    return {name: rounded(table) for name, table in views.consensus_tables(view).items()}


def _gauges(
    view: views.ConsensusView, ends: dict[str, float], key: str, spec: Any
) -> dict[str, dict[str, Any]]:
    params = {f"top_{name}": most for name, most in ends.items()}
    return {"gauges": {"key": key, "make": spec, "tables": tables(view), "params": params}}


def _heat(view: views.ConsensusView, ends: dict[str, float]) -> dict[str, dict[str, Any]]:
    m, v, remark = view.miners, view.validators, views.note(view)
    return {
        "heat": {
            "weights": view.cells.weight.to_numpy().reshape(len(v), len(m)),
            "columns": [m.consensus, m.incentive, m.by_mean if view.by == "median" else m.by_median],
            "rows": [v.stake, v.trust, v.lost, v.dividends],
            "clips": view.by == "median",
            "top": ends["weight"],
            "top_incentive": ends["incentive"],
            "top_dividends": ends["dividends"],
            "note": [remark.head, *remark.lines] if remark else [""],
        }
    }


@cache
def bet_strip() -> BetStrip:
    """Return the bet of this kernel: one widget, wherever it is shown."""
    world = datasets.preset("one_outlier")
    paid = views.consensus(world.inputs()).miners
    strip = BetStrip(
        question="what will M6 earn?",
        hint="Before the first move",
        high=30.0,
        ticks=[0.0, 10.0, 20.0, 30.0],
        truth=100 * float(paid.by_median.iloc[-1]),
        why="The median asks what half of the stake supports; how far the outlier goes is irrelevant.",
    )
    return recorded_bet(strip, BET)


def _has_gauges(validators: int, miners: int) -> bool:
    """Whether the matrix is small enough for gauges and for the editor."""
    return validators <= EDITABLE[0] and miners <= EDITABLE[1]


def warmup() -> None:
    """Make ahead what the first picture of each size would wait for."""
    for name in datasets.preset_names():
        if _has_gauges(*_preset(name).weights.shape):
            lab = build(name)
            lab.png()
            lab.close()
