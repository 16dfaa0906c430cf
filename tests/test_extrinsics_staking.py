"""Staking: what a trade moves, every refusal in the chain's order, limits, moves, what is given up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from networks import NETUID, TAO, V1, V2, all_done, changed, done, holding, plain, refused, small, stakes
from random_chain import digest

from bittensor_lab import errors
from bittensor_lab import extrinsics as x
from bittensor_lab.accounts import free_tao
from bittensor_lab.conviction import Lock
from bittensor_lab.events import AlphaBurned, AlphaRecycled, StakeAdded, StakeMoved, StakeRemoved
from bittensor_lab.market import alpha_price
from bittensor_lab.stake import stake_of
from bittensor_lab.staking import stake_each
from bittensor_lab.state import AUTHOR

HELD = 1_000 * TAO
FEE = (33 << 64) // 65535
"""the fee's part, of 2⁶⁴"""
NO_LIMIT = 2**64 - 1


def calm(subnets=2, **given):
    """Alpha costs a TAO on every subnet, and nothing is emitted."""
    return plain(small(subnets, **given))


def fee_of(amount):
    return amount * FEE >> 64


def bought(tao, alpha, net):
    """What the product of both reserves leaves to who puts ``net`` in."""
    return alpha * net // (tao + net)


def reserves(state, netuid=NETUID):
    return int(state.pools.tao_in[netuid]), int(state.pools.alpha_in[netuid])


def add(amount, hotkey=V1, netuid=NETUID, coldkey="alice"):
    return x.AddStake(coldkey, hotkey, netuid, amount)


def remove(amount, hotkey=V1, netuid=NETUID, coldkey="alice"):
    return x.RemoveStake(coldkey, hotkey, netuid, amount)


def held(state, hotkey=V1, netuid=NETUID, coldkey="alice"):
    return stake_of(state, netuid, hotkey, coldkey)


def test_staking_buys_alpha_and_pays_the_author():
    state, amount = calm(), 10 * TAO
    tao, alpha = reserves(state)
    net = amount - fee_of(amount)
    out = bought(tao, alpha, net)
    after, (event,) = done(state, add(amount))
    assert event == StakeAdded("alice", V1, NETUID, net, event.alpha, fee_of(amount))
    assert abs(event.alpha - out) <= 1
    assert reserves(after) == (tao + net, alpha - event.alpha)
    assert after.pools.alpha_out[NETUID] - state.pools.alpha_out[NETUID] == event.alpha == held(after)
    assert after.pools.account[NETUID] - state.pools.account[NETUID] == net
    assert (free_tao(after, "alice"), free_tao(after, AUTHOR)) == (HELD - amount, fee_of(amount))
    assert after.pools.user_flow[NETUID] == net
    assert after.staking_hotkeys["alice"] == (V1,)
    assert changed(state, after) == {"free", "stake", "pools", "staking_hotkeys"}
    assert stakes(after, NETUID)[V1] == stakes(state, NETUID)[V1] + event.alpha


def test_at_most_a_thousand_times_the_pools_tao_can_be_staked():
    state = calm()
    state = replace(state, pools=state.pools.at(NETUID, tao_in=3_000))
    refused(state, add(3_000_001), errors.InsufficientLiquidity)
    _, (event,) = done(state, add(3_000_000))
    assert event.tao + event.fee == 3_000_000


def test_the_first_trade_makes_a_pools_weights_even_and_no_other_does():
    state = staked(10 * TAO)
    uneven = {"quote_weight": 6 * 10**17, "tao_in": 900 * TAO}
    for first in (add(TAO), remove(TAO)):
        fresh = replace(state, pools=state.pools.at(NETUID, initialised=False, **uneven))
        even = replace(fresh, pools=fresh.pools.at(NETUID, quote_weight=5 * 10**17))
        (after, (event,)), (_, (same,)) = done(fresh, first), done(even, first)
        assert event == same and alpha_price(fresh, NETUID) == alpha_price(even, NETUID)
        assert (bool(after.pools.initialised[NETUID]), int(after.pools.quote_weight[NETUID])) == (
            True,
            5 * 10**17,
        )
        begun = replace(state, pools=state.pools.at(NETUID, initialised=True, **uneven))
        after, (other,) = done(begun, first)
        assert other != event and int(after.pools.quote_weight[NETUID]) == 6 * 10**17


