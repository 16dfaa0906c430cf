"""What owners and root set, the clock of epochs, mechanisms, trimming (spec/epoch.md 1.2, 1.4, 2.5, 8)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from networks import (
    NETUID,
    NOW,
    OWNER,
    TAO,
    TEMPO,
    V2,
    N,
    all_done,
    changed,
    clocked,
    commit,
    done,
    edited,
    emission_to_come,
    epochs,
    incentive,
    later,
    mech,
    moved_clocks,
    one,
    refused,
    row,
    run_to,
    small,
    step,
    timed,
    two_mechanisms,
    updates,
)

from bittensor_lab import block, errors
from bittensor_lab.events import (
    EpochTriggered,
    HyperparameterSet,
    MechanismCountSet,
    MechanismEmissionSplitSet,
)
from bittensor_lab.extrinsics import (
    SetHyperparameter,
    SetMechanismCount,
    SetMechanismEmissionSplit,
    SetNetworkParameter,
    SetTempo,
    TriggerEpoch,
)
from bittensor_lab.mechanisms import run_subnet_epoch
from bittensor_lab.params import Hyperparameters, meanings
from bittensor_lab.schedule import next_epoch_start
from bittensor_lab.state import ROOT

MAX = 65535
ONLY_ROOT = {"fee_rate", "kappa", "min_allowed_uids", "max_allowed_validators", "weights_set_rate_limit"} | {
    "registration_allowed", "min_non_immune_uids", "tempo"
}  # fmt: skip
FROZEN, OPEN = NOW + 351, NOW + 350  # with tempo 360: 9 and 10 blocks before the epoch


def setting(name, value, origin=OWNER, netuid=NETUID):
    return SetHyperparameter(origin, netuid, name, value)


def at(state, number):
    return later(state, number - state.block)


@pytest.mark.parametrize("origin", [OWNER, ROOT])
def test_a_hyperparameter_is_set(origin):
    state = small()
    after, events = done(state, setting("immunity_period", 7, origin))
    assert events == (HyperparameterSet(NETUID, "immunity_period", 5000, 7),)
    assert after.hyperparameters(NETUID) == replace(state.hyperparameters(NETUID), immunity_period=7)
    assert changed(state, after) == {"rules"} | ({"subnets"} if origin == OWNER else set())
    assert dict(one(after).last_owner_change) == ({"immunity_period": NOW} if origin == OWNER else {})
    assert done(small(2), setting("immunity_period", 7, origin))[0].hyperparameters(2).immunity_period == 5000


FEWER, MORE = "MaxAllowedUidsLessThanMinAllowedUids", "MaxAllowedUidsGreaterThanDefaultMaxAllowedUids"
RANGES = [  # name, lowest and highest that the owner may set, error below and above
    ("activity_cutoff_factor_milli", 1000, 50_000, "ActivityCutoffFactorMilliOutOfBounds"),
    ("burn_half_life", 1, 36_100, "InvalidValue"),
    ("burn_increase_mult", 1 << 64, 3 << 64, "InvalidValue"),
    ("bonds_moving_average", None, 975_000, "BondsMovingAverageMaxReached"),
    ("alpha_sigmoid_steepness", 0, None, "NegativeSigmoidSteepness"),
    ("reveal_period_epochs", 1, 100, ("RevealPeriodTooSmall", "RevealPeriodTooLarge")),
    ("immune_owner_uids_limit", 1, 10, "InvalidValue"),
    ("min_burn", None, TAO - 1, "ValueNotInBounds"),
    ("max_burn", TAO // 10 + 1, None, "ValueNotInBounds"),
    ("min_childkey_take", None, 11_796, "InvalidChildkeyTake"),
    ("max_allowed_uids", 64, 256, (FEWER, MORE)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "low", "high", "names"), RANGES, ids=[r[0] for r in RANGES])
def test_the_range_of_what_an_owner_sets(name, low, high, names):
    below, above = (names, names) if isinstance(names, str) else names
    for value, beyond, error in ((low, -1, below), (high, 1, above)):
        if value is not None:
            after, _ = done(small(), setting(name, value))
            assert getattr(after.hyperparameters(NETUID), name) == value
            refused(small(), setting(name, value + beyond), getattr(errors, error))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bonds_moving_average", 975_001),
        ("bonds_moving_average", 1_000_000),
        ("alpha_sigmoid_steepness", -1),
        ("burn_half_life", 1),
        ("burn_increase_mult", 2 << 64),
    ],
)
def test_what_root_may_set_beyond_or_beside_the_owner(name, value):
    """ "O" of 1.2 is the subnet's owner or root; "not root" after it speaks of the root network."""
    after, _ = done(small(), setting(name, value, ROOT))
    assert getattr(after.hyperparameters(NETUID), name) == value


