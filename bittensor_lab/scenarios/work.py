"""Work: what a subnet pays for, from the answers of its miners to the price of its alpha.

    skill → response → score by the subnet's rule → weights → consensus → incentive → alpha → TAO

Everything before the weights happens off the chain (``tasks``, ``agents``), everything after it on the
chain itself, epoch by epoch. The rule in between is the owner's to choose, and these scenarios show what
hangs on it: who is paid, who prepares, who stays, and what clients are served.

The network is ``demo_network``; its validators score a few challenges in each round, and a round is as long
as a tempo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pandas as pd

from bittensor_lab.accounts import free_tao
from bittensor_lab.agents import (
    RULES,
    Agent,
    Miner,
    RuleName,
    Work,
    crowd,
    measures,
    overfitting,
    pays_for,
    pays_its_way,
    spends_revenue,
    spoofing,
)
from bittensor_lab.events import EpochRan
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network
from bittensor_lab.scenarios.base import Outcome, Scenario, rich
from bittensor_lab.state import State
from bittensor_lab.tasks import compute, forecasting, images, pretraining, speech, text
from bittensor_lab.units import RAO_PER_TAO, U16_MAX, tao

NETUID, ROUND, VALIDATORS, SAMPLES = 1, 60, 3, 4
"""the subnet; blocks of a round, which is a tempo too; validators, and challenges that each looks at"""
TASKS = tuple(module.TASK for module in (forecasting, text, pretraining, compute, images, speech))


def _hotkey(number: int) -> str:
    return f"miner-{NETUID}-{number}"


def _miners(skills: Sequence[float], first: int = 1, cost: int = 0) -> tuple[Miner, ...]:
    """Honest miners, one after the other from the first hotkey on."""
    return tuple(Miner(_hotkey(number), skill, cost=cost) for number, skill in enumerate(skills, first))


def _network(miners: int, seed: int, subnets: int = 1) -> State:
    return demo_network(subnets, VALIDATORS, miners, seed=seed, weights=False)


def _validators(work: Work, samples: int = SAMPLES) -> list[Agent]:
    names = [f"validator-{number}" for number in range(1, VALIDATORS + 1)]
    return [Agent(f"{name}-cold", name, measures(work, samples), ROUND) for name in names]


def _epochs(state: State, people: Sequence[Agent], rounds: int, seed: int) -> Iterator[State]:
    """The state after each epoch of the subnet."""
    for reached, events in crowd(state, people, rounds * ROUND, seed):
        if any(isinstance(event, EpochRan) and event.netuid == NETUID for event in events):
            yield reached


def _incentives(state: State, work: Work) -> list[float]:
    """Each miner's incentive, of 1, in the order of the work's miners."""
    subnet = state.subnet(NETUID)
    incentive = subnet.mechanisms[0].incentive
    return [int(incentive[subnet.uids[miner.hotkey]]) / U16_MAX for miner in work.miners]


def _paid(work: Work, people: Sequence[Agent], state: State, rounds: int) -> pd.DataFrame:
    """One row per epoch and miner, from the first epoch that knows weights."""
    rows = []
    for epoch, reached in enumerate(_epochs(state, people, rounds, work.seed)):
        for miner, incentive in zip(work.miners, _incentives(reached, work), strict=True):
            rows.append((epoch, miner.hotkey, miner.skill_at(work.round(reached.block)), incentive))
    frame = pd.DataFrame(rows, columns=["epoch", "miner", "skill", "incentive"])
    return frame[frame.groupby("epoch").incentive.transform("sum") > 0].reset_index(drop=True)


# --- scoring -------------------------------------------------------------------------------------

SKILLS, SPOOFED_ROUNDS = (0.2, 0.4, 0.6, 0.8, 1.0), 4


def _spoofed_scoring(seed: int) -> Outcome:
    """Five honest miners and a spoofer, in each of the six tasks, by its sound and by its tempting rule."""
    state, tables = _network(len(SKILLS) + 1, seed), []
    miners = (*_miners(SKILLS), Miner(_hotkey(len(SKILLS) + 1), 0.0, spoofing))
    for task, rule in product(TASKS, RULES):
        work = Work(NETUID, task, miners, rule, SAMPLES, ROUND, state.block, seed=seed)
        paid = _paid(work, _validators(work), state, SPOOFED_ROUNDS)
        means = paid.groupby("miner", as_index=False)[["skill", "incentive"]].mean()
        spoofs = means.miner == miners[-1].hotkey
        tables.append(means.assign(task=task.name, rule=rule, spoofs=spoofs))
    frame = pd.concat(tables, ignore_index=True)
    best = frame[frame.rule == "tempting"].groupby(["task", "spoofs"]).incentive.max().unstack()
    return Outcome(float((best[True] / best[False]).median()), frame)


KEPT, REPEATED_ROUNDS = (1, 2, 5, 10), 20


def _repeated_challenges(seed: int) -> Outcome:
    """Four honest miners, and one who prepares what it has seen; challenges are kept for some rounds."""
    state, rows = _network(5, seed), []
    miners = (*_miners(SKILLS[:4]), Miner(_hotkey(5), 0.0, overfitting))
    for kept in KEPT:
        work = Work(NETUID, speech.TASK, miners, starts=state.block, renewed=kept, seed=seed)
        paid = _paid(work, _validators(work), state, REPEATED_ROUNDS)
        means = paid.groupby("miner").incentive.mean()
        best = float(means.drop(miners[-1].hotkey).max())
        rows.append((kept, float(means[miners[-1].hotkey]), best))
    frame = pd.DataFrame(rows, columns=["rounds_kept", "overfitter", "best_honest"])
    over = frame.overfitter / frame.best_honest
    return Outcome(float(over.iloc[-1] / over.iloc[0]), frame)


# --- miners --------------------------------------------------------------------------------------

LEARNS, IMPROVING_ROUNDS = 0.08, 30


def _improving_miner(seed: int) -> Outcome:
    """Two miners begin alike; one of them gains, round by round, a part of what it lacks."""
    state = _network(5, seed)
    miners = (Miner(_hotkey(1), SKILLS[0], learns=LEARNS), *_miners(SKILLS[:4], first=2))
    work = Work(NETUID, speech.TASK, miners, challenges=20, starts=state.block, seed=seed)
    frame = _paid(work, _validators(work, samples=16), state, IMPROVING_ROUNDS)  # or luck hides the trend
    late = frame[frame.epoch > frame.epoch.max() - IMPROVING_ROUNDS // 4].groupby("miner").incentive.mean()
    return Outcome(float(late[_hotkey(1)] / late[_hotkey(2)]), frame)


COST, COSTLY_ROUNDS, CROWD = tao(2.5), 30, 8
"""TAO that each miner's work costs in a round; a round pays all eight about 20"""


