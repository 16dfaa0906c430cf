"""The chain's own unit-test numbers of the pool: prices, powers, swaps, limits, and liquidity put in.

Each kind of case has a function here that gives what the kernels make of its inputs. Reserves, amounts
and prices of u64 are cut to int64, which is what kernels count in. The chain's tests run with a smaller
minimum reserve; where theirs are that small, the kernels' own source runs here with that constant.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bittensor_lab.kernels import amm
from bittensor_lab.market import fee_factor, most_input
from bittensor_lab.presets import demo_network
from bittensor_lab.units import RAO_PER_TAO, U64_MAX

Case = dict[str, Any]
FOLDER = Path(__file__).parent / "golden" / "economy"
COUNTS = {"balancer": 89, "balancer_exp_grid": 368, "swap": 162}
DIGITS = 10**6
"""a reserve that much larger gives six digits of a rao more"""
SMALL_MINIMUM = 100
FEE_RATE = 33
ROUNDED = "a step of the chain's weights that the kernels have not: they compute the change of a weight alone"
WIDE = "amounts of u64 beyond int64, more than four hundred times the supply"


def cases(name: str) -> list[Case]:
    found: list[Case] = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))["cases"]
    return found


CASES = [case for name in COUNTS for case in cases(name)]
EXCEPTIONS: dict[str, str] = {
    "mul_round_0_1000000": ROUNDED,
    "mul_round_1_1000000": ROUNDED,
    "mul_round_1/2_0": ROUNDED,
    "mul_round_1/2_1": ROUNDED,
    "mul_round_1/2_2": ROUNDED,
    "mul_round_1/2_3": ROUNDED,
    "mul_round_1/2_4": ROUNDED,
    "mul_round_1/2_5": ROUNDED,
    "mul_round_1/2_1023": ROUNDED,
    "mul_round_1/2_1025": ROUNDED,
    "mul_round_1/3_3": ROUNDED,
    "mul_round_1/3_4": ROUNDED,
    "mul_round_1/3_5": ROUNDED,
    "mul_round_1/3_6": ROUNDED,
    "mul_round_7/10_1000000000000000000": ROUNDED,
    "convert_deltas_w0.1_tao1_alpha1000000_d18446744073709551615": WIDE,
    "convert_deltas_w0.9_tao1000000_alpha1_d18446744073709551615": WIDE,
    "max_add_9223372036854775807_18446744073709551615_18446744073709551615": WIDE,
    "max_remove_21000000000000000_21000000000000000_0": WIDE,
}
"""what the kernels do not give, and why; a case in here that passes fails"""


def parts(weight: float) -> int:
    """A weight in parts of 1e18, as its decimal digits say."""
    return round(Decimal(str(weight)) * amm.WHOLE)


# ---------------------------------------------------------------- prices, powers, weights


def price(x: Case) -> float:
    return float(amm.spot_price(x["tao"], x["alpha"], parts(x.get("quote_weight", 0.5))))


def power(x: Case) -> float:
    """What remains of one reserve when the other grows: 1 less what comes out of a reserve of 1e18."""
    quote = parts(x["quote_weight"])
    weights = (amm.WHOLE - quote, quote) if x["base_quote"] else (quote, amm.WHOLE - quote)
    out = amm.amount_out(x["delta"], x["reserve"], amm.WHOLE, *weights)
    return 1 - int(out) / amm.WHOLE


def power_parts(x: Case) -> int:
    """What comes out is the whole part below, so that what remains is the one above."""
    grown = x["den"] - x["num"]
    return amm.WHOLE - int(amm.amount_out(grown, x["num"], amm.WHOLE, x["w1"], x["w2"])) - 1


def both_ways(x: Case) -> list[float]:
    quote = x["quote_weight_parts"]
    weights = (amm.WHOLE - quote, quote), (quote, amm.WHOLE - quote)
    return [int(amm.amount_out(x["dx"], x["x"], x["y"] * DIGITS, *w)) / DIGITS for w in weights]


def both_sides(x: Case) -> list[int]:
    quote, amount = parts(x["quote_weight"]), min(x["delta_in"], amm.LARGEST)
    sold = amm.amount_out(amount, x["alpha"], x["tao"], amm.WHOLE - quote, quote)
    return [sold, amm.amount_out(amount, x["tao"], x["alpha"], quote, amm.WHOLE - quote)]


def tao_to(x: Case) -> int:
    return amm.amount_to_limit(x["tao"], x["target"] / x["price"], 1 - x["quote_weight"])


def alpha_to(x: Case) -> int:
    return amm.amount_to_limit(x["alpha"], x["price"] / x["target"], x["quote_weight"])


def refused(x: Case) -> int:
    """What a swap takes towards a limit that the price has passed already."""
    ratio = (1 - x["quote_weight"]) / x["quote_weight"] / x["price"]
    buys = "tao" in x
    tao, alpha = (x["tao"], round(x["tao"] * ratio)) if buys else (round(x["alpha"] / ratio), x["alpha"])
    error, paid, _, _ = amm.swap(
        buys, tao, alpha, parts(x["quote_weight"]), 10**6, x["target"], 0, np.uint64(0)
    )
    assert error == amm.LIMIT_EXCEEDED
    return paid


def price_then(x: Case) -> float:
    paid = tao_to(x)
    out = amm.amount_out(paid, x["tao"], x["alpha"], 1, 1)
    return price({"tao": x["tao"] + paid, "alpha": x["alpha"] - out, "quote_weight": x["quote_weight"]})


def is_valid(x: Case) -> bool:
    return int(amm.quote_after(10**12, 10**12, x["quote_parts"], 0, 0)) >= 0


def with_liquidity(x: Case) -> Case:
    """Weights that would be out of bounds stay as they were."""
    before = parts(x["quote_weight"])
    after = int(amm.quote_after(x["tao"], x["alpha"], before, x["tao_delta"], x["alpha_delta"]))
    quote = after if after >= 0 else before
    tao, alpha = x["tao"] + x["tao_delta"], x["alpha"] + x["alpha_delta"]
    return {"price": float(amm.spot_price(tao, alpha, quote)), "quote_weight": quote / amm.WHOLE}


def from_price(x: Case) -> Case:
    """A tiny pool at the price, into which all the rest is put."""
    alpha = round(1 / x["price"])
    first = {"tao": 1, "alpha": alpha, "quote_weight": 0.5}
    return with_liquidity({**first, "tao_delta": x["tao"] - 1, "alpha_delta": x["alpha"] - alpha})


# ---------------------------------------------------------------- swaps


@pytest.fixture
def small_minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels' source, uncompiled, with the minimum reserve of the chain's tests."""
    monkeypatch.setattr(amm, "MINIMUM_RESERVE", SMALL_MINIMUM)
    for name in ("swap", "most_input"):
        kernel = getattr(amm, name)
        monkeypatch.setattr(amm, name, getattr(kernel, "py_func", kernel))


