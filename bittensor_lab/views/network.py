"""What a state of the chain shows, as tidy tables.

``metagraph``, ``weights`` and ``bonds`` look into one subnet, ``subnets`` and ``accounts`` at all of
them; ``hyperparameters`` and ``glossary`` say what the rules are and mean; ``diff`` compares two states
and ``events_table`` lists what happened between them.

The columns bear the chain's names. Fractions are floats from 0 to 1, amounts are floats in TAO (or in
alpha, which has the same unit), times are blocks. Only ``diff`` and the column ``value`` of
``hyperparameters`` show numbers as the chain stores them. The tables are copies: changing one changes
nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.errors import ChainError
from bittensor_lab.events import Event
from bittensor_lab.params import Hyperparameters, Meaning, NetworkParameters, meanings
from bittensor_lab.rows import SparseRows, pack, row_of_pairs
from bittensor_lab.schedule import next_epoch_start
from bittensor_lab.stake_weight import stake_weights
from bittensor_lab.state import State
from bittensor_lab.units import (
    MINUS,
    NO_BREAK_SPACE,
    ONE,
    RAO_PER_TAO,
    THIN_SPACE,
    U16_MAX,
    format_tao,
)
from bittensor_lab.views.changes import ABSENT, Changes, state_changes

SCOPES = {"subnet": Hyperparameters, "network": NetworkParameters}
ON_OR_OFF = "on or off"
WHOSE = ("netuid", "uid", "hotkey")
"""the fields of events that have a column of their own"""


# --- one subnet ----------------------------------------------------------------------------------


def metagraph(state: State, netuid: int, mechanism: int = 0) -> pd.DataFrame:
    """Return one row per uid of a subnet.

    ``stake`` is what the uid's stake weight is worth now, in TAO; the other terms, ``stake_weight``
    included, are those that the last epoch stored. ``emission`` is alpha. ``incentive`` and
    ``last_update`` are of one mechanism, all others of the subnet.

    Raises
    ------
    SubnetNotExists, MechanismDoesNotExist
    """
    subnet = state.subnet(netuid)
    matrix = subnet.mechanism(mechanism)
    whole, beyond = stake_weights(state, netuid)
    age = state.block - subnet.block_at_registration
    return pd.DataFrame(
        {
            "uid": np.arange(subnet.n),
            "hotkey": _texts(subnet.hotkeys),
            "coldkey": _texts(state.owner.get(hotkey, "") for hotkey in subnet.hotkeys),
            "stake": (whole + beyond / ONE) / RAO_PER_TAO,
            "stake_weight": _fraction(subnet.stake_weight),
            "validator_permit": subnet.validator_permit,
            "active": subnet.active,
            "validator_trust": _fraction(subnet.validator_trust),
            "consensus": _fraction(subnet.consensus),
            "incentive": _fraction(matrix.incentive),
            "dividends": _fraction(subnet.dividends),
            "emission": subnet.emission / RAO_PER_TAO,
            "last_update": matrix.last_update,
            "block_at_registration": subnet.block_at_registration,
            "immune": age < state.hyperparameters(netuid).immunity_period,
        }
    )


def weights(state: State, netuid: int, mechanism: int = 0) -> pd.DataFrame:
    """Return the weights as set: validator (uid), target (uid), value; stored zeros included.

    Raises
    ------
    SubnetNotExists, MechanismDoesNotExist
    """
    return _pairs(pack(state.subnet(netuid).mechanism(mechanism).weights))


def bonds(state: State, netuid: int, mechanism: int = 0) -> pd.DataFrame:
    """Return the bonds of the last epoch: validator (uid), target (uid), value; stored zeros included.

    Raises
    ------
    SubnetNotExists, MechanismDoesNotExist
    """
    return _pairs(state.subnet(netuid).mechanism(mechanism).bonds)


def _pairs(rows: SparseRows) -> pd.DataFrame:
    return pd.DataFrame(
        {"validator": row_of_pairs(rows), "target": rows.uid.astype(np.int64), "value": _fraction(rows.value)}
    )


# --- the whole network ---------------------------------------------------------------------------


def subnets(state: State) -> pd.DataFrame:
    """Return one row per subnet but root: its owner, size and clock, and what a registration costs.

    ``places`` is how many neurons it can hold, ``next_epoch`` a block (missing with tempo 0),
    ``registration_price`` TAO, ``mechanisms`` how many weight matrices it has.
    """
    netuids = np.array(state.netuids, np.int64)
    found = [state.subnet(netuid) for netuid in state.netuids]
    rules = [state.hyperparameters(netuid) for netuid in state.netuids]
    starts = [next_epoch_start(state, netuid) for netuid in state.netuids]
    return pd.DataFrame(
        {
            "netuid": netuids,
            "owner_hotkey": _texts(subnet.owner_hotkey for subnet in found),
            "neurons": np.array([subnet.n for subnet in found], np.int64),
            "places": np.array([h.max_allowed_uids for h in rules], np.int64),
            "tempo": np.array([h.tempo for h in rules], np.int64),
            "epoch_index": state.clocks.epoch_index[netuids],
            "next_epoch": pd.array(starts, "Int64"),
            "registration_price": state.clocks.burn[netuids] / RAO_PER_TAO,
            "mechanisms": np.array([len(subnet.mechanisms) for subnet in found], np.int64),
            "commit_reveal": np.array([h.commit_reveal for h in rules], bool),
        }
    )


def accounts(state: State) -> pd.DataFrame:
    """Return one row per coldkey, by name: its free TAO, and how many hotkeys it owns."""
    owned = Counter(state.owner.values())
    coldkeys = sorted({*state.free, *owned})
    return pd.DataFrame(
        {
            "coldkey": _texts(coldkeys),
            "free": np.array([state.free.get(key, 0) / RAO_PER_TAO for key in coldkeys], np.float64),
            "hotkeys": np.array([owned[key] for key in coldkeys], np.int64),
        }
    )


# --- rules ---------------------------------------------------------------------------------------


def hyperparameters(state: State, netuid: int) -> pd.DataFrame:
    """Return one row per rule that a subnet follows, those of the whole network included.

    ``value`` is as stored on chain and ``unit`` belongs to it; ``shown`` is what people read.

    Raises
    ------
    SubnetNotExists
    """
    in_force = {"subnet": state.hyperparameters(netuid), "network": state.network}
    rows = []
    for name, scope, meant in _rules():
        value = getattr(in_force[scope], name)
        rows.append((name, value, shown(meant, value), meant.unit, meant.who, meant.sentence, scope))
    columns = ["parameter", "value", "shown", "unit", "who", "meaning", "scope"]
    return _table(rows, columns, exact=["value"])


def glossary() -> pd.DataFrame:
    """Return one row per rule that there is: its names, unit and range, who may set it, what it does."""
    rows = [
        (name, m.storage, m.label, m.unit, m.low, m.high, m.who, m.sentence, scope)
        for name, scope, m in _rules()
    ]
    columns = ["parameter", "storage", "label", "unit", "low", "high", "who", "sentence", "scope"]
    return _table(rows, columns, exact=["low", "high"])


def shown(meant: Meaning, value: int) -> str:
    """Return a stored value as people read it: ``0.5``, ``360 blocks``, ``1 τ`` or ``on``."""
    if meant.unit == ON_OR_OFF:
        return "on" if value else "off"
    if meant.unit == "rao":
        return format_tao(value, digits=9)
    if meant.scale == 1:
        counted = "" if meant.unit == "a version" else f"{NO_BREAK_SPACE}{_noun(meant.unit, value)}"
        return _grouped(f"{value:,}") + counted
    read = value / meant.scale
    text = f"{read:,.4f}".rstrip("0").rstrip(".") if abs(read) >= 1 else f"{read:.4g}"
    return _grouped(text) + (f"{NO_BREAK_SPACE}tempos" if meant.unit == "thousandths of a tempo" else "")


def _rules() -> Iterator[tuple[str, str, Meaning]]:
    for scope, kind in SCOPES.items():
        for name, meant in meanings(kind).items():
            yield name, scope, meant


def _noun(plural: str, number: int) -> str:
    return plural.removesuffix("s") if number == 1 else plural


def _grouped(text: str) -> str:
    return text.replace(",", THIN_SPACE).replace("-", MINUS)


# --- between states ------------------------------------------------------------------------------


def diff(before: State, after: State, limit: int = 1000) -> pd.DataFrame:
    """Return what differs between two states: what, before, after, and the unit of the values.

    The values are as stored on chain; "" is nothing. After ``limit`` changes a last row says how many
    more there are.
    """
    rows: list[tuple[Any, ...]] = []
    more = 0
    for changes in state_changes(before, after):
        room = limit - len(rows)
        rows += islice(_each(changes), room)
        more += max(0, len(changes.before) - room)
    if more:
        rows.append((f"and {more:,} more".replace(",", THIN_SPACE), ABSENT, ABSENT, ""))
    return _table(rows, ["what", "before", "after", "unit"], exact=["before", "after"])


def _each(changes: Changes) -> Iterator[tuple[Any, ...]]:
    for what, before, after in zip(changes.names, changes.before, changes.after, strict=True):
        yield what, before, after, changes.unit


def events_table(events: Iterable[tuple[int, Event]]) -> pd.DataFrame:
    """Return one row per event: block, event, the netuid, uid and hotkey that it names, and details.

    Parameters
    ----------
    events
        each with the block in which it happened.
    """
    listed = list(events)
    columns: dict[str, Any] = {
        "block": np.array([block for block, _ in listed], np.int64),
        "event": _texts(event.name for _, event in listed),
    }
    for name in WHOSE:
        values = [getattr(event, name, None) for _, event in listed]
        columns[name] = pd.array(values, "string" if name == "hotkey" else "Int64")
    columns["details"] = _texts(_details(event) for _, event in listed)
    return pd.DataFrame(columns)


def _details(event: Event) -> str:
    rest = (item.name for item in fields(event) if item.name not in WHOSE)
    return ", ".join(f"{name} {_plain(getattr(event, name))}" for name in rest)


def _plain(value: Any) -> str:
    if isinstance(value, ChainError):
        return f"{value.name}: {value}"
    return f"({', '.join(map(_plain, value))})" if isinstance(value, tuple) else str(value)


# --- columns -------------------------------------------------------------------------------------


def _fraction(stored: NDArray[np.uint16]) -> NDArray[np.float64]:
    return stored / float(U16_MAX)


def _texts(values: Iterable[str]) -> Any:
    """A column of texts, of the same type when it is empty."""
    return pd.Series(list(values), dtype="str")


def _table(rows: list[tuple[Any, ...]], columns: list[str], exact: list[str]) -> pd.DataFrame:
    """A table of texts, but for the ``exact`` columns: integers of any size, or nothing."""
    held = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {
            name: pd.Series(list(values), dtype=object) if name in exact else _texts(values)
            for name, values in zip(columns, held, strict=True)
        }
    )
