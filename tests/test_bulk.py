"""Bulk: many blocks in one call give the same state, to the last bit, as block after block."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from immutables import Map
from random_chain import digest, random_extrinsic, random_network

from bittensor_lab.block import apply, run
from bittensor_lab.bulk import Bulk
from bittensor_lab.errors import ChainError, LabError
from bittensor_lab.extrinsics import AddStake, SetWeights
from bittensor_lab.invariants import violations
from bittensor_lab.kernels import payout
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import REGIMES, with_regime
from bittensor_lab.root_claims import drawn_by_lot
from bittensor_lab.share_pool import SafeFloat, SharePool
from bittensor_lab.state import ClaimType, State
from bittensor_lab.units import tao
from bittensor_lab.worlds import mainnet_like


def in_bulk(state: State, *parts: int, threads: int = 1) -> State:
    bulk = Bulk(threads)
    assert bulk.follow(state)
    for blocks in parts:
        bulk.run(blocks)
    reached = bulk.state()
    bulk.close()
    return reached


def asked(rng: np.random.Generator, state: State, count: int) -> State:
    """The state after some extrinsics of which the chain may refuse any."""
    for _ in range(count):
        try:
            state, _ = apply(state, random_extrinsic(rng, state))
        except (ChainError, LabError):
            continue
    return state


def test_one_network_whatever_the_parts():
    start = demo_network(5, 4, 9, seed=2)
    stepped = digest(run(start, 400))
    assert digest(in_bulk(start, 400)) == stepped
    assert digest(in_bulk(start, *[1] * 400)) == stepped
    assert digest(in_bulk(start, 7, 250, 143)) == stepped


def test_one_network_whatever_the_threads():
    start = demo_network(5, 4, 9, seed=2)
    one = digest(in_bulk(start, 3_000))
    assert digest(in_bulk(start, 3_000, threads=2)) == one
    assert digest(in_bulk(start, 3_000, threads=4)) == one


@pytest.mark.parametrize("letter", [regime.letter for regime in REGIMES])
def test_every_rule_of_emission(letter):
    start = with_regime(demo_network(4, 3, 5, seed=5), letter)
    assert digest(in_bulk(start, 130, 171)) == digest(run(start, 301))


def test_a_network_of_main_nets_size():
    """All 128 subnets have an epoch in it, which is paid out and claimed."""
    start = mainnet_like(seed=2)
    reached = in_bulk(start, 361, threads=2)
    assert reached.clocks.epoch_index[1:].min() == 1
    assert digest(reached) == digest(run(start, 361))


def test_claims_are_among_it():
    """In both ways of claiming, with stakers who share a pool and hotkeys that have no claims yet."""
    start = demo_network(3, 4, 5, seed=1)
    rich = {f"staker-{n}": tao(500) for n in range(6)}
    start = replace(
        start,
        free=start.free.update(rich),
        total_issuance=start.total_issuance + sum(rich.values()),
        claim_types=Map({"staker-0": ClaimType(keep=True), "staker-1": ClaimType(keep=True, netuids=(2,))}),
    )
    for number, who in enumerate(rich):
        start, _ = apply(start, AddStake(who, f"validator-{1 + number % 2}", 0, tao(400)))
    stepped, bulk = run(start, 500), in_bulk(start, 500)
    assert digest(bulk) == digest(stepped)
    drawn = [m for c in bulk.root_claims.values() for who, m in c.claimed.items() if who.startswith("staker")]
    assert len(drawn) == 6 and all(drawn)
    assert bulk.stake[2]["validator-1"].value_of("staker-0") > 0


def test_epochs_wait_for_a_place():
    start = demo_network(6, 3, 5, seed=4)
    together = replace(start.clocks, last_epoch_block=np.full(7, 990), blocks_since_last_step=np.full(7, 10))
    start = replace(start, clocks=together)
    reached = in_bulk(start, 140)
    assert len(set(reached.clocks.last_epoch_block[1:].tolist())) == 3
    assert digest(reached) == digest(run(start, 140))


@pytest.mark.parametrize("seed", range(24))
def test_random_networks_that_change_in_between(seed):
    """One bulk follows a chain through random extrinsics, odd times included, and never differs."""
    rng = np.random.default_rng([seed, 99])
    state, bulk = random_network(rng), Bulk(threads=1 + seed % 2)
    for _ in range(25):
        blocks = int(rng.choice([1, 2, 7, 30, 61]))
        stepped = run(state, blocks)
        if bulk.follow(state):
            bulk.run(blocks)
            assert digest(bulk.state()) == digest(stepped)
            stepped = bulk.state()
        state = asked(rng, stepped, int(rng.integers(0, 12)))
    bulk.close()
    assert not violations(state)


def test_enough_of_them_are_plain():
    """Or the test above would test little: half of all random states go through the kernels."""
    counts = [0, 0]
    for seed in range(12):
        rng = np.random.default_rng([seed, 7])
        state = random_network(rng)
        for _ in range(6):
            counts[Bulk().follow(state)] += 1
            state = asked(rng, run(state, 30), 4)
    assert counts[1] > 20


def test_what_is_not_plain_is_refused():
    plain = demo_network(2, 3, 4)
    subnet = plain.subnet(1)
    assert Bulk().follow(plain)
    second = replace(subnet, mechanisms=subnet.mechanisms * 2)
    children = replace(subnet, children=Map({"validator-1": ((2**63, "miner-1-1"),)}))
    for odd in (second, children):
        assert not Bulk().follow(plain.with_subnet(odd))
    bulk = Bulk()
    assert not bulk.follow(plain.with_subnet(second))
    assert bulk.follow(plain), "and what was odd may become plain again"


def test_shares_that_are_not_in_normal_form_are_refused():
    state = demo_network(1, 2, 2)
    odd = SharePool(5, SafeFloat(5, 0), Map({"validator-1-cold": SafeFloat(5, 0)}))
    ledger = state.stake[1].set("miner-1-1", odd)
    assert not Bulk().follow(replace(state, stake=(state.stake[0], ledger)))


def test_following_costs_only_what_changed():
    """A weight set between two runs is seen; everything else of that subnet stands."""
    start = demo_network(2, 3, 4, seed=3)
    bulk = Bulk()
    bulk.follow(start)
    bulk.run(120)
    state = bulk.state()
    state, _ = apply(state, SetWeights("validator-1", 1, (4, 5), (1, 65535)))
    assert bulk.follow(state)
    bulk.run(120)
    assert digest(bulk.state()) == digest(run(state, 120))


def test_lots_are_those_of_the_chain():
    state = demo_network(1, 12, 4, seed=9)
    bulk = Bulk()
    bulk.follow(state)
    for offset, words in enumerate(bulk._lots(50)):
        last, found = words[0], list[int]()
        for step in range(state.network.root_claims_per_block):
            last = np.uint64(payout.drawn(words, step, last, len(state.root_stakers)))
            found += [int(last)] if int(last) not in found else []
        names = [state.root_staker_of[number] for number in found]
        assert names == drawn_by_lot(state, state.block + 1 + offset)
