"""What a subnet's owner, and root, may change.

Most changes of an owner are refused shortly before an epoch (the freeze window) and limited in rate
per hyperparameter; a parameter's ``Meaning`` says who may set it and within which range.

Source: ``spec/epoch.md`` 1.2, 1.4, 2.5 and 8.5; ``pallets/admin-utils/src/lib.rs``,
``coinbase/tempo_control.rs``, ``subnets/mechanism.rs``, ``subnets/uids.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bittensor_lab.accounts import passed
from bittensor_lab.block import Events
from bittensor_lab.errors import (
    AdminActionProhibitedDuringWeightsWindow,
    AutoEpochAlreadyImminent,
    BadOrigin,
    DynamicTempoBlockedByCommitReveal,
    EpochTriggerAlreadyPending,
    InputError,
    InvalidValue,
    TempoOutOfBounds,
    TooManyUIDsPerMechanism,
    TrimmingWouldExceedMaxImmunePercentage,
    TxRateLimitExceeded,
)
from bittensor_lab.events import (
    EpochTriggered,
    HyperparameterSet,
    MechanismCountSet,
    MechanismEmissionSplitSet,
    UidsTrimmed,
)
from bittensor_lab.extrinsics.arguments import U8, U16, NetUid, Origin, Said, Split, Value, check_arguments
from bittensor_lab.extrinsics.limits import MAX_UIDS, check_range, check_together
from bittensor_lab.neurons import immortal_uids, keep_uids, resize_mechanisms, temporally_immune
from bittensor_lab.params import Hyperparameters, Meaning, NetworkParameters, check_value, meanings
from bittensor_lab.schedule import blocks_until_next_auto, in_freeze_window
from bittensor_lab.state import ROOT, ROOT_NETUID, State
from bittensor_lab.units import U16_MAX

MOST_IMMUNE = 80
"""percent of the places left after trimming that may be immune, exclusive"""


@dataclass(frozen=True)
class SetHyperparameter:
    """The owner, or ROOT, sets a hyperparameter of a subnet, as stored on chain.

    ``alpha_values`` takes the pair (low, high); an owner sets the tempo by ``SetTempo``.
    """

    origin: Origin
    netuid: NetUid
    name: Said
    value: Value

    def __post_init__(self) -> None:
        check_arguments(self)
        _as_values(self.name, self.value)  # a name that does not exist is a mistake in Python

    def apply(self, state: State) -> tuple[State, Events]:
        """Check who, when and within which range; then set."""
        values = _as_values(self.name, self.value)
        self._check_origin(state)
        h = state.hyperparameters(self.netuid)
        for name, value in values.items():
            check_range(name, value, by_root=self.origin == ROOT)
        check_together(state, self.netuid, self.name, values)
        state = _note(state, self.netuid, self.origin, self.name)
        state = state.with_hyperparameters(self.netuid, **values)
        return state, tuple(
            HyperparameterSet(self.netuid, name, int(getattr(h, name)), int(value))
            for name, value in values.items()
        )

    def _check_origin(self, state: State) -> None:
        state.subnet(self.netuid)
        who = "root" if self.name == "tempo" else _meaning(self.name).who
        if who == "root":
            _require_root(self.origin, self.name)
            return
        tempos = state.network.owner_hyperparam_rate_limit
        if self.name == "weights_version_key":
            tempos = state.network.weights_version_key_rate_limit
        if self.name == "activity_cutoff_factor_milli" and self.origin == ROOT:
            return
        limit = tempos * state.hyperparameters(self.netuid).tempo
        _require_owner(state, self.netuid, self.origin, self.name, limit)


@dataclass(frozen=True)
class SetNetworkParameter:
    """ROOT sets a parameter of the whole network."""

    origin: Origin
    name: Said
    value: Value

    def __post_init__(self) -> None:
        check_arguments(self)
        known = meanings(NetworkParameters)
        if self.name not in known:
            raise InputError(
                f"the network has no parameter {self.name!r}", remedy=f"Known: {', '.join(known)}."
            )
        check_value(self.name, self.value, known[self.name])

    def apply(self, state: State) -> tuple[State, Events]:
        """Check the origin, then set."""
        _require_root(self.origin, self.name)
        changes: dict[str, Any] = {self.name: int(self.value)}
        network, before = replace(state.network, **changes), getattr(state.network, self.name)
        happened = HyperparameterSet(ROOT_NETUID, self.name, before, getattr(network, self.name))
        return replace(state, network=network), (happened,)


@dataclass(frozen=True)
class SetTempo:
    """The owner sets the tempo; the cycle starts anew."""

    origin: Origin
    netuid: NetUid
    tempo: U16

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check bounds, freeze window and cooldown."""
        before = state.hyperparameters(self.netuid).tempo
        if self.origin == ROOT:
            raise BadOrigin("set_tempo is the owner's; ROOT uses set_hyperparameter")
        _require_owner_key(state, self.netuid, self.origin)
        low, high = state.network.min_tempo, state.network.max_tempo
        if not low <= self.tempo <= high:
            raise TempoOutOfBounds(f"{self.tempo} blocks; it must lie between {low} and {high}")
        _require_owner(state, self.netuid, self.origin, "tempo", state.network.tempo_rate_limit)
        state = _note(state, self.netuid, self.origin, "tempo")
        clocks = state.clocks.at(self.netuid, last_epoch_block=state.block)
        state = replace(state.with_hyperparameters(self.netuid, tempo=self.tempo), clocks=clocks)
        return state, (HyperparameterSet(self.netuid, "tempo", before, self.tempo),)


