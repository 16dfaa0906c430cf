"""Scenarios of weight copying: what one earns who lets others do the scoring.

Four honest validators look at miners whose quality drifts, and set what they see, once in an epoch. A fifth,
of the same stake, sets the mean of the weights that stand on the chain. In the open it acts last, and is
never late. Under commit-reveal with a period of p epochs, what stands there is p epochs old, and what
it commits to is revealed p epochs later: it is late by p epochs more than the others. What it saves by not
looking at miners is not counted: the loss is what looking may cost before copying pays after all.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.block import Extrinsic
from bittensor_lab.chain import Chain
from bittensor_lab.extrinsics import CommitTimelockedWeights, SetWeights
from bittensor_lab.presets import demo_network
from bittensor_lab.scenarios.base import Outcome, Scenario, earned, staked, with_even_stake
from bittensor_lab.state import State
from bittensor_lab.units import U16_MAX

HONEST, MINERS, NETUID = 4, 8, 1
COPIER = f"validator-{HONEST + 1}"
PERIODS, DRIFTS = (0, 1, 3), (0.02, 0.25)
"""epochs for which weights are secret, 0: not at all; by how much quality changes in an epoch, in logs"""
SETTLING, WATCHED = 12, 24
"""epochs before, and while, it is counted what everybody earns"""


def _weight_copying(seed: int) -> Outcome:
    """The same copier with and without secrecy, liquid alpha, and miners that change."""
    network = with_even_stake(demo_network(1, HONEST + 1, MINERS, seed=seed, weights=False))
    rows = []
    for drift in DRIFTS:
        seen = _seen(seed, drift)
        for liquid in (False, True):
            for period in PERIODS:
                rules = {
                    "commit_reveal": period > 0,
                    "reveal_period_epochs": max(period, 1),
                    "liquid_alpha": liquid,
                }
                paid = _paid(network.with_hyperparameters(NETUID, **rules), seen)
                rows.append((drift, liquid, period, *paid, paid[0] - paid[1]))
    frame = pd.DataFrame(rows, columns=["drift", "liquid_alpha", "secret_epochs", "copier", "honest", "gain"])
    shown = frame[(frame.drift == DRIFTS[-1]) & ~frame.liquid_alpha].set_index("secret_epochs").gain
    return Outcome(float(shown[1]), frame)


def _seen(seed: int, drift: float) -> NDArray[np.int64]:
    """The weights [epochs, honest validators, miners] that the honest would set, as u16."""
    rng, epochs = np.random.default_rng(seed), SETTLING + WATCHED
    quality = np.exp(np.cumsum(rng.normal(0, drift, (epochs, MINERS)), axis=0))
    seen = quality[:, None, :] * rng.lognormal(0, 0.05, (epochs, HONEST, MINERS))
    return np.round(U16_MAX * seen / seen.max(axis=2, keepdims=True)).astype(np.int64)


def _paid(network: State, seen: NDArray[np.int64]) -> tuple[float, float]:
    """What the copier and the honest on average earn, TAO per 1,000 TAO staked and 1,000 blocks."""
    chain = Chain(network)
    before = network
    for epoch, opinions in enumerate(seen):
        if epoch == SETTLING:
            before = chain.state
        for number, opinion in enumerate(opinions):
            chain.apply(_given(chain.state, f"validator-{number + 1}", opinion))
        copied = _visible(chain.state)
        if copied is not None:
            chain.apply(_given(chain.state, COPIER, copied))
        chain.run_epochs(1, netuid=NETUID)
    thousands = (chain.block - before.block) / 1_000
    rates = [
        1_000 * earned(before, chain.state, each) / staked(before, each) / thousands
        for each in (f"validator-{number + 1}-cold" for number in range(HONEST + 1))
    ]
    return rates[-1], float(np.mean(rates[:-1]))


def _given(state: State, hotkey: str, values: NDArray[np.int64]) -> Extrinsic:
    """Weights [miners] in the open, or sealed, as the subnet wants it."""
    subnet = state.subnet(NETUID)
    uids = [uid for uid, name in enumerate(subnet.hotkeys) if name.startswith("miner-")]
    sealed = state.hyperparameters(NETUID).commit_reveal
    return (CommitTimelockedWeights if sealed else SetWeights)(hotkey, NETUID, uids, values.tolist())


def _visible(state: State) -> NDArray[np.int64] | None:
    """The mean of the weights [miners] that others have on the chain; None if there are none yet."""
    subnet = state.subnet(NETUID)
    rows = [row.value.astype(float) for row in subnet.mechanism(0).weights if len(row.value)]
    own = subnet.mechanism(0).weights[subnet.uids[COPIER]]
    rows = rows[:-1] if len(own.value) else rows  # the copier's is the last
    if not rows:
        return None
    mean = np.mean([row / row.sum() for row in rows], axis=0)
    return np.round(U16_MAX * mean / mean.max()).astype(np.int64)


SCENARIOS = (
    Scenario(
        "weight copying",
        "Copying pays in the open; secrecy makes it cost what changes meanwhile, less with liquid alpha.",
        "TAO that a copier earns more than an honest validator, per 1,000 TAO staked and 1,000 blocks: "
        "weights secret for one epoch, miners changing fast",
        _weight_copying,
    ),
)  # fmt: skip
