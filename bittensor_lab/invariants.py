"""Laws that hold on every state: nothing is created or lost, and the parts agree with each other.

    violations(state) -> []      or one sentence for each law that is broken

Conservation: the total issuance is the sum of all accounts; root's account is what is staked on root;
no subnet's stake exceeds the alpha outstanding. Structure: every per-uid array has one entry per
uid, childkey relations agree from both ends, every hotkey on a subnet has an owner, weights and bonds
name uids that exist, and no array can be written to.

Source: ``spec/economy.md`` 11; the rest follows from ``spec/epoch.md`` 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from bittensor_lab.rows import SparseRows
from bittensor_lab.state import ROOT_NETUID, State, Subnet
from bittensor_lab.units import U16_MAX, U64_MAX


def violations(state: State) -> list[str]:
    """Return a sentence for each law that ``state`` breaks; none is right."""
    return [sentence for law in LAWS for sentence in law(state)]


def check_tao(state: State) -> Iterator[str]:
    """All TAO is in some account, and no account is in debt."""
    held = sum(state.free.values()) + int(state.pools.account.sum())
    if held != state.total_issuance:
        yield f"total issuance is {state.total_issuance} rao, but accounts hold {held}"
    for coldkey, rao in state.free.items():
        if not 0 < rao <= U64_MAX:
            yield f"coldkey {coldkey} holds {rao} rao"
    if (state.pools.account < 0).any():
        yield "a subnet's account is negative"


def check_stake(state: State) -> Iterator[str]:
    """Root's account is its stake; a subnet's stake is part of its alpha outstanding."""
    for netuid, ledger in enumerate(state.stake):
        total = sum(ledger.values())
        if any(amount <= 0 for amount in ledger.values()):
            yield f"netuid {netuid} keeps an empty stake"
        if any(hotkey not in state.owner for hotkey in ledger):
            yield f"netuid {netuid} has stake on a hotkey that nobody owns"
        if netuid == ROOT_NETUID and total != int(state.pools.account[ROOT_NETUID]):
            yield f"root stake is {total} rao, root's account holds {int(state.pools.account[0])}"
        if netuid != ROOT_NETUID and total > int(state.pools.alpha_out[netuid]):
            yield f"netuid {netuid}: stake of {total} exceeds the alpha outstanding"


def check_tables(state: State) -> Iterator[str]:
    """There is one row per netuid everywhere."""
    rows = len(state.subnets)
    sizes = {len(state.stake), len(state.rules.by_netuid)}
    for columns in (state.clocks, state.pools):
        sizes |= {len(getattr(columns, item.name)) for item in fields(columns)}
    if sizes != {rows}:
        yield f"there are {rows} netuids, but tables of {sorted(sizes)} rows"
    for netuid, (subnet, rules) in enumerate(zip(state.subnets, state.rules.by_netuid, strict=False)):
        if (subnet is None) != (rules is None):
            yield f"netuid {netuid} has a subnet without rules, or rules without a subnet"
        if subnet is not None and (netuid == ROOT_NETUID or subnet.netuid != netuid):
            yield f"the subnet in row {netuid} is called {subnet.netuid}"


def check_clocks(state: State) -> Iterator[str]:
    """Nothing is dated in the future but triggers, and nothing that waits is negative."""
    c, now = state.clocks, state.block
    for name in ("last_epoch_block", "last_step_block"):
        if (getattr(c, name) > now).any():
            yield f"{name} lies in the future"
    for item in fields(c):
        if (getattr(c, item.name) < 0).any():
            yield f"{item.name} is negative"


def check_subnets(state: State) -> Iterator[str]:
    """Uids, owners, arrays and mechanisms of every subnet agree."""
    for netuid in state.netuids:
        subnet = state.subnet(netuid)
        for sentence in (*_subnet_laws(state, subnet), *_relation_laws(subnet)):
            yield f"netuid {netuid}: {sentence}"


def _subnet_laws(state: State, subnet: Subnet) -> Iterator[str]:
    n, h = subnet.n, state.hyperparameters(subnet.netuid)
    if len(set(subnet.hotkeys)) != n:
        yield "a hotkey holds two uids"
    if n > h.max_allowed_uids:
        yield f"{n} uids in {h.max_allowed_uids} places"
    for hotkey in subnet.hotkeys:
        if hotkey not in state.owner:
            yield f"nobody owns hotkey {hotkey}"
    arrays = {item.name: getattr(subnet, item.name) for item in fields(subnet)}
    for number, mechanism in enumerate(subnet.mechanisms):
        columns = {
            f"{item.name} of mechanism {number}": getattr(mechanism, item.name) for item in fields(mechanism)
        }
        arrays |= columns
    for name, array in arrays.items():
        if isinstance(array, np.ndarray) and array.shape != (n,):
            yield f"{name} has shape {array.shape}, there are {n} uids"
        if name.startswith(("weights of", "bonds of")) and len(array) != n:
            yield f"{name} have {len(array)} rows, there are {n} uids"
    if (subnet.block_at_registration > state.block).any():
        yield "a uid registered in the future"
    yield from _matrix_laws(state, subnet)


def _matrix_laws(state: State, subnet: Subnet) -> Iterator[str]:
    if not subnet.mechanisms:
        yield "there is no mechanism"
    split = subnet.mechanism_split
    if split is not None and (sum(split) != U16_MAX or len(split) > len(subnet.mechanisms)):
        yield f"the emission split {split} is not whole"
    for number, mechanism in enumerate(subnet.mechanisms):
        if len(mechanism.last_update) and mechanism.last_update.max() > state.block:
            yield f"mechanism {number} was updated in the future"
        if any(len(row.uid) != len(row.value) for row in mechanism.weights):
            yield f"mechanism {number} has a weight row of two lengths"
        used = [row.uid for row in mechanism.weights if len(row.uid)]
        for name, uids in (("weight", used), ("bond", [mechanism.bonds.uid])):
            if any(len(row) and row.max() >= subnet.n for row in uids):
                yield f"mechanism {number} has a {name} on a uid that does not exist"
        if any(len(np.unique(row)) != len(row) for row in used):
            yield f"mechanism {number} has two weights on one uid"
        yield from _csr_laws(mechanism.bonds)


def _csr_laws(rows: SparseRows) -> Iterator[str]:
    start = rows.start
    fits = len(start) > 0 and start[0] == 0 and start[-1] == len(rows.uid) == len(rows.value)
    if not fits or (np.diff(start) < 0).any():
        yield "bond rows do not fit together"


def _relation_laws(subnet: Subnet) -> Iterator[str]:
    lent = {(p, parent, child) for parent, pairs in subnet.children.items() for p, child in pairs}
    borrowed = {(p, parent, child) for child, pairs in subnet.parents.items() for p, parent in pairs}
    if lent != borrowed:
        yield "childkey relations differ between their two ends"
    for hotkey, pairs in subnet.children.items():
        if sum(p for p, _ in pairs) > U64_MAX or len(pairs) > 5:
            yield f"{hotkey} has given away more than it has"
        if hotkey in {child for _, child in pairs}:
            yield f"{hotkey} is its own child"


def check_frozen(state: State) -> Iterator[str]:
    """No array of a state can be written to."""
    for name, array in _arrays(state, "state"):
        if array.flags.writeable or (isinstance(array.base, np.ndarray) and array.base.flags.writeable):
            yield f"{name} can be written to"


def _arrays(value: Any, name: str) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    if isinstance(value, np.ndarray):
        yield name, value
    elif hasattr(value, "__dataclass_fields__"):
        for item in fields(value):
            yield from _arrays(getattr(value, item.name), item.name)
    elif isinstance(value, tuple):
        for item in value:
            yield from _arrays(item, name)


LAWS: tuple[Callable[[State], Iterator[str]], ...] = (
    check_tables,
    check_tao,
    check_stake,
    check_clocks,
    check_subnets,
    check_frozen,
)
