"""A whole network, many blocks in one call: ``block.begin_block`` on columns, without extrinsics.

For every block: coinbase, then the epochs that are due and what they pay, then the claims of the lot.

    run_blocks(network, rules, issuance, first block, blocks, lots) -> (blocks done, issuance)

It is the same arithmetic as that of ``block.run`` (the coinbase and the epoch are the same kernels) and
gives the same state to the last bit. It stops early when the log of credits is nearly full.

Source: ``spec/epoch.md`` 8, ``spec/economy.md`` 2; ``coinbase/run_coinbase.rs``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.kernels.coinbase import PoolArrays, one_block
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.kernels.fixed import kernel
from bittensor_lab.kernels.payout import Claims, Keys, Ledger, claim_by_lot, distribute
from bittensor_lab.kernels.steps import EpochArrays, run

FAR = 2**62
U32 = np.uint64(0xFFFFFFFF)


class Clock(NamedTuple):
    """When epochs are due, a row per netuid; tempo 0: no subnet, or never."""

    tempo: NDArray[np.int64]  # [rows]
    last_epoch_block: NDArray[np.int64]  # [rows]
    pending_epoch_at: NDArray[np.int64]  # [rows]
    epoch_index: NDArray[np.int64]  # [rows]
    last_step_block: NDArray[np.int64]  # [rows]
    step_origin: NDArray[np.int64]  # [rows] block at which blocks_since_last_step was 0


class EpochRules(NamedTuple):
    """What each subnet's epoch goes by; fractions raw I32F32."""

    n: NDArray[np.int64]  # [rows] how many uids there are
    owner_uid: NDArray[np.int64]  # [rows] −1: none
    activity_cutoff: NDArray[np.int64]  # [rows]
    max_allowed_validators: NDArray[np.int64]  # [rows]
    kappa: NDArray[np.int64]  # [rows]
    bonds_penalty: NDArray[np.int64]  # [rows]
    bonds_alpha: NDArray[np.int64]  # [rows]
    yuma3: NDArray[np.bool_]  # [rows]
    liquid_alpha: NDArray[np.bool_]  # [rows]
    steepness: NDArray[np.int64]  # [rows]
    alpha_low: NDArray[np.int64]  # [rows]
    alpha_high: NDArray[np.int64]  # [rows]


class Neurons(NamedTuple):
    """What an epoch reads of each uid, and its validators' weights end to end."""

    last_update: NDArray[np.int64]  # [rows, width]
    block_at_registration: NDArray[np.int64]  # [rows, width]
    never: NDArray[np.int64]  # [width] no commit waits
    weight_start: NDArray[np.int64]  # [rows, width + 1]
    weight_uid: NDArray[np.uint16]  # [rows, pairs]
    weight_value: NDArray[np.uint16]  # [rows, pairs]


class Terms(NamedTuple):
    """What each subnet's last epoch stored."""

    stake_weight: NDArray[np.uint16]  # [rows, width]
    consensus: NDArray[np.uint16]  # [rows, width]
    incentive: NDArray[np.uint16]  # [rows, width]
    dividends: NDArray[np.uint16]  # [rows, width]
    validator_trust: NDArray[np.uint16]  # [rows, width]
    active: NDArray[np.bool_]  # [rows, width]
    validator_permit: NDArray[np.bool_]  # [rows, width]
    emission: NDArray[np.int64]  # [rows, width]
    bond_start: NDArray[np.int64]  # [rows, width + 1]
    bond_uid: NDArray[np.uint16]  # [rows, pairs]
    bond_value: NDArray[np.uint16]  # [rows, pairs]


class Limits(NamedTuple):
    """What is the same for all subnets."""

    epochs_per_block: int
    max_tempo: int
    stake_threshold: int  # rao
    tao_weight: int  # raw Q32
    claims_per_block: int
    stakers: int
    credits: int  # how many a block may need


class Network(NamedTuple):
    """A network as columns."""

    pools: PoolArrays  # [rows] each
    clock: Clock
    epochs: EpochRules
    neurons: Neurons
    terms: Terms
    keys: Keys
    ledger: Ledger
    claims: Claims
    limits: Limits


@kernel
def run_blocks(network, rules, issuance, first, blocks, lots):
    """Run up to ``blocks`` blocks in place; ``lots`` [blocks, 4] are the words of each one's hash."""
    emitting, clock, claims = np.flatnonzero(rules.emits), network.clock, network.claims
    limits, ledger = network.limits, network.ledger
    next_due = soonest(clock, first - 1, limits.max_tempo)
    for done in range(blocks):
        block = first + done
        if ledger.log_size[0] + limits.credits > len(ledger.log.pool):
            return done, issuance
        issuance += one_block(network.pools, rules, emitting, block_emission(issuance), block)
        if block >= next_due:
            run_due(network, block, limits.epochs_per_block, limits.max_tempo)
            next_due = soonest(clock, block, limits.max_tempo)
        if limits.claims_per_block > 0 and limits.stakers > 0:
            claim_by_lot(lots[done], limits.claims_per_block, limits.stakers, ledger, claims, network.pools)
    return blocks, issuance


