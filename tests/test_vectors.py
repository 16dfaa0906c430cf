"""The engine is the chain's: every recorded epoch, every value, by the code that ``verify`` runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bittensor_lab.verify import verify_file

FILES = sorted((Path(__file__).parent / "vectors").glob("*.json.gz"))


def test_there_are_vectors():
    assert {file.name for file in FILES} >= {"epoch.json.gz", "epoch_edge.json.gz", "epoch_large.json.gz"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_value_is_the_chains(file):
    report = verify_file(file)
    assert report.first == ""
    assert report.compared > 1000
    assert report.equal == report.compared
