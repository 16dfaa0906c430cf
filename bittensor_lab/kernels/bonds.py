"""Bonds and dividends: what a validator earns for seeing a miner's worth early.

A bond B_ij follows validator i's weight on miner j slowly, as a moving average with rate alpha:

    B ← alpha · new + (1 − alpha) · B

Yuma 3: ``new`` is the weight, and each bond is a number of its own in [0, 1].
Yuma 2: ``new`` is stake · weight as a share of the miner, and so is each bond.
Liquid alpha (Yuma 3): alpha rises with the distance d of weight and consensus,
``alpha = low + (high − low) / (1 + exp(−steepness · (d − 1/2)))``.

    D_i = A_i · Σ_j (share of B_ij in its column) · I_j   (Yuma 3; without A_i in Yuma 2), normalised

Shapes and numbers as in ``kernels/yuma.py``.
Source: ``spec/epoch.md`` 5.8–5.12 and 6; ``pallets/subtensor/src/epoch/math.rs``.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.kernels.fixed import (
    HALF,
    ONE,
    div,
    exp_positive,
    kernel,
    mul,
    mul_floor,
    normalise,
    reciprocal,
    u16_fraction,
)

STEEPEST = 20 << 32  # the chain clamps the sigmoid's exponent to ±20


@kernel
def is_mixed(bonds_penalty):
    """Whether the penalty lies between none and full, so that each weight is mixed anew."""
    return 0 < bonds_penalty < ONE


@kernel
def penalise(weights, clipped, bonds_penalty):
    """The weights [k, n] that earn bonds: at penalty 0 as given, at 1 clipped, between as mixed (5.8)."""
    if bonds_penalty == 0:
        return weights
    if bonds_penalty == ONE:
        return clipped
    mixed = np.empty_like(weights)
    for r in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            mixed[r, j] = max(weights[r, j] + mul_floor(bonds_penalty, clipped[r, j] - weights[r, j]), 0)
    return mixed


@kernel
def mask_bonds(stored, block_at_registration, last_tempo):
    """Take out of ``stored`` [k, n] in place the bonds on miners that came after the last epoch (5.9)."""
    for r in range(stored.shape[0]):
        for j in range(stored.shape[1]):
            stored[r, j] = stored[r, j] if last_tempo > block_at_registration[j] else 0
    return stored


@kernel
def read_bonds(stored):
    """Old bonds [k, n] for Yuma 3, each ``u16 / 65535``, of unpacked rows (6.2)."""
    bonds = np.empty(stored.shape, np.int64)
    for r in range(stored.shape[0]):
        for j in range(stored.shape[1]):
            bonds[r, j] = u16_fraction(max(stored[r, j] - 1, 0))
    return bonds


@kernel
def read_shares(stored):
    """Old bonds [k, n] for Yuma 2, each a share of its miner's column, of unpacked rows (6.1)."""
    bonds = np.empty(stored.shape, np.int64)
    for r in range(stored.shape[0]):
        for j in range(stored.shape[1]):
            bonds[r, j] = max(stored[r, j] - 1, 0)
    return normalise_columns(bonds)


@kernel
def weigh_by_stake(bond_weights, active_stake):
    """New bonds [k, n] for Yuma 2: stake · weight, as a share of its miner's column (6.1)."""
    bought = np.empty_like(bond_weights)
    for r in range(bond_weights.shape[0]):
        for j in range(bond_weights.shape[1]):
            bought[r, j] = mul(bond_weights[r, j], active_stake[r])
    return normalise_columns(bought)


@kernel
def normalise_columns(matrix):
    """Each column of a raw [k, n] divided by its sum."""
    total = np.zeros(matrix.shape[1], np.int64)
    for r in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            total[j] += matrix[r, j]
    shares = np.empty_like(matrix)
    for r in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            shares[r, j] = div(matrix[r, j], total[j])
    return shares


@kernel
def move_bonds(new, bonds, bonds_alpha):
    """The moving average [k, n] at one rate: ``alpha·new + (1 − alpha)·old``, each product cut (6.1, 6.2)."""
    moved = np.empty_like(bonds)
    for r in range(bonds.shape[0]):
        for j in range(bonds.shape[1]):
            moved[r, j] = mul(new[r, j], bonds_alpha) + mul(bonds[r, j], ONE - bonds_alpha)
    return moved


