"""Childkeys: a hotkey lends its stake weight on a subnet to others, who vote with it.

Each relation is kept from both ends: ``children[parent]`` and ``parents[child]``. A new list of
children waits for a cooldown and takes effect at the end of an epoch block; before the subnet's
start call it takes effect at once.

Source: ``spec/epoch.md`` 9; ``staking/set_children.rs``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from immutables import Map

from bittensor_lab.errors import (
    ChainError,
    ChildParentInconsistency,
    DuplicateChild,
    InvalidChild,
    ProportionOverflow,
    TooManyChildren,
)
from bittensor_lab.events import Children, Event, SetChildren
from bittensor_lab.state import State, Subnet
from bittensor_lab.units import U64_MAX

MAX_CHILDREN = 5


def check_children(hotkey: str, children: Children) -> None:
    """Raise what is wrong with a list of children in itself, in the chain's order."""
    names = [child for _, child in children]
    if len(set(names)) != len(names):
        raise DuplicateChild(f"{', '.join(names)}")
    if hotkey in names:
        raise InvalidChild(f"hotkey {hotkey}")
    if len(names) > MAX_CHILDREN:
        raise TooManyChildren(f"{len(names)} are named")
    total = sum(p for p, _ in children)
    if total > U64_MAX:
        raise ProportionOverflow(f"{total} of {U64_MAX}")


def check_relations(subnet: Subnet, hotkey: str, children: Children) -> None:
    """Raise ChildParentInconsistency if a child is a parent of the hotkey already."""
    parents = {parent for _, parent in subnet.parents.get(hotkey, ())}
    both = [child for _, child in children if child in parents]
    if both:
        raise ChildParentInconsistency(f"{both[0]} is a parent of {hotkey} on netuid {subnet.netuid}")


def with_children(subnet: Subnet, hotkey: str, children: Children) -> Subnet:
    """Return the subnet with the hotkey's children replaced, at both ends."""
    parents = subnet.parents
    for _, child in subnet.children.get(hotkey, ()):
        parents = _put(parents, child, (pair for pair in parents[child] if pair[1] != hotkey))
    for p, child in children:
        parents = _put(parents, child, (*parents.get(child, ()), (p, hotkey)))
    return replace(subnet, children=_put(subnet.children, hotkey, children), parents=parents)


def apply_pending(state: State, netuid: int) -> tuple[State, list[Event]]:
    """Let children whose cooldown is over take effect; what has become impossible is dropped silently."""
    subnet, events = state.subnet(netuid), list[Event]()
    for hotkey in sorted(subnet.pending_children):
        pending = subnet.pending_children[hotkey]
        if pending.cooldown_block >= state.block:
            continue
        subnet = replace(subnet, pending_children=subnet.pending_children.delete(hotkey))
        try:
            check_relations(subnet, hotkey, pending.children)
        except ChainError:
            continue
        subnet = with_children(subnet, hotkey, pending.children)
        events.append(SetChildren(hotkey, netuid, pending.children))
    return (state.with_subnet(subnet) if subnet is not state.subnet(netuid) else state), events


def rename_relations(subnet: Subnet, old: str, new: str) -> Subnet:
    """Return the subnet with the hotkey ``old`` called ``new`` in every relation and take.

    Raises
    ------
    ChildParentInconsistency
        if the two are parent and child: the new hotkey would become its own.
    """
    pending = subnet.pending_children
    related = {k for _, k in (*subnet.children.get(old, ()), *subnet.parents.get(old, ()))}
    waiting = {k for _, k in pending[old].children} if old in pending else set()
    if new in related | waiting or any(new in m for m in (subnet.children, subnet.parents, pending)):
        raise ChildParentInconsistency(f"{new} has parents or children on netuid {subnet.netuid} already")
    children = subnet.children
    lent, borrowed = children.get(old, ()), subnet.parents.get(old, ())
    subnet = with_children(subnet, old, ())
    for _, parent in borrowed:
        theirs = tuple((p, new if k == old else k) for p, k in subnet.children[parent])
        subnet = with_children(subnet, parent, theirs)
    subnet = with_children(subnet, new, lent)
    if old in pending:
        pending = pending.delete(old).set(new, pending[old])
    for parent, waits in pending.items():
        if any(child == old for _, child in waits.children):
            renamed = tuple((p, new if child == old else child) for p, child in waits.children)
            pending = pending.set(parent, replace(waits, children=renamed))
    return replace(
        subnet,
        pending_children=pending,
        childkey_takes=_moved(subnet.childkey_takes, old, new),
        last_childkey_take=_moved(subnet.last_childkey_take, old, new),
        last_set_children=_moved(subnet.last_set_children, old, new),
    )


def childkey_take(state: State, netuid: int, hotkey: str) -> int:
    """Return the part, of 65535, that a hotkey takes of what its parents earn through it."""
    return max(state.subnet(netuid).childkey_takes.get(hotkey, 0), lowest_childkey_take(state, netuid))


def lowest_childkey_take(state: State, netuid: int) -> int:
    """Return the least childkey take on a subnet: the network's or the subnet's own."""
    return max(state.network.min_childkey_take, state.hyperparameters(netuid).min_childkey_take)


def _put(relations: Map[str, Children], key: str, pairs: Iterable[tuple[int, str]]) -> Map[str, Children]:
    listed = tuple(pairs)
    if listed:
        return relations.set(key, listed)
    return relations.delete(key) if key in relations else relations


def _moved(values: Map[str, int], old: str, new: str) -> Map[str, int]:
    return values.delete(old).set(new, values[old]) if old in values else values
