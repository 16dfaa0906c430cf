"""Scenarios of a subnet's life: how it ends, and who is left with what.

    paid to a staker = the pool's TAO · its alpha / (all stakers' alpha + what the chain itself holds)

The spot price promises the pool's TAO over the pool's alpha instead, to the first who sells a little.
"""

from __future__ import annotations

import pandas as pd

from bittensor_lab.chain import Chain
from bittensor_lab.market import worth
from bittensor_lab.presets import demo_network
from bittensor_lab.quotes import exit_value
from bittensor_lab.scenarios.base import Outcome, Scenario
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT
from bittensor_lab.units import RAO_PER_TAO

NETUID, STAKER = 1, "validator-1"


def _death_of_a_subnet(seed: int) -> Outcome:
    """A subnet is dissolved; what a staker gets of what its alpha was worth, or had it left just before."""
    chain = Chain(demo_network(3, 4, 8, seed=seed))
    chain.run(120)
    coldkey = f"{STAKER}-cold"
    held = stake_of(chain.state, NETUID, STAKER, coldkey)
    spot = worth(chain.state, NETUID, held) / RAO_PER_TAO
    sold = exit_value(chain.state, NETUID, STAKER, coldkey) / RAO_PER_TAO
    before = chain.state.free[coldkey]
    chain.dissolve_network(ROOT, NETUID)
    got = (chain.state.free[coldkey] - before) / RAO_PER_TAO
    rows = [("at spot", spot), ("sold before", sold), ("paid out", got)]
    frame = pd.DataFrame(rows, columns=["what", "tao"])
    return Outcome(got / spot, frame)


SCENARIOS = (
    Scenario(
        "death of a subnet",
        "Stakers share the pool's TAO by alpha: less than spot promised, and than selling in time.",
        "what a staker is paid, over its alpha's value at spot", _death_of_a_subnet,
    ),
)  # fmt: skip
