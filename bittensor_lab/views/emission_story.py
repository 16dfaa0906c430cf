"""The story of emission as sentences and tables: shares side by side, and two flows from a block to wallets.

A flow has a source, a middle and ends; the width of a ribbon is the amount, to one scale from left to right:

    block's TAO      →  six subnets  →  into their pools, or buying alpha
    alpha of a block →  four pots    →  wallets

Places are pixels from the top of a picture and parts of its width, so that the chart has only to draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bittensor_lab.kernels.coinbase import FULL_TAO
from bittensor_lab.regimes import REGIMES, regime
from bittensor_lab.units import NO_BREAK_SPACE, THIN_SPACE, format_percent
from bittensor_lab.views.emission import HER_ALPHA, NAMES, EmissionView
from bittensor_lab.views.labels import apart

SHORT = ("votes", "price", "user flow", "net flow", "× root", "× unburned", "gate")
"""the rules A to G in a column's head, on a narrow page"""
FULL = ("root’s votes", "price", "user flow", "net flow", "price × root\n× unburned", "price\n× unburned",
        "as F, with\nthe gate")  # fmt: skip
"""and where there is room, on two lines"""
SAID = ("Root's vote", "The price", "The user flow", "The net flow", "Price × root × unburned",
        "Price × unburned", "The gate")  # fmt: skip
AFTER = ("", "by votes", "by price", "by user flow", "by net flow", "with root in it", "without it")
"""how each rule's predecessor is called beside it"""
POTS = {"miners": "miner", "validators": "validator", "root": "root", "owner": "owner"}
"""a pot's colour"""
WALLETS = {
    "best miner": ("miner", "best miner"),
    "other miners": ("miner", "other miners"),
    "withheld": ("lost", "withheld"),
    "validators": ("validator", "validators"),
    "stakers": ("validator", "their stakers"),
    "root stakers": ("root", "root stakers"),
    "owner": ("owner", "owner"),
}
"""a wallet's colour and name"""
HEIGHT, TAO_HEIGHT, ALPHA_HEIGHT = 250, 160, 156
"""pixels: of a flow, and of all that flows"""
MIDDLE, STEPS = 0.6, 13
LINE, THREE_LINES, SEEN = 19.0, 64.0, 5e-7
"""pixels between labels; amounts below the last are not drawn"""


# --- sentences ----------------------------------------------------------------------------------------


def percents(shares: ArrayLike) -> NDArray[np.int64]:
    """Return shares [n] in whole per cent that add up as the shares do: the largest rests are rounded up."""
    exact = 100 * np.asarray(shares, float)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    missing = round(float(exact.sum())) - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole


def title(view: EmissionView) -> str:
    """Return what the picture proves."""
    place = _place(view.rule)
    now = _digits(view, view.rule)
    part = f"{_part(view.share, now)}{' of the block' if view.share else ''}"
    said = f"{SAID[place]} gives {view.world.name} {part}"
    if view.before is None:
        return said
    cost = int(percents([view.unwithheld])[0]) - now
    if view.rule in "EF" and cost > 0:
        return f"{said}; withholding costs it {cost} point{'s'[: cost > 1]}"
    then = _digits(view, REGIMES[place - 1].letter)
    if now == then:
        return f"{said}, as {AFTER[place]}"
    return f"{said}, {'up' if now > then else 'down'} from {_part(view.before, then)} {AFTER[place]}"


def _place(letter: str) -> int:
    return [each.letter for each in REGIMES].index(letter)


def _digits(view: EmissionView, letter: str) -> int:
    return int(percents(view.shares[letter])[view.world.subnet - 1])


def _part(share: float, digits: int) -> str:
    if not share:
        return "nothing"
    return f"{digits or 'less than 1'}{NO_BREAK_SPACE}%"


def subtitle(view: EmissionView) -> str:
    """Return how to read the marks."""
    rule, place = regime(view.rule), _place(view.rule)
    when = f"since {_day(rule.since)}" if rule.since else f"until {_day(rule.until)}"
    dashed = f" Dashed: by {REGIMES[place - 1].letter}." if place else ""
    bar = " Line in F: the bar." if view.rule == "G" else ""
    return f"Shares of one block's TAO, %. Set: {rule.letter} ({rule.name}, {when}).{dashed}{bar}"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%b %Y}"


