"""A sweep on ``dask.distributed``: on processes of this machine, or on a cluster that is there already.

The scheduler gives up what was there when a worker died, though that may only have waited beside the point
that was to blame. So whatever it gives up is worked out again, alone, and only what then goes on killing its
workers has failed.

A local cluster listens on this machine only, serves no pages, writes to a temporary folder only, and ends
with the sweep.
"""

from __future__ import annotations

import logging
import signal
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from bittensor_lab import __version__
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

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
AHEAD = 1_000
"""jobs that the scheduler has at once: enough for hundreds of workers, and no more than it can hold"""
SECONDS = 5
"""how long a cluster may take to answer"""
SETTINGS = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.nanny.pre-spawn-environ": ONE_THREAD,
}


def on_cluster(point: Point, jobs: Sequence[Job], workers: int, address: str) -> Iterator[Done]:
    """Yield points as they are worked out, each once.

    Raises
    ------
    InputError
        if dask.distributed is not installed, nobody answers at the address or no longer, or the workers there
        have not got the point function, or another version of this package.
    """
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InputError(
            "dask.distributed is not installed", remedy="Install the extra: bittensor_lab[cluster]."
        ) from None
    with _local(workers) if address == LOCAL else _remote(address) as client:
        _meet(client, point, address)
        suspects: list[tuple[Job, int]] = []
        yield from _together(client, point, jobs, suspects)
        for job, deaths in suspects:
            yield _alone(client, point, job, deaths)


def _together(
    client: Client, point: Point, jobs: Sequence[Job], suspects: list[tuple[Job, int]]
) -> Iterator[Done]:
    """Yield points as they are worked out; write down what the scheduler gives up, after how many deaths."""
    from distributed import KilledWorker, as_completed

    waiting, sent = iter(jobs), dict[Any, Job]()
    coming = as_completed(loop=client.loop)
    for job in islice(waiting, AHEAD):
        coming.add(_submit(client, point, job, sent))
    for future in coming:
        job = sent.pop(future.key)
        try:
            done = _result(future, job)
        except KilledWorker as error:
            suspects.append((job, error.allowed_failures + 1))
            done = None
        following = next(waiting, None)
        if following:
            coming.add(_submit(client, point, following, sent))
        if done:
            yield done


def _submit(client: Client, point: Point, job: Job, sent: dict[Any, Job]) -> Any:
    """Send a job; its key is new, since to a scheduler the same key is the same result, whoever asks."""
    future = client.submit(work_out, point, *job, pure=False)
    sent[future.key] = job
    return future


def _result(future: Any, job: Job) -> Done:
    """What a future has come to; raises KilledWorker, and InputError if there is no scheduler any more."""
    from distributed import CancelledError, KilledWorker

    try:
        return future.result()
    except KilledWorker:
        raise
    except CancelledError:
        raise InputError(
            "the cluster is gone", remedy="Start it again; a sweep with a journal goes on from there."
        ) from None
    except Exception as error:  # what was found did not get through
        return failed(job[0], line_of(error))


def _alone(client: Client, point: Point, job: Job, deaths: int) -> Done:
    """Work out a point while no other one is in work, so that it is clear whose fault a death is."""
    from distributed import KilledWorker

    while True:
        try:
            return _result(_submit(client, point, job, {}), job)
        except KilledWorker as error:
            deaths += error.allowed_failures + 1
            if deaths >= DEATHS:
                return failed(job[0], DIED.format(deaths))


def _meet(client: Client, point: Point, address: str) -> None:
    """See that there are workers, that they can be sent the point function, and have our version."""
    try:
        client.wait_for_workers(1, timeout=SECONDS)
        versions = set(client.run(greet, point).values())
    except TimeoutError:
        raise InputError(f"the cluster at {address} has no workers", remedy="Start some there.") from None
    except Exception as error:
        raise InputError(
            "the point function cannot be sent to the cluster's workers",
            line_of(error),
            "Its module, and bittensor_lab, must be installed there.",
        ) from None
    if versions != {__version__}:
        raise InputError(
            f"the cluster's workers have bittensor_lab {', '.join(sorted(versions))}, not {__version__}",
            remedy="Install the same version there.",
        )


@contextmanager
def _remote(address: str) -> Iterator[Client]:
    """A client of a cluster that is there already."""
    from distributed import Client
    from distributed.comm import get_address_host_port

    try:  # to see whether anybody listens: a client that finds nobody ends badly, and late
        with socket.create_connection(get_address_host_port(address), SECONDS):
            pass
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"no cluster answers at {address!r}", line_of(error), "Start a scheduler there, or use 'local'."
        ) from None
    with client:
        yield client


@contextmanager
def _local(workers: int) -> Iterator[Client]:
    """A client of a cluster of processes here, which end with it."""
    import dask
    from distributed import Client, LocalCluster

    with tempfile.TemporaryDirectory(prefix="bittensor_lab-dask-", ignore_cleanup_errors=True) as folder:
        try:
            with dask.config.set(SETTINGS | {"temporary-directory": folder}):
                cluster = LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
                    dashboard_address="127.0.0.1:0", memory_limit=0, local_directory=folder,
                    scheduler_kwargs={"allowed_failures": 0, "dashboard": False},
                    preload=[__name__], silence_logs=logging.CRITICAL,
                )  # fmt: skip
        except RuntimeError as error:
            raise InputError(
                "no process can be started",
                str(error),
                "In a script, sweep under if __name__ == '__main__'.",
            ) from None
        with cluster, Client(cluster, set_as_default=False) as client:
            yield client


def dask_setup(_: object) -> None:
    """Make a worker of a local cluster leave Ctrl-C to its parent; dask calls this in each that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
