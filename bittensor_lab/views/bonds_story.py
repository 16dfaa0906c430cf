"""Thirty epochs of bonds as sentences, and as the tables that ``charts.bonds`` draws.

``story(view)`` finds what the epochs show: who was first, or late, or alone, and what it got for it. The
sentence is the picture's title; whom it is about, and whom it compares them with, is what the picture
brings forward. Everything is computed from the tables of ``views.bonds``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.units import format_percent
from bittensor_lab.views.bonds import EPOCHS, RULES, BondsView
from bittensor_lab.views.labels import apart


@dataclass(frozen=True)
class Story:
    """The finding: a sentence, whom it is about, and whom it compares them with."""

    text: str
    about: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()

    def roles(self, count: int) -> list[str]:
        """Return "about", "beside" or "other" for each of ``count`` validators."""
        return [
            "about" if row in self.about else "beside" if row in self.beside else "other"
            for row in range(count)
        ]


def title(view: BondsView) -> str:
    """Return the finding: one sentence with the number that matters."""
    return story(view).text


@lru_cache(maxsize=8)
def story(view: BondsView) -> Story:
    """Return what the thirty epochs show: who was first, or late, or alone, and what it got for it."""
    voters = view.validators[view.validators.stake > 0]
    movers = voters[voters.moves < EPOCHS]
    if voters.empty:
        return Story("Nobody votes, so nobody earns")
    if movers.empty:
        return Story("Nobody moves, so dividends follow stake")
    first = movers[movers.moves == movers.moves.min()]
    if view.world.stay < EPOCHS:
        return _returned(view, first)
    if view.turn is None:
        less = _than_stake(first)
        return Story(f"No majority follows {_names(first)}, paid {less}", _rows(first))
    if view.turn > first.moves.iloc[0]:
        return _early(first, voters[voters.moves == view.turn])
    return _late(voters, first, view.turn)


def _early(first: pd.DataFrame, joined: pd.DataFrame) -> Story:
    who = "those" if len(joined) > 1 else f"{_names(joined)},"
    text = f"Moving first earned {_names(first)} {_compared(first, joined)} {who} who moved with the majority"
    return Story(text, _rows(first), _rows(joined))


def _late(voters: pd.DataFrame, first: pd.DataFrame, turn: int) -> Story:
    """The first move made the majority; what did who came later lose?"""
    late = voters[voters.moves > turn]
    if late.empty:
        least = voters[voters.earned == voters.earned.min()]
        if least.earned.iloc[0] > 0.995:
            return Story("All move together, so dividends follow stake")
        return Story(f"{_names(least)} moves with all, yet is paid {_than_stake(least)}", _rows(least))
    last = late[late.moves == late.moves.max()]
    if last.moves.iloc[0] == EPOCHS:
        text = f"{_names(last)} never moved and earned {_compared(last, first)} the majority"
    else:
        lag = _epochs(int(last.moves.iloc[0]) - turn)
        text = f"{_names(last)} moved {lag} late and earned {_compared(last, first)} the majority"
    return Story(text, _rows(last), _rows(first))


def _returned(view: BondsView, first: pd.DataFrame) -> Story:
    cost = EPOCHS * (1 - _mean(first))
    each = " each" if len(first) > 1 else ""
    what = "cost" if cost >= 0 else "gained"
    text = (
        f"{_epochs(view.world.stay).capitalize()} elsewhere {what} {_names(first)}{each} "
        f"the pay of {abs(cost):.1f} epochs"
    )
    return Story(text, _rows(first))


def _epochs(count: int) -> str:
    return "one epoch" if count == 1 else f"{count} epochs"


def _rows(some: pd.DataFrame) -> tuple[int, ...]:
    return tuple(int(row) for row in some.row)


def _names(some: pd.DataFrame) -> str:
    names = list(some.validator)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _mean(some: pd.DataFrame) -> float:
    return float(np.average(some.earned, weights=some.stake))


def _compared(one: pd.DataFrame, other: pd.DataFrame) -> str:
    gap = _mean(one) / max(_mean(other), 1e-9) - 1
    if abs(gap) < 0.0005:
        return "as much as"
    return f"{_share(abs(gap))} {'more' if gap > 0 else 'less'} than"


def _than_stake(some: pd.DataFrame) -> str:
    gap = _mean(some) - 1
    if abs(gap) < 0.0005:
        return "just by its stake" if len(some) == 1 else "just by their stake"
    whose = "its" if len(some) == 1 else "their"
    return f"{_share(abs(gap))} {'above' if gap > 0 else 'below'} {whose} stake"


def _share(fraction: float) -> str:
    digits = 1 if fraction < 0.02 else 0
    return f"{100 * fraction:.{digits}f}\u00a0%"


def subtitle(view: BondsView) -> str:
    """Return how to read the marks."""
    cut = (
        "Hatched: weight that earns no bond. "
        if (view.lines.weight - view.lines.counted).max() > 0.001
        else ""
    )
    return f"{cut}Dashed: what stake alone would give."


def summary(view: BondsView) -> str:
    """Return the picture in a few sentences, for reading without seeing it."""
    table, about = view.validators, story(view).about
    people = table[table.stake > 0]
    if people.empty:
        return "No validator holds stake."
    turn = "no majority ever agrees" if view.turn is None else f"a majority agrees in epoch {view.turn}"
    earned = ", ".join(
        f"{name} {format_percent(share)}" for name, share in zip(people.validator, people.earned, strict=True)
    )
    parts = [
        f"By {RULES[view.world.rule]}. Moves to M2: {_moves(people)}; {turn}.",
        *(_alone(view, row) for row in about[:1]),
        f"Earned in {EPOCHS} epochs, of what stake alone would give: {earned}.",
    ]
    if about:
        own = table.iloc[about[0]]
        other = [f"{format_percent(own[rule])} by {RULES[rule]}" for rule in RULES if rule != view.world.rule]
        parts.append(f"{own.validator} would earn {' and '.join(other)}.")
    return " ".join(part for part in parts if part)


def _moves(people: pd.DataFrame) -> str:
    return ", ".join(
        f"{name} in epoch {at}" if at < EPOCHS else f"{name} never"
        for name, at in zip(people.validator, people.moves, strict=True)
    )


def _alone(view: BondsView, row: int) -> str:
    """What became of a validator's weight on M2 in its first epoch there."""
    own = view.lines[(view.lines.row == row) & (view.lines.weight > 0)]
    if own.empty:
        return ""
    at = own.iloc[0]
    return (
        f"In its first epoch there {at.validator} gives M2 {format_percent(at.weight)}; "
        f"{format_percent(at.counted)} earns a bond, and its trust is {at.trust:.2f}."
    )


