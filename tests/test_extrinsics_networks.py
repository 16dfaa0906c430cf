"""Root dividends, founding and ending subnets, locks: what they do and what they are refused for."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from immutables import Map
from networks import NETUID, TAO, V1, V2, all_done, done, holding, later, plain, refused, small, stakes
from networks import with_stake as with_ledger

from bittensor_lab import block, errors
from bittensor_lab import extrinsics as x
from bittensor_lab.accounts import free_tao
from bittensor_lab.coinbase import emission_shares, root_is_paid, run_coinbase
from bittensor_lab.conviction import Lock
from bittensor_lab.distribution import Earned, Pots, distribute
from bittensor_lab.events import (
    NetworkAdded,
    NetworkRemoved,
    NeuronRegistered,
    RootClaimed,
    SubnetOwnerChanged,
    TaoRecycled,
)
from bittensor_lab.invariants import violations
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.locks import let_conviction_decide, present
from bittensor_lab.market import alpha_price
from bittensor_lab.root_claims import claimable, drawn_by_lot
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT, ClaimType
from bittensor_lab.subnets import lock_cost

C1, C2 = f"{V1}-cold", f"{V2}-cold"
TAKE = 11796


def with_root():
    """Root stake of two validators' owners."""
    return with_ledger(plain(small(2)), 0, {V1: 300 * TAO, V2: 100 * TAO})


def paid_to_root(state, amount=10 * TAO, netuid=NETUID):
    """The subnet pays ``amount`` of alpha to root, by dividends of V1 alone."""
    pools = state.pools.plus(netuid, alpha_out=amount)
    state = replace(state, pools=pools)
    state, _ = distribute(state, netuid, Pots(0, 0, amount, 0), [Earned(V1, 0, amount)])
    assert violations(state) == []
    return state


# ── root dividends ──────────────────────────────────────────────────────────────────────────────


def test_a_root_dividend_waits_until_it_is_drawn():
    before = with_root()
    state = paid_to_root(before)
    take = 10 * TAO * TAKE // 65535
    owed = claimable(state, V1, C1)
    assert abs(owed[NETUID] - (10 * TAO - take)) <= 300  # 300 TAO of stake, each rao's part cut to 2⁻³²
    assert stakes(state, NETUID)[V1] - stakes(before, NETUID)[V1] == pytest.approx(take, abs=1)
    after, (event,) = done(state, x.ClaimRoot(C1, [NETUID]))
    assert event == RootClaimed(C1, V1, NETUID, owed[NETUID], event.tao)
    assert event.tao == pytest.approx(owed[NETUID], rel=5e-3)  # a price of 1, and some slippage
    assert stake_of(after, 0, V1, C1) == stake_of(state, 0, V1, C1) + event.tao
    assert claimable(after, V1, C1) == {}
    assert after.pools.protocol_flow[NETUID] == -event.tao and after.pools.user_flow[NETUID] == 0
    assert after.total_issuance == state.total_issuance
    again, events = done(after, x.ClaimRoot(C1, [NETUID]))
    assert events == () and again.root_claims == after.root_claims


def test_new_root_stake_has_no_back_pay_and_old_keeps_its_own():
    state = paid_to_root(with_root())
    owed = claimable(state, V1, C1)[NETUID]
    state, _ = done(state, x.AddStake("alice", V1, 0, 500 * TAO))
    assert claimable(state, V1, "alice") == {}
    assert abs(claimable(state, V1, C1)[NETUID] - owed) <= 1
    state = paid_to_root(state)
    shares = [claimable(state, V1, who)[NETUID] for who in ("alice", C1)]
    assert shares[0] / (shares[1] - owed) == pytest.approx(500 / 300, rel=1e-6)


def test_who_leaves_root_without_drawing_loses_what_was_owed():
    state = paid_to_root(with_root())
    after, _ = done(state, x.RemoveStake(C1, V1, 0, 300 * TAO))
    assert claimable(after, V1, C1) == {}


