"""The epoch as a list of steps: agree on the miners, move the bonds, pay.

Each of the three functions below is the chain's own order of work and nothing else. They run in
two ways: as plain Python, where any step can be another function (a lesson shows what a step
returns, an exercise puts the learner's in its place); and compiled as a whole by numba with the
chain's steps, which is what a simulation calls. It is one text, so the two cannot differ.

Source: ``spec/epoch.md`` 5; ``pallets/subtensor/src/epoch/run_epoch.rs``, ``epoch_mechanism``.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bittensor_lab.kernels import bonds, yuma

# By name, not through the module: only so can numba keep the compiled callers on disk.
from bittensor_lab.kernels.bonds import (
    is_mixed,
    keep_present,
    look_up,
    normalise_columns,
    order_rows,
    read_bonds,
    read_shares,
    store,
    store_rows,
    upscale_columns,
    weigh_by_stake,
)
from bittensor_lab.kernels.fixed import ONE, kernel
from bittensor_lab.kernels.yuma import choose_rows, unpack

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class EpochArrays(NamedTuple):
    """An epoch's inputs as kernels take them; fractions raw I32F32, flags as they are."""

    block: int
    activity_cutoff: int
    last_tempo: int  # bonds on miners registered at this block or later are void
    owner_uid: int  # -1: none
    rao_emission: int
    stake_threshold: int
    max_allowed_validators: int
    kappa: int
    bonds_penalty: int
    bonds_alpha: int
    yuma3: bool
    liquid_alpha: bool
    steepness: int
    alpha_low: int
    alpha_high: int
    last_update: IntArray  # [n]
    block_at_registration: IntArray  # [n]
    commit_block: IntArray  # [n]
    stake: IntArray  # [n] rao
    stake_fraction: NDArray[np.uint32]  # [n] and beyond whole rao, raw 2⁻³²
    permit: BoolArray  # [n], the owner's included
    weight_start: IntArray  # [n + 1]
    weight_uid: NDArray[np.uint16]  # [pairs]
    weight_value: NDArray[np.uint16]  # [pairs]
    bond_start: IntArray  # [n + 1]
    bond_uid: NDArray[np.uint16]  # [pairs]
    bond_value: NDArray[np.uint16]  # [pairs]


def _step(kernel: Callable[..., Any], *shapes: str) -> Any:
    return field(default=kernel, metadata={"shapes": shapes})


@dataclass(frozen=True)
class Steps:
    """The steps of an epoch; ``replace(CHAIN_STEPS, consensus=mine)`` puts in your own.

    A step of yours gets NumPy arrays of raw I32F32 integers (``units.ONE`` is 1.0) and returns the
    same as the kernel in its place, whose docstring says what that is. The shapes of the result
    are in the field's metadata: n uids, k rows.
    """

    activity: Callable[..., Any] = _step(yuma.activity, "n")
    share_stake: Callable[..., Any] = _step(yuma.share_stake, "n")
    permits: Callable[..., Any] = _step(yuma.permits, "n")
    activate_stake: Callable[..., Any] = _step(yuma.activate_stake, "n")
    mask_weights: Callable[..., Any] = _step(yuma.mask_weights, "kn")
    normalise_rows: Callable[..., Any] = _step(yuma.normalise_rows, "kn")
    consensus: Callable[..., Any] = _step(yuma.weighted_median, "n")
    clip: Callable[..., Any] = _step(yuma.clip, "kn")
    trust: Callable[..., Any] = _step(yuma.trust, "k")
    incentive: Callable[..., Any] = _step(yuma.incentive, "n", "n")
    penalise: Callable[..., Any] = _step(bonds.penalise, "kn")
    mask_bonds: Callable[..., Any] = _step(bonds.mask_bonds, "kn")
    liquid_rates: Callable[..., Any] = _step(bonds.liquid_rates, "kn")
    move_bonds: Callable[..., Any] = _step(bonds.move_bonds, "kn")
    move_bonds_liquid: Callable[..., Any] = _step(bonds.move_bonds_liquid, "kn")
    dividends: Callable[..., Any] = _step(bonds.dividends, "k")
    split_emission: Callable[..., Any] = _step(bonds.split_emission, "n", "n", "n")


CHAIN_STEPS = Steps()


class Agreement(NamedTuple):
    """What the first half of an epoch finds: who counts, and what they agree on."""

    active: BoolArray  # [n]
    stake: IntArray  # [n] share of all stake
    new_permit: BoolArray  # [n] for the next epoch
    active_stake: IntArray  # [n] share of those who vote
    rows: IntArray  # [k] uid of each row
    row_stake: IntArray  # [k] their active stake
    stored: NDArray[np.int32]  # [k, n] u16 + 1, masked; 0 is absent
    weights: IntArray  # [k, n]
    consensus: IntArray  # [n]
    clipped: IntArray  # [k, n]
    trust: IntArray  # [k]
    rank: IntArray  # [n]
    incentive: IntArray  # [n]


class Bonding(NamedTuple):
    """What the second half finds: the bonds after this epoch and what they earn."""

    bond_weights: IntArray  # [k, n]
    bonds: IntArray  # [k, n] as they are to be stored
    dividends: IntArray  # [k]


