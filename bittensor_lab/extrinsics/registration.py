"""Registration: TAO buys a hotkey a uid on a subnet.

    pay burn  →  append, or replace the least earning uid  →  burn ← floor(burn · mult), clamped

There is no proof of work any more, and no limit per block: several registrations in one block
compound, the k-th pays burn · mult^(k−1).

Source: ``spec/epoch.md`` 2; ``subnets/registration.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bittensor_lab.accounts import free_tao, holding, require_association, spend
from bittensor_lab.block import Events
from bittensor_lab.errors import (
    HotKeyAlreadyRegisteredInSubNet,
    NoNeuronIdAvailable,
    NotEnoughBalanceToStake,
    RegistrationNotPermittedOnRootSubnet,
    RegistrationPriceLimitExceeded,
    SubNetRegistrationDisabled,
)
from bittensor_lab.events import NeuronRegistered
from bittensor_lab.extrinsics.arguments import U64, Key, NetUid, check_arguments
from bittensor_lab.market import buy
from bittensor_lab.neurons import append_neuron, prunable, replace_neuron
from bittensor_lab.params import U64F64, Hyperparameters
from bittensor_lab.state import ROOT_NETUID, State, Subnet
from bittensor_lab.units import U64_MAX, format_tao


@dataclass(frozen=True)
class BurnedRegister:
    """A coldkey registers a hotkey on a subnet at the current price."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check in the chain's order (2.1), pay, and give the hotkey a uid."""
        subnet = _open_subnet(state, self.netuid)
        if self.hotkey in subnet.uids:
            raise HotKeyAlreadyRegisteredInSubNet(
                f"{self.hotkey} is uid {subnet.uids[self.hotkey]} on netuid {self.netuid}"
            )
        cost = int(state.clocks.burn[self.netuid])
        if free_tao(state, self.coldkey) < cost:
            raise NotEnoughBalanceToStake(
                f"{holding(state, self.coldkey)}, asked {format_tao(cost, digits=9)}"
            )
        if self.hotkey not in state.owner:
            state = replace(state, owner=state.owner.set(self.hotkey, self.coldkey))
        require_association(state, self.coldkey, self.hotkey)
        uid = _free_uid(state, subnet)
        state, paid = spend(state, self.coldkey, cost)
        state = _receive(state, self.netuid, paid)
        return _register(state, subnet, self.hotkey, uid, cost)


@dataclass(frozen=True)
class RegisterLimit:
    """A coldkey registers a hotkey if the price is at most ``limit_price`` rao."""

    coldkey: Key
    hotkey: Key
    netuid: NetUid
    limit_price: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Compare the price with the limit, then register."""
        _existing_subnet(state, self.netuid)
        cost = int(state.clocks.burn[self.netuid])
        if cost > self.limit_price:
            raise RegistrationPriceLimitExceeded(
                f"{format_tao(cost, digits=9)}, limit {format_tao(self.limit_price, digits=9)}"
            )
        return BurnedRegister(self.coldkey, self.hotkey, self.netuid).apply(state)


def bump(burn: int, h: Hyperparameters) -> int:
    """Return the registration price, rao, after one more registration."""
    raised = min((burn * max(h.burn_increase_mult, U64F64)) >> 64, U64_MAX)
    return min(max(raised, h.min_burn), h.max_burn)


def _existing_subnet(state: State, netuid: int) -> Subnet:
    if netuid == ROOT_NETUID:
        raise RegistrationNotPermittedOnRootSubnet
    return state.subnet(netuid)


def _open_subnet(state: State, netuid: int) -> Subnet:
    subnet = _existing_subnet(state, netuid)
    if not state.hyperparameters(netuid).registration_allowed:
        raise SubNetRegistrationDisabled(f"netuid {netuid}")
    return subnet


def _free_uid(state: State, subnet: Subnet) -> int:
    """The uid that a newcomer gets: the next one, or that of the neuron to be pruned."""
    places = state.hyperparameters(subnet.netuid).max_allowed_uids
    uid = subnet.n if subnet.n < places else prunable(state, subnet)
    if places == 0 or uid is None:
        raise NoNeuronIdAvailable(f"netuid {subnet.netuid} has {places} places")
    return uid


def _receive(state: State, netuid: int, paid: int) -> State:
    """Let the TAO buy alpha, which is recycled at once; the fee stays on the subnet's account."""
    state, bought = buy(state, netuid, paid, fee_stays=True)
    pools = state.pools.plus(
        netuid, alpha_out=-bought.out, user_flow=paid - bought.paid
    )  # flows count it all
    return replace(state, pools=pools)


def _register(state: State, subnet: Subnet, hotkey: str, uid: int, cost: int) -> tuple[State, Events]:
    grows = uid == subnet.n
    changed = (
        append_neuron(subnet, hotkey, state.block)
        if grows
        else replace_neuron(subnet, uid, hotkey, state.block)
    )
    recycled = changed.rao_recycled_for_registration + cost
    price = bump(cost, state.hyperparameters(subnet.netuid))
    state = state.with_subnet(
        replace(changed, rao_recycled_for_registration=recycled),
        clocks=state.clocks.at(subnet.netuid, burn=price),
    )
    return state, (NeuronRegistered(subnet.netuid, uid, hotkey, cost),)
