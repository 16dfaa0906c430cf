"""Scenarios of childkeys: what it earns to validate with stake that others lend.

A hotkey can lend its stake weight on a subnet to children, and does so on each subnet anew. Stake on root
counts on every subnet at once, so the same TAO can be lent on all of them. The child votes with it; of what
it is paid each parent gets its part, less the childkey's take, which is at most 18 %. New children wait
for a cooldown and then for an epoch, and a take that has been changed cannot rise again for long.

Dividends are split by what their receiver has staked itself: a parent with nothing but TAO on root draws on
root's pot, a farmer without that on the pot of those who hold alpha. So it gains more than the parent loses.
"""

from __future__ import annotations

import pandas as pd

from bittensor_lab.chain import Chain
from bittensor_lab.presets import demo_network
from bittensor_lab.scenarios.base import Outcome, Scenario, earned, rich, staked
from bittensor_lab.state import ROOT_NETUID
from bittensor_lab.units import U16_MAX, U64_MAX, tao

SUBNETS, VALIDATORS, TEMPO = 6, 4, 60
LENT_ON, TAKES = (1, 6), (0.0, 0.5, 1.0)
"""on how many subnets, and at what part of the highest take"""
LENT = tao(1_000)
SETTLING, WATCHED = 6, 6
"""epochs until children and permits have taken effect and bonds have grown; epochs watched from then on"""


def _childkey_farming(seed: int) -> Outcome:
    """A parent with TAO on root, and a farmer without any stake who validates for it."""
    before = Chain(
        rich(rich(demo_network(SUBNETS, VALIDATORS, 8, seed=seed), "farmer", tao(100)), "parent", 2 * LENT)
    )
    before.burned_register("parent", "parent-key", SUBNETS)
    before.add_stake("parent", "parent-key", ROOT_NETUID, LENT)
    for netuid in before.state.netuids:
        before.burned_register("farmer", "farm", netuid)
    rows = []
    for take in TAKES:
        for subnets in LENT_ON:
            chosen = round(take * before.state.network.max_childkey_take)
            rows.append((chosen / U16_MAX, subnets, *_farmed(before.fork(), chosen, subnets)))
    frame = pd.DataFrame(rows, columns=["take", "subnets", "waited", "farmer", "parent"])
    return Outcome(float(frame.farmer.iloc[-1]), frame)


def _farmed(chain: Chain, take: int, subnets: int) -> tuple[int, float, float]:
    """Blocks until all is lent; what farmer and parent then earn, TAO per 1,000 TAO lent and 1,000 blocks."""
    asked = chain.block
    netuids = chain.state.netuids[:subnets]
    for netuid in netuids:
        if take:
            chain.set_childkey_take("farmer", "farm", netuid, take)
        chain.set_children("parent", "parent-key", netuid, [(U64_MAX, "farm")])
    chain.run(chain.state.network.pending_childkey_cooldown)
    while not all("farm" in chain.subnet(netuid).parents for netuid in netuids):
        chain.run(1)
    waited = chain.block - asked
    chain.run(2 * TEMPO)  # until the stake that is lent has brought a permit
    _all_say(chain, netuids)
    chain.run(SETTLING * TEMPO)
    then = chain.state
    chain.run(WATCHED * TEMPO)
    lent = staked(then, "parent")
    scale = 1_000 / lent * 1_000 / (WATCHED * TEMPO)
    farmer, parent = (scale * earned(then, chain.state, who) for who in ("farmer", "parent"))
    return waited, farmer, parent


def _all_say(chain: Chain, lent_on: list[int]) -> None:
    """Everybody sets weights (who does not for long counts no more), the farmer the first validator's."""
    for netuid in chain.state.netuids:
        rows = chain.subnet(netuid).mechanism(0).weights
        for uid in range(1, 1 + VALIDATORS):
            chain.set_weights(f"validator-{uid}", netuid, rows[uid].uid.tolist(), rows[uid].value.tolist())
        if netuid in lent_on:
            chain.set_weights("farm", netuid, rows[1].uid.tolist(), rows[1].value.tolist())


SCENARIOS = (
    Scenario(
        "childkey farming", "The same TAO on root is lent on every subnet, and the childkey takes of each.",
        "TAO that a farmer without stake earns per 1,000 TAO lent on six subnets and 1,000 blocks, at 18 %",
        _childkey_farming,
    ),
)  # fmt: skip