def test_on_root_a_tao_is_a_tao():
    after, (event,) = done(calm(), add(7 * TAO, netuid=0))
    assert event == StakeAdded("alice", V1, 0, 7 * TAO, 7 * TAO, 0)
    assert held(after, netuid=0) == after.pools.account[0] == after.pools.tao_in[0] == 7 * TAO
    assert AUTHOR not in after.free
    assert after.root_stakers["alice"] == len(after.root_stakers) - 1
    back, (event,) = done(after, remove(3 * TAO, netuid=0))
    assert event == StakeRemoved("alice", V1, 0, 3 * TAO, 3 * TAO, 0)
    assert free_tao(back, "alice") == HELD - 4 * TAO


def test_what_staking_is_refused_for_in_the_chains_order():
    state = calm()
    tiny = replace(state, pools=state.pools.at(NETUID, tao_in=1_000))
    closed = replace(state, pools=state.pools.at(NETUID, subtoken_enabled=False))
    least = 2_000_000 + fee_of(2_000_000)
    refused(
        replace(tiny, pools=tiny.pools.at(NETUID, subtoken_enabled=False)),
        add(1_000_001),
        errors.InsufficientLiquidity,
    )
    refused(state, add(0, netuid=9), errors.SubnetNotExists)
    refused(closed, add(0), errors.SubtokenDisabled)
    refused(state, add(least - 1, coldkey="nobody"), errors.AmountTooLow)
    refused(state, add(least, hotkey="unknown", coldkey="nobody"), errors.NotEnoughBalanceToStake)
    refused(state, add(least, hotkey="unknown"), errors.HotKeyAccountNotExists)
    done(state, add(least))
    empty = replace(state, pools=state.pools.at(NETUID, alpha_in=999_999))
    refused(empty, add(TAO), errors.ReservesTooLow)
    refused(state, add(1_999_999, netuid=0), errors.AmountTooLow)
    done(state, add(2_000_000, netuid=0))


def test_who_stakes_everything_keeps_the_existential_deposit():
    state = holding(calm(), "alice", TAO)
    after, (event,) = done(state, add(TAO))
    assert free_tao(after, "alice") == 500
    assert event.tao + event.fee == TAO - 500


def one_by_one(state, amounts):
    return all_done(state, *(add(amount, netuid=netuid) for netuid, amount in amounts.items()))


@pytest.mark.parametrize(
    "amounts",
    [
        {1: 10 * TAO, 2: 3 * TAO, 3: 2},
        {3: 250 * TAO + 7, 1: 250 * TAO},
        {0: 7 * TAO, 2: 5 * TAO},
        {2: TAO},
        {},
    ],
)
def test_staking_on_each_at_once_is_staking_on_one_after_the_other(amounts):
    state = calm(3, params={"min_stake": 1})
    state = all_done(state, add(TAO, netuid=3))  # the weights of this pool are set already
    expected, found = one_by_one(state, amounts), stake_each(state, "alice", V1, amounts)
    assert digest(found) == digest(expected)
    assert changed(state, found) == changed(state, expected)


def test_staking_on_each_with_too_little_or_on_what_is_not_there():
    state, short = calm(), {1: 600 * TAO, 2: 400 * TAO}  # all that she has: the existential deposit stays
    assert digest(stake_each(state, "alice", V1, short)) == digest(one_by_one(state, short))
    with pytest.raises(errors.NotEnoughBalanceToStake):
        stake_each(state, "alice", V1, {1: 600 * TAO, 2: 401 * TAO})
    with pytest.raises(errors.SubnetNotExists):
        stake_each(state, "alice", V1, {1: TAO, 9: TAO})


