"""Lesson 10: what staking comes to, its lab without a browser, and the questions that it answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lesson import run, source

from bittensor_lab import coinbase, labs
from bittensor_lab.block import run as pass_on
from bittensor_lab.kernels.amm import amount_out
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.lessons import self_check
from bittensor_lab.market import alpha_price
from bittensor_lab.play import returns
from bittensor_lab.play import returns_story as story
from bittensor_lab.play.returns import HOTKEY, WEEK, WEEKS, YOU, Plan, year
from bittensor_lab.presets import mainnet
from bittensor_lab.stake import stake_of
from bittensor_lab.units import ONE, RAO_PER_TAO, U16_MAX
from bittensor_lab.views.economy import emission_breakdown

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("10")
REAL = Path(__file__).resolve().parents[2] / "shared" / "real" / "subnets_2026-04-11.csv"
FEE = mainnet().subnet.fee_rate / U16_MAX


@pytest.fixture
def lab():
    made = labs.staking_returns()
    yield made
    made.close()


def test_the_year_is_what_the_chain_does_block_by_block():
    plan = Plan(trend=0.0, amount=30)
    state = pass_on(returns.started(plan), WEEK - 1)
    first = year(plan).course.iloc[0]
    assert first.alpha == stake_of(returns.started(plan), 2, HOTKEY, YOU) / RAO_PER_TAO
    state = pass_on(state, 1)  # the trades of the week come after its last block's epoch
    held = stake_of(state, 2, HOTKEY, YOU) / RAO_PER_TAO
    assert year(plan).course.alpha[1] == pytest.approx(held, abs=2e-9) and held > first.alpha


def test_exit_is_a_sale_in_the_pool_and_worth_is_alpha_at_the_spot_price():
    state, course = returns.started(Plan()), year(Plan()).course
    tao, alpha = (int(column[2]) / RAO_PER_TAO for column in (state.pools.tao_in, state.pools.alpha_in))
    sold = course.alpha[0] * (1 - FEE)
    assert course.exit[0] == pytest.approx(tao * sold / (alpha + sold), rel=1e-9)
    assert course.worth.to_numpy() == pytest.approx((course.alpha * course.price).to_numpy(), rel=1e-9)
    assert (course.exit < course.worth).all() and (course.bought <= course.exit).all()


def test_question_1_a_wallet_shows_a_gain_right_after_buying_and_a_sale_gives_none():
    for amount in (5, 20, 100):
        start = year(Plan(amount=amount)).course.iloc[0]
        assert amount * (1 - 2 * FEE) <= start.exit < amount < start.worth
    assert round(year(Plan(amount=100)).course.worth[0]) == 131
    for week in (1, 30, WEEKS):
        bars = story.tables(year(Plan()), week)["bars"]
        gained = year(Plan()).course.exit[week] - 20
        assert bars.text[2].startswith(story._signed(gained))
        assert (bars.right - bars.left)[4] == pytest.approx(abs(year(Plan()).course.root[week] - 20))


def test_what_the_lesson_says_of_its_year():
    usual = year(Plan())
    assert story.title(usual, WEEKS) == "After a year: 21\u00a0% in alpha, 6\u00a0% after exit"
    assert round(100 * year(Plan(off=0.5)).alpha_gain(WEEKS)) == 13
    offers = story.offers().set_index("subnet")
    assert round(100 * offers.alpha_a_year["Middle"]) == 28
    lucks = story.lucks(Plan())
    assert [round(100 * end) for end in (lucks["in alpha"].min(), lucks["in alpha"].max())] == [19, 22]
    assert [round(100 * end) for end in (lucks["after exit"].min(), lucks["after exit"].max())] == [-22, 46]
    better = usual.course.week[usual.course.exit > usual.course.root]
    assert better.tolist() == [1, 47, 50, 51, 52], "weeks in which you would have left with more"
    assert (returns.SOLD, returns.USUAL) == (0.5, 0.005)
    assert (lucks["after exit"] < lucks["on root"]).sum() == 3
    assert (lucks["on root"] * 100).round().eq(2).all()
    best, worst = (year(Plan(netuid=n)) for n in (3, 1))
    assert best.alpha_gain(WEEKS) > usual.alpha_gain(WEEKS) > worst.alpha_gain(WEEKS)
    assert best.gain("exit", WEEKS) < min(usual.gain("exit", WEEKS), worst.gain("exit", WEEKS))
    assert returns.FASTER == 2_520 and WEEK * WEEKS == 1_040


def test_take_and_quality_cost_what_they_say():
    free, taken = (year(Plan(take=take)).alpha_gain(WEEKS) for take in (0.0, 0.18))
    assert taken / free == pytest.approx(1 - 0.18, abs=0.03)
    assert round(100 * free) == 26
    assert round(100 * year(Plan(take=0.0, off=0.5)).alpha_gain(WEEKS)) == 16
    by_quality = [year(Plan(off=off)).alpha_gain(WEEKS) for off in (0.0, 0.5, 1.0)]
    assert by_quality[0] > by_quality[1] > by_quality[2] > 0
    assert by_quality[1] / by_quality[0] == pytest.approx(0.6, abs=0.15)
    assert (returns.trades(Plan(take=0.0)) == returns.trades(Plan(take=0.18, amount=90))).all(), "same luck"


def test_question_28_root_proportion_and_the_tao_sold_in_each_block():
    state, shares = returns.world(), story.root_share()
    root, weight = state.pools.tao_in[0], state.network.tao_weight_q32 / ONE
    alpha = np.array([state.pools.alpha_issuance(netuid) for netuid in state.netuids])
    assert shares.root_proportion.to_numpy() == pytest.approx(
        weight * root / (weight * root + alpha), rel=1e-6
    )
    assert shares.root_proportion.is_monotonic_increasing, "the younger the subnet, the more is root's"
    made, cut = 1.0, 11_796 / 65_535
    assert shares.alpha.to_numpy() == pytest.approx(made * (1 - cut) / 2 * shares.root_proportion, rel=1e-3)
    sold = year(Plan()).course.sold[1:].mean()
    assert round(sold, 3) == 0.086 and 0.5 / sold == pytest.approx(6, abs=0.3)
    assert sold < shares.tao.sum()


def test_root_is_paid_only_while_the_moving_prices_sum_to_more_than_one():
    state = returns.world()
    total = state.pools.moving_price.sum() / ONE
    assert total > 1 and coinbase.root_is_paid(state)
    low = replace(state.pools, moving_price=(state.pools.moving_price * 0.9 / total).astype(np.int64))
    state = replace(state, pools=low)
    parties = set(emission_breakdown(state).query("token == 'alpha'").party)
    assert not coinbase.root_is_paid(state) and "recycled" in parties and "root" not in parties


def test_what_root_owes_is_lost_with_the_stake_and_kept_alpha_stays_alpha():
    owed = story.left_behind().set_index("when")
    assert (owed.loc["on root"] > 0.01).all()
    assert (owed.loc[["after leaving", "after coming back"]] == 0).all(axis=None)
    sold, kept = (year(Plan(keep=keep)).course for keep in (False, True))
    assert kept.root[WEEKS] != sold.root[WEEKS] and kept.root[WEEKS] > 20
    assert sold.root.is_monotonic_increasing


def test_root_pays_about_two_per_cent_and_never_takes():
    plans = [Plan(trend=trend, netuid=netuid) for trend in (-0.015, 0.015) for netuid in (1, 2, 3)]
    gains = [year(plan).gain("root", WEEKS) for plan in plans]
    assert min(gains) > 0.01 and max(gains) < 0.03
    bad = year(Plan(off=1.0, trend=-0.015)).course.root
    assert (bad >= 20).all()


def test_question_34_by_which_factor_an_apy_is_wrong():
    times = story.mistakes().set_index("supposes").times
    assert times.iloc[:2].tolist() == [360, 20], "blocks taken for epochs; a day taken for an epoch"
    assert times["an alpha is a TAO"] == pytest.approx(1 / alpha_price(returns.world(), 2))
    assert round(1 / 0.059) == 17
    first = story.suspects(17).iloc[0]
    assert first.times == pytest.approx(times[first.supposes] * times[first["and"]]) and 15 < first.times < 19
    rates = story.rates(year(Plan())).set_index("weeks")
    assert rates.loc[WEEKS, "after exit"] == pytest.approx(year(Plan()).gain("exit", WEEKS))
    assert rates.loc[4, "after exit"] < rates.loc[WEEKS, "after exit"] - 0.5
    assert rates["in alpha"].between(0.2, 0.27).all()


@pytest.mark.parametrize(("pool", "gets"), [(7_900, 98.7), (3_350, 97)])
def test_what_the_lesson_says_of_real_pools(pool, gets):
    tao, sold = pool * RAO_PER_TAO, int(100 * (1 - FEE) * RAO_PER_TAO)
    assert amount_out(sold, tao, tao, EVEN, EVEN) / RAO_PER_TAO == pytest.approx(gets, abs=0.06)


def test_what_the_lesson_says_of_main_nets_rules():
    network = mainnet().network
    assert network.root_claims_per_block == 5 and network.tao_weight_q32 / ONE == pytest.approx(0.18)
    assert network.max_delegate_take / U16_MAX == pytest.approx(0.18, abs=1e-4)
    assert pytest.approx(0.0005, abs=1e-5) == FEE


@pytest.mark.skipif(not REAL.is_file(), reason="no recorded table of main net beside the project")
def test_what_is_said_of_the_real_network():
    table = pd.read_csv(REAL)
    table = table[table.netuid > 0]
    half, quarter = table.tau_in.median(), table.tau_in.quantile(0.25)
    assert len(table) == 128 and 7_850 < half < 7_900 and 3_300 < quarter < 3_350
    assert round(table.price_tao[table.tau_in.idxmax()], 3) == 0.083


def test_the_week_is_only_read_off(lab):
    known = year.cache_info().misses
    for week in (1.0, 17.0, 51.0):
        lab.controls["week"].values = [week]
        course = lab.result.course
        said = story._percent(course.exit[int(week)] / 20 - 1)
        assert lab.drawing.title.endswith(f"{said} after exit")
        assert f"{course.exit[int(week)]:.1f}\u00a0τ" in lab.drawing.summary
    assert year.cache_info().misses == known


@pytest.mark.parametrize(
    "plan", [Plan(), Plan(netuid=3, trend=-0.015), Plan(netuid=1, trend=0.015, amount=100)]
)
def test_everything_is_within_its_scale(plan):
    view = year(plan)
    for week in (1, 20, WEEKS):
        tables, ends = story.tables(view, week), story.limits(view, week)
        lines = tables["course"][["worth", "exit", "root", "kept"]].to_numpy() - plan.amount
        assert -ends["down"] <= lines.min() and lines.max() <= ends["up"]
        bars = tables["bars"]
        assert -ends["loss"] <= bars.left.min() and bars.right.max() <= ends["gain"]


def test_the_sentences_say_what_the_data_say(lab):
    lab.controls["preset"].value = "yield"
    assert lab.result.plan.netuid == 3 and "−" in lab.drawing.title
    lab.controls["week"].values = [1.0]
    assert lab.drawing.title.startswith("After 1 week:")
    lab.controls["trend"].values = [1.5]
    assert "over 1000\u00a0%" in story._a_year(0.2, 1)
    assert lab.bet.truth == pytest.approx(year(Plan()).course.exit[WEEKS])


HEAD = "def after_exit(paid, alpha, stake, dividend, tao_in, alpha_in, take, fee):\n"
GROWN = "    alpha *= 1 + (1 - take) * dividend / (stake + take * dividend)\n"
FEE_OFF, SALE = "    alpha *= 1 - fee\n", "    return tao_in * alpha / (alpha_in + alpha) / paid - 1"
ROOT = "def root_proportion(weight, root, alpha):\n    return "


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": f"{ROOT}weight * root / (weight * root + alpha)",
        "answer-2": f"{HEAD}{GROWN}{FEE_OFF}{SALE}",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("root_proportion: right")
    assert texts["check-2"].startswith("after_exit: right")
    wrong = {"answer-1": f"{ROOT}root / (root + alpha)", "answer-2": f"{HEAD}{GROWN}{SALE}"}
    texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
    assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]


@pytest.mark.parametrize(
    "body",
    [
        f"    alpha *= 1 + (1 - take) * dividend / stake\n{FEE_OFF}{SALE}",
        f"{GROWN}{FEE_OFF}    return tao_in / alpha_in * alpha / paid - 1",
        f"    alpha *= 1 + dividend / stake\n{FEE_OFF}{SALE}",
        f"{GROWN}{FEE_OFF}    return alpha / paid - 1",
    ],
)
def test_what_people_forget_is_wrong(body, capsys):
    names: dict[str, object] = {}
    exec(HEAD + body, names)
    numbers, gain = returns.first_epoch(Plan(netuid=3, amount=90, take=0.09))
    self_check(names["after_exit"], [(tuple(numbers.values()), gain)])
    assert "not right yet" in capsys.readouterr().out
