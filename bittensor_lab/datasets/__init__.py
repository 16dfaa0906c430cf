"""Data sets that come with the course, and networks out of files of one's own.

    preset("cabal")                    small worlds for the labs                         presets.py
    network("mainnet_2026")            128 subnets like main net's of 2026               networks.py
    metagraph("open")                  one subnet: who weighs whom, with what stake      networks.py
    figures(state)                     a network in some fifty numbers                  comparison.py
    history("prices")                  prices and flows of twelve subnets                series.py
    changed_task_data()                which data of the tasks are not those of here     series.py
    load_snapshot("folder")            a network of one's own, real or made up           snapshot.py

Everything is made from seeds by the scripts in ``datasets``, described in its ``manifest.json`` and checked
against the checksums there before it is used (``files``). A snapshot's schema: ``docs/guides/datasets.md``.
"""

from bittensor_lab.datasets.comparison import figures
from bittensor_lab.datasets.files import checksum
from bittensor_lab.datasets.networks import (
    mainnet_network,
    metagraph,
    metagraph_inputs,
    metagraph_names,
    network,
    network_names,
)
from bittensor_lab.datasets.presets import (
    MOST_WEIGHT,
    STAKE_UNIT,
    Preset,
    as_stored,
    preset,
    preset_names,
    preset_titles,
)
from bittensor_lab.datasets.series import changed_task_data, history
from bittensor_lab.datasets.snapshot import load_snapshot, save_snapshot

__all__ = [
    "MOST_WEIGHT",
    "STAKE_UNIT",
    "Preset",
    "as_stored",
    "changed_task_data",
    "checksum",
    "figures",
    "history",
    "load_snapshot",
    "mainnet_network",
    "metagraph",
    "metagraph_inputs",
    "metagraph_names",
    "network",
    "network_names",
    "preset",
    "preset_names",
    "preset_titles",
    "save_snapshot",
]
