"""Set 05 and the engine: the chain opens the same weights, and moves liquid bonds at the same rate."""

from dataclasses import replace

import numpy as np
import pytest
from immutables import Map

from bittensor_lab.exercises.checking import cells_ask
from bittensor_lab.exercises.source import read_set
from bittensor_lab.kernels.bonds import liquid_rates
from bittensor_lab.presets import demo_network
from bittensor_lab.schedule import epoch_clock
from bittensor_lab.state import TimelockedCommit
from bittensor_lab.units import ONE
from bittensor_lab.weights import reveal_timelocked

SET = read_set("set_05")
ASKED = {q.name: cells_ask(q.name, SET.answer_cells(q.name, SET.references)) for q in SET.questions}
V, M, PERIOD = 4, 5, 2
FIRST, MINERS = 1, range(1 + V, 1 + V + M)
"""uids: the first validator's, after the owner's, and the miners'"""


def dense(subnet):
    """The weights [v, m] of validators on miners that a subnet holds."""
    found = np.zeros((V, M), np.int64)
    for validator in range(V):
        row = subnet.mechanisms[0].weights[FIRST + validator]
        for uid, value in zip(row.uid.tolist(), row.value.tolist(), strict=True):
            found[validator, uid - MINERS[0]] = value
    return found


@pytest.mark.parametrize("seed", range(20))
def test_the_chain_opens_what_the_reference_opens(seed):
    rng = np.random.default_rng(seed)
    state = demo_network(1, V, M, seed=seed).with_hyperparameters(
        1, commit_reveal=True, reveal_period_epochs=PERIOD
    )
    state = replace(state, clocks=state.clocks.at(1, epoch_index=40))
    now = epoch_clock(state, 1, state.block)
    commits = [
        [now - int(rng.integers(1, 5)), int(rng.integers(V)), *rng.integers(1, 30_000, M).tolist()]
        for _ in range(12)
    ]
    commits.sort(key=lambda row: row[0])
    subnet, buckets = state.subnet(1), {}
    for epoch, who, *values in commits:
        sealed = TimelockedCommit(subnet.hotkeys[FIRST + who], 1, tuple(MINERS), tuple(values), 0)
        buckets[epoch] = (*buckets.get(epoch, ()), sealed)
    state = state.with_subnet(subnet.with_mechanism(0, timelocked=Map(buckets)))
    given = {"weights": dense(subnet), "commits": commits, "now": now, "period": PERIOD}
    after, events = reveal_timelocked(state, 1)
    assert len(events) == 2 * sum(row[0] == now - PERIOD for row in commits)
    assert ASKED["revealed"]([given]) == [dense(after.subnet(1)).tolist()]


@pytest.mark.parametrize("seed", range(20))
def test_a_liquid_bond_moves_as_the_engines(seed):
    weight, bond, consensus = np.random.default_rng(seed).integers(0, 100, 3) / 100
    rules = {"consensus": consensus, "low": 0.1, "high": 0.9, "steepness": 7.0}
    raw = {name: round(x * ONE) for name, x in {"weight": weight, "bond": bond, **rules}.items()}
    pair = (np.array([[raw[name]]]) for name in ("weight", "bond"))
    steepness = -raw["steepness"]  # the kernel is given it with its sign turned
    theirs = liquid_rates(*pair, np.array([raw["consensus"]]), steepness, raw["low"], raw["high"])
    (mine,) = ASKED["rate"]([{"weight": weight, "bond": bond, **rules}])
    assert mine == pytest.approx(theirs[0, 0] / ONE, abs=1e-6)
