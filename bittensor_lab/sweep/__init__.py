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
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from bittensor_lab import store
from bittensor_lab.errors import InputError
from bittensor_lab.sweep.cluster import on_cluster
from bittensor_lab.sweep.journal import Journal
from bittensor_lab.sweep.processes import in_processes
from bittensor_lab.sweep.work import Done, Point, name_of

__all__ = ["Done", "Grid", "Point", "Swept", "gathered", "sweep", "sweeping", "to_file"]

MOST_POINTS = 1_000_000
Progress = Callable[[int, int], None]
"""(points done, points in all)"""


@dataclass(frozen=True)
class Grid:
    """Every combination of some parameters' values, with every seed."""

    values: Mapping[str, Sequence[Any]]
    """by parameter; numbers, texts or switches"""
    seeds: Sequence[int] = (0,)

    def __post_init__(self) -> None:
        for name, values in (*self.values.items(), ("seeds", self.seeds)):
            if isinstance(values, str) or not len(values):
                raise InputError(f"{name} has no values", remedy="Give a list of at least one.")
            wrong = [v for v in values if not isinstance(v, bool | int | float | str)]
            if wrong:
                raise InputError(f"{name} holds {wrong[0]!r}", remedy="Give numbers, texts or switches.")
        if "seed" in self.values:
            raise InputError("seed is no parameter", remedy="Give the seeds as seeds.")
        if len(self) > MOST_POINTS:
            raise InputError(f"the grid has {len(self):,} points, at most {MOST_POINTS:,} can be swept")

    def __len__(self) -> int:
        count = len(self.seeds)
        for values in self.values.values():
            count *= len(values)
        return count

    def points(self) -> list[tuple[dict[str, Any], int]]:
        """Return (parameters, seed) of every point, the seed moving fastest."""
        combinations = product(*self.values.values(), self.seeds)
        return [(dict(zip(self.values, point, strict=False)), point[-1]) for point in combinations]


@dataclass(frozen=True)
class Swept:
    """What a sweep has found."""

    frame: pd.DataFrame
    """a row per point, or several: parameters, seed, what the point returned"""
    failed: pd.DataFrame
    """parameters, seed, error"""

    def save(self, path: str | Path) -> Path:
        """Write ``frame`` as CSV and return its path; raises InputError if that cannot be."""
        return store.write(path, self.frame.to_csv(index=False, lineterminator="\n").encode())


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
        a function (parameters, seed) of a module.
    workers
        processes here; a cluster elsewhere has its own.
    cluster
        None: a pool of processes; "local" or an address: dask.distributed.
    journal
        a file to which finished points are written, and from which an earlier sweep is gone on with.

    Raises
    ------
    InputError
        if something here makes no sense, or the journal is of another sweep.
    """
    if not isinstance(workers, int) or isinstance(workers, bool) or not 1 <= workers <= 1_024:
        raise InputError(f"workers must be a whole number from 1 to 1024, not {workers!r}")
    name = name_of(point)
    jobs = [(number, *each) for number, each in enumerate(grid.points())]
    kept = Journal(journal, name, grid.values, grid.seeds) if journal is not None else None
    known = kept.read() if kept else {}
    yield from known.values()
    left = [job for job in jobs if job[0] not in known]
    if not left:
        return
    found = on_cluster(point, left, workers, cluster) if cluster else in_processes(point, left, workers)
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
) -> str:
    """Work out a grid into a CSV file, with a journal beside it meanwhile; returns what became of it.

    Raises
    ------
    InputError
        as ``sweeping``, and if the file cannot be written.
    """
    target = Path(path)
    journal = target.with_name(target.name + ".journal")
    result = sweep(point, grid, workers=workers, cluster=cluster, journal=journal, progress=progress)
    result.save(target)
    if result.failed.empty:
        journal.unlink()
        return f"{len(grid):,} points. See {target}."
    first = result.failed.iloc[0]
    return (
        f"{len(grid):,} points, {len(result.failed):,} failed, the first with {first.error!r}. See {target}; "
        f"the same command tries them again."
    )


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
    )
