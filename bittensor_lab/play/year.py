"""The whole network for a year: 128 subnets share every block; who ends up with how much?

The network begins with the pools, prices, flows and burns of ``mainnet_2026`` and runs on the engine's own
blocks. So that a year answers a slider, it is made small in both directions at once: a block stands for
``SCALE`` blocks of main net's (two a day), amounts of TAO and alpha are divided by the same number, and so
are the constants that are times. Shares, prices and the year stay what they were; another scale shows that.

Nobody trades here but the clients, who buy alpha of the middle of the field; what moves prices else is what
the chain itself buys. Concentration is the number of subnets that take half of the block.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab import datasets
from bittensor_lab.block import run
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.regimes import with_regime
from bittensor_lab.scenarios.base import rich
from bittensor_lab.staking import stake_each
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import NO_BREAK_SPACE, RAO_PER_TAO, format_percent
from bittensor_lab.views.labels import apart

SCALE, WEEKS, YEAR = 3_600, 52, 365 * 7_200
"""blocks of main net's that one stands for; records; blocks of main net's in a year"""
SUBNETS, SHOWN = 128, 8
"""how many there are, and how many of them have a band of their own"""
SERVED = range(20, 40)
"""ranks by price, from 0, of the subnets that clients pay"""
CLIENTS = "clients"
KEPT = ("tao_in", "alpha_in", "alpha_out", "account")
TAKEN = (
    "moving_price", "miner_burned", "emission_enabled", "subtoken_enabled", "user_flow_ema",
    "protocol_flow_ema", "quote_weight", "initialised",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What the lab can change."""

    regime: str = "G"
    root: float = 5.0
    """millions of TAO on root"""
    revenue: float = 0.0
    """TAO a day that clients spend on alpha of the middle of the field"""


@dataclass(frozen=True, eq=False)
class YearView:
    """A year of the network."""

    plan: Plan
    shares: NDArray[np.float64]  # [weeks, subnets] of the block's TAO
    other: NDArray[np.float64]  # [weeks, subnets] the same under the rule that it is compared with
    frame: pd.DataFrame
    """week, half (subnets that take half of the block), largest, getting (subnets with any), other_half"""


def whole(plan: Plan = Plan()) -> YearView:
    """Return the year under a plan, and under the rule that it is compared with."""
    shares, other = year(plan), year(replace(plan, regime=compared(plan.regime)))
    frame = pd.DataFrame(
        {
            "week": range(WEEKS + 1),
            "half": [half(row) for row in shares],
            "largest": shares.max(axis=1),
            "getting": (shares > 0).sum(axis=1),
            "other_half": [half(row) for row in other],
        }
    )
    return YearView(plan, shares, other, frame)


def compared(regime: str) -> str:
    """Return the rule that a year is compared with: the one before the gate, or the gate."""
    return "G" if regime == "F" else "F"


def leaders(plan: Plan = Plan(), most: int = 6) -> pd.DataFrame:
    """Return the subnets that get most at first: their parts then and a year later, %, TAO in the pool."""
    shares, pooled = 100 * year(plan), _real().pools.tao_in[1:] / RAO_PER_TAO
    first = np.argsort(-shares[0], kind="stable")[:most]
    rows = [(f"SN {n + 1}", shares[0, n], shares[-1, n], pooled[n]) for n in first.tolist()]
    return pd.DataFrame(rows, columns=["subnet", "at first", "after a year", "TAO in the pool"])


def half(shares: NDArray[np.float64]) -> int:
    """Return how many subnets, the largest first, take half of all."""
    falling = np.sort(shares)[::-1]
    return int((np.cumsum(falling) < 0.5 * falling.sum() - 1e-12).sum()) + 1


def effective(shares: NDArray[np.float64]) -> float:
    """Return how many equal subnets would be as concentrated: 1 / Σ shares²."""
    return float(1 / (shares**2).sum())


