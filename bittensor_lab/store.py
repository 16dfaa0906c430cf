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
import os
import stat
import tempfile
import types
import typing
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from immutables import Map

from bittensor_lab.errors import InputError
from bittensor_lab.invariants import violations
from bittensor_lab.rows import Row, SparseRows, pack, unpack
from bittensor_lab.state import State

FORMAT, VERSION = "bittensor_lab chain", 1
MAX_BYTES = 1 << 30
"""of all members together, unpacked"""
MAX_TEXT = 1_000
MAX_DEPTH = 100
LOWEST, HIGHEST = -(2**64), 2**128
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same state gives the same bytes at any time
DTYPES = {
    "bool": np.bool_,
    "uint16": np.uint16,
    "uint64": np.uint64,
    "int64": np.int64,
    "float64": np.float64,
}


def save(state: State, path: str | Path) -> Path:
    """Write a state to a file, and return its path; an old file survives whatever goes wrong.

    Raises
    ------
    InputError
        if the file cannot be written.
    """
    target = Path(path)
    packed = _packed(state)
    try:
        _replace(target, packed)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{target}: cannot be written: {reason}", remedy="Choose another place.") from None
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
        raise InputError(f"{path}: {error.what}", error.values, error.remedy) from None


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def _packed(state: State) -> bytes:
    arrays = io.BytesIO()
    tree = _encode(state, arrays)
    members = {
        "format.json": json.dumps({"format": FORMAT, "version": VERSION}).encode(),
        "state.json": json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode(),
        "arrays.bin": arrays.getvalue(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED, 1)
    return file.getvalue()


def _encode(value: Any, arrays: io.BytesIO) -> Any:
    """The value as JSON knows it; its arrays go to the end of ``arrays``."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, np.ndarray):
        at = arrays.tell()
        arrays.write(value.astype(value.dtype.newbyteorder("<")).tobytes())
        return [value.dtype.name, len(value), at]
    if isinstance(value, Map):
        return [[key, _encode(value[key], arrays)] for key in sorted(value)]
    if is_dataclass(value):
        return {item.name: _encode(getattr(value, item.name), arrays) for item in fields(value)}
    if value and all(isinstance(item, Row) for item in value):  # all rows of a matrix as one
        return {"rows": _encode(pack(value), arrays)}
    return [_encode(item, arrays) for item in value]


def _replace(target: Path, content: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(21, "it is a folder")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too, where folders can be opened at all."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
            raise InputError("is not a regular file")
        with zipfile.ZipFile(path) as archive:
            return _unzip(archive)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("is damaged, or no saved chain", str(error)[:200], "Load an older save.") from None


def _unzip(archive: zipfile.ZipFile) -> dict[str, bytes]:
    wanted = ("format.json", "state.json", "arrays.bin")
    if sorted(info.filename for info in archive.infolist()) != sorted(wanted):
        raise InputError("is not a saved chain", remedy="Name a file that save() wrote.")
    if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
        raise InputError(f"unpacks to more than {MAX_BYTES:,} bytes")
    members, left = {}, MAX_BYTES
    for name in wanted:
        with archive.open(name) as file:  # a size that lies is found out here
            members[name] = file.read(left + 1)
        left -= len(members[name])
        if left < 0:
            raise InputError(f"unpacks to more than {MAX_BYTES:,} bytes")
    return members


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError("is damaged", str(error)[:200], "Load an older save.") from None


def _check_format(about: Any) -> None:
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise InputError("is not a saved chain", remedy="Name a file that save() wrote.")
    version = about.get("version")
    if type(version) is int and version > VERSION:
        raise InputError(
            "was written by a newer version of bittensor_lab", f"format {version}", "Update bittensor_lab."
        )
    if version != VERSION:
        raise InputError(f"has the unknown format version {str(version)[:40]}")


class _Reader:
    """Reads values by their type hints; ``where`` says where a value stands."""

    def __init__(self, arrays: bytes) -> None:
        self.arrays = arrays

    def read(self, kind: Any, value: Any, where: str, depth: int) -> Any:
        """Return ``value`` as a ``kind``, or raise InputError."""
        if depth > MAX_DEPTH:
            raise InputError(f"{where[:200]} is nested too deeply")
        if kind in (int, str, bool, type(None)):
            return _plain(kind, value, where)
        if is_dataclass(kind):
            return self._record(kind, value, where, depth)
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in (types.UnionType, typing.Union):
            some = [each for each in inner if each is not type(None)]
            return None if value is None else self.read(some[0], value, where, depth)
        if origin is np.ndarray:
            return self._array(_dtype(kind), value, where)
        if origin is Map:
            return self._map(inner, value, where, depth)
        if origin is tuple:
            return self._tuple(inner, value, where, depth)
        _wrong(where, "is of a kind that cannot be read", value)

    def _record(self, kind: Any, value: Any, where: str, depth: int) -> Any:
        hints = _hints(kind)
        if not isinstance(value, dict) or value.keys() != hints.keys():
            _wrong(where, f"must have the fields {', '.join(hints)}", value)
        read = {
            name: self.read(hint, value[name], f"{where}.{name}", depth + 1) for name, hint in hints.items()
        }
        return kind(**read)

    def _array(self, dtype: Any, value: Any, where: str) -> Any:
        if not isinstance(value, list) or len(value) != 3:
            _wrong(where, "must be an array", value)
        name, length, at = value
        if DTYPES.get(name if isinstance(name, str) else "") is not dtype:
            _wrong(where, f"must hold {np.dtype(dtype).name}", value)
        for number in (length, at):
            if type(number) is not int or number < 0:
                _wrong(where, "must say its length and offset", value)
        if at + length * np.dtype(dtype).itemsize > len(self.arrays):
            _wrong(where, "goes beyond the end of the arrays", value)
        stored = np.uint8 if dtype is np.bool_ else dtype  # any byte but 0 is true
        return np.frombuffer(self.arrays, np.dtype(stored).newbyteorder("<"), length, at).astype(dtype)

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
        if len(inner) == 2 and inner[1] is Ellipsis:
            inner = (inner[0],) * len(items)
        if len(items) != len(inner):
            _wrong(where, f"must have {len(inner)} parts", items)
        each = zip(inner, items, strict=True)
        return tuple(self.read(k, v, f"{where}[{i}]", depth + 1) for i, (k, v) in enumerate(each))

    def _rows(self, value: Any, where: str, depth: int) -> Any:
        if value == []:
            return ()
        if not isinstance(value, dict) or list(value) != ["rows"]:
            _wrong(where, "must be rows", value)
        rows: SparseRows = self.read(SparseRows, value["rows"], where, depth + 1)
        start = rows.start
        if not len(start) or start[0] or (np.diff(start) < 0).any():
            _wrong(where, "has rows that do not fit together", len(start))
        if not start[-1] == len(rows.uid) == len(rows.value):
            _wrong(where, "has rows that do not fit together", int(start[-1]))
        return unpack(rows)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)}


@cache
def _dtype(kind: Any) -> Any:
    """The scalar type of ``NDArray[...]``."""
    return typing.get_args(typing.get_args(kind)[1])[0]


def _plain(kind: Any, value: Any, where: str) -> Any:
    if type(value) is not kind:
        _wrong(where, f"must be of type {kind.__name__}", value)
    if kind is int and not LOWEST <= value <= HIGHEST:
        _wrong(where, "is too large a number", "")
    if kind is str and len(value) > MAX_TEXT:
        _wrong(where, f"is longer than {MAX_TEXT} characters", "")
    return value


def _listed(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        _wrong(where, "must be a list", value)
    return value


def _wrong(where: str, what: str, value: Iterable[Any] | Any) -> NoReturn:
    shown = repr(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
    raise InputError(f"{where[:200]} {what}", f"It is {shown[:60]}.", "Load an older save.")
