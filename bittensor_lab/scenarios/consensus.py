"""Scenarios of consensus: how much of the stake it takes to say what a miner is worth.

    consensus of a miner = the highest weight that at least kappa of the stake gives it

Hence two ways for a cabal: with kappa of the stake it lifts its own miner as high as it likes; with more
than 1 − kappa it leaves the rest too few to lift anybody else. At one half they meet.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.params import Hyperparameters
from bittensor_lab.scenarios.base import Outcome, Scenario
from bittensor_lab.units import U16_MAX, tao

KAPPAS = (1 / 3, 0.5, 2 / 3)
CABAL_SHARES = (0.1, 0.2, 0.3, 0.4, 0.45, 0.55, 0.6, 0.7)
MEMBERS = 2


def _cabal(seed: int) -> Outcome:
    """A cabal gives all to its own miner, four honest give it next to nothing; by stake and by kappa."""
    rng = np.random.default_rng(seed)
    honest = np.hstack([np.round(rng.uniform(20, 40, (4, 4))), np.ones((4, 1))]).astype(np.int64)
    weights = np.vstack([honest, np.tile([0, 0, 0, 0, 100], (MEMBERS, 1))])
    highest = float((honest[:, -1] / honest.sum(axis=1)).max())
    rows = [
        (kappa, share, highest, *_cabals_miner(kappa, share, weights))
        for kappa in KAPPAS
        for share in CABAL_SHARES
    ]
    frame = pd.DataFrame(rows, columns=["kappa", "cabal_stake", "honest_weight", "consensus", "incentive"])
    half = frame[frame.kappa == 0.5]
    below, above = half[half.cabal_stake < 0.5], half[half.cabal_stake > 0.5]
    return Outcome(float(above.incentive.min() / below.incentive.max()), frame)


def _cabals_miner(kappa: float, share: float, weights: NDArray[np.int64]) -> tuple[float, float]:
    """Consensus and incentive, of 1, of the last miner, if the cabal holds ``share`` of the stake."""
    honest = len(weights) - MEMBERS
    each = [(1 - share) / honest] * honest + [share / MEMBERS] * MEMBERS
    rules = Hyperparameters(commit_reveal=False, kappa=int(kappa * U16_MAX))
    terms = run_epoch(
        matrix_inputs([tao(round(1_000 * part, 6)) for part in each], weights, hyperparameters=rules)
    )
    return float(terms.consensus[-1] / U16_MAX), float(terms.incentive[-1] / U16_MAX)


SCENARIOS = (
    Scenario(
        "cabal", "Below half of the stake a cabal gains little, above it all; any other kappa serves it.",
        "its miner's least incentive above half of the stake, over the highest below (kappa ½)", _cabal,
    ),
)  # fmt: skip
