"""One epoch of a subnet: validators' weights and stake in, incentive, dividends and emission out.

    terms = run_epoch(inputs)                                    # what the chain would store and pay
    trace = trace_epoch(inputs)                                  # and how it got there, step by step
    other = run_epoch(inputs, replace(CHAIN_STEPS, consensus=f)) # with a step of your own

``EpochInputs`` is everything that the chain reads when an epoch is due, ``EpochTerms`` all that it
writes. Both are in the chain's own numbers: u16 fractions, rao and blocks. The arithmetic is the
chain's to the last bit (``kernels/steps.py`` lists the steps); ``bittensor-lab verify`` replays it
against recorded epochs.

Source: ``spec/epoch.md`` 5; ``pallets/subtensor/src/epoch/run_epoch.rs``.
Left out here: what happens between epochs (``block``), and the pay-out to stakers (``coinbase``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bittensor_lab.errors import InputError
from bittensor_lab.kernels import steps as kernel
from bittensor_lab.kernels.steps import CHAIN_STEPS, Steps
from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import SparseRows, rows_from_dense, rows_from_lists
from bittensor_lab.units import ONE, RAO_PER_TAO, U64_MAX, u16_fraction

__all__ = ["CHAIN_STEPS", "EpochInputs", "EpochTerms", "EpochTrace", "Steps", "matrix_inputs", "run_epoch",
           "trace_epoch"]  # fmt: skip

NEVER = np.iinfo(np.int64).max
MAX_UIDS = 4096
MAX_STAKE = 1 << 62
"""rao; all stake of a subnet must stay below it, and so must an epoch's emission"""