@kernel
def soonest(clock, now, max_tempo):
    """The next block at which any epoch is due."""
    found = np.int64(FAR)
    for row in range(len(clock.tempo)):
        if clock.tempo[row] > 0:
            found = min(found, clock.last_epoch_block[row] + clock.tempo[row])
            found = min(found, clock.step_origin[row] + max_tempo + 1)
            if clock.pending_epoch_at[row] > 0:
                found = min(found, clock.pending_epoch_at[row])
    return max(now + 1, found)


@kernel
def run_due(network, block, epochs_per_block, max_tempo):
    """Run the epochs that are due, in ascending order; those beyond a block's number wait for the next."""
    clock, ran = network.clock, 0
    for row in range(len(clock.tempo)):
        pending = clock.pending_epoch_at[row]
        is_due = 0 < pending <= block or block - clock.last_epoch_block[row] >= clock.tempo[row]
        if clock.tempo[row] == 0 or not (is_due or block - clock.step_origin[row] > max_tempo):
            continue
        if ran >= epochs_per_block:
            clock.pending_epoch_at[row] = block + 1
            continue
        ran += 1
        clock.last_epoch_block[row] = block
        clock.step_origin[row] = block
        clock.pending_epoch_at[row] = 0
        clock.epoch_index[row] += 1
        run_subnet(network, row, block)


@kernel
def run_subnet(network, row, block):
    """Empty a subnet's pots, run its epoch and pay it out."""
    p = network.pools
    pots = (p.pending_server[row], p.pending_validator[row], p.pending_root[row], p.pending_owner[row])
    p.pending_server[row], p.pending_validator[row], p.pending_root[row], p.pending_owner[row] = 0, 0, 0, 0
    stored = run(epoch_arrays(network, row, block, pots[0] + pots[1] + pots[2]))
    keep_terms(network.terms, row, stored)
    network.clock.last_step_block[row] = block
    distribute(
        row, pots, stored.server_emission, stored.validator_emission, network.ledger, network.keys,
        network.claims, p, network.limits.tao_weight,
    )  # fmt: skip


@kernel
def epoch_arrays(network, row, block, emission):
    """What the epoch of a subnet reads now."""
    e, neurons, terms = network.epochs, network.neurons, network.terms
    n, owner, last_step = e.n[row], e.owner_uid[row], network.clock.last_step_block[row]
    permit = terms.validator_permit[row, :n].copy()
    if owner >= 0:
        permit[owner] = True
    stake, beyond = stake_weights(
        row, n, network.ledger, network.keys, network.claims, network.limits.tao_weight
    )
    return EpochArrays(
        block, e.activity_cutoff[row],
        last_step + 1 if last_step > 0 else max(np.int64(0), block - network.clock.tempo[row]),
        owner, emission, network.limits.stake_threshold, e.max_allowed_validators[row],
        e.kappa[row], e.bonds_penalty[row], e.bonds_alpha[row], e.yuma3[row], e.liquid_alpha[row],
        e.steepness[row], e.alpha_low[row], e.alpha_high[row],
        neurons.last_update[row, :n], neurons.block_at_registration[row, :n], neurons.never[:n],
        stake, beyond, permit,
        neurons.weight_start[row, : n + 1], neurons.weight_uid[row], neurons.weight_value[row],
        terms.bond_start[row, : n + 1], terms.bond_uid[row], terms.bond_value[row],
    )  # fmt: skip


@kernel
def stake_weights(row, n, ledger, keys, claims, tao_weight):
    """The stake weight of each uid [n]: whole rao, and what is beyond as raw 2⁻³² rao."""
    whole, beyond = np.empty(n, np.int64), np.zeros(n, np.uint32)
    for uid in range(n):
        whole[uid] = ledger.value[keys.own_pool[row, uid]]
        hotkey = keys.root[row, uid]
        if hotkey >= 0:
            root = np.uint64(ledger.value[claims.root_pool[hotkey]])
            part = (root & U32) * np.uint64(tao_weight)
            upper = (root >> np.uint64(32)) * np.uint64(tao_weight) + (part >> np.uint64(32))
            whole[uid] += np.int64(upper)
            beyond[uid] = np.uint32(part & U32)
    return whole, beyond


@kernel
def keep_terms(terms, row, stored):
    """Write down what an epoch stores."""
    n, pairs = len(stored.active), len(stored.bond_uid)
    terms.stake_weight[row, :n] = stored.stake_weight
    terms.consensus[row, :n] = stored.consensus
    terms.incentive[row, :n] = stored.incentive
    terms.dividends[row, :n] = stored.dividends
    terms.validator_trust[row, :n] = stored.validator_trust
    terms.active[row, :n] = stored.active
    terms.validator_permit[row, :n] = stored.validator_permit
    terms.emission[row, :n] = stored.emission
    terms.bond_start[row, : n + 1] = stored.bond_start
    terms.bond_uid[row, :pairs] = stored.bond_uid
    terms.bond_value[row, :pairs] = stored.bond_value
