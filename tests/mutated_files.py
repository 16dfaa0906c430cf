"""Files as they come back from a bad disk, a careless editor or somebody who means harm; and who reads files.

``READERS`` has every reader of files with a good file for it. ``mutated`` damages one: bits, cuts, copies,
odd numbers, and, where there is JSON or a zip, odd values in the right places with checksums put right.
"""

from __future__ import annotations

import io
import json
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bittensor_lab import bets, handout, places, progress, store
from bittensor_lab.datasets.snapshot import load_snapshot, save_snapshot
from bittensor_lab.errors import InputError
from bittensor_lab.exercises.batch import Journal
from bittensor_lab.exercises.submission import read_submission
from bittensor_lab.play import opening, shelf
from bittensor_lab.presets import demo_network
from bittensor_lab.verify import verify_file

ODD = [
    None, True, -1, 0, 2**31, 2**63, 2**70, -(2**64), 1e308, 0.5, "", "x", "\ud800", [], {}, [[]], "9" * 400,
    "../x",
]  # fmt: skip
WORDS = [
    b"-1", b"NaN", b"1e999", b"9" * 20, b"null", b'"x"', b"[", b"}", b",", b"\x00", b"\xff\xfe", b"=1",
]  # fmt: skip


def mutated(rng: random.Random, content: bytes) -> bytes:
    """Return damaged ``content``: by its bytes, or by its meaning where it has one."""
    if rng.random() < 0.5:
        return _bytes(rng, content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _zip(rng, content)
    try:
        told = json.loads(content)
    except ValueError:
        return _bytes(rng, content)
    for _ in range(rng.choice([1, 1, 1, 3])):
        told = _json(rng, told)
    return json.dumps(told).encode()


def _bytes(rng: random.Random, content: bytes) -> bytes:
    made = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8])):
        at = rng.randrange(len(made) + 1)
        end = min(len(made), at + rng.choice([1, 4, 64, 4096]))
        how = rng.randrange(5)
        if how == 0 and at < len(made):
            made[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            del made[at:end]
        elif how == 2:
            made[at:at] = made[at:end]
        elif how == 3:
            made[at : at + rng.choice([0, 1, 3])] = rng.choice(WORDS)
        else:
            made = made[:at] if rng.random() < 0.2 else made
    return bytes(made)


def _json(rng: random.Random, told: Any) -> Any:
    """One value somewhere in it is another, is gone, or stands there twice."""
    if isinstance(told, dict) and told and rng.random() < 0.9:
        key = rng.choice(list(told))
        changed = dict(told)
        if rng.random() < 0.1:
            del changed[key]
        else:
            changed[key] = _json(rng, told[key])
        return changed
    if isinstance(told, list) and told and rng.random() < 0.9:
        at = rng.randrange(len(told))
        return [*told[:at], *([] if rng.random() < 0.1 else [_json(rng, told[at])]), *told[at + 1 :]]
    return rng.choice(ODD)


def _zip(rng: random.Random, content: bytes) -> bytes:
    """The same archive with one member damaged, its checksum right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(members))
    members[name] = mutated(rng, members[name])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, inside in members.items():
            archive.writestr(each, inside)
    return made.getvalue()


class Reader(NamedTuple):
    """A reader of files: how a good file is made in a folder, and how it is read."""

    make: Callable[[Path], Path]
    read: Callable[[Path], object]


def _chain(folder: Path) -> Path:
    return store.save(demo_network(2, 2, 2), folder / "state.chain")


def _game(folder: Path) -> Path:
    (folder / "g.game").write_bytes(shelf.packed(opening()))
    return folder / "g.game"


def _snapshot(folder: Path) -> Path:
    save_snapshot(demo_network(2, 2, 2), folder / "snapshot")
    return random.Random(len(list(folder.iterdir()))).choice(sorted((folder / "snapshot").iterdir()))


def _vectors(folder: Path) -> Path:
    import gzip

    whole = json.loads(gzip.decompress((places.course("datasets") / "vectors" / "swap.json.gz").read_bytes()))
    (folder / "swap.json").write_text(json.dumps({**whole, "cases": whole["cases"][:6]}), encoding="utf-8")
    return folder / "swap.json"


def _submission(folder: Path) -> Path:
    text = (places.course("exercises") / "solutions" / "set_03.ipynb").read_text(encoding="utf-8")
    (folder / "set_03.ipynb").write_text(text, encoding="utf-8")
    return folder / "set_03.ipynb"


def _bets(folder: Path) -> Path:
    bets.record("03", bets.Bet(12.0, 47.0, "%", "how much?"))
    return places.user_data() / "bets.json"


def _answers(folder: Path) -> Path:
    progress.tried("set_03/check_clip", True)
    return places.user_data() / "answers.json"


def _list(folder: Path) -> Path:
    handout.hand_out(folder / "course")
    return folder / "course" / handout.MANIFEST


def _journal(folder: Path) -> Path:
    from bittensor_lab.exercises.judging import GradeResult

    with_one = Journal(folder / "run.jsonl", 5)
    with_one.add("abc", GradeResult("x", "set_03", 5, 0, 10, (), {}))
    with_one._file.close()
    return folder / "run.jsonl"


def _aside(read: Callable[[], object]) -> Callable[[Path], object]:
    """A reader that sets a bad file aside and says so, instead of refusing it."""

    def reading(path: Path) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()

    return reading


READERS = {
    "saved chain": Reader(_chain, store.load),
    "saved game": Reader(_game, lambda path: shelf.unpacked(path.read_bytes())),
    "snapshot": Reader(_snapshot, lambda path: load_snapshot(path.parent)),
    "vectors": Reader(_vectors, verify_file),
    "submission": Reader(_submission, read_submission),
    "bets": Reader(_bets, _aside(bets.everything)),
    "answers": Reader(_answers, _aside(progress.everything)),
    "list of what was handed out": Reader(_list, lambda path: handout.hand_out(path.parent)),
    "journal of a grading": Reader(_journal, lambda path: Journal(path, 1)._file.close()),
}


def tried(name: str, folder: Path, times: int, seed: int) -> dict[str, int]:
    """Read so many damaged files; how many were read all the same, and how many refused in words.

    Anything but an ``InputError`` goes through to the caller.
    """
    reader = READERS[name]
    path = reader.make(folder)
    good, counts = path.read_bytes(), {"read": 0, "refused": 0}
    for number in range(times):
        path.write_bytes(mutated(random.Random(f"{seed}/{name}/{number}"), good))
        try:
            reader.read(path)
            counts["read"] += 1
        except InputError as error:
            assert str(error).strip() and "Traceback" not in str(error)
            counts["refused"] += 1
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, file {number}") from error
    return counts
