"""A tiny network block by block: what happens off the chain, what is asked of it, and what it does by itself.

Three subnets; on the first, miners clean up sounds and validators score them now and then (``agents.Work``),
two people trade. ``story`` plays it once and writes down every block:

    off the chain    a validator asks miners and scores their answers
    extrinsics       what somebody signed: weights, trades
    the block        TAO that goes into subnets; an epoch, once in a tempo, and whom it pays

and, for the last epoch of the first subnet, both layers side by side: challenge, answers and scores off the
chain; weights, incentive and pay on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.agents import Agent, Miner, Work, asked, measures, momentum, spoofing, turns, yield_chaser
from bittensor_lab.agents.work import RuleName
from bittensor_lab.block import Extrinsic, begin_block, block_step
from bittensor_lab.events import EmissionDistributed, Event, ExtrinsicFailed
from bittensor_lab.extrinsics import AddStake, RemoveStake, SetWeights, SwapStake
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network
from bittensor_lab.quotes import quote_remove_stake
from bittensor_lab.stake import stake_on
from bittensor_lab.state import State
from bittensor_lab.tasks import speech
from bittensor_lab.units import NO_BREAK_SPACE, RAO_PER_TAO, U16_MAX, format_percent

SUBNETS, VALIDATORS, SKILLS, NETUID = 3, 3, (0.3, 0.6, 0.9), 1
FIRST, BLOCKS, SAMPLES = 1_001, 121, 3
"""number of the first block; how many blocks: two tempos and one; challenges that a validator looks at"""
HOTKEYS = tuple(f"validator-{n}" for n in range(1, VALIDATORS + 1))


@dataclass(frozen=True, eq=False)
class Story:
    """What happened, block by block, and both layers of the first subnet at its last epoch."""

    blocks: pd.DataFrame
    """block, measured (validators at work), weights, trades, extrinsics (both), tao (into subnets), epochs,
    alpha and miners (paid)"""
    deeds: pd.DataFrame
    """block, who, what: a sentence each"""
    answers: pd.DataFrame
    """of one challenge: who, symbols, right (part of the symbols), loud (of full volume)"""
    miners: pd.DataFrame
    """miner, kind, score and weight (means over validators), incentive, alpha (that came to its hotkey)"""
    scores: NDArray[np.float64]  # [validators, miners]
    """off the chain: what each validator found, the last time before the epoch"""
    weights: NDArray[np.float64]  # [validators, miners]
    """on the chain: what each validator's row held when the epoch ran, as shares"""
    pay: pd.DataFrame
    """of that epoch: to, alpha, part"""
    worth: pd.DataFrame
    """by subnet, at its last epoch: subnet, alpha (to miners), price and tao (what a sale of it all gives)"""


class Step(NamedTuple):
    """One block: the state before and after it, what happened, and what was asked."""

    before: State
    after: State
    events: tuple[Event, ...]
    wanted: list[Extrinsic]

    @property
    def paid(self) -> list[EmissionDistributed]:
        """The epochs that were paid out."""
        return [event for event in self.events if isinstance(event, EmissionDistributed)]


def work(start: State, rule: RuleName = "sound") -> Work:
    """Return the work of netuid 1: three honest miners and one that spoofs, scored by a rule."""
    miners = [Miner(f"miner-{NETUID}-{n}", skill) for n, skill in enumerate(SKILLS, 1)]
    miners.append(Miner(f"miner-{NETUID}-{len(SKILLS) + 1}", 0.0, answers=spoofing))
    return Work(NETUID, speech.TASK, tuple(miners), rule, starts=start.block)


@lru_cache(maxsize=6)
def story(seed: int = 0, rule: RuleName = "sound") -> Story:
    """Play the network of a seed, its validators scoring by a rule, and return what happened."""
    start = demo_network(SUBNETS, VALIDATORS, len(SKILLS) + 1, seed=seed)
    task = work(start, rule)
    steps = list(_steps(start, task, seed))
    last = next(step for step in reversed(steps) if any(paid.netuid == NETUID for paid in step.paid))
    asked_in = [_last_asked(steps, last, hotkey) for hotkey in HOTKEYS]
    found = [task.scores(state, hotkey, SAMPLES) for state, hotkey in zip(asked_in, HOTKEYS, strict=True)]
    scores = np.array([[each[miner.hotkey] for miner in task.miners] for each in found])
    weights = _weights(last.before, task)
    return Story(
        pd.DataFrame([_row(step) for step in steps], columns=COLUMNS),
        pd.DataFrame([deed for step in steps for deed in _deeds(step)], columns=["block", "who", "what"]),
        _answers(asked_in[0], task),
        _miners(last, task, scores, weights),
        scores,
        weights,
        _pay(next(paid for paid in last.paid if paid.netuid == NETUID)),
        _worth(steps),
    )


def miners_part(told: Story) -> float:
    """Return the part of all alpha paid that was the miners', of 1."""
    return float(told.blocks.miners.sum() / told.blocks.alpha.sum())


