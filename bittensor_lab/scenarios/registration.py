"""Scenarios of registration: what a place on a subnet costs, and what comes with it.

A newcomer to a full subnet gets the uid of the miner that earned least. The chain clears what the old holder
had there, weights on it included, and the epoch leaves out weights and bonds that are older than the
registration. What it cannot know is whether a validator that names the uid again means its new holder.
And weights that were sealed before, but are revealed when the validator has sealed others since, look new:
under commit-reveal with a period of two epochs or more the new holder gets the old one's incentive once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from bittensor_lab.chain import Chain
from bittensor_lab.events import NeuronRegistered
from bittensor_lab.neurons import prunable
from bittensor_lab.presets import demo_network
from bittensor_lab.rows import Row
from bittensor_lab.scenarios.base import Outcome, Scenario, rich
from bittensor_lab.state import State
from bittensor_lab.units import RAO_PER_TAO, tao

RUSH, WAIT = 12, 20
"""registrations, and blocks between two of them if nobody hurries: a third of the price's half-life"""


def _registration_rush(seed: int) -> Outcome:
    """Twelve people register in one block, or one after the other with a pause, at the price they find."""
    network = rich(demo_network(1, 4, 8, seed=seed), "rush", tao(1_000))
    hasty, patient = Chain(network), Chain(network)
    rows = []
    for number in range(RUSH):
        rows.append((number + 1, *(_price_paid(chain, f"rush-{number}") for chain in (hasty, patient))))
        patient.run(WAIT)
    frame = pd.DataFrame(rows, columns=["registration", "in_one_block", "with_pauses"])
    return Outcome(float(frame.in_one_block.iloc[-1] / frame.in_one_block.iloc[0]), frame)


def _price_paid(chain: Chain, hotkey: str) -> float:
    """Register a hotkey; what it cost, TAO."""
    events = chain.burned_register("rush", hotkey, NETUID)
    (registered,) = (event for event in events if isinstance(event, NeuronRegistered))
    return registered.cost / RAO_PER_TAO


NETUID, VALIDATORS, MINERS = 1, 4, 8
WARM, SAID_AT = 8, 20
"""epochs before the newcomer, and block of each epoch at which validators set weights"""


class _Habit(NamedTuple):
    """What validators do about weights once a uid has changed hands."""

    name: str
    period: int
    """epochs for which weights are secret; 0: not at all"""
    says: str
    """from the second epoch on: nothing, the same by uid, or what they see now"""


HABITS = (
    _Habit("say nothing more", 0, "nothing"),
    _Habit("repeat their weights by uid", 0, "same"),
    _Habit("look again", 0, "anew"),
    _Habit("look again, secret for 1 epoch", 1, "anew"),
    _Habit("look again, secret for 2 epochs", 2, "anew"),
)


def _uid_inheritance(seed: int) -> Outcome:
    """A newcomer takes a uid between two epochs; its incentive then, over the old holder's, by habit."""
    network = demo_network(1, VALIDATORS, MINERS, seed=seed)
    network = network.with_hyperparameters(NETUID, max_allowed_uids=network.subnet(NETUID).n)
    frame = pd.DataFrame(
        [(habit.name, *_newcomer(network, habit)) for habit in HABITS],
        columns=["validators", "bond_1", "epoch_1", "epoch_2", "epoch_3", "immune", "goes_next"],
    )
    return Outcome(float(frame.epoch_2.iloc[1]), frame)


def _newcomer(network: State, habit: _Habit) -> tuple[float, float, float, float, bool, bool]:
    """The newcomer's bonds after one epoch and incentive of three, over the old holder's last; whether it
    is immune, and whether it goes next after that."""
    opinions = network.subnet(NETUID).mechanism(0).weights
    secret = {"commit_reveal": habit.period > 0, "reveal_period_epochs": max(1, habit.period)}
    chain = Chain(network.with_hyperparameters(NETUID, **secret))
    for _ in range(WARM):
        _epoch(chain, opinions)
    uid = prunable(chain.state, chain.subnet(NETUID))
    assert uid is not None  # a full subnet of this size always has one
    old_bond, old = _bond(chain.state, uid), _incentive(chain.state, uid)
    _say(chain, opinions)
    chain.burned_register("alice", "newcomer", NETUID)
    chain.run_epochs(1, netuid=NETUID)
    bond, earned = _bond(chain.state, uid) / old_bond, [_incentive(chain.state, uid) / old]
    said = {"nothing": None, "same": opinions, "anew": _seen_anew(opinions, uid)}[habit.says]
    for _ in range(2):
        _epoch(chain, said)
        earned.append(_incentive(chain.state, uid) / old)
    immune = prunable(chain.state, chain.subnet(NETUID)) != uid
    while chain.block - int(chain.subnet(NETUID).block_at_registration[uid]) < _immunity(chain.state):
        _epoch(chain, said)
    goes_next = prunable(chain.state, chain.subnet(NETUID)) == uid
    return bond, earned[0], earned[1], earned[2], immune, goes_next


def _epoch(chain: Chain, opinions: tuple[Row, ...] | None) -> None:
    """One epoch, in which validators say what they think, if they do."""
    if opinions is not None:
        _say(chain, opinions)
    chain.run_epochs(1, netuid=NETUID)


def _say(chain: Chain, opinions: tuple[Row, ...]) -> None:
    """Let validators set or commit to their weights, some blocks from now."""
    chain.run(SAID_AT)
    sealed = chain.state.hyperparameters(NETUID).commit_reveal
    give = chain.commit_timelocked_weights if sealed else chain.set_weights
    for uid in range(1, VALIDATORS + 1):
        row = opinions[uid]
        give(f"validator-{uid}", NETUID, row.uid.tolist(), row.value.tolist())


def _seen_anew(opinions: tuple[Row, ...], uid: int) -> tuple[Row, ...]:
    """The same weights, but on ``uid`` what a miner in the middle gets."""
    return tuple(
        Row(row.uid, np.where(row.uid == uid, np.median(row.value), row.value).astype(np.uint16))
        if len(row.uid)
        else row
        for row in opinions
    )


def _incentive(state: State, uid: int) -> float:
    return float(state.subnet(NETUID).mechanism(0).incentive[uid])


def _bond(state: State, uid: int) -> float:
    """All that validators hold in a uid."""
    return float(state.subnet(NETUID).mechanism(0).bonds.to_dense()[:, uid].sum())


def _immunity(state: State) -> int:
    return state.hyperparameters(NETUID).immunity_period


SCENARIOS = (
    Scenario(
        "registration rush", "Each registration makes the next dearer; who waits pays what the first did.",
        "the twelfth's price over the first's, in one block", _registration_rush,
    ),
    Scenario(
        "uid inheritance",
        "A new holder of a uid inherits nothing, unless validators repeat their weights by uid.",
        "its incentive over the old holder's, if they do", _uid_inheritance,
    ),
)  # fmt: skip
