"""Reading: all that a snapshot needs, asked for in the order of its files, at one block.

    network.csv     NETWORK items, and what lies on root
    subnets.csv     POOLS and HYPERPARAMETERS, one question per item for all netuids
    neurons.csv     of the metagraphs asked for: keys, stake, the last epoch's terms
    weights.csv, bonds.csv, children.csv, stakes.csv     of those too

A hotkey's stake is written as its owner's, nominators' included. Parents of a neuron come along, with or
without a uid, since their stake weight votes here; so does what any of these hotkeys has on root. An item
that the chain does not have is noted, and its column left to the schema's default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bittensor_lab.datasets.schema import FILES
from bittensor_lab.datasets.snapshot import Rows
from bittensor_lab.errors import InputError, one_line
from bittensor_lab.live.connection import Node, NoSuchItemError
from bittensor_lab.live.items import (
    HYPERPARAMETERS,
    NETWORK,
    NEURONS,
    POOLS,
    SUBTENSOR,
    Stored,
    numbers,
    relations,
)
from bittensor_lab.state import ROOT_NETUID

MODELLED_VERSION = 425
"""the runtime that the engine computes as, and whose storage ``items`` lists"""
NEEDED = {column.name for column in FILES["subnets.csv"] if column.is_required}
OUTSIDE_POOL = ("pending_server", "pending_validator", "pending_root", "pending_owner", "protocol_alpha")
"""what alpha_out counts besides stake"""
READS = len(POOLS) + len(HYPERPARAMETERS) + len(NETWORK) + 4
READS_OF_A_METAGRAPH = len(NEURONS) + 11
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """What is to be read."""

    metagraphs: frozenset[int] | None
    """netuids; None: all"""
    block: int | None


@dataclass(frozen=True)
class Reading:
    """What was read."""

    block: int
    block_hash: str
    spec_version: int
    rows: Mapping[str, Rows]
    """of each file of the schema"""
    notes: tuple[str, ...]


@dataclass
class _Desk:
    """What reading goes with: the node, how far it is, what was noted."""

    node: Node
    progress: Progress
    total: int = 1
    done: int = 0
    notes: list[str] = field(default_factory=list)

    async def many(self, stored: Stored, keys: Sequence[Sequence[Any]]) -> list[Any] | None:
        """The cells of an item at several keys; None if the chain has no such item."""
        return await self._noted(stored, self.node.many(stored.pallet, stored.item, keys))

    async def one(self, stored: Stored, keys: Sequence[Any] = ()) -> Any:
        found = await self._noted(stored, self._alone(stored, keys))
        return found[0] if found else None

    async def _alone(self, stored: Stored, keys: Sequence[Any]) -> list[Any]:
        return [await self.node.one(stored.pallet, stored.item, keys)]

    async def _noted(self, stored: Stored, answers: Any) -> list[Any] | None:
        self.done += 1
        self.progress(self.done, self.total)
        try:
            raw = await answers
        except NoSuchItemError as error:
            why = str(error)
        else:
            try:
                return [stored.if_none if value is None else stored.value_of(value) for value in raw]
            except (TypeError, ValueError, LookupError, OverflowError):
                why = f"its values have another form than runtime {MODELLED_VERSION} gave them"
        self.notes.append(f"Not read: {stored.pallet}.{stored.item} ({one_line(why)}).")
        return None


async def read_network(node: Node, asked: Asked, progress: Progress) -> Reading:
    """Return what a snapshot needs of the chain behind a node.

    Raises
    ------
    InputError
        if it is no Bittensor, or a netuid or the block is not there.
    """
    desk = _Desk(node, progress)
    block, block_hash = await node.pin(asked.block)
    netuids = await _netuids(node)
    metagraphs = sorted(netuids if asked.metagraphs is None else asked.metagraphs)
    _check_metagraphs(metagraphs, netuids)
    desk.total = READS + READS_OF_A_METAGRAPH * len(metagraphs)
    rows: dict[str, Rows] = {file: [] for file in FILES}
    rows["network.csv"] = [await _network_row(desk, block)]
    rows["subnets.csv"] = await _subnet_rows(desk, netuids, block)
    for netuid in metagraphs:
        await _read_metagraph(desk, netuid, rows)
    await _read_holders(desk, rows)
    _reconcile(rows, desk.notes)
    progress(desk.total, desk.total)
    return Reading(block, block_hash, await node.spec_version(), rows, tuple(dict.fromkeys(desk.notes)))


async def _netuids(node: Node) -> list[int]:
    try:
        added = await node.all_of(SUBTENSOR, "NetworksAdded")
    except NoSuchItemError:
        raise InputError(
            "what answers there is no Bittensor chain",
            "It has no storage SubtensorModule.NetworksAdded.",
            "Name the address of a node of main net, the test net or a local chain.",
        ) from None
    found = sorted(int(netuid) for netuid, there in added if there and int(netuid) != ROOT_NETUID)
    if not found:
        raise InputError("that chain has no subnet but root", remedy="Name another network, or block.")
    return found


def _check_metagraphs(wanted: Iterable[int], netuids: Sequence[int]) -> None:
    for netuid in wanted:
        if netuid not in netuids:
            raise InputError(
                f"that chain has no subnet {netuid}",
                f"It has {len(netuids)}, from {netuids[0]} to {netuids[-1]}.",
                "Ask for the metagraph of one of them.",
            )


async def _network_row(desk: _Desk, block: int) -> dict[str, Any]:
    row: dict[str, Any] = {"block": block}
    for name, stored in NETWORK.items():
        row[name] = await desk.one(stored)
    row["root_stake"] = await desk.one(Stored("SubnetTAO"), [ROOT_NETUID])
    return {name: value for name, value in row.items() if value is not None}


async def _subnet_rows(desk: _Desk, netuids: Sequence[int], block: int) -> Rows:
    rows: Rows = [{"netuid": netuid} for netuid in netuids]
    keys = [[netuid] for netuid in netuids]
    for name, stored in {**POOLS, **HYPERPARAMETERS}.items():
        values = await desk.many(stored, keys)
        if values is None and name in NEEDED:
            raise InputError(
                f"that chain keeps no {stored.pallet}.{stored.item}",
                f"A snapshot needs it for the column {name}.",
                "This chain's version is not one that can be read; see docs/guides/snapshot.md.",
            )
        for row, value in zip(rows, values or [], strict=False):
            if value is not None:
                row[name] = value
    columns = FILES["subnets.csv"]
    usual = {column.name: column.default for column in columns}
    known = {name for row in rows for name in row}
    for row in rows:
        row.update({name: usual[name] for name in known - set(row)})
        # a subnet started in this block emits from the next one on
        row["first_emission_block"] = min(row.get("first_emission_block", 1), block)
    return rows


async def _read_metagraph(desk: _Desk, netuid: int, rows: dict[str, Rows]) -> None:
    """Add a subnet's neurons, weights, bonds and childkeys to the rows."""
    count = int(await desk.one(Stored("SubnetworkN"), [netuid]) or 0)
    uids = [[netuid, uid] for uid in range(count)]
    hotkeys = await _column(desk, Stored("Keys", str), uids)
    coldkeys = await _owners(desk, hotkeys)
    here = [[hotkey, netuid] for hotkey in hotkeys]
    columns: dict[str, list[Any]] = {
        "hotkey": hotkeys,
        "coldkey": coldkeys,
        "stake": await _column(desk, Stored("TotalHotkeyAlpha"), here),
        "block_at_registration": await _column(desk, Stored("BlockAtRegistration"), uids),
        "take": await _column(desk, Stored("Delegates"), [[hotkey] for hotkey in hotkeys]),
        "childkey_take": await _column(desk, Stored("ChildkeyTake", lambda take: int(take) or None), here),
    }
    for name, stored in NEURONS.items():
        listed = await desk.one(Stored(stored.item, list), [netuid])
        if listed is not None:
            # a neuron of this block is not yet in the lists that an epoch writes
            columns[name] = [stored.value_of(value) for value in (listed + [0] * count)[:count]]
    for uid in range(count):
        rows["neurons.csv"].append(
            {"netuid": netuid, "uid": uid, **{name: values[uid] for name, values in columns.items()}}
        )
    await _read_pairs(desk, netuid, uids, rows)
    await _read_children(desk, netuid, hotkeys, rows)


