"""Verify: replay recorded test vectors, and say how many values are the chain's own.

A vector file is JSON (plain or gzipped): ``{"kind", "source", <tolerances>, "cases": [...]}``. Every
case of kind ``epoch`` is a list of self-contained epochs, each with its inputs and what the chain
computed from them. Without a stated tolerance a value must be equal. Each u16, bool, bond and
amount of rao counts as one value; a bond of 0 equals an absent one.

The file comes from anywhere, so everything in it is checked before use, and what is wrong is said
by case and field.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from bittensor_lab.epoch import NEVER, EpochInputs, EpochTerms, run_epoch
from bittensor_lab.errors import InputError
from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import SparseRows, rows_from_lists
from bittensor_lab.units import U16_MAX

MAX_BYTES = 1 << 29
U16_FIELDS = ("consensus", "incentive", "dividends", "validator_trust", "stake_weight")
FLAG_FIELDS = ("active", "validator_permit")
RAO_FIELDS = ("server_emission", "validator_emission", "emission")
COLUMNS = ("last_update", "block_at_registration", "stake")


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be off: a u16, an amount of rao, and either as a part of the larger value."""

    u16: float = 0
    rao: float = 0
    relative: float = 0


@dataclass
class Report:
    """What the replay of one file found."""

    file: str
    kind: str
    cases: int
    epochs: int = 0
    compared: int = 0
    equal: int = 0
    failed: int = 0
    """values that are further off than the tolerance"""
    worst: dict[str, float] = field(default_factory=dict)
    """largest deviation of each field that deviates at all"""
    first: str = ""
    """where the first value failed"""

    @property
    def passed(self) -> bool:
        """Whether every value is within its tolerance."""
        return self.failed == 0

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return {**asdict(self), "passed": self.passed}


def verify_file(path: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Replay one vector file.

    Parameters
    ----------
    progress
        called with the number of cases done and the number of all.

    Raises
    ------
    InputError
        if the file cannot be read or is not of this format; the text names the case and field.
    """
    content = _read(path)
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"{path.name}: kind {_short(kind)} is not known", remedy=f"Known: {', '.join(sorted(KINDS))}.")
    cases = content.get("cases")
    if not isinstance(cases, list) or not cases:
        raise InputError(f"{path.name}: cases must be a list with something in it")
    tolerance = Tolerance(*(_tolerance(content, name, path) for name in ("u16", "rao", "relative")))
    report = Report(file=str(path), kind=kind, cases=len(cases))
    for number, case in enumerate(cases):
        try:
            KINDS[kind](Field(case, f"case {number}"), report, tolerance)
        except InputError as error:
            raise InputError(f"{path.name}: {error}") from None
        progress(number + 1, len(cases))
    return report


@dataclass(frozen=True)
class Field:
    """A value from a file together with the words that say where it stands."""

    value: Any
    where: str

    def __getitem__(self, key: str) -> Field:
        if not isinstance(self.value, dict):
            raise self.wrong("must be an object")
        if key not in self.value:
            raise self.wrong(f"has no field {key!r}")
        return Field(self.value[key], f"{self.where}, {key}")

    def get(self, key: str) -> Field | None:
        """The field ``key``, or None if there is none."""
        return self[key] if isinstance(self.value, dict) and self.value.get(key) is not None else None

    def items(self) -> Iterator[Field]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("must be a list")
        for number, value in enumerate(self.value):
            yield Field(value, f"{self.where}[{number}]")

    def integer(self, low: int = 0, high: int = 2**63 - 1) -> int:
        """The value, an integer within bounds."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("must be an integer")
        if not low <= self.value <= high:
            raise self.wrong(f"must lie between {low} and {high}")
        return self.value

    def flag(self) -> bool:
        """The value, true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("must be true or false")
        return self.value

    def column(self, n: int, high: int = 2**63 - 1) -> np.ndarray[Any, Any]:
        """The value, a list of n integers up to ``high``."""
        return np.array([item.integer(0, high) for item in self._exactly(n)], np.int64)

    def flags(self, n: int) -> np.ndarray[Any, Any]:
        """The value, a list of n flags."""
        return np.array([item.flag() for item in self._exactly(n)], bool)

    def rows(self, n: int) -> SparseRows:
        """The value, n lists of [uid, u16] pairs."""
        rows = []
        for row in self._exactly(n):
            pairs = [tuple(x.integer(0, U16_MAX) for x in pair.items()) for pair in row.items()]
            if any(len(pair) != 2 for pair in pairs):
                raise row.wrong("must hold pairs of [uid, value]")
            rows.append(pairs)
        try:
            return rows_from_lists(rows)
        except InputError as error:
            raise self.wrong(str(error)) from None

    def wrong(self, what: str) -> InputError:
        """An error that says where this value stands, what it is and what it should be."""
        return InputError(f"{self.where} {what}, but is {_short(self.value)}")

    def _exactly(self, n: int) -> list[Field]:
        items = list(self.items())
        if len(items) != n:
            raise InputError(f"{self.where} must have {n} elements, but has {len(items)}")
        return items


def replay_epochs(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``epoch`` and add what it finds to the report."""
    name = case["name"]
    if not isinstance(name.value, str):
        raise name.wrong("must be a text")
    case = Field(case.value, f"case {name.value!r}")
    params = case["params"]
    n = params["n"].integer(1, 4096)
    hyperparameters = _hyperparameters(params)
    for number, epoch in enumerate(case["epochs"].items()):
        epoch = Field(epoch.value, f"{case.where}, epoch {number}")
        inputs = _epoch_inputs(params, hyperparameters, epoch["inputs"], n)
        _compare_terms(run_epoch(inputs), epoch["expected"], n, Comparison(report, tolerance, epoch.where))
        report.epochs += 1


KINDS: dict[str, Callable[[Field, Report, Tolerance], None]] = {"epoch": replay_epochs}


@dataclass(frozen=True)
class Comparison:
    """Counts values into a report."""

    report: Report
    tolerance: Tolerance
    where: str

    def count(self, name: str, got: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], allowed: float) -> None:
        """Compare two arrays of the same length, value by value."""
        report = self.report
        got, expected = got.astype(np.int64), expected.astype(np.int64)
        deviation = np.abs(got - expected)
        report.compared += len(got)
        report.equal += int((deviation == 0).sum())
        if deviation.any():
            report.worst[name] = max(report.worst.get(name, 0), float(deviation.max()))
        allowance = np.maximum(allowed, self.tolerance.relative * np.maximum(np.abs(got), np.abs(expected)))
        failed = np.flatnonzero(deviation > allowance)
        report.failed += len(failed)
        if len(failed) and not report.first:
            u = failed[0]
            report.first = f"{self.where}, {name}[{u}]: {got[u]} here, {expected[u]} on the chain"


