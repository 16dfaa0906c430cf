"""Lesson 06: what stake counts, who has a permit and earns, and the questions that the lesson answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from immutables import Map
from lesson import run, source

from bittensor_lab import block, labs
from bittensor_lab.chain import Chain
from bittensor_lab.errors import NotEnoughStakeToSetChildkeys, NotEnoughStakeToSetWeights
from bittensor_lab.extrinsics import SetWeights
from bittensor_lab.presets import mainnet
from bittensor_lab.stake import stake_of
from bittensor_lab.units import U64_MAX, tao
from bittensor_lab.views import permits as views
from bittensor_lab.views import permits_story as story

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("06")
HELD = views.WORLDS["places"].world


@pytest.fixture
def lab():
    made = labs.stake_weight_and_permits()
    yield made
    made.close()


def with_alpha(world: views.World, uid: int, more: float) -> views.World:
    return replace(world, alpha=(*world.alpha[: uid - 1], world.alpha[uid - 1] + more, *world.alpha[uid:]))


def column(world: views.World, name: str) -> np.ndarray:
    return views.permits(world).uids[name].to_numpy()


@pytest.mark.parametrize("name", views.WORLDS)
def test_a_world_breaks_no_law_of_the_chain(name):
    ran = views.epochs(views.WORLDS[name].world)
    for state in (ran.start, ran.permitted, ran.before, ran.after):
        assert Chain(state).violations() == []


def test_what_is_missing_is_what_brings_the_permit():
    for world, uid in ((HELD, 5), (HELD, 6), (replace(HELD, places=5), 6), (replace(HELD, places=6), 6)):
        short = float(column(world, "missing")[uid])
        assert short > 1 and not column(world, "permit")[uid]
        assert not column(with_alpha(world, uid, short - 0.001), "permit")[uid]
        assert column(with_alpha(world, uid, short + 0.001), "permit")[uid]


def test_the_parts_make_up_the_stake_weight():
    for name in views.WORLDS:
        t = views.permits(views.WORLDS[name].world).uids
        assert np.allclose(t.alpha + t.root + t.borrowed, t.stake_weight, atol=1e-5)
    lent = views.permits(views.WORLDS["loan"].world).uids
    assert lent.lent[1] == pytest.approx(lent.borrowed[6], abs=1e-5) and lent.lent[1] > 1_000


def test_what_is_earned_is_what_the_epoch_paid():
    for name in views.WORLDS:
        ran = views.epochs(views.WORLDS[name].world)
        _, events = block.begin_block(ran.before)
        paid = next(e for e in events if e.name == "EmissionDistributed" and e.netuid == views.NETUID)
        t = views.permits(views.WORLDS[name].world).uids
        assert t.incentive.sum() == pytest.approx(paid.miners / 1e9, abs=1e-6)
        assert t.dividends.sum() == pytest.approx((paid.validators + paid.root) / 1e9, abs=1e-4)
        assert paid.root > 0


def test_question_2_it_is_stake_weight_of_the_subnet():
    only_tao = replace(HELD, alpha=(*HELD.alpha[:5], 0.0), places=6)
    least = 1_000 / 0.18
    assert round(least) == 5_556 and views.weight_of_a_tao(HELD) == pytest.approx(0.18, abs=1e-6)
    for root, counts in ((1_000, False), (least - 1, False), (least + 1, True)):
        world = replace(only_tao, root=(*HELD.root[:5], root))
        assert column(world, "counts")[6] == counts == column(world, "permit")[6]
        state = block.run(views.state_of(world), 300)
        state = block.run(state, 100)
        hotkey = state.subnet(views.NETUID).hotkeys[6]
        if counts:
            SetWeights(hotkey, views.NETUID, (7,), (1,)).apply(state)
        else:
            with pytest.raises(NotEnoughStakeToSetWeights):
                SetWeights(hotkey, views.NETUID, (7,), (1,)).apply(state)


@pytest.mark.parametrize(
    ("root", "elsewhere", "enough"), [(900, False, False), (1_000, False, True), (900, True, True)]
)
def test_question_2_only_childkeys_ask_for_worth_on_all_subnets(root, elsewhere, enough):
    state = views.state_of(replace(HELD, alpha=(*HELD.alpha[:5], 0.0), root=(*HELD.root[:5], root)))
    state = state if elsewhere else replace(state, stake=(*state.stake[:2], Map()))
    hotkey = state.subnet(views.NETUID).hotkeys[6]
    asked = state.owner[hotkey], hotkey, views.NETUID, [(U64_MAX, "someone")]
    if enough:
        assert Chain(state).set_children(*asked)
    else:
        with pytest.raises(NotEnoughStakeToSetChildkeys):
            Chain(state).set_children(*asked)


def test_question_3_alpha_counts_whole_and_tao_by_its_weight():
    base = views.stake_weight(HELD)
    assert views.stake_weight(with_alpha(HELD, 5, 100))[5] - base[5] == pytest.approx(100)
    more = replace(HELD, root=(*HELD.root[:4], HELD.root[4] + 100, HELD.root[5]))
    assert views.stake_weight(more)[5] - base[5] == pytest.approx(18, abs=1e-6)
    assert column(HELD, "root")[3] == pytest.approx(2_160, abs=1e-3)
    assert column(HELD, "root")[3] < column(HELD, "alpha")[4]


def test_question_4_who_gets_a_permit_and_who_of_them_earns():
    t = views.permits(HELD).uids
    assert t.uid[t.permit].tolist() == [0, 1, 2, 3, 4] and t.stake_weight[0] == 0 == t.dividends[0]
    assert t.incentive.idxmax() == 7 and not t.permit[7], "the best miner has none"
    quiet = views.permits(views.WORLDS["silent"].world).uids
    assert quiet.uid[quiet.permit & (quiet.dividends == 0)].tolist() == [0, 2]
    everyone = views.permits(replace(HELD, threshold=0.0, places=10)).uids
    assert everyone.uid[everyone.permit].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10], "all with any stake"
    tied = replace(HELD, alpha=(2_000.0,) * 6, root=(0.0,) * 6, places=2)
    assert column(tied, "permit")[1:7].tolist() == [False] * 4 + [True] * 2, "of equals the higher uid"


@pytest.mark.parametrize("name", ["places", "silent"])
def test_root_earns_from_a_pot_that_is_smaller_than_its_part_of_the_votes(name):
    ran, t = views.epochs(views.WORLDS[name].world), views.permits(views.WORLDS[name].world).uids
    _, events = block.begin_block(ran.before)
    paid = next(e for e in events if e.name == "EmissionDistributed" and e.netuid == views.NETUID)
    voting = t[t.permit & t.active]
    assert paid.root / (paid.root + paid.validators) < voting.root.sum() / voting.stake_weight.sum() - 0.03
    weaker = [4, 5] if name == "silent" else [4]
    assert (t.stake_weight[weaker] < t.stake_weight[3]).all() and (t.dividends[weaker] > t.dividends[3]).all()


def test_question_5_the_permit_comes_with_an_epoch_and_pay_with_the_next():
    t = views.newcomer(HELD)
    assert t.set_weights.tolist()[1:] == [
        "SettingWeightsTooFast", "NeuronNoValidatorPermit", "weights set", "weights set",
    ]  # fmt: skip
    assert t.permit.tolist() == [False, False, False, True, True]
    assert t.dividends[:4].tolist() == [0, 0, 0, 0] and t.dividends[4] > 0.05
    assert t.block.tolist() == [0, 0, 100, views.TEMPO, 2 * views.TEMPO]
    assert mainnet().subnet.weights_set_rate_limit == 100
    before = views._registered(block.run(views.state_of(HELD), 1), views.CHILD)
    subnet = before.subnet(views.NETUID)
    assert before.block - subnet.block_at_registration[views.CHILD] == 40


def test_question_6_a_silent_validator_earns_all_or_nothing():
    assert views.CUTOFF == 5_000 and mainnet().subnet.activity_cutoff_factor_milli == 13_889
    five = replace(HELD, places=5)
    at, after = replace(five, silent=views.CUTOFF), replace(five, silent=views.CUTOFF + 1)
    assert column(at, "dividends")[2] == column(five, "dividends")[2] > 10
    assert column(after, "dividends")[2] == 0 and column(after, "permit")[2]
    assert not column(after, "active")[2] and column(at, "active")[2]
    _, events = block.begin_block(views.epochs(after).before)
    hotkey = views.epochs(after).start.subnet(views.NETUID).hotkeys[2]
    assert not any(getattr(event, "hotkey", None) == hotkey for event in events), "nobody is told"
    chain = Chain(views.epochs(after).after)
    chain.set_weights(hotkey, views.NETUID, [7, 8, 9, 10], [4, 3, 2, 1])
    chain.run(views.TEMPO)
    assert chain.subnet(views.NETUID).active[2] and chain.subnet(views.NETUID).dividends[2] > 0


def test_question_6_by_yuma_2_bonds_earn_on_and_fade():
    state = views.state_of(replace(HELD, silent=4_800)).with_hyperparameters(views.NETUID, yuma3=False)
    shares = []
    for _ in range(6):
        state = block.run(state, views.TEMPO)
        subnet = state.subnet(views.NETUID)
        shares.append((bool(subnet.active[2]), int(subnet.dividends[2])))
    faded = [share for active, share in shares if not active]
    assert len(faded) >= 3 and faded[0] > faded[1] > faded[2] > 0


def test_question_32_lent_stake_counts_for_the_child_one_level_deep():
    lent = views.permits(views.WORLDS["loan"].world).uids
    assert lent.permit[6] and not lent.permit_alone[6] and not lent.permit[1] and lent.permit_alone[1]
    assert lent.dividends[1] > 0, "a parent needs no permit to be paid"
    state = views.state_of(views.WORLDS["loan"].world)
    subnet = state.subnet(views.NETUID)
    names = subnet.hotkeys
    deeper = views.with_children(subnet, names[6], ((U64_MAX, names[5]),))
    weight = views._weights(state.with_subnet(deeper))
    assert weight[5] == pytest.approx(2_608 + lent.alpha[6] + lent.root[6], abs=1e-3)
    assert weight[6] == pytest.approx(lent.borrowed[6], abs=1e-3)


def test_question_32_the_take_joins_the_childs_dividends_and_is_shared():
    gains, parents = [], []
    for take in (0.0, 0.18):
        world = replace(views.WORLDS["loan"].world, take=take)
        state = views.state_of(world)
        hotkey = state.subnet(views.NETUID).hotkeys[6]
        pool = state.stake[views.NETUID][hotkey].with_stake("nominator", tao(300))
        ledger = state.stake[views.NETUID].set(hotkey, pool)
        state = replace(state, stake=(state.stake[0], ledger, *state.stake[2:]))
        after = block.run(state, views.TEMPO + 1)
        gains.append(stake_of(after, views.NETUID, hotkey, "nominator") - tao(300))
        parents.append(column(world, "dividends")[1])
    assert gains[1] > 1.5 * gains[0] > 0
    assert parents[0] * 0.82 == pytest.approx(parents[1], rel=0.03) and parents[0] * 0.82 < parents[1]
    assert mainnet().network.max_childkey_take == 11_796


def test_the_facts_about_main_net_are_its_rules():
    rules = mainnet()
    assert rules.network.tao_weight / U64_MAX == pytest.approx(0.18) and rules.network.stake_threshold == 0
    assert rules.subnet.max_allowed_validators == 64 and rules.network.pending_childkey_cooldown == 7_200
    assert views.CUTOFF * 12 == 16 * 3_600 + 40 * 60


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "uid 5 misses its permit by 412\u00a0α"
    assert float(lab.frame.missing[5]) == pytest.approx(412, abs=0.01)
    assert "uid 7 earns the most incentive" in lab.drawing.summary and "no permit" in lab.drawing.summary
    lab.controls["places"].values = [5.0]
    assert lab.drawing.title == "uid 6 misses its permit by 2\u202f146\u00a0α"
    lab.controls["places"].values = [6.0]
    assert lab.drawing.title.startswith("uid 6 misses the threshold by 538")
    lab.controls["preset"].value = "root"
    assert lab.drawing.title == "With 15\u202f000\u00a0τ on root, uid 3 misses its permit by 320\u00a0α"
    lab.controls["preset"].value = "silent"
    assert lab.drawing.title == "uid 2 has a permit and earns nothing: silent for 5\u202f400 blocks"
    lab.controls["silent"].values = [5_000.0]
    assert lab.drawing.title.startswith("uid 6 misses")
    lab.controls["preset"].value = "loan"
    assert lab.drawing.title == "uid 1 lends 3\u202f120\u00a0α, and its permit goes to uid 6"
    lab.controls["places"].values = [6.0]
    assert lab.drawing.title.startswith("uid 6 has its permit on loan: 3\u202f120")
    lab.controls["lent"].values = [10.0]
    assert "takes 18\u00a0%" in lab.drawing.summary


def test_without_anybody_voting_the_chain_pays_by_stake_and_no_title_says_otherwise():
    view = views.permits(replace(HELD, places=1, alpha=(0.0, *HELD.alpha[1:]), silent=8_000))
    assert view.uids.permit[2] and not view.uids.active[2] and view.uids.dividends[2] > 0
    assert "earns nothing" not in story.title(view) and "No miner earns" in story.summary(view)


def test_lending_can_cost_the_parent_its_permit_and_bring_the_child_none():
    view = views.permits(replace(with_alpha(HELD, 5, 300), lent=0.45))
    assert story.focus(view)[0] == "lost" and story.title(view).startswith("Lending 2\u202f340")
    assert not view.uids.permit[1] and not view.uids.permit[6]


def test_nobody_holds_anything():
    view = views.permits(replace(HELD, alpha=(0.0,) * 6, root=(0.0,) * 6))
    assert story.title(view) == "No validator has any stake" and view.last_place == 0


def right() -> dict[str, str]:
    return {
        "answer-1": "def stake_weight(alpha, root, parent_alpha, parent_root, lent, tao_weight):\n"
        "    return alpha + lent * parent_alpha + tao_weight * (root + lent * parent_root)",
        "answer-2": "import numpy as np\n\n"
        "def permits(stake_weight, incentive, places, threshold):\n"
        "    counted = np.where(stake_weight >= threshold, stake_weight, 0)\n"
        "    return (counted > 0) & ((counted > counted[:, None]).sum(axis=1) < places)",
    }


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right())
    assert texts["check-1"].startswith("stake_weight: right")
    assert texts["check-2"].startswith("permits: right, equal to the engine in 4 cases")


@pytest.mark.parametrize(
    "wrong",
    [
        "return alpha + root",
        "return alpha + lent * parent_alpha + root + lent * parent_root",
        "return alpha + tao_weight * root",
        "return alpha + parent_alpha + tao_weight * (root + parent_root)",
    ],
)
def test_wrong_stake_weights_fail(wrong, capsys):
    from bittensor_lab.lessons import self_check

    namespace: dict = {}
    exec(f"def answer(alpha, root, parent_alpha, parent_root, lent, tao_weight):\n    {wrong}", namespace)
    self_check(namespace["answer"], weight_cases(), tolerance=1e-3)
    assert "not right yet" in capsys.readouterr().out


def weight_cases() -> list:
    """As in the lesson's check."""
    worlds = [
        replace(HELD, root=(4_000, *HELD.root[1:]), lent=part, tao_weight=each)
        for part in (0, 0.5, 1)
        for each in (0.18, 1)
    ]
    return [
        ((w.alpha[5], w.root[5], w.alpha[0], w.root[0], w.lent, w.tao_weight), views.stake_weight(w)[6])
        for w in worlds
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "np.argsort(np.argsort(-incentive)) < places",
        "np.argsort(np.argsort(-stake_weight)) < places",
        "stake_weight >= threshold",
        "(stake_weight >= threshold) & (np.argsort(np.argsort(-stake_weight * incentive)) < places)",
        "(stake_weight > threshold) & (np.argsort(np.argsort(-stake_weight)) < places)",
    ],
)
def test_wrong_permits_fail(wrong, capsys):
    from bittensor_lab.lessons import self_check

    def answer(stake_weight, incentive, places, threshold):
        return eval(wrong, {"np": np}, locals())

    self_check(answer, views.cases())
    assert "not right yet" in capsys.readouterr().out
