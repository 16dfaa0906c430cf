"""Speed of the coinbase over 128 subnets (``make bench``), in microseconds per block of 1,000 in one call.

Nothing here fails for being slow.
"""

from __future__ import annotations

import time

import numpy as np

from bittensor_lab.kernels import coinbase
from bittensor_lab.kernels.coinbase import CoinbaseRules, PoolArrays
from bittensor_lab.units import RAO_PER_TAO

BLOCKS, SUBNETS = 1000, 128
RULES = {
    "A": (coinbase.ROOT_WEIGHTS, coinbase.FULL_TAO),
    "B": (coinbase.PRICE_EMA, coinbase.SUBSIDY),
    "C": (coinbase.USER_FLOW, coinbase.CAP_ALPHA),
    "D": (coinbase.NET_FLOW, coinbase.CAP_LOWER),
    "E": (coinbase.ROOT_PRICE_BURN, coinbase.CAP_ROOT),
    "F": (coinbase.PRICE_BURN, coinbase.CAP_ROOT),
    "G": (coinbase.PRICE_BURN_GATE, coinbase.CAP_ROOT),
}
"""an injection rule of its time with each emission rule"""
START, FIRST_BLOCK = 10_500_000 * RAO_PER_TAO, 8_000_000


def pools() -> PoolArrays:
    """Pools like main net's: prices that sum to about 1.4, weights that are nearly even."""
    rng, rows = np.random.default_rng(0), SUBNETS + 1
    columns = {name: np.zeros(rows, np.int64) for name in PoolArrays._fields}
    columns["tao_in"] = (10 ** rng.uniform(11.1, 13.5, rows)).astype(np.int64)
    columns["alpha_in"] = (10 ** rng.uniform(14.5, 15.3, rows)).astype(np.int64)
    columns["alpha_out"] = (10 ** rng.uniform(14.5, 15.3, rows)).astype(np.int64)
    columns["quote_weight"] = coinbase.EVEN + rng.integers(-(10**6), 10**6, rows)
    columns["initialised"] = np.ones(rows, bool)
    price = columns["tao_in"] / columns["alpha_in"] * rng.uniform(0.5, 2, rows)
    columns["moving_price"] = (price * 2**32).astype(np.int64)
    columns["miner_burned"] = rng.integers(0, 2**31, rows)
    columns["root_share"] = rng.random(rows)
    columns["user_flow_ema"], columns["protocol_flow_ema"] = rng.normal(1e6, 1e6, (2, rows))
    columns["tao_in"][0], columns["alpha_in"][0] = 6_000_000 * RAO_PER_TAO, 0
    return PoolArrays(**columns)


def rules(name: str) -> CoinbaseRules:
    rows = np.arange(SUBNETS + 1)
    regime, injection = RULES[name]
    return CoinbaseRules(
        regime=regime, injection=injection, moves_weights=True, emits=rows > 0, emission_enabled=rows > 3,
        first_emission_block=rows * 1000 + 1, owner_cut=np.full(len(rows), 11_796), tao_weight=0.18,
        moving_alpha=3e-6, price_halving_blocks=201_600, gate_bar=0.01, gate_exponent=3.0,
        flow_cutoff=0.0, flow_alpha=3.209e-6, flow_exponent=1.0,
    )  # fmt: skip


def run_afresh(name: str) -> tuple[float, PoolArrays]:
    """Seconds for all blocks, and the pools after them."""
    p, given = pools(), rules(name)
    began = time.perf_counter()
    coinbase.run_coinbase(p, given, START, FIRST_BLOCK, BLOCKS)
    return time.perf_counter() - began, p


def test_coinbase(benchmark):
    """A thousand blocks by the rule in force; beside it the median of each rule."""
    run_afresh("F")
    benchmark.pedantic(
        coinbase.run_coinbase,
        setup=lambda: ((pools(), rules("F"), START, FIRST_BLOCK, BLOCKS), {}),
        rounds=20,
    )
    seconds = {name: np.median([run_afresh(name)[0] for _ in range(7)]) for name in RULES}
    benchmark.extra_info["us_per_block"] = {
        name: round(each / BLOCKS * 1e6, 2) for name, each in seconds.items()
    }
    bought = run_afresh("F")[1].protocol_alpha[1:] > 0
    benchmark.extra_info["subnets_the_chain_bought_in"] = int(bought.sum())
