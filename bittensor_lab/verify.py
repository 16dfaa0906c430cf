"""Verify: replay recorded test vectors, and say how many values are the chain's own.

A vector file is JSON (plain or gzipped): ``{"kind", "source", <tolerances>, "cases": [...]}``. Every
case of kind ``epoch`` is a list of self-contained epochs, each with its inputs and what the chain
computed from them. Without a stated tolerance a value must be equal, and a flag always. Each u16,
bool, bond and amount of rao counts as one value; a bond of 0 equals an absent one.

The file comes from anywhere, so everything in it is checked before use, and what is wrong is said
by case and field. ``Field`` does that: a value that knows where in the file it stands.
"""

from __future__ import annotations

import gzip
import json
import reprlib
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bittensor_lab.epoch import MAX_STAKE, MAX_UIDS, NEVER, EpochInputs, EpochTerms, run_epoch
from bittensor_lab.errors import InputError
from bittensor_lab.params import Hyperparameters, meaning
from bittensor_lab.rows import SparseRows, rows_from_lists
from bittensor_lab.units import U16_MAX, U64_MAX

MAX_BYTES = 1 << 26
"""of a file once unpacked"""
MAX_LISTS = 1 << 23
"""and of lists and objects in it: an empty one is two bytes there, but a hundred in memory"""
LARGEST = MAX_STAKE - 1
"""rao or blocks; two of them can be added in 64 bits"""
MAX_DIGITS = 4000  # Python itself refuses to read integers longer than 4300
U16_FIELDS = ("consensus", "incentive", "dividends", "validator_trust", "stake_weight")
FLAG_FIELDS = ("active", "validator_permit")
RAO_FIELDS = ("server_emission", "validator_emission", "emission")
EPOCH_PARAMETERS = (
    "tempo", "max_allowed_validators", "kappa", "bonds_penalty", "alpha_low", "alpha_high",
    "bonds_moving_average", "alpha_sigmoid_steepness", "yuma3", "liquid_alpha", "commit_reveal",
)  # fmt: skip
COLUMNS = ("last_update", "block_at_registration", "stake")


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be off: a u16, an amount of rao, either, and as a part of the larger value.

    Of several allowances the largest counts. Flags are always equal.
    """

    u16: float = 0
    rao: float = 0
    absolute: float = 0
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
    worst: dict[str, int] = field(default_factory=dict)
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
    try:
        return _replay(Field(_read(path), ""), str(path), progress)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _replay(content: Field, file: str, progress: Callable[[int, int], None]) -> Report:
    kind = content["kind"].value
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"kind {_short(kind)} is not known", remedy=f"Known: {', '.join(sorted(KINDS))}.")
    cases = content["cases"]
    tolerance = Tolerance(
        u16=content.allowance("tolerance_u16"),
        rao=content.allowance("tolerance_rao"),
        absolute=content.allowance("tolerance"),
        relative=content.allowance("tolerance_relative"),
    )
    report = Report(file=file, kind=kind, cases=0)
    for number, case in enumerate(cases.some()):
        KINDS[kind](Field(case.value, f"case {number}"), report, tolerance)
        report.cases += 1
        progress(report.cases, len(cases.value))
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
            raise InputError(f"{self._name} has no field {key!r}")
        return Field(self.value[key], f"{self.where}, {key}" if self.where else key)

    def items(self) -> Iterator[Field]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("must be a list")
        for number, value in enumerate(self.value):
            yield Field(value, f"{self.where}[{number}]")

    def some(self) -> Iterator[Field]:
        """The elements of a list that must not be empty."""
        if self.value == []:
            raise InputError(f"{self._name} must not be empty")
        return self.items()

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

    def allowance(self, key: str) -> float:
        """The tolerance ``key``, 0 if none is stated."""
        if not isinstance(self.value, dict) or key not in self.value:
            return 0.0
        item = self[key]
        if isinstance(item.value, bool) or not isinstance(item.value, int | float):
            raise item.wrong("must be a number")
        if not 0 <= item.value <= LARGEST:  # false for NaN too
            raise item.wrong(f"must be a number from 0 to {LARGEST}")
        return float(item.value)

    def column(self, n: int, high: int = LARGEST) -> np.ndarray[Any, Any]:
        """The value, a list of n integers up to ``high``."""
        items = self._exactly(n)
        if not all(type(x) is int and 0 <= x <= high for x in items):
            for item in self.items():
                item.integer(0, high)
        return np.array(items, np.int64)

    def flags(self, n: int) -> np.ndarray[Any, Any]:
        """The value, a list of n flags."""
        self._exactly(n)
        return np.array([item.flag() for item in self.items()], bool)

    def rows(self, n: int) -> SparseRows:
        """The value, n lists of [uid, u16] pairs, each uid once."""
        self._exactly(n)
        for row in self.items():
            row.check_pairs()
        return rows_from_lists(self.value)

    def check_pairs(self) -> None:
        """Raise InputError unless the value is a list of [uid, u16] pairs with each uid once."""
        if not _are_pairs(self.value):
            for pair in self.items():
                for number in pair.items():
                    number.integer(0, U16_MAX)
                if len(pair.value) != 2:
                    raise pair.wrong("must be a pair [uid, value]")
        if len({uid for uid, _ in self.value}) != len(self.value):
            raise InputError(f"{self._name} names a uid twice")

    def wrong(self, what: str) -> InputError:
        """An error that says where this value stands, what it should be and what it is."""
        return InputError(f"{self._name} {what}, but is {_short(self.value)}")

    @property
    def _name(self) -> str:
        return self.where or "the file"

    def _exactly(self, n: int) -> list[Any]:
        if not isinstance(self.value, list):
            raise self.wrong("must be a list")
        if len(self.value) != n:
            raise InputError(f"{self._name} must have {n} elements, but has {len(self.value)}")
        return self.value


def _are_pairs(row: Any) -> bool:
    """Whether a row is fine as it is, which is nearly always so and quicker to see than what is not."""
    return isinstance(row, list) and all(
        type(pair) is list
        and len(pair) == 2
        and type(pair[0]) is type(pair[1]) is int
        and 0 <= pair[0] <= U16_MAX
        and 0 <= pair[1] <= U16_MAX
        for pair in row
    )


def replay_epochs(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``epoch`` and add what it finds to the report."""
    name = case["name"]
    if not isinstance(name.value, str):
        raise name.wrong("must be a text")
    case = Field(case.value, f"case {_short(name.value)}")
    params = case["params"]
    n = params["n"].integer(1, MAX_UIDS)
    hyperparameters = _hyperparameters(params)
    for number, epoch in enumerate(case["epochs"].some()):
        epoch = Field(epoch.value, f"{case.where}, epoch {number}")
        inputs = _epoch_inputs(params, hyperparameters, epoch["inputs"], n)
        _compare_terms(run_epoch(inputs), epoch["expected"], n, Comparison(report, tolerance, epoch.where))
        report.epochs += 1


