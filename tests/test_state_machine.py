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
from bittensor_lab.events import AlphaRecycled, DustLost, Event, NetworkRemoved, TaoRecycled
from bittensor_lab.invariants import violations
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.state import State

SEED = st.integers(0, 2**32)


def destroyed(state: State, extrinsic: Extrinsic, events: tuple[Event, ...]) -> int:
    """The TAO, rao, that an extrinsic took out of the world: dust, a swapped key, what an end leaves."""
    gone = sum(event.amount for event in events if isinstance(event, DustLost | TaoRecycled))
    if isinstance(extrinsic, x.AnnounceColdkeySwap):  # only the first announcement costs
        return gone + state.network.key_swap_cost * (extrinsic.coldkey not in state.announced_swaps)
    if not isinstance(extrinsic, x.SwapHotkey):
        return gone
    whole = extrinsic.netuid is None
    return gone + (state.network.key_swap_cost if whole else state.network.key_swap_on_subnet_cost)


def alpha(state: State) -> dict[int, int]:
    """How much alpha there is of each subnet, rao."""
    return {netuid: state.pools.alpha_issuance(netuid) for netuid in state.netuids}


def check_alpha(before: State, extrinsic: Extrinsic, after: State, events: tuple[Event, ...]) -> None:
    """An extrinsic makes no alpha; it unmakes what is recycled, or what a registration bought (11.4)."""
    then, now = alpha(before), alpha(after)
    recycled = {event.netuid: event.alpha for event in events if isinstance(event, AlphaRecycled)}
    removed = {event.netuid for event in events if isinstance(event, NetworkRemoved)}
    for netuid in then.keys() & now.keys():
        lost = then[netuid] - now[netuid]
        if isinstance(extrinsic, x.BurnedRegister | x.RegisterLimit):
            assert lost >= 0
        elif netuid not in removed:  # another subnet may take its place in the same block
            assert lost == recycled.get(netuid, 0)


def check_block(before: State, after: State) -> None:
    """A block spends at most its emission, and each subnet's alpha grows by no more than its own (11)."""
    spent = after.total_issuance - before.total_issuance
    assert 0 <= spent <= block_emission(before.total_issuance)
    then, now = alpha(before), alpha(after)
    for netuid, amount in then.items():
        made = block_emission(amount)
        assert now[netuid] - amount <= 2 * max(made, block_emission(before.total_issuance))


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
        check_alpha(before, extrinsic, self.state, events)

    @rule(seed=SEED)
    def ask_again(self, seed: int) -> None:
        """Asking is what most people do most of the time."""
        self.ask(seed)

    @rule(blocks=st.sampled_from([1, 1, 2, 7, 60]))
    def wait(self, blocks: int) -> None:
        before = self.state
        self.state = run(before, blocks)
        self.issuance += self.minted(before)

    @rule(blocks=st.integers(1, 12))
    def wait_in_two_ways(self, blocks: int) -> None:
        before = stepped = self.state
        for _ in range(blocks):
            last = stepped
            stepped, _ = begin_block(last)
            check_block(last, stepped)
        self.state = run(before, blocks)
        assert digest(self.state) == digest(stepped)
        self.issuance += self.minted(before)

    def minted(self, before: State) -> int:
        """What came into the world since: the subnets' accounts have it, but for what root's claims moved."""
        spent = int(self.state.pools.account.sum()) - int(before.pools.account.sum())
        assert 0 <= spent <= block_emission(before.total_issuance) * (self.state.block - before.block)
        assert self.state.free == before.free
        return spent

    @rule(seed=SEED)
    def fill_a_block(self, seed: int) -> None:
        rng, before = np.random.default_rng(seed), self.state
        asked = [random_extrinsic(rng, before) for _ in range(3)]
        begun, _ = begin_block(before)
        self.issuance += begun.total_issuance - before.total_issuance
        check_block(before, begun)
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
TestAnyChain.settings = settings(max_examples=60, stateful_step_count=50, deadline=None, derandomize=True)


def test_the_walk_goes_everywhere():
    """Each extrinsic succeeds somewhere, most errors are met, and what is rare happens."""
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for seed in range(400):
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
                    for a, b in zip(state.subnets[1:], after.subnets[1:], strict=False)
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
    rare |= {"RootClaimed", "NetworkAdded", "NetworkRemoved", "TaoRecycled", "SubnetOwnerChanged"}
    assert rare <= {name for name, count in done.items() if count}
    assert len(refused) >= 70
