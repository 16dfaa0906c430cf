"""Set 04 and the engine: an epoch stores the same bonds with the reference as with the chain's step."""

import numpy as np
import pytest

import bittensor_lab.epoch as engine
from bittensor_lab.exercises.checking import load_checks
from bittensor_lab.exercises.judging import trusted_texts
from bittensor_lab.exercises.source import read_set
from bittensor_lab.kernels.bonds import move_bonds

SET = read_set("set_04")
MOVE = SET.question("move")
NAMES = load_checks(SET)["check_move"].__globals__


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_moves_bonds_as_the_chain_does(seed):
    def by_chain(inputs):
        return [
            move_bonds(*(np.asarray(one[name]) for name in ("weights", "bonds")), one["rate"])
            for one in inputs
        ]

    def by_reference(inputs):
        names = {"np": np}
        exec(MOVE.reference, names)
        return [names["move"](**one).tolist() for one in inputs]

    both = [
        NAMES["epochs"](ask, np.random.default_rng(seed), 5, 4, 0.9, 3) for ask in (by_chain, by_reference)
    ]
    for theirs, mine in zip(*both, strict=True):
        assert mine.bonds.value.tolist() == theirs.bonds.value.tolist()
        assert mine.dividends.tolist() == theirs.dividends.tolist()


def test_the_check_really_runs_the_learners_step(monkeypatch):
    before = trusted_texts(SET, MOVE, 3, MOVE.reference)
    assert trusted_texts(SET, MOVE, 3, MOVE.wrong[2].code) != before
    run = engine.run_epoch
    monkeypatch.setattr(engine, "run_epoch", lambda inputs, steps: run(inputs))
    assert trusted_texts(SET, MOVE, 3, MOVE.wrong[2].code)[0] == before[0], "with the chain's own step"
