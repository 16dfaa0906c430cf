"""A pool of processes that survives the death of any of them.

When a process dies, Python's pool gives up all that it had. Those points that were in work then are each
tried alone: one that kills its process again and again has failed, the others go on. Processes are spawned,
so that they share neither threads nor state with whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from bittensor_lab.sweep.work import Done, Point, failed, work_out

Job = tuple[int, dict[str, Any], int]
"""number, parameters, seed"""
TRIES = 3
AHEAD = 4
"""jobs that wait for each process"""


def in_processes(point: Point, jobs: Sequence[Job], workers: int) -> Iterator[Done]:
    """Yield points as they are worked out, each once."""
    left = list(jobs)
    while left:
        finished: set[int] = set()
        suspects: list[Job] = []
        for done in _until_broken(point, left, workers, suspects):
            finished.add(done.number)
            yield done
        for job in suspects:
            finished.add(job[0])
            yield _alone(point, job)
        left = [job for job in left if job[0] not in finished]


def _until_broken(point: Point, jobs: Sequence[Job], workers: int, suspects: list[Job]) -> Iterator[Done]:
    """Yield points until all are done or a process has died; then write down what was in work."""
    waiting, running = iter(jobs), dict[Future[Done], Job]()
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        while True:
            while len(running) < workers * AHEAD and (job := next(waiting, None)):
                running[pool.submit(work_out, point, *job)] = job
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                done = future.result()
                del running[future]
                yield done
    except BrokenProcessPool:
        ended = [future for future in running if future.done() and not future.exception()]
        yield from (future.result() for future in ended)
        suspects += [running[future] for future in running if future not in ended]
    finally:
        _end(pool)


def _alone(point: Point, job: Job) -> Done:
    """Work out a point in a process of its own, so that it is clear whose fault its death is."""
    for _ in range(TRIES):
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            return pool.submit(work_out, point, *job).result()
        except BrokenProcessPool:
            continue
        finally:
            _end(pool)
    return failed(job[0], f"its process died {TRIES} times")


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool's processes at once, whatever they are at: what counts has been taken.

    The pool itself would wait for them (it has a public way from Python 3.14 on).
    """
    for process in list((pool._processes or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)
