"""A subnet's life as sentences, and as the tables of its picture.

lines   the course, week by week            twin     the same life without clients, where it had some
ends    words at the lines' ends            rules    what happened, with the line its words stand on
marks   newcomers and buy-backs             parts    who gets what of the pot
lock    what founding costs over the days   paid     where on it our founder paid
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd

from bittensor_lab.play.life import (
    EARLY,
    FOUNDER,
    MINERS,
    RIVAL,
    VALIDATORS,
    WEEKS,
    Life,
    life,
    lock_costs,
)
from bittensor_lab.units import NO_BREAK_SPACE, RAO_PER_TAO, format_percent, format_tao
from bittensor_lab.views.labels import apart

LETTER, LANES, TURN = 1.65, 4, 46
"""weeks that a letter takes at the narrowest; lines for words; from which week on they stand on the left"""
ROWS = {
    EARLY: "alpha",
    FOUNDER: "owner",
    MINERS: "miner",
    VALIDATORS: "validator",
    "lock refunded": "tao",
    "chain’s own alpha": "lost",
    "pool’s own alpha": "lost",
}
"""who gets a part of the pot, and as what; a rival stands with the founder"""
WORDS = {
    "started": "founded at {launch:.2f} τ, start call",
    "past immunity": "immunity ends",
    "left": "buyers leave",
    "new owner": "new owner",
    "deregistered": "deregistered",
}


def tables(view: Life) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture."""
    twin, happened, course = _twin(view), view.happened, view.course
    at = course.set_index("week").nearest.astype(float)
    marks = happened[happened.what.isin(["newcomer", "buy-back"])]
    marks = marks.assign(nearest=[float(at[week]) for week in marks.week])
    paid = {"day": [view.plan.waited], "cost": [view.lock], "text": [f"{_tao(view.lock)} paid"]}
    return {
        "lines": course,
        "twin": twin[["week", "price"]],
        "ends": _ends(view, twin),
        "pot": course[["week", "pot"]].iloc[-1:].assign(text=_tao(view.pot)),
        "rules": _rules(view),
        "marks": marks,
        "parts": _parts(view),
        "lock": _lock_costs(),
        "paid": pd.DataFrame(paid),
    }


@cache
def _lock_costs() -> pd.DataFrame:
    """What founding costs over the days: the same for every life."""
    return lock_costs()


def limits(view: Life) -> dict[str, float]:
    """Return how far the scales must reach: TAO for an alpha, and TAO in the pot."""
    highest = view.course[["price", "moving", "nearest"]].to_numpy().max()
    return {"price": 1.12 * max(highest, _twin(view).price.max()), "pot": 1.1 * float(view.course.pot.max())}


def _twin(view: Life) -> pd.DataFrame:
    """The course without clients, where there are some who matter; else nothing."""
    plan = view.plan
    if not plan.clients * plan.bought_back:
        return view.course.iloc[:0]
    return life(replace(plan, clients=0, bought_back=0.0)).course


def _ends(view: Life, twin: pd.DataFrame) -> pd.DataFrame:
    """The words at the ends of the lines of the first view, pushed apart."""
    top, last = limits(view)["price"], view.course.iloc[-1]
    rows = [
        ("spot", "spot", last.week, last.price),
        ("moving", "moving", last.week, last.moving),
        ("nearest", "weakest other", last.week, last.nearest),
    ]
    if "buy-back" in set(view.happened.what):
        rows.append(("bought", "buy-backs", last.week, 0.02 * top))
    if len(twin):
        rows.append(("twin", "no clients", twin.week.iloc[-1], twin.price.iloc[-1]))
    table = pd.DataFrame(rows, columns=["line", "text", "week", "value"])
    return table.assign(apart=apart(table.value, 0.095 * top, 0.03 * top, 0.97 * top))


def _rules(view: Life) -> pd.DataFrame:
    """What happened once, each with a line for its words: below every one that reaches so far."""
    taken, rows = [-1.0] * LANES, []
    for week, what in view.happened.drop_duplicates("what").itertuples(index=False):
        if what not in WORDS:
            continue
        words = WORDS[what].format(launch=view.course.price.iloc[0])
        left = week > TURN
        long = LETTER * len(words) + 2
        start, end = (week - long, week) if left else (week, week + long)
        lane = min(1 + max((n for n in range(LANES) if taken[n] > start), default=-1), LANES - 1)
        taken[lane] = end
        rows.append((week, words, lane, left, what == "deregistered"))
    return pd.DataFrame(rows, columns=["week", "words", "lane", "left", "end"])


