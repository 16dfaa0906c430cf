"""Simulate: a network in time, with whoever acts in it, as tidy tables.

    result = simulate(demo_network(8), blocks=30 * DAY, agents=traders, seed=3)
    result.subnets      a row per record and subnet: prices, pools, shares of emission
    result.network      a row per record: issuance, stake on root, sum of prices
    result.state        the chain as it then is

The engine is that of every other part: a plain network goes through ``bulk``, many blocks in one compiled
call, any other one through ``block``, with the same result to the last bit. With a folder the run leaves a
checkpoint there now and then: killed, it is gone on with by the same call, and ends as it would have.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bittensor_lab import store
from bittensor_lab.agents import Agent, asked, turns
from bittensor_lab.block import Extrinsic, apply, run
from bittensor_lab.bulk import Bulk
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.kernels.amm import spot_price
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import ONE, RAO_PER_TAO
from bittensor_lab.whole_file import SCRATCH

DAY = 7_200
"""blocks of 12 seconds"""
YEAR = 365 * DAY
Progress = Callable[[int, int], None]
"""(blocks done, blocks in all)"""


@dataclass(frozen=True)
class Result:
    """What a simulation has found."""

    state: State
    """at its end"""
    subnets: pd.DataFrame
    """block, netuid, price, moving_price, tao_in, alpha_in, alpha_out, emission_share, miner_burned"""
    network: pd.DataFrame
    """block, issuance, root_stake, tao_in_pools, price_sum, moving_price_sum"""

    @property
    def sentence(self) -> str:
        """What happened, in one line."""
        first, last = self.network.iloc[0], self.network.iloc[-1]
        return (
            f"Until block {self.state.block:,}: issuance {last.issuance:,.0f} TAO, root stake "
            f"{first.root_stake:,.0f} → {last.root_stake:,.0f} TAO, sum of prices {first.price_sum:.3f} → "
            f"{last.price_sum:.3f} TAO, {len(self.subnets):,} rows of subnets."
        )

    def save(self, folder: str | Path) -> Path:
        """Write both tables as Parquet and the state into a folder, and return its path.

        Raises
        ------
        InputError
            if that cannot be written.
        """
        target = _folder(folder)
        for name, frame in (("subnets", self.subnets), ("network", self.network)):
            _write_frame(frame, target / f"{name}.parquet")
        store.save(self.state, target / "end.state")
        return target


def simulate(
    start: State,
    blocks: int,
    agents: Sequence[Agent] = (),
    *,
    seed: int = 0,
    every: int = DAY,
    threads: int = 1,
    folder: str | Path | None = None,
    checkpoint_seconds: float = 20.0,
    progress: Progress | None = None,
) -> Result:
    """Let ``blocks`` blocks pass, in which agents act, and record every ``every`` blocks and the end.

    Parameters
    ----------
    threads
        1 or more; the result is the same.
    folder
        where a checkpoint is kept while it runs, and one of an earlier call with the same arguments is
        gone on from.
    checkpoint_seconds
        of work that a kill may cost; it changes nothing else.

    Raises
    ------
    InputError
        if a number makes no sense, or the folder holds the checkpoint of something else, or is not usable.
    """
    for name, value in (("blocks", blocks), ("every", every), ("threads", threads)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise InputError(f"{name} must be a whole number of at least 1, not {value!r}")
    end = start.block + blocks
    kept = Checkpoints(folder, start, end, agents, seed, every) if folder is not None else None
    state, records = kept.latest() if kept else (start, [])
    with _fewer_collections(), Runner(state, threads) as runner:
        for record in _passing(runner, start.block, end, agents, seed, every):
            records += [record] if record else []
            if progress:
                progress(runner.block - start.block, blocks)
            if kept and time.monotonic() - kept.written > checkpoint_seconds:
                kept.write(runner.state(), records)
        reached = runner.state()
    if kept:
        kept.forget()
    return Result(reached, *_frames(records))


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Keep what is there already out of Python's garbage collection, which else takes a tenth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _passing(
    runner: Runner, first: int, end: int, agents: Sequence[Agent], seed: int, every: int
) -> Iterable[Record | None]:
    """Let blocks pass until ``end``; yield the records, and None wherever agents have acted."""
    for block, acting in turns(agents, runner.block, seed):
        while runner.block < min(end, block - 1):
            mark = min(end, first + ((runner.block - first) // every + 1) * every)
            runner.go(min(mark, block - 1) - runner.block)
            yield _record(runner.glance()) if runner.block == mark else None
        if runner.block >= end:
            return
        runner.step(asked(acting, runner.state(), seed))
        is_mark = (runner.block - first) % every == 0 or runner.block == end
        yield _record(runner.glance()) if is_mark else None


class Runner:
    """A chain that goes on, through ``bulk`` where that can be, through ``block`` elsewhere."""

    def __init__(self, state: State, threads: int) -> None:
        self.bulk = Bulk(threads)
        self.here = state
        self.is_plain = self.bulk.follow(state)

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.bulk.close()

    @property
    def block(self) -> int:
        """The block that has been reached."""
        return self.bulk.block if self.is_plain else self.here.block

    def go(self, blocks: int) -> None:
        """Go on without extrinsics."""
        if self.is_plain:
            self.bulk.run(blocks)
        else:
            self.here = run(self.here, blocks)

    def step(self, extrinsics: Iterable[Extrinsic]) -> None:
        """Go on by one block with extrinsics; what is refused happens to nobody."""
        self.go(1)
        state = self.state()
        for extrinsic in extrinsics:
            try:
                state, _ = apply(state, extrinsic)
            except ChainError:
                continue
        if state is not self.here:
            self.here = state
            self.is_plain = self.bulk.follow(state)

    def state(self) -> State:
        """Return the state that has been reached."""
        if self.is_plain:
            self.here = self.bulk.state()
        return self.here

    def glance(self) -> State:
        """Return the state that has been reached, its stake and neurons perhaps of an earlier block."""
        return self.bulk.glance() if self.is_plain else self.here


# --- records ---------------------------------------------------------------------------------------

Record = dict[str, Any]
SUBNET_COLUMNS = (
    "price",
    "moving_price",
    "tao_in",
    "alpha_in",
    "alpha_out",
    "emission_share",
    "miner_burned",
)


def _record(state: State) -> Record:
    """What is worth knowing of a state, TAO and alpha as floats."""
    p, netuids = state.pools, np.array(state.netuids, np.int64)
    columns = (p.tao_in[netuids].tolist(), p.alpha_in[netuids].tolist(), p.quote_weight[netuids].tolist())
    price = np.array([spot_price(*row) for row in zip(*columns, strict=True)])
    moving = p.moving_price[netuids] / ONE
    return {
        "block": state.block, "netuid": netuids, "price": price, "moving_price": moving,
        **{name: getattr(p, name)[netuids] / RAO_PER_TAO for name in ("tao_in", "alpha_in", "alpha_out")},
        "emission_share": emission_shares(state)[netuids], "miner_burned": p.miner_burned[netuids] / ONE,
        "issuance": state.total_issuance / RAO_PER_TAO,
        "root_stake": int(p.tao_in[ROOT_NETUID]) / RAO_PER_TAO,
    }  # fmt: skip


def _frames(records: Sequence[Record]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tidy tables of a run's records."""
    counts = [len(r["netuid"]) for r in records]
    subnets: dict[str, Any] = {"block": np.repeat(np.array([r["block"] for r in records], np.int64), counts)}
    for name in ("netuid", *SUBNET_COLUMNS):
        subnets[name] = np.concatenate([np.asarray(r[name]) for r in records] or [np.zeros(0)])
    sums = {"tao_in_pools": "tao_in", "price_sum": "price", "moving_price_sum": "moving_price"}
    network = {
        **{name: [r[name] for r in records] for name in ("block", "issuance", "root_stake")},
        **{name: [float(np.sum(r[of])) for r in records] for name, of in sums.items()},
    }
    return pd.DataFrame(subnets), pd.DataFrame(network)