# --- what the picture needs ------------------------------------------------------------------------

APART = 0.13
"""between two labels, of the height of a view"""


def bonds_limits(view: BondsView) -> dict[str, float]:
    """Return the largest dividends per stake of an epoch, and of all epochs: what the scales must hold."""
    return {
        "per_stake": float(max(view.lines.per_stake.max(), 1.2)),
        "earned": float(max(view.validators[list(RULES)].to_numpy().max(), 1.2)),
    }


def bonds_tables(view: BondsView, limits: dict[str, float]) -> dict[str, pd.DataFrame]:
    """Return the tables that ``charts.bonds`` draws; heights and lengths are parts of their view."""
    role = np.array(story(view).roles(len(view.validators)), object)
    people = view.validators
    return {
        "lines": _lines(view, role, limits),
        "spans": _spans(view, role),
        "names": pd.DataFrame({"row": people.row, "validator": people.validator, "role": role}),
        "labels": _labels(view, role, limits),
        "ticks": _ticks(limits),
        "turn": _turn(view),
        "bars": _bars(view, role, limits),
        "rules": pd.DataFrame(
            {
                "rule": list(RULES),
                "name": list(RULES.values()),
                "shown": [rule == view.world.rule for rule in RULES],
            }
        ),
        "heads": _heads(view),
    }


def _lines(view: BondsView, role: NDArray[np.object_], limits: dict[str, float]) -> pd.DataFrame:
    """The lines' points; what is talked about comes last, so that it lies on top."""
    lines = view.lines
    marks = pd.DataFrame(
        {
            "row": lines.row,
            "x": lines.epoch + 0.5,
            "bond": lines.bond,
            "paid": np.minimum(lines.per_stake.to_numpy() / limits["per_stake"], 1.0),
            "role": role[lines.row],
        }
    )
    rank = np.array([("other", "beside", "about").index(name) for name in role])
    return marks.take(np.argsort(rank[lines.row], kind="stable"))


