"""Of what ``make test`` takes a part, the whole: only where the soak is given its time."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import settings
from test_class import full_points
from test_datasets import assert_as_published, copied, emptied, run_scripts
from test_malformed import refused_by_name
from test_state_machine import AnyChain

from bittensor_lab.exercises.source import known_sets

pytestmark = pytest.mark.skipif(
    int(os.environ.get("SECONDS_OF_SOAK", "900")) < 600, reason="a sample of the soak leaves these out"
)
__all__ = ["copied"]  # a fixture

TestAnyChain = AnyChain.TestCase
TestAnyChain.settings = settings(max_examples=300, stateful_step_count=50, deadline=None, derandomize=True)


@pytest.mark.parametrize("chunk", range(2, 10))
def test_a_hundred_thousand_malformed_calls_are_refused_by_name(chunk):
    refused_by_name(np.random.default_rng(chunk))


def test_the_histories_are_made_again_byte_for_byte(copied):
    emptied(copied, ["histories"])
    run_scripts(copied, "histories")
    assert_as_published(copied)


def test_every_reference_gets_full_points_through_nbval(home, tmp_path):
    full_points(known_sets(), tmp_path)
