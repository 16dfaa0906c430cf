"""A chain's past: undo, at, forks, and a log that leads to the same state again."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_chain import digest, random_extrinsic

from bittensor_lab import history as history_module
from bittensor_lab.block import advance, apply, run
from bittensor_lab.chain import ROOT, Chain
from bittensor_lab.errors import ChainError, InputError, WrongType
from bittensor_lab.events import EpochRan, NeuronRegistered
from bittensor_lab.presets import demo_network
from bittensor_lab.units import tao


def walk(chain: Chain, rng: np.random.Generator, steps: int) -> dict[int, str]:
    """Do random things to a chain; the digest at the end of each of its blocks."""
    seen = {chain.block: digest(chain.state)}
    for _ in range(steps):
        with suppress(ChainError):
            chain.apply(random_extrinsic(rng, chain.state))
        seen[chain.block] = digest(chain.state)
        if rng.random() < 0.5:
            for _ in range(int(rng.integers(1, 4))):
                chain.run(1)
                seen[chain.block] = digest(chain.state)
    return seen


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.sampled_from([4, 20, 600]))
def test_every_block_of_the_past_can_be_returned_to(seed, kept):
    """However few states are kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_module, "MAX_KEPT", kept)
        chain = Chain(demo_network(2, 3, 4, seed=seed % 50))
        seen = walk(chain, np.random.default_rng(seed), 40)
        now = digest(chain.state)
        for block, expected in seen.items():
            assert digest(chain.at(block).state) == expected
        assert digest(chain.state) == now


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.sampled_from([4, 600]))
def test_undo_takes_back_one_thing_after_the_other(seed, kept):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_module, "MAX_KEPT", kept)
        rng, chain = np.random.default_rng(seed), Chain(demo_network(1, 3, 4))
        digests = [digest(chain.state)]
        while len(digests) < 25:
            try:
                if rng.random() < 0.3:
                    chain.run(int(rng.integers(1, 50)))
                else:
                    chain.apply(random_extrinsic(rng, chain.state))
            except ChainError:
                continue
            digests.append(digest(chain.state))
        for expected in digests[-2::-1]:
            chain.undo()
            assert digest(chain.state) == expected
        with pytest.raises(InputError, match="nothing to undo"):
            chain.undo()


def test_the_middle_of_a_run_can_be_returned_to_and_gone_on_from():
    chain = Chain(demo_network())
    start, begin = chain.block, chain.state
    chain.transfer("alice", "bob", 5)
    chain.run(500)
    past = chain.at(start + 333)
    expected = run(apply(begin, chain.history.last.before.action)[0], 333)
    assert digest(past.state) == digest(expected)
    assert [block for block, _ in past.history.last.events] == sorted(
        block for block, event in chain.history.last.events if block <= start + 333
    )
    past.run(167)
    assert digest(past.state) == digest(chain.state)
    past.undo()
    past.undo()
    assert past.block == start


def test_replaying_the_log_gives_the_same_state():
    chain = Chain(demo_network(2, 3, 4))
    begin = chain.state
    walk(chain, np.random.default_rng(5), 120)
    state = begin
    for moment in reversed(list(chain.history.moments())):
        if isinstance(moment.action, int):
            state = run(state, moment.block - state.block)
        else:
            state, _ = apply(state, moment.action)
    assert digest(state) == digest(chain.state)


def test_an_interrupted_run_has_not_happened(monkeypatch):
    chain = Chain(demo_network())
    chain.run(70)
    before = digest(chain.state)

    def interrupted(state, blocks):
        yield from islice(advance(state, blocks), 5)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(history_module, "advance", interrupted)
        with pytest.raises(KeyboardInterrupt):
            chain.run(1_000)
    assert (chain.block, digest(chain.state)) == (1_070, before)
    chain.transfer("alice", "bob", 5)
    chain.run(3)
    assert digest(chain.at(1_070).state) != before
    chain.undo()
    chain.undo()
    assert digest(chain.state) == before


def test_a_fork_goes_its_own_way():
    chain = Chain(demo_network())
    chain.run(70)
    other = chain.fork()
    before = digest(chain.state)
    other.set_hyperparameter(ROOT, 1, "kappa", 50_000)
    other.run(60)
    assert digest(chain.state) == before
    other.undo()
    other.undo()
    assert digest(other.state) == before
    other.undo()
    assert other.block == 1_000
    assert chain.block == 1_070


