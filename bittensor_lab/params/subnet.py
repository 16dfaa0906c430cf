"""Hyperparameters: the rules of one subnet, as data.

Source: ``spec/epoch.md`` 1.2; ``pallets/subtensor/src/lib.rs``, ``pallets/admin-utils/src/lib.rs``. Left
out: what the chain stores but nothing there reads any more (Rho, MaxWeightsLimit, ActivityCutoff,
AdjustmentInterval and -Alpha, Difficulty, ValidatorPruneLen, ScalingLawPower), and what only the root
network's own registration reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.errors import (
    ActivityCutoffFactorMilliOutOfBounds,
    BondsMovingAverageMaxReached,
    NegativeSigmoidSteepness,
    RevealPeriodTooLarge,
    RevealPeriodTooSmall,
)
from bittensor_lab.params.meaning import U64F64, blocks, check_all, count, flag, rao, stored, u16
from bittensor_lab.units import RAO_PER_TAO, U16_MAX, U64_MAX


@dataclass(frozen=True)
class Hyperparameters:
    """The rules that one subnet follows, as stored on chain; change with ``replace``.

    The defaults are those of a new subnet on the pinned chain version.

    Raises
    ------
    InputError
        if a value is not an integer, or outside the range that its ``Meaning`` gives.
    """

    tempo: int = count(
        360, "Tempo", "Tempo", "owner",
        "How many blocks lie between two epochs of the subnet; 0 means never. Owners use set_tempo.",
        unit="blocks",
    )  # fmt: skip
    kappa: int = u16(
        32767, "Kappa", "Majority needed", "root",
        "The share of active stake that must support a weight for it to count as consensus.",
    )  # fmt: skip
    immunity_period: int = count(
        5000, "ImmunityPeriod", "Immunity period", "owner",
        "How long after registration a uid is not the first to be replaced.",
        unit="blocks",
    )  # fmt: skip
    max_allowed_uids: int = count(
        256, "MaxAllowedUids", "Places", "owner",
        "How many uids the subnet holds; when it is full, a newcomer replaces another.",
    )  # fmt: skip
    min_allowed_uids: int = count(
        64, "MinAllowedUids", "Fewest places", "root", "The fewest places to which an owner may trim."
    )
    max_allowed_validators: int = count(
        64, "MaxAllowedValidators", "Validator permits", "root",
        "How many uids, the largest by stake weight, hold a validator permit.",
    )  # fmt: skip
    min_allowed_weights: int = count(
        1, "MinAllowedWeights", "Fewest weights", "owner",
        "How many uids a validator must at least give a weight to.",
    )  # fmt: skip
    weights_set_rate_limit: int = blocks(
        100, "WeightsSetRateLimit", "Weights rate limit", "root",
        "How long a uid must wait between two times of setting or committing weights.",
    )  # fmt: skip
    weights_version_key: int = stored(
        0, "WeightsVersionKey", "Version key", "a version", 0, U64_MAX, "owner",
        "The oldest version of the validators' software whose weights are taken; 0 takes all.",
    )  # fmt: skip
    activity_cutoff_factor_milli: int = stored(
        13889, "ActivityCutoffFactorMilli", "Activity cutoff", "thousandths of a tempo",
        1, 2**32 - 1, "owner",
        "How long a validator may go without setting weights before its stake stops counting.",
        1000, 1000, 50_000, (ActivityCutoffFactorMilliOutOfBounds,) * 2,
    )  # fmt: skip
    registration_allowed: bool = flag(
        True, "NetworkRegistrationAllowed", "Registration", "root", "Whether neurons may register."
    )
    min_burn: int = rao(
        500_000, "MinBurn", "Lowest price", "owner", "What a registration costs at the least."
    )
    max_burn: int = rao(
        100 * RAO_PER_TAO, "MaxBurn", "Highest price", "owner", "What a registration costs at the most."
    )
    burn_half_life: int = count(
        360, "BurnHalfLife", "Price half-life", "owner",
        "The time in which the registration price halves while nobody registers; 0 holds it.",
        unit="blocks", setter_low=1, setter_high=36_100,
    )  # fmt: skip
    burn_increase_mult: int = stored(
        int(1.26 * U64F64), "BurnIncreaseMult", "Price step", "of 2⁶⁴", 0, 2**128 - 1, "owner",
        "By how much each registration multiplies the price.", U64F64, U64F64, 3 * U64F64,
    )  # fmt: skip
    bonds_moving_average: int = stored(
        900_000, "BondsMovingAverage", "Bonds moving average", "parts per million", 0, 1_000_000, "owner",
        "The part of the old bond that an epoch keeps.",
        1_000_000, 0, 975_000, (BondsMovingAverageMaxReached,) * 2, False,
    )  # fmt: skip
    bonds_penalty: int = u16(
        65535, "BondsPenalty", "Bonds penalty", "owner",
        "How far a weight above consensus is cut before it earns a bond: 1 cuts it to the consensus.",
    )  # fmt: skip
    bonds_reset: bool = flag(
        False, "BondsResetOn", "Bonds reset", "owner",
        "Whether a hotkey that publishes a commitment loses the bonds that validators hold in it.",
    )  # fmt: skip
    yuma3: bool = flag(
        True, "Yuma3On", "Yuma 3", "owner",
        "Whether each bond is a number of its own (Yuma 3) or a share of its miner (Yuma 2).",
    )  # fmt: skip
    liquid_alpha: bool = flag(
        False, "LiquidAlphaOn", "Liquid alpha", "owner",
        "Whether a bond moves faster the further its weight is from consensus; Yuma 3 only.",
    )  # fmt: skip
    alpha_low: int = u16(
        45875, "AlphaValues", "Alpha low", "owner",
        "With liquid alpha, the slowest rate at which a bond follows its weight.",
    )  # fmt: skip
    alpha_high: int = u16(
        58982, "AlphaValues", "Alpha high", "owner",
        "With liquid alpha, the fastest rate at which a bond follows its weight.",
    )  # fmt: skip
    alpha_sigmoid_steepness: int = stored(
        1000, "AlphaSigmoidSteepness", "Sigmoid steepness", "hundredths", -32768, 32767, "owner",
        "With liquid alpha, how sharply the rate rises with the distance from consensus.",
        100, 0, 32767, (NegativeSigmoidSteepness,) * 2, False,
    )  # fmt: skip
    commit_reveal: bool = flag(
        True, "CommitRevealWeightsEnabled", "Commit-reveal", "owner",
        "Whether weights are committed in secret first and revealed later.",
    )  # fmt: skip
    reveal_period_epochs: int = stored(
        1, "RevealPeriodEpochs", "Reveal period", "epochs", 0, U64_MAX, "owner",
        "How many epochs after its commit a weight vector is revealed.",
        1, 1, 100, (RevealPeriodTooSmall, RevealPeriodTooLarge),
    )  # fmt: skip
    transfer_toggle: bool = flag(
        True, "TransferToggle", "Stake transfers", "owner",
        "Whether stake on the subnet may go from one coldkey to another.",
    )  # fmt: skip
    immune_owner_uids_limit: int = count(
        1, "ImmuneOwnerUidsLimit", "Owner's immune uids", "owner",
        "How many uids of the owner's hotkeys can never be replaced.",
        setter_low=1, setter_high=10,
    )  # fmt: skip
    min_non_immune_uids: int = count(
        10, "MinNonImmuneUids", "Non-immune uids", "root",
        "How many uids past their immunity stay; with no more left, an immune one is replaced.",
    )  # fmt: skip
    recycle_or_burn: bool = flag(
        False, "RecycleOrBurn", "Recycle the owner's incentive", "owner",
        "What happens to miners' emission that goes to the owner's keys: recycled (on) or burned (off).",
    )  # fmt: skip
    min_childkey_take: int = u16(
        0, "MinChildkeyTakePerSubnet", "Lowest childkey take", "owner",
        "The least part of its parents' dividends that a childkey takes here.",
    )  # fmt: skip
    owner_cut_enabled: bool = flag(
        True, "OwnerCutEnabled", "Owner cut", "owner",
        "Whether the subnet's owner gets a part of its alpha emission.",
    )  # fmt: skip

    fee_rate: int = stored(
        33, "FeeRate", "Trading fee", "of 65535", 0, U16_MAX, "root",
        "The part of what one trades in the subnet's pool that goes to the block's author.",
        U16_MAX, 0, 10_000,
    )  # fmt: skip
    root_claim_threshold: int = stored(
        500_000, "RootClaimableThreshold", "Least claim", "rao of alpha", 0, 10_000_000, "owner",
        "The least root dividend, in alpha, that is paid out; less waits.", RAO_PER_TAO,
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_all(self)

    @property
    def activity_cutoff(self) -> int:
        """Activity cutoff in blocks, for these hyperparameters' tempo."""
        return max(1, self.activity_cutoff_factor_milli * self.tempo // 1000)
