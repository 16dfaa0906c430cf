"""Assembly: the network that a snapshot's tables describe, once they agree with each other.

Every neuron and every subnet's owner brings keys, every position stake. What the tables leave open is filled
in as ``schema`` says: a subnet without neurons has its owner's hotkey as uid 0, epochs are spread over a
tempo, and TAO of the issuance that no table names belongs to the coldkey "elsewhere".

    issuance = Σ free + Σ accounts of subnets + root's stake + elsewhere
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from immutables import Map

from bittensor_lab.childkeys import check_children, check_relations, with_children
from bittensor_lab.datasets.schema import (
    CAP,
    CLOCK_COLUMNS,
    DEFAULT_BLOCK,
    FILES,
    HYPERPARAMETERS,
    NETWORK_PARAMETERS,
    POOL_COLUMNS,
    U16_TERMS,
)
from bittensor_lab.datasets.tables import Column, Table, table_of
from bittensor_lab.errors import ChainError, InputError, one_line
from bittensor_lab.invariants import violations
from bittensor_lab.params import Hyperparameters, NetworkParameters
from bittensor_lab.rows import EMPTY_ROW, Row, make_row, pack
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import RESERVED, ROOT_NETUID, Clocks, Mechanism, Pools, Rules, State, Subnet, blank
from bittensor_lab.units import RAO_PER_TAO, format_tao

ELSEWHERE = "elsewhere"
"""the coldkey of all TAO that no table names"""
ELSEWHERE_HOTKEY = "elsewhere-validator"
"""the hotkey on which such TAO is staked on root"""
PAST = {
    "subnets.csv": ("registered_at", "last_epoch_block", "last_step_block", "first_emission_block"),
    "neurons.csv": ("block_at_registration", "last_update"),
}
"""columns that hold blocks, which cannot come after the snapshot's"""
ONCE: dict[str, tuple[tuple[str, ...], ...]] = {
    "subnets.csv": (("netuid",),),
    "neurons.csv": (("netuid", "uid"), ("netuid", "hotkey")),
    "stakes.csv": (("netuid", "hotkey", "coldkey"),),
    "balances.csv": (("coldkey",),),
    "weights.csv": (("netuid", "validator_uid", "miner_uid"),),
    "bonds.csv": (("netuid", "validator_uid", "miner_uid"),),
    "children.csv": (("netuid", "parent", "child"),),
}
"""columns that together name a row"""
OF_SUBNET = tuple(name for name in U16_TERMS if name != "incentive")
"""those that a subnet holds; the incentive is a mechanism's"""
Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Position:
    """Stake of a coldkey on a hotkey."""

    netuid: int
    hotkey: str
    coldkey: str
    rao: int


def assemble(tables: Tables) -> State:
    """Return the network of a snapshot's tables; a table that is not there is empty.

    Raises
    ------
    InputError
        if they do not fit together.
    """
    files = {file: tables.get(file, table_of(file, columns, [])) for file, columns in FILES.items()}
    _check_rows(files)
    head, owner = _head(files), _owners(files)
    positions = _positions(files, head, owner)
    rows = max(files["subnets.csv"].columns["netuid"]) + 1
    rules = _rules(files["subnets.csv"], rows)
    pools = _pools(files["subnets.csv"], positions, rows)
    free, issuance = _accounts(files, head, pools)
    stakers = dict.fromkeys(p.coldkey for p in positions if p.netuid == ROOT_NETUID)
    state = State(
        network=_chosen(NetworkParameters(), NETWORK_PARAMETERS, head),
        total_issuance=issuance,
        free=Map(free),
        owner=Map(owner),
        takes=Map(_takes(files["neurons.csv"])),
        stake=_ledgers(positions, rows),
        subnets=_subnets(files, owner, head["block"], rows),
        rules=rules,
        clocks=_clocks(files["subnets.csv"], rules, head["block"]),
        pools=pools,
        staking_hotkeys=Map(_staking_hotkeys(positions)),
        root_stakers=Map({coldkey: number for number, coldkey in enumerate(stakers)}),
        root_staker_of=Map(dict(enumerate(stakers))),
        **{name: head[name] for name in ("block", "seed", "gate_bar", "last_lock", "last_founding")},
    )
    return _lawful(state, files["subnets.csv"])


# --- what can be said of a row ---------------------------------------------------------------------


