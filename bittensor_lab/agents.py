"""Agents: people as plain functions, who look at the chain and ask something of it.

    trader = Agent("tina", "validator-1", momentum)         who, on which hotkey, and how they act
    for state, events in crowd(state, [trader], blocks=600, seed=3): ...

An agent sees the state and gets a generator of its own, drawn from (seed, name, block): whatever the others
do, it has the same luck, so that two forks differ only by what was changed. What the chain refuses happens
to an agent as to anybody: nothing.

An act is a function ``(state, me, rng) -> extrinsics``. Amounts here are rao.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from bittensor_lab.accounts import free_tao
from bittensor_lab.block import Events, Extrinsic, advance, block_step
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.extrinsics import (
    AddStake,
    AddStakeBurn,
    RemoveStake,
    RemoveStakeLimit,
    SetWeights,
    SwapStake,
)
from bittensor_lab.market import alpha_price
from bittensor_lab.stake import stake_of
from bittensor_lab.state import State
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, tao

Act = Callable[[State, "Agent", np.random.Generator], Sequence[Extrinsic]]
LEAST = tao(0.1)
"""what a trade must be worth to an agent"""
GAP = 0.01
"""how far spot and moving price must be apart to be noticed"""


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
    turns, end = [turn(agent, seed) for agent in agents], state.block + blocks
    while state.block < end:
        waits = [(t - state.block - 1) % a.every for a, t in zip(agents, turns, strict=True)]
        quiet = min([end - state.block, *waits])
        for reached, events in advance(state, quiet):
            state = reached
            yield state, events
        if state.block < end:
            asked = [
                extrinsic
                for agent, t in zip(agents, turns, strict=True)
                if (state.block + 1 - t) % agent.every == 0
                for extrinsic in agent.act(state, agent, luck(seed, agent.coldkey, state.block + 1))
            ]
            state, events = block_step(state, asked)
            yield state, events


def after(state: State, agents: Sequence[Agent], blocks: int, seed: int = 0) -> State:
    """Return the state after ``blocks`` blocks with agents."""
    for reached, _ in crowd(state, agents, blocks, seed):
        state = reached
    return state


# --- stakers and traders -------------------------------------------------------------------------


def _held(state: State, me: Agent) -> dict[int, int]:
    """An agent's alpha by netuid, where there is any."""
    held = {netuid: stake_of(state, netuid, me.hotkey, me.coldkey) for netuid in state.netuids}
    return {netuid: alpha for netuid, alpha in held.items() if alpha}


def _gaps(state: State) -> dict[int, float]:
    """How far each spot price lies above the moving price, of the latter."""
    moving = state.pools.moving_price / ONE
    return {n: alpha_price(state, n) / moving[n] - 1 for n in state.netuids if moving[n] > 0}


def _buy(state: State, me: Agent, netuid: int, part: float) -> list[Extrinsic]:
    amount = int(free_tao(state, me.coldkey) * part)
    return [AddStake(me.coldkey, me.hotkey, netuid, amount)] if amount >= LEAST else []


def _sell(state: State, me: Agent, netuid: int, part: float) -> list[Extrinsic]:
    amount = int(_held(state, me).get(netuid, 0) * part)
    if amount * alpha_price(state, netuid) < LEAST:
        return []
    return [RemoveStake(me.coldkey, me.hotkey, netuid, amount)]


