"""One epoch as tidy tables and as sentences.

``consensus(inputs)`` runs one epoch and returns three tables, one row per cell of the weight matrix,
per miner and per validator. Beside the chain's stake-weighted *median* it always runs the rule that
people expect, the stake-weighted *mean*: the same epoch with two steps replaced,

    consensus of a miner = Σ_i A_i · W_ij     (A: share of active stake, W: raw weights, rows sum to 1)
    clipping             = none               (every weight counts whole)

so that incentive by the mean is exactly the stake-weighted mean of the raw weights. Bonds, dividends
and validator trust follow from the replaced steps by the chain's own.

All numbers in the tables are plain fractions (floats); nothing here feeds back into the engine.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.epoch import CHAIN_STEPS, EpochInputs, EpochTrace, Steps, trace_epoch
from bittensor_lab.units import NO_BREAK_SPACE, ONE

Rule = Literal["median", "mean"]
VISIBLE = 0.005
"""half a percent: what is smaller shows as 0 % and is not talked about"""


@dataclass(frozen=True, eq=False)
class ConsensusView:
    """One epoch as tables; ``by`` says which rule ``cells`` and ``validators`` follow."""

    by: Rule
    cells: pd.DataFrame
    """validator, miner, row, column, weight, consensus, clipped, lost"""
    miners: pd.DataFrame
    """miner, column, consensus, incentive, by_median, by_mean"""
    validators: pd.DataFrame
    """validator, row, stake, trust, lost, dividends; paid: its part of what the epoch pays validators"""


def consensus(inputs: EpochInputs, by: Rule = "median") -> ConsensusView:
    """Run one epoch by the median and by the mean, and return it as tables.

    Validators are the uids with a permit, miners all others, both numbered from 1 in order of uid.
    """
    traces = {"median": trace_epoch(inputs), "mean": trace_epoch(inputs, MEAN_STEPS)}
    trace = traces[by]
    row = np.isin(trace.rows, np.flatnonzero(inputs.validator_permit))
    miners = np.flatnonzero(~inputs.validator_permit)
    paid = {f"by_{rule}": _fraction(t.incentive[miners]) for rule, t in traces.items()}
    return ConsensusView(
        by=by,
        cells=_cells(trace, row, miners),
        miners=pd.DataFrame(
            {
                "miner": _names("M", len(miners)),
                "column": np.arange(len(miners)),
                "consensus": _fraction(trace.consensus[miners]),
                "incentive": paid[f"by_{by}"],
                **paid,
            }
        ),
        validators=_validators(trace, trace.rows[row]),
    )


def _stake_weighted_mean(weights: NDArray[Any], active_stake: NDArray[Any], kappa: int) -> NDArray[np.int64]:
    """The opinion of the average stake: Σ_i A_i · W_ij for each miner; kappa plays no part."""
    shares = active_stake.astype(np.float64) / ONE
    return np.floor(shares @ weights.astype(np.float64)).astype(np.int64)


def _keep_all(weights: NDArray[Any], consensus: NDArray[Any]) -> NDArray[Any]:
    return weights


MEAN_STEPS: Steps = replace(CHAIN_STEPS, consensus=_stake_weighted_mean, clip=_keep_all)
"""The epoch with a mean in the median's place, and nothing clipped."""


def _most(table: pd.DataFrame, of: pd.Series) -> pd.Series:
    """The row where ``of`` is largest, the first of equals."""
    return table.iloc[int(of.to_numpy().argmax())]


def _cells(trace: EpochTrace, row: NDArray[np.bool_], miners: NDArray[Any]) -> pd.DataFrame:
    weight = _fraction(trace.weights[row][:, miners])
    clipped = _fraction(trace.clipped[row][:, miners])
    v, m = weight.shape
    return pd.DataFrame(
        {
            "validator": np.repeat(_names("V", v), m),
            "miner": np.tile(_names("M", m), v),
            "row": np.repeat(np.arange(v), m),
            "column": np.tile(np.arange(m), v),
            "weight": weight.ravel(),
            "consensus": np.tile(_fraction(trace.consensus[miners]), v),
            "clipped": clipped.ravel(),
            "lost": (weight - clipped).ravel(),
        }
    )


def _validators(trace: EpochTrace, uids: NDArray[Any]) -> pd.DataFrame:
    given = _fraction(trace.weights.sum(axis=1)[np.isin(trace.rows, uids)])
    trust = _fraction(trace.validator_trust[uids])
    return pd.DataFrame(
        {
            "validator": _names("V", len(uids)),
            "row": np.arange(len(uids)),
            "stake": _fraction(trace.active_stake[uids]),
            "trust": trust,
            "lost": np.maximum(given - trust, 0.0),
            "dividends": _fraction(trace.dividends[uids]),
            "paid": trace.terms.validator_emission[uids] / max(1, trace.terms.validator_emission.sum()),
        }
    )


