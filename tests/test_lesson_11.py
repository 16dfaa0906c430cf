"""Lesson 11: a subnet's life against the engine's rules, its sentences, and the questions that it answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lesson import run, source

from bittensor_lab import labs, lifecycle
from bittensor_lab.invariants import violations
from bittensor_lab.kernels import amm
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.kernels.emission import FULL_EMISSION, block_emission
from bittensor_lab.labs import life as lab_module
from bittensor_lab.lessons import self_check
from bittensor_lab.market import fee_factor
from bittensor_lab.play import life as play
from bittensor_lab.play import life_story as story
from bittensor_lab.play.life import Plan, life
from bittensor_lab.presets import mainnet
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX, tao

pytestmark = pytest.mark.usefixtures("home")
CLIENTS = Plan(clients=12, bought_back=0.75)
HYPE, OLD = Plan(staked=1_200, stay=26), Plan(staked=1_200, stay=26, early=True)
RIVAL = Plan(clients=12, bought_back=0.75, locked=0.5)
PLANS = (Plan(), CLIENTS, HYPE, OLD, RIVAL)
REAL = Path(__file__).resolve().parents[2] / "shared" / "real" / "subnets_2026-04-11.csv"


@pytest.fixture
def lab():
    made = labs.subnet_life()
    yield made
    made.close()


def rising(values: pd.Series) -> bool:
    return bool((values.diff().dropna() > 0).all())


# --- who gets the pot: question 31 -----------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_question_31_the_pot_is_shared_by_alpha_to_the_last_rao(plan):
    view = life(plan)
    split, whole = view.split, view.split.alpha.sum()
    beside = view.pot - view.course.pot.iloc[-1]  # the fee of the miners' registration stays on the account
    assert 0 <= beside < 0.001, "nothing appears or is lost"
    assert split.part.sum() == pytest.approx(1) and (split.tao >= 0).all()
    stakers = split[split.kind == "staker"]
    parts = stakers.tao.to_numpy() / view.course.pot.iloc[-1]
    assert parts == pytest.approx((stakers.alpha / whole).to_numpy(), abs=1e-6)
    claims = [round(alpha * RAO_PER_TAO) for alpha in split.alpha[split.kind != "refund"]]
    told = lifecycle.share_out(round(view.course.pot.iloc[-1] * RAO_PER_TAO), claims)
    assert stakers.tao.to_numpy() * RAO_PER_TAO == pytest.approx(told[: len(stakers)], abs=1)


def test_question_31_the_pools_own_alpha_has_a_claim():
    view = life()
    inside = view.split.set_index("who").part["pool’s own alpha"]
    assert inside > 0.5 and view.part("chain") >= inside and view.part("refund") == 0
    assert lab_module.bet_strip().truth == pytest.approx(100 * (1 - inside), abs=1)
    assert view.pot > view.lock, "more TAO than was locked"


def test_question_31_only_the_old_rules_give_the_founder_something_back():
    now, old = life(HYPE), life(OLD)
    pd.testing.assert_frame_equal(now.course, old.course)
    assert now.part("refund") == 0 and old.part("chain") == 0
    assert round(old.part("refund") * old.pot) == 291 and round(old.lock) == 735
    bought = now.split.set_index("who").alpha["chain’s own alpha"]
    there = old.split.alpha[old.split.kind == "staker"].sum()
    assert old.part("refund") == pytest.approx(bought / (bought + there), rel=1e-5), "what stakers leave"


def test_worth_exit_and_pot_are_three_numbers():
    for plan in (Plan(), CLIENTS, Plan(staked=50)):
        view = life(plan)
        paid = view.split.set_index("who").tao["early buyers"]
        assert view.worth > view.exit > paid > 0
        assert view.back == pytest.approx(paid)
    assert (round(life().worth), round(life().exit)) == (250, 195)


def test_a_dissolution_is_everybodys_exit_together():
    split = life().split.set_index("who")
    inside, chain = (split.alpha[f"{whose}’s own alpha"] for whose in ("pool", "chain"))
    held = tao(split.alpha[split.kind == "staker"].sum())
    _, _, out, _ = amm.swap(
        False, tao(life().course.pot.iloc[-1]), tao(inside), EVEN, held, 1e-6, 0, fee_factor(0)
    )
    assert chain == 0 and out / RAO_PER_TAO == pytest.approx(
        split.tao[split.kind == "staker"].sum(), rel=1e-6
    )


# --- who goes: question 27 -------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_the_lowest_moving_price_past_immunity_goes(plan):
    view = life(plan)
    course = view.course.set_index("week")
    immune = mainnet().network.network_immunity_period / 7_200 / 7
    assert immune * 7 == 120
    comes = view.happened[view.happened.what == "newcomer"].week
    lower = [week for week in comes if week > immune and course.moving[week] < course.nearest[week]]
    assert view.ended == (lower[0] if lower else None)
    assert view.course.week.iloc[-1] == (view.ended or play.WEEKS)


def test_question_27_the_launch_price_is_the_median_of_the_others():
    view = life()
    first, second = view.course.price.iloc[:2]
    assert first == pytest.approx(np.median(play.PRICES), rel=1e-3) and round(first, 2) == 0.18
    assert second / first == pytest.approx(1.8, abs=0.02) and view.course.moving.iloc[0] == 0
    tao_in, alpha_in = lifecycle.first_reserves(tao(735), tao(1), 0.18)
    assert tao_in / alpha_in == pytest.approx(0.18)


def test_question_27_the_moving_price_lags_by_weeks():
    hype = life(HYPE)
    course = hype.course.set_index("week")
    assert course.price[26] < course.nearest[26] < course.moving[26]
    assert (hype.ended, hype.week_of("left")) == (40, 26)
    assert life().course.price.iloc[-1] < life().course.moving.iloc[-1] < life().course.nearest.iloc[-1]


def test_question_27_at_the_end_of_immunity_four_fifths_of_the_way_are_made():
    for network in (mainnet().network, play.rules().network):
        block = np.arange(1, network.network_immunity_period + 1)
        part = network.subnet_moving_alpha / ONE * block / (block + network.ema_price_halving_blocks)
        assert 1 - np.exp(np.log1p(-part).sum()) == pytest.approx(0.8, abs=0.01)


def test_every_time_is_shortened_alike():
    real, ours = mainnet().network, play.rules().network
    for name in play.TIMES:
        assert getattr(ours, name) * play.FASTER == pytest.approx(getattr(real, name), abs=play.FASTER / 2), (
            name
        )
    assert ours.subnet_moving_alpha == play.FASTER * real.subnet_moving_alpha
    assert play.WEEK * play.FASTER == 7 * 7_200


def test_revenue_outlives_emission():
    tries = [life(Plan(clients=paid)) for paid in (0, 6, 10, 16)]
    ended = [view.ended or np.inf for view in tries]
    assert ended == [32, 40, 56, np.inf]
    least = [life(Plan(clients=paid, bought_back=0.75)).ended for paid in (7, 8)]
    assert least == [56, None], "8 τ a week are enough"
    assert life(CLIENTS).stakers > life().stakers + 0.05
    assert rising(pd.Series([life(Plan(clients=paid)).course.price[30] for paid in (0, 6, 10, 16)]))
    assert len(story.tables(life())["twin"]) == 0
    twin = story.tables(life(CLIENTS))["twin"]
    pd.testing.assert_frame_equal(twin, life(Plan(bought_back=0)).course[["week", "price"]])


def test_fewer_newcomers_are_more_weeks_of_pay():
    often, seldom = life(), life(Plan(newcomers=17))
    assert (often.ended, seldom.ended) == (32, 51) and (round(often.pot), round(seldom.pot)) == (888, 866)
    for who in ("miners", "founder", "root’s validators"):
        held = [view.split.set_index("who").alpha[who] for view in (often, seldom)]
        assert held[0] < held[1], who


def test_miners_and_founder_are_paid_in_every_week():
    view, cut = life(Plan(sold=0.0)), mainnet().network.subnet_owner_cut / U16_MAX
    alpha, weeks = view.split.set_index("who").alpha, len(view.course) - 3  # from the third week on
    assert alpha.miners == pytest.approx(play.WEEK * weeks * (1 - cut) / 2, rel=0.02)
    assert alpha.founder > play.WEEK * weeks * cut
    slopes = life().course.set_index("week").price[3:31].diff().dropna()
    assert (slopes < 0).all() and slopes.min() > 2.5 * slopes.max(), "without a kink"


# --- what founding costs, and who owns: questions 31 and 33 ----------------------------------------------


def test_question_31_since_the_halving_the_doubling_is_undone_when_the_next_may_found():
    costs = play.lock_costs().set_index("day").cost
    network = mainnet().network
    assert network.network_rate_limit / 7_200 == 4 and costs[0] == 2_000 and round(costs[4]) == 1_000
    before = play.lock_costs(issued=1_000_000).set_index("day").cost
    assert before[4] == pytest.approx(1_500) and costs.min() == play.LEAST_LOCK
    reward = int(block_emission(tao(play.ISSUED)))
    assert reward * 2 == FULL_EMISSION
    assert life(Plan(waited=4.0)).lock == pytest.approx(1_000, rel=0.03)
    locks = [life(Plan(waited=days)).lock for days in (4.0, 5.0, 6.0, 7.0)]
    assert rising(-pd.Series(locks)) and life().lock == pytest.approx(costs[5], rel=0.03)


def test_question_33_conviction_makes_the_rival_the_owner_after_a_year():
    view = life(RIVAL)
    assert view.owner == play.RIVAL and view.week_of("new owner") == 53
    assert mainnet().network.takeover_age / 7_200 / 7 < 53
    assert life(CLIENTS).owner == play.FOUNDER
    few, enough = (life(Plan(clients=12, bought_back=0.75, locked=part)) for part in (0.4, 0.45))
    assert few.owner == play.FOUNDER, "not below a tenth of the alpha outside"
    assert enough.owner == play.RIVAL
    assert "rival" in view.split.who.tolist(), "who is owner is paid as owner"


def test_question_33_a_lock_gathers_conviction():
    table = play.convictions().set_index("weeks")
    assert rising(table.perpetual) and table.perpetual.iloc[-1] < 1_000
    fading = table["conviction, decaying"]
    assert 0 < fading.iloc[-1] < fading.max() < 400 and fading.idxmax() not in (0, 104)
    assert table["toward the owner"].equals(table["mass, decaying"])
    assert rising(-table["mass, decaying"])


# --- the network, the sentences, the marks ----------------------------------------------------------------


@pytest.mark.parametrize("early", [False, True])
def test_the_network_obeys_the_laws_of_the_chain(early):
    state, lock = play._founded(Plan(early=early))
    assert violations(state) == [] and lock == pytest.approx(life().lock)


def test_the_title_says_what_the_data_say(lab):
    assert lab.drawing.title == "Deregistered in week 32: stakers got 26\u00a0% of the pot"
    assert round(100 * lab.result.stakers) == 26 and lab.result.ended == 32
    lab.controls["preset"].value = "clients"
    part = round(100 * lab.result.stakers)
    assert lab.drawing.title == f"Alive after 64 weeks; ended now, stakers would get {part}\u00a0% of the pot"
    assert "would go to nobody" in lab.drawing.summary and "Dashed" in lab.drawing.subtitle
    lab.controls["preset"].value = "early"
    assert "of the lock came back to the owner" in lab.drawing.summary
    assert "recycled" not in lab.drawing.summary and "The early buyers left" in lab.drawing.summary
    lab.controls["preset"].value = "rival"
    assert "In week 53 conviction made the rival the owner." in lab.drawing.summary


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_the_marks_stand_where_things_happened(plan):
    view = life(plan)
    tables, top = story.tables(view), story.limits(view)["price"]
    parts = tables["parts"]
    assert parts.right.sum() == pytest.approx(1)
    paid_as_owners = "founder, rival" if plan == RIVAL else "founder"
    assert parts.who.tolist() == [paid_as_owners if who == "founder" else who for who in story.ROWS]
    assert np.diff(np.sort(tables["ends"].apart)).min() >= 0.08 * top
    assert tables["rules"].lane.is_unique and ("deregistered" in set(tables["rules"].words)) == (
        view.ended is not None
    )
    assert tables["rules"].words[0] == "founded at 0.18 τ, start call"
    assert tables["paid"].cost.tolist() == [view.lock]


# --- the lesson -------------------------------------------------------------------------------------------

PAID = "def paid(pot, alpha, chain):\n    return pot * alpha / (alpha.sum() + chain)"
LOCK = (
    "def lock_cost(last, waited, interval, least):\n"
    "    return max(least, 2 * last - last // interval * waited)"
)
WRONG_PAID = {
    "stakers get all": "def paid(pot, alpha, chain):\n    return pot * alpha / alpha.sum()",
    "half and half": "def paid(pot, alpha, chain):\n    return pot / 2 * alpha / alpha.sum()",
    "equal parts": "def paid(pot, alpha, chain):\n    return alpha * 0 + pot / len(alpha)",
}
WRONG_LOCK = {
    "halves": "def lock_cost(last, waited, interval, least):\n    return max(least, int(2 * last * 0.5 ** (waited / interval)))",  # noqa: E501
    "no floor": "def lock_cost(last, waited, interval, least):\n    return 2 * last - last // interval * waited",  # noqa: E501
    "never doubles": "def lock_cost(last, waited, interval, least):\n    return max(least, last - last // interval * waited)",  # noqa: E501
    "not cut off": "def lock_cost(last, waited, interval, least):\n    return max(least, 2 * last - last * waited // interval)",  # noqa: E501
}


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    texts, _ = run(source("11"), tmp_path, monkeypatch, {"answer-1": PAID, "answer-2": LOCK})
    assert texts["check-1"].startswith("paid: right, equal to the engine in 3 cases")
    assert texts["check-2"].startswith("lock_cost: right, equal to the engine in 5 cases")


@pytest.mark.parametrize("name", [*WRONG_PAID, *WRONG_LOCK])
def test_misconceptions_are_not_right(name, capsys):
    space: dict[str, object] = {}
    exec({**WRONG_PAID, **WRONG_LOCK}[name], space)
    split = life().split
    staker, chain = (split[split.kind == kind] for kind in ("staker", "chain"))
    asked = [(10**12, waited, 28_800, 250 * 10**9) for waited in (0, 28_800, 36_001, 57_600, 10**6)]
    costs = [lifecycle.network_lock_cost(a[0], 1, 1 + a[1], a[2], a[3], 10**9) for a in asked]
    if name in WRONG_PAID:
        arguments = life().course.pot.iloc[-1], staker.alpha.to_numpy(), chain.alpha.sum()
        self_check(space["paid"], [(arguments, staker.tao)])
    else:
        self_check(space["lock_cost"], list(zip(asked, costs, strict=True)))
    assert "not right yet" in capsys.readouterr().out


@pytest.mark.skipif(not REAL.is_file(), reason="no recorded table of main net beside the project")
def test_what_is_said_of_the_real_network():
    table = pd.read_csv(REAL)
    table = table[table.netuid > 0]
    outside = table.alpha_out / (table.alpha_out + table.alpha_in)
    assert len(table) == 128 == mainnet().network.subnet_limit
    assert round(table.price_tao.median(), 4) == 0.0057 and round(table.moving_price.min(), 4) == 0.0023
    assert round(table.tau_in.median(), -2) == 7_900 and round(outside.median(), 2) == 0.62
