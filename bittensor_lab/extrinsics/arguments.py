"""Arguments of extrinsics: what the chain's types can hold, checked before anything else.

An extrinsic declares each argument with one of the kinds below; ``check_arguments`` reads the
declarations. What the wire could not carry (a negative amount, a float, a key that is no text) is a
mistake in Python and raises ``InputError`` or ``WrongType``; what the chain itself refuses is left
for ``apply``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np

from bittensor_lab.errors import InputError, WrongType
from bittensor_lab.state import MAX_NETUID, RESERVED, ROOT
from bittensor_lab.units import U16_MAX, U64_MAX

MAX_KEY = 66  # 0x and 64 hexadecimal digits
MAX_LENGTH = 4096
MAX_TEXT = 128


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    low: int
    high: int

    def __call__(self, name: str, value: Any) -> int:
        """Return the number as a Python integer."""
        if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
            raise WrongType(f"{name} must be a whole number, not {_brief(value)}")
        number = (
            int.__int__(value) if isinstance(value, int) else value.item()
        )  # a subclass may say otherwise
        if not self.low <= number <= self.high:
            raise InputError(f"{name} must lie between {self.low} and {self.high}, not {_brief(number)}")
        return number


@dataclass(frozen=True)
class Text:
    """A printable text: a key's name, or what a commitment says."""

    longest: int
    may_be_root: bool = False

    def __call__(self, name: str, value: Any) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise WrongType(f"{name} must be a text, not {_brief(value)}")
        value = str.__str__(value)  # an enumeration's own words are another matter
        if not 0 < len(value) <= self.longest or not value.isprintable():
            raise InputError(
                f"{name} must have 1 to {self.longest} printable characters, not {_brief(value)}"
            )
        if value in RESERVED and not (self.may_be_root and value == ROOT):
            raise InputError(f"{name} cannot be {value}", remedy="That name is the chain's own.")
        return value


@dataclass(frozen=True)
class Wholes:
    """A list of whole numbers."""

    each: Whole

    def __call__(self, name: str, value: Any) -> tuple[int, ...]:
        """Return the numbers as a tuple; those that are right at first sight cost next to nothing."""
        items = _listed(name, value)
        if (
            set(map(type, items)) <= {int}
            and items
            and self.each.low <= min(items) <= max(items) <= self.each.high
        ):
            return tuple(items)
        return tuple(self.each(f"{name}[{i}]", item) for i, item in enumerate(items))


@dataclass(frozen=True)
class Pairs:
    """A list of (proportion, hotkey)."""

    def __call__(self, name: str, value: Any) -> tuple[tuple[int, str], ...]:
        """Return the pairs as tuples."""
        pairs = []
        for i, item in enumerate(_listed(name, value)):
            pair = _listed(f"{name}[{i}]", item)
            if len(pair) != 2:
                raise InputError(f"{name}[{i}] must be a pair (proportion, hotkey), not {_brief(item)}")
            part = Whole(0, U64_MAX)(f"{name}[{i}], proportion", pair[0])
            pairs.append((part, Text(MAX_KEY)(f"{name}[{i}], hotkey", pair[1])))
        return tuple(pairs)


@dataclass(frozen=True)
class Optional:
    """An argument that may be left out."""

    kind: Callable[[str, Any], Any]

    def __call__(self, name: str, value: Any) -> Any:
        """Return None, or what the kind makes of the value."""
        return None if value is None else self.kind(name, value)


@dataclass(frozen=True)
class Switch:
    """On or off."""

    def __call__(self, name: str, value: Any) -> bool:
        """Return it as a bool."""
        if not isinstance(value, bool | np.bool_):
            raise WrongType(f"{name} must be True or False, not {_brief(value)}")
        return bool(value)


@dataclass(frozen=True)
class Setting:
    """A value of a parameter: a whole number, on or off, or a pair of numbers."""

    def __call__(self, name: str, value: Any) -> int | tuple[int, ...]:
        """Return the value with Python's own types."""
        if isinstance(value, bool | np.bool_):
            return bool(value)
        whole = Whole(-(2**63), 2**128 - 1)
        return (
            Wholes(whole)(name, value) if isinstance(value, list | tuple | np.ndarray) else whole(name, value)
        )


# Lists are Any to a type checker: a list, tuple or array comes in, and a tuple is kept.
Key = Annotated[str, Text(MAX_KEY)]
Origin = Annotated[str, Text(MAX_KEY, may_be_root=True)]
Said = Annotated[str, Text(MAX_TEXT)]
NetUid = Annotated[int, Whole(0, MAX_NETUID)]
MechanismId = Annotated[int, Whole(0, 15)]
Uids = Annotated[Any, Wholes(Whole(0, U16_MAX))]
U8 = Annotated[int, Whole(0, 255)]
U16 = Annotated[int, Whole(0, U16_MAX)]
U16s = Annotated[Any, Wholes(Whole(0, U16_MAX))]
U64 = Annotated[int, Whole(0, U64_MAX)]
Split = Annotated[Any, Optional(Wholes(Whole(0, U16_MAX)))]
AnyNetUid = Annotated[int | None, Optional(Whole(0, MAX_NETUID))]
NetUids = Annotated[Any, Wholes(Whole(0, MAX_NETUID))]
SomeNetUids = Annotated[Any, Optional(Wholes(Whole(0, MAX_NETUID)))]
Flag = Annotated[bool, Switch()]
Limit = Annotated[int | None, Optional(Whole(0, U64_MAX))]
ChildPairs = Annotated[Any, Pairs()]
Value = Annotated[Any, Setting()]


def check_arguments(record: Any) -> None:
    """Check every field of a frozen record by its declared kind, and store it in its plain form."""
    kind: Any = type(record)
    for name, check in _checks(kind).items():
        object.__setattr__(record, name, check(name, getattr(record, name)))


@cache
def _checks(kind: Any) -> dict[str, Callable[[str, Any], Any]]:
    hints = get_type_hints(kind, include_extras=True)
    return {item.name: get_args(hints[item.name])[1] for item in fields(kind)}


def _listed(name: str, value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.ndim == 1 else None
    if not isinstance(value, list | tuple):
        raise WrongType(f"{name} must be a list, not {_brief(value)}")
    if len(value) > MAX_LENGTH:
        raise InputError(f"{name} has {len(value)} entries, at most {MAX_LENGTH} can be given")
    return list(value)


def _brief(value: Any) -> str:
    try:
        text = repr(value) if not isinstance(value, int) or abs(value) < 10**40 else "a huge number"
    except Exception:  # whatever a foreign object's repr does
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."
