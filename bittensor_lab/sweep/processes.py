"""Processes of this machine, each at one point at a time: so a death has one cause, and nothing else is lost.

Python's pool gives up all that it has when one of its processes dies, and does not say at which job that was.
Here each process is a pool of its own. A point whose process dies is worked out again in another, after the
rest; when that has happened ``DEATHS`` times, the point has failed.

Processes are spawned, so that they share neither threads nor state with whoever asked. They leave Ctrl-C to
whoever asked, and end when that process is gone, however it went.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Any

from bittensor_lab.errors import InputError
from bittensor_lab.sweep.work import (
    DEATHS,
    DIED,
    ONE_THREAD,
    Done,
    Job,
    Point,
    failed,
    greet,
    line_of,
    work_out,
)


def in_processes(point: Point, jobs: Sequence[Job], workers: int) -> Iterator[Done]:
    """Yield points as they are worked out, each once.

    Raises
    ------
    InputError
        if no process can be started that has the point function.
    """
    waiting, deaths, crew = deque(jobs), Counter[int](), Crew(point)
    try:
        for _ in range(min(workers, len(waiting))):
            crew.hire()
        while crew.busy:
            finished: list[Done] = []
            for job, done in crew.ready():
                deaths[job[0]] += done is None
                if done or deaths[job[0]] == DEATHS:
                    finished.append(done or failed(job[0], DIED.format(DEATHS)))
                else:
                    waiting.append(job)  # after the others: it may be what kills
            crew.give(waiting)
            yield from finished
    finally:
        crew.dismiss()


class Crew:
    """Pools of one process each: those at work, and those that are free."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.busy: dict[Future[Any], tuple[ProcessPoolExecutor, Job | None]] = {}
        """a process without a job is saying that it is there"""
        self.free: list[ProcessPoolExecutor] = []
        self.buried = 0
        self.stillborn = 0
        """processes in a row that died before they had said anything"""

    def hire(self) -> None:
        """Start a process."""
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=settle_in)
        with environment(ONE_THREAD):
            self.busy[pool.submit(greet, self.point)] = (pool, None)

    def ready(self) -> Iterator[tuple[Job, Done | None]]:
        """Wait for something to happen; yield the jobs that are finished, or of which a process has died."""
        for future in wait(self.busy, return_when=FIRST_COMPLETED).done:
            pool, job = self.busy.pop(future)
            self.free.append(pool)
            if job is None:
                self._hear(pool, future)
                continue
            try:
                yield job, future.result()
            except BrokenProcessPool:
                self.bury(pool)
                yield job, None
            except Exception as error:  # what was found did not get through
                yield job, failed(job[0], line_of(error))

    def _hear(self, pool: ProcessPoolExecutor, future: Future[str]) -> None:
        """Hear whether a new process is there."""
        try:
            future.result()
            self.stillborn = 0
        except BrokenProcessPool:
            self.bury(pool)
            self.stillborn += 1
            if self.stillborn == DEATHS:
                raise InputError(
                    "no process can be started that has the point function",
                    "What it printed says why.",
                    "In a script, sweep under if __name__ == '__main__'; keep the point in a module.",
                ) from None

    def bury(self, pool: ProcessPoolExecutor) -> None:
        """Take away a pool whose process has died."""
        self.free.remove(pool)
        self.buried += 1
        pool.shutdown(wait=True)

    def give(self, waiting: deque[Job]) -> None:
        """Put whoever is free to work, and replace the dead if there is more of it."""
        for pool in self.free[: len(waiting)]:
            try:
                future = pool.submit(work_out, self.point, *waiting[0])
            except BrokenProcessPool:  # it died of nothing that we gave it
                self.bury(pool)
                continue
            self.free.remove(pool)
            self.busy[future] = (pool, waiting.popleft())
        for _ in range(min(self.buried, len(waiting))):
            self.hire()
        self.buried = 0

    def dismiss(self) -> None:
        """End all processes, those at work at once: what counts has been taken.

        A pool would wait for what they are at (it has a public way not to from Python 3.14 on).
        """
        at_work = [pool for pool, _ in self.busy.values()]
        for pool in at_work:
            for process in list((pool._processes or {}).values()):
                process.terminate()
        for pool in (*at_work, *self.free):
            pool.shutdown(wait=True, cancel_futures=True)


def settle_in() -> None:
    """Make a process leave Ctrl-C to its parent, and end when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def environment(names: Mapping[str, str]) -> Iterator[None]:
    """Set these variables of the environment meanwhile: a process that is started has them for good."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
