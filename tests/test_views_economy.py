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
from bittensor_lab.coinbase import injections, run_coinbase
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.market import alpha_price, buy, trade
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import REGIMES, with_history, with_regime
from bittensor_lab.root_claims import claimable
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


def check_breakdown(state):
    """The sums, each against what one block of the coinbase really does to the state; returns the table."""
    table = emission_breakdown(state)
    assert (table.rao >= 0).all()
    after = run_coinbase(replace(state, block=state.block + 1))
    emission, spent = int(block_emission(state.total_issuance)), after.total_issuance - state.total_issuance
    in_tao = table[table.token == "TAO"].set_index(["netuid", "party"]).rao
    assert in_tao.sum() == emission and in_tao[0, "recycled"] == emission - spent
    for netuid, part in table[table.token == "alpha"].groupby("netuid"):
        by_party = part.set_index("party").rao
        moved = {
            name: int(getattr(after.pools, name)[netuid]) - int(getattr(state.pools, name)[netuid])
            for name in ("tao_in", "alpha_in", "alpha_out", "account", "protocol_alpha")
        }
        issuance = state.pools.alpha_issuance(netuid)
        assert by_party.drop("pool").sum() == block_emission(issuance) and by_party["nobody"] <= 4
        assert in_tao[netuid].sum() == moved["account"]
        assert in_tao[netuid]["pool"] + in_tao[netuid]["chain buys"] == moved["tao_in"]
        bought = by_party["pool"] - moved["alpha_in"]  # until spring 2026 that was recycled
        assert bought >= 0 and (bought > 0) <= (in_tao[netuid]["chain buys"] > 0)
        assert moved["protocol_alpha"] == (bought if state.network.injection_rule >= 3 else 0)
        made = block_emission(issuance) - by_party.get("recycled", 0) + moved["protocol_alpha"]
        assert made == moved["alpha_out"]
    return table


@pytest.mark.parametrize("seed", range(60))
def test_every_rao_of_a_block_is_accounted_for(seed):
    """In any network and under any rule: TAO sums to the block emission, alpha to what is made of it."""
    check_breakdown(walked(seed))


