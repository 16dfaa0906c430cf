"""The chain's own unit-test numbers, case by case: the parts of the chain between and around epochs.

The copies lie in ``tests/golden``; each case names the chain's test that it comes from. Sequences of
epochs are compared twice: with what the chain's test asserts, and, to the last bit, with the whole
output of an exact model. ``golden_cases.py`` replays them.

Of the 134 cases of ``math_functions`` 34 have no counterpart of their own here and are left out:

* ``sum``, ``mask_vector``, ``row_hadamard``, ``mat_vec_mul``: here each is part of a kernel that also
  normalises what comes out (``incentive``, ``activate_stake``, ``weigh_by_stake``, ``dividends``);
* ``check_vec_max_limited``: the limit is the constant 65535, so the check never fails and is not made;
* ``vec_mask_matrix_eq``: the chain compares blocks by < and ≤ only;
* ``vec_max_upscale_to_u16`` of other numbers than u16, ``normalize`` of a negative number, and
  ``mat_ema_alpha_*`` of numbers whose products exceed 1: weights are u16, bonds lie between 0 and 1,
  and the kernels take no others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from golden_cases import (
    NETUID,
    Case,
    deviations,
    differences,
    differences_from_model,
    network,
    play,
    pools,
    put_weights,
    read,
)
from numpy.typing import ArrayLike, NDArray

from bittensor_lab import block
from bittensor_lab.childkeys import with_children
from bittensor_lab.dividends import Lender, share_pots, share_with_parents
from bittensor_lab.epoch import NEVER, matrix_inputs
from bittensor_lab.errors import ChainError
from bittensor_lab.extrinsics import SetHyperparameter
from bittensor_lab.extrinsics.registration import bump
from bittensor_lab.kernels import bonds, fixed, yuma
from bittensor_lab.kernels.registration import decay, decay_factor
from bittensor_lab.mechanisms import SubnetTerms, run_subnet_epoch, split_emissions
from bittensor_lab.neurons import neuron_to_prune
from bittensor_lab.params import U64F64, Hyperparameters
from bittensor_lab.presets import demo_network
from bittensor_lab.schedule import blocks_until_next_auto, next_epoch_start
from bittensor_lab.stake_weight import Q32, inherited, proportion, stake_weight_of, stake_weights
from bittensor_lab.state import ROOT, State, Subnet
from bittensor_lab.units import ONE, U16_MAX, U64_MAX
from bittensor_lab.weights import has_enough, is_self_weight, max_upscale, storage_index

SEQUENCES = {
    "epoch_validator_permits": 12,
    "epoch_yuma2_and_edge": 9,
    "epoch_yuma3": 7,
    "epoch_graph512": 4,
}
MISC, MATH, MATH_COMPARED = 66, 134, 100


def of_u64(part: float) -> int:
    """A decimal fraction as a u64 of 2⁶⁴ − 1."""
    return int(Fraction(part) * U64_MAX)


def named(case: Case) -> str:
    return f"{case['name']}-{case.get('function', case['kind'])}"


def test_no_case_has_disappeared():
    assert {name: len(read(name)) for name in SEQUENCES} == SEQUENCES
    assert len(read("subnet_misc")) == MISC
    assert {case["function"] for case in read("subnet_misc")} == MISC_FUNCTIONS.keys()
    assert len(read("math_functions")) == MATH
    assert len(COMPARED_MATH) == MATH_COMPARED


# ---------------------------------------------------------------- registration and rules


def burn_decay_factor_q32(given: Case) -> int:
    return int(decay_factor(given["half_life"]))


def burn_decay_step(given: Case) -> int:
    def column(value: int) -> NDArray[np.uint64]:
        return np.array([value], np.uint64)

    factor = np.array([decay_factor(given["half_life"])])
    low, high = column(given["min_burn"]), column(given["max_burn"])
    return int(decay(column(given["burn"]), factor, low, high, 2, given["blocks"])[0])


def burn_bump(given: Case) -> int:
    limits = {name: given[name] for name in ("min_burn", "max_burn")}
    mult = int(given["mult"] * U64F64)
    return bump(given["burn"], Hyperparameters(burn_increase_mult=mult, **limits))


def prune(given: Case) -> int | None:
    return neuron_to_prune(
        given["emission"],
        given["reg_block"],
        set(given["immortal"]),
        given["block"],
        given["immunity_period"],
        given["min_non_immune"],
    )


def activity_cutoff_blocks(given: Case) -> int:
    rules = Hyperparameters(tempo=given["tempo"], activity_cutoff_factor_milli=given["factor_milli"])
    return rules.activity_cutoff


def alpha_values_validation(given: Case) -> list[str]:
    state, answers = demo_network().with_hyperparameters(NETUID, liquid_alpha=True), []
    for pair in given["calls"]:
        try:
            state, _ = block.apply(state, SetHyperparameter(ROOT, NETUID, "alpha_values", tuple(pair)))
            answers.append("Ok")
        except ChainError as error:
            answers.append(type(error).__name__)
    return answers


# ---------------------------------------------------------------- mechanisms


def run_mechanisms(given: Case) -> tuple[Subnet, SubnetTerms]:
    """Run the epoch of a subnet with several weight matrices, stored as the case has them."""
    stated = given | {"validator_permit": given["permit"], "total_stake": given["stake"]}
    state = network(stated, given["mechanism_count"])
    for number, rows in enumerate(given["weights"]):
        for uid, pairs in rows.items():
            uids, values = zip(*pairs, strict=True)
            row = {"uids": uids, "values": values, "last_update": given["last_update"][int(uid)]}
            state = put_weights(state, number, int(uid), row)
    split = None if given["split"] is None else tuple(given["split"])
    state = state.with_subnet(replace(state.subnet(NETUID), mechanism_split=split), block=given["block"])
    return run_subnet_epoch(state, NETUID, given["emission"])


def incentives(subnet: Subnet) -> list[list[int]]:
    return [mechanism.incentive.tolist() for mechanism in subnet.mechanisms]


def mechanism_epoch_incentive(given: Case) -> Case:
    return {"incentive": incentives(run_mechanisms(given)[0])}


def mechanism_epoch_aggregate(given: Case) -> Case:
    subnet, terms = run_mechanisms(given)
    columns = {name: getattr(terms, name).tolist() for name in SubnetTerms.__dataclass_fields__}
    columns.pop("active")
    parts = split_emissions(given["emission"], given["mechanism_count"], given["split"])
    return columns | {"incentive": incentives(subnet), "split_emission": parts}


def emergency_stake_split(given: Case) -> Case:
    n = len(given["stake"])
    whole = {"n": n, "last_update": [1] * n, "block_at_registration": [0] * n, "weights": []}
    mechanism = {"block": 1, "tempo": 1, "mechanism_count": 1, "split": None}
    _, terms = run_mechanisms(given | whole | mechanism)
    return {name: getattr(terms, name).tolist() for name in ("validator_emission", "server_emission")}


# ---------------------------------------------------------------- stake weight and dividends


def inherited_stake(given: Case) -> int:
    return inherited(given["own"], given["children"], [tuple(parent) for parent in given["parents"]])


def stake_weight_total(given: Case) -> Case:
    names = ("alice", "bob")
    ledgers = [pools({name: given[name][kind] for name in names}) for kind in ("root", "alpha")]
    state = silent_network([0, 0])
    subnet = replace(state.subnet(NETUID), hotkeys=names)
    for parent, children in given["children"].items():
        subnet = with_children(subnet, parent, tuple(map(tuple, children)))
    rules = replace(state.network, tao_weight=of_u64(given["tao_weight"]))
    state = state.with_subnet(subnet, stake=tuple(ledgers), network=rules)
    by_name = {name: stake_weight_of(state, NETUID, name) >> Q32 for name in names}
    assert stake_weights(state, NETUID)[0].tolist() == [by_name[name] for name in names]
    return by_name


def silent_network(alpha: list[int]) -> State:
    """A chain with a subnet of these stakes, on which nobody has set weights or holds a permit."""
    n = len(alpha)
    blocks = {"last_update": [0] * n, "block_at_registration": [0] * n}
    return network({"n": n, "total_stake": alpha, "validator_permit": [False] * n} | blocks)


def epoch_stake_fallback_with_children(given: Case) -> Case:
    state = silent_network(given["alpha"])
    subnet = state.subnet(NETUID)
    for uid, children in given["children"].items():
        lent = tuple((part, subnet.hotkeys[child]) for part, child in children)
        subnet = with_children(subnet, subnet.hotkeys[int(uid)], lent)
    _, terms = run_subnet_epoch(state.with_subnet(subnet), NETUID, 10**9)
    return {"emission_share": (terms.validator_emission / terms.validator_emission.sum()).tolist()}


def parent_child_dividends(given: Case) -> Case:
    lenders = [
        Lender(part, alpha, root, owner == given["owner"]) for part, alpha, root, owner in given["parents"]
    ]
    own = (given["dividends"], given["self_alpha"], given["self_root"], given["child_props"])
    take, burn = given["childkey_take_u16"], of_u64(given["ck_burn"])
    shares = share_with_parents(*own, lenders, take, burn, proportion(of_u64(given["tao_weight"])))
    assert shares.recycled == 0
    return {"parents": list(shares.parents), "own": shares.own}


def dividend_distribution_totals(given: Case) -> Case:
    alpha, root = ([stake[kind] for stake in given["stake"]] for kind in ("alpha", "root"))
    pots = given["pending_validator_alpha"], given["pending_root_alpha"]
    tao_weight = proportion(of_u64(given["tao_weight"]))
    paid = share_pots(given["dividends"], alpha, root, *pots, tao_weight)
    totals = [sum(column) >> Q32 for column in zip(*paid, strict=True)]
    return dict(zip(("total_alpha", "total_root"), totals, strict=True))


# ---------------------------------------------------------------- schedule and weights


def next_epoch_start_block(given: Case) -> int | None:
    state = demo_network().with_hyperparameters(NETUID, tempo=given["tempo"])
    clocks = {name: given[name] for name in ("last_epoch_block", "pending_epoch_at")}
    return next_epoch_start(replace(state, clocks=state.clocks.at(NETUID, **clocks)), NETUID)


def blocks_since_last_step(given: Case) -> None:
    """Run the chain as the case says; what is expected stands within its sequence."""
    assert given["netuid"] == NETUID
    state = demo_network().with_hyperparameters(NETUID, tempo=given["tempo"])
    clocks = state.clocks.at(NETUID, last_epoch_block=given["last_epoch_block"], blocks_since_last_step=0)
    state = replace(state, block=given["start_block"], clocks=clocks)
    for part in given["sequence"]:
        until = blocks_until_next_auto(state, NETUID)
        blocks = part["step"] if "step" in part else until + part["step_to_next_auto_plus"]
        state = block.run(state, blocks)
        assert state.clocks.blocks_since_last_step[NETUID] == part["expect"], part


def check_length(given: Case) -> bool:
    return has_enough(given["n"], given["min_allowed_weights"], given["uid"], given["uids"])


MISC_FUNCTIONS: dict[str, Callable[[Case], Any]] = {
    "burn_decay_factor_q32": burn_decay_factor_q32,
    "burn_decay_step": burn_decay_step,
    "burn_bump": burn_bump,
    "split_emissions": lambda x: split_emissions(x["alpha"], x["mechanism_count"], x["split"]),
    "mechanism_storage_index": lambda x: storage_index(x["netuid"], x["mechanism"]),
    "emergency_stake_split": emergency_stake_split,
    "mechanism_epoch_incentive": mechanism_epoch_incentive,
    "mechanism_epoch_aggregate": mechanism_epoch_aggregate,
    "inherited_stake": inherited_stake,
    "stake_weight_total": stake_weight_total,
    "epoch_stake_fallback_with_children": epoch_stake_fallback_with_children,
    "parent_child_dividends": parent_child_dividends,
    "dividend_distribution_totals": dividend_distribution_totals,
    "next_epoch_start_block": next_epoch_start_block,
    "blocks_since_last_step": blocks_since_last_step,
    "neuron_to_prune": prune,
    "check_length": check_length,
    "is_self_weight": lambda x: is_self_weight(x["uid"], x["uids"]),
    "alpha_values_validation": alpha_values_validation,
    "activity_cutoff_blocks": activity_cutoff_blocks,
}


@pytest.mark.parametrize("case", read("subnet_misc"), ids=named)
def test_around_the_epoch(case):
    found = MISC_FUNCTIONS[case["function"]](case["inputs"])
    assert differences(found, case["expected"], case["tolerance"]) == []


# ---------------------------------------------------------------- arithmetic


def raw(values: ArrayLike) -> NDArray[np.int64]:
    """Decimal numbers as the chain's tests write them down: the nearest I32F32."""
    return np.rint(np.asarray(values, float) * ONE).astype(np.int64)


