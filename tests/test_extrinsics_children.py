"""Childkeys: who may name whom, when it takes effect, the childkey take (spec/epoch.md 4 and 9)."""

from __future__ import annotations

from dataclasses import replace

import networks
import pytest
from networks import (
    EVEN,
    NETUID,
    NOW,
    TAO,
    TEMPO,
    V1,
    V2,
    V3,
    all_done,
    changed,
    done,
    edited,
    epochs,
    later,
    one,
    plain,
    refused,
    run_to,
    step,
    timed,
    with_stake,
)

from bittensor_lab import block, errors
from bittensor_lab.childkeys import childkey_take, with_children
from bittensor_lab.events import ChildKeyTakeSet, SetChildrenScheduled, TimelockedWeightsRevealed
from bittensor_lab.events import SetChildren as ChildrenSet
from bittensor_lab.extrinsics import SetChildkeyTake, SetChildren
from bittensor_lab.stake_weight import stake_weights
from bittensor_lab.state import PendingChildren
from bittensor_lab.units import U64_MAX

HALF = 1 << 63
COLD = {hotkey: f"{hotkey}-cold" for hotkey in (V1, V2, V3, "owner-1")}


def children(*pairs, hotkey=V1, coldkey=None, netuid=NETUID):
    return SetChildren(coldkey or COLD[hotkey], hotkey, netuid, pairs)


def small(subnets=1, **given):
    """Nothing is emitted, so that stakes stay round."""
    return plain(networks.small(subnets, **given))


def started(**given):
    """Trading has not begun: children take effect at once."""
    state = small(**given)
    return replace(state, pools=state.pools.at(NETUID, subtoken_enabled=False))


def weights(state):
    """Stake weights of the three validators, TAO."""
    return [int(w) / TAO for w in stake_weights(state, NETUID)[0][1:4]]


def test_new_children_wait():
    state = small()
    after, events = done(state, children((HALF, V2), (7, "unheard-of")))
    named = ((HALF, V2), (7, "unheard-of"))
    assert events == (SetChildrenScheduled(V1, NETUID, NOW + 7200, named),)
    assert changed(state, after) == {"subnets"}
    assert changed(one(state), one(after)) == {"pending_children", "last_set_children"}
    assert dict(one(after).pending_children) == {V1: PendingChildren(named, NOW + 7200)}
    assert dict(one(after).last_set_children) == {V1: NOW}
    assert weights(after) == [50, 30, 20]


def test_before_the_start_call_they_take_effect_at_once():
    state = started()
    after, events = done(state, children((HALF, V2), (HALF - 1, "unheard-of")))
    assert events == (ChildrenSet(V1, NETUID, ((HALF, V2), (HALF - 1, "unheard-of"))),)
    assert changed(one(state), one(after)) == {"children", "parents", "last_set_children"}
    assert dict(one(after).parents) == {V2: ((HALF, V1),), "unheard-of": ((HALF - 1, V1),)}
    quarter = 50 * TAO * ((HALF - 1) * 2**32 // U64_MAX) / 2**32  # a proportion is cut to 2⁻³²
    own = int(50 * TAO - 25 * TAO - quarter)
    assert [int(w) for w in stake_weights(after, NETUID)[0][1:4]] == [own, 55 * TAO, 20 * TAO]


def test_a_list_replaces_the_one_before_and_an_empty_one_ends_it():
    state, _ = done(started(), children((HALF, V2), (HALF - 1, V3)))
    state, _ = done(later(state, 150), children((1 << 62, V3)))
    assert dict(one(state).children) == {V1: ((1 << 62, V3),)}
    assert dict(one(state).parents) == {V3: ((1 << 62, V1),)}
    state, _ = done(later(state, 150), children())
    assert (dict(one(state).children), dict(one(state).parents)) == ({}, {})
    assert weights(state) == [50, 30, 20]


def test_root_stake_follows_the_relations_of_the_subnet():
    state = with_stake(started(), 0, {V1: 100 * TAO})
    after, _ = done(state, children((U64_MAX, V3)))
    weight = state.network.tao_weight_q32
    assert weight == 3_320_413_933_267_719_290 * 2**32 // U64_MAX
    assert weights(after)[0] == 0
    assert int(stake_weights(after, NETUID)[0][3]) == 70 * TAO + (100 * TAO * weight >> 32)


def test_a_grandchild_inherits_nothing():
    state = all_done(started(), children((U64_MAX, V2)), children((U64_MAX, V3), hotkey=V2))
    assert weights(state) == [0, 50, 50]


def test_relations_may_run_in_a_circle_of_three():
    state = all_done(
        started(),
        children((HALF, V2)),
        children((HALF, V3), hotkey=V2),
        children((HALF, V1), hotkey=V3),
    )
    assert weights(state) == [35, 40, 25]
    refused(later(state, 150), children((1, V1), hotkey=V2), errors.ChildParentInconsistency)


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        ((0, V2),),
        ((U64_MAX, V2),),
        ((HALF, V2), (HALF - 1, V3)),
        tuple((1, f"child-{i}") for i in range(5)),
    ],
)
def test_lists_that_may_be_named(pairs):
    after, _ = done(started(), children(*pairs))
    assert one(after).children.get(V1, ()) == pairs