def summary(view: EmissionView) -> str:
    """Return the picture in words."""
    mine = view.shares.iloc[view.world.subnet - 1]
    pots = view.alpha.groupby("pot").alpha.sum()
    kept = float(view.alpha.alpha[view.alpha.wallet == "withheld"].sum())
    held = f" ({kept:.3f} of it is withheld, since the owner's own keys earned it)" if kept > SEEN else ""
    return (
        f"{title(view)}. {_who_pays(view)} {view.world.name} gets {mine[view.rule] * view.new:.3f} of the "
        f"{view.new:g} TAO: {mine.injected:.3f} go into its pool, {mine.buys:.3f} buy alpha. In the same "
        f"block it makes {view.made:g} alpha: {pots.miners:.3f} for miners{held}, {pots.validators:.3f} "
        f"for validators and their stakers, {pots.root:.3f} for root, {pots.owner:.3f} for the owner. "
        f"Alice, who has staked {HER_ALPHA:,} alpha on a validator, gets {view.alice:.4f} of it."
    )


def _who_pays(view: EmissionView) -> str:
    """Who gains and who loses against the rule before; and that all shares make a whole."""
    whole = f"The six shares add up to {format_percent(float(view.shares[view.rule].sum()))}"
    if view.before is None:
        return f"{whole}."
    change = view.shares[view.rule] - view.shares[REGIMES[_place(view.rule) - 1].letter]
    gained, lost = ([NAMES[i] for i in np.flatnonzero(sign * change > 5e-4)] for sign in (1, -1))
    if not gained or not lost:
        return f"{whole}."
    gain, lose = "s"[: len(gained) == 1], "s"[: len(lost) == 1]
    return f"{whole}: what {_and(gained)} gain{gain}, {_and(lost)} lose{lose}."


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- tables -------------------------------------------------------------------------------------------