def test_what_a_fork_did_not_touch_is_shared():
    chain = Chain(demo_network(3, 5, 9))
    other = chain.fork()
    other.set_weights("validator-1", 2, [6, 7], [1, 2])
    ours, theirs = chain.state, other.state
    assert theirs.subnets[1] is ours.subnets[1]
    assert theirs.clocks is ours.clocks
    assert theirs.subnets[2].dividends is ours.subnets[2].dividends
    assert theirs.subnets[2].mechanisms[0].bonds is ours.subnets[2].mechanisms[0].bonds
    rows, old = theirs.subnets[2].mechanisms[0].weights, ours.subnets[2].mechanisms[0].weights
    assert [a is b for a, b in zip(rows, old, strict=True)].count(False) == 1
    with pytest.raises(ValueError, match="read-only"):
        ours.subnets[2].dividends[0] = 1


def test_memory_of_a_long_past_is_bounded(monkeypatch):
    monkeypatch.setattr(history_module, "MAX_BYTES", 200_000)
    chain = Chain(demo_network(2, 3, 4))
    for _ in range(300):
        chain.run(7)
    kept = chain.history._kept
    assert sum(entry.cost for entry in kept) == chain.history._bytes <= 200_000
    assert kept[0].state.block == 1_000
    assert kept[-1].state is chain.state
    assert digest(chain.at(1_700).state) == digest(run(kept[0].state, 700))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.sampled_from([4, 600]), st.sampled_from([1, 2, 9, 30]))
def test_a_full_log_forgets_its_older_half_and_nothing_else(seed, kept, moments):
    """What is left leads to the same states, by undo and by block; a fork taken before has its own past."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_module, "MAX_KEPT", kept)
        patch.setattr(history_module, "MAX_MOMENTS", moments)
        rng, chain = np.random.default_rng(seed), Chain(demo_network(1, 3, 4))
        before = walk(chain, rng, 20)
        fork = chain.fork()
        seen, first = before | walk(chain, rng, 40), chain.history.states()[0].block
        assert 1_000 < first <= chain.block
        for past, known in ((chain, seen), (fork, before)):
            assert len(list(past.history.moments())) <= moments + 1
            assert sum(entry.cost for entry in past.history._kept) == past.history._bytes
            for block in range(past.history.states()[0].block, past.block + 1):
                assert digest(past.at(block).state) == known[block]
        with pytest.raises(InputError, match=f"blocks {first} to {chain.block}"):
            chain.at(first - 1)
        begin = digest(chain.history._kept[0].state)
        for _ in range(chain.history.last.depth - chain.history._positions[0][0]):
            chain.undo()
        assert digest(chain.state) == begin
        with pytest.raises(InputError, match="nothing to undo"):
            chain.undo()


def test_run_epochs_stops_right_after_them():
    chain = Chain(demo_network(2))
    events = chain.run_epochs(3, netuid=2)
    assert sum(isinstance(event, EpochRan) and event.netuid == 2 for event in events) == 3
    assert chain.state.clocks.last_step_block[2] == chain.block
    assert chain.run_epochs(0, netuid=2) == ()
    chain.set_hyperparameter(ROOT, 1, "tempo", 0)
    with pytest.raises(InputError, match="never runs"):
        chain.run_epochs(1, netuid=1)


@pytest.mark.parametrize("blocks", [-1, 1.5, "3", None, True, 10**12])
def test_only_whole_numbers_of_blocks_pass(blocks):
    chain = Chain(demo_network())
    with pytest.raises(InputError):
        chain.run(blocks)
    with pytest.raises(InputError):
        chain.at(blocks)
    assert chain.block == 1_000


def test_a_chain_begins_with_a_state():
    with pytest.raises(WrongType, match="demo_network"):
        Chain("main net")


def test_history_as_tables():
    chain = Chain(demo_network())
    chain.burned_register("alice", "alice-miner", 1)
    chain.transfer("alice", "bob", tao(3))
    chain.run_epochs(2, netuid=1)
    events = chain.history.events()
    assert events["event"].tolist() == [
        "NeuronRegistered",
        "Transfer",
        *["EpochRan", "EmissionDistributed"] * 2,
    ]
    assert events["block"].is_monotonic_increasing
    assert NeuronRegistered.__name__ in set(events["event"])
    metagraph = chain.history.metagraph(1)
    assert metagraph["block"].nunique() == 2
    assert len(metagraph) == 2 * chain.subnet(1).n
    accounts = chain.history.accounts()
    bob = accounts[accounts["coldkey"] == "bob"]
    assert bob["free"].tolist()[-1] == 1_003.0


def test_a_chain_shows_itself():
    chain = Chain(demo_network())
    assert "block 1" in repr(chain)
    assert "<table" in chain._repr_html_()
