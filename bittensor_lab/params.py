"""Hyperparameters: what the rules of a subnet are set to, with the words that explain them.

Each field of ``Hyperparameters`` is one number in the chain's storage. Its metadata (``Meaning``)
says which storage item it is, in which unit, within which range, who may set it and, in one
sentence, what it does. The same metadata validates a value, draws a slider and writes a glossary
line, so the three cannot disagree.

Values are stored as the chain stores them: a fraction is a u16 of 65535, a moving average is in
parts per million. ``fraction`` and ``show`` translate.

Source: ``spec/epoch.md`` 1.2; ``pallets/subtensor/src/lib.rs``, ``pallets/admin-utils/src/lib.rs``.
Left out so far: parameters that the epoch does not read (they come with the chain).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from bittensor_lab.errors import InputError
from bittensor_lab.units import U16_MAX, U64_MAX


@dataclass(frozen=True)
class Meaning:
    """What a hyperparameter is, for people and for validation."""

    storage: str
    """name of the chain's storage item"""
    label: str
    """plain words, for a slider"""
    unit: str
    """what one stored unit is"""
    low: int
    high: int
    """smallest and largest value that the storage can hold or root may set"""
    who: str
    """"owner" (and root) or "root\""""
    sentence: str
    """what it does"""
    scale: int = 1
    """stored units in 1.0 of what people read"""


def _stored(default: int | bool, meaning: Meaning) -> Any:
    return field(default=default, metadata={"meaning": meaning})


def _u16(storage: str, label: str, who: str, sentence: str) -> Meaning:
    return Meaning(storage, label, "of 65535", 0, U16_MAX, who, sentence, U16_MAX)


def _flag(storage: str, label: str, sentence: str) -> Meaning:
    return Meaning(storage, label, "on or off", 0, 1, "owner", sentence)


@dataclass(frozen=True)
class Hyperparameters:
    """The rules that one subnet's epoch follows, as stored on chain; change with ``replace``.

    The defaults are those of a new subnet on the pinned chain version.

    Raises
    ------
    InputError
        if a value is not an integer, or outside the range that its ``Meaning`` gives.
    """

    tempo: int = _stored(
        360,
        Meaning(
            "Tempo",
            "Tempo",
            "blocks",
            0,
            U16_MAX,
            "owner",
            "How many blocks lie between two epochs of the subnet; 0 means never.",
        ),
    )
    kappa: int = _stored(
        32767,
        _u16(
            "Kappa",
            "Majority needed",
            "root",
            "The share of active stake that must support a weight for it to count as consensus.",
        ),
    )
    max_allowed_validators: int = _stored(
        64,
        Meaning(
            "MaxAllowedValidators",
            "Validator permits",
            "uids",
            0,
            U16_MAX,
            "root",
            "How many uids, the largest by stake weight, hold a validator permit.",
        ),
    )
    activity_cutoff_factor_milli: int = _stored(
        13889,
        Meaning(
            "ActivityCutoffFactorMilli",
            "Activity cutoff",
            "thousandths of a tempo",
            1,
            2**32 - 1,
            "owner",
            "How long a validator may go without setting weights before its stake stops counting.",
            1000,
        ),
    )
    bonds_moving_average: int = _stored(
        900_000,
        Meaning(
            "BondsMovingAverage",
            "Bonds moving average",
            "parts per million",
            0,
            1_000_000,
            "owner",
            "The part of the old bond that an epoch keeps.",
            1_000_000,
        ),
    )
    bonds_penalty: int = _stored(
        65535,
        _u16(
            "BondsPenalty",
            "Bonds penalty",
            "owner",
            "How far a weight above consensus is cut before it earns a bond: 1 cuts it to the consensus.",
        ),
    )
    yuma3: bool = _stored(
        True,
        _flag(
            "Yuma3On",
            "Yuma 3",
            "Whether each bond is a number of its own (Yuma 3) or a share of its miner (Yuma 2).",
        ),
    )
    liquid_alpha: bool = _stored(
        False,
        _flag(
            "LiquidAlphaOn",
            "Liquid alpha",
            "Whether a bond moves faster the further its weight is from consensus; Yuma 3 only.",
        ),
    )
    alpha_low: int = _stored(
        45875,
        _u16(
            "AlphaValues",
            "Alpha low",
            "owner",
            "With liquid alpha, the slowest rate at which a bond follows its weight.",
        ),
    )
    alpha_high: int = _stored(
        58982,
        _u16(
            "AlphaValues",
            "Alpha high",
            "owner",
            "With liquid alpha, the fastest rate at which a bond follows its weight.",
        ),
    )
    alpha_sigmoid_steepness: int = _stored(
        1000,
        Meaning(
            "AlphaSigmoidSteepness",
            "Sigmoid steepness",
            "hundredths",
            -32768,
            32767,
            "owner",
            "With liquid alpha, how sharply the rate rises with the distance from consensus.",
            100,
        ),
    )
    commit_reveal: bool = _stored(
        True,
        _flag(
            "CommitRevealWeightsEnabled",
            "Commit-reveal",
            "Whether weights are committed in secret first and revealed later.",
        ),
    )
    stake_threshold: int = _stored(
        0,
        Meaning(
            "StakeThreshold",
            "Stake threshold",
            "rao",
            0,
            U64_MAX,
            "root",
            "The stake weight below which a uid counts as holding no stake at all.",
            10**9,
        ),
    )

    def __post_init__(self) -> None:
        for item in fields(self):
            _check(item.name, getattr(self, item.name), item.metadata["meaning"])

    @property
    def activity_cutoff(self) -> int:
        """Activity cutoff in blocks, for these hyperparameters' tempo."""
        return max(1, self.activity_cutoff_factor_milli * self.tempo // 1000)


def meaning(name: str) -> Meaning:
    """Return what hyperparameter ``name`` is.

    Raises
    ------
    InputError
        if there is none of that name.
    """
    for item in fields(Hyperparameters):
        if item.name == name:
            return item.metadata["meaning"]
    known = ", ".join(item.name for item in fields(Hyperparameters))
    raise InputError(f"there is no hyperparameter {name!r}", remedy=f"Known: {known}.")


def _check(name: str, value: Any, meant: Meaning) -> None:
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