@kernel
def keep_present(stored, weights, consensus, bond_weights, bonds_penalty):
    """Which pairs [k, n] the bond weights hold, zeros among them (6.3).

    Unclipped: all that survived the masks. Clipped: not those cut to nothing. Mixed: those above 0.
    """
    present = np.empty(weights.shape, np.bool_)
    for r in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            dropped = bonds_penalty == ONE and consensus[j] == 0 and weights[r, j] > 0
            present[r, j] = stored[r, j] > 0 and not dropped
            if is_mixed(bonds_penalty):
                present[r, j] = bond_weights[r, j] > 0
    return present


@kernel
def is_ascending(start, uid):
    """Whether every sparse row lists its uids in ascending order, as nearly all do."""
    for i in range(len(start) - 1):
        falls = 0
        for p in range(start[i] + 1, start[i + 1]):
            falls |= uid[p] <= uid[p - 1]
        if falls:
            return False
    return True


@kernel
def look_up(matrix, rows, start, uid, present):
    """``matrix`` [k, n] as the chain finds it when it computes alpha (6.3).

    It walks each stored row once, forward: of the ``present`` pairs, one is found only if its uid is
    larger than every earlier one of the row; any other reads as 0. Ascending rows are found whole.
    """
    if is_ascending(start, uid):
        return matrix
    found = np.zeros_like(matrix)
    for r in range(len(rows)):
        highest = -1
        for p in range(start[rows[r]], start[rows[r] + 1]):
            j = np.int64(uid[p])
            if j < present.shape[1] and present[r, j] and j > highest:
                found[r, j] = matrix[r, j]
                highest = j
    return found


@kernel
def liquid_rates(weights, bonds, consensus, steepness, alpha_low, alpha_high):
    """The rate alpha [k, n] of each bond, from its weight, old bond and the consensus [n] (6.3).

    Nearly all bonds that rise are at distance 0, so each row computes that rate once, in the first
    place of ``distance``, and then those of the others.
    """
    n = weights.shape[1]
    alpha = np.empty_like(weights)
    place, apart = np.empty(n, np.int64), np.empty(n, np.int64)
    distance = np.zeros(n + 1, np.int64)
    for r in range(weights.shape[0]):
        for j in range(n):
            w, b = weights[r, j], bonds[r, j]
            apart[j] = min(max(w - consensus[j] if w >= b else b - w, 0), ONE)
        count = 1
        for j in range(n):
            distance[count] = apart[j]
            place[j] = count if apart[j] > 0 else 0
            count += 1 if apart[j] > 0 else 0
        rate = _rates(distance[:count], steepness, alpha_low, alpha_high)
        for j in range(n):
            alpha[r, j] = rate[place[j]]
    return alpha


@kernel
def _rates(distance, steepness, alpha_low, alpha_high):
    """alpha [m] at each distance [m]: low, plus a sigmoid's share of the way to high."""
    size, term = np.empty_like(distance), np.empty_like(distance)
    rate = np.empty_like(distance)
    for p in range(len(distance)):
        size[p] = min(abs(_exponent(steepness, distance[p] - HALF)), STEEPEST)
    exp_positive(size, term, rate)
    for p in range(len(distance)):
        e = reciprocal(rate[p]) if _exponent(steepness, distance[p] - HALF) < 0 else rate[p]
        rate[p] = alpha_low + mul_floor(reciprocal(ONE + e), alpha_high - alpha_low)
        rate[p] = min(max(rate[p], alpha_low), alpha_high)
    return rate


@kernel
def _exponent(steepness, x):
    """``steepness · x``, floored, for a signed raw steepness of up to 2⁴¹ and a raw |x| ≤ 1/2."""
    a, b = np.uint64(abs(steepness)), np.uint64(abs(x))
    low = (a & np.uint64(ONE - 1)) * b
    size = np.int64((a >> np.uint64(32)) * b + (low >> np.uint64(32)))
    cut = 1 if low & np.uint64(ONE - 1) else 0
    return -size - cut if (steepness < 0) != (x < 0) else size


@kernel
def move_bonds_liquid(new, bonds, alpha, present):
    """The moving average [k, n] at a rate for each bond; a bond whose weight is absent vanishes (6.3)."""
    moved = np.empty_like(bonds)
    for r in range(bonds.shape[0]):
        for j in range(bonds.shape[1]):
            value = mul(new[r, j], alpha[r, j]) + mul(bonds[r, j], ONE - alpha[r, j])
            moved[r, j] = min(value, ONE) if present[r, j] else 0
    return moved


