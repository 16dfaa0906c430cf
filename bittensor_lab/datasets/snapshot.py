"""Snapshots: a network out of CSV files, a real one for example, and back into them.

    state = load_snapshot("my_snapshot")     a folder, or a subnets.csv alone
    save_snapshot(state, "my_snapshot")      writes all files of the schema

``schema`` lists files and columns, ``tables`` checks each cell, ``assembly`` checks the files against each
other and makes the network. Saved and loaded again, a network is the same but for what the schema leaves
out; where nobody has such things (locks, claims, commits) it goes on to the last rao as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from bittensor_lab.datasets.assembly import assemble
from bittensor_lab.datasets.schema import (
    CLOCK_COLUMNS,
    FILES,
    POOL_COLUMNS,
    U16_TERMS,
)
from bittensor_lab.datasets.tables import MAX_BYTES, Column, read_table, written
from bittensor_lab.errors import InputError, one_line
from bittensor_lab.params import Hyperparameters, NetworkParameters
from bittensor_lab.rows import Row, unpack
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import ROOT_NETUID, State, Subnet
from bittensor_lab.store import write

Rows = list[dict[str, Any]]


def load_snapshot(path: str | Path) -> State:
    """Return the network of a folder of CSV files, or of one subnets.csv.

    Raises
    ------
    InputError
        if a file cannot be read, or something in it is not as ``docs/guides/datasets.md`` says: it names the
        file, the line and the column.
    """
    place = Path(path)
    folder = place if place.is_dir() else place.parent
    names = list(FILES) if place.is_dir() else [place.name]
    if place.is_dir():
        _refuse_unknown(place)
    tables = {}
    for name in names:
        kind = name if place.is_dir() else "subnets.csv"
        raw = _bytes(folder / name, is_needed=kind == "subnets.csv")
        if raw is not None:
            tables[kind] = read_table(one_line(name), raw, FILES[kind])
    return assemble(tables)


def _refuse_unknown(folder: Path) -> None:
    """A misspelt name would be passed over in silence; files of one's own begin with ``x_``."""
    for file in sorted(folder.glob("*.csv")):
        if file.name not in FILES and not file.name.startswith("x_"):
            raise InputError(
                f"{one_line(str(file))}: there is no such file in a snapshot",
                remedy=f"Known: {', '.join(FILES)}; call a file of your own x_….csv.",
            )


def _bytes(path: Path, is_needed: bool) -> bytes | None:
    named = one_line(str(path))
    try:
        if not path.exists() and not is_needed:
            return None
        if path.exists() and not path.is_file():  # reading a pipe or a device might never end
            problem = "is no file"
        elif path.stat().st_size > MAX_BYTES:
            problem = f"is larger than {MAX_BYTES:,} bytes"
        else:
            return path.read_bytes()
    except (OSError, ValueError) as error:
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise InputError(
        f"{named} {problem}",
        remedy="Name a folder with a subnets.csv; docs/guides/datasets.md lists its columns.",
    )


def save_snapshot(state: State, folder: str | Path) -> Path:
    """Write a network as CSV files into a folder, and return its path; files of those names are replaced.

    Raises
    ------
    InputError
        if the folder cannot be written to.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{one_line(str(folder))} cannot be made: {reason}", remedy="Choose another place."
        ) from None
    for file, text in snapshot_texts(state).items():
        write(target / file, text.encode())
    return target


def snapshot_texts(state: State) -> dict[str, str]:
    """Return the files of a network's snapshot by name; parameters as on main net have no column."""
    rows = {
        "subnets.csv": _subnet_rows(state),
        "network.csv": [_network_row(state)],
        "neurons.csv": [row for netuid in state.netuids for row in _neuron_rows(state, state.subnet(netuid))],
        "stakes.csv": list(_stake_rows(state)),
        "balances.csv": [{"coldkey": key, "free": state.free[key]} for key in sorted(state.free)],
        "weights.csv": _pair_rows(state, "weight"),
        "bonds.csv": _pair_rows(state, "bond"),
        "children.csv": list(_children_rows(state)),
    }
    return snapshot_files(rows)


def snapshot_files(rows: Mapping[str, Rows]) -> dict[str, str]:
    """Return a snapshot's files, by name, as text: of each file's rows, what the schema keeps by column."""
    return {file: written(_columns_in_use(FILES[file], rows[file]), rows[file]) for file in FILES}


def _columns_in_use(columns: tuple[Column, ...], rows: Rows) -> list[Column]:
    """The columns without those that some row leaves out."""
    return [column for column in columns if not rows or any(column.name in row for row in rows)]


def _subnet_rows(state: State) -> Rows:
    differing = _differing(Hyperparameters(), [state.hyperparameters(netuid) for netuid in state.netuids])
    found = []
    for netuid in state.netuids:
        subnet, rules = state.subnet(netuid), state.hyperparameters(netuid)
        found.append(
            {
                "netuid": netuid,
                **{c.name: getattr(state.pools, c.name)[netuid].item() for c in POOL_COLUMNS},
                "owner_hotkey": subnet.owner_hotkey,
                "owner_coldkey": subnet.owner_coldkey,
                "registered_at": subnet.registered_at,
                "locked": subnet.locked,
                "recycled": subnet.rao_recycled_for_registration,
                **{c.name: getattr(state.clocks, c.name)[netuid].item() for c in CLOCK_COLUMNS},
                **{name: getattr(rules, name) for name in differing},
            }
        )
    return found


