"""The work behind a subnet: miners, validators, clients and owners do on the chain what their names say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from random_chain import digest

from bittensor_lab import block
from bittensor_lab.agents import (
    SUPPLIERS,
    Agent,
    Miner,
    Work,
    after,
    bribed,
    bribes,
    can_pay,
    challenge_of,
    copying,
    crowd,
    honest_answer,
    intermittent,
    lazy,
    lazy_answer,
    measures,
    overfitting,
    pays_for,
    pays_its_way,
    self_serving,
    spends_revenue,
    spoofing,
)
from bittensor_lab.agents.work import _answered
from bittensor_lab.errors import InputError
from bittensor_lab.extrinsics import DissolveNetwork
from bittensor_lab.invariants import violations
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network
from bittensor_lab.scenarios.work import SCENARIOS
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT
from bittensor_lab.tasks import compute, forecasting, images, pretraining, speech, text
from bittensor_lab.units import tao

TASKS = [module.TASK for module in (forecasting, text, pretraining, compute, images, speech)]
STATE = demo_network(1, 3, 4, seed=1, weights=False)
VALIDATORS = ("validator-1", "validator-2", "validator-3")
ROUND = 60
M1, M2, M3, M4 = (f"miner-1-{number}" for number in (1, 2, 3, 4))


def work(*miners, task=speech.TASK, **rest):
    return Work(1, task, miners, starts=STATE.block, **rest)


def crew(task, act, *rest):
    """All validators, once a round."""
    return [Agent(f"{name}-cold", name, act(task, *rest), ROUND) for name in VALIDATORS]


def at(round):
    """The network with its clock in a round, and nothing else moved."""
    return replace(STATE, block=STATE.block + round * ROUND)


def scores(task, round=0, validator=VALIDATORS[0], samples=99):
    return task.scores(at(round), validator, samples)


def incentive(state, hotkey):
    subnet = state.subnet(1)
    return int(subnet.mechanisms[0].incentive[subnet.uids[hotkey]])


def given(task, state, name, hotkey=VALIDATORS[0], seed=0):
    """What an act asks for, by the kind of extrinsic."""
    asked = task(state, Agent(f"{hotkey}-cold", hotkey, task), np.random.default_rng(seed))
    return [each for each in asked if type(each).__name__ == name]


def weights(act, state, hotkey=VALIDATORS[0]):
    """The weights that an act gives, by the miners' hotkeys, of 1."""
    (found,) = given(act, state, "SetWeights", hotkey)
    names = state.subnet(1).hotkeys
    return {names[uid]: value / 65535 for uid, value in zip(found.uids, found.values, strict=True)}


def with_free(state, coldkey, rao):
    missing = rao - state.free.get(coldkey, 0)
    return replace(state, free=state.free.set(coldkey, rao), total_issuance=state.total_issuance + missing)


# --- from skill to incentive ---------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_skill_becomes_weights_becomes_incentive(task):
    one = work(Miner(M1, 0.0), Miner(M2, 0.5), Miner(M3, 1.0), task=task, challenges=12)
    found = list(scores(one).values())
    assert found == sorted(found) and found[0] < found[2]
    reached = after(STATE, crew(one, measures, 12), 2 * ROUND)
    paid = [incentive(reached, hotkey) for hotkey in (M1, M2, M3, M4)]
    assert paid[0] < paid[1] < paid[2] and paid[3] == 0


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_spoofer_is_paid_best_only_by_the_tempting_rule(task):
    miners = (*(Miner(hotkey, skill) for hotkey, skill in ((M1, 0.3), (M2, 0.6), (M3, 1.0))),)
    for rule in ("tempting", "sound"):
        one = work(*miners, Miner(M4, 0.0, spoofing), task=task, rule=rule)
        reached = after(STATE, crew(one, measures, 8), 2 * ROUND)
        best = max(incentive(reached, hotkey) for hotkey in (M1, M2, M3))
        assert (incentive(reached, M4) > best) == (rule == "tempting")


def test_an_improving_miner_overtakes():
    learner, still = Miner(M1, 0.2, learns=0.1), Miner(M2, 0.5)
    skills = [learner.skill_at(round) for round in range(100)]
    assert skills == sorted(skills) and skills[0] == 0.2 and 0.9 < skills[-1] <= 1.0
    assert len(set(skills)) <= 20 and still.skill_at(50) == 0.5
    before, later = (scores(work(learner, still, challenges=20), round) for round in (0, 30))
    assert before[M1] < before[M2] and later[M1] > later[M2]


