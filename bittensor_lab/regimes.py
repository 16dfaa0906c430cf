"""The seven rules by which subnets have shared the block's TAO, with their dates: same network, other rule.

    with_regime(state, "C")     the same network under the rule of November 2025
    share_table(state)          every subnet's share under every rule

Each rule came with the injection rule of its time: how much alpha goes into a pool beside its TAO, and
what the TAO does that finds none. B had two, FULL_TAO and from mid-2025 SUBSIDY, of which the first is
used here; the shares are the same. A is older than the pools: here its shares go into those of today.
The formulas are in ``kernels/emission.py``.

Source: ``spec/economy.md`` 3 and 4.1; the dates are those of the code, main net followed by hours or days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bittensor_lab.coinbase import emission_shares, with_gate_bar
from bittensor_lab.errors import InputError
from bittensor_lab.kernels import coinbase as kernel
from bittensor_lab.state import State
from bittensor_lab.units import ONE, RAO_PER_TAO


@dataclass(frozen=True)
class Regime:
    """A rule, and when it held."""

    letter: str
    name: str
    since: str
    """ISO date; empty: from the beginning"""
    until: str
    """ISO date; empty: still"""
    emission_rule: int
    injection_rule: int
    sentence: str
    formula: str
    """of the share s, before it is divided by the sum of all"""


REGIMES = (
    Regime(
        "A", "root network's weights", "", "2025-02-13", kernel.ROOT_WEIGHTS, kernel.FULL_TAO,
        "Validators of the root network vote on the subnets with their stake.",
        "rank / (1 + exp(−10 · (trust − ½)))",
    ),
    Regime(
        "B", "price", "2025-02-13", "2025-11-04", kernel.PRICE_EMA, kernel.FULL_TAO,
        "A subnet's share is its moving price, over the sum of all.",
        "m",
    ),
    Regime(
        "C", "user flow", "2025-11-04", "2026-05-03", kernel.USER_FLOW, kernel.CAP_ALPHA,
        "What counts is how much TAO people stake net of what they take out, averaged over a month.",
        "max(in, 0)",
    ),
    Regime(
        "D", "net flow", "2026-05-03", "2026-06-22", kernel.NET_FLOW, kernel.CAP_LOWER,
        "As before, less what the chain itself puts into the pool.",
        "max(in − f · chain, 0), f = min(1, Σ max(in, 0) / Σ max(chain, 0))",
    ),
    Regime(
        "E", "price, root and burn", "2026-06-22", "2026-06-30", kernel.ROOT_PRICE_BURN, kernel.CAP_ROOT,
        "The price again, times root's part of the subnet's stake, times what its owner lets miners earn.",
        "m · g · (1 − b)",
    ),
    Regime(
        "F", "price and burn", "2026-06-30", "2026-07-27", kernel.PRICE_BURN, kernel.CAP_ROOT,
        "The price, times what its owner lets miners earn; the default here.",
        "m · (1 − b)",
    ),
    Regime(
        "G", "price, burn and gate", "2026-07-27", "", kernel.PRICE_BURN_GATE, kernel.CAP_ROOT,
        "As before, and then a gate that takes from subnets below a bar and gives to those above it.",
        "w⁴ / (w³ + θ³), w: the share of F, θ: w's upper quartile, now and then taken anew",
    ),
)  # fmt: skip


def regime(letter: str) -> Regime:
    """Return the rule of a letter, A to G; raises InputError if there is none."""
    for each in REGIMES:
        if each.letter == letter:
            return each
    known = ", ".join(each.letter for each in REGIMES)
    raise InputError(f"there is no emission rule {letter!r}", remedy=f"Known: {known}.")


def with_regime(state: State, letter: str) -> State:
    """Return the same network under another rule, with the injection rule of its time."""
    chosen = regime(letter)
    network = replace(state.network, emission_rule=chosen.emission_rule, injection_rule=chosen.injection_rule)
    state = replace(state, network=network, gate_bar=0)
    return with_gate_bar(state, state.block)


def share_table(state: State) -> dict[str, dict[int, float]]:
    """Return every subnet's share of the block's TAO, by rule and netuid."""
    shares = {each.letter: emission_shares(with_regime(state, each.letter)) for each in REGIMES}
    return {
        letter: {netuid: float(row[netuid]) for netuid in state.netuids} for letter, row in shares.items()
    }


def with_history(state: State, seed: int = 0) -> State:
    """Return the network with what the rules besides the price look at, drawn from ``seed``.

    The root network's opinion, a month's flows of TAO, and what owners withhold from miners.
    """
    rng, rows = np.random.default_rng([seed, len(state.subnets)]), len(state.subnets)
    there = np.array([subnet is not None for subnet in state.subnets])
    opinion = rng.gamma(0.7, 1.0, rows) * there
    flow = rng.normal(0.1, 0.5, rows) * there * RAO_PER_TAO
    protocol = rng.gamma(1.0, 0.2, rows) * there * RAO_PER_TAO
    withheld = np.where(rng.random(rows) < 0.4, rng.beta(2.0, 2.0, rows), 0.0) * there
    pools = replace(
        state.pools,
        root_share=opinion / max(opinion.sum(), 1e-300),
        user_flow_ema=flow,
        protocol_flow_ema=protocol,
        miner_burned=(withheld * ONE).astype(np.int64),
    )
    return replace(state, pools=pools)
