"""Hyperparameters: the rules of one subnet, and of the whole network, as data.

Each field of ``Hyperparameters`` (one per subnet) and of ``NetworkParameters`` (one for all) carries
its ``Meaning``: what the chain calls it, in which unit, within which range, who may set it and, in one
sentence, what it does. The same metadata validates a value, limits an owner, draws a slider and writes
a glossary line, so the four cannot disagree.

Values are stored as the chain stores them: a fraction is a u16 of 65535, a moving average is in
parts per million, a multiplier a U64F64. ``scale`` of the metadata translates to what people read.

Source: ``spec/epoch.md`` 1.2, ``spec/economy.md`` 7 to 10; ``pallets/subtensor/src/lib.rs``,
``pallets/admin-utils/src/lib.rs``. Left out: what the chain stores but nothing there reads any more
(Rho, MaxWeightsLimit, ActivityCutoff, AdjustmentInterval and -Alpha, Difficulty, ValidatorPruneLen,
ScalingLawPower), and what only the root network's own registration reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from bittensor_lab.errors import (
    ActivityCutoffFactorMilliOutOfBounds,
    BondsMovingAverageMaxReached,
    ChainError,
    InputError,
    InvalidValue,
    NegativeSigmoidSteepness,
    RevealPeriodTooLarge,
    RevealPeriodTooSmall,
)
from bittensor_lab.units import RAO_PER_TAO, U16_MAX, U64_MAX

U64F64 = 1 << 64
"""1.0 as a raw U64F64 number"""


@dataclass(frozen=True)
class Meaning:
    """What a parameter is, for people and for validation."""

    storage: str
    """name of the chain's storage item"""
    label: str
    """plain words, for a slider"""
    unit: str
    """what one stored unit is"""
    low: int
    high: int
    """smallest and largest value that the storage can hold"""
    who: str
    """"owner" (and root) or "root\""""
    sentence: str
    """what it does"""
    scale: int = 1
    """stored units in 1.0 of what people read"""
    setter_low: int | None = None
    setter_high: int | None = None
    """where the setter admits less than the storage can hold"""
    refusals: tuple[type[ChainError], type[ChainError]] = (InvalidValue, InvalidValue)
    """its errors below and above that"""
    binds_root: bool = True
    """whether the setter's range holds for root too"""


def _stored(default: int | bool, *about: Any, **limits: Any) -> Any:
    return field(default=default, metadata={"meaning": Meaning(*about, **limits)})


def _u16(default: int, storage: str, label: str, who: str, sentence: str) -> Any:
    return _stored(default, storage, label, "of 65535", 0, U16_MAX, who, sentence, U16_MAX)


def _flag(default: bool, storage: str, label: str, who: str, sentence: str) -> Any:
    return _stored(default, storage, label, "on or off", 0, 1, who, sentence)


def _blocks(default: int, storage: str, label: str, who: str, sentence: str) -> Any:
    return _stored(default, storage, label, "blocks", 0, U64_MAX, who, sentence)


def _count(default: int, storage: str, label: str, who: str, sentence: str, **limits: Any) -> Any:
    unit = limits.pop("unit", "uids")
    return _stored(default, storage, label, unit, 0, U16_MAX, who, sentence, **limits)


def _rao(default: int, storage: str, label: str, who: str, sentence: str) -> Any:
    return _stored(default, storage, label, "rao", 0, U64_MAX, who, sentence, RAO_PER_TAO)


def _u64(default: int, storage: str, label: str, sentence: str) -> Any:
    return _stored(default, storage, label, "of 2⁶⁴ − 1", 0, U64_MAX, "root", sentence, U64_MAX)


