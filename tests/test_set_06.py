"""Set 06 and the engine: an epoch with the reference stores the permits that the chain stores."""

from dataclasses import replace

import numpy as np
import pytest

from bittensor_lab.epoch import CHAIN_STEPS, matrix_inputs, run_epoch
from bittensor_lab.exercises.checking import cells_ask
from bittensor_lab.exercises.source import read_set
from bittensor_lab.params import Hyperparameters

SET = read_set("set_06")


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_hands_out_the_chains_permits(seed):
    asked = cells_ask("permits", SET.answer_cells("permits", SET.references))

    def mine(stake, places, owner):
        return np.asarray(asked([{"stake": stake, "places": places, "owner": owner}])[0]) == 1

    rng = np.random.default_rng(seed)
    stake = rng.integers(0, 6, 12) * 10**11  # many are equal, some have none
    rules = Hyperparameters(commit_reveal=False, max_allowed_validators=int(rng.integers(1, 10)))
    inputs = matrix_inputs(stake + (np.arange(12) == 0), rng.integers(1, 99, (12, 3)), hyperparameters=rules)
    for owner in (None, 3, 13):
        given = replace(inputs, owner_uid=owner)
        with_mine = run_epoch(given, replace(CHAIN_STEPS, permits=mine)).validator_permit
        assert with_mine.tolist() == run_epoch(given).validator_permit.tolist()
