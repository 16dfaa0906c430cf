"""Sparse rows: weights and bonds as the chain stores them.

Weights come one row at a time, from one validator each: a ``Row``. Bonds are written all at once, by
an epoch: ``SparseRows``, which is also what a kernel reads; ``pack`` turns rows into it.

Row i is a list of ``(uid, value)`` pairs in stored order. Three things that a plain matrix would
lose matter to the chain (``spec/epoch.md`` 3.2, 6.3): a pair that is absent differs from a pair
whose value is 0, the order of the pairs is kept, and a row may name a uid that no longer exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bittensor_lab.errors import InputError
from bittensor_lab.units import U16_MAX


class Row(NamedTuple):
    """One uid's pairs in stored order."""

    uid: NDArray[np.uint16]  # [pairs]
    value: NDArray[np.uint16]  # [pairs]


def make_row(uids: ArrayLike, values: ArrayLike) -> Row:
    """Return a read-only row of u16 pairs; the caller has checked them."""
    row = Row(np.array(uids, np.uint16), np.array(values, np.uint16))
    for array in row:
        array.setflags(write=False)
    return row


EMPTY_ROW = make_row([], [])


@dataclass(frozen=True, eq=False)
class SparseRows:
    """n rows of (uid, value) pairs, end to end: row i is ``[start[i], start[i + 1])``."""

    start: NDArray[np.int64]  # [n + 1]
    uid: NDArray[np.uint16]  # [pairs]
    value: NDArray[np.uint16]  # [pairs]

    def __post_init__(self) -> None:
        for array in (self.start, self.uid, self.value):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.start) - 1

    def __repr__(self) -> str:
        return f"SparseRows({len(self)} rows, {len(self.uid)} pairs)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SparseRows) and all(
            np.array_equal(a, b)
            for a, b in ((self.start, other.start), (self.uid, other.uid), (self.value, other.value))
        )

    def to_lists(self) -> list[list[list[int]]]:
        """Return one list of ``[uid, value]`` per row, in stored order."""
        pairs = np.stack([self.uid, self.value], axis=1).tolist()
        return [pairs[a:b] for a, b in zip(self.start[:-1], self.start[1:], strict=True)]

    def to_dense(self, columns: int | None = None) -> NDArray[np.uint16]:
        """Return ``[n, columns]`` u16 (n columns if not said), 0 where a pair is absent."""
        width = len(self) if columns is None else columns
        dense = np.zeros((len(self), width), np.uint16)
        row = row_of_pairs(self)
        inside = self.uid < width
        dense[row[inside], self.uid[inside]] = self.value[inside]
        return dense


def rows_from_lists(rows: Sequence[Sequence[Sequence[int]]]) -> SparseRows:
    """Return the sparse rows of lists of ``(uid, value)`` pairs, order and zeros kept.

    Raises
    ------
    InputError
        if a uid or value is no u16, or a row names a uid twice.
    """
    for number, row in enumerate(rows):
        for pair in row:
            if len(pair) != 2 or not all(isinstance(x, int) and 0 <= x <= U16_MAX for x in pair):
                raise InputError(
                    f"row {number} holds {pair!r}", remedy="A pair is [uid, value], both 0 to 65535."
                )
        if len({pair[0] for pair in row}) != len(row):
            raise InputError(f"row {number} names a uid twice", remedy="Give each uid one value.")
    start = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    pairs = np.array([pair for row in rows for pair in row], np.uint16).reshape(-1, 2)
    return SparseRows(start, pairs[:, 0].copy(), pairs[:, 1].copy())


def rows_from_dense(matrix: ArrayLike) -> SparseRows:
    """Return the sparse rows of a ``[n, columns]`` matrix of u16; zeros become absent pairs.

    Raises
    ------
    InputError
        if the matrix is not two-dimensional or holds anything but integers 0 to 65535.
    """
    dense = np.asarray(matrix)
    if (
        dense.ndim != 2
        or dense.dtype.kind not in "iu"
        or (dense.size and not 0 <= dense.min() <= dense.max() <= U16_MAX)
    ):
        raise InputError(
            "a weight matrix must be two-dimensional, of integers 0 to 65535",
            f"Its shape is {dense.shape}, its type {dense.dtype}.",
        )
    row, uid = np.nonzero(dense)
    start = np.searchsorted(row, np.arange(len(dense) + 1)).astype(np.int64)
    return SparseRows(start, uid.astype(np.uint16), dense[row, uid].astype(np.uint16))


def pack(rows: Sequence[Row]) -> SparseRows:
    """Return rows end to end, as kernels take them."""
    start = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row.uid) for row in rows], out=start[1:])
    filled = [row for row in rows if len(row.uid)] or [EMPTY_ROW]
    return SparseRows(
        start, np.concatenate([row.uid for row in filled]), np.concatenate([row.value for row in filled])
    )


def unpack(rows: SparseRows) -> tuple[Row, ...]:
    """Return the rows of ``rows`` one by one."""
    cuts = zip(rows.start[:-1].tolist(), rows.start[1:].tolist(), strict=True)
    return tuple(make_row(rows.uid[a:b], rows.value[a:b]) if b > a else EMPTY_ROW for a, b in cuts)


def row_of_pairs(rows: SparseRows) -> NDArray[np.int64]:
    """Return for each pair [pairs] the row that it is in."""
    return np.repeat(np.arange(len(rows)), np.diff(rows.start))


def keep_pairs(rows: SparseRows, kept: NDArray[np.bool_]) -> SparseRows:
    """Return the rows with only the pairs [pairs] that are ``kept``."""
    before = np.concatenate([[0], np.cumsum(kept)])
    return SparseRows(before[rows.start], rows.uid[kept], rows.value[kept])


def zeroed(row: Row, uid: int) -> Row:
    """Return the row with the value 0 in its pair for ``uid``; the same row if that changes nothing."""
    hit = (row.uid == uid) & (row.value != 0)
    return make_row(row.uid, np.where(hit, 0, row.value)) if hit.any() else row


def remapped(row: Row, new_uid: NDArray[np.int64]) -> Row:
    """Return the row with uid u called ``new_uid[u]``; pairs whose uid has none (−1) go."""
    uid = new_uid[row.uid]
    return make_row(uid[uid >= 0], row.value[uid >= 0])


def keep_rows(rows: SparseRows, kept: NDArray[np.int64], new_uid: NDArray[np.int64]) -> SparseRows:
    """Return the rows ``kept`` (ascending), their uids renamed and dropped as by ``remapped``."""
    inside = np.isin(row_of_pairs(rows), kept) & (new_uid[rows.uid] >= 0)
    left = keep_pairs(rows, inside)
    start = np.append(left.start[kept], left.start[-1])  # the rows that went are empty by now
    return SparseRows(start, new_uid[left.uid].astype(np.uint16), left.value)
