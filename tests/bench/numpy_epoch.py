"""The epoch as a NumPy programmer would write it: dense float64 matrices, whole-array operations.

The yardstick of ``make bench``: the same inputs as ours (sparse rows as stored), the same outputs
(u16 fields, emission, sparse bonds), every step of the epoch, rows without permit left out. It
agrees to 2·10⁻⁹ before the cut to u16. Without commit-reveal, an owner and unsorted rows, which
the benchmarks do not have.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.epoch import EpochInputs
from bittensor_lab.rows import SparseRows, rows_from_dense


def run(inputs: EpochInputs) -> dict[str, np.ndarray | SparseRows]:
    """One epoch: real-valued terms under their names, and what would be stored under ``stored_...``."""
    h, n = inputs.hyperparameters, inputs.n
    active = inputs.last_update + inputs.activity_cutoff >= inputs.block
    counted = np.where(inputs.stake >= inputs.stake_threshold, inputs.stake, 0).astype(float)
    stake = normalise(counted)
    rows = np.flatnonzero(inputs.validator_permit)
    voting = normalise(np.where(active & inputs.validator_permit, stake, 0))[rows]

    weights = dense(inputs.weights, n)[rows]
    weights[np.arange(len(rows)), rows] = 0
    weights[inputs.last_update[rows][:, None] <= inputs.block_at_registration] = 0
    weights = share(weights, axis=1)
    consensus = weighted_median(weights, voting, h.kappa / 65535)
    clipped = np.minimum(weights, consensus)
    incentive = normalise(voting @ clipped)

    earning = weights + h.bonds_penalty / 65535 * (clipped - weights)
    old = dense(inputs.bonds, n)[rows]
    old[:, inputs.last_step_block + 1 <= inputs.block_at_registration] = 0
    bonds, earned = (yuma3 if h.yuma3 else yuma2)(h, earning, old, voting, consensus, incentive)
    dividends, trust = np.zeros(n), np.zeros(n)
    dividends[rows], trust[rows] = normalise(earned), clipped.sum(axis=1)

    terms = {"stake_weight": stake, "consensus": consensus, "incentive": incentive, "dividends": dividends,
             "validator_trust": trust}  # fmt: skip
    return {
        **terms,
        "bonds": bonds,
        **store(terms, stake, h.max_allowed_validators, rows, bonds),
        "stored_active": active,
        "server_emission": pay(incentive, incentive + dividends, inputs.rao_emission),
        "validator_emission": pay(dividends, incentive + dividends, inputs.rao_emission),
        "emission": pay(incentive + dividends, incentive + dividends, inputs.rao_emission),
    }


def dense(rows: SparseRows, n: int) -> np.ndarray:
    matrix = np.zeros((n, n))
    matrix[np.repeat(np.arange(n), np.diff(rows.start)), rows.uid] = rows.value
    return matrix


def normalise(values: np.ndarray) -> np.ndarray:
    total = values.sum()
    return values / total if total > 0 else values


def share(matrix: np.ndarray, axis: int) -> np.ndarray:
    total = matrix.sum(axis=axis, keepdims=True)
    return np.divide(matrix, total, out=np.zeros_like(matrix), where=total > 0)


def weighted_median(weights: np.ndarray, stake: np.ndarray, kappa: float) -> np.ndarray:
    """The smallest score whose cumulated stake exceeds 1 − kappa, for all columns at once."""
    order = np.argsort(weights, axis=0)
    enough = np.cumsum(stake[order], axis=0) > 1 - kappa
    first = np.argmax(enough, axis=0)
    columns = np.arange(weights.shape[1])
    return weights[order[first, columns], columns]


def yuma2(h, earning, old, voting, consensus, incentive):
    alpha = 1 - h.bonds_moving_average / 10**6
    bonds = share(alpha * share(earning * voting[:, None], 0) + (1 - alpha) * share(old, 0), 0)
    top = bonds.max(axis=0)
    return np.divide(bonds, top, out=np.zeros_like(bonds), where=top > 0), bonds @ incentive


def yuma3(h, earning, old, voting, consensus, incentive):
    old = old / 65535
    rate = liquid_rate(h, earning, old, consensus) if h.liquid_alpha else 1 - h.bonds_moving_average / 10**6
    bonds = rate * earning + (1 - rate) * old
    if h.liquid_alpha:
        bonds[earning == 0] = 0
    return bonds, voting * (share(bonds, 0) @ incentive)


def liquid_rate(h, weights, bonds, consensus):
    low, high = h.alpha_low / 65535, h.alpha_high / 65535
    distance = np.clip(np.where(weights >= bonds, weights - consensus, bonds - weights), 0, 1)
    sigmoid = 1 / (1 + np.exp(-h.alpha_sigmoid_steepness / 100 * (distance - 0.5)))
    return np.clip(low + sigmoid * (high - low), low, high)


def store(terms, stake, places, rows, bonds):
    permit = np.zeros(len(stake), bool)
    permit[np.argsort(stake, kind="stable")[-places:]] = True
    permit &= stake > 0
    whole = np.zeros((len(stake), len(stake)), np.int64)
    whole[rows] = np.where(permit[rows][:, None], bonds * 65535, 0)
    return {
        **{f"stored_{name}": (value * 65535).astype(np.uint16) for name, value in terms.items()},
        "stored_permit": permit,
        "stored_bonds": rows_from_dense(whole),
    }


def pay(part: np.ndarray, combined: np.ndarray, rao_emission: int) -> np.ndarray:
    total = combined.sum()
    return (part / total * rao_emission).astype(np.int64) if total > 0 else np.zeros(len(part), np.int64)
