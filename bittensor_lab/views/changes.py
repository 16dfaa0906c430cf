"""What two states have differently, change by change.

A state is a tree: records hold ledgers, columns, rows and smaller records. Both trees are walked at
once, and whatever is the same object in both is passed over with all that hangs on it, which after a
few blocks is nearly everything. A change has a name, the stored value before and after, and a unit:

    netuid 1 kappa                       32767       40000       of 65535
    netuid 1 uid 2 weight on 5                       65535       of 65535
    free TAO of alice                    1000000…    999000…     rao

The order is that of the fields, then of netuids, uids and names. A field that nobody named here shows
under its own name, so a new one needs nothing. What follows from other fields does not show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.params import Hyperparameters, NetworkParameters, meanings
from bittensor_lab.rows import EMPTY_ROW, Row, SparseRows, pack, row_of_pairs
from bittensor_lab.state import Commit, Mechanism, State, TimelockedCommit

ABSENT: Any = ""
"""the value where one state has nothing"""
DERIVED = {"netuid", "parents", "root_staker_of"}
"""fields that say again what others say"""
UIDS = 1 << 16
BLOCK, FRACTION, RAO, PROPORTION = "block", "of 65535", "rao", "of 2⁶⁴ − 1"
UNITS = {
    BLOCK: (
        "block", "registered_at", "block_at_registration", "last_update", "last_epoch_block",
        "pending_epoch_at", "last_step_block", "last_take_change", "last_key_swap", "last_owner_change",
        "last_set_children", "last_childkey_take", "last_hotkey_swap", "cooldown_block",
        "first_emission_block", "last_founding", "last_block",
    ),
    "blocks": ("blocks_since_last_step",),
    FRACTION: (
        "takes", "childkey_takes", "mechanism_split", "stake_weight", "consensus", "dividends",
        "validator_trust", "incentive", "weights", "bonds",
    ),
    RAO: (
        "total_issuance", "free", "stake", "emission", "rao_recycled_for_registration", "burn",
        "account", "tao_in", "alpha_in", "childkey_burned", "alpha_out", "protocol_alpha", "pending_server",
        "pending_validator", "pending_root", "pending_owner", "user_flow", "protocol_flow", "locked",
        "last_lock", "mass", "drawn",
    ),
    "rao of 2³²": ("conviction",),
    "of 1e18": ("quote_weight",),
    "rao per block": ("user_flow_ema", "protocol_flow_ema"),
    "of 2³²": ("moving_price", "miner_burned", "rates"),
    "of 2⁶⁴": ("gate_bar",),
}  # fmt: skip
UNIT_OF = {name: unit for unit, names in UNITS.items() for name in names}
SINGULAR = {
    "free": "free TAO",
    "owner": "coldkey",
    "takes": "take",
    "childkey_takes": "childkey take",
    "commitments": "commitment",
    "weights": "weight",
    "bonds": "bond",
    "hotkeys": "hotkey",
    "commits": "commit",
    "timelocked": "timelocked commit",
    "auto_stake": "stake destination",
    "rates": "rate",
    "root_stakers": "number among root's stakers",
}


class Changes(NamedTuple):
    """Changes of one kind: as many names, made only when asked for, as values before and after."""

    names: Iterable[str]
    before: Sequence[Any]
    after: Sequence[Any]
    unit: str


def state_changes(before: State, after: State) -> Iterator[Changes]:
    """Go through all that differs between two states, in an order that depends on nothing else."""
    return _record("", before, after)


# --- by kind of value ----------------------------------------------------------------------------


def _record(head: str, before: Any, after: Any) -> Iterator[Changes]:
    """A dataclass, or its absence, field by field."""
    if before is after:
        return
    for item in fields(before if is_dataclass(before) else after):
        old, new = _of(before, item.name), _of(after, item.name)
        if old is not new and item.name not in DERIVED:
            yield from _field(head, item.name, old, new)


def _field(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """One field; those that have a shape of their own are named, the others go by their kind."""
    kind = type(after if _is_absent(before) else before)
    if name in BY_NAME:
        yield from BY_NAME[name](head, name, before, after)
    elif kind in (Hyperparameters, NetworkParameters):
        yield from _parameters(f"{head}network ", kind, before, after)
    elif is_dataclass(kind):
        yield from _record(head, before, after)
    elif issubclass(kind, Mapping):
        yield from _ledger(head, name, before, after)
    elif kind is np.ndarray:
        yield from _column(head, name, before, after)
    else:
        yield from _plain(f"{head}{name}", before, after, UNIT_OF.get(name, ""))


def _plain(what: str, before: Any, after: Any, unit: str = "") -> Iterator[Changes]:
    """A single value, or several that make one."""
    old, new = _shown(before), _shown(after)
    if old != new:
        yield Changes([what], [old], [new], unit)


def _ledger(head: str, name: str, before: Any, after: Any, tail: str = "") -> Iterator[Changes]:
    """A map from keys to single values."""
    keys = _changed_keys(before, after)
    yield Changes(
        (f"{head}{SINGULAR.get(name, name)} of {_named(key)}{tail}" for key in keys),
        [_shown(_get(before, key)) for key in keys],
        [_shown(_get(after, key)) for key in keys],
        UNIT_OF.get(name, ""),
    )


def _named(key: Any) -> str:
    return f"netuid {key}" if isinstance(key, int) else key


def _column(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """An array or tuple by uid, or by netuid where it belongs to no subnet."""
    index, word = "uid" if head else "netuid", SINGULAR.get(name, name)
    pairs = enumerate(zip_longest(_listed(before), _listed(after), fillvalue=ABSENT))
    found = [(row, old, new) for row, (old, new) in pairs if old != new]
    yield Changes(
        (f"{head}{index} {row} {word}" for row, _, _ in found),
        [old for _, old, _ in found],
        [new for _, _, new in found],
        UNIT_OF.get(name, ""),
    )


def _parameters(head: str, kind: Any, before: Any, after: Any) -> Iterator[Changes]:
    for name, meant in meanings(kind).items():
        yield from _plain(f"{head}{name}", _of(before, name), _of(after, name), meant.unit)


# --- fields with a shape of their own ------------------------------------------------------------


def _stake(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """The stake on each hotkey, and each coldkey's where its shares changed: dividends change none."""
    for netuid, (old, new) in enumerate(zip_longest(before, after)):
        if old is new:
            continue
        tail, keys = f" on netuid {netuid}", _changed_keys(old, new)
        pools = [(key, _get(old, key), _get(new, key)) for key in keys]
        yield Changes(
            (f"{head}stake of {key}{tail}" for key in keys),
            [_of(pool, "value") for _, pool, _ in pools],
            [_of(pool, "value") for _, _, pool in pools],
            RAO,
        )
        for key, a, b in pools:
            holders = _changed_keys(_of(a, "shares"), _of(b, "shares"))
            yield Changes(
                (f"{head}stake of {holder} on {key}{tail}" for holder in holders),
                [_value(a, holder) for holder in holders],
                [_value(b, holder) for holder in holders],
                RAO,
            )


