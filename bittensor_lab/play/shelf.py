"""Saved games: one file each in the learner's data folder, by a name.

    path = keep(game, "before the pump")       →  <data>/playground/before the pump.game
    game = fetch("before the pump")

A file is a zip of ``game.json`` (what was done, what was seen), ``now.chain`` and, if there are two futures,
``other.chain``, which are states as ``store`` writes them. Like a state's, a game's file comes from anywhere:
what was done is data and is checked, never run; nothing but an ``InputError`` comes out of a bad file, and
an old file survives a save that fails.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from immutables import Map

from bittensor_lab import places, store
from bittensor_lab.chain import Chain
from bittensor_lab.errors import InputError
from bittensor_lab.keeping import MOVE
from bittensor_lab.play import BLOCKS_KEPT, EPOCHS_KEPT, EVENTS_KEPT, Epoch, Game, Trail
from bittensor_lab.play.moves import AMONG, KINDS, RUN, Move
from bittensor_lab.play.telling import Told
from bittensor_lab.state import State
from bittensor_lab.units import U16_MAX

FORMAT, VERSION = "bittensor_lab game", 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}")
MAX_BYTES, MAX_MOVES, MAX_TEXT = 64 << 20, 100_000, 400
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same game gives the same bytes at any time
REMEDY = "Load another one; the game on the page goes on as it was."
MEMBERS = ("game.json", "now.chain", "other.chain")
BAD = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError, RecursionError)


def folder() -> Path:
    """Return (and create) the folder of saved games.

    Raises
    ------
    InputError
        if it cannot be made.
    """
    try:
        place = places.user_data() / "playground"
        place.mkdir(exist_ok=True)
    except OSError as error:
        what = f"games cannot be kept: {error.strerror or error}"
        raise InputError(what, str(error.filename or ""), MOVE) from None
    return place


def names() -> list[str]:
    """Return the names of the saved games, in alphabetical order; none where none can be kept."""
    try:
        found = [path.stem for path in folder().glob("*.game")]
    except InputError:
        return []
    return sorted(name for name in found if NAME.fullmatch(name))


def keep(game: Game, name: str) -> Path:
    """Save a game under a name, in place of an older one of that name, and return its file.

    Raises
    ------
    InputError
        if the name cannot be a file's, or the file cannot be written.
    """
    return store.write(_file(name), packed(game))


def fetch(name: str) -> Game:
    """Return the game of a name.

    Raises
    ------
    InputError
        if there is none, or its file is damaged or none of ours.
    """
    path = _file(name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"“{name}” is too large to be a saved game", remedy=REMEDY)
        return unpacked(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"there is no saved game “{name}”", remedy=REMEDY) from None
    except OSError as error:
        raise InputError(f"“{name}” cannot be read: {error.strerror}", remedy=REMEDY) from None
    except InputError as error:
        raise InputError(f"“{name}” {error.what}", error.values, REMEDY) from None


def _file(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise InputError(
            f"a game cannot be called “{name[:60]}”",
            remedy="Take 1 to 40 letters, digits, spaces, - or _, and begin with a letter or digit.",
        )
    return folder() / f"{name}.game"


# --- writing -------------------------------------------------------------------------------------


def packed(game: Game) -> bytes:
    """Return a game as the content of a file: the same bytes for the same game."""
    about: dict[str, Any] = {"format": FORMAT, "version": VERSION, "now": _as_data(game)}
    members = {"now.chain": store.packed(game.chain.state)}
    if game.without is not None:
        about["other"] = _as_data(game.without)
        members["other.chain"] = store.packed(game.without.chain.state)
    members["game.json"] = json.dumps(about, separators=(",", ":")).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _as_data(game: Game) -> dict[str, Any]:
    return {
        **{name: getattr(game, name) for name in PLAIN},
        "trail": {item.name: getattr(game.trail, item.name).tolist() for item in fields(Trail)},
        "moves": [[move.name, list(move.arguments)] for move in game.moves],
        "events": [asdict(event) for event in game.events],
        "epochs": [
            [netuid, [[e.block, e.hotkeys, e.incentive.tolist(), e.dividends.tolist()] for e in found]]
            for netuid, found in sorted(game.epochs.items())
        ],
    }


# --- reading -------------------------------------------------------------------------------------

PLAIN = {
    "since": int,
    "said": str,
    "netuid": int,
    "is_forked": bool,
    "name": str,
    "seed": int,
    "others": bool,
}


def unpacked(content: bytes) -> Game:
    """Return the game in a file's content.

    Raises
    ------
    InputError
        if there is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if sum(sizes.values()) > MAX_BYTES:
                raise InputError("unpacks to more than a game can hold")
            members = {name: archive.read(name) for name in sizes if name in MEMBERS}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise error if isinstance(error, InputError) else InputError("is damaged, or no saved game") from None
    if set(members) - {"other.chain"} != {"game.json", "now.chain"}:
        raise InputError("is no saved game")
    return _game(members)