class Stored(NamedTuple):
    """What the chain stores and pays, [n] each: u16 fractions, flags, rao; and sparse rows of bonds."""

    stake_weight: NDArray[np.uint16]
    consensus: NDArray[np.uint16]
    incentive: NDArray[np.uint16]
    dividends: NDArray[np.uint16]
    validator_trust: NDArray[np.uint16]
    active: BoolArray
    validator_permit: BoolArray
    server_emission: IntArray
    validator_emission: IntArray
    emission: IntArray
    bond_start: IntArray
    bond_uid: NDArray[np.uint16]
    bond_value: NDArray[np.uint16]


def agree(x: EpochArrays, steps: Steps) -> Agreement:
    """Steps 5.1 to 5.8: from stake and weights to consensus, clipping and incentive."""
    active = steps.activity(x.last_update, x.block, x.activity_cutoff)
    stake = steps.share_stake(x.stake, x.stake_fraction, x.stake_threshold, x.owner_uid)
    new_permit = steps.permits(stake, x.max_allowed_validators, x.owner_uid)
    active_stake = steps.activate_stake(stake, active, x.permit)
    rows = choose_rows(x.permit, x.bond_start)
    row_stake = active_stake[rows]
    stored = unpack(rows, len(x.stake), x.weight_start, x.weight_uid, x.weight_value)
    stored = steps.mask_weights(
        stored, rows, x.permit, x.last_update, x.block_at_registration, x.commit_block, x.owner_uid
    )
    weights = steps.normalise_rows(stored)
    consensus = steps.consensus(weights, row_stake, x.kappa)
    clipped = steps.clip(weights, consensus)
    trust = steps.trust(clipped)
    rank, incentive = steps.incentive(clipped, row_stake)
    return Agreement(active, stake, new_permit, active_stake, rows, row_stake, stored, weights,
                     consensus, clipped, trust, rank, incentive)  # fmt: skip


def bond(x: EpochArrays, a: Agreement, steps: Steps) -> Bonding:
    """Steps 5.9, 5.10 and section 6: from old bonds and weights to new bonds and dividends."""
    bond_weights = steps.penalise(a.weights, a.clipped, x.bonds_penalty)
    stored = unpack(a.rows, len(x.stake), x.bond_start, x.bond_uid, x.bond_value)
    stored = steps.mask_bonds(stored, x.block_at_registration, x.last_tempo)
    if not x.yuma3:
        new, old = weigh_by_stake(bond_weights, a.row_stake), read_shares(stored)
        moved = normalise_columns(steps.move_bonds(new, old, x.bonds_alpha))
        earned = steps.dividends(moved, a.incentive, np.full(len(a.rows), ONE))
        return Bonding(bond_weights, upscale_columns(moved), earned)
    old = read_bonds(stored)
    if x.liquid_alpha and a.consensus.any():
        present = keep_present(a.stored, a.weights, a.consensus, bond_weights, x.bonds_penalty)
        found, found_old = bond_weights, look_up(old, a.rows, x.bond_start, x.bond_uid, stored > 0)
        if not is_mixed(x.bonds_penalty):  # mixing puts the rows in ascending order
            found = look_up(bond_weights, a.rows, x.weight_start, x.weight_uid, present)
        rate = steps.liquid_rates(found, found_old, a.consensus, x.steepness, x.alpha_low, x.alpha_high)
        moved = steps.move_bonds_liquid(bond_weights, old, rate, present)
    else:
        moved = steps.move_bonds(bond_weights, old, x.bonds_alpha)
    earned = steps.dividends(normalise_columns(moved), a.incentive, a.row_stake)
    return Bonding(bond_weights, moved, earned)


def pay(x: EpochArrays, a: Agreement, b: Bonding, steps: Steps) -> Stored:
    """Steps 5.11 and 5.12: split the emission, and cut everything to the form it is stored in."""
    n = len(x.stake)
    dividends, trust = np.zeros(n, np.int64), np.zeros(n, np.int64)
    dividends[a.rows] = b.dividends
    trust[a.rows] = a.trust
    servers, validators, everyone = steps.split_emission(
        a.incentive, dividends, a.stake, a.active_stake, x.rao_emission
    )
    start, uid, value = store_rows(b.bonds, a.rows, n, a.new_permit)
    if x.yuma3 and x.liquid_alpha and a.consensus.any() and not is_mixed(x.bonds_penalty):
        start, uid, value = order_rows(start, uid, value, x.weight_start, x.weight_uid)
    return Stored(
        store(a.stake), store(a.consensus), store(a.incentive), store(dividends),
        store(trust), a.active, a.new_permit, servers, validators, everyone, start, uid, value,
    )  # fmt: skip


_names = [step.name for step in fields(Steps)]
_compiled_steps = namedtuple("_compiled_steps", _names)(*(getattr(CHAIN_STEPS, name) for name in _names))
# Inlined, so that no address of a step remains in the code: numba could not keep that on disk.
_agree, _bond, _pay = (njit(inline="always", error_model="numpy")(part) for part in (agree, bond, pay))


@kernel
def run(x):
    """The whole epoch with the chain's own steps, compiled as one."""
    a = _agree(x, _compiled_steps)
    return _pay(x, a, _bond(x, a, _compiled_steps), _compiled_steps)
