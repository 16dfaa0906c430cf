"""A year of staking: what somebody gets who buys a subnet's alpha, and a friend who stakes on root instead.

    you       amount → alpha (fee, slippage) → dividends less the validator's take → sold again
    a friend  the same TAO on root, on the same hotkey → root dividends of all subnets, drawn by lot
    others    traders buy and sell by luck, and net by a trend; miners sell half of their pay, owners all

Both live in the same year of the same small network, which the engine runs through: a week is an epoch of 20
blocks, so that a block stands for 2,520 of main net's and a year takes 1,040. Emission per block, shares and
takes are main net's; pools and stakes are as small as the year is short. Traders trade at the end of a week;
miners and owners sell every other week, on the subnets that are not yours every sixth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
import pandas as pd
from immutables import Map
from numpy.typing import NDArray

from bittensor_lab.block import Extrinsic, apply, run
from bittensor_lab.bulk import Bulk
from bittensor_lab.errors import ChainError
from bittensor_lab.extrinsics import AddStake, RemoveStake, SetRootClaimType
from bittensor_lab.market import alpha_price, trade, worth
from bittensor_lab.presets import Rulebook, demo_network, mainnet
from bittensor_lab.quotes import exit_value
from bittensor_lab.root_claims import claimable
from bittensor_lab.rows import make_row
from bittensor_lab.schedule import next_epoch_start
from bittensor_lab.share_pool import SharePool
from bittensor_lab.stake import stake_of, stake_on
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, tao

WEEK, WEEKS = 20, 52
"""blocks; weeks"""
FASTER = 7 * 7_200 // WEEK
"""blocks of main net for which a block stands"""
NAMES = ("Deep", "Middle", "Young")
POOLED, PRICES, STAKED, ON_ROOT = (800, 300, 100), (0.45, 0.45, 0.6), (2_400, 900, 300), 4_000
"""of the subnets: TAO in the pool, TAO for an alpha, alpha staked; TAO staked on root"""
PARTS = (0.25, 0.5, 0.25)
"""of each subnet's stake, by validator"""
YOU, FRIEND, TRADERS, PURSE = "you", "friend", "validator-2-cold", 10_000
HOTKEY, BIG = "validator-1", "validator-2"
"""the hotkey that you stake on, and the largest one, on which traders and miners keep their alpha"""
WOBBLE = 0.02
"""of the pool's TAO: by how much the traders' weekly trade varies"""
USUAL = 0.005
"""of the pool's TAO: what traders buy in a week, net, where nothing else is said"""
SOLD = 0.5
"""part of their pay that miners sell; owners sell all"""


@dataclass(frozen=True)
class Plan:
    """What the learner sets."""

    netuid: int = 2
    amount: int = 20
    """TAO"""
    take: float = 0.18
    """of your validator, part of the dividends"""
    off: float = 0.0
    """part of your validator's weights that goes to miners whom nobody else rates"""
    trend: float = USUAL
    """part of the pool's TAO with which others buy in a week, net of what they sell"""
    luck: int = 3
    """which year: the seed of the traders' moods"""
    keep: bool = False
    """whether the friend's root dividends are kept as alpha and not sold"""


@dataclass(frozen=True, eq=False)
class Year:
    """What came of a plan."""

    plan: Plan
    course: pd.DataFrame
    """week, price (spot), alpha, worth (of it at spot), exit (of all), bought (exit of the first alpha),
    root (what the friend would have), sold (TAO a block for which root's dividends were sold that week)"""
    before: float
    """the spot price before you bought"""

    def alpha_gain(self, week: int) -> float:
        """Return by how much your alpha has grown after some weeks, as a part."""
        return float(self.course.alpha[week] / self.course.alpha[0] - 1)

    def gain(self, column: str, week: int) -> float:
        """Return what ``worth``, ``exit`` or ``root`` is above the amount, as a part of it."""
        return float(self.course[column][week] / self.plan.amount - 1)


@lru_cache(maxsize=512)
def year(plan: Plan = Plan()) -> Year:
    """Return the year of a plan, week by week."""
    state, course, kept, trend = started(plan), list[tuple[float, ...]](), _kept(), trades(plan)
    bought = stake_of(state, plan.netuid, HOTKEY, YOU)
    course.append(_glance(state, plan, 0, bought, state))
    bulk = Bulk()  # there are no childkeys, locks or commits here, so that it can follow
    for week in range(1, WEEKS + 1):
        bulk.follow(state)
        bulk.run(WEEK)
        last, state = state, bulk.state()
        for extrinsic in _asked(state, plan, kept, week, float(trend[week - 1])):
            with suppress(ChainError):  # what is refused, such as too small a sale, happens to nobody
                state, _ = apply(state, extrinsic)
        course.append(_glance(state, plan, week, bought, last))
    columns = ["week", "price", "alpha", "worth", "exit", "bought", "root", "sold"]
    return Year(plan, pd.DataFrame(course, columns=columns), alpha_price(world(), plan.netuid))


