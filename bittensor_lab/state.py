"""The state of the chain: everything that the next block depends on, and nothing that changes.

A ``State`` is frozen, its arrays are read-only, its ledgers are persistent maps. A transition returns
a new one that shares whatever it did not touch, so a fork is a reference, an old state is the past,
and keeping a thousand of them costs a thousand differences.

    State ── ledgers      free TAO, owners and takes of keys; stake[netuid][hotkey], a share pool each
          ├─ root claims  what root's stakers may still draw from each subnet
          ├─ subnets      Subnet of each netuid: neurons (row = uid), childkeys, mechanisms, locks
          ├─ rules        Hyperparameters of each netuid
          ├─ clocks       when epochs are due, what a registration costs, as columns (row = netuid)
          └─ pools        reserves, pots and prices of the subnets, as columns (row = netuid)

Netuid 0 is the root network: it has stake (TAO, 1:1) and an account, but no neurons and no pool.

Source: ``spec/epoch.md`` 1, ``spec/economy.md`` 0 and 4 to 8; ``pallets/subtensor/src/lib.rs``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import Any, get_args, get_type_hints

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from bittensor_lab.conviction import Lock
from bittensor_lab.errors import MechanismDoesNotExist, SubnetNotExists
from bittensor_lab.events import Children
from bittensor_lab.kernels.coinbase import PoolArrays
from bittensor_lab.kernels.registration import decay_factor
from bittensor_lab.params import Hyperparameters, NetworkParameters
from bittensor_lab.rows import EMPTY_ROW, Row, SparseRows, rows_from_lists
from bittensor_lab.share_pool import SharePool

ROOT = "ROOT"
"""who signs with root's rights (governance)"""
AUTHOR = "AUTHOR"
"""the account of whoever makes the blocks, which gets the fees"""
BURN = "BURN"
"""the account to which TAO is burned; nobody has its key"""
RESERVED = (ROOT, AUTHOR, BURN)
"""names that no key can have"""
ROOT_NETUID = 0
MAX_NETUID = 4095


@dataclass(frozen=True)
class Commit:
    """A hash of weights that are to be revealed."""

    commit_hash: str
    epoch: int
    block: int


@dataclass(frozen=True)
class TimelockedCommit:
    """Weights that the chain reveals by itself, kept as plain text here."""

    hotkey: str
    block: int
    uids: tuple[int, ...]
    values: tuple[int, ...]
    version_key: int


@dataclass(frozen=True)
class PendingChildren:
    """Children that take effect at the first epoch after a block."""

    children: Children
    cooldown_block: int


@dataclass(frozen=True, eq=False)
class Mechanism:
    """One weight matrix of a subnet of n uids, and what hangs on it."""

    weights: tuple[Row, ...]
    """n rows, as submitted"""
    bonds: SparseRows
    """n rows, as the last epoch stored them"""
    incentive: NDArray[np.uint16]  # [n]
    last_update: NDArray[np.int64]  # [n] block
    commits: Map[str, tuple[Commit, ...]] = Map()
    """by hotkey, oldest first"""
    timelocked: Map[int, tuple[TimelockedCommit, ...]] = Map()
    """by the epoch in which they were committed"""

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, eq=False)
class Subnet:
    """A subnet with n neurons; arrays are indexed by uid [n]."""

    netuid: int
    owner_coldkey: str
    owner_hotkey: str
    registered_at: int
    hotkeys: tuple[str, ...]
    block_at_registration: NDArray[np.int64]
    active: NDArray[np.bool_]
    validator_permit: NDArray[np.bool_]
    stake_weight: NDArray[np.uint16]
    consensus: NDArray[np.uint16]
    dividends: NDArray[np.uint16]
    validator_trust: NDArray[np.uint16]
    emission: NDArray[np.int64]
    """rao of the last epoch"""
    mechanisms: tuple[Mechanism, ...]
    mechanism_split: tuple[int, ...] | None = None
    """u16 of 65535 each; None: even"""
    locked: int = 0
    """rao that its founder paid for it"""
    locks: Map[str, Lock] = Map()
    """alpha that a coldkey has locked here"""
    auto_stake: Map[str, str] = Map()
    """the hotkey to which a coldkey's miners send their incentive"""
    children: Map[str, Children] = Map()
    """of each parent hotkey"""
    parents: Map[str, Children] = Map()
    """of each child hotkey: the same relations seen from the other end"""
    pending_children: Map[str, PendingChildren] = Map()
    childkey_takes: Map[str, int] = Map()
    commitments: Map[str, str] = Map()
    rao_recycled_for_registration: int = 0
    last_owner_change: Map[str, int] = Map()
    """block at which the owner last set each hyperparameter"""
    last_set_children: Map[str, int] = Map()
    last_childkey_take: Map[str, int] = Map()
    last_hotkey_swap: Map[str, int] = Map()
    """by coldkey"""

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n(self) -> int:
        """How many neurons there are."""
        return len(self.hotkeys)

    @cached_property
    def uids(self) -> dict[str, int]:
        """The uid of each hotkey."""
        return {hotkey: uid for uid, hotkey in enumerate(self.hotkeys)}

    @property
    def owner_uid(self) -> int | None:
        """The uid of the owner's hotkey, if it has one."""
        return self.uids.get(self.owner_hotkey)

    def mechanism(self, number: int) -> Mechanism:
        """Return mechanism ``number``; raises MechanismDoesNotExist."""
        if not 0 <= number < len(self.mechanisms):
            raise MechanismDoesNotExist(
                f"mechanism {number}; netuid {self.netuid} has {len(self.mechanisms)}"
            )
        return self.mechanisms[number]

    def with_mechanism(self, number: int, **changes: Any) -> Subnet:
        """Return the subnet with fields of one mechanism changed."""
        changed = replace(self.mechanisms[number], **changes)
        return replace(self, mechanisms=(*self.mechanisms[:number], changed, *self.mechanisms[number + 1 :]))


