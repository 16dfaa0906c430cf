"""Points to sweep: a scenario's number, or what becomes of a network whose rules are changed.

    scenario("price pump")      (parameters ignored, seed) -> number
    network                     parameters by name, in what people read (kappa 0.5, not 32767)

A network's parameters are those of its subnets and of the chain, by their names, and ``regime`` (A to G),
``subnets``, ``validators``, ``miners`` and ``blocks``. Its validators look at the miners once in a tempo,
each with some noise, and nobody else does anything: rules for trades, registrations and keys change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from functools import partial
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab import scenarios
from bittensor_lab.agents import Act, Agent, honest
from bittensor_lab.block import Extrinsic
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.errors import InputError
from bittensor_lab.kernels.amm import spot_price
from bittensor_lab.params import Hyperparameters, NetworkParameters, meaning
from bittensor_lab.params.meaning import check_value
from bittensor_lab.presets import classroom, demo_network
from bittensor_lab.regimes import regime, with_regime
from bittensor_lab.simulate import simulate
from bittensor_lab.state import State
from bittensor_lab.sweep import Grid
from bittensor_lab.sweep.work import Point
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

SIZES = {"subnets": 8, "validators": 4, "miners": 12, "blocks": 1_800}
MOST_SEEDS = 100_000
MOST_BLOCKS = 50_000_000
"""20 years"""
NOISE = 0.15
"""of what a validator sees, as in the demonstration network itself"""
SWITCHES = {"on": True, "true": True, "off": False, "false": False}
SUBNET = {item.name for item in fields(Hyperparameters)}
CHAIN = {item.name for item in fields(NetworkParameters)}


def asked(what: str, over: Sequence[str], seeds: int) -> tuple[Point, Grid]:
    """Return the point and the grid of words as a command line has them.

    Parameters
    ----------
    what
        "network" or a scenario's name.
    over
        "name=value,value" for each parameter.

    Raises
    ------
    InputError
        if a word makes no sense.
    """
    values: dict[str, list[Any]] = {}
    for text in over:
        name, equals, listed = text.partition("=")
        if not equals or not name or not listed:
            raise InputError(f"{text!r} is no parameter", remedy="Write it as NAME=VALUE,VALUE.")
        if name in values:
            raise InputError(f"{name} is given twice", remedy=f"Write {name}={listed},... once.")
        values[name] = [_value(each.strip()) for each in listed.split(",")]
    if not 1 <= seeds <= MOST_SEEDS:
        raise InputError(f"seeds must be a number from 1 to {MOST_SEEDS}, not {seeds}")
    if what != "network":
        point = scenario(what)
        _refuse(values)
        return point, Grid({}, range(seeds))
    for name, listed_values in values.items():
        for value in listed_values:
            as_stored(name, value)
    return network, Grid(values, range(seeds))


def _value(text: str) -> bool | int | float | str:
    """A value as it was typed: a switch, a number, or else a text."""
    if text.lower() in SWITCHES:
        return SWITCHES[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def scenario(name: str) -> Point:
    """Return the point of a scenario; raises InputError if there is none of that name."""
    if name not in scenarios.names():
        raise InputError(
            f"there is no scenario {name!r}", remedy=f"Known: {', '.join(scenarios.names())}; or network."
        )
    return partial(_scenario, name)


def _scenario(name: str, parameters: dict[str, Any], seed: int) -> dict[str, float]:
    _refuse(parameters)
    return {"number": scenarios.run(name, seed).number}


def _refuse(parameters: Iterable[str]) -> None:
    for name in parameters:
        raise InputError(f"a scenario has no parameter {name!r}", remedy="Sweep over seeds only.")


def as_stored(name: str, value: Any) -> Any:
    """Return a parameter of a network as the chain stores it, and a size or a regime as it is.

    Raises
    ------
    InputError
        if there is no such parameter, or the value is none that it can have.
    """
    if name == "regime":
        return regime(str(value)).letter
    if name in SIZES:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_BLOCKS:
            raise InputError(f"{name} must be a whole number from 1 to {MOST_BLOCKS:,}, not {value!r}")
        return value
    if name not in SUBNET | CHAIN:
        raise InputError(
            f"a network has no parameter {name!r}",
            remedy="Use the name of a hyperparameter, as kappa, or of " + ", ".join(SIZES) + ", regime.",
        )
    return _rule(name, value)


def _rule(name: str, value: Any) -> int | bool:
    """A hyperparameter as stored: 0.5 of 65535 is 32768."""
    meant = meaning(name)
    if meant.unit == "on or off":
        if value not in (0, 1):
            raise InputError(f"{name} must be on or off, not {value!r}", remedy=meant.sentence)
        return bool(value)
    try:
        exact = Fraction(str(value)) * meant.scale
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name} must be a number, not {value!r}", remedy=meant.sentence) from None
    if meant.scale == 1 and exact.denominator != 1:
        raise InputError(f"{name} must be a whole number, not {value!r}", remedy=meant.sentence)
    low, high = Fraction(meant.low, meant.scale), Fraction(meant.high, meant.scale)
    if not meant.low <= exact <= meant.high:
        raise InputError(
            f"{name} must lie between {float(low):g} and {float(high):g}, not {value!r}",
            remedy=meant.sentence,
        )
    stored = floor(exact + Fraction(1, 2))
    check_value(name, stored, meant)
    return stored


def network(parameters: dict[str, Any], seed: int) -> dict[str, float]:
    """Let a demonstration network with these parameters run, and return what became of it."""
    given = {name: as_stored(name, value) for name, value in parameters.items()}
    sizes: dict[str, Any] = {name: given.get(name, size) for name, size in SIZES.items()}
    blocks = sizes.pop("blocks")
    start = _start(given, sizes, seed)
    return measures(simulate(start, blocks, [validators(start)], seed=seed, every=blocks).state)


def _start(given: Mapping[str, Any], sizes: Mapping[str, int], seed: int) -> State:
    """The network to begin with."""
    rules = classroom()
    subnet: dict[str, Any] = {name: value for name, value in given.items() if name in SUBNET}
    chain: dict[str, Any] = {name: value for name, value in given.items() if name in CHAIN}
    rules = replace(rules, subnet=replace(rules.subnet, **subnet), network=replace(rules.network, **chain))
    state = demo_network(
        sizes["subnets"], sizes["validators"], sizes["miners"], seed=seed, rulebook=rules,
        commit_reveal=given.get("commit_reveal", False),
    )  # fmt: skip
    return with_regime(state, given["regime"]) if "regime" in given else state


def validators(state: State) -> Agent:
    """Return a network's validators, as one: in each tempo all look at the miners, each with some noise.

    How good a miner is, is what they thought of it on average at the start.
    """
    looks: list[tuple[str, Act]] = []
    for netuid in state.netuids:
        subnet = state.subnet(netuid)
        rows = [(hotkey, subnet.mechanisms[0].weights[uid]) for hotkey, uid in subnet.uids.items()]
        looking = [(hotkey, row) for hotkey, row in rows if len(row.uid)]
        quality = dict.fromkeys(subnet.hotkeys, 0.0)
        for _, row in looking:
            for uid, value in zip(row.uid.tolist(), row.value.tolist(), strict=True):
                quality[subnet.hotkeys[uid]] += value / len(looking)
        seen = {hotkey: value for hotkey, value in quality.items() if value}
        looks += [(hotkey, honest(netuid, seen, NOISE)) for hotkey, _ in looking]
    rules = [state.hyperparameters(netuid) for netuid in state.netuids]
    every = max(max(each.tempo, each.weights_set_rate_limit) for each in rules)
    return Agent("validators", "", _all_of(looks), min(max(1, every), MOST_BLOCKS))


def _all_of(looks: Sequence[tuple[str, Act]]) -> Act:
    """One act of several, each by a hotkey of its own."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        return [
            extrinsic for hotkey, look in looks for extrinsic in look(state, replace(me, hotkey=hotkey), rng)
        ]

    return act


