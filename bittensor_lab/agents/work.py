"""Work: a subnet's task, who does it, and how well: where the off-chain world meets a netuid.

    round      = (block − starts) // period
    challenges   of a round are the same for all validators; each of them looks at a few of its own choice
    score      = mean of rule(shown, response, truth) over those; no answer scores 0

A validator's scores therefore differ from another's by noise, and by less the more it looks at. Answers
depend only on (seed, who is asked, round): they are made once, however many look at them, and kept for a
few rounds. ``rule`` is the subnet's scoring surface; clients find out what the sound rule would have said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np

from bittensor_lab.agents.agent import luck
from bittensor_lab.agents.miners import Asked, Miner, can_pay, challenge_of
from bittensor_lab.errors import InputError
from bittensor_lab.state import State
from bittensor_lab.tasks import Challenge, Rule, Task

RuleName = Literal["sound", "tempting"]
RULES: tuple[RuleName, RuleName] = ("sound", "tempting")
BEST = 3
"""how many of the miners with the most incentive serve clients"""


class Answered(NamedTuple):
    """A challenge, and what came back: response by hotkey, in the order of the miners."""

    challenge: Challenge
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """What is done for a subnet, by whom, and by which rule validators score it."""

    netuid: int
    task: Task
    miners: tuple[Miner, ...]
    """in the order in which they answer"""
    rule: RuleName = "sound"
    challenges: int = 8
    """asked in each round"""
    period: int = 60
    """blocks of a round"""
    starts: int = 0
    """block at which round 0 begins"""
    renewed: int = 1
    """rounds after which the challenges are replaced by fresh ones"""
    seed: int = 0

    def __post_init__(self) -> None:
        hotkeys = [miner.hotkey for miner in self.miners]
        if len(set(hotkeys)) != len(hotkeys):
            raise InputError(f"each miner needs a hotkey of its own; given were {', '.join(hotkeys)}")
        if self.rule not in RULES:
            raise InputError(f"there is no rule {self.rule!r}", remedy=f"Known: {' and '.join(RULES)}.")
        for name in ("challenges", "period", "renewed"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, not {getattr(self, name)!r}")

    def round(self, block: int) -> int:
        """Return the round that a block is in."""
        return (block - self.starts) // self.period

    def there(self, state: State) -> tuple[Miner, ...]:
        """Return the miners who are registered and can pay for their work."""
        uids = state.subnet(self.netuid).uids
        return tuple(miner for miner in self.miners if miner.hotkey in uids and can_pay(state, miner))

    def answers(self, state: State, numbers: Iterable[int]) -> list[Answered]:
        """Return these challenges of the present round, and the answers of whoever is there."""
        now, there = self.round(state.block), self.there(state)
        made = now - now % self.renewed
        return [_answered(self.task, there, self.seed, now, made, number) for number in numbers]

    def scores(self, state: State, validator: str, samples: int) -> dict[str, float]:
        """Return each registered miner's score, by hotkey, as a validator finds it in some challenges."""
        rng = luck(self.seed, validator, self.round(state.block))
        numbers = rng.choice(self.challenges, min(samples, self.challenges), replace=False).tolist()
        uids = state.subnet(self.netuid).uids
        hotkeys = [miner.hotkey for miner in self.miners if miner.hotkey in uids]
        rule = self.task.sound if self.rule == "sound" else self.task.tempting
        return _means(rule, self.answers(state, numbers), hotkeys)

    def quality(self, state: State, best: int = BEST) -> float:
        """Return what clients find: the sound score of the ``best`` miners that the subnet pays most."""
        subnet = state.subnet(self.netuid)
        incentive = subnet.mechanisms[0].incentive
        hotkeys = [miner.hotkey for miner in self.miners if miner.hotkey in subnet.uids]
        paid = {hotkey: int(incentive[subnet.uids[hotkey]]) for hotkey in hotkeys}
        serving = [hotkey for hotkey in sorted(hotkeys, key=lambda h: -paid[h])[:best] if paid[hotkey]]
        if not serving:
            return 0.0
        found = _means(self.task.sound, self.answers(state, range(self.challenges)), serving)
        return float(np.mean(list(found.values())))


def _means(rule: Rule, answered: Sequence[Answered], hotkeys: Sequence[str]) -> dict[str, float]:
    """The mean score of each hotkey's answers; what did not come scores 0."""
    found = dict.fromkeys(hotkeys, 0.0)
    for challenge, given in answered:
        for hotkey in hotkeys:
            response = given.get(hotkey)
            if response is not None:
                found[hotkey] += rule(challenge.shown, response, challenge.truth) / len(answered)
    return found


@lru_cache(maxsize=128)
def _answered(task: Task, there: tuple[Miner, ...], seed: int, now: int, made: int, number: int) -> Answered:
    """One challenge with its answers; no rule is in here, so that two rules can look at the same answers."""
    challenge, given = challenge_of(task, seed, made, number), dict[str, Any]()
    seen = MappingProxyType(given)  # what is kept for others must not be written to
    for miner in there:
        asked = Asked(task, seed, now, made, number, challenge.shown, seen)
        rng = luck(seed, f"{miner.hotkey} {number}", now)
        given[miner.hotkey] = miner.answers(asked, miner, rng)
    return Answered(challenge, seen)