@dataclass(frozen=True, eq=False)
class Rules:
    """The hyperparameters of each netuid, and those that a block reads as columns."""

    by_netuid: tuple[Hyperparameters | None, ...]

    @cached_property
    def tempo(self) -> NDArray[np.int64]:
        """Tempo [rows]; 0, which is never, where there is no subnet."""
        return _frozen(np.array([h.tempo if h else 0 for h in self.by_netuid], np.int64))

    @cached_property
    def burn_factor(self) -> NDArray[np.int64]:
        """The raw Q32 factor [rows] by which the registration price falls; 0 where it does not."""
        return _frozen(np.array([_factor(h.burn_half_life) if h else 0 for h in self.by_netuid], np.int64))

    @cached_property
    def min_burn(self) -> NDArray[np.uint64]:
        """Lowest registration price [rows], rao."""
        return _frozen(np.array([h.min_burn if h else 0 for h in self.by_netuid], np.uint64))

    @cached_property
    def max_burn(self) -> NDArray[np.uint64]:
        """Highest registration price [rows], rao."""
        return _frozen(np.array([h.max_burn if h else 0 for h in self.by_netuid], np.uint64))

    @cached_property
    def registration_allowed(self) -> NDArray[np.bool_]:
        """Whether neurons may register [rows]; a subnet that takes none emits nothing either."""
        return _frozen(np.array([bool(h and h.registration_allowed) for h in self.by_netuid]))

    @cached_property
    def owner_cut_enabled(self) -> NDArray[np.bool_]:
        """Whether the owner gets a cut [rows]."""
        return _frozen(np.array([bool(h and h.owner_cut_enabled) for h in self.by_netuid]))


@cache
def _factor(half_life: int) -> int:
    return int(decay_factor(half_life)) if half_life else 0


@dataclass(frozen=True, eq=False)
class Clocks:
    """What moves with the blocks, a row per netuid [rows]; blocks, but for the first."""

    burn: NDArray[np.uint64]  # [rows] what a registration costs, rao
    blocks_since_last_step: NDArray[np.int64]  # [rows]
    last_epoch_block: NDArray[np.int64]  # [rows] when the epoch was last due
    pending_epoch_at: NDArray[np.int64]  # [rows] when it is triggered or deferred to; 0: neither
    last_step_block: NDArray[np.int64]  # [rows] when an epoch last ran
    epoch_index: NDArray[np.int64]  # [rows] how often it was due

    def __post_init__(self) -> None:
        freeze(self)

    def moved(self, **columns: NDArray[Any]) -> Clocks:
        """Return the clocks with whole columns replaced."""
        return _copied(self, {name: _frozen(column) for name, column in columns.items()})

    def at(self, netuid: int, **values: int) -> Clocks:
        """Return the clocks with values of one subnet changed."""
        return _with_row(self, netuid, values)


