"""Set 02 and the engine: the same scores as by the tasks' own rules, and nothing for the spoofer."""

import numpy as np
import pytest

from bittensor_lab.exercises.checking import cells_ask, load_checks
from bittensor_lab.exercises.source import read_set
from bittensor_lab.tasks import compute, forecasting, mean_scores

SET = read_set("set_02")
ASKED = {q.name: cells_ask(q.name, SET.answer_cells(q.name, SET.references)) for q in SET.questions}
NAMES = load_checks(SET)["check_rule"].__globals__


def by_reference(shown, response, truth):
    return ASKED["rule"]([{"last": shown[:, -1], "response": response, "truth": truth}])[0]


@pytest.mark.parametrize("seed", range(20))
def test_the_spoofer_gets_nothing_and_skill_pays(seed):
    honest, spoofed = mean_scores(forecasting.TASK, by_reference, NAMES["SKILLS"], 8, seed)
    assert NAMES["on_the_task"](ASKED["rule"], seed, 8) == pytest.approx([*honest, spoofed], abs=1e-12)
    assert spoofed == 0
    assert honest[-1] > 0


@pytest.mark.parametrize("seed", range(20))
def test_the_references_score_as_the_tasks_do(seed):
    rng = np.random.default_rng(seed)
    shown, truth = forecasting.challenge(rng)
    response = forecasting.honest(shown, 0.5, rng)
    given = {"response": response, "truth": truth, "typical": forecasting.DEGREES}
    assert ASKED["closeness"]([given])[0] == pytest.approx(forecasting.sound(shown, response, truth))
    pieces = [compute.challenge(rng) for _ in range(5)]
    done = [compute.honest(piece.shown, 0.2, rng).fresh for piece in pieces]
    pairs = zip(pieces, done, strict=True)
    fresh = compute.Answers
    theirs = np.mean([compute.sound(p.shown, fresh(one, one), p.truth) for p, one in pairs])
    given = {
        "results": [one.result % 2**62 for one in done],
        "right": [piece.truth[0] % 2**62 for piece in pieces],
        "latency": [-1.0 if one.latency is None else one.latency for one in done],
        "typical": compute.TYPICAL,
    }  # fmt: skip
    assert ASKED["work"]([given])[0] == pytest.approx(theirs)
