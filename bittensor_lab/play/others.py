"""The other people of the playground: traders, validators who look again, an owner who buys back.

    events = one_block(chain, seed=7)         # a block in which they act
    among_others(chain, 60, seed=7)           # sixty of them

They look at the chain as it was at the end of the last block, and what they ask is applied at the end of the
next, as in ``agents.crowd``. Their luck comes from (seed, name, block): two futures that part ways have the
same luck, and turning them off and on again changes nothing else.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache

import numpy as np

from bittensor_lab.agents import (
    Agent,
    asked,
    buys_back,
    index,
    momentum,
    pump_and_dump,
    turn,
    value_investor,
    yield_chaser,
)
from bittensor_lab.block import Events, Extrinsic
from bittensor_lab.chain import Chain
from bittensor_lab.errors import ChainError
from bittensor_lab.extrinsics import SetWeights
from bittensor_lab.state import State, Subnet
from bittensor_lab.units import U16_MAX, tao

BUYER = 2
"""the subnet whose owner has revenue, and buys alpha back with it"""
REVENUE, PURSE, TILL = tao(3), tao(200), tao(400)
"""what the owner spends each time; what a trader begins with, and what that owner does"""
DRIFT = 0.1
"""by about how much of itself a validator's weight changes when it looks again"""
TRADING = (value_investor, momentum, yield_chaser, pump_and_dump, index)


def looks_again(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
    """Change one's weights a little on every subnet; a new miner gets what the others get on average."""
    asks: list[Extrinsic] = []
    for netuid in state.netuids:
        subnet = state.subnet(netuid)
        row = subnet.mechanisms[0].weights[subnet.uids[me.hotkey]] if me.hotkey in subnet.uids else None
        if row is None or not len(row.uid):
            continue
        known = dict(zip(row.uid.tolist(), row.value.tolist(), strict=True))
        seen = known | dict.fromkeys(set(miners(subnet)) - known.keys(), float(np.mean(row.value)))
        uids = sorted(seen)
        drawn = np.array([seen[uid] for uid in uids]) * np.exp(rng.normal(0.0, DRIFT, len(uids)))
        values = np.maximum(1, np.round(drawn / drawn.max() * U16_MAX)).astype(int)
        asks.append(SetWeights(me.hotkey, netuid, tuple(uids), tuple(values.tolist())))
    return asks


def miners(subnet: Subnet) -> list[int]:
    """Return the uids that work for their pay, by their names: those of the others, and yours."""
    return [uid for uid, hotkey in enumerate(subnet.hotkeys) if "miner" in hotkey]


TRADERS = tuple(
    Agent(f"trader-{number + 1}", f"validator-{number % 4 + 1}", act, 20)
    for number, act in enumerate(TRADING)
)
PEOPLE = (
    *TRADERS,
    *(Agent(f"validator-{v}-cold", f"validator-{v}", looks_again, 60) for v in (1, 2, 3, 4)),
    Agent(f"owner-{BUYER}-cold", f"owner-{BUYER}", buys_back(BUYER, REVENUE), 30),
)


def endowed(state: State) -> State:
    """Return the state with what these people begin with."""
    purses = dict.fromkeys((trader.coldkey for trader in TRADERS), PURSE) | {f"owner-{BUYER}-cold": TILL}
    before = sum(state.free.get(coldkey, 0) for coldkey in purses)
    issued = state.total_issuance + sum(purses.values()) - before
    return replace(state, free=state.free.update(purses), total_issuance=issued)


@cache
def _turns(seed: int) -> tuple[int, ...]:
    return tuple(turn(agent, seed) for agent in PEOPLE)


def one_block(chain: Chain, seed: int) -> Events:
    """Let a block pass in which these people act, and return what happened; what is refused is nothing."""
    coming = chain.block + 1
    acting = [agent for agent, rest in zip(PEOPLE, _turns(seed), strict=True) if coming % agent.every == rest]
    asks = asked(acting, chain.state, seed)
    events = chain.run(1)
    for extrinsic in asks:
        with suppress(ChainError):
            events += chain.apply(extrinsic)
    return events


def among_others(chain: Chain, blocks: int, *, seed: int) -> Events:
    """Let ``blocks`` blocks pass among these people, and return what happened."""
    events: Events = ()
    for _ in range(blocks):
        events += one_block(chain, seed)
    return events
