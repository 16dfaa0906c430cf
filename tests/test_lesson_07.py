"""Lesson 07: what a place costs, who goes, the sentences of its lab, and the questions that it answers."""

from __future__ import annotations

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import block, labs
from bittensor_lab.invariants import violations
from bittensor_lab.labs import pruning as lab_module
from bittensor_lab.neurons import prunable
from bittensor_lab.params import Hyperparameters
from bittensor_lab.views import pruning as views

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("07")


@pytest.fixture
def lab():
    made = labs.registration_and_pruning()
    yield made
    made.close()


def test_question_30_a_rush_piles_up_and_a_half_life_halves():
    costs = views.rush(12)
    assert np.array(costs[1:]) / costs[:-1] == pytest.approx(1.26, rel=1e-9)
    assert costs[-1] == pytest.approx(12.71, abs=0.01) == lab_module.bet_strip().truth
    assert costs[10] == pytest.approx(10.09, abs=0.01), "ten in a block: ten times dearer"
    assert views.price_after(1.0, 3, 60, 60) == pytest.approx(1.0, abs=0.001), "three in a half-life hold it"
    assert views.price_after(8.0, 0, 90, 270) == pytest.approx(1.0, rel=1e-4)
    assert views.price_after(10.0, 0, 60, 180) > 1.0 > views.price_after(10.0, 0, 60, 240)
    rush = views.course(views.Rules(every=20))
    assert int(rush.states[-2].clocks.burn[views.NETUID]) / 1e9 == pytest.approx(100, rel=0.1), "the ceiling"
    rules = Hyperparameters()
    assert rules.burn_half_life * 12 == 72 * 60 and rules.min_burn == 500_000


def test_question_13_a_day_is_longer_than_immunity():
    assert Hyperparameters().immunity_period * 12 == 16 * 3600 + 40 * 60
    rush, flood = (views.course(views.Rules(every=every)).registrations for every in (20, 10))
    ages = rush.age[rush.replaced.str.startswith("newcomer")]
    assert set(ages) == {views.Rules().immunity}, "as soon as the immunity is over, good or bad"
    first = rush.replaced.tolist().index(views.YOU)
    assert rush.replaced[first - 1] == "validator-1", "before that even a validator"
    assert flood.age.min() < views.Rules().immunity and views.died_unpaid(views.course(views.Rules(every=10)))
    assert views.course(views.Rules()).states[0].hyperparameters(views.NETUID).min_non_immune_uids == 2


def test_question_12_the_chain_does_not_ask_what_a_uid_is():
    assert views.goes_first([3, 3, 3], [20, 10, 10], 1_000, 100) == 1  # older, then lower uid
    silent = views.silent_validator()
    told = silent["uid 1 sets weights"]
    assert (silent["uid that would go"][told] != 1).all()
    assert (silent["uid that would go"][~told] == 1).all() and (silent["its emission, α"][~told] == 0).all()
    assert "validator" in set(views.course(views.Rules(every=20)).registrations.replaced.str[:9])


def test_question_9_the_epochs_emission_decides():
    view = views.pruning(300)
    free = view.uids[(view.uids.stand != "never") & (view.uids.immune == 0)]
    assert (
        view.goes == free.sort_values(["emission", "age", "uid"], ascending=[True, False, True]).uid.iloc[0]
    )


