"""A new coldkey for an old one (spec/economy.md 9): announced, waited for, and everything moves."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from immutables import Map
from networks import (
    NETUID,
    NOW,
    TAO,
    V1,
    V2,
    all_done,
    changed,
    done,
    holding,
    later,
    one,
    refused,
    secret,
    with_stake,
)
from random_chain import digest, random_network

from bittensor_lab import errors
from bittensor_lab.block import run
from bittensor_lab.chain import Chain
from bittensor_lab.conviction import Lock
from bittensor_lab.events import ColdkeySwapAnnounced, ColdkeySwapped, DustLost
from bittensor_lab.extrinsics import AnnounceColdkeySwap, SwapColdkeyAnnounced
from bittensor_lab.invariants import violations
from bittensor_lab.stake import stake_of, stake_of_coldkey
from bittensor_lab.state import AnnouncedSwap, ClaimType, RootClaims, State, Subnet
from bittensor_lab.weights import account_id, key_hash

C1, C2 = f"{V1}-cold", f"{V2}-cold"
NEW = "new-cold"
WAIT, AGAIN = 36_000, 7_200
COST = TAO // 10


def announce(new=NEW, coldkey=C1):
    return AnnounceColdkeySwap(coldkey, key_hash(new))


def swap(new=NEW, coldkey=C1):
    return SwapColdkeyAnnounced(coldkey, new)


def announced(state=None, new=NEW):
    return done(secret() if state is None else state, announce(new))[0]


def ready(state=None, new=NEW):
    return later(announced(state, new), WAIT)


def held_everywhere():
    """A coldkey with everything that can hang on one."""
    state = with_stake(secret(subnets=2), 0, {V1: 9 * TAO, V2: 4 * TAO})
    state = state.but(
        staking_hotkeys=state.staking_hotkeys.set(C1, (V1,)),
        root_stakers=Map({"else": 0, C1: 1}),
        root_staker_of=Map({0: "else", 1: C1}),
        root_claims=Map({V1: RootClaims(Map({NETUID: 7}), Map({C1: Map({NETUID: 5}), "else": Map()}))}),
        claim_types=Map({C1: ClaimType(keep=True)}),
        last_key_swap=Map({C1: 3}),
    )
    subnet = replace(
        one(state),
        owner_coldkey=C1,
        locks=Map({C1: Lock(V1, 5, 6, NOW), "else": Lock(V1, 1, 1, NOW)}),
        auto_stake=Map({C1: V2}),
        last_hotkey_swap=Map({C1: 2}),
    )
    return state.with_subnet(subnet)


def test_an_announcement_costs_once_and_waits():
    state = secret()
    after, events = done(state, announce())
    assert events == (ColdkeySwapAnnounced(C1, key_hash(NEW)),)
    assert changed(state, after) == {"announced_swaps", "free", "total_issuance"}
    assert dict(after.announced_swaps) == {C1: AnnouncedSwap(NOW + WAIT, key_hash(NEW))}
    assert state.free[C1] - after.free[C1] == COST == state.total_issuance - after.total_issuance
    refused(later(after, WAIT + AGAIN - 1), announce("other"), errors.ColdkeySwapReannouncedTooEarly)
    late = later(after, WAIT + AGAIN)
    again, _ = done(late, announce("other"))
    assert changed(late, again) == {"announced_swaps"}
    assert again.announced_swaps[C1] == AnnouncedSwap(late.block + WAIT, key_hash("other"))


def test_it_must_be_paid_and_what_is_left_may_be_dust():
    refused(holding(secret(), C1, COST - 1), announce(), errors.NotEnoughBalanceToPaySwapColdKey)
    after, events = done(holding(secret(), C1, COST + 9), announce())
    assert events[1:] == (DustLost(C1, 9),)
    assert C1 not in after.free


@pytest.mark.parametrize(
    ("state", "call", "error"),
    [
        (secret(), swap(), errors.ColdkeySwapAnnouncementNotFound),
        (announced(), swap("other"), errors.AnnouncedColdkeyHashDoesNotMatch),
        (later(announced(), WAIT - 1), swap(), errors.ColdkeySwapTooEarly),
        (ready(new=C2), swap(C2), errors.ColdKeyAlreadyAssociated),
        (ready(new=C1), swap(C1), errors.ColdKeyAlreadyAssociated),
        (ready(new=V2), swap(V2), errors.NewColdKeyIsHotkey),
    ],
)  # fmt: skip
def test_the_checks_of_a_swap_in_order(state, call, error):
    refused(state, call, error)


def test_all_that_hangs_on_a_coldkey_moves():
    state = ready(held_everywhere())
    after, events = done(state, swap())
    assert events == (ColdkeySwapped(C1, NEW),)
    assert after.total_issuance == state.total_issuance
    assert C1 not in after.free and after.free[NEW] == state.free[C1]
    assert after.owner[V1] == NEW and after.owner[V2] == state.owner[V2]
    for netuid in (0, 1, 2):
        assert stake_of(after, netuid, V1, NEW) == stake_of(state, netuid, V1, C1)
        assert stake_of_coldkey(after, netuid, C1) == 0
    assert dict(after.root_stakers) == {"else": 0, NEW: 1}
    assert dict(after.root_staker_of) == {0: "else", 1: NEW}
    assert set(after.root_claims[V1].claimed) == {NEW, "else"}
    assert dict(after.claim_types) == {NEW: ClaimType(keep=True)}
    assert (dict(after.last_key_swap), dict(after.announced_swaps)) == ({NEW: 3}, {})
    subnet = one(after)
    assert (subnet.owner_coldkey, set(subnet.locks)) == (NEW, {NEW, "else"})
    assert (dict(subnet.auto_stake), dict(subnet.last_hotkey_swap)) == ({NEW: V2}, {NEW: 2})


def test_no_field_of_the_state_keeps_the_old_name():
    """Whatever a later version keys by coldkey is found here."""
    after, _ = done(ready(held_everywhere()), swap())
    for holder, kind in ((after, State), *((subnet, Subnet) for subnet in after.subnets if subnet)):
        for item in fields(kind):
            if item.name != "subnets":
                assert f"'{C1}'" not in repr(getattr(holder, item.name)), item.name


def test_a_new_key_may_hold_tao_already():
    state = holding(ready(), NEW, 5 * TAO)
    after, _ = done(state, swap())
    assert after.free[NEW] == state.free[C1] + 5 * TAO


def test_a_swap_changes_nobodys_stake_and_the_chain_goes_on():
    """On random networks: the same chain but for one name, block after block."""
    for seed in range(4):
        state = random_network(np.random.default_rng(seed))
        old = sorted(set(state.owner.values()) & set(state.free))[0]
        state = state.but(announced_swaps=Map({old: AnnouncedSwap(0, key_hash(NEW))}))
        after, _ = done(state, SwapColdkeyAnnounced(old, NEW))
        assert violations(after) == []
        went, stayed = run(after, 50), run(state, 50)
        assert violations(went) == []
        assert digest(went.pools) == digest(stayed.pools)
        for netuid in (0, *went.netuids):
            assert stake_of_coldkey(went, netuid, NEW) == stake_of_coldkey(stayed, netuid, old)


def test_the_chains_methods_say_the_same():
    chain = Chain(all_done(secret(), announce()))
    with pytest.raises(errors.ColdkeySwapTooEarly):
        chain.swap_coldkey_announced(C1, NEW)
    with pytest.raises(errors.ColdkeySwapReannouncedTooEarly):
        chain.announce_coldkey_swap(C1, key_hash("other"))


def test_a_hash_is_of_the_account():
    assert key_hash("0x" + "00" * 32) != key_hash("bob") == key_hash("0x" + account_id("bob").hex())
