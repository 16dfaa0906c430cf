"""The chain's own unit-test numbers of costs, the life of a subnet, locks, dividends and root claims.

Every case is replayed by the pure parts of the package, with no chain state: what a case needs beyond
them (a take, the raise of a price) is an input here, made from whole numbers. A case that no pure part
can replay is named in EXCEPTIONS with its reason.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bittensor_lab.claim_math import drawn_indices, owed, with_dividend
from bittensor_lab.conviction import Lock, rolled, takes_over
from bittensor_lab.dividends import Lender, share_pots, share_with_parents
from bittensor_lab.kernels.bonds import split_emission
from bittensor_lab.kernels.registration import decay, decay_factor
from bittensor_lab.lifecycle import (
    first_reserves,
    legacy_refund,
    median_price,
    network_lock_cost,
    share_out,
    to_prune,
)
from bittensor_lab.share_pool import SharePool
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, U64_MAX, u16_fraction

Case = dict[str, Any]
FOLDER = Path(__file__).parent / "golden" / "economy"
COUNTS = {"costs": 41, "subnet_lifecycle": 19, "conviction": 17, "dividends": 16, "root_claim": 8}
CASES: list[Case] = [
    case
    for name in COUNTS
    for case in json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))["cases"]
]
RAISE = "the raise of a price is its extrinsic's own step, which needs a subnet's hyperparameters"
EXCEPTIONS = {
    "bump_0_0_7": RAISE,
    "bump_5_0_7": RAISE,
    "bump_0_1_7": RAISE,
    "bump_2_2_8": RAISE,
    "bump_3_3_6": RAISE,
    "bump_4_4_6": RAISE,
    "bump_7_10_5": RAISE,
    "bump_1_100_5": RAISE,
    "bump_1_1000_4": RAISE,
    "bump_1_2_20": RAISE,
    "bump_default_1.26": RAISE,
    "inherited_stake_weight": "stake weight belongs to a state; the same case is replayed on one as "
    "test_get_root_children_0 in test_golden_chain.py",
    "distribution_per_hotkey": "a float64 model with 100 rao to spare; a share of this pot cut at 2⁻³² "
    "loses up to 195 rao, and h0 gets 157.5 rao less of the root pot",
}
TIME = 934_866
"""the unlock and maturity time where a case names none, blocks"""


# ---------------------------------------------------------------- costs


def lock_cost(x: Case) -> int:
    names = ("last_lock", "last_lock_block", "now", "interval", "min_lock")
    return network_lock_cost(*(x[name] for name in names), x.get("block_emission", RAO_PER_TAO))


def fallen(burn: int, half_life: int, blocks: int, low: int = 0, high: int = U64_MAX) -> int:
    """A registration price some blocks later, none of them the chain's first."""
    factor = decay_factor(half_life) if half_life else 0
    price, *bounds = (np.array([value], np.uint64) for value in (burn, low, high))
    return int(decay(price, np.array([factor], np.int64), *bounds, 2, blocks)[0])


def fallen_after_raise(x: Case) -> list[int]:
    raised = x["burn"] * x["mult"]
    return [raised, fallen(raised, x["half_life"], 1)]


def clamped(x: Case) -> list[int]:
    limits = (x["min"], x["max"])
    first = fallen(x["burn"], x["half_life"], 1, *limits)
    path = [first, min(first * x["mult"], x["max"])]
    for _ in range(2):
        path.append(fallen(path[-1], x["half_life"], 1, *limits))
    return path


def burn_path(x: Case) -> dict[str, int]:
    if x["half_life"]:
        assert decay_factor(x["half_life"]) == x["factor_q32"]
    return {str(n): fallen(x["burn"], x["half_life"], n) for n in (1, 10, 360, 1000, 5000)}


# ---------------------------------------------------------------- life of a subnet


def dissolved(x: Case) -> Case:
    *stakers, protocol = share_out(x["pot"], [*x["stakers"], x["protocol_alpha"]])
    return {"stakers": stakers, "protocol": protocol}


def seeded(x: Case) -> dict[str, int]:
    tao, alpha = first_reserves(x["lock"], x["min_lock"], x["median_price"])
    return {"tao": tao, "alpha": alpha}


