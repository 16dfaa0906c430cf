"""The economy's tables: every rao of a block, every position of a wallet, what staking earned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from networks import NETUID, TAO, V1, done, plain, small, with_stake
from random_chain import random_extrinsic, random_network

from bittensor_lab import block
from bittensor_lab import extrinsics as x
from bittensor_lab.chain import Chain
from bittensor_lab.coinbase import run_coinbase
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.presets import demo_network
from bittensor_lab.quotes import exit_value, quote_add_stake, quote_move_stake, quote_remove_stake
from bittensor_lab.stake import stake_of
from bittensor_lab.units import tao
from bittensor_lab.views.economy import BLOCKS_PER_YEAR, apy, emission_breakdown, pools, returns
from bittensor_lab.views.wallet import positions, wallet


def walked(seed, steps=25):
    rng = np.random.default_rng(seed)
    state = random_network(rng)
    for _ in range(steps):
        try:
            state, _ = block.apply(state, random_extrinsic(rng, state))
        except ChainError:
            state = block.run(state, 1)
    return state


@pytest.mark.parametrize("seed", range(60))
def test_every_rao_of_a_block_is_accounted_for(seed):
    """In any network and under any rule: TAO sums to the block emission, alpha to what is made of it."""
    state = walked(seed)
    table = emission_breakdown(state)
    assert (table.rao >= 0).all()
    assert table[table.token == "TAO"].rao.sum() == block_emission(state.total_issuance)
    after = run_coinbase(replace(state, block=state.block + 1))
    spent = after.total_issuance - state.total_issuance
    assert table[(table.token == "TAO") & (table.party != "recycled")].rao.sum() == spent
    for netuid, part in table[table.token == "alpha"].groupby("netuid"):
        grown = after.pools.alpha_issuance(netuid) - state.pools.alpha_issuance(netuid)
        by_party = part.set_index("party").rao
        bought = state.pools.alpha_issuance(netuid)
        assert by_party["nobody"] <= 4
        if state.network.injection_rule >= 3:  # before, what the chain bought was recycled
            assert part.rao.sum() - by_party.get("recycled", 0) == grown
        made = part[part.party != "pool"].rao.sum()
        assert made == block_emission(bought)


def test_a_wallet_is_the_sum_of_its_positions():
    chain = Chain(demo_network(3, 3, 4))
    chain.add_stake("alice", V1, 2, tao(100))
    chain.add_stake("alice", V1, 0, tao(50))
    chain.run(100)
    held, whole = chain.positions("alice"), chain.wallet("alice")
    assert held.equals(positions(chain.state, "alice")) and whole.equals(wallet(chain.state, "alice"))
    assert chain.pools().equals(pools(chain.state))
    assert held.netuid.tolist()[-1] == 0 and {2, 0} <= set(held.netuid)
    (row,) = held[held.netuid == 2].to_dict("records")
    assert row["stake"] * 1e9 == pytest.approx(stake_of(chain.state, 2, V1, "alice"), abs=1)
    assert row["exit_value"] < row["value"] == pytest.approx(row["stake"] * row["alpha_price"])
    assert whole["root_stake"] >= 50 and whole["free"] == 850
    assert whole["total"] == pytest.approx(held.value.sum() + 850 + whole["claimable_value"])
    before = chain.state.free["alice"]
    chain.remove_stake("alice", V1, 2, 2**63)
    assert chain.state.free["alice"] - before == pytest.approx(row["exit_value"] * 1e9, abs=1)


def test_who_has_nothing_has_an_empty_wallet():
    state = demo_network()
    assert len(positions(state, "bob")) == 0
    assert wallet(state, "nobody")["total"] == 0
    assert wallet(state, "bob")["total"] == 1_000


def test_locks_and_claims_show():
    state = with_stake(plain(small(2)), 0, {V1: 100 * TAO})
    state, _ = done(state, x.LockStake(f"{V1}-cold", V1, NETUID, 7 * TAO))
    held = positions(state, f"{V1}-cold").set_index("netuid")
    assert held.locked.to_dict() == {1: 7.0, 2: 0.0, 0: 0.0}
    assert held.pool_share.to_dict() == {1: 1.0, 2: 1.0, 0: 1.0}


def test_pools_are_what_the_chain_says():
    state = demo_network(5, 2, 3)
    table = pools(state)
    assert table.emission_share.sum() == pytest.approx(1)
    assert table.alpha_price.to_numpy() == pytest.approx(table.tao_in / table.alpha_in)
    assert table.moving_price.sum() == pytest.approx(1.35, rel=1e-6)
    assert ((table.root_proportion > 0) & (table.root_proportion < 1)).all()


def test_what_staking_earned():
    before = demo_network(3, 3, 4)
    after = block.run(before, 300)
    table = returns(before, after)
    assert set(table.kind) == {"root", "alpha"} and (table.worth > 1).all()
    assert (table[table.kind == "alpha"].exit < table[table.kind == "alpha"].worth).all()
    chain = Chain(before)  # the same by really doing it, with an amount that hardly moves the price
    chain.add_stake("alice", V1, 2, tao(1))
    chain.run(300)
    held = stake_of(chain.state, 2, V1, "alice") / 1e9
    row = table[(table.netuid == 2) & (table.hotkey == V1)].iloc[0]
    spot = pools(after).set_index("netuid").alpha_price[2]
    assert row.worth == pytest.approx(held * spot, rel=1e-4)
    yearly = apy(before, after)
    assert yearly.simple.to_numpy() == pytest.approx((table.exit - 1) * BLOCKS_PER_YEAR / 300)
    assert "sold at the end" in yearly.attrs["assumes"]
    with pytest.raises(InputError, match="not later"):
        returns(after, before)


# --- quotes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(100))
def test_a_quote_is_what_then_happens(seed):
    """Of random stakes and withdrawals in random networks; refused where they are refused."""
    rng, state = np.random.default_rng(seed), walked(seed, 8)
    for _ in range(10):
        netuid = int(rng.choice([0, *state.netuids]))
        amount = int(rng.choice([1, 10**6, 10**8, 10**10, 10**12, 10**15]))
        for quote, extrinsic in (
            (quote_add_stake, x.AddStake("alice", V1, netuid, amount)),
            (quote_remove_stake, x.RemoveStake(f"{V1}-cold", V1, netuid, amount)),
        ):
            try:
                expected = quote(state, extrinsic.coldkey, V1, netuid, amount)
            except ChainError as error:
                with pytest.raises(type(error)):
                    extrinsic.apply(state)
                continue
            _, (event, *_) = extrinsic.apply(state)
            got = (event.tao, event.alpha) if isinstance(extrinsic, x.AddStake) else (event.alpha, event.tao)
            assert (*got, event.fee) == (expected.paid, expected.out, expected.fee)


def test_impact_and_slippage():
    state = plain(small(2))
    quote = quote_add_stake(state, None, None, NETUID, 100 * TAO)
    pool = int(state.pools.tao_in[NETUID])
    assert quote.spot_price == 1.0
    assert quote.price_impact == pytest.approx((1 + quote.paid / pool) ** 2 - 1, rel=1e-9)
    assert quote.slippage == pytest.approx(quote.paid / pool, rel=1e-6)
    sale = quote_remove_stake(state, None, None, NETUID, 100 * TAO)
    assert sale.price_impact < 0 < sale.slippage and sale.average_price < 1
    state, _ = done(state, x.AddStake("alice", V1, 1, 50 * TAO))
    first, second = quote_move_stake(state, 1, 2, 10 * TAO)
    _, (event,) = done(state, x.SwapStake("alice", V1, 1, 2, 10 * TAO))
    assert (event.alpha, event.to_alpha) == (first.paid + first.fee, second.out)
    assert second.fee == 0 < first.fee


def test_an_exit_is_worth_nothing_where_it_is_refused():
    state = plain(small(2))
    assert exit_value(state, NETUID, V1, f"{V1}-cold") > 0
    closed = replace(state, pools=state.pools.at(NETUID, subtoken_enabled=False))
    assert exit_value(closed, NETUID, V1, f"{V1}-cold") == 0
    assert exit_value(state, NETUID, V1, "alice") == 0
