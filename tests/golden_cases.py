"""Golden cases: the chain's own unit tests, read from ``golden/epoch``, and their sequences replayed.

A sequence runs on a real chain state: its transitions are the package's own (a uid replaced, weights
set with every check, bonds reset, the subnet's epoch), and each step goes on from what the one before
left. Only what a case states for itself is put in by hand: the block, and stake weights, which are
alpha here with TAO on root counting nothing.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from immutables import Map

from bittensor_lab.epoch import trace_epoch
from bittensor_lab.mechanisms import epoch_inputs, run_subnet_epoch
from bittensor_lab.neurons import append_neuron, keep_uids, replace_neuron, reset_bonds
from bittensor_lab.params import Hyperparameters, meanings
from bittensor_lab.presets import demo_network
from bittensor_lab.rows import make_row
from bittensor_lab.share_pool import SharePool
from bittensor_lab.stake_weight import stake_weights
from bittensor_lab.state import State, TimelockedCommit, new_mechanism
from bittensor_lab.units import ONE, U16_MAX
from bittensor_lab.weights import Submission, set_weights_of, touched

Case = dict[str, Any]
FOLDER = Path(__file__).parent / "golden" / "epoch"
NETUID = 1
TRACES = {
    "S": "stake", "A": "active_stake", "C": "consensus", "R": "ranks", "I": "incentive",
    "Tv": "validator_trust", "D": "dividends",
}  # fmt: skip
"""the letters of the chain's own traces, as fields of EpochTrace"""


@cache
def read(name: str) -> list[Case]:
    """The cases of one file."""
    cases: list[Case] = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))["cases"]
    return cases


def differences(found: Any, expected: Any, tolerance: float, where: str = "") -> list[str]:
    """Where two values of the same shape are further apart than the tolerance."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        parts = [(f"{where}[{key}]", found[key], expected[key]) for key in expected]
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        parts = [(f"{where}[{i}]", found[i], value) for i, value in enumerate(expected)]
    elif isinstance(expected, bool | str | None) or tolerance == 0:
        return [] if found == expected else [f"{where}: {found!r}, not {expected!r}"]
    else:
        return [] if abs(found - expected) <= tolerance else [f"{where}: {found!r}, not {expected!r}"]
    return [text for there, a, b in parts for text in differences(a, b, tolerance, there)]


# ---------------------------------------------------------------- a chain with one subnet


def network(given: Case, mechanisms: int = 1) -> State:
    """A chain whose only subnet is as a case describes it."""
    blank = demo_network(validators=0, miners=0)
    subnet = keep_uids(blank.subnet(NETUID), np.zeros(0, np.int64))
    for uid, block in enumerate(given["block_at_registration"]):
        subnet = append_neuron(subnet, hotkey(uid), block)
    owner, permit = given.get("owner_uid"), np.array(given["validator_permit"], bool)
    empty = new_mechanism(given["n"], np.array(given["last_update"], np.int64))
    empty = replace(empty, timelocked=_commits(given.get("commit_blocks", {})))
    subnet = replace(
        subnet,
        owner_hotkey="nobody" if owner is None else hotkey(owner),
        validator_permit=permit,
        mechanisms=(empty,) * mechanisms,
    )
    last_step = given.get("last_mechanism_step_block", 0)
    threshold = given.get("stake_threshold", 0)
    state = blank.with_subnet(
        subnet,
        network=replace(blank.network, tao_weight=0, stake_threshold=threshold),
        clocks=blank.clocks.at(NETUID, last_step_block=last_step),
    )
    return with_stake(state.with_hyperparameters(NETUID, **_rules(given)), given["total_stake"])


def hotkey(uid: int) -> str:
    return f"hotkey-{uid}"


def with_stake(state: State, total: list[int]) -> State:
    """The same chain, each uid's stake weight set."""
    hotkeys = state.subnet(NETUID).hotkeys
    return replace(state, stake=(Map(), pools(dict(zip(hotkeys, total, strict=True)))))


def pools(stakes: dict[str, int]) -> Map[str, SharePool]:
    """A share pool with one holder for each hotkey."""
    return Map({key: SharePool().with_stake("holder", amount) for key, amount in stakes.items()})


def _rules(given: Case) -> dict[str, Any]:
    stated = {name: given[name] for name in meanings(Hyperparameters) if name in given}
    return {"weights_set_rate_limit": 0, "commit_reveal": "commit_blocks" in given} | stated