KINDS: dict[str, Callable[[Field, Report, Tolerance], None]] = {"epoch": replay_epochs}


Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Comparison:
    """Counts values into a report."""

    report: Report
    tolerance: Tolerance
    where: str

    def fractions(self, name: str, got: Values, expected: Values) -> None:
        """Compare u16 fractions."""
        self.count(name, got, expected, max(self.tolerance.u16, self.tolerance.absolute))

    def amounts(self, name: str, got: Values, expected: Values) -> None:
        """Compare amounts of rao."""
        self.count(name, got, expected, max(self.tolerance.rao, self.tolerance.absolute))

    def bonds(self, got: SparseRows, expected: SparseRows) -> None:
        """Compare sparse rows as maps, in which a pair of 0 equals an absent one."""
        ours, theirs = _nonzero(got), _nonzero(expected)
        pairs = sorted(ours.keys() | theirs.keys())
        self.count(
            "bonds",
            np.array([ours.get(pair, 0) for pair in pairs], np.int64),
            np.array([theirs.get(pair, 0) for pair in pairs], np.int64),
            max(self.tolerance.u16, self.tolerance.absolute),
            [f"{row}, uid {uid}" for row, uid in pairs],
        )

    def count(
        self,
        name: str,
        got: Values,
        expected: Values,
        allowed: float | None,
        labels: Sequence[str] = (),
    ) -> None:
        """Compare two arrays of the same length, value by value; ``allowed`` None: they must be equal."""
        report = self.report
        got, expected = got.astype(np.int64), expected.astype(np.int64)
        deviation = np.abs(got - expected)  # both are zero or more, so this cannot wrap
        report.compared += len(got)
        report.equal += int((deviation == 0).sum())
        if not deviation.any():
            return
        report.worst[name] = max(report.worst.get(name, 0), int(deviation.max()))
        relative = 0 if allowed is None else self.tolerance.relative
        failed = np.flatnonzero(deviation > np.maximum(allowed or 0, relative * np.maximum(got, expected)))
        report.failed += len(failed)
        if len(failed) and not report.first:
            u = int(failed[0])
            label = labels[u] if labels else u
            report.first = f"{self.where}, {name}[{label}]: {got[u]} here, {expected[u]} on the chain"