JUST = started(params={"stake_threshold": 50 * TAO + 1})
HAD = all_done(started(), children((1, V1), hotkey=V2))
RECENT = all_done(later(HAD, 1), children((1, V3)))
POOR = replace(HAD, network=replace(HAD.network, stake_threshold=10**18))
SIX = tuple((U64_MAX, f"child-{i}") for i in range(6))


@pytest.mark.parametrize(
    ("state", "extrinsic", "error"),
    [
        (later(RECENT, 149), children((1, V1), (1, V1), coldkey="alice"), errors.TxRateLimitExceeded),
        (POOR, children((1, V1), coldkey="alice", netuid=0), errors.RegistrationNotPermittedOnRootSubnet),
        (POOR, children((1, V1), coldkey="alice", netuid=2), errors.SubnetNotExists),
        (POOR, children((1, V1), (1, V1), coldkey="alice"), errors.NonAssociatedColdKey),
        (POOR, children((1, V2), hotkey="nobodys", coldkey="alice"), errors.NonAssociatedColdKey),
        (POOR, children((1, V1), (1, V1), *SIX), errors.DuplicateChild),
        (POOR, children((U64_MAX, V1), *SIX), errors.InvalidChild),
        (POOR, children((U64_MAX, V2), *SIX), errors.TooManyChildren),
        (POOR, children((1, V2), *SIX[:5]), errors.TooManyChildren),
        (POOR, children((U64_MAX, V2), (1, V3)), errors.ProportionOverflow),
        (POOR, children((1, V3), (1, V2)), errors.ChildParentInconsistency),
        (POOR, children((1, V3)), errors.NotEnoughStakeToSetChildkeys),
        (JUST, children((1, V3)), errors.NotEnoughStakeToSetChildkeys),
    ],
)
def test_checks_of_children_in_order(state, extrinsic, error):
    refused(state, extrinsic, error)


def test_who_needs_no_stake():
    done(POOR, children())
    done(POOR, children((1, V3), hotkey="owner-1"))
    done(started(params={"stake_threshold": 50 * TAO}), children((1, V3)))


def test_stake_on_all_subnets_and_on_root_counts():
    state = with_stake(small(2, params={"stake_threshold": 107 * TAO}), 0, {V1: 7 * TAO})
    done(state, children((1, V3)))
    less = with_stake(state, 0, {V1: 7 * TAO - 1})
    refused(less, children((1, V3)), errors.NotEnoughStakeToSetChildkeys)


def test_the_rate_limit_is_per_hotkey_and_subnet():
    state, _ = done(small(2), children((1, V3)))
    for other in (children((1, V3), netuid=2), children((1, V3), hotkey=V2)):
        done(state, other)
    refused(later(state, 149), children(), errors.TxRateLimitExceeded)
    done(later(state, 150), children())


# --- the cooldown (9.2) -----------------------------------------------------------------------------


