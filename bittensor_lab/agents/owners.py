"""Clients and owners: money from outside the chain, and what becomes of it.

    a client pays    price · quality of what it was served        to the owner, in TAO
    an owner spends  part · (what it holds − what it keeps)       on the subnet's alpha, and burns that

A client uses the answers of the miners that the subnet pays most, and finds out what they are worth. So
the scoring rule decides what a subnet earns: if it pays spoofers, its clients are served by spoofers.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.accounts import free_tao
from bittensor_lab.agents.agent import Act, Agent
from bittensor_lab.agents.traders import LEAST
from bittensor_lab.agents.work import Work
from bittensor_lab.block import Extrinsic
from bittensor_lab.extrinsics import AddStakeBurn, Transfer
from bittensor_lab.state import State


def pays_for(work: Work, price: int) -> Act:
    """Return the act of a client who pays the owner ``price`` rao for perfect service, less for worse."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        amount = int(price * work.quality(state))
        owner = state.subnet(work.netuid).owner_coldkey
        affordable = 0 < amount <= free_tao(state, me.coldkey)
        return [Transfer(me.coldkey, owner, amount)] if affordable else []

    return act


def buys_back(netuid: int, revenue: int) -> Act:
    """Return the act of an owner who spends ``revenue`` rao each time on the alpha, and burns it."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        enough = free_tao(state, me.coldkey) > 2 * revenue
        return [AddStakeBurn(me.coldkey, me.hotkey, netuid, revenue)] if enough else []

    return act


def spends_revenue(netuid: int, keeps: int, part: float = 1.0) -> Act:
    """Return the act of an owner who buys back with ``part`` of what it holds above ``keeps`` rao."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        amount = int(part * (free_tao(state, me.coldkey) - keeps))
        return [AddStakeBurn(me.coldkey, me.hotkey, netuid, amount)] if amount >= LEAST else []

    return act
