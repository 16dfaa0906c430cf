"""Stake weight and permits in words, and as the tables of their picture.

The numbers come from ``views.permits``. ``focus`` says what a world is about, and the title follows from it:
who was silent too long, whose permit a loan moved, or who misses its permit by how much.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from bittensor_lab.units import NO_BREAK_SPACE, THIN_SPACE, format_percent, format_tao, tao
from bittensor_lab.views.permits import CHILD, CUTOFF, LENDER, OWNER, PermitsView, World


def focus(view: PermitsView) -> tuple[str, int]:
    """Return what the picture is about (a key of ``title``'s sentences, all or none), and whose row."""
    w, t = view.world, view.uids
    voters = t[(t.role == "validator") & (t.stake_weight > 0)]
    quiet = voters[voters.permit & ~voters.active & (voters.dividends == 0)]
    if len(quiet):
        return "silent", int(quiet.uid.iloc[0])
    got, gone = (bool(t.permit[u] != t.permit_alone[u]) for u in (CHILD, LENDER))
    if w.lent > 0 and (got or gone):
        return ("moved" if got and gone else "loan" if got else "lost"), CHILD if got else LENDER
    short = voters[~voters.permit]
    if not len(short):
        return ("all" if len(voters) else "none"), -1
    nearest = int(short.uid.to_numpy()[short.missing.argmin()])
    return ("short" if view.last_place >= w.threshold else "below"), nearest


def title(view: PermitsView) -> str:
    """Return what the picture proves."""
    kind, uid = focus(view)
    if uid < 0:
        return "Every validator with stake has a permit" if kind == "all" else "No validator has any stake"
    row, loan = view.uids.iloc[uid].to_dict(), amount(float(view.uids.borrowed.to_numpy()[CHILD]))
    on_root, missing = format_tao(tao(view.world.root[uid - 1]), digits=0), amount(row["missing"])
    held = f"With {on_root} on root, uid" if row["root"] > row["alpha"] else "uid"
    return {
        "silent": f"uid {uid} has a permit and earns nothing: silent for {grouped(view.world.silent)} blocks",
        "moved": f"uid {LENDER} lends {loan}, and its permit goes to uid {CHILD}",
        "loan": f"uid {CHILD} has its permit on loan: {loan} from uid {LENDER}",
        "lost": f"Lending {loan} costs uid {LENDER} its permit",
        "short": f"{held} {uid} misses its permit by {missing}",
        "below": f"{held} {uid} misses the threshold by {missing}",
    }[kind]


def grouped(number: float) -> str:
    """Return a whole number as people read it."""
    return f"{number:,.0f}".replace(",", THIN_SPACE)


def amount(alpha: float) -> str:
    """Return an amount of alpha as people read it, whole; what is less than one says so."""
    return format_tao(tao(alpha), "α", 0) if alpha >= 0.5 or alpha == 0 else f"less than 1{NO_BREAK_SPACE}α"


def subtitle(view: PermitsView) -> str:
    """Return how to read the marks."""
    below = view.uids[~view.uids.counts & (view.uids.stake_weight > 0)]
    nothing = " Hatched: counts for nothing." if len(below) else ""
    loan = " Dashed line on the right: without the loan." if view.world.lent > 0 else ""
    return f"Bars: what each uid's stake weight on this subnet is made of. Filled dot: yes.{nothing}{loan}"


def summary(view: PermitsView) -> str:
    """Return the picture in words."""
    w, t = view.world, view.uids
    said = [f"{title(view)}. {_permits(view)} {_miners(t)}"]
    if focus(view)[0] == "silent":
        said.append(f"Weights count for {grouped(CUTOFF)} blocks; then the permit stays, and the pay stops.")
    if w.lent > 0:
        said.append(_loan(view))
    said.append(f"A TAO on root counts {format_percent(w.tao_weight)} of an alpha, whatever alpha costs.")
    return " ".join(said)


def _permits(view: PermitsView) -> str:
    """Who holds the permits, and what the last one took."""
    t = view.uids
    holders = [str(uid) for uid in t.uid[t.permit & (t.uid != OWNER)]]
    places = f"{view.world.places} place{'' if view.world.places == 1 else 's'}"
    if not holders:
        return f"Of {places} none is taken; the owner's permit needs no stake."
    last = f"the last one for {amount(view.last_place)}" if view.last_place else "some are free"
    hold = f"uid {holders[0]} holds" if len(holders) == 1 else f"uids {', '.join(holders)} hold"
    return f"Of {places}, {hold} one; {last}."


def _miners(t: pd.DataFrame) -> str:
    """What the best miner's incentive did for its permit."""
    best = t.iloc[int(t.incentive.argmax())].to_dict()
    if not best["incentive"]:
        return "No miner earns."
    which = "and has a permit, for its stake" if best["permit"] else "and has no permit"
    return f"uid {best['uid']} earns the most incentive, {amount(best['incentive'])}, {which}."


def _loan(view: PermitsView) -> str:
    """What the loan did for both."""

    def earned(uid: int) -> str:
        now, alone = (amount(float(view.uids[column].to_numpy()[uid])) for column in ("dividends", "alone"))
        return f"earns {now} instead of {alone}"

    return (
        f"With the loan uid {LENDER} {earned(LENDER)}; uid {CHILD} takes "
        f"{format_percent(view.world.take)} of that part and {earned(CHILD)}."
    )


def limits(view: PermitsView) -> dict[str, float]:
    """Return how far the scales must reach: alpha of stake weight, alpha earned in a tempo."""
    t = view.uids
    stake = max(float((t.stake_weight + t.lent).max()), view.last_place, view.world.threshold, 1.0)
    return {"stake": stake, "earned": max(1.0, float(t[["incentive", "dividends", "alone"]].max().max()))}


def tables(view: PermitsView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: uids, bars, lines and key."""
    t, w, about = view.uids, view.world, focus(view)[1]
    differs = (t.alone - t.dividends).abs() > 0.05
    uids = t[["uid", "role", "permit", "active", "alone"]].assign(
        marked=t.uid == about,
        earned=t.incentive + t.dividends,
        differs=differs,
        words_at=(t.incentive + t.dividends).clip(lower=t.alone.where(differs, 0.0)),
        words=[_words(row, view) for row in t.itertuples()],
        lacks=(t.role == "validator") & (t.dividends < 0.05),
    )
    return {"uids": uids, "bars": _bars(t), "lines": _lines(view), "key": _key(w)}


def _bars(t: pd.DataFrame) -> pd.DataFrame:
    """A row for each part of a uid's stake weight, from left to right, and for what it lent."""
    ends, rows = t[["alpha", "root", "borrowed", "lent"]].cumsum(axis=1), []
    for part in ends:
        right = ends[part]
        whole = pd.DataFrame({"uid": t.uid, "part": part, "left": right - t[part], "right": right})
        rows.append(whole.assign(counts=t.counts)[t[part] > 0])
    return pd.concat(rows, ignore_index=True)


def _words(row: Any, view: PermitsView) -> str:
    """What stands behind a uid's bar: its pay, or what it lacks for any."""
    paid = row.incentive + row.dividends
    if paid >= 0.05:
        return f"{paid:.1f}"
    if row.role != "validator":
        return "0"
    if not row.permit:
        return f"{grouped(max(1, row.missing))}{NO_BREAK_SPACE}α short"
    return "0" if row.active else "silent"


def _lines(view: PermitsView) -> pd.DataFrame:
    """The two lines that a stake weight has to reach, if there are any."""
    w = view.world
    places = f"{w.places} place{'' if w.places == 1 else 's'}"
    lines = [("last", view.last_place, f"{places}: {amount(view.last_place)}"),
             ("threshold", w.threshold, f"threshold {amount(w.threshold)}")]  # fmt: skip
    found = pd.DataFrame(lines, columns=["line", "at", "words"])
    return found[found["at"] > 0].reset_index(drop=True)


def _key(w: World) -> pd.DataFrame:
    """The words of the bars' parts."""
    loan = [("borrowed", f"lent by uid {LENDER}"), ("lent", f"lent to uid {CHILD}")] if w.lent > 0 else []
    words = [("alpha", "own alpha"), ("root", f"TAO on root × {w.tao_weight:.2f}"), *loan]
    return pd.DataFrame(words, columns=["part", "words"])
