"""Set 14 and the engine: the reference's card is the one by which the lesson's lab judges a design."""

import pytest

from bittensor_lab.exercises.checking import cells_ask, load_checks
from bittensor_lab.exercises.source import read_set
from bittensor_lab.play.design import trial

SET = read_set("set_14")
NAMES = load_checks(SET)["check_scorecard"].__globals__


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_gives_the_labs_card(seed):
    asked = cells_ask("scorecard", SET.answer_cells("scorecard", SET.references))
    for design in NAMES["designs"](seed, 2):
        view = trial(design)
        (card,) = asked([NAMES["material"](design)])
        assert card[0] == view.blocked
        assert card[1:] == pytest.approx([view.agreement, 1 - view.unpaid], abs=1e-12)
