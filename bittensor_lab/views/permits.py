"""Stake weight, permits and activity as tables and sentences: who may vote, who does, and who earns.

A subnet of an owner (uid 0), six validators and four miners, with main net's rules. Its chain runs through
two epochs: the first gives out the permits by the stake that is there, in the second they count.

    stake weight = alpha + tao_weight · TAO on root, less what is lent to children, plus what parents lend
    permit       = one of the k largest stake weights, of those that reach the threshold; and the owner
    vote         = a permit, and weights set within the activity cutoff
    earned       = what the second epoch gives a hotkey and all who stake on it, alpha

One validator can lend a part of its stake to another, and one can have been silent for some time; how it
would be without the loan is computed too. Everything is the chain's own doing: ``block.run`` and what it
calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.block import begin_block, run
from bittensor_lab.childkeys import with_children
from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.events import EmissionDistributed
from bittensor_lab.extrinsics import SetWeights
from bittensor_lab.params import Hyperparameters
from bittensor_lab.presets import demo_network, empty_network, mainnet
from bittensor_lab.share_pool import SharePool
from bittensor_lab.stake import stake_on
from bittensor_lab.stake_weight import inherited, stake_weights
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import (
    ONE,
    RAO_PER_TAO,
    U16_MAX,
    U64_MAX,
    tao,
)

NETUID, VALIDATORS = 1, 6
OWNER, LENDER, SILENT, CHILD = 0, 1, 2, 6
"""uids: the owner's, the parent's, that of who may have been silent, the child's"""
MINERS_ALPHA = (620.0, 0.0, 240.0, 80.0)
"""alpha on the miners' own hotkeys: pay that they left there"""
START, RECENT = 20_000, 400
"""block before the first epoch; how many blocks before the second one everybody else has set weights"""
TEMPO = mainnet().subnet.tempo
CUTOFF = mainnet().subnet.activity_cutoff
"""blocks"""
MAINNET_TAO_WEIGHT = mainnet().network.tao_weight


@dataclass(frozen=True)
class World:
    """Who holds what, and by which rules it counts. Amounts are alpha and TAO, not rao."""

    alpha: tuple[float, ...]
    """of uids 1 to 6"""
    root: tuple[float, ...]
    """TAO on root, of the same"""
    tao_weight: float = 0.18
    threshold: float = 1_000.0
    places: int = 4
    silent: int = RECENT
    """blocks since uid 2 last set weights"""
    lent: float = 0.0
    """part of uid 1's stake that it lends to uid 6"""
    take: float = 0.09
    """part that uid 6 takes of what uid 1 earns through it"""

    def __post_init__(self) -> None:
        if not len(self.alpha) == len(self.root) == VALIDATORS:
            raise InputError(f"alpha and root need {VALIDATORS} numbers each, one per validator")
        if self.silent < RECENT:
            raise InputError(f"uid {SILENT} can have been silent for {RECENT} blocks or more")


@dataclass(frozen=True, eq=False)
class PermitsView:
    """What a world comes to."""

    world: World
    uids: pd.DataFrame
    """a row per uid: role, alpha, root (both what is kept of it, in alpha), borrowed, lent, stake_weight,
    counts, permit, active, permit_alone (without the loan), incentive, dividends, alone (dividends without
    the loan), missing; all in alpha but the flags"""
    last_place: float
    """stake weight of who has the last place, alpha; 0 while places are free"""


class Epochs(NamedTuple):
    """A world's chain before anything, after the epoch of permits, and around the epoch that pays."""

    start: State
    permitted: State
    before: State
    after: State
    owner_cut: int
    incentive: NDArray[np.int64]  # [n] rao


class Preset(NamedTuple):
    """A world worth looking at."""

    title: str
    sentence: str
    world: World


