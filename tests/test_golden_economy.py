"""The chain's own unit-test numbers of emission: block, shares, moving price, terms, pots, share pools.

And whole runs of the coinbase, from an integer model of the chain. The pool has its own file
(``test_golden_pool.py``), as have pay-out, claims, life cycle and conviction (``test_golden_lifecycle.py``).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bittensor_lab.kernels import coinbase, emission
from bittensor_lab.kernels.coinbase import CoinbaseRules, PoolArrays, followed, moving_rate
from bittensor_lab.share_pool import SharePool, safe_float
from bittensor_lab.units import ONE, U16_MAX, U64_MAX

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
KAPPA = 32767 / U16_MAX
SHARES = [case for case in cases("emission_shares") if case["function"] not in OTHERS]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in SHARES])
def test_shares(case):
    got, given = shares(case["function"], case["inputs"]), case["inputs"]
    if case["function"].startswith("sum("):
        got = got.sum()
    got = got * given.get("block_emission", 1)
    assert np.abs(got - np.array(case["expected"])).max() <= case["tolerance"]


@pytest.mark.parametrize("case", named("emission_shares", "net_flow + shares_flow"))
def test_net_flow(case):
    given, expected = case["inputs"], case["expected"]
    user, protocol = np.array(given["user_ema"]), np.array(given["protocol_ema"])
    net = emission.net_flow(user, protocol)
    share = emission.flow_shares(net, given["cutoff"], given["p"])
    found = {
        "norm_factor": float(np.median((user - net) / protocol)),
        "unnormalised_eligible": int((user > protocol).sum()),
        "eligible": int((share > 0).sum()),
        "share_sum": float(share.sum()),
    }
    assert found == pytest.approx(expected, abs=case["tolerance"])


@pytest.mark.parametrize("case", named("emission_shares", "shares_root_network * 1e9"))
def test_root_network(case):
    """A case states the first of its subnets; the others get nothing that its test looks at."""
    given, expected = case["inputs"], np.array(case["expected"])
    stake, weights = np.array(given["stakes"], np.float64), np.array(given["weights"], np.float64)
    share = emission.root_network_shares(stake, weights, float(given["rho"]), KAPPA)
    assert share.sum() == pytest.approx(1)
    assert np.abs(share[: len(expected)] * given["block_emission"] - expected).max() <= case["tolerance"]


def test_no_votes_no_shares():
    assert not emission.root_network_shares(np.ones(3), np.zeros((3, 4)), 10.0, KAPPA).any()


def follow(given: dict[str, Any], steps: int) -> int:
    """The raw moving price after some blocks at one price, from the first one where none is stated."""
    start = given.get("start_q32", round(given.get("start", 0) * ONE))
    price = given.get("price", start / ONE + given.get("price_minus_start", 0))
    moving_alpha = given["moving_alpha_q32"] / ONE if "moving_alpha_q32" in given else given["moving_alpha"]
    age = given.get("block", 1) - (given.get("first_emission_block", 1) - 1)
    rate = moving_rate(moving_alpha, age, given.get("halving", 201_600 if "block" in given else 0))
    for _ in range(steps):
        start = int(followed(start, price, rate))
    return start


STEPS = {"moving_price": 1, "moving_price x14": 14, "moving_price x1000": 1000, "ema without halving": 6}


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


# ---------------------------------------------------------------- coinbase


def weight_of(given: dict[str, Any]) -> float:
    """The TAO weight, cut to 32 bits as on chain."""
    if "tao_weight" in given:
        return float(given["tao_weight"])
    return int((given["tao_weight_u64"] << 32) // U64_MAX) / ONE


def proportion_of(given: dict[str, Any]) -> float:
    if "root_proportion" in given:
        return float(given["root_proportion"])
    return float(coinbase.root_proportion(weight_of(given), given["root_tao"], given["alpha_issuance"]))


@pytest.mark.parametrize("case", named("coinbase_terms", "root_proportion"))
def test_root_proportion(case):
    assert proportion_of(case["inputs"]) == pytest.approx(case["expected"], abs=case["tolerance"])


@pytest.mark.parametrize("case", named("coinbase_terms", "subnet_terms"))
def test_terms(case):
    given, expected = case["inputs"], case["expected"]
    new = float(emission.block_emission(given["alpha_issuance"]))
    cap = coinbase.injection_cap(coinbase.CAP_ROOT, new, emission.FULL_EMISSION, proportion_of(given))
    tao = float(coinbase.cut(float(given["tao_emission"])))
    amounts = coinbase.terms(tao, given["price"], cap, coinbase.CAP_ROOT)
    found = dict(zip(("tao_in", "alpha_in", "excess"), amounts, strict=True)) | {"alpha_out": new}
    for name, value in expected.items():
        assert abs(found[name] - value) <= case["tolerance"], name


@pytest.mark.parametrize("case", named("coinbase_terms", "pending_split", "pending_split.owner"))
def test_pots(case):
    given = case["inputs"]
    amounts = coinbase.split(float(given["alpha_out"]), given["owner_cut_u16"], proportion_of(given))
    found = dict(zip(("owner", "server", "validator", "root"), amounts, strict=True))
    for name, value in case["expected"].items():
        assert abs(int(found[name]) - value) <= case["tolerance"], name


STATED = {
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


def pools_of(given: dict[str, Any]) -> PoolArrays:
    """The pools of a scenario, in the order in which it names its subnets."""
    rows = len(given["initial"]) + 1
    columns = {name: np.zeros(rows, np.int64) for name in PoolArrays._fields}
    for name in ("root_share", "user_flow_ema", "protocol_flow_ema"):
        columns[name] = np.zeros(rows)
    columns["initialised"] = np.ones(rows, bool)
    columns["tao_in"][0] = given["root_tao"]
    for row, subnet in enumerate(given["initial"].values(), 1):
        for name in ("tao", "alpha_in", "alpha_out"):
            columns[STATED[name]][row] = subnet[name]
        columns["moving_price"][row] = int(subnet["moving_price"] * ONE)
        columns["quote_weight"][row] = round(subnet["quote_weight"] * 1000) * 10**15
    return PoolArrays(**columns)


def rules_of(given: dict[str, Any], **others: Any) -> CoinbaseRules:
    rows = np.arange(len(given["initial"]) + 1)
    usual = CoinbaseRules(
        regime=coinbase.PRICE_BURN, injection=coinbase.CAP_ROOT, moves_weights=True,
        emits=rows > 0, emission_enabled=rows > 0,
        first_emission_block=np.full(len(rows), given["first_emission_block"]),
        owner_cut=np.full(len(rows), given["owner_cut_u16"]), tao_weight=weight_of(given),
        moving_alpha=12_885 / ONE, price_halving_blocks=201_600, gate_bar=0.3, gate_exponent=3.0,
        flow_cutoff=0.0, flow_alpha=0.01, flow_exponent=1.0,
    )  # fmt: skip
    return usual._replace(**others)


SCENARIOS = named("emission_scenario")


@pytest.mark.parametrize("case", SCENARIOS)
def test_scenario(case):
    given, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]
    pools, start = pools_of(given), given["start_issuance"]
    end = coinbase.run_coinbase(pools, rules_of(given), start, given["block0"], given["blocks"])
    minted = expected["minted_minus_recycled"]
    assert end - start == pytest.approx(minted, rel=tolerance["relative"], abs=tolerance["abs"])
    for row, subnet in enumerate(expected["state"].values(), 1):
        found = {name: int(getattr(pools, STATED[name])[row]) for name in subnet}
        assert found == pytest.approx(subnet, rel=tolerance["relative"], abs=tolerance["abs"])


@pytest.mark.parametrize("injection", range(5))
@pytest.mark.parametrize("regime", range(7))
def test_many_blocks_at_once_are_the_blocks_one_by_one(regime, injection):
    """To the last bit, in every column, under each rule of emission and of injection."""
    given = SCENARIOS[0].values[0]["inputs"]
    rules = rules_of(given, regime=regime, injection=injection)
    start, first, blocks = given["start_issuance"], given["block0"], 150
    at_once, one_by_one = (
        pools_of(given)._replace(
            root_share=np.array([0, 0.7, 0.3]),
            user_flow_ema=np.array([0, 5e6, 2e6]),
            miner_burned=np.array([0, ONE // 3, 0]),
        )
        for _ in range(2)
    )
    issuance = coinbase.run_coinbase(at_once, rules, start, first, blocks)
    for block in range(first, first + blocks):
        start = coinbase.run_coinbase(one_by_one, rules, start, block, 1)
    assert start == issuance > given["start_issuance"]
    for name in PoolArrays._fields:
        assert np.array_equal(getattr(at_once, name), getattr(one_by_one, name)), name


@pytest.mark.parametrize("injection", range(5))
def test_what_each_injection_rule_does(injection):
    """One block of a subnet with a low price, so that its TAO is worth more alpha than may go in."""
    given = SCENARIOS[0].values[0]["inputs"]
    before, after = pools_of(given), pools_of(given)
    end = coinbase.run_coinbase(after, rules_of(given, injection=injection), 0, given["block0"], 1)
    tao, alpha, outside = (
        getattr(after, name)[2] - getattr(before, name)[2] for name in ("tao_in", "alpha_in", "alpha_out")
    )
    new, share = 10**9, round(10**9 * 0.012 / 0.062)
    assert end == pytest.approx(10**9, abs=2)
    assert tao == pytest.approx(share, abs=2)  # all of it is in the pool, injected or spent
    bought = int(after.protocol_alpha[2])
    root = int(new * 0.82 * coinbase.root_proportion(weight_of(given), given["root_tao"], 3 * 10**15) / 2)
    assert outside == pytest.approx(new + bought - root, rel=1e-4)  # moving prices sum to less than 1
    assert (bought > 0) is (injection >= coinbase.CAP_LOWER)
    if injection == coinbase.FULL_TAO:
        assert alpha == new
    else:
        g = coinbase.root_proportion(weight_of(given), given["root_tao"], 3 * 10**15)
        injected = int(g * new) if injection == coinbase.CAP_ROOT else new
        spent = share - injected * 0.01
        assert alpha == pytest.approx(injected - spent / 0.01, rel=1e-3)
