"""Saving a chain and loading it again: one versioned file, no code in it.

The file is a zip of three members: ``format.json`` says what it is, ``state.json`` is the state with
every array replaced by (type, length, offset), and ``arrays.bin`` is all arrays end to end. What a
field may hold is read off its type hint, for writing and for reading, so a new field of ``State`` needs
nothing here.

A file comes from anywhere: each value is checked before it is believed, the whole must obey the laws
of ``invariants``, and nothing but an ``InputError`` comes out. Writing goes to a second file that
replaces the first only when it is complete and on the disk.
"""

from __future__ import annotations

import io
import json
import re
import stat
import struct
import types
import typing
import zipfile
import zlib
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from immutables import Map

from bittensor_lab.errors import InputError, one_line
from bittensor_lab.invariants import violations
from bittensor_lab.rows import Row, SparseRows, pack, unpack
from bittensor_lab.state import State
from bittensor_lab.whole_file import write_whole

FORMAT, VERSION = "bittensor_lab chain", 1
MAX_BYTES = 1 << 30
"""of all members together, unpacked"""
MAX_VALUES = 1 << 24
"""of state.json; 128 full subnets have 223,000"""
MAX_ROWS = 1 << 16
MAX_TEXT = 1_000
MAX_DEPTH = 100
LOWEST, HIGHEST = -(2**64), 2**128
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same state gives the same bytes at any time
PLAIN = (int, str, bool, type(None))
UNIONS = (types.UnionType, typing.Union)
HALF = re.compile("[\ud800-\udfff]")
"""half of a pair of UTF-16, which no file can hold as text"""


def save(state: State, path: str | Path) -> Path:
    """Write a state to a file, and return its path; an old file survives whatever goes wrong.

    Raises
    ------
    InputError
        if the file cannot be written, or the state holds what no file could give back.
    """
    try:
        content = packed(state)
    except InputError as error:
        raise _named(path, f"cannot be written: {error.what}", error, "Change that first.") from None
    except MemoryError:
        raise _named(path, "cannot be written: out of memory", None, "Save a smaller state.") from None
    return write(path, content)


def write(path: str | Path, content: bytes) -> Path:
    """Write a whole file or nothing, and return its path; an old file survives whatever goes wrong.

    Raises
    ------
    InputError
        if the file cannot be written.
    """
    target = Path(path)
    try:
        write_whole(target, content)
    except (OSError, ValueError, MemoryError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or str(error) or "out of memory"
        raise _named(path, f"cannot be written: {reason}", None, "Choose another place.") from None
    return target


def load(path: str | Path) -> State:
    """Read a state from a file.

    Raises
    ------
    InputError
        if the file cannot be read, is none of ours or of a newer version, or is damaged.
    """
    try:
        return _load(Path(path))
    except InputError as error:
        raise _named(path, error.what, error, "Load an older save.") from None
    except MemoryError:
        raise _named(path, "does not fit into memory", None, "Load a smaller save.") from None


def _named(path: str | Path, what: str, error: InputError | None, remedy: str) -> InputError:
    """An error that starts with the path; what ``error`` advises comes before ``remedy``."""
    values, advice = (error.values, error.remedy) if error else ("", "")
    return InputError(f"{one_line(str(path))}: {what}", values, advice or remedy)


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def packed(state: State) -> bytes:
    """Return a state as the content of a file: the same bytes for the same state."""
    writer = _Writer()
    tree = writer.write(State, state, "state")
    members = {
        "format.json": json.dumps({"format": FORMAT, "version": VERSION}).encode(),
        "state.json": json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode(),
        "arrays.bin": writer.arrays.getvalue(),
    }
    _check_size(sum(map(len, members.values())), members["state.json"])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED, 1)
    return file.getvalue()


