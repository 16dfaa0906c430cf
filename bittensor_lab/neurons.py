"""Neurons: a hotkey gets a uid, keeps it for a while, and loses it to another.

While there are places a newcomer is appended. In a full subnet it takes the uid of whoever earned
least in the last epoch and is past its immunity: the smallest (emission, registration block, uid).
The owner's own hotkeys are passed over; and if too few uids are past their immunity, the least
earning immune one goes instead.

Source: ``spec/epoch.md`` 2.3 to 2.5 and 6.5; ``subnets/uids.rs``, ``subnets/registration.rs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import EMPTY_ROW, SparseRows, keep_pairs, keep_rows, remapped, row_of_pairs, zeroed
from bittensor_lab.state import Mechanism, State, Subnet, new_mechanism

TERMS = ("emission", "consensus", "dividends", "stake_weight", "validator_trust", "validator_permit")
"""what the last epoch stored for each uid of a subnet, besides what each mechanism holds"""


def append_neuron(subnet: Subnet, hotkey: str, block: int) -> Subnet:
    """Return the subnet with one more uid."""
    grown: dict[str, Any] = {name: _longer(getattr(subnet, name), 0) for name in TERMS}
    mechanisms = tuple(
        replace(
            m,
            weights=(*m.weights, EMPTY_ROW),
            bonds=SparseRows(_longer(m.bonds.start, m.bonds.start[-1]), m.bonds.uid, m.bonds.value),
            incentive=_longer(m.incentive, 0),
            last_update=_longer(m.last_update, block),
        )
        for m in subnet.mechanisms
    )
    return replace(
        subnet,
        hotkeys=(*subnet.hotkeys, hotkey),
        block_at_registration=_longer(subnet.block_at_registration, block),
        active=_longer(subnet.active, True),
        mechanisms=mechanisms,
        **grown,
    )


def replace_neuron(subnet: Subnet, uid: int, hotkey: str, block: int) -> Subnet:
    """Return the subnet with a uid in other hands and everything of its old holder cleared.

    The owner's hotkey is never replaced: then nothing happens at all, though it was paid for.
    """
    if subnet.hotkeys[uid] == subnet.owner_hotkey:
        return subnet
    cleared: dict[str, Any] = {name: _put(getattr(subnet, name), uid, 0) for name in TERMS}
    return replace(
        subnet,
        hotkeys=(*subnet.hotkeys[:uid], hotkey, *subnet.hotkeys[uid + 1 :]),
        block_at_registration=_put(subnet.block_at_registration, uid, block),
        active=_put(subnet.active, uid, True),
        mechanisms=tuple(_clear(m, uid, block) for m in subnet.mechanisms),
        **cleared,
    )


def _clear(mechanism: Mechanism, uid: int, block: int) -> Mechanism:
    """Drop the uid's rows and set weights on it to 0; bonds in it stay until the epoch masks them."""
    weights = [zeroed(row, uid) for row in mechanism.weights]
    weights[uid] = EMPTY_ROW
    return replace(
        mechanism,
        weights=tuple(weights),
        bonds=keep_pairs(mechanism.bonds, row_of_pairs(mechanism.bonds) != uid),
        incentive=_put(mechanism.incentive, uid, 0),
        last_update=_put(mechanism.last_update, uid, block),
    )


def neuron_to_prune(
    emission: Sequence[int],
    block_at_registration: Sequence[int],
    immortal: set[int],
    block: int,
    immunity_period: int,
    min_non_immune: int,
) -> int | None:
    """Return the uid that a newcomer to a full subnet replaces, or None if there is none."""
    ranked = sorted(
        (earned, registered, uid)
        for uid, (earned, registered) in enumerate(zip(emission, block_at_registration, strict=True))
        if uid not in immortal
    )
    immune = [row for row in ranked if max(0, block - row[1]) < immunity_period]
    free = [row for row in ranked if max(0, block - row[1]) >= immunity_period]
    if free and len(free) > min_non_immune:
        return free[0][2]
    return immune[0][2] if immune else None


def prunable(state: State, subnet: Subnet) -> int | None:
    """Return the uid that a newcomer to this subnet would replace if it were full."""
    h = state.hyperparameters(subnet.netuid)
    return neuron_to_prune(
        subnet.emission.tolist(), subnet.block_at_registration.tolist(), immortal_uids(state, subnet),
        state.block, h.immunity_period, h.min_non_immune_uids,
    )  # fmt: skip


def immortal_uids(state: State, subnet: Subnet) -> set[int]:
    """Return the uids of the owner's hotkeys that are never replaced: the oldest, up to the limit."""
    limit = state.hyperparameters(subnet.netuid).immune_owner_uids_limit
    registered = subnet.block_at_registration.tolist()
    owned = [u for u, hotkey in enumerate(subnet.hotkeys) if state.owner.get(hotkey) == subnet.owner_coldkey]
    kept = sorted(owned, key=lambda uid: (registered[uid], uid))[:limit]
    if subnet.owner_uid is not None and subnet.owner_uid not in kept:
        kept = [subnet.owner_uid, *kept][:limit]
    return set(kept)


def temporally_immune(subnet: Subnet, h: Hyperparameters, block: int) -> NDArray[np.bool_]:
    """Whether each uid [n] registered less than the immunity period ago."""
    return np.maximum(0, block - subnet.block_at_registration) < h.immunity_period


def keep_uids(subnet: Subnet, kept: NDArray[np.int64]) -> Subnet:
    """Return the subnet with only the uids ``kept`` (ascending), numbered anew from 0."""
    new_uid = np.full(subnet.n, -1)
    new_uid[kept] = np.arange(len(kept))
    columns: dict[str, Any] = {
        name: getattr(subnet, name)[kept] for name in (*TERMS, "block_at_registration", "active")
    }
    mechanisms = tuple(
        replace(
            m,
            weights=tuple(remapped(m.weights[u], new_uid) for u in kept.tolist()),
            bonds=keep_rows(m.bonds, kept, new_uid),
            incentive=m.incentive[kept],
            last_update=m.last_update[kept],
        )
        for m in subnet.mechanisms
    )
    hotkeys = tuple(subnet.hotkeys[u] for u in kept.tolist())
    return replace(subnet, hotkeys=hotkeys, mechanisms=mechanisms, **columns)


def reset_bonds(subnet: Subnet, uid: int) -> Subnet:
    """Return the subnet without any bond in ``uid``, in every mechanism."""
    mechanisms = (replace(m, bonds=keep_pairs(m.bonds, m.bonds.uid != uid)) for m in subnet.mechanisms)
    return replace(subnet, mechanisms=tuple(mechanisms))


def resize_mechanisms(subnet: Subnet, count: int) -> Subnet:
    """Return the subnet with ``count`` mechanisms and an even split; new ones start empty."""
    kept = subnet.mechanisms[:count]
    added = tuple(new_mechanism(subnet.n) for _ in range(count - len(kept)))
    return replace(subnet, mechanisms=kept + added, mechanism_split=None)


def _longer(array: NDArray[Any], value: Any) -> NDArray[Any]:
    return np.append(array, np.array([value], array.dtype))


def _put(array: NDArray[Any], uid: int, value: Any) -> NDArray[Any]:
    changed = array.copy()
    changed[uid] = value
    return changed