def _records(subnets: pd.DataFrame, network: pd.DataFrame) -> list[Record]:
    """The records that these tables were made of."""
    whole = {row["block"]: row for row in network.to_dict("records")}
    return [
        {
            **{name: part[name].to_numpy() for name in ("netuid", *SUBNET_COLUMNS)},
            **{name: whole[block][name] for name in ("block", "issuance", "root_stake")},
        }
        for block, part in subnets.groupby("block", sort=True)
    ]


# --- checkpoints -----------------------------------------------------------------------------------


PARTS = ("state", "subnets", "network")


class Checkpoints:
    """What a run leaves in a folder so that it can be gone on with: a state, the tables, and what it is of.

    ``checkpoint.json`` names the others, with a digest of each, and is replaced last, so that there is a
    whole one at any moment.
    """

    def __init__(
        self, folder: str | Path, start: State, end: int, agents: Sequence[Agent], seed: int, every: int
    ) -> None:
        self.folder = _folder(folder)
        self.start = start
        self.of = _fingerprint(start, end, agents, seed, every)
        self.written = time.monotonic()

    def latest(self) -> tuple[State, list[Record]]:
        """Return the state and records to go on from.

        Raises
        ------
        InputError
            if the checkpoint is of another run, or damaged.
        """
        pointer = self.folder / "checkpoint.json"
        if not pointer.exists():
            return self.start, []
        remedy = f"Choose another folder, or delete {pointer.name} there to begin anew."
        try:
            about = json.loads(pointer.read_text("utf-8"))
            of, block, digests = about["of"], int(about["block"]), dict(about["digests"])
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise InputError(f"{pointer}: the checkpoint cannot be read", str(error), remedy) from None
        if of != self.of:
            raise InputError(f"{self.folder} holds the checkpoint of another run", remedy=remedy)
        for name in PARTS:
            _check(self._file(name, block), digests.get(name), remedy)
        state = store.load(self._file("state", block))
        frames = (_read_frame(self._file(name, block), remedy) for name in ("subnets", "network"))
        return state, _records(*frames)

    def _file(self, name: str, block: int) -> Path:
        return self.folder / f"checkpoint-{name}-{block}{'.state' if name == 'state' else '.parquet'}"

    def write(self, state: State, records: Sequence[Record]) -> None:
        """Leave a checkpoint in place of the last one."""
        block = state.block
        store.save(state, self._file("state", block))
        for name, frame in zip(("subnets", "network"), _frames(records), strict=True):
            _write_frame(frame, self._file(name, block))
        digests = {name: _digest(self._file(name, block).read_bytes()) for name in PARTS}
        about = {"of": self.of, "block": block, "digests": digests}
        store.write(self.folder / "checkpoint.json", json.dumps(about).encode())
        self._clear(but=block)
        self.written = time.monotonic()

    def forget(self) -> None:
        """Take the checkpoint away: the run has come to its end."""
        (self.folder / "checkpoint.json").unlink(missing_ok=True)
        self._clear(but=-1)

    def _clear(self, but: int) -> None:
        half_written = self.folder.glob(f"{SCRATCH}checkpoint*")  # by a run that was killed while it wrote
        for file in (*self.folder.glob("checkpoint-*-*"), *half_written):
            if not file.stem.endswith(f"-{but}"):
                file.unlink(missing_ok=True)