def waiting(cooldown, **given):
    """An epoch every 100 blocks from 1,000 on, and children named at block 1,000."""
    state = small(
        tempo=TEMPO, params={"pending_childkey_cooldown": cooldown, "set_children_rate_limit": 0}, **given
    )
    return done(state, children((HALF, V2)))[0]


@pytest.mark.parametrize("go", [block.run, step])
@pytest.mark.parametrize(
    ("cooldown", "applied"), [(0, 1100), (99, 1100), (100, 1200), (199, 1200), (200, 1300)]
)
def test_children_take_effect_at_the_first_epoch_after_the_cooldown(go, cooldown, applied):
    state = go(waiting(cooldown), applied - NOW - 1)
    assert weights(state) == [50, 30, 20]
    after, events = block.begin_block(state)
    assert events[-1] == ChildrenSet(V1, NETUID, ((HALF, V2),))
    assert weights(after) == [25, 55, 20]
    assert dict(one(after).pending_children) == {}
    # that epoch itself still ran with the old weights; the next has the new ones
    assert one(after).stake_weight.tolist()[1:4] == [32767, 19660, 13106]
    assert one(go(after, TEMPO)).stake_weight.tolist()[1:4] == [16383, 36044, 13106]


def test_on_main_net_it_takes_7200_blocks_and_an_epoch():
    state, _ = done(small(), children((HALF, V2)))
    assert weights(run_to(state, NOW + 7200)) == [50, 30, 20]  # 20 · 360: an epoch, but not after it
    assert weights(run_to(state, NOW + 7559)) == [50, 30, 20]
    assert weights(run_to(state, NOW + 7560)) == [25, 55, 20]


def test_naming_again_restarts_the_cooldown():
    state = run_to(waiting(150), 1_120)
    state, _ = done(state, children((HALF, V3)))
    assert weights(run_to(state, 1_200)) == [50, 30, 20]
    assert weights(run_to(state, 1_300)) == [25, 30, 45]


def test_what_has_become_inconsistent_is_dropped_silently():
    state = waiting(0)
    state, _ = done(state.with_subnet(with_children(one(state), V2, ())), children((1, V1), hotkey=V2))
    pending = one(state).pending_children
    late = replace(pending[V2], cooldown_block=NOW + TEMPO)
    state = edited(state, pending_children=pending.set(V2, late))
    first = run_to(state, NOW + TEMPO)
    assert dict(one(first).children) == {V1: ((HALF, V2),)}
    second, events = block.begin_block(run_to(first, NOW + 2 * TEMPO - 1))
    assert epochs(events) == ["EpochRan"]
    assert dict(one(second).children) == {V1: ((HALF, V2),)}
    assert dict(one(second).pending_children) == {}


def test_two_that_name_each_other_cannot_both_have_their_way():
    state, _ = done(waiting(0), children((HALF, V1), hotkey=V2))
    after, events = block.begin_block(run_to(state, NOW + TEMPO - 1))
    assert epochs(events) == ["EpochRan", "SetChildren"]
    assert (len(one(after).children), dict(one(after).pending_children)) == (1, {})


def test_without_epochs_children_wait_for_ever():
    state = run_to(waiting(0).with_hyperparameters(NETUID, tempo=0), 50_000)
    assert weights(state) == [50, 30, 20]
    assert V1 in one(state).pending_children


# --- the childkey take (9.3) ------------------------------------------------------------------------


def take(value, hotkey=V1, coldkey=None, netuid=NETUID):
    return SetChildkeyTake(coldkey or COLD[hotkey], hotkey, netuid, value)


def test_a_childkey_take_is_set():
    state = small()
    after, events = done(state, take(11_796))
    assert events == (ChildKeyTakeSet(V1, NETUID, 11_796),)
    assert changed(state, after) == {"subnets"}
    assert changed(one(state), one(after)) == {"childkey_takes", "last_childkey_take"}
    assert childkey_take(after, NETUID, V1) == 11_796
    assert childkey_take(after, NETUID, V2) == 0
    assert dict(one(after).last_childkey_take) == {V1: NOW}