def value_investor(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
    """Buy what has fallen below its moving price, sell what has risen above it."""
    gaps = _gaps(state)
    cheapest = min(gaps, key=lambda netuid: gaps[netuid])
    risen = [netuid for netuid in _held(state, me) if gaps.get(netuid, 0.0) > GAP]
    sold = [extrinsic for netuid in risen for extrinsic in _sell(state, me, netuid, 0.3)]
    return sold + (_buy(state, me, cheapest, 0.2) if gaps[cheapest] < -GAP else [])


def momentum(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
    """Buy what rises above its moving price, sell what falls below it."""
    gaps = _gaps(state)
    hottest = max(gaps, key=lambda netuid: gaps[netuid])
    falling = [netuid for netuid in _held(state, me) if gaps.get(netuid, 0.0) < -GAP]
    sold = [extrinsic for netuid in falling for extrinsic in _sell(state, me, netuid, 0.5)]
    return sold + (_buy(state, me, hottest, 0.2) if gaps[hottest] > GAP else [])


def index(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
    """Put a tenth of what is free into every subnet in proportion to its share of emission."""
    shares = emission_shares(state)
    return [e for netuid in state.netuids for e in _buy(state, me, netuid, 0.1 * float(shares[netuid]))]


def yield_chaser(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
    """Stake where a TAO of alpha earns the most alpha, and move there what lies elsewhere."""
    worth = {n: alpha_price(state, n) * int(state.pools.alpha_out[n]) for n in state.netuids}
    best = max(state.netuids, key=lambda n: alpha_price(state, n) / max(worth[n], 1.0))
    moves = [
        SwapStake(me.coldkey, me.hotkey, netuid, best, alpha // 4)
        for netuid, alpha in _held(state, me).items()
        if netuid != best and alpha * alpha_price(state, netuid) / 4 >= LEAST
    ]
    return [*moves, *_buy(state, me, best, 0.2)]


def pump_and_dump(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
    """Buy one subnet with half of all; once its emission has followed, sell the whole."""
    held = _held(state, me)
    if not held:
        return _buy(state, me, int(rng.choice(state.netuids)), 0.5)
    netuid = max(held, key=lambda n: held[n])
    followed = _gaps(state).get(netuid, 0.0) < GAP
    return [RemoveStake(me.coldkey, me.hotkey, netuid, held[netuid])] if followed else []


def exit_at_limit(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
    """Sell all there is, but never for more than a hundredth below the price of now."""
    return [
        RemoveStakeLimit(
            me.coldkey, me.hotkey, netuid, alpha, int(0.99 * alpha_price(state, netuid) * RAO_PER_TAO), True
        )
        for netuid, alpha in _held(state, me).items()
    ]


# --- owners and clients --------------------------------------------------------------------------


def buys_back(netuid: int, revenue: int) -> Act:
    """Return the act of an owner who spends ``revenue`` rao each time on the subnet's alpha, and burns it."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        enough = free_tao(state, me.coldkey) > 2 * revenue
        return [AddStakeBurn(me.coldkey, me.hotkey, netuid, revenue)] if enough else []

    return act


# --- validators ----------------------------------------------------------------------------------


def honest(netuid: int, quality: dict[str, float], noise: float) -> Act:
    """Return the act of a validator who sees each miner's quality, by hotkey, with some noise."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        uids = {hotkey: uid for hotkey, uid in state.subnet(netuid).uids.items() if hotkey in quality}
        seen = np.array([quality[hotkey] * rng.lognormal(0.0, noise) for hotkey in uids])
        return _weights(me, netuid, list(uids.values()), seen)

    return act


def copies(netuid: int) -> Act:
    """Return the act of a validator who gives what the last epoch found to be the consensus."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        consensus = state.subnet(netuid).consensus.astype(float)
        uids = np.flatnonzero(consensus)
        return _weights(me, netuid, uids.tolist(), consensus[uids])

    return act


def favours(netuid: int, miner: str) -> Act:
    """Return the act of a cabal's member, or of a bribed validator: all weight to one miner."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        uid = state.subnet(netuid).uids.get(miner)
        return [] if uid is None else _weights(me, netuid, [uid], np.ones(1))

    return act


def _weights(me: Agent, netuid: int, uids: list[int], seen: np.ndarray) -> list[Extrinsic]:  # seen: [uids]
    if not len(uids) or seen.max() <= 0:
        return []
    return [SetWeights(me.hotkey, netuid, uids, np.round(seen / seen.max() * U16_MAX).astype(int).tolist())]