def decimal(values: NDArray[np.int64], unit: float = 1.0) -> Any:
    return (values / ONE / unit).tolist()


def whole(values: ArrayLike) -> NDArray[np.int64]:
    """Numbers of which only the ratios matter, as they are."""
    return np.asarray(values, np.int64)


def sigmoid(x: Case) -> float:
    """The rate of a bond at a distance from consensus, between the rates 0 and 1."""
    weight, nothing = raw([[x["input"]]]), raw([[0]])
    return decimal(bonds.liquid_rates(weight, nothing, raw([0]), -x["rho"] * ONE, 0, ONE))[0][0]


def is_topk(x: Case) -> list[bool]:
    """Permits by stake; each stake one ulp more, since without any there is no permit."""
    return yuma.permits(raw(np.asarray(x["vector"]) / 10) + 1, x["k"], -1).tolist()


def row_normalize(x: Case) -> Any:
    return decimal(yuma.normalise_rows((whole(x["matrix"]) + 1).astype(np.int32)))


def masked(x: Case, permit: ArrayLike, own: ArrayLike, owner: int = -1, **blocks: list[int]) -> Any:
    """A matrix of weights after the masks: row r is that of uid ``own[r]``, column j that of uid j."""
    rows, n = whole(own), max(len(x["matrix"][0]), int(max(own)) + 1)
    stored = np.zeros((len(rows), n), np.int32)
    stored[:, : len(rows)] = whole(x["matrix"]) + 1
    holds, registered = np.zeros(n, bool), np.zeros(n, np.int64)
    committed = np.full(n, NEVER)
    holds[rows], registered[: len(rows)] = permit, blocks.get("second", 0)
    committed[rows] = blocks.get("first", NEVER)
    left = yuma.mask_weights(stored, rows, holds, np.full(n, 1000), registered, committed, owner)
    return np.maximum(left - 1, 0)[:, : len(rows)].tolist()


