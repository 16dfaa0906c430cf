"""Sweeps: a grid over parameters and seeds, each point worked out in a process of its own choosing.

    grid = Grid({"kappa": (0.4, 0.5, 0.6), "liquid_alpha": (False, True)}, seeds=range(5))
    result = sweep(points.network, grid, workers=2)
    result.frame        a row per point: parameters, seed, and what the point found
    result.failed       the points that went wrong, and why

``sweeping`` yields the points as they come. On processes, on a local cluster or on a far one the result is
the same, in the order of the grid: the seed moves fastest. A point that fails is told and costs nothing else;
a worker that dies costs no point. With a journal every finished point is written down at once, and a sweep
that was killed goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pandas as pd

from bittensor_lab.errors import InputError
from bittensor_lab.sweep.cluster import on_cluster
from bittensor_lab.sweep.journal import Journal
from bittensor_lab.sweep.processes import in_processes
from bittensor_lab.sweep.work import Done, Point, name_of, plain

__all__ = ["Done", "Grid", "Point", "Swept", "gathered", "sweep", "sweeping", "to_file"]

MOST_POINTS = 1_000_000
RESERVED = ("seed", "error")
"""columns of ours"""
Progress = Callable[[int, int], None]
"""(points done, points in all)"""


@dataclass(frozen=True)
class Grid:
    """Every combination of some parameters' values, with every seed."""

    values: Mapping[str, Sequence[Any]]
    """by parameter; numbers, texts or switches"""
    seeds: Sequence[int] = (0,)

    def __post_init__(self) -> None:
        for name in self.values:
            if not isinstance(name, str) or not name or name in RESERVED:
                raise InputError(
                    f"{name!r} cannot be a parameter's name", remedy="Take another; seeds are given as seeds."
                )
        values = {name: _listed(name, given) for name, given in self.values.items()}
        seeds = _listed("seeds", self.seeds)
        for seed in seeds:
            if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
                raise InputError(f"a seed must be a whole number of at least 0, not {seed!r}")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "seeds", seeds)
        if len(self) > MOST_POINTS:
            raise InputError(f"the grid has {len(self):,} points, at most {MOST_POINTS:,} can be swept")

    def __len__(self) -> int:
        return len(self.seeds) * prod(len(values) for values in self.values.values())

    def points(self) -> list[tuple[dict[str, Any], int]]:
        """Return (parameters, seed) of every point, the seed moving fastest."""
        combinations = product(*self.values.values(), self.seeds)
        return [(dict(zip(self.values, point, strict=False)), point[-1]) for point in combinations]


def _listed(name: str, given: Any) -> tuple[Any, ...]:
    """A parameter's values as they are sent and written; one array of numpy, or a range, is a list too."""
    if isinstance(given, str | bytes | Mapping) or not hasattr(given, "__len__") or not len(given):
        raise InputError(f"{name} has no values", f"It is {given!r}.", "Give a list of at least one.")
    if len(given) > MOST_POINTS:
        raise InputError(f"{name} has {len(given):,} values, at most {MOST_POINTS:,} can be swept")
    try:
        values = tuple(plain(f"a value of {name}", value) for value in given)
    except TypeError as error:
        raise InputError(str(error), remedy="Give numbers, texts or switches.") from None
    if None in values:
        raise InputError(f"a value of {name} is None", remedy="Give numbers, texts or switches.")
    return values


@dataclass(frozen=True)
class Swept:
    """What a sweep has found."""

    frame: pd.DataFrame
    """a row per point, or several: parameters, seed, what the point returned"""
    failed: pd.DataFrame
    """parameters, seed, error"""
    points: int
    """how many have been worked out, or have failed"""

    @property
    def sentence(self) -> str:
        """What became of it, in one line."""
        if self.failed.empty:
            return f"{self.points:,} points."
        *where, error = self.failed.iloc[0].items()
        at, why = ", ".join(f"{name} {value}" for name, value in where), str(error[1]).rstrip(".")
        return f"{self.points:,} points, {len(self.failed):,} failed; the first, at {at}: {why}."

    def save(self, path: str | Path) -> Path:
        """Write ``frame`` and return its path: Parquet if it ends so, or else CSV.

        What failed is written beside it, as CSV, under a name with "failed" in it.

        Raises
        ------
        InputError
            if that cannot be.
        """
        from bittensor_lab import store  # not above: every worker imports this module, few need the engine

        target = _target(path)
        store.write(target, _content(self.frame, target))
        beside = target.with_name(f"{target.stem}.failed.csv")
        if self.failed.empty:
            beside.unlink(missing_ok=True)
        else:
            store.write(beside, _content(self.failed, beside))
        return target


