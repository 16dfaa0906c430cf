"""A year of staking as sentences, and as the tables of its picture.

    course   the year, week by week, with whether you have left already
    gap      what the spot price promises beyond what selling gives: a stroke a week
    ends     words at the lines' ends        mark    what you have when you leave
    bars     what the gain is made of, and the friend's

A rate "a year" is (1 + gain) to the power of (a year / the weeks), less 1: as if it all happened again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd

from bittensor_lab.block import apply, run
from bittensor_lab.coinbase import root_proportion
from bittensor_lab.extrinsics import AddStake, RemoveStake
from bittensor_lab.play.returns import (
    FRIEND,
    HOTKEY,
    NAMES,
    WEEK,
    WEEKS,
    Plan,
    Year,
    started,
    world,
    year,
)  # fmt: skip
from bittensor_lab.presets import mainnet
from bittensor_lab.root_claims import claimable
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import MINUS, NO_BREAK_SPACE, RAO_PER_TAO, format_percent
from bittensor_lab.views.economy import emission_breakdown, pools
from bittensor_lab.views.labels import apart

LINES = {"worth": "worth", "exit": "exit", "root": "root", "kept": "kept"}
GAINS = ("worth", "exit", "root")
LEAST_APART = 0.075
"""of the height of the scale: between two labels"""
TURN = 45
"""from this week on, values stand on the left of the rule"""
MOST = 10.0
"""a rate a year above which there is no point in digits"""
DAY = 7_200


def tables(view: Year, week: int) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture of a plan whose learner leaves after ``week`` weeks."""
    course = view.course.assign(kept=float(view.plan.amount))
    shown = course[["week", *LINES]].assign(left=course.week > week)
    before = course[:-1].reset_index(drop=True)
    after = course[1:].reset_index(drop=True)
    gap = pd.DataFrame({"week": before.week, "exit": before.exit, "next": after.week, "worth": after.worth})
    return {
        "course": shown,
        "gap": gap[gap.next <= week],
        "ends": _ends(view, course, week),
        "mark": _mark(view, week),
        "bars": _bars(view, week),
    }


def limits(view: Year, week: int) -> dict[str, float]:
    """Return how far the scales must reach: above and below the amount, and the bars' both ends, TAO."""
    up, down = _reach(view)
    low, high = _ends_of_bars(view, week)
    span = max(high - low, view.plan.amount / 50)
    return {"up": up, "down": down, "gain": max(high, span / 20), "loss": max(-low, span / 20)}


@lru_cache(maxsize=4)
def _reach(view: Year) -> tuple[float, float]:
    """How far the lines reach above and below the amount, with a little room, TAO."""
    amount, found = view.plan.amount, view.course[["worth", "exit", "root"]].to_numpy()
    up, down = float(found.max()) - amount, amount - float(found.min())
    return 1.04 * max(up, amount / 10), 1.04 * max(down, amount / 20)


def _ends_of_bars(view: Year, week: int) -> tuple[float, float]:
    """How far the bars reach to the left and to the right of 0, TAO."""
    gains = view.course[["bought", "exit", "worth", "root"]].iloc[week].to_numpy() - view.plan.amount
    return min(0.0, float(gains.min())), max(0.0, float(gains.max()))


def _least(view: Year) -> float:
    """How far two labels must be apart, TAO."""
    return LEAST_APART * sum(_reach(view))


def _ends(view: Year, course: pd.DataFrame, week: int) -> pd.DataFrame:
    """The lines' names at the end of the year; with their values if you stay so long."""
    last = course.iloc[-1]
    at = np.array([float(last[line]) for line in LINES])
    names = [
        f"{name} {_tao(value)}" if week == WEEKS else name
        for name, value in zip(LINES.values(), at, strict=True)
    ]
    placed = apart(at, _least(view), -np.inf, np.inf)
    return pd.DataFrame({"week": float(WEEKS), "line": list(LINES), "text": names, "apart": placed})


def _mark(view: Year, week: int) -> pd.DataFrame:
    """What the alpha is worth when you leave, and what selling it gives."""
    values = view.course[["worth", "exit"]].iloc[week].to_numpy(float)
    placed = apart(values, _least(view), -np.inf, np.inf)
    texts = ["" if week == WEEKS else _tao(value) for value in values]
    rows = {"week": float(week), "line": ["worth", "exit"], "value": values, "apart": placed, "text": texts}
    return pd.DataFrame(rows).assign(flipped=week >= TURN)