def _compare_terms(terms: EpochTerms, expected: Field, n: int, comparison: Comparison) -> None:
    tolerance = comparison.tolerance
    for name in U16_FIELDS:
        comparison.count(name, getattr(terms, name), expected[name].column(n, U16_MAX), tolerance.u16)
    for name in FLAG_FIELDS:
        comparison.count(name, getattr(terms, name), expected[name].flags(n), 0)
    for name in RAO_FIELDS:
        comparison.count(name, getattr(terms, name), expected[name].column(n), tolerance.rao)
    bonds = expected["bonds"].rows(n)
    pairs = sorted(set(_nonzero(terms.bonds)) | set(_nonzero(bonds)))
    got, wanted = _nonzero(terms.bonds), _nonzero(bonds)
    comparison.count(
        "bonds",
        np.array([got.get(pair, 0) for pair in pairs], np.int64),
        np.array([wanted.get(pair, 0) for pair in pairs], np.int64),
        tolerance.u16,
    )


def _nonzero(rows: SparseRows) -> dict[tuple[int, int], int]:
    """The pairs of sparse rows as a map, without zeros, which equal absent ones."""
    owners = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    kept = rows.value > 0
    keys = zip(owners[kept].tolist(), rows.uid[kept].tolist(), strict=True)
    return dict(zip(keys, rows.value[kept].tolist(), strict=True))


def _hyperparameters(params: Field) -> Hyperparameters:
    read: dict[str, Any] = {}
    for item in fields(Hyperparameters):
        meaning = item.metadata["meaning"]
        if item.name == "activity_cutoff_factor_milli":  # files give the cutoff in blocks
            continue
        value = params[item.name]
        is_flag = meaning.unit == "on or off"
        read[item.name] = value.flag() if is_flag else value.integer(meaning.low, meaning.high)
    return Hyperparameters(**read)


def _epoch_inputs(params: Field, hyperparameters: Hyperparameters, inputs: Field, n: int) -> EpochInputs:
    owner = params.get("owner_uid")
    commits = inputs["commit_block"] if hyperparameters.commit_reveal else None
    try:
        return EpochInputs(
            hyperparameters=hyperparameters,
            block=inputs["block"].integer(),
            last_step_block=inputs["last_step_block"].integer(),
            activity_cutoff=params["activity_cutoff"].integer(),
            owner_uid=None if owner is None else owner.integer(0, n - 1),
            rao_emission=inputs["rao_emission"].integer(),
            validator_permit=inputs["validator_permit"].flags(n),
            weights=inputs["weights"].rows(n),
            bonds=inputs["bonds"].rows(n),
            commit_block=None if commits is None else _commit_blocks(commits, n),
            **{name: inputs[name].column(n) for name in COLUMNS},
        )
    except InputError as error:
        known = str(error).startswith("case")
        raise error if known else InputError(f"{inputs.where}: {error}") from None


def _commit_blocks(commits: Field, n: int) -> np.ndarray[Any, Any]:
    blocks = [NEVER if item.value is None else item.integer() for item in commits.items()]
    if len(blocks) != n:
        raise commits.wrong(f"must have {n} elements")
    return np.array(blocks, np.int64)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder", remedy="Name the files in it.")
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name} has {path.stat().st_size} bytes, more than {MAX_BYTES}")
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path.name} unpacks to more than {MAX_BYTES} bytes")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path.name} must hold an object with kind and cases")
    return content


def _tolerance(content: dict[str, Any], name: str, path: Path) -> float:
    value = content.get(f"tolerance_{name}", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise InputError(f"{path.name}: tolerance_{name} must be a number, zero or more, but is {_short(value)}")
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
