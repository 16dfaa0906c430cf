"""Labels that would cover each other, pushed apart as little as possible.

Labels in order of place, ``least`` apart, are places that grow once ``least`` times its number is taken from
each. The nearest places that grow are found by pooling neighbours that are in the wrong order at their
mean (isotonic regression).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def apart(at: ArrayLike, least: float, low: float = 0.0, high: float = 1.0) -> NDArray[np.float64]:
    """Return places near ``at`` [labels], ``least`` from each other, from ``low`` to ``high`` if they fit."""
    wanted = np.asarray(at, float)
    order, steps = np.argsort(wanted, kind="stable"), least * np.arange(len(wanted))
    pools: list[tuple[float, int]] = []
    for place in wanted[order] - steps:
        mean, many = float(place), 1
        while pools and pools[-1][0] > mean:
            before, others = pools.pop()
            mean, many = (before * others + mean * many) / (others + many), many + others
        pools.append((mean, many))
    grown = np.repeat([mean for mean, _ in pools], [many for _, many in pools])
    placed = np.empty_like(wanted)
    room = max(low, high - least * (len(wanted) - 1))
    placed[order] = np.clip(grown, low, room) + steps
    return placed
