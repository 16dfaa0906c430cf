"""The playground without a browser: games that never change in place, and a lab driven by its traits."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from bittensor_lab import labs, play
from bittensor_lab.coinbase import emission_shares, root_is_paid
from bittensor_lab.errors import InputError, NotEnoughBalanceToStake
from bittensor_lab.extrinsics import AddStake, RemoveStake, SetWeights
from bittensor_lab.invariants import violations
from bittensor_lab.labs.saves import place
from bittensor_lab.market import alpha_price
from bittensor_lab.play import YOU, YOUR_HOTKEY, moved, opening, passed_on, views
from bittensor_lab.presets import demo_network
from bittensor_lab.quotes import quote_add_stake
from bittensor_lab.stake import stake_of
from bittensor_lab.store import packed
from bittensor_lab.units import ONE, format_tao, tao
from bittensor_lab.views.wallet import positions

SEEDS = range(6)
pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stake_of_a_tenth_of_a_pool_moves_emission_by_a_point(seed):
    """On every subnet, within 50 blocks; the moving prices of the network sum to 1.2 to 1.5 at first."""
    state = demo_network(play.SUBNETS, play.VALIDATORS, play.MINERS, seed=seed)
    assert 1.2 <= int(state.pools.moving_price.sum()) / ONE <= 1.5 and root_is_paid(state)
    game = opening(seed)
    for netuid in game.chain.state.netuids:
        tenth = int(game.chain.state.pools.tao_in[netuid]) // 10
        rich = replace(
            game.chain.state,
            free=game.chain.state.free.set("whale", tenth + tao(1)),
            total_issuance=game.chain.state.total_issuance + tenth + tao(1),
        )
        chain = type(game.chain)(rich)
        before = emission_shares(chain.state)[netuid]
        chain.add_stake("whale", "validator-1", netuid, tenth)
        chain.run(50)
        assert emission_shares(chain.state)[netuid] - before >= 0.01


def test_a_game_never_changes():
    game = opening(3)
    state, events = game.chain.state, game.events
    after = passed_on(moved(game, AddStake(YOU, YOUR_HOTKEY, 3, tao(50))), 30)
    assert game.chain.state is state and game.events is events and game.without is None
    assert after.chain.block == state.block + 30 == after.without.chain.block
    assert violations(after.chain.state) == [] == violations(after.without.chain.state)
    same = passed_on(game, 30).chain.state
    assert after.without.chain.state.pools.moving_price.tolist() == same.pools.moving_price.tolist()


def test_the_trail_is_what_the_chain_says():
    game = passed_on(moved(opening(3), AddStake(YOU, YOUR_HOTKEY, 3, tao(50))), 5)
    trail, state = game.trail, game.chain.state
    assert trail.block.tolist() == list(range(trail.block[0], state.block + 1))
    assert trail.share[-1].tolist() == emission_shares(state).tolist()
    assert trail.price[-1, 3] == alpha_price(state, 3)
    assert np.allclose(trail.share.sum(axis=1), 1)


def test_what_one_did_is_among_the_last_events():
    game = passed_on(moved(opening(3), AddStake(YOU, YOUR_HOTKEY, 3, tao(50))), 61)
    told = [(block, event.name) for block, event in views.latest(game, 3)]
    assert told[:2] == [(1237, "EmissionDistributed"), (1177, "StakeAdded")]


def test_what_is_no_trade_happens_without_the_trade_too():
    game = moved(opening(3), AddStake(YOU, YOUR_HOTKEY, 3, tao(50)))
    miners = [uid for uid, h in enumerate(game.chain.subnet(3).hotkeys) if h.startswith("miner")]
    game = moved(game, SetWeights(YOUR_HOTKEY, 3, miners, [1] * len(miners)))
    uid = game.chain.subnet(3).uids[YOUR_HOTKEY]
    for each in (game, game.without):
        assert len(each.chain.subnet(3).mechanisms[0].weights[uid].uid) == len(miners)


def test_a_refusal_leaves_the_game():
    game = opening(3)
    with pytest.raises(NotEnoughBalanceToStake):
        moved(game, AddStake(YOU, YOUR_HOTKEY, 3, tao(5_000)))


def test_the_code_plays_the_same_game():
    game = opening(5)
    code = f'chain.add_stake("{YOU}", "{YOUR_HOTKEY}", 3, tao(20))'
    game = passed_on(passed_on(moved(game, AddStake(YOU, YOUR_HOTKEY, 3, tao(20)), code), 7), 3)
    place: dict[str, object] = {}
    exec(views.code(game), place)
    assert place["chain"].state.pools.moving_price.tolist() == game.chain.state.pools.moving_price.tolist()
    assert views.code(game).endswith("chain.run(10)")


@pytest.mark.parametrize("netuid", [1, 3, 6])
def test_the_picture_is_within_its_frame(netuid):
    game = passed_on(moved(opening(2), AddStake(YOU, "validator-2", netuid, tao(300))), 40)
    for table in views.picture(game, netuid):
        numbers = table.select_dtypes("number").drop(columns="netuid", errors="ignore").to_numpy()
        assert np.isfinite(numbers).all() and (numbers >= -1e-9).all() and (numbers <= 1 + 1e-9).all()
    shares = views.picture(game, netuid).bands.groupby("netuid").last()
    assert (shares.high - shares.low).sum() == pytest.approx(1)
    assert views.title(game, netuid).startswith(f"Your trade lifts subnet {netuid} from ")


def test_holdings_say_what_leaving_costs():
    game = moved(opening(2), AddStake(YOU, YOUR_HOTKEY, 3, tao(300)))
    (row,) = positions(game.chain.state, YOU).to_dict("records")
    assert row["stake"] == stake_of(game.chain.state, 3, YOUR_HOTKEY, YOU) / 10**9
    sold = moved(game, RemoveStake(YOU, YOUR_HOTKEY, 3, 2**63))
    got = sold.chain.state.free[YOU] - game.chain.state.free[YOU]
    assert row["exit_value"] * 1e9 == pytest.approx(got, abs=1)
    assert row["exit_value"] < row["value"]


def test_below_a_sum_of_one_the_lab_says_that_root_is_not_paid():
    game = opening(2)
    state = game.chain.state
    assert "so root gets its share" in views.summary(game, 3)
    half = replace(state.pools, moving_price=state.pools.moving_price // 2)
    chain = type(game.chain)(replace(state, pools=half))
    assert "root's share is recycled" in views.summary(replace(game, chain=chain), 3)


# --- the lab -------------------------------------------------------------------------------------


@pytest.fixture
def lab():
    made = labs.playground(seed=7)
    yield made
    made.close()


def test_the_lab_stakes_waits_and_undoes(lab):
    start, free = lab.game, lab.game.chain.state.free[YOU]
    quoted = quote_add_stake(lab.chain.state, YOU, YOUR_HOTKEY, 3, tao(100)).out
    assert lab.quote.rows[0][1]["text"].startswith(f"{quoted / 1e9:,.2f}")
    before = stake_of(lab.chain.state, 3, YOUR_HOTKEY, YOU)
    lab.button.pressed += 1
    assert stake_of(lab.chain.state, 3, YOUR_HOTKEY, YOU) - before == quoted
    assert lab.game.chain.state.free[YOU] == free - tao(100)
    lab.bar.command, lab.bar.pressed = "epoch", 1
    assert lab.finding.title.startswith("Your trade lifts subnet 3 from")
    assert lab.finding.title in repr(lab._repr_mimebundle_()) or lab.finding.title
    lab.bar.command, lab.bar.pressed = "undo", 2
    lab.bar.command, lab.bar.pressed = "undo", 3
    assert lab.game is start and not lab.bar.can_undo


@pytest.mark.parametrize("mode", ["stake", "unstake", "weights", "register"])
@pytest.mark.parametrize("netuid", ["1", "3", "6"])
def test_every_control_at_its_ends(lab, mode, netuid):
    lab.subnet.value, lab.mode.value = netuid, mode
    for hotkey in (YOUR_HOTKEY, "validator-4"):
        lab.hotkey.value = hotkey
        for amount in (lab.amount.low, lab.amount.high):
            lab.amount.values = [amount]
            assert lab.button.enabled or lab.button.reason
            lab.act()
            lab.step(1)
            assert violations(lab.game.chain.state) == []
            assert lab.finding.title and "nan" not in lab.summary.text
    lab.weights.values = [[100] + [0] * (len(lab.weights.columns) - 1)]
    lab.act()


def test_what_the_chain_refuses_is_said_in_its_words(lab):
    lab.mode.value, lab.subnet.value = "weights", "1"
    game = lab.game
    lab.act()
    assert lab.game is game
    assert lab.button.reason.startswith("HotKeyNotRegisteredInSubNet: ")


def test_play_goes_on_until_it_is_paused(lab, monkeypatch):
    monkeypatch.setattr("bittensor_lab.labs.game.PACE", 0.0)

    async def session():
        before = lab.game.chain.block
        lab.play()
        lab.play()  # a second press of the same button cannot start a second loop
        for _ in range(20):
            await asyncio.sleep(0)
        lab.pause()
        reached = lab.game.chain.block
        await asyncio.sleep(0.01)
        return before, reached, lab.game.chain.block

    before, reached, later = asyncio.run(session())
    assert before < reached == later
    assert not lab.bar.playing


def test_others_trade_with_the_same_luck_and_the_code_line_replays_them(lab):
    quiet = lab.game
    lab.others.value = "trade"
    lab.button.pressed += 1
    lab.step(60)
    lab.others.value = "rest"
    lab.step(5)
    names: dict[str, object] = {}
    exec(lab.code.code, names)
    assert packed(names["chain"].state) == packed(lab.game.chain.state)
    alone, without = passed_on(quiet, 65).chain.state, lab.game.without.chain
    for future in (lab.game.chain.state, without.state):
        traded = [
            agent.coldkey for agent in play.OTHERS if future.free[agent.coldkey] != alone.free[agent.coldkey]
        ]
        assert len(traded) >= 2, "in both futures"
    assert without.block == lab.game.chain.block
    assert violations(lab.game.chain.state) == []


def test_a_line_per_uid_of_what_the_last_epochs_paid(lab):
    for _ in range(play.EPOCHS_KEPT + 3):
        lab.bar.command, lab.bar.pressed = "epoch", lab.bar.pressed + 1
    lately = views.lately(lab.game, 3)
    state = lab.game.chain.state
    assert {len(paid) for paid in lately.values()} == {play.EPOCHS_KEPT}
    assert [paid[-1] for paid in lately.values()] == pytest.approx(state.subnet(3).emission / 1e9)
    rows = [row for row in lab.metagraph.rows if len(row) == 5]
    assert rows and all(row[4]["spark"] for row in rows)


def test_a_miner_is_registered_at_the_price_that_the_button_says(lab):
    lab.mode.value = "register"
    cost, free = int(lab.chain.state.clocks.burn[3]), lab.chain.state.free[YOU]
    assert lab.button.title == f"Register a miner on SN 3 for {format_tao(cost)}"
    lab.act()
    lab.act()
    after = lab.chain.state
    assert free - after.free[YOU] >= 2 * cost
    assert {"your-miner-1", "your-miner-2"} <= set(after.subnet(3).uids)


def test_a_game_is_saved_and_loaded_and_nothing_is_lost(lab, home):
    lab.saves.name.value = "before"
    lab.saves.save.click()
    kept = packed(lab.chain.state)
    lab.step(30)
    here = lab.game
    lab.saves.load.click()
    assert packed(lab.chain.state) == kept and lab.saves.said.value.startswith("before is loaded")
    names: dict[str, object] = {}
    exec(lab.code.code, names)
    assert packed(names["chain"].state) == kept
    lab.undo()
    assert lab.game is here
    place("before").write_bytes(b"not a game")
    lab.saves.load.click()
    assert lab.game is here and "before.btlab" in lab.saves.said.value
    for name in ("../up", "", "a" * 60, "a/b"):
        lab.saves.name.value = name
        lab.saves.save.click()
        assert "cannot be called" in lab.saves.said.value
    assert [path.name for path in home.rglob("*.btlab")] == ["before.btlab"]


def test_it_is_an_object(lab, tmp_path):
    assert lab.state["netuid"] == 3
    assert len(lab.frame) == 6 * len(lab.game.trail.block)
    assert lab.save(tmp_path / "a.csv").read_text().startswith("block,netuid,emission_share")
    assert lab.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="cannot save"):
        lab.save(tmp_path / "a.txt")
    fork = lab.chain
    fork.run(5)
    assert lab.game.chain.block == fork.block - 5
    assert set(lab.chart.to_dict()["datasets"]) == {"bands", "lines", "labels", "ticks", "marks"}
