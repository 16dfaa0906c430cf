"""The kernels against the naive epoch, on random subnets of every kind."""

from __future__ import annotations

from dataclasses import fields

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from subnets import any_subnet, dense_subnet

from bittensor_lab.epoch import EpochTerms, run_epoch, trace_epoch
from bittensor_lab.kernels import yuma
from bittensor_lab.units import ONE


def as_lists(terms: EpochTerms) -> dict[str, list]:
    return {
        f.name: terms.bonds.to_lists() if f.name == "bonds" else getattr(terms, f.name).tolist()
        for f in fields(EpochTerms)
    }


@settings(max_examples=1_500, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_any_subnet_gives_what_the_naive_epoch_gives(seed):
    """Bonds too pair by pair, in stored order and with zeros, as the chain keeps them."""
    inputs = any_subnet(seed)
    expected = naive.epoch(inputs)
    assert as_lists(run_epoch(inputs)) == expected
    assert as_lists(trace_epoch(inputs).terms) == expected


@pytest.mark.parametrize("changes", [{}, {"yuma3": False}, {"liquid_alpha": True}, {"bonds_penalty": 20000}])
def test_a_large_dense_subnet_too(changes):
    inputs = dense_subnet(20, 70, 0.8, **changes)
    assert as_lists(run_epoch(inputs)) == naive.epoch(inputs)


def test_more_than_one_block_of_miners():
    """The median works on blocks of columns; 130 columns need three, the last nearly empty."""
    inputs = dense_subnet(9, 130, 1.0)
    assert as_lists(run_epoch(inputs)) == naive.epoch(inputs)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.data())
def test_median_gives_what_the_quickselect_gives(data):
    k = data.draw(st.integers(1, 40))
    few = st.sampled_from([0, 1, 2, ONE // 3, ONE // 2, ONE - 300, ONE])
    scores = data.draw(st.lists(few | st.integers(0, ONE - 256), min_size=k, max_size=k))
    stakes = data.draw(st.lists(st.sampled_from([0, 1, 5]) | st.integers(0, 10**6), min_size=k, max_size=k))
    kappa = data.draw(st.sampled_from([0, 1, ONE // 2, ONE - 1, ONE]) | st.integers(0, ONE))
    stakes = naive.share(stakes)
    got = yuma.weighted_median(np.array([scores], np.int64).T.copy(), np.array(stakes, np.int64), kappa)
    assert got.tolist() == [naive.median(scores, stakes, kappa)]
