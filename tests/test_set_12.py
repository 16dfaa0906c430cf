"""Set 12 and the engine: a cabal with the reference's stake wins the epoch, with 1 τ less it does not."""

from dataclasses import replace

import numpy as np
import pytest

from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.exercises.checking import cells_ask
from bittensor_lab.exercises.source import read_set
from bittensor_lab.params import Hyperparameters
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

SET = read_set("set_12")


def wins(stake, active, kappa, brought):
    """Whether the chain's epoch pays the cabal's miner more than a fifth; the honest give it 1 of 100."""
    k = len(stake)
    weights = np.array([[40, 30, 29, 1]] * k + [[0, 0, 0, 100]])
    rules = Hyperparameters(commit_reveal=False, kappa=kappa)
    inputs = matrix_inputs(np.append(stake, brought) * RAO_PER_TAO, weights, hyperparameters=rules)
    asleep = np.append(active == 0, [False] * 5)
    inputs = replace(inputs, activity_cutoff=100, last_update=inputs.last_update - 200 * asleep)
    return run_epoch(inputs).incentive[-1] > 0.2 * U16_MAX


def least_in_the_engine(stake, active, kappa):
    low, high = 0, 10_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(stake, active, kappa, middle) else (middle, high)
    return high


@pytest.mark.parametrize("seed", range(30))
def test_the_least_stake_is_where_the_chains_epoch_turns(seed):
    asked = cells_ask("least_stake", SET.answer_cells("least_stake", SET.references))
    rng = np.random.default_rng(seed)
    for kappa in (Hyperparameters().kappa, *rng.integers(0.25 * U16_MAX, 0.8 * U16_MAX, 4).tolist()):
        stake, active = rng.integers(50, 400, 5), rng.permutation([1, 1, 1, 1, 0])
        (least,) = asked([{"stake": stake, "active": active, "kappa": kappa}])
        assert least == least_in_the_engine(stake, active, kappa)