def test_a_part_that_leaves_takes_what_was_owed_to_it_along_but_no_more():
    """The watermark of who never drew stays at 0; that of who drew falls on every subnet."""
    state = paid_to_root(paid_to_root(with_root()), netuid=2)
    rates = state.root_claims[V1].rates
    after, _ = done(state, x.RemoveStake(C1, V1, 0, 100 * TAO))
    assert claimable(after, V1, C1) == {netuid: rates[netuid] * 200 * TAO >> 32 for netuid in (1, 2)}
    drawn, _ = done(state, x.ClaimRoot(C1, [1, 2]))
    left, _ = done(drawn, x.RemoveStake(C1, V1, 0, 100 * TAO))
    marks = [claims.root_claims[V1].claimed[C1] for claims in (drawn, left)]
    assert all(marks[0][n] - marks[1][n] == rates[n] * 100 * TAO >> 32 for n in (1, 2))
    assert all(amount <= 2 for amount in claimable(left, V1, C1).values())


def test_dividends_can_be_kept_as_alpha_on_some_subnets():
    state = paid_to_root(paid_to_root(with_root()), netuid=2)
    state, _ = done(state, x.SetRootClaimType(C1, True, [2]))
    assert state.claim_types[C1] == ClaimType(True, (2,))
    owed, before = claimable(state, V1, C1), stake_of(state, 2, V1, C1)
    after, events = done(state, x.ClaimRoot(C1, [1, 2]))
    assert [(event.netuid, event.tao is None) for event in events] == [(1, False), (2, True)]
    assert stake_of(after, 2, V1, C1) == before + owed[2]


def test_a_claim_waits_below_the_threshold_and_while_the_pool_refuses():
    state = paid_to_root(with_root()).with_hyperparameters(NETUID, root_claim_threshold=10_000_000)
    owed = claimable(state, V1, C1)[NETUID]
    assert owed > 10_000_000
    empty = replace(state, pools=state.pools.at(NETUID, tao_in=999_999))
    after, events = x.ClaimRoot(C1, [NETUID]).apply(empty)
    assert events == () and after.root_claims == empty.root_claims
    little = paid_to_root(with_root(), 10_000_000).with_hyperparameters(
        NETUID, root_claim_threshold=10_000_000
    )
    assert x.ClaimRoot(C1, [NETUID]).apply(little)[1] == ()


def test_a_claim_of_just_the_threshold_is_drawn():
    state = paid_to_root(with_root(), 6_000_000)
    owed = claimable(state, V1, C1)[NETUID]
    above = state.with_hyperparameters(NETUID, root_claim_threshold=owed + 1)
    assert x.ClaimRoot(C1, [NETUID]).apply(above)[1] == ()
    at = state.with_hyperparameters(NETUID, root_claim_threshold=owed)
    assert done(at, x.ClaimRoot(C1, [NETUID]))[1][0].alpha == owed


def test_a_claim_is_sold_without_a_fee_and_may_be_a_pools_first_trade():
    state = paid_to_root(with_root())
    owed, p = claimable(state, V1, C1)[NETUID], state.pools
    fresh = replace(state, pools=p.at(NETUID, initialised=False, quote_weight=6 * 10**17))
    tao, alpha = int(p.tao_in[NETUID]), int(p.alpha_in[NETUID])
    for each in (state, fresh):
        after, (event,) = done(each, x.ClaimRoot(C1, [NETUID]))
        assert event.tao - tao * owed // (alpha + owed) in (0, 1)
        assert int(after.pools.alpha_in[NETUID]) == alpha + owed
        assert int(after.pools.quote_weight[NETUID]) == 5 * 10**17 and after.pools.initialised[NETUID]


def test_a_claim_names_one_to_five_subnets():
    state = with_root()
    done(state, x.ClaimRoot(C1, [1, 2, 1, 2, 1]))
    refused(state, x.ClaimRoot(C1, []), errors.InvalidSubnetNumber)
    refused(state, x.ClaimRoot(C1, [1] * 6), errors.InvalidSubnetNumber)
    refused(state, x.ClaimRoot(C1, [1, 9]), errors.SubnetNotExists)


def test_the_lot_draws_for_everybody_in_time():
    state = paid_to_root(with_root())
    assert {who for b in range(1, 20) for who in drawn_by_lot(state, b)} == {*state.root_stakers}
    after = block.run(state, 20)
    assert claimable(after, V1, C1) == {}
    none = replace(state, network=replace(state.network, root_claims_per_block=0))
    assert claimable(block.run(none, 20), V1, C1) == claimable(state, V1, C1)


