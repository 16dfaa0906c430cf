"""Worlds to simulate: a network of main net's size, whose opinions drift, and the people who trade in it.

    start = mainnet_like(seed=1)                     # 128 subnets of 256 uids, 12 validators each
    start, traders = with_traders(start, 1_000)      # everyone acts once a day
    simulate(start, YEAR, [drift(), *traders])

``simulated(Asked(...), folder)`` does all of it and leaves the tables in a folder: the command line's
``bittensor-lab simulate``.

The rules are main net's with two exceptions that go with its size: a subnet has as many permits as it has
validators, and, since opinions change weekly here, a validator may go longer without setting weights than
an owner could allow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bittensor_lab import __version__, datasets
from bittensor_lab.agents import (
    Act,
    Agent,
    index,
    momentum,
    pump_and_dump,
    value_investor,
    yield_chaser,
)
from bittensor_lab.block import Extrinsic
from bittensor_lab.errors import InputError
from bittensor_lab.extrinsics import SetWeights
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.regimes import with_regime
from bittensor_lab.rows import Row, make_row
from bittensor_lab.simulate import DAY, Progress, Result, simulate
from bittensor_lab.state import State
from bittensor_lab.store import load, write
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

WEEK = 50_400
"""blocks"""
CUTOFF = 150_000
"""thousandths of a tempo: more than a week"""
MOST_BLOCKS, MOST_TRADERS = 20 * 365 * DAY, 100_000
PURSE = 200 * RAO_PER_TAO
TRADERS = (*(value_investor, momentum, yield_chaser, pump_and_dump) * 4, index)
"""kinds in turn; few buy the whole market, since that is as many trades as there are subnets"""


def mainnet_like(
    seed: int = 0, subnets: int = 128, validators: int = 12, miners: int = 243, density: float = 0.3
) -> State:
    """Return a network of main net's size and rules, in which a validator weighs a part of the miners."""
    rules = mainnet()
    own = replace(rules.subnet, max_allowed_validators=validators, activity_cutoff_factor_milli=CUTOFF)
    state = demo_network(subnets, validators, miners, seed=seed, rulebook=replace(rules, subnet=own))
    rng = np.random.default_rng([seed, 1])
    for netuid in state.netuids:
        subnet = state.subnet(netuid)
        rows = tuple(_thinned(row, density, rng) for row in subnet.mechanisms[0].weights)
        state = state.with_subnet(subnet.with_mechanism(0, weights=rows))
    return state


@dataclass(frozen=True)
class Asked:
    """A run by its name and numbers."""

    network: str
    """"mainnet", "mainnet_2026" or "demo"; or the path of a saved chain, or of a snapshot's folder"""
    days: float = 365.0
    subnets: int = 128
    traders: int = 0
    """people who trade once a day"""
    seed: int = 0
    regime: str | None = None
    """rule of emission, A to G; None: the network's own"""
    every: int = DAY
    """blocks between two records"""

    def start(self) -> State:
        """Return the network to begin with.

        Raises
        ------
        InputError
            if there is no such network or rule, or it cannot have so many subnets.
        """
        state = self._named()
        return with_regime(state, self.regime) if self.regime else state

    def _named(self) -> State:
        if self.network == "mainnet":
            return mainnet_like(self.seed, self.subnets)
        if self.network == "mainnet_2026":
            return datasets.mainnet_network(self.seed)
        if self.network == "demo":
            return demo_network(self.subnets, seed=self.seed)
        place = Path(self.network)
        if place.is_dir():
            return datasets.load_snapshot(place)
        if place.is_file():
            return load(place)
        raise InputError(
            f"there is no network {self.network!r}",
            remedy="Known: mainnet, mainnet_2026, demo; or give a saved chain, or a folder with a snapshot.",
        )


def simulated(
    asked: Asked,
    folder: str | Path,
    threads: int = 1,
    checkpoint: float = 20.0,
    progress: Progress | None = None,
) -> Result:
    """Run what is asked for, leave the tables, the end and ``run.json`` in a folder, and return the result.

    Validators' weights drift weekly on "mainnet" and "mainnet_2026".

    Raises
    ------
    InputError
        if a number makes no sense, or the folder cannot be used.
    """
    blocks = round(asked.days * DAY)
    if not 1 <= blocks <= MOST_BLOCKS:
        raise InputError(f"days must lie between 1/{DAY} and {MOST_BLOCKS // DAY}, not {asked.days:g}")
    if not 0 <= asked.traders <= MOST_TRADERS:
        raise InputError(f"traders must be from 0 to {MOST_TRADERS:,}, not {asked.traders}")
    start, traders = with_traders(asked.start(), asked.traders)
    people = [drift(), *traders] if asked.network.startswith("mainnet") else traders
    result = simulate(
        start, blocks, people, seed=asked.seed, every=asked.every, threads=threads, folder=folder,
        checkpoint_seconds=checkpoint, progress=progress,
    )  # fmt: skip
    target = result.save(folder)
    about = {"made_with": f"bittensor_lab {__version__}", "blocks": blocks, **asdict(asked)}
    write(target / "run.json", json.dumps(about, indent=1).encode() + b"\n")
    return result


def _thinned(row: Row, density: float, rng: np.random.Generator) -> Row:
    """A part of a row's pairs, in their order."""
    if not len(row.uid):
        return row
    kept = np.sort(rng.choice(len(row.uid), max(1, round(density * len(row.uid))), replace=False))
    return make_row(row.uid[kept], row.value[kept])


def drift(size: float = 0.1, every: int = WEEK) -> Agent:
    """Return the validators, as one: now and then all change their weights, by about a part ``size``."""
    return Agent("validators", "", _drifting(size), every)


def _drifting(size: float) -> Act:
    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        asked: list[Extrinsic] = []
        for netuid in state.netuids:
            subnet = state.subnet(netuid)
            for hotkey, row in zip(subnet.hotkeys, subnet.mechanisms[0].weights, strict=True):
                if len(row.uid):
                    seen = row.value * np.exp(rng.normal(0.0, size, len(row.uid)))
                    values = np.maximum(1, np.round(seen / seen.max() * U16_MAX)).astype(int)
                    asked.append(SetWeights(hotkey, netuid, tuple(row.uid.tolist()), tuple(values.tolist())))
        return asked

    return act


def with_traders(
    state: State, count: int, every: int = DAY, acts: Sequence[Act] = TRADERS
) -> tuple[State, list[Agent]]:
    """Return the state with ``count`` people who hold 200 TAO each, and them: the kinds take turns."""
    names = [f"trader-{number + 1}" for number in range(count)]
    validators = [hotkey for hotkey in sorted(state.stake[0])] or [""]
    agents = [
        Agent(name, validators[number % len(validators)], acts[number % len(acts)], every)
        for number, name in enumerate(names)
    ]
    free = state.free.update(dict.fromkeys(names, PURSE))
    return replace(state, free=free, total_issuance=state.total_issuance + count * PURSE), agents