@dataclass(frozen=True, eq=False)
class Pools:
    """The subnets' pools, pots and accounts, a row per netuid [rows]; rao unless said.

    The first columns are those that the coinbase moves (``kernels.coinbase.PoolArrays``), in its order.
    """

    tao_in: NDArray[np.int64]  # [rows] TAO in the pool; row 0: all that is staked on root
    alpha_in: NDArray[np.int64]  # [rows] alpha in the pool
    alpha_out: NDArray[np.int64]  # [rows] alpha outside; row 0 as tao_in
    quote_weight: NDArray[np.int64]  # [rows] the TAO's weight in the pool, of 1e18
    initialised: NDArray[np.bool_]  # [rows] whether anyone has traded
    moving_price: NDArray[np.int64]  # [rows] raw Q32 TAO per alpha
    protocol_alpha: NDArray[np.int64]  # [rows] alpha that the chain bought
    account: NDArray[np.int64]  # [rows] TAO on the subnet's account, the pool's included
    pending_server: NDArray[np.int64]  # [rows] waits for the epoch, as the next three
    pending_validator: NDArray[np.int64]  # [rows]
    pending_root: NDArray[np.int64]  # [rows]
    pending_owner: NDArray[np.int64]  # [rows]
    miner_burned: NDArray[np.int64]  # [rows] raw Q32: part of the last incentive that the owner's keys earned
    root_share: NDArray[np.float64]  # [rows] the root network's opinion, for the first emission rule
    user_flow: NDArray[np.int64]  # [rows] since it was last folded into the average, as the next
    protocol_flow: NDArray[np.int64]  # [rows]
    user_flow_ema: NDArray[np.float64]  # [rows] rao per block
    protocol_flow_ema: NDArray[np.float64]  # [rows] rao per block
    first_emission_block: NDArray[np.int64]  # [rows] set by the start call; 0: not yet
    subtoken_enabled: NDArray[np.bool_]  # [rows] whether its alpha can be traded
    emission_enabled: NDArray[np.bool_]  # [rows] whether it may get TAO
    childkey_burned: NDArray[np.int64]  # [rows] alpha recycled as childkey burn, and yet paid out

    def __post_init__(self) -> None:
        freeze(self)

    def moved(self, **columns: NDArray[Any]) -> Pools:
        """Return the pools with whole columns replaced."""
        return _copied(self, {name: _frozen(column) for name, column in columns.items()})

    def at(self, netuid: int, **values: int | bool) -> Pools:
        """Return the pools with values of one subnet changed."""
        return _with_row(self, netuid, values)

    def plus(self, netuid: int, **amounts: int) -> Pools:
        """Return the pools with amounts, in rao, added to columns of one subnet."""
        return _with_row(
            self, netuid, {name: int(getattr(self, name)[netuid]) + n for name, n in amounts.items()}
        )

    def alpha_issuance(self, netuid: int) -> int:
        """Return how much alpha of a subnet there is, rao."""
        return int(self.alpha_in[netuid]) + int(self.alpha_out[netuid])

    def copied(self) -> PoolArrays:
        """Return copies of the coinbase's columns, which may be written to."""
        return PoolArrays(*(getattr(self, name).copy() for name in COINBASE_COLUMNS))


COINBASE_COLUMNS = tuple(item.name for item in fields(Pools))[: len(PoolArrays._fields)]


@dataclass(frozen=True)
class RootClaims:
    """What one hotkey's root stakers may draw as alpha of the subnets.

    Each dividend raises a rate, alpha per rao of root stake; a coldkey is owed rate · its root stake,
    less its watermark: what it has drawn already, or what was there before it staked.
    """

    rates: Map[int, int] = Map()
    """by netuid, raw Q32"""
    claimed: Map[str, Map[int, int]] = Map()
    """by coldkey and netuid, alpha rao"""


@dataclass(frozen=True)
class AnnouncedSwap:
    """What a coldkey has announced: from which block on, and by the key of which hash, it is replaced."""

    block: int
    new_coldkey_hash: str


@dataclass(frozen=True)
class ClaimType:
    """What a coldkey wants of its root dividends: "swap" to TAO, "keep" as alpha, or keep of some."""

    keep: bool = False
    netuids: tuple[int, ...] | None = None
    """those whose alpha is kept, if not of all"""


