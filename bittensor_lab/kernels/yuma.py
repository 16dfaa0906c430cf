"""Yuma Consensus: the steps of one epoch, each a kernel.

Validators say what every miner is worth (weights W, one row each); stake S says how much each
validator counts. The epoch pays a miner what enough stake agrees on, and pays a validator for
having agreed early (bonds B):

    C_j  = the largest weight on miner j that stake of at least kappa supports   (consensus)
    W'   = min(W, C)                                                             (clipping)
    I_j  = Σ_i A_i · W'_ij, normalised                                           (incentive)
    B, D = bonds and dividends, in ``kernels/bonds.py``

Shapes: n uids; k rows, the uids that may hold weights or bonds (``rows`` says which). Numbers are
raw I32F32 (int64, 2³² is 1.0) unless said. Sparse rows come as (start, uid, value). An absent
weight is 0 once normalised; unpacked rows keep it apart from a weight that was stored as 0.

Source: ``spec/epoch.md`` 5 and 7; ``pallets/subtensor/src/epoch/run_epoch.rs``, ``math.rs``.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.kernels.fixed import ONE, div_u16, div_wide, kernel, mul, normalise

ABSENT = 0  # in an unpacked row; a stored value v is v + 1 there
ZERO, TOP = np.uint32(0), np.uint32(ONE - 1)
MEDIAN_BLOCK = 64  # columns whose scores fit the fastest cache together


@kernel
def activity(last_update, block, activity_cutoff):
    """Whether each uid [n] set weights recently: ``last_update + cutoff ≥ block`` (5.1)."""
    return last_update >= block - activity_cutoff


@kernel
def share_stake(stake, fraction, stake_threshold, owner_uid):
    """Each uid's share [n] of all stake, of rao [n] and raw 2⁻³² rao [n]; 0 below the threshold (5.2).

    The owner's counts whatever the threshold.
    """
    total, beyond = np.int64(0), np.int64(0)
    for i in range(len(stake)):
        if stake[i] >= stake_threshold or i == owner_uid:
            total += stake[i]
            beyond += np.int64(fraction[i])
    total, beyond = total + (beyond >> 32), beyond & (ONE - 1)
    shares = np.zeros(len(stake), np.int64)
    for i in range(len(stake)):
        if (stake[i] >= stake_threshold or i == owner_uid) and (total > 0 or beyond > 0):
            shares[i] = div_wide(stake[i], np.int64(fraction[i]), total, beyond)
    return shares


@kernel
def permits(stake, max_allowed_validators, owner_uid):
    """The new permits [n]: the k largest non-zero stakes, of equals the higher uid, and the owner (5.3)."""
    permit = stake > 0
    low, high = np.int64(0), np.int64(ONE + 1 if permit.sum() > max_allowed_validators else 1)
    while high - low > 1:  # the largest stake that k uids reach; 0 if all who hold any get a place
        middle = (low + high) >> 1
        if (stake >= middle).sum() >= max_allowed_validators:
            low = middle
        else:
            high = middle
    permit[:] = stake > low
    places = max_allowed_validators - permit.sum()
    for i in range(len(stake) - 1, -1, -1):
        if low > 0 and places > 0 and stake[i] == low:
            permit[i] = True
            places -= 1
    if owner_uid >= 0:
        permit[owner_uid] = True
    return permit


@kernel
def activate_stake(stake, active, permit):
    """Stake [n] of those who are active and held a permit, normalised (5.4)."""
    return normalise(np.where(active & permit, stake, 0))


@kernel
def choose_rows(permit, bond_start):
    """The uids [k] whose rows matter: those with a permit (they vote) or with bonds (they still count)."""
    return np.flatnonzero(permit | (bond_start[1:] > bond_start[:-1]))


@kernel
def unpack(rows, n, start, uid, value):
    """Sparse u16 rows as a dense [k, n] int32 of value + 1, where 0 is an absent pair."""
    dense = np.zeros((len(rows), n), np.int32)
    for r in range(len(rows)):
        for p in range(start[rows[r]], start[rows[r] + 1]):
            if uid[p] < n:
                dense[r, uid[p]] = np.int32(value[p]) + 1
    return dense


@kernel
def mask_weights(stored, rows, permit, last_update, block_at_registration, commit_block, owner_uid):
    """Take out of ``stored`` [k, n] in place what must not vote (5.5, 5.6).

    That is: rows without permit; a uid's weight on itself, but for the owner; weights that are
    older than the miner; weights that were committed before the miner came.
    """
    newest = block_at_registration.max()
    for r in range(len(rows)):
        i = rows[r]
        updated, committed = last_update[i], commit_block[i]
        if not (permit[i] and updated > newest and committed >= newest):
            for j in range(stored.shape[1]):
                known = updated > block_at_registration[j] and committed >= block_at_registration[j]
                stored[r, j] = stored[r, j] if known and permit[i] else ABSENT
        if i != owner_uid:
            stored[r, i] = ABSENT
    return stored


@kernel
def normalise_rows(stored):
    """Weights [k, n] that sum to 1 in each row, of masked u16 + 1 [k, n] (5.7)."""
    weights = np.empty(stored.shape, np.int64)
    for r in range(stored.shape[0]):
        total = np.int64(0)
        for j in range(stored.shape[1]):
            total += max(stored[r, j] - 1, 0)
        for j in range(stored.shape[1]):
            weights[r, j] = div_u16(max(stored[r, j] - 1, 0), total)
    return weights


@kernel
def weighted_median(weights, active_stake, kappa):
    """Consensus [n] of weights [k, n] by active stake [k]: the stake-weighted median (7).

    The smallest score x such that the stake of those who give at most x exceeds 1 − kappa. Found by
    halving, for a block of miners at once: the answer always lies from ``low`` to ``high``. Scores
    and stake fit unsigned 32 bits, twice as many to a vector: 1.0 only ever stands alone in its row
    and becomes 2³² − 1, and those at or below a ``middle`` under ``high`` never hold all stake.
    """
    voters = np.flatnonzero(active_stake > 0)
    consensus = np.zeros(weights.shape[1], np.int64)
    if len(voters) == 0:
        return consensus
    stake = normalise(active_stake[voters])
    total = stake.sum()
    minority = np.uint32(min(max(total - kappa, 0), total - 1))
    score = np.zeros((len(voters), MEDIAN_BLOCK), np.uint32)
    for first in range(0, weights.shape[1], MEDIAN_BLOCK):
        width = min(MEDIAN_BLOCK, weights.shape[1] - first)
        for v in range(len(voters)):
            for j in range(width):
                score[v, j] = min(weights[voters[v], first + j], ONE - 1)
        found = _halve(score, stake.astype(np.uint32), minority)
        for j in range(width):
            consensus[first + j] = found[j] if found[j] < ONE - 1 else ONE
    return consensus


@kernel
def _halve(score, stake, minority):
    """For each column of score [v, MEDIAN_BLOCK], the smallest whose cumulated stake exceeds ``minority``.

    Each round compares with the middle of what is left and then goes on to the nearest score that
    somebody gave, below or above it: a few rounds where scores are few or alike, 33 at the most.
    """
    low, high = np.full(MEDIAN_BLOCK, TOP), np.zeros(MEDIAN_BLOCK, np.uint32)
    middle, at_most = np.empty_like(low), np.empty_like(low)
    above, below = np.empty_like(low), np.empty_like(low)
    for v in range(len(stake)):
        for j in range(MEDIAN_BLOCK):
            low[j], high[j] = min(low[j], score[v, j]), max(high[j], score[v, j])
    apart = np.uint32(1)
    while apart > 0:
        for j in range(MEDIAN_BLOCK):
            middle[j] = low[j] + ((high[j] - low[j]) >> np.uint32(1))
            at_most[j], above[j], below[j] = ZERO, TOP, ZERO
        for v in range(len(stake)):
            held = stake[v]
            for j in range(MEDIAN_BLOCK):  # written as selects: branches would cost the vectors
                x = score[v, j]
                is_low = x <= middle[j]
                below[j] += held if is_low else ZERO
                at_most[j] = max(at_most[j], x if is_low else ZERO)
                above[j] = min(above[j], TOP if is_low else x)
        apart = ZERO
        for j in range(MEDIAN_BLOCK):
            enough, is_open = below[j] > minority, low[j] < high[j]
            new_low = above[j] if is_open and not enough else low[j]
            new_high = at_most[j] if is_open and enough else high[j]
            low[j], high[j] = new_low, new_high
            apart |= new_high - new_low
    return high


@kernel
def clip(weights, consensus):
    """Weights [k, n] cut to the consensus [n] of their column (5.8)."""
    clipped = np.empty_like(weights)
    for r in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            clipped[r, j] = min(weights[r, j], consensus[j])
    return clipped


@kernel
def trust(clipped):
    """What is left of each row [k] after clipping: the validator's trust (5.8)."""
    left = np.zeros(clipped.shape[0], np.int64)
    for r in range(clipped.shape[0]):
        for j in range(clipped.shape[1]):
            left[r] += clipped[r, j]
    return left


@kernel
def incentive(clipped, active_stake):
    """Rank [n], the stake-weighted sum of clipped weights [k, n], and incentive [n], its share (5.8)."""
    rank = np.zeros(clipped.shape[1], np.int64)
    for r in range(clipped.shape[0]):
        for j in range(clipped.shape[1]):
            rank[j] += mul(clipped[r, j], active_stake[r])
    return rank, normalise(rank)
