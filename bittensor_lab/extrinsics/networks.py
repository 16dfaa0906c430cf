"""Subnets: founding one, starting it, letting it emit, ending it.

Source: ``spec/economy.md`` 8.2, 8.3 and 8.6, ``spec/epoch.md`` 9.6; ``subnets/subnet.rs``.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from bittensor_lab.accounts import free_tao, holding, passed, require_association, spend
from bittensor_lab.block import Events
from bittensor_lab.errors import (
    BadOrigin,
    CannotAffordLockCost,
    ChainError,
    FirstEmissionBlockNumberAlreadySet,
    NeedWaitingMoreBlocksToStarCall,
    NetworkTxRateLimitExceeded,
)
from bittensor_lab.events import FirstEmissionBlockNumberSet, HyperparameterSet, NetworkAdded
from bittensor_lab.extrinsics.arguments import Flag, Key, NetUid, Origin, check_arguments
from bittensor_lab.extrinsics.children import SetChildren
from bittensor_lab.state import ROOT, ROOT_NETUID, State
from bittensor_lab.subnets import dissolve, found, lock_cost, place_for_another
from bittensor_lab.units import U64_MAX, format_tao

ROOT_VALIDATORS = 64
"""places on the root network"""


@dataclass(frozen=True)
class RegisterNetwork:
    """A coldkey founds a subnet, with its hotkey as the owner's."""

    coldkey: Key
    hotkey: Key

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check rate, place and balance; make room; lock the cost into the pool (8.2)."""
        last, limit = state.last_founding, state.network.network_rate_limit
        if not passed(last, limit, state.block):
            raise NetworkTxRateLimitExceeded(f"at block {last}, now {state.block}; one in {limit} blocks")
        netuid, full = place_for_another(state)
        cost = lock_cost(state)
        if free_tao(state, self.coldkey) < cost:
            raise CannotAffordLockCost(f"{holding(state, self.coldkey)}, asked {format_tao(cost, digits=9)}")
        if self.hotkey in state.owner:
            require_association(state, self.coldkey, self.hotkey)
        else:
            state = replace(state, owner=state.owner.set(self.hotkey, self.coldkey))
        state, paid = spend(state, self.coldkey, cost)
        state, removed = dissolve(state, netuid) if full else (state, ())
        state = _with_parents(found(state, netuid, self.coldkey, self.hotkey, paid), netuid, self.hotkey)
        return state, (*removed, NetworkAdded(netuid, self.coldkey, self.hotkey, paid))


def _with_parents(state: State, netuid: int, hotkey: str) -> State:
    """Let root's validators lend all their stake weight on a new subnet to its owner's hotkey."""
    # simplified: root's validators are the 64 hotkeys with most TAO on root, and none has opted out
    by_stake = sorted((-pool.value, key) for key, pool in state.stake[ROOT_NETUID].items())
    for _, validator in by_stake[:ROOT_VALIDATORS]:
        with suppress(ChainError):
            lent = SetChildren(state.owner[validator], validator, netuid, ((U64_MAX, hotkey),))
            state, _ = lent.apply(state)
    return state


@dataclass(frozen=True)
class StartCall:
    """A subnet's owner starts it: its alpha can be traded, and it emits from the next block on."""

    coldkey: Key
    netuid: NetUid

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check owner, age and that it was not started before (8.3)."""
        subnet = state.subnet(self.netuid)
        if subnet.owner_coldkey != self.coldkey:
            raise BadOrigin(f"netuid {self.netuid} belongs to {subnet.owner_coldkey}, {self.coldkey} signed")
        first = int(state.pools.first_emission_block[self.netuid])
        if first:
            raise FirstEmissionBlockNumberAlreadySet(f"netuid {self.netuid} emits since block {first}")
        ready = subnet.registered_at + state.network.start_call_delay
        if state.block < ready:
            raise NeedWaitingMoreBlocksToStarCall(f"from block {ready} on, now {state.block}")
        first = state.block + 1
        pools = state.pools.at(self.netuid, first_emission_block=first, subtoken_enabled=True)
        return replace(state, pools=pools), (FirstEmissionBlockNumberSet(self.netuid, first),)


@dataclass(frozen=True)
class SetSubnetEmissionEnabled:
    """ROOT decides whether a subnet may get TAO."""

    origin: Origin
    netuid: NetUid
    enabled: Flag

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check the origin, then set."""
        _require_root(self.origin)
        state.subnet(self.netuid)
        before = bool(state.pools.emission_enabled[self.netuid])
        state = replace(state, pools=state.pools.at(self.netuid, emission_enabled=self.enabled))
        return state, (HyperparameterSet(self.netuid, "emission_enabled", before, self.enabled),)


@dataclass(frozen=True)
class DissolveNetwork:
    """ROOT ends a subnet; its stakers are paid out."""

    origin: Origin
    netuid: NetUid

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check the origin, then dissolve."""
        _require_root(self.origin)
        return dissolve(state, self.netuid)


def _require_root(origin: str) -> None:
    if origin != ROOT:
        raise BadOrigin(f"only {ROOT} may do this, {origin} signed")