@dataclass(frozen=True, eq=False)
class EpochInputs:
    """What an epoch reads, for n uids. Arrays are copied and set read-only; change with ``replace``.

    Raises
    ------
    InputError
        if an array has the wrong length, or a number lies outside what the chain can hold.
    """

    hyperparameters: Hyperparameters
    block: int
    last_step_block: int
    """block of the last epoch that ran; 0 if none did"""
    activity_cutoff: int
    """blocks after which a validator's weights no longer count"""
    owner_uid: int | None
    rao_emission: int
    """emission to share out in this epoch, rao"""
    last_update: NDArray[np.int64]  # [n] block at which each uid last set weights
    block_at_registration: NDArray[np.int64]  # [n]
    stake: NDArray[np.int64]  # [n] total stake weight, rao
    validator_permit: NDArray[np.bool_]  # [n]
    weights: SparseRows  # n rows
    bonds: SparseRows  # n rows, as the last epoch stored them
    commit_block: NDArray[np.int64] | None = None
    """[n] earliest unexpired commit of each uid, ``NEVER`` if none; read only with commit-reveal"""
    stake_fraction: NDArray[np.uint32] | None = None
    """[n] what each stake holds beyond whole rao, raw 2⁻³²; none if not given"""
    stake_threshold: int = 0
    """stake weight below which a uid counts as holding none, rao"""

    def __post_init__(self) -> None:
        n = len(self.stake)
        if not 0 < n <= MAX_UIDS:
            raise InputError(f"an epoch needs 1 to {MAX_UIDS} uids, not {n}")
        for name in ("last_update", "block_at_registration", "stake", "commit_block"):
            value = getattr(self, name)
            if name != "commit_block" or value is not None:
                object.__setattr__(self, name, _column(name, value, n, np.int64))
        object.__setattr__(
            self, "validator_permit", _column("validator_permit", self.validator_permit, n, bool)
        )
        for name in ("weights", "bonds"):
            _require_rows(name, getattr(self, name), n)
        for name in ("block", "last_step_block", "activity_cutoff", "rao_emission"):
            _in_range(name, getattr(self, name), MAX_STAKE)
        _in_range("stake_threshold", self.stake_threshold, U64_MAX + 1)
        if self.stake_fraction is not None:
            fraction = _column("stake_fraction", self.stake_fraction, n, np.uint32)
            object.__setattr__(self, "stake_fraction", fraction)
        if sum(self.stake.tolist()) >= MAX_STAKE:
            raise InputError("all stake together must be less than 2⁶² rao")
        if self.owner_uid is not None:
            _in_range("owner_uid", self.owner_uid, n)

    @property
    def n(self) -> int:
        """How many uids there are."""
        return len(self.stake)

    def with_rows(self, weights: SparseRows, bonds: SparseRows) -> EpochInputs:
        """Return the inputs with other weights and bonds; what stays is not checked again."""
        for name, rows in (("weights", weights), ("bonds", bonds)):
            _require_rows(name, rows, self.n)
        other = object.__new__(EpochInputs)
        vars(other).update(vars(self), weights=weights, bonds=bonds)
        vars(other)["arrays"] = self.arrays._replace(**_as_arrays(weights, bonds))
        return other

    @cached_property
    def arrays(self) -> kernel.EpochArrays:
        """The same as kernels take it."""
        h, owner = self.hyperparameters, -1 if self.owner_uid is None else self.owner_uid
        permit = self.validator_permit.copy()
        if owner >= 0:
            permit[owner] = True
        commits = self.commit_block if h.commit_reveal else None
        return kernel.EpochArrays(
            block=self.block,
            activity_cutoff=self.activity_cutoff,
            last_tempo=self.last_step_block + 1 if self.last_step_block else max(0, self.block - h.tempo),
            owner_uid=owner,
            rao_emission=self.rao_emission,
            stake_threshold=min(self.stake_threshold, MAX_STAKE),
            max_allowed_validators=h.max_allowed_validators,
            kappa=u16_fraction(h.kappa),
            bonds_penalty=u16_fraction(h.bonds_penalty),
            bonds_alpha=ONE - h.bonds_moving_average * ONE // 10**6,
            yuma3=h.yuma3,
            liquid_alpha=h.liquid_alpha,
            steepness=_steepness(h.alpha_sigmoid_steepness),
            alpha_low=u16_fraction(h.alpha_low),
            alpha_high=u16_fraction(h.alpha_high),
            last_update=self.last_update,
            block_at_registration=self.block_at_registration,
            commit_block=np.full(self.n, NEVER) if commits is None else commits,
            stake=self.stake,
            stake_fraction=np.zeros(self.n, np.uint32)
            if self.stake_fraction is None
            else self.stake_fraction,
            permit=permit,
            **_as_arrays(self.weights, self.bonds),
        )


@dataclass(frozen=True, eq=False)
class EpochTerms:
    """What an epoch stores and pays, per uid [n]; fractions are u16 of 65535, emission is rao."""

    stake_weight: NDArray[np.uint16]
    consensus: NDArray[np.uint16]
    incentive: NDArray[np.uint16]
    dividends: NDArray[np.uint16]
    validator_trust: NDArray[np.uint16]
    active: NDArray[np.bool_]
    validator_permit: NDArray[np.bool_]
    """for the next epoch"""
    server_emission: NDArray[np.int64]
    validator_emission: NDArray[np.int64]
    emission: NDArray[np.int64]
    bonds: SparseRows


@dataclass(frozen=True, eq=False)
class EpochTrace:
    """How an epoch came to its terms: raw I32F32 (``units.ONE`` is 1.0) for n uids and k rows."""

    rows: NDArray[np.int64]
    """[k] uid of each row of the matrices below: those with a permit, or with bonds"""
    stake: NDArray[np.int64]
    """[n] share of all stake"""
    active_stake: NDArray[np.int64]
    """[n] share of the stake that votes"""
    weights: NDArray[np.int64]
    """[k, n] after the masks, each row summing to 1"""
    consensus: NDArray[np.int64]  # [n]
    clipped: NDArray[np.int64]  # [k, n]
    ranks: NDArray[np.int64]  # [n]
    incentive: NDArray[np.int64]  # [n]
    validator_trust: NDArray[np.int64]  # [n]
    bonds: NDArray[np.int64]
    """[k, n] as they are stored, before the cut to u16"""
    dividends: NDArray[np.int64]  # [n]
    terms: EpochTerms