_HELD = World((5_200, 3_200, 900, 2_300, 2_050, 300), (0, 2_000, 12_000, 4_000, 3_100, 900))
WORLDS = {
    "places": Preset("One place too few", "Six validators, four places.", _HELD),
    "root": Preset(
        "Nothing but TAO on root",
        "uid 3 has 15 000 TAO on root, and no alpha.",
        replace(_HELD, alpha=(5_200, 3_200, 0, 2_300, 3_100, 300), root=(0, 2_000, 15_000, 4_000, 0, 900)),
    ),
    "silent": Preset(
        "Silent", "uid 2 last set weights 18 hours ago.", replace(_HELD, places=5, silent=5_400)
    ),
    "loan": Preset(
        "A childkey",
        "uid 1 lends the greater part of its stake to uid 6.",
        replace(_HELD, lent=0.6, take=0.18),
    ),
}


def permits(world: World) -> PermitsView:
    """Return who has a permit, who votes and who earns what in a world."""
    ran, alone = epochs(world), epochs(replace(world, lent=0.0))
    subnet = ran.permitted.subnet(NETUID)
    weight = _weights(ran.start)
    counted = _counted(weight, world)
    held = np.sort(counted[counted > 0])[::-1]
    last = float(held[world.places - 1]) if len(held) >= world.places else 0.0
    table = pd.DataFrame({"uid": range(subnet.n), "role": _roles(subnet.n), **_parts(ran.start, weight)})
    table["counts"] = counted > 0
    table["permit"], table["active"] = subnet.validator_permit, ran.after.subnet(NETUID).active
    table["permit_alone"] = alone.permitted.subnet(NETUID).validator_permit
    table["incentive"] = ran.incentive / RAO_PER_TAO
    table["dividends"], table["alone"] = _dividends(ran), _dividends(alone)
    goal = max(last, world.threshold)
    table["missing"] = np.where(table.permit, 0.0, np.maximum(goal - weight, 1 / RAO_PER_TAO))
    return PermitsView(world, table, last)


@lru_cache(maxsize=256)
def epochs(world: World) -> Epochs:
    """Run a world's chain through the epoch that gives out permits and the one in which they count."""
    start = state_of(world)
    permitted, _ = begin_block(start)
    before = run(permitted, TEMPO - 1)
    after, events = begin_block(before)
    cut = sum(e.owner for e in events if isinstance(e, EmissionDistributed) and e.netuid == NETUID)
    subnet = after.subnet(NETUID)
    miners = np.arange(subnet.n) > VALIDATORS
    gained = np.array([_alpha_gain(before, after, hotkey) for hotkey in subnet.hotkeys])
    paid = subnet.mechanism(0).incentive > 0
    return Epochs(start, permitted, before, after, cut, np.where(miners & paid, gained, 0))


def weight_of_a_tao(world: World) -> float:
    """Return by how much a TAO on root raises the stake weight of a world's uid 1, alpha."""
    more = replace(world, root=(world.root[0] + 1_000, *world.root[1:]))
    grown = (stake_weight(w)[LENDER] for w in (more, world))
    return float(next(grown) - next(grown)) / 1_000


def state_of(world: World) -> State:
    """Return the chain of a world, one block before an epoch."""
    state = _empty()
    network = replace(
        state.network,
        tao_weight=_tao_weight(world.tao_weight),
        stake_threshold=tao(world.threshold),
    )
    state = replace(state, network=network)
    state = state.with_hyperparameters(NETUID, max_allowed_validators=world.places)
    subnet = state.subnet(NETUID)
    for netuid, held in ((ROOT_NETUID, world.root), (NETUID, (*world.alpha, *MINERS_ALPHA))):
        for hotkey, amount in zip(subnet.hotkeys[1:], held, strict=False):
            state = _staked(state, netuid, hotkey, tao(amount))
    updated = subnet.mechanism(0).last_update.copy()
    updated[1 : VALIDATORS + 1] = START + 1 + TEMPO - RECENT
    updated[SILENT] = START + 1 + TEMPO - world.silent
    subnet = subnet.with_mechanism(0, last_update=updated)
    takes = subnet.childkey_takes.set(subnet.hotkeys[CHILD], round(world.take * U16_MAX))
    subnet = replace(subnet, childkey_takes=takes)
    if world.lent > 0:
        part = min(U64_MAX, int(world.lent * U64_MAX))
        subnet = with_children(subnet, subnet.hotkeys[LENDER], ((part, subnet.hotkeys[CHILD]),))
    return state.with_subnet(subnet)


