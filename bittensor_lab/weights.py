"""Setting weights: the checks, the scaling to u16, and the clock of commits.

Weights are relative: the largest value becomes 65535, and rows are normalised only inside the epoch.
Whether they come directly, by a reveal or from a timelocked commit, the same routine takes them.

A commit made in epoch e can be revealed while the epoch clock shows e + p, p being the reveal
period, and is expired after that.

Source: ``spec/epoch.md`` 3; ``subnets/weights.rs``, ``epoch/math.rs``, ``guards/check_weights.rs``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.accounts import passed
from bittensor_lab.errors import (
    CanNotSetRootNetworkWeights,
    ChainError,
    DuplicateUids,
    HotKeyNotRegisteredInSubNet,
    IncorrectWeightVersionKey,
    MechanismDoesNotExist,
    NeuronNoValidatorPermit,
    NotEnoughStakeToSetWeights,
    SettingWeightsTooFast,
    UidsLengthExceedUidsInSubNet,
    UidVecContainInvalidOne,
    WeightVecLengthIsLow,
    WeightVecNotEqualSize,
)
from bittensor_lab.events import Event, TimelockedWeightsRevealed, WeightsSet
from bittensor_lab.rows import make_row
from bittensor_lab.schedule import epoch_clock
from bittensor_lab.stake_weight import Q32, stake_weight_of
from bittensor_lab.state import ROOT_NETUID, Mechanism, State, Subnet, TimelockedCommit
from bittensor_lab.units import U16_MAX, format_tao

HALF = 1 << (Q32 - 1)
MECHANISM_STRIDE = 4096
"""storage index of a mechanism's matrices = mechanism · 4096 + netuid"""


@dataclass(frozen=True)
class Submission:
    """Weights as a hotkey submits them."""

    hotkey: str
    netuid: int
    mechanism: int
    uids: tuple[int, ...]
    values: tuple[int, ...]
    version_key: int


def set_weights_of(state: State, given: Submission) -> tuple[State, tuple[Event, ...]]:
    """Check and store a hotkey's weights, by whatever way they came; raises as the chain does."""
    if given.netuid == ROOT_NETUID:
        raise CanNotSetRootNetworkWeights
    if len(given.uids) != len(given.values):
        raise WeightVecNotEqualSize(f"{len(given.uids)} uids, {len(given.values)} values")
    subnet = checked_subnet(state, given.netuid, given.mechanism)
    uid = _check(state, subnet, given)
    mechanism = subnet.mechanism(given.mechanism)
    rows = mechanism.weights
    row = make_row(given.uids, max_upscale(given.values))
    changes: dict[str, Any] = {"weights": (*rows[:uid], row, *rows[uid + 1 :])}
    if not state.hyperparameters(given.netuid).commit_reveal:
        changes["last_update"] = touched(mechanism, uid, state.block)
    changed = subnet.with_mechanism(given.mechanism, **changes)
    return state.with_subnet(changed), (WeightsSet(given.netuid, given.mechanism, uid),)


def _check(state: State, subnet: Subnet, given: Submission) -> int:
    """The chain's further checks in the chain's order (3.2); the caller's uid."""
    h, mechanism = state.hyperparameters(given.netuid), subnet.mechanism(given.mechanism)
    if len(given.uids) > subnet.n:
        raise UidsLengthExceedUidsInSubNet(f"{len(given.uids)} uids are named, there are {subnet.n}")
    uid = registered_uid(subnet, given.hotkey)
    require_stake(state, subnet, given.hotkey)
    if h.weights_version_key and given.version_key < h.weights_version_key:
        raise IncorrectWeightVersionKey(f"version_key {given.version_key}, asked {h.weights_version_key}")
    if not h.commit_reveal:
        check_rate(state, subnet, mechanism, uid, SettingWeightsTooFast)
    alone = is_self_weight(uid, given.uids)
    if not (alone or uid == subnet.owner_uid or subnet.validator_permit[uid]):
        raise NeuronNoValidatorPermit(f"uid {uid} ({given.hotkey}) on netuid {subnet.netuid}")
    if len(set(given.uids)) != len(given.uids):
        raise DuplicateUids(f"uids {list(given.uids)}")
    if given.uids and max(given.uids) >= subnet.n:
        raise UidVecContainInvalidOne(f"uid {max(given.uids)}; the subnet has uids 0 to {subnet.n - 1}")
    if not has_enough(subnet.n, h.min_allowed_weights, uid, given.uids):
        raise WeightVecLengthIsLow(f"{len(given.uids)}, and it must be at least {h.min_allowed_weights}")
    return uid


def existing_subnet(state: State, netuid: int) -> Subnet | None:
    """Return the subnet, None if there is none."""
    return state.subnets[netuid] if netuid < len(state.subnets) else None


def checked_subnet(state: State, netuid: int, mechanism: int) -> Subnet:
    """Return a subnet that has this mechanism; raises as the chain does for weights."""
    if netuid == ROOT_NETUID:
        raise CanNotSetRootNetworkWeights
    found = existing_subnet(state, netuid)
    if found is None:
        raise MechanismDoesNotExist(f"netuid {netuid}, mechanism {mechanism}")
    found.mechanism(mechanism)
    return found


def registered_uid(subnet: Subnet, hotkey: str) -> int:
    """Return the uid of a hotkey; raises HotKeyNotRegisteredInSubNet."""
    if hotkey not in subnet.uids:
        raise HotKeyNotRegisteredInSubNet(f"hotkey {hotkey} on netuid {subnet.netuid}")
    return subnet.uids[hotkey]