def _game(members: dict[str, bytes]) -> Game:
    try:
        about = json.loads(members["game.json"])
        if about["format"] != FORMAT:
            raise InputError("is no saved game")
        if about["version"] != VERSION:
            raise InputError("was written by another version of bittensor_lab", f"format {about['version']}")
        other = _side(about["other"], members["other.chain"], None) if "other" in about else None
        return _side(about["now"], members["now.chain"], other)
    except InputError:
        raise
    except BAD as error:
        raise InputError("is damaged", f"{type(error).__name__}: {error}"[:200]) from None


def _side(data: dict[str, Any], chain: bytes, other: Game | None) -> Game:
    state = _state(chain)
    plain = {name: _checked(data[name], kind) for name, kind in PLAIN.items()}
    trail = _trail(data["trail"], state)
    if other is not None and other.chain.block != state.block:
        raise ValueError("the two futures are not at the same block")
    return Game(
        Chain(state),
        trail,
        without=other,
        moves=tuple(_move(*entry) for entry in data["moves"][:MAX_MOVES]),
        events=tuple(_told(entry) for entry in data["events"][-EVENTS_KEPT:]),
        epochs=Map({_checked(n, int): _epochs(found) for n, found in data["epochs"]}),
        **plain,
    )


def _state(content: bytes) -> State:
    """A state, read as ``store`` reads one: from a file."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "a.chain")
        path.write_bytes(content)
        try:
            return store.load(path)
        except InputError as error:
            what = error.what.rpartition(": ")[2]
            raise InputError(f"holds a chain that {what}", error.values) from None


def _trail(data: dict[str, Any], state: State) -> Trail:
    block = np.array(data["block"], np.int64)
    shape = (len(block), len(state.subnets))
    columns = [np.array(data[name], float) for name in ("share", "price", "moving")]
    if any(column.shape != shape or not np.isfinite(column).all() for column in columns):
        raise ValueError("the past has another shape than the network")
    if not 0 < len(block) <= BLOCKS_KEPT or block[-1] != state.block or (np.diff(block) != 1).any():
        raise ValueError("the past does not end where the chain stands")
    return Trail(block, *columns)


def _move(name: str, arguments: list[Any]) -> Move:
    """A move; its arguments must be ones that the call takes, or its line of code could say anything."""
    values = tuple(tuple(value) if isinstance(value, list) else value for value in arguments)
    if name in (RUN, AMONG):
        if len(values) != 1 + (name == AMONG):
            raise ValueError(f"{name} with {len(values)} arguments")
        return Move(name, tuple(_checked(value, int) for value in values))
    KINDS[name](*values)  # a record that checks its arguments; nothing is applied
    return Move(name, values)


def _told(data: dict[str, Any]) -> Told:
    kinds: dict[str, Callable[..., Any]] = {
        "block": int, "name": str, "words": str, "netuid": int, "yours": bool
    }  # fmt: skip
    return Told(**{name: _checked(data[name], kind) for name, kind in kinds.items()})


def _epochs(found: list[Any]) -> tuple[Epoch, ...]:
    return tuple(
        Epoch(
            _checked(block, int),
            tuple(_checked(hotkey, str) for hotkey in hotkeys),
            _shares(incentive),
            _shares(dividends),
        )
        for block, hotkeys, incentive, dividends in found[-EPOCHS_KEPT:]
    )


def _shares(values: list[int]) -> Any:
    if not all(type(value) is int and 0 <= value <= U16_MAX for value in values):
        raise ValueError("a share of an epoch is not a u16")
    return np.array(values, np.uint16)


def _checked(value: Any, kind: Callable[..., Any]) -> Any:
    if type(value) is not kind or (kind is str and len(value) > MAX_TEXT):
        raise TypeError(f"{value!r:.60} where a {getattr(kind, '__name__', 'value')} should be")
    return value