@dataclass(frozen=True, eq=False)
class State:
    """The whole chain at the end of a block, or between two extrinsics of it."""

    block: int
    network: NetworkParameters
    total_issuance: int
    """rao: all TAO there is"""
    free: Map[str, int]
    """free TAO of each coldkey, rao"""
    owner: Map[str, str]
    """the coldkey of each hotkey"""
    takes: Map[str, int]
    """the take of each hotkey that set one, of 65535"""
    stake: tuple[Map[str, SharePool], ...]
    """by netuid: what is staked on each hotkey, alpha or on root TAO, and whose it is"""
    subnets: tuple[Subnet | None, ...]
    """by netuid; None where there is no subnet, and for root"""
    rules: Rules
    clocks: Clocks
    pools: Pools
    last_take_change: Map[str, int] = Map()
    """block, by hotkey"""
    last_key_swap: Map[str, int] = Map()
    """block, by coldkey"""
    announced_swaps: Map[str, AnnouncedSwap] = Map()
    """by coldkey"""
    staking_hotkeys: Map[str, tuple[str, ...]] = Map()
    """the hotkeys to which each coldkey has ever staked"""
    root_stakers: Map[str, int] = Map()
    """each coldkey that has ever staked on root, and its number, by which claims are drawn"""
    root_staker_of: Map[int, str] = Map()
    """the same from the other end"""
    root_claims: Map[str, RootClaims] = Map()
    """by hotkey"""
    claim_types: Map[str, ClaimType] = Map()
    """of the coldkeys that chose one"""
    founding_rules: Hyperparameters = Hyperparameters()
    """what a subnet begins with"""
    last_lock: int = 0
    """rao that the last founder of a subnet paid"""
    last_founding: int = 0
    """block at which a subnet was last founded; 0: never"""
    gate_bar: int = 0
    """of the last emission rule, raw Q64: the share at which the gate is half open; 0: not yet set"""
    seed: int = 0
    """of whatever the chain draws by chance"""

    def but(self, **changes: Any) -> State:
        """Return the state with fields changed: as ``replace``, without going through all fields again."""
        if not changes.keys() <= _STATE_FIELDS:
            raise TypeError(f"a state has no {', '.join(sorted(changes.keys() - _STATE_FIELDS))}")
        return _copied(self, changes)

    def subnet(self, netuid: int) -> Subnet:
        """Return the subnet; raises SubnetNotExists."""
        found = self.subnets[netuid] if 0 <= netuid < len(self.subnets) else None
        if found is None:
            raise SubnetNotExists(f"netuid {netuid}; there are {_ranges(self.netuids)}")
        return found

    def hyperparameters(self, netuid: int) -> Hyperparameters:
        """Return the rules of a subnet; raises SubnetNotExists."""
        self.subnet(netuid)
        found = self.rules.by_netuid[netuid]
        assert found is not None
        return found

    @property
    def netuids(self) -> list[int]:
        """The netuids of all subnets but root, ascending."""
        return [netuid for netuid, subnet in enumerate(self.subnets) if subnet is not None]

    def with_subnet(self, subnet: Subnet, **changes: Any) -> State:
        """Return the state with a subnet replaced, and other fields changed."""
        netuid = subnet.netuid
        return self.but(subnets=(*self.subnets[:netuid], subnet, *self.subnets[netuid + 1 :]), **changes)

    def with_hyperparameters(self, netuid: int, **changes: Any) -> State:
        """Return the state with rules of a subnet changed, whoever may do so."""
        changed = replace(self.hyperparameters(netuid), **changes)
        rules = self.rules.by_netuid
        return replace(self, rules=Rules((*rules[:netuid], changed, *rules[netuid + 1 :])))


_STATE_FIELDS = frozenset(item.name for item in fields(State))


def new_mechanism(n: int, last_update: NDArray[np.int64] | None = None) -> Mechanism:
    """Return a mechanism in which nobody has set weights; updates read as 0 unless given."""
    return Mechanism(
        weights=(EMPTY_ROW,) * n,
        bonds=rows_from_lists([[]] * n),
        incentive=np.zeros(n, np.uint16),
        last_update=np.zeros(n, np.int64) if last_update is None else last_update,
    )


def blank(kind: Any, rows: int) -> Any:
    """Return ``Clocks`` or ``Pools`` of zeros, a row for each of ``rows`` netuids."""
    return kind(**{name: np.zeros(rows, dtype) for name, dtype in _dtypes(kind).items()})


@cache
def _dtypes(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {item.name: get_args(get_args(hints[item.name])[1])[0] for item in fields(kind)}


def longer(columns: Any) -> Any:
    """Return ``Clocks`` or ``Pools`` with one more row, of zeros."""
    kind: Any = type(columns)
    names = [item.name for item in fields(kind)]
    return kind(**{name: np.append(a := getattr(columns, name), np.zeros(1, a.dtype)) for name in names})


def freeze(record: Any) -> None:
    """Set every array field of a frozen record read-only."""
    kind: Any = type(record)
    for name in _array_fields(kind):
        array = getattr(record, name)
        if array.flags.writeable:
            array.setflags(write=False)


@cache
def _array_fields(kind: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind) if "NDArray" in str(item.type))


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array


def _with_row(columns: Any, row: int, values: Mapping[str, int | bool]) -> Any:
    """The columns with one row changed: a copy of what changes."""
    changes = {}
    for name, value in values.items():
        column = getattr(columns, name).copy()
        column[row] = value
        changes[name] = _frozen(column)
    return _copied(columns, changes)


def _copied(record: Any, changes: Mapping[str, Any]) -> Any:
    """A frozen record with fields changed; nothing is checked or set read-only."""
    kind: Any = type(record)
    other = object.__new__(kind)
    vars(other).update(vars(record))
    vars(other).update(changes)
    return other


def _ranges(numbers: list[int]) -> str:
    if not numbers:
        return "none"
    whole = numbers == list(range(numbers[0], numbers[-1] + 1)) and len(numbers) > 2
    return f"{numbers[0]} to {numbers[-1]}" if whole else ", ".join(map(str, numbers))