@pytest.mark.parametrize("injection", range(5))
@pytest.mark.parametrize("letter", "ABCDEFG")
def test_so_it_is_under_every_rule(letter, injection):
    """With one subnet switched off, one not started, one at no price, one without TAO or alpha each."""
    state = with_regime(with_history(demo_network(8, 2, 3), 3), letter)
    state = replace(state, network=replace(state.network, injection_rule=injection))
    check_breakdown(state)
    p = state.pools.at(1, emission_enabled=False).at(2, first_emission_block=0).at(3, moving_price=0)
    p = p.at(4, tao_in=0).at(5, alpha_in=0).at(6, tao_in=0, alpha_in=0).at(7, initialised=False)
    odd = replace(state, pools=p)
    table = check_breakdown(odd)
    assert 2 not in set(table.netuid)
    if letter in "EFG":
        parts = table[table.netuid == 1].groupby("token").rao.sum()
        assert parts["TAO"] == 0 < parts["alpha"]
    for pools_now in (p, replace(p, moving_price=0 * p.moving_price)):  # together below 1: root is not paid
        poor = replace(odd, pools=replace(pools_now, moving_price=pools_now.moving_price // 4))
        below = check_breakdown(poor)
        assert (below[below.party == "recycled"].netuid > 0).any() and "root" not in set(below.party)
    nothing = replace(odd, pools=replace(p, subtoken_enabled=0 * p.subtoken_enabled))
    assert check_breakdown(nothing)[["netuid", "party", "rao"]].to_numpy().tolist() == [[0, "recycled", TAO]]


def test_without_any_price_all_tao_is_recycled():
    state = with_regime(demo_network(4, 2, 3), "B")
    state = replace(state, pools=replace(state.pools, moving_price=0 * state.pools.moving_price))
    table = check_breakdown(state)
    assert table[(table.token == "TAO") & (table.rao > 0)].party.tolist() == ["recycled"]


@pytest.mark.parametrize("seed", range(40))
def test_what_pools_refuse_is_not_said_to_be_in_them(seed):
    """With weights at their bounds, an injection of both sides may be refused; the purchase is not."""
    rng = np.random.default_rng(seed)
    state = with_history(demo_network(5, 2, 3), seed)
    for netuid in state.netuids:
        state = replace(
            state,
            pools=state.pools.at(
                netuid,
                tao_in=int(rng.choice([10**6, 10**7, 10**12])),
                alpha_in=int(rng.choice([10**12, 10**15, 10**16])),
                quote_weight=int(rng.choice([10**16, 10**16 + 1, 99 * 10**16])),
            ),
        )
    for rule in REGIMES:
        check_breakdown(with_regime(state, rule.letter))


def test_a_refused_injection_of_alpha_alone():
    """So dear in alpha that the cap leaves less than a rao of TAO beside it."""
    state = demo_network(3, 2, 3)
    pools_ = state.pools.at(1, tao_in=10**6, alpha_in=10**16, quote_weight=10**16)
    state = replace(state, pools=pools_.at(0, tao_in=10**14))
    found = check_breakdown(state).set_index(["netuid", "token", "party"]).rao
    assert found[1, "TAO", "pool"] == 0 == found[1, "alpha", "pool"]
    assert injections(state)[1][0] == 0 < injections(state)[1][1]


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
    free = trade(state, NETUID, False, 43 * TAO).out  # what is locked cannot be sold
    assert held.exit_value[NETUID] * TAO == pytest.approx(free, abs=1)
    state, _ = done(state, x.LockStake(f"{V1}-cold", V1, NETUID, 43 * TAO))
    assert positions(state, f"{V1}-cold").set_index("netuid").exit_value[NETUID] == 0


def test_root_dividends_show_until_they_are_drawn():
    state = block.run(demo_network(3, 3, 4), 300)
    coldkey = f"{V1}-cold"
    owed = claimable(state, V1, coldkey)
    held = positions(state, coldkey).set_index("netuid")
    assert held.claimable[sorted(owed)].tolist() == [owed[n] / TAO for n in sorted(owed)] and owed
    waiting = sum(owed[n] * alpha_price(state, n) for n in owed) / TAO
    assert wallet(state, coldkey)["claimable_value"] == pytest.approx(waiting)
    state, _ = x.ClaimRoot(coldkey, list(owed)).apply(state)
    assert positions(state, coldkey).claimable.sum() < 1e-6


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
    assert yearly.simple_at_spot.to_numpy() == pytest.approx((table.worth - 1) * BLOCKS_PER_YEAR / 300)
    assert "sold at the end" in yearly.attrs["assumes"]
    with pytest.raises(InputError, match="not later"):
        returns(after, before)


def test_a_year_has_its_own_rate():
    """Over just a year the rate by year is what was earned, put back in or not."""
    before = demo_network(3, 3, 4)
    after = replace(block.run(before, 300), block=before.block + BLOCKS_PER_YEAR)
    yearly = apy(before, after)
    assert yearly.simple.to_numpy() == pytest.approx((yearly.exit - 1).to_numpy())
    assert yearly.compound.to_numpy() == pytest.approx((yearly.exit - 1).to_numpy())


def test_root_earns_what_its_stakers_draw():
    """A TAO on root, against a staker who really draws and sells at the end."""
    before = demo_network(3, 3, 4)
    before = replace(before, network=replace(before.network, root_claims_per_block=0))
    chain = Chain(before)
    chain.add_stake("alice", V1, 0, tao(1))
    chain.run(300)
    table = returns(before, chain.state)
    (row,) = table[(table.kind == "root") & (table.hotkey == V1)].itertuples()
    owed = claimable(chain.state, V1, "alice")
    drawn = sum(trade(chain.state, n, False, amount, with_fee=False).out for n, amount in owed.items())
    assert owed and row.exit == pytest.approx(1 + drawn / TAO, abs=3e-9)
    assert row.worth >= row.exit > 1


def test_subnets_that_came_or_went_are_not_compared():
    before = demo_network(3, 3, 4)
    after = block.run(before, 100)
    founded_anew = after.with_subnet(replace(after.subnet(2), registered_at=before.block + 50))
    assert set(returns(before, founded_anew).netuid) == {0, 1, 3}
    claims = founded_anew.root_claims[V1]
    lower = replace(claims, rates=claims.rates.set(2, 1))  # rates begin anew too
    early = replace(before, root_claims=before.root_claims.set(V1, claims))
    late = replace(founded_anew, root_claims=founded_anew.root_claims.set(V1, lower))
    table = returns(early, late)
    root = table[table.kind == "root"]
    assert (root.worth >= 1).all() and (root.exit >= 1).all()


def test_what_cannot_be_traded_has_no_return():
    before = demo_network(2, 3, 4)
    after = block.run(before, 100)
    closed = [replace(s, pools=s.pools.at(1, subtoken_enabled=False)) for s in (before, after)]
    early = returns(closed[0], after).set_index("netuid")
    assert early.worth[1].isna().all() and early.exit[2].notna().all()
    assert apy(closed[0], after).set_index("netuid").compound[1].isna().all()
    late = returns(before, closed[1]).set_index("netuid")
    assert (late.worth[1] > 0).all() and (late.exit[1] == 0).all()


def test_a_price_that_falls_is_a_loss():
    before = demo_network(2, 3, 4)
    after = block.run(before, 100)
    up, _ = buy(after, 1, tao(500))
    assert returns(before, up).set_index("netuid").exit[1].min() > 1.1
    back = replace(up, block=up.block + 1), replace(after, block=up.block + 2)
    lost = returns(*back).set_index("netuid")
    assert lost.exit[1].max() < 0.95
    assert (apy(*back).set_index("netuid").compound[1] == -1).all()