# --- ways of answering ---------------------------------------------------------------------------


@pytest.mark.parametrize("task", [speech.TASK, images.TASK, compute.TASK], ids=lambda task: task.name)
def test_a_lazy_miners_old_answers_are_worth_little(task):
    one = work(Miner(M1, 1.0), Miner(M2, 1.0, lazy_answer), task=task, challenges=20)
    worked, sent_again = scores(one, 10), scores(one, 14)
    assert worked[M2] > 0.8 * worked[M1]
    assert sent_again[M2] < 0.5 * sent_again[M1]


def test_a_copier_sends_what_another_sent_before_it():
    one = work(Miner(M1, 0.7), Miner(M2, 0.0, copying(M1)), Miner(M3, 0.0, copying(M4)), Miner(M4, 0.3))
    for challenge, said in one.answers(STATE, range(4)):
        assert said[M2] is said[M1] and said[M3] is None
        assert challenge.truth is not None
    found = scores(one)
    assert found[M2] == found[M1] > found[M3] == 0.0


def test_two_copiers_of_each_other_say_nothing():
    found = scores(work(Miner(M1, 0.0, copying(M2)), Miner(M2, 0.0, copying(M1))))
    assert found == {M1: 0.0, M2: 0.0}


@pytest.mark.parametrize("task", [speech.TASK, images.TASK, text.TASK], ids=lambda task: task.name)
def test_an_overfitter_shines_where_challenges_come_again(task):
    miners = Miner(M1, 0.6), Miner(M2, 0.6, overfitting)
    again, fresh = (work(*miners, task=task, challenges=6, renewed=n) for n in (5, 1))
    for round in (1, 4):
        assert scores(again, round)[M2] > scores(again, round)[M1]
        assert scores(fresh, round)[M2] < scores(fresh, round)[M1]
    assert scores(again, 5)[M2] < scores(again, 5)[M1]  # new ones have come


def test_an_intermittent_miner_is_paid_for_when_it_is_there():
    one = work(Miner(M1, 0.9), Miner(M2, 0.9, intermittent(0.5)), challenges=60)
    said = [answered.given[M2] for answered in one.answers(STATE, range(60))]
    there = sum(response is not None for response in said) / 60
    assert 0.3 < there < 0.7
    found = scores(one)
    assert found[M2] == pytest.approx(there * found[M1], rel=0.15)


# --- rounds --------------------------------------------------------------------------------------


def test_answers_come_from_seed_name_and_round_alone():
    alone = work(Miner(M2, 0.4), task=compute.TASK)
    together = replace(alone, miners=(Miner(M1, 0.9), Miner(M2, 0.4)))
    assert scores(alone)[M2] == scores(together)[M2]
    other_seed = scores(replace(alone, seed=1))[M2]
    assert len({scores(alone)[M2], other_seed, scores(alone, 1)[M2], scores(alone, 2)[M2]}) > 1


def test_all_are_asked_the_same():
    one = work(Miner(M1, 0.5), Miner(M2, 0.5, honest_answer))
    for number, (challenge, said) in enumerate(one.answers(at(3), range(4))):
        expected = challenge_of(speech.TASK, 0, 3, number)
        assert challenge is expected
        for hotkey in (M1, M2):  # as they have the same skill, and speech needs no luck
            again = speech.honest(expected.shown, 0.5, np.random.default_rng(0))
            assert (said[hotkey].symbols == again.symbols).all()


def test_answers_are_made_once_for_all_validators():
    made = []

    def counted(shown, skill, rng):
        made.append(skill)
        return speech.honest(shown, skill, rng)

    one = work(Miner(M1, 0.5), Miner(M2, 0.8), task=replace(speech.TASK, honest=counted), challenges=5)
    for validator in VALIDATORS:
        scores(one, validator=validator)
        scores(replace(one, rule="tempting"), validator=validator)
    assert len(made) == 5 * 2
    scores(one, 1)
    assert len(made) == 2 * 5 * 2