def _target(path: str | Path) -> Path:
    """A path at which a file can stand, as far as can be seen."""
    target = Path(path)
    if not target.name or target.is_dir():
        raise InputError(f"{target}: cannot be written: it is a folder", remedy="Give a file.")
    return target


def _content(frame: pd.DataFrame, path: Path) -> bytes:
    """A table as the content of a file."""
    if path.suffix != ".parquet":
        return frame.to_csv(index=False, lineterminator="\n").encode("utf-8", "backslashreplace")
    try:
        return frame.to_parquet(None, index=False, engine="pyarrow", compression="zstd")
    except (ValueError, TypeError, OverflowError) as error:  # a column with texts and numbers in it
        raise InputError(f"{path}: cannot be written: {error}", remedy="Write CSV instead.") from None


def sweeping(
    point: Point,
    grid: Grid,
    *,
    workers: int = 2,
    cluster: str | None = None,
    journal: str | Path | None = None,
) -> Iterator[Done]:
    """Yield the points of a grid as they are worked out, in whatever order.

    Parameters
    ----------
    point
        a function (parameters, seed) of a module; on a cluster, without a journal, of a notebook too.
    workers
        processes here; a cluster elsewhere has its own.
    cluster
        None: processes of our own; "local" or an address: dask.distributed.
    journal
        a file to which finished points are written, and from which an earlier sweep is gone on with.

    Raises
    ------
    InputError
        if something here makes no sense, or the journal is of another sweep.
    """
    if not isinstance(workers, int) or isinstance(workers, bool) or not 1 <= workers <= 1_024:
        raise InputError(f"workers must be a whole number from 1 to 1024, not {workers!r}")
    name = name_of(point) if cluster is None or journal is not None else ""
    kept = Journal(journal, name, grid.values, grid.seeds) if journal is not None else None
    return _sweeping(point, grid, workers, cluster, kept)


def _sweeping(
    point: Point, grid: Grid, workers: int, cluster: str | None, kept: Journal | None
) -> Iterator[Done]:
    known = kept.read() if kept else {}
    yield from known.values()
    left = [(number, *each) for number, each in enumerate(grid.points()) if number not in known]
    if not left:
        return
    if cluster is None:
        found = in_processes(point, left, workers)
    else:
        found = on_cluster(point, left, min(workers, len(left)), cluster)
    with kept or nullcontext():
        for done in found:
            if kept:
                kept.write(done)
            yield done


def sweep(
    point: Point,
    grid: Grid,
    *,
    workers: int = 2,
    cluster: str | None = None,
    journal: str | Path | None = None,
    progress: Progress | None = None,
) -> Swept:
    """Work out a whole grid; parameters and errors as ``sweeping``."""
    found: dict[int, Done] = {}
    for done in sweeping(point, grid, workers=workers, cluster=cluster, journal=journal):
        found[done.number] = done
        if progress:
            progress(len(found), len(grid))
    return gathered(grid, found)


def to_file(
    point: Point,
    grid: Grid,
    path: str | Path,
    workers: int = 2,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Swept:
    """Work out a grid into a file, as ``save`` does, with a journal beside it meanwhile.

    The journal stays if points have failed: the same call tries them again.

    Raises
    ------
    InputError
        as ``sweeping``, and if the file cannot be written.
    """
    target = _target(path)
    journal = target.with_name(target.name + ".journal")
    result = sweep(point, grid, workers=workers, cluster=cluster, journal=journal, progress=progress)
    result.save(target)
    if result.failed.empty:
        journal.unlink(missing_ok=True)
    return result


def gathered(grid: Grid, found: Mapping[int, Done]) -> Swept:
    """Return the points that have been worked out so far as tables, in the order of the grid."""
    rows, wrong = list[dict[str, Any]](), list[dict[str, Any]]()
    for number, (parameters, seed) in enumerate(grid.points()):
        done = found.get(number)
        about = {**parameters, "seed": seed}
        if done and done.error:
            wrong.append({**about, "error": done.error})
        elif done:
            rows += [{**about, **row} for row in done.rows]
    names = [*grid.values, "seed"]
    return Swept(
        pd.DataFrame(rows) if rows else pd.DataFrame(columns=names),
        pd.DataFrame(wrong, columns=[*names, "error"]),
        len(found),
    )
