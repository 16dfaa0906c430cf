"""Points to sweep: a scenario's number, or what becomes of a network whose rules are changed.

    scenario("price pump")      (parameters ignored, seed) -> number
    network                     parameters by name, in what people read (kappa 0.5, not 32767)

A network's parameters are those of its subnets and of the chain, by their names, and ``regime`` (A to G),
``subnets``, ``validators``, ``miners`` and ``blocks``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab import scenarios
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.errors import InputError
from bittensor_lab.kernels.amm import spot_price
from bittensor_lab.params import Hyperparameters, NetworkParameters, meaning
from bittensor_lab.params.meaning import check_value
from bittensor_lab.presets import classroom, demo_network
from bittensor_lab.regimes import with_regime
from bittensor_lab.simulate import simulate
from bittensor_lab.state import State
from bittensor_lab.sweep import Grid
from bittensor_lab.sweep.work import Point
from bittensor_lab.units import RAO_PER_TAO

SIZES = {"subnets": 8, "validators": 4, "miners": 12, "blocks": 1_800}
MOST_SEEDS = 100_000
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
        values[name] = [_value(each) for each in listed.split(",")]
    if not 1 <= seeds <= MOST_SEEDS:
        raise InputError(f"seeds must be a number from 1 to {MOST_SEEDS}, not {seeds}")
    if what == "network":
        check_names(values)
        return network, Grid(values, range(seeds))
    if values:
        raise InputError(
            f"a scenario has no parameter {next(iter(values))!r}", remedy="Sweep over seeds only."
        )
    return scenario(what), Grid({}, range(seeds))


def _value(text: str) -> bool | int | float | str:
    """A value as it was typed: a switch, a number, or else a text."""
    if text.lower() in SWITCHES:
        return SWITCHES[text.lower()]
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def scenario(name: str) -> Point:
    """Return the point of a scenario; raises InputError if there is none of that name."""
    if name not in scenarios.names():
        raise InputError(
            f"there is no scenario {name!r}", remedy=f"Known: {', '.join(scenarios.names())}; or network."
        )
    return partial(_scenario, name)


def _scenario(name: str, parameters: dict[str, Any], seed: int) -> dict[str, float]:
    if parameters:
        raise InputError(f"a scenario has no parameter {next(iter(parameters))!r}")
    return {"number": scenarios.run(name, seed).number}


def check_names(names: Iterable[str]) -> None:
    """Raise InputError unless a network has parameters of all these names."""
    for name in names:
        if name not in SUBNET | CHAIN | SIZES.keys() | {"regime"}:
            raise InputError(
                f"a network has no parameter {name!r}",
                remedy="Use the name of a hyperparameter, as kappa, or of " + ", ".join(SIZES) + ", regime.",
            )


def network(parameters: dict[str, Any], seed: int) -> dict[str, float]:
    """Let a demonstration network with these parameters run, and return what became of it."""
    check_names(parameters)
    sizes: dict[str, Any] = {name: int(parameters.get(name, size)) for name, size in SIZES.items()}
    rules = classroom()
    subnet: dict[str, Any] = {
        name: _stored(name, value) for name, value in parameters.items() if name in SUBNET
    }
    chain: dict[str, Any] = {
        name: _stored(name, value) for name, value in parameters.items() if name in CHAIN
    }
    rules = replace(rules, subnet=replace(rules.subnet, **subnet), network=replace(rules.network, **chain))
    blocks = sizes.pop("blocks")
    start = demo_network(**sizes, seed=seed, rulebook=rules)
    if "regime" in parameters:
        start = with_regime(start, str(parameters["regime"]))
    return measures(simulate(start, blocks, seed=seed, every=blocks).state)


def _stored(name: str, value: Any) -> int | bool:
    """A value as the chain stores it."""
    if isinstance(value, str):
        raise InputError(f"{name} must be a number or a switch, not {value!r}")
    meant = meaning(name)
    stored = value if isinstance(value, bool) else round(value * meant.scale)
    check_value(name, stored, meant)
    return stored


def measures(state: State) -> dict[str, float]:
    """Return what a network has come to: concentration of emission and of pay, prices, root."""
    shares, p, netuids = emission_shares(state), state.pools, state.netuids
    incentive = np.concatenate([state.subnet(n).mechanisms[0].incentive for n in netuids]).astype(float)
    dividends = np.concatenate([state.subnet(n).dividends for n in netuids]).astype(float)
    prices = [spot_price(int(p.tao_in[n]), int(p.alpha_in[n]), int(p.quote_weight[n])) for n in netuids]
    return {
        "largest_share": float(shares.max()),
        "share_gini": gini(shares[netuids]),
        "incentive_gini": gini(incentive[incentive > 0]),
        "dividend_gini": gini(dividends[dividends > 0]),
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
