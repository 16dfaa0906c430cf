"""Presets: the small worlds of the labs, and how to change them.

A preset says who validates, with how much stake, and what each validator says of each miner. It lives in
``datasets/presets`` as one CSV file with a line per validator,

    validator, group, stake, M1, M2, …        (stake in thousand alpha, weights in any unit)

Weights are relative on chain as well: the largest of a row is stored as 65535 (``spec/epoch.md`` 3.4), and
the epoch makes each row sum to 1.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.datasets.files import Entry, entries, entry, verified_texts
from bittensor_lab.epoch import EpochInputs, matrix_inputs
from bittensor_lab.errors import InputError
from bittensor_lab.params import Hyperparameters
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

STAKE_UNIT = 1000 * RAO_PER_TAO
"""rao in 1 of a preset's stake: a thousand alpha"""
MOST_WEIGHT = 32768
"""largest raw weight that a file may hold; up to here the chain's scaling is a plain rounding"""


@dataclass(frozen=True, eq=False)
class Preset:
    """A world for a lab: v validators, m miners; change it with ``change``."""

    name: str
    title: str
    sentence: str
    groups: tuple[str, ...]
    """[v] which crowd each validator belongs to"""
    stake: tuple[float, ...]
    """[v] thousand alpha"""
    weights: NDArray[np.int64]  # [v, m] in any unit, 0 to 32768
    kappa: int = 32767
    """majority needed, of 65535"""

    @property
    def validators(self) -> tuple[str, ...]:
        """[v] V1, V2, …"""
        return tuple(f"V{i + 1}" for i in range(self.weights.shape[0]))

    @property
    def miners(self) -> tuple[str, ...]:
        """[m] M1, M2, …"""
        return tuple(f"M{j + 1}" for j in range(self.weights.shape[1]))

    def group_stake(self) -> dict[str, float]:
        """Return the stake of each crowd, thousand alpha, in order of appearance."""
        return {
            g: sum(s for s, own in zip(self.stake, self.groups, strict=True) if own == g)
            for g in dict.fromkeys(self.groups)
        }

    def change(
        self,
        *,
        stake: Mapping[str, float] | None = None,
        weights: Mapping[str, Sequence[float]] | None = None,
        kappa: float | None = None,
    ) -> Preset:
        """Return the same world with something else in it.

        Parameters
        ----------
        stake
            thousand alpha of a validator ("V1") or of a whole crowd ("cabal"; shared out as before).
        weights
            a validator's row, as many numbers as there are miners.
        kappa
            the majority needed, 0 to 1.

        Raises
        ------
        InputError
            if there is no such validator or crowd, or a number is out of range.
        """
        changed = list(self.stake)
        for who, amount in (stake or {}).items():
            self._restake(changed, who, float(amount))
        matrix = self.weights.copy()
        for who, row in (weights or {}).items():
            matrix[self._row(who)] = _weight_row(who, row, matrix.shape[1])
        stored = self.kappa if kappa is None else _kappa(kappa)
        return replace(self, stake=tuple(changed), weights=_frozen(matrix), kappa=stored)

    def inputs(self) -> EpochInputs:
        """Return this world as the inputs of an epoch."""
        rao = np.array([round(s * STAKE_UNIT) for s in self.stake], np.int64)
        rules = Hyperparameters(kappa=self.kappa, commit_reveal=False)
        return matrix_inputs(rao, as_stored(self.weights), hyperparameters=rules)

    def _row(self, who: str) -> int:
        if who not in self.validators:
            raise InputError(
                f"preset {self.name} has no validator {who!r}",
                remedy=f"Its validators are V1 to V{len(self.stake)}.",
            )
        return self.validators.index(who)

    def _restake(self, stake: list[float], who: str, amount: float) -> None:
        if not 0 <= amount <= 10**6:
            raise InputError(f"the stake of {who} must be 0 to 1,000,000 thousand alpha, not {amount!r}")
        rows = [i for i, g in enumerate(self.groups) if g == who] or [self._row(who)]
        before = sum(self.stake[i] for i in rows)
        for i in rows:
            stake[i] = amount * (self.stake[i] / before if before else 1 / len(rows))


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets, in the order of the manifest."""
    return tuple(each["name"] for each in entries("presets"))


def preset_titles() -> dict[str, str]:
    """Return name and title of every preset, in the order of the manifest."""
    return {each["name"]: each["title"] for each in entries("presets")}


def preset(name: str) -> Preset:
    """Return the preset of that name.

    Raises
    ------
    InputError
        if there is none, or its file is missing or damaged.
    """
    return _read(entry("presets", name, "preset"))


def as_stored(weights: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Return weights [v, m] of 0 to 32768 as the chain stores them: the largest of a row is 65535."""
    top = np.maximum(weights.max(axis=1, keepdims=True), 1)
    return ((2 * weights * U16_MAX + top) // (2 * top)).astype(np.uint16)


def _read(found: Entry) -> Preset:
    (text,) = verified_texts(found).values()
    lines = list(csv.reader(StringIO(text)))[1:]
    matrix = np.array([[int(cell) for cell in line[3:]] for line in lines], np.int64)
    groups, stake = tuple(line[1] for line in lines), tuple(float(line[2]) for line in lines)
    about = found["name"], found["title"], found.get("sentence", "")
    return Preset(*about, groups, stake, _frozen(matrix))


def _frozen(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    matrix.flags.writeable = False
    return matrix


def _weight_row(who: str, row: Sequence[float], width: int) -> NDArray[np.int64]:
    numbers = np.asarray(row)
    fits = numbers.shape == (width,) and numbers.dtype.kind in "iuf" and np.isfinite(numbers).all()
    if not fits or not 0 <= numbers.min() <= numbers.max() <= MOST_WEIGHT:
        raise InputError(
            f"the weights of {who} must be {width} numbers from 0 to {MOST_WEIGHT}", f"Given: {row!r}."
        )
    return numbers.round().astype(np.int64)


def _kappa(fraction: float) -> int:
    """The u16 just below the fraction: 0.5 is stored as 32767, the chain's own default."""
    if not 0.0 <= fraction <= 1.0:
        raise InputError(f"kappa must lie between 0 and 1, not {fraction!r}")
    return int(fraction * U16_MAX)