def started(plan: Plan) -> State:
    """Return the network at the moment after you and your friend have staked."""
    state = _with_you(plan)
    for extrinsic in (
        AddStake(FRIEND, HOTKEY, ROOT_NETUID, tao(plan.amount)),
        SetRootClaimType(FRIEND, plan.keep),
    ):
        state, _ = apply(state, extrinsic)
    return state


def _with_you(plan: Plan) -> State:
    """The network after you have staked, on a validator as the plan has it."""
    state = _weighed(world(), plan.off)
    state = replace(state, takes=state.takes.set(HOTKEY, round(plan.take * U16_MAX)))
    state, _ = apply(state, AddStake(YOU, HOTKEY, plan.netuid, tao(plan.amount)))
    return state


def first_epoch(plan: Plan) -> tuple[dict[str, float], float]:
    """Return the numbers of your first epoch, and what you then gain or lose by selling all, as a part.

    The numbers, TAO and alpha: paid; before the epoch alpha (yours) and stake (all on the hotkey); its
    dividend and take; at the sale tao_in and alpha_in (of the pool); fee. Nobody stakes on root through the
    hotkey here, so that all that comes to it are dividends of alpha.
    """
    start = _with_you(plan)
    start = run(start, (next_epoch_start(start, plan.netuid) or 0) - start.block - 1)
    end = run(start, 1)
    grown = stake_on(end, plan.netuid, HOTKEY) - stake_on(start, plan.netuid, HOTKEY)
    pools = end.pools
    amounts = {
        "paid": tao(plan.amount),
        "alpha": stake_of(start, plan.netuid, HOTKEY, YOU),
        "stake": stake_on(start, plan.netuid, HOTKEY),
        "dividend": grown,
        "tao_in": int(pools.tao_in[plan.netuid]),
        "alpha_in": int(pools.alpha_in[plan.netuid]),
    }
    rates = {
        "take": start.takes[HOTKEY] / U16_MAX,
        "fee": end.hyperparameters(plan.netuid).fee_rate / U16_MAX,
    }
    numbers = {name: amount / RAO_PER_TAO for name, amount in amounts.items()} | rates
    return numbers, exit_value(end, plan.netuid, HOTKEY, YOU) / tao(plan.amount) - 1


def trades(plan: Plan) -> NDArray[np.float64]:
    """Return what others buy in each week [weeks], of the pool's TAO; below 0 they sell."""
    luck = np.random.default_rng([plan.luck, plan.netuid]).normal(0, 1, WEEKS)
    return plan.trend + WOBBLE * luck


def _asked(state: State, plan: Plan, kept: dict[str, int], week: int, part: float) -> Iterator[Extrinsic]:
    """Yield what others want at the end of a week: to sell what they were paid; the traders, their trade."""
    for netuid in state.netuids:
        turns = 2 if netuid == plan.netuid else 2 * len(NAMES)
        for number, (coldkey, hotkey, part_sold) in enumerate(_sellers(netuid)):
            if (week + 2 * netuid + number) % turns == 0:
                held = stake_of(state, netuid, hotkey, coldkey)
                sold = int((held - kept[coldkey]) * part_sold)
                kept[coldkey] = held - sold
                yield RemoveStake(coldkey, hotkey, netuid, sold)
        if netuid != plan.netuid and (week + 2 * netuid) % turns == 0:
            yield AddStake(TRADERS, BIG, netuid, int(state.pools.tao_in[netuid] * turns * USUAL))
    amount = int(state.pools.tao_in[plan.netuid] * abs(part))
    if part > 0:
        yield AddStake(TRADERS, BIG, plan.netuid, amount)
    else:
        yield RemoveStake(TRADERS, BIG, plan.netuid, int(amount / alpha_price(state, plan.netuid)))


def _sellers(netuid: int) -> Iterator[tuple[str, str, float]]:
    """Yield those who sell what they are paid: coldkey, the hotkey that it lands on, the part sold."""
    yield f"miner-{netuid}-1-cold", BIG, SOLD
    yield f"owner-{netuid}-cold", f"owner-{netuid}", 1.0


def _kept() -> dict[str, int]:
    """What the sellers hold before you come, rao, by coldkey; that they do not sell."""
    state = world()
    return {
        coldkey: stake_of(state, netuid, hotkey, coldkey)
        for netuid in state.netuids
        for coldkey, hotkey, _ in _sellers(netuid)
    }