def test_a_dividend_larger_than_the_stake_it_is_shared_by_goes_to_the_owner():
    state = with_ledger(plain(small(2)), 0, {V1: TAO // 10})
    after = paid_to_root(state, TAO)
    assert after.root_claims == state.root_claims
    assert stakes(after, NETUID)[V1] - stakes(state, NETUID)[V1] == pytest.approx(TAO, abs=2)


@pytest.mark.parametrize(("more", "claimed"), [(0, True), (1, False)])
def test_a_dividend_as_large_as_the_stake_is_still_shared(more, claimed):
    state = replace(with_ledger(plain(small(2)), 0, {V1: TAO}), takes=Map({V1: 0}))
    state = replace(state, pools=state.pools.plus(NETUID, alpha_out=TAO + more))
    after, _ = distribute(state, NETUID, Pots(0, 0, TAO + more, 0), [Earned(V1, 0, TAO)])
    paid = stakes(after, NETUID)[V1] - stakes(state, NETUID)[V1]
    assert (claimable(after, V1, C1), paid) == (({NETUID: TAO}, 0) if claimed else ({}, TAO + more))


def test_a_miners_incentive_goes_where_its_coldkey_wants_it():
    state = plain(small())
    miner = state.subnet(NETUID).hotkeys[5]
    cold = state.owner[miner]
    refused(state, x.SetColdkeyAutoStakeHotkey(cold, NETUID, "unknown"), errors.HotKeyNotRegisteredInSubNet)
    state, _ = done(state, x.SetColdkeyAutoStakeHotkey(cold, NETUID, V2))
    state = replace(state, pools=state.pools.plus(NETUID, alpha_out=TAO))
    after, (event,) = distribute(state, NETUID, Pots(TAO, 0, 0, 0), [Earned(miner, TAO, 0)])
    assert (stake_of(after, NETUID, V2, cold), event.miners) == (TAO, TAO)


def test_whose_keys_are_the_owners():
    """The owner's hotkey, whoever owns it now, and all that belong to its coldkey."""
    state = plain(small())
    first, miner, other = (state.subnet(NETUID).hotkeys[uid] for uid in (0, 5, 6))
    state = replace(state, pools=state.pools.plus(NETUID, alpha_out=3 * TAO))
    state = replace(state, owner=state.owner.set(first, "sold").set(miner, "owner-1-cold"))
    earned = [Earned(first, TAO, 0), Earned(miner, TAO, 0), Earned(other, 2 * TAO, 0)]
    after, (event,) = distribute(state, NETUID, Pots(4 * TAO, 0, 0, 0), earned)
    assert (event.withheld, event.miners) == (2 * TAO, 2 * TAO)
    assert int(after.pools.miner_burned[NETUID]) == 1 << 31
    idle, _ = distribute(after, NETUID, Pots(0, TAO, 0, 0), [Earned(V1, 0, TAO)])
    assert int(idle.pools.miner_burned[NETUID]) == 0


@pytest.mark.parametrize("recycles", [False, True])
def test_what_the_owners_keys_earn_is_withheld(recycles):
    state = plain(small(recycle_or_burn=recycles))
    owner, miner = state.subnet(NETUID).hotkeys[0], state.subnet(NETUID).hotkeys[5]
    state = replace(state, pools=state.pools.plus(NETUID, alpha_out=4 * TAO))
    earned = [Earned(owner, TAO, 0), Earned(miner, 3 * TAO, 0)]
    after, (event,) = distribute(state, NETUID, Pots(4 * TAO, 0, 0, 0), earned)
    assert (event.withheld, event.miners, event.recycled) == (TAO, 3 * TAO, TAO if recycles else 0)
    assert int(after.pools.miner_burned[NETUID]) == 1 << 30
    assert state.pools.alpha_out[NETUID] - after.pools.alpha_out[NETUID] == (TAO if recycles else 0)


def test_owner_eighteen_miners_forty_one_validators_and_root_forty_one():
    state = small(2)
    assert root_is_paid(state)
    after = run_coinbase(replace(state, block=state.block + 1))
    p, made = after.pools, block_emission(state.pools.alpha_issuance(NETUID))
    parts = [int(getattr(p, f"pending_{name}")[NETUID]) for name in ("owner", "server", "validator", "root")]
    assert parts[0] / made == pytest.approx(0.179995, abs=1e-6)
    assert parts[1] / made == pytest.approx(0.410002, abs=1e-6)
    assert (parts[2] + parts[3]) / made == pytest.approx(0.410002, abs=1e-6)
    assert 0 <= made - sum(parts) <= 4


def test_without_an_owners_cut_all_is_halved():
    state = small(2).with_hyperparameters(NETUID, owner_cut_enabled=False)
    p, made = run_coinbase(replace(state, block=state.block + 1)).pools, block_emission(10**15)
    assert (int(p.pending_owner[NETUID]), int(p.pending_server[NETUID])) == (0, made // 2)
    assert p.pending_owner[2] > 0


def test_below_a_sum_of_one_roots_share_is_recycled():
    state = small()
    assert not root_is_paid(state)
    state = with_ledger(state, 0, {V1: 10_000 * TAO})
    after = run_coinbase(replace(state, block=state.block + 1))
    made = block_emission(state.pools.alpha_issuance(NETUID))
    assert after.pools.pending_root[NETUID] == 0
    assert 0 < after.pools.pending_validator[NETUID] < after.pools.pending_server[NETUID]
    kept = sum(
        int(getattr(after.pools, f"pending_{name}")[NETUID]) for name in ("owner", "server", "validator")
    )
    grown = after.pools.alpha_out[NETUID] - state.pools.alpha_out[NETUID] - after.pools.protocol_alpha[NETUID]
    assert 0 <= grown - kept <= 4 and grown < made


@pytest.mark.parametrize(("more", "paid"), [(0, False), (1, True)])
def test_root_is_paid_only_if_the_moving_prices_sum_to_more_than_one(more, paid):
    state = with_ledger(small(2), 0, {V1: 10_000 * TAO})
    half = 2**31
    pools = state.pools.at(1, moving_price=half + more).at(2, moving_price=half)
    after = run_coinbase(replace(state, block=state.block + 1, pools=pools))
    assert root_is_paid(replace(state, pools=pools)) is paid
    assert (after.pools.pending_root[1] > 0, after.pools.pending_root[2] > 0) == (paid, paid)


@pytest.mark.parametrize(
    "closed",
    [
        {"first_emission_block": 0},
        {"subtoken_enabled": False},
        {"registration_allowed": False},
    ],
)
def test_who_takes_no_part_in_the_coinbase(closed):
    """Not started, not traded, or closed to newcomers: no TAO, no alpha, no pots, no moving price."""
    state = small(2)
    if "registration_allowed" in closed:
        state = state.with_hyperparameters(NETUID, **closed)
    else:
        state = replace(state, pools=state.pools.at(NETUID, **closed))
    after = run_coinbase(replace(state, block=state.block + 1))
    names = [item.name for item in fields(state.pools)]
    assert all(getattr(after.pools, n)[NETUID] == getattr(state.pools, n)[NETUID] for n in names)
    assert after.pools.pending_server[2] > 0
    assert after.total_issuance - state.total_issuance <= block_emission(state.total_issuance)
    assert emission_shares(state).tolist() == [0, 0, 1]


# ── founding and ending ─────────────────────────────────────────────────────────────────────────


def ready(**network):
    """Anyone may found a subnet at any time; alice can pay for many."""
    state = holding(plain(small(2)), "alice", 10_000 * TAO)
    given = {"network_rate_limit": 0, "network_immunity_period": 100} | network
    return replace(state, network=replace(state.network, **given))


FOUND = x.RegisterNetwork("alice", "alice-owner")


def test_a_subnet_begins_with_its_lock_at_the_median_price():
    state = ready()
    state = replace(
        state, pools=state.pools.at(2, alpha_in=4 * int(state.pools.tao_in[2]))
    )  # a price of 0.25
    after, (event,) = done(state, FOUND)
    assert event == NetworkAdded(3, "alice", "alice-owner", TAO)
    assert alpha_price(after, 3) == pytest.approx((1 + 0.25) / 2)
    p = after.pools
    assert (int(p.tao_in[3]), int(p.account[3]), int(p.alpha_out[3])) == (TAO, TAO, 0)
    assert not p.emission_enabled[3] and not p.subtoken_enabled[3] and not p.first_emission_block[3]
    subnet = after.subnet(3)
    assert (subnet.hotkeys, subnet.owner_coldkey, subnet.locked) == (("alice-owner",), "alice", TAO)
    assert after.hyperparameters(3) == state.founding_rules
    assert int(after.clocks.burn[3]) == TAO
    assert after.clocks.last_epoch_block[3] == state.block - 3
    assert after.total_issuance == state.total_issuance
    assert dict(subnet.children) == {}  # nobody has TAO on root here


def test_the_cost_doubles_and_falls_back():
    state = ready()
    first, _ = done(state, FOUND)
    assert (lock_cost(state), lock_cost(first)) == (TAO, 2 * TAO)
    second, (event,) = done(first, x.RegisterNetwork("alice", "another"))
    assert event.lock == 2 * TAO
    half = later(second, second.network.network_lock_reduction_interval)
    assert lock_cost(half) == pytest.approx(2 * TAO, rel=1e-4)
    assert lock_cost(later(second, 3 * second.network.network_lock_reduction_interval)) == TAO


def test_after_a_halving_the_cost_falls_twice_as_fast():
    state, _ = done(ready(network_min_lock_cost=0), FOUND)
    state = later(replace(state, last_lock=100 * TAO), 10_000)
    halved = replace(state, total_issuance=10_500_000 * TAO)
    assert block_emission(state.total_issuance) == 2 * block_emission(halved.total_issuance)
    fallen = [200 * TAO - lock_cost(each) for each in (state, halved)]
    assert fallen[1] == pytest.approx(2 * fallen[0], rel=1e-6) and fallen[0] > TAO


def test_root_validators_lend_their_weight_to_a_new_subnet():
    state = with_ledger(ready(), 0, {V1: 300 * TAO, V2: 100 * TAO})
    after, _ = done(state, FOUND)
    all_of_it = ((2**64 - 1, "alice-owner"),)
    assert dict(after.subnet(3).children) == {V1: all_of_it, V2: all_of_it}


def test_what_founding_is_refused_for():
    state = ready(network_rate_limit=50)
    first, _ = done(state, FOUND)
    refused(later(first, 49), x.RegisterNetwork("nobody", "b"), errors.NetworkTxRateLimitExceeded)
    done(later(first, 50), x.RegisterNetwork("alice", "b"))
    refused(state, x.RegisterNetwork("nobody", "b"), errors.CannotAffordLockCost)
    refused(state, x.RegisterNetwork("alice", V1), errors.NonAssociatedColdKey)
    young = ready(subnet_limit=2, network_immunity_period=2_000)
    refused(young, FOUND, errors.SubnetLimitReached)
    refused(young, x.RegisterNetwork("nobody", "b"), errors.SubnetLimitReached)
    done(replace(young, network=replace(young.network, subnet_limit=3)), FOUND)
    old = max(young.subnet(netuid).registered_at for netuid in young.netuids) + 2_000
    refused(replace(young, block=old - 1), FOUND, errors.SubnetLimitReached)
    done(replace(young, block=old), FOUND)


def test_without_a_place_the_cheapest_old_subnet_goes():
    state = ready(subnet_limit=2)
    dear = (
        int(state.pools.alpha_in[2]) // 4
    )  # its price is no longer among those of which the median is taken
    state = replace(state, pools=state.pools.at(2, moving_price=7, alpha_in=dear))
    after, events = done(state, FOUND)
    assert alpha_price(after, 2) == pytest.approx(alpha_price(after, 1))
    assert [type(event) for event in events] == [NetworkRemoved, TaoRecycled, NetworkAdded]
    assert events[-1].netuid == 2 and after.netuids == [1, 2]
    assert after.subnet(2).hotkeys == ("alice-owner",)


def test_starting_and_emitting():
    state, _ = done(ready(subnet_moving_alpha=2**30), FOUND)
    refused(state, x.AddStake("alice", "alice-owner", 3, TAO), errors.SubtokenDisabled)
    refused(state, x.StartCall("bob", 3), errors.BadOrigin)
    waiting = replace(state, network=replace(state.network, start_call_delay=10))
    refused(later(waiting, 9), x.StartCall("alice", 3), errors.NeedWaitingMoreBlocksToStarCall)
    done(later(waiting, 10), x.StartCall("alice", 3))
    state, (event,) = done(state, x.StartCall("alice", 3))
    assert (event.block, int(state.pools.first_emission_block[3])) == (state.block + 1,) * 2
    refused(state, x.StartCall("alice", 3), errors.FirstEmissionBlockNumberAlreadySet)
    state, _ = done(state, x.AddStake("alice", "alice-owner", 3, TAO))
    started = replace(state.pools, first_emission_block=state.pools.first_emission_block + 1)
    state = block.run(replace(state, pools=started), 5)
    assert state.pools.moving_price[3] > 0 and emission_shares(state)[3] == 0
    assert state.pools.pending_server[3] > 0  # its alpha is made all the same
    refused(state, x.SetSubnetEmissionEnabled("alice", 3, True), errors.BadOrigin)
    state, _ = done(state, x.SetSubnetEmissionEnabled(ROOT, 3, True))
    assert emission_shares(state)[3] > 0
    assert emission_shares(state).sum() == pytest.approx(1)


def test_a_dissolved_subnet_pays_its_stakers_to_the_rao():
    state = all_done(ready(), x.AddStake("alice", V1, 2, 100 * TAO), x.AddStake("bob", V2, 2, 50 * TAO))
    pot, alpha = int(state.pools.tao_in[2]), stakes(state, 2)
    whole = sum(alpha.values()) + int(state.pools.alpha_in[2]) + int(state.pools.protocol_alpha[2])
    refused(state, x.DissolveNetwork("alice", 2), errors.BadOrigin)
    after, (removed, recycled) = done(state, x.DissolveNetwork(ROOT, 2))
    mine = pot * stake_of(state, 2, V1, "alice") // whole
    assert free_tao(after, "alice") - free_tao(state, "alice") - mine in (0, 1)
    assert removed.paid + recycled.amount == int(state.pools.account[2])
    assert after.total_issuance == state.total_issuance - recycled.amount
    assert after.netuids == [1] and after.subnets[2] is None and not after.stake[2]
    refused(after, x.AddStake("alice", V1, 2, TAO), errors.SubnetNotExists)
    worn = {"epoch_index": 5, "last_step_block": 900, "pending_epoch_at": 1_100, "blocks_since_last_step": 7}
    after, _ = done(replace(state, clocks=state.clocks.at(2, **worn)), x.DissolveNetwork(ROOT, 2))
    again, events = done(after, FOUND)
    assert (again.netuids, events[-1].netuid) == ([1, 2], 2)
    assert [int(getattr(again.clocks, name)[2]) for name in worn] == [0, 0, 0, 0]
    done(again, x.BurnedRegister("bob", "bob-miner", 2))


def test_only_the_pools_of_later_subnets_have_a_share_in_their_end():
    state, _ = done(ready(), x.AddStake("alice", V1, 2, 100 * TAO))
    state = replace(state, block=state.block + 9)
    subnet = replace(state.subnet(2), registered_at=500)
    state = state.with_subnet(subnet, pools=state.pools.plus(2, protocol_alpha=TAO, alpha_out=TAO))
    alpha, pot = sum(stakes(state, 2).values()), int(state.pools.tao_in[2])

    def paid(start):
        given = replace(state, network=replace(state.network, dissolve_with_reserve_block=start))
        return done(given, x.DissolveNetwork(ROOT, 2))[1][0].paid

    assert paid(501) == pytest.approx(pot * alpha / (alpha + TAO), abs=len(stakes(state, 2)))
    reserve = int(state.pools.alpha_in[2])
    assert paid(500) == pytest.approx(pot * alpha / (alpha + TAO + reserve), abs=len(stakes(state, 2)))


@pytest.mark.parametrize(("start", "refund"), [(500, 0), (501, 5 * TAO)])
def test_only_early_founders_get_their_lock_back_less_what_they_earned(start, refund):
    """The cut of all alpha at its price is taken off; what is over comes out of what would be recycled."""
    state = ready(network_registration_start_block=start, subnet_owner_cut=0)
    state = state.with_subnet(replace(state.subnet(2), registered_at=500, locked=5 * TAO))
    after, (removed, recycled) = done(state, x.DissolveNetwork(ROOT, 2))
    owner = state.subnet(2).owner_coldkey
    mine = free_tao(after, owner) - free_tao(state, owner)
    assert mine == refund
    assert removed.paid + recycled.amount + refund == int(state.pools.account[2])
    whole = replace(state, network=replace(state.network, subnet_owner_cut=65535))
    assert free_tao(done(whole, x.DissolveNetwork(ROOT, 2))[0], owner) == free_tao(state, owner)


def test_what_no_account_can_hold_is_recycled_when_a_subnet_ends():
    state, _ = done(ready(nominator_min_factor=0, min_stake=0), x.AddStake("bob", V1, 2, 400))
    state = replace(
        state, free=state.free.delete("bob"), total_issuance=state.total_issuance - state.free["bob"]
    )
    after, _ = done(state, x.DissolveNetwork(ROOT, 2))
    assert "bob" not in after.free


def test_root_claims_end_with_their_subnet():
    state = paid_to_root(with_root(), netuid=2)
    after, _ = done(state, x.DissolveNetwork(ROOT, 2))
    assert claimable(after, V1, C1) == {}


def test_a_registration_before_the_start_call_is_possible():
    state, _ = done(ready(), FOUND)
    _, events = done(state, x.BurnedRegister("bob", "bob-miner", 3))
    assert isinstance(events[0], NeuronRegistered)


# ── locks ───────────────────────────────────────────────────────────────────────────────────────


def test_a_lock_holds_stake_back_and_lets_go_of_it():
    state, _ = done(plain(small(2)), x.AddStake("alice", V1, NETUID, 100 * TAO))
    held = stake_of(state, NETUID, V1, "alice")
    refused(state, x.LockStake("alice", V1, NETUID, held + 1), errors.NotEnoughStakeToWithdraw)
    refused(state, x.LockStake("alice", V1, NETUID, 0), errors.AmountTooLow)
    refused(state, x.LockStake("alice", "unknown", NETUID, 1), errors.HotKeyAccountNotExists)
    refused(state, x.MoveLock("alice", V2, NETUID), errors.NoExistingLock)
    refused(state, x.SetPerpetualLock("alice", NETUID, True), errors.NoExistingLock)
    locked, _ = done(state, x.LockStake("alice", V1, NETUID, held))
    refused(locked, x.RemoveStake("alice", V1, NETUID, held), errors.StakeUnavailable)
    refused(locked, x.SwapStake("alice", V1, NETUID, 2, held), errors.StakeUnavailable)
    refused(locked, x.TransferStake("alice", "bob", V1, NETUID, 2, held), errors.StakeUnavailable)
    done(locked, x.MoveStake("alice", V1, V2, NETUID, NETUID, held))  # it stays on the subnet
    refused(locked, x.LockStake("alice", V2, NETUID, 1), errors.LockHotkeyMismatch)
    refused(locked, x.LockStake("alice", V1, NETUID, 1), errors.NotEnoughStakeToWithdraw)
    half, _ = done(state, x.LockStake("alice", V1, NETUID, held - TAO))
    refused(half, x.LockStake("alice", V1, NETUID, TAO + 1), errors.NotEnoughStakeToWithdraw)
    assert lock_of(done(half, x.LockStake("alice", V1, NETUID, TAO))[0], "alice").mass == held
    after = later(locked, locked.network.unlock_rate)  # down to 1/e
    done(after, x.RemoveStake("alice", V1, NETUID, int(held * 0.63)))
    refused(after, x.RemoveStake("alice", V1, NETUID, int(held * 0.64)), errors.StakeUnavailable)
    kept = later(done(locked, x.SetPerpetualLock("alice", NETUID, True))[0], locked.network.unlock_rate)
    refused(kept, x.RemoveStake("alice", V1, NETUID, held // 100), errors.StakeUnavailable)


def locking(mass=60 * TAO):
    """Alice has locked a part of some 100 alpha, and some conviction has grown on it."""
    state, _ = done(plain(small(2)), x.AddStake("alice", V1, NETUID, 100 * TAO))
    return later(done(state, x.LockStake("alice", V1, NETUID, mass))[0], 10_000)


def lock_of(state, coldkey):
    subnet = state.subnet(NETUID)
    lock = subnet.locks.get(coldkey)
    return lock and present(state, subnet, lock)


def giving(amount, hotkey=V1):
    return x.TransferStake("alice", "bob", hotkey, NETUID, NETUID, amount)


def test_a_lock_follows_the_alpha_that_is_given_to_another():
    state = locking()
    before, held = lock_of(state, "alice"), stake_of(state, NETUID, V1, "alice")
    free = held - before.mass
    whole, _ = done(state, giving(free))
    assert (lock_of(whole, "alice"), lock_of(whole, "bob")) == (before, None)
    part, _ = done(state, giving(free + before.mass // 4))
    mine, theirs = lock_of(part, "alice"), lock_of(part, "bob")
    assert (mine.hotkey, theirs.hotkey, theirs.perpetual) == (V1, V1, False)
    assert (theirs.mass, mine.mass) == (before.mass // 4, before.mass - before.mass // 4)
    assert theirs.conviction == before.conviction * theirs.mass // before.mass
    assert mine.conviction + theirs.conviction == before.conviction
    refused(part, x.RemoveStake("alice", V1, NETUID, TAO), errors.StakeUnavailable)
    refused(part, x.RemoveStake("bob", V1, NETUID, free + TAO), errors.StakeUnavailable)
    everything, _ = done(state, giving(held))
    assert lock_of(everything, "alice") is None
    assert lock_of(everything, "bob") == before


def test_a_lock_goes_only_to_one_that_looks_the_same_way():
    state, _ = done(locking(), x.AddStake("bob", V1, NETUID, 50 * TAO))
    held = stake_of(state, NETUID, V1, "alice")
    other, _ = done(state, x.LockStake("bob", V2, NETUID, 10 * TAO))
    refused(other, giving(held), errors.LockHotkeyMismatch)
    done(other, giving(held - lock_of(other, "alice").mass))
    same = all_done(state, x.LockStake("bob", V1, NETUID, 10 * TAO), x.SetPerpetualLock("bob", NETUID, True))
    after, _ = done(same, giving(held))
    assert lock_of(after, "bob").mass == 10 * TAO + lock_of(same, "alice").mass
    assert lock_of(after, "bob").perpetual


def test_conviction_that_outlives_its_mass_keeps_its_hotkey():
    state = locking()
    state = replace(state, network=replace(state.network, unlock_rate=1))
    state = later(state, 100)
    assert lock_of(state, "alice").mass == 0 < lock_of(state, "alice").conviction
    refused(state, x.LockStake("alice", V2, NETUID, TAO), errors.LockHotkeyMismatch)
    moved, _ = done(state, x.MoveLock("alice", V2, NETUID))
    assert lock_of(moved, "alice") is None
    done(moved, x.LockStake("alice", V2, NETUID, TAO))


def test_another_owners_hotkey_starts_without_conviction():
    state = all_done(
        plain(small()), x.AddStake("alice", V1, NETUID, 100 * TAO), x.LockStake("alice", V1, NETUID, 50 * TAO)
    )
    grown = later(state, 100_000)
    own, _ = done(replace(grown, owner=grown.owner.set("twin", C1)), x.MoveLock("alice", "twin", NETUID))
    other, _ = done(grown, x.MoveLock("alice", V2, NETUID))
    locks = [each.subnet(NETUID).locks["alice"] for each in (own, other)]
    assert locks[0].conviction > 0 == locks[1].conviction
    assert locks[0].mass == locks[1].mass < 50 * TAO


def test_enough_conviction_takes_an_old_subnet_over():
    state = all_done(
        plain(small(tempo=100)),
        x.AddStake("alice", V2, NETUID, 100 * TAO),
        x.LockStake("alice", V2, NETUID, 90 * TAO),
    )
    state, _ = done(state, x.SetPerpetualLock("alice", NETUID, True))
    state = replace(state, network=replace(state.network, maturity_rate=10, takeover_age=1_050))
    events = [event for _, happened in block.advance(state, 200) for event in happened]
    changes = [event for event in events if isinstance(event, SubnetOwnerChanged)]
    assert changes == [SubnetOwnerChanged(NETUID, "owner-1", V2)]
    after = block.run(state, 200)
    assert (after.subnet(NETUID).owner_hotkey, after.subnet(NETUID).owner_coldkey) == (V2, C2)
    young = replace(state, network=replace(state.network, takeover_age=10_000))
    assert block.run(young, 200).subnet(NETUID).owner_hotkey == "owner-1"


def test_what_counted_for_the_old_owner_counts_on_from_where_it_was():
    """Toward the owner's hotkey conviction is the mass; once that is another's, it matures from there."""
    state = later(plain(small()), 100_000)
    locks = {"alice": Lock(V2, 90 * TAO, 80 * TAO << 32, 1_000, True), "bob": Lock("owner-1", TAO, 0, 1_000)}
    state = state.with_subnet(replace(state.subnet(NETUID), locks=Map(locks)))
    state = replace(state, network=replace(state.network, takeover_age=0))
    before = {who: lock_of(state, who) for who in locks}
    after, events = let_conviction_decide(state, NETUID)
    assert events == (SubnetOwnerChanged(NETUID, "owner-1", V2),)
    assert before["bob"].conviction == before["bob"].mass << 32 > 0
    assert lock_of(after, "bob") == before["bob"]
    assert lock_of(after, "alice").conviction == 90 * TAO << 32 > before["alice"].conviction
    assert lock_of(later(after, 1_000), "bob").conviction < lock_of(after, "bob").conviction
