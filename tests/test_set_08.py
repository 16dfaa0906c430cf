"""Set 08 and the engine: the reference buys under a limit what a pool of the engine gives."""

import pytest

from bittensor_lab.errors import ChainError
from bittensor_lab.exercises.checking import cells_ask, load_checks
from bittensor_lab.exercises.source import read_set
from bittensor_lab.quotes import quote_add_stake, quote_remove_stake
from bittensor_lab.units import RAO_PER_TAO, tao

SET = read_set("set_08")
ASKED = {q.name: cells_ask(q.name, SET.answer_cells(q.name, SET.references)) for q in SET.questions}
NAMES = load_checks(SET)["check_buy"].__globals__


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("w", [0.5, 0.35, 0.7])
def test_the_reference_buys_what_the_chain_does(seed, w):
    state = NAMES["pool"](seed, w)
    for amount, times in ((3, 1.05), (300, 1.02), (900, 1.3), (900, 0.99)):
        given = NAMES["case"](state, amount, times)
        (mine,) = ASKED["buy"]([given])
        try:
            theirs = quote_add_stake(state, None, None, 1, tao(amount), round(given["limit"] * RAO_PER_TAO))
        except ChainError:
            assert mine == [0, 0, 0]
            continue
        rao = [theirs.paid, theirs.fee, theirs.out]
        assert [value * RAO_PER_TAO for value in mine] == pytest.approx(rao, rel=1e-10, abs=5)


@pytest.mark.parametrize("seed", range(10))
def test_the_reference_sells_what_the_chain_does(seed):
    state = NAMES["pool"](seed, 0.5)
    given = {
        name: value for name, value in NAMES["case"](state, 250, 2.0).items() if name not in ("w", "limit")
    }
    theirs = quote_remove_stake(state, None, None, 1, tao(250))
    assert ASKED["sold"]([given])[0] * RAO_PER_TAO == pytest.approx(theirs.out, abs=5)
