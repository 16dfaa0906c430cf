"""Live: a running network, main net for example, as a snapshot's CSV files.

    taken = take_snapshot("today")                               pools and root of main net
    taken = take_snapshot("sn64", "finney", metagraphs=[64])     and who is on netuid 64
    chain = Chain(taken.state)                                   what would happen if …

This is the only part of the package that uses the network, and only where it is called; it reads, and sends
nothing but questions. The official SDK (extra ``live``) holds the connection, finds storage by name and
decodes it; ``items`` says which storage fills which column, ``reading`` asks for it, all at one block, and
``connection`` asks again where an answer is lost. What comes is read back by ``datasets.load_snapshot``
before the folder gets its name: there is a whole snapshot, or none.

Left out, because the schema has no place for it: what nominators hold (a hotkey's whole stake is its
owner's), locks, claims, commits, mechanisms beyond the first.
"""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from bittensor_lab.datasets.snapshot import load_snapshot, snapshot_files
from bittensor_lab.errors import InputError, one_line
from bittensor_lab.live.connection import connected
from bittensor_lab.live.reading import MODELLED_VERSION, Asked, Reading, read_network
from bittensor_lab.state import State
from bittensor_lab.store import write
from bittensor_lab.whole_file import SCRATCH

__all__ = ["Taken", "asked_metagraphs", "take_snapshot"]

MAIN_NET = "finney"
SOURCE = "x_source.csv"
"""the file that says where a snapshot is from; ``x_`` files are not part of the schema"""


@dataclass(frozen=True)
class Taken:
    """A snapshot that was taken, and what is to be known of it."""

    folder: Path
    state: State
    notes: tuple[str, ...]
    """what was not there, or not as the chain says, in sentences"""

    @property
    def sentence(self) -> str:
        """What was taken, in one line."""
        neurons = sum(self.state.subnet(netuid).n for netuid in self.state.netuids)
        return f"Block {self.state.block:,}: {len(self.state.netuids)} subnets, {neurons:,} neurons."


def take_snapshot(
    folder: str | Path,
    network: str = MAIN_NET,
    metagraphs: Iterable[int] | Literal["all"] = (),
    block: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Taken:
    """Read a running network at one block into a new folder of CSV files.

    ``network`` is "finney" (main net), "test", "local", or an address that begins with ws:// or wss://;
    ``metagraphs`` are the netuids whose neurons are read too, or "all"; ``block`` is the last finalised
    one unless given; ``progress`` is called with (reads done, reads in all).

    Raises
    ------
    InputError
        if the SDK is not installed, the folder is in use, the network does not answer or is no Bittensor,
        or a netuid or the block is not there. Then nothing is written.
    """
    target = _free_place(Path(folder))
    asked = Asked(None if metagraphs == "all" else frozenset(metagraphs), block)
    reading = _run(_read(network, asked, progress or (lambda done, total: None)))
    with _scratch_folder(target) as scratch:
        for file, text in snapshot_files(reading.rows).items():
            write(scratch / file, text.encode())
        write(scratch / SOURCE, _source(network, reading).encode())
        state = load_snapshot(scratch)
        _move(scratch, target)
    return Taken(target, state, (*_version_note(reading), *reading.notes))


def asked_metagraphs(words: Iterable[str]) -> Iterable[int] | Literal["all"]:
    """Return the netuids that somebody typed; raises InputError if one is none."""
    found = list(words)
    for word in found:
        if word != "all" and not word.isdecimal():
            raise InputError(f"{one_line(word)!r} is no netuid", remedy="Say a number like 64, or all.")
    return "all" if "all" in found else [int(word) for word in found]


async def _read(network: str, asked: Asked, progress: Callable[[int, int], None]) -> Reading:
    async with connected(network) as node:
        return await read_network(node, asked, progress)


def _run(work: Coroutine[Any, Any, Reading]) -> Reading:
    """What the work returns; a notebook's own loop is running already, so there it gets a thread."""
    if not _in_a_loop():
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _version_note(reading: Reading) -> tuple[str, ...]:
    if reading.spec_version == MODELLED_VERSION:
        return ()
    return (
        f"That chain runs runtime {reading.spec_version}; from here on the engine computes as runtime "
        f"{MODELLED_VERSION} would.",
    )


def _source(network: str, reading: Reading) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("what", "is"))
    writer.writerows((("network", one_line(network)), ("block", reading.block)))
    writer.writerows((("block_hash", reading.block_hash), ("runtime", reading.spec_version)))
    writer.writerows(("note", note) for note in reading.notes)
    return out.getvalue()


# --- a folder, whole or not at all -----------------------------------------------------------------


def _free_place(folder: Path) -> Path:
    """The folder, if nothing is there that a snapshot would mix with."""
    try:
        in_use = folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))
    except (OSError, ValueError) as error:
        raise _not_made(folder, error) from None
    if in_use:
        raise InputError(f"{one_line(str(folder))} is there already", remedy="Name a folder that is not.")
    return folder


@contextmanager
def _scratch_folder(target: Path) -> Iterator[Path]:
    """A folder beside the target, which is gone afterwards if it was not moved."""
    try:
        scratch = target.parent / f"{SCRATCH}{target.name[:40]}.{uuid4().hex}"
        scratch.mkdir(parents=True)
    except (OSError, ValueError) as error:
        raise _not_made(target, error) from None
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _move(scratch: Path, target: Path) -> None:
    try:
        if target.exists():
            target.rmdir()
        scratch.rename(target)
    except OSError as error:
        raise _not_made(target, error) from None


def _not_made(folder: Path, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(f"{one_line(str(folder))} cannot be made: {reason}", remedy="Choose another place.")
