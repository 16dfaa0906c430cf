"""Random subnets for tests and benchmarks, seeded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bittensor_lab.epoch import NEVER, EpochInputs, next_inputs, run_epoch
from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import rows_from_dense, rows_from_lists
from bittensor_lab.units import U16_MAX


def dense_subnet(validators: int, n: int, density: float, seed: int = 1, **changes: object) -> EpochInputs:
    """A subnet whose first uids validate, after three epochs with one set of weights and then another."""
    rng = np.random.default_rng(seed)
    inputs = EpochInputs(
        hyperparameters=Hyperparameters(commit_reveal=False, max_allowed_validators=validators, **changes),
        block=720,
        last_step_block=360,
        activity_cutoff=5000,
        owner_uid=None,
        rao_emission=10**11,
        last_update=np.full(n, 700),
        block_at_registration=np.zeros(n, np.int64),
        stake=_stake(rng, validators, n),
        validator_permit=np.arange(n) < validators,
        weights=_weights(rng, validators, n, density),
        bonds=rows_from_lists([[]] * n),
    )
    for _ in range(3):
        inputs = next_inputs(inputs, run_epoch(inputs))
    return replace(inputs, weights=_weights(rng, validators, n, density))


def any_subnet(seed: int) -> EpochInputs:
    """A small subnet of every kind: ties, zeros, unsorted rows, newcomers, odd parameters."""
    rng = np.random.default_rng(seed)
    n, few = int(rng.integers(1, 13)), bool(rng.random() < 0.3)
    block = int(rng.integers(1000, 3000))
    blocks = [0, block - 361, block - 360, block - 359, block - 1, block]
    values = np.array([0, 1, 7, 32767, 32768, 65535]) if few else np.arange(U16_MAX + 1)

    def row() -> list[list[int]]:
        uids = rng.permutation(n + 1)[: rng.integers(0, n + 2)].tolist()
        ordered = uids if unsorted else sorted(uids)
        return [[j, int(values[rng.integers(len(values))])] for j in ordered]

    unsorted = bool(rng.random() < 0.5)
    return EpochInputs(
        hyperparameters=_any_parameters(rng),
        block=block,
        last_step_block=int(rng.choice([0, *blocks[1:4]])),
        activity_cutoff=int(rng.choice([1, 359, 360, 5000])),
        owner_uid=None if rng.random() < 0.5 else int(rng.integers(n)),
        rao_emission=int(rng.choice([0, 1, 10**9, 10**11, 2 * 10**15])),
        last_update=rng.choice(blocks, n),
        block_at_registration=rng.choice(blocks, n),
        stake=rng.choice([0, 1, 10**12 - 1, 10**12, 3 * 10**14], n) if few else rng.integers(0, 10**15, n),
        validator_permit=rng.random(n) < 0.7,
        weights=rows_from_lists([row() for _ in range(n)]),
        bonds=rows_from_lists([row() for _ in range(n)]),
        commit_block=rng.choice([*blocks, NEVER], n),
        stake_fraction=rng.choice([0, 1, 2**31, 2**32 - 1], n).astype(np.uint32),
        stake_threshold=int(rng.choice([0, 10**12])),
    )


def _any_parameters(rng: np.random.Generator) -> Hyperparameters:
    low, high = sorted(int(v) for v in rng.choice([0, 1638, 6554, 45875, 58982, 65535], 2))
    return Hyperparameters(
        tempo=int(rng.choice([0, 1, 99, 360])),
        kappa=int(rng.choice([0, 1, 13107, 32767, 32768, 39321, 65535])),
        max_allowed_validators=int(rng.integers(0, 13)),
        bonds_moving_average=int(rng.choice([0, 333333, 900000, 1000000])),
        bonds_penalty=int(rng.choice([0, 1, 32768, 65534, 65535])),
        yuma3=bool(rng.random() < 0.7),
        liquid_alpha=bool(rng.random() < 0.5),
        alpha_low=low,
        alpha_high=high,
        alpha_sigmoid_steepness=int(rng.choice([-32768, -500, 0, 1, 1000, 3000, 32767])),
        commit_reveal=bool(rng.random() < 0.5),
    )


def _stake(rng: np.random.Generator, validators: int, n: int) -> np.ndarray:
    stake = np.zeros(n, np.int64)
    stake[:validators] = rng.pareto(1.5, validators) * 1e13 + 1e12
    return stake


def _weights(rng: np.random.Generator, validators: int, n: int, density: float):
    weights = np.zeros((n, n), np.int64)
    shape = (validators, n)
    weights[:validators] = rng.integers(1, U16_MAX + 1, shape) * (rng.random(shape) < density)
    return rows_from_dense(weights)
