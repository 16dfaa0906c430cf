"""Bets: what the learner predicted before looking, and what the engine found.

``bets.json`` in the learner's data folder holds one bet per lesson, by its number.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from bittensor_lab import keeping

TABLE = "bets"


@dataclass(frozen=True)
class Bet:
    """A prediction, and the answer that it was held against."""

    value: float
    truth: float
    unit: str
    question: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.truth)):
            raise ValueError(f"a bet must be a finite number, not {self.value!r} (found: {self.truth!r})")


def recorded(lesson: str) -> Bet | None:
    """Return the bet that was placed in a lesson, or None."""
    return everything().get(lesson)


def record(lesson: str, bet: Bet) -> None:
    """Record a bet in place of an earlier one."""
    _save({**everything(), lesson: bet})


def forget(lesson: str) -> None:
    """Take back the bet of a lesson, if there is one."""
    bets = everything()
    if bets.pop(lesson, None) is not None:
        _save(bets)


def everything() -> dict[str, Bet]:
    """Return all bets by lesson."""
    return keeping.load(TABLE, _read)


def _read(row: Any) -> Bet:
    return Bet(float(row["value"]), float(row["truth"]), str(row["unit"]), str(row["question"]))


def _save(bets: dict[str, Bet]) -> None:
    keeping.save(TABLE, {lesson: asdict(bet) for lesson, bet in bets.items()})