def pruned(x: Case) -> int | None:
    candidates = [(n["netuid"], int(n["moving_price"] * ONE), n["registered_at"]) for n in x["networks"]]
    return to_prune(candidates, x["now"], x["immunity"])


def refunded(x: Case) -> int:
    return legacy_refund(x["lock"], x["alpha_issuance"], x["owner_cut_u16"] / U16_MAX, x["price"])


# ---------------------------------------------------------------- conviction


def roll(x: Case, perpetual: bool = False, owner: bool = False) -> list[float]:
    """(mass, conviction) of a lock after dt blocks, rao."""
    lock = Lock("hotkey", x["locked"], int(x.get("conviction", 0) * ONE), 0, perpetual)
    times = (x.get(name, x.get("tau", TIME)) for name in ("tau_unlock", "tau_maturity"))
    lock = rolled(lock, x["dt"], *times, toward_owner=owner)
    return [lock.mass, lock.conviction / ONE]


def roll_as_asked(x: Case) -> Any:
    mass, conviction = roll(x)
    return {"conviction": conviction} if "tau_unlock" in x else [mass, conviction]


def roll_twice(x: Case) -> list[float]:
    halfway = rolled(Lock("hotkey", x["locked"], 0, 0), x["dt"] // 2, x["tau"], x["tau"], False)
    end = rolled(halfway, x["dt"], x["tau"], x["tau"], False)
    return [end.mass, end.conviction / ONE]


def decayed(x: Case) -> float:
    """exp(−dt/τ), as what is left of a large mass."""
    return roll({"locked": 10**15, **x})[0] / 10**15


def owner_changes(x: Case) -> bool:
    behind = {"king": x["total_conviction"] * ONE}
    return takes_over(x["age"], 2_629_800, behind, x["alpha_out"]) == "king"


# ---------------------------------------------------------------- dividends


def after_take(amount: int, take: int) -> tuple[int, int]:
    """(take, rest) of an amount, rao, cut off one by one."""
    taken = amount * u16_fraction(take)
    return taken >> 32, ((amount << 32) - taken) >> 32


def shares(x: Case) -> dict[str, dict[str, float]]:
    alpha, root = zip(*x["stake_map"].values(), strict=True)
    paid = share_pots(
        [int(x["dividends"][hotkey]) for hotkey in x["stake_map"]], alpha, root,
        x["pending_validator"], x["pending_root"], int(x["tao_weight"] * ONE),
    )  # fmt: skip
    return {
        pot: {hotkey: part[i] / ONE for hotkey, part in zip(x["stake_map"], paid, strict=True)}
        for i, pot in enumerate(("alpha", "root"))
    }


def share_sums(x: Case) -> dict[str, float]:
    return {pot: sum(each.values()) for pot, each in shares(x).items()}


def with_parents(x: Case) -> dict[str, int]:
    """What bob and the parents that lent to it get of bob's dividends."""

    def stakes(hotkey: str) -> tuple[int, int]:
        return x["alpha_stake"].get(hotkey, 0), x["root_stake"].get(hotkey, 0)

    owners, parents = x["owners"], x["parents_of_bob"]
    lenders = [Lender(int(p * U64_MAX), *stakes(k), owners[k] == owners["bob"]) for p, k in parents]
    given = [int(p * U64_MAX) for p, _ in x["children"].get("bob", ())]
    take, burn = round(x["childkey_take"]["bob"] * U16_MAX), int(x["ck_burn"] * U64_MAX)
    tao_weight = int(x["tao_weight"] * ONE)
    paid = share_with_parents(x["dividends"], *stakes("bob"), given, lenders, take, burn, tao_weight)
    return {"bob": paid.own, **{k: part for (_, k), part in zip(parents, paid.parents, strict=True)}}


def half_lent(x: Case) -> dict[str, int]:
    """Alice lent part of its stake to bob; neither takes anything for it."""
    own, half = {k: (x["alpha_stake"][k], x["root_stake"][k]) for k in ("alice", "bob")}, 2**63
    tao_weight, d = int(x["tao_weight"] * ONE), x["dividends"]
    alice = share_with_parents(d["alice"], *own["alice"], [half], [], 0, 0, tao_weight)
    lender = Lender(half, *own["alice"], False)
    bob = share_with_parents(d["bob"], *own["bob"], [], [lender], 0, 0, tao_weight)
    return {"alice": alice.own + bob.parents[0], "bob": bob.own}


def delegate_take(x: Case) -> dict[str, int]:
    return dict(zip(("take", "nominators"), after_take(x["alpha_dividend"], x["take_u16"]), strict=True))


def take_then_nominators(x: Case) -> list[int]:
    pool = SharePool()
    for coldkey, amount in x["stakes"].items():
        pool = pool.with_stake(coldkey, amount)
    take, rest = after_take(x["alpha_dividend"], x["take_u16"])
    pool = pool.with_stake("owner", take).with_dividends(rest)
    return [pool.value_of(coldkey) for coldkey in x["stakes"]]


def one_neuron(x: Case) -> int:
    all_of_it = np.array([ONE], np.int64)
    server, validator, _ = split_emission(*[all_of_it] * 4, x["pending"])
    assert (int(server[0]), int(validator[0])) == (x["incentive"], x["dividend"])
    return int(server[0] + validator[0])


# ---------------------------------------------------------------- root claims


def two_rounds(x: Case) -> dict[str, float]:
    take, rest = after_take(x["root_alpha_per_round"], x["take_u16"])
    first = with_dividend(0, rest, x["root_stake"])
    second = with_dividend(first, rest, x["root_stake"])
    return {"take": take, "rate1": first / ONE, "rate2": second / ONE}


def owed_at_rates(x: Case) -> list[int]:
    return [owed(int(x[name] * ONE), x["root_stake"], 0) for name in ("rate1", "rate2")]


DEFAULT_TAKE = 11796


def owed_to_two(x: Case) -> list[int]:
    stakes = x["root_stakes"]
    _, rest = after_take(x["root_alpha"], DEFAULT_TAKE)
    rate = with_dividend(0, rest, sum(stakes.values()))
    return [owed(rate, stakes[key], 0) for key in ("alice", "bob")]


def owed_while_stake_changes(x: Case) -> list[int]:
    """Three dividends, all drawn; before the second b takes half its stake out, before the third in."""
    stakes, marks, rate, drawn = dict(x["root_stakes"]), {"a": 0, "b": 0}, 0, list[int]()
    _, rest = after_take(x["root_alpha"], DEFAULT_TAKE)
    for change in (0, -4_000_000, 4_000_000):
        stakes["b"] += change
        marks["b"] += owed(rate, change, 0) if change >= 0 else -owed(rate, -change, 0)
        rate = with_dividend(rate, rest, sum(stakes.values()))
        for key in marks:
            drawn.append(owed(rate, stakes[key], marks[key]))
            marks[key] += drawn[-1]
    return drawn


def quantised(x: Case) -> int:
    _, rest = after_take(x["root_alpha"], x["take_u16"])
    return owed(with_dividend(0, rest, x["root_stake"]), x["root_stake"], 0)


def keccak256(message: bytes) -> bytes:
    """The hash of a message below 136 bytes, by which the chain's test makes its block hash."""

    def turned(word: int, by: int) -> int:
        return (word << by | word >> (64 - by)) & U64_MAX if by else word

    block = bytearray(message.ljust(136, b"\0"))
    block[len(message)] ^= 0x01
    block[-1] ^= 0x80
    lanes = [int.from_bytes(block[8 * i : 8 * i + 8], "little") for i in range(17)] + [0] * 8
    bits = 1  # of the shift register that the round constants come from
    for _ in range(24):
        column = [lanes[i] ^ lanes[i + 5] ^ lanes[i + 10] ^ lanes[i + 15] ^ lanes[i + 20] for i in range(5)]
        lanes = [lane ^ column[(i + 4) % 5] ^ turned(column[(i + 1) % 5], 1) for i, lane in enumerate(lanes)]
        x, y, carried = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            moved = turned(carried, (step + 1) * (step + 2) // 2 % 64)
            carried, lanes[x + 5 * y] = lanes[x + 5 * y], moved
        for row in range(0, 25, 5):
            old = lanes[row : row + 5]
            lanes[row : row + 5] = [old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]) for i in range(5)]
        for j in range(7):
            lanes[0] ^= (bits & 1) << (2**j - 1)
            bits = (bits << 1) ^ (0x171 if bits & 0x80 else 0)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def lot(x: Case) -> list[int]:
    return sorted(drawn_indices(keccak256(x["text"].encode()), x["k"], x["n"]))


