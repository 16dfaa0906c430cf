"""Items: which storage of the chain fills which column, and how what is stored becomes a cell's value.

    "moving_price": Stored("SubnetMovingPrice", bits)

A cell's value is what the schema keeps: rao, raw parts of 2³², u16 (``datasets.schema``). The SDK gives
fixed-point numbers as their raw bits, records as dicts, keys as ss58 addresses; a value that is not set is
None. Hyperparameters and network parameters name their storage themselves (``params``).

Source: ``pallets/subtensor/src/lib.rs`` and ``pallets/swap/src/pallet/mod.rs``, storage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bittensor_lab.params import Hyperparameters, NetworkParameters, meanings

SUBTENSOR, SWAP = "SubtensorModule", "Swap"
Value = Callable[[Any], Any]


def bits(value: Any) -> int:
    """Return the raw number behind a fixed-point one."""
    return int(value["bits"])


def whole_of(fraction_bits: int) -> Value:
    """Return how a fixed-point number becomes a whole one, its fraction cut off."""
    return lambda value: bits(value) >> fraction_bits


def part(place: int, value_of: Value = int) -> Value:
    """Return how the one at a place is taken out of several."""
    return lambda value: value_of(value[place])


def numbers(value: Any) -> list[tuple[int, int]]:
    """Return a row of weights or bonds: (uid, u16)."""
    return [(int(uid), int(number)) for uid, number in value]


def relations(value: Any) -> list[tuple[int, str]]:
    """Return a list of childkeys or parents: (part, hotkey)."""
    return [(int(part), str(hotkey)) for part, hotkey in value]


@dataclass(frozen=True)
class Stored:
    """A storage item, and how what it holds becomes a cell's value."""

    item: str
    value_of: Value = int
    pallet: str = SUBTENSOR
    if_none: Any = None
    """the cell's value where the chain holds none; None: the column's default"""


FLOW_EMA = part(1, lambda value: bits(value) / 2**64)
"""of (block, I64F64)"""

POOLS = {
    "tao_in": Stored("SubnetTAO"),
    "alpha_in": Stored("SubnetAlphaIn"),
    "alpha_out": Stored("SubnetAlphaOut"),
    "moving_price": Stored("SubnetMovingPrice", bits),
    "quote_weight": Stored("SwapBalancer", lambda value: int(value["quote"]), SWAP),
    "initialised": Stored("PalSwapInitialized", bool, SWAP),
    "protocol_alpha": Stored("SubnetProtocolAlpha"),
    "pending_server": Stored("PendingServerEmission"),
    "pending_validator": Stored("PendingValidatorEmission"),
    "pending_root": Stored("PendingRootAlphaDivs"),
    "pending_owner": Stored("PendingOwnerCut"),
    "miner_burned": Stored("MinerBurned", bits),
    "user_flow": Stored("SubnetTaoFlow"),
    "protocol_flow": Stored("SubnetProtocolFlow"),
    "user_flow_ema": Stored("SubnetEmaTaoFlow", FLOW_EMA),
    "protocol_flow_ema": Stored("SubnetEmaProtocolFlow", FLOW_EMA),
    "first_emission_block": Stored("FirstEmissionBlockNumber", if_none=0),
    "subtoken_enabled": Stored("SubtokenEnabled", bool),
    "emission_enabled": Stored("SubnetEmissionEnabled", bool),
    "owner_hotkey": Stored("SubnetOwnerHotkey", str),
    "registered_at": Stored("NetworkRegisteredAt"),
    "locked": Stored("SubnetLocked"),
    "recycled": Stored("RAORecycledForRegistration"),
    "burn": Stored("Burn"),
    "blocks_since_last_step": Stored("BlocksSinceLastStep"),
    "last_epoch_block": Stored("LastEpochBlock"),
    "pending_epoch_at": Stored("PendingEpochAt"),
    "last_step_block": Stored("LastMechansimStepBlock"),  # the chain's own spelling
    "epoch_index": Stored("SubnetEpochIndex"),
}
"""columns of subnets.csv, by netuid"""

SPECIAL = {
    "burn_increase_mult": Stored("BurnIncreaseMult", bits),
    "alpha_low": Stored("AlphaValues", part(0)),
    "alpha_high": Stored("AlphaValues", part(1)),
    "recycle_or_burn": Stored("RecycleOrBurn", lambda value: value == "Recycle"),
    "fee_rate": Stored("FeeRate", int, SWAP),
    "root_claim_threshold": Stored("RootClaimableThreshold", whole_of(32)),
    "gate_exponent": Stored("EmissionGateExponent", whole_of(64)),
    "flow_cutoff": Stored("TaoFlowCutoff", whole_of(64)),
    "flow_exponent": Stored("FlowNormExponent", whole_of(64)),
    "subnet_moving_alpha": Stored("SubnetMovingAlpha", bits),
}
"""parameters that are not stored as the plain numbers that we keep"""

NOT_STORED = {
    "tempo_rate_limit", "mechanism_rate_limit", "trim_rate_limit", "set_children_rate_limit", "min_tempo",
    "max_tempo", "hotkey_swap_interval", "key_swap_cost", "key_swap_on_subnet_cost", "existential_deposit",
    "emission_rule", "injection_rule", "pool_rule", "flat_fee", "gate_update_interval", "min_stake",
    "dissolve_with_reserve_block", "takeover_age",
    "ema_price_halving_blocks",  # by netuid on the chain, one number for all here
}  # fmt: skip
"""network parameters that are constants of the chain's code, or its rules; they stay as we have them"""


def _parameters(kind: Any) -> dict[str, Stored]:
    return {
        name: SPECIAL.get(name, Stored(about.storage))
        for name, about in meanings(kind).items()
        if name not in NOT_STORED
    }


HYPERPARAMETERS = _parameters(Hyperparameters)
"""columns of subnets.csv too, by netuid"""
NETWORK = {
    "total_issuance": Stored("TotalIssuance"),
    "last_lock": Stored("NetworkLastLockCost"),
    "gate_bar": Stored("EmissionGateBar", bits),
    **_parameters(NetworkParameters),
}
"""columns of network.csv"""

NEURONS = {
    "validator_permit": Stored("ValidatorPermit", bool),
    "active": Stored("Active", bool),
    "last_update": Stored("LastUpdate"),
    "emission": Stored("Emission"),
    "incentive": Stored("Incentive"),
    "consensus": Stored("Consensus"),
    "dividends": Stored("Dividends"),
    "validator_trust": Stored("ValidatorTrust"),
    "stake_weight": Stored("StakeWeight"),
}
"""columns of neurons.csv that the chain keeps as one list for all uids of a netuid"""