@dataclass(frozen=True)
class TriggerEpoch:
    """The owner asks for an epoch one freeze window from now."""

    origin: Origin
    netuid: NetUid

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check commit-reveal, a trigger or epoch that comes anyway, and the rate."""
        h = state.hyperparameters(self.netuid)
        _require_owner_key(state, self.netuid, self.origin)
        if h.commit_reveal:
            raise DynamicTempoBlockedByCommitReveal(f"netuid {self.netuid}")
        pending = int(state.clocks.pending_epoch_at[self.netuid])
        if pending:
            raise EpochTriggerAlreadyPending(f"at block {pending}")
        until, window = blocks_until_next_auto(state, self.netuid), state.network.admin_freeze_window
        if until is not None and until < window:
            raise AutoEpochAlreadyImminent(f"in {until} blocks, the window is {window}")
        _require_rate(state, self.netuid, "trigger_epoch", state.network.tempo_rate_limit)
        at = state.block + window
        state = _note(state, self.netuid, self.origin, "trigger_epoch")
        state = replace(state, clocks=state.clocks.at(self.netuid, pending_epoch_at=at))
        return state, (EpochTriggered(self.netuid, at),)


@dataclass(frozen=True)
class SetMechanismCount:
    """The owner sets how many weight matrices the subnet has; the split becomes even."""

    origin: Origin
    netuid: NetUid
    count: U8

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check rate and range; what mechanisms that go hold is deleted."""
        h = state.hyperparameters(self.netuid)
        _require_owner(state, self.netuid, self.origin, "mechanism_count", state.network.mechanism_rate_limit)
        if not 1 <= self.count <= state.network.max_mechanism_count:
            raise InvalidValue(f"{self.count} mechanisms, at most {state.network.max_mechanism_count}")
        if h.max_allowed_uids * self.count > MAX_UIDS:
            raise TooManyUIDsPerMechanism(f"{h.max_allowed_uids} places times {self.count} mechanisms")
        state = _note(state, self.netuid, self.origin, "mechanism_count")
        subnet = state.subnet(self.netuid)
        if self.count != len(subnet.mechanisms):
            subnet = resize_mechanisms(subnet, self.count)
        return state.with_subnet(subnet), (MechanismCountSet(self.netuid, self.count),)


