"""Set 13 and the engine: the reference measures a simulated network as the engine's own functions do."""

from dataclasses import replace

import pytest

from bittensor_lab.exercises.checking import cells_ask
from bittensor_lab.exercises.source import read_set
from bittensor_lab.play import year
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import with_regime
from bittensor_lab.simulate import simulate
from bittensor_lab.sweep.points import gini, measures
from bittensor_lab.worlds import with_traders

SET = read_set("set_13")


@pytest.mark.parametrize("seed", range(24))
def test_the_reference_measures_as_the_engine_does(seed):
    asked = cells_ask("concentration", SET.answer_cells("concentration", SET.references))
    start = with_regime(demo_network(20, 1, 2, seed=seed), "BEFG"[seed % 4])
    enabled = start.pools.emission_enabled.copy()
    enabled[[2, 5, 9]] = False
    start, traders = with_traders(replace(start, pools=replace(start.pools, emission_enabled=enabled)), 6, 60)
    found = simulate(start, 360, traders, seed=seed, every=120)
    shares = found.subnets.pivot(index="block", columns="netuid", values="emission_share").to_numpy()
    (table,) = asked([{"shares": shares}])
    assert len(table) == 3
    for row, (half, effective, unequal) in zip(shares, table, strict=True):
        assert half == year.half(row)
        assert effective == pytest.approx(year.effective(row), rel=1e-12)
        assert unequal == pytest.approx(gini(row), rel=1e-9)
    assert table[-1][2] == pytest.approx(measures(found.state)["share_gini"], rel=1e-9)