def _parts(view: Life) -> pd.DataFrame:
    """The split of the pot, a row for each of ``ROWS``."""
    got = {who: (0.0, 0.0) for who in ROWS}
    columns = (view.split[name].tolist() for name in ("who", "tao", "part"))
    for name, tao, part in zip(*columns, strict=True):
        who = FOUNDER if name == RIVAL else name
        got[who] = got[who][0] + tao, got[who][1] + part
    owners = f"{FOUNDER}, {RIVAL}" if RIVAL in view.split.who.tolist() else FOUNDER
    rows = [
        (owners if who == FOUNDER else who, kind, 0.0, part, n + 0.18, n + 0.82, n + 0.5, _said(tao, part))
        for n, ((who, kind), (tao, part)) in enumerate(zip(ROWS.items(), got.values(), strict=True))
    ]
    return pd.DataFrame(rows, columns=["who", "kind", "left", "right", "top", "bottom", "middle", "text"])


def _said(tao: float, part: float) -> str:
    return f"{format_percent(part)} · {_tao(tao)}" if tao >= 0.5 else "nothing"


# --- sentences ----------------------------------------------------------------------------------------


def title(view: Life) -> str:
    """Return what the picture proves."""
    part = format_percent(view.stakers)
    if view.ended is None:
        return f"Alive after {WEEKS} weeks; ended now, stakers would get {part} of the pot"
    return f"Deregistered in week {view.ended:.0f}: stakers got {part} of the pot"


def subtitle(view: Life) -> str:
    """Return how to read the marks."""
    twin = " Dashed: without clients." if len(_twin(view)) else ""
    return f"Dotted: moving price. Triangle: a newcomer, for whom the lowest moving price goes.{twin}"


def summary(view: Life) -> str:
    """Return the picture in words."""
    last, plan = view.course.iloc[-1], view.plan
    would = "" if view.ended else " would"
    said = [
        f"{title(view)}.",
        f"The founder paid {_tao(view.lock)}, which became the pot; at the end it held {_tao(view.pot)}.",
        f"Then the moving price was {last.moving:.3f}{NO_BREAK_SPACE}τ, and the weakest of the others past "
        f"their immunity had {last.nearest:.3f}{NO_BREAK_SPACE}τ.",
        _of_early_buyers(view),
    ]
    if view.part("chain") > 0:
        said.append(
            f"{format_percent(view.part('chain'))} of the pot {'would go' if would else 'went'} to nobody: "
            "it is recycled, for alpha that the pool and the chain hold."
        )
    if view.part("refund") > 0:
        refund = _tao(view.part("refund") * view.pot)
        said.append(f"{refund} of the lock {'would come' if would else 'came'} back to the owner.")
    if plan.clients:
        spent = plan.clients * plan.bought_back
        said.append(f"Each week {_tao(spent)} of the {_tao(plan.clients)} from clients bought alpha back.")
    if "new owner" in set(view.happened.what):
        said.append(f"In week {view.week_of('new owner'):.0f} conviction made the rival the owner.")
    return " ".join(said)


def _of_early_buyers(view: Life) -> str:
    """What became of the early buyers' TAO."""
    if view.week_of("left") is not None and view.worth < 1:
        return f"The early buyers left: of {_tao(view.plan.staked)} they got {_tao(view.back)} back."
    paid = float(view.split.tao[view.split.who == EARLY].sum())
    free = "what of it is not locked" if view.plan.locked else "all of it"
    return (
        f"The early buyers’ alpha, for which they paid {_tao(view.plan.staked)}, was worth "
        f"{_tao(view.worth)} at the spot price; selling {free} would have brought {_tao(view.exit)}, the "
        f"pot pays {_tao(paid)}."
    )


def _tao(amount: float) -> str:
    return format_tao(round(amount) * RAO_PER_TAO)
