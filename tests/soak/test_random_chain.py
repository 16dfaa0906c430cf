"""A long walk of random extrinsics and blocks: 20,000 steps, every law checked after each."""

from __future__ import annotations

import os

import numpy as np
from random_chain import digest, random_extrinsic, random_network

from bittensor_lab.block import apply, begin_block, run
from bittensor_lab.errors import ChainError
from bittensor_lab.invariants import violations

STEPS = min(20_000, max(1_000, 20_000 * int(os.environ.get("SECONDS_OF_SOAK", "900")) // 900))
"""all of them in ``make soak``; a sample where less time is given"""
LIFE = 1_000
"""steps that one network lives"""


def test_a_long_walk_breaks_no_law():
    done = refused = 0
    for life in range(STEPS // LIFE):
        rng = np.random.default_rng(10_000 + life)
        state = random_network(rng)
        for step in range(LIFE):
            if rng.random() < 0.3:
                state = _wait(state, int(rng.choice([1, 3, 30, 400])), compare=step % 50 == 0)
            else:
                extrinsic = random_extrinsic(rng, state)
                try:
                    state, _ = apply(state, extrinsic)
                    done += 1
                except ChainError:
                    refused += 1
            assert violations(state) == []
    print(f"{STEPS} steps: {done} extrinsics applied, {refused} refused, no law broken")


def _wait(state, blocks, compare):
    """Run on; now and then the same step by step, and the state that was left stays as it was."""
    before = digest(state) if compare else ""
    reached = run(state, blocks)
    if compare:
        stepped = state
        for _ in range(blocks):
            stepped, _ = begin_block(stepped)
        assert digest(stepped) == digest(reached)
        assert digest(state) == before
    return reached
