"""Speed of one epoch, beside NumPy in the same run (``make bench``). Nothing here fails for being slow."""

from __future__ import annotations

import numpy as np
import numpy_epoch
import pytest
from subnets import dense_subnet

from bittensor_lab.epoch import run_epoch, trace_epoch
from bittensor_lab.units import ONE

DENSE = {"validators": 64, "n": 256, "density": 1.0}
SUBNETS = {
    "yuma3": {**DENSE},
    "yuma2": {**DENSE, "yuma3": False},
    "liquid": {**DENSE, "liquid_alpha": True},
    "typical": {"validators": 12, "n": 256, "density": 0.3},
}


AGREEMENT = {
    "consensus": 2e-9,
    "bonds": 2e-9,
    "incentive": 64 * 2**-32,  # a sum of 64 products, each cut to 2⁻³²
    "validator_trust": 256 * 2**-32,  # a sum of 256 quotients
    "dividends": 5e-6,  # a small validator's share of 256 tiny products, blown up to a share of all
}


def few_rounds(benchmark, function, *arguments):
    function(*arguments)
    return benchmark.pedantic(function, arguments, rounds=300, iterations=5, warmup_rounds=20)


@pytest.mark.parametrize("name", SUBNETS)
def test_ours(benchmark, name):
    inputs = dense_subnet(**SUBNETS[name])
    inputs.arrays  # noqa: B018 (prepared once, as NumPy's are)
    few_rounds(benchmark, run_epoch, inputs)


@pytest.mark.parametrize("name", SUBNETS)
def test_numpy(benchmark, name):
    inputs = dense_subnet(**SUBNETS[name])
    few_rounds(benchmark, numpy_epoch.run, inputs)


@pytest.mark.parametrize("name", SUBNETS)
def test_numpy_agrees(name):
    """Both sides do the same work: element by element to 2e-9, sums by what the chain cuts off them."""
    inputs = dense_subnet(**SUBNETS[name])
    got, trace = numpy_epoch.run(inputs), trace_epoch(inputs)
    for term, allowed in AGREEMENT.items():
        off = float(np.abs(getattr(trace, term) / ONE - got[term]).max())
        if term == "bonds" and name == "yuma2":  # shares of a column divided by its largest: see dividends
            allowed = AGREEMENT["dividends"]
        assert off <= allowed, (term, off)
    assert np.abs(trace.terms.incentive.astype(int) - got["stored_incentive"]).max() <= 1
    assert np.array_equal(trace.terms.validator_permit, got["stored_permit"])
