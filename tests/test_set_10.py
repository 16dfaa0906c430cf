"""Set 10 and the engine: after several epochs, take and exit the reference has what the engine pays."""

import pytest

from bittensor_lab.exercises.checking import cells_ask, load_checks
from bittensor_lab.exercises.source import read_set

SET = read_set("set_10")
ASKED = cells_ask("after_exit", SET.answer_cells("after_exit", SET.references))
NAMES = load_checks(SET)["check_after_exit"].__globals__


@pytest.mark.parametrize("netuid", [1, 2, 3])
@pytest.mark.parametrize("take", [0.0, 0.09, 0.18, 1.0])
@pytest.mark.parametrize("epochs", [1, 2, 7])
def test_the_reference_comes_out_where_the_engine_does(netuid, take, epochs):
    case, theirs = NAMES["lived"](netuid, 17, take, epochs)
    assert len(case["dividends"]) == epochs and min(case["dividends"]) > 0
    assert ASKED([case])[0] == pytest.approx(theirs, abs=2e-6)