def _commits(blocks: dict[str, int]) -> Map[int, tuple[TimelockedCommit, ...]]:
    waiting = tuple(TimelockedCommit(hotkey(int(uid)), block, (), (), 0) for uid, block in blocks.items())
    return Map({0: waiting}) if waiting else Map()


def put_weights(state: State, mechanism: int, uid: int, entry: Case) -> State:
    """The same chain with a row of weights stored just so, unscaled and unchecked."""
    subnet = state.subnet(NETUID)
    before = subnet.mechanisms[mechanism]
    row = make_row(entry["uids"], entry["values"])
    rows = (*before.weights[:uid], row, *before.weights[uid + 1 :])
    updated = touched(before, uid, entry["last_update"])
    return state.with_subnet(subnet.with_mechanism(mechanism, weights=rows, last_update=updated))


# ---------------------------------------------------------------- sequences of epochs


def play(case: Case) -> Iterator[tuple[Case, Case]]:
    """Each step of a sequence, and what its epoch stored and paid here."""
    given = spelled_out(case["inputs"]["state"])
    state = network(given)
    for step in case["inputs"]["steps"]:
        state = _prepare(state, step, given["n"])
        trace = trace_epoch(_inputs(state, step["rao_emission"]))
        subnet, terms = run_subnet_epoch(state, NETUID, step["rao_emission"])
        state = state.with_subnet(subnet)
        found = {name: getattr(terms, name).tolist() for name in type(terms).__dataclass_fields__}
        found |= {f"trace_{x}": (getattr(trace, name) / ONE).tolist() for x, name in TRACES.items()}
        found["incentive"] = subnet.mechanisms[0].incentive.tolist()
        found["bonds"] = _by_pair(enumerate(subnet.mechanisms[0].bonds.to_lists()))
        yield step, found


def _by_pair(rows: Iterable[tuple[int | str, list[list[int]]]]) -> dict[str, int]:
    """Bonds by "row,uid"; one of 0 is as good as none."""
    return {f"{i},{j}": value for i, row in rows for j, value in row if value}


def _inputs(state: State, rao_emission: int) -> Any:
    subnet = state.subnet(NETUID)
    return epoch_inputs(state, subnet, subnet.mechanisms[0], rao_emission, stake_weights(state, NETUID))


def _prepare(state: State, step: Case, n: int) -> State:
    """All that happens before a step's epoch, in the order of ``spec/epoch.md`` 11."""
    stated, entries = step.get("state_updates", {}), step.get("set_weights", [])
    if "set_weights_compact" in step:
        entries = _spelled_out_weights(step["set_weights_compact"], n)
    if "replace_uid" in step:
        uid = step["replace_uid"]
        block = stated["block_at_registration"][uid]
        for entry in entries:
            state = _set_weights(state, entry) if entry["last_update"] <= block else state
        entries = [entry for entry in entries if entry["last_update"] > block]
        state = state.with_subnet(replace_neuron(state.subnet(NETUID), uid, f"newcomer-{uid}", block))
    if "total_stake" in stated:
        state = with_stake(state, stated["total_stake"])
    _check_stated(state, stated)
    for entry in entries:
        state = _set_weights(state, entry)
    if "reset_bonds_uid" in step:
        state = state.with_subnet(reset_bonds(state.subnet(NETUID), step["reset_bonds_uid"]))
    return replace(state, block=step["block"])


def _check_stated(state: State, stated: Case) -> None:
    """What a step states of the chain besides stake, its own transitions must have brought about."""
    subnet = state.subnet(NETUID)
    there = {
        "total_stake": stake_weights(state, NETUID)[0].tolist(),
        "block_at_registration": subnet.block_at_registration.tolist(),
        "last_update": subnet.mechanisms[0].last_update.tolist(),
        "validator_permit": subnet.validator_permit.tolist(),
    }
    assert {name: there[name] for name in stated} == stated


def _set_weights(state: State, entry: Case) -> State:
    if entry.get("raw"):
        return put_weights(state, 0, entry["uid"], entry)
    uids, values = tuple(entry["uids"]), tuple(entry["values"])
    submission = Submission(state.subnet(NETUID).hotkeys[entry["uid"]], NETUID, 0, uids, values, 0)
    return set_weights_of(replace(state, block=entry["last_update"]), submission)[0]