def measures(state: State) -> dict[str, float]:
    """Return what a network has come to: concentration of emission and of pay, agreement, prices, root.

    Validators are who has set weights, miners are the others but the owner.
    """
    shares, p, netuids = emission_shares(state), state.pools, state.netuids
    subnets = [state.subnet(netuid) for netuid in netuids]
    looks = np.concatenate([[len(row.uid) > 0 for row in s.mechanisms[0].weights] for s in subnets])
    owner = np.concatenate([[hotkey == s.owner_hotkey for hotkey in s.hotkeys] for s in subnets])
    incentive = np.concatenate([s.mechanisms[0].incentive for s in subnets]).astype(float)
    dividends = np.concatenate([s.dividends for s in subnets]).astype(float)
    trust = np.concatenate([s.validator_trust for s in subnets])[looks]
    prices = [spot_price(int(p.tao_in[n]), int(p.alpha_in[n]), int(p.quote_weight[n])) for n in netuids]
    return {
        "largest_share": float(shares.max()),
        "share_gini": gini(shares[netuids]),
        "incentive_gini": gini(incentive[~looks & ~owner]),
        "dividend_gini": gini(dividends[looks]),
        "validator_trust": float(trust.mean()) / U16_MAX if len(trust) else 0.0,
        "price_sum": float(sum(prices)),
        "root_stake": int(p.tao_in[0]) / RAO_PER_TAO,
        "issuance": state.total_issuance / RAO_PER_TAO,
    }


def gini(values: NDArray[np.float64]) -> float:
    """Return the Gini coefficient of [n] amounts: 0 if all are equal, towards 1 if one has all; 0 of none."""
    if not len(values) or values.sum() <= 0:
        return 0.0
    ordered, n = np.sort(values), len(values)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))
