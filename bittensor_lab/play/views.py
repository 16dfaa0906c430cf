"""What the playground shows: a picture of shares and prices, and tables, from a game.

The picture's tables are in the coordinates of their view, 0 to 1 on either side, so that a chart can
take new ones without new scales: ``bands`` and ``lines`` are what is drawn, ``labels`` stand at the
right end, pushed apart, ``ticks`` along the sides, ``marks`` where two futures part. Below the tables
are the sentences.

Amounts are TAO or alpha, as people read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bittensor_lab.coinbase import root_is_paid
from bittensor_lab.neurons import prunable
from bittensor_lab.play import YOU, Epoch, Game, Trail, moves
from bittensor_lab.play.telling import Told
from bittensor_lab.stake_weight import stake_weights
from bittensor_lab.state import State, Subnet
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX
from bittensor_lab.views.labels import apart
from bittensor_lab.views.wallet import wallet

POINTS = 120
"""of each line at the most"""
APART = 0.085
"""between two labels, of the height of a view"""
HEADROOM = 0.12
"""above the highest price, for the words at the top"""
SMALL = 0.01
"""of all stake weight: what a validator must hold to be listed as one"""
NOTABLE = 0.005
"""a change of a share that is worth a sentence"""


class Picture(NamedTuple):
    """The tables of the picture."""

    bands: pd.DataFrame
    lines: pd.DataFrame
    labels: pd.DataFrame
    ticks: pd.DataFrame
    marks: pd.DataFrame


Columns = dict[str, list[Any]]


def picture(game: Game, netuid: int) -> Picture:
    """Return the picture of a game that follows one subnet, as DataFrames."""
    return Picture(**{name: pd.DataFrame(table) for name, table in columns(game, netuid).items()})


def columns(game: Game, netuid: int) -> dict[str, Columns]:
    """Return the same as plain columns, numbers to five digits: what a frame of play has time for."""
    trail = game.trail
    rows = np.unique(np.linspace(0, len(trail.block) - 1, min(POINTS, len(trail.block))).astype(int))
    x = _scaled(trail.block[rows], trail.block[0], max(trail.block[-1], trail.block[0] + 1))
    order = [netuid, *(n for n in reversed(game.chain.state.netuids) if n != netuid)]
    low, high, step = _ends(game, order)
    bands, tops = _bands(trail, rows, x, order)
    lines = [*_prices(trail, rows, x, order, low, high), *_twin(game, netuid, low, high)]
    return {
        "bands": bands,
        "lines": _joined(("series", "kind", "x", "y"), lines),
        "labels": _joined(
            ("view", "at", "y", "text", "tone"),
            [_share_labels(game, order, tops), _price_labels(game, order, low, high)],
        ),
        "ticks": _ticks(trail, low, high, step),
        "marks": _marks(game, trail),
    }


def _short(values: ArrayLike) -> list[float]:
    return list(np.round(np.asarray(values, float), 5).tolist())


def _joined(names: Sequence[str], parts: Sequence[Columns]) -> Columns:
    """Columns one below the other."""
    return {name: [value for part in parts for value in part[name]] for name in names}


def _scaled(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.float64]:
    return (np.asarray(values, float) - low) / (high - low)


def _ends(game: Game, order: Sequence[int]) -> tuple[float, float, float]:
    """Round ends for the prices of all subnets, in both futures, and the distance between ticks."""
    trails = [game.trail, *([game.without.trail] if game.without else [])]
    shown = np.concatenate([part[:, order] for trail in trails for part in (trail.price, trail.moving)])
    least, most = float(shown.min()), float(shown.max())
    room = max(HEADROOM * (most - least), 1e-12)
    step = _step(most - least + room)
    return float(np.floor(least / step) * step), float(np.ceil((most + room) / step) * step), step


def _step(span: float) -> float:
    """A round distance between ticks, so that a span has three to six of them."""
    size = 10.0 ** np.floor(np.log10(max(span, 1e-6)))
    return float(next(size * part for part in (0.2, 0.5, 1.0, 2.0) if span / (size * part) <= 5))


def _bands(
    trail: Trail, rows: NDArray[np.int64], x: NDArray[np.float64], order: Sequence[int]
) -> tuple[Columns, NDArray[np.float64]]:
    """The stacked shares, the followed subnet at the bottom; and the last block's edges."""
    edges = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(trail.share[rows][:, order], axis=1)], axis=1)
    parts: list[Columns] = [
        {
            "netuid": [netuid] * len(rows),
            "x": _short(x),
            "low": _short(edges[:, i]),
            "high": _short(edges[:, i + 1]),
            "followed": [i == 0] * len(rows),
        }
        for i, netuid in enumerate(order)
    ]
    return _joined(("netuid", "x", "low", "high", "followed"), parts), edges[-1]