def test_validators_differ_by_noise_and_less_the_more_they_look():
    one = work(Miner(M1, 0.5), challenges=32)
    names = [f"v{number}" for number in range(20)]
    spread = [np.std([scores(one, 0, name, samples)[M1] for name in names]) for samples in (2, 8, 32)]
    assert spread[0] > spread[1] > spread[2] == pytest.approx(0.0, abs=1e-12)


def test_who_is_not_registered_has_no_score():
    one = work(Miner(M1, 0.5), Miner("stranger", 1.0))
    assert set(scores(one)) == {M1}
    (answered,) = one.answers(STATE, [0])
    assert set(answered.given) == {M1}


# --- validators ----------------------------------------------------------------------------------

PAIR = Miner(M1, 0.9), Miner(M2, 0.3)


def test_an_honest_validator_gives_what_it_found():
    one = work(*PAIR)
    found = scores(one, samples=3)
    assert weights(measures(one, 3), STATE) == pytest.approx({M1: 1.0, M2: found[M2] / found[M1]}, abs=1e-4)


def test_with_commit_reveal_validators_commit():
    sealed = demo_network(1, 3, 4, seed=1, weights=False, commit_reveal=True)
    one = work(*PAIR)
    (commit,) = given(measures(one, 3), sealed, "CommitTimelockedWeights")
    (told,) = given(measures(one, 3), STATE, "SetWeights")
    assert (commit.uids, commit.values) == (told.uids, told.values)
    reached = after(sealed, crew(one, measures, 8), 4 * ROUND)
    assert incentive(reached, M1) > incentive(reached, M2) > 0


def test_a_lazy_validator_repeats_itself():
    one = work(*PAIR)
    busy, idle = measures(one, 3), lazy(one, 3, 4)
    assert weights(idle, at(1)) == weights(busy, at(1))  # it has none to repeat
    reached = after(STATE, crew(one, lazy, 3, 4)[:1], ROUND)
    kept = weights(busy, reached, VALIDATORS[0])
    rows = [weights(idle, replace(reached, block=STATE.block + n * ROUND)) for n in (1, 2, 3, 4)]
    assert rows[0] == rows[1] == rows[2] != rows[3]
    assert rows[3] == weights(busy, replace(reached, block=STATE.block + 4 * ROUND))
    assert set(kept) == set(rows[0])


def test_a_self_serving_owner_gives_its_miner_a_part_of_all():
    one = work(*PAIR, Miner(M3, 0.1))
    row = weights(self_serving(one, 8, M3, 0.6), STATE)
    assert row[M3] / sum(row.values()) == pytest.approx(0.6, abs=1e-3)
    found = scores(one, samples=8)
    assert row[M2] / row[M1] == pytest.approx(found[M2] / found[M1], abs=1e-3)


def test_a_bribe_lifts_a_miner_as_long_as_it_is_paid():
    one, price = work(*PAIR), tao(0.5)
    act = bribed(one, 8, M2, "under the table", price)
    assert weights(act, STATE) == weights(measures(one, 8), STATE)
    paid = with_free(STATE, "under the table", price)
    assert weights(act, paid)[M2] == 1.0
    (taken,) = given(act, paid, "Transfer")
    assert (taken.coldkey, taken.destination, taken.amount) == ("under the table", "validator-1-cold", price)
    people = [
        *crew(one, bribed, 8, M2, "under the table", price)[:1],
        Agent(f"{M2}-cold", M2, bribes("under the table", price), ROUND),
    ]
    reached = after(STATE, people, 4 * ROUND)
    assert reached.free[f"{M2}-cold"] == STATE.free[f"{M2}-cold"] - 4 * price
    assert reached.free["validator-1-cold"] >= STATE.free["validator-1-cold"] + 3 * price


# --- miners' money -------------------------------------------------------------------------------


def test_a_miner_sells_what_its_work_costs_and_keeps_the_rest():
    miner = Miner(M1, 0.9, cost=tao(0.2))
    people = [*crew(work(miner), measures, 4), Agent(f"{M1}-cold", M1, pays_its_way(1, miner), ROUND)]
    reached = after(STATE, people, 10 * ROUND)
    idle = after(STATE, people[:-1], 10 * ROUND)
    assert reached.free[SUPPLIERS] == 10 * tao(0.2)
    spent = STATE.free[f"{M1}-cold"] - reached.free[f"{M1}-cold"]
    assert -tao(0.1) < spent < 3 * tao(0.2)  # the first rounds had no pay
    assert 0 < stake_of(reached, 1, M1, f"{M1}-cold") < stake_of(idle, 1, M1, f"{M1}-cold")