@lru_cache(maxsize=64)
def year(plan: Plan, scale: int = SCALE) -> NDArray[np.float64]:
    """Return every subnet's share of the block [weeks, subnets], week by week."""
    state = with_regime(at_scale(scale, plan.root), plan.regime)
    bought = round(plan.revenue * 7 * RAO_PER_TAO / scale / len(SERVED))
    state = rich(state, CLIENTS, (bought * len(SERVED) + RAO_PER_TAO) * (WEEKS + 1))
    served = _by_price(state)[list(SERVED)]
    found = [emission_shares(state)[1:]]
    for week in range(WEEKS):
        if bought:
            state = stake_each(state, CLIENTS, "validator-1", dict.fromkeys(served.tolist(), bought))
        state = run(state, (week + 1) * YEAR // WEEKS // scale - week * YEAR // WEEKS // scale)
        found.append(emission_shares(state)[1:])
    return np.array(found)


def _by_price(state: State) -> NDArray[np.int64]:
    """The netuids, the highest moving price first."""
    netuids = np.array(state.netuids)
    return netuids[np.argsort(-state.pools.moving_price[netuids], kind="stable")]


@lru_cache(maxsize=8)
def at_scale(scale: int, root: float = 5.0) -> State:
    """Return the network of 2026 made small by ``scale``, with so many million TAO on root."""
    real, small = _real(), _small()
    columns = {name: getattr(real.pools, name) // scale for name in KEPT}
    columns |= {name: getattr(real.pools, name).copy() for name in TAKEN}
    columns["tao_in"][ROOT_NETUID] = round(root * 1e6) * RAO_PER_TAO // scale
    age = np.maximum(1, (real.block - real.pools.first_emission_block) // scale)
    start = replace(small, block=small.block + YEAR // scale + int(age.max()))
    columns["first_emission_block"] = np.maximum(1, start.block - age)
    network = replace(
        start.network,
        subnet_moving_alpha=start.network.subnet_moving_alpha * scale,
        ema_price_halving_blocks=start.network.ema_price_halving_blocks // scale,
        min_stake=start.network.min_stake // scale,
    )
    pools = replace(start.pools, **columns)
    return replace(start, pools=pools, network=network, total_issuance=real.total_issuance)


@cache
def _real() -> State:
    return datasets.network("mainnet_2026")


@cache
def _small() -> State:
    """As many subnets, with a validator and a miner each, whose epochs hardly ever run."""
    state = demo_network(SUBNETS, 1, 1, rulebook=mainnet())
    for netuid in state.netuids:
        state = state.with_hyperparameters(netuid, tempo=50_400)
    return state


def halves(parameters: dict[str, object], seed: int) -> dict[str, float]:
    """Return, for a sweep, how many subnets take half after a year, and what the largest gets."""
    last = year(Plan(**parameters))[-1]  # type: ignore[arg-type]
    return {"half": float(half(last)), "largest": float(last.max())}


# --- tables and sentences ----------------------------------------------------------------------


def tables(view: YearView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: bands, names, lines and ends."""
    order = np.argsort(-view.shares[-1], kind="stable")
    shown = view.shares[:, order[:SHOWN]]
    parts = np.column_stack([shown, 1 - shown.sum(axis=1)])
    edges = np.column_stack([np.zeros(WEEKS + 1), np.cumsum(parts, axis=1)])
    weeks = np.arange(WEEKS + 1)
    bands = pd.concat(
        [
            pd.DataFrame({"band": i, "week": weeks, "low": edges[:, i], "high": edges[:, i + 1]})
            for i in range(SHOWN + 1)
        ],
        ignore_index=True,
    )
    middle = (edges[-1, :-1] + edges[-1, 1:]) / 2
    words = [f"SN {order[i] + 1}: {format_percent(shown[-1, i])}" for i in range(SHOWN)]
    words.append(f"{SUBNETS - SHOWN} others: {format_percent(parts[-1, -1])}")
    names = pd.DataFrame({"band": range(SHOWN + 1), "apart": apart(middle, 0.075), "words": words})
    lines = view.frame.melt("week", ["half", "other_half"], "kind", "subnets")
    last = view.frame.iloc[-1]
    top = limits(view)["half"]
    ends = pd.DataFrame(
        {
            "kind": ["half", "other_half"],
            "apart": apart(np.array([last.half, last.other_half], float), 0.13 * top, 0.0, top),
            "words": [
                f"{view.plan.regime}: {last.half:.0f}",
                f"{compared(view.plan.regime)}: {last.other_half:.0f}",
            ],
        }
    )
    return {"bands": bands, "names": names, "lines": lines, "ends": ends}


def limits(view: YearView) -> dict[str, float]:
    """Return how far the scale of the lower view must reach."""
    return {"half": 1.1 * float(max(view.frame.half.max(), view.frame.other_half.max()))}


def title(view: YearView) -> str:
    """Return how many subnets take half."""
    first, last = (int(view.frame.half.iloc[i]) for i in (0, -1))
    said = f"{last} subnets take half" if last > 1 else "One subnet takes half"
    if first == last:
        return f"{said}, after a year as before"
    return f"{said}, {first} did a year ago"


def subtitle(view: YearView) -> str:
    """Return how to read the marks."""
    getting = int(view.frame.getting.iloc[-1])
    return (
        f"Of {SUBNETS} subnets, {getting} get anything. Bands: parts of every block's TAO, the largest "
        f"below; dashed: rule {compared(view.plan.regime)}."
    )


def summary(view: YearView) -> str:
    """Return the picture in words."""
    first, last = view.frame.iloc[0], view.frame.iloc[-1]
    ten = [float(np.sort(row)[::-1][:10].sum()) for row in (view.shares[0], view.shares[-1])]
    return (
        f"Rule {view.plan.regime}, {view.plan.root:g}{NO_BREAK_SPACE}million τ on root, clients spend "
        f"{view.plan.revenue:,.0f}{NO_BREAK_SPACE}τ a day. The largest subnet gets "
        f"{format_percent(first.largest)} at first and {format_percent(last.largest)} after a year, the ten "
        f"largest {format_percent(ten[0])} and {format_percent(ten[1])}. Half of the block goes to "
        f"{first.half:.0f} and then {last.half:.0f} subnets; by rule {compared(view.plan.regime)} it would "
        f"be {last.other_half:.0f}."
    )
