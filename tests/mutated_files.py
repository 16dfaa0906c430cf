"""Files as they come back from a bad disk, a careless editor or somebody who means harm; and who reads files.

``READERS`` has every reader of files with a good file for it. ``mutated`` damages one: bits, cuts, copies,
odd numbers, and, where there is JSON, a zip or gzip, odd values in the right places with checksums put right.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import shutil
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from bittensor_lab import bets, datasets, handout, places, progress, simulate, store, sweep
from bittensor_lab.childkeys import with_children
from bittensor_lab.datasets import series
from bittensor_lab.datasets.schema import FILES
from bittensor_lab.datasets.snapshot import load_snapshot, save_snapshot
from bittensor_lab.errors import InputError
from bittensor_lab.exercises import selfcheck, source
from bittensor_lab.exercises.batch import Journal
from bittensor_lab.exercises.submission import read_submission
from bittensor_lab.labs import picture
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
    if content.startswith(b"\x1f\x8b"):
        return gzip.compress(mutated(rng, gzip.decompress(content)), 1)
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


VECTORS = (
    "swap", "block_emission", "distribution", "emission_shares", "epoch", "epoch_edge", "network_emission",
    "network_lock_cost", "registration_burn", "share_pool",
)  # fmt: skip


class Reader(NamedTuple):
    """A reader of files: how a good file is made in a folder, and how it is read."""

    make: Callable[[Path], Path]
    read: Callable[[Path], object]


def _chain(folder: Path) -> Path:
    return store.save(demo_network(2, 2, 2), folder / "state.chain")


def _game(folder: Path) -> Path:
    (folder / "g.game").write_bytes(shelf.packed(opening()))
    return folder / "g.game"


def _snapshot(file: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        state = demo_network(2, 2, 2)
        state = state.with_subnet(with_children(state.subnet(1), "validator-1", ((2**63, "validator-2"),)))
        return save_snapshot(state, folder / "snapshot") / file

    return make


def _vectors(kind: str, is_packed: bool) -> Callable[[Path], Path]:
    """The smallest cases of a kind, six at the most."""

    def make(folder: Path) -> Path:
        packed = (places.course("datasets") / "vectors" / f"{kind}.json.gz").read_bytes()
        whole = json.loads(gzip.decompress(packed))
        cases = sorted(whole["cases"], key=lambda case: len(json.dumps(case)))[:6]
        text = json.dumps({**whole, "cases": cases}).encode()
        path = folder / f"{kind}.json{'.gz' if is_packed else ''}"
        path.write_bytes(gzip.compress(text) if is_packed else text)
        return path

    return make


def _datasets(file: str) -> Callable[[Path], Path]:
    """A copy of the data sets, but for what takes long to copy."""

    def make(folder: Path) -> Path:
        copy = shutil.ignore_patterns("vectors", "*.py")
        return Path(shutil.copytree(places.course("datasets"), folder / "datasets", ignore=copy)) / file

    return make


def _of(read: Callable[[], object]) -> Callable[[Path], object]:
    """A reader of the course's own data sets, turned to the copy."""

    def reading(path: Path) -> object:
        folder = next(parent for parent in path.parents if parent.name == "datasets")
        with mock.patch.object(places, "course", lambda part: folder.parent / part):
            return read()

    return reading


_task_data = cache(series.task_data)


def _all_lists() -> None:
    """Whatever the manifest is read for; of each kind the smallest."""
    for names in (
        datasets.preset_names,
        datasets.preset_titles,
        datasets.network_names,
        datasets.metagraph_names,
    ):
        names()
    datasets.preset("cabal")
    datasets.preset("one_outlier")
    with mock.patch.object(series, "task_data", _task_data):
        datasets.changed_task_data()
    datasets.metagraph("open")


def _simulated(file: str) -> Callable[[Path], Path]:
    """What a simulation that was killed has left."""

    def make(folder: Path) -> Path:
        start = demo_network(2, 2, 2)
        with mock.patch.object(simulate.Checkpoints, "forget"):
            simulate.simulate(start, 40, every=10, folder=folder / "run", checkpoint_seconds=0.0)
        return next((folder / "run").glob(file))

    return make