@cache
def _empty() -> State:
    """The subnet, and another one beside it, with nothing staked; its epoch is due in the next block."""
    state = demo_network(2, VALIDATORS, len(MINERS_ALPHA), seed=6, rulebook=mainnet())
    nothing = empty_network()
    staked = [sum(pool.value for pool in ledger.values()) for ledger in state.stake]
    pools = state.pools
    for netuid in (ROOT_NETUID, NETUID):
        pools = pools.plus(netuid, alpha_out=-staked[netuid])
    pools = pools.plus(ROOT_NETUID, tao_in=-staked[0], account=-staked[0])
    clocks = state.clocks.at(NETUID, last_epoch_block=START + 1 - TEMPO).at(2, last_epoch_block=START)
    return replace(
        state,
        block=START,
        stake=(nothing.stake[0], nothing.stake[0], state.stake[2]),
        pools=pools,
        clocks=clocks,
        total_issuance=state.total_issuance - staked[0],
        root_stakers=nothing.root_stakers,
        root_staker_of=nothing.root_staker_of,
    )


def _staked(state: State, netuid: int, hotkey: str, amount: int) -> State:
    """The state with stake on a hotkey that nobody had to buy."""
    if not amount:
        return state
    stake = list(state.stake)
    pool = stake[netuid].get(hotkey, SharePool()).with_stake(state.owner[hotkey], amount)
    stake[netuid] = stake[netuid].set(hotkey, pool)
    pools, issued, coldkey = state.pools.plus(netuid, alpha_out=amount), 0, state.owner[hotkey]
    if netuid == ROOT_NETUID:
        pools, issued = pools.plus(netuid, tao_in=amount, account=amount), amount
    return replace(
        state,
        stake=tuple(stake),
        pools=pools,
        total_issuance=state.total_issuance + issued,
        staking_hotkeys=state.staking_hotkeys.set(coldkey, (hotkey,)),
    )


def _tao_weight(part: float) -> int:
    """A part of 1 as the chain stores it; main net's own value where that is meant."""
    if abs(part - MAINNET_TAO_WEIGHT / U64_MAX) < 1e-6:
        return MAINNET_TAO_WEIGHT
    return min(U64_MAX, int(part * U64_MAX))


def _weights(state: State) -> NDArray[np.float64]:
    """Stake weight of each uid [n], alpha."""
    whole, beyond = stake_weights(state, NETUID)
    return (whole + beyond / ONE) / RAO_PER_TAO


def _counted(weight: NDArray[np.float64], world: World) -> NDArray[np.float64]:
    """What counts of each stake weight [n]: all or, below the threshold, nothing; the owner is exempt."""
    exempt = np.arange(len(weight)) == OWNER
    return np.where(exempt | (weight >= tao(world.threshold) / RAO_PER_TAO), weight, 0.0)


def _roles(n: int) -> list[str]:
    return ["owner"] + ["validator"] * VALIDATORS + ["miner"] * (n - VALIDATORS - 1)