def test_a_miner_that_loses_money_for_long_is_gone_for_good():
    weak, strong = Miner(M1, 0.0, cost=tao(3)), [Miner(hotkey, 0.9) for hotkey in (M2, M3, M4)]
    one = work(weak, *strong)
    people = [*crew(one, measures, 4), Agent(f"{M1}-cold", M1, pays_its_way(1, weak), ROUND)]
    there = [len(one.there(state)) for state, _ in crowd(STATE, people, 20 * ROUND)]
    assert there == sorted(there, reverse=True) and (there[0], there[-1]) == (4, 3)
    reached = after(STATE, people, 20 * ROUND)
    assert can_pay(STATE, weak) and not can_pay(reached, weak)
    me = people[-1]
    assert len(me.act(STATE, me, np.random.default_rng(0))) == 1  # it has nothing to sell yet
    assert me.act(reached, me, np.random.default_rng(0)) == [] and stake_of(reached, 1, M1, me.coldkey) > 0
    assert incentive(reached, M1) == 0 < incentive(reached, M2)
    assert tao(10) < reached.free[SUPPLIERS] < tao(45)  # its savings were 10, its pay went the same way
    assert one.scores(reached, VALIDATORS[0], 4)[M1] == 0.0


# --- clients and owners --------------------------------------------------------------------------


def test_clients_pay_for_what_they_are_served():
    miners = Miner(M1, 0.9), Miner(M2, 0.2), Miner(M3, 0.0, spoofing)
    paid = {}
    for rule in ("sound", "tempting"):
        one = work(*miners, rule=rule)
        assert given(pays_for(one, tao(1)), STATE, "Transfer") == []  # nobody serves yet
        reached = after(STATE, crew(one, measures, 8), 2 * ROUND)
        (transfer,) = given(pays_for(one, tao(1)), reached, "Transfer")
        assert transfer.destination == "owner-1-cold"
        assert transfer.amount == pytest.approx(tao(1) * one.quality(reached), abs=1)
        paid[rule] = one.quality(reached, best=1)
    assert paid["sound"] > 0.5 > 2 * paid["tempting"]


def test_an_owner_spends_what_came_in_and_keeps_what_it_had():
    kept = STATE.free["owner-1-cold"]
    assert given(spends_revenue(1, kept), STATE, "AddStakeBurn", "owner-1") == []
    one = work(*PAIR)
    client = Agent("alice", "", pays_for(one, tao(5)), ROUND)
    owner = Agent("owner-1-cold", "owner-1", spends_revenue(1, kept), ROUND)
    people = crew(one, measures, 4)
    reached, alone = after(STATE, [*people, client, owner], 8 * ROUND), after(STATE, people, 8 * ROUND)
    assert alpha_price(reached, 1) > alpha_price(alone, 1)
    assert reached.free["alice"] < STATE.free["alice"]
    assert kept <= reached.free["owner-1-cold"] < kept + tao(6)


def test_people_of_a_subnet_that_is_no_more_ask_for_nothing():
    miner = Miner(M1, 0.9, cost=tao(0.1))
    one = work(miner, Miner(M2, 0.3))
    gone, _ = DissolveNetwork(ROOT, 1).apply(STATE)
    acts = measures(one, 2), lazy(one, 2, 3), self_serving(one, 2, M2, 0.5), pays_for(one, tao(1))
    people = [Agent(f"{name}-cold", name, act, 5) for name, act in zip((*VALIDATORS, "a"), acts, strict=True)]
    people += [
        Agent(f"{M1}-cold", M1, pays_its_way(1, miner), 5),
        Agent("owner-1-cold", "owner-1", spends_revenue(1, tao(1)), 5),
    ]
    reached = after(gone, people, 20)
    assert digest(reached.free) == digest(gone.free) and violations(reached) == []


def test_impossible_people_and_work_are_refused():
    for make in (
        lambda: Miner(M1, 1.2),
        lambda: Miner(M1, 0.5, learns=1.0),
        lambda: Miner(M1, 0.5, cost=-1),
        lambda: work(Miner(M1, 0.5), Miner(M1, 0.6)),
        lambda: work(rule="lenient"),
        lambda: work(challenges=0),
        lambda: work(renewed=0),
    ):
        with pytest.raises(InputError):
            make()