# ---------------------------------------------------------------- all of them

REPLAYS: dict[str, Callable[[Case], Any]] = {
    "lock_cost": lock_cost,
    "burn after bump x2 then one block": fallen_after_raise,
    "burn after 2 and 4 blocks": lambda x: [fallen(x["burn"], x["half_life"], n) for n in (2, 4)],
    "one decay": lambda x: fallen(x["burn"], x["half_life"], 1),
    "decay,bump,decay,decay": clamped,
    "burn after n blocks": burn_path,
    "dissolve(pot, stakers, protocol_alpha)": dissolved,
    "median of positive spot prices, 1 if none": lambda x: median_price(x["prices"]),
    "tao_pool=max(lock,min_lock); alpha_pool=floor(tao_pool/median)": seeded,
    "argmin (moving price, registered_at) over non-immune": pruned,
    "lock - floor(floor(issuance*owner_cut)*price)": refunded,
    "exp(-dt/tau)": decayed,
    "roll": roll_as_asked,
    "roll twice == roll once": roll_twice,
    "roll owner": lambda x: roll(x, owner=True),
    "roll perpetual": lambda x: roll(x, perpetual=True),
    "roll decaying": roll,
    "age>=2629800 and 10*total_conviction>=alpha_out>0": owner_changes,
    "dividend_distribution: sums": share_sums,
    "dividend_distribution": shares,
    "parent_child(child=bob)": with_parents,
    "epoch gives alice 1/4, bob 3/4; then parent_child": half_lent,
    "take=floor(t*v); nominators=floor(v-t*v)": delegate_take,
    "share pool": take_then_nominators,
    "incentive + dividends": one_neuron,
    "take, rate, claim": two_rounds,
    "claimed = floor(rate*root_stake)": owed_at_rates,
    "claims": owed_to_two,
    "distribute/claim, bob -4e6, distribute/claim, bob +4e6, distribute/claim": owed_while_stake_changes,
    "hash_indices(keccak256(text), k, n)": lot,
    "rate * stake": quantised,
}