def _bars(view: Year, week: int) -> pd.DataFrame:
    """What the gain is made of: the alpha bought, the alpha earned; you, the spot price, your friend, TAO."""
    amount, row = view.plan.amount, view.course.iloc[week]
    bought, left = float(row.bought) - amount, float(row.exit) - amount
    spot, root = float(row.worth) - amount, float(row.root) - amount
    rows = [
        ("alpha you bought", "alpha", 0.0, bought, _signed(bought)),
        (
            "alpha you earned",
            "alpha",
            bought,
            left,
            f"{_signed(left - bought)} · {_a_year(view.alpha_gain(week), week)} in alpha",
        ),
        ("you, after exit", "tao", 0.0, left, f"{_signed(left)} · {_a_year(left / amount, week)}"),
        ("only at spot", "lost", left, spot, f"{_signed(spot - left)}, never paid"),
        ("friend on root", "root", 0.0, root, f"{_signed(root)} · {_a_year(root / amount, week)}"),
    ]
    table = pd.DataFrame(rows, columns=["who", "kind", "from", "to", "text"])
    left_end, right_end = np.minimum(table["from"], table["to"]), np.maximum(table["from"], table["to"])
    places = np.arange(len(rows), dtype=float)
    return table.drop(columns=["from", "to"]).assign(
        left=left_end, right=right_end, top=places + 0.14, bottom=places + 0.86, middle=places + 0.5
    )


# --- sentences ----------------------------------------------------------------------------------------


def title(view: Year, week: int) -> str:
    """Return what the picture proves."""
    alpha, left = _percent(view.alpha_gain(week)), _percent(view.gain("exit", week))
    return f"{_after(week)}: {alpha} in alpha, {left} after exit"


def _after(week: int) -> str:
    return "After a year" if week == WEEKS else f"After {week} week{'s' if week > 1 else ''}"


def subtitle(view: Year) -> str:
    """Return how to read the marks."""
    return "Hatched: what a wallet shows and no sale gives. Dashed: the same TAO on root, or kept."


def summary(view: Year, week: int) -> str:
    """Return the picture in words."""
    row, start = view.course.iloc[week], view.course.iloc[0]
    left, root = view.gain("exit", week), view.gain("root", week)
    rates = [_a_year(part, week) for part in (view.alpha_gain(week), left, root)]
    alphas = [f"{amount:.1f}{NO_BREAK_SPACE}α" for amount in (start.alpha, row.alpha)]
    prices = [
        f"{price:.3f}{NO_BREAK_SPACE}τ" for price in (view.plan.amount / start.alpha, view.before, row.price)
    ]
    return (
        f"{title(view, week)}. {_tao(view.plan.amount)} bought {alphas[0]} of the subnet "
        f"“{NAMES[view.plan.netuid - 1]}”, each for {prices[0]}; now it is {alphas[1]}. The price was "
        f"{prices[1]} before you came, and is {prices[2]}. Your alpha shows as {_tao(row.worth)} and sells "
        f"for {_tao(row.exit)}; a friend on root has {_tao(row.root)}. A year like this: {rates[0]} in "
        f"alpha, {rates[1]} after exit, {rates[2]} on root."
    )


def rate(gain: float, week: int) -> float:
    """Return a gain of some weeks as a rate for a year, compounded."""
    return float((1 + gain) ** (WEEKS / week) - 1)


def _a_year(gain: float, week: int) -> str:
    found = rate(gain, week)
    return f"over {_percent(MOST)}" if found > MOST else _percent(found)


def _percent(part: float) -> str:
    return format_percent(round(part, 2) + 0.0)


def _tao(amount: float) -> str:
    return f"{amount:.1f}{NO_BREAK_SPACE}τ"


def _signed(amount: float) -> str:
    return f"{round(amount, 1) + 0.0:+.1f}{NO_BREAK_SPACE}τ".replace("-", MINUS)


def rates(view: Year) -> pd.DataFrame:
    """Return the gains of some weeks as rates for a year: weeks, in alpha, at spot, after exit, on root."""
    rows = [
        (week, *(rate(gain, week) for gain in (view.alpha_gain(week), *(view.gain(c, week) for c in GAINS))))
        for week in (4, 13, 26, WEEKS)
    ]
    return pd.DataFrame(rows, columns=["weeks", "in alpha", "at spot", "after exit", "on root"])


# --- what the lesson shows besides --------------------------------------------------------------------


