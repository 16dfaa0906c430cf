"""Weights: set directly, by commit and reveal, timelocked (spec/epoch.md 3, 5.6.3, 8.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from networks import (
    NETUID,
    NOW,
    SALT,
    TAO,
    TEMPO,
    V1,
    V2,
    V3,
    N,
    all_done,
    changed,
    clocked,
    commit,
    done,
    edited,
    epochs,
    hashed,
    incentive,
    later,
    mech,
    one,
    refused,
    reveal,
    row,
    run_to,
    scale_hash,
    secret,
    small,
    step,
    timed,
    two_mechanisms,
    updates,
    weighing,
    with_stake,
)

from bittensor_lab import block, errors
from bittensor_lab.childkeys import with_children
from bittensor_lab.events import (
    TimelockedWeightsCommitted,
    TimelockedWeightsRevealed,
    WeightsCommitted,
    WeightsRevealed,
    WeightsSet,
)
from bittensor_lab.extrinsics import CommitWeights
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.state import Commit, TimelockedCommit, new_mechanism
from bittensor_lab.units import U64_MAX

# --- directly (3.2) ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ((1, 2, 3), (21845, 43690, 65535)),
        ((0, 1, 0), (0, 65535, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((7, 7, 7), (65535, 65535, 65535)),
        ((1, 2, 32768), (2, 4, 65535)),  # 1.99997 and 3.99994
        ((1, 32768, 32769), (2, 65533, 65535)),
        ((1, 32768, 65535), (1, 32768, 65535)),
    ],
)
def test_weights_are_scaled_and_kept_in_the_order_given(values, stored):
    state = small()
    after, events = done(state, weighing(uids=(6, 4, 5), values=values))
    assert row(after, 1) == list(zip((6, 4, 5), stored, strict=True))
    assert events == (WeightsSet(NETUID, 0, 1),)
    assert changed(state, after) == {"subnets"}
    assert changed(one(state), one(after)) == {"mechanisms"}
    old, new = one(state).mechanisms[0], one(after).mechanisms[0]
    assert changed(old, new) == {"weights", "last_update"}
    assert all(new.weights[u] is old.weights[u] for u in range(N) if u != 1)
    assert updates(after) == [900, NOW, *[900] * 6]


def test_a_mechanism_has_weights_and_a_clock_of_its_own():
    state = two_mechanisms(small())
    after, events = done(state, weighing(mechanism=1))
    assert events == (WeightsSet(NETUID, 1, 1),)
    assert one(after).mechanisms[0] is one(state).mechanisms[0]
    assert updates(after, 1) == [0, NOW, *[0] * 6]
    refused(later(after, 99), weighing(mechanism=1), errors.SettingWeightsTooFast)
    done(later(after, 99), weighing())
    done(later(after, 100), weighing(mechanism=1))


ONE, MANY = (4,), (*range(N), 0)
POOR = {"stake_threshold": 50 * TAO + 1}
STRICT = small(params=POOR, weights_version_key=7)
RICH = small(weights_version_key=7, min_allowed_weights=2)
SOON = mech(RICH, last_update=[901] * N)
SECRET = small(params=POOR, commit_reveal=True)


@pytest.mark.parametrize(
    ("state", "extrinsic", "error"),
    [
        (RICH, weighing("x", MANY, ONE, netuid=0), errors.CanNotSetRootNetworkWeights),
        (RICH, weighing("x", MANY, ONE), errors.WeightVecNotEqualSize),
        (RICH, weighing("x", MANY, ONE, mechanism=1), errors.WeightVecNotEqualSize),
        (RICH, weighing("x", MANY, MANY, netuid=2), errors.MechanismDoesNotExist),
        (RICH, weighing("x", MANY, MANY, mechanism=1), errors.MechanismDoesNotExist),
        (RICH, weighing("x", MANY, MANY), errors.UidsLengthExceedUidsInSubNet),
        (SOON, weighing("x", (4, 4), ONE * 2), errors.HotKeyNotRegisteredInSubNet),
        (STRICT, weighing("x", MANY, ONE), errors.NotEnoughStakeToSetWeights),  # 3.1: before all others
        (STRICT, weighing(V1, MANY, ONE, mechanism=1), errors.NotEnoughStakeToSetWeights),
        (STRICT, weighing(V1), errors.NotEnoughStakeToSetWeights),
        (SECRET, weighing(V1, MANY, ONE), errors.NotEnoughStakeToSetWeights),
        (small(commit_reveal=True), weighing(V1, MANY, ONE), errors.CommitRevealEnabled),
        (small(commit_reveal=True), weighing(V1, MANY, ONE, mechanism=1), errors.CommitRevealEnabled),
        (SOON, weighing("miner-1-1", (4, 4), ONE * 2, 6), errors.IncorrectWeightVersionKey),
        (SOON, weighing("miner-1-1", (5, 5), ONE * 2, 7), errors.SettingWeightsTooFast),
        (RICH, weighing("miner-1-1", (5, 5), ONE * 2, 7), errors.NeuronNoValidatorPermit),
        (RICH, weighing(V1, (N, N), ONE * 2, 7), errors.DuplicateUids),
        (RICH, weighing(V1, (N,), ONE, 7), errors.UidVecContainInvalidOne),
        (RICH, weighing(V1, ONE, ONE, 7), errors.WeightVecLengthIsLow),
        (RICH, weighing(V1, (), (), 7), errors.WeightVecLengthIsLow),
    ],
)
def test_checks_of_weights_in_order(state, extrinsic, error):
    """Each case violates what comes after its error, too, where that is possible."""
    refused(state, extrinsic, error)


@pytest.mark.parametrize(
    ("rules", "key", "error"),
    [
        ({"weights_version_key": 7}, 7, None),
        ({"weights_version_key": 7}, 8, None),
        ({"weights_version_key": 7}, 6, errors.IncorrectWeightVersionKey),
        ({"weights_version_key": 0}, 0, None),
        ({"min_allowed_weights": 2}, 0, None),
        ({"min_allowed_weights": 3}, 0, errors.WeightVecLengthIsLow),
    ],
)
def test_bounds_of_version_and_length(rules, key, error):
    state, given = small(**rules), weighing(key=key)
    refused(state, given, error) if error else done(state, given)


def test_the_fewest_weights_are_at_most_one_per_uid():
    state = small(min_allowed_weights=1024)
    done(state, weighing(uids=list(range(N)), values=[1] * N))
    refused(state, weighing(uids=list(range(1, N)), values=[1] * (N - 1)), errors.WeightVecLengthIsLow)
    done(small(min_allowed_weights=0), weighing(uids=(), values=()))


@pytest.mark.parametrize(
    ("last", "error"),
    [(901, True), (900, False), (1, False), (0, False), (NOW, True)],
)
def test_the_rate_limit(last, error):
    state = mech(small(), last_update=[last] * N)
    refused(state, weighing(), errors.SettingWeightsTooFast) if error else done(state, weighing())


def test_an_update_of_0_is_none_whatever_the_rate_limit():
    done(mech(small(weights_set_rate_limit=10**9), last_update=[0] * N), weighing())


@pytest.mark.parametrize(
    ("hotkey", "uids", "passes"),
    [
        (V1, (4, 5), True),
        ("owner-1", (4, 5), True),  # owns the subnet, needs neither permit nor stake
        ("miner-1-1", (4,), True),  # itself alone: no permit, no length
        ("miner-1-1", (5,), False),
        ("miner-1-1", (4, 5), False),
    ],
)
def test_who_needs_no_permit(hotkey, uids, passes):
    state = small(min_allowed_weights=2)
    given = weighing(hotkey, uids, (1,) * len(uids))
    done(state, given) if passes else refused(state, given, errors.NeuronNoValidatorPermit)


@pytest.mark.parametrize(
    ("stake", "root", "lent", "passes"),
    [
        (50 * TAO, 0, 0, True),
        (50 * TAO - 1, 0, 0, False),
        (50 * TAO - 1, 6, 0, True),  # a TAO on root counts 0.18: 6 rao add 1.08
        (50 * TAO - 1, 5, 0, False),  # 0.9
        (50 * TAO, 0, 1 << 33, False),  # q(p) = 2, of 2³²: lends more than a rao
        (50 * TAO, 0, (1 << 32) - 1, True),  # q(p) = 0
    ],
)
def test_the_stake_threshold(stake, root, lent, passes):
    state = with_stake(small(params={"stake_threshold": 50 * TAO}), 1, {V1: stake})
    state = with_stake(state, 0, {V1: root} if root else {})
    if lent:
        state = state.with_subnet(with_children(one(state), V1, ((lent, V2),)))
    given = weighing(V1)
    done(state, given) if passes else refused(state, given, errors.NotEnoughStakeToSetWeights)
    done(state, weighing("owner-1"))


def test_stake_lent_by_a_parent_counts():
    state = small(params={"stake_threshold": 40 * TAO})
    refused(state, weighing(V2), errors.NotEnoughStakeToSetWeights)
    done(state.with_subnet(with_children(one(state), V3, ((1 << 63, V2),))), weighing(V2))


# --- hash commits (3.3) -----------------------------------------------------------------------------


def test_a_commit_is_queued_and_counts_as_an_update():
    state = clocked(secret(), epoch_index=7)
    after, events = done(state, commit())
    assert events == (WeightsCommitted(V1, NETUID, 0, hashed()),)
    assert changed(state, after) == {"subnets"}
    mechanism = one(after).mechanisms[0]
    assert changed(one(state), one(after)) == {"mechanisms"}
    assert changed(one(state).mechanisms[0], mechanism) == {"commits", "last_update"}
    assert dict(mechanism.commits) == {V1: (Commit(hashed(), 7, NOW),)}
    assert updates(after) == [900, NOW, *[900] * 6]


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 200])
@pytest.mark.parametrize("mechanism", [0, 1])
def test_the_hash_is_that_of_the_scale_encoding(size, mechanism):
    """Vectors longer than 63 entries have a length of two bytes."""
    state = demo_network(1, 3, 246, rulebook=mainnet(), weights=False, commit_reveal=True)
    subnet = one(state)
    state = edited(state, mechanisms=(*subnet.mechanisms, new_mechanism(subnet.n)))
    state = state.with_hyperparameters(NETUID, tempo=TEMPO, min_allowed_weights=0)
    uids, salt = tuple(range(size)), tuple(range(65535, 65535 - size - 1, -1))
    values = tuple(1 + 256 * (u % 200) for u in uids)
    about = {"uids": uids, "values": values, "salt": salt, "key": U64_MAX - 5}
    state, _ = done(state, commit(mechanism=mechanism, **about))
    state = run_to(state, NOW + TEMPO)
    wrong = reveal(mechanism=mechanism, **(about | {"salt": (*salt, 0)}))
    refused(state, wrong, errors.InvalidRevealCommitHashNotMatch)
    after, _ = done(state, reveal(mechanism=mechanism, **about))
    assert [u for u, _ in row(after, 1, mechanism)] == list(uids)


def test_a_key_in_hex_is_its_own_account():
    key = "0x" + bytes(range(32)).hex()
    state = edited(secret(), hotkeys=("owner-1", key, V2, V3, *one(secret()).hotkeys[4:]))
    state = with_stake(replace(state, owner=state.owner.set(key, "alice")), NETUID, {key: TAO})
    hand = scale_hash(bytes(range(32)), NETUID, ((4,), (1,), SALT), 0)
    state = run_to(done(state, CommitWeights(key, NETUID, hand))[0], NOW + TEMPO)
    assert row(done(state, reveal(key, (4,), (1,)))[0], 1) == [(4, 65535)]


OFF = small(params=POOR)
FAST = small(commit_reveal=True)
HASTY = mech(FAST, last_update=[901] * N)
CALLS = (commit, reveal, timed)


@pytest.mark.parametrize(
    ("state", "extrinsic", "error"),
    [
        *((SECRET, call("x"), errors.NotEnoughStakeToSetWeights) for call in CALLS),
        *((OFF, call("x"), errors.NotEnoughStakeToSetWeights) for call in CALLS),
        *((SECRET, call("x", mechanism=1), errors.NotEnoughStakeToSetWeights) for call in CALLS),
        *((small(), call("x", netuid=2), errors.MechanismDoesNotExist) for call in CALLS),
        *(
            (small(), call("x", mechanism=1), errors.MechanismDoesNotExist)
            for call in (commit, reveal, timed)
        ),
        *((small(), call("x"), errors.CommitRevealDisabled) for call in CALLS),
        (small(), timed("x", version=3), errors.CommitRevealDisabled),
        (HASTY, timed("x", version=3), errors.IncorrectCommitRevealVersion),
        (HASTY, timed("x", version=5), errors.IncorrectCommitRevealVersion),
        *((HASTY, call("x"), errors.HotKeyNotRegisteredInSubNet) for call in (commit, timed)),
        *((HASTY, call(), errors.CommittingWeightsTooFast) for call in (commit, timed)),
        (FAST, reveal("x"), errors.NoWeightsCommitFound),
        (FAST, reveal(), errors.NoWeightsCommitFound),
    ],
)
def test_checks_of_commits_in_order(state, extrinsic, error):
    refused(state, extrinsic, error)


@pytest.mark.parametrize("call", [commit, timed])
def test_the_rate_limit_of_commits_is_that_of_weights(call):
    state, _ = done(FAST, call())
    refused(later(state, 99), call(), errors.CommittingWeightsTooFast)
    done(later(state, 99), call(V2))
    done(later(state, 100), call())


def test_ten_commits_may_wait_and_expired_ones_make_room():
    state = all_done(secret(), *[commit(salt=(i,)) for i in range(10)])
    refused(state, commit(), errors.TooManyUnrevealedCommits)
    done(state, commit(V2))
    refused(run_to(state, NOW + 2 * TEMPO - 1), commit(), errors.TooManyUnrevealedCommits)  # epoch 1
    after, _ = done(run_to(state, NOW + 2 * TEMPO), commit())
    assert one(after).mechanisms[0].commits[V1] == (Commit(hashed(), 2, NOW + 2 * TEMPO),)


def test_a_full_queue_is_refused_after_the_rate():
    state = all_done(secret(), *[commit(salt=(i,)) for i in range(10)])
    state = state.with_hyperparameters(NETUID, weights_set_rate_limit=1)
    refused(state, commit(), errors.CommittingWeightsTooFast)


@pytest.mark.parametrize("p", [1, 3])
def test_a_reveal_is_in_time_exactly_in_epoch_e_plus_p(p):
    state, _ = done(secret(p), commit())
    opens = NOW + p * TEMPO
    for at in (NOW, NOW + TEMPO - 1, opens - 1):
        refused(run_to(state, at), reveal(), errors.RevealTooEarly)
    for at in (opens, opens + TEMPO - 1):
        done(run_to(state, at), reveal())
    refused(run_to(state, opens + TEMPO), reveal(), errors.ExpiredWeightCommit)


def test_a_commit_in_the_block_of_an_epoch_belongs_to_the_new_one():
    state, _ = done(run_to(secret(), NOW + TEMPO), commit())
    assert one(state).mechanisms[0].commits[V1][0].epoch == 1
    refused(run_to(state, NOW + 2 * TEMPO - 1), reveal(), errors.RevealTooEarly)
    done(run_to(state, NOW + 2 * TEMPO), reveal())


def test_a_reveal_drops_older_commits_and_stores_the_weights():
    state = all_done(secret(), *[commit(salt=(i,)) for i in range(4)])
    state = run_to(state, NOW + TEMPO + 5)
    after, events = done(state, reveal(uids=(4, 5), salt=(2,)))
    expected = hashed(salt=(2,))
    assert set(events) == {WeightsSet(NETUID, 0, 1), WeightsRevealed(V1, NETUID, 0, expected)}
    assert one(after).mechanisms[0].commits[V1] == (Commit(hashed(salt=(3,)), 0, NOW),)
    assert row(after, 1) == [(4, 65535), (5, 65535)]
    assert updates(after) == updates(state) == [900, NOW, *[900] * 6]  # a reveal is no update
    assert changed(one(state).mechanisms[0], one(after).mechanisms[0]) == {"commits", "weights"}
    refused(after, reveal(salt=(2,)), errors.InvalidRevealCommitHashNotMatch)
    last, _ = done(after, reveal(salt=(3,)))
    assert V1 not in one(last).mechanisms[0].commits
    refused(last, reveal(salt=(3,)), errors.NoWeightsCommitFound)


def test_what_a_reveal_finds_when_commits_have_expired():
    state, _ = done(secret(), commit(salt=(0,)))
    state, _ = done(run_to(state, NOW + TEMPO), commit(salt=(1,)))
    state = run_to(state, NOW + 2 * TEMPO)
    refused(state, reveal(salt=(0,)), errors.ExpiredWeightCommit)
    refused(state, reveal(salt=(9,)), errors.InvalidRevealCommitHashNotMatch)
    done(state, reveal(salt=(1,)))
    gone = run_to(state, NOW + 3 * TEMPO)
    refused(gone, reveal(salt=(1,)), errors.ExpiredWeightCommit)
    refused(gone, reveal(salt=(9,)), errors.NoWeightsCommitFound)


def test_a_reveal_passes_the_checks_of_weights_but_not_their_rate():
    state, _ = done(secret(), commit(uids=(4, 4)))
    state, _ = done(state, commit(salt=(2,)))
    state = run_to(state, NOW + TEMPO).with_hyperparameters(NETUID, weights_set_rate_limit=10**6)
    refused(state, reveal(uids=(4, 4)), errors.DuplicateUids)
    done(state, reveal(salt=(2,)))
    refused(edited(state, validator_permit=[False] * N), reveal(salt=(2,)), errors.NeuronNoValidatorPermit)


# --- timelocked commits -----------------------------------------------------------------------------


def buckets(state, mechanism=0):
    return {e: len(commits) for e, commits in one(state).mechanisms[mechanism].timelocked.items()}


def test_a_timelocked_commit_goes_into_the_bucket_of_its_epoch():
    state = clocked(secret(), epoch_index=7)
    after, events = done(state, timed(key=3))
    assert events == (TimelockedWeightsCommitted(V1, NETUID, 0, 7),)
    assert changed(one(state), one(after)) == {"mechanisms"}
    mechanism = one(after).mechanisms[0]
    assert changed(one(state).mechanisms[0], mechanism) == {"timelocked", "last_update"}
    assert dict(mechanism.timelocked) == {7: (TimelockedCommit(V1, NOW, (4, 5), (1, 1), 3),)}
    assert updates(after) == [900, NOW, *[900] * 6]


def test_ten_timelocked_commits_per_hotkey_and_epoch():
    state = all_done(secret(), *[timed(values=(i, 1)) for i in range(10)])
    refused(state, timed(), errors.TooManyUnrevealedCommits)
    state, _ = done(state, timed(V2))
    assert buckets(state) == {0: 11}
    state, _ = done(run_to(state, NOW + TEMPO), timed())
    assert buckets(state) == {1: 1}


@pytest.mark.parametrize("go", [block.run, step])
@pytest.mark.parametrize("p", [1, 2])
def test_timelocked_weights_count_in_the_epoch_that_reveals_them(p, go):
    state = all_done(secret(p), timed(V1), timed(V2), timed(V3, (4,), (1,)))
    state = go(state, p * TEMPO - 1)
    assert (row(state, 1), incentive(state), buckets(state)) == ([], [0] * N, {0: 3})
    after, events = block.begin_block(state)
    names = ["TimelockedWeightsRevealed", "WeightsSet"] * 3 + ["EpochRan"]
    assert epochs(events) == names
    assert events[:2] == (TimelockedWeightsRevealed(V1, NETUID, 0), WeightsSet(NETUID, 0, 1))
    assert (row(after, 1), row(after, 3)) == ([(4, 65535), (5, 65535)], [(4, 65535)])
    assert min(incentive(after)[4:6]) > 0
    assert incentive(after)[:4] + incentive(after)[6:] == [0] * 6
    assert updates(after) == [900, NOW, NOW, NOW, *[900] * 4]  # the blocks of the commits
    assert (buckets(after), int(after.clocks.epoch_index[NETUID])) == ({}, p)


def test_the_later_of_two_commits_wins():
    state = all_done(secret(), timed(uids=(4,), values=(1,)), timed(V2), timed(uids=(5,), values=(1,)))
    assert row(run_to(state, NOW + TEMPO), 1) == [(5, 65535)]


@pytest.mark.parametrize(
    "bad", [timed(uids=(4, 4), key=5), timed(values=(1,), key=5), timed(uids=(4, N), key=5), timed(key=4)]
)
def test_what_the_checks_refuse_is_dropped_silently(bad):
    state = all_done(secret(weights_version_key=5), timed(V2, key=5), bad, timed(V3, key=5))
    _, events = block.begin_block(run_to(state, NOW + TEMPO - 1))
    assert epochs(events) == ["TimelockedWeightsRevealed", "WeightsSet"] * 2 + ["EpochRan"]
    assert buckets(run_to(state, NOW + TEMPO)) == {}


def test_with_commit_reveal_switched_off_meanwhile_the_rate_counts_at_the_reveal():
    state, _ = done(secret(), timed())
    for limit, stored in ((TEMPO, [(4, 65535), (5, 65535)]), (TEMPO + 1, [])):
        off = state.with_hyperparameters(NETUID, commit_reveal=False, weights_set_rate_limit=limit)
        after = run_to(off, NOW + TEMPO)
        assert row(after, 1) == stored
        assert updates(after)[1] == (NOW + TEMPO if stored else NOW)


def test_timelocked_commits_of_a_mechanism_stay_there():
    state, _ = done(two_mechanisms(secret()), timed(mechanism=1))
    assert (buckets(state), buckets(state, 1)) == ({}, {0: 1})
    after = run_to(state, NOW + TEMPO)
    assert (row(after, 1), row(after, 1, 1)) == ([], [(4, 65535), (5, 65535)])


@pytest.mark.parametrize(("lowered", "stored"), [(1, [(4, 65535), (5, 65535)]), (2, [])])
def test_a_shorter_reveal_period_opens_or_drops_what_waits(lowered, stored):
    """Bucket E − p is revealed in any block, older ones are deleted."""
    state = run_to(done(secret(3), timed())[0], NOW + lowered * TEMPO)
    after, _ = block.begin_block(state.with_hyperparameters(NETUID, reveal_period_epochs=1))
    assert (row(after, 1), buckets(after)) == (stored, {})
