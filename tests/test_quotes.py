"""Quotes: each is, to the rao and to the error, what the extrinsic then does."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from networks import NETUID, TAO, V1, V2, done, holding, plain, small
from random_chain import digest, random_extrinsic, random_network

from bittensor_lab import block
from bittensor_lab import extrinsics as x
from bittensor_lab.errors import (
    AmountTooLow,
    BelowMinimum,
    ChainError,
    HotKeyAccountNotExists,
    NotEnoughBalanceToStake,
    NotEnoughStakeToWithdraw,
    PriceLimitExceeded,
    SameNetuid,
    StakeUnavailable,
    SubnetNotExists,
    SubtokenDisabled,
    WrongType,
)
from bittensor_lab.market import alpha_price, trade
from bittensor_lab.quotes import (
    exit_value,
    quote_add_stake,
    quote_move,
    quote_move_stake,
    quote_remove_stake,
)
from bittensor_lab.stake import stake_of, with_stake
from bittensor_lab.staking import stake, unstake
from bittensor_lab.state import ROOT_NETUID

COLD = f"{V1}-cold"


def walked(seed, steps=8):
    """A random network after some random extrinsics, and where those come from."""
    rng = np.random.default_rng(seed)
    state = random_network(rng)
    for _ in range(steps):
        try:
            state, _ = block.apply(state, random_extrinsic(rng, state))
        except ChainError:
            state = block.run(state, 1)
    return rng, state


def outcome(function, *arguments):
    """What comes back, or the kind of error."""
    try:
        return function(*arguments)
    except ChainError as error:
        return type(error)


def amounts(rng, held):
    return int(rng.choice([1, 2_100_000, 10**8, 10**11, held // 7, held - held // 10**5, held, 10**15]))


def check_trades(seed):
    """40 stakes and withdrawals in one network, possible and not; returns how many were possible."""
    rng, state = walked(seed)
    before, possible = digest(state), 0
    for _ in range(20):
        netuid = int(rng.choice([ROOT_NETUID, *state.netuids]))
        coldkey, hotkey = str(rng.choice(["alice", COLD, f"{V2}-cold"])), str(rng.choice([V1, V1, V2]))
        price = alpha_price(state, netuid)
        limit = int(price * TAO * rng.choice([0.9, 1.1])) if rng.random() < 0.3 else None
        for quote, really, held in (
            (quote_add_stake, stake, state.free.get(coldkey, 0)),
            (quote_remove_stake, unstake, stake_of(state, netuid, hotkey, coldkey)),
        ):
            asked = state, coldkey, hotkey, netuid, amounts(rng, held), limit
            expected, happened = outcome(quote, *asked), outcome(really, *asked)
            if isinstance(happened, type):
                assert expected is happened
                continue
            after, moved = happened
            assert (expected.paid, expected.out, expected.fee) == moved
            assert expected.spot_price == price and expected.price_after == alpha_price(after, netuid)
            possible += 1
    assert digest(state) == before
    return possible


def check_moves(seed):
    """20 moves in one network, by each extrinsic that there is for it; returns how many were possible."""
    rng, state = walked(seed)
    before, possible = digest(state), 0
    for _ in range(20):
        netuid, to_netuid = (int(n) for n in rng.choice([ROOT_NETUID, *state.netuids], 2))
        hotkey = str(rng.choice([V1, V1, V2]))
        coldkey = str(rng.choice([f"{hotkey}-cold", f"{hotkey}-cold", "alice"]))
        amount = amounts(rng, stake_of(state, netuid, hotkey, coldkey))
        move = (
            x.SwapStake(coldkey, hotkey, netuid, to_netuid, amount),
            x.MoveStake(coldkey, hotkey, V2, netuid, to_netuid, amount),
            x.TransferStake(coldkey, "bob", hotkey, netuid, to_netuid, amount),
            x.SwapStakeLimit(coldkey, hotkey, netuid, to_netuid, amount, 10**8, True),
        )[int(rng.integers(4))]
        expected, happened = outcome(quote_move, state, move), outcome(move.apply, state)
        if isinstance(happened, type):
            assert expected is happened
            continue
        after, (event,) = happened
        sold, bought = expected
        assert (sold.paid + sold.fee, bought.out) == (event.alpha, event.to_alpha)
        assert sold.price_after == alpha_price(after, netuid)
        assert bought.price_after == alpha_price(after, to_netuid)
        if netuid != to_netuid:
            reserve = int(state.pools.tao_in[to_netuid])
            is_cut = bought.price_after > 0.99e6 or bought.paid > 17 * reserve  # 6.2: no pool takes more
            assert sold.out == bought.paid + bought.fee or (is_cut and sold.out > bought.paid + bought.fee)
        possible += 1
    assert digest(state) == before
    return possible


@pytest.mark.parametrize("part", range(10))
def test_a_quote_is_what_then_happens(part):
    """4,000 cases in 100 networks; more than a thousand of them are possible, and a fifth of any 400."""
    assert sum(check_trades(seed) for seed in range(10 * part, 10 * part + 10)) >= 80


@pytest.mark.parametrize("part", range(10))
def test_so_is_the_quote_of_a_move(part):
    """2,000 cases in 100 networks; of any 200 at least a tenth are possible."""
    assert sum(check_moves(seed) for seed in range(10 * part, 10 * part + 10)) >= 20


def test_impact_and_slippage():
    """Of x · y = k: a purchase of the part r moves the price by (1 + r)² − 1, and costs r more on average."""
    state = plain(small(2))
    quote = quote_add_stake(state, None, None, NETUID, 100 * TAO)
    part = quote.paid / int(state.pools.tao_in[NETUID])
    assert quote.spot_price == 1.0
    assert quote.price_impact == pytest.approx((1 + part) ** 2 - 1, rel=1e-9)
    assert quote.slippage == pytest.approx(part, rel=1e-6)
    assert quote.paid + quote.fee == 100 * TAO
    sale = quote_remove_stake(state, None, None, NETUID, 100 * TAO)
    part = sale.paid / int(state.pools.alpha_in[NETUID])
    assert sale.slippage == pytest.approx(part / (1 + part), rel=1e-6)
    assert sale.price_impact < 0 and sale.average_price < 1 and sale.paid + sale.fee == 100 * TAO


def test_without_a_coldkey_only_the_pool_is_asked():
    state = plain(small(2))
    dear = 10**6 * TAO
    assert quote_add_stake(state, None, None, NETUID, dear).out > 0
    with pytest.raises(NotEnoughBalanceToStake):
        quote_add_stake(state, "alice", V1, NETUID, dear)
    assert quote_remove_stake(state, None, None, NETUID, dear).out > 0
    with pytest.raises(SubnetNotExists):
        quote_add_stake(state, None, None, 7, TAO)
    with pytest.raises(PriceLimitExceeded):
        quote_add_stake(state, None, None, NETUID, TAO, TAO // 2)
    closed = replace(state, pools=state.pools.at(NETUID, subtoken_enabled=False))
    for quote in (quote_add_stake, quote_remove_stake):
        with pytest.raises(SubtokenDisabled):
            quote(closed, None, None, NETUID, TAO)


def test_who_stakes_everything_keeps_the_existential_deposit():
    state = holding(plain(small(2)), "alice", TAO)
    quote = quote_add_stake(state, "alice", V1, NETUID, TAO)
    assert quote.paid + quote.fee == TAO - state.network.existential_deposit


def test_what_is_too_small_to_keep_moves_the_price_too():
    """A nominator takes out all but a hundredth of an alpha: the chain pays out that as well."""
    state, _ = done(plain(small(2)), x.AddStake("alice", V1, NETUID, TAO))
    most = stake_of(state, NETUID, V1, "alice") - TAO // 100
    quote = quote_remove_stake(state, "alice", V1, NETUID, most)
    after, _ = done(state, x.RemoveStake("alice", V1, NETUID, most))
    assert stake_of(after, NETUID, V1, "alice") == 0
    assert quote.price_after == alpha_price(after, NETUID)
    assert quote.price_after < quote_remove_stake(state, None, None, NETUID, most).price_after


def test_a_balance_that_could_not_exist_is_refused():
    state = with_stake(plain(small(2)), NETUID, V1, "zed", 100)
    with pytest.raises(BelowMinimum):
        quote_remove_stake(state, "zed", V1, NETUID, 100)
    assert exit_value(state, NETUID, V1, "zed") == 0


def test_a_move_pays_one_fee():
    state, _ = done(plain(small(2)), x.AddStake("alice", V1, 1, 50 * TAO))
    first, second = quote_move_stake(state, 1, 2, 10 * TAO)
    _, (event,) = done(state, x.SwapStake("alice", V1, 1, 2, 10 * TAO))
    assert (event.alpha, event.to_alpha) == (first.paid + first.fee, second.out)
    assert second.fee == 0 < first.fee
    from_root, onto = quote_move_stake(state, ROOT_NETUID, 1, TAO)
    assert from_root.fee == 0 < onto.fee and from_root.spot_price == 1
    here, there = quote_move_stake(state, 1, 1, TAO)
    assert astuple(here) == astuple(there) and (here.paid, here.out, here.fee) == (TAO, TAO, 0)
    assert here.price_impact == here.slippage == 0


def test_a_move_is_refused_as_the_extrinsic_is():
    state, _ = done(plain(small(2)), x.AddStake("alice", V1, 1, 50 * TAO))
    for move, error in (
        (x.SwapStake("alice", V1, 1, 1, TAO), SameNetuid),
        (x.SwapStake("alice", V1, 1, 2, 1_000 * TAO), NotEnoughStakeToWithdraw),
        (x.MoveStake("alice", V1, "nobody", 1, 2, TAO), HotKeyAccountNotExists),
        (x.SwapStake("alice", V1, 1, 2, 1_000), AmountTooLow),
    ):
        with pytest.raises(error):
            quote_move(state, move)
    with pytest.raises(WrongType, match="AddStake moves no stake"):
        quote_move(state, x.AddStake("alice", V1, 1, TAO))


def test_an_exit_is_worth_what_it_gives():
    state = plain(small(2))
    held = stake_of(state, NETUID, V1, COLD)
    expected = exit_value(state, NETUID, V1, COLD)
    after, _ = done(state, x.RemoveStake(COLD, V1, NETUID, held))
    assert expected == after.free[COLD] - state.free[COLD] > 0
    closed = replace(state, pools=state.pools.at(NETUID, subtoken_enabled=False))
    assert exit_value(closed, NETUID, V1, COLD) == 0
    assert exit_value(state, NETUID, V1, "alice") == 0


def test_what_is_locked_has_no_exit():
    state = plain(small(2))
    held = stake_of(state, NETUID, V1, COLD)
    state, _ = done(state, x.LockStake(COLD, V1, NETUID, held // 2))
    with pytest.raises(StakeUnavailable):
        quote_remove_stake(state, COLD, V1, NETUID, held)
    assert exit_value(state, NETUID, V1, COLD) == trade(state, NETUID, False, held - held // 2).out
    state, _ = done(state, x.LockStake(COLD, V1, NETUID, held - held // 2))
    assert exit_value(state, NETUID, V1, COLD) == 0