def _network_row(state: State) -> dict[str, Any]:
    names = ("block", "total_issuance", "seed", "gate_bar", "last_lock", "last_founding")
    differing = _differing(NetworkParameters(), [state.network])
    return {name: getattr(state, name) for name in names} | {
        "root_stake": int(state.pools.tao_in[ROOT_NETUID]),
        **{name: getattr(state.network, name) for name in differing},
    }


def _differing(usual: Any, records: list[Any]) -> list[str]:
    """The fields in which some record is not as usual."""
    names = [item.name for item in fields(usual)]
    return [name for name in names if any(getattr(r, name) != getattr(usual, name) for r in records)]


def _neuron_rows(state: State, subnet: Subnet) -> Iterator[dict[str, Any]]:
    """A row per uid; the stake is what the neuron's own coldkey has on it."""
    first, ledger = subnet.mechanisms[0], state.stake[subnet.netuid]
    for uid, hotkey in enumerate(subnet.hotkeys):
        coldkey, pool = state.owner[hotkey], ledger.get(hotkey)
        yield {
            "netuid": subnet.netuid,
            "uid": uid,
            "hotkey": hotkey,
            "coldkey": coldkey,
            "stake": _held(pool).get(coldkey, 0) if pool else 0,
            "validator_permit": bool(subnet.validator_permit[uid]),
            "block_at_registration": int(subnet.block_at_registration[uid]),
            "last_update": int(first.last_update[uid]),
            "active": bool(subnet.active[uid]),
            "emission": int(subnet.emission[uid]),
            "take": state.takes.get(hotkey),
            "childkey_take": subnet.childkey_takes.get(hotkey),
            "incentive": int(first.incentive[uid]),
            **{name: int(getattr(subnet, name)[uid]) for name in U16_TERMS if name != "incentive"},
        }


def _stake_rows(state: State) -> Iterator[dict[str, Any]]:
    """Positions that are no neuron's own: on root in the order of the lots' numbers, then by key.

    A hotkey that only lends or borrows stake weight has a line of 0, which says whose it is.
    """
    known = {hotkey for netuid in state.netuids for hotkey in _known(state.subnet(netuid))}
    for netuid, ledger in enumerate(state.stake):
        subnet = state.subnets[netuid]
        uids = subnet.uids if subnet else {}
        held = [
            (state.root_stakers.get(coldkey, 0) if netuid == ROOT_NETUID else 0, hotkey, coldkey, rao)
            for hotkey, pool in ledger.items()
            for coldkey, rao in _held(pool).items()
            if rao and (hotkey not in uids or coldkey != state.owner[hotkey])
        ]
        for _, hotkey, coldkey, rao in sorted(held):
            known.add(hotkey)
            about = {"netuid": netuid, "hotkey": hotkey, "coldkey": coldkey, "stake": rao}
            yield about | {"owner": state.owner[hotkey]}
    for row in _children_rows(state):
        for hotkey in (row["parent"], row["child"]):
            if hotkey not in known:
                known.add(hotkey)
                owner = state.owner[hotkey]
                about = {"netuid": row["netuid"], "hotkey": hotkey, "coldkey": owner, "stake": 0}
                yield about | {"owner": owner}


def _known(subnet: Subnet) -> Iterator[str]:
    """The hotkeys that a subnet's own lines name."""
    yield subnet.owner_hotkey
    yield from subnet.hotkeys


def _children_rows(state: State) -> Iterator[dict[str, Any]]:
    """A row per childkey, those of a parent in their order."""
    for netuid in state.netuids:
        subnet = state.subnet(netuid)
        for parent in sorted(subnet.children):
            for part, child in subnet.children[parent]:
                yield {"netuid": netuid, "parent": parent, "child": child, "proportion": part}


def _held(pool: SharePool) -> dict[str, int]:
    """What each coldkey has in a pool; the rao that rounding leaves go to the first by name."""
    held = {coldkey: pool.value_of(coldkey) for coldkey in sorted(pool.shares)}
    for first in list(held)[:1]:
        held[first] += pool.value - sum(held.values())
    return held


def _pair_rows(state: State, value: str) -> Rows:
    """A row per weight or bond of each subnet's first mechanism."""
    found = []
    for netuid in state.netuids:
        first = state.subnet(netuid).mechanisms[0]
        rows: Mapping[int, Row] = dict(enumerate(first.weights if value == "weight" else unpack(first.bonds)))
        for uid, row in rows.items():
            for other, number in zip(row.uid.tolist(), row.value.tolist(), strict=True):
                found.append({"netuid": netuid, "validator_uid": uid, "miner_uid": other, value: number})
    return found
