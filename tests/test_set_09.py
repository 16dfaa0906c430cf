"""Set 09 and the engine: what the reference puts into each pool is what the next block does."""

import pytest

from bittensor_lab.coinbase import injections, root_is_paid
from bittensor_lab.exercises.checking import cells_ask, load_checks
from bittensor_lab.exercises.source import read_set
from bittensor_lab.kernels.coinbase import split
from bittensor_lab.params import NetworkParameters
from bittensor_lab.units import RAO_PER_TAO

SET = read_set("set_09")
NAMES = load_checks(SET)["check_terms"].__globals__


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_injects_what_the_engine_does(seed):
    state = NAMES["network"](seed, 6, dear=seed % 7)
    asked = cells_ask("terms", SET.answer_cells("terms", SET.references))
    theirs = injections(state)
    for netuid, values in NAMES["asked_of"](state, asked).items():
        assert [value * RAO_PER_TAO for value in values] == pytest.approx(theirs[netuid], abs=2)
    assert any(excess == 0 for *_, excess in theirs.values()) or seed % 7 == 0
    assert root_is_paid(state)


@pytest.mark.parametrize("root", [0.0, 0.18, 0.5, 1.0])
def test_the_reference_splits_what_the_engine_does(root):
    cut = NetworkParameters().subnet_owner_cut
    asked = cells_ask("split", SET.answer_cells("split", SET.references))
    given = {"new": 0.5, "owner_cut": cut / 65535, "root": root, "root_is_paid": True}
    (mine,) = asked([given])
    assert [value * RAO_PER_TAO for value in mine] == pytest.approx(split(0.5e9, cut, root), abs=2)