def _fraction(raw: NDArray[Any]) -> NDArray[np.float64]:
    return raw.astype(np.float64) / ONE


def _names(letter: str, count: int) -> NDArray[Any]:
    return np.array([f"{letter}{i + 1}" for i in range(count)], object)


def consensus_limits(view: ConsensusView) -> dict[str, float]:
    """Return the largest weight, incentive and dividends (or stake): what the scales must hold."""
    return {
        "weight": float(max(view.cells.weight.max(), 1.5 * view.miners.consensus.max())),
        "incentive": float(view.miners[["by_median", "by_mean"]].to_numpy().max()),
        "dividends": float(view.validators[["dividends", "stake"]].to_numpy().max()),
    }


def consensus_tables(view: ConsensusView) -> dict[str, pd.DataFrame]:
    """Return the tables that ``charts.consensus`` draws."""
    other, remark = "by_mean" if view.by == "median" else "by_median", note(view)
    named = (
        {}
        if remark is None
        else {
            "column": remark.column,
            "value": remark.value,
            "head": remark.head,
            **dict(zip(("line1", "line2", "line3"), remark.lines, strict=True)),
        }
    )
    return {
        "cells": view.cells,
        "miners": view.miners.assign(
            other=view.miners[other],
            shown=f"by_{view.by}",
            noted=view.miners.column == (remark.column if remark else -1),
        ),
        "validators": view.validators.assign(marked=clipped_most(view)),
        "note": pd.DataFrame(
            [named] if named else [], columns=["column", "value", "head", "line1", "line2", "line3"]
        ),
        "rules": pd.DataFrame(
            {
                "line": [0, 1],
                "label": ["by median", "by mean"],
                "shown": [view.by == "median", view.by == "mean"],
            }
        ),
    }


# --- the same in words ---------------------------------------------------------------------------


def percent(fraction: float) -> str:
    """Return ``0.473`` as ``47 %``; with a decimal where it says something, and 100 % only for all of it."""
    value = 100 * fraction
    if 99.5 <= value < 99.99:
        return f"over 99{NO_BREAK_SPACE}%"
    digits = 1 if 0.05 <= value < 2 else 0
    return f"{value:.{digits}f}{NO_BREAK_SPACE}%"


def title(view: ConsensusView) -> str:
    """Return the finding: one sentence with the number that matters."""
    if view.by == "mean":
        return _mean_title(view)
    if view.validators.stake.sum() == 0:
        return "Nobody votes, so nobody earns"
    if view.cells.weight.sum() == 0:
        return "Nobody gives weight, so no miner earns"
    if view.miners.incentive.sum() == 0:
        return f"No miner earns: none of {len(view.miners)} has a majority behind it"
    worst = _most(view.validators, view.validators.lost)
    if worst.lost < VISIBLE:
        return "No weight is clipped"
    crowd = view.validators[clipped_most(view)]
    if len(crowd) > 1:
        return f"{_whose(crowd, view)}: {percent(crowd.lost.mean())} of their weight counts for nothing"
    own = view.cells[view.cells.row == worst.row].lost
    what = "’s outlier is clipped" if own.max() > 0.8 * own.sum() and worst.lost > 0.1 else " is clipped most"
    return f"Validator {worst.validator[1:]}{what}: {percent(worst.lost)} of its weight counts for nothing"


def clipped_most(view: ConsensusView) -> pd.Series:
    """Return which validators lose most: over a fifth of their weight, and nearly as much as the worst."""
    return (view.validators.lost > 0.2) & (view.validators.lost > 0.6 * view.validators.lost.max())


def _whose(crowd: pd.DataFrame, view: ConsensusView) -> str:
    """Who is clipped, of several: all, so many of so many, or each by name."""
    if len(crowd) == len(view.validators):
        return f"All {len(crowd)} validators are clipped"
    numbers = [name[1:] for name in crowd.validator]
    few = f"Validators {', '.join(numbers[:-1])} and {numbers[-1]}"
    return (
        f"{few if len(crowd) <= 3 else f'{len(crowd)} of {len(view.validators)} validators'} are clipped most"
    )


def _mean_title(view: ConsensusView) -> str:
    gap = view.miners.by_mean - view.miners.by_median
    if gap.max() < VISIBLE:
        return "A mean would pay the same: nobody is an outlier"
    most = _most(view.miners, gap)
    instead = f"{percent(most.by_mean)} instead of {percent(most.by_median)}"
    return f"A mean clips nothing: {most.miner} gets {instead}"


