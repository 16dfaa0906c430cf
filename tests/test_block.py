"""Blocks: the order within one, what is due when, and many at once equal to one by one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from networks import emission_to_come, pots
from random_chain import digest, random_extrinsic

from bittensor_lab import block, extrinsics
from bittensor_lab.errors import ChainError, WrongType
from bittensor_lab.events import EpochDeferred, EpochRan, EpochSkipped, ExtrinsicFailed, SetChildren
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network, empty_network, mainnet
from bittensor_lab.schedule import due, next_due, next_epoch_start
from bittensor_lab.state import ROOT, PendingChildren, State


def step(state: State, blocks: int) -> State:
    for _ in range(blocks):
        state, _ = block.begin_block(state)
    return state


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(1, 200), st.booleans())
def test_running_gives_what_stepping_gives(seed, blocks, commit_reveal):
    """Whatever was asked of the chain before: waiting commits, triggers, new tempos, childkeys."""
    rng = np.random.default_rng(seed)
    state = demo_network(int(rng.integers(1, 5)), 3, 5, seed=seed % 100, commit_reveal=commit_reveal)
    for netuid in state.netuids:
        state = state.with_hyperparameters(netuid, tempo=int(rng.choice([0, 1, 2, 7, 60])))
    for _ in range(8):
        for _ in range(5):
            with suppress(ChainError):
                state, _ = block.apply(state, random_extrinsic(rng, state))
        state = block.run(state, int(rng.integers(0, 9)))
    assert digest(block.run(state, blocks)) == digest(step(state, blocks))


def test_an_idle_network_is_jumped_over():
    """Between epochs a run takes no step per block: its stops are the epochs and the end."""
    state = demo_network(3, rulebook=mainnet())
    stops = list(block.advance(state, 3_600))
    ran = [event for _, events in stops for event in events if isinstance(event, EpochRan)]
    assert len(ran) == 30
    assert len(stops) <= 2 * 30 + 1


def test_nothing_ever_happens_with_tempo_0():
    state = demo_network().with_hyperparameters(1, tempo=0)
    assert next_epoch_start(state, 1) is None
    later = block.run(state, 10**6)
    assert later.block == state.block + 10**6
    assert later.clocks.epoch_index[1] == 0
    assert violations(later) == []


def test_an_empty_network_runs():
    state = block.run(empty_network(), 1_000)
    assert (state.block, state.netuids, violations(state)) == (1_000, [], [])


def test_epochs_beyond_two_in_a_block_wait_for_the_next():
    state = demo_network(5)
    clocks = replace(state.clocks, last_epoch_block=np.full(6, state.block))
    state = replace(state, clocks=clocks)
    seen = [event for reached, happened in block.advance(state, 63) for event in happened]
    events = [event for event in seen if isinstance(event, EpochRan | EpochDeferred)]
    order = [(type(event), event.netuid) for event in events]
    assert order[:5] == [
        (EpochDeferred, 3),
        (EpochDeferred, 4),
        (EpochDeferred, 5),
        (EpochRan, 1),
        (EpochRan, 2),
    ]
    assert order[5:] == [(EpochDeferred, 5), (EpochRan, 3), (EpochRan, 4), (EpochRan, 5)]
    after = block.run(state, 63)
    assert after.clocks.last_epoch_block.tolist()[1:] == [1060, 1060, 1061, 1061, 1062]
    assert after.clocks.pending_epoch_at.tolist() == [0] * 6


def test_two_uids_of_one_hotkey_skip_the_epoch_and_the_pot_goes_on_growing():
    state = demo_network(1, 2, 2)
    subnet = state.subnet(1)
    state = state.with_subnet(replace(subnet, hotkeys=(*subnet.hotkeys[:-1], subnet.hotkeys[0])))
    due_at = next_due(state)
    reached = block.run(state, due_at - state.block - 1)
    assert not due(reached, reached.block)[1]
    after, events = block.begin_block(reached)
    assert events == (EpochSkipped(1),)
    for name in ("server", "validator", "root", "owner"):
        column = f"pending_{name}"
        assert getattr(after.pools, column)[1] >= getattr(reached.pools, column)[1]
    assert after.pools.pending_server[1] > reached.pools.pending_server[1] > 0
    assert (after.clocks.epoch_index[1], after.clocks.last_epoch_block[1]) == (1, due_at)
    assert after.clocks.last_step_block[1] == 0
    assert after.clocks.blocks_since_last_step[1] > 0


def test_children_take_effect_with_a_skipped_epoch_too():
    state = demo_network(1, 2, 2)
    subnet = state.subnet(1)
    waiting = Map({"validator-1": PendingChildren(((1, "validator-2"),), 1)})
    state = state.with_subnet(
        replace(subnet, hotkeys=(*subnet.hotkeys[:-1], subnet.hotkeys[0]), pending_children=waiting)
    )
    _, events = block.begin_block(block.run(state, next_due(state) - state.block - 1))
    assert events == (EpochSkipped(1), SetChildren("validator-1", 1, ((1, "validator-2"),)))


def test_a_subnet_that_would_skip_waits_for_its_place_too_but_takes_none():
    state = demo_network(4, 2, 2)
    clocks = replace(state.clocks, last_epoch_block=np.full(5, state.block))
    state = replace(state, clocks=clocks)

    def first_of(*doubled):
        odd = state
        for netuid in doubled:
            subnet = odd.subnet(netuid)
            odd = odd.with_subnet(replace(subnet, hotkeys=(*subnet.hotkeys[:-1], subnet.hotkeys[0])))
        seen = next(events for _, events in block.advance(odd, 100) if events)
        kinds = (EpochRan, EpochDeferred, EpochSkipped)
        return sorted((event.netuid, type(event)) for event in seen if isinstance(event, kinds))

    assert first_of(4) == [(1, EpochRan), (2, EpochRan), (3, EpochDeferred), (4, EpochDeferred)]
    assert first_of(1) == [(1, EpochSkipped), (2, EpochRan), (3, EpochRan), (4, EpochDeferred)]


def test_a_subnet_too_long_without_an_epoch_runs_one():
    """More than 50,400 blocks, whatever its tempo says."""
    state = demo_network().with_hyperparameters(1, tempo=60_000)
    first = next(s.block for s, events in block.advance(state, 60_000) if events)
    assert first == state.block + 50_401 - int(state.clocks.blocks_since_last_step[1])
    assert digest(block.run(state, first - state.block)) == digest(step_near(state, first))


def step_near(state: State, target: int) -> State:
    """Idle to five blocks before, then one by one."""
    return step(block.idle(state, target - state.block - 5), 5)


def test_a_block_applies_extrinsics_after_its_beginning_and_refusals_are_events():
    state = demo_network()
    given = [extrinsics.Transfer("alice", "bob", 7), extrinsics.Transfer("nobody", "bob", 7)]
    after, events = block.block_step(state, given)
    assert after.block == state.block + 1
    assert after.free["bob"] == state.free["bob"] + 7
    assert isinstance(events[-1], ExtrinsicFailed)
    assert events[-1].error.name == "FundsUnavailable"


@pytest.mark.parametrize("junk", [None, 7, "transfer", extrinsics.Transfer, object()])
def test_what_is_no_extrinsic_is_said_to_be_none(junk):
    with pytest.raises(WrongType, match="is no extrinsic"):
        block.apply(demo_network(), junk)


def test_terms_of_an_epoch_are_stored_and_its_pot_is_emptied():
    state = demo_network()
    waited = emission_to_come(state, next_due(state) - state.block)
    after = block.run(state, next_due(state) - state.block)
    subnet = after.subnet(1)
    assert pots(after) == after.pools.pending_owner[1] == 0
    incentive, paid = subnet.mechanisms[0].incentive, subnet.emission.sum()
    assert 65_500 < incentive.astype(int).sum() <= 65_535
    assert 0 <= waited - int(paid) < subnet.n * waited / 2**31  # each share is cut off at 2⁻³²
    assert subnet.dividends[1:5].all()
    assert not subnet.dividends[5:].any()


def test_root_sets_kappa_and_the_next_epoch_follows():
    state = demo_network(seed=3)
    other, _ = block.apply(state, extrinsics.SetHyperparameter(ROOT, 1, "kappa", 65_535))
    a, b = (block.run(s, 180).subnet(1).mechanisms[0].incentive for s in (state, other))
    assert (a != b).any()