class _Writer:
    """Writes values by their type hints, and refuses what ``_Reader`` would refuse."""

    def __init__(self) -> None:
        self.arrays = io.BytesIO()

    def write(self, kind: Any, value: Any, where: str) -> Any:
        """Return ``value`` as JSON knows it; its arrays go to the end of ``arrays``."""
        if kind in PLAIN:
            return _plain(kind, _pythons_own(kind, value), where)
        if _is_record(kind):
            _expect(kind, value, where)
            hints = _hints(kind)
            return {n: self.write(hint, getattr(value, n), f"{where}.{n}") for n, hint in hints.items()}
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in UNIONS:
            return None if value is None else self.write(_some(inner), value, where)
        if origin not in (np.ndarray, Map, tuple):
            _wrong(where, "is of a kind that cannot be written", value)
        _expect(origin, value, where)
        if origin is np.ndarray:
            return self._array(_dtype(kind), value, where)
        if origin is Map:
            return self._map(inner, value, where)
        return self._tuple(inner, value, where)

    def _array(self, dtype: Any, value: Any, where: str) -> list[Any]:
        if value.ndim != 1 or value.dtype.type is not dtype:
            _wrong(where, f"must be one row of {np.dtype(dtype).name}", value)
        at = self.arrays.tell()
        self.arrays.write(value.astype(value.dtype.newbyteorder("<")).tobytes())
        return [value.dtype.name, len(value), at]

    def _map(self, inner: tuple[Any, ...], value: Any, where: str) -> list[Any]:
        for key in value:  # all keys of one type, or they have no order
            _plain(inner[0], key, where)
        return [[key, self.write(inner[1], value[key], f"{where}[{key}]")] for key in sorted(value)]

    def _tuple(self, inner: tuple[Any, ...], value: Any, where: str) -> Any:
        if inner[0] is Row and value:  # all rows of a matrix as one
            for row in value:
                if not isinstance(row, Row) or len(row.uid) != len(row.value):
                    _wrong(where, "must be rows of as many values as uids", row)
            return {"rows": self.write(SparseRows, pack(value), where)}
        each = zip(_parts(inner, value, where), value, strict=True)
        return [self.write(k, v, f"{where}[{i}]") for i, (k, v) in enumerate(each)]


def _pythons_own(kind: Any, value: Any) -> Any:
    """The value as a plain ``kind``, where numpy's types or 1 for "on" say the same."""
    if kind is int and isinstance(value, int | np.integer):
        return int(value)
    if kind is bool and isinstance(value, int | np.integer | np.bool_) and value in (0, 1):
        return bool(value)
    return str(value) if kind is str and isinstance(value, str) else value


def _expect(kind: Any, value: Any, where: str) -> None:
    if not isinstance(value, kind):
        _wrong(where, f"must be of type {kind.__name__}", value)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────


def _load(path: Path) -> State:
    members = _members(path)
    _check_format(_json(members["format.json"]))
    reader = _Reader(members["arrays.bin"])
    try:
        state = reader.read(State, _json(members["state.json"]), "state", 0)
    except InputError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("does not hold together", str(error)) from None
    return _lawful(state)


def _lawful(state: State) -> State:
    try:
        broken = violations(state)
    except Exception as error:  # a law that trips over shapes that do not fit each other
        broken = [f"{type(error).__name__} while it was checked"]
    if broken:
        raise InputError("does not hold together", broken[0], "Load an older save.")
    return state


def _members(path: Path) -> dict[str, bytes]:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise InputError("is a folder", remedy="Name a file.")
        if not stat.S_ISREG(about.st_mode):  # reading a pipe or a device might never end
            raise InputError("is not a regular file", remedy="Name a file that save() wrote.")
        _check_size(about.st_size)
        with zipfile.ZipFile(path) as archive:
            return _unzip(archive)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot be read: {reason}", remedy="Name a file that save() wrote.") from None
    except InputError:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError) as error:
        raise InputError("is damaged, or no saved chain", str(error)[:200]) from None