def _fingerprint(start: State, end: int, agents: Sequence[Agent], seed: int, every: int) -> str:
    """What a checkpoint must be of to be gone on from."""
    who = [(a.coldkey, a.hotkey, getattr(a.act, "__qualname__", repr(type(a.act))), a.every) for a in agents]
    about = json.dumps([end, seed, every, who]).encode()
    return blake2b(store.packed(start) + about, digest_size=16).hexdigest()


def _folder(folder: str | Path) -> Path:
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{target} cannot be used: {error.strerror}", remedy="Choose another folder."
        ) from None
    return target


def _write_frame(frame: pd.DataFrame, path: Path) -> None:
    store.write(path, frame.to_parquet(None, index=False, engine="pyarrow", compression="zstd"))


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _check(path: Path, digest: str | None, remedy: str) -> None:
    """Refuse a part of a checkpoint that is not what was written: a table would be read all the same."""
    try:
        if _digest(path.read_bytes()) != digest:
            raise InputError(f"{path}: the checkpoint is damaged", remedy=remedy)
    except OSError as error:
        raise InputError(f"{path}: the checkpoint cannot be read", str(error), remedy) from None


def _read_frame(path: Path, remedy: str) -> pd.DataFrame:
    try:
        return pd.read_parquet(path, engine="pyarrow")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the checkpoint cannot be read", str(error), remedy) from None
