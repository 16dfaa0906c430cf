"""Keys and accounts: transfers, takes, commitments, key swaps (spec/economy.md 7.8 and 9, epoch.md 6.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from immutables import Map
from networks import (
    NETUID,
    NOW,
    OWNER,
    STAKE,
    TAO,
    TEMPO,
    V1,
    V2,
    V3,
    all_done,
    changed,
    commit,
    done,
    holding,
    later,
    mech,
    one,
    refused,
    reveal,
    row,
    run_to,
    secret,
    small,
    stakes,
    timed,
    two_mechanisms,
    with_stake,
)

from bittensor_lab import errors
from bittensor_lab.childkeys import with_children
from bittensor_lab.conviction import Lock
from bittensor_lab.events import Commitment, DustLost, HotkeySwapped, TakeDecreased, TakeIncreased
from bittensor_lab.events import Transfer as Transferred
from bittensor_lab.extrinsics import (
    BurnedRegister,
    DecreaseTake,
    IncreaseTake,
    SetChildkeyTake,
    SetChildren,
    SetCommitment,
    SwapHotkey,
    Transfer,
)
from bittensor_lab.rows import rows_from_lists
from bittensor_lab.state import RootClaims

C1 = f"{V1}-cold"

# --- transfers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "amount", "to", "left", "dust"),
    [
        (1_000, 500, "bob", 500, 0),
        (1_000, 500, "fresh", 500, 0),  # the existential deposit is just enough for a new account
        (1_000, 501, "bob", 0, 499),
        (1_000, 999, "bob", 0, 1),
        (1_000, 1_000, "bob", 0, 0),
        (1_000, 1, "bob", 999, 0),
    ],
)
def test_a_transfer_and_the_dust_it_leaves(held, amount, to, left, dust):
    state = holding(small(), "alice", held)
    after, events = done(state, Transfer("alice", to, amount))
    assert events == (Transferred("alice", to, amount), *([DustLost("alice", dust)] if dust else []))
    assert changed(state, after) == {"free"} | ({"total_issuance"} if dust else set())
    assert after.free.get("alice", 0) == left
    assert ("alice" in after.free) is bool(left)
    assert after.free[to] == state.free.get(to, 0) + amount
    assert state.total_issuance - after.total_issuance == dust


@pytest.mark.parametrize("amount", [0, 1, 1_000])
def test_a_transfer_to_oneself_changes_nothing(amount):
    state = holding(small(), "alice", 1_000)
    after, _ = done(state, Transfer("alice", "alice", amount))
    assert after.free == state.free


@pytest.mark.parametrize(
    ("extrinsic", "error"),
    [
        (Transfer("alice", "bob", 1_001), errors.FundsUnavailable),
        (Transfer("nobody", "fresh", 1), errors.FundsUnavailable),
        (Transfer("alice", "alice", 1_001), errors.FundsUnavailable),
        (Transfer("alice", "fresh", 499), errors.BelowMinimum),
        (Transfer("alice", "fresh", 1), errors.BelowMinimum),
    ],
)
def test_transfers_that_are_refused(extrinsic, error):
    refused(holding(small(), "alice", 1_000), extrinsic, error)


# --- takes (7.8) ------------------------------------------------------------------------------------


def rise(take, hotkey=V1, coldkey=C1):
    return IncreaseTake(coldkey, hotkey, take)


def fall(take, hotkey=V1, coldkey=C1):
    return DecreaseTake(coldkey, hotkey, take)


def taking(take, **params):
    return done(small(params=params), fall(take))[0]


@pytest.mark.parametrize(
    ("call", "take", "event"),
    [(rise, 11_796, TakeIncreased), (fall, 0, TakeDecreased), (fall, 99, TakeDecreased)],
)
def test_a_take_changes(call, take, event):
    state = later(taking(100), 216_000)
    after, events = done(state, call(take))
    assert events == (event(C1, V1, take),)
    assert changed(state, after) == {"takes", "last_take_change"}
    assert (dict(after.takes), dict(after.last_take_change)) == ({V1: take}, {V1: NOW + 216_000})


@pytest.mark.parametrize(
    ("extrinsic", "error"),
    [
        (rise(65_535, "unknown"), errors.HotKeyAccountNotExists),
        (rise(65_535, coldkey="alice"), errors.NonAssociatedColdKey),
        (rise(100), errors.DelegateTakeTooLow),
        (rise(99), errors.DelegateTakeTooLow),
        (rise(11_797), errors.DelegateTakeTooHigh),
        (rise(11_796), errors.DelegateTxRateLimitExceeded),
        (fall(100, "unknown"), errors.HotKeyAccountNotExists),
        (fall(100, coldkey="alice"), errors.NonAssociatedColdKey),
        (fall(100), errors.DelegateTakeTooLow),
        (fall(101), errors.DelegateTakeTooLow),
        (fall(49), errors.DelegateTakeTooLow),
    ],
)
def test_checks_of_takes_in_order(extrinsic, error):
    refused(taking(100, min_delegate_take=50), extrinsic, error)


def test_the_bounds_of_takes():
    state = taking(100, min_delegate_take=50)
    done(state, fall(50))
    done(later(state, 216_000), rise(11_796))


def test_a_rise_waits_216000_blocks_after_any_change():
    state, _ = done(later(taking(100), 1_000), fall(50))
    refused(later(state, 215_999), rise(51), errors.DelegateTxRateLimitExceeded)
    done(later(state, 216_000), rise(51))


# --- commitments (6.5) ------------------------------------------------------------------------------


@pytest.mark.parametrize("reset", [False, True])
def test_a_commitment_resets_bonds_only_where_the_subnet_says_so(reset):
    state = two_mechanisms(small(bonds_reset=reset))
    bonds = [[], [[4, 9], [5, 8]], [[5, 7], [4, 1]], [[4, 2]], [], [], [], []]
    for number in (0, 1):
        state = mech(state, number, bonds=rows_from_lists(bonds))
    after, events = done(state, SetCommitment("miner-1-1", NETUID, "model-7"))
    assert events == (Commitment(NETUID, "miner-1-1"),)
    assert changed(one(state), one(after)) == {"commitments"} | ({"mechanisms"} if reset else set())
    assert dict(one(after).commitments) == {"miner-1-1": "model-7"}
    left = [[], [[5, 8]], [[5, 7]], [], [], [], [], []] if reset else bonds
    for mechanism in one(after).mechanisms:
        assert mechanism.bonds.to_lists() == left


@pytest.mark.parametrize(
    ("hotkey", "netuid", "error"),
    [("miner-1-1", 2, errors.SubnetNotExists), ("miner-2-1", 1, errors.AccountNotAllowedCommit)],
)
def test_who_may_commit(hotkey, netuid, error):
    refused(small(bonds_reset=True), SetCommitment(hotkey, netuid, "a"), error)


# --- swapping a hotkey (economy 9) ------------------------------------------------------------------


def swap(netuid=None, new="new", old=V1, coldkey=C1):
    return SwapHotkey(coldkey, old, new, netuid)


def busy():
    """Validator 1 with everything that can hang on a hotkey, on two subnets and on root."""
    state = with_stake(secret(subnets=2), 0, {V1: 9 * TAO, V2: 4 * TAO})
    state = state.with_subnet(with_children(one(state), V1, ((5, V2),)))
    state = state.with_subnet(with_children(one(state), V3, ((6, V1), (8, V2))))
    return all_done(
        state,
        SetCommitment(V1, NETUID, "text"),
        SetChildkeyTake(C1, V1, NETUID, 77),
        fall(1_000),
        timed(V2),
        timed(),
        commit(),
        SetChildren(C1, V1, NETUID, ((3, V2),)),
    )


def test_a_swap_everywhere_moves_all_that_hangs_on_the_hotkey():
    state = busy()
    after, events = done(state, swap())
    assert events == (HotkeySwapped(C1, V1, "new", None),)
    assert state.total_issuance - after.total_issuance == TAO // 10 == state.free[C1] - after.free[C1]
    assert (V1 in after.owner, after.owner["new"]) == (False, C1)
    assert [stakes(after, netuid) for netuid in (0, 1, 2)] == [
        {"new": 9 * TAO, V2: 4 * TAO}, *[{"new": STAKE[V1], V2: STAKE[V2], V3: STAKE[V3]}] * 2
    ]  # fmt: skip
    assert (dict(after.takes), dict(after.last_take_change)) == ({"new": 1_000}, {"new": NOW})
    for netuid in (1, 2):
        assert after.subnet(netuid).hotkeys == (f"owner-{netuid}", "new", *state.subnet(netuid).hotkeys[2:])
    subnet, mechanism = one(after), one(after).mechanisms[0]
    assert dict(subnet.children) == {"new": ((5, V2),), V3: ((6, "new"), (8, V2))}
    assert set(subnet.parents[V2]) == {(5, "new"), (8, V3)}
    assert subnet.parents["new"] == ((6, V3),)
    assert dict(subnet.childkey_takes) == {"new": 77}
    assert dict(subnet.commitments) == {"new": "text"}
    assert set(subnet.pending_children) == {"new"}
    assert set(mechanism.commits) == {"new"}
    assert [c.hotkey for c in mechanism.timelocked[0]] == [V2, "new"]
    kept = {"block_at_registration", "active", "validator_permit", "stake_weight", "consensus", "dividends"}
    assert not kept & changed(one(state), subnet)
    assert changed(state.clocks, after.clocks) == changed(state.pools, after.pools) == set()


def test_a_swap_on_one_subnet_leaves_the_rest_to_the_old_hotkey():
    state = busy()
    after, events = done(state, swap(NETUID))
    assert events == (HotkeySwapped(C1, V1, "new", NETUID),)
    assert state.total_issuance - after.total_issuance == TAO // 1_000 == state.free[C1] - after.free[C1]
    assert (after.owner[V1], after.owner["new"]) == (C1, C1)
    assert after.stake[0] is state.stake[0]
    assert stakes(after, 1)["new"] == STAKE[V1]
    assert after.stake[2] is state.stake[2]
    assert after.subnet(2) is state.subnet(2)
    assert after.takes is state.takes
    assert one(after).hotkeys[1] == "new"
    assert dict(one(after).last_hotkey_swap) == {C1: NOW}


@pytest.mark.parametrize("netuid", [None, NETUID])
def test_locks_timers_and_destinations_follow_a_swap_and_root_rates_if_it_is_everywhere(netuid):
    state = busy()
    rates, marks = Map({NETUID: 7}), Map({C1: Map({NETUID: 5})})
    state = replace(state, root_claims=Map({V1: RootClaims(rates, marks)}))
    subnet = replace(
        one(state), locks=Map({C1: Lock(V1, TAO, 0, NOW), "bob": Lock(V2, TAO, 0, NOW)}),
        auto_stake=Map(alice=V1, bob=V2),
    )  # fmt: skip
    after, _ = done(state.with_subnet(subnet), swap(netuid))
    assert [one(after).locks[who].hotkey for who in (C1, "bob")] == ["new", V2]
    assert dict(one(after).auto_stake) == {"alice": "new", "bob": V2}
    for timer in (one(after).last_set_children, one(after).last_childkey_take):
        assert dict(timer) == {"new": NOW}
    where = V1 if netuid else "new"
    assert dict(after.root_claims) == {where: RootClaims(rates, marks)}


def test_stake_that_the_new_hotkey_has_on_a_subnet_is_added():
    state = replace(small(), owner=small().owner.set("new", C1))
    state = with_stake(state, NETUID, {**STAKE, "new": 7})
    assert stakes(done(state, swap())[0], NETUID)["new"] == STAKE[V1] + 7


def test_the_owners_hotkey_stays_the_owners():
    state = small()
    after, _ = done(state, swap(NETUID, old="owner-1", coldkey=OWNER))
    assert (one(after).owner_hotkey, one(after).owner_uid) == ("new", 0)


def test_others_who_are_about_to_name_the_old_hotkey_get_the_new_one():
    """Childkeys belong to what moves; else a hotkey that is gone would become a child."""
    state, _ = done(small(), SetChildren(f"{V2}-cold", V2, NETUID, ((5, V1),)))
    after, _ = done(state, swap())
    assert one(after).pending_children[V2].children == ((5, "new"),)


def test_a_hash_commit_cannot_be_revealed_by_the_new_hotkey():
    """The hash is over the hotkey, too."""
    state = run_to(done(done(secret(), commit())[0], swap())[0], NOW + TEMPO)
    refused(state, reveal("new"), errors.InvalidRevealCommitHashNotMatch)


def test_the_new_hotkey_goes_on_with_the_uids_weights():
    state, _ = done(mech(small(tempo=TEMPO), weights={1: {4: 3}}), swap())
    assert row(run_to(state, NOW + TEMPO), 1) == [(4, 3)]
    assert one(run_to(state, NOW + TEMPO)).stake_weight.tolist()[1:4] == [32767, 19660, 13106]


TAKEN = all_done(small(2), BurnedRegister("alice", "theirs", 2), BurnedRegister(C1, "mine", 2))
PENNILESS = holding(TAKEN, C1, TAO // 1_000 - 1)


@pytest.mark.parametrize(
    ("state", "extrinsic", "error"),
    [
        (PENNILESS, swap(coldkey="alice", new=V1), errors.NonAssociatedColdKey),
        (PENNILESS, swap(old="unknown"), errors.NonAssociatedColdKey),
        (PENNILESS, swap(new=V1), errors.NewHotKeyIsSameWithOld),
        (PENNILESS, swap(new=V1, netuid=1), errors.NewHotKeyIsSameWithOld),
        (PENNILESS, swap(new="theirs"), errors.NonAssociatedColdKey),
        (PENNILESS, swap(new="mine"), errors.HotKeyAlreadyRegisteredInSubNet),
        (PENNILESS, swap(new="mine", netuid=2), errors.HotKeyAlreadyRegisteredInSubNet),
        (PENNILESS, swap(netuid=3), errors.SubnetNotExists),
        (PENNILESS, swap(), errors.NotEnoughBalanceToPaySwapHotKey),
        (PENNILESS, swap(netuid=1), errors.NotEnoughBalanceToPaySwapHotKey),
        (holding(TAKEN, C1, TAO // 10 - 1), swap(), errors.NotEnoughBalanceToPaySwapHotKey),
        (later(done(TAKEN, swap())[0], 999), swap(old="new", new="b"), errors.HotKeySetTxRateLimitExceeded),
    ],
)
def test_swaps_that_are_refused(state, extrinsic, error):
    refused(state, extrinsic, error)


def test_the_new_hotkey_must_be_clean_on_root():
    state = replace(small(), owner=small().owner.set("new", C1))
    state = with_stake(state, 0, {"new": 1})
    refused(state, swap(), errors.HotKeyAlreadyRegisteredInSubNet)
    done(state, swap(NETUID))


def test_how_often_hotkeys_may_be_swapped():
    state, _ = done(small(2), swap(NETUID))
    back = swap(NETUID, new="b", old="new")
    refused(later(state, 999), swap(2, new="b"), errors.HotKeySetTxRateLimitExceeded)
    done(later(state, 1_000), swap(2, new="b"))
    refused(later(state, 7_199), back, errors.HotKeySwapOnSubnetIntervalNotPassed)
    done(later(state, 7_200), back)
    other, _ = done(state, swap(NETUID, new="c", old=V2, coldkey=f"{V2}-cold"))  # each coldkey for itself
    assert set(one(other).last_hotkey_swap) == {C1, f"{V2}-cold"}


@pytest.mark.parametrize(("netuid", "cost"), [(None, TAO // 10), (NETUID, TAO // 1_000)])
@pytest.mark.parametrize("rest", [0, 499, 500])
def test_the_price_of_a_swap_is_recycled(netuid, cost, rest):
    state = holding(small(), C1, cost + rest)
    after, _ = done(state, swap(netuid))
    held = after.free.get(C1, 0)
    assert held in ((rest,) if rest == 500 else (0, 500))
    assert state.total_issuance - after.total_issuance == cost + rest - held
