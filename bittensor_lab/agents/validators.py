"""Validators: they set weights, from what they see of the miners' work, or from something else.

    weight of a miner = its score / the best score, as a u16

``measures`` looks at the work itself (``agents.work``); ``honest`` is told each miner's quality, for lessons
in which the work does not matter. The others are what can be done instead of looking: copy, repeat,
favour, take money. All of them follow the subnet's rule on secrecy: with commit-reveal they commit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.accounts import free_tao
from bittensor_lab.agents.agent import Act, Agent
from bittensor_lab.agents.work import Work
from bittensor_lab.block import Extrinsic
from bittensor_lab.extrinsics import CommitTimelockedWeights, SetWeights, Transfer
from bittensor_lab.rows import EMPTY_ROW, Row
from bittensor_lab.state import State
from bittensor_lab.units import U16_MAX


def honest(netuid: int, quality: dict[str, float], noise: float) -> Act:
    """Return the act of a validator who sees each miner's quality, by hotkey, with some noise."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        uids = {hotkey: uid for hotkey, uid in state.subnet(netuid).uids.items() if hotkey in quality}
        seen = np.array([quality[hotkey] * rng.lognormal(0.0, noise) for hotkey in uids])
        return _weights(state, me, netuid, list(uids.values()), seen)

    return act


def measures(work: Work, samples: int) -> Act:
    """Return the act of an honest validator who scores the answers to ``samples`` challenges of the round."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        return _scored(state, me, work, work.scores(state, me.hotkey, samples))

    return act


def lazy(work: Work, samples: int, rounds: int) -> Act:
    """Return the act of a validator who measures in one round of ``rounds``, and repeats itself after."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        old = _row(state, work.netuid, me.hotkey)
        if work.round(state.block) % rounds == 0 or not len(old.uid):
            return _scored(state, me, work, work.scores(state, me.hotkey, samples))
        return [_given(state, me, work.netuid, old.uid.tolist(), old.value.tolist())]

    return act


def self_serving(work: Work, samples: int, own: str, part: float) -> Act:
    """Return the act of an owner's validator: ``part`` of its weight, below 1, to its own miner.

    The rest goes to the others as measured.
    """

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        scores = work.scores(state, me.hotkey, samples)
        others = sum(score for hotkey, score in scores.items() if hotkey != own)
        return _scored(state, me, work, scores | {own: (others or 1.0) * part / (1.0 - part)})

    return act


def bribed(work: Work, samples: int, briber: str, account: str, price: int) -> Act:
    """Return the act of a validator who measures, but calls a miner the best while its bribe comes in.

    It looks at an account of its own, into which only this miner pays; what is there it takes.
    """

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        scores, paid = work.scores(state, me.hotkey, samples), free_tao(state, account)
        if paid < price:
            return _scored(state, me, work, scores)
        best = max(scores.values(), default=0.0)
        return [*_scored(state, me, work, scores | {briber: best}), Transfer(account, me.coldkey, paid)]

    return act


def copies(netuid: int) -> Act:
    """Return the act of a validator who gives what the last epoch found to be the consensus."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        consensus = state.subnet(netuid).consensus.astype(float)
        uids = np.flatnonzero(consensus)
        return _weights(state, me, netuid, uids.tolist(), consensus[uids])

    return act


def favours(netuid: int, miner: str) -> Act:
    """Return the act of a cabal's member: all weight to one miner."""

    def act(state: State, me: Agent, rng: np.random.Generator) -> list[Extrinsic]:
        uid = state.subnet(netuid).uids.get(miner)
        return [] if uid is None else _weights(state, me, netuid, [uid], np.ones(1))

    return act


def _row(state: State, netuid: int, hotkey: str) -> Row:
    """The weights that a hotkey has set; none if it is not registered."""
    subnet = state.subnet(netuid)
    uid = subnet.uids.get(hotkey)
    return EMPTY_ROW if uid is None else subnet.mechanisms[0].weights[uid]


def _scored(state: State, me: Agent, work: Work, scores: Mapping[str, float]) -> list[Extrinsic]:
    uids = state.subnet(work.netuid).uids
    known = {uids[hotkey]: score for hotkey, score in scores.items() if hotkey in uids}
    return _weights(state, me, work.netuid, list(known), np.array(list(known.values())))


def _weights(
    state: State, me: Agent, netuid: int, uids: list[int], seen: NDArray[np.float64]
) -> list[Extrinsic]:
    """What sets ``seen`` [uids] as weights; nobody is told anything while there is nothing to tell."""
    if not len(uids) or seen.max() <= 0:
        return []
    return [_given(state, me, netuid, uids, np.round(seen / seen.max() * U16_MAX).astype(int).tolist())]


def _given(state: State, me: Agent, netuid: int, uids: list[int], values: list[int]) -> Extrinsic:
    """Weights as the subnet wants them: in the open, or sealed until their epoch comes."""
    sealed = state.hyperparameters(netuid).commit_reveal
    return (CommitTimelockedWeights if sealed else SetWeights)(me.hotkey, netuid, uids, values)
