"""Random extrinsics and blocks, in any order: every law holds after each, and no rao is made or lost."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from random_chain import digest, random_extrinsic, random_network

from bittensor_lab import extrinsics as x
from bittensor_lab.block import Extrinsic, apply, begin_block, block_step, run
from bittensor_lab.errors import ChainError
from bittensor_lab.events import DustLost, Event
from bittensor_lab.invariants import violations
from bittensor_lab.state import State

SEED = st.integers(0, 2**32)


def destroyed(state: State, extrinsic: Extrinsic, events: tuple[Event, ...]) -> int:
    """The TAO, rao, that an extrinsic took out of the world: dust, and what a swapped key costs."""
    dust = sum(event.amount for event in events if isinstance(event, DustLost))
    if not isinstance(extrinsic, x.SwapHotkey):
        return dust
    whole = extrinsic.netuid is None
    return dust + (state.network.key_swap_cost if whole else state.network.key_swap_on_subnet_cost)


class AnyChain(RuleBasedStateMachine):
    """A small network to which anything may happen."""

    @initialize(seed=SEED)
    def begin(self, seed: int) -> None:
        self.state = random_network(np.random.default_rng(seed))
        self.issuance = self.state.total_issuance
        self.old = [(self.state, digest(self.state))]

    @rule(seed=SEED)
    def ask(self, seed: int) -> None:
        extrinsic, before = random_extrinsic(np.random.default_rng(seed), self.state), self.state
        try:
            self.state, events = apply(before, extrinsic)
        except ChainError as error:
            assert str(error)
            assert self.state is before
            return
        self.issuance -= destroyed(before, extrinsic, events)

    @rule(seed=SEED)
    def ask_again(self, seed: int) -> None:
        """Asking is what most people do most of the time."""
        self.ask(seed)

    @rule(blocks=st.sampled_from([1, 1, 2, 7, 60]))
    def wait(self, blocks: int) -> None:
        self.state = run(self.state, blocks)

    @rule(blocks=st.integers(1, 12))
    def wait_in_two_ways(self, blocks: int) -> None:
        stepped = self.state
        for _ in range(blocks):
            stepped, _ = begin_block(stepped)
        self.state = run(self.state, blocks)
        assert digest(self.state) == digest(stepped)

    @rule(seed=SEED)
    def fill_a_block(self, seed: int) -> None:
        rng, before = np.random.default_rng(seed), self.state
        asked = [random_extrinsic(rng, before) for _ in range(3)]
        begun, _ = begin_block(before)
        for extrinsic in asked:
            with suppress(ChainError):
                after, events = apply(begun, extrinsic)
                self.issuance -= destroyed(begun, extrinsic, events)
                begun = after
        self.state, _ = block_step(before, asked)
        assert digest(self.state) == digest(begun)

    @rule()
    def remember(self) -> None:
        self.old.append((self.state, digest(self.state)))

    @invariant()
    def every_law_holds(self) -> None:
        if hasattr(self, "state"):
            assert violations(self.state) == []
            assert self.state.total_issuance == self.issuance

    def teardown(self) -> None:
        for state, known in getattr(self, "old", []):
            assert digest(state) == known


TestAnyChain = AnyChain.TestCase
TestAnyChain.settings = settings(max_examples=300, stateful_step_count=50, deadline=None, derandomize=True)


def test_the_walk_goes_everywhere():
    """Each extrinsic succeeds somewhere, most errors are met, and what is rare happens."""
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for seed in range(150):
        rng = np.random.default_rng(seed)
        state = random_network(rng)
        for _ in range(40):
            extrinsic, held = random_extrinsic(rng, state), state.total_issuance
            try:
                after, events = apply(state, extrinsic)
                done[type(extrinsic).__name__] += 1
                done.update(event.name for event in events)
                replaced = isinstance(extrinsic, x.BurnedRegister) and any(
                    a.n == b.n
                    for a, b in zip(state.subnets[1:], after.subnets[1:], strict=True)
                    if a is not b
                )
                done["a uid replaced"] += replaced
                state = after
            except ChainError as error:
                refused[error.name] += 1
                assert state.total_issuance == held
            state, events = begin_block(state)
            done.update(event.name for event in events)
    assert set(x.__all__) <= done.keys()
    rare = {"a uid replaced", "TimelockedWeightsRevealed", "WeightsRevealed", "EpochDeferred", "SetChildren"}
    assert rare <= {name for name, count in done.items() if count}
    assert len(refused) >= 50