def pays_by_stake(view: ConsensusView) -> bool:
    """Whether the chain pays validators by stake alone: nobody has incentive or dividends."""
    nobody = view.miners.incentive.sum() + view.validators.dividends.sum() == 0
    return bool(nobody and view.validators.stake.sum() > 0)


def subtitle(view: ConsensusView, gauges: bool = True) -> str:
    """Return how to read the marks, of gauges or of a heat map."""
    if pays_by_stake(view):
        marks = "Hatched: clipped." if gauges else "Orange corner: clipped."
        return (
            f"{marks} Without dividends validators are paid all the same, by stake: the lines on the right."
        )
    if not gauges:
        return "Darker: more weight. Orange corner: clipped. Bars: incentive; tick: by the other rule."
    if view.by == "mean":
        return "Bar: weight, % of the row. Line: the stake-weighted mean. Nothing is clipped."
    return "Bar: weight, % of the row. Line: consensus, the most a majority supports. Hatched: clipped."


@dataclass(frozen=True)
class Note:
    """What the other rule would have paid the miner for whom it matters most."""

    column: int
    value: float
    head: str
    lines: tuple[str, str, str]


def note(view: ConsensusView) -> Note | None:
    """Return the remark beside the incentive bars, or None if both rules pay alike."""
    gap = view.miners.by_mean - view.miners.by_median
    if gap.max() < VISIBLE:
        return None
    most = _most(view.miners, gap)
    if view.by == "mean":
        head = f"The median pays {most.miner} {percent(most.by_median)}"
        return Note(
            int(most.column), most.by_median, head, _wrapped("what a majority of stake would give it.")
        )
    here = view.cells[(view.cells.column == most.column) & (view.cells.lost > 0)]
    above = view.validators[view.validators.row.isin(here.row)]
    share = here.lost.to_numpy() * above.stake.to_numpy()
    if len(share) and share.max() > 0.8 * share.sum():
        above = above.iloc[[int(share.argmax())]]
    who = "one validator" if len(above) == 1 else f"{len(above)} validators"
    opinion = "opinion" if len(above) == 1 else "opinions"
    times, share_of_stake = _times(most.by_mean, most.by_median), percent(above.stake.sum())
    text = f"{times}, for the {opinion} of {who} with {share_of_stake} of stake."
    return Note(
        int(most.column),
        most.by_mean,
        f"A mean would pay {most.miner} {percent(most.by_mean)}",
        _wrapped(text),
    )


def _wrapped(text: str) -> tuple[str, str, str]:
    first, second, third, *_ = [*textwrap.wrap(text, 28), "", "", ""]
    return first, second, third


def _times(more: float, less: float) -> str:
    if less < VISIBLE / 10:
        return "not nothing"
    ratio = more / less
    if 1.75 <= ratio < 2.25:
        return "twice as much"
    return f"{ratio:.1f} times as much"


def summary(view: ConsensusView) -> str:
    """Return the picture in three or four sentences, for reading without seeing it."""
    v, m = len(view.validators), len(view.miners)
    parts = [f"{_count(v)} validators, {_count(m).lower()} miners."]
    if view.by == "median" and view.validators.lost.max() >= VISIBLE:
        parts.append(_clipped_sentence(view))
    gap = view.miners.by_mean - view.miners.by_median
    most = _most(view.miners, gap if gap.max() >= VISIBLE else view.miners.incentive)
    parts.append(
        f"{most.miner} earns {_exact(most.by_median)} by the median and {_exact(most.by_mean)} by a mean."
    )
    worst = _most(view.validators, view.validators.lost)
    if pays_by_stake(view):
        parts.append(
            "Nobody has dividends; then the chain pays validators by stake alone, the miners’ half too: "
            f"{worst.validator} gets {_exact(worst.paid)} of all."
        )
        return " ".join(parts)
    parts.append(
        f"{worst.validator} holds {percent(worst.stake)} of stake "
        f"and takes {_exact(worst.dividends)} of dividends."
    )
    return " ".join(parts)


def _clipped_sentence(view: ConsensusView) -> str:
    cell = _most(view.cells, view.cells.lost)
    trust = view.validators.trust[cell.row]
    return (
        f"{cell.validator} puts {percent(cell.weight)} on {cell.miner}; "
        f"the consensus there is {percent(cell.consensus)}, "
        f"so {percent(cell.lost)} of its weight is cut and its trust falls to {trust:.2f}."
    )


def _exact(fraction: float) -> str:
    return f"{100 * fraction:.1f}{NO_BREAK_SPACE}%"


def _count(number: int) -> str:
    words = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()  # noqa: SIM905
    return words[number] if number < len(words) else str(number)
