"""The playground without a browser: games that never change in place, and a lab driven by its traits."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bittensor_lab import agents, labs, play, store
from bittensor_lab import history as history_module
from bittensor_lab.coinbase import emission_shares, root_is_paid
from bittensor_lab.errors import ChainError, InputError, NotEnoughBalanceToStake
from bittensor_lab.extrinsics import AddStake, BurnedRegister, RemoveStake, SetWeights, SwapStake
from bittensor_lab.invariants import violations
from bittensor_lab.labs.actions import RULE_NAMES
from bittensor_lab.market import alpha_price
from bittensor_lab.play import (
    YOU,
    YOUR_HOTKEY,
    YOUR_MINERS,
    digest,
    dropped,
    forked,
    moved,
    opening,
    others,
    passed_on,
    switched,
    views,
    with_others,
)
from bittensor_lab.presets import demo_network
from bittensor_lab.quotes import quote_add_stake
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT
from bittensor_lab.units import ONE, tao
from bittensor_lab.views.network import metagraph
from bittensor_lab.views.wallet import positions

SEEDS = range(6)
pytestmark = pytest.mark.usefixtures("home")


def staked(seed: int = 3, amount: float = 50, netuid: int = 3) -> play.Game:
    return moved(opening(seed), AddStake(YOU, YOUR_HOTKEY, netuid, tao(amount)))


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
    assert digest(after.without.chain.state) == digest(passed_on(game, 30).chain.state)


def test_the_trail_is_what_the_chain_says():
    game = passed_on(staked(), 5)
    trail, state = game.trail, game.chain.state
    assert trail.block.tolist() == list(range(trail.block[0], state.block + 1))
    assert trail.share[-1].tolist() == emission_shares(state).tolist()
    assert trail.price[-1, 3] == alpha_price(state, 3)
    assert np.allclose(trail.share.sum(axis=1), 1)


def test_the_trail_and_the_log_are_of_bounded_length():
    game = passed_on(with_others(opening(3), True), play.BLOCKS_KEPT + 200)
    assert len(game.trail.block) == play.BLOCKS_KEPT and len(game.events) == play.EVENTS_KEPT
    assert {len(found) for found in game.epochs.values()} == {play.EPOCHS_KEPT}
    assert len(game.moves) == 1


@pytest.fixture
def short_memory(monkeypatch):
    """All budgets so small that they are full after two minutes of play; and nothing old is counted."""
    monkeypatch.setattr(history_module, "MAX_MOMENTS", 100)
    monkeypatch.setattr(history_module, "MAX_KEPT", 30)
    for budget, size in (("BLOCKS_KEPT", 30), ("EVENTS_KEPT", 30), ("EPOCHS_KEPT", 1)):
        monkeypatch.setattr(play, budget, size)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_play_among_others_holds_no_more_the_longer_it_goes_on(lab, short_memory):
    """Of objects, less than one more in a block: a log without an end keeps seven of each."""
    lab.let_others(True)
    held = []
    for block in range(1, 481):
        lab.game = passed_on(lab.game, 1)  # as play does it
        lab.refresh()
        if block % 10 == 0:
            gc.collect()
            held.append(len(gc.get_objects()))
    early, late = np.mean(held[12:24]), np.mean(held[36:])  # two epochs each, 240 blocks between them
    assert late - early < 240, f"{early:,.0f} objects, and {late - early:,.0f} more 240 blocks later"


def test_what_one_did_is_among_the_last_events():
    game = passed_on(staked(), 61)
    told = [(event.block, event.name) for event in views.latest(game, 3)]
    assert told[:2] == [(1237, "EmissionDistributed"), (1177, "StakeAdded")]
    mine = views.latest(game, 3)[1]
    assert mine.yours and mine.words.startswith("you: 50\u00a0τ → ") and mine.words.endswith("of SN 3")


def test_of_the_others_only_what_is_of_the_subnet_is_told_and_no_weights_twice_in_a_row():
    game = passed_on(with_others(staked(), True), 240)
    told = views.latest(game, 2, 30)
    assert {event.netuid for event in told if not event.yours} == {2}
    names = [event.name for event in told]
    assert ("WeightsSet", "WeightsSet") not in list(pairwise(names))
    assert all(event.words and "\n" not in event.words for event in game.events)


def test_what_is_no_trade_happens_without_the_trade_too():
    game = staked()
    miners = others.miners(game.chain.subnet(3))
    game = moved(game, SetWeights(YOUR_HOTKEY, 3, miners, [1] * len(miners)))
    uid = game.chain.subnet(3).uids[YOUR_HOTKEY]
    for each in (game, game.without):
        assert len(each.chain.subnet(3).mechanisms[0].weights[uid].uid) == len(miners)


def test_a_refusal_leaves_the_game():
    game = opening(3)
    with pytest.raises(NotEnoughBalanceToStake):
        moved(game, AddStake(YOU, YOUR_HOTKEY, 3, tao(5_000)))
    assert game.moves == ()


# --- two futures ---------------------------------------------------------------------------------


def test_a_fork_has_two_lives_that_can_be_compared_switched_and_dropped():
    game = forked(passed_on(staked(), 10))
    assert game.without is not None and (game.name, game.without.name) == ("fork", "main")
    start = digest(game.chain.state)
    game = passed_on(moved(game, SwapStake(YOU, YOUR_HOTKEY, 3, 2, tao(100))), 30)
    main = game.without
    assert game.chain.block == main.chain.block
    alone = passed_on(staked(), 10)
    assert start == digest(alone.chain.state)
    assert digest(main.chain.state) == digest(passed_on(alone, 30).chain.state)
    back = switched(game)
    assert back.chain is main.chain and back.without.chain is game.chain and back.name == "main"
    back = moved(back, AddStake(YOU, YOUR_HOTKEY, 3, tao(1)))
    assert back.without.chain is game.chain and back.is_forked, "a trade in a fork is of this future alone"
    assert switched(back).chain is game.chain
    only = dropped(game)
    assert only.without is None and only.chain is game.chain and only.name == "main"
    with pytest.raises(InputError, match="two futures already"):
        forked(game)
    with pytest.raises(InputError, match="no second future"):
        switched(only)


def test_what_the_page_says_of_two_futures():
    game = forked(opening(2))
    assert views.title(game, 3).startswith("In both futures subnet 3 gets ")
    game = passed_on(moved(game, AddStake(YOU, YOUR_HOTKEY, 3, tao(400))), 60)
    assert " of emission in fork, " in views.title(game, 3) and views.title(game, 3).endswith(" in main")
    assert "Dashed: main" in views.subtitle(game) and "In main: " in views.summary(game, 3)
    table = views.futures(game, 3)
    assert list(table.columns) == ["fork", "main"] and np.isfinite(table.to_numpy()).all()
    assert table.loc["SN 3 price, τ/α", "fork"] > table.loc["SN 3 price, τ/α", "main"]
    kinds = set(views.picture(game, 3).lines.kind)
    assert {"without", "without price"} <= kinds
    texts = views.picture(game, 3).labels.text.tolist()
    assert "SN 3 main" in texts and any(text.startswith("main: ") for text in texts)


# --- the other people ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 7])
def test_the_others_are_those_of_agents_and_the_same_each_time(seed):
    start = opening(seed)
    first, second = (passed_on(with_others(start, True), 90) for _ in range(2))
    assert digest(first.chain.state) == digest(second.chain.state)
    assert digest(agents.after(start.chain.state, others.PEOPLE, 90, seed)) == digest(first.chain.state)
    assert digest(first.chain.state) != digest(passed_on(start, 90).chain.state)
    assert violations(first.chain.state) == []


def test_every_kind_of_person_does_something():
    game = passed_on(with_others(opening(7), True), 300)
    before, after = opening(7).chain.state, game.chain.state
    for trader in others.TRADERS:
        assert after.free[trader.coldkey] != before.free[trader.coldkey], trader.coldkey
    assert after.free[f"owner-{others.BUYER}-cold"] < before.free[f"owner-{others.BUYER}-cold"]
    weights = [state.subnet(3).mechanisms[0].weights[1].value.tolist() for state in (before, after)]
    assert weights[0] != weights[1]


def test_your_own_weights_are_yours():
    game = opening(7)
    miners = others.miners(game.chain.subnet(3))
    game = moved(game, SetWeights(YOUR_HOTKEY, 3, miners, [1] * len(miners)))
    uid = game.chain.subnet(3).uids[YOUR_HOTKEY]
    after = passed_on(with_others(game, True), 200)
    rows = [each.chain.subnet(3).mechanisms[0].weights[uid] for each in (game, after)]
    assert rows[0].value.tolist() == rows[1].value.tolist()


def test_a_new_miner_is_found_by_those_who_look_again_and_by_nobody_else():
    game = moved(opening(7), BurnedRegister(YOU, YOUR_MINERS[0], 3))
    uid = game.chain.subnet(3).uids[YOUR_MINERS[0]]
    looked, alone = (passed_on(with_others(game, act), 200).chain.subnet(3) for act in (True, False))
    assert looked.mechanisms[0].incentive[uid] > 0 == alone.mechanisms[0].incentive[uid]


def test_turning_them_off_and_on_keeps_the_luck():
    game = staked(7)
    acting = passed_on(with_others(game, True), 40)
    assert acting.without.others and acting.without.chain.state.free["trader-5"] != tao(200)
    quiet = passed_on(with_others(acting, False), 20)
    assert not quiet.without.others
    free = [each.chain.state.free["trader-5"] for each in (acting, quiet)]
    assert free[0] == free[1]


# --- the code ------------------------------------------------------------------------------------


def replayed(code: str) -> str:
    place: dict[str, object] = {}
    exec(code, place)
    return digest(place["chain"].state)


def test_the_code_plays_the_same_game():
    game = passed_on(passed_on(staked(5, 20), 7), 3)
    assert views.code(game).endswith("chain.run(10)")
    assert "tao(20)" in views.code(game)
    assert replayed(views.code(game)) == digest(game.chain.state)


# --- pictures and tables -------------------------------------------------------------------------


@pytest.mark.parametrize("netuid", [1, 3, 6])
@pytest.mark.parametrize("fork", [False, True])
def test_the_picture_is_within_its_frame(netuid, fork):
    game = forked(opening(2)) if fork else opening(2)
    game = passed_on(moved(game, AddStake(YOU, "validator-2", netuid, tao(300))), 40)
    for table in views.picture(game, netuid):
        numbers = table.select_dtypes("number").drop(columns="netuid", errors="ignore").to_numpy()
        assert np.isfinite(numbers).all() and (numbers >= -1e-9).all() and (numbers <= 1 + 1e-9).all()
    shares = views.picture(game, netuid).bands.groupby("netuid").last()
    assert (shares.high - shares.low).sum() == pytest.approx(1)
    if not fork:
        assert views.title(game, netuid).startswith(f"Your trade lifts subnet {netuid} from ")


def test_sparklines_are_the_last_epochs_of_that_very_hotkey():
    game = moved(opening(7), BurnedRegister(YOU, YOUR_MINERS[0], 3))
    game = passed_on(with_others(game, True), 60 * (play.EPOCHS_KEPT + 2))
    listed, subnet = views.neurons(game, 3), game.chain.subnet(3)
    table = metagraph(game.chain.state, 3).set_index("uid")
    assert {len(row.spark) for row in listed} == {play.EPOCHS_KEPT}
    for row in listed:
        column = subnet.dividends if row.is_validator else subnet.mechanisms[0].incentive
        assert row.spark[-1] == int(column[row.uid]) / 65535
        assert row.stake == pytest.approx(table.stake[row.uid], abs=1e-8)
        assert row.emission == table.emission[row.uid]
        assert row.share == table.loc[row.uid, "stake_weight" if row.is_validator else "incentive"]
    assert [row.yours for row in listed if row.uid == 12] == [True]
    assert not any(row.next_out for row in listed)
    early = views.neurons(passed_on(moved(opening(7), BurnedRegister(YOU, YOUR_MINERS[0], 3)), 60), 3)
    assert [len(row.spark) for row in early if row.uid == 12] == [1]


def test_on_a_full_subnet_the_next_one_out_is_marked():
    game = opening(7)
    game.chain.set_hyperparameter(ROOT, 3, "max_allowed_uids", game.chain.subnet(3).n)
    (uid,) = (row.uid for row in views.neurons(game, 3) if row.next_out)
    gone = game.chain.subnet(3).hotkeys[uid]
    game = moved(game, BurnedRegister(YOU, YOUR_MINERS[0], 3))
    assert game.chain.subnet(3).hotkeys[uid] == YOUR_MINERS[0] != gone


def test_holdings_say_what_leaving_costs():
    game = staked(2, 300)
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
    lab.bar.command, lab.bar.pressed = "undo", 2
    lab.bar.command, lab.bar.pressed = "undo", 3
    assert lab.game is start and not lab.bar.can_undo


@pytest.mark.parametrize("mode", ["stake", "unstake", "move", "weights", "register"])
@pytest.mark.parametrize("netuid", ["1", "3", "0"])
def test_every_form_at_its_ends(lab, mode, netuid):
    lab.form.mode.value, lab.form.subnet.value = mode, netuid
    for hotkey in (YOUR_HOTKEY, "validator-4"):
        lab.form.hotkey.value = hotkey
        for amount in (lab.form.amount.low, lab.form.amount.high, 1e12):
            lab.form.amount.value = amount
            check_offer(lab)
        for limit in (0.0, lab.form.limit.low, lab.form.limit.high, 1e12):
            lab.form.limit.on, lab.form.limit.value = True, limit
            lab.form.amount.value = 5.0
            for partial in ("all", "part"):
                lab.form.partial.value = partial
                check_offer(lab)
        lab.form.limit.on = False


def check_offer(lab) -> None:
    """The button can be pressed, or says why not; pressing it does what it says, or nothing."""
    game, title = lab.game, lab.button.title
    assert title and lab.button.enabled == (not lab.button.reason[1])
    could = lab.button.enabled
    lab.act()
    assert could == (lab.game is not game)
    if not could:
        assert lab.button.reason[1] and lab.button.reason[3]
    lab.step(1)
    assert violations(lab.game.chain.state) == []
    assert lab.finding.title and "nan" not in lab.summary.text


@pytest.mark.parametrize("rights", ["root", "owner"])
def test_every_rule_at_the_ends_of_its_slider(lab, rights):
    lab.form.mode.value, lab.form.rights.value = "rules", rights
    for rule in RULE_NAMES:
        lab.form.rule.value = rule
        assert lab.form.rule.chain == rule and lab.form.rule.sentence
        stops = lab.form.value.stops
        assert stops == sorted(set(stops)) and len(stops) >= 2
        now = lab.form.value.value
        for value in (stops[0], stops[-1], -1e30, 1e30, now):
            lab.form.value.value = value
            game, could = lab.game, lab.button.enabled
            assert could == (not lab.button.reason[1]) and lab.quote.rows
            lab.act()
            assert could == (lab.game is not game), lab.button.reason
            lab.step(1)
            assert violations(lab.game.chain.state) == [], (rule, value)


def test_what_the_chain_refuses_is_said_in_its_words_with_what_to_do(lab):
    lab.form.mode.value, lab.form.subnet.value = "weights", "1"
    game = lab.game
    assert lab.button.reason[0] == "HotKeyNotRegisteredInSubNet" and not lab.button.enabled
    assert "Register" in lab.button.reason[3]
    lab.act()
    assert lab.game is game
    lab.form.mode.value, lab.form.subnet.value = "stake", "3"
    lab.form.amount.value = 9_999
    name, what, values, advice = lab.button.reason
    assert name == "NotEnoughBalanceToStake" and "600" not in values and "9\u202f999" in values
    assert advice.startswith("Ask for less") and what.endswith(".")
    lab.form.amount.value = 10
    assert lab.button.enabled and lab.button.reason == ["", "", "", ""]


def test_root_or_the_owner_sets_the_rules(lab):
    lab.form.mode.value, lab.form.rule.value = "rules", "kappa"
    lab.form.value.value = 0.7
    assert lab.button.enabled
    lab.form.rights.value = "owner"
    assert lab.button.reason[0] == "BadOrigin" and "Root’s" in lab.button.reason[3]
    lab.form.rule.value = "bonds_moving_average"
    assert max(lab.form.value.stops) == 0.975
    lab.form.rights.value = "root"
    assert max(lab.form.value.stops) == 1.0
    lab.form.rule.value = "tempo"
    lab.form.value.value = 30
    lab.act()
    assert lab.chain.state.hyperparameters(3).tempo == 30
    assert '"tempo", 30' in lab.code.code


def test_a_miner_is_registered_at_the_price_that_is_quoted(lab):
    lab.form.mode.value = "register"
    assert lab.button.reason[0] == "HotKeyAlreadyRegisteredInSubNet"
    lab.form.hotkey.value = YOUR_MINERS[0]
    cost, free = int(lab.chain.state.clocks.burn[3]), lab.chain.state.free[YOU]
    assert lab.button.title == "Register your-miner-1 on SN 3"
    lab.act()
    assert free - lab.chain.state.free[YOU] == cost
    assert lab.chain.state.subnet(3).uids[YOUR_MINERS[0]] == 12
    lab.form.mode.value = "weights"
    assert lab.form.weights.columns[-1] == "M12", "a new miner can be given weight"
    assert sum(lab.form.weights.values[0]) == 100


def test_a_limit_stops_a_trade_or_does_a_part_of_it(lab):
    lab.form.amount.value = 500
    lab.form.limit.on = True
    lab.form.limit.value = 1.02 * alpha_price(lab.chain.state, 3)
    assert lab.button.reason[0] == "SlippageTooHigh"
    lab.form.partial.value = "part"
    assert lab.button.enabled
    lab.act()
    assert alpha_price(lab.chain.state, 3) == pytest.approx(lab.form.limit.value, rel=1e-4)
    assert "add_stake_limit" in lab.code.code
    assert replayed(lab.code.code) == lab.digest


def test_stake_on_root_and_the_subnet_that_is_followed(lab):
    lab.form.subnet.value = "0"
    lab.form.hotkey.value = "validator-1"
    lab.act()
    assert stake_of(lab.chain.state, 0, "validator-1", YOU) == tao(100)
    assert lab.netuid == 3 and lab.finding.title.startswith("Subnet 3")
    assert [row[0]["text"] for row in lab.wallet.rows] == ["SN 3", "Root", "With free, τ"]


def test_fork_switch_drop_and_undo_of_each(lab):
    lab.bar.others = True
    lab.step(20)
    lab.bar.command, lab.bar.pressed = "fork", 1
    assert lab.bar.futures == ["fork", "main"] and not lab.futures.hidden
    lab.act()
    lab.step(30)
    here, there = lab.digest, digest(lab.game.without.chain.state)
    lab.bar.future = "main"
    assert lab.digest == there and replayed(lab.code.code) == there
    lab.undo()
    assert lab.digest == here and lab.bar.future == "fork" and replayed(lab.code.code) == here
    lab.bar.command, lab.bar.pressed = "drop", 2
    assert lab.bar.futures == ["main"] and lab.futures.hidden and lab.digest == here
    lab.undo()
    assert lab.bar.futures == ["fork", "main"]
    for _ in range(4):
        lab.undo()
    lab.undo()
    assert not lab.game.others and not lab.bar.others and not lab.bar.can_undo


def test_the_code_of_a_long_game_ends_in_the_same_state(lab):
    for mode in ("stake", "unstake", "move"):
        lab.form.mode.value = mode
        lab.form.amount.value = 12.345
        lab.act()
        lab.step(11)
    lab.form.mode.value = "weights"
    lab.form.weights.values = [[40, 30, 20, 10, 0, 0]]
    lab.act()
    lab.bar.others = True
    lab.form.mode.value, lab.form.hotkey.value = "register", YOUR_MINERS[1]
    lab.act()
    lab.form.mode.value, lab.form.rule.value, lab.form.value.value = "rules", "liquid_alpha", 1
    lab.act()
    lab.form.rule.value, lab.form.value.value = "alpha_high", 1.0
    lab.act()
    lab.step(70)
    assert len(lab.code.code.splitlines()) == 15, lab.code.code
    assert replayed(lab.code.code) == lab.digest


def test_play_goes_on_until_it_is_paused_and_is_one_step_to_undo(lab):
    lab.bar.pace = "10"
    lab.bar.paces = [("1000", "fast")]
    lab.bar.pace = "1000"

    async def session():
        before = lab.game
        lab.play()
        lab.play()  # a second press of the same button cannot start a second loop
        await asyncio.sleep(0.3)
        lab.pause()
        reached = lab.game.chain.block
        await asyncio.sleep(0.05)
        return before, reached, lab.game.chain.block

    before, reached, later = asyncio.run(session())
    assert before.chain.block + 3 < reached == later
    assert not lab.bar.playing
    lab.undo()
    assert lab.game is before


def test_play_waits_for_a_slow_browser_and_ends_when_nobody_looks(lab, monkeypatch):
    lab.bar.pace = "1000"
    monkeypatch.setattr("bittensor_lab.labs.game.UNSEEN", 0.3)

    async def session():
        lab.play()
        await asyncio.sleep(0.05)
        lab.bar.seen = lab.bar.frame  # a browser has drawn this frame, and then no other
        seen = lab.bar.frame
        await asyncio.sleep(0.2)
        drawn = lab.bar.frame
        await asyncio.sleep(0.5)
        return drawn - seen, lab.bar.playing

    ahead, playing = asyncio.run(session())
    assert 0 < ahead <= 4 and not playing


def test_closing_ends_play(lab):
    async def session():
        lab.play()
        task = lab._task
        lab.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return task

    assert asyncio.run(session()).cancelled()


def test_a_game_is_saved_and_loaded_and_nothing_is_lost(lab, home):
    lab.bar.others = True
    lab.act()
    lab.step(20)
    lab.shelf.name, lab.shelf.command, lab.shelf.pressed = "before", "save", 1
    assert lab.shelf.games == ["before"] and "before" in lab.shelf.said
    kept, code, title = lab.digest, lab.code.code, lab.finding.title
    lab.step(30)
    here = lab.game
    lab.shelf.command, lab.shelf.pressed = "load", 2
    assert (lab.digest, lab.code.code, lab.finding.title) == (kept, code, title)
    assert replayed(lab.code.code) == kept
    lab.undo()
    assert lab.game is here
    (path,) = home.rglob("*.game")
    path.write_bytes(b"not a game")
    lab.fetch("before")
    assert lab.game is here and lab.shelf.said.startswith("“before” is damaged")
    for name in ("../up", "", "a" * 60, "a/b", ".x", "a\nb"):
        lab.keep(name)
        assert "cannot be called" in lab.shelf.said and lab.game is here
    assert len(list(home.rglob("*.game"))) == 1


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
    assert lab.finding.title in lab._repr_mimebundle_()["text/plain"]


def test_every_advice_is_for_an_error_that_there_is():
    from bittensor_lab import errors
    from bittensor_lab.labs.refusals import ADVICE, refused

    for name in ADVICE:
        error = getattr(errors, name)("some values")
        assert isinstance(error, ChainError) and refused(error).advice == ADVICE[name]
    assert refused(InputError("there is no such thing")).advice.endswith(".")
    assert store.packed(opening(1).chain.state) == store.packed(opening(1).chain.state)
