"""Set 11 and the engine: the same lock cost, the same subnet that goes, and the same parts of a pot."""

import numpy as np
import pytest

from bittensor_lab.exercises.checking import cells_ask
from bittensor_lab.exercises.source import read_set
from bittensor_lab.lifecycle import network_lock_cost, share_out, to_prune

SET = read_set("set_11")
ASKED = {q.name: cells_ask(q.name, SET.answer_cells(q.name, SET.references)) for q in SET.questions}


@pytest.mark.parametrize("seed", range(40))
def test_the_reference_costs_what_the_chain_takes(seed):
    rng = np.random.default_rng(seed)
    founded = int(rng.integers(0, 2)) * int(rng.integers(1, 10**6))
    given = {
        "last": int(rng.integers(1, 10**13)), "last_block": founded,
        "block": founded + int(rng.integers(0, 60_000)), "interval": int(rng.integers(1_000, 60_000)),
        "least": int(rng.integers(1, 10**11)), "emission": 10**9 >> int(rng.integers(0, 4)),
    }  # fmt: skip
    theirs = network_lock_cost(
        given["last"], founded, given["block"], given["interval"], given["least"], given["emission"]
    )
    assert ASKED["lock_cost"]([given]) == [theirs]


@pytest.mark.parametrize("seed", range(20))
def test_the_references_choose_and_share_as_the_chain_does(seed):
    rng = np.random.default_rng(seed)
    moving, founded = rng.integers(1, 4, 6), rng.choice(np.arange(1_000), 6, replace=False)
    given = {"moving": moving / 8, "founded": founded, "block": 1_500, "immunity": 900}
    there = zip(range(6), moving.tolist(), founded.tolist(), strict=True)
    theirs = to_prune(list(there), 1_500, 900)
    assert ASKED["goes"]([given]) == [-1 if theirs is None else theirs]
    claims = [int(claim) for claim in rng.integers(1, 10**12, 4)]
    given = dict(zip(("mine", "others", "bought", "alpha"), claims, strict=True))
    (both,) = ASKED["sell_or_wait"]([{**given, "tao": 10**12}])
    assert both[1] == pytest.approx(share_out(10**12, claims)[0], abs=1)
