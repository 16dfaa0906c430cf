"""Stakers and traders: they buy and sell alpha, each by one idea.

    gap = spot price / moving price − 1        a value investor buys below 0, a momentum trader above it

Nobody here knows what a subnet's work is worth; they see prices, pools and emission. Amounts are rao.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.accounts import free_tao
from bittensor_lab.agents.agent import Agent
from bittensor_lab.block import Extrinsic
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.extrinsics import AddStake, RemoveStake, RemoveStakeLimit, SwapStake
from bittensor_lab.market import alpha_price
from bittensor_lab.stake import stake_of
from bittensor_lab.state import State
from bittensor_lab.units import ONE, RAO_PER_TAO, tao

LEAST = tao(0.1)
"""what a trade must be worth to an agent"""
GAP = 0.01
"""how far spot and moving price must be apart to be noticed"""


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
