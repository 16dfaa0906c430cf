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
from bittensor_lab.kernels.coinbase import weighed
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.market import alpha_price, trade
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import REGIMES, Regime, share_table, with_history
from bittensor_lab.root_claims import NO_CLAIMS
from bittensor_lab.share_pool import SharePool
from bittensor_lab.staking import require_trading
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
    for netuid, (tao, alpha, _) in injections(state).items():
        tao, alpha = _injected(state, netuid, tao, alpha)
        rows += _tao_parts(state, after, netuid, tao) + _alpha_parts(state, after, netuid, alpha)
    spent = sum(rao for _, token, _, rao in rows if token == "TAO")
    rest = int(block_emission(state.total_issuance)) - spent
    rows.append((ROOT_NETUID, "TAO", "recycled", rest))
    return pd.DataFrame(rows, columns=["netuid", "token", "party", "rao"])


def _grown(before: State, after: State, netuid: int, column: str) -> int:
    return int(getattr(after.pools, column)[netuid]) - int(getattr(before.pools, column)[netuid])


def _injected(state: State, netuid: int, tao: int, alpha: int) -> tuple[int, int]:
    """What really goes into a pool of both sides, rao: nothing if its weights would leave their bounds."""
    if state.network.pool_rule:
        return tao, alpha
    p = state.pools
    _, tao_add, alpha_add = weighed(
        p.tao_in[netuid], p.alpha_in[netuid], p.quote_weight[netuid], np.int64(tao), np.int64(alpha)
    )
    return int(tao_add), int(alpha_add)


def _tao_parts(before: State, after: State, netuid: int, injected: int) -> list[tuple[int, str, str, int]]:
    """A subnet's TAO: into the pool, for the chain's own purchase, or left on its account."""
    got, traded = _grown(before, after, netuid, "account"), _grown(before, after, netuid, "tao_in")
    parts = {"pool": injected, "chain buys": traded - injected, "left on the account": got - traded}
    return [(netuid, "TAO", party, rao) for party, rao in parts.items()]


def _alpha_parts(before: State, after: State, netuid: int, injected: int) -> list[tuple[int, str, str, int]]:
    """A subnet's new alpha: beside the TAO in the pool, and by who waits for it."""
    made = int(block_emission(before.pools.alpha_issuance(netuid)))
    parts = {party: _grown(before, after, netuid, column) for party, column in POTS.items()}
    kept = _grown(before, after, netuid, "protocol_alpha")
    if root_is_paid(before):
        parts["root"] = _grown(before, after, netuid, "pending_root")
    else:
        parts["recycled"] = made + kept - _grown(before, after, netuid, "alpha_out")
    parts["nobody"] = made - sum(parts.values())
    return [(netuid, "alpha", party, rao) for party, rao in {"pool": injected, **parts}.items()]


def returns(before: State, after: State) -> pd.DataFrame:
    """Return what a TAO staked at ``before`` on each hotkey, on root and on each subnet, is worth ``after``.

    One row per hotkey and netuid with stake at both times, on subnets that there were all the time.
    ``worth`` is at spot, ``exit`` what selling gives. A TAO on root keeps its value and may draw dividends
    in alpha, sold at the end without fee, as a claim is; a TAO of alpha was bought with fee and slippage,
    grew with its share pool, and is sold with both. Prices are those of the two states.

    Raises
    ------
    InputError
        if ``after`` is not later than ``before``.
    """
    if after.block <= before.block:
        raise InputError(f"block {after.block} is not later than block {before.block}")
    lasting = [netuid for netuid in before.netuids if _is_same(before, after, netuid)]
    rows = [
        ("root", ROOT_NETUID, hotkey, *_on_root(before, after, hotkey)) for hotkey in _both(before, after, 0)
    ]
    for netuid in lasting:
        for hotkey in _both(before, after, netuid):
            rows.append(("alpha", netuid, hotkey, *_in_alpha(before, after, netuid, hotkey)))
    table = pd.DataFrame(rows, columns=["kind", "netuid", "hotkey", "worth", "exit"])
    return table.assign(blocks=after.block - before.block)


def _is_same(before: State, after: State, netuid: int) -> bool:
    """Whether a netuid is the same subnet at both times, and not one founded in its place."""
    old, new = (s.subnets[netuid] if netuid < len(s.subnets) else None for s in (before, after))
    return old is not None and new is not None and old.registered_at == new.registered_at


def _both(before: State, after: State, netuid: int) -> list[str]:
    """Hotkeys on which somebody has stake at both times."""
    staked = [
        {hotkey for hotkey, pool in s.stake[netuid].items() if pool.shares and pool.value}
        for s in (before, after)
    ]
    return sorted(staked[0] & staked[1])