def _parts(state: State, weight: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Where each uid's stake weight comes from [n], alpha: what it kept and was lent; and what it gave."""
    subnet, tao_weight = state.subnet(NETUID), state.network.tao_weight_q32 / ONE
    rows = []
    for hotkey in subnet.hotkeys:
        children = [part for part, _ in subnet.children.get(hotkey, ())]
        own = [stake_on(state, netuid, hotkey) for netuid in (NETUID, ROOT_NETUID)]
        kept = [inherited(amount, children, ()) for amount in own]
        gone = own[0] - kept[0] + (own[1] - kept[1]) * tao_weight
        rows.append((kept[0], kept[1] * tao_weight, gone))
    alpha, root, lent = (np.array(column, float) / RAO_PER_TAO for column in zip(*rows, strict=True))
    borrowed = np.maximum(0.0, np.round(weight - alpha - root, 6)) + 0.0
    return {"alpha": alpha, "root": root, "borrowed": borrowed, "lent": lent, "stake_weight": weight}


def _alpha_gain(before: State, after: State, hotkey: str) -> int:
    return stake_on(after, NETUID, hotkey) - stake_on(before, NETUID, hotkey)


def _dividends(ran: Epochs) -> NDArray[np.float64]:
    """What the epoch that pays gave each uid as validator or parent [n], alpha, root's part included."""
    earned = []
    for uid, hotkey in enumerate(ran.after.subnet(NETUID).hotkeys):
        gain = _alpha_gain(ran.before, ran.after, hotkey) - int(ran.incentive[uid])
        gain -= ran.owner_cut if uid == OWNER else 0
        rates = [state.root_claims.get(hotkey) for state in (ran.before, ran.after)]
        risen = [claims.rates.get(NETUID, 0) if claims else 0 for claims in rates]
        root = (risen[1] - risen[0]) * stake_on(ran.before, ROOT_NETUID, hotkey) >> 32
        earned.append((gain + root) / RAO_PER_TAO)
    return np.array(earned)


# --- for the lesson's questions ---------------------------------------------------------------------


def stake_weight(world: World) -> NDArray[np.float64]:
    """Return the stake weight of each uid [n] of a world, alpha."""
    return _weights(state_of(world))


Case = tuple[NDArray[np.float64], NDArray[np.float64], int, float]


def cases(seed: int = 0) -> list[tuple[Case, NDArray[np.bool_]]]:
    """Return subnets without an owner, and who has a permit in them by the engine.

    A case is stake weight and incentive [n] (alpha, and of 1), places and threshold (alpha). Incentive knows
    nothing of stake.
    """
    rng, found = np.random.default_rng(seed), []
    for places, threshold, holders in ((3, 0.0, 8), (4, 1_000.0, 8), (6, 1_000.0, 5), (12, 0.0, 9)):
        held = np.where(np.arange(10) < holders, rng.permutation(10) * 450.0 + 100.0, 0.0)
        incentive = rng.permutation(10) / 45.0
        inputs = replace(
            matrix_inputs([tao(each) for each in held], np.ones((10, 1), np.int64)),
            hyperparameters=Hyperparameters(max_allowed_validators=places),
            stake_threshold=tao(threshold),
            stake_fraction=np.zeros(11, np.uint32),
        )
        found.append(((held, incentive, places, threshold), run_epoch(inputs).validator_permit[:10]))
    return found


# --- a newcomer ------------------------------------------------------------------------------------


def newcomer(world: World) -> pd.DataFrame:
    """Return what happens to uid 6 of a world, 40 blocks after it registered, once it has stake enough.

    Columns: block since its stake came, event, set_weights (what the chain says when it asks to), permit,
    and dividends as the last epoch stored them, of 1.
    """
    state = _registered(run(state_of(world), 1), CHILD)
    hotkey = state.subnet(NETUID).hotkeys[CHILD]
    rows = [_seen(state, "before", "not asked")]
    state = _staked(state, NETUID, hotkey, tao(max(world.alpha)))
    for event, blocks in (("stake arrives", 0), ("a bit later", 100), ("next epoch", 260), ("one more", 360)):
        state = run(state, blocks)
        state, said = _tries(state, hotkey)
        rows.append(_seen(state, event, said))
    return pd.DataFrame(rows, columns=["block", "event", "set_weights", "permit", "dividends"])


def _registered(state: State, uid: int) -> State:
    """The state in which a uid registered when its weights were last updated: to register counts as that."""
    subnet = state.subnet(NETUID)
    since = subnet.block_at_registration.copy()
    since[uid] = subnet.mechanism(0).last_update[uid]
    return state.with_subnet(replace(subnet, block_at_registration=since))


def _tries(state: State, hotkey: str) -> tuple[State, str]:
    """Ask to set weights: the state after it, and what the chain said."""
    uids, values = tuple(range(VALIDATORS + 1, VALIDATORS + 5)), (4, 3, 2, 1)
    try:
        state, _ = SetWeights(hotkey, NETUID, uids, values).apply(state)
    except ChainError as error:
        return state, error.name
    return state, "weights set"


def _seen(state: State, event: str, said: str) -> tuple[int, str, str, bool, float]:
    subnet = state.subnet(NETUID)
    share = round(float(subnet.dividends[CHILD]) / U16_MAX, 3)
    return state.block - START - 1, event, said, bool(subnet.validator_permit[CHILD]), share