def _check_rows(files: Tables) -> None:
    """Check that rows are named once, on subnets that exist, and that uids exist."""
    if not len(files["subnets.csv"]):
        raise InputError("subnets.csv has no subnet", remedy="Give it at least one line below the header.")
    for file, keys in ONCE.items():
        for names in keys:
            _check_once(files[file], names)
    known = set(files["subnets.csv"].columns["netuid"])
    for file in ("neurons.csv", "stakes.csv", "weights.csv", "bonds.csv", "children.csv"):
        _check_netuids(files[file], known)
    sizes = _sizes(files["neurons.csv"])
    for file in ("weights.csv", "bonds.csv"):
        for name in ("validator_uid", "miner_uid"):
            _check_uids(files[file], name, sizes)


def _check_netuids(table: Table, known: set[int]) -> None:
    for row, netuid in enumerate(table.columns["netuid"]):
        if netuid not in known and netuid != ROOT_NETUID:
            raise table.wrong(
                row, "netuid", f"subnets.csv has no netuid {netuid}",
                remedy="Add the subnet there, or leave this line out.",
            )  # fmt: skip


def _check_uids(table: Table, name: str, sizes: Mapping[int, int]) -> None:
    for row, (netuid, uid) in enumerate(table.rows("netuid", name)):
        if uid >= sizes.get(netuid, 1):
            raise table.wrong(
                row, name, f"netuid {netuid} has no uid {uid}",
                f"neurons.csv has uids 0 to {sizes.get(netuid, 1) - 1}.",
                "Add the neuron there, or leave this line out.",
            )  # fmt: skip


def _check_once(table: Table, names: tuple[str, ...]) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for row, key in enumerate(table.rows(*names)):
        if key in seen:
            said = ", ".join(f"{name} {value}" for name, value in zip(names, key, strict=True))
            raise table.wrong(
                row, names[-1], f"{said} is there twice", f"The first is in line {table.lines[seen[key]]}.",
                "Keep one of the lines.",
            )  # fmt: skip
        seen[key] = row


def _sizes(neurons: Table) -> dict[int, int]:
    """How many uids each subnet has, none missing."""
    sizes: dict[int, int] = {}
    for netuid in neurons.columns["netuid"]:
        sizes[netuid] = sizes.get(netuid, 0) + 1
    for row, (netuid, uid) in enumerate(neurons.rows("netuid", "uid")):
        if uid >= sizes[netuid]:
            raise neurons.wrong(
                row, "uid", f"the uids of netuid {netuid} have a gap",
                f"Its {sizes[netuid]} lines should be 0 to {sizes[netuid] - 1}; this is {uid}.",
                "Give every uid a line; they begin with 0.",
            )  # fmt: skip
    return sizes


def _head(files: Tables) -> dict[str, Any]:
    """The values of network.csv, the block found."""
    table = files["network.csv"]
    if len(table) > 1:
        raise table.wrong(
            1, "block", "there is a second line", remedy="A snapshot is of one block: keep one."
        )
    head = {c.name: table.columns[c.name][0] if len(table) else c.default for c in FILES["network.csv"]}
    named = [x for file, names in PAST.items() for name in names for x in files[file].columns[name] if x]
    if head["block"] is None:
        head["block"] = max([DEFAULT_BLOCK, *named])
    for file, names in PAST.items():
        for name in names:
            for row, block in enumerate(files[file].columns[name]):
                if block is not None and block > head["block"]:
                    raise files[file].wrong(
                        row, name, f"block {block} comes after the snapshot's, {head['block']}",
                        remedy="Correct one of them; the snapshot's stands in network.csv.",
                    )  # fmt: skip
    return head


# --- keys and stake --------------------------------------------------------------------------------


def _owners(files: Tables) -> dict[str, str]:
    """The coldkey of every hotkey, the same wherever it is named."""
    owner: dict[str, str] = {}
    for row, (hotkey, coldkey) in enumerate(files["neurons.csv"].rows("hotkey", "coldkey")):
        _own(files["neurons.csv"], row, owner, hotkey, coldkey, "coldkey")
    subnets = files["subnets.csv"]
    for row, (netuid, hotkey, coldkey) in enumerate(subnets.rows("netuid", "owner_hotkey", "owner_coldkey")):
        named = hotkey or f"owner-{netuid}"
        _own(subnets, row, owner, named, coldkey or owner.get(named, f"{named}-cold"), "owner_coldkey")
    stakes = files["stakes.csv"]
    for row, (hotkey, coldkey, said) in enumerate(stakes.rows("hotkey", "coldkey", "owner")):
        _own(stakes, row, owner, hotkey, said or owner.get(hotkey, coldkey), "owner")
        _check_free(stakes, row, "coldkey", coldkey)
    return owner


