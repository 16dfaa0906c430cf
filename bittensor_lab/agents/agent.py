"""Agents: people as plain functions, who look at the chain and ask something of it.

    trader = Agent("tina", "validator-1", momentum)         who, on which hotkey, and how they act
    for state, events in crowd(state, [trader], blocks=600, seed=3): ...

An agent sees the state and gets a generator of its own, drawn from (seed, name, block): whatever the others
do, it has the same luck, so that two forks differ only by what was changed. What the chain refuses happens
to an agent as to anybody: nothing.

An act is a function ``(state, me, rng) -> extrinsics``. It remembers nothing: whatever it goes by stands in
the state, its own purse and its own weights included, so that any state can be gone on from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heapify, heapreplace

import numpy as np

from bittensor_lab.block import Events, Extrinsic, advance, block_step
from bittensor_lab.errors import SubnetNotExists
from bittensor_lab.state import State

NEVER = 2**62

Act = Callable[[State, "Agent", np.random.Generator], Sequence[Extrinsic]]


@dataclass(frozen=True)
class Agent:
    """Somebody with a coldkey who acts now and then."""

    coldkey: str
    hotkey: str
    """the hotkey that they stake on, or set weights with"""
    act: Act
    every: int = 10
    """blocks between two acts; the first comes at a block of their own"""


def luck(seed: int, name: str, block: int) -> np.random.Generator:
    """Return an agent's generator for a block."""
    drawn = blake2b(f"{seed}:{name}:{block}".encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(drawn, "big"))


def turn(agent: Agent, seed: int) -> int:
    """Return the remainder of the blocks at which an agent acts."""
    return int(luck(seed, agent.coldkey, -1).integers(agent.every))


def crowd(
    state: State, agents: Sequence[Agent], blocks: int, seed: int = 0
) -> Iterator[tuple[State, Events]]:
    """Let blocks pass in which agents act, in the order given; yield wherever something happens."""
    end = state.block + blocks
    for block, acting in turns(agents, state.block, seed):
        for reached, events in advance(state, min(end, block - 1) - state.block):
            state = reached
            yield state, events
        if state.block >= end:
            return
        state, events = block_step(state, asked(acting, state, seed))
        yield state, events


def turns(agents: Sequence[Agent], now: int, seed: int) -> Iterator[tuple[int, list[Agent]]]:
    """Yield the blocks after ``now`` in which somebody acts, and who does, in the order given."""
    first = now + 1
    due = [(first + (turn(agent, seed) - first) % agent.every, n) for n, agent in enumerate(agents)]
    heapify(due)
    while due:
        block, acting = due[0][0], list[Agent]()
        while due[0][0] == block:
            number = due[0][1]
            acting.append(agents[number])
            heapreplace(due, (block + agents[number].every, number))
        yield block, acting
    yield NEVER, []


def asked(acting: Sequence[Agent], state: State, seed: int) -> list[Extrinsic]:
    """Return what agents ask for in the next block; nothing, if one looks for a subnet that is no more."""
    extrinsics: list[Extrinsic] = []
    for agent in acting:
        with suppress(SubnetNotExists):
            extrinsics += agent.act(state, agent, luck(seed, agent.coldkey, state.block + 1))
    return extrinsics


def after(state: State, agents: Sequence[Agent], blocks: int, seed: int = 0) -> State:
    """Return the state after ``blocks`` blocks with agents."""
    for reached, _ in crowd(state, agents, blocks, seed):
        state = reached
    return state