NAMES = {
    amm.OK: "ok",
    amm.INPUT_TOO_LARGE: "SwapInputTooLarge",
    amm.RESERVES_TOO_LOW: "ReservesTooLow",
    amm.LIMIT_EXCEEDED: "PriceLimitExceeded",
    amm.LIQUIDITY: "InsufficientLiquidity",
}


def limit_of(x: Case, buys: bool) -> float:
    return x.get("limit_price", x.get("limit_rao", 10**15 if buys else 1000) / RAO_PER_TAO)


def swapped(x: Case) -> tuple[str, Case]:
    """The outcome's name, and what moves."""
    buys, rate = x["side"] == "buy", 0 if x.get("drop_fees") else x.get("fee_u16", FEE_RATE)
    pool = (x["tao"], x["alpha"], parts(x.get("quote_weight", 0.5)))
    limit = limit_of(x, buys)
    error, paid, out, fee = amm.swap(buys, *pool, x["amount"], limit, rate, fee_factor(rate))
    return NAMES[error], {"paid_in": int(paid), "out": int(out), "fee": int(fee)}


def outcome(x: Case) -> Case | str:
    name, moved = swapped(x)
    return moved if name == "ok" and not x.get("drop_fees") else name


def most(x: Case, buys: bool) -> int | str:
    pool = (min(x["tao"], amm.LARGEST), min(x["alpha"], amm.LARGEST), parts(x["quote_weight"]))
    limit = x["limit_rao"] / RAO_PER_TAO
    error, amount = amm.most_input(buys, *pool, limit, FEE_RATE, fee_factor(FEE_RATE))
    return int(amount) if error == amm.OK else NAMES[error]


