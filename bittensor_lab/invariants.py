"""Laws that hold on every state: nothing is created or lost, and the parts agree with each other.

    violations(state) -> []      or one sentence for each law that is broken

Conservation: the total issuance is the sum of all accounts; a subnet's account covers its pool, root's
is what is staked on root; whatever anyone holds or may claim of a subnet's alpha is part of the alpha
outstanding; a share pool's parts are its whole. Structure: every per-uid array has one entry per
uid, childkey relations agree from both ends, every hotkey on a subnet has an owner, weights and bonds
name uids that exist, and no array can be written to.

Source: ``spec/economy.md`` 11; the rest follows from ``spec/epoch.md`` 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from bittensor_lab.kernels.amm import LOWEST_WEIGHT, WHOLE
from bittensor_lab.root_claims import claimable
from bittensor_lab.rows import SparseRows
from bittensor_lab.share_pool import SharePool
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


def check_pools(state: State) -> Iterator[str]:
    """Accounts cover the pools, no amount is negative, no weight out of bounds."""
    p = state.pools
    if (p.account < p.tao_in).any():
        yield f"the account of netuid {int((p.account < p.tao_in).argmax())} holds less than its pool"
    signed = ("user_flow", "protocol_flow", "root_share", "user_flow_ema", "protocol_flow_ema")
    for item in fields(p):
        if item.name not in signed and (getattr(p, item.name) < 0).any():
            yield f"{item.name} is negative"
        if not np.isfinite(getattr(p, item.name)).all():
            yield f"{item.name} is no finite number"
    there = np.array([subnet is not None for subnet in state.subnets])
    even = (p.quote_weight >= LOWEST_WEIGHT) & (p.quote_weight <= WHOLE - LOWEST_WEIGHT)
    if (there & ~even).any():
        yield f"the pool of netuid {int((there & ~even).argmax())} has a weight out of bounds"


def check_stake(state: State) -> Iterator[str]:
    """Share pools add up; root's account is its stake; a subnet's alpha is nobody's twice."""
    for netuid, ledger in enumerate(state.stake):
        total = sum(pool.value for pool in ledger.values())
        for hotkey, pool in ledger.items():
            yield from _share_laws(state, f"the stake on {hotkey} of netuid {netuid}", hotkey, pool)
        if netuid == ROOT_NETUID:
            p = state.pools
            held = {int(p.account[0]), int(p.tao_in[0]), int(p.alpha_out[0])}
            if held != {total}:
                yield f"root stake is {total} rao, root's account holds {sorted(held)}"
        elif state.subnets[netuid] is not None:
            yield from _alpha_laws(state, netuid, total)
        elif ledger:
            yield f"there is stake on netuid {netuid}, but no subnet"


def _share_laws(state: State, where: str, hotkey: str, pool: SharePool) -> Iterator[str]:
    if pool.value < 0 or (not pool.value and not pool.denominator.mantissa):
        yield f"{where} is empty or negative"
    if hotkey not in state.owner:
        yield f"{where} is on a hotkey that nobody owns"
    values = sum(pool.value_of(coldkey) for coldkey in pool.shares)
    if values > pool.value or (pool.shares and pool.value - values > len(pool.shares) + 1):
        yield f"{where} is {pool.value} rao, its holders have {values}"
    if any(hotkey not in state.staking_hotkeys.get(coldkey, ()) for coldkey in pool.shares):
        yield f"{where} belongs to a coldkey that does not know of it"


def _alpha_laws(state: State, netuid: int, staked: int) -> Iterator[str]:
    """What anyone holds, waits for or may claim is outstanding; epochs may pay a little too much (11.5)."""
    p, epochs = state.pools, int(state.clocks.epoch_index[netuid])
    pots = ("pending_server", "pending_validator", "pending_root", "pending_owner", "protocol_alpha")
    waiting = sum(int(getattr(p, name)[netuid]) for name in pots)
    claims = sum(
        claimable(state, hotkey, coldkey).get(netuid, 0)
        for hotkey, claims in state.root_claims.items()
        if netuid in claims.rates
        for coldkey in state.stake[ROOT_NETUID].get(hotkey, SharePool()).shares
    )
    slack = (1 + epochs) * (10_000 + 100 * int(state.rules.tempo[netuid])) + int(p.childkey_burned[netuid])
    if staked + waiting + claims > int(p.alpha_out[netuid]) + slack:
        yield (
            f"netuid {netuid}: stake of {staked}, pots of {waiting} and claims of {claims} exceed "
            f"the {int(p.alpha_out[netuid])} rao of alpha outstanding"
        )


def check_root_stakers(state: State) -> Iterator[str]:
    """The coldkeys that lots are drawn among are numbered without a gap."""
    numbers = {number: coldkey for coldkey, number in state.root_stakers.items()}
    if numbers != dict(state.root_staker_of.items()) or set(numbers) != set(range(len(numbers))):
        yield "root's stakers are not numbered one by one"


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
    check_pools,
    check_stake,
    check_root_stakers,
    check_clocks,
    check_subnets,
    check_frozen,
)
