"""Counting: how many values of a file are equal, how far off the worst is, and where it failed first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from bittensor_lab.rows import SparseRows, row_of_pairs

Values = np.ndarray[Any, Any]


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

    def same(self, name: str, got: str, expected: str) -> None:
        """Compare two names."""
        self.report.compared += 1
        self.report.equal += got == expected
        self.report.failed += got != expected
        if got != expected and not self.report.first:
            self.report.first = f"{self.where}, {name}: {got} here, {expected} on the chain"

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
        if got.dtype != np.float64:
            got, expected = got.astype(np.int64), expected.astype(np.int64)
        deviation = np.abs(got - expected)  # both are zero or more, so this cannot wrap
        report.compared += len(got)
        report.equal += int((deviation == 0).sum())
        if not deviation.any():
            return
        report.worst[name] = max(report.worst.get(name, 0), deviation.max().item())
        relative = 0 if allowed is None else self.tolerance.relative
        failed = np.flatnonzero(deviation > np.maximum(allowed or 0, relative * np.maximum(got, expected)))
        report.failed += len(failed)
        if len(failed) and not report.first:
            u = int(failed[0])
            label = labels[u] if labels else u
            report.first = f"{self.where}, {name}[{label}]: {got[u]} here, {expected[u]} on the chain"


def _nonzero(rows: SparseRows) -> dict[tuple[int, int], int]:
    """The pairs of sparse rows as a map, without zeros, which equal absent ones."""
    owners = row_of_pairs(rows)
    kept = rows.value > 0
    keys = zip(owners[kept].tolist(), rows.uid[kept].tolist(), strict=True)
    return dict(zip(keys, rows.value[kept].tolist(), strict=True))
