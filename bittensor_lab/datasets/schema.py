"""The schema of a snapshot: which files a network in CSV has, their columns, units and defaults.

    subnets.csv    a line per subnet: pool, prices, pots, clocks; any hyperparameter by its name
    network.csv    one line: block, issuance, root; any network parameter by its name
    neurons.csv    a line per uid: keys, stake, permit, what the last epoch gave
    stakes.csv     positions that are not a neuron's own: nominators, root (netuid 0), hotkeys without a uid
    balances.csv   free TAO
    weights.csv    a line per weight, as validators set it
    bonds.csv      a line per bond, as the last epoch left it
    children.csv   a line per childkey: who lends whom which part of its stake weight

Only the first is needed. TAO and alpha are written as people read them, 1.5, and kept as rao; fractions are
u16 as on chain, or numbers from 0 to 1 where it says so. What the chain knows beyond this (locks, claims
on root dividends, commits, further mechanisms) has no place here: ``store`` keeps whole states.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bittensor_lab.datasets.tables import FLAG, KEY, Column, amount, decimal, real, whole
from bittensor_lab.kernels.amm import LOWEST_WEIGHT, WHOLE
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.params import Hyperparameters, NetworkParameters, meanings
from bittensor_lab.state import MAX_NETUID
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, U64_MAX

CAP = 21_000_000
"""TAO, and alpha of a subnet"""
MAX_BLOCK = 10**12
MAX_UID = 4_095
DEFAULT_BLOCK = 1_000
"""of a snapshot that does not say at which block it was taken"""

AMOUNT, SIGNED = amount(0, CAP), amount(-CAP, CAP)
RESERVE = amount(Decimal(1) / RAO_PER_TAO, CAP)
"""what is in a pool: an empty one has no price"""
SHARE = decimal(ONE, 0, 1, 10, "a number")
PRICE = decimal(ONE, 0, 1_000_000, 10, "a number")
WEIGHT = decimal(WHOLE, Decimal(LOWEST_WEIGHT) / WHOLE, 1 - Decimal(LOWEST_WEIGHT) / WHOLE, 18, "a number")
RATE = real(-1e18, 1e18)
U16 = whole(0, U16_MAX)
BLOCK = whole(0, MAX_BLOCK)
NETUID = whole(1, MAX_NETUID)
ANY_NETUID = whole(0, MAX_NETUID)
UID = whole(0, MAX_UID)


def _needed(name: str, kind: Any, meaning: str) -> Column:
    return Column(name, kind, meaning, is_required=True)


def _parameters(kind: Any) -> tuple[Column, ...]:
    """A column for every field of a record of parameters; an empty cell is main net's value."""
    found = []
    for name, about in meanings(kind).items():
        is_flag = isinstance(getattr(kind(), name), bool)
        sense = f"{about.sentence.rstrip('.')} [{about.unit}]"
        found.append(Column(name, FLAG if is_flag else whole(about.low, about.high), sense))
    return tuple(found)


HYPERPARAMETERS = _parameters(Hyperparameters)
NETWORK_PARAMETERS = _parameters(NetworkParameters)

POOL_COLUMNS = (
    _needed("tao_in", RESERVE, "TAO in the pool"),
    _needed("alpha_in", RESERVE, "alpha in the pool"),
    _needed("alpha_out", AMOUNT, "alpha outside the pool, staked or waiting"),
    _needed("moving_price", PRICE, "moving average of the price, TAO per alpha"),
    Column("quote_weight", WEIGHT, "the TAO's weight in the pool, 0.01 to 0.99", EVEN),
    Column("initialised", FLAG, "whether anybody has traded", True),
    Column("account", AMOUNT, "TAO on the subnet's account", empty="what is in the pool"),
    Column("protocol_alpha", AMOUNT, "alpha that the chain has bought", 0),
    Column("pending_server", AMOUNT, "alpha that waits for the epoch, for miners", 0),
    Column("pending_validator", AMOUNT, "the same, for validators", 0),
    Column("pending_root", AMOUNT, "the same, for root", 0),
    Column("pending_owner", AMOUNT, "the same, for the owner", 0),
    Column("miner_burned", SHARE, "part of the last incentive that the owner's keys earned, 0 to 1", 0),
    Column("root_share", real(0, 1), "the root network's opinion, 0 to 1 (emission rule A)", 0.0),
    Column("user_flow", SIGNED, "net TAO staked since it was last folded in", 0),
    Column("protocol_flow", SIGNED, "net TAO put in by the chain since it was last folded in", 0),
    Column("user_flow_ema", RATE, "moving average of net TAO staked, rao per block (rules C, D)", 0.0),
    Column("protocol_flow_ema", RATE, "the same of what the chain puts in, rao per block (rule D)", 0.0),
    Column("first_emission_block", BLOCK, "block of the start call; 0: not started", 1),
    Column("subtoken_enabled", FLAG, "whether its alpha can be traded", True),
    Column("emission_enabled", FLAG, "whether it may get TAO", True),
    Column("childkey_burned", AMOUNT, "alpha recycled as childkey burn", 0),
)
"""as in ``state.Pools``, by the same names"""