def _value(pool: Any, coldkey: str) -> Any:
    held = not _is_absent(pool) and coldkey in pool.shares
    return pool.value_of(coldkey) if held else ABSENT


def _root_claims(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """The rate of each hotkey and subnet, and what each coldkey has drawn."""
    for key in _changed_keys(before, after):
        old, new = _get(before, key), _get(after, key)
        rates = _of(old, "rates"), _of(new, "rates")
        yield from _ledger(head, "rates", *rates, tail=f" of root dividends of {key}")
        drawn = _of(old, "claimed") or {}, _of(new, "claimed") or {}
        for coldkey in _changed_keys(*drawn):
            marks = _get(drawn[0], coldkey), _get(drawn[1], coldkey)
            yield from _ledger(head, "drawn", *marks, tail=f" by {coldkey} through {key}")


def _records(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """Small records by key, each field on a line."""
    word = SINGULAR.get(name, name.removesuffix("s").replace("_", " "))
    for key in _changed_keys(before, after):
        yield from _record(f"{head}{word} of {key} ", _get(before, key), _get(after, key))


def _subnets(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    for netuid, (old, new) in enumerate(zip_longest(before, after)):
        if old is not new:
            yield from _record(f"netuid {netuid} ", old, new)


def _rules(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    for netuid, (old, new) in enumerate(zip_longest(before, after)):
        if old is not new:
            yield from _parameters(f"netuid {netuid} ", Hyperparameters, old, new)


def _founding(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    yield from _parameters(f"{head}new subnets' ", Hyperparameters, before, after)


def _mechanisms(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    old: tuple[Mechanism, ...] = before or ()
    new: tuple[Mechanism, ...] = after or ()
    yield from _plain(f"{head}mechanisms", len(old) or ABSENT, len(new) or ABSENT)
    for number, pair in enumerate(zip_longest(old, new)):
        # with the first one, which is mostly the only one, the number goes without saying
        yield from _record(f"{head}mechanism {number} " if number else head, *pair)


def _matrix(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """Weights or bonds, pair by pair of uids."""
    (old_key, old), (new_key, new) = _flat(*_rows_that_differ(before, after))
    keys = np.union1d(old_key, new_key)
    old, new = _looked_up(keys, old_key, old), _looked_up(keys, new_key, new)
    differ, word = old != new, SINGULAR[name]
    yield Changes(
        (f"{head}uid {key // UIDS} {word} on {key % UIDS}" for key in keys[differ].tolist()),
        _stored(old[differ]),
        _stored(new[differ]),
        UNIT_OF[name],
    )
    yield from _orders(head, name, old_key, new_key)


def _children(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """The children of each hotkey: those it has."""
    for key in _changed_keys(before, after):
        yield from _shares(head, key, _get(before, key), _get(after, key))


def _pending_children(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """The children of each hotkey: those it will have, and from when."""
    for key in _changed_keys(before, after):
        old, new = _get(before, key), _get(after, key)
        start, later = _of(old, "cooldown_block"), _of(new, "cooldown_block")
        yield from _plain(f"{head}pending children of {key}", start, later, BLOCK)
        yield from _shares(head + "pending ", key, _of(old, "children"), _of(new, "children"))


def _shares(head: str, key: str, before: Any, after: Any) -> Iterator[Changes]:
    """The proportion of each child of one hotkey."""
    old, new = ({child: p for p, child in side} for side in (before, after))
    children = _changed_keys(old, new)
    yield Changes(
        (f"{head}child {child} of {key}" for child in children),
        [_get(old, child) for child in children],
        [_get(new, child) for child in children],
        PROPORTION,
    )
    if not children:
        yield from _plain(f"{head}order of children of {key}", tuple(old), tuple(new))


def _commits(head: str, name: str, before: Any, after: Any) -> Iterator[Changes]:
    """Commits that have come or gone; each is a whole, as it never changes."""
    for key in _changed_keys(before, after):
        old: Counter[Any] = Counter(_get(before, key))
        new: Counter[Any] = Counter(_get(after, key))
        for commit in (old - new).elements():
            yield from _plain(f"{head}{_whose(name, key, commit)}", _commit_text(commit), ABSENT)
        for commit in (new - old).elements():
            yield from _plain(f"{head}{_whose(name, key, commit)}", ABSENT, _commit_text(commit))


BY_NAME: dict[str, Callable[[str, str, Any, Any], Iterator[Changes]]] = {
    "stake": _stake,
    "root_claims": _root_claims,
    "claim_types": _records,
    "announced_swaps": _records,
    "locks": _records,
    "founding_rules": _founding,
    "subnets": _subnets,
    "by_netuid": _rules,
    "hotkeys": _column,
    "mechanisms": _mechanisms,
    "weights": _matrix,
    "bonds": _matrix,
    "children": _children,
    "pending_children": _pending_children,
    "commits": _commits,
    "timelocked": _commits,
}


def _whose(name: str, key: Any, commit: Commit | TimelockedCommit) -> str:
    if isinstance(commit, TimelockedCommit):
        return f"{SINGULAR[name]} of {commit.hotkey} in epoch {key}"
    return f"{SINGULAR[name]} of {key}"


def _commit_text(commit: Commit | TimelockedCommit) -> str:
    if isinstance(commit, Commit):
        return f"{commit.commit_hash}, epoch {commit.epoch}, block {commit.block}"
    pairs = ", ".join(f"{uid}: {value}" for uid, value in zip(commit.uids, commit.values, strict=True))
    return f"block {commit.block}, version {commit.version_key}, weights {pairs}"


# --- pairs of uids as numbers --------------------------------------------------------------------


Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""row · 2¹⁶ + uid of each pair in stored order, and its value"""


def _rows_that_differ(before: Any, after: Any) -> tuple[Any, Any]:
    """The same matrices; rows of weights that are one object on both sides are empty."""
    if isinstance(before, SparseRows) or isinstance(after, SparseRows):
        return before, after
    pairs = list(zip_longest(before, after, fillvalue=EMPTY_ROW))
    return [EMPTY_ROW if a is b else a for a, b in pairs], [EMPTY_ROW if a is b else b for a, b in pairs]


def _flat(*matrices: SparseRows | Sequence[Row]) -> list[Pairs]:
    packed = [m if isinstance(m, SparseRows) else pack(m) for m in matrices]
    return [(row_of_pairs(m) * UIDS + m.uid, m.value.astype(np.int64)) for m in packed]


def _looked_up(
    keys: NDArray[np.int64], known: NDArray[np.int64], value: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The value of each key; −1 where it is not known."""
    result = np.full(len(keys), -1, np.int64)
    result[np.searchsorted(keys, known)] = value
    return result


def _stored(values: NDArray[np.int64]) -> list[Any]:
    return [ABSENT if value < 0 else value for value in values.tolist()]


def _orders(head: str, name: str, before: NDArray[np.int64], after: NDArray[np.int64]) -> Iterator[Changes]:
    """Rows that name the same uids in another order, which the chain keeps."""
    if np.array_equal(before, after):
        return
    old, new = _by_row(before), _by_row(after)
    for row in sorted(old.keys() & new.keys()):
        if sorted(old[row]) == sorted(new[row]):
            yield from _plain(f"{head}uid {row} order of {name}", tuple(old[row]), tuple(new[row]))


def _by_row(keys: NDArray[np.int64]) -> dict[int, list[int]]:
    rows, starts = np.unique(keys // UIDS, return_index=True)
    uids = [part.tolist() for part in np.split(keys % UIDS, starts)[1:]]
    return dict(zip(rows.tolist(), uids, strict=True))


# --- values, or their absence --------------------------------------------------------------------


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value == ABSENT)


def _of(record: Any, name: str) -> Any:
    return ABSENT if _is_absent(record) else getattr(record, name)


def _shown(value: Any) -> Any:
    """A value as it is; several as a text; nothing as nothing."""
    if value is None:
        return ABSENT
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


def _listed(values: Any) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _get(ledger: Any, key: Any) -> Any:
    return ledger.get(key, ABSENT) if ledger else ABSENT


def _changed_keys(before: Any, after: Any) -> list[Any]:
    keys = {*(before or ()), *(after or ())}
    return sorted(key for key in keys if _get(before, key) != _get(after, key))