async def _column(desk: _Desk, stored: Stored, keys: Sequence[Sequence[Any]]) -> list[Any]:
    """The cells of an item at several keys, without which there is no metagraph."""
    values = await desk.many(stored, keys)
    if values is None:
        raise InputError(
            f"that chain keeps no {stored.pallet}.{stored.item}, without which there is no metagraph",
            remedy="Take the pools alone; see docs/guides/snapshot.md.",
        )
    return values


async def _owners(desk: _Desk, hotkeys: Sequence[str]) -> list[str]:
    return await _column(desk, Stored("Owner", str), [[hotkey] for hotkey in hotkeys])


async def _read_pairs(desk: _Desk, netuid: int, uids: Sequence[Sequence[int]], rows: dict[str, Rows]) -> None:
    """Add the weights and the bonds of a subnet's first mechanism, as they are stored."""
    for file, item, name in (("weights.csv", "Weights", "weight"), ("bonds.csv", "Bonds", "bond")):
        for (_, uid), pairs in zip(uids, await _column(desk, Stored(item, numbers), uids), strict=True):
            rows[file] += [
                {"netuid": netuid, "validator_uid": uid, "miner_uid": other, name: value}
                for other, value in pairs
                if other < len(uids)
            ]


async def _read_children(desk: _Desk, netuid: int, hotkeys: Sequence[str], rows: dict[str, Rows]) -> None:
    """Add the childkeys of the neurons, and of those who lend to them."""
    here = [[hotkey, netuid] for hotkey in hotkeys]
    lenders = await _column(desk, Stored("ParentKeys", relations), here)
    known = dict.fromkeys([*hotkeys, *(parent for pairs in lenders for _, parent in pairs)])
    lent = await _column(desk, Stored("ChildKeys", relations), [[hotkey, netuid] for hotkey in known])
    for parent, pairs in zip(known, lent, strict=True):
        rows["children.csv"] += [
            {"netuid": netuid, "parent": parent, "child": child, "proportion": part} for part, child in pairs
        ]