@pytest.mark.parametrize(
    ("rules", "name", "value", "origin", "error"),
    [
        ({}, "alpha_values", (0, 0), OWNER, "LiquidAlphaDisabled"),
        ({"liquid_alpha": True}, "alpha_values", (0, 1637), OWNER, "AlphaHighTooLow"),
        ({"liquid_alpha": True}, "alpha_values", (1637, 1638), OWNER, "AlphaLowOutOfRange"),
        ({"liquid_alpha": True}, "alpha_values", (1639, 1638), OWNER, "AlphaLowOutOfRange"),
        ({"liquid_alpha": True}, "alpha_values", (1638, 1638), OWNER, None),
        ({"liquid_alpha": True}, "alpha_values", (1638, MAX), ROOT, None),
        ({"max_burn": TAO // 2}, "min_burn", TAO // 2, OWNER, "ValueNotInBounds"),
        ({"max_burn": TAO // 2}, "min_burn", TAO // 2 - 1, OWNER, None),
        ({"min_burn": TAO}, "max_burn", TAO, OWNER, "ValueNotInBounds"),
        ({"min_burn": TAO}, "max_burn", TAO + 1, OWNER, None),
        ({"min_allowed_uids": 9}, "max_allowed_uids", 7, OWNER, "MaxAllowedUidsLessThanMinAllowedUids"),
        ({"min_allowed_uids": 7}, "max_allowed_uids", 7, OWNER, "MaxAllowedUIdsLessThanCurrentUIds"),
        ({"min_allowed_uids": 7}, "max_allowed_uids", 8, OWNER, None),
        ({}, "min_allowed_uids", 256, ROOT, "MinAllowedUidsGreaterThanMaxAllowedUids"),
        ({}, "min_allowed_uids", 8, ROOT, "MinAllowedUidsGreaterThanCurrentUids"),
        ({}, "min_allowed_uids", 7, ROOT, None),
        ({"max_allowed_uids": 100}, "max_allowed_validators", 101, ROOT, "MaxValidatorsLargerThanMaxUIds"),
        ({"max_allowed_uids": 100}, "max_allowed_validators", 100, ROOT, None),
    ],
)
def test_ranges_that_depend_on_others(rules, name, value, origin, error):
    state, given = small(**rules), setting(name, value, origin)
    refused(state, given, getattr(errors, error)) if error else done(state, given)


@pytest.mark.parametrize("origin", [OWNER, ROOT])
def test_a_subnets_least_childkey_take_lies_within_the_networks(origin):
    state = small(params={"min_childkey_take": 100, "max_childkey_take": 200})
    for value in (99, 201):
        refused(state, setting("min_childkey_take", value, origin), errors.InvalidChildkeyTake)
    for value in (100, 200):
        done(state, setting("min_childkey_take", value, origin))


def test_places_times_mechanisms():
    state = two_mechanisms(small(max_allowed_uids=100))
    refused(state, setting("max_allowed_uids", 129), errors.TooManyUIDsPerMechanism)
    refused(state, setting("max_allowed_uids", 257), errors.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids)
    done(state, setting("max_allowed_uids", 128))


@pytest.mark.parametrize("name", sorted({*meanings(Hyperparameters)} - {"alpha_low", "alpha_high"}))
def test_who_may_set_and_when(name):
    """Origin first, then the freeze window, then the rate; root's own parameters know no window."""
    value = 300 if name == "tempo" else getattr(Hyperparameters(), name)
    value = 7 if name == "min_allowed_uids" else value
    frozen = at(small(), FROZEN)
    for state in (small(), frozen):
        refused(state, setting(name, value, "alice"), errors.BadOrigin)
        refused(state, setting(name, value, "alice", 2), errors.SubnetNotExists)
    if name in ONLY_ROOT:
        refused(small(), setting(name, value), errors.BadOrigin)
        done(frozen, setting(name, value, ROOT))
        return
    state, _ = done(at(small(), OPEN), setting(name, value))
    refused(frozen, setting(name, value), errors.AdminActionProhibitedDuringWeightsWindow)
    refused(at(state, FROZEN), setting(name, value), errors.AdminActionProhibitedDuringWeightsWindow)
    tempos = 5 if name == "weights_version_key" else 2
    state = clocked(state, last_epoch_block=OPEN)  # so that the window is open then
    state = clocked(at(state, OPEN + tempos * 360), last_epoch_block=OPEN + tempos * 360 - 100)
    done(state, setting(name, value))
    refused(at(state, state.block - 1), setting(name, value), errors.TxRateLimitExceeded)


@pytest.mark.parametrize(
    ("last", "pending", "tempo", "frozen"),
    [
        (NOW - 350, 0, 360, False),  # 10 blocks to go
        (NOW - 351, 0, 360, True),
        (NOW - 360, 0, 360, True),
        (NOW - 400, 0, 360, True),  # overdue
        (NOW, NOW + 1, 360, True),
        (NOW, NOW, 360, False),
        (NOW - 400, 0, 0, False),  # never
    ],
)
def test_the_freeze_window(last, pending, tempo, frozen):
    state = clocked(small(tempo=tempo), last_epoch_block=last, pending_epoch_at=pending)
    for origin in (OWNER, ROOT):
        given = setting("immunity_period", 7, origin)
        refused(state, given, errors.AdminActionProhibitedDuringWeightsWindow) if frozen else done(
            state, given
        )
    done(state, setting("kappa", 7, ROOT))
    done(state, setting("activity_cutoff_factor_milli", 1000, ROOT))


def test_rates_are_per_hyperparameter_and_bind_the_owner_only():
    state, _ = done(small(), setting("immunity_period", 7))
    done(state, setting("bonds_penalty", 7))
    refused(state, setting("immunity_period", 8), errors.TxRateLimitExceeded)
    by_root, _ = done(state, setting("immunity_period", 8, ROOT))
    assert dict(one(by_root).last_owner_change) == {"immunity_period": NOW}
    refused(state, setting("activity_cutoff_factor_milli", 999), errors.ActivityCutoffFactorMilliOutOfBounds)
    late, _ = done(state, setting("burn_half_life", 9))
    refused(late, setting("burn_half_life", 0), errors.TxRateLimitExceeded)  # the rate before the range


def test_a_parameter_of_the_network():
    state = at(small(), FROZEN)
    after, events = done(state, SetNetworkParameter(ROOT, "stake_threshold", 5))
    assert events == (HyperparameterSet(0, "stake_threshold", 0, 5),)
    assert changed(state, after) == {"network"}
    assert after.network == replace(state.network, stake_threshold=5)
    refused(state, SetNetworkParameter(OWNER, "stake_threshold", 5), errors.BadOrigin)
    for name, value in (("max_epochs_per_block", 0), ("kappa", 1)):  # a mistake in Python, not on the chain
        with pytest.raises(errors.InputError):
            SetNetworkParameter(ROOT, name, value)


# --- the clock (8) ----------------------------------------------------------------------------------


def test_a_new_tempo_starts_the_cycle_anew():
    state = clocked(small(), last_epoch_block=NOW - 100, blocks_since_last_step=100)
    after, events = done(state, SetTempo(OWNER, NETUID, 400))
    assert events == (HyperparameterSet(NETUID, "tempo", 360, 400),)
    assert moved_clocks(state, after) == {"last_epoch_block"}
    assert after.hyperparameters(NETUID).tempo == 400
    assert epochs(block.begin_block(run_to(after, NOW + 399))[1]) == ["EpochRan"]
    assert int(run_to(after, NOW + 399).clocks.epoch_index[NETUID]) == 0
    by_root, _ = done(state, setting("tempo", 1, ROOT))
    assert moved_clocks(state, by_root) == set()


@pytest.mark.parametrize(
    ("number", "origin", "tempo", "netuid", "error"),
    [
        (FROZEN, "alice", 359, 2, errors.SubnetNotExists),
        (FROZEN, "alice", 359, 1, errors.BadOrigin),
        (FROZEN, ROOT, 359, 1, errors.BadOrigin),
        (FROZEN, OWNER, 359, 1, errors.TempoOutOfBounds),
        (FROZEN, OWNER, 50_401, 1, errors.TempoOutOfBounds),
        (FROZEN, OWNER, 360, 1, errors.AdminActionProhibitedDuringWeightsWindow),
        (NOW, OWNER, 360, 1, errors.TxRateLimitExceeded),
        (NOW + 159, OWNER, 50_400, 1, errors.TxRateLimitExceeded),
        (NOW + 160, OWNER, 50_400, 1, None),
        (NOW + 160, OWNER, 360, 1, None),
    ],
)
def test_checks_of_set_tempo_in_order(number, origin, tempo, netuid, error):
    state = at(
        edited(small(), last_owner_change=one(small()).last_owner_change.set("tempo", NOW - 200)), number
    )
    given = SetTempo(origin, netuid, tempo)
    refused(state, given, error) if error else done(state, given)


def test_an_epoch_is_triggered():
    state = small()
    after, events = done(state, TriggerEpoch(OWNER, NETUID))
    assert events == (EpochTriggered(NETUID, NOW + 10),)
    assert moved_clocks(state, after) == {"pending_epoch_at"}
    reached = run_to(after, NOW + 9)
    assert int(reached.clocks.epoch_index[NETUID]) == 0
    ran, happened = block.begin_block(reached)
    assert epochs(happened) == ["EpochRan"]
    for name, value in (
        ("last_epoch_block", NOW + 10),
        ("last_step_block", NOW + 10),
        ("pending_epoch_at", 0),
    ):
        assert int(getattr(ran.clocks, name)[NETUID]) == value
    assert int(run_to(ran, NOW + 369).clocks.epoch_index[NETUID]) == 1
    assert int(run_to(ran, NOW + 370).clocks.epoch_index[NETUID]) == 2
    refused(at(ran, NOW + 359), TriggerEpoch(OWNER, NETUID), errors.TxRateLimitExceeded)
    done(at(ran, NOW + 360), TriggerEpoch(OWNER, NETUID))


SEALED = clocked(small(commit_reveal=True), pending_epoch_at=5)


@pytest.mark.parametrize(
    ("state", "origin", "netuid", "error"),
    [
        (SEALED, "alice", 2, errors.SubnetNotExists),
        (SEALED, "alice", 1, errors.BadOrigin),
        (SEALED, OWNER, 1, errors.DynamicTempoBlockedByCommitReveal),
        (clocked(at(small(), FROZEN), pending_epoch_at=2000), OWNER, 1, errors.EpochTriggerAlreadyPending),
        (at(small(), FROZEN), OWNER, 1, errors.AutoEpochAlreadyImminent),
        (at(small(), OPEN), OWNER, 1, None),
        (small(tempo=0), OWNER, 1, None),
    ],
)
def test_checks_of_trigger_epoch_in_order(state, origin, netuid, error):
    given = TriggerEpoch(origin, netuid)
    refused(state, given, error) if error else done(state, given)


@pytest.mark.parametrize("triggered", [False, True])
def test_with_tempo_0_no_epoch_runs_not_even_a_triggered_one(triggered):
    state = small(tempo=0)
    state = done(state, TriggerEpoch(OWNER, NETUID))[0] if triggered else state
    after = run_to(state, NOW + 60_000)
    assert int(after.clocks.epoch_index[NETUID]) == 0
    assert int(after.clocks.blocks_since_last_step[NETUID]) == 60_000


def test_after_50400_blocks_without_an_epoch_one_runs():
    """The reveal looks at the clock before this block is counted, so it is a block late then (3.3, 8.2)."""
    state = clocked(small(tempo=60_000, commit_reveal=True), blocks_since_last_step=0)
    state, _ = done(state, timed())
    reached = run_to(state, NOW + 50_400)
    assert int(reached.clocks.blocks_since_last_step[NETUID]) == 50_400
    ran, events = block.begin_block(reached)
    assert epochs(events) == ["EpochRan"]
    assert [int(ran.clocks.blocks_since_last_step[1]), int(ran.clocks.last_epoch_block[1])] == [
        0,
        NOW + 50_401,
    ]
    assert epochs(block.begin_block(ran)[1]) == ["TimelockedWeightsRevealed", "WeightsSet"]


# --- mechanisms (1.4) -------------------------------------------------------------------------------


def counting(count, origin=OWNER, netuid=NETUID):
    return SetMechanismCount(origin, netuid, count)


def splitting(*split, origin=OWNER, netuid=NETUID):
    return SetMechanismEmissionSplit(origin, netuid, split or None)


def test_mechanisms_come_empty_and_go_with_all_they_hold():
    state = mech(small(max_allowed_uids=128, commit_reveal=True), weights={1: {4: 9}})
    more, events = done(state, counting(2))
    assert events == (MechanismCountSet(NETUID, 2),)
    assert changed(one(state), one(more)) == {"mechanisms", "last_owner_change"}
    assert one(more).mechanisms[0] is one(state).mechanisms[0]
    assert (updates(more, 1), row(more, 1, 1), incentive(more, 1)) == ([0] * N, [], [0] * N)
    held = edited(all_done(more, timed(mechanism=1), commit(V2, mechanism=1)), mechanism_split=(1, MAX - 1))
    less, _ = done(clocked(later(held, 7_200), last_epoch_block=NOW + 7_100), counting(1))
    assert (len(one(less).mechanisms), one(less).mechanism_split) == (1, None)
    same, _ = done(clocked(later(held, 7_200), last_epoch_block=NOW + 7_100), counting(2))
    assert (one(same).mechanisms, one(same).mechanism_split) == (one(held).mechanisms, (1, MAX - 1))


ROOMY = small(max_allowed_uids=128)


@pytest.mark.parametrize(
    ("state", "extrinsic", "error"),
    [
        (at(small(), FROZEN), counting(0, "alice", 2), errors.SubnetNotExists),
        (at(small(), FROZEN), counting(0, "alice"), errors.BadOrigin),
        (at(small(), FROZEN), counting(0), errors.AdminActionProhibitedDuringWeightsWindow),
        (done(ROOMY, counting(1))[0], counting(0), errors.TxRateLimitExceeded),
        (small(), counting(0), errors.InvalidValue),
        (small(), counting(3), errors.InvalidValue),
        (small(max_allowed_uids=129), counting(2), errors.TooManyUIDsPerMechanism),
        (at(ROOMY, FROZEN), splitting(1, origin="alice", netuid=2), errors.SubnetNotExists),
        (at(ROOMY, FROZEN), splitting(1, origin="alice"), errors.BadOrigin),
        (at(ROOMY, FROZEN), splitting(1), errors.AdminActionProhibitedDuringWeightsWindow),
        (done(ROOMY, splitting(MAX))[0], splitting(1), errors.TxRateLimitExceeded),
        (two_mechanisms(ROOMY), SetMechanismEmissionSplit(OWNER, NETUID, ()), errors.InvalidValue),
        (two_mechanisms(ROOMY), splitting(1, 2, MAX - 3), errors.InvalidValue),
        (two_mechanisms(ROOMY), splitting(1, MAX - 2), errors.InvalidValue),
        (two_mechanisms(ROOMY), splitting(1, MAX), errors.InvalidValue),
    ],
)
def test_checks_of_mechanisms_in_order(state, extrinsic, error):
    refused(state, extrinsic, error)


@pytest.mark.parametrize("given", [counting(1), splitting(MAX), splitting()])
def test_mechanisms_change_once_in_7200_blocks(given):
    state, _ = done(ROOMY, given)
    late = clocked(later(state, 7_200), last_epoch_block=NOW + 7_100)
    done(late, given)
    refused(at(late, NOW + 7_199), given, errors.TxRateLimitExceeded)


@pytest.mark.parametrize(
    ("split", "parts"),
    [((), (1, 1)), ((16384, 49151), (16384, 49151)), ((MAX,), (1, 0)), ((0, MAX), (0, 1))],
)
def test_an_epoch_over_two_mechanisms(split, parts):
    """Each mechanism alone with its part of the emission; paid is the sum, stored the weighted mean."""
    state = two_mechanisms(small(tempo=TEMPO, max_allowed_uids=128))
    state, events = done(state, splitting(*split))
    assert events == (MechanismEmissionSplitSet(NETUID, split or None),)
    for number, row_ in enumerate(({4: 3, 5: 1}, {5: 1, 6: 1})):
        state = mech(state, number, weights=dict.fromkeys((1, 2, 3), row_), last_update=[NOW] * N)
    emission = emission_to_come(state, TEMPO)
    e = [emission // 2] * 2 if not split else [emission * s // MAX for s in (*split, 0)][:2]
    e[0] += emission - sum(e)
    before = step(state, TEMPO - 1)
    alone = []
    for number, part in enumerate(e):
        only = edited(replace(before, block=NOW + TEMPO), mechanisms=(one(state).mechanisms[number],))
        alone.append(run_subnet_epoch(edited(only, mechanism_split=None), NETUID, part))
    after, (ran, _) = block.begin_block(before)
    assert ran.emission == emission
    shares = [(part << 64) // emission for part in e]

    def mean(name):
        x = [getattr(subnet, name).tolist() for subnet, _ in alone]
        return [(a * shares[0] >> 64) + (b * shares[1] >> 64) for a, b in zip(*x, strict=True)]

    for name in ("emission", "consensus", "dividends", "validator_trust", "stake_weight"):
        assert getattr(one(after), name).tolist() == mean(name), name
    for number, (subnet, _) in enumerate(alone):
        assert one(after).mechanisms[number].incentive.tolist() == subnet.mechanisms[0].incentive.tolist()
        assert one(after).mechanisms[number].bonds == subnet.mechanisms[0].bonds
    _, whole = run_subnet_epoch(replace(before, block=NOW + TEMPO), NETUID, emission)
    for name in ("server_emission", "validator_emission"):
        assert getattr(whole, name).tolist() == sum(getattr(terms, name) for _, terms in alone).tolist()
    # by hand: miners get half of each part: (3/4, 1/4, 0) of the first and (0, 1/2, 1/2) of the second
    by_hand = [Fraction(3, 8) * e[0], Fraction(e[0], 8) + Fraction(e[1], 4), Fraction(e[1], 4)]
    assert whole.server_emission[4:7].tolist() == pytest.approx([float(x) for x in by_hand], abs=200)
    w = [Fraction(part, emission) for part in e]
    mean_by_hand = [Fraction(3, 8) * e[0] * w[0], e[0] * w[0] / 8 + e[1] * w[1] / 4, e[1] * w[1] / 4]
    assert one(after).emission[4:7].tolist() == pytest.approx([float(x) for x in mean_by_hand], abs=200)
    assert parts[0] * e[1] == pytest.approx(parts[1] * e[0], rel=1e-9, abs=1e9)


def test_who_is_active_in_one_mechanism_is_active():
    """The cutoff is a tempo of 100 blocks: at 1,100 an update at 1,000 is just recent enough."""
    state = two_mechanisms(small(tempo=TEMPO, activity_cutoff_factor_milli=1_000))
    at = {1: (1_000, 0), 2: (999, 1_000), 3: (999, 999)}
    for number in (0, 1):
        state = mech(state, number, last_update=[at.get(uid, (0, 0))[number] for uid in range(N)])
    after = run_to(state, NOW + TEMPO)
    assert np.flatnonzero(one(after).active).tolist() == [1, 2]


@pytest.mark.parametrize(("pending", "tempo", "expected"), [
    (0, 360, NOW + 360), (NOW + 5, 360, NOW + 5), (NOW + 361, 360, NOW + 360), (NOW + 5, 0, None),
])  # fmt: skip
def test_the_next_epoch_is_the_sooner_of_both(pending, tempo, expected):
    assert next_epoch_start(clocked(small(tempo=tempo), pending_epoch_at=pending), NETUID) == expected