def _unzip(archive: zipfile.ZipFile) -> dict[str, bytes]:
    wanted = ("format.json", "state.json", "arrays.bin")
    infos = archive.infolist()
    ours = all(info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos)
    if not ours or sorted(info.filename for info in infos) != sorted(wanted):
        raise InputError("is not a saved chain", remedy="Name a file that save() wrote.")
    _check_size(sum(info.file_size for info in infos))
    members, left = {}, MAX_BYTES
    for name in wanted:
        with archive.open(name) as file:  # a size that lies is found out here
            members[name] = file.read(left + 1)
        left -= len(members[name])
        _check_size(MAX_BYTES - left)
    _check_size(0, members["state.json"])
    return members


def _check_size(count: int, text: bytes = b"") -> None:
    """Refuse what is too large, and a ``text`` that would be once it is parsed: ``[]`` takes 64 bytes."""
    if count > MAX_BYTES:
        raise InputError(f"unpacks to more than {MAX_BYTES:,} bytes")
    if sum(map(text.count, (b"[", b"{", b","))) > MAX_VALUES:
        raise InputError(f"holds more than {MAX_VALUES:,} values")


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw, object_pairs_hook=_named_once)
    except (ValueError, RecursionError) as error:
        raise InputError("is damaged", str(error)[:200]) from None


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(read := dict(pairs)) != len(pairs):
        raise ValueError("a field is named twice")
    return read


def _check_format(about: Any) -> None:
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise InputError("is not a saved chain", remedy="Name a file that save() wrote.")
    version = about.get("version")
    if type(version) is int and version > VERSION:
        raise InputError(
            "was written by a newer version of bittensor_lab", f"format {version}", "Update bittensor_lab."
        )
    if type(version) is not int or version != VERSION:
        raise InputError(f"has the unknown format version {str(version)[:40]}")


class _Reader:
    """Reads values by their type hints; ``where`` says where a value stands."""

    def __init__(self, arrays: bytes) -> None:
        self.arrays = arrays
        self.left = len(arrays)  # each byte is read once, or a small file could fill the memory

    def read(self, kind: Any, value: Any, where: str, depth: int) -> Any:
        """Return ``value`` as a ``kind``, or raise InputError."""
        if depth > MAX_DEPTH:
            raise InputError(f"{where[:200]} is nested too deeply")
        if kind in PLAIN:
            return _plain(kind, value, where)
        if _is_record(kind):
            return self._record(kind, value, where, depth)
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in UNIONS:
            return None if value is None else self.read(_some(inner), value, where, depth)
        if origin is np.ndarray:
            return self._array(_dtype(kind), value, where)
        if origin is Map:
            return self._map(inner, value, where, depth)
        if origin is tuple:
            return self._tuple(inner, value, where, depth)
        _wrong(where, "is of a kind that cannot be read", value)

    def _record(self, kind: Any, value: Any, where: str, depth: int) -> Any:
        hints = _hints(kind)
        if not isinstance(value, dict):
            _wrong(where, f"must have the fields {', '.join(hints)}", value)
        if value.keys() != hints.keys():
            _other_fields(where, sorted(hints.keys() - value.keys()), sorted(value.keys() - hints.keys()))
        read = {
            name: self.read(hint, value[name], f"{where}.{name}", depth + 1) for name, hint in hints.items()
        }
        return kind(**read)

    def _array(self, dtype: Any, value: Any, where: str) -> Any:
        if not isinstance(value, list) or len(value) != 3:
            _wrong(where, "must be an array", value)
        name, length, at = value
        if name != np.dtype(dtype).name:
            _wrong(where, f"must hold {np.dtype(dtype).name}", name)
        for number in (length, at):
            if type(number) is not int or number < 0:
                _wrong(where, "must say its length and offset", value)
        size = length * np.dtype(dtype).itemsize
        if at + size > len(self.arrays):
            _wrong(where, "goes beyond the end of the arrays", at)
        self.left -= size
        if self.left < 0:
            _wrong(where, "shares its place with another array", at)
        raw = self.arrays[at : at + size]
        if dtype is np.bool_ and raw.strip(b"\0\1"):
            _wrong(where, "must hold nothing but true and false", value)
        array = np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).astype(dtype)  # a copy is aligned
        array.setflags(write=False)
        return array

    def _map(self, inner: tuple[Any, ...], value: Any, where: str, depth: int) -> Any:
        pairs = _listed(value, where)
        read: dict[Any, Any] = {}
        for pair in pairs:
            if not isinstance(pair, list) or len(pair) != 2:
                _wrong(where, "must be pairs of key and value", pair)
            key = _plain(inner[0], pair[0], where)
            read[key] = self.read(inner[1], pair[1], f"{where}[{str(key)[:40]}]", depth + 1)
        if len(read) != len(pairs):
            _wrong(where, "names a key twice", len(pairs))
        return Map(read)

    def _tuple(self, inner: tuple[Any, ...], value: Any, where: str, depth: int) -> Any:
        if inner[0] is Row:
            return self._rows(value, where, depth)
        items = _listed(value, where)
        each = zip(_parts(inner, items, where), items, strict=True)
        return tuple(self.read(k, v, f"{where}[{i}]", depth + 1) for i, (k, v) in enumerate(each))

    def _rows(self, value: Any, where: str, depth: int) -> Any:
        if value == []:
            return ()
        if not isinstance(value, dict) or list(value) != ["rows"]:
            _wrong(where, "must be rows", value)
        rows: SparseRows = self.read(SparseRows, value["rows"], where, depth + 1)
        start = rows.start
        if len(start) > MAX_ROWS:
            _wrong(where, f"has more than {MAX_ROWS:,} rows", len(start))
        if not len(start) or start[0] or (np.diff(start) < 0).any():
            _wrong(where, "has rows that do not fit together", len(start))
        if not start[-1] == len(rows.uid) == len(rows.value):
            _wrong(where, "has rows that do not fit together", int(start[-1]))
        return unpack(rows)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    names = [item.name for item in fields(kind)] if is_dataclass(kind) else kind._fields
    return {name: hints[name] for name in names}