async def _read_holders(desk: _Desk, rows: dict[str, Rows]) -> None:
    """Add what hotkeys without a uid hold here, and what all known ones hold on root."""
    neurons = {(row["netuid"], row["hotkey"]) for row in rows["neurons.csv"]}
    owner = {row["hotkey"]: row["coldkey"] for row in rows["neurons.csv"]}
    related = {(row["netuid"], row[end]): None for row in rows["children.csv"] for end in ("parent", "child")}
    on_root = await desk.node.all_of(SUBTENSOR, "Keys", [ROOT_NETUID])
    named = [*owner, *(key for _, key in related), *(str(key) for _, key in on_root)]
    new = [key for key in dict.fromkeys(named) if key not in owner]
    owner |= dict(zip(new, await _owners(desk, new), strict=True))
    without_uid = [place for place in related if place not in neurons]
    places = [*without_uid, *((ROOT_NETUID, key) for key in owner)]
    stakes = await _column(desk, Stored("TotalHotkeyAlpha"), [[key, netuid] for netuid, key in places])
    for (netuid, key), stake in zip(places, stakes, strict=True):
        if stake or netuid != ROOT_NETUID:
            about = {"netuid": netuid, "hotkey": key, "coldkey": owner[key], "stake": stake}
            rows["stakes.csv"].append({**about, "owner": owner[key]})
    heads = await _column(desk, Stored("SubnetOwner", str), [[row["netuid"]] for row in rows["subnets.csv"]])
    for row, coldkey in zip(rows["subnets.csv"], heads, strict=True):
        row["owner_coldkey"] = owner.get(row.get("owner_hotkey", ""), coldkey)


def _reconcile(rows: dict[str, Rows], notes: list[str]) -> None:
    """Raise what the chain keeps as a sum where its parts, cut to rao one by one, are a little more."""
    staked: dict[int, int] = {}
    for file in ("neurons.csv", "stakes.csv"):
        for row in rows[file]:
            staked[row["netuid"]] = staked.get(row["netuid"], 0) + row["stake"]
    for row in rows["subnets.csv"]:
        parts = staked.get(row["netuid"], 0) + sum(row.get(name) or 0 for name in OUTSIDE_POOL)
        if row["alpha_out"] < parts:
            more = parts - row["alpha_out"]
            notes.append(
                f"netuid {row['netuid']}: hotkeys and pots hold {more} rao more than SubnetAlphaOut."
            )
            row["alpha_out"] = parts
    head = rows["network.csv"][0]
    if (root := staked.get(ROOT_NETUID, 0)) > head.get("root_stake", 0):
        notes.append(f"root: hotkeys hold {root - head.get('root_stake', 0)} rao more than SubnetTAO.")
        head["root_stake"] = root
