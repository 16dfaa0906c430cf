"""A small network with round numbers, and short ways to ask things of it and see what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from hashlib import blake2b
from typing import Any

import numpy as np
import pytest
from immutables import Map
from random_chain import digest

from bittensor_lab import block, coinbase, stake
from bittensor_lab.errors import ChainError
from bittensor_lab.events import Event
from bittensor_lab.extrinsics import (
    CommitTimelockedWeights,
    CommitWeights,
    RevealWeights,
    SetMechanismWeights,
    SetWeights,
)
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.rows import make_row
from bittensor_lab.state import State, Subnet, new_mechanism
from bittensor_lab.units import RAO_PER_TAO as TAO

NETUID, NOW, N = 1, 1_000, 8
OWNER = "owner-1-cold"
V1, V2, V3 = "validator-1", "validator-2", "validator-3"
TEMPO, SALT, EVEN = 100, (1, 2, 300), 32767
STAKE = {V1: 50 * TAO, V2: 30 * TAO, V3: 20 * TAO}


def small(subnets: int = 1, *, commit_reveal: bool = False, params: Mapping[str, int] | None = None,
          **rules: int) -> State:  # fmt: skip
    """Main net's rules at block 1,000, the epoch just due; uid 0 owner, 1 to 3 validators, 4 to 7 miners.

    Nobody has weights; stake is alpha only: 50, 30 and 20. All registered at block 0, updated at 900.
    """
    state = demo_network(subnets, 3, 4, rulebook=mainnet(), commit_reveal=commit_reveal, weights=False)
    state = with_stake(state, 0, {})
    for netuid in state.netuids:
        state = with_stake(state.with_hyperparameters(netuid, **rules), netuid, STAKE)
    for netuid in state.netuids:
        clocks = state.clocks.at(netuid, last_epoch_block=NOW, blocks_since_last_step=0)
        state = replace(state, clocks=clocks)
    return replace(state, network=replace(state.network, **(params or {})))


def plain(state: State) -> State:
    """The network before anything is emitted, and where an alpha costs a TAO: stakes stay as they are."""
    pools = replace(state.pools, first_emission_block=0 * state.pools.first_emission_block)
    return replace(state, pools=replace(pools, alpha_in=pools.tao_in))


def with_stake(state: State, netuid: int, ledger: Mapping[str, int]) -> State:
    """Other stakes on a netuid, each its hotkey's owner's own, and accounts to match."""
    before = stakes(state, netuid)
    cleared = replace(state, stake=(*state.stake[:netuid], Map(), *state.stake[netuid + 1 :]))
    for hotkey, amount in ledger.items():
        cleared = stake.with_stake(cleared, netuid, hotkey, state.owner.get(hotkey, hotkey), amount)
    total = sum(ledger.values())
    if netuid:
        return replace(cleared, pools=state.pools.at(netuid, alpha_out=total))
    issuance = state.total_issuance + total - sum(before.values())
    pools = state.pools.at(0, account=total, tao_in=total, alpha_out=total)
    return replace(cleared, pools=pools, total_issuance=issuance)


def stakes(state: State, netuid: int) -> dict[str, int]:
    """What is staked on each hotkey of a netuid."""
    return {hotkey: pool.value for hotkey, pool in state.stake[netuid].items()}


def holding(state: State, coldkey: str, rao: int) -> State:
    """A coldkey's balance set, the issuance with it."""
    issuance = state.total_issuance + rao - state.free.get(coldkey, 0)
    return replace(state, free=state.free.set(coldkey, rao), total_issuance=issuance)


def edited(state: State, **changes: Any) -> State:
    """Fields of subnet 1 replaced; lists become arrays of the field's type."""
    subnet = state.subnet(NETUID)
    return state.with_subnet(replace(subnet, **_typed(subnet, changes)))


def mech(state: State, number: int = 0, **changes: Any) -> State:
    """Fields of one mechanism of subnet 1 replaced; weights as {uid: {target: value}}."""
    subnet = state.subnet(NETUID)
    changes = _typed(subnet.mechanisms[number], changes)
    if isinstance(given := changes.get("weights"), dict):
        rows = list(subnet.mechanisms[number].weights)
        for uid, row in given.items():
            rows[uid] = make_row(list(row), list(row.values()))
        changes["weights"] = tuple(rows)
    return state.with_subnet(subnet.with_mechanism(number, **changes))


def _typed(record: Any, changes: dict[str, Any]) -> dict[str, Any]:
    arrays = {name for name in changes if isinstance(getattr(record, name), np.ndarray)}
    return {k: np.array(v, getattr(record, k).dtype) if k in arrays else v for k, v in changes.items()}


def clocked(state: State, **values: int) -> State:
    """Clocks of subnet 1 set."""
    return replace(state, clocks=state.clocks.at(NETUID, **values))


def later(state: State, blocks: int) -> State:
    """Only the block number moved on: no epoch, no decay."""
    return replace(state, block=state.block + blocks)


def step(state: State, blocks: int) -> State:
    """Block by block."""
    for _ in range(blocks):
        state, _ = block.begin_block(state)
    return state


def run_to(state: State, number: int) -> State:
    """To the end of block ``number``'s beginning."""
    return block.run(state, number - state.block)


def done(state: State, extrinsic: Any) -> tuple[State, tuple[Event, ...]]:
    """Apply; the laws hold after it, and what was there before is untouched."""
    before = digest(state)
    after, events = extrinsic.apply(state)
    assert violations(after) == []
    assert digest(state) == before
    return after, events