def _is_record(kind: Any) -> bool:
    """Whether it is a dataclass or a named tuple."""
    return is_dataclass(kind) or hasattr(kind, "_fields")


def _some(inner: tuple[Any, ...]) -> Any:
    """The X of ``X | None``."""
    return next(each for each in inner if each is not type(None))


def _parts(inner: tuple[Any, ...], items: Any, where: str) -> tuple[Any, ...]:
    """The kind of each item of a ``tuple[...]``."""
    if len(inner) == 2 and inner[1] is Ellipsis:
        return (inner[0],) * len(items)
    if len(items) != len(inner):
        _wrong(where, f"must have {len(inner)} parts", len(items))
    return inner


@cache
def _dtype(kind: Any) -> Any:
    """The scalar type of ``NDArray[...]``."""
    return typing.get_args(typing.get_args(kind)[1])[0]


def _plain(kind: Any, value: Any, where: str) -> Any:
    if type(value) is not kind:
        _wrong(where, f"must be of type {kind.__name__}", value)
    if kind is int and not LOWEST <= value <= HIGHEST:
        raise InputError(f"{where[:200]} is too large a number", f"It has {value.bit_length()} bits.")
    if kind is str and len(value) > MAX_TEXT:
        _wrong(where, f"is longer than {MAX_TEXT} characters", value)
    if kind is str and HALF.search(value):
        _wrong(where, "holds half a character", value)
    return value


def _listed(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        _wrong(where, "must be a list", value)
    return value


def _other_fields(where: str, missing: list[str], unknown: list[str]) -> NoReturn:
    parts = [f"lacks {', '.join(missing)}"] if missing else []
    parts += [f"has the unknown {', '.join(unknown)}"] if unknown else []
    raise InputError(
        one_line(f"{where[:200]} {' and '.join(parts)[:300]}"),
        "It is damaged, or was saved by another version of bittensor_lab.",
        "Load it with the version that saved it, or begin anew.",
    )


def _wrong(where: str, what: str, value: Any) -> NoReturn:
    shown = repr(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
    raise InputError(one_line(f"{where[:200]} {what}"), f"It is {one_line(shown[:60])}.")