@dataclass(frozen=True)
class Hyperparameters:
    """The rules that one subnet follows, as stored on chain; change with ``replace``.

    The defaults are those of a new subnet on the pinned chain version.

    Raises
    ------
    InputError
        if a value is not an integer, or outside the range that its ``Meaning`` gives.
    """

    tempo: int = _count(
        360, "Tempo", "Tempo", "owner",
        "How many blocks lie between two epochs of the subnet; 0 means never. Owners use set_tempo.",
        unit="blocks",
    )  # fmt: skip
    kappa: int = _u16(
        32767, "Kappa", "Majority needed", "root",
        "The share of active stake that must support a weight for it to count as consensus.",
    )  # fmt: skip
    immunity_period: int = _count(
        5000, "ImmunityPeriod", "Immunity period", "owner",
        "How long after registration a uid is not the first to be replaced.",
        unit="blocks",
    )  # fmt: skip
    max_allowed_uids: int = _count(
        256, "MaxAllowedUids", "Places", "owner",
        "How many uids the subnet holds; when it is full, a newcomer replaces another.",
    )  # fmt: skip
    min_allowed_uids: int = _count(
        64, "MinAllowedUids", "Fewest places", "root", "The fewest places to which an owner may trim."
    )
    max_allowed_validators: int = _count(
        64, "MaxAllowedValidators", "Validator permits", "root",
        "How many uids, the largest by stake weight, hold a validator permit.",
    )  # fmt: skip
    min_allowed_weights: int = _count(
        1, "MinAllowedWeights", "Fewest weights", "owner",
        "How many uids a validator must at least give a weight to.",
    )  # fmt: skip
    weights_set_rate_limit: int = _blocks(
        100, "WeightsSetRateLimit", "Weights rate limit", "root",
        "How long a uid must wait between two times of setting or committing weights.",
    )  # fmt: skip
    weights_version_key: int = _stored(
        0, "WeightsVersionKey", "Version key", "a version", 0, U64_MAX, "owner",
        "The oldest version of the validators' software whose weights are taken; 0 takes all.",
    )  # fmt: skip
    activity_cutoff_factor_milli: int = _stored(
        13889, "ActivityCutoffFactorMilli", "Activity cutoff", "thousandths of a tempo",
        1, 2**32 - 1, "owner",
        "How long a validator may go without setting weights before its stake stops counting.",
        1000, 1000, 50_000, (ActivityCutoffFactorMilliOutOfBounds,) * 2,
    )  # fmt: skip
    registration_allowed: bool = _flag(
        True, "NetworkRegistrationAllowed", "Registration", "root", "Whether neurons may register."
    )
    min_burn: int = _rao(
        500_000, "MinBurn", "Lowest price", "owner", "What a registration costs at the least."
    )
    max_burn: int = _rao(
        100 * RAO_PER_TAO, "MaxBurn", "Highest price", "owner", "What a registration costs at the most."
    )
    burn_half_life: int = _count(
        360, "BurnHalfLife", "Price half-life", "owner",
        "The time in which the registration price halves while nobody registers; 0 holds it.",
        unit="blocks", setter_low=1, setter_high=36_100,
    )  # fmt: skip
    burn_increase_mult: int = _stored(
        int(1.26 * U64F64), "BurnIncreaseMult", "Price step", "of 2⁶⁴", 0, 2**128 - 1, "owner",
        "By how much each registration multiplies the price.", U64F64, U64F64, 3 * U64F64,
    )  # fmt: skip
    bonds_moving_average: int = _stored(
        900_000, "BondsMovingAverage", "Bonds moving average", "parts per million", 0, 1_000_000, "owner",
        "The part of the old bond that an epoch keeps.",
        1_000_000, 0, 975_000, (BondsMovingAverageMaxReached,) * 2, False,
    )  # fmt: skip
    bonds_penalty: int = _u16(
        65535, "BondsPenalty", "Bonds penalty", "owner",
        "How far a weight above consensus is cut before it earns a bond: 1 cuts it to the consensus.",
    )  # fmt: skip
    bonds_reset: bool = _flag(
        False, "BondsResetOn", "Bonds reset", "owner",
        "Whether a hotkey that publishes a commitment loses the bonds that validators hold in it.",
    )  # fmt: skip
    yuma3: bool = _flag(
        True, "Yuma3On", "Yuma 3", "owner",
        "Whether each bond is a number of its own (Yuma 3) or a share of its miner (Yuma 2).",
    )  # fmt: skip
    liquid_alpha: bool = _flag(
        False, "LiquidAlphaOn", "Liquid alpha", "owner",
        "Whether a bond moves faster the further its weight is from consensus; Yuma 3 only.",
    )  # fmt: skip
    alpha_low: int = _u16(
        45875, "AlphaValues", "Alpha low", "owner",
        "With liquid alpha, the slowest rate at which a bond follows its weight.",
    )  # fmt: skip
    alpha_high: int = _u16(
        58982, "AlphaValues", "Alpha high", "owner",
        "With liquid alpha, the fastest rate at which a bond follows its weight.",
    )  # fmt: skip
    alpha_sigmoid_steepness: int = _stored(
        1000, "AlphaSigmoidSteepness", "Sigmoid steepness", "hundredths", -32768, 32767, "owner",
        "With liquid alpha, how sharply the rate rises with the distance from consensus.",
        100, 0, 32767, (NegativeSigmoidSteepness,) * 2, False,
    )  # fmt: skip
    commit_reveal: bool = _flag(
        True, "CommitRevealWeightsEnabled", "Commit-reveal", "owner",
        "Whether weights are committed in secret first and revealed later.",
    )  # fmt: skip
    reveal_period_epochs: int = _stored(
        1, "RevealPeriodEpochs", "Reveal period", "epochs", 0, U64_MAX, "owner",
        "How many epochs after its commit a weight vector is revealed.",
        1, 1, 100, (RevealPeriodTooSmall, RevealPeriodTooLarge),
    )  # fmt: skip
    transfer_toggle: bool = _flag(
        True, "TransferToggle", "Stake transfers", "owner",
        "Whether stake on the subnet may go from one coldkey to another.",
    )  # fmt: skip
    immune_owner_uids_limit: int = _count(
        1, "ImmuneOwnerUidsLimit", "Owner's immune uids", "owner",
        "How many uids of the owner's hotkeys can never be replaced.",
        setter_low=1, setter_high=10,
    )  # fmt: skip
    min_non_immune_uids: int = _count(
        10, "MinNonImmuneUids", "Non-immune uids", "root",
        "How many uids past their immunity stay; with no more left, an immune one is replaced.",
    )  # fmt: skip
    recycle_or_burn: bool = _flag(
        False, "RecycleOrBurn", "Recycle the owner's incentive", "owner",
        "What happens to miners' emission that goes to the owner's keys: recycled (on) or burned (off).",
    )  # fmt: skip
    min_childkey_take: int = _u16(
        0, "MinChildkeyTakePerSubnet", "Lowest childkey take", "owner",
        "The least part of its parents' dividends that a childkey takes here.",
    )  # fmt: skip
    owner_cut_enabled: bool = _flag(
        True, "OwnerCutEnabled", "Owner cut", "owner",
        "Whether the subnet's owner gets a part of its alpha emission.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        _check_all(self)

    @property
    def activity_cutoff(self) -> int:
        """Activity cutoff in blocks, for these hyperparameters' tempo."""
        return max(1, self.activity_cutoff_factor_milli * self.tempo // 1000)


@dataclass(frozen=True)
class NetworkParameters:
    """The rules that all subnets share; change with ``replace``. The defaults are main net's.

    Raises
    ------
    InputError
        as ``Hyperparameters``.
    """

    tao_weight: int = _u64(
        3_320_413_933_267_719_290, "TaoWeight", "TAO weight",
        "What a TAO staked on root counts in a uid's stake weight, beside an alpha.",
    )  # fmt: skip
    stake_threshold: int = _rao(
        0, "StakeThreshold", "Stake threshold", "root",
        "The stake weight below which a uid counts as holding no stake at all.",
    )  # fmt: skip
    max_epochs_per_block: int = _stored(
        2, "MaxEpochsPerBlock", "Epochs per block", "epochs", 1, 255, "root",
        "How many subnets may run their epoch in one block; the next ones wait a block.",
    )  # fmt: skip
    admin_freeze_window: int = _count(
        10, "AdminFreezeWindow", "Freeze window", "root",
        "For how long before an epoch an owner's changes are refused.",
        unit="blocks",
    )  # fmt: skip
    owner_hyperparam_rate_limit: int = _count(
        2, "OwnerHyperparamRateLimit", "Owner's rate limit", "root",
        "How many tempos an owner waits before changing the same hyperparameter again.",
        unit="tempos",
    )  # fmt: skip
    weights_version_key_rate_limit: int = _count(
        5, "WeightsVersionKeyRateLimit", "Version key rate limit", "root",
        "How many tempos an owner waits before changing the version key again.",
        unit="tempos",
    )  # fmt: skip
    min_tempo: int = _count(
        360, "MinTempo", "Shortest tempo", "root", "The shortest tempo an owner may set.", unit="blocks"
    )
    max_tempo: int = _count(
        50_400, "MaxTempo", "Longest tempo", "root",
        "The longest tempo an owner may set, and the most blocks that a subnet goes without an epoch.",
        unit="blocks",
    )  # fmt: skip
    tempo_rate_limit: int = _blocks(
        360, "TempoUpdate", "Tempo rate limit", "root",
        "How long an owner waits before setting the tempo, or triggering an epoch, again.",
    )  # fmt: skip
    mechanism_rate_limit: int = _blocks(
        7200, "MechanismCountUpdate", "Mechanism rate limit", "root",
        "How long an owner waits before changing the mechanisms, or their split, again.",
    )  # fmt: skip
    max_mechanism_count: int = _stored(
        2, "MaxMechanismCount", "Most mechanisms", "mechanisms", 1, 16, "root",
        "How many weight matrices a subnet may have.",
    )  # fmt: skip
    trim_rate_limit: int = _blocks(
        30 * 7200, "MaxUidsTrimming", "Trimming rate limit", "root",
        "How long an owner waits before trimming the subnet again.",
    )  # fmt: skip
    commit_reveal_version: int = _count(
        4, "CommitRevealWeightsVersion", "Commit version", "root",
        "The version that a timelocked commit must name.",
        unit="a version",
    )  # fmt: skip
    set_children_rate_limit: int = _blocks(
        150, "SetChildren", "Childkey rate limit", "root",
        "How long a hotkey waits before it sets its children on a subnet again.",
    )  # fmt: skip
    pending_childkey_cooldown: int = _blocks(
        7200, "PendingChildKeyCooldown", "Childkey cooldown", "root",
        "How long new children wait before they take effect at an epoch.",
    )  # fmt: skip
    tx_childkey_take_rate_limit: int = _blocks(
        216_000, "TxChildkeyTakeRateLimit", "Childkey take rate limit", "root",
        "How long a hotkey waits before it raises its childkey take on a subnet again.",
    )  # fmt: skip
    min_childkey_take: int = _u16(
        0, "MinChildkeyTake", "Lowest childkey take", "root", "The least childkey take on any subnet."
    )
    max_childkey_take: int = _u16(
        11_796, "MaxChildkeyTake", "Highest childkey take", "root", "The most childkey take on any subnet."
    )
    ck_burn: int = _u64(
        0, "CKBurn", "Childkey burn", "The part of what a parent of another coldkey earns that is recycled."
    )
    tx_delegate_take_rate_limit: int = _blocks(
        216_000, "TxDelegateTakeRateLimit", "Take rate limit", "root",
        "How long a hotkey waits before it raises its take again.",
    )  # fmt: skip
    min_delegate_take: int = _u16(
        0, "MinDelegateTake", "Lowest take", "root",
        "The least part of its nominators' dividends that a validator takes.",
    )  # fmt: skip
    max_delegate_take: int = _u16(
        11_796, "MaxDelegateTake", "Highest take", "root",
        "The most that a validator takes, and what it takes unless it says otherwise.",
    )  # fmt: skip
    subnet_owner_cut: int = _u16(
        11_796,
        "SubnetOwnerCut",
        "Owner cut",
        "root",
        "The part of a subnet's alpha emission that its owner gets.",
    )
    tx_rate_limit: int = _blocks(
        1000,
        "TxRateLimit",
        "Key swap rate limit",
        "root",
        "How long a coldkey waits before it swaps a hotkey again.",
    )
    hotkey_swap_interval: int = _blocks(
        7200, "HotkeySwapOnSubnetInterval", "Key swap interval", "root",
        "How long a coldkey waits before it swaps a hotkey on the same subnet again.",
    )  # fmt: skip
    key_swap_cost: int = _rao(
        RAO_PER_TAO // 10, "KeySwapCost", "Key swap cost", "root", "What swapping a hotkey everywhere costs."
    )
    key_swap_on_subnet_cost: int = _rao(
        RAO_PER_TAO // 1000, "KeySwapOnSubnetCost", "Key swap cost on a subnet", "root",
        "What swapping a hotkey on one subnet costs.",
    )  # fmt: skip
    existential_deposit: int = _rao(
        500, "ExistentialDeposit", "Existential deposit", "root",
        "The smallest balance that an account can hold.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        _check_all(self)

    @property
    def tao_weight_q32(self) -> int:
        """The TAO weight as a raw fraction, cut to 2⁻³²."""
        return (self.tao_weight << 32) // U64_MAX


def meaning(name: str) -> Meaning:
    """Return what the hyperparameter, or parameter of the network, called ``name`` is.

    Raises
    ------
    InputError
        if there is none of that name.
    """
    for kind in (Hyperparameters, NetworkParameters):
        if name in meanings(kind):
            return meanings(kind)[name]
    raise InputError(
        f"there is no hyperparameter {name!r}", remedy=f"Known: {', '.join(meanings(Hyperparameters))}."
    )


@cache
def meanings(kind: Any) -> dict[str, Meaning]:
    """Return the meaning of every field of a kind of parameters, by name."""
    return {item.name: item.metadata["meaning"] for item in fields(kind)}


def check_value(name: str, value: Any, meant: Meaning) -> None:
    """Raise InputError unless ``value`` is one that the chain can store."""
    if not isinstance(value, int):
        raise InputError(
            f"{name} must be an integer as stored on chain, not {value!r}",
            remedy=f"Its unit is {meant.unit}.",
        )
    if not meant.low <= value <= meant.high:
        raise InputError(
            f"{name} must lie between {meant.low} and {meant.high}, not {value}",
            remedy=f"{meant.sentence} Its unit is {meant.unit}.",
        )


def _check_all(parameters: Any) -> None:
    kind: Any = type(parameters)
    for name, meant in meanings(kind).items():
        check_value(name, getattr(parameters, name), meant)
