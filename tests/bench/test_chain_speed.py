"""Forks, calls and blocks of a large chain (``make bench``). Nothing here fails for being slow."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import psutil
from immutables import Map

from bittensor_lab.chain import Chain
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import State

FORKS = 1_000
POSITIONS = 100_000


def resident() -> int:
    return psutil.Process(os.getpid()).memory_info().rss


def forks(base: Chain, rows: list[list[int]]) -> list[Chain]:
    """Each with one row of weights and one transfer of its own."""
    made = []
    for i, values in enumerate(rows):
        other = base.fork()
        other.set_weights(f"validator-{i % 63 + 1}", i % 128 + 1, range_of_miners, values)
        other.transfer("alice", "bob", 10**6 + i)
        made.append(other)
    return made


range_of_miners = list(range(64, 256))


def test_thousand_forks(benchmark):
    """128 subnets of 256 uids: seconds for all, and megabytes more."""
    base = Chain(demo_network(128, 63, 192))
    rows = np.random.default_rng(0).integers(1, 65_536, (FORKS, 192)).tolist()
    forks(base, rows[:2])
    before = resident()
    made = benchmark.pedantic(forks, (base, rows), rounds=1)
    benchmark.extra_info["megabytes"] = round((resident() - before) / 1e6, 1)
    assert len({chain.state.free["bob"] for chain in made}) == FORKS
    assert made[0].state.subnets[2] is base.state.subnets[2]


def crowded() -> State:
    """Two subnets and 100,000 people who own a hotkey with stake each."""
    state = demo_network(2)
    people = [f"person-{i}" for i in range(POSITIONS)]
    pools = {f"key-{i}": SharePool().with_stake(f"person-{i}", 10**9) for i in range(POSITIONS)}
    staked = state.stake[1].update(pools)
    hotkeys = state.staking_hotkeys.update({f"person-{i}": (f"key-{i}",) for i in range(POSITIONS)})
    free = state.free.update(dict.fromkeys(people, 10**9))
    owner = state.owner.update({f"key-{i}": person for i, person in enumerate(people)})
    alpha = int(state.pools.alpha_out[1]) + POSITIONS * 10**9
    return State(
        **{
            **vars(state),
            "free": Map(free),
            "owner": owner,
            "stake": (state.stake[0], staked, state.stake[2]),
            "staking_hotkeys": hotkeys,
            "total_issuance": state.total_issuance + POSITIONS * 10**9,
            "pools": state.pools.at(1, alpha_out=alpha),
        }
    )


def test_calls_among_many(benchmark):
    """The slowest of each call with 100,000 positions, after one to warm up; microseconds."""
    chain = Chain(crowded())
    taken: dict[str, list[float]] = {}

    def timed(name: str, call: Callable[[], object]) -> None:
        began = time.perf_counter()
        call()
        taken.setdefault(name, []).append((time.perf_counter() - began) * 1e6)

    def some(first: int, last: int) -> None:
        for i in range(first, last):
            person, key, other = f"person-{i}", f"key-{i}", i + 500
            timed("transfer", lambda who=person: chain.transfer(who, "bob", 1_000))
            if i < 12:
                timed("register", lambda who=person, key=key: chain.burned_register(who, key, 1))
            timed("increase_take", lambda who=person, key=key: chain.increase_take(who, key, 100))
            timed(
                "swap_hotkey",
                lambda i=other: chain.swap_hotkey(f"person-{i}", f"key-{i}", f"new-{i}"),
            )
            timed("run", lambda: chain.run(1))
            timed("fork", chain.fork)
            timed("undo", chain.undo)

    for _ in range(3):
        chain.run(300)  # the price falls far enough for everyone
    some(0, 3)
    taken.clear()
    gc.disable()  # Python's collector stops whatever call it happens to be in, here for about a millisecond
    benchmark.pedantic(some, (3, 103), rounds=1)
    gc.enable()
    benchmark.extra_info["median_us"] = {
        name: round(float(np.median(all_of))) for name, all_of in taken.items()
    }
    benchmark.extra_info["worst_us"] = {name: round(max(all_of)) for name, all_of in taken.items()}


def nominated(people: int = 20_000, subnets: int = 128) -> State:
    """A network in which 100,000 positions are spread over all subnets, four validators each."""
    state = demo_network(subnets, 4, 8)
    stake, hotkeys = list(state.stake), state.staking_hotkeys
    for i in range(POSITIONS):
        netuid, person, key = 1 + i % subnets, f"person-{i % people}", f"validator-{1 + i % 4}"
        stake[netuid] = stake[netuid].set(key, stake[netuid][key].with_stake(person, 10**9))
        known = hotkeys.get(person, ())
        hotkeys = hotkeys if key in known else hotkeys.set(person, (*known, key))
    free = {f"person-{i}": 10**11 for i in range(people)}
    outside = np.array([sum(pool.value for pool in ledger.values()) for ledger in stake])
    return replace(
        state,
        stake=tuple(stake),
        staking_hotkeys=hotkeys,
        free=state.free.update(free),
        total_issuance=state.total_issuance + sum(free.values()),
        pools=replace(state.pools, alpha_out=outside),
    )


def test_ten_thousand_trades(benchmark):
    """Stake added and removed through ``Chain``, at random among 100,000 positions; seconds for all."""
    state, rng = nominated(), np.random.default_rng(0)
    assert violations(state) == []
    picks = zip(rng.integers(20_000, size=5_000), rng.integers(1, 129, size=5_000), strict=True)
    calls = [(f"person-{who}", f"validator-{1 + who % 4}", int(netuid)) for who, netuid in picks]

    def trade(chain: Chain) -> None:
        for person, key, netuid in calls:
            chain.add_stake(person, key, netuid, 10**9)
            chain.remove_stake(person, key, netuid, 5 * 10**8)

    trade(Chain(state))
    benchmark.pedantic(lambda: trade(Chain(state)), rounds=3)


def test_blocks(benchmark):
    """An hour of main net's blocks on 128 subnets of 256 uids, epochs included."""
    chain = Chain(demo_network(128, 63, 192))
    chain.run(120)
    benchmark.pedantic(lambda: chain.fork().run(300), rounds=5)