def _own(table: Table, row: int, owner: dict[str, str], hotkey: str, coldkey: str, column: str) -> None:
    _check_free(table, row, "hotkey", hotkey)
    _check_free(table, row, column, coldkey)
    if owner.setdefault(hotkey, coldkey) != coldkey:
        raise table.wrong(
            row, column, f"hotkey {hotkey} would belong to two coldkeys", f"{owner[hotkey]} and {coldkey}.",
            "A hotkey has one coldkey, on all subnets.",
        )  # fmt: skip


def _check_free(table: Table, row: int, column: str, key: str) -> None:
    if key in RESERVED:
        raise table.wrong(row, column, f"{key} is no key of anybody's", remedy="Give the key another name.")


def _positions(files: Tables, head: Mapping[str, Any], owner: dict[str, str]) -> list[Position]:
    """All stake: neurons' own, then that of stakes.csv, then what root has besides."""
    found = [Position(*row) for row in files["neurons.csv"].rows("netuid", "hotkey", "coldkey", "stake")]
    own = {(p.netuid, p.hotkey, p.coldkey) for p in found}
    stakes = files["stakes.csv"]
    for row, about in enumerate(stakes.rows("netuid", "hotkey", "coldkey", "stake")):
        if about[:3] in own:
            raise stakes.wrong(
                row, "coldkey", f"this is what neurons.csv says of hotkey {about[1]} already",
                remedy="A neuron's own stake stands in neurons.csv only.",
            )  # fmt: skip
        found.append(Position(*about))
    named = sum(p.rao for p in found if p.netuid == ROOT_NETUID)
    besides = (named if head["root_stake"] is None else head["root_stake"]) - named
    if besides < 0:
        raise files["network.csv"].wrong(
            0, "root_stake", "stakes.csv has more TAO on root",
            f"{format_tao(named)} there, {format_tao(head['root_stake'])} here.",
            "Correct one of them.",
        )  # fmt: skip
    if besides:
        owner.setdefault(ELSEWHERE_HOTKEY, ELSEWHERE)
        found.append(Position(ROOT_NETUID, ELSEWHERE_HOTKEY, ELSEWHERE, besides))
    return [p for p in found if p.rao]


def _ledgers(positions: Sequence[Position], rows: int) -> tuple[Map[str, SharePool], ...]:
    ledgers: list[dict[str, SharePool]] = [{} for _ in range(rows)]
    for p in positions:
        ledger = ledgers[p.netuid]
        ledger[p.hotkey] = ledger.get(p.hotkey, SharePool()).with_stake(p.coldkey, p.rao)
    return tuple(Map(ledger) for ledger in ledgers)


