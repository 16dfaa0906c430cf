"""The chain's rules in small scenes, each worked out by hand from the specification (``spec/epoch.md``)."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from hashlib import blake2b

import numpy as np
import pytest
from networks import emission_to_come, plain

from bittensor_lab import errors as e
from bittensor_lab import extrinsics as x
from bittensor_lab.block import apply, begin_block, run
from bittensor_lab.errors import ChainError
from bittensor_lab.events import (
    EmissionDistributed,
    EpochDeferred,
    EpochRan,
    NeuronRegistered,
    TimelockedWeightsRevealed,
)
from bittensor_lab.invariants import violations
from bittensor_lab.params import Hyperparameters, NetworkParameters, meanings
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.rows import Row, make_row
from bittensor_lab.schedule import next_epoch_start
from bittensor_lab.stake_weight import stake_weights
from bittensor_lab.state import ROOT, State
from bittensor_lab.units import RAO_PER_TAO, U64_MAX
from bittensor_lab.weights import Submission, account_id, commit_hash

FULL = {"max_allowed_uids": 7, "immunity_period": 100, "min_non_immune_uids": 0}


def scene(**rules: int) -> State:
    """Owner (uid 0), two validators (1, 2), four miners (3 to 6), all past their immunity."""
    return demo_network(1, 2, 4, seed=4).with_hyperparameters(1, **rules)


def do(state: State, *extrinsics: object) -> State:
    for extrinsic in extrinsics:
        state, _ = apply(state, extrinsic)
    assert violations(state) == []
    return state


def refuses(state: State, extrinsic: object, error: type[ChainError]) -> None:
    with pytest.raises(error) as caught:
        apply(state, extrinsic)
    assert type(caught.value) is error


def to_epoch(state: State, netuid: int = 1) -> State:
    return run(state, next_epoch_start(state, netuid) - state.block)


def register(state: State, hotkey: str = "new", coldkey: str = "alice") -> State:
    return do(state, x.BurnedRegister(coldkey, hotkey, 1))


# ── 2: registration ─────────────────────────────────────────────────────────────────────────────


def test_checks_of_a_registration_come_in_the_chains_order():
    """Each call breaks all rules from one on; the first broken one is named."""
    state = scene(registration_allowed=False, **FULL)
    refuses(state, x.BurnedRegister("poor", "validator-1", 0), e.RegistrationNotPermittedOnRootSubnet)
    refuses(state, x.BurnedRegister("poor", "validator-1", 9), e.SubnetNotExists)
    refuses(state, x.BurnedRegister("poor", "validator-1", 1), e.SubNetRegistrationDisabled)
    state = scene(**{**FULL, "max_allowed_uids": 0})
    refuses(state, x.BurnedRegister("poor", "validator-1", 1), e.HotKeyAlreadyRegisteredInSubNet)
    other = replace(state, owner=state.owner.set("elsewhere", "carol"))
    refuses(other, x.BurnedRegister("poor", "elsewhere", 1), e.NotEnoughBalanceToStake)
    refuses(other, x.BurnedRegister("alice", "elsewhere", 1), e.NonAssociatedColdKey)
    refuses(other, x.BurnedRegister("alice", "new", 1), e.NoNeuronIdAvailable)


def test_a_limit_is_looked_at_before_everything_but_the_subnet():
    state = scene(registration_allowed=False)
    refuses(state, x.RegisterLimit("poor", "new", 0, 0), e.RegistrationNotPermittedOnRootSubnet)
    refuses(state, x.RegisterLimit("poor", "new", 1, RAO_PER_TAO - 1), e.RegistrationPriceLimitExceeded)
    refuses(state, x.RegisterLimit("poor", "new", 1, RAO_PER_TAO), e.SubNetRegistrationDisabled)


def test_registrations_of_one_block_compound_the_price():
    state = scene()
    before, costs = state.pools.account[1], []
    for i in range(3):
        state, (event,) = apply(state, x.BurnedRegister("alice", f"new-{i}", 1))
        assert isinstance(event, NeuronRegistered)
        costs.append(event.cost)
    assert costs == [10**9, 1_260_000_000, 1_587_600_000]
    assert state.free["alice"] == 1_000 * 10**9 - sum(costs)
    assert state.pools.account[1] == before + sum(costs)
    assert state.subnet(1).rao_recycled_for_registration == sum(costs)


def test_a_tao_halves_in_a_half_life_slightly_low():
    state = scene(burn_half_life=360)
    assert int(run(state, 360).clocks.burn[1]) == 499_999_865


def test_who_pays_with_all_they_have_keeps_the_existential_deposit():
    state = scene()
    state = do(state, x.Transfer("bob", "payer", RAO_PER_TAO))
    after = register(state, coldkey="payer")
    assert after.free["payer"] == 500
    assert after.pools.account[1] - state.pools.account[1] == RAO_PER_TAO - 500


def test_a_newcomer_is_appended_and_waits_before_it_sets_weights():
    state = register(scene(weights_set_rate_limit=10))
    subnet = state.subnet(1)
    assert (subnet.hotkeys[7], state.owner["new"]) == ("new", "alice")
    assert subnet.block_at_registration[7] == subnet.mechanisms[0].last_update[7] == state.block
    assert subnet.active[7]
    assert not subnet.validator_permit[7]
    refuses(run(state, 9), x.SetWeights("new", 1, [7], [1]), e.SettingWeightsTooFast)
    do(run(state, 10), x.SetWeights("new", 1, [7], [1]))  # a weight on oneself needs no permit


def test_a_full_subnet_replaces_who_earned_least():
    """The smallest (emission, registration block, uid) of those past their immunity; the owner stays."""
    state = scene(**FULL)
    subnet = replace(state.subnet(1), emission=np.array([0, 5, 5, 3, 2, 2, 9], np.int64))
    registered = np.array([0, 0, 0, 0, 10, 9, 0], np.int64)
    state = state.with_subnet(replace(subnet, block_at_registration=registered))
    assert register(state).subnet(1).hotkeys[5] == "new"
    young = np.array([0, 0, 0, 0, 10, 950, 0], np.int64)
    state = state.with_subnet(replace(subnet, block_at_registration=young))
    assert register(state).subnet(1).hotkeys[4] == "new"


def test_too_few_past_immunity_and_the_worst_immune_one_goes():
    state = scene(**{**FULL, "min_non_immune_uids": 3})
    young = np.array([0, 0, 0, 0, 950, 960, 970], np.int64)
    subnet = replace(
        state.subnet(1), block_at_registration=young, emission=np.arange(7, dtype=np.int64) * -1 + 9
    )
    assert register(state.with_subnet(subnet)).subnet(1).hotkeys[6] == "new"
    old = replace(subnet, block_at_registration=np.zeros(7, np.int64))
    few = state.with_subnet(old).with_hyperparameters(1, min_non_immune_uids=6)
    refuses(few, x.BurnedRegister("alice", "new", 1), e.NoNeuronIdAvailable)  # none is immune to fall back on


def test_what_a_replacement_clears_and_what_it_leaves():
    state = to_epoch(scene(**FULL))
    subnet = state.subnet(1)
    uid = int(np.argmin(subnet.emission[1:])) + 1
    bonds = subnet.mechanisms[0].bonds.to_dense()
    after = register(state).subnet(1)
    mechanism = after.mechanisms[0]
    assert after.hotkeys[uid] == "new"
    for name in ("emission", "consensus", "dividends", "stake_weight", "validator_trust", "validator_permit"):
        assert not getattr(after, name)[uid]
    assert mechanism.incentive[uid] == 0
    assert len(mechanism.weights[uid].uid) == 0
    for row, before in zip(mechanism.weights, subnet.mechanisms[0].weights, strict=True):
        if len(row.uid):
            assert row.uid.tolist() == before.uid.tolist()  # the pair stays, its value is 0
            assert row.value[row.uid == uid].tolist() == [0]
    assert (mechanism.bonds.to_dense()[:, uid] == bonds[:, uid]).all()  # the epoch will mask these


# ── 5.6, 5.9: masks ─────────────────────────────────────────────────────────────────────────────


def held_in(state: State, uid: int) -> int:
    return int(state.subnet(1).mechanisms[0].bonds.to_dense()[:, uid].astype(int).sum())


def replaced(state: State) -> tuple[State, int]:
    after = register(state)
    return after, after.subnet(1).hotkeys.index("new")


def test_bonds_in_a_replaced_uid_are_masked_but_not_in_the_block_of_an_epoch():
    """The hole: registered in the very block of an epoch, after it ran, the old bonds live on."""
    rules = {**FULL, "weights_set_rate_limit": 0, "bonds_penalty": 0}
    fresh = run(to_epoch(to_epoch(scene(**rules))), 0)
    at_once, uid = replaced(fresh)
    assert held_in(fresh, uid) > 0
    again = [x.SetWeights(f"validator-{v}", 1, [3, 4, 5, 6], [9, 9, 9, 9]) for v in (1, 2)]
    late, same = replaced(run(fresh, 1))
    assert same == uid
    hole, masked = to_epoch(do(run(at_once, 1), *again)), to_epoch(do(run(late, 1), *again))
    assert held_in(hole, uid) > held_in(masked, uid) > 0


def test_weights_set_before_a_registration_do_not_count_for_it():
    state, uid = replaced(run(to_epoch(scene(**FULL)), 5))
    subnet = state.subnet(1)
    rows = tuple(replace_values(row) for row in subnet.mechanisms[0].weights)
    state = state.with_subnet(subnet.with_mechanism(0, weights=rows))  # undo the zeros: the mask must do it
    assert to_epoch(state).subnet(1).mechanisms[0].incentive[uid] == 0
    later = do(run(state, 10), *(x.SetWeights(f"validator-{v}", 1, [uid, 3], [9, 1]) for v in (1, 2)))
    assert to_epoch(later).subnet(1).mechanisms[0].incentive[uid] > 0


def replace_values(row: Row) -> Row:
    return make_row(row.uid, np.where(row.value == 0, 60_000, row.value))


def test_while_an_older_commit_waits_a_replaced_uid_gets_nothing():
    """The column mask: the earliest commit that can still be revealed was made for the old holder."""
    state = run(to_epoch(scene(commit_reveal=True, weights_set_rate_limit=0, **FULL)), 1)
    waiting = do(state, *(x.CommitWeights(f"validator-{v}", 1, "unopened") for v in (1, 2)))
    for before, pays in ((state, True), (waiting, False)):
        after, uid = replaced(run(before, 1))
        commits = (x.CommitTimelockedWeights(f"validator-{v}", 1, [uid, 3], [9, 1]) for v in (1, 2))
        incentive = to_epoch(do(run(after, 1), *commits)).subnet(1).mechanisms[0].incentive
        assert bool(incentive[uid]) is pays


def test_a_commit_that_has_expired_masks_nothing():
    state = run(to_epoch(scene(commit_reveal=True, weights_set_rate_limit=0, **FULL)), 1)
    state = do(state, *(x.CommitWeights(f"validator-{v}", 1, "unopened") for v in (1, 2)))
    after, uid = replaced(run(to_epoch(run(state, 1)), 1))
    commits = (x.CommitTimelockedWeights(f"validator-{v}", 1, [uid, 3], [9, 1]) for v in (1, 2))
    later = to_epoch(do(run(after, 1), *commits)).subnet(1).mechanisms[0]
    assert later.commits and later.incentive[uid]


# ── 3: commit and reveal ────────────────────────────────────────────────────────────────────────


def secret(**rules: int) -> State:
    return run(to_epoch(scene(commit_reveal=True, weights_set_rate_limit=0, **rules)), 1)


def weights_of(state: State, uid: int) -> list[list[int]]:
    row = state.subnet(1).mechanisms[0].weights[uid]
    return [row.uid.tolist(), row.value.tolist()]


def test_timelocked_weights_are_revealed_in_the_block_whose_epoch_uses_them():
    state = secret()
    first = x.CommitTimelockedWeights("validator-1", 1, [3, 4], [1, 3])
    second = x.CommitTimelockedWeights("validator-1", 1, [5], [8])
    state = do(state, first, second)
    committed = state.block
    before = run(state, next_epoch_start(state, 1) - state.block - 1)
    assert weights_of(before, 1) == weights_of(state, 1)
    after, events = begin_block(before)
    kinds = [type(event) for event in events]
    assert kinds.count(TimelockedWeightsRevealed) == 2
    assert kinds[-2:] == [EpochRan, EmissionDistributed]
    assert weights_of(after, 1) == [[5], [65_535]]  # of two commits the later one wins
    assert after.subnet(1).mechanisms[0].last_update[1] == committed
    assert after.subnet(1).mechanisms[0].incentive[5] > 0
    assert not after.subnet(1).mechanisms[0].timelocked


def test_a_reveal_period_of_two_epochs():
    state = do(secret(reveal_period_epochs=2), x.CommitTimelockedWeights("validator-1", 1, [5], [8]))
    once = to_epoch(state)
    assert weights_of(once, 1) == weights_of(state, 1)
    assert weights_of(to_epoch(once), 1) == [[5], [65_535]]


def test_a_deferred_epoch_holds_its_reveals_back():
    state = demo_network(3, 2, 4, commit_reveal=True)
    state = run(state, 2)
    clocks = replace(state.clocks, last_epoch_block=np.full(4, state.block))
    state = replace(state, clocks=clocks)
    for netuid in (1, 2, 3):
        state = do(state, x.CommitTimelockedWeights("validator-1", netuid, [5], [8]))
    full = run(state, 60)
    assert [m.netuid for m in begin_block(run(state, 59))[1] if isinstance(m, EpochDeferred)] == [3]
    assert full.subnet(3).mechanisms[0].timelocked
    late = run(full, 1)
    assert not late.subnet(3).mechanisms[0].timelocked
    assert late.clocks.last_step_block.tolist()[1:] == [full.block, full.block, late.block]


def test_the_hash_is_blake2_over_scale():
    """Encoded by hand: account, index, three vectors with their compact lengths, version."""
    hotkey = "0x" + "ab" * 32
    uids, values, salt = tuple(range(70)), tuple(range(70)), (1, 2, 3)
    u16s = b"".join(i.to_bytes(2, "little") for i in range(70))
    plain = b"\xab" * 32 + (4096 + 7).to_bytes(2, "little")
    plain += b"\x19\x01" + u16s + b"\x19\x01" + u16s  # 70 · 4 + 1 = 281 = 0x0119
    plain += b"\x0c" + b"\x01\x00\x02\x00\x03\x00" + (9).to_bytes(8, "little")
    expected = "0x" + blake2b(plain, digest_size=32).hexdigest()
    assert commit_hash(Submission(hotkey, 7, 1, uids, values, 9), salt) == expected


def test_a_hash_commit_is_revealed_in_its_epoch_and_no_other():
    state, given = secret(), Submission("validator-1", 1, 0, (5,), (8,), 0)
    state = do(state, x.CommitWeights("validator-1", 1, commit_hash(given, (1,))))
    reveal = x.RevealWeights("validator-1", 1, [5], [8], [1])
    refuses(state, reveal, e.RevealTooEarly)
    refuses(state, x.RevealWeights("validator-1", 1, [5], [8], [2]), e.InvalidRevealCommitHashNotMatch)
    refuses(state, x.RevealWeights("validator-2", 1, [5], [8], [1]), e.NoWeightsCommitFound)
    open_now = to_epoch(state)
    done = do(open_now, reveal)
    assert weights_of(done, 1) == [[5], [65_535]]
    assert not done.subnet(1).mechanisms[0].commits
    refuses(to_epoch(open_now), reveal, e.ExpiredWeightCommit)


def test_ten_commits_wait_and_no_more():
    state = secret()
    for i in range(10):
        state = do(state, x.CommitWeights("validator-1", 1, f"hash {i}"))
    refuses(state, x.CommitWeights("validator-1", 1, "hash 10"), e.TooManyUnrevealedCommits)
    do(to_epoch(to_epoch(state)), x.CommitWeights("validator-1", 1, "hash 10"))  # all have expired


def test_checks_of_weights_come_in_the_chains_order():
    state = scene(min_allowed_weights=3, weights_version_key=5)
    subnet = state.subnet(1)
    state = state.with_subnet(subnet.with_mechanism(0, last_update=np.full(7, 995)))
    poor = replace(state, network=replace(state.network, stake_threshold=10**9))
    many = list(range(8))

    def call(hotkey: str, uids: list[int], values: list[int], key: int = 0, netuid: int = 1) -> x.SetWeights:
        return x.SetWeights(hotkey, netuid, uids, values, key)

    refuses(poor, call("stranger", many, [1], netuid=0), e.CanNotSetRootNetworkWeights)
    refuses(poor, call("stranger", many, [1], netuid=9), e.WeightVecNotEqualSize)
    refuses(poor, call("stranger", many, many, netuid=9), e.MechanismDoesNotExist)
    refuses(poor, call("stranger", many, [1]), e.NotEnoughStakeToSetWeights)  # the pool asks this first
    refuses(state, call("stranger", many, [1]), e.WeightVecNotEqualSize)
    refuses(state, call("stranger", many, many), e.UidsLengthExceedUidsInSubNet)
    refuses(state, call("stranger", [9, 9], [1, 1]), e.HotKeyNotRegisteredInSubNet)
    refuses(state, call("miner-1-1", [9, 9], [1, 1]), e.IncorrectWeightVersionKey)
    refuses(state, call("miner-1-1", [9, 9], [1, 1], 5), e.SettingWeightsTooFast)
    rested = run(state, 5)
    refuses(rested, call("miner-1-1", [9, 9], [1, 1], 5), e.NeuronNoValidatorPermit)
    refuses(rested, call("validator-1", [9, 9], [1, 1], 5), e.DuplicateUids)
    refuses(rested, call("validator-1", [9], [1], 5), e.UidVecContainInvalidOne)
    refuses(rested, call("validator-1", [3, 4], [1, 1], 5), e.WeightVecLengthIsLow)
    do(rested, call("validator-1", [3, 4, 5], [0, 1, 2], 5), call("validator-2", [2], [1], 5))
    refuses(secret(), call("validator-1", [3], [1]), e.CommitRevealEnabled)
    refuses(state, x.CommitWeights("validator-1", 1, "h"), e.CommitRevealDisabled)


# ── 8: schedule; 9: childkeys; 1.4: mechanisms ──────────────────────────────────────────────────


def test_an_owner_triggers_an_epoch_a_window_from_now():
    state = scene()
    owner, window = state.subnet(1).owner_coldkey, 5
    state = replace(state, network=replace(state.network, admin_freeze_window=window))
    triggered = do(state, x.TriggerEpoch(owner, 1))
    refuses(triggered, x.TriggerEpoch(owner, 1), e.EpochTriggerAlreadyPending)
    refuses(triggered, x.SetHyperparameter(owner, 1, "yuma3", 0), e.AdminActionProhibitedDuringWeightsWindow)
    after = run(triggered, window)
    assert after.clocks.last_step_block[1] == state.block + window == after.block
    assert next_epoch_start(after, 1) == after.block + 60
    near = run(state, next_epoch_start(state, 1) - state.block - 4)
    refuses(near, x.TriggerEpoch(owner, 1), e.AutoEpochAlreadyImminent)
    secretive = state.with_hyperparameters(1, commit_reveal=True)
    refuses(secretive, x.TriggerEpoch(owner, 1), e.DynamicTempoBlockedByCommitReveal)
    refuses(state, x.TriggerEpoch("alice", 1), e.BadOrigin)


def test_set_tempo_restarts_the_cycle():
    state = run(scene(), 30)
    after = do(state, x.SetTempo(state.subnet(1).owner_coldkey, 1, 100))
    assert next_epoch_start(after, 1) == state.block + 100
    refuses(after, x.SetTempo(state.subnet(1).owner_coldkey, 1, 100), e.TxRateLimitExceeded)
    refuses(state, x.SetTempo(state.subnet(1).owner_coldkey, 1, 9), e.TempoOutOfBounds)


def test_children_take_effect_at_the_first_epoch_after_their_cooldown():
    """Strictly after: an epoch in the very block in which the cooldown ends is too early."""
    state = plain(scene(tempo=10))
    state = to_epoch(replace(state, network=replace(state.network, pending_childkey_cooldown=20)))
    before = stake_weights(state, 1)[0]
    asked = do(state, x.SetChildren("validator-1-cold", "validator-1", 1, [(U64_MAX, "validator-2")]))
    exactly = run(asked, 20)
    assert exactly.clocks.last_epoch_block[1] == exactly.block
    assert (stake_weights(exactly, 1)[0] == before).all()
    later = run(asked, 30)
    whole = stake_weights(later, 1)[0]
    assert whole[1] == 0
    assert whole[2] == before[1] + before[2]
    refuses(asked, x.SetChildren("validator-1-cold", "validator-1", 1, []), e.TxRateLimitExceeded)
    again = do(run(asked, 15), x.SetChildren("validator-1-cold", "validator-1", 1, [(5, "validator-2")]))
    assert not run(again, 20).subnet(1).children  # the cooldown began anew
    back = x.SetChildren("validator-2-cold", "validator-2", 1, [(1, "validator-1")])
    refuses(later, back, e.ChildParentInconsistency)


def test_before_the_start_call_children_take_effect_at_once():
    state = scene()
    state = replace(state, pools=state.pools.at(1, subtoken_enabled=False))
    state = do(state, x.SetChildren("validator-1-cold", "validator-1", 1, [(2**62, "validator-2")]))
    assert state.subnet(1).parents["validator-2"] == ((2**62, "validator-1"),)


def test_two_mechanisms_share_the_emission_and_pruning_sees_the_mean():
    state = scene(max_allowed_uids=128)
    owner = state.subnet(1).owner_coldkey
    state = do(
        state, x.SetMechanismCount(owner, 1, 2), x.SetMechanismEmissionSplit(owner, 1, [16_383, 49_152])
    )
    for validator in ("validator-1", "validator-2"):
        state = do(
            state,
            x.SetMechanismWeights(validator, 1, [3], [1], mechanism=0),
            x.SetMechanismWeights(validator, 1, [4], [1], mechanism=1),
        )
    emission = emission_to_come(state, next_epoch_start(state, 1) - state.block)
    subnet = to_epoch(state).subnet(1)
    assert [m.incentive.argmax() for m in subnet.mechanisms] == [3, 4]
    first = emission * 16_383 // 65_535
    share = first / emission
    assert subnet.emission[3] == pytest.approx(first / 2 * share, rel=1e-6)
    assert subnet.emission[4] == pytest.approx((emission - first) / 2 * (1 - share), rel=1e-6)
    fewer = do(run(to_epoch(state), 121), x.SetMechanismCount(owner, 1, 1)).subnet(1)
    assert len(fewer.mechanisms) == 1
    assert fewer.mechanism_split is None


def test_trimming_removes_the_least_earning_and_renumbers():
    state = scene(min_allowed_uids=2)
    subnet = replace(state.subnet(1), emission=np.array([0, 5, 5, 1, 8, 2, 9], np.int64))
    state = do(state.with_subnet(subnet), x.TrimToMaxAllowedUids(ROOT, 1, 5))
    after = state.subnet(1)
    assert after.hotkeys == ("owner-1", "validator-1", "validator-2", "miner-1-2", "miner-1-4")
    assert weights_of(state, 1)[0] == [3, 4]
    assert state.hyperparameters(1).max_allowed_uids == 5
    refuses(state, x.TrimToMaxAllowedUids(ROOT, 1, 1), e.InvalidValue)
    fresh = scene(min_allowed_uids=2, immunity_period=5000)
    refuses(fresh, x.TrimToMaxAllowedUids(ROOT, 1, 5), e.TrimmingWouldExceedMaxImmunePercentage)


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


def test_a_swapped_hotkey_keeps_its_place_stake_and_relations():
    state = scene()
    state = replace(state, pools=state.pools.at(1, subtoken_enabled=False))
    state = do(
        state,
        x.Transfer("alice", "validator-1-cold", 10**9),
        x.SetChildren("validator-2-cold", "validator-2", 1, [(9, "validator-1")]),
        x.IncreaseTake("validator-1-cold", "validator-1", 7),
        x.SetChildkeyTake("validator-1-cold", "validator-1", 1, 8),
    )
    after = do(state, x.SwapHotkey("validator-1-cold", "validator-1", "fresh"))
    subnet = after.subnet(1)
    assert subnet.hotkeys[1] == "fresh"
    assert after.stake[1]["fresh"] == state.stake[1]["validator-1"]  # the same shares
    assert after.stake[0]["fresh"] == state.stake[0]["validator-1"]
    assert subnet.children["validator-2"] == ((9, "fresh"),)
    assert (after.takes["fresh"], subnet.childkey_takes["fresh"]) == (7, 8)
    assert after.total_issuance == state.total_issuance - 10**8
    assert "validator-1" not in after.owner
    refuses(after, x.SwapHotkey("validator-1-cold", "fresh", "again"), e.HotKeySetTxRateLimitExceeded)


def test_takes_rise_slowly_and_fall_freely():
    state = do(scene(), x.IncreaseTake("validator-1-cold", "validator-1", 5_000))
    call = x.IncreaseTake("validator-1-cold", "validator-1", 6_000)
    refuses(state, call, e.DelegateTxRateLimitExceeded)
    refuses(run(state, 599), call, e.DelegateTxRateLimitExceeded)
    do(run(state, 600), call)
    lower = do(state, x.DecreaseTake("validator-1-cold", "validator-1", 4_999))
    refuses(lower, x.DecreaseTake("validator-1-cold", "validator-1", 4_999), e.DelegateTakeTooLow)
    refuses(run(lower, 600), x.IncreaseTake("validator-1-cold", "validator-1", 11_797), e.DelegateTakeTooHigh)
    refuses(state, x.DecreaseTake("alice", "validator-1", 1), e.NonAssociatedColdKey)
    refuses(state, x.DecreaseTake("alice", "unheard", 1), e.HotKeyAccountNotExists)


def test_dust_is_lost_and_an_account_is_no_smaller_than_its_deposit():
    state = scene()
    held = state.free["bob"]
    gone = do(state, x.Transfer("bob", "alice", held - 499))
    assert "bob" not in gone.free
    assert gone.total_issuance == state.total_issuance - 499
    assert do(state, x.Transfer("bob", "alice", held - 500)).free["bob"] == 500
    refuses(state, x.Transfer("bob", "nobody-yet", 499), e.BelowMinimum)
    refuses(state, x.Transfer("bob", "alice", held + 1), e.FundsUnavailable)


def test_bonds_reset_on_a_commitment():
    state = to_epoch(to_epoch(scene(bonds_reset=True)))
    assert held_in(state, 3) > 0
    after = do(state, x.SetCommitment("miner-1-1", 1, "model-2"))
    assert held_in(after, 3) == 0
    assert held_in(after, 4) == held_in(state, 4)
    assert do(state.with_hyperparameters(1, bonds_reset=False), x.SetCommitment("miner-1-1", 1, "m"))
    refuses(state, x.SetCommitment("stranger", 1, "m"), e.AccountNotAllowedCommit)


# ── 1.2: who may set what ───────────────────────────────────────────────────────────────────────

OWNER = "owner-1-cold"
SETTINGS = [
    (OWNER, "kappa", 1, e.BadOrigin),
    (OWNER, "tempo", 60, e.BadOrigin),
    ("alice", "yuma3", 0, e.BadOrigin),
    (OWNER, "burn_half_life", 36_101, e.InvalidValue),
    (OWNER, "burn_increase_mult", 2**64 - 1, e.InvalidValue),
    (OWNER, "bonds_moving_average", 975_001, e.BondsMovingAverageMaxReached),
    (OWNER, "alpha_sigmoid_steepness", -1, e.NegativeSigmoidSteepness),
    (ROOT, "activity_cutoff_factor_milli", 999, e.ActivityCutoffFactorMilliOutOfBounds),
    (OWNER, "reveal_period_epochs", 0, e.RevealPeriodTooSmall),
    (OWNER, "reveal_period_epochs", 101, e.RevealPeriodTooLarge),
    (OWNER, "immune_owner_uids_limit", 11, e.InvalidValue),
    (OWNER, "max_allowed_uids", 3, e.MaxAllowedUidsLessThanMinAllowedUids),
    (OWNER, "max_allowed_uids", 6, e.MaxAllowedUIdsLessThanCurrentUIds),
    (OWNER, "max_allowed_uids", 257, e.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids),
    (ROOT, "min_allowed_uids", 256, e.MinAllowedUidsGreaterThanMaxAllowedUids),
    (ROOT, "min_allowed_uids", 7, e.MinAllowedUidsGreaterThanCurrentUids),
    (ROOT, "max_allowed_validators", 257, e.MaxValidatorsLargerThanMaxUIds),
    (OWNER, "min_burn", 10**9, e.ValueNotInBounds),
    (OWNER, "max_burn", 10**8, e.ValueNotInBounds),
    (OWNER, "alpha_values", (1638, 60_000), e.LiquidAlphaDisabled),
    (OWNER, "min_childkey_take", 11_797, e.InvalidChildkeyTake),
]


@pytest.mark.parametrize(("origin", "name", "value", "error"), SETTINGS)
def test_a_setting_is_refused_by_its_own_name(origin, name, value, error):
    refuses(scene(), x.SetHyperparameter(origin, 1, name, value), error)


def test_root_goes_beyond_some_limits_of_owners():
    state = do(
        scene(),
        x.SetHyperparameter(ROOT, 1, "bonds_moving_average", 1_000_000),
        x.SetHyperparameter(ROOT, 1, "alpha_sigmoid_steepness", -5),
        x.SetHyperparameter(ROOT, 1, "tempo", 7),
        x.SetHyperparameter(OWNER, 1, "yuma3", False),
    )
    h = state.hyperparameters(1)
    assert (h.bonds_moving_average, h.alpha_sigmoid_steepness, h.tempo, h.yuma3) == (1_000_000, -5, 7, False)


def test_an_owner_changes_the_same_parameter_once_in_two_tempos():
    state = scene()
    state = replace(state, network=replace(state.network, owner_hyperparam_rate_limit=2))
    state = do(
        state, x.SetHyperparameter(OWNER, 1, "yuma3", 0), x.SetHyperparameter(OWNER, 1, "bonds_penalty", 0)
    )
    again = x.SetHyperparameter(OWNER, 1, "yuma3", 1)
    refuses(run(state, 117), again, e.TxRateLimitExceeded)
    do(run(state, 120), again)


def test_what_may_come_of_odd_settings_and_keys():
    """A price above its new highest until the next block; dust of a swap; keys of odd kinds."""
    state = do(scene(), x.SetHyperparameter(ROOT, 1, "max_burn", 2 * 10**8))
    assert int(state.clocks.burn[1]) == 10**9
    assert int(run(state, 1).clocks.burn[1]) == 2 * 10**8
    do(state, x.SetNetworkParameter(ROOT, "existential_deposit", 10**11))
    poor = do(state, x.SetNetworkParameter(ROOT, "key_swap_cost", state.free["validator-1-cold"] - 100))
    after, events = apply(poor, x.SwapHotkey("validator-1-cold", "validator-1", "fresh"))
    assert [event.name for event in events] == ["HotkeySwapped", "DustLost"]
    assert after.total_issuance == poor.total_issuance - poor.free["validator-1-cold"]

    class Names(str, Enum):  # noqa: UP042 (its own str() is what matters)
        ALICE = "alice"

    assert x.Transfer(Names.ALICE, "bob", 5).coldkey == "alice"
    odd = "0x" + "ab" * 31 + "  "
    assert len(account_id(odd)) == 32
    with pytest.raises(ChainError) as caught:
        apply(scene(), x.SetChildren("validator-1-cold", "validator-1", 1, [(1, "y" * 64)] * 4096))
    assert len(str(caught.value)) < 2_000


def test_the_rules_begin_as_the_chain_has_them():
    """Main net's stored values and a new subnet's, as listed in epoch 1.2 and economy 10."""
    network = {
        "tao_weight": 3_320_413_933_267_719_290, "stake_threshold": 0, "max_epochs_per_block": 2,
        "admin_freeze_window": 10, "owner_hyperparam_rate_limit": 2, "weights_version_key_rate_limit": 5,
        "min_tempo": 360, "max_tempo": 50_400, "tempo_rate_limit": 360, "mechanism_rate_limit": 7_200,
        "max_mechanism_count": 2, "trim_rate_limit": 216_000, "commit_reveal_version": 4,
        "set_children_rate_limit": 150, "pending_childkey_cooldown": 7_200,
        "tx_childkey_take_rate_limit": 216_000, "min_childkey_take": 0, "max_childkey_take": 11_796,
        "ck_burn": 0, "tx_delegate_take_rate_limit": 216_000, "min_delegate_take": 0,
        "max_delegate_take": 11_796, "subnet_owner_cut": 11_796, "tx_rate_limit": 1_000,
        "hotkey_swap_interval": 7_200, "key_swap_cost": 100_000_000, "key_swap_on_subnet_cost": 1_000_000,
        "coldkey_swap_announcement_delay": 36_000, "coldkey_swap_reannouncement_delay": 7_200,
        "existential_deposit": 500, "emission_rule": 5, "injection_rule": 4, "pool_rule": 0,
        "gate_exponent": 3, "flow_smoothing": 29_597_889_189_277, "flow_cutoff": 0, "flow_exponent": 1,
        "subnet_moving_alpha": 12_885, "ema_price_halving_blocks": 201_600, "min_stake": 2_000_000,
        "nominator_min_factor": 10_000_000, "root_claims_per_block": 5, "subnet_limit": 128,
        "network_min_lock_cost": RAO_PER_TAO, "network_lock_reduction_interval": 57_600,
        "network_rate_limit": 28_800, "network_immunity_period": 864_000, "start_call_delay": 0,
        "unlock_rate": 934_866, "maturity_rate": 934_866, "takeover_age": 2_629_800, "flat_fee": 50_000,
    }  # fmt: skip
    subnet = {
        "tempo": 360, "kappa": 32_767, "immunity_period": 5_000, "max_allowed_uids": 256,
        "min_allowed_uids": 64, "max_allowed_validators": 64, "min_allowed_weights": 1,
        "weights_set_rate_limit": 100, "weights_version_key": 0, "activity_cutoff_factor_milli": 13_889,
        "registration_allowed": True, "min_burn": 500_000, "max_burn": 100 * RAO_PER_TAO,
        "burn_half_life": 360, "bonds_moving_average": 900_000, "bonds_penalty": 65_535,
        "bonds_reset": False, "yuma3": True, "liquid_alpha": False, "alpha_low": 45_875,
        "alpha_high": 58_982, "alpha_sigmoid_steepness": 1_000, "commit_reveal": True,
        "reveal_period_epochs": 1, "transfer_toggle": True, "immune_owner_uids_limit": 1,
        "min_non_immune_uids": 10, "recycle_or_burn": False, "min_childkey_take": 0,
        "owner_cut_enabled": True, "fee_rate": 33, "root_claim_threshold": 500_000,
    }  # fmt: skip
    rules, new = NetworkParameters(), Hyperparameters()
    assert {name: getattr(rules, name) for name in network} == network
    assert {name: getattr(new, name) for name in subnet} == subnet
    assert new.burn_increase_mult / 2**64 == 1.26 and new.activity_cutoff == 5_000
    unlisted = {"gate_update_interval", "network_registration_start_block", "dissolve_with_reserve_block"}
    assert {*meanings(NetworkParameters)} == {*network} | unlisted
    assert {*meanings(Hyperparameters)} == {*subnet} | {"burn_increase_mult"}
    assert (mainnet().network, mainnet().subnet) == (rules, new)