def _spans(view: BondsView, role: NDArray[np.object_]) -> pd.DataFrame:
    """Stretches of epochs in which a validator gives weight to M2; ``kept`` is the part that counts."""
    given = view.lines[view.lines.weight > 0]
    kept = (given.counted / given.weight).to_numpy().round(3)
    row, epoch = given.row.to_numpy(), given.epoch.to_numpy()
    new = np.ones(len(given), bool)
    new[1:] = (row[1:] != row[:-1]) | (epoch[1:] != epoch[:-1] + 1) | (kept[1:] != kept[:-1])
    first, last = np.flatnonzero(new), np.flatnonzero(np.roll(new, -1))
    return pd.DataFrame(
        {
            "row": row[first],
            "start": epoch[first],
            "stop": epoch[last] + 1,
            "kept": kept[first],
            "role": role[row[first]],
        }
    )


def _labels(view: BondsView, role: NDArray[np.object_], limits: dict[str, float]) -> pd.DataFrame:
    """Words at the end of the lines, pushed apart."""
    last = view.lines[view.lines.epoch == EPOCHS - 1]
    names, bond, paid = last.validator.to_list(), last.bond.to_numpy(), last.per_stake.to_numpy()
    height = np.minimum(np.append(paid, 1.0) / limits["per_stake"], 1.0)
    return pd.DataFrame(
        {
            "view": ["bond"] * len(names) + ["paid"] * (len(names) + 1),
            "at": np.concatenate([bond, height]),
            "y": np.concatenate([apart(bond, APART), apart(height, APART)]),
            "text": [
                *(f"{name} {value:.2f}" for name, value in zip(names, bond, strict=True)),
                *(f"{name} {format_percent(value)}" for name, value in zip(names, paid, strict=True)),
                "stake alone",
            ],
            "role": [*role, *role, "other"],
            "stake": [False] * (2 * len(names)) + [True],
        }
    )


def _ticks(limits: dict[str, float]) -> pd.DataFrame:
    top = limits["per_stake"]
    values = [value for value in (0.0, 1.0, top) if value in (0.0, top) or 0.14 < value / top < 0.86]
    rows = [("bond", value, f"{value:g}") for value in (0.0, 0.5, 1.0)]
    rows += [("paid", value / top, format_percent(value)) for value in values]
    rows += [("epoch", float(value), str(value)) for value in range(0, EPOCHS + 1, 5)]
    return pd.DataFrame(rows, columns=["view", "at", "text"])


def _turn(view: BondsView) -> pd.DataFrame:
    if view.turn is None:
        return pd.DataFrame({"x": [], "text": [], "left": []})
    return pd.DataFrame({"x": [view.turn], "text": ["a majority agrees"], "left": [view.turn > EPOCHS / 2]})


def _bars(view: BondsView, role: NDArray[np.object_], limits: dict[str, float]) -> pd.DataFrame:
    earned, v = view.validators[list(RULES)].to_numpy().T.ravel(), len(view.validators)
    return pd.DataFrame(
        {
            "rule": np.repeat(np.array(list(RULES), object), v),
            "row": np.tile(np.arange(v), len(RULES)),
            "length": np.minimum(earned / limits["earned"], 1.0),
            "stake": min(1.0, 1 / limits["earned"]),
            "text": [format_percent(value) for value in earned],
            "role": np.tile(role, len(RULES)),
        }
    )


def _heads(view: BondsView) -> pd.DataFrame:
    bond = "Bond on M2" + (", of the largest" if view.world.rule == "yuma2" else ", stored after each epoch")
    heads = {
        "moves": f"Weight on M2, {format_percent(view.world.part)} of the row",
        "bond": bond,
        "paid foot": "epoch",
        "paid": "Dividends per stake, epoch by epoch",
        "bars": f"Dividends per stake, all {EPOCHS} epochs",
    }
    return pd.DataFrame({"view": list(heads), "text": list(heads.values())})