def spelled_out(given: Case) -> Case:
    """The state of a large case with its columns written out."""
    if "total_stake_compact" not in given:
        return given
    short, n = given["total_stake_compact"], given["n"]
    assert (given["block_at_registration"], given["last_update"]) == ("zeros", "zeros")
    assert given["validator_permit"] == "all false"
    stake = [short["value"] if uid in short["uids"] else short["others"] for uid in range(n)]
    columns = {"total_stake": stake, "validator_permit": [False] * n}
    return given | columns | {"block_at_registration": [0] * n, "last_update": [0] * n}


def _spelled_out_weights(short: Case, n: int) -> list[Case]:
    assert short["target_uids"] == "all non-validators"
    block, value = short["last_update"], short["value"]
    targets = [uid for uid in range(n) if uid not in short["validators"]]
    rows = [(uid, targets) for uid in short["validators"]]
    rows += [(uid, [uid]) for uid in short["self_weight_uids"]]
    return [
        {"uid": uid, "uids": uids, "values": [value] * len(uids), "last_update": block} for uid, uids in rows
    ]


# ---------------------------------------------------------------- what a step expects


def deviations(case: Case, found: Case, expected: Case) -> list[str]:
    """Where what was found is further from what the chain's test asserts than its case allows."""
    said = list[str]()
    for key, value in expected.items():
        if key in ("servers", "validators"):
            said += _group_deviations(case, key, found, value)
        elif key.startswith("server_emission_"):
            assert key in ("server_emission_equal", "server_emission_positive")
            paid = {found["server_emission"][uid] for uid in value}
            right = len(paid) == 1 if key.endswith("equal") else min(paid) > 0
            said += [] if right else [f"{key}: {found['server_emission']}"]
        else:
            said += differences(_in_shape_of(value, key, found), value, _allowed(case, key), key)
    return said


def differences_from_model(found: Case, exact: Case) -> list[str]:
    """Where what was found is not, to the last bit, the whole output of an exact model."""
    if "note" in exact:
        assert exact.keys() == {"note"} and exact["note"].startswith("omitted")
        return []
    exact = exact | {"bonds": _by_pair(exact["bonds"].items())}
    assert len(exact) == 11
    return differences({name: found[name] for name in exact}, exact, 0)


def _in_shape_of(value: Any, key: str, found: Case) -> Any:
    """What was found, for a list or for the pairs or uids of a dict, as u16 or as a proportion."""
    name, unit = (key.removesuffix("_prop"), U16_MAX) if key.endswith("_prop") else (key, 1)
    column = found[name]
    if name == "bonds":
        return {pair: column.get(pair, 0) / unit for pair in value}
    if isinstance(value, dict):
        return {uid: column[int(uid)] / unit for uid in value}
    return [item / unit for item in column] if unit > 1 else column


def _allowed(case: Case, key: str) -> float:
    """The case's tolerance; for integers, how far an exact model is from the case if that is less."""
    tolerance: dict[str, float] = case["tolerance"]
    if key.startswith("trace_") or key.endswith("_prop"):
        return tolerance["trace" if key.startswith("trace_") else key]
    if key not in ("emission", "bonds"):
        return min(tolerance["u16"], case["verified"]["fixed_model_max_err"].get(key, tolerance["u16"]))
    kind = {"emission": "emission_rao", "bonds": "bonds_u16"}[key]
    measured = case["verified"]["fixed_model_max_err"]
    return min(tolerance[kind], measured["emission" if key == "emission" else kind])


def _group_deviations(case: Case, group: str, found: Case, expected: Case) -> list[str]:
    """The same for a value that all validators, or all servers, of a large case share."""
    stake = spelled_out(case["inputs"]["state"])["total_stake"]
    validators = [uid for uid, rao in enumerate(stake) if rao]
    servers = [uid for uid, rao in enumerate(stake) if not rao]
    said = list[str]()
    for key, value in expected.items():
        if key.startswith("bond_on_any_"):
            targets = {"server": servers, "validator": validators}[key.removeprefix("bond_on_any_")]
            held = [found["bonds"].get(f"{i},{j}", 0) for i in validators for j in targets]
            said += differences(held, [value] * len(held), _allowed(case, "bonds"), key)
        else:
            members = validators if group == "validators" else servers
            column = [found[key][uid] for uid in members]
            said += differences(column, [value] * len(column), _allowed(case, key), f"{group} {key}")
    return said
