"""Attacks on a subnet: what each gains, what it costs, from which size on it pays, and what stops it.

    cabal    validators give all their weight to a miner of their own      size: their part of the stake
    pump     somebody buys alpha, lets emission follow, and sells          size: TAO over that in the pool
    spoof    a miner answers what the rule likes, without doing the work   size: challenges of an epoch

Gain and cost are measured against the same person being honest, on the engine: epochs with their bonds, a
fork of a chain with its blocks, a task's own answers. ``net = gain - cost``; a positive one is a fault of the
design, not of the person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab import datasets
from bittensor_lab.block import apply, run
from bittensor_lab.epoch import EpochTerms, matrix_inputs, run_epoch
from bittensor_lab.extrinsics import AddStake, RemoveStake
from bittensor_lab.market import alpha_price
from bittensor_lab.params import Hyperparameters
from bittensor_lab.presets import demo_network
from bittensor_lab.quotes import quote_remove_stake
from bittensor_lab.regimes import with_regime
from bittensor_lab.scenarios.base import rich
from bittensor_lab.stake import stake_of
from bittensor_lab.state import State
from bittensor_lab.units import MINUS, NO_BREAK_SPACE, RAO_PER_TAO, U16_MAX, format_percent, tao
from bittensor_lab.views import scoring
from bittensor_lab.views.labels import apart

STROKES, TURN = 90, 0.8
"""across the whole picture; from which part of it on the mark's words stand on its left"""
KINDS = ("cabal", "pump", "spoof")
SIZES = {
    "cabal": np.arange(0.02, 0.75, 0.02), "pump": np.arange(0.1, 1.01, 0.1), "spoof": np.arange(1.0, 9.0),
}  # fmt: skip
"""where the curves are computed"""
HONEST, MINERS, EPOCHS = 4, 4, 12
"""of the cabal's subnet: honest validators and miners; epochs until bonds have settled"""
NETUID, HELD, SUBNETS = 1, 200, 6
"""of the pump: subnet, blocks for which the alpha is held, subnets that share the block"""


@dataclass(frozen=True)
class Defence:
    """What the subnet or the network sets against attacks."""

    kappa: float = 0.5
    penalty: float = 1.0
    """bonds penalty"""
    regime: str = "F"
    rule: str = "sound"
    """of scoring"""


@dataclass(frozen=True, eq=False)
class AttackView:
    """One attack under one defence, at every size."""

    kind: str
    size: float
    """the one that is looked at"""
    defence: Defence
    curve: pd.DataFrame
    """size, gain, cost, net; other: net under the defence that it is compared with"""

    @property
    def here(self) -> pd.Series:
        """The row of the curve that is nearest to the size."""
        return self.curve.iloc[int((self.curve["size"] - self.size).abs().argmin())]


def attack(kind: str, size: float, defence: Defence = Defence()) -> AttackView:
    """Return what an attack comes to at every size, and the size that is looked at."""
    curve = _curve(kind, _relevant(kind, defence))
    other = _curve(kind, _relevant(kind, compared(kind)))
    return AttackView(kind, size, defence, curve.assign(other=other.net))


def compared(kind: str) -> Defence:
    """Return the defence that the dashed line stands for: the usual one, or none."""
    return {"cabal": Defence(), "pump": Defence(regime="B"), "spoof": Defence(rule="tempting")}[kind]


def _relevant(kind: str, defence: Defence) -> Defence:
    """The defence, with what does not matter to this attack as usual, so that nothing runs twice."""
    if kind == "cabal":
        return Defence(kappa=defence.kappa, penalty=defence.penalty)
    return Defence(regime=defence.regime) if kind == "pump" else Defence(rule=defence.rule)


@lru_cache(maxsize=128)
def _curve(kind: str, defence: Defence) -> pd.DataFrame:
    found = {"cabal": _cabal, "pump": _pump, "spoof": _spoof}[kind]
    rows = [(size, *found(float(size), defence)) for size in SIZES[kind]]
    table = pd.DataFrame(rows, columns=["size", "gain", "cost"])
    return table.assign(net=table.gain - table.cost)


