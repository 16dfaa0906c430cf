"""What the playground shows: a picture of shares and prices, and four tables, from a game.

The picture's tables are in the coordinates of their view, 0 to 1 on either side, so that a chart can
take new ones without new scales: ``bands`` and ``lines`` are what is drawn, ``labels`` stand at the
right end, pushed apart, ``ticks`` along the sides, ``marks`` where you last traded. Below the tables
are the sentences.

Amounts are TAO or alpha, as people read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.coinbase import root_is_paid
from bittensor_lab.events import EmissionDistributed, Event
from bittensor_lab.play import YOU, Game, Trail
from bittensor_lab.units import ONE, RAO_PER_TAO
from bittensor_lab.views.labels import apart

POINTS = 120
"""of each line at the most"""
APART = 0.085
"""between two labels, of the height of a view"""
NOTABLE = 0.005
"""a change of a share that is worth a sentence"""


class Picture(NamedTuple):
    """The tables of the picture."""

    bands: pd.DataFrame
    lines: pd.DataFrame
    labels: pd.DataFrame
    ticks: pd.DataFrame
    marks: pd.DataFrame


def picture(game: Game, netuid: int) -> Picture:
    """Return the picture of a game that follows one subnet."""
    trail = game.trail
    rows = np.unique(np.linspace(0, len(trail.block) - 1, min(POINTS, len(trail.block))).astype(int))
    x = _scaled(trail.block, trail.block[0], max(trail.block[-1], trail.block[0] + 1))
    order = [netuid, *(n for n in reversed(game.chain.state.netuids) if n != netuid)]
    low, high, step = _ends(trail, order)
    bands, tops = _bands(trail, rows, x, order)
    lines = pd.concat([_prices(trail, rows, x, order, low, high), _twin(game, netuid)], ignore_index=True)
    labels = pd.concat(
        [_share_labels(order, tops), _price_labels(trail, order, low, high)], ignore_index=True
    )
    return Picture(bands, lines, labels, _ticks(trail, low, high, step), _marks(game, trail))


def _scaled(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.float64]:
    return (np.asarray(values, float) - low) / (high - low)


def _ends(trail: Trail, order: Sequence[int]) -> tuple[float, float, float]:
    """Round ends for the prices of all subnets, and the distance between ticks."""
    shown = np.concatenate([trail.price[:, order], trail.moving[:, order]])
    least, most = float(shown.min()), float(shown.max())
    step = _step(most - least)
    return float(np.floor(least / step) * step), float(np.ceil((most + 1e-12) / step) * step), step


def _step(span: float) -> float:
    """A round distance between ticks, so that a span has three to six of them."""
    size = 10.0 ** np.floor(np.log10(max(span, 1e-6)))
    return float(next(size * part for part in (0.2, 0.5, 1.0, 2.0) if span / (size * part) <= 5))


def _bands(
    trail: Trail, rows: NDArray[np.int64], x: NDArray[np.float64], order: Sequence[int]
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The stacked shares, the followed subnet at the bottom; and the last block's edges."""
    edges = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(trail.share[rows][:, order], axis=1)], axis=1)
    frames = [
        pd.DataFrame(
            {"netuid": netuid, "x": x[rows], "low": edges[:, i], "high": edges[:, i + 1], "followed": i == 0}
        )
        for i, netuid in enumerate(order)
    ]
    return pd.concat(frames, ignore_index=True), edges[-1]


def _prices(
    trail: Trail,
    rows: NDArray[np.int64],
    x: NDArray[np.float64],
    order: Sequence[int],
    low: float,
    high: float,
) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "series": f"price {netuid}",
                "kind": "followed" if i == 0 else "other",
                "x": x[rows],
                "y": _scaled(trail.price[rows, netuid], low, high),
            }
        )
        for i, netuid in enumerate(order)
    ]
    moving = _scaled(trail.moving[rows, order[0]], low, high)
    frames.append(pd.DataFrame({"series": "moving", "kind": "moving", "x": x[rows], "y": moving}))
    return pd.concat(frames, ignore_index=True)


def _twin(game: Game, netuid: int) -> pd.DataFrame:
    """The followed subnet's share without your last trade, since that trade."""
    if game.without is None:
        return pd.DataFrame({"series": [], "kind": [], "x": [], "y": []})
    trail, other = game.trail, game.without.trail
    later = np.flatnonzero(other.block >= max(game.since, int(trail.block[0])))
    later = later[np.unique(np.linspace(0, len(later) - 1, min(POINTS, len(later))).astype(int))]
    x = _scaled(other.block[later], trail.block[0], max(trail.block[-1], trail.block[0] + 1))
    return pd.DataFrame({"series": "without", "kind": "without", "x": x, "y": other.share[later, netuid]})


def _share_labels(order: Sequence[int], edges: NDArray[np.float64]) -> pd.DataFrame:
    at = (edges[:-1] + edges[1:]) / 2
    words = [f"SN {n}: {100 * (edges[i + 1] - edges[i]):.0f}\u00a0%" for i, n in enumerate(order)]
    tone = ["tao", *["other"] * (len(order) - 1)]
    return pd.DataFrame({"view": "share", "at": at, "y": apart(at, APART), "text": words, "tone": tone})


