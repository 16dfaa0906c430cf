"""Subnets come and go: what founding one costs, what it begins with, and what its end pays.

    found      the lock becomes the pool's TAO; alpha beside it, so that the price is the median of all
    prune      if there is no place: the one with the lowest moving price that is past its immunity
    dissolve   the pool's TAO is shared out by alpha: to the stakers, and (recycled) to the chain itself

A new subnet has no emission until root enables it, and no trading until its owner starts it.

Source: ``spec/economy.md`` 8, ``spec/epoch.md`` 1.3; ``subnets/subnet.rs``, ``coinbase/root.rs``. The
arithmetic is in ``lifecycle.py``.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from immutables import Map

from bittensor_lab.accounts import give_to
from bittensor_lab.errors import SubnetLimitReached
from bittensor_lab.events import Event, NetworkRemoved, TaoRecycled
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.lifecycle import (
    first_reserves,
    legacy_refund,
    median_price,
    network_lock_cost,
    share_out,
    to_prune,
)
from bittensor_lab.market import alpha_price
from bittensor_lab.neurons import append_neuron
from bittensor_lab.root_claims import forget_subnet
from bittensor_lab.stake import with_ledger
from bittensor_lab.state import Rules, State, Subnet, blank, longer, new_mechanism
from bittensor_lab.units import RAO_PER_TAO, U16_MAX


def lock_cost(state: State) -> int:
    """Return what founding a subnet costs now, rao."""
    network = state.network
    return network_lock_cost(
        state.last_lock, state.last_founding, state.block, network.network_lock_reduction_interval,
        network.network_min_lock_cost, int(block_emission(state.total_issuance)),
    )  # fmt: skip


def place_for_another(state: State) -> tuple[int, bool]:
    """Return the netuid that a new subnet gets, and whether another must go for it.

    Raises SubnetLimitReached if there is no place and every subnet is immune.
    """
    there = state.netuids
    if len(there) < state.network.subnet_limit:
        free = (netuid for netuid in range(1, len(state.subnets)) if state.subnets[netuid] is None)
        return next(free, len(state.subnets)), False
    candidates = [
        (netuid, int(state.pools.moving_price[netuid]), state.subnet(netuid).registered_at)
        for netuid in there
    ]
    worst = to_prune(candidates, state.block, state.network.network_immunity_period)
    if worst is None:
        raise SubnetLimitReached(f"{len(there)} subnets, at most {state.network.subnet_limit}")
    return worst, True


def found(state: State, netuid: int, coldkey: str, hotkey: str, lock: int) -> State:
    """Return the state with a new subnet whose founder has paid ``lock`` rao and holds uid 0."""
    prices = [alpha_price(state, other) for other in state.netuids]
    tao, alpha = first_reserves(lock, state.network.network_min_lock_cost, median_price(prices))
    tao = min(tao, lock)  # who pays with everything keeps the existential deposit
    state = _with_row(state, netuid)
    h = state.founding_rules
    subnet = replace(
        append_neuron(_empty(netuid, coldkey, hotkey, state.block), hotkey, state.block), locked=lock
    )
    clocks = state.clocks.at(
        netuid, burn=RAO_PER_TAO, last_epoch_block=max(0, state.block - netuid % max(h.tempo, 1))
    )
    pools = state.pools.at(netuid, tao_in=tao, alpha_in=alpha, account=lock, quote_weight=EVEN)
    rules = (*state.rules.by_netuid[:netuid], h, *state.rules.by_netuid[netuid + 1 :])
    return state.with_subnet(
        subnet, rules=Rules(rules), clocks=clocks, pools=pools, last_lock=lock, last_founding=state.block
    )


def _with_row(state: State, netuid: int) -> State:
    """The state with a row for a netuid, if it has none yet."""
    if netuid < len(state.subnets):
        return state
    return replace(
        state,
        subnets=(*state.subnets, None),
        stake=(*state.stake, Map()),
        rules=Rules((*state.rules.by_netuid, None)),
        clocks=longer(state.clocks),
        pools=longer(state.pools),
    )


def _empty(netuid: int, coldkey: str, hotkey: str, block: int) -> Subnet:
    names = ("stake_weight", "consensus", "dividends", "validator_trust")
    columns: dict[str, Any] = {name: np.zeros(0, np.uint16) for name in names}
    return Subnet(
        netuid=netuid,
        owner_coldkey=coldkey,
        owner_hotkey=hotkey,
        registered_at=block,
        hotkeys=(),
        block_at_registration=np.zeros(0, np.int64),
        active=np.zeros(0, bool),
        validator_permit=np.zeros(0, bool),
        emission=np.zeros(0, np.int64),
        mechanisms=(new_mechanism(0),),
        **columns,
    )


def dissolve(state: State, netuid: int) -> tuple[State, tuple[Event, ...]]:
    """End a subnet: pay its stakers, recycle what is left, forget everything about it (8.6)."""
    subnet, p = state.subnet(netuid), state.pools
    held = [
        (coldkey, pool.value_of(coldkey))
        for _, pool in sorted(state.stake[netuid].items())
        for coldkey in sorted(pool.shares)
    ]
    protocol = int(p.protocol_alpha[netuid])
    if subnet.registered_at >= state.network.dissolve_with_reserve_block:
        protocol += int(p.alpha_in[netuid])
    parts = share_out(int(p.tao_in[netuid]), [*(alpha for _, alpha in held), protocol])
    left, paid = int(p.account[netuid]), 0
    for (coldkey, _), part in zip(held, parts, strict=False):
        if part and (part >= state.network.existential_deposit or coldkey in state.free):
            state, left, paid = give_to(state, coldkey, part), left - part, paid + part
    refund = min(left, _refund(state, subnet))
    if refund and (refund >= state.network.existential_deposit or subnet.owner_coldkey in state.free):
        state, left = give_to(state, subnet.owner_coldkey, refund), left - refund
    state = replace(_forgotten(state, netuid), total_issuance=state.total_issuance - left)
    return state, (NetworkRemoved(netuid, paid), *((TaoRecycled(left),) if left else ()))


def _refund(state: State, subnet: Subnet) -> int:
    """What the founder of an early subnet gets back, rao: the lock less what the owner has earned."""
    if subnet.registered_at >= state.network.network_registration_start_block:
        return 0
    issued, cut = state.pools.alpha_issuance(subnet.netuid), state.network.subnet_owner_cut
    return legacy_refund(subnet.locked, issued, cut / U16_MAX, alpha_price(state, subnet.netuid))


def _forgotten(state: State, netuid: int) -> State:
    state = with_ledger(forget_subnet(state, netuid), netuid, Map())
    rules = state.rules.by_netuid
    return replace(
        state,
        subnets=(*state.subnets[:netuid], None, *state.subnets[netuid + 1 :]),
        rules=Rules((*rules[:netuid], None, *rules[netuid + 1 :])),
        clocks=state.clocks.at(netuid, **_zeros(state.clocks)),
        pools=state.pools.at(netuid, **_zeros(state.pools)),
    )


def _zeros(columns: Any) -> dict[str, Any]:
    empty = blank(type(columns), 1)
    return {item.name: getattr(empty, item.name)[0] for item in fields(columns)}
