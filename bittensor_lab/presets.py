"""Presets: sets of rules to start from, and whole demonstration networks.

``mainnet()`` has the constants of main net. With them nothing moves within a lesson: an epoch takes
72 minutes, and 600 blocks close 0.2 % of a gap in price. ``classroom()`` keeps every rule and the
exact arithmetic and scales the constants of time; ``constants(...)`` lists what it changed, so that a
page can say so.

``demo_network(...)`` builds the state of a network of any size from a seed: an owner, validators with
stake, miners of different quality, weights that follow the quality, and pools whose prices sum to 1.35
TAO (if there are two subnets or more), so that root is paid.

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
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.params import Hyperparameters, NetworkParameters
from bittensor_lab.rows import EMPTY_ROW, Row, make_row
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import ROOT_NETUID, Clocks, Pools, Rules, State, Subnet, blank, new_mechanism
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX

MAX_SUBNETS = 1024
DEMO_BLOCK = 1_000
PRICE_SUM = 1.35
"""TAO: what the moving prices of a demo network sum to; above 1, or root's share is recycled"""
HIGHEST_PRICE = 0.95
"""TAO: moving prices stop at 1"""
ROOT_STAKE, MOST_ROOT_STAKE = 10_000 * RAO_PER_TAO, 4_000_000 * RAO_PER_TAO
"""rao staked on root for each subnet, and for all: about a quarter of the stake weight"""


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
            coldkey_swap_announcement_delay=600,
            coldkey_swap_reannouncement_delay=120,
            gate_update_interval=60,
            flow_smoothing=int(0.005 * (2**63 - 1)),
            subnet_moving_alpha=int(0.05 * ONE),
            ema_price_halving_blocks=200,
            network_lock_reduction_interval=500,
            network_rate_limit=100,
            network_immunity_period=1_000,
            unlock_rate=1_000,
            maturity_rate=1_000,
            takeover_age=2_000,
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
        clocks=blank(Clocks, 1),
        pools=blank(Pools, 1),
        founding_rules=chosen.subnet,
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
    pareto = [rng.pareto(1.5, validators) + 1 for _ in range(subnets + 1)]
    pools = _pools(subnets, np.random.default_rng([seed, subnets]))
    wanted = [min(ROOT_STAKE * subnets, MOST_ROOT_STAKE), *pools.alpha_in[1:].tolist()]
    stake = [_stakes(names, part, total) for part, total in zip(pareto, wanted, strict=True)]
    pools = _with_stakes(pools, stake)
    free = {name: 10 * RAO_PER_TAO for name in _coldkeys(built, names)}
    free |= {name: 1_000 * RAO_PER_TAO for name in ("alice", "bob", "carol")}
    owner = {hotkey: _coldkey(hotkey) for subnet in built for hotkey in subnet.hotkeys}
    stakers = [_coldkey(name) for name in names]
    return State(
        block=DEMO_BLOCK,
        network=chosen.network,
        total_issuance=sum(free.values()) + int(pools.account.sum()),
        free=Map(free),
        owner=Map(owner),
        takes=Map(),
        stake=tuple(Map(ledger) for ledger in stake),
        subnets=(None, *built),
        rules=Rules((None, *[chosen.subnet] * subnets)),
        clocks=_clocks(np.arange(subnets + 1, dtype=np.int64), max(1, chosen.subnet.tempo)),
        pools=pools,
        staking_hotkeys=Map({coldkey: (name,) for coldkey, name in zip(stakers, names, strict=True)}),
        root_stakers=Map({coldkey: number for number, coldkey in enumerate(stakers)}),
        root_staker_of=Map(dict(enumerate(stakers))),
        founding_rules=chosen.subnet,
        seed=seed,
    )


def _pools(subnets: int, rng: np.random.Generator) -> Pools:
    """Pools of 2,000 to 6,000 TAO; the subnets have traded at one price for as long as they exist."""
    parts = rng.uniform(0.6, 1.4, subnets)
    price = np.minimum(PRICE_SUM * parts / parts.sum(), HIGHEST_PRICE)
    tao = (rng.uniform(2_000, 6_000, subnets) * RAO_PER_TAO).astype(np.int64)
    columns: dict[str, Any] = {
        "tao_in": tao,
        "alpha_in": (tao / price).astype(np.int64),
        "quote_weight": np.full(subnets, EVEN),
        "moving_price": (price * ONE).astype(np.int64),
        "account": tao,
        "first_emission_block": np.ones(subnets, np.int64),
    } | {name: np.ones(subnets, bool) for name in ("initialised", "subtoken_enabled", "emission_enabled")}
    columns = {name: np.concatenate([np.zeros(1, column.dtype), column]) for name, column in columns.items()}
    return replace(blank(Pools, subnets + 1), **columns)


def _with_stakes(pools: Pools, stake: list[dict[str, SharePool]]) -> Pools:
    """The pools with that much alpha outside, and on root as much TAO as is staked there."""
    staked = np.array([sum(pool.value for pool in ledger.values()) for ledger in stake], np.int64)
    root = np.where(np.arange(len(staked)) == ROOT_NETUID, staked, 0)
    return replace(
        pools, tao_in=pools.tao_in + root, account=pools.account + root, alpha_out=pools.alpha_out + staked
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


def _stakes(names: list[str], parts: NDArray[np.float64], total: int) -> dict[str, SharePool]:
    """Each validator's own stake on itself: a part of ``total`` rao."""
    amounts = (parts / parts.sum() * total).astype(np.int64) if names else []
    return {
        name: SharePool().with_stake(_coldkey(name), int(amount))
        for name, amount in zip(names, amounts, strict=True)
    }


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