def _gone_on_with(path: Path) -> object:
    start = demo_network(2, 2, 2)
    return simulate.Checkpoints(path.parent, start, start.block + 40, (), 0, 10).latest()


SWEPT: Any = ("points.network", {"a": (1, 2, 3)}, (0, 1))


def _swept(folder: Path) -> Path:
    journal = sweep.Journal(folder / "a.csv.journal", *SWEPT)
    journal.read()
    for number in range(4):
        journal.write(sweep.Done(number, ({"a": number, "x": 0.5, "name": "of it"},)))
    return journal.path


def _digests(folder: Path) -> Path:
    return Path(shutil.copy(places.course("exercises") / "set_03.check.json", folder))


def _checked(path: Path) -> object:
    """A check of one's own exercises, and the page of progress, beside a damaged list of right answers."""
    selfcheck._digests.cache_clear()
    with mock.patch.object(selfcheck, "course", lambda part: path.parent):
        return selfcheck.verdict("told", selfcheck._digests("set_03").get("check_clip"))


def _source(file: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        for each in source.source_folder().glob("set_03*"):
            shutil.copy(each, folder)
        return folder / file

    return make


def _read_set(path: Path) -> object:
    return source.read_set("set_03", path.parent)


def _chart(folder: Path) -> Path:
    picture.specification("a", "light", lambda theme: {"mark": "bar"})
    return next((places.user_cache() / "specs").iterdir())


def _drawn(path: Path) -> object:
    told = picture.specification("a", "light", lambda theme: {"mark": "bar"})
    assert told == {"mark": "bar", "datasets": {}}, "what is kept only saves time"
    return told


def _lesson(folder: Path) -> Path:
    handout.hand_out(folder / "course")
    return next((folder / "course" / "notebooks").glob("03_*.ipynb"))


def _brought_back(path: Path) -> object:
    """A lesson as it was, and the damaged one beside it."""
    damaged = path.read_bytes()
    with mock.patch.object(handout, "_fresh", lambda name: "no damage looks like this"):
        _, aside = handout.reset("03", path.parent.parent)
    assert aside is not None and aside.read_bytes() == damaged
    aside.unlink()
    return aside


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
    **{
        f"snapshot: {file}": Reader(_snapshot(file), lambda path: load_snapshot(path.parent))
        for file in FILES
    },
    "vectors: swap, plain": Reader(_vectors("swap", is_packed=False), verify_file),
    **{f"vectors: {kind}": Reader(_vectors(kind, is_packed=True), verify_file) for kind in VECTORS},
    "list of data sets": Reader(_datasets("manifest.json"), _of(_all_lists)),
    "preset": Reader(_datasets("presets/cabal.csv"), _of(lambda: datasets.preset("cabal"))),
    "history": Reader(_datasets("histories/flows.csv"), _of(lambda: datasets.history("flows"))),
    "metagraph": Reader(_datasets("metagraphs/open/weights.csv"), _of(lambda: datasets.metagraph("open"))),
    "network": Reader(
        _datasets("mainnet_2026/subnets.csv"), _of(lambda: datasets.mainnet_network(uids=2, validators=1))
    ),
    "submission": Reader(_submission, read_submission),
    "bets": Reader(_bets, _aside(bets.everything)),
    "answers": Reader(_answers, _aside(progress.everything)),
    "list of what was handed out": Reader(_list, lambda path: handout.hand_out(path.parent)),
    "lesson that is brought back": Reader(_lesson, _brought_back),
    "right answers of a set": Reader(_digests, _checked),
    "source of a set": Reader(_source("set_03.py"), _read_set),
    "wrong answers of a set": Reader(_source("set_03_wrong.toml"), _read_set),
    "kept chart": Reader(_chart, _drawn),
    "checkpoint of a simulation": Reader(_simulated("checkpoint.json"), _gone_on_with),
    "state of a simulation": Reader(_simulated("*.state"), _gone_on_with),
    "subnets of a simulation": Reader(_simulated("*-subnets-*.parquet"), _gone_on_with),
    "record of a simulation": Reader(_simulated("*-network-*.parquet"), _gone_on_with),
    "journal of a sweep": Reader(_swept, lambda path: sweep.Journal(path, *SWEPT).read()),
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
