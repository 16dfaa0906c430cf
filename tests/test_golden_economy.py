"""The chain's own unit-test numbers of the economy, as far as there are kernels for them.

Not replayed yet: pay-out, root claims, life cycle, conviction and staking limits, which come with the
extrinsics of the economy. Swaps and injections are held to the recorded vectors (``test_vectors.py``).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bittensor_lab.kernels import emission
from bittensor_lab.kernels.coinbase import followed, moving_rate
from bittensor_lab.share_pool import SharePool, safe_float
from bittensor_lab.units import ONE

FOLDER = Path(__file__).parent / "golden" / "economy"


def cases(name: str) -> list[dict[str, Any]]:
    return json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))["cases"]


def named(name: str, *functions: str) -> list[Any]:
    found = [case for case in cases(name) if not functions or case["function"] in functions]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", named("block_emission", "block_emission"))
def test_block_emission(case):
    issuance = min(case["inputs"]["issuance"], 2**63 - 1)  # kernels count in int64; the supply is far below
    assert emission.block_emission(issuance) == case["expected"]


def test_a_hundred_halvings_never_reach_the_supply():
    (case,) = [each for each in cases("block_emission") if each["function"] == "block_emission iterated"]
    issuance = case["inputs"]["start"]
    for _ in range(case["inputs"]["steps"]):
        issuance += emission.block_emission(issuance) * case["inputs"]["blocks_per_step"]
    assert issuance == case["expected"]


def shares(function: str, given: dict[str, Any]) -> np.ndarray:
    """What our kernels make of a case of ``emission_shares``."""

    def column(name: str) -> np.ndarray:
        return np.array(given[name], np.float64)

    if function.startswith("enabled_renorm"):
        return emission.only_enabled(column("shares"), np.array(given["enabled"]))
    if function.startswith("shares_price"):
        return emission.normalise(column("moving_prices"))
    if "pow_normalize" in function:
        return emission.flow_shares(column("values"), 0.0, float(given["p"]))
    if function.startswith("shares_flow"):
        return emission.flow_shares(column("ema_flows"), given["cutoff"], given["p"])
    factor = column("root_proportion") if "rootprop" in function else np.ones(len(given["moving_prices"]))
    return emission.price_and_burn_shares(column("moving_prices"), column("miner_burned"), factor)


OTHERS = ("net_flow + shares_flow", "shares_root_network * 1e9")
SHARES = [case for case in cases("emission_shares") if case["function"] not in OTHERS]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in SHARES])
def test_shares(case):
    got, given = shares(case["function"], case["inputs"]), case["inputs"]
    if case["function"].startswith("sum("):
        got = got.sum()
    got = got * given.get("block_emission", 1)
    assert np.abs(got - np.array(case["expected"])).max() <= case["tolerance"]


def follow(given: dict[str, Any], steps: int) -> int:
    """The raw moving price after some blocks at one price."""
    start = given.get("start_q32", round(given.get("start", 0) * ONE))
    price = given.get("price", start / ONE + given.get("price_minus_start", 0))
    moving_alpha = given["moving_alpha_q32"] / ONE if "moving_alpha_q32" in given else given["moving_alpha"]
    age = given["block"] - (given["first_emission_block"] - 1)
    rate = moving_rate(moving_alpha, age, given.get("halving", 201_600))
    for _ in range(steps):
        start = int(followed(start, price, rate))
    return start


STEPS = {"moving_price": 1, "moving_price x14": 14, "moving_price x1000": 1000}


@pytest.mark.parametrize("case", named("moving_price", *STEPS))
def test_moving_price(case):
    given = case["inputs"]
    raw = follow(given, STEPS[case["function"]])
    if case["function"].endswith("x1000"):  # how many units it moved
        assert abs(raw - given["start_q32"] - case["expected"]) <= case["tolerance"]
    else:
        assert abs(raw / ONE - case["expected"]) <= case["tolerance"]


@pytest.mark.parametrize("case", named("share_pool"))
def test_share_pool(case):
    given, function = case["inputs"], case["function"]
    if function.startswith("share pool"):
        pool = SharePool()
        for who, amount in given["ops"]:
            pool = pool.with_dividends(amount) if who == "all" else pool.with_stake(who, amount)
        got = [pool.value_of(key) for key in given["keys"]]
        assert max(abs(a - b) for a, b in zip(got, case["expected"], strict=True)) <= case["tolerance"]
    elif function == "value":
        shares_of = {str(i): safe_float(share) for i, share in enumerate(given["shares"])}
        pool = SharePool(
            given["total"], safe_float(given["denominator"]), SharePool().shares.update(shares_of)
        )
        assert [pool.value_of(key) for key in shares_of] == case["expected"]
    else:
        denominator = safe_float(given["denominator_mantissa"], given["denominator_exponent"])
        pool = SharePool(given["value"], denominator).with_stake("c", given["update"])
        share = pool.shares["c"]
        assert float(share.mantissa) * 10.0**share.exponent == pytest.approx(
            case["expected"], abs=case["tolerance"]
        )