def flat(value: Any, where: str = "") -> dict[str, Any]:
    """The numbers of nested lists and dictionaries by their places."""
    if isinstance(value, list | dict):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        return {place: x for key, part in parts for place, x in flat(part, f"{where}/{key}").items()}
    return {where: value}


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
def test_the_chains_number(case):
    assert passes(case) is (case["name"] not in EXCEPTIONS)


def named(name: str) -> Case:
    return next(case for case in CASES if case["name"] == name)


def test_rates_are_as_close_as_the_chain_asks():
    """One tolerance of the case is for all its numbers; the chain's own for the rates is a thousandth."""
    case = named("drain_and_keep_two_rounds")
    found = two_rounds(case["inputs"])
    assert [found["rate1"], found["rate2"]] == pytest.approx([0.41, 0.82], abs=0.001)


def test_two_rolls_are_as_close_as_the_chain_asks():
    """Mass within 1 of one roll, conviction within a tenth."""
    x = named("chunked_equals_single")["inputs"]
    (mass, conviction), once = roll_twice(x), roll(x)
    assert abs(mass - once[0]) <= 1
    assert abs(conviction - once[1]) <= 0.1


def test_a_decay_is_the_exponential():
    assert decayed({"dt": 216_000, "tau": 216_000}) == pytest.approx(exp(-1), abs=1e-14)


def test_keys_of_one_owner_take_nothing_from_each_other():
    x = named("childkey_take_10pct_same_owner_no_take")["inputs"]
    together = {**x, "owners": {"par": "x", "bob": "x"}}
    assert with_parents(together) == {"par": x["dividends"], "bob": 0}