def run_epoch(inputs: EpochInputs, steps: Steps = CHAIN_STEPS) -> EpochTerms:
    """Run one epoch; with the chain's own steps in compiled code.

    Raises
    ------
    InputError
        if a step of yours returns the wrong shape or something else than integers.
    """
    if steps is CHAIN_STEPS:
        return _terms(kernel.run(inputs.arrays))
    return trace_epoch(inputs, steps).terms


def trace_epoch(inputs: EpochInputs, steps: Steps = CHAIN_STEPS) -> EpochTrace:
    """Run one epoch step by step and return all that it found on the way; errors as ``run_epoch``."""
    x, checked = inputs.arrays, _checked(steps, inputs.n)
    a = kernel.agree(x, checked)
    b = kernel.bond(x, a, checked)
    terms = _terms(kernel.pay(x, a, b, checked))
    return EpochTrace(
        rows=a.rows,
        stake=a.stake,
        active_stake=a.active_stake,
        weights=a.weights,
        consensus=a.consensus,
        clipped=a.clipped,
        ranks=a.rank,
        incentive=a.incentive,
        validator_trust=_spread(a.trust, a.rows, inputs.n),
        bonds=b.bonds,
        dividends=_spread(b.dividends, a.rows, inputs.n),
        terms=terms,
    )


def matrix_inputs(
    stake: ArrayLike,
    weights: ArrayLike,
    *,
    hyperparameters: Hyperparameters = Hyperparameters(commit_reveal=False),  # noqa: B008 (frozen)
    rao_emission: int = 360 * RAO_PER_TAO,
    bonds: SparseRows | None = None,
) -> EpochInputs:
    """Return the inputs of a subnet of v validators (uids 0 to v − 1) and then m miners.

    Parameters
    ----------
    stake
        [v] rao. All validators are active and hold a permit; miners hold no stake.
    weights
        [v, m] u16, what each validator gives each miner.
    bonds
        v + m rows, from an earlier epoch's terms.

    Raises
    ------
    InputError
        if the shapes do not fit, or a number is not a u16 or not rao.
    """
    matrix, v = np.asarray(weights), len(np.atleast_1d(np.asarray(stake)))
    if matrix.ndim != 2 or len(matrix) != v:
        raise InputError(
            f"weights must have one row for each of the {v} validators", f"Their shape is {matrix.shape}."
        )
    n = v + matrix.shape[1]
    whole = np.zeros((n, n), matrix.dtype)
    whole[:v, v:] = matrix
    block = 2 * max(hyperparameters.tempo, 1)
    return EpochInputs(
        hyperparameters=hyperparameters,
        block=block,
        last_step_block=block - max(hyperparameters.tempo, 1),
        activity_cutoff=hyperparameters.activity_cutoff,
        owner_uid=None,
        rao_emission=rao_emission,
        last_update=np.full(n, block - 1),
        block_at_registration=np.zeros(n, np.int64),
        stake=np.concatenate([np.asarray(stake), np.zeros(n - v, np.int64)]),
        validator_permit=np.arange(n) < v,
        weights=rows_from_dense(whole),
        bonds=rows_from_lists([[]] * n) if bonds is None else bonds,
    )


def next_inputs(inputs: EpochInputs, terms: EpochTerms) -> EpochInputs:
    """Return the inputs of the epoch after ``terms``, one tempo later, with the same weights set again."""
    tempo = max(inputs.hyperparameters.tempo, 1)
    return replace(
        inputs,
        block=inputs.block + tempo,
        last_step_block=inputs.block,
        last_update=inputs.last_update + tempo,
        validator_permit=terms.validator_permit,
        bonds=terms.bonds,
    )