def test_a_limit_is_kept_in_whole_or_in_part():
    state, limit = calm(), int(1.01e9)
    asked = x.AddStakeLimit("alice", V1, NETUID, HELD // 2, limit)
    refused(state, asked, errors.SlippageTooHigh)
    after, (event,) = done(state, replace(asked, allow_partial=True))
    assert alpha_price(after, NETUID) == pytest.approx(1.01, abs=1e-8)
    tao, _ = reserves(state)
    assert event.tao == pytest.approx(tao * (1.01**0.5 - 1), rel=1e-8)
    assert event.fee == event.tao * 33 // (65535 - 33)
    refused(state, replace(asked, limit_price=10**9, amount=TAO), errors.SlippageTooHigh)
    done(state, x.AddStakeLimit("alice", V1, NETUID, TAO, NO_LIMIT))
    done(state, x.AddStakeLimit("alice", V1, 0, TAO, 10**9))
    refused(state, x.AddStakeLimit("alice", V1, 0, TAO, 10**9 - 1), errors.SlippageTooHigh)
    refused(state, x.AddStakeLimit("alice", V1, 9, TAO, NO_LIMIT), errors.SubnetNotExists)
    rooted, _ = done(state, add(TAO, netuid=0))
    done(rooted, x.RemoveStakeLimit("alice", V1, 0, TAO, 10**9))
    refused(rooted, x.RemoveStakeLimit("alice", V1, 0, TAO, 10**9 + 1), errors.SlippageTooHigh)


def staked(amount=100 * TAO, **given):
    state, _ = done(calm(**given), add(amount))
    return state


def test_unstaking_sells_alpha_and_its_fee_too():
    state, amount = staked(), 10 * TAO
    tao, alpha = reserves(state)
    fee = fee_of(amount)
    after, (event,) = done(state, remove(amount))
    assert event == StakeRemoved("alice", V1, NETUID, amount - fee, event.tao, fee)
    assert abs(event.tao - bought(alpha, tao, amount - fee)) <= 1
    paid = free_tao(after, AUTHOR) - free_tao(state, AUTHOR)
    assert abs(paid - bought(alpha + amount - fee, tao - event.tao, fee)) <= 1
    assert reserves(after) == (tao - event.tao - paid, alpha + amount)
    assert free_tao(after, "alice") - free_tao(state, "alice") == event.tao
    assert held(after) == held(state) - amount
    assert after.pools.alpha_out[NETUID] == state.pools.alpha_out[NETUID] - amount
    flow = after.pools.user_flow[NETUID] - state.pools.user_flow[NETUID]
    assert flow == -(event.tao + paid)  # what the author's alpha is sold for leaves the subnet too


def test_a_fee_that_cannot_be_sold_is_burned():
    """Half a thousandth of so little alpha is worth no rao: it stays outstanding, and nobody's."""
    state = staked()
    pools = state.pools.at(NETUID, tao_in=state.pools.tao_in[NETUID] // 10_000)
    state = replace(state, pools=pools, network=replace(state.network, min_stake=0, nominator_min_factor=0))
    after, (event,) = done(state, remove(10**6))
    assert event.fee == fee_of(10**6) > 0 < event.tao
    assert held(after) == held(state) - 10**6
    assert pools.alpha_out[NETUID] - after.pools.alpha_out[NETUID] == event.alpha == 10**6 - event.fee
    assert free_tao(after, AUTHOR) == free_tao(state, AUTHOR)


def test_more_than_there_is_means_all_of_it():
    state = staked()
    after, (event,) = done(state, remove(NO_LIMIT))
    assert event.alpha + event.fee == held(state)
    assert held(after) == 0 and "alice" not in after.stake[NETUID][V1].shares
    again, (same,) = done(state, x.RemoveStakeFullLimit("alice", V1, NETUID))
    assert (same, held(again)) == (event, 0)


def test_what_unstaking_is_refused_for():
    state = staked()
    closed = replace(state, pools=state.pools.at(NETUID, subtoken_enabled=False))
    refused(closed, remove(TAO, hotkey="unknown"), errors.SubtokenDisabled)
    refused(state, remove(TAO, netuid=9), errors.SubnetNotExists)
    refused(state, remove(TAO, hotkey="unknown"), errors.HotKeyAccountNotExists)
    refused(state, remove(TAO, hotkey=V2), errors.NotEnoughStakeToWithdraw)
    refused(state, remove(1_500_000), errors.AmountTooLow)
    subnet = state.subnet(NETUID)
    lock = Lock(V1, held(state) - TAO, 0, state.block)
    locked = state.with_subnet(replace(subnet, locks=subnet.locks.set("alice", lock)))
    done(locked, remove(TAO))
    refused(locked, remove(TAO + 1), errors.StakeUnavailable)


def test_a_full_exit_is_allowed_however_small():
    state = staked(3_000_000)
    state = replace(state, network=replace(state.network, nominator_min_factor=0))
    left = 5
    state, _ = done(replace(state, network=replace(state.network, min_stake=0)), remove(held(state) - left))
    state = replace(state, network=replace(state.network, min_stake=2_000_000))
    after, (event,) = done(state, remove(left))
    assert (event.alpha, held(after)) == (left, 0)


def test_the_least_amounts_hold_to_the_rao():
    """On root, where alpha is TAO; what moves between subnets must be more, within one as much."""
    state = all_done(calm(), add(TAO, netuid=0))
    least = 2_000_000
    for amount in (0, 1, least - 1):
        refused(state, remove(amount, netuid=0), errors.AmountTooLow)
    done(state, remove(least, netuid=0))
    within = x.MoveStake("alice", V1, V2, 0, 0, least)
    done(state, within)
    refused(state, replace(within, amount=least - 1), errors.AmountTooLow)
    across = x.SwapStake("alice", V1, 0, NETUID, least)
    refused(state, across, errors.AmountTooLow)
    _, (event,) = done(state, replace(across, amount=least + 1))
    assert event.alpha == least + 1 and event.to_alpha > 0


def test_a_limited_sale_leaves_the_rest_staked():
    state = staked(500 * TAO)
    price = alpha_price(state, NETUID)
    limit = int(price * 0.99 * 1e9)
    asked = x.RemoveStakeLimit("alice", V1, NETUID, held(state), limit)
    refused(state, asked, errors.SlippageTooHigh)
    after, (event,) = done(state, replace(asked, allow_partial=True))
    assert held(after) == held(state) - event.alpha - event.fee
    assert alpha_price(after, NETUID) == pytest.approx(price * 0.99, rel=1e-4)  # the fee is sold beyond it
    refused(state, x.RemoveStakeFullLimit("alice", V1, NETUID, limit), errors.SlippageTooHigh)


def test_a_nomination_too_small_to_keep_is_paid_out():
    state = staked()
    least = 20_000_000  # 0.02 TAO, at a price of about 1.05
    after, (event,) = done(state, remove(held(state) - least // 2))
    assert held(after) == 0
    assert free_tao(after, "alice") > free_tao(state, "alice") + event.tao
    own = f"{V1}-cold"
    kept, _ = done(holding(state, own, 10**9), remove(held(state, coldkey=own) - least // 2, coldkey=own))
    assert held(kept, coldkey=own) == least // 2  # the hotkey's owner may keep less


def test_who_has_no_account_gets_the_existential_deposit_at_least():
    state = all_done(calm(params={"min_stake": 0, "nominator_min_factor": 0}), add(TAO, netuid=0))
    state = replace(holding(state, "alice", 0), free=state.free.delete("alice"))
    refused(state, remove(499, netuid=0), errors.BelowMinimum)
    after, _ = done(state, remove(500, netuid=0))
    assert free_tao(after, "alice") == 500


@pytest.mark.parametrize("rest", [20_000_000, 19_999_999])
def test_the_least_nomination_is_kept(rest):
    state = all_done(calm(), add(TAO, netuid=0))
    after, (event,) = done(state, remove(TAO - rest, netuid=0))
    assert event.alpha == TAO - rest
    assert held(after, netuid=0) == (rest if rest == 20_000_000 else 0)
    assert free_tao(after, "alice") == HELD - held(after, netuid=0)


def test_a_nomination_that_cannot_be_sold_is_destroyed():
    """Five rao of alpha that are worth nothing: the pool refuses them, and they stay outstanding."""
    state = staked()
    state = replace(state, pools=state.pools.at(NETUID, tao_in=state.pools.tao_in[NETUID] // 100))
    after, (event,) = done(state, remove(held(state) - 5))
    assert event.alpha + event.fee == held(state) - 5
    assert held(after) == 0
    assert state.pools.alpha_out[NETUID] - after.pools.alpha_out[NETUID] == event.alpha + event.fee
    assert free_tao(after, "alice") == free_tao(state, "alice") + event.tao


def test_unstaking_all_passes_over_what_is_refused():
    state = all_done(calm(3), add(TAO, netuid=0), add(TAO), add(TAO, netuid=2), add(TAO, netuid=3))
    state = replace(state, pools=state.pools.at(2, subtoken_enabled=False))
    after, events = done(state, x.UnstakeAll("alice", V1))
    assert [event.netuid for event in events] == [0, 1, 3]
    assert [bool(held(after, netuid=n)) for n in range(4)] == [False, False, True, False]
    moved, events = done(state, x.UnstakeAllAlpha("alice", V1))
    assert [(type(e).__name__, e.netuid) for e in events] == [
        ("StakeRemoved", 1),
        ("StakeRemoved", 3),
        ("StakeAdded", 0),
    ]
    sold, tao = sum(e.tao for e in events[:-1]), held(moved, netuid=0) - TAO
    assert events[-1] == StakeAdded("alice", V1, 0, sold, sold, 0) and tao == sold
    pools, root = moved.pools, sum(stakes(moved, 0).values())
    assert int(pools.tao_in[0]) == int(pools.alpha_out[0]) == int(pools.account[0]) == root
    assert free_tao(moved, "alice") == free_tao(state, "alice")
    refused(state, x.UnstakeAll("alice", "unknown"), errors.HotKeyAccountNotExists)
    assert done(moved, x.UnstakeAllAlpha("alice", V1))[1] == ()  # what is left cannot be traded


def test_within_a_subnet_shares_move_one_to_one():
    state = staked()
    after, (event,) = done(state, x.MoveStake("alice", V1, V2, NETUID, NETUID, 5 * TAO))
    assert event == StakeMoved("alice", V1, NETUID, 5 * TAO, "alice", V2, NETUID, 5 * TAO)
    assert (held(after), held(after, V2)) == (held(state) - 5 * TAO, 5 * TAO)
    assert after.pools is state.pools and after.free is state.free
    given, _ = done(state, x.TransferStake("alice", "bob", V1, NETUID, NETUID, 5 * TAO))
    assert held(given, coldkey="bob") == 5 * TAO


def test_between_subnets_one_fee_is_paid():
    state, amount = staked(), 10 * TAO
    after, (event,) = done(state, x.SwapStake("alice", V1, 1, 2, amount))
    tao, alpha = reserves(state)
    out = bought(alpha, tao, amount - fee_of(amount))
    tao2, alpha2 = reserves(state, 2)
    assert abs(event.to_alpha - bought(tao2, alpha2, out)) <= 2
    assert (event.alpha, held(after, netuid=2)) == (amount, event.to_alpha)
    from_root, (event,) = done(all_done(state, add(amount, netuid=0)), x.SwapStake("alice", V1, 0, 2, amount))
    assert abs(event.to_alpha - bought(tao2, alpha2, amount - fee_of(amount))) <= 1
    to_root, (event,) = done(state, x.SwapStake("alice", V1, 1, 0, amount))
    assert abs(event.to_alpha - out) <= 1
    assert held(to_root, netuid=0) == event.to_alpha
    assert held(from_root, netuid=0) == 0


def test_a_relative_limit():
    state = staked(200 * TAO)
    asked = x.SwapStakeLimit("alice", V1, 1, 2, held(state), 10**9)
    refused(state, asked, errors.SlippageTooHigh)
    _, (event,) = done(state, replace(asked, allow_partial=True))
    (tao, alpha), (tao2, alpha2) = reserves(state), reserves(state, 2)
    most = alpha2 * tao / (tao + tao2) - alpha * tao2 / (tao + tao2)  # the chain's own rule, 7.5
    assert event.alpha == pytest.approx(most, abs=2)
    done(state, replace(asked, limit_price=0))
    refused(state, replace(asked, limit_price=2 * 10**9, allow_partial=True), errors.AmountTooLow)


def test_what_moving_is_refused_for():
    state = staked()
    move = x.MoveStake("alice", V1, V2, 1, 2, 5 * TAO)
    refused(state, replace(move, destination_hotkey=V1, destination_netuid=1), errors.SameNetuid)
    refused(state, replace(move, destination_netuid=9), errors.SubnetNotExists)
    refused(state, replace(move, origin_netuid=9), errors.SubnetNotExists)
    closed = replace(state, pools=state.pools.at(2, subtoken_enabled=False))
    refused(closed, move, errors.SubtokenDisabled)
    refused(state, replace(move, origin_hotkey=V2, destination_hotkey=V1), errors.NotEnoughStakeToWithdraw)
    refused(state, replace(move, destination_hotkey="unknown"), errors.HotKeyAccountNotExists)
    refused(state, replace(move, amount=held(state) + 1), errors.NotEnoughStakeToWithdraw)
    refused(state, replace(move, amount=1_800_000), errors.AmountTooLow)
    refused(state, replace(move, amount=1_800_000, destination_netuid=1), errors.AmountTooLow)
    fixed = state.with_hyperparameters(1, transfer_toggle=False)
    refused(fixed, x.TransferStake("alice", "bob", V1, 1, 1, TAO), errors.TransferDisallowed)
    refused(fixed, x.TransferStake("alice", "bob", V1, 1, 2, TAO), errors.TransferDisallowed)
    target = state.with_hyperparameters(2, transfer_toggle=False)
    refused(target, x.TransferStake("alice", "bob", V1, 1, 2, TAO), errors.TransferDisallowed)
    done(target, x.SwapStake("alice", V1, 1, 2, TAO))
    done(fixed, move)


def test_alpha_recycled_is_gone_and_alpha_burned_is_nobodys():
    state = staked()
    gone, events = done(state, x.RecycleAlpha("alice", V1, NETUID, TAO))
    assert events == (AlphaRecycled("alice", V1, NETUID, TAO),)
    burned, events = done(state, x.BurnAlpha("alice", V1, NETUID, TAO))
    assert events == (AlphaBurned("alice", V1, NETUID, TAO),)
    assert held(gone) == held(burned) == held(state) - TAO
    assert gone.pools.alpha_out[NETUID] == state.pools.alpha_out[NETUID] - TAO
    assert burned.pools is state.pools
    for kind in (x.RecycleAlpha, x.BurnAlpha):
        refused(state, kind("alice", V1, 0, TAO), errors.CannotBurnOrRecycleOnRootSubnet)
        refused(state, kind("alice", V1, NETUID, held(state) + 1), errors.NotEnoughStakeToWithdraw)
        locked, _ = done(state, x.LockStake("alice", V1, NETUID, held(state) - TAO))
        done(locked, kind("alice", V1, NETUID, TAO))
        refused(locked, kind("alice", V1, NETUID, TAO + 1), errors.StakeUnavailable)
    refused(state, x.AddStakeBurn("alice", V1, 0, TAO), errors.CannotBurnOrRecycleOnRootSubnet)
    back, events = done(state, x.AddStakeBurn("alice", V1, NETUID, TAO))
    assert [type(event) for event in events] == [StakeAdded, AlphaBurned]
    assert held(back) == held(state) and alpha_price(back, NETUID) > alpha_price(state, NETUID)


def test_the_pool_of_2025_takes_a_flat_fee():
    state = calm()
    state = replace(state, network=replace(state.network, pool_rule=1))
    tao, alpha = reserves(state)
    after, (event,) = done(state, add(TAO))
    net = TAO - 50_000
    assert (event.tao, event.fee) == (net, 50_000)
    assert event.alpha == alpha - -(-tao * alpha // (tao + net))
    assert free_tao(after, AUTHOR) == 50_000
    small_pool = replace(state, pools=state.pools.at(NETUID, alpha_in=10_000_000))
    refused(small_pool, add(TAO), errors.ReservesTooLow)
