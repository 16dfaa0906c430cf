"""Scales and tables on their way to the browser: ends of scales that hold still, numbers kept short."""

from __future__ import annotations

import math
from typing import Any

STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def nice(most: float) -> float:
    """Return a round number that is at least ``most``: where a scale ends."""
    if not most > 0 or not math.isfinite(most):
        return 1.0
    size = 10.0 ** math.floor(math.log10(most))
    return next(round(step * size, 12) for step in STEPS if step * size >= most * (1 - 1e-9))


def rounded(table: Any) -> dict[str, list[Any]]:
    """Return a DataFrame as columns, its fractions to five digits."""
    return {
        name: values.round(5).tolist() if values.dtype.kind == "f" else values.tolist()
        for name, values in table.items()
    }
