"""Vector kinds of the economy: emission, shares, the pool, share pools, lock cost, and a whole network.

``block_emission``, ``emission_shares``, ``swap``, ``share_pool``, ``network_lock_cost`` and
``network_emission``; the last one runs the coinbase of a network in which nobody does anything.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bittensor_lab.errors import InputError, InsufficientLiquidity
from bittensor_lab.kernels import amm, coinbase, emission
from bittensor_lab.lifecycle import network_lock_cost
from bittensor_lab.share_pool import SharePool
from bittensor_lab.units import ONE, U16_MAX, U64_MAX
from bittensor_lab.verify.fields import Field
from bittensor_lab.verify.report import Comparison, Report, Tolerance

LARGEST = (1 << 61) - 1
"""rao or blocks; sums of four fit into 64 bits"""
MOST_ROWS = 4096
MOST_BLOCKS = 1_000_000
SWAP_ERRORS = {
    amm.INPUT_TOO_LARGE: "SwapInputTooLarge",
    amm.RESERVES_TOO_LOW: "ReservesTooLow",
    amm.LIMIT_EXCEEDED: "PriceLimitExceeded",
    amm.LIQUIDITY: "InsufficientLiquidity",
}
HIGHEST_PRICE, LOWEST_PRICE = 10**15, 1000
"""rao per alpha: the limits of who states none"""
POTS = {
    "tao": "tao_in",
    "alpha_in": "alpha_in",
    "alpha_out": "alpha_out",
    "protocol_alpha": "protocol_alpha",
    "quote_weight_parts": "quote_weight",
    "moving_price_q32": "moving_price",
    "owner": "pending_owner",
    "server": "pending_server",
    "validator": "pending_validator",
    "root": "pending_root",
}
"""columns of the pools by the names of the file"""


def replay_block_emission(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``block_emission``."""
    case = case.named()
    issuance = case["inputs"]["issuance"].integer(0, LARGEST)
    _compare(case, report, tolerance, "block_emission", emission.block_emission(issuance))