def mask_diag(x: Case) -> Any:
    """Uids 0 to 2 on each other; the exception is the subnet's owner."""
    owner = -1 if x["except_index"] is None else x["except_index"]
    return masked(x, [True] * 3, [0, 1, 2], owner)


def mask_rows(x: Case) -> Any:
    """Uids 3 to 5 on uids 0 to 2; a row is masked where its uid holds no permit."""
    return masked(x, [not gone for gone in x["mask"]], [3, 4, 5])


def vec_mask_matrix_lt(x: Case) -> Any:
    """Uids 3 to 5 on uids 0 to 2; masked where the commit is older than the miner."""
    return masked(x, [True] * 3, [3, 4, 5], first=x["first"], second=x["second"])


def matmul(x: Case) -> Any:
    """Ranks; the numbers are scaled down to fractions by a power of two."""
    ranks, _ = yuma.incentive(raw(x["matrix"]) >> 4, raw(x["vector"]) >> 4)
    return decimal(ranks, 1 / 256)


def matmul_transpose(x: Case) -> Any:
    """Dividends, which come as shares of their sum; scaled down as above."""
    matrix, vector = raw(x["matrix"]) >> 4, raw(x["vector"]) >> 4
    return decimal(bonds.dividends(matrix, vector, np.full(len(matrix), ONE)))


