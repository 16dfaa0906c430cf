"""Series: price and flow histories of the course's own, and the data that the tasks get from packages.

    history("prices")          DataFrame, a row per day and subnet
    history("flows")
    changed_task_data()        [] if the packages carry the data that the course was made with

The histories come out of our engine (``datasets/make_histories.py``). Tasks use data that other packages
ship, so there is no file of it here: the manifest has the checksum of the arrays, as little-endian bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from bittensor_lab.datasets.files import entry, verified_texts
from bittensor_lab.datasets.schema import AMOUNT, BLOCK, NETUID, SIGNED
from bittensor_lab.datasets.tables import Column, read_table, real
from bittensor_lab.tasks import forecasting, images, text
from bittensor_lab.units import RAO_PER_TAO

FLOWS = ("user_flow", "protocol_flow")
_SIX = replace(real(0, 1e9), write=lambda value: f"{value:.6g}")
_DAY = (
    Column("day", BLOCK, "day, from 1", is_required=True),
    Column("block", BLOCK, "block at its end", is_required=True),
    Column("netuid", NETUID, "the subnet", is_required=True),
)
COLUMNS = {
    "prices": (
        *_DAY,
        Column("price", _SIX, "TAO per alpha at the end of the day", is_required=True),
        Column("moving_price", _SIX, "TAO per alpha", is_required=True),
        Column("tao_in", AMOUNT, "TAO in the pool", is_required=True),
        Column("alpha_in", AMOUNT, "alpha in the pool", is_required=True),
        Column("alpha_out", AMOUNT, "alpha outside the pool", is_required=True),
        Column("emission_share", _SIX, "part of a block's TAO", is_required=True),
    ),
    "flows": (
        *_DAY,
        Column("user_flow", SIGNED, "TAO that people put in during the day, net", is_required=True),
        Column("protocol_flow", SIGNED, "TAO that the chain put in during the day, net", is_required=True),
    ),
}
"""of the histories, by name"""


def history(name: str) -> pd.DataFrame:
    """Return a history, "prices" or "flows": a row per day and subnet, TAO and alpha as floats.

    Raises
    ------
    InputError
        if there is none of that name, or its file is missing or damaged.
    """
    found = entry("histories", name, "history")
    ((file, raw),) = verified_texts(found).items()
    table = read_table(file, raw.encode(), COLUMNS[name])
    frame = pd.DataFrame({column: list(values) for column, values in table.columns.items()})
    for column in COLUMNS[name]:
        if column.kind in (AMOUNT, SIGNED):
            frame[column.name] = frame[column.name] / RAO_PER_TAO
    return frame


def task_data() -> list[dict[str, Any]]:
    """Return what the tasks get from packages as it is here: name, package, version, shape and SHA-256."""
    from sklearn.datasets import load_digits

    found = (
        ("weather", "vega_datasets", "forecasting", "degrees Celsius, a day each", forecasting.series()),
        ("digits", "scikit-learn", "images, pretraining", "0 to 1, 8 × 8 pixels each", images.pictures()),
        (
            "labels",
            "scikit-learn",
            "pretraining",
            "digits 0 to 9",
            np.asarray(load_digits().target, np.int64),
        ),
        (
            "words",
            "scikit-learn",
            "text",
            "letters, as bytes",
            np.frombuffer(text.corpus().encode(), np.uint8),
        ),
    )
    return [
        {
            "name": name,
            "package": package,
            "version": version(package),
            "tasks": tasks,
            "units": units,
            "shape": list(array.shape),
            "dtype": array.dtype.name,
            "sha256": hashlib.sha256(array.astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest(),
        }
        for name, package, tasks, units, array in found
    ]


def changed_task_data() -> list[str]:
    """Return a sentence for each set of the tasks' data that is not what the course was made with."""
    known = {here["name"]: entry("tasks", here["name"], "data of a task called") for here in task_data()}
    return [
        f"{here['package']} {here['version']} has other data for {here['tasks']} than "
        f"{then.get('version', 'the one before')} had"
        for here in task_data()
        if (then := known[here["name"]]).get("sha256") != here["sha256"]
    ]