# --- playing ------------------------------------------------------------------------------------------


def _steps(start: State, task: Work, seed: int) -> Iterator[Step]:
    """Yield every block of the story."""
    people = [Agent(f"{hotkey}-cold", hotkey, measures(task, SAMPLES), 30) for hotkey in HOTKEYS]
    people += [Agent("alice", HOTKEYS[0], momentum, 12), Agent("bob", HOTKEYS[1], yield_chaser, 17)]
    state, end = start, start.block + BLOCKS
    for block, acting in turns(people, start.block, seed):
        while state.block < min(end, block - 1):
            step = Step(state, *begin_block(state), [])
            yield step
            state = step.after
        if state.block >= end:
            return
        wanted = asked(acting, state, seed)
        step = Step(state, *block_step(state, wanted), wanted)
        yield step
        state = step.after


def _last_asked(steps: Sequence[Step], end: Step, hotkey: str) -> State:
    """The state in which a validator asked the miners, the last time before the epoch of ``end`` ran."""
    return next(
        step.before
        for step in reversed(steps)
        if step.after.block < end.after.block
        and any(isinstance(each, SetWeights) and each.hotkey == hotkey for each in step.wanted)
    )


# --- what is written down -----------------------------------------------------------------------------

COLUMNS = ["block", "measured", "weights", "trades", "extrinsics", "tao", "epochs", "alpha", "miners"]


def _row(step: Step) -> tuple[float, ...]:
    """A block as a row of ``Story.blocks``; whoever sets weights in this story has measured."""
    weights = sum(isinstance(each, SetWeights) for each in step.wanted)
    return (
        step.after.block,
        weights,
        weights,
        len(step.wanted) - weights,
        len(step.wanted),
        _issued(step) / RAO_PER_TAO,
        len(step.paid),
        sum(sum(_parts(paid)) for paid in step.paid) / RAO_PER_TAO,
        sum(paid.miners + paid.withheld for paid in step.paid) / RAO_PER_TAO,
    )


def _issued(step: Step) -> int:
    return step.after.total_issuance - step.before.total_issuance


def _parts(paid: EmissionDistributed) -> tuple[int, int, int, int]:
    """Owner, miners, validators with their stakers, root's stakers; rao of alpha."""
    return paid.owner, paid.miners + paid.withheld, paid.validators, paid.root


def _answers(state: State, task: Work) -> pd.DataFrame:
    """One challenge of the round, as it was meant, and what every miner sent back."""
    (challenge, given), *_ = task.answers(state, [0])
    clean = np.concatenate([speech.tone(int(symbol), speech.LENGTH) for symbol in challenge.truth])
    rows = []
    for who, heard in {"what was sent": speech.Heard(challenge.truth, clean), **given}.items():
        right = task.task.sound(challenge.shown, heard, challenge.truth)
        loud = task.task.tempting(challenge.shown, heard, challenge.truth)
        rows.append((who, _symbols(heard.symbols), right, loud))
    return pd.DataFrame(rows, columns=["who", "symbols", "right", "loud"])


def _symbols(symbols: NDArray[np.int64]) -> str:
    return " ".join(str(symbol) for symbol in symbols.tolist())


def _weights(state: State, task: Work) -> NDArray[np.float64]:
    """The weights on the chain as shares [validators, miners]."""
    subnet = state.subnet(NETUID)
    uids = [subnet.uids[miner.hotkey] for miner in task.miners]
    rows = [subnet.mechanisms[0].weights[subnet.uids[hotkey]] for hotkey in HOTKEYS]
    given = np.array([[row.value[row.uid == uid].sum() for uid in uids] for row in rows], float)
    return given / np.array([[row.value.sum(dtype=float)] for row in rows])