def offers() -> pd.DataFrame:
    """Return the subnets as they are before you come.

    Columns: subnet, tao_in, price, staked (alpha outside the pool), alpha_a_year (part of it that its stakers
    get in a year at this pace, before any take).
    """
    state, table = world(), pools(world()).set_index("netuid")
    stakers = _by_party(state, "validators")
    rows = [
        (
            name,
            table.tao_in[n],
            table.alpha_price[n],
            table.alpha_out[n],
            stakers[n] * WEEK * WEEKS / table.alpha_out[n],
        )
        for n, name in enumerate(NAMES, 1)
    ]
    return pd.DataFrame(rows, columns=["subnet", "tao_in", "price", "staked", "alpha_a_year"])


def root_share() -> pd.DataFrame:
    """Return what root gets of each subnet in a block, before you come.

    Columns: subnet, price (TAO), root_proportion, alpha (root's, a block), tao (what that is worth at spot).
    """
    state = world()
    roots, table = _by_party(state, "root"), pools(state).set_index("netuid")
    rows = [
        (name, table.alpha_price[n], root_proportion(state, n), roots[n], roots[n] * table.alpha_price[n])
        for n, name in enumerate(NAMES, 1)
    ]
    return pd.DataFrame(rows, columns=["subnet", "price", "root_proportion", "alpha", "tao"])


def _by_party(state: State, party: str) -> dict[int, float]:
    """What a party gets of each subnet's alpha in a block."""
    table = emission_breakdown(state)
    found = table[(table.token == "alpha") & (table.party == party)]
    return dict(zip(found.netuid.tolist(), (found.rao / RAO_PER_TAO).tolist(), strict=True))


def lucks(plan: Plan) -> pd.DataFrame:
    """Return the year of a plan under eight lucks: luck, in alpha, after exit, on root (parts)."""
    rows = []
    for luck in range(1, 9):
        view = year(replace(plan, luck=luck))
        rows.append((luck, view.alpha_gain(WEEKS), view.gain("exit", WEEKS), view.gain("root", WEEKS)))
    return pd.DataFrame(rows, columns=["luck", "in alpha", "after exit", "on root"])


def mistakes() -> pd.DataFrame:
    """Return by what an APY is too high that supposes something that is not so: supposes, times."""
    plan, tempo, made = Plan(), mainnet().subnet.tempo, emission_breakdown(world())
    view, stakers = year(plan), _by_party(world(), "validators")[plan.netuid]
    new = made[(made.netuid == plan.netuid) & (made.token == "alpha") & (made.party != "pool")].rao.sum()
    untaken = year(replace(plan, take=0.0)).alpha_gain(WEEKS)
    rows = [
        (f"every block is an epoch: {DAY:,} a day", float(tempo)),
        ("an epoch pays what a day pays", DAY / tempo),
        ("a day pays what a week pays", 7.0),
        ("all new alpha goes to stakers", new / RAO_PER_TAO / stakers),
        ("an alpha is a TAO", 1 / view.before),
        ("the validator takes nothing", untaken / view.alpha_gain(WEEKS)),
    ]
    return pd.DataFrame(rows, columns=["supposes", "times"])


def suspects(times: float) -> pd.DataFrame:
    """Return pairs of mistakes, those first whose product is nearest to ``times``: supposes, and, times."""
    known = mistakes()
    pairs = combinations(zip(known.supposes.tolist(), known.times.tolist(), strict=True), 2)
    rows = [(one, other, first * second) for (one, first), (other, second) in pairs]
    table = pd.DataFrame(rows, columns=["supposes", "and", "times"])
    return table.sort_values("times", key=lambda found: np.abs(np.log(found / times))).reset_index(drop=True)


def left_behind() -> pd.DataFrame:
    """Return what root owes the friend, in alpha, if no lot falls on it for three weeks and it then leaves.

    Columns: when, and the alpha owed by each subnet.
    """
    state = started(Plan())
    state = run(replace(state, network=replace(state.network, root_claims_per_block=0)), 3 * WEEK)
    staked = stake_of(state, ROOT_NETUID, HOTKEY, FRIEND)
    gone, _ = apply(state, RemoveStake(FRIEND, HOTKEY, ROOT_NETUID, staked))
    back, _ = apply(gone, AddStake(FRIEND, HOTKEY, ROOT_NETUID, staked))
    rows = []
    for when, then in (("on root", state), ("after leaving", gone), ("after coming back", back)):
        owed = claimable(then, HOTKEY, FRIEND)
        rows.append((when, *(owed.get(n, 0) / RAO_PER_TAO for n in range(1, len(NAMES) + 1))))
    return pd.DataFrame(rows, columns=["when", *NAMES])
