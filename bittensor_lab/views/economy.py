"""The economy as tables: pools, who gets each rao of a block, what staking has earned, rules compared.

``emission_breakdown`` accounts for every rao of the next block: its TAO sums to the block emission, each
subnet's alpha to what was made of it. ``returns`` compares a TAO on root with a TAO of alpha, over a time
that has passed; it foretells nothing.

Amounts are TAO or alpha, but in ``emission_breakdown``, where they are rao. Prices are TAO per alpha.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bittensor_lab.coinbase import emission_shares, injections, root_is_paid, root_proportion, run_coinbase
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.market import alpha_price, trade
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import REGIMES, Regime, share_table, with_history
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import ONE, RAO_PER_TAO

BLOCKS_PER_YEAR = 7_200 * 365
POTS = {"owner": "pending_owner", "miners": "pending_server", "validators": "pending_validator"}


def pools(state: State) -> pd.DataFrame:
    """Return one row per subnet: prices, reserves, share of emission, root proportion."""
    p, shares, netuids = state.pools, emission_shares(state), state.netuids
    tao = {name: getattr(p, name)[netuids] / RAO_PER_TAO for name in ("tao_in", "alpha_in", "alpha_out")}
    price = [alpha_price(state, netuid) for netuid in netuids]
    table = pd.DataFrame(
        {
            "netuid": netuids,
            "alpha_price": price,
            "moving_price": p.moving_price[netuids] / ONE,
            **tao,
            "quote_weight": p.quote_weight[netuids] / 1e18,
            "emission_share": shares[netuids],
            "root_proportion": [root_proportion(state, netuid) for netuid in netuids],
            "miner_burned": p.miner_burned[netuids] / ONE,
            "emission_enabled": p.emission_enabled[netuids],
            "subtoken_enabled": p.subtoken_enabled[netuids],
        }
    )
    return table.assign(market_cap=table.alpha_price * (table.alpha_in + table.alpha_out))


def emission_breakdown(state: State) -> pd.DataFrame:
    """Return who gets what of the next block: netuid, token, party, rao.

    The TAO of all rows is the block emission; what no subnet gets is recycled, in netuid 0. A subnet's
    alpha is what the block makes of it, less what it recycles. ``nobody`` is what cutting leaves.
    """
    after = run_coinbase(replace(state, block=state.block + 1))
    rows: list[tuple[int, str, str, int]] = []
    for netuid, asked in injections(state).items():
        rows += _tao_parts(state, after, netuid, asked) + _alpha_parts(state, after, netuid, asked)
    spent = sum(rao for _, token, _, rao in rows if token == "TAO")
    rest = int(block_emission(state.total_issuance)) - spent
    rows.append((ROOT_NETUID, "TAO", "recycled", rest))
    return pd.DataFrame(rows, columns=["netuid", "token", "party", "rao"])


def _grown(before: State, after: State, netuid: int, column: str) -> int:
    return int(getattr(after.pools, column)[netuid]) - int(getattr(before.pools, column)[netuid])


def _tao_parts(
    before: State, after: State, netuid: int, asked: tuple[int, int, int]
) -> list[tuple[int, str, str, int]]:
    """A subnet's TAO: into the pool, for the chain's own purchase, or left on its account."""
    got, traded = _grown(before, after, netuid, "account"), _grown(before, after, netuid, "tao_in")
    injected = got - asked[2]
    parts = {"pool": injected, "chain buys": traded - injected, "left on the account": got - traded}
    return [(netuid, "TAO", party, rao) for party, rao in parts.items()]


def _alpha_parts(
    before: State, after: State, netuid: int, asked: tuple[int, int, int]
) -> list[tuple[int, str, str, int]]:
    """A subnet's new alpha: beside the TAO in the pool, and by who waits for it."""
    injected = asked[1] if _grown(before, after, netuid, "account") - asked[2] == asked[0] else 0
    made = int(block_emission(before.pools.alpha_issuance(netuid)))
    parts = {party: _grown(before, after, netuid, column) for party, column in POTS.items()}
    outside = _grown(before, after, netuid, "alpha_out")
    bought = injected - _grown(before, after, netuid, "alpha_in")
    kept = bought if _grown(before, after, netuid, "protocol_alpha") else 0
    root = _grown(before, after, netuid, "pending_root")
    recycled = made - (outside - kept)
    last = {"root": root} if root_is_paid(before) else {"recycled": recycled}
    given = {"pool": injected, **parts, **last}
    lost = made + injected - sum(given.values())
    return [(netuid, "alpha", party, rao) for party, rao in {**given, "nobody": lost}.items()]