def _on_root(before: State, after: State, hotkey: str) -> tuple[float, float]:
    old, new = (s.root_claims.get(hotkey, NO_CLAIMS).rates for s in (before, after))
    worth = left = 1.0
    for netuid, rate in sorted(new.items()):
        grown = rate - (old.get(netuid, 0) if _is_same(before, after, netuid) else 0)
        alpha = grown * RAO_PER_TAO >> 32
        worth += alpha * alpha_price(after, netuid) / RAO_PER_TAO
        try:
            left += trade(after, netuid, False, alpha, with_fee=False).out / RAO_PER_TAO
        except ChainError:
            continue
    return worth, left


def _in_alpha(before: State, after: State, netuid: int, hotkey: str) -> tuple[float, float]:
    """A TAO's worth and exit in alpha: no numbers if none could be bought, no exit if none can be sold."""
    try:
        require_trading(before, netuid)
        bought = trade(before, netuid, True, RAO_PER_TAO).out
    except ChainError:
        return float("nan"), float("nan")
    grown = _per_share(after.stake[netuid][hotkey]) / _per_share(before.stake[netuid][hotkey])
    alpha = int(bought * grown)
    worth = alpha * alpha_price(after, netuid) / RAO_PER_TAO
    try:
        require_trading(after, netuid)
        return worth, trade(after, netuid, False, alpha).out / RAO_PER_TAO
    except ChainError:
        return worth, 0.0


def _per_share(pool: SharePool) -> float:
    d = pool.denominator
    return float(pool.value / (d.mantissa * 10.0**d.exponent))


def apy(before: State, after: State) -> pd.DataFrame:
    """Return ``returns`` by year, with what that assumes in its ``attrs``.

    ``simple`` and ``simple_at_spot`` multiply what was earned, on exit and at spot, by the blocks of a year
    over those that passed: nothing is put back in. ``compound`` puts the earnings on exit back in each time
    (infinite above a millionfold). All take it that prices, emission and stake go on as they did, which
    over a year they do not, and repeat the costs of entry and exit as often: the shorter the time, the
    less a rate by year says.
    """
    table = returns(before, after)
    earned, times = table.exit - 1.0, BLOCKS_PER_YEAR / table.blocks
    with np.errstate(over="ignore"):
        compound = (1.0 + earned).clip(lower=0.0) ** times - 1.0
    table = table.assign(
        simple=earned * times,
        simple_at_spot=(table.worth - 1.0) * times,
        compound=compound.mask(compound > 1e6, np.inf),
    )
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
    largest = table.apply(lambda column: column.nlargest(10).sum())
    nothing = (table == 0).sum()
    lines = [
        "# The same network under seven rules",
        "",
        f"A network of {subnets} subnets (`demo_network({subnets}, 4, 8, seed={seed})`, with opinions of",
        "root, flows and withheld incentive from `regimes.with_history`), and how each rule of main net",
        f"would share a block's TAO. Made by `bittensor-lab regimes --subnets {subnets} --seed {seed}`.",
        "",
        "| | rule | held | what it looks at | share s |",
        "|---|---|---|---|---|",
        *(_described(rule) for rule in REGIMES),
        "",
        *_legend(largest, nothing, subnets),
        "",
        "| | " + " | ".join(table.columns) + " |",
        "|---|" + "--:|" * len(table.columns),
        _line("all together, %", table.sum()),
        _line("the ten largest, %", largest),
        "| subnets with nothing | " + " | ".join(map(str, nothing)) + " |",
        *(_line(f"SN {netuid}", row) for netuid, row in table.iterrows()),
    ]
    return "\n".join(lines) + "\n"


def _described(rule: Regime) -> str:
    held = f"{rule.since or '…'} to {rule.until or 'now'}"
    return f"| {rule.letter} | {rule.name} | {held} | {rule.sentence} | {rule.formula} |"


def _legend(largest: pd.Series, nothing: pd.Series, subnets: int) -> list[str]:
    """What the letters of the formulas are, and what the table shows."""
    empty = [f"{count} under {letter}" for letter, count in nothing.items() if count]
    return [
        "m is the moving price, b what is withheld of the miners' incentive, g root's part of the stake",
        "weight; in and chain are the TAO per block that people stake net and that the chain puts in, on",
        "average, and f is 1 where chain is negative. Rank and trust come of root's votes; here what comes",
        "of them is drawn. Each s is divided by the sum of all. Under E, F and G a subnet can be switched",
        "off; here none is.",
        "",
        "Below are the shares in percent; a column sums to 100.",
        f"Of {subnets} equal shares ten would be {100 * min(1.0, 10 / subnets):.1f} %: the ten largest have",
        f"least under {largest.idxmin()} ({100 * largest.min():.1f} %) and most under {largest.idxmax()} "
        f"({100 * largest.max():.1f} %).",
        f"Subnets that get nothing: {', '.join(empty) or 'none'}.",
    ]


def _line(name: str, shares: pd.Series) -> str:
    return f"| {name} | " + " | ".join(f"{100 * share:.3f}" for share in shares) + " |"
