"""Vector kind ``epoch``: self-contained epochs, each with its inputs and what the chain made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bittensor_lab.epoch import MAX_UIDS, NEVER, EpochInputs, EpochTerms, run_epoch
from bittensor_lab.errors import InputError
from bittensor_lab.params import Hyperparameters, meaning
from bittensor_lab.units import U16_MAX, U64_MAX
from bittensor_lab.verify.fields import LARGEST, Field
from bittensor_lab.verify.report import Comparison, Report, Tolerance

U16_FIELDS = ("consensus", "incentive", "dividends", "validator_trust", "stake_weight")
FLAG_FIELDS = ("active", "validator_permit")
RAO_FIELDS = ("server_emission", "validator_emission", "emission")
EPOCH_PARAMETERS = (
    "tempo", "max_allowed_validators", "kappa", "bonds_penalty", "alpha_low", "alpha_high",
    "bonds_moving_average", "alpha_sigmoid_steepness", "yuma3", "liquid_alpha", "commit_reveal",
)  # fmt: skip
COLUMNS = ("last_update", "block_at_registration", "stake")


def replay_epochs(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``epoch`` and add what it finds to the report."""
    case = case.named()
    params = case["params"]
    n = params["n"].integer(1, MAX_UIDS)
    hyperparameters = _hyperparameters(params)
    for number, epoch in enumerate(case["epochs"].some()):
        epoch = Field(epoch.value, f"{case.where}, epoch {number}")
        inputs = _epoch_inputs(params, hyperparameters, epoch["inputs"], n)
        _compare_terms(run_epoch(inputs), epoch["expected"], n, Comparison(report, tolerance, epoch.where))
        report.epochs += 1


def _compare_terms(terms: EpochTerms, expected: Field, n: int, comparison: Comparison) -> None:
    for name in U16_FIELDS:
        comparison.fractions(name, getattr(terms, name), expected[name].column(n, U16_MAX))
    for name in FLAG_FIELDS:
        comparison.count(name, getattr(terms, name), expected[name].flags(n), None)
    for name in RAO_FIELDS:
        comparison.amounts(name, getattr(terms, name), expected[name].column(n, NEVER))
    comparison.bonds(terms.bonds, expected["bonds"].rows(n))


def _hyperparameters(params: Field) -> Hyperparameters:
    read: dict[str, Any] = {}
    for name in EPOCH_PARAMETERS:
        meant, value = meaning(name), params[name]
        is_flag = meant.unit == "on or off"
        read[name] = value.flag() if is_flag else value.integer(meant.low, meant.high)
    return Hyperparameters(**read)


def _epoch_inputs(params: Field, hyperparameters: Hyperparameters, inputs: Field, n: int) -> EpochInputs:
    owner = params["owner_uid"]
    commits = inputs["commit_block"] if hyperparameters.commit_reveal else None
    values: dict[str, Any] = dict(
        hyperparameters=hyperparameters,
        block=inputs["block"].integer(0, LARGEST),
        last_step_block=inputs["last_step_block"].integer(0, LARGEST),
        activity_cutoff=params["activity_cutoff"].integer(0, LARGEST),
        stake_threshold=params["stake_threshold"].integer(0, U64_MAX),
        owner_uid=None if owner.value is None else owner.integer(0, n - 1),
        rao_emission=inputs["rao_emission"].integer(0, LARGEST),
        validator_permit=inputs["validator_permit"].flags(n),
        weights=inputs["weights"].rows(n),
        bonds=inputs["bonds"].rows(n),
        commit_block=None if commits is None else _commit_blocks(commits, n),
        **{name: inputs[name].column(n) for name in COLUMNS},
    )
    try:
        return EpochInputs(**values)
    except InputError as error:  # what concerns several values at once
        raise InputError(f"{inputs.where}: {error}") from None


def _commit_blocks(commits: Field, n: int) -> np.ndarray[Any, Any]:
    commits._exactly(n)
    return np.array([NEVER if item.value is None else item.integer() for item in commits.items()], np.int64)