def _compare_terms(terms: EpochTerms, expected: Field, n: int, comparison: Comparison) -> None:
    for name in U16_FIELDS:
        comparison.fractions(name, getattr(terms, name), expected[name].column(n, U16_MAX))
    for name in FLAG_FIELDS:
        comparison.count(name, getattr(terms, name), expected[name].flags(n), None)
    for name in RAO_FIELDS:
        comparison.amounts(name, getattr(terms, name), expected[name].column(n, NEVER))
    comparison.bonds(terms.bonds, expected["bonds"].rows(n))


def _nonzero(rows: SparseRows) -> dict[tuple[int, int], int]:
    """The pairs of sparse rows as a map, without zeros, which equal absent ones."""
    owners = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    kept = rows.value > 0
    keys = zip(owners[kept].tolist(), rows.uid[kept].tolist(), strict=True)
    return dict(zip(keys, rows.value[kept].tolist(), strict=True))


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


def _read(path: Path) -> Any:
    """What the JSON of a file says."""
    try:
        raw = _unpack(path)
    except (OSError, EOFError, zlib.error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError(f"cannot be read: {reason}") from None
    if len(raw) > MAX_BYTES:
        raise InputError(f"unpacks to more than {MAX_BYTES:,} bytes")
    if not raw.strip():
        raise InputError("is empty")
    if raw.count(b"[") + raw.count(b"{") > MAX_LISTS:
        raise InputError(f"holds more than {MAX_LISTS:,} lists")
    try:
        return _parse(raw)
    except RecursionError:
        raise InputError("is nested too deeply") from None
    except MemoryError:
        raise InputError("does not fit into memory") from None
    except ValueError as error:
        raise InputError(f"is not JSON: {error}") from None


def _unpack(path: Path) -> bytes:
    """The bytes of a file, unzipped if need be, at most one more than may be."""
    about = path.stat()
    if stat.S_ISDIR(about.st_mode):
        raise InputError("is a folder", remedy="Name the files in it.")
    if not stat.S_ISREG(about.st_mode):  # reading a pipe or a device might never end
        raise InputError("is not a regular file")
    if about.st_size > MAX_BYTES:
        raise InputError(f"has {about.st_size:,} bytes, more than {MAX_BYTES:,}")
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not packed:
            return file.read(MAX_BYTES + 1)
        with gzip.GzipFile(fileobj=file) as unzipped:
            return unzipped.read(MAX_BYTES + 1)


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:  # an integer too long for Python: leave it as a text, for its Field to refuse
        return json.loads(raw, parse_int=_integer)


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= MAX_DIGITS else f"{text[:12]}… ({len(text)} digits)"


_brief = reprlib.Repr()
_brief.maxlevel, _brief.maxstring, _brief.maxlong, _brief.maxother = 3, 80, 40, 80


def _short(value: Any) -> str:
    text = _brief.repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
