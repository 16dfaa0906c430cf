"""Issuance and halvings as tables and sentences: how much TAO there is, and what a block adds to it.

    reward E(I) = 1 TAO, halved whenever half of what was left has been issued      (``kernels.emission``)
    I grows by 7,200 · E(I) a day, less what is recycled; what is burned still counts as issued

So a halving is a matter of issuance, not of the calendar: a date is a projection, here for a constant amount
that is recycled every day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.kernels.emission import SUPPLY, block_emission
from bittensor_lab.units import NO_BREAK_SPACE, RAO_PER_TAO, tao

BLOCKS_PER_DAY, DAYS_PER_YEAR = 7_200, 365
YEARS, SHOWN = 24, 8
"""of the projection, and halvings in the table"""
MILLION = 1_000_000


@dataclass(frozen=True, eq=False)
class IssuanceView:
    """What holds at one issuance; amounts in TAO."""

    issuance: float
    recycled: float
    """a day"""
    burned: float
    """a day"""
    reward: float
    """a block"""
    next_at: float
    """issuance of the next halving"""
    years: float
    """until then; infinite if it never comes"""
    curve: pd.DataFrame
    """issuance, reward: two rows for each step"""
    halvings: pd.DataFrame
    """halving, issuance, reward, years"""
    path: pd.DataFrame
    """year, issuance, kind (as set, without recycling)"""


def issuance(existing: float, recycled: float = 0.0, burned: float = 0.0) -> IssuanceView:
    """Return what holds when ``existing`` TAO have been issued, and a projection.

    Parameters
    ----------
    recycled, burned
        TAO a day; only what is recycled leaves the issuance.
    """
    rao = tao(existing)
    reward = int(block_emission(rao)) / RAO_PER_TAO
    next_at = threshold(halvings_before(rao) + 1)
    paths = {kind: path(existing, amount) for kind, amount in (("as set", recycled), ("without", 0.0))}
    years = _reached(paths["as set"], next_at)
    return IssuanceView(
        issuance=existing,
        recycled=recycled,
        burned=burned,
        reward=reward,
        next_at=next_at,
        years=years,
        curve=_curve(),
        halvings=_halvings(existing, paths["as set"]),
        path=pd.concat([_thinned(found, kind) for kind, found in paths.items()], ignore_index=True),
    )


def halvings_before(rao: int) -> int:
    """Return how many halvings lie behind at an issuance."""
    return int(np.log2(RAO_PER_TAO / max(1, int(block_emission(rao)))).round())


def threshold(number: int) -> float:
    """Return the issuance, TAO, at which halving ``number`` comes: all but 1/2^number of the supply."""
    return (SUPPLY - (SUPPLY >> number)) / RAO_PER_TAO


def path(existing: float, recycled: float) -> NDArray[np.float64]:
    """Return the issuance [days] of the years to come, TAO, day by day."""
    found, now, away = np.empty(YEARS * DAYS_PER_YEAR + 1), tao(existing), tao(recycled)
    for day in range(len(found)):
        found[day] = now / RAO_PER_TAO
        now = min(SUPPLY, max(0, now + BLOCKS_PER_DAY * int(block_emission(now)) - away))
    return found


def _reached(found: NDArray[np.float64], level: float) -> float:
    """The years until a path has come to a level; infinite if it does not within the projection."""
    there = np.flatnonzero(found >= level)
    return float(there[0]) / DAYS_PER_YEAR if len(there) else float("inf")


def _curve() -> pd.DataFrame:
    """The reward over the issuance, as the corners of its steps."""
    edges = [0.0, *(threshold(number) for number in range(1, SHOWN + 1)), SUPPLY / RAO_PER_TAO]
    rewards = [int(block_emission(tao(edge))) / RAO_PER_TAO for edge in edges[:-1]]
    corners = [
        (edge, reward)
        for low, high, reward in zip(edges, edges[1:], rewards, strict=False)
        for edge in (low, high)
    ]
    return pd.DataFrame(corners, columns=["issuance", "reward"])


def _halvings(existing: float, found: NDArray[np.float64]) -> pd.DataFrame:
    rows = []
    for number in range(1, SHOWN + 1):
        at = threshold(number)
        years = float("nan") if at <= existing else _reached(found, at)
        rows.append((number, at, int(block_emission(tao(at))) / RAO_PER_TAO, years))
    return pd.DataFrame(rows, columns=["halving", "issuance", "reward", "years"])


def _thinned(found: NDArray[np.float64], kind: str) -> pd.DataFrame:
    """A path as few rows: one for each thirty days."""
    days = np.arange(0, len(found), 30)
    return pd.DataFrame({"year": days / DAYS_PER_YEAR, "issuance": found[days], "kind": kind})


# --- tables and sentences ---------------------------------------------------------------------------


def tables(view: IssuanceView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: curve, mark, halvings, path, ends, all in millions of TAO."""
    mark = {
        "issuance": view.issuance / MILLION,
        "reward": view.reward,
        "text": f"{view.reward:g} τ",
        "next": view.next_at / MILLION,
    }
    ends = view.path.groupby("kind", sort=False).tail(1).assign(words=["as set", "nothing recycled"])
    lines = view.halvings[["issuance", "reward"]].head(3)
    return {
        "curve": _millions(view.curve),
        "mark": pd.DataFrame([mark]),
        "halvings": _millions(lines.assign(text=[f"{reward:g} τ" for reward in lines.reward])),
        "path": _millions(view.path),
        "ends": _millions(ends),
    }


def _millions(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(issuance=table.issuance / MILLION)


def millions(amount: float) -> str:
    """Return an amount of TAO in millions, in words."""
    return f"{amount / MILLION:.6g}{NO_BREAK_SPACE}M"


def title(view: IssuanceView) -> str:
    """Return what the picture proves."""
    if not view.reward:
        return "Nothing is left to be issued"
    if np.isinf(view.years):
        return f"{view.reward:g} τ a block, and no halving in {YEARS} years"
    return f"{view.reward:g} τ a block until {millions(view.next_at)}"


def subtitle(view: IssuanceView) -> str:
    """Return how to read the marks."""
    return "Above: what a block adds, by issuance. Below: the years to come; dashed: nothing recycled."


def summary(view: IssuanceView) -> str:
    """Return the picture in words."""
    grown = BLOCKS_PER_DAY * view.reward
    when = (
        "does not come within the projection" if np.isinf(view.years) else f"comes in {view.years:.1f} years"
    )
    return (
        f"{millions(view.issuance)} of 21{NO_BREAK_SPACE}M TAO have been issued. A block issues "
        f"{view.reward:g} TAO, a day {grown:,.0f}; {view.recycled:,.0f} a day are recycled and can be issued "
        f"again. {view.burned:,.0f} a day are burned, which changes nothing here. The next halving, at "
        f"{millions(view.next_at)}, {when}."
    )