def tables(view: EmissionView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: cells, names and heads; ribbons, nodes and words of the flows."""
    flows = [_tao_flow(view), _alpha_flow(view)]
    return {
        "cells": _cells(view),
        "names": pd.DataFrame(
            {"row": range(len(NAMES)), "subnet": NAMES, "about": [n == view.world.name for n in NAMES]}
        ),
        "heads": _heads(view),
        **{
            name: pd.concat([getattr(flow, name) for flow in flows]) for name in ("ribbons", "nodes", "words")
        },
    }


def _cells(view: EmissionView) -> pd.DataFrame:
    """Share of every subnet under every rule, and a mark: its share by the rule before, or the gate's bar."""
    rows = []
    for column, each in enumerate(REGIMES):
        share, whole = view.shares[each.letter].tolist(), percents(view.shares[each.letter])
        dashed, mark = each.letter == view.rule and column > 0, share
        if dashed:
            mark = view.shares[REGIMES[column - 1].letter].tolist()
        elif _judged(view, each.letter):
            mark = [view.world.bar] * len(NAMES)
        for row, name in enumerate(NAMES):
            text = "<1" if share[row] > 0 and not whole[row] else str(whole[row])
            rows.append((row, column, share[row], mark[row], text, name == view.world.name, dashed))
    return pd.DataFrame(rows, columns=["row", "column", "share", "mark", "text", "about", "dashed"])


def _judged(view: EmissionView, letter: str) -> bool:
    """Whether the gate's bar is to be shown across the shares by a rule."""
    return view.rule == "G" and letter == "F"


def _heads(view: EmissionView) -> pd.DataFrame:
    """A head for each rule, whether it is set, what its column adds up to; where the gate's bar is, or −1."""
    since = [f"{date.fromisoformat(each.since):%b %Y}" if each.since else "" for each in REGIMES]
    ended = f"to {date.fromisoformat(REGIMES[0].until):%b %Y}"
    return pd.DataFrame(
        {
            "column": range(len(REGIMES)),
            "letter": [each.letter for each in REGIMES],
            "name": SHORT,
            "first": [words.partition("\n")[0] for words in FULL],
            "second": [words.partition("\n")[2] for words in FULL],
            "since": [ended, *since[1:]],
            "set": [each.letter == view.rule for each in REGIMES],
            "bar": [view.world.bar if _judged(view, each.letter) else -1.0 for each in REGIMES],
            "total": [str(round(100 * float(view.shares[each.letter].sum()))) for each in REGIMES],
        }
    )


def limits(view: EmissionView) -> dict[str, float]:
    """Return how far the scale of the shares must reach."""
    return {"share": float(view.shares[[each.letter for each in REGIMES]].to_numpy().max())}


@dataclass(frozen=True)
class Flow:
    """A flow, ready to be drawn."""

    ribbons: pd.DataFrame
    """flow, ribbon, x, top, bottom, tone, strength"""
    nodes: pd.DataFrame
    """flow, x, top, bottom, tone"""
    words: pd.DataFrame
    """flow, place (left, middle, bracket, end), y, text, more, tone, strong; a bracket's from_y and to_y"""


def _tao_flow(view: EmissionView) -> Flow:
    parts = view.shares[["injected", "buys"]].to_numpy()
    scale = TAO_HEIGHT / view.new
    strong = [name == view.world.name for name in NAMES]
    tones = ["tao"] * len(NAMES)
    places, ribbons, nodes = _laid_out(
        "tao", parts * scale, tones, tones[:2], [0.75 if s else 0.28 for s in strong], (16, 40)
    )
    middle = apart(places[0].mean(axis=1), 16, 8, HEIGHT - 8)
    words = [_source("tao", places[2], f"{view.new:g}{NO_BREAK_SPACE}τ")]
    for i, name in enumerate(NAMES):
        over = strong[i] and np.ptp(places[0][i]) > 24
        tone, text = "over" if over else "tao" if strong[i] else "ink", f"{name} {parts[i].sum():.3f}"
        words.append(_word("tao", "middle", y=middle[i], text=text, more=name, tone=tone, strong=strong[i]))
    at = apart(places[1].mean(axis=1), THREE_LINES, 10, HEIGHT - 54)
    for j, lines in enumerate(_pool_words(view)):
        words += [
            _word("tao", "end", y=at[j] + 16 * k, text=text, tone=tone, strong=k in (0, 3))
            for k, (text, tone) in enumerate(lines)
        ]
    return Flow(ribbons, nodes, pd.DataFrame(words))


def _pool_words(view: EmissionView) -> list[list[tuple[str, str]]]:
    """What stands beside the two ends of the TAO, line by line."""
    total, mine = view.shares[["injected", "buys"]].sum(), view.shares.iloc[view.world.subnet - 1]
    all_in = regime(view.rule).injection_rule == FULL_TAO
    beside = "beside at most 1 α:" if all_in else "beside new alpha:"
    effect = "the price may rise" if all_in else "price unchanged"
    above = "above the cap:" if total.buys > SEEN else "nothing is above"
    then = "price rises" if total.buys > SEEN else "the cap"
    return [
        [
            (f"{amount:.3f}{NO_BREAK_SPACE}τ {verb}", "tao"), (first, "second"), (second, "second"),
            *([(f"{view.world.name} {own:.3f}", "tao")] if amount > SEEN else []),
        ]
        for amount, own, verb, first, second in (
            (total.injected, mine.injected, "injected", beside, effect),
            (total.buys, mine.buys, "buys alpha", above, then),
        )
    ]  # fmt: skip


def _alpha_flow(view: EmissionView) -> Flow:
    parts, names = np.zeros((len(POTS), len(WALLETS))), list(WALLETS)
    for pot, wallet, alpha in view.alpha.itertuples(index=False):
        end = "validators" if wallet == "validators' take" else wallet
        parts[list(POTS).index(pot), names.index(end)] += alpha
    there = np.flatnonzero(parts.sum(axis=0) > SEEN)
    parts, names, scale = parts[:, there], [names[k] for k in there], ALPHA_HEIGHT / view.made
    tones = [WALLETS[name][0] for name in names]
    places, ribbons, nodes = _laid_out(
        "alpha", parts * scale, list(POTS.values()), tones, [0.45] * len(POTS), (22, 14)
    )
    words = [_source("alpha", places[2], f"{view.made:g}{NO_BREAK_SPACE}α")]
    middle = apart(places[0].mean(axis=1), 18, 8, HEIGHT - 8)
    for i, pot in enumerate(POTS):
        share = parts[i].sum() / view.made
        if share > SEEN:
            name, percent = pot.capitalize(), format_percent(share)
            words.append(
                _word("alpha", "middle", y=middle[i], text=f"{name} {percent}", more=name, strong=True)
            )
    if parts[2].sum() > SEEN:
        top, bottom = float(places[0][1, 0]), float(places[0][2, 1])
        both = format_percent(float(parts[1:3].sum()) / view.made)
        words.append(_word("alpha", "bracket", y=(top + bottom) / 2, from_y=top, to_y=bottom, text=both))
    words += _wallet_words(view, dict(zip(names, parts.sum(axis=0), strict=True)), places[1].mean(axis=1))
    return Flow(ribbons, nodes, pd.DataFrame(words))


def _wallet_words(view: EmissionView, got: dict[str, float], at: NDArray[np.float64]) -> list[dict[str, Any]]:
    """A line per wallet, and beneath the stakers' that of one of them."""
    lines: list[tuple[float, float, str, str, bool]] = []
    for (name, amount), place in zip(got.items(), at, strict=True):
        tone, words = WALLETS[name]
        lines.append((float(place), amount, words, tone, True))
        if name == "stakers":
            alice = f"Alice's {HER_ALPHA:,} α".replace(",", THIN_SPACE)
            lines.append((float(place) + 1, view.alice, alice, tone, False))
    places = apart([line[0] for line in lines], LINE, 10, HEIGHT - 10)
    return [
        _word(
            "alpha", "end", y=y, text=f"{amount:.{3 if all_of_them else 4}f}{NO_BREAK_SPACE}α", more=words,
            tone=tone, strong=all_of_them,
        )
        for y, (_, amount, words, tone, all_of_them) in zip(places, lines, strict=True)
    ]  # fmt: skip


def _source(flow: str, top: float, text: str) -> dict[str, Any]:
    """What stands above the source of a flow; its token gives the colour."""
    return _word(flow, "left", y=top - 12, text=text, tone=flow, strong=True)


def _word(flow: str, place: str, **about: Any) -> dict[str, Any]:
    plain = {"from_y": 0.0, "to_y": 0.0, "more": "", "tone": "ink", "strong": False}
    return {"flow": flow, "place": place, **plain, **about}


def _laid_out(
    flow: str,
    parts: NDArray[np.float64],
    tones: Sequence[str],
    end_tones: Sequence[str],
    strength: Sequence[float],
    gaps: tuple[int, int],
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64], float], pd.DataFrame, pd.DataFrame]:
    """Return where the nodes are, the ribbons and the nodes.

    ``parts`` [middle, ends] are heights in pixels. Nodes: top and bottom [n, 2] in the middle and at the
    ends, and the top of the source.
    """
    source = _stacked([parts.sum()], 0)
    middle, ends = _stacked(parts.sum(axis=1), gaps[0]), _stacked(parts.sum(axis=0), gaps[1])
    rows, left, right, ribbons = [], source[0, 0], ends[:, 0].copy(), 0
    for i, tone in enumerate(tones):
        size = float(parts[i].sum())
        rows += _ribbon(flow, ribbons, (0, left), (MIDDLE, middle[i, 0]), size, tone, strength[i])
        left, out, ribbons = left + size, middle[i, 0], ribbons + 1
        for j, end_tone in enumerate(end_tones):
            part = float(parts[i, j])
            named = end_tone if end_tone == "lost" else tone
            rows += _ribbon(flow, ribbons, (MIDDLE, out), (1, right[j]), part, named, strength[i])
            out, right[j], ribbons = out + part, right[j] + part, ribbons + 1
    columns = ["flow", "ribbon", "x", "top", "bottom", "tone", "strength"]
    nodes = [(flow, 0.0, *source[0], flow)]
    nodes += [(flow, MIDDLE, *at, tone) for at, tone in zip(middle, tones, strict=True)]
    nodes += [(flow, 1.0, *at, tone) for at, tone in zip(ends, end_tones, strict=True)]
    table = pd.DataFrame(nodes, columns=["flow", "x", "top", "bottom", "tone"])
    return (middle, ends, float(source[0, 0])), pd.DataFrame(rows, columns=columns), table


def _stacked(sizes: ArrayLike, gap: int) -> NDArray[np.float64]:
    """Return top and bottom [n, 2] of bars above each other, ``gap`` apart, in the middle of the height."""
    high = np.asarray(sizes, float)
    top = np.cumsum(high + gap) - high - gap
    return np.column_stack([top, top + high]) + (HEIGHT - top[-1] - high[-1]) / 2


def _ribbon(
    flow: str,
    ribbon: int,
    start: tuple[float, float],
    end: tuple[float, float],
    size: float,
    tone: str,
    strength: float,
) -> list[tuple[Any, ...]]:
    """The points of a ribbon that turns gently from one top to another; none if nothing flows."""
    if size < 1e-3:
        return []
    along = np.linspace(0, 1, STEPS)
    xs = start[0] + along * (end[0] - start[0])
    tops = start[1] + along**2 * (3 - 2 * along) * (end[1] - start[1])
    return [(flow, ribbon, x, top, top + size, tone, strength) for x, top in zip(xs, tops, strict=True)]