def _miners(
    last: Step, task: Work, scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> pd.DataFrame:
    """What became of each miner's work in the epoch."""
    subnet = last.after.subnet(NETUID)
    rows = []
    for n, miner in enumerate(task.miners):
        kind = "only makes noise" if miner.answers is spoofing else f"skill {miner.skill:g}"
        incentive = int(subnet.mechanisms[0].incentive[subnet.uids[miner.hotkey]]) / U16_MAX
        had, has = (stake_on(state, NETUID, miner.hotkey) for state in (last.before, last.after))
        alpha = (has - had) / RAO_PER_TAO
        rows.append((miner.hotkey, kind, scores[:, n].mean(), weights[:, n].mean(), incentive, alpha))
    return pd.DataFrame(rows, columns=["miner", "kind", "score", "weight", "incentive", "alpha"])


def _pay(paid: EmissionDistributed) -> pd.DataFrame:
    """Whom the epoch paid, and how much."""
    alpha = np.array(_parts(paid)) / RAO_PER_TAO
    to = ["the subnet's owner", "its miners", "its validators and their stakers", "root's stakers"]
    return pd.DataFrame({"to": to, "alpha": alpha, "part": alpha / alpha.sum()})


def _worth(steps: Sequence[Step]) -> pd.DataFrame:
    """What the miners of each subnet got in its last epoch, and what it is worth in TAO."""
    rows = []
    for netuid in range(1, SUBNETS + 1):
        paid, state = next(
            (paid, step.after) for step in reversed(steps) for paid in step.paid if paid.netuid == netuid
        )
        alpha = paid.miners + paid.withheld
        tao = quote_remove_stake(state, None, None, netuid, alpha).out
        rows.append((netuid, alpha / RAO_PER_TAO, alpha_price(state, netuid), tao / RAO_PER_TAO))
    return pd.DataFrame(rows, columns=["subnet", "alpha", "price", "tao"])


# --- sentences ----------------------------------------------------------------------------------------


def _deeds(step: Step) -> list[tuple[int, str, str]]:
    """What everybody did in a block, a sentence each."""
    told = [deed for extrinsic in step.wanted for deed in _asked(extrinsic)]
    told += [
        ("the chain", f"refuses: {event.error.what}")
        for event in step.events
        if isinstance(event, ExtrinsicFailed)
    ]
    told += [("the chain", _epoch(step.after, paid)) for paid in step.paid]
    pools = f"puts {_issued(step) / RAO_PER_TAO:.3g}{NO_BREAK_SPACE}τ into the pools of {SUBNETS} subnets"
    return [(step.after.block, who, what) for who, what in [*told, ("the chain", pools)]]


def _epoch(state: State, paid: EmissionDistributed) -> str:
    owner, miners, validators, root = map(_alpha, _parts(paid))
    subnet = state.subnet(paid.netuid)
    incentive = subnet.mechanisms[0].incentive
    best = int(incentive.argmax())
    most = f"{subnet.hotkeys[best]} gets {format_percent(incentive[best] / U16_MAX)} of it"
    return (
        f"pays the epoch of subnet {paid.netuid}: {owner} to its owner, {miners} to miners ({most}), "
        f"{validators} to validators and who staked on them, {root} to who staked on root"
    )


def _asked(extrinsic: Extrinsic) -> list[tuple[str, str]]:
    if isinstance(extrinsic, SetWeights):
        shares = np.array(extrinsic.values) / sum(extrinsic.values)
        told = ", ".join(map(format_percent, shares))
        measured = (
            f"sends the miners of subnet {extrinsic.netuid} {SAMPLES} noisy sounds and scores the answers"
        )
        return [
            (f"{extrinsic.hotkey}, off the chain,", measured),
            (extrinsic.hotkey, f"sets weights: {told}"),
        ]
    if isinstance(extrinsic, AddStake):
        bought = f"buys alpha of subnet {extrinsic.netuid} for {_tao(extrinsic.amount)}"
        return [(extrinsic.coldkey, bought)]
    if isinstance(extrinsic, RemoveStake):
        return [(extrinsic.coldkey, f"sells {_alpha(extrinsic.amount)} of subnet {extrinsic.netuid}")]
    assert isinstance(extrinsic, SwapStake)  # those who trade ask for nothing else
    moved = f"{_alpha(extrinsic.amount)} of subnet {extrinsic.origin_netuid}"
    return [(extrinsic.coldkey, f"swaps {moved} for alpha of subnet {extrinsic.destination_netuid}")]


def _tao(rao: int) -> str:
    return f"{rao / RAO_PER_TAO:,.1f}{NO_BREAK_SPACE}τ"


def _alpha(rao: int) -> str:
    return f"{rao / RAO_PER_TAO:,.1f}{NO_BREAK_SPACE}α"


# --- tables and sentences of the picture --------------------------------------------------------------


def tables(told: Story, number: int) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: marks (block, lane, size) and the block that is looked at."""
    blocks = told.blocks
    marks = pd.concat(
        [
            pd.DataFrame({"block": blocks.block, "lane": lane, "size": blocks[lane]})[blocks[lane] > 0]
            for lane in ("measured", "weights", "trades", "epochs")
        ],
        ignore_index=True,
    )
    return {"marks": marks, "every": blocks[["block", "tao"]], "mark": pd.DataFrame([{"block": number}])}


def title(told: Story, number: int) -> str:
    """Return what happens in a block, by its number on the chain."""
    row = told.blocks.iloc[number - FIRST]
    many = f"{row.extrinsics:.0f} extrinsic{'' if row.extrinsics == 1 else 's'}"
    paid = f", {row.epochs:.0f} epoch{'' if row.epochs == 1 else 's'}" if row.epochs else ""
    return f"Block {row.block:.0f}: {many}, {row.tao:.2g}{NO_BREAK_SPACE}τ into {SUBNETS} subnets{paid}"


def subtitle(told: Story, number: int) -> str:
    """Return how to read the marks."""
    return "Above the line: off the chain. Below: what the chain sees and does. Large: two or more."


def summary(told: Story, number: int) -> str:
    """Return what everybody does in a block."""
    done = told.deeds[told.deeds.block == number]
    return " ".join(
        f"{who[0].upper()}{who[1:]} {what}." for who, what in zip(done.who, done.what, strict=True)
    )
