"""Set 13 and the engine: the measures of the reference are those of the labs and of a sweep."""

import numpy as np
import pytest

from bittensor_lab.exercises.checking import cells_ask
from bittensor_lab.exercises.source import read_set
from bittensor_lab.play.year import Plan, effective, half, year
from bittensor_lab.sweep.points import gini

SET = read_set("set_13")
ASKED = {q.name: cells_ask(q.name, SET.answer_cells(q.name, SET.references)) for q in SET.questions}


@pytest.mark.parametrize("rule", list("BCDEFG"))
def test_the_reference_measures_a_year_as_the_engine_does(rule):
    shares = year(Plan(regime=rule))
    (mine,) = ASKED["concentration"]([{"shares": shares}])
    theirs = [[half(row), effective(row), gini(row)] for row in shares]
    assert np.array(mine) == pytest.approx(np.array(theirs), abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_gives_the_engines_gini(seed):
    amounts = np.random.default_rng(seed).integers(0, 50, 12) * 1.0
    assert ASKED["gini"]([{"amounts": amounts}])[0] == pytest.approx(gini(amounts), abs=1e-12)
