"""A subnet's life, from its founding to the day on which its pool is shared out.

    a founder pays the lock cost; it becomes the pool's TAO        (``subnets.found``)
    every week     an epoch pays miners, who sell a part; clients pay the owner, who buys back and burns
    now and then   somebody founds a subnet; the network is full, so the one with the lowest moving price
                   that is past its immunity goes                  (``lifecycle.to_prune``)
    the end        stakers' part of the pot = their alpha / (their alpha + what the chain itself holds)

Who lives on is dissolved for the question's sake: what would a dissolution now pay? Everything is done by
extrinsics on the engine. Times alone are not main net's: each is divided by ``FASTER``, so that an epoch
takes a week and a year 3,131 blocks. The five other subnets trade nothing; root's dividends
wait unclaimed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

import numpy as np
import pandas as pd
from immutables import Map

from bittensor_lab.agents import Agent, buys_back
from bittensor_lab.block import Extrinsic, apply, begin_block, block_step, run
from bittensor_lab.conviction import Lock, rolled
from bittensor_lab.errors import ChainError
from bittensor_lab.events import Event, NetworkAdded, NetworkRemoved, TaoRecycled
from bittensor_lab.extrinsics import (
    AddStake,
    BurnedRegister,
    DissolveNetwork,
    LockStake,
    RegisterNetwork,
    RemoveStake,
    SetPerpetualLock,
    SetSubnetEmissionEnabled,
    SetWeights,
    StartCall,
    Transfer,
)
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.lifecycle import network_lock_cost
from bittensor_lab.locks import available
from bittensor_lab.market import alpha_price, worth
from bittensor_lab.presets import Rulebook, demo_network, mainnet
from bittensor_lab.quotes import exit_value
from bittensor_lab.stake import stake_of, stake_of_coldkey
from bittensor_lab.state import ROOT, Rules, State
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, tao

FASTER = 840
"""blocks of main net for which a block stands"""
DAY, WEEK, WEEKS = 7_200 / FASTER, 60, 64
"""blocks; and how long a life is watched"""
TIMES = (
    "network_lock_reduction_interval", "network_rate_limit", "network_immunity_period", "unlock_rate",
    "maturity_rate", "takeover_age", "ema_price_halving_blocks", "pending_childkey_cooldown",
)  # fmt: skip
PRICES, POOLED = (0.10, 0.14, 0.18, 0.26, 0.34), (2_500, 2_500, 3_000, 3_000, 3_500)
"""of the other subnets: TAO for an alpha, TAO in the pool"""
NETUID, LAST_LOCK, LEAST_LOCK, PURSE, ISSUED = len(PRICES) + 1, 1_000, 250, 100_000, 11_000_000
"""ours; what the last founder paid, what it costs at least, what everybody has and what there is, TAO"""
LEAST_TRADE = tao(0.1)
_NO_LUCK = np.random.default_rng(0)
"""for an owner who draws nothing: a generator for each week takes longer than what he decides"""
EARLY, FOUNDER, RIVAL, MINERS, VALIDATORS, CLIENTS, NEWCOMER = PEOPLE = (
    "early buyers", "founder", "rival", "miners", "root’s validators", "clients", "newcomer",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What the learner sets."""

    waited: float = 5.0
    """days since the last founding"""
    staked: int = 250
    """TAO with which early buyers buy alpha in the first week"""
    stay: int = WEEKS
    """weeks after which they sell all that is not locked"""
    sold: float = 0.8
    """part of their pay that miners and the founder sell"""
    clients: int = 0
    """TAO a week that clients pay the owner"""
    bought_back: float = 0.5
    """part of it with which the owner buys alpha and burns it"""
    newcomers: int = 8
    """weeks from one newcomer to the next"""
    locked: float = 0.0
    """part of the early buyers' alpha that they lock, for ever, toward a rival of the founder"""
    early: bool = False
    """whether it was founded before the rules of today on what a dissolution pays"""