def _staking_hotkeys(positions: Sequence[Position]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for p in positions:
        found.setdefault(p.coldkey, {})[p.hotkey] = None
    return {coldkey: tuple(hotkeys) for coldkey, hotkeys in found.items()}


def _takes(neurons: Table) -> dict[str, int]:
    takes: dict[str, int] = {}
    for row, (hotkey, take) in enumerate(neurons.rows("hotkey", "take")):
        if take is not None and takes.setdefault(hotkey, take) != take:
            raise neurons.wrong(
                row, "take", f"hotkey {hotkey} would have two takes", f"{takes[hotkey]} and {take}.",
                "A hotkey has one take, on all subnets.",
            )  # fmt: skip
    return takes


# --- subnets ---------------------------------------------------------------------------------------


def _subnets(files: Tables, owner: Mapping[str, str], block: int, rows: int) -> tuple[Subnet | None, ...]:
    names = ("neurons", "weights", "bonds", "children")
    neurons, weights, bonds, children = (_by_netuid(files[f"{name}.csv"]) for name in names)
    table, found = files["subnets.csv"], list[Subnet | None]([None] * rows)
    for row, netuid in enumerate(table.columns["netuid"]):
        hotkey = table.columns["owner_hotkey"][row] or f"owner-{netuid}"
        listed = _neurons(files["neurons.csv"], neurons.get(netuid, []), hotkey)
        n = len(listed["hotkey"])
        most = table.columns["max_allowed_uids"][row] or Hyperparameters().max_allowed_uids
        if n > most:
            raise table.wrong(
                row, "max_allowed_uids", f"netuid {netuid} has {n} neurons in {most} places",
                remedy="Raise max_allowed_uids to at least that many.",
            )  # fmt: skip
        said = _matrix(files["weights.csv"], weights.get(netuid, []), "weight", n)
        mechanism = Mechanism(
            weights=said,
            bonds=pack(_matrix(files["bonds.csv"], bonds.get(netuid, []), "bond", n)),
            incentive=np.array(listed["incentive"], np.uint16),
            last_update=np.array([block if x is None else x for x in listed["last_update"]], np.int64),
        )
        terms: dict[str, Any] = {name: np.array(listed[name], np.uint16) for name in OF_SUBNET}
        permits = zip(listed["validator_permit"], said, strict=True)
        takes = zip(listed["hotkey"], listed["childkey_take"], strict=True)
        subnet = Subnet(
            netuid=netuid,
            owner_coldkey=owner[hotkey],
            owner_hotkey=hotkey,
            registered_at=table.columns["registered_at"][row],
            hotkeys=tuple(listed["hotkey"]),
            block_at_registration=np.array(listed["block_at_registration"], np.int64),
            active=np.array(listed["active"], bool),
            validator_permit=np.array([len(r.uid) > 0 if p is None else p for p, r in permits], bool),
            emission=np.array(listed["emission"], np.int64),
            mechanisms=(mechanism,),
            locked=table.columns["locked"][row],
            rao_recycled_for_registration=table.columns["recycled"][row],
            childkey_takes=Map({key: take for key, take in takes if take is not None}),
            **terms,
        )
        found[netuid] = _related(subnet, owner, files["children.csv"], children.get(netuid, []))
    return tuple(found)


def _related(subnet: Subnet, owner: Mapping[str, str], table: Table, rows: Sequence[int]) -> Subnet:
    """The subnet with its childkeys, which must be such as the chain lets be set."""
    lent: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        for column in ("parent", "child"):
            if table.columns[column][row] not in owner:
                raise table.wrong(
                    row, column, f"nothing says to whom the hotkey {table.columns[column][row]} belongs",
                    remedy="Give it a line in neurons.csv, or in stakes.csv, a stake of 0 will do.",
                )  # fmt: skip
        parent, child, part = (table.columns[name][row] for name in ("parent", "child", "proportion"))
        children = (*lent.get(parent, []), (part, child))
        try:
            check_children(parent, children)
            check_relations(subnet, parent, children)
        except ChainError as error:
            raise table.wrong(row, "child", f"the chain would refuse it: {one_line(str(error))}") from None
        lent[parent] = [*children]
        subnet = with_children(subnet, parent, children)
    return subnet


def _neurons(table: Table, rows: list[int], owner_hotkey: str) -> dict[str, list[Any]]:
    """The columns of a subnet's neurons by uid; if it has none, of its owner as uid 0."""
    ordered = sorted(rows, key=lambda row: table.columns["uid"][row])
    if not ordered:
        return {c.name: [owner_hotkey if c.name == "hotkey" else c.default] for c in FILES["neurons.csv"]}
    return {name: [column[row] for row in ordered] for name, column in table.columns.items()}


def _matrix(table: Table, rows: list[int], value: str, n: int) -> tuple[Row, ...]:
    """The rows of weights or bonds of a subnet, pairs in the order of the file."""
    uids: list[list[int]] = [[] for _ in range(n)]
    values: list[list[int]] = [[] for _ in range(n)]
    validator, miner, said = (table.columns[name] for name in ("validator_uid", "miner_uid", value))
    for row in rows:
        uids[validator[row]].append(miner[row])
        values[validator[row]].append(said[row])
    return tuple(make_row(u, v) if u else EMPTY_ROW for u, v in zip(uids, values, strict=True))


def _by_netuid(table: Table) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row, netuid in enumerate(table.columns["netuid"]):
        found.setdefault(netuid, []).append(row)
    return found


def _rules(table: Table, rows: int) -> Rules:
    found = list[Hyperparameters | None]([None] * rows)
    for row, netuid in enumerate(table.columns["netuid"]):
        given = {column.name: table.columns[column.name][row] for column in HYPERPARAMETERS}
        found[netuid] = _chosen(Hyperparameters(), HYPERPARAMETERS, given)
    return Rules(tuple(found))


def _chosen(usual: Any, columns: Sequence[Column], given: Mapping[str, Any]) -> Any:
    """The record with what is given; None stands for what is usual."""
    return replace(usual, **{c.name: given[c.name] for c in columns if given[c.name] is not None})


def _clocks(table: Table, rules: Rules, block: int) -> Clocks:
    """Clocks in which epochs are spread over a tempo, as registration spreads them, unless said otherwise."""
    columns = {name: column.copy() for name, column in vars(blank(Clocks, len(rules.by_netuid))).items()}
    for row, netuid in enumerate(table.columns["netuid"]):
        tempo = int(rules.tempo[netuid])
        since = min(netuid % tempo if tempo else 0, block)
        open_ones = {"blocks_since_last_step": since, "last_epoch_block": block - since}
        for name in (column.name for column in CLOCK_COLUMNS):
            given = table.columns[name][row]
            columns[name][netuid] = open_ones[name] if given is None else given
    return Clocks(**columns)


def _pools(table: Table, positions: Sequence[Position], rows: int) -> Pools:
    """Pools, and as root's what is staked there."""
    columns = {name: column.copy() for name, column in vars(blank(Pools, rows)).items()}
    for name in (column.name for column in POOL_COLUMNS):
        for row, netuid in enumerate(table.columns["netuid"]):
            given = table.columns[name][row]
            columns[name][netuid] = table.columns["tao_in"][row] if given is None else given
    for row, netuid in enumerate(table.columns["netuid"]):
        if columns["account"][netuid] < columns["tao_in"][netuid]:
            raise table.wrong(
                row, "account", "the account holds less than the pool",
                remedy="The pool's TAO is on the account too; or leave the cell empty.",
            )  # fmt: skip
    root = sum(p.rao for p in positions if p.netuid == ROOT_NETUID)
    for name in ("tao_in", "alpha_out", "account"):
        columns[name][ROOT_NETUID] = root
    return Pools(**columns)


# --- the whole -------------------------------------------------------------------------------------


def _accounts(files: Tables, head: Mapping[str, Any], pools: Pools) -> tuple[dict[str, int], int]:
    """Free TAO by coldkey, and the issuance: what no table names is elsewhere."""
    free = {coldkey: rao for coldkey, rao in files["balances.csv"].rows("coldkey", "free") if rao}
    held = sum(free.values()) + sum(pools.account.tolist())
    issuance = held if head["total_issuance"] is None else head["total_issuance"]
    if issuance > CAP * RAO_PER_TAO:
        raise InputError(
            "the files have more TAO than there can be", f"Accounts hold {format_tao(held)}.",
            "Columns of TAO are in TAO, not in rao: 1.5, not 1500000000.",
        )  # fmt: skip
    if issuance < held:
        raise files["network.csv"].wrong(
            0, "total_issuance", "accounts hold more than the issuance",
            f"{format_tao(held)} in pools, on root and free; {format_tao(issuance)} here.",
            "Correct one of them.",
        )  # fmt: skip
    if issuance > held:
        free[ELSEWHERE] = free.get(ELSEWHERE, 0) + issuance - held
    return free, issuance


def _lawful(state: State, subnets: Table) -> State:
    """The state, if the chain's laws hold on it."""
    broken = violations(state)
    if not broken:
        return state
    for row, netuid in enumerate(subnets.columns["netuid"]):
        staked = sum(pool.value for pool in state.stake[netuid].values())
        if staked > int(state.pools.alpha_out[netuid]):
            raise subnets.wrong(
                row, "alpha_out", f"more alpha is staked on netuid {netuid} than there is",
                f"{format_tao(staked, 'α')} in neurons.csv and stakes.csv, "
                f"{format_tao(int(state.pools.alpha_out[netuid]), 'α')} here.",
                "alpha_out counts all alpha outside the pool.",
            )  # fmt: skip
    raise InputError("the files do not hold together", broken[0], "Correct what it names.")
