"""Set 07 and the engine: the uid that the reference prunes is the chain's."""

import numpy as np
import pytest

from bittensor_lab.exercises.checking import cells_ask, load_checks
from bittensor_lab.exercises.source import read_set
from bittensor_lab.kernels.registration import decay, decay_factor
from bittensor_lab.neurons import prunable

SET = read_set("set_07")
NAMES = load_checks(SET)["check_prune"].__globals__


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_prunes_as_the_chain_does(seed):
    asked = cells_ask("prune", SET.answer_cells("prune", SET.references))
    rng = np.random.default_rng(seed)
    for least, immune in ((2, 4), (7, 4), (8, 4), (0, 11)):
        state, subnet = NAMES["full_subnet"](rng, least, immune)
        assert state.hyperparameters(1).min_non_immune_uids == least
        assert asked([NAMES["case_of"](state, subnet)]) == [prunable(state, subnet)]


def test_the_price_falls_as_the_chains_does():
    rules = {"half_life": NAMES["HALF_LIFE"], "step": NAMES["STEP"], "low": 0.0005, "high": 100.0}
    asked = cells_ask("price", SET.answer_cells("price", SET.references))
    (mine,) = asked([{"burn": 1.0, "registered": [], "block": 500, **rules}])
    factor = np.array([decay_factor(rules["half_life"])])
    one, low, high = (np.array([tao], np.uint64) for tao in (10**9, 500_000, 100 * 10**9))
    theirs = decay(one, factor, low, high, 2, 500)
    assert mine == pytest.approx(int(theirs[0]) / 10**9, rel=1e-5)
