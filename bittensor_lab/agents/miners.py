"""Miners: what they have, how they come to an answer, and what it costs them.

    skill(round) = 1 − (1 − skill) · (1 − learns)^round        in steps of 1/20 for one that learns

A miner is a record and a way of answering: a function ``(asked, miner, rng) -> response``, None for no
answer. Whatever it does, its score comes from challenge, response and truth alone. Skill is what a miner
has, in data, machines or model; it is bought in lots, hence the steps.

Work costs TAO, and the chain pays alpha. A miner that ``pays_its_way`` sells what covers the cost of a
round and keeps the rest. One that earns less than it spends lives on its savings, and when those are gone
it answers no more: nobody has to decide that, it stands in the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from bittensor_lab.accounts import free_tao
from bittensor_lab.agents.agent import Act, Agent, luck
from bittensor_lab.block import Extrinsic
from bittensor_lab.errors import InputError
from bittensor_lab.extrinsics import RemoveStake, Transfer
from bittensor_lab.market import alpha_price
from bittensor_lab.stake import stake_of
from bittensor_lab.state import State
from bittensor_lab.tasks import Challenge, Task

LOTS = 20
"""steps of skill between nothing and all there is"""
LAZY_ROUNDS = 10
"""rounds for which a lazy miner sends the same answer"""
SUPPLIERS = "suppliers"
"""the coldkey of those who sell power, machines and data to miners"""
MARGIN = 1.02
"""a sale is planned for more than the cost, as its fee and its own effect on the price take some"""


class Asked(NamedTuple):
    """What a miner knows when it is asked."""

    task: Task
    seed: int
    round: int
    made: int
    """the round for which the challenge was made; before ``round``: it has been seen"""
    number: int
    """of the challenge among those of its round"""
    shown: Any
    given: Mapping[str, Any]
    """the answers of the miners who came first, by hotkey"""


Answering = Callable[[Asked, "Miner", np.random.Generator], Any]


def honest_answer(asked: Asked, miner: Miner, rng: np.random.Generator) -> Any:
    """Do the work with all one has."""
    return asked.task.honest(asked.shown, miner.skill_at(asked.round), rng)


def spoofing(asked: Asked, miner: Miner, rng: np.random.Generator) -> Any:
    """Answer what the tempting rule likes."""
    return asked.task.spoof(asked.shown, rng)


def lazy_answer(asked: Asked, miner: Miner, rng: np.random.Generator) -> Any:
    """Work in one round of ten, and send that answer in the other nine, whatever is asked."""
    worked = asked.made - asked.made % LAZY_ROUNDS
    shown = challenge_of(asked.task, asked.seed, worked, asked.number).shown
    return asked.task.honest(shown, miner.skill_at(worked), luck(asked.seed, miner.hotkey, worked))


def overfitting(asked: Asked, miner: Miner, rng: np.random.Generator) -> Any:
    """Prepare what has been seen, for as long as it takes; know next to nothing of what is fresh."""
    return asked.task.honest(asked.shown, 1.0 if asked.made < asked.round else 0.0, rng)


def copying(hotkey: str) -> Answering:
    """Return the way of one who sends another's answer, if the other has answered already."""

    def answer(asked: Asked, miner: Miner, rng: np.random.Generator) -> Any:
        return asked.given.get(hotkey)

    return answer


def intermittent(there: float) -> Answering:
    """Return the way of one who works honestly, but is there for only this part of the challenges."""

    def answer(asked: Asked, miner: Miner, rng: np.random.Generator) -> Any:
        return honest_answer(asked, miner, rng) if rng.random() < there else None

    return answer


@dataclass(frozen=True)
class Miner:
    """One who answers challenges with a hotkey."""

    hotkey: str
    skill: float
    """in round 0, of 1"""
    answers: Answering = honest_answer
    learns: float = 0.0
    """the part of what is missing that each round adds"""
    cost: int = 0
    """rao of TAO that a round costs"""

    def __post_init__(self) -> None:
        for name, value, high in (("skill", self.skill, 1.0), ("learns", self.learns, 0.99)):
            if not 0.0 <= value <= high:
                raise InputError(f"{name} of {self.hotkey} must lie between 0 and {high:g}, not {value!r}")
        if self.cost < 0:
            raise InputError(f"{self.hotkey}'s work cannot cost {self.cost} rao")

    def skill_at(self, round: int) -> float:
        """Return the skill in a round."""
        if not self.learns:
            return self.skill
        grown = 1.0 - (1.0 - self.skill) * (1.0 - self.learns) ** max(0, round)
        return int(grown * LOTS + 1e-9) / LOTS


@lru_cache(maxsize=256)
def challenge_of(task: Task, seed: int, made: int, number: int) -> Challenge:
    """Return a challenge of a round: drawn from the seed, and the same for whoever asks."""
    return task.challenge(luck(seed, f"{task.name} {number}", made))


# --- what miners ask of the chain ----------------------------------------------------------------


def can_pay(state: State, miner: Miner) -> bool:
    """Whether a miner has the TAO for another round; who has not, answers no more."""
    return free_tao(state, state.owner.get(miner.hotkey, "")) >= miner.cost


def pays_its_way(netuid: int, miner: Miner) -> Act:
    """Return the act of a miner who pays for a round, and sells as much alpha as that costs."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        held, price = stake_of(state, netuid, me.hotkey, me.coldkey), alpha_price(state, netuid)
        if me.hotkey not in state.subnet(netuid).uids or not can_pay(state, miner):
            return []
        amount = min(held, int(MARGIN * miner.cost / price)) if price else 0
        sold = [RemoveStake(me.coldkey, me.hotkey, netuid, amount)] if amount else []
        return [*sold, Transfer(me.coldkey, SUPPLIERS, miner.cost)]

    return act


def bribes(account: str, amount: int) -> Act:
    """Return the act of one who pays ``amount`` rao each time into an account that a validator looks at."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        return [Transfer(me.coldkey, account, amount)] if free_tao(state, me.coldkey) >= amount else []

    return act