def _cost_of_work(seed: int) -> Outcome:
    """Eight miners, all with the same costs and savings; who is still there, and what the best one gets."""
    state = _network(CROWD, seed)
    miners = _miners([number / CROWD for number in range(1, CROWD + 1)], cost=COST)
    work = Work(NETUID, speech.TASK, miners, starts=state.block, seed=seed)
    people = _validators(work)
    for miner in miners:
        people.append(Agent(f"{miner.hotkey}-cold", miner.hotkey, pays_its_way(NETUID, miner), ROUND))
    rows = []
    for reached in _epochs(state, people, COSTLY_ROUNDS, seed):
        there = [miner.skill for miner in work.there(reached)]
        rows.append((reached.block, len(there), min(there), _incentives(reached, work)[-1]))
    frame = pd.DataFrame(rows, columns=["block", "miners", "least_skill", "best_incentive"])
    return Outcome(float(frame.miners.iloc[-1]), frame)


# --- clients -------------------------------------------------------------------------------------

CLIENT, WALLET, KEEPS, CUSTOMER_ROUNDS = "client", tao(2_000), tao(10), 20
"""who pays, and what it has; what the owner does not spend"""
FUTURES: tuple[tuple[RuleName, int], ...] = (("sound", 0), ("tempting", tao(50)), ("sound", tao(50)))
"""the rule by which validators score, and what a round of perfect service is worth to the client"""


def _customers(seed: int) -> Outcome:
    """A client pays by quality, the owner buys back; without a client, and with either rule of scoring."""
    state = rich(_network(4, seed, subnets=2), CLIENT, WALLET)
    miners = (*_miners((0.3, 0.6, 0.9)), Miner(_hotkey(4), 0.0, spoofing))
    owner = Agent(f"owner-{NETUID}-cold", f"owner-{NETUID}", spends_revenue(NETUID, KEEPS), ROUND)
    rows = []
    for rule, offered in FUTURES:
        work = Work(NETUID, speech.TASK, miners, rule, starts=state.block, seed=seed)
        people = [*_validators(work), Agent(CLIENT, "", pays_for(work, offered), ROUND), owner]
        for reached in _epochs(state, people, CUSTOMER_ROUNDS, seed):
            revenue = (WALLET - free_tao(reached, CLIENT)) / RAO_PER_TAO
            quality = work.quality(reached)
            rows.append((offered > 0, rule, reached.block, quality, revenue, alpha_price(reached, NETUID)))
    frame = pd.DataFrame(rows, columns=["client", "rule", "block", "quality", "revenue", "price"])
    last = frame.groupby(["client", "rule"]).price.last()
    return Outcome(float(last[True, "sound"] / last[False, "sound"]), frame)


SCENARIOS = (
    Scenario(
        "spoofed scoring", "Miners give what the rule rewards: by a tempting one, a cheat earns most.",
        "a spoofer's incentive over the best honest miner's by the tempting rule, median of six tasks",
        _spoofed_scoring,
    ),
    Scenario(
        "repeated challenges", "What is asked again can be prepared; fresh challenges ask for skill.",
        "an overfitter's lead over the best honest miner, challenges kept for ten rounds, over fresh ones",
        _repeated_challenges,
    ),
    Scenario(
        "improving miner", "Incentive is a share: who improves climbs at once, who stands still sinks.",
        "the improving miner's incentive over that of its twin who stands still, at the end",
        _improving_miner,
    ),
    Scenario(
        "cost of work", "Who earns less than its work costs lives on savings, then leaves its share behind.",
        "miners of eight who are still there after thirty rounds", _cost_of_work,
    ),
    Scenario(
        "customers", "Revenue that buys back lifts the price, and good scoring brings more of it.",
        "the price with a client, over that without", _customers,
    ),
)  # fmt: skip