def moved(x: Case) -> int:
    even = amm.WHOLE // 2
    first, second = (x["tao1"], x["alpha1"], even), (x["tao2"], x["alpha2"], even)
    found = int(amm.most_moved(*first, *second, x["limit_rao"] / RAO_PER_TAO))
    return U64_MAX if found == amm.LARGEST else found  # no limit


def fee_of(x: Case) -> int:
    return swapped({"side": "buy", "tao": 10**15, "alpha": 10**15, **x})[1]["fee"]


def bought_in_2025(x: Case) -> int:
    return int(amm.swap_constant_product(True, x["tao"], x["alpha"], x["amount"], 0)[2])


REPLAYS: dict[str, Callable[[Case], Any]] = {
    "(x/(x+d))^(w_base/w_quote) if base_quote else inverse": power,
    "floor(1e18*(num/den)^(w1/w2))": power_parts,
    "price=(w_base/w_quote)*(tao/alpha)": price,
    "price": price,
    "tao*((p_new/p)^w_base-1)": tao_to,
    "alpha*((p/p_new)^w_quote-1)": alpha_to,
    "quote_in": refused,
    "base_in": refused,
    "price after buying quote_in": price_then,
    "weight valid?": is_valid,
    "add_liquidity": with_liquidity,
    "from_price": from_price,
    "y*(1-(x/(x+dx))^(wb/wq)) and with inverse exponent": both_ways,
    "[tao out of selling d alpha, alpha out of buying with d tao]": both_sides,
    "swap": outcome,
    "swap (chain asserts out > 0)": outcome,
    "swap.out with limit 24": lambda x: swapped(x)[1]["out"],
    "fee_amount": fee_of,
    "cp_buy = alpha - alpha*tao/(tao+dtao)": bought_in_2025,
    "largest TAO input (incl. fee) before the limit price": lambda x: most(x, True),
    "largest alpha input (incl. fee) before the limit price": lambda x: most(x, False),
    "max alpha movable subnet->subnet for a relative limit price": moved,
    "stable/root subnet": lambda x: most_input(demo_network(), 0, x["op"] == "add", x["limit_rao"]),
}


def flat(value: Any) -> dict[str, Any]:
    """The numbers of a list or a dictionary by their places, and a lone one."""
    if isinstance(value, dict):
        return value
    return {str(i): each for i, each in enumerate(value if isinstance(value, list) else [value])}


def passes(case: Case) -> bool:
    """Whether the package gives what the case expects, within the case's own tolerance."""
    if case["function"] not in REPLAYS:
        return False
    found, expected = flat(REPLAYS[case["function"]](case["inputs"])), flat(case["expected"])
    tolerance = case["tolerance"]
    return found == (pytest.approx(expected, rel=0, abs=tolerance) if tolerance else expected)


def test_no_case_has_disappeared():
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names) == sum(COUNTS.values())
    assert EXCEPTIONS.keys() <= set(names)
    assert REPLAYS.keys() <= {case["function"] for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_chains_number(case, request):
    given = case["inputs"]
    reserves = [given[side] for side in ("tao", "alpha") if side in given]
    if ("min_reserve" in given or "amount" in given) and min(reserves, default=0) < amm.MINIMUM_RESERVE:
        request.getfixturevalue("small_minimum")
    assert passes(case) is (case["name"] not in EXCEPTIONS)