@dataclass(frozen=True)
class SetMechanismEmissionSplit:
    """The owner sets each mechanism's part of the emission, of 65535; None: even."""

    origin: Origin
    netuid: NetUid
    split: Split = None

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check rate and sum."""
        subnet, name = state.subnet(self.netuid), "mechanism_emission_split"
        _require_owner(state, self.netuid, self.origin, name, state.network.mechanism_rate_limit)
        if self.split is not None:
            count = len(subnet.mechanisms)
            if not 1 <= len(self.split) <= count or sum(self.split) != U16_MAX:
                raise InvalidValue(
                    f"{list(self.split)}: 1 to {count} parts that add up to {U16_MAX}, not {sum(self.split)}"
                )
        state = _note(state, self.netuid, self.origin, name)
        subnet = replace(state.subnet(self.netuid), mechanism_split=self.split)
        return state.with_subnet(subnet), (MechanismEmissionSplitSet(self.netuid, self.split),)


@dataclass(frozen=True)
class TrimToMaxAllowedUids:
    """The owner, or ROOT, shrinks the subnet to ``max_n`` places; the least earning uids go."""

    origin: Origin
    netuid: NetUid
    max_n: U16

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check rate and range, remove, and number the survivors anew (2.5)."""
        h = state.hyperparameters(self.netuid)
        _require_owner(
            state, self.netuid, self.origin, "trim_to_max_allowed_uids", state.network.trim_rate_limit
        )
        if not h.min_allowed_uids <= self.max_n <= h.max_allowed_uids:
            raise InvalidValue(
                f"{self.max_n}; it must lie between {h.min_allowed_uids} and {h.max_allowed_uids}"
            )
        removed = self._to_remove(state)
        state = _note(state, self.netuid, self.origin, "trim_to_max_allowed_uids")
        subnet = state.subnet(self.netuid)
        if removed:
            kept = np.setdiff1d(np.arange(subnet.n), removed)
            state = state.with_subnet(keep_uids(subnet, kept))
        state = state.with_hyperparameters(self.netuid, max_allowed_uids=self.max_n)
        return state, (UidsTrimmed(self.netuid, tuple(removed)),)

    def _to_remove(self, state: State) -> list[int]:
        subnet = state.subnet(self.netuid)
        if subnet.n <= self.max_n:
            return []
        immune = temporally_immune(subnet, state.hyperparameters(self.netuid), state.block)
        immune[list(immortal_uids(state, subnet))] = True
        count = int(immune.sum())
        if 100 * count // max(self.max_n, 1) >= MOST_IMMUNE:
            raise TrimmingWouldExceedMaxImmunePercentage(f"{count} of {self.max_n} places")
        by_emission = np.argsort(-subnet.emission, kind="stable")
        last_first = [uid for uid in by_emission[::-1].tolist() if not immune[uid]]
        return sorted(last_first[: subnet.n - self.max_n])


def _as_values(name: str, value: int | bool | tuple[int, ...]) -> dict[str, int | bool]:
    """The fields that a setting changes, checked by what their storage can hold."""
    if name == "alpha_values":
        if not isinstance(value, tuple) or len(value) != 2:
            raise InputError(f"alpha_values must be a pair (low, high), not {value!r}")
        values: dict[str, int | bool] = {"alpha_low": value[0], "alpha_high": value[1]}
    elif name in ("alpha_low", "alpha_high"):
        raise InputError(f"{name} is set together with the other", remedy="Set alpha_values to (low, high).")
    elif isinstance(value, tuple):
        raise InputError(f"{name} must be one number, not {value!r}")
    else:
        flag = _meaning(name).unit == "on or off"
        values = {name: bool(value) if flag and value in (0, 1) else int(value)}
    for field, item in values.items():
        check_value(field, item, _meaning(field))
    return values


def _meaning(name: str) -> Meaning:
    known = meanings(Hyperparameters)
    if name not in known and name != "alpha_values":
        raise InputError(f"there is no hyperparameter {name!r}", remedy=f"Known: {', '.join(known)}.")
    return known["alpha_low" if name == "alpha_values" else name]


def _require_root(origin: str, name: str) -> None:
    if origin != ROOT:
        raise BadOrigin(f"only ROOT may set {name}, {origin} signed")


def _require_owner_key(state: State, netuid: int, origin: str) -> None:
    owner = state.subnet(netuid).owner_coldkey
    if origin != owner:
        raise BadOrigin(f"netuid {netuid} belongs to {owner}, {origin} signed")


def _require_owner(state: State, netuid: int, origin: str, name: str, limit: int) -> None:
    """The owner, outside the freeze window and not too soon again; or root, outside the window."""
    if origin != ROOT:
        _require_owner_key(state, netuid, origin)
    else:
        state.subnet(netuid)
    if in_freeze_window(state, netuid):
        raise AdminActionProhibitedDuringWeightsWindow(
            f"netuid {netuid}; the window is {state.network.admin_freeze_window} blocks"
        )
    if origin != ROOT:
        _require_rate(state, netuid, name, limit)


def _require_rate(state: State, netuid: int, name: str, limit: int) -> None:
    last = state.subnet(netuid).last_owner_change.get(name)
    if not passed(last, limit, state.block):
        raise TxRateLimitExceeded(f"{name} at block {last}; again after {limit} blocks, now {state.block}")


def _note(state: State, netuid: int, origin: str, name: str) -> State:
    """Remember when the owner made a change; root's are not limited."""
    if origin == ROOT:
        return state
    subnet = state.subnet(netuid)
    return state.with_subnet(
        replace(subnet, last_owner_change=subnet.last_owner_change.set(name, state.block))
    )