@pytest.mark.parametrize(
    ("network", "subnet", "low"), [(0, 0, 0), (100, 0, 100), (0, 200, 200), (300, 200, 300), (100, 200, 200)]
)
def test_the_range_of_the_childkey_take(network, subnet, low):
    state = small(params={"min_childkey_take": network}, min_childkey_take=subnet)
    assert childkey_take(state, NETUID, V1) == low
    for value in (low, 11_796):
        done(state, take(value))
    for value in (low - 1, 11_797, 65_535):
        if value >= 0:
            refused(state, take(value), errors.InvalidChildkeyTake)


def test_a_rise_waits_216000_blocks_after_any_change():
    state, _ = done(small(tempo=0), take(100))
    refused(later(state, 215_999), take(101), errors.TxChildkeyTakeRateLimitExceeded)
    done(later(state, 216_000), take(101))
    done(later(state, 215_999), take(5, V2))
    fallen, _ = done(later(state, 200_000), take(50))
    refused(later(fallen, 215_999), take(51), errors.TxChildkeyTakeRateLimitExceeded)
    done(later(fallen, 216_000), take(51))
    again, _ = done(fallen, take(50))  # no rise
    assert one(again).last_childkey_take[V1] == NOW + 200_000


def test_a_take_lifted_to_the_subnets_minimum_is_no_rise():
    state, _ = done(small(), take(100))
    state = state.with_hyperparameters(NETUID, min_childkey_take=500)
    refused(state, take(501), errors.TxChildkeyTakeRateLimitExceeded)
    done(state, take(500))


@pytest.mark.parametrize(
    ("extrinsic", "error"),
    [
        (take(65_535, netuid=2), errors.SubnetNotExists),
        (take(65_535, netuid=0), errors.SubnetNotExists),
        (take(65_535, coldkey="alice"), errors.NonAssociatedColdKey),
        (take(65_535, "nobodys", "alice"), errors.NonAssociatedColdKey),
        (take(65_535), errors.InvalidChildkeyTake),
        (take(11_796), errors.TxChildkeyTakeRateLimitExceeded),
    ],
)
def test_checks_of_the_childkey_take_in_order(extrinsic, error):
    refused(done(small(), take(100))[0], extrinsic, error)


# --- more than two epochs in a block (8.4) ----------------------------------------------------------


def test_an_epoch_that_is_put_off_holds_its_reveal_back():
    """The third subnet's weights are revealed, and its children take effect, with its epoch a block later."""
    state = small(3, commit_reveal=True, tempo=TEMPO, params={"pending_childkey_cooldown": 0})
    state = all_done(state, children((HALF, V2), netuid=1), children((HALF, V2), netuid=3))
    state = all_done(state, *[timed(v, netuid=3) for v in (V1, V2)], timed(netuid=1))
    first, events = block.begin_block(run_to(state, NOW + TEMPO - 1))
    assert [e.netuid for e in events if isinstance(e, TimelockedWeightsRevealed)] == [1]
    assert epochs(events)[2:] == ["EpochDeferred", "EpochRan", "EpochRan", "SetChildren"]
    assert (len(first.subnet(1).children), len(first.subnet(3).children)) == (1, 0)
    assert int(first.clocks.pending_epoch_at[3]) == NOW + TEMPO + 1
    assert (int(first.clocks.epoch_index[3]), len(first.subnet(3).mechanisms[0].timelocked)) == (0, 1)
    late, _ = done(first, timed(V3, netuid=3))  # its epoch is due, so this commit counts for the next
    assert sorted(late.subnet(3).mechanisms[0].timelocked) == [0, 1]
    second, events = block.begin_block(late)
    assert [e.netuid for e in events if isinstance(e, TimelockedWeightsRevealed)] == [3, 3]
    assert epochs(events)[-2:] == ["EpochRan", "SetChildren"]
    assert second.subnet(3).mechanisms[0].incentive[4:6].tolist() == [EVEN, EVEN]
    assert sorted(second.subnet(3).mechanisms[0].timelocked) == [1]
    clocks = second.clocks
    assert [int(c[3]) for c in (clocks.pending_epoch_at, clocks.last_epoch_block)] == [0, NOW + TEMPO + 1]