def _terms(stored: kernel.Stored) -> EpochTerms:
    columns: tuple[Any, ...] = stored[:-3]  # in the order of the fields of EpochTerms
    for column in columns:
        column.setflags(write=False)
    terms = (*columns, SparseRows(*stored[-3:]))
    return EpochTerms(*terms)


def _spread(by_row: NDArray[np.int64], rows: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    by_uid = np.zeros(n, np.int64)
    by_uid[rows] = by_row
    return by_uid


def _steepness(stored: int) -> int:
    """Raw ``stored / −100``, cut toward zero: the sign is the sigmoid's."""
    size = (abs(stored) << 32) // 100
    return size if stored < 0 else -size


def _column(name: str, values: Any, n: int, kind: type) -> NDArray[Any]:
    """Return ``values`` as a read-only [n] array, or say what is wrong with it."""
    array = np.asarray(values)
    if array.shape != (n,):
        raise InputError(
            f"{name} has shape {array.shape}, but there are {n} uids", remedy="Give one value per uid."
        )
    if array.dtype.kind not in ("b" if kind is bool else "iu"):
        raise InputError(
            f"{name} must hold {'true or false' if kind is bool else 'integers'}, not {array.dtype}"
        )
    if array.dtype.kind in "iu" and not 0 <= int(array.min()) <= int(array.max()) <= NEVER:
        raise InputError(f"{name} must be zero or more", f"It ranges from {array.min()} to {array.max()}.")
    column: NDArray[Any] = array.astype(kind)
    column.flags.writeable = False
    return column


def _require_rows(name: str, rows: SparseRows, n: int) -> None:
    if len(rows) != n:
        raise InputError(f"{name} have {len(rows)} rows, but there are {n} uids")


def _as_arrays(weights: SparseRows, bonds: SparseRows) -> dict[str, Any]:
    """Weights and bonds as kernels take them."""
    named = {"weight": weights, "bond": bonds}
    return {
        f"{name}_{column}": getattr(rows, column)
        for name, rows in named.items()
        for column in ("start", "uid", "value")
    }


def _in_range(name: str, value: Any, end: int) -> None:
    if not isinstance(value, int) or not 0 <= value < end:
        raise InputError(f"{name} must be an integer from 0 to {end - 1}, not {value!r}")


def _checked(steps: Steps, n: int) -> Steps:
    """The same steps, each that is not the chain's wrapped so that what it returns is checked."""
    own = {
        step.name: _guard(step.name, getattr(steps, step.name), step.metadata["shapes"], n)
        for step in fields(Steps)
        if getattr(steps, step.name) is not step.default
    }
    return replace(steps, **own)


def _guard(name: str, function: Callable[..., Any], shapes: tuple[str, ...], n: int) -> Callable[..., Any]:
    def guarded(*arguments: Any) -> Any:
        result = function(*arguments)
        results = result if len(shapes) > 1 else (result,)
        if len(shapes) > 1 and len(results) != len(shapes):
            raise InputError(f"step {name} must return {len(shapes)} arrays, not {len(results)}")
        arrays = tuple(
            _step_array(name, value, shape, n) for value, shape in zip(results, shapes, strict=True)
        )
        return arrays if len(shapes) > 1 else arrays[0]

    return guarded


def _step_array(name: str, value: Any, shape: str, n: int) -> NDArray[Any]:
    array = np.asarray(value)
    if array.ndim != len(shape) or (shape[-1] == "n" and array.shape[-1] != n):
        wanted = ", ".join({"n": str(n), "k": "rows"}[axis] for axis in shape)
        raise InputError(f"step {name} returned shape {array.shape}, wanted [{wanted}]")
    if array.dtype.kind not in "iub":
        raise InputError(
            f"step {name} returned {array.dtype}", remedy="Return raw integers: units.ONE is 1.0."
        )
    return np.ascontiguousarray(array if array.dtype.kind == "b" else array.astype(np.int64))