# --- a cabal of validators ---------------------------------------------------------------------------------


def _cabal(share: float, defence: Defence) -> tuple[float, float]:
    """What a cabal gets more (its miner) and less (its validators) than if honest; parts of all pay."""
    good = _opinions()
    miner, dividends = _income(share, _with_cabal(good, cheats=True), defence)
    honest_miner, honest_dividends = _income(share, _with_cabal(good, cheats=False), defence)
    change = dividends - honest_dividends
    return (miner - honest_miner + max(change, 0.0)) / 2, max(-change, 0.0) / 2


def net_of_cabal(share: float, defence: Defence) -> float:
    """Return what a cabal with this part of the stake gets more than if honest, as a part of all pay."""
    gain, cost = _cabal(share, defence)
    return gain - cost


def _opinions() -> NDArray[np.int64]:
    """What the honest think of their four miners and of the cabal's [validators, miners]."""
    rng = np.random.default_rng(12)
    return np.hstack([np.round(rng.uniform(20, 40, (HONEST, MINERS))), np.ones((HONEST, 1))]).astype(np.int64)


def _with_cabal(good: NDArray[np.int64], cheats: bool) -> NDArray[np.int64]:
    """The same with a row for the cabal: all on its own miner, or what the others think on average."""
    own = np.array([0] * MINERS + [100]) if cheats else np.round(good.mean(axis=0)).astype(np.int64)
    return np.vstack([good, own])


def _income(share: float, weights: NDArray[np.int64], defence: Defence) -> tuple[float, float]:
    """Incentive of the cabal's miner, and dividends of the cabal, of 1, once bonds have settled."""
    terms = settled(share, weights, defence)
    return float(terms.incentive[-1] / U16_MAX), float(terms.dividends[HONEST] / U16_MAX)


def settled(share: float, weights: NDArray[np.int64], defence: Defence) -> EpochTerms:
    """Return the terms of the last of ``EPOCHS`` epochs with the same weights [validators, miners]."""
    stake = [tao(round(1_000 * part, 6)) for part in (*[(1 - share) / HONEST] * HONEST, share)]
    rules = Hyperparameters(
        commit_reveal=False, kappa=int(defence.kappa * U16_MAX), bonds_penalty=int(defence.penalty * U16_MAX)
    )
    inputs = matrix_inputs(stake, weights, hyperparameters=rules)
    for _ in range(EPOCHS):
        terms = run_epoch(inputs)
        inputs = replace(inputs, bonds=terms.bonds)
    return terms


def consensus_of_its_miner(share: float, kappa: float) -> tuple[float, float]:
    """Return the consensus of the cabal's miner, and the highest weight that an honest validator gave it."""
    good = _opinions()
    terms = settled(share, _with_cabal(good, cheats=True), Defence(kappa=kappa))
    return float(terms.consensus[-1] / U16_MAX), float((good[:, -1] / good.sum(axis=1)).max())


def least_share(kappa: float) -> float:
    """Return the least stake with which the cabal earns more than by being honest; a step of the curve."""
    curve = attack("cabal", 0.0, Defence(kappa=kappa)).curve
    return float(curve["size"][curve.net > 0].iloc[0])


# --- a pump of the price -----------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _market(regime: str) -> State:
    """Six subnets under a rule, and somebody with as much TAO as a pool holds."""
    start = demo_network(SUBNETS, 4, 8, seed=0)
    start = rich(start, "whale", int(start.pools.tao_in[NETUID]) + tao(10))
    flowing = replace(start.pools, user_flow_ema=start.pools.tao_in / 1e4)
    return with_regime(replace(start, pools=flowing), regime)