def returns(before: State, after: State) -> pd.DataFrame:
    """Return what a TAO staked at ``before`` on each hotkey, on root and on each subnet, is worth ``after``.

    One row per hotkey and netuid with stake at both times. ``worth`` is at spot, ``exit`` what selling
    gives. A TAO on root keeps its value and may draw dividends in alpha, sold at the end; a TAO of alpha
    was bought with fee and slippage, and grew with its share pool. Prices are those of the two states.

    Raises
    ------
    InputError
        if ``after`` is not later than ``before``.
    """
    if after.block <= before.block:
        raise InputError(f"block {after.block} is not later than block {before.block}")
    rows = [
        ("root", ROOT_NETUID, hotkey, *_on_root(before, after, hotkey)) for hotkey in _both(before, after, 0)
    ]
    for netuid in sorted({*before.netuids} & {*after.netuids}):
        for hotkey in _both(before, after, netuid):
            rows.append(("alpha", netuid, hotkey, *_in_alpha(before, after, netuid, hotkey)))
    table = pd.DataFrame(rows, columns=["kind", "netuid", "hotkey", "worth", "exit"])
    return table.assign(blocks=after.block - before.block)


def _both(before: State, after: State, netuid: int) -> list[str]:
    """Hotkeys on which somebody has stake at both times."""
    there = [h for h, pool in before.stake[netuid].items() if pool.shares]
    return sorted(h for h in there if after.stake[netuid].get(h, SharePool()).shares)


def _on_root(before: State, after: State, hotkey: str) -> tuple[float, float]:
    old, new = before.root_claims.get(hotkey), after.root_claims.get(hotkey)
    rates = dict(new.rates.items()) if new else {}
    worth = left = 1.0
    for netuid, rate in rates.items():
        grown = rate - (old.rates.get(netuid, 0) if old else 0)
        alpha = grown * RAO_PER_TAO >> 32
        worth += alpha * alpha_price(after, netuid) / RAO_PER_TAO
        left += _sold(after, netuid, alpha, with_fee=False)
    return worth, left


def _in_alpha(before: State, after: State, netuid: int, hotkey: str) -> tuple[float, float]:
    try:
        bought = trade(before, netuid, True, RAO_PER_TAO).out
    except ChainError:
        return float("nan"), float("nan")
    grown = _per_share(after.stake[netuid][hotkey]) / _per_share(before.stake[netuid][hotkey])
    alpha = int(bought * grown)
    return alpha * alpha_price(after, netuid) / RAO_PER_TAO, _sold(after, netuid, alpha)


def _per_share(pool: SharePool) -> float:
    d = pool.denominator
    return float(pool.value / (d.mantissa * 10.0**d.exponent))


def _sold(state: State, netuid: int, alpha: int, with_fee: bool = True) -> float:
    try:
        return trade(state, netuid, False, alpha, with_fee=with_fee).out / RAO_PER_TAO
    except ChainError:
        return 0.0


def apy(before: State, after: State) -> pd.DataFrame:
    """Return ``returns`` by year, with what that assumes in its ``attrs``.

    ``simple`` multiplies the return (on exit) by the blocks of a year over those that passed; ``compound``
    puts it back in each time (infinite above a millionfold). Both take it that prices, emission and stake
    go on as they did, which over a year they do not: the shorter the time, the less a rate by year says.
    """
    table = returns(before, after)
    earned, times = table.exit - 1.0, BLOCKS_PER_YEAR / table.blocks
    with np.errstate(over="ignore"):
        compound = (1.0 + earned).clip(lower=0.0) ** times - 1.0
    table = table.assign(simple=earned * times, compound=compound.where(compound <= 1e6, np.inf))
    table.attrs["assumes"] = (
        f"{BLOCKS_PER_YEAR:,} blocks a year; one TAO, too small to move a price; sold at the end, with "
        f"fee and slippage; prices and emission as from block {before.block:,} to {after.block:,}"
    )
    return table


def regime_shares(state: State) -> pd.DataFrame:
    """Return each subnet's share of the block's TAO under the rules A to G, a column each."""
    return pd.DataFrame(share_table(state)).rename_axis("netuid")


def markdown_table(subnets: int = 128, seed: int = 0) -> str:
    """Return the shares of one demonstration network under every rule, as a page of documentation."""
    table = regime_shares(with_history(demo_network(subnets, 4, 8, seed=seed), seed))
    lines = [
        "# The same network under seven rules",
        "",
        f"A network of {subnets} subnets (`demo_network({subnets}, 4, 8, seed={seed})`, with opinions of",
        "root, flows and withheld incentive from `regimes.with_history`), and how each rule of main net",
        f"would share a block's TAO. Made by `bittensor-lab regimes --subnets {subnets} --seed {seed}`.",
        "",
        "| | rule | held | what it looks at |",
        "|---|---|---|---|",
        *(_described(rule) for rule in REGIMES),
        "",
        "| | " + " | ".join(table.columns) + " |",
        "|---|" + "--:|" * len(table.columns),
        _line("all together, %", table.sum()),
        _line("the ten largest, %", table.apply(lambda column: column.nlargest(10).sum())),
        "| subnets with nothing | " + " | ".join(str(int((table[c] == 0).sum())) for c in table) + " |",
        *(_line(f"SN {netuid}", row) for netuid, row in table.iterrows()),
    ]
    return "\n".join(lines) + "\n"


def _described(rule: Regime) -> str:
    held = f"{rule.since or '…'} to {rule.until or 'now'}"
    return f"| {rule.letter} | {rule.name} | {held} | {rule.sentence} |"


def _line(name: str, shares: pd.Series) -> str:
    return f"| {name} | " + " | ".join(f"{100 * share:.3f}" for share in shares) + " |"
