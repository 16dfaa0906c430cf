"""Agents: each does what its name says, has its own luck, and two forks differ only by what was changed."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_chain import digest

from bittensor_lab import agents, block
from bittensor_lab.agents import Agent, after, crowd, luck
from bittensor_lab.chain import Chain
from bittensor_lab.events import ExtrinsicFailed
from bittensor_lab.extrinsics import AddStake
from bittensor_lab.invariants import violations
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network
from bittensor_lab.stake import stake_of
from bittensor_lab.units import tao

STATE = demo_network(4, 4, 6, seed=2)
V1 = "validator-1"
TRADERS = ("value_investor", "momentum", "index", "yield_chaser", "pump_and_dump", "exit_at_limit")


def moved(netuid, times):
    """The network after somebody has bought (or sold) a part of a pool."""
    chain = Chain(STATE)
    if times > 1:
        chain.add_stake("carol", V1, netuid, tao(500))
    else:
        chain.remove_stake("validator-2-cold", "validator-2", netuid, int(STATE.pools.alpha_in[netuid]) // 10)
    return chain.state


def acts(name, state, held=None, seed=0):
    if held:
        chain = Chain(state)
        chain.add_stake("alice", V1, held, tao(200))
        state = chain.state
    me = Agent("alice", V1, getattr(agents, name))
    return state, me.act(state, me, np.random.default_rng(seed))


def test_a_value_investor_buys_what_has_fallen_and_sells_what_has_risen():
    _, (bought,) = acts("value_investor", moved(2, 0))
    assert (type(bought).__name__, bought.netuid) == ("AddStake", 2)
    _, asked = acts("value_investor", STATE, held=3)  # buying it has made it dear
    assert [(type(e).__name__, e.netuid) for e in asked] == [("RemoveStake", 3)]


def test_momentum_does_the_opposite():
    _, (bought,) = acts("momentum", moved(2, 2))
    assert (type(bought).__name__, bought.netuid) == ("AddStake", 2)
    fallen = replace(STATE, pools=STATE.pools.at(3, moving_price=2 * int(STATE.pools.moving_price[3])))
    _, asked = acts("momentum", fallen, held=3)
    assert [(type(e).__name__, e.netuid) for e in asked] == [("RemoveStake", 3)]


def test_an_index_follows_emission():
    _, asked = acts("index", STATE)
    parts = np.array([e.amount for e in asked])
    assert parts.sum() == pytest.approx(tao(100), rel=1e-6)
    price = STATE.pools.moving_price[1:] / STATE.pools.moving_price[1:].sum()
    assert parts / parts.sum() == pytest.approx(price, rel=1e-6)


def test_a_yield_chaser_goes_where_alpha_is_scarce():
    scarce = int(np.argmin(STATE.pools.alpha_out[1:])) + 1
    other = 1 + scarce % 4
    _, asked = acts("yield_chaser", STATE, held=other)
    assert [(type(e).__name__, getattr(e, "destination_netuid", None)) for e in asked[:1]] == [
        ("SwapStake", scarce)
    ]
    assert asked[-1].netuid == scarce


def test_a_pumper_buys_waits_and_dumps():
    _, (bought,) = acts("pump_and_dump", STATE)
    assert bought.amount == tao(500)
    state, asked = acts("pump_and_dump", STATE, held=2)
    assert asked == []  # the moving price has not followed yet
    me = Agent("alice", V1, agents.pump_and_dump)
    later = block.run(state, 200)
    (sold,) = me.act(later, me, np.random.default_rng(0))
    assert sold.amount == stake_of(later, 2, V1, "alice")


def test_an_exit_at_a_limit_never_sells_cheap():
    chain = Chain(STATE)
    chain.add_stake("alice", V1, 2, tao(900))
    price = alpha_price(chain.state, 2)
    left = after(chain.state, [Agent("alice", V1, agents.exit_at_limit, every=1)], 1)
    assert alpha_price(left, 2) == pytest.approx(0.99 * price, rel=2e-3)
    assert 0 < stake_of(left, 2, V1, "alice") < stake_of(chain.state, 2, V1, "alice")


def test_an_owner_buys_back():
    owner = Agent("owner-1-cold", "owner-1", agents.buys_back(1, tao(1)), every=5)
    reached = after(STATE, [owner], 20)
    assert reached.free["owner-1-cold"] <= STATE.free["owner-1-cold"] - tao(4) + tao(1)
    assert alpha_price(reached, 1) > alpha_price(block.run(STATE, 20), 1)
    assert stake_of(reached, 1, "owner-1", "owner-1-cold") == stake_of(
        block.run(STATE, 20), 1, "owner-1", "owner-1-cold"
    )


def test_validators_say_what_they_see():
    subnet = STATE.subnet(1)
    quality = {hotkey: 1.0 + i for i, hotkey in enumerate(h for h in subnet.hotkeys if h.startswith("miner"))}
    crew = [
        Agent(f"validator-{v}-cold", f"validator-{v}", agents.honest(1, quality, 0.1), every=20)
        for v in (1, 2, 3)
    ]
    copier = Agent("validator-4-cold", "validator-4", agents.copies(1), every=20)
    reached = after(STATE, [*crew, copier], 200)
    incentive = reached.subnet(1).mechanisms[0].incentive
    earned = [int(incentive[reached.subnet(1).uids[hotkey]]) for hotkey in quality]
    assert earned == sorted(earned) and earned[0] > 0
    bribed = [replace(each, act=agents.favours(1, "miner-1-1")) for each in crew]
    bought = after(STATE, bribed, 200).subnet(1)
    assert bought.mechanisms[0].incentive[bought.uids["miner-1-1"]] > 60_000


@pytest.mark.parametrize("group", [TRADERS[:3], TRADERS[3:]])
def test_everybody_together_breaks_no_law_and_comes_from_the_seed(group):
    pairs = zip(("alice", "bob", "carol"), group, strict=True)
    people = [Agent(name, V1, getattr(agents, act), every=7) for name, act in pairs]
    first, second, other = (after(STATE, people, 150, seed) for seed in (1, 1, 2))
    assert digest(first) == digest(second) != digest(other)
    assert violations(first) == []
    assert first.block == STATE.block + 150


def test_each_has_its_own_luck_whoever_else_is_there():
    drawn = luck(3, "alice", 9).random()
    assert luck(3, "alice", 9).random() == drawn
    assert (
        len({drawn, luck(3, "bob", 9).random(), luck(3, "alice", 10).random(), luck(4, "alice", 9).random()})
        == 4
    )
    index = Agent("alice", V1, agents.index, every=9)
    alone = [s.block for s, events in crowd(STATE, [index], 60) for e in events if e.name == "StakeAdded"]
    both = [
        s.block
        for s, events in crowd(STATE, [Agent("bob", V1, agents.momentum, every=4), index], 60)
        for e in events
        if e.name == "StakeAdded" and e.coldkey == "alice"
    ]
    assert alone == both


def test_what_the_chain_refuses_is_an_event():
    def greedy(state, me, rng):
        return [AddStake(me.coldkey, me.hotkey, 1, tao(10**6))]

    events = [e for _, happened in crowd(STATE, [Agent("alice", V1, greedy, every=5)], 10) for e in happened]
    assert sum(isinstance(event, ExtrinsicFailed) for event in events) == 2


def test_without_agents_it_is_the_chain_alone():
    assert digest(after(STATE, [], 100)) == digest(block.run(STATE, 100))


FOLDER = Path(agents.__file__).parent
PEOPLE = sorted(path for path in FOLDER.glob("[a-z]*.py") if path.stem not in ("agent", "work"))
"""the other two are what they are made of, and work for"""


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_a_kind_of_person_is_short_and_tested(path):
    tests = "".join((Path(__file__).parent / f"test_{name}.py").read_text() for name in ("agents", "work"))
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= 20, f"{node.name} has {lines} lines"
            assert re.search(rf"\b{node.name}\b", tests), f"{node.name} is in no test"
            assert node.name in agents.__all__
