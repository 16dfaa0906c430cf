"""A block of main net, as the chain itself recorded it, where the recording is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bittensor_lab.verify import verify_file

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
BLOCKS = sorted(REAL.glob("emission_block_*.json"))


@pytest.mark.skipif(not BLOCKS, reason="no recorded block of main net beside the project")
def test_the_shares_of_a_real_block_are_ours():
    """Rule G with the stored bar gives each subnet what it got, to 2e-4 of the whole."""
    for path in BLOCKS:
        report = verify_file(path)
        assert report.passed, report.first
        assert report.compared >= 100
