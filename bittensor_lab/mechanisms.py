"""A subnet's epoch over all its mechanisms: split the emission, run each, put the terms together.

A subnet can have several weight matrices that share its uids, stake and permits. Each runs the epoch
of ``epoch.py`` with its part of the emission; what is paid is the sum, what is stored per uid is the
mean weighted by those parts, cut off after every addition.

Source: ``spec/epoch.md`` 1.4, 3.3 and 5; ``subnets/mechanism.rs``, ``epoch/run_epoch.rs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.epoch import NEVER, EpochInputs, EpochTerms, run_epoch
from bittensor_lab.rows import pack
from bittensor_lab.stake_weight import stake_weights
from bittensor_lab.state import Mechanism, State, Subnet
from bittensor_lab.units import U16_MAX

MEANS = ("stake_weight", "consensus", "dividends", "validator_trust")
Q64 = 64


@dataclass(frozen=True, eq=False)
class SubnetTerms:
    """What a subnet's epoch stores and pays, per uid [n]: u16 of 65535, flags, rao."""

    stake_weight: NDArray[np.uint16]
    consensus: NDArray[np.uint16]
    dividends: NDArray[np.uint16]
    validator_trust: NDArray[np.uint16]
    active: NDArray[np.bool_]
    validator_permit: NDArray[np.bool_]
    server_emission: NDArray[np.int64]
    validator_emission: NDArray[np.int64]
    emission: NDArray[np.int64]
    """not the sum of the two: the mechanisms' emission, weighted by their parts; it ranks for pruning"""


def split_emissions(emission: int, count: int, split: Sequence[int] | None) -> list[int]:
    """Return each mechanism's part of ``emission`` rao; what rounding leaves goes to mechanism 0.

    Parameters
    ----------
    split
        u16 of 65535 for each mechanism, or None: even.
    """
    if split is None:
        parts = [emission // count] * count
    else:
        parts = [emission * s // U16_MAX for s in split][:count]
        parts += [0] * (count - len(parts))
    parts[0] += emission - sum(parts)
    return parts


def aggregate(terms: Sequence[EpochTerms], parts: Sequence[int]) -> SubnetTerms:
    """Return the terms of the subnet from those of its mechanisms and their parts of the emission."""
    if len(terms) == 1:
        only = terms[0]
        return SubnetTerms(**{name: getattr(only, name) for name in SubnetTerms.__dataclass_fields__})
    total, nothing = sum(parts), np.zeros(len(terms[0].active), np.int64)
    shares = [(part << Q64) // total for part in parts] if total else [1 << Q64] + [0] * (len(parts) - 1)
    means: dict[str, Any] = {
        name: _mean([getattr(t, name) for t in terms], shares) for name in (*MEANS, "emission")
    }
    return SubnetTerms(
        active=np.logical_or.reduce([t.active for t in terms]),
        validator_permit=np.logical_or.reduce([t.validator_permit for t in terms]),
        server_emission=sum((t.server_emission for t in terms), nothing),
        validator_emission=sum(
            (t.validator_emission for t in terms), np.zeros(len(terms[0].active), np.int64)
        ),
        **means,
    )


def _mean(columns: Sequence[NDArray[np.generic]], shares: Sequence[int]) -> NDArray[np.generic]:
    """Weighted sum of columns [n] by raw Q64 shares, cut to integers after every addition."""
    out = [0] * len(columns[0])
    for column, share in zip(columns, shares, strict=True):
        out = [a + (x * share >> Q64) for a, x in zip(out, column.tolist(), strict=True)]
    return np.array(out, columns[0].dtype)


def run_subnet_epoch(state: State, netuid: int, emission: int) -> tuple[Subnet, SubnetTerms]:
    """Run the epoch of a subnet with at least one uid; return it with what the epoch stored."""
    subnet = state.subnet(netuid)
    parts = split_emissions(emission, len(subnet.mechanisms), subnet.mechanism_split)
    stake = stake_weights(state, netuid)
    terms = [
        run_epoch(epoch_inputs(state, subnet, mechanism, part, stake))
        for mechanism, part in zip(subnet.mechanisms, parts, strict=True)
    ]
    whole = aggregate(terms, parts)
    return _store(subnet, terms, whole), whole


def epoch_inputs(
    state: State,
    subnet: Subnet,
    mechanism: Mechanism,
    rao_emission: int,
    stake: tuple[NDArray[np.int64], NDArray[np.uint32]],
) -> EpochInputs:
    """Return what the epoch of one mechanism reads, were it to run now."""
    h = state.hyperparameters(subnet.netuid)
    return EpochInputs(
        hyperparameters=h,
        block=state.block,
        last_step_block=int(state.clocks.last_step_block[subnet.netuid]),
        activity_cutoff=h.activity_cutoff,
        owner_uid=subnet.owner_uid,
        rao_emission=rao_emission,
        last_update=mechanism.last_update,
        block_at_registration=subnet.block_at_registration,
        stake=stake[0],
        stake_fraction=stake[1],
        stake_threshold=state.network.stake_threshold,
        validator_permit=subnet.validator_permit,
        weights=pack(mechanism.weights),
        bonds=mechanism.bonds,
        commit_block=_commit_blocks(state, subnet, mechanism) if h.commit_reveal else None,
    )


def _commit_blocks(state: State, subnet: Subnet, mechanism: Mechanism) -> NDArray[np.int64]:
    """The block of each uid's earliest commit that can still be revealed [n], ``NEVER`` if none."""
    index = int(state.clocks.epoch_index[subnet.netuid])
    oldest = index - state.hyperparameters(subnet.netuid).reveal_period_epochs
    blocks = np.full(subnet.n, NEVER)
    for hotkey, queue in mechanism.commits.items():
        alive = [commit.block for commit in queue if commit.epoch >= oldest]
        if alive and hotkey in subnet.uids:
            blocks[subnet.uids[hotkey]] = alive[0]
    for epoch, bucket in mechanism.timelocked.items():
        for waiting in bucket if epoch >= oldest else ():
            uid = subnet.uids.get(waiting.hotkey)
            if uid is not None:
                blocks[uid] = min(blocks[uid], waiting.block)
    return blocks


def _store(subnet: Subnet, terms: Sequence[EpochTerms], whole: SubnetTerms) -> Subnet:
    mechanisms = (
        replace(m, bonds=t.bonds, incentive=t.incentive)
        for m, t in zip(subnet.mechanisms, terms, strict=True)
    )
    return replace(
        subnet,
        mechanisms=tuple(mechanisms),
        active=whole.active,
        validator_permit=whole.validator_permit,
        emission=whole.emission,
        **{name: getattr(whole, name) for name in MEANS},
    )