def _glance(state: State, plan: Plan, week: int, bought: int, last: State) -> tuple[float, ...]:
    """One row of the course; ``last`` is the state a week before."""
    held = stake_of(state, plan.netuid, HOTKEY, YOU)
    drawn = int(state.pools.tao_in[ROOT_NETUID]) - int(last.pools.tao_in[ROOT_NETUID])
    amounts = (
        held,
        worth(state, plan.netuid, held),
        trade(state, plan.netuid, False, held).out,
        trade(state, plan.netuid, False, min(bought, held)).out,
        _friends(state),
        drawn / max(1, state.block - last.block),
    )
    return week, alpha_price(state, plan.netuid), *(amount / RAO_PER_TAO for amount in amounts)


def _friends(state: State) -> int:
    """What the friend would have after leaving, rao: root stake, and alpha kept or not yet drawn, sold."""
    waiting = claimable(state, HOTKEY, FRIEND)
    alpha = sum(exit_value(state, netuid, HOTKEY, FRIEND) for netuid in state.netuids)
    owed = sum(int(worth(state, netuid, amount)) for netuid, amount in waiting.items())
    return stake_of(state, ROOT_NETUID, HOTKEY, FRIEND) + alpha + owed


# --- the network --------------------------------------------------------------------------------------


def rules() -> Rulebook:
    """Return main net's rules with the times that matter divided by ``FASTER``."""
    real = mainnet()
    network = replace(
        real.network,
        min_tempo=WEEK,
        subnet_moving_alpha=real.network.subnet_moving_alpha * FASTER,
        ema_price_halving_blocks=real.network.ema_price_halving_blocks // FASTER,
    )
    subnet = replace(
        real.subnet,
        tempo=WEEK,
        max_allowed_uids=16,
        max_allowed_validators=len(PARTS),
        activity_cutoff_factor_milli=50_000_000,
    )
    return Rulebook("a year", subnet, network)


@cache
def world() -> State:
    """Return three subnets and root as they are before you come; validators have looked for ten weeks."""
    state = demo_network(len(NAMES), len(PARTS), 2, rulebook=rules())
    pools, rows = state.pools, slice(1, None)
    tao_in, alpha_in, moving = pools.tao_in.copy(), pools.alpha_in.copy(), pools.moving_price.copy()
    alpha_out = np.array([tao(amount) for amount in (ON_ROOT, *STAKED)], np.int64)
    tao_in[rows] = np.array(POOLED) * RAO_PER_TAO
    tao_in[ROOT_NETUID] = alpha_out[ROOT_NETUID]
    alpha_in[rows] = tao_in[rows] / np.array(PRICES)
    moving[rows] = np.array(PRICES) * ONE
    pools = replace(
        pools, tao_in=tao_in, account=tao_in, alpha_in=alpha_in, alpha_out=alpha_out, moving_price=moving
    )
    stake = [_stakes(alpha_out[0], (0.0, 0.6, 0.4)), *(_stakes(amount, PARTS) for amount in alpha_out[1:])]
    free = state.free.update({name: tao(PURSE) for name in (YOU, FRIEND, TRADERS)})
    issued = sum(free.values()) + int(pools.account.sum())
    free = free.set("everybody", tao(11_000_000) - issued)
    state = replace(state, pools=pools, stake=tuple(stake), free=free, total_issuance=tao(11_000_000))
    return run(_weighed(state, 0.0), 10 * WEEK)


def _stakes(total: int, parts: Sequence[float]) -> Map[str, SharePool]:
    """Each validator's own stake on itself."""
    names = [f"validator-{n}" for n in range(1, len(parts) + 1)]
    return Map(
        {
            name: SharePool().with_stake(f"{name}-cold", int(total * part))
            for name, part in zip(names, parts, strict=True)
            if part
        }
    )


def _weighed(state: State, off: float) -> State:
    """The state in which validators rate the first miner; yours gives a part to one that nobody rates."""
    for netuid in state.netuids:
        subnet = state.subnet(netuid)
        good, other = (subnet.uids[f"miner-{netuid}-{n}"] for n in (1, 2))
        usual = make_row(np.array([good]), np.array([U16_MAX]))
        yours = (
            make_row(np.array([good, other]), np.round(np.array([1 - off, off]) * U16_MAX)) if off else usual
        )
        mechanism = subnet.mechanisms[0]
        weights = list(mechanism.weights)
        for name in (f"validator-{n}" for n in range(1, len(PARTS) + 1)):
            weights[subnet.uids[name]] = yours if name == HOTKEY else usual
        mechanism = replace(mechanism, weights=tuple(weights))
        saved = subnet.auto_stake.set(f"miner-{netuid}-1-cold", BIG)
        state = state.with_subnet(replace(subnet, mechanisms=(mechanism,), auto_stake=saved))
    return state