@pytest.mark.parametrize("rules", [views.Rules(), views.Rules(every=60, immunity=120, period=3)])
def test_the_bars_stand_in_the_order_in_which_they_would_go(rules):
    for at in range(0, views.COURSE + 1, 30):
        view = views.pruning(at, rules)
        state, queue = view.course.states[at // views.STEP], views.tables(view)["uids"]
        assert queue.uid[0] == prunable(state, state.subnet(views.NETUID))
        assert queue.place.is_monotonic_increasing and queue.role.iloc[-1] == "owner"
        line = queue[queue.group == 0]
        assert line.emission.is_monotonic_increasing and not line.immune.any()


def test_each_registration_lifts_the_price_by_the_rise_that_was_chosen():
    played = views.course(views.Rules(rise=1.5))
    price = views.tables(views.pruning(300, views.Rules(rise=1.5)))["price"]
    for row in played.registrations.itertuples():
        before, after = price.price[price.block == row.block]
        assert before == row.cost and after / before == pytest.approx(1.5, rel=1e-8)
    flat = views.course(views.Rules(rise=1.0)).registrations.cost
    assert flat.is_monotonic_decreasing


def test_question_14_sealed_for_longer_than_immune_is_death_unpaid():
    sealed = [views.Rules(every=60, immunity=60 * n, period=3) for n in (1, 2, 3, 5)]
    unpaid = [views.died_unpaid(views.course(rules)) for rules in sealed]
    assert unpaid[0] >= unpaid[1] > 5 and unpaid[2:] == [0, 0]
    table = views.sealed(3, (1, 2, 3, 4, 5))
    assert table["went unpaid"].tolist()[1:3] == unpaid[1:3]
    useless, best = table.iloc[:, 2], table.iloc[:, 3]
    assert (useless[:3] == best[:3]).all() and useless[3] > 0, "paid for the uid's last holder"
    assert (best[3:] > 10 * useless[3:]).all(), "from period + 1 tempos on one's own work counts"


def test_without_immunity_every_newcomer_gets_the_last_ones_uid():
    rows = views.course(views.Rules(every=40, immunity=0)).registrations
    assert (rows.replaced[1:].to_numpy() == rows.newcomer[:-1].to_numpy()).mean() > 0.9


def test_who_comes_often_makes_places_short():
    stays = [views.stay(views.Rules(every=every)) for every in (20, 60, 120)]
    assert stays == sorted(stays) and stays[-1] == views.COURSE - views.FIRST
    assert views.stay(views.Rules(skill=1.0)) > views.stay(views.Rules(skill=0.0))


def test_the_course_is_the_chains_own_and_keeps_its_laws():
    for seed in (0, 1, 2):
        played = views.course(views.Rules(every=30, seed=seed))
        assert all(not violations(state) for state in played.states[::12])
        for row in played.registrations.itertuples():
            before = block.run(played.states[row.block // views.STEP - 1], views.STEP)
            assert prunable(before, before.subnet(views.NETUID)) == row.uid


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "uid 7 goes next, in 90\u00a0blocks"
    lab.controls["skill"].values = [0.0]
    lab.controls["now"].values = [250.0]
    fate = lab.result.course.registrations.query("replaced == 'you'")
    assert fate.paid.iloc[0] == views.paid_to_you(lab.result.course.rules)
    there = f"in block {fate.block.iloc[0]}, {fate.age.iloc[0]} blocks after it came"
    assert f"will lose its uid {there}" in lab.drawing.summary
    lab.controls["now"].values = [float(fate.block.iloc[0]) - 10]
    assert lab.drawing.title == "You go next, in 10\u00a0blocks"
    lab.controls["now"].values = [720.0]
    assert lab.drawing.title.endswith("when somebody registers")
    assert f"Your miner lost its uid {there}" in lab.drawing.summary


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": "def price_later(burn, n, blocks, half_life):\n"
        "    return burn * 1.26**n * 0.5 ** (blocks / half_life)",
        "answer-2": "def goes_next(emission, registered, block, immunity):\n"
        "    old = [u for u in range(len(emission)) if block - registered[u] >= immunity]\n"
        "    return min(old, key=lambda u: (emission[u], registered[u], u))",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("price_later: right") and texts["check-2"].startswith(
        "goes_next: right"
    )
    for first, second in (
        ("burn * 1.26 * n * 0.5 ** (blocks / half_life)", "emission.index(min(emission))"),
        ("burn * 1.26**n * (1 - blocks / half_life / 2)", "registered.index(max(registered))"),
    ):
        wrong = {
            "answer-1": f"def price_later(burn, n, blocks, half_life):\n    return {first}",
            "answer-2": f"def goes_next(emission, registered, block, immunity):\n    return {second}",
        }
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]
