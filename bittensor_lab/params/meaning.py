"""What a parameter is: one record that validates it, limits its owner, draws its slider, explains it.

Values are stored as the chain stores them: a fraction is a u16 of 65535, a moving average is in
parts per million, a multiplier a U64F64. ``scale`` translates to what people read.

Source: ``spec/epoch.md`` 1.2; ``pallets/admin-utils/src/lib.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from bittensor_lab.errors import ChainError, InputError, InvalidValue
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


def stored(default: int | bool, *about: Any, **limits: Any) -> Any:
    """Declare a parameter: its default, and what ``Meaning`` takes."""
    return field(default=default, metadata={"meaning": Meaning(*about, **limits)})


def u16(default: int, storage: str, label: str, who: str, sentence: str) -> Any:
    """Declare a fraction of 65535."""
    return stored(default, storage, label, "of 65535", 0, U16_MAX, who, sentence, U16_MAX)


def flag(default: bool, storage: str, label: str, who: str, sentence: str) -> Any:
    """Declare a switch."""
    return stored(default, storage, label, "on or off", 0, 1, who, sentence)


def blocks(default: int, storage: str, label: str, who: str, sentence: str) -> Any:
    """Declare a time in blocks."""
    return stored(default, storage, label, "blocks", 0, U64_MAX, who, sentence)


def count(default: int, storage: str, label: str, who: str, sentence: str, **limits: Any) -> Any:
    """Declare a number, by default of uids, that fits into a u16."""
    unit = limits.pop("unit", "uids")
    return stored(default, storage, label, unit, 0, U16_MAX, who, sentence, **limits)


def rao(default: int, storage: str, label: str, who: str, sentence: str) -> Any:
    """Declare an amount of TAO."""
    return stored(default, storage, label, "rao", 0, U64_MAX, who, sentence, RAO_PER_TAO)


def u64(default: int, storage: str, label: str, sentence: str) -> Any:
    """Declare a fraction of 2⁶⁴ − 1, which root sets."""
    return stored(default, storage, label, "of 2⁶⁴ − 1", 0, U64_MAX, "root", sentence, U64_MAX)


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


def check_all(parameters: Any) -> None:
    """Check every field of a record of parameters."""
    kind: Any = type(parameters)
    for name, meant in meanings(kind).items():
        check_value(name, getattr(parameters, name), meant)
