"""A tiny network block by block: what happens off the chain, what is asked of it, and what it does by itself.

Three subnets; on the first, miners clean up sounds and validators score them now and then (``agents.Work``),
two people trade. ``story`` plays it once and writes down every block:

    off the chain    a validator asks miners and scores their answers
    extrinsics       what somebody signed: weights, stake
    the block        TAO that goes into subnets; an epoch, once in a tempo, and whom it pays
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from bittensor_lab.agents import Agent, Miner, Work, asked, measures, momentum, spoofing, turns, yield_chaser
from bittensor_lab.block import Extrinsic, begin_block, block_step
from bittensor_lab.events import EmissionDistributed, Event, ExtrinsicFailed
from bittensor_lab.extrinsics import AddStake, RemoveStake, SetWeights, SwapStake
from bittensor_lab.presets import demo_network
from bittensor_lab.state import State
from bittensor_lab.tasks import speech
from bittensor_lab.units import NO_BREAK_SPACE, RAO_PER_TAO, U16_MAX

SUBNETS, VALIDATORS, SKILLS, NETUID = 3, 3, (0.3, 0.6, 0.9), 1
BLOCKS, SAMPLES = 121, 3
"""of the story: two tempos and one; challenges that a validator looks at"""


@dataclass(frozen=True, eq=False)
class Story:
    """What happened, block by block."""

    blocks: pd.DataFrame
    """block, measured (validators at work), extrinsics, tao (into pools), epochs, alpha and miners (paid)"""
    deeds: pd.DataFrame
    """block, who, what: a sentence each"""
    miners: pd.DataFrame
    """of netuid 1 at the end: miner, kind, score and weight (means over validators), incentive"""


def work(start: State) -> Work:
    """Return the work of netuid 1: three honest miners and one that spoofs, scored by the sound rule."""
    miners = [Miner(f"miner-{NETUID}-{n}", skill) for n, skill in enumerate(SKILLS, 1)]
    miners.append(Miner(f"miner-{NETUID}-{len(SKILLS) + 1}", 0.0, answers=spoofing))
    return Work(NETUID, speech.TASK, tuple(miners), starts=start.block)


@lru_cache(maxsize=4)
def story(seed: int = 0) -> Story:
    """Play the network of a seed and return what happened."""
    start = demo_network(SUBNETS, VALIDATORS, len(SKILLS) + 1, seed=seed)
    task = work(start)
    people = [
        Agent(f"validator-{n}-cold", f"validator-{n}", measures(task, SAMPLES), 30)
        for n in range(1, VALIDATORS + 1)
    ]
    people += [Agent("alice", "validator-1", momentum, 12), Agent("bob", "validator-2", yield_chaser, 17)]
    state, end, rows, deeds = (
        start,
        start.block + BLOCKS,
        list[tuple[object, ...]](),
        list[tuple[int, str, str]](),
    )
    for block, acting in turns(people, start.block, seed):
        while state.block < min(end, block - 1):
            state = _write(state, [], begin_block(state), 0, rows, deeds)
        if state.block >= end:
            break
        wanted = asked(acting, state, seed)
        measured = sum(agent.coldkey.startswith("validator") for agent in acting)
        state = _write(state, wanted, block_step(state, wanted), measured, rows, deeds)
    names = ["block", "measured", "extrinsics", "tao", "epochs", "alpha", "miners"]
    return Story(
        pd.DataFrame(rows, columns=names),
        pd.DataFrame(deeds, columns=["block", "who", "what"]),
        _miners(state, task),
    )


def _write(
    before: State, wanted: list[Extrinsic], step: tuple[State, tuple[Event, ...]], measured: int,
    rows: list[tuple[object, ...]], deeds: list[tuple[int, str, str]],
) -> State:  # fmt: skip
    """Write down a block; returns the state after it."""
    state, events = step
    tao = (state.total_issuance - before.total_issuance) / RAO_PER_TAO
    paid = [event for event in events if isinstance(event, EmissionDistributed)]
    alpha = sum(p.owner + p.miners + p.withheld + p.validators + p.root for p in paid) / RAO_PER_TAO
    miners = sum(p.miners + p.withheld for p in paid) / RAO_PER_TAO
    rows.append((state.block, measured, len(wanted), tao, len(paid), alpha, miners))
    refused = [event for event in events if isinstance(event, ExtrinsicFailed)]
    for extrinsic in wanted:
        deeds += _deeds(state.block, extrinsic)
    deeds += [(state.block, "the chain", f"refuses: {event.error.what}") for event in refused]
    deeds += [
        (
            state.block, "the chain",
            f"pays the epoch of subnet {p.netuid}: {_alpha(p.owner)} to its owner, {_alpha(p.miners)} to "
            f"miners, {_alpha(p.validators)} to validators and who staked on them",
        )
        for p in paid
    ]  # fmt: skip
    deeds.append((state.block, "the chain", f"puts {tao:.3g} τ into the pools of {SUBNETS} subnets"))
    return state


def _deeds(block: int, extrinsic: Extrinsic) -> list[tuple[int, str, str]]:
    if isinstance(extrinsic, SetWeights):
        shares = np.array(extrinsic.values) / sum(extrinsic.values)
        told = ", ".join(f"{share:.0%}" for share in shares)
        measured = f"asks the miners of subnet {extrinsic.netuid} {SAMPLES} things and scores the answers"
        return [
            (block, f"{extrinsic.hotkey}, off the chain", measured),
            (block, extrinsic.hotkey, f"sets weights: {told}"),
        ]
    if isinstance(extrinsic, AddStake):
        return [
            (
                block,
                extrinsic.coldkey,
                f"buys alpha of subnet {extrinsic.netuid} for {_tao(extrinsic.amount)}",
            )
        ]
    if isinstance(extrinsic, RemoveStake):
        return [(block, extrinsic.coldkey, f"sells {_alpha(extrinsic.amount)} of subnet {extrinsic.netuid}")]
    assert isinstance(extrinsic, SwapStake)  # those who trade ask for nothing else
    moved = f"{_alpha(extrinsic.amount)} of subnet {extrinsic.origin_netuid}"
    return [(block, extrinsic.coldkey, f"swaps {moved} for alpha of subnet {extrinsic.destination_netuid}")]


def _tao(rao: int) -> str:
    return f"{rao / RAO_PER_TAO:,.1f}{NO_BREAK_SPACE}τ"


def _alpha(rao: int) -> str:
    return f"{rao / RAO_PER_TAO:,.1f}{NO_BREAK_SPACE}α"


def _miners(state: State, task: Work) -> pd.DataFrame:
    """What became of each miner's work: score, weight, incentive."""
    subnet = state.subnet(NETUID)
    validators = [f"validator-{n}" for n in range(1, VALIDATORS + 1)]
    seen = [task.scores(state, validator, SAMPLES) for validator in validators]
    rows = []
    for miner in task.miners:
        uid = subnet.uids[miner.hotkey]
        given = []
        for validator in validators:
            row = subnet.mechanisms[0].weights[subnet.uids[validator]]
            given.append(float(row.value[row.uid == uid].sum()) / max(1, int(row.value.sum())))
        score = float(np.mean([each[miner.hotkey] for each in seen]))
        kind = "spoofs" if miner.answers is spoofing else f"skill {miner.skill:g}"
        incentive = int(subnet.mechanisms[0].incentive[uid]) / U16_MAX
        rows.append((miner.hotkey, kind, score, float(np.mean(given)), incentive))
    return pd.DataFrame(rows, columns=["miner", "kind", "score", "weight", "incentive"])


