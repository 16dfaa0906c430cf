"""Childkeys: lending one's stake weight to other hotkeys, and what they take for it.

Source: ``spec/epoch.md`` 9.1 to 9.3; ``staking/set_children.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bittensor_lab.accounts import passed, require_association
from bittensor_lab.block import Events
from bittensor_lab.childkeys import (
    check_children,
    check_relations,
    childkey_take,
    lowest_childkey_take,
    with_children,
)
from bittensor_lab.errors import (
    InvalidChildkeyTake,
    NotEnoughStakeToSetChildkeys,
    RegistrationNotPermittedOnRootSubnet,
    TxChildkeyTakeRateLimitExceeded,
    TxRateLimitExceeded,
)
from bittensor_lab.events import ChildKeyTakeSet, SetChildrenScheduled
from bittensor_lab.events import SetChildren as ChildrenSet
from bittensor_lab.extrinsics.arguments import U16, ChildPairs, Key, NetUid, check_arguments
from bittensor_lab.market import worth
from bittensor_lab.stake import stake_on
from bittensor_lab.state import ROOT_NETUID, PendingChildren, State, Subnet
from bittensor_lab.units import format_tao


@dataclass(frozen=True)
class SetChildren:
    """A coldkey names the children of its hotkey on a subnet: (proportion of 2⁶⁴ − 1, hotkey) each."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    children: ChildPairs

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check in the chain's order; wait for the cooldown, except before the start call (9.2)."""
        subnet = self._checked(state)
        subnet = replace(subnet, last_set_children=subnet.last_set_children.set(self.hotkey, state.block))
        if not state.pools.subtoken_enabled[self.netuid]:
            happened = ChildrenSet(self.hotkey, self.netuid, self.children)
            return state.with_subnet(with_children(subnet, self.hotkey, self.children)), (happened,)
        cooldown = state.block + state.network.pending_childkey_cooldown
        waiting = subnet.pending_children.set(self.hotkey, PendingChildren(self.children, cooldown))
        scheduled = SetChildrenScheduled(self.hotkey, self.netuid, cooldown, self.children)
        return state.with_subnet(replace(subnet, pending_children=waiting)), (scheduled,)

    def _checked(self, state: State) -> Subnet:
        found = state.subnets[self.netuid] if self.netuid < len(state.subnets) else None
        last = found.last_set_children.get(self.hotkey) if found else None
        if not passed(last, state.network.set_children_rate_limit, state.block):
            raise TxRateLimitExceeded(f"children of {self.hotkey} on netuid {self.netuid} at block {last}")
        if self.netuid == ROOT_NETUID:
            raise RegistrationNotPermittedOnRootSubnet
        subnet = state.subnet(self.netuid)
        require_association(state, self.coldkey, self.hotkey)
        check_children(self.hotkey, self.children)
        check_relations(subnet, self.hotkey, self.children)
        held = _value_of(state, self.hotkey)
        if self.children and held < state.network.stake_threshold and self.hotkey != subnet.owner_hotkey:
            raise NotEnoughStakeToSetChildkeys(
                f"{self.hotkey} holds {format_tao(held)}, asked {format_tao(state.network.stake_threshold)}"
            )
        return subnet


@dataclass(frozen=True)
class SetChildkeyTake:
    """A coldkey sets what its hotkey takes, of 65535, from the dividends that parents earn through it."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    take: U16

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check owner and range; a rise is limited in rate, a fall is free."""
        subnet = state.subnet(self.netuid)
        require_association(state, self.coldkey, self.hotkey)
        low, high = lowest_childkey_take(state, self.netuid), state.network.max_childkey_take
        if not low <= self.take <= high:
            raise InvalidChildkeyTake(f"{self.take} of 65535; it must lie between {low} and {high}")
        last = subnet.last_childkey_take.get(self.hotkey)
        rises = self.take > childkey_take(state, self.netuid, self.hotkey)
        if rises and not passed(last, state.network.tx_childkey_take_rate_limit, state.block):
            raise TxChildkeyTakeRateLimitExceeded(f"changed at block {last}, now {state.block}")
        subnet = replace(
            subnet,
            childkey_takes=subnet.childkey_takes.set(self.hotkey, self.take),
            last_childkey_take=subnet.last_childkey_take.set(self.hotkey, state.block),
        )
        return state.with_subnet(subnet), (ChildKeyTakeSet(self.hotkey, self.netuid, self.take),)


def _value_of(state: State, hotkey: str) -> int:
    """What a hotkey's stake on all subnets is worth in TAO, rao."""
    netuids = [ROOT_NETUID, *state.netuids]
    return sum(worth(state, netuid, stake_on(state, netuid, hotkey)) for netuid in netuids)