def _line(series: str, kind: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Columns:
    return {"series": [series] * len(x), "kind": [kind] * len(x), "x": _short(x), "y": _short(y)}


def _prices(
    trail: Trail,
    rows: NDArray[np.int64],
    x: NDArray[np.float64],
    order: Sequence[int],
    low: float,
    high: float,
) -> list[Columns]:
    kinds = ["followed", *["other"] * (len(order) - 1)]
    lines = [
        _line(f"price {netuid}", kind, x, _scaled(trail.price[rows, netuid], low, high))
        for netuid, kind in zip(order, kinds, strict=True)
    ]
    return [*lines, _line("moving", "moving", x, _scaled(trail.moving[rows, order[0]], low, high))]


def _twin(game: Game, netuid: int, low: float, high: float) -> list[Columns]:
    """The followed subnet in the other future, since the two part: its share, and its price."""
    if game.without is None:
        return []
    trail, other = game.trail, game.without.trail
    later = np.flatnonzero(other.block >= max(game.since, int(trail.block[0])))
    later = later[np.unique(np.linspace(0, len(later) - 1, min(POINTS, len(later))).astype(int))]
    x = _scaled(other.block[later], trail.block[0], max(trail.block[-1], trail.block[0] + 1))
    price = _scaled(other.price[later, netuid], low, high)
    share = other.share[later, netuid]
    return [_line("without", "without", x, share), _line("without price", "without price", x, price)]


def _share_labels(game: Game, order: Sequence[int], edges: NDArray[np.float64]) -> Columns:
    at = list((edges[:-1] + edges[1:]) / 2)
    words = [f"SN {n}: {100 * (edges[i + 1] - edges[i]):.0f}\u00a0%" for i, n in enumerate(order)]
    tone = ["tao", *["other"] * (len(order) - 1)]
    if game.without is not None:
        share = float(game.without.trail.share[-1, order[0]])
        at.append(share)
        words.append(f"{_other(game)}: {100 * share:.0f}\u00a0%")
        tone.append("tao")
    return _labels("share", np.array(at), words, tone)


def _labels(view: str, at: NDArray[np.float64], words: list[str], tone: list[str]) -> Columns:
    places = {"at": _short(at), "y": _short(apart(at, APART))}
    return {"view": [view] * len(words), **places, "text": words, "tone": tone}


def _other(game: Game) -> str:
    """What the other future is called at the end of its line."""
    return game.without.name if game.without is not None and game.is_forked else "no trade"


def _price_labels(game: Game, order: Sequence[int], low: float, high: float) -> Columns:
    trail, followed = game.trail, order[0]
    values = [*trail.price[-1, list(order)], trail.moving[-1, followed]]
    words = [*(f"SN {n}" for n in order), f"SN {followed} moving"]
    words[0] += " spot"
    tone = ["alpha", *["other"] * (len(order) - 1), "alpha"]
    if game.without is not None:
        values.append(game.without.trail.price[-1, followed])
        words.append(f"SN {followed} {_other(game)}")
        tone.append("alpha")
    return _labels("price", _scaled(np.array(values), low, high), words, tone)


def _ticks(trail: Trail, low: float, high: float, step: float) -> Columns:
    blocks = np.linspace(trail.block[0], max(trail.block[-1], trail.block[0] + 1), 4).round().astype(int)
    at = _scaled(blocks, blocks[0], max(blocks[-1], blocks[0] + 1))
    prices = low + step * np.arange(round((high - low) / step) + 1)
    digits = max(0, int(np.ceil(-np.log10(step) - 1e-9)))
    return {
        "view": [*["share"] * 3, *["price"] * (len(prices) + len(at))],
        "side": [*["y"] * (3 + len(prices)), *["x"] * len(at)],
        "at": [0.0, 0.5, 1.0, *_short(_scaled(prices, low, high)), *_short(at)],
        "text": [
            *(f"{share}\u00a0%" for share in (0, 50, 100)),
            *(f"{price:.{digits}f}" for price in prices),
            *(_block(block) for block in blocks),
        ],
    }


def _marks(game: Game, trail: Trail) -> Columns:
    """Where the two futures part, if that is within the picture."""
    if game.without is None or game.since < trail.block[0]:
        return {"x": [], "text": [], "left": []}
    x = float(_scaled(np.array([game.since]), trail.block[0], max(trail.block[-1], trail.block[0] + 1))[0])
    return {"x": [round(x, 5)], "text": [game.said], "left": [x > 0.3]}


# --- tables --------------------------------------------------------------------------------------


class Neuron(NamedTuple):
    """A row of the metagraph."""

    uid: int
    is_validator: bool
    stake: float
    """what its stake weight is worth, alpha"""
    share: float
    """of all stake weight, or of the incentive"""
    emission: float
    """alpha, of the last epoch"""
    yours: bool
    next_out: bool
    spark: list[float]
    """dividends or incentive of the last epochs"""


def neurons(game: Game, netuid: int) -> list[Neuron]:
    """Return a subnet's neurons that count: validators by stake, then miners by incentive."""
    state, epochs = game.chain.state, game.epochs.get(netuid, ())
    subnet = state.subnet(netuid)
    weight, incentive = subnet.stake_weight.tolist(), subnet.mechanisms[0].incentive.tolist()
    stake, out = stake_weights(state, netuid)[0].tolist(), _next_out(state, subnet)
    found = []
    for uid, hotkey in enumerate(subnet.hotkeys):
        is_validator = bool(subnet.validator_permit[uid]) and weight[uid] > SMALL * U16_MAX
        yours = state.owner.get(hotkey) == YOU
        if is_validator or incentive[uid] or yours or uid == out:
            share = (weight if is_validator else incentive)[uid] / U16_MAX
            paid = int(subnet.emission[uid]) / RAO_PER_TAO
            past = _past(epochs, uid, hotkey, is_validator)
            found.append(
                Neuron(uid, is_validator, stake[uid] / RAO_PER_TAO, share, paid, yours, uid == out, past)
            )
    return sorted(found, key=lambda neuron: (not neuron.is_validator, -neuron.share, neuron.uid))


def _next_out(state: State, subnet: Subnet) -> int | None:
    """The uid that the next newcomer replaces, if the subnet is full."""
    is_full = subnet.n >= state.hyperparameters(subnet.netuid).max_allowed_uids
    return prunable(state, subnet) if is_full else None


def _past(epochs: Sequence[Epoch], uid: int, hotkey: str, is_validator: bool) -> list[float]:
    """What a neuron got in the last epochs: dividends of a validator, incentive of a miner, as shares."""
    found = [epoch for epoch in epochs if uid < len(epoch.hotkeys) and epoch.hotkeys[uid] == hotkey]
    return [int((epoch.dividends if is_validator else epoch.incentive)[uid]) / U16_MAX for epoch in found]


def latest(game: Game, netuid: int, count: int = 5) -> list[Told]:
    """Return the last events, newest first: all that you did, and what happened on one subnet.

    Of what an epoch of others does at once, weights above all, only the newest is told.
    """
    found: list[Told] = []
    for event in reversed(game.events):
        repeats = found and event.name == found[-1].name == "WeightsSet" and not event.yours
        if (event.yours or event.netuid == netuid) and not repeats:
            found.append(event)
    return found[:count]


def futures(game: Game, netuid: int) -> pd.DataFrame:
    """Return the two futures side by side, the one shown first: a row per number worth comparing."""
    rows = {each.name: _numbers(each, netuid) for each in (game, game.without) if each is not None}
    return pd.DataFrame(rows)


def _numbers(game: Game, netuid: int) -> dict[str, float]:
    yours, trail = wallet(game.chain.state, YOU), game.trail
    leaving = yours.free + yours.alpha_exit_value + yours.root_stake
    return {
        "You, if you left now, τ": float(leaving),
        "You, at spot prices, τ": float(yours.total),
        f"SN {netuid} of emission, %": 100 * float(trail.share[-1, netuid]),
        f"SN {netuid} price, τ/α": float(trail.price[-1, netuid]),
    }


def history(game: Game) -> pd.DataFrame:
    """Return shares and prices, a row per block and subnet."""
    trail, netuids = game.trail, game.chain.state.netuids
    frames = [
        pd.DataFrame(
            {
                "block": trail.block,
                "netuid": netuid,
                "emission_share": trail.share[:, netuid],
                "alpha_price": trail.price[:, netuid],
                "moving_price": trail.moving[:, netuid],
            }
        )
        for netuid in netuids
    ]
    return pd.concat(frames, ignore_index=True)


def code(game: Game) -> str:
    """Return the Python that plays this game."""
    return moves.code(game.seed, game.moves)


# --- sentences -----------------------------------------------------------------------------------


def title(game: Game, netuid: int) -> str:
    """Return what the picture proves."""
    now = float(game.trail.share[-1, netuid])
    if game.without is not None:
        other = float(game.without.trail.share[-1, netuid])
        if game.is_forked:
            return _two_sided(game.name, game.without.name, netuid, now, other)
        if abs(now - other) >= NOTABLE:
            verb = "lifts" if now > other else "lowers"
            return f"Your trade {verb} subnet {netuid} from {_percent(other)} to {_percent(now)} of emission"
        if game.netuid == netuid:
            return f"Subnet {netuid} gets {_percent(now)} of emission; your trade has not moved it yet"
    return f"Subnet {netuid} gets {_percent(now)} of emission"


def _two_sided(name: str, other_name: str, netuid: int, now: float, other: float) -> str:
    if _percent(now) == _percent(other):
        return f"In both futures subnet {netuid} gets {_percent(now)} of emission"
    return f"Subnet {netuid} gets {_percent(now)} of emission in {name}, {_percent(other)} in {other_name}"


def subtitle(game: Game) -> str:
    """Return how to read the marks."""
    if game.without is not None and game.is_forked:
        return (
            f"Lines: {game.name}. Dashed: {game.without.name}, since the fork at block {_block(game.since)}."
        )
    if game.without is not None:
        return (
            "Dashed: a fork without your trade. The price jumps at once; emission follows the moving price."
        )
    return "Of every block's TAO. Stake on a subnet and let blocks pass."


def summary(game: Game, netuid: int) -> str:
    """Return the picture in words."""
    state, trail = game.chain.state, game.trail
    parts = [
        f"Block {_block(state.block)}: subnet {netuid} gets {_percent(trail.share[-1, netuid])} of the TAO, "
        f"its alpha costs {trail.price[-1, netuid]:.4f}\u00a0τ, "
        f"the moving price is {trail.moving[-1, netuid]:.4f}\u00a0τ."
    ]
    if game.without is not None:
        other, name = (
            game.without.trail,
            f"In {game.without.name}" if game.is_forked else "Without your trade",
        )
        share, price = other.share[-1, netuid], other.price[-1, netuid]
        parts.append(f"{name}: {_percent(share)}, and {price:.4f}\u00a0τ.")
    total = int(state.pools.moving_price[state.netuids].sum()) / ONE
    paid = "so root gets its share." if root_is_paid(state) else "not more than 1: root's share is recycled."
    parts.append(f"The moving prices sum to {total:.2f}\u00a0τ, {paid}")
    return " ".join(parts)


def _block(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%"