@dataclass(frozen=True, eq=False)
class Life:
    """What came of a plan. Amounts are TAO and alpha."""

    plan: Plan
    course: pd.DataFrame
    """week, price (spot), moving, pot, nearest (the lowest moving price of the others past immunity)"""
    happened: pd.DataFrame
    """week, what: started, buy-back, newcomer, left, past immunity, new owner, deregistered"""
    split: pd.DataFrame
    """who, kind (staker, refund, chain), alpha, tao, part (of the pot)"""
    lock: float
    """what the founder paid"""
    owner: str
    """the owner at the end"""
    worth: float
    """the early buyers' alpha at the end, at the spot price"""
    exit: float
    """what selling all of it that is not locked would have given just before"""
    back: float
    """what has come back to the early buyers in all, by sale and by the pot"""

    @cached_property
    def ended(self) -> float | None:
        """The week in which it was deregistered, if it was."""
        return self.week_of("deregistered")

    @cached_property
    def pot(self) -> float:
        """The pool's TAO at the end."""
        return float(self.split.tao.sum())

    @cached_property
    def stakers(self) -> float:
        """The stakers' part of the pot."""
        return self.part("staker")

    def part(self, kind: str) -> float:
        """Return the part of the pot that goes to a kind of claimant."""
        return self._parts.get(kind, 0.0)

    @cached_property
    def _parts(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, part in zip(self.split.kind.tolist(), self.split.part.tolist(), strict=True):
            found[name] = found.get(name, 0.0) + part
        return found

    def week_of(self, what: str) -> float | None:
        """Return when something first happened."""
        return self._firsts.get(what)

    @cached_property
    def _firsts(self) -> dict[str, float]:
        said = zip(self.happened.what.tolist(), self.happened.week.tolist(), strict=True)
        return dict(reversed(list(said)))  # of two that are called the same, the earlier one


@lru_cache(maxsize=256)
def life(plan: Plan = Plan()) -> Life:
    """Return the life of a subnet that is founded by a plan, week by week."""
    state, lock = _founded(plan)
    course, happened = [_glance(state, 0)], list[tuple[float, str]]()
    state, end, kept, owner = run(state, _to_first_epoch(state)), None, _kept(state), FOUNDER
    for week in range(1, WEEKS + 1):
        state, _ = begin_block(state)
        wanted, said = _asked(state, plan, week, kept)
        state = _acted(state, wanted)
        kept = _kept(state)
        course.append(_glance(state, week))
        if owner != (owner := state.subnet(NETUID).owner_coldkey):
            said.append("new owner")
        happened += [(float(week), what) for what in said]
        if week % plan.newcomers == 0:
            before = state
            state, events = _newcomer(state, week)
            happened.append((float(week), "newcomer"))
            if any(isinstance(event, NetworkRemoved) and event.netuid == NETUID for event in events):
                happened.append((float(week), "deregistered"))
                end = before, state, events
                break
        state = run(state, WEEK - 1) if week < WEEKS else state
    if end is None:
        end = (state, *apply(state, DissolveNetwork(ROOT, NETUID)))
    return _told(plan, lock, course, happened, *end)


def _to_first_epoch(state: State) -> int:
    """Blocks until the one before our subnet's first epoch: all acts share the blocks of the epochs."""
    return int(state.clocks.last_epoch_block[NETUID]) + WEEK - state.block - 1


def _asked(state: State, plan: Plan, week: int, kept: dict[str, int]) -> tuple[list[Extrinsic], list[str]]:
    """What people want once a week's epoch has paid them, and what of it is worth a mark."""
    if week <= 2:
        return _start(plan) if week == 1 else (_prepared(state, plan), [])
    subnet = state.subnet(NETUID)
    wanted, said = [_weights()] if week % 10 == 0 else list[Extrinsic](), list[str]()
    if plan.clients:
        wanted.append(Transfer(CLIENTS, subnet.owner_coldkey, tao(plan.clients)))
    spent = tao(plan.clients * plan.bought_back)
    if spent >= LEAST_TRADE:
        owner = Agent(subnet.owner_coldkey, subnet.owner_hotkey, buys_back(NETUID, spent))
        wanted += owner.act(state, owner, _NO_LUCK)
        said.append("buy-back")
    for name, held in _kept(state).items():
        wanted += _sale(state, name, name, int((held - kept[name]) * plan.sold))
    if week == plan.stay < WEEKS:
        wanted += _sale(state, EARLY, FOUNDER, available(state, NETUID, EARLY))
        said.append("left")
    immune = subnet.registered_at + state.network.network_immunity_period
    if state.block - WEEK < immune <= state.block:
        said.append("past immunity")
    return wanted, said


def _kept(state: State) -> dict[str, int]:
    """What those hold, rao, who sell of what they are paid."""
    return {name: stake_of(state, NETUID, _hotkey(name), name) for name in (MINERS, FOUNDER)}


def _acted(state: State, wanted: list[Extrinsic]) -> State:
    """The state after what people want; what the chain refuses happens to nobody."""
    for extrinsic in wanted:
        with suppress(ChainError):
            state, _ = apply(state, extrinsic)
    return state


def _start(plan: Plan) -> tuple[list[Extrinsic], list[str]]:
    """The first week: trading begins, emission is switched on, miners come, early buyers buy."""
    return [
        StartCall(FOUNDER, NETUID),
        SetSubnetEmissionEnabled(ROOT, NETUID, True),
        BurnedRegister(MINERS, _hotkey(MINERS), NETUID),
        AddStake(EARLY, _hotkey(FOUNDER), NETUID, tao(plan.staked)),
    ], ["started"]


def _prepared(state: State, plan: Plan) -> list[Extrinsic]:
    """The second week: a part of the early buyers' alpha is locked."""
    mass = int(plan.locked * stake_of_coldkey(state, NETUID, EARLY))
    lock = LockStake(EARLY, _hotkey(RIVAL), NETUID, mass), SetPerpetualLock(EARLY, NETUID, True)
    return [_weights(), *lock] if mass else [_weights()]


def _weights() -> Extrinsic:
    """The founder's hotkey, which validates, gives the miners all weight; who falls silent is not heard."""
    return SetWeights(_hotkey(FOUNDER), NETUID, (1,), (U16_MAX,))


def _sale(state: State, coldkey: str, on: str, alpha: int) -> list[Extrinsic]:
    """A sale, if it is worth the trouble."""
    if worth(state, NETUID, alpha) < LEAST_TRADE:
        return []
    return [RemoveStake(coldkey, _hotkey(on), NETUID, alpha)]


def _newcomer(state: State, week: int) -> tuple[State, tuple[Event, ...]]:
    """Somebody founds a subnet and starts it; if every other one is immune, the chain refuses."""
    happened: tuple[Event, ...] = ()
    with suppress(ChainError):
        state, happened = apply(state, RegisterNetwork(NEWCOMER, f"newcomer-{week}"))
        netuid = next(event.netuid for event in happened if isinstance(event, NetworkAdded))
        state = _acted(state, [StartCall(NEWCOMER, netuid), SetSubnetEmissionEnabled(ROOT, netuid, True)])
    return state, happened


def _glance(state: State, week: int) -> tuple[float, ...]:
    """One row of the course."""
    moving = state.pools.moving_price / ONE
    immune = state.network.network_immunity_period
    others = [
        moving[netuid]
        for netuid in state.netuids
        if netuid != NETUID and state.block >= state.subnet(netuid).registered_at + immune
    ]
    pot = int(state.pools.tao_in[NETUID]) / RAO_PER_TAO
    return week, alpha_price(state, NETUID), moving[NETUID], pot, min(others, default=0.0)


# --- the end ------------------------------------------------------------------------------------------


def _told(
    plan: Plan, lock: float, course: list[tuple[float, ...]], happened: list[tuple[float, str]],
    before: State, after: State, events: tuple[Event, ...],
) -> Life:  # fmt: skip
    """The life as tables, with what its end pays."""
    held = stake_of(before, NETUID, _hotkey(FOUNDER), EARLY)
    return Life(
        plan=plan,
        course=pd.DataFrame(course, columns=["week", "price", "moving", "pot", "nearest"]),
        happened=pd.DataFrame(happened, columns=["week", "what"]),
        split=_split(before, after, events),
        lock=lock,
        owner=before.subnet(NETUID).owner_coldkey,
        worth=worth(before, NETUID, held) / RAO_PER_TAO,
        exit=exit_value(before, NETUID, _hotkey(FOUNDER), EARLY) / RAO_PER_TAO,
        back=after.free[EARLY] / RAO_PER_TAO - PURSE + plan.staked,
    )


def _split(before: State, after: State, events: tuple[Event, ...]) -> pd.DataFrame:
    """Who gets what of the pot, by what has come into purses; the rest is recycled, for the chain's alpha.

    With it goes what lay on the subnet's account beside the pool: fees of registrations, a thousandth TAO.
    """
    pools, subnet = before.pools, before.subnet(NETUID)
    paid = next(event.paid for event in events if isinstance(event, NetworkRemoved))
    recycled = sum(event.amount for event in events if isinstance(event, TaoRecycled))
    holders = {coldkey for pool in before.stake[NETUID].values() for coldkey in pool.shares}
    names = sorted(holders | {subnet.owner_coldkey})
    came = {name: after.free.get(name, 0) - before.free.get(name, 0) for name in names}
    refund = sum(came.values()) - paid  # what comes into purses beyond the stakers' part
    came[subnet.owner_coldkey] -= refund
    bought = int(pools.protocol_alpha[NETUID])
    counts = subnet.registered_at >= before.network.dissolve_with_reserve_block
    inside = int(pools.alpha_in[NETUID]) if counts else 0
    for_bought = recycled * bought // max(bought + inside, 1)
    rows = [(_known(name), "staker", stake_of_coldkey(before, NETUID, name), came[name]) for name in names]
    rows.sort(key=lambda row: PEOPLE.index(row[0]))
    rows += [
        ("lock refunded", "refund", 0, refund),
        ("chain’s own alpha", "chain", bought, for_bought),
        ("pool’s own alpha", "chain", inside, recycled - for_bought),
    ]
    table = pd.DataFrame(rows, columns=["who", "kind", "alpha", "rao"])
    amounts = {"alpha": table.alpha / RAO_PER_TAO, "tao": table.rao / RAO_PER_TAO}
    return table.assign(**amounts, part=table.rao / table.rao.sum()).drop(columns="rao")


def _known(coldkey: str) -> str:
    """What a staker is called; who is nobody else is one of root's validators, who lend their stake."""
    return coldkey if coldkey in PEOPLE else VALIDATORS


# --- the network --------------------------------------------------------------------------------------


def _hotkey(name: str) -> str:
    return f"{name}'s hotkey"


def _founded(plan: Plan) -> tuple[State, float]:
    """The network with our subnet just founded, and what that cost."""
    state = _others(plan.early)
    state = replace(state, last_founding=state.block + 1 - round(plan.waited * DAY))
    state, events = block_step(state, [RegisterNetwork(FOUNDER, _hotkey(FOUNDER))])
    lock = next(event.lock for event in events if isinstance(event, NetworkAdded))
    late = replace(state.founding_rules, tempo=state.network.max_tempo)  # newcomers' epochs are not looked at
    return replace(state, founding_rules=late), lock / RAO_PER_TAO


def rules(early: bool = False) -> Rulebook:
    """Return main net's rules with every time that matters divided by ``FASTER``."""
    real = mainnet()
    times = {name: round(getattr(real.network, name) / FASTER) for name in TIMES}
    late = 10**9 if early else 0
    network = replace(
        real.network,
        **times,
        subnet_moving_alpha=real.network.subnet_moving_alpha * FASTER,
        subnet_limit=NETUID,
        network_min_lock_cost=tao(LEAST_LOCK),
        network_registration_start_block=late,
        dissolve_with_reserve_block=late,
    )
    subnet = replace(real.subnet, tempo=WEEK, weights_set_rate_limit=0)
    return Rulebook("a life", subnet, network)


@cache
def _others(early: bool) -> State:
    """Five subnets that have been there for long, and people with full purses; the sixth place is free."""
    state = replace(
        demo_network(len(PRICES), 1, 1, rulebook=rules(early)), block=10 * rules().network.takeover_age
    )
    pools, price, rows = state.pools, np.array(PRICES), slice(1, None)
    tao_in, alpha_in = pools.tao_in.copy(), pools.alpha_in.copy()
    tao_in[rows] = np.array(POOLED) * RAO_PER_TAO
    alpha_in[rows] = tao_in[rows] / price
    moving = (np.array((0.0, *PRICES)) * ONE).astype(np.int64)
    pools = replace(pools, tao_in=tao_in, account=tao_in, alpha_in=alpha_in, moving_price=moving)
    free = {name: tao(PURSE) for name in PEOPLE}
    free["everybody"] = tao(ISSUED) - int(pools.account.sum()) - sum(free.values())
    late = [each and replace(each, tempo=state.network.max_tempo) for each in state.rules.by_netuid]
    return replace(
        state,
        pools=pools,
        free=Map(free),
        owner=state.owner.set(_hotkey(RIVAL), RIVAL),
        total_issuance=tao(ISSUED),
        rules=Rules(tuple(late)),
        last_lock=tao(LAST_LOCK),
        root_stakers=Map(),
        root_staker_of=Map(),
    )


# --- what the lesson shows besides --------------------------------------------------------------------


def lock_costs(last: int = LAST_LOCK, days: float = 10.0, issued: int = ISSUED) -> pd.DataFrame:
    """Return what founding costs over the days since somebody paid ``last`` TAO, on main net's constants.

    Columns: day, cost (TAO), allowed (whether the rate limit lets anybody found).
    """
    network, per_day = mainnet().network, 7_200
    reward, rows = int(block_emission(tao(issued))), []
    for block in range(0, round(days * per_day) + 1, per_day // 10):
        cost = network_lock_cost(
            tao(last), 1, 1 + block, network.network_lock_reduction_interval, tao(LEAST_LOCK), reward
        )
        rows.append((block / per_day, cost / RAO_PER_TAO, block >= network.network_rate_limit))
    return pd.DataFrame(rows, columns=["day", "cost", "allowed"])


def convictions(weeks: tuple[int, ...] = (0, 4, 13, 26, 52, 104)) -> pd.DataFrame:
    """Return what 1,000 locked alpha are after some weeks, on main net's constants.

    Columns: weeks; mass and conviction of a decaying lock; conviction of a perpetual one (its mass stays),
    and of a decaying one toward the owner's own hotkey.
    """
    network, blocks = mainnet().network, 7 * 7_200
    rows = []
    for week in weeks:
        start = Lock("hotkey", tao(1_000), 0, 0)
        cases = (start, False), (replace(start, perpetual=True), False), (start, True)
        fading, lasting, owners = (
            rolled(lock, week * blocks, network.unlock_rate, network.maturity_rate, toward)
            for lock, toward in cases
        )
        raw = fading.mass * ONE, fading.conviction, lasting.conviction, owners.conviction
        rows.append((week, *(each / ONE / RAO_PER_TAO for each in raw)))
    columns = ["weeks", "mass, decaying", "conviction, decaying", "perpetual", "toward the owner"]
    return pd.DataFrame(rows, columns=columns)
