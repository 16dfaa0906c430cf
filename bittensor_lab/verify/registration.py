"""Vector kind ``registration_burn``: what a registration costs after blocks and registrations."""

from __future__ import annotations

import numpy as np

from bittensor_lab.extrinsics.registration import bump
from bittensor_lab.kernels.registration import decay, decay_factor
from bittensor_lab.params import U64F64, Hyperparameters
from bittensor_lab.units import U16_MAX
from bittensor_lab.verify.fields import LARGEST, Field
from bittensor_lab.verify.report import Comparison, Report, Tolerance

LATER_BLOCK = 2
"""any block but the first, in which prices do not fall"""


def replay_registrations(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``registration_burn`` and add what it finds to the report."""
    case = case.named()
    inputs = case["inputs"]
    rules = Hyperparameters(
        burn_half_life=inputs["half_life"].integer(0, U16_MAX),
        burn_increase_mult=int(inputs["increase_multiplier"].number(0, 2**63) * U64F64),
        min_burn=inputs["min_burn"].integer(0, LARGEST),
        max_burn=inputs["max_burn"].integer(0, LARGEST),
    )
    burn = inputs["burn"].integer(0, LARGEST)
    for event in inputs["events"].items():
        if event.text() == "block":
            burn = _next_block(burn, rules)
        elif event.text() == "register":
            burn = bump(burn, rules)
        else:
            raise event.wrong('must be "block" or "register"')
    expected = np.array([case["expected"].integer(0, LARGEST)])
    Comparison(report, tolerance, case.where).amounts("burn", np.array([burn]), expected)


def _next_block(burn: int, rules: Hyperparameters) -> int:
    def column(value: int, kind: type) -> np.ndarray:
        return np.array([value], kind)

    factor = decay_factor(rules.burn_half_life) if rules.burn_half_life else 0
    low, high = column(rules.min_burn, np.uint64), column(rules.max_burn, np.uint64)
    after = decay(column(burn, np.uint64), column(factor, np.int64), low, high, LATER_BLOCK, 1)
    return int(after[0])