def miners_part(told: Story) -> float:
    """Return the part of all alpha paid that was the miners', of 1."""
    return float(told.blocks.miners.sum() / told.blocks.alpha.sum())


# --- tables and sentences ---------------------------------------------------------------------------


def tables(told: Story, number: int) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: marks (block, lane, size) and the block that is looked at."""
    blocks = told.blocks
    lanes = (("measured", blocks.measured), ("extrinsics", blocks.extrinsics), ("epochs", blocks.epochs))
    marks = pd.concat(
        [
            pd.DataFrame({"number": np.arange(1, len(blocks) + 1), "lane": lane, "size": size})[size > 0]
            for lane, size in lanes
        ],
        ignore_index=True,
    )
    every = pd.DataFrame({"number": np.arange(1, len(blocks) + 1), "tao": blocks.tao})
    return {"marks": marks, "every": every, "mark": pd.DataFrame([{"number": number}])}


def title(told: Story, number: int) -> str:
    """Return what happens in a block of the story, counted from 1."""
    row = told.blocks.iloc[number - 1]
    many = f"{row.extrinsics:.0f} extrinsic{'' if row.extrinsics == 1 else 's'}"
    paid = f", {row.epochs:.0f} epoch{'' if row.epochs == 1 else 's'}" if row.epochs else ""
    return f"Block {row.block:.0f}: {many}, {row.tao:.2g} τ into {SUBNETS} subnets{paid}"


def subtitle(told: Story, number: int) -> str:
    """Return how to read the marks."""
    return "Above the line: off the chain. Below: what the chain sees, and what it does by itself."


def summary(told: Story, number: int) -> str:
    """Return what everybody does in a block."""
    block = told.blocks.block.iloc[number - 1]
    done = told.deeds[told.deeds.block == block]
    return " ".join(
        f"{who[0].upper()}{who[1:]} {what}." for who, what in zip(done.who, done.what, strict=True)
    )