def replay_lock_cost(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``network_lock_cost``."""
    case = case.named()
    names = ("last_lock", "last_lock_block", "block", "reduction_interval", "min_lock", "block_emission")
    given = [case["inputs"][name].integer(0, LARGEST) for name in names]
    _compare(case, report, tolerance, "lock_cost", network_lock_cost(*given))


def _compare(case: Field, report: Report, tolerance: Tolerance, name: str, got: int) -> None:
    expected = np.array([case["expected"].integer(0, LARGEST)])
    Comparison(report, tolerance, case.where).amounts(name, np.array([got]), expected)


def replay_shares(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``emission_shares``."""
    case = case.named()
    got, expected = _shares(case["inputs"]), np.array(case["expected"].numbers(0, 1))
    if len(got) != len(expected):
        raise case["expected"].wrong(f"must have {len(got)} shares")
    Comparison(report, tolerance, case.where).count("share", got, expected, tolerance.absolute)


def _shares(inputs: Field) -> np.ndarray[Any, Any]:
    regime = inputs["regime"].text()
    if regime == "price_ema":
        return emission.normalise(_column(inputs, "moving_price"))
    if regime in ("user_flow", "net_flow"):
        net = _column(inputs, "user_flow_ema", -1e18)
        if regime == "net_flow":
            net = emission.net_flow(net, _column(inputs, "protocol_flow_ema", -1e18, len(net)))
        cutoff, exponent = inputs["flow_cutoff"].number(-1e18, 1e18), inputs["flow_exponent"].number(0, 10)
        return emission.flow_shares(net, cutoff, exponent)
    if regime not in ("price_root_proportion_burn", "price_burn", "price_burn_gate"):
        raise inputs["regime"].wrong("must be a rule that is known")
    price = _column(inputs, "moving_price")
    n = len(price)
    factor = np.ones(n)
    if regime == "price_root_proportion_burn":
        factor = _column(inputs, "root_proportion", 0, n)
    share = emission.price_and_burn_shares(price, _column(inputs, "miner_burned", 0, n), factor)
    if regime == "price_burn_gate":
        bar, exponent = inputs["gate_bar"].number(0, 1), inputs["gate_exponent"].number(0, 10)
        share = emission.gate_shares(share, bar, exponent)
    return emission.only_enabled(share, inputs["emission_enabled"].flags(n))


def _column(inputs: Field, name: str, low: float = 0, n: int | None = None) -> np.ndarray[Any, Any]:
    values = inputs[name].numbers(low, 1e18)
    if not values or len(values) != (len(values) if n is None else n):
        raise inputs[name].wrong("must have one number per subnet")
    return np.array(values, np.float64)


def replay_swap(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``swap``."""
    case = case.named()
    error, *amounts = _swap(case["inputs"])
    comparison, expected = Comparison(report, tolerance, case.where), case["expected"]
    refused = expected["error"].text() if "error" in _keys(expected) else "none"
    comparison.same("error", SWAP_ERRORS.get(error, "none"), refused)
    if error == amm.OK and refused == "none":
        names = ("paid_in", "amount_out", "fee")
        theirs = np.array([expected[name].integer(0, LARGEST) for name in names])
        comparison.amounts("swap", np.array(amounts), theirs)


def _swap(inputs: Field) -> tuple[int, int, int, int]:
    side = inputs["side"].text()
    if side not in ("buy", "sell"):
        raise inputs["side"].wrong('must be "buy" or "sell"')
    fee_rate = 0 if inputs["drop_fees"].flag() else inputs["fee_rate"].integer(0, U16_MAX - 1)
    stated = inputs["limit_price_rao"]
    default = HIGHEST_PRICE if side == "buy" else LOWEST_PRICE
    limit = default if stated.value is None else stated.integer(0, LARGEST)
    return amm.swap(
        side == "buy",
        inputs["tao_reserve"].integer(0, LARGEST),
        inputs["alpha_reserve"].integer(0, LARGEST),
        inputs["quote_weight_parts"].integer(1, amm.WHOLE - 1),
        inputs["amount"].integer(0, 2**63 - 1),
        limit / amm.RAO,
        fee_rate,
        np.uint64((fee_rate << 64) // U16_MAX),
    )


def replay_share_pool(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``share_pool``."""
    case, pool = case.named(), SharePool()
    for operation in case["inputs"]["ops"].items():
        parts = list(operation.items())
        if len(parts) != 2:
            raise operation.wrong("must be [coldkey, rao]")
        who, amount = parts[0].text(), parts[1].integer(-LARGEST, LARGEST)
        try:
            pool = pool.with_dividends(amount) if who == "all" else pool.with_stake(who, amount)
        except InsufficientLiquidity:
            continue
    expected, comparison = case["expected"], Comparison(report, tolerance, case.where)
    comparison.amounts("total", np.array([pool.value]), np.array([expected["total"].integer(0, LARGEST)]))
    for coldkey in _keys(expected["values"]):
        theirs = expected["values"][coldkey].integer(0, LARGEST)
        comparison.amounts("value", np.array([pool.value_of(coldkey)]), np.array([theirs]))


def replay_network(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``network_emission``."""
    case = case.named()
    inputs, expected = case["inputs"], case["expected"]
    netuids = _netuids(inputs["subnets"])
    pools, rules = _pools(inputs, netuids), _rules(inputs, netuids)
    first, start = inputs["first_block"].integer(0, LARGEST), inputs["total_issuance"].integer(0, LARGEST)
    done, issuance = 0, start
    for blocks in sorted(_numbers(expected, MOST_BLOCKS)):
        issuance = coinbase.run_coinbase(pools, rules, issuance, first + done, blocks - done)
        done, then = blocks, expected[str(blocks)]
        comparison = Comparison(report, tolerance, f"{case.where}, after {blocks} blocks")
        change = np.array([then["issuance_change"].integer(0, LARGEST)])
        comparison.amounts("issuance_change", np.array([issuance - start]), change)
        for name, column in POTS.items():
            theirs = [then["subnets"][str(netuid)][name].integer(0, LARGEST) for netuid in netuids]
            comparison.amounts(name, getattr(pools, column)[netuids], np.array(theirs))


def _netuids(subnets: Field) -> list[int]:
    netuids = _numbers(subnets, MOST_ROWS)
    if not netuids or 0 in netuids:
        raise subnets.wrong("must be subnets by netuid, from 1 on")
    return sorted(netuids)


def _numbers(field: Field, high: int) -> list[int]:
    """The keys of an object, which must be whole numbers."""
    for key in _keys(field):
        if not (key.isascii() and key.isdigit() and len(key) < 8 and int(key) <= high):
            raise InputError(f"{field.where}: {key[:20]!r} must be a whole number up to {high}")
    return [int(key) for key in _keys(field)]


def _pools(inputs: Field, netuids: list[int]) -> coinbase.PoolArrays:
    rows = max(netuids) + 1
    columns: dict[str, Any] = {name: np.zeros(rows, np.int64) for name in coinbase.PoolArrays._fields}
    for name in ("root_share", "user_flow_ema", "protocol_flow_ema"):
        columns[name] = np.zeros(rows)
    columns["initialised"] = np.ones(rows, bool)
    columns["quote_weight"] = np.full(rows, coinbase.EVEN)
    columns["tao_in"][0] = inputs["root_tao"].integer(0, LARGEST)
    for netuid in netuids:
        subnet = inputs["subnets"][str(netuid)]
        for name in ("tao", "alpha_in", "alpha_out"):
            columns[POTS[name]][netuid] = subnet[name].integer(0, LARGEST)
        columns["moving_price"][netuid] = subnet["moving_price_q32"].integer(0, LARGEST)
    return coinbase.PoolArrays(**columns)


def _rules(inputs: Field, netuids: list[int]) -> coinbase.CoinbaseRules:
    rows = max(netuids) + 1
    emits = np.isin(np.arange(rows), netuids)
    return coinbase.CoinbaseRules(
        regime=coinbase.PRICE_BURN,
        injection=coinbase.CAP_ROOT,
        moves_weights=True,
        emits=emits,
        emission_enabled=emits,
        first_emission_block=np.full(rows, inputs["first_emission_block"].integer(0, LARGEST)),
        owner_cut=np.full(rows, inputs["owner_cut_u16"].integer(0, U16_MAX)),
        tao_weight=((inputs["tao_weight_u64"].integer(0, U64_MAX) << 32) // U64_MAX) / ONE,
        moving_alpha=round(inputs["moving_alpha"].number(0, 1) * ONE) / ONE,
        price_halving_blocks=inputs["ema_price_halving_blocks"].integer(0, LARGEST),
        gate_bar=0.0,
        gate_exponent=1.0,
        flow_cutoff=0.0,
        flow_alpha=0.0,
        flow_exponent=1.0,
    )


def _keys(field: Field) -> list[str]:
    if not isinstance(field.value, dict):
        raise field.wrong("must be an object")
    return sorted(field.value)
