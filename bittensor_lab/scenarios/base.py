"""What a scenario is: a thing to learn, the number that shows it, and how to find it out from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
from immutables import Map

from bittensor_lab.market import alpha_price
from bittensor_lab.root_claims import claimable
from bittensor_lab.share_pool import SharePool
from bittensor_lab.stake import stake_of_coldkey
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import RAO_PER_TAO


@dataclass(frozen=True)
class Outcome:
    """What a scenario has found."""

    number: float
    frame: pd.DataFrame


@dataclass(frozen=True)
class Scenario:
    """A thing to learn, and how to find it out."""

    name: str
    teaches: str
    number: str
    """what ``Outcome.number`` is"""
    play: Callable[[int], Outcome]
    """from a seed"""


def rich(state: State, who: str, rao: int) -> State:
    """The same network in which somebody holds ``rao`` more."""
    held = state.free.get(who, 0) + rao
    return replace(state, free=state.free.set(who, held), total_issuance=state.total_issuance + rao)


def with_even_stake(state: State) -> State:
    """The same network in which nobody who has staked on a subnet, or on root, has more there than others."""
    ledgers = []
    for ledger in state.stake:
        part, left = divmod(sum(pool.value for pool in ledger.values()), max(1, len(ledger)))
        amounts = [part + (number < left) for number in range(len(ledger))]
        even = {
            hotkey: SharePool().with_stake(state.owner[hotkey], amount)
            for hotkey, amount in zip(sorted(ledger), amounts, strict=True)
        }
        ledgers.append(Map(even))
    return replace(state, stake=tuple(ledgers))


def earned(before: State, after: State, coldkey: str) -> float:
    """What a coldkey has gained in stake, and in dividends that it may draw: TAO, at the later prices."""
    then, now = _held(before, coldkey), _held(after, coldkey)
    gained = {netuid: amount - then.get(netuid, 0) for netuid, amount in now.items()}
    return sum(amount * alpha_price(after, netuid) for netuid, amount in gained.items()) / RAO_PER_TAO


def _held(state: State, coldkey: str) -> dict[int, int]:
    """What a coldkey has staked or waiting on each netuid, rao."""
    held = {netuid: stake_of_coldkey(state, netuid, coldkey) for netuid in (ROOT_NETUID, *state.netuids)}
    for hotkey in state.staking_hotkeys.get(coldkey, ()):
        for netuid, amount in claimable(state, hotkey, coldkey).items():
            held[netuid] += amount
    return held


def staked(state: State, coldkey: str) -> float:
    """What all that a coldkey has staked is worth, TAO."""
    return earned(replace(state, stake=tuple(Map() for _ in state.stake)), state, coldkey)