def all_done(state: State, *extrinsics: Any) -> State:
    """Apply one after the other in the same block."""
    for extrinsic in extrinsics:
        state, _ = done(state, extrinsic)
    return state


def refused(state: State, extrinsic: Any, error: type[Exception]) -> None:
    """Apply; it raises exactly this error, in a block it is an event, and no bit of the state differs."""
    before = digest(state)
    with pytest.raises(error) as caught:
        extrinsic.apply(state)
    assert type(caught.value) is error
    assert digest(state) == before
    if issubclass(error, ChainError):
        reached, _ = block.begin_block(state)
        with_it, events = block.block_step(state, [extrinsic])
        if getattr(events[-1], "error", None) is not None:
            assert digest(with_it) == digest(reached)


def changed(before: Any, after: Any) -> set[str]:
    """The fields that are not the very same object any more, or another number."""
    pairs = {item.name: (getattr(before, item.name), getattr(after, item.name)) for item in fields(before)}
    return {name for name, (a, b) in pairs.items() if a is not b and not (isinstance(a, int) and a == b)}


def moved_clocks(before: State, after: State) -> set[str]:
    """The clocks that differ, and only in subnet 1's row."""
    names = changed(before.clocks, after.clocks)
    for name in names:
        differs = np.flatnonzero(getattr(before.clocks, name) != getattr(after.clocks, name))
        assert set(differs.tolist()) <= {NETUID}
    return names


def row(state: State, uid: int, mechanism: int = 0) -> list[tuple[int, int]]:
    """A uid's stored weights, in stored order."""
    found = state.subnet(NETUID).mechanisms[mechanism].weights[uid]
    return list(zip(found.uid.tolist(), found.value.tolist(), strict=True))


def one(state: State) -> Subnet:
    """Subnet 1."""
    return state.subnet(NETUID)


def incentive(state: State, mechanism: int = 0) -> Sequence[int]:
    """Subnet 1's incentive."""
    return one(state).mechanisms[mechanism].incentive.tolist()


def updates(state: State, mechanism: int = 0) -> list[int]:
    """Subnet 1's last updates."""
    return one(state).mechanisms[mechanism].last_update.tolist()


def epochs(happened: tuple[Event, ...]) -> list[str]:
    """The names of events; the pay-out that follows each epoch goes without saying."""
    names = [event.name for event in happened]
    assert names.count("EpochRan") == names.count("EmissionDistributed")
    return [name for name in names if name != "EmissionDistributed"]


def pots(state: State, netuid: int = NETUID) -> int:
    """What waits for a subnet's next epoch, but for the owner's part."""
    names = ("pending_server", "pending_validator", "pending_root")
    return sum(int(getattr(state.pools, name)[netuid]) for name in names)


def emission_to_come(state: State, blocks: int, netuid: int = NETUID) -> int:
    """What will wait for the epoch that runs in ``blocks`` blocks: one block more than before it."""
    before = step(state, blocks - 1)
    return pots(coinbase.run_coinbase(replace(before, block=before.block + 1)), netuid)


def weighing(hotkey=V1, uids=(4, 5), values=(1, 1), key=0, netuid=NETUID, mechanism=0):
    if mechanism:
        return SetMechanismWeights(hotkey, netuid, uids, values, key, mechanism)
    return SetWeights(hotkey, netuid, uids, values, key)


def two_mechanisms(state):
    return edited(state, mechanisms=(*one(state).mechanisms, new_mechanism(N)))


def scale_hash(account: bytes, index: int, vectors, key: int) -> str:
    """BLAKE2-256 of the SCALE encoding, by hand."""
    data = account + index.to_bytes(2, "little")
    for vector in vectors:
        size = len(vector)
        data += bytes([4 * size]) if size < 64 else bytes([(4 * size + 1) % 256, (4 * size + 1) // 256])
        for number in vector:
            data += bytes([number % 256, number // 256])
    return "0x" + blake2b(data + key.to_bytes(8, "little"), digest_size=32).hexdigest()


def named(hotkey):
    return blake2b(hotkey.encode(), digest_size=32).digest()


def hashed(uids=(4, 5), values=(1, 1), salt=SALT, key=0, hotkey=V1, index=NETUID):
    return scale_hash(named(hotkey), index, (uids, values, salt), key)


def commit(hotkey=V1, mechanism=0, netuid=NETUID, **about):
    index = 4096 * mechanism + netuid
    return CommitWeights(hotkey, netuid, hashed(hotkey=hotkey, index=index, **about), mechanism)


def reveal(hotkey=V1, uids=(4, 5), values=(1, 1), salt=SALT, key=0, mechanism=0, netuid=NETUID):
    return RevealWeights(hotkey, netuid, uids, values, salt, key, mechanism)


def secret(p=1, subnets=1, **rules):
    """Commit-reveal with a short tempo, and no waiting between commits."""
    rules = {"tempo": TEMPO, "weights_set_rate_limit": 0} | rules
    return small(subnets, commit_reveal=True, reveal_period_epochs=p, **rules)


def timed(hotkey=V1, uids=(4, 5), values=(1, 1), key=0, mechanism=0, version=4, netuid=NETUID):
    return CommitTimelockedWeights(hotkey, netuid, uids, values, key, mechanism, version)