def _pump(part: float, defence: Defence) -> tuple[float, float]:
    """What the purchase makes the blocks add to the alpha, and what buying and selling at once costs; τ."""
    state = _market(defence.regime)
    amount = int(part * int(state.pools.tao_in[NETUID]))
    before = state.free["whale"]
    state, _ = apply(state, AddStake("whale", "validator-1", NETUID, amount))
    bought = stake_of(state, NETUID, "validator-1", "whale")
    at_once = quote_remove_stake(state, None, None, NETUID, bought).out
    later, _ = apply(run(state, HELD), RemoveStake("whale", "validator-1", NETUID, bought))
    kept = later.free["whale"] - before
    cost = amount - at_once
    return (kept + cost - amount * _drift(defence.regime)) / RAO_PER_TAO, cost / RAO_PER_TAO


@lru_cache(maxsize=4)
def _drift(regime: str) -> float:
    """What the same blocks do to the price by themselves, as a part: whoever holds alpha has that anyway."""
    quiet = _market(regime)
    return alpha_price(run(quiet, HELD), NETUID) / alpha_price(quiet, NETUID) - 1


# --- a spoofing miner ---------------------------------------------------------------------------------------


def _spoof(challenges: float, defence: Defence) -> tuple[float, float]:
    """The spoofer's part of the miners' pay, and an even part, which honest work would bring on average."""
    view = scoring.scoring("text", defence.rule, "spoofs", round(challenges))
    return float(view.sixth.pay), 1 / len(view.miners)


# --- beside the lab -----------------------------------------------------------------------------------------


def suspects() -> pd.DataFrame:
    """Return three subnets without their names: what the last epoch and the chain say of each."""
    rows = []
    for letter, name in zip("ABC", sorted(datasets.metagraph_names()), strict=True):
        state = datasets.metagraph(name)
        (netuid,) = state.netuids
        terms = run_epoch(datasets.metagraph_inputs(name))
        pay = terms.incentive / max(1, terms.incentive.sum())
        subnet = state.subnet(netuid)
        voters = terms.dividends > 0
        owners = np.array([state.owner[key] == subnet.owner_coldkey for key in subnet.hotkeys])
        rows.append(
            (
                letter,
                int((pay > 0).sum()),
                float(pay.max()),
                int(voters.sum()),
                float(terms.validator_trust[voters].mean() / U16_MAX),
                float(pay[owners].sum()),
            )
        )
    columns = ["subnet", "uids paid", "largest part", "validators paid", "their trust", "to the owner's keys"]
    return pd.DataFrame(rows, columns=columns).set_index("subnet")


# --- tables and sentences ---------------------------------------------------------------------------

WHO = {"cabal": "The cabal", "pump": "The pump", "spoof": "The spoofer"}
PLACE = {"cabal": "of the stake", "pump": "of the pool"}


def sized(kind: str, size: float) -> str:
    """Return a size as people read it."""
    if kind == "spoof":
        return f"{size:.0f} challenge{'' if size == 1 else 's'}"
    return f"{format_percent(size)} {PLACE[kind]}"


def amount(kind: str, value: float) -> str:
    """Return a gain or cost as people read it."""
    if kind == "pump":
        return f"{round(value, 1) + 0.0:.1f}{NO_BREAK_SPACE}τ".replace("-", MINUS)
    return format_percent(round(value, 3) + 0.0, 1)


def title(view: AttackView) -> str:
    """Return from which size on the attack pays."""
    pays, sizes = (view.curve.net > 1e-6).to_numpy(), view.curve["size"].to_numpy()
    who = WHO[view.kind]
    if not pays.any():
        return f"{who} never pays" if view.kind != "spoof" else f"{who} never gets more than honest work"
    if pays.all():
        return f"{who} pays at every size"
    first, last = int(pays.argmax()), len(pays) - 1 - int(pays[::-1].argmax())
    if pays[-1]:
        return f"{who} pays from {sized(view.kind, sizes[first])} on"
    if pays[0]:
        return f"{who} pays up to {sized(view.kind, sizes[last])}"
    return f"{who} pays from {format_percent(sizes[first])} to {sized(view.kind, sizes[last])}"


