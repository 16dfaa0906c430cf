"""A sweep on ``dask.distributed``: on processes of this machine, or on a cluster that is there already.

What a dead worker had is given to another one by the scheduler; a point that kills ``DEATHS`` workers has
failed. A local cluster listens on this machine only and has no dashboard.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bittensor_lab.errors import InputError
from bittensor_lab.sweep.processes import Job
from bittensor_lab.sweep.work import Done, Point, failed, work_out

LOCAL = "local"
DEATHS = 3
SECONDS = 5
"""how long a cluster may take to answer"""


def on_cluster(point: Point, jobs: Sequence[Job], workers: int, address: str) -> Iterator[Done]:
    """Yield points as they are worked out, each once.

    Raises
    ------
    InputError
        if dask.distributed is not installed, or nobody answers at the address.
    """
    try:
        from distributed import KilledWorker, as_completed
    except ImportError:
        raise InputError(
            "dask.distributed is not installed", remedy="Install the extra: bittensor_lab[cluster]."
        ) from None
    with _client(workers, address) as client:
        names = {f"point-{number}": number for number, _, _ in jobs}
        futures = [client.submit(work_out, point, *job, key=f"point-{job[0]}", pure=False) for job in jobs]
        for future in as_completed(futures):
            try:
                yield future.result()
            except KilledWorker:
                yield failed(names[future.key], f"it killed {DEATHS} workers")
            except Exception as error:  # it could not even be sent, or its module is not there
                yield failed(names[future.key], f"{type(error).__name__}: {error}")
            future.release()


@contextmanager
def _client(workers: int, address: str) -> Iterator[Any]:
    """A client of the cluster; what was started for it is ended with it."""
    import dask
    from distributed import Client, LocalCluster

    if address != LOCAL:
        try:
            client = Client(address, timeout=SECONDS)
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"no cluster answers at {address}", str(error), "Start a scheduler there, or use 'local'."
            ) from None
        with client:
            yield client
        return
    settings = {
        "distributed.scheduler.allowed-failures": DEATHS - 1,
        "distributed.comm.timeouts.connect": SECONDS,
    }
    with (
        tempfile.TemporaryDirectory(prefix="bittensor_lab-dask-") as folder,
        dask.config.set(settings),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
            dashboard_address=None, worker_dashboard_address=None, local_directory=folder,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        yield client
