"""Reading a file that comes from anywhere: every value knows where in the file it stands.

``Field`` checks a value before anything else sees it and says what is wrong by case and field. A file
is limited in size, in the number of its lists and in depth, so that a hostile one cannot do harm.
"""

from __future__ import annotations

import gzip
import json
import math
import reprlib
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bittensor_lab.epoch import MAX_STAKE
from bittensor_lab.errors import InputError
from bittensor_lab.rows import SparseRows, rows_from_lists
from bittensor_lab.units import U16_MAX

MAX_BYTES = 1 << 26
"""of a file once unpacked"""
MAX_LISTS = 1 << 23
"""and of lists and objects in it: an empty one is two bytes there, but a hundred in memory"""
LARGEST = MAX_STAKE - 1
"""rao or blocks; two of them can be added in 64 bits"""
MAX_DIGITS = 4000  # Python itself refuses to read integers longer than 4300


@dataclass(frozen=True)
class Field:
    """A value from a file together with the words that say where it stands."""

    value: Any
    where: str

    def __getitem__(self, key: str) -> Field:
        if not isinstance(self.value, dict):
            raise self.wrong("must be an object")
        if key not in self.value:
            raise InputError(f"{self._name} has no field {key!r}")
        return Field(self.value[key], f"{self.where}, {key}" if self.where else key)

    def named(self) -> Field:
        """The same value, which from here on is spoken of by its field ``name``."""
        return Field(self.value, f"case {short(self['name'].text())}")

    def names(self) -> list[str]:
        """The names in an object, sorted."""
        if not isinstance(self.value, dict):
            raise self.wrong("must be an object")
        return sorted(self.value)

    def items(self) -> Iterator[Field]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("must be a list")
        for number, value in enumerate(self.value):
            yield Field(value, f"{self.where}[{number}]")

    def some(self) -> Iterator[Field]:
        """The elements of a list that must not be empty."""
        if self.value == []:
            raise InputError(f"{self._name} must not be empty")
        return self.items()

    def integer(self, low: int = 0, high: int = 2**63 - 1) -> int:
        """The value, an integer within bounds."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("must be an integer")
        if not low <= self.value <= high:
            raise self.wrong(f"must lie between {low} and {high}")
        return self.value

    def number(self, low: float, high: float) -> float:
        """The value, a finite number within bounds."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("must be a number")
        if not low <= self.value <= high or not math.isfinite(self.value):  # false for NaN too
            raise self.wrong(f"must be a number from {low} to {high}")
        return float(self.value)

    def numbers(self, low: float, high: float) -> list[float]:
        """The value, a list of finite numbers within bounds."""
        return [item.number(low, high) for item in self.items()]

    def text(self) -> str:
        """The value, a text."""
        if not isinstance(self.value, str):
            raise self.wrong("must be a text")
        return self.value

    def flag(self) -> bool:
        """The value, true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("must be true or false")
        return self.value

    def allowance(self, key: str) -> float:
        """The tolerance ``key``, 0 if none is stated."""
        if not isinstance(self.value, dict) or key not in self.value:
            return 0.0
        return self[key].number(0, LARGEST)

    def column(self, n: int, high: int = LARGEST) -> np.ndarray[Any, Any]:
        """The value, a list of n integers up to ``high``."""
        items = self._exactly(n)
        if not all(type(x) is int and 0 <= x <= high for x in items):
            for item in self.items():
                item.integer(0, high)
        return np.array(items, np.int64)

    def flags(self, n: int) -> np.ndarray[Any, Any]:
        """The value, a list of n flags."""
        self._exactly(n)
        return np.array([item.flag() for item in self.items()], bool)

    def rows(self, n: int) -> SparseRows:
        """The value, n lists of [uid, u16] pairs, each uid once."""
        self._exactly(n)
        for row in self.items():
            row.check_pairs()
        return rows_from_lists(self.value)

    def check_pairs(self) -> None:
        """Raise InputError unless the value is a list of [uid, u16] pairs with each uid once."""
        if not _are_pairs(self.value):
            for pair in self.items():
                for number in pair.items():
                    number.integer(0, U16_MAX)
                if len(pair.value) != 2:
                    raise pair.wrong("must be a pair [uid, value]")
        if len({uid for uid, _ in self.value}) != len(self.value):
            raise InputError(f"{self._name} names a uid twice")

    def wrong(self, what: str) -> InputError:
        """An error that says where this value stands, what it should be and what it is."""
        return InputError(f"{self._name} {what}, but is {short(self.value)}")

    @property
    def _name(self) -> str:
        return self.where or "the file"

    def _exactly(self, n: int) -> list[Any]:
        if not isinstance(self.value, list):
            raise self.wrong("must be a list")
        if len(self.value) != n:
            raise InputError(f"{self._name} must have {n} elements, but has {len(self.value)}")
        return self.value


def _are_pairs(row: Any) -> bool:
    """Whether a row is fine as it is, which is nearly always so and quicker to see than what is not."""
    return isinstance(row, list) and all(
        type(pair) is list
        and len(pair) == 2
        and type(pair[0]) is type(pair[1]) is int
        and 0 <= pair[0] <= U16_MAX
        and 0 <= pair[1] <= U16_MAX
        for pair in row
    )


def read_json(path: Path) -> Any:
    """Return what the JSON of a file says; raises InputError if it is none, or too large."""
    try:
        raw = _unpack(path)
    except (OSError, EOFError, zlib.error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError(f"cannot be read: {reason}") from None
    if len(raw) > MAX_BYTES:
        raise InputError(f"unpacks to more than {MAX_BYTES:,} bytes")
    if not raw.strip():
        raise InputError("is empty")
    if raw.count(b"[") + raw.count(b"{") > MAX_LISTS:
        raise InputError(f"holds more than {MAX_LISTS:,} lists")
    try:
        return _parse(raw)
    except RecursionError:
        raise InputError("is nested too deeply") from None
    except MemoryError:
        raise InputError("does not fit into memory") from None
    except ValueError as error:
        raise InputError(f"is not JSON: {error}") from None


def _unpack(path: Path) -> bytes:
    """The bytes of a file, unzipped if need be, at most one more than may be."""
    about = path.stat()
    if stat.S_ISDIR(about.st_mode):
        raise InputError("is a folder", remedy="Name the files in it.")
    if not stat.S_ISREG(about.st_mode):  # reading a pipe or a device might never end
        raise InputError("is not a regular file")
    if about.st_size > MAX_BYTES:
        raise InputError(f"has {about.st_size:,} bytes, more than {MAX_BYTES:,}")
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not packed:
            return file.read(MAX_BYTES + 1)
        with gzip.GzipFile(fileobj=file) as unzipped:
            return unzipped.read(MAX_BYTES + 1)


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:  # an integer too long for Python: leave it as a text, for its Field to refuse
        return json.loads(raw, parse_int=_integer)


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= MAX_DIGITS else f"{text[:12]}… ({len(text)} digits)"


_brief = reprlib.Repr()
_brief.maxlevel, _brief.maxstring, _brief.maxlong, _brief.maxother = 3, 80, 40, 80


def short(value: Any) -> str:
    """Return a value as at most 80 characters of text."""
    text = _brief.repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