def subtitle(view: AttackView) -> str:
    """Return what it comes to at the size that is looked at."""
    row = view.here
    net = amount(view.kind, abs(row.net))
    word = "a profit" if row.net > 0 else "a loss"
    return (
        f"At {sized(view.kind, row['size'])}: a gain of {amount(view.kind, row.gain)}, a cost of "
        f"{amount(view.kind, row.cost)}, so {word} of {net}."
    )


def summary(view: AttackView) -> str:
    """Return the picture in words."""
    said = {
        "cabal": "Gain: what its own miner gets, and its validators if they get more. Cost: the dividends "
        "that its validators lose. Both are parts of all that the epoch pays",
        "pump": f"Gain: what {HELD} blocks add to the alpha. Cost: what buying and selling at once costs",
        "spoof": "Gain: the spoofer's part of the miners' pay. Cost: what an honest miner gets on average",
    }[view.kind]
    best = view.curve.iloc[int(view.curve.net.argmax())]
    most = amount(view.kind, best.net)
    found = f"{said}. Their difference is best at {sized(view.kind, best['size'])}: {most}."
    if np.allclose(view.curve.net, view.curve.other):
        return found
    other = amount(view.kind, float(view.curve.other.max()))
    return f"{found} {COMPARED[view.kind]} it would be {other} at the best."


COMPARED = {
    "cabal": "With kappa one half and the full bonds penalty", "pump": "Under rule B",
    "spoof": "By the tempting rule",
}  # fmt: skip
UNITS = {
    "cabal": "part of what the epoch pays", "pump": "τ", "spoof": "part of what the miners are paid",
}  # fmt: skip
SIZED = {
    "cabal": "stake of the cabal, part of all", "pump": "TAO that the pumper puts in, of that in the pool",
    "spoof": "challenges that validators look at in an epoch",
}  # fmt: skip


def tables(view: AttackView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: lines, strokes (where it pays), mark, ends and words."""
    curve, row, ends = view.curve, view.here, limits(view)
    apart_from = not np.allclose(curve.net, curve.other)
    shown = ["gain", "cost", "other"] if apart_from else ["gain", "cost"]
    lines = curve.melt("size", shown, "kind", "value")
    said = f"net {amount(view.kind, row.net)}"
    late = bool(row["size"] > TURN * ends["size"])
    mark = pd.DataFrame([{"size": row["size"], "value": row.gain, "text": said, "late": late}])
    last = curve.iloc[-1]
    values = np.array([last.gain, last.cost, last.other])
    named = pd.DataFrame(
        {
            "kind": ["gain", "cost", "other"],
            "size": ends["size"],
            "apart": apart(values, 0.075 * (ends["most"] - ends["least"]), ends["least"], ends["most"]),
            "words": ["gain", "cost", SHORT[view.kind]],
        }
    )
    named = named[named.kind.isin(shown)]
    words = pd.DataFrame([{"unit": f"Gain and cost, {UNITS[view.kind]}", "sized": SIZED[view.kind]}])
    words = words.assign(size=ends["size"], longest=max(SHORT.values(), key=len))
    return {"lines": lines, "strokes": _strokes(curve), "mark": mark, "ends": named, "words": words}


SHORT = {"cabal": "net, κ ½", "pump": "net, rule B", "spoof": "net, tempting"}


def _strokes(curve: pd.DataFrame) -> pd.DataFrame:
    """Upright strokes from cost to gain where the attack pays."""
    places = np.linspace(curve["size"].min(), curve["size"].max(), STROKES)
    gain, cost = (np.interp(places, curve["size"], curve[name]) for name in ("gain", "cost"))
    pays = gain > cost
    return pd.DataFrame({"size": places[pays], "gain": gain[pays], "cost": cost[pays]})


def limits(view: AttackView) -> dict[str, float]:
    """Return how far the scales must reach."""
    values = view.curve[["gain", "cost", "net", "other"]].to_numpy()
    return {
        "size": float(view.curve["size"].max()),
        "most": 1.08 * float(max(values.max(), 1e-3)),
        "least": 1.08 * float(min(values.min(), 0.0)),
    }