# --- scenarios -----------------------------------------------------------------------------------

SEEDS = range(3)


@cache
def played(name):
    (scenario,) = (each for each in SCENARIOS if each.name == name)
    return [scenario.play(seed) for seed in SEEDS]


def test_spoofing_pays_by_the_tempting_rule_in_every_task():
    for outcome in played("spoofed scoring"):
        best = outcome.frame.groupby(["rule", "task", "spoofs"]).incentive.max().unstack()
        lead = (best[True] / best[False]).unstack("rule")
        assert len(lead) == 6 and (lead.tempting > 1.05).all()
        assert (lead.sound < 1.02).all() and (lead.sound < 0.5).sum() == 5  # weather of today is a fair guess
        assert 1.3 < outcome.number == lead.tempting.median()


def test_repeated_challenges_pay_who_prepares():
    for outcome in played("repeated challenges"):
        over = (outcome.frame.overfitter / outcome.frame.best_honest).to_list()
        assert over == sorted(over) and over[0] < 0.3 and over[-1] > 0.9
        assert outcome.number > 4


def test_improvement_pays_and_standing_still_costs():
    for outcome in played("improving miner"):
        shares = outcome.frame.pivot(index="epoch", columns="miner", values="incentive")
        early, late = shares.iloc[:5].mean(), shares.iloc[-5:].mean()
        assert late[M1] > 1.3 * early[M1] and late[M2] < early[M2]
        assert outcome.number > 1.7


def test_who_cannot_pay_for_its_work_leaves_and_the_weakest_first():
    for outcome in played("cost of work"):
        frame = outcome.frame
        assert frame.miners.iloc[0] == 8 and frame.miners.is_monotonic_decreasing
        assert 2 < outcome.number == frame.miners.iloc[-1] < 8
        assert (frame.least_skill == (9 - frame.miners) / 8).all()
        assert frame.best_incentive.iloc[-10:].mean() > frame.best_incentive.iloc[2:6].mean()


def test_customers_lift_the_price_and_more_so_where_scoring_is_sound():
    for outcome in played("customers"):
        last = outcome.frame.groupby(["client", "rule"])[["price", "revenue", "quality"]].last()
        futures = (False, "sound"), (True, "tempting"), (True, "sound")
        none, spoofed, sound = (last.loc[each] for each in futures)
        assert sound.price > spoofed.price > none.price and none.revenue == 0
        assert sound.revenue > 1.2 * spoofed.revenue
        assert outcome.number == sound.price / none.price > 1.1


def test_work_scenarios_come_from_their_seed():
    for each in SCENARIOS:
        first, other = played(each.name)[:2]
        _answered.cache_clear()
        challenge_of.cache_clear()
        again = each.play(SEEDS[0])
        assert first.number == again.number and first.frame.equals(again.frame)
        assert not first.frame.equals(other.frame)
        assert each.teaches.endswith(".") and each.number


# --- all of them ---------------------------------------------------------------------------------


def test_everybody_together_breaks_no_law_and_comes_from_the_seed():
    miners = (
        Miner(M1, 0.9, cost=tao(0.1)), Miner(M2, 0.3, copying(M1)),
        Miner(M3, 0.2, overfitting, learns=0.1), Miner(M4, 0.5, intermittent(0.5)),
    )  # fmt: skip
    one = work(*miners, task=compute.TASK, renewed=3)
    acts = measures(one, 2), lazy(one, 2, 3), bribed(one, 4, M2, "table", tao(0.1))
    people = [Agent(f"{v}-cold", v, act, ROUND) for v, act in zip(VALIDATORS, acts, strict=True)]
    people += [Agent(f"{m.hotkey}-cold", m.hotkey, pays_its_way(1, m), ROUND) for m in miners]
    people += [
        Agent("alice", "", pays_for(one, tao(1)), 20),
        Agent("owner-1-cold", "owner-1", spends_revenue(1, tao(10)), 30),
    ]
    first, second, other = (after(STATE, people, 400, seed) for seed in (1, 1, 2))
    assert digest(first) == digest(second) != digest(other)
    assert violations(first) == [] and first.block == STATE.block + 400
    assert digest(first) != digest(block.run(STATE, 400))