def require_stake(state: State, subnet: Subnet, hotkey: str) -> None:
    """Raise NotEnoughStakeToSetWeights below the threshold; the owner's hotkey always passes."""
    least = state.network.stake_threshold
    if hotkey == subnet.owner_hotkey or not least:
        return
    weight = stake_weight_of(state, subnet.netuid, hotkey) >> Q32
    if weight < least:
        raise NotEnoughStakeToSetWeights(
            f"{hotkey} counts {format_tao(weight)} on netuid {subnet.netuid}, asked {format_tao(least)}"
        )


def check_rate(state: State, subnet: Subnet, mechanism: Mechanism, uid: int, error: type[ChainError]) -> None:
    """Raise ``error`` if the uid's last update is more recent than the rate limit."""
    last, limit = int(mechanism.last_update[uid]), state.hyperparameters(subnet.netuid).weights_set_rate_limit
    if not passed(last, limit, state.block):
        raise error(f"uid {uid} at block {last}; again from block {last + limit}, now {state.block}")


def is_self_weight(uid: int, uids: Sequence[int]) -> bool:
    """Whether the one and only weight is on the setter itself."""
    return len(uids) == 1 and uids[0] == uid


def has_enough(n: int, min_allowed_weights: int, uid: int, uids: Sequence[int]) -> bool:
    """Whether enough uids get a weight; a self-weight always is."""
    return is_self_weight(uid, uids) or len(uids) >= min(min_allowed_weights, n)


def max_upscale(values: Sequence[int]) -> list[int]:
    """Return u16 ``values`` scaled so that the largest is 65535, rounded where the chain rounds (3.4)."""
    top = max(values, default=0)
    if top == 0:
        return [0] * len(values)
    if top <= 32768:
        return [(((v * U16_MAX) << Q32) // top + HALF) >> Q32 for v in values]
    factor = (U16_MAX << Q32) // top
    return [(v * factor + HALF) >> Q32 for v in values]


def touched(mechanism: Mechanism, uid: int, block: int) -> NDArray[np.int64]:
    """Return last updates [n] with that of one uid set to ``block``."""
    changed = mechanism.last_update.copy()
    changed[uid] = block
    return changed


def storage_index(netuid: int, mechanism: int) -> int:
    """Return where the chain stores a mechanism's matrices."""
    return mechanism * MECHANISM_STRIDE + netuid


def account_id(key: str) -> bytes:
    """Return the 32 bytes of an account: of ``0x…`` in hex, else the BLAKE2-256 hash of the name."""
    if re.fullmatch("0x[0-9a-fA-F]{64}", key):
        return bytes.fromhex(key[2:])
    return blake2b(key.encode(), digest_size=32).digest()


def key_hash(key: str) -> str:
    """Return the hash under which a coldkey is announced: BLAKE2-256 of its 32 bytes, in hex."""
    return "0x" + blake2b(account_id(key), digest_size=32).hexdigest()


def commit_hash(given: Submission, salt: Sequence[int]) -> str:
    """Return the hash that a commit must bear: BLAKE2-256 over the SCALE encoding, in hex.

    The encoded tuple is (account id, storage index u16, uids, values, salt: vectors of u16,
    version key u64); numbers are little-endian, a vector begins with its compact length.
    """
    encoded = account_id(given.hotkey) + storage_index(given.netuid, given.mechanism).to_bytes(2, "little")
    for vector in (given.uids, given.values, salt):
        encoded += _compact(len(vector)) + b"".join(x.to_bytes(2, "little") for x in vector)
    encoded += given.version_key.to_bytes(8, "little")
    return "0x" + blake2b(encoded, digest_size=32).hexdigest()


def _compact(number: int) -> bytes:
    """SCALE's compact integer below 2³⁰: the two lowest bits say how many bytes follow."""
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return (number << 2 | 1).to_bytes(2, "little")
    return (number << 2 | 2).to_bytes(4, "little")


def reveal_timelocked(state: State, netuid: int) -> tuple[State, tuple[Event, ...]]:
    """Reveal the timelocked commits whose epoch has come; what the checks refuse is dropped silently."""
    subnet, events = state.subnet(netuid), list[Event]()
    reached = epoch_clock(state, netuid, state.block) - state.hyperparameters(netuid).reveal_period_epochs
    for number, mechanism in enumerate(subnet.mechanisms):
        ripe = {epoch: bucket for epoch, bucket in mechanism.timelocked.items() if epoch <= reached}
        if not ripe:
            continue
        waiting = mechanism.timelocked
        for epoch in ripe:
            waiting = waiting.delete(epoch)
        state = state.with_subnet(state.subnet(netuid).with_mechanism(number, timelocked=waiting))
        for commit in ripe.get(reached, ()):
            state, happened = _reveal(state, netuid, number, commit)
            events += happened
    return state, tuple(events)


def _reveal(
    state: State, netuid: int, mechanism: int, commit: TimelockedCommit
) -> tuple[State, tuple[Event, ...]]:
    given = Submission(commit.hotkey, netuid, mechanism, commit.uids, commit.values, commit.version_key)
    try:
        state, events = set_weights_of(state, given)
    except ChainError:
        return state, ()
    return state, (TimelockedWeightsRevealed(commit.hotkey, netuid, mechanism), *events)


def has_ripe_commits(state: State, subnet: Subnet) -> bool:
    """Whether timelocked commits are revealed or dropped in the next block whatever else happens."""
    if not any(m.timelocked for m in subnet.mechanisms):
        return False
    index = int(state.clocks.epoch_index[subnet.netuid])
    reached = index - state.hyperparameters(subnet.netuid).reveal_period_epochs
    return any(epoch <= reached for m in subnet.mechanisms for epoch in m.timelocked)