def _price_labels(trail: Trail, order: Sequence[int], low: float, high: float) -> pd.DataFrame:
    values = [*trail.price[-1, list(order)], trail.moving[-1, order[0]]]
    at = _scaled(np.array(values), low, high)
    words = [f"SN {n}" for n in order]
    words[0] += " spot"
    tone = ["alpha", *["other"] * (len(order) - 1), "alpha"]
    return pd.DataFrame(
        {
            "view": "price",
            "at": at,
            "y": apart(at, APART),
            "text": [*words, f"SN {order[0]} moving"],
            "tone": tone,
        }
    )


def _ticks(trail: Trail, low: float, high: float, step: float) -> pd.DataFrame:
    blocks = np.linspace(trail.block[0], max(trail.block[-1], trail.block[0] + 1), 4).round().astype(int)
    at = _scaled(blocks, blocks[0], max(blocks[-1], blocks[0] + 1))
    prices = low + step * np.arange(round((high - low) / step) + 1)
    digits = max(0, int(np.ceil(-np.log10(step) - 1e-9)))
    rows = [("share", "y", share, f"{100 * share:.0f}\u00a0%") for share in (0.0, 0.5, 1.0)]
    rows += [
        ("price", "y", place, f"{price:.{digits}f}")
        for place, price in zip(_scaled(prices, low, high), prices, strict=True)
    ]
    rows += [
        ("price", "x", place, f"{block:,}".replace(",", "\u2009"))
        for place, block in zip(at, blocks, strict=True)
    ]
    return pd.DataFrame(rows, columns=["view", "side", "at", "text"])


def _marks(game: Game, trail: Trail) -> pd.DataFrame:
    """Your last trade, if it is within the picture."""
    if game.without is None or game.since < trail.block[0]:
        return pd.DataFrame({"x": [], "text": [], "left": []})
    x = float(_scaled(np.array([game.since]), trail.block[0], max(trail.block[-1], trail.block[0] + 1))[0])
    return pd.DataFrame({"x": [x], "text": [game.said], "left": [x > 0.3]})


# --- tables --------------------------------------------------------------------------------------


def neurons(game: Game, netuid: int) -> pd.DataFrame:
    """Return a subnet's neurons: validators by stake, then miners by incentive."""
    from bittensor_lab.views.network import metagraph

    table = metagraph(game.chain.state, netuid)
    table["validator"] = table.validator_permit & (table.stake_weight > 0.01)
    table["share"] = np.where(table.validator, table.stake_weight, table.incentive)
    table["yours"] = table.coldkey == YOU
    listed = table[table.validator | (table.incentive > 0) | table.yours]
    return listed.sort_values(["validator", "share", "uid"], ascending=[False, False, True])


def lately(game: Game, netuid: int) -> dict[int, list[float]]:
    """Return what the last epochs paid each uid, α, the oldest first."""
    epochs = game.pay.get(netuid, ())
    uids = range(max((len(paid) for paid in epochs), default=0))
    return {uid: [paid[uid] / RAO_PER_TAO if uid < len(paid) else 0.0 for paid in epochs] for uid in uids}


def latest(game: Game, netuid: int, count: int = 5) -> list[tuple[int, Event]]:
    """Return the last events, newest first: all that people did, and the pay-outs of one subnet."""
    return [
        (block, event)
        for block, event in reversed(game.events)
        if not (isinstance(event, EmissionDistributed) and event.netuid != netuid)
    ][:count]


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
    return "\n".join(("from bittensor_lab import play", "from bittensor_lab.units import tao", *game.code))


# --- sentences -----------------------------------------------------------------------------------


def title(game: Game, netuid: int) -> str:
    """Return what the picture proves."""
    now = float(game.trail.share[-1, netuid])
    if game.without is not None and game.netuid == netuid:
        other = float(game.without.trail.share[-1, netuid])
        if abs(now - other) >= NOTABLE:
            verb = "lifts" if now > other else "lowers"
            return f"Your trade {verb} subnet {netuid} from {_percent(other)} to {_percent(now)} of emission"
        return f"Subnet {netuid} gets {_percent(now)} of emission; your trade has not moved it yet"
    return f"Subnet {netuid} gets {_percent(now)} of emission"


def subtitle(game: Game) -> str:
    """Return how to read the marks."""
    if game.without is not None:
        return (
            "Dashed: a fork without your trade. The price jumps at once; emission follows the moving price."
        )
    return "Of every block's TAO. Stake on a subnet and let blocks pass."


def summary(game: Game, netuid: int) -> str:
    """Return the picture in words."""
    state, trail = game.chain.state, game.trail
    parts = [
        f"Block {state.block:,}: subnet {netuid} gets {_percent(trail.share[-1, netuid])} of the TAO, "
        f"its alpha costs {trail.price[-1, netuid]:.4f} τ, "
        f"the moving price is {trail.moving[-1, netuid]:.4f} τ."
    ]
    if game.without is not None and game.netuid == netuid:
        parts.append(f"Without your trade: {_percent(game.without.trail.share[-1, netuid])}.")
    total = int(state.pools.moving_price[state.netuids].sum()) / ONE
    paid = "so root gets its share." if root_is_paid(state) else "not more than 1: root's share is recycled."
    parts.append(f"The moving prices sum to {total:.2f} τ, {paid}")
    return " ".join(parts)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%"