CLOCK_COLUMNS = (
    Column("burn", AMOUNT, "what a registration costs, TAO", RAO_PER_TAO),
    Column("blocks_since_last_step", BLOCK, "blocks since the last epoch", empty="spread over a tempo"),
    Column("last_epoch_block", BLOCK, "block at which the epoch was last due", empty="spread over a tempo"),
    Column("pending_epoch_at", BLOCK, "block to which the epoch was put off; 0: none", 0),
    Column("last_step_block", BLOCK, "block at which an epoch last ran; 0: none", 0),
    Column("epoch_index", BLOCK, "how many epochs were due", 0),
)
"""as in ``state.Clocks``"""

SUBNETS = (
    _needed("netuid", NETUID, "the subnet; root, 0, has no line here"),
    *POOL_COLUMNS,
    Column("owner_hotkey", KEY, "the owner's hotkey", empty="owner-1 on netuid 1 and so on"),
    Column("owner_coldkey", KEY, "the owner", empty="as neurons.csv says, else the hotkey and -cold"),
    Column("registered_at", BLOCK, "block at which the subnet was founded", 0),
    Column("locked", AMOUNT, "TAO that its founder paid", 0),
    Column("recycled", AMOUNT, "TAO that registrations have recycled", 0),
    *CLOCK_COLUMNS,
    *HYPERPARAMETERS,
)

NETWORK = (
    Column("block", BLOCK, "block of the snapshot", empty="the latest that a file names, at least 1000"),
    Column("total_issuance", AMOUNT, "all TAO", empty="what the files add up to"),
    Column("root_stake", AMOUNT, "TAO staked on root", empty="what stakes.csv adds up to"),
    Column("seed", whole(0, 2**63 - 1), "of what the chain draws by chance", 0),
    Column("gate_bar", whole(0, 2**64), "bar of emission rule G, of 2⁶⁴; 0: not yet set", 0),
    Column("last_lock", AMOUNT, "TAO that the last founder of a subnet paid", 0),
    Column("last_founding", BLOCK, "block at which a subnet was last founded; 0: never", 0),
    *NETWORK_PARAMETERS,
)

U16_TERMS = ("incentive", "stake_weight", "consensus", "dividends", "validator_trust")

NEURONS = (
    _needed("netuid", NETUID, "the subnet"),
    _needed("uid", UID, "the uid; those of a subnet are 0, 1, 2, … without a gap"),
    _needed("hotkey", KEY, "the hotkey that holds the uid"),
    _needed("coldkey", KEY, "the coldkey that owns the hotkey"),
    _needed(
        "stake",
        AMOUNT,
        "alpha that the coldkey has on the hotkey here (all of it, if nominators are unknown)",
    ),
    Column("validator_permit", FLAG, "whether it may validate", empty="whether it has weights"),
    Column("block_at_registration", BLOCK, "block at which the uid was registered", 0),
    Column("last_update", BLOCK, "block at which it last set weights", empty="the snapshot's"),
    Column("active", FLAG, "whether the last epoch found it active", True),
    Column("emission", AMOUNT, "alpha that it earned in the last epoch", 0),
    Column("take", U16, "the hotkey's take, of 65535", empty="the usual"),
    Column("childkey_take", U16, "what it takes of what its parents earn here, of 65535", empty="none set"),
    *(Column(name, U16, "of the last epoch, of 65535", 0) for name in U16_TERMS),
)

STAKES = (
    _needed("netuid", ANY_NETUID, "the subnet; 0 is root"),
    _needed("hotkey", KEY, "the hotkey that is staked on"),
    _needed("coldkey", KEY, "whose stake it is"),
    _needed("stake", AMOUNT, "alpha, on root TAO"),
    Column("owner", KEY, "coldkey that owns the hotkey, if no other file says so", empty="the first staker"),
)

BALANCES = (
    _needed("coldkey", KEY, "the account"),
    _needed("free", AMOUNT, "free TAO"),
)


CHILDREN = (
    _needed("netuid", NETUID, "the subnet"),
    _needed("parent", KEY, "the hotkey that lends; another file names its coldkey"),
    _needed("child", KEY, "the hotkey that votes with it; another file names its coldkey"),
    _needed("proportion", whole(0, U64_MAX), "the part that is lent, of 2⁶⁴ − 1"),
)


def _pairs(value: str, meaning: str) -> tuple[Column, ...]:
    return (
        _needed("netuid", NETUID, "the subnet"),
        _needed("validator_uid", UID, "who weighs"),
        _needed("miner_uid", UID, "who is weighed"),
        _needed(value, U16, meaning),
    )


FILES: dict[str, tuple[Column, ...]] = {
    "subnets.csv": SUBNETS,
    "network.csv": NETWORK,
    "neurons.csv": NEURONS,
    "stakes.csv": STAKES,
    "balances.csv": BALANCES,
    "weights.csv": _pairs("weight", "as stored on chain: the largest of a validator is 65535"),
    "bonds.csv": _pairs("bond", "as stored on chain, of 65535"),
    "children.csv": CHILDREN,
}
"""the files of a snapshot and their columns; only subnets.csv is needed"""


def columns_table(file: str) -> str:
    """Return the columns of a file as Markdown, parameters of the rules left out: for the documentation."""
    rules = {column.name for column in (*HYPERPARAMETERS, *NETWORK_PARAMETERS)}
    lines = ["| column | what it is | a cell | if empty |", "|---|---|---|---|"]
    for column in FILES[file]:
        if column.name not in rules:
            usual = column.empty if column.default is None else column.kind.write(column.default)
            empty = "needed" if column.is_required else usual
            lines.append(f"| `{column.name}` | {column.meaning} | {column.kind.words} | {empty} |")
    return "\n".join(lines)