@kernel
def dividends(bonds, incentive, stake_factor):
    """Dividends [k], a share each: bonds [k, n] as shares of their column, times incentive [n] (6.1, 6.2).

    ``stake_factor`` [k] is active stake in Yuma 3 and 1 in Yuma 2.
    """
    earned = np.zeros(bonds.shape[0], np.int64)
    for r in range(bonds.shape[0]):
        for j in range(bonds.shape[1]):
            earned[r] += mul(bonds[r, j], incentive[j])
        earned[r] = mul(earned[r], stake_factor[r])
    return normalise(earned)


@kernel
def upscale_columns(bonds):
    """Bonds [k, n] as Yuma 2 stores them: the largest of each column becomes 1 (6.1)."""
    largest = np.zeros(bonds.shape[1], np.int64)
    for r in range(bonds.shape[0]):
        for j in range(bonds.shape[1]):
            largest[j] = max(largest[j], bonds[r, j])
    scaled = np.empty_like(bonds)
    for r in range(bonds.shape[0]):
        for j in range(bonds.shape[1]):
            scaled[r, j] = div(bonds[r, j], largest[j])
    return scaled


@kernel
def split_emission(incentive, dividends, stake, active_stake, rao_emission):
    """Pay out: server, validator and combined emission, rao [n] each (5.11); what is cut off is lost."""
    combined = incentive + dividends
    total = combined.sum()
    for_servers, for_validators = np.zeros_like(stake), np.zeros_like(stake)
    if total == 0:  # nobody was agreed on: validators are paid by stake
        for_validators[:] = stake if active_stake.sum() == 0 else active_stake
        combined[:] = for_validators
    else:
        for u in range(len(stake)):
            for_servers[u] = div(incentive[u], total)
            for_validators[u] = div(dividends[u], total)
            combined[u] = div(combined[u], total)
    return _rao(for_servers, rao_emission), _rao(for_validators, rao_emission), _rao(combined, rao_emission)


@kernel
def _rao(shares, rao):
    """``floor(share · rao / 2³²)`` of each raw share [n], for any rao below 2⁶³."""
    high, low = np.uint64(rao) >> np.uint64(32), np.uint64(rao) & np.uint64(ONE - 1)
    paid = np.empty_like(shares)
    for u in range(len(shares)):
        share = np.uint64(shares[u])
        paid[u] = np.int64(share * high + ((share * low) >> np.uint64(32)))
    return paid


@kernel
def store(values):
    """Raw fractions of any shape as the u16 that the chain stores: cut, not rounded (5.12)."""
    stored = np.empty(values.shape, np.uint16)
    flat, out = values.ravel(), stored.ravel()
    for i in range(len(flat)):
        out[i] = (min(flat[i], ONE) * 65535) >> 32
    return stored


@kernel
def store_rows(bonds, rows, n, permit):
    """Bonds [k, n] of those who hold the new permit, as sparse rows in ascending order (5.12)."""
    start = np.zeros(n + 1, np.int64)
    uid, value = np.empty(bonds.size, np.uint16), np.empty(bonds.size, np.uint16)
    p, r = np.uint64(0), 0  # unsigned: an index that cannot be negative costs no check
    for i in range(n):
        if r < len(rows) and rows[r] == i:
            if permit[i]:
                for j in range(n):
                    uid[p], value[p] = j, (bonds[r, j] * 65535) >> 32
                    p += np.uint64(bonds[r, j] > 0)
            r += 1
        start[i + 1] = p
    return start, uid[:p].copy(), value[:p].copy()


@kernel
def order_rows(start, uid, value, weight_start, weight_uid):
    """Sparse bond rows put into the order of their weight rows: so liquid alpha stores them (6.3)."""
    if is_ascending(weight_start, weight_uid):
        return start, uid, value
    n = len(start) - 1
    at = np.full(n, -1, np.int64)  # the bond on each uid, while its row is put in order
    ordered_uid, ordered_value = uid.copy(), value.copy()
    for i in range(n):
        for p in range(start[i], start[i + 1]):
            at[uid[p]] = value[p]
        p = start[i]
        for q in range(weight_start[i], weight_start[i + 1]):
            j = weight_uid[q]
            if j < n and at[j] >= 0:
                ordered_uid[p], ordered_value[p], at[j] = j, at[j], -1
                p += 1
    return start, ordered_uid, ordered_value
