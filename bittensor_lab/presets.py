"""Presets: sets of rules to start from, and whole demonstration networks.

``mainnet()`` has the constants of main net. With them nothing moves within a lesson: an epoch takes
72 minutes, and 600 blocks close 0.2 % of a gap in price. ``classroom()`` keeps every rule and the
exact arithmetic and scales the constants of time; ``constants(...)`` lists what it changed, so that a
page can say so.

``demo_network(...)`` builds the state of a network of any size from a seed: an owner, validators with
stake, miners of different quality, and weights that follow the quality.

Source: ``spec/epoch.md`` 1.2, ``spec/economy.md`` 10; main net's stored values where they differ from
the code's defaults.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from bittensor_lab.errors import InputError
from bittensor_lab.params import Hyperparameters, NetworkParameters
from bittensor_lab.rows import EMPTY_ROW, Row, make_row
from bittensor_lab.state import Clocks, Pools, Rules, State, Subnet, new_mechanism
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

MAX_SUBNETS = 1024
DEMO_BLOCK = 1_000


@dataclass(frozen=True)
class Rulebook:
    """The rules of a new subnet, and of the network that it is in."""

    name: str
    subnet: Hyperparameters
    network: NetworkParameters


def mainnet() -> Rulebook:
    """Return the rules of the pinned chain version with main net's stored values."""
    return Rulebook("mainnet", Hyperparameters(), NetworkParameters())


def classroom() -> Rulebook:
    """Return main net's rules with constants of time and size fit for a lesson."""
    real = mainnet()
    return Rulebook(
        "classroom",
        replace(
            real.subnet,
            tempo=60,
            immunity_period=240,
            min_allowed_uids=4,
            min_non_immune_uids=2,
            weights_set_rate_limit=10,
            burn_half_life=60,
        ),
        replace(
            real.network,
            admin_freeze_window=1,
            min_tempo=10,
            tempo_rate_limit=60,
            mechanism_rate_limit=120,
            trim_rate_limit=120,
            owner_hyperparam_rate_limit=0,
            weights_version_key_rate_limit=1,
            set_children_rate_limit=10,
            pending_childkey_cooldown=120,
            tx_childkey_take_rate_limit=600,
            tx_delegate_take_rate_limit=600,
            tx_rate_limit=30,
            hotkey_swap_interval=120,
        ),
    )


def constants(rulebook: Rulebook) -> list[tuple[str, int, int]]:
    """Return (parameter, main net's value, this rulebook's value) wherever the two differ."""
    real, rows = mainnet(), []
    for ours, theirs in ((rulebook.subnet, real.subnet), (rulebook.network, real.network)):
        for item in fields(theirs):
            pair = getattr(theirs, item.name), getattr(ours, item.name)
            if pair[0] != pair[1]:
                rows.append((item.name, *pair))
    return rows


def empty_network(rulebook: Rulebook | None = None) -> State:
    """Return a chain at block 0 with no subnet but root and no account."""
    chosen = classroom() if rulebook is None else rulebook
    columns: dict[str, Any] = {item.name: np.zeros(1, np.int64) for item in fields(Clocks)}
    columns["burn"] = np.zeros(1, np.uint64)
    return State(
        block=0,
        network=chosen.network,
        total_issuance=0,
        free=Map(),
        owner=Map(),
        takes=Map(),
        stake=(Map(),),
        subnets=(None,),
        rules=Rules((None,)),
        clocks=Clocks(**columns),
        pools=Pools(account=np.zeros(1, np.int64), alpha_out=np.zeros(1, np.int64)),
    )


