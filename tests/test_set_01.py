"""Set 01 and the engine: the reward of a block, and the halvings before it, are the chain's."""

import numpy as np
import pytest

from bittensor_lab.exercises.checking import cells_ask
from bittensor_lab.exercises.source import read_set
from bittensor_lab.kernels.emission import SUPPLY, block_emission
from bittensor_lab.views.issuance import halvings_before

SET = read_set("set_01")
ASKED = {q.name: cells_ask(q.name, SET.answer_cells(q.name, SET.references)) for q in SET.questions}


@pytest.mark.parametrize("seed", range(30))
def test_the_reference_rewards_as_the_chain_does(seed):
    rng = np.random.default_rng(seed)
    near = [SUPPLY - (SUPPLY >> k) + d for k in range(1, 40) for d in (-1, 0, 1)]
    tried = [*near, *(int(i) for i in rng.integers(0, SUPPLY + 10**9, 50))] if seed else near
    mine = ASKED["reward"]([{"issuance": issuance, "supply": SUPPLY} for issuance in tried])
    assert mine == [int(block_emission(issuance)) for issuance in tried]


@pytest.mark.parametrize("issued", [0, 10_499_999, 10_500_000, 20_999_999])
def test_the_reference_counts_the_chains_halvings(issued):
    assert ASKED["halvings"]([{"issuance": issued, "supply": 21_000_000}]) == [
        halvings_before(issued * 10**9)
    ]