def weighted_median(x: Case) -> float:
    score = raw(x["score"]).reshape(-1, 1)
    return decimal(yuma.weighted_median(score, raw(x["stake"]), int(raw(x["majority"]))))[0]


def interpolate(x: Case) -> Any:
    """Weights mixed with clipped ones by the bonds penalty; large ones scaled down to fractions."""
    bits = 20 if np.max(x["b"]) > 1 else 0
    mixed = bonds.penalise(raw(x["a"]) >> bits, raw(x["b"]) >> bits, int(raw(x["ratio"])))
    return decimal(mixed, 1 / (1 << bits))


def moved_bonds(x: Case, present: NDArray[np.bool_]) -> Any:
    return decimal(bonds.move_bonds_liquid(raw(x["new"]), raw(x["old"]), raw(x["alpha"]), present))


def liquid_vs_fixed(x: Case) -> Any:
    """With both rates alike, liquid alpha moves bonds as one fixed rate does."""
    weights, old, consensus = raw(x["weights"]), raw(x["bonds"]), raw(x["consensus"])
    low, high = (fixed.u16_fraction(x[name]) for name in ("alpha_low_u16", "alpha_high_u16"))
    rate = bonds.liquid_rates(weights, old, consensus, -10 * ONE, low, high)
    return decimal(bonds.move_bonds_liquid(weights, old, rate, np.ones(weights.shape, bool)))