def demo_network(
    subnets: int = 1,
    validators: int = 4,
    miners: int = 8,
    *,
    seed: int = 0,
    rulebook: Rulebook | None = None,
    commit_reveal: bool = False,
    weights: bool = True,
) -> State:
    """Return a network at block 1,000 with stake, neurons and weights, all from ``seed``.

    Alice, Bob and Carol hold 1,000 TAO each and nothing else: they are whoever sits at the keyboard.

    Parameters
    ----------
    subnets
        how many, besides root. Each has the owner's hotkey as uid 0, then validators, then miners.
    validators, miners
        of each subnet; with the owner at most ``max_allowed_uids`` together.
    commit_reveal
        off by default, so that weights can be set directly.
    weights
        whether validators have set weights already, near the miners' quality.

    Raises
    ------
    InputError
        if a size is impossible.
    """
    chosen = classroom() if rulebook is None else rulebook
    chosen = replace(chosen, subnet=replace(chosen.subnet, commit_reveal=commit_reveal))
    _check_sizes(subnets, validators, miners, chosen.subnet.max_allowed_uids)
    names = [f"validator-{v + 1}" for v in range(validators)]
    rng = np.random.default_rng([seed, subnets, validators, miners])
    built = [_subnet(netuid, names, miners, weights, rng) for netuid in range(1, subnets + 1)]
    stake = [_stakes(names, rng, 100) for _ in range(subnets + 1)]
    free = {name: 10 * RAO_PER_TAO for name in _coldkeys(built, names)}
    free |= {name: 1_000 * RAO_PER_TAO for name in ("alice", "bob", "carol")}
    root_stake = sum(stake[0].values())
    owner = {hotkey: _coldkey(hotkey) for subnet in built for hotkey in subnet.hotkeys}
    return State(
        block=DEMO_BLOCK,
        network=chosen.network,
        total_issuance=sum(free.values()) + root_stake,
        free=Map(free),
        owner=Map(owner),
        takes=Map(),
        stake=tuple(Map(ledger) for ledger in stake),
        subnets=(None, *built),
        rules=Rules((None, *[chosen.subnet] * subnets)),
        clocks=_clocks(np.arange(subnets + 1, dtype=np.int64), max(1, chosen.subnet.tempo)),
        pools=Pools(
            account=np.array([root_stake] + [0] * subnets, np.int64),
            alpha_out=np.array([0, *(sum(ledger.values()) for ledger in stake[1:])], np.int64),
        ),
    )


def _clocks(netuids: NDArray[np.int64], tempo: int) -> Clocks:
    """Clocks in which the subnets' epochs are spread over a tempo, as registration spreads them."""
    zeros = np.zeros(len(netuids), np.int64)
    return Clocks(
        burn=np.where(netuids > 0, RAO_PER_TAO, 0).astype(np.uint64),
        blocks_since_last_step=netuids % tempo,
        last_epoch_block=DEMO_BLOCK - netuids % tempo,
        pending_epoch_at=zeros,
        last_step_block=zeros,
        epoch_index=zeros,
        pending_emission=zeros,
    )


def _check_sizes(subnets: int, validators: int, miners: int, places: int) -> None:
    for name, value, low, high in (
        ("subnets", subnets, 1, MAX_SUBNETS),
        ("validators", validators, 0, places - 1),
        ("miners", miners, 0, places - 1 - validators),
    ):
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InputError(
                f"a network can have {low} to {high} {name}, not {value!r}",
                remedy=f"Owner, validators and miners share the {places} places of a subnet.",
            )


def _coldkey(hotkey: str) -> str:
    return f"{hotkey}-cold"


def _coldkeys(built: list[Subnet], names: list[str]) -> list[str]:
    hotkeys = {hotkey for subnet in built for hotkey in subnet.hotkeys} | set(names)
    return sorted(_coldkey(hotkey) for hotkey in hotkeys)


def _stakes(names: list[str], rng: np.random.Generator, least: int) -> dict[str, int]:
    amounts = ((rng.pareto(1.5, len(names)) + 1) * least * RAO_PER_TAO).astype(np.int64)
    return dict(zip(names, amounts.tolist(), strict=True))


def _subnet(netuid: int, names: list[str], miners: int, weights: bool, rng: np.random.Generator) -> Subnet:
    validators = len(names)
    hotkeys = (f"owner-{netuid}", *names, *(f"miner-{netuid}-{m + 1}" for m in range(miners)))
    n = len(hotkeys)
    mechanism = new_mechanism(n, np.full(n, 900))
    if weights and miners:
        rows = _opinions(validators, miners, rng)
        mechanism = replace(mechanism, weights=(EMPTY_ROW, *rows, *(EMPTY_ROW,) * miners))
    return Subnet(
        netuid=netuid,
        owner_coldkey=_coldkey(f"owner-{netuid}"),
        owner_hotkey=f"owner-{netuid}",
        registered_at=0,
        hotkeys=hotkeys,
        block_at_registration=np.zeros(n, np.int64),
        active=np.ones(n, bool),
        validator_permit=(np.arange(n) <= validators) & (np.arange(n) > 0),
        mechanisms=(mechanism,),
        **_unpaid(n),
    )


def _opinions(validators: int, miners: int, rng: np.random.Generator) -> list[Row]:
    """Each validator's weights: the miners' quality, seen with some noise."""
    quality = rng.gamma(2.0, 1.0, miners)
    uids, rows = np.arange(1 + validators, 1 + validators + miners), []
    for _ in range(validators):
        seen = quality * rng.lognormal(0.0, 0.15, miners)
        rows.append(make_row(uids, np.round(seen / seen.max() * U16_MAX)))
    return rows


def _unpaid(n: int) -> dict[str, Any]:
    """The terms of n uids before their first epoch."""
    names = ("stake_weight", "consensus", "dividends", "validator_trust")
    return {name: np.zeros(n, np.uint16) for name in names} | {"emission": np.zeros(n, np.int64)}