def bonds_alpha(x: Case) -> float:
    rules = Hyperparameters(bonds_moving_average=x["bonds_moving_average"])
    return matrix_inputs([1], [[1]], hyperparameters=rules).arrays.bonds_alpha / ONE


MATH_FUNCTIONS: dict[str, Callable[[Case], Any]] = {
    "vec_max_upscale_to_u16": lambda x: max_upscale([int(v) for v in x["vector"]]),
    "vec_u16_max_upscale_to_u16": lambda x: max_upscale(x["vector"]),
    "ema_alpha_from_bonds_moving_average": bonds_alpha,
    "u64_ratio_to_i32f32": lambda x: fixed.div_wide(x["numerator"], 0, x["denominator"], 0) / ONE,
    "sigmoid_safe": sigmoid,
    "is_topk": is_topk,
    "normalize": lambda x: decimal(fixed.normalise(raw(x["vector"]))),
    "vecdiv": lambda x: [fixed.div(a, b) / ONE for a, b in zip(raw(x["x"]), raw(x["y"]), strict=True)],
    "row_normalize": row_normalize,
    "col_normalize": lambda x: decimal(bonds.normalise_columns(whole(x["matrix"]))),
    "col_max_upscale": lambda x: decimal(bonds.upscale_columns(whole(x["matrix"]))),
    "mask_rows": mask_rows,
    "mask_diag": mask_diag,
    "vec_mask_matrix_lt": vec_mask_matrix_lt,
    "row_sum": lambda x: decimal(yuma.trust(raw(x["matrix"]))),
    "matmul": matmul,
    "matmul_transpose": matmul_transpose,
    "col_clip": lambda x: decimal(yuma.clip(raw(x["matrix"]), raw(x["threshold"]))),
    "weighted_median": weighted_median,
    "weighted_median_col": lambda x: decimal(
        yuma.weighted_median(raw(x["score"]), raw(x["stake"]), int(raw(x["majority"])))
    ),
    "interpolate": interpolate,
    "mat_ema_alpha_dense": lambda x: moved_bonds(x, np.ones(np.shape(x["new"]), bool)),
    "mat_ema_alpha_sparse": lambda x: moved_bonds(x, np.asarray(x["new"]) > 0),
    "compute_bonds_dense_liquid_vs_fixed": liquid_vs_fixed,
}


def is_in_range(case: Case) -> bool:
    """Whether the numbers are such as weights and bonds can be."""
    x = case["inputs"]
    match case["function"]:
        case "vec_max_upscale_to_u16":
            return all(v == int(v) and v <= U16_MAX for v in x["vector"])
        case "normalize":
            return min(x["vector"]) >= 0
        case "mat_ema_alpha_dense" | "mat_ema_alpha_sparse":
            new, old, alpha = (np.array(x[name]) for name in ("new", "old", "alpha"))
            return bool(np.all(new * alpha < 1) and np.all(old * (1 - alpha) < 1))
    return True


COMPARED_MATH = [
    case for case in read("math_functions") if case["function"] in MATH_FUNCTIONS and is_in_range(case)
]


@pytest.mark.parametrize("case", COMPARED_MATH, ids=named)
def test_arithmetic(case):
    found, expected = MATH_FUNCTIONS[case["function"]](case["inputs"]), case["expected"]
    if case["function"] == "matmul_transpose":
        expected = decimal(fixed.normalise(whole(expected)))
    assert differences(found, expected, case["tolerance"]) == []


# ---------------------------------------------------------------- sequences of epochs


@pytest.mark.parametrize("case", [case for name in SEQUENCES for case in read(name)], ids=named)
def test_sequences_of_epochs(case):
    assert case["kind"] == "epoch_sequence"
    for number, (step, found) in enumerate(play(case)):
        assert deviations(case, found, step["expected"]) == [], number
        assert differences_from_model(found, step["model_fixed"]) == [], number
    assert number + 1 == len(case["inputs"]["steps"])
