"""Lesson 04: every control at its ends, every sentence true, and the numbers that its text names."""

import math
from dataclasses import replace

import nbformat
import numpy as np
import pandas as pd
import pytest
import vl_convert
from lesson import at_the_ends, source

from bittensor_lab import bets, labs, lessons
from bittensor_lab.chain import Chain
from bittensor_lab.charts.bonds import EPOCHS, bonds_chart
from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.labs import bonds as lab_module
from bittensor_lab.params import Hyperparameters
from bittensor_lab.play.story import story as told_story
from bittensor_lab.presets import demo_network
from bittensor_lab.units import tao
from bittensor_lab.views import bonds as views
from bittensor_lab.views import bonds_story as story

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("04")
CONTROLS = ("moves", "stake", "penalty", "kept", "part")


@pytest.fixture
def lab():
    made = labs.bonds_and_dividends()
    yield made
    made.close()


def earned(name, **changes):
    """What each validator earned over what stake alone would give."""
    return views.bonds(replace(views.world(name), **changes)).validators.earned.to_numpy()


def said(name, **changes):
    return story.title(views.bonds(replace(views.world(name), **changes))).replace("\u00a0", " ")


def finite(lab):
    for table in (lab.frame, lab.result.validators):
        numbers = table.select_dtypes("number").to_numpy()
        assert np.isfinite(numbers).all() and (numbers >= 0).all()
    bonds = lab.frame[["weight", "counted", "bond", "trust", "dividends"]].to_numpy()
    assert bonds.max() <= 1
    paid = lab.frame.groupby("epoch").dividends.sum()
    assert paid.to_numpy() == pytest.approx(float(lab.result.validators.stake.sum()), abs=1e-6)
    for name, table in lab.drawing.tables().items():
        for column in ("x", "bond", "paid", "at", "y", "length", "kept"):
            for value in table.get(column, []):
                assert 0 <= value <= (EPOCHS if column in ("x", "at") else 1), (name, column, value)
    assert lab.drawing.title and lab.drawing.summary.endswith(".")
    assert "nan" not in lab.drawing.title + lab.drawing.summary
    assert all(math.isfinite(end) and end > 0 for end in lab.drawing.limits.values())


@pytest.mark.parametrize("name", views.WORLDS)
def test_every_control_at_its_ends(lab, name):
    lab.controls["preset"].value = name
    for _ in at_the_ends(lab):
        finite(lab)


def test_nobody_votes(lab):
    lab.controls["stake"].values = [0.0] * 5
    assert lab._finding.title == "Nobody votes, so nobody earns"
    assert lab.frame.dividends.max() == 0


def test_scales_hold_still_while_dragging(lab):
    ends, words = lab.drawing.limits, lab._summary.text
    with lab.controls["penalty"].hold_trait_notifications():
        lab.controls["penalty"].dragging = True
        lab.controls["penalty"].values = [0.0]
    assert lab.drawing.limits == ends and lab._summary.text == words
    lab.controls["penalty"].dragging = False
    assert lab.drawing.limits != ends and lab._summary.text != words


def test_liquid_alpha_takes_the_moving_average_away(lab):
    lab.controls["rule"].value = "liquid"
    assert lab.controls["kept"].hidden
    one = lab.frame
    lab.controls["kept"].values = [0.2]
    pd.testing.assert_frame_equal(lab.frame, one)
    lab.controls["rule"].value = "yuma3"
    assert not lab.controls["kept"].hidden


def test_the_bet_is_recorded_and_its_truth_is_the_engines(lab):
    assert lab.bet.state == "open" and lab.bet.answer is None
    lab.bet.value = 120.0
    lab.controls["penalty"].values = [0.6]
    assert lab.bet.state == "locked" and bets.recorded(lab_module.BET).value == 120.0
    assert lab.bet.verdict == "You said 120\u00a0%, the engine finds 95\u00a0%."


def test_save(lab, tmp_path):
    assert lab.save(tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


# --- the picture ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "look", "width"),
    [("new_miner", "light", 340), ("late", "dark", 680), ("one_epoch", "light", 900)],
)
def test_the_picture_draws_and_fits(name, look, width):
    view = views.bonds(views.world(name))
    tables = story.bonds_tables(view, story.bonds_limits(view))
    spec = bonds_chart(tables, name=look, width=width, title=story.title(view)).to_dict()
    for row in spec["vconcat"]:
        if "hconcat" in row:
            assert abs(sum(part["width"] for part in row["hconcat"]) - width) <= 3
    svg = vl_convert.vegalite_to_svg(spec)
    assert story.title(view)[:12] in svg and "Liquid alpha" in svg
    assert "http" not in str({key: part for key, part in spec.items() if key != "$schema"})
    hatched = bool((tables["spans"].kept < 0.999).any())
    lost = {"light": "#D55E00", "dark": "#F0743A"}[look]
    assert (lost in svg) == hatched


def test_the_chart_watches_as_many_epochs_as_the_view():
    assert EPOCHS == views.EPOCHS


# --- the engine's answers ------------------------------------------------------------------------


def test_the_lab_runs_the_chains_own_epochs():
    """Epoch after epoch by hand, from bonds that thousands of epochs left behind."""
    world = views.world("new_miner")
    rules, stake, last = Hyperparameters(commit_reveal=False), [tao(20_000)] * 5, None
    for _ in range(300):
        last = run_epoch(matrix_inputs(stake, [[9, 0]] * 5, hyperparameters=rules, bonds=last)).bonds
    view, paid = views.bonds(world), []
    for epoch in range(views.EPOCHS):
        weights = np.array([[0, 9] if epoch >= at else [9, 0] for at in world.moves])
        terms = run_epoch(matrix_inputs(stake, weights, hyperparameters=rules, bonds=last))
        last = terms.bonds
        paid.append(terms.validator_emission[:5] / terms.validator_emission.sum())
    assert 5 * np.mean(paid, axis=0) == pytest.approx(view.validators.earned.to_numpy(), abs=2e-3)


def test_moving_with_the_majority_pays_best_unless_there_is_no_penalty():
    """The title of the lab, over many orders of moving; the first pays only without the penalty."""
    rng = np.random.default_rng(0)
    for _ in range(12):
        first, second, turn = np.cumsum(rng.integers(1, 5, 3))
        moves = (int(first), int(second), int(turn), int(turn + rng.integers(1, 6)), views.NEVER)
        for rule in views.RULES:
            with_penalty = earned("new_miner", moves=moves, rule=rule)
            assert with_penalty.argmax() == 2 and with_penalty[0] < with_penalty[1]
        without = earned("new_miner", moves=moves, penalty=0.0)
        assert without.argmax() == 0 and (np.diff(without) < 0).all()


def test_titles_say_what_the_data_say():
    v = earned("new_miner")
    assert said("new_miner") == "Moving first earned V1 5 % less than V3, who moved with the majority"
    assert v[0] / v[2] - 1 == pytest.approx(-0.05, abs=0.005)
    v = earned("new_miner", penalty=0.0)
    assert said("new_miner", penalty=0.0).startswith("Moving first earned V1 26 % more than V3,")
    assert v[0] / v[2] - 1 == pytest.approx(0.26, abs=0.005)
    v = earned("late")
    assert said("late") == "V5 moved 3 epochs late and earned 12 % less than the majority"
    assert v[4] / v[0] - 1 == pytest.approx(-0.12, abs=0.005)
    assert said("one_epoch") == "One epoch elsewhere cost V2 the pay of 0.8 epochs"
    assert 30 * (1 - earned("one_epoch")[1]) == pytest.approx(0.8, abs=0.05)
    assert said("new_miner", moves=(30,) * 5) == "Nobody moves, so dividends follow stake"
    assert said("new_miner", moves=(4,) * 5) == "All move together, so dividends follow stake"
    assert earned("new_miner", moves=(4,) * 5) == pytest.approx(1, abs=1e-3)
    v = earned("new_miner", moves=(3, 3, 30, 30, 30))
    gap = round(100 * (1 - v[0]))
    assert said("new_miner", moves=(3, 3, 30, 30, 30)) == (
        f"No majority follows V1 and V2, paid {gap} % below their stake"
    )
    never = said("new_miner", moves=(4, 4, 4, 4, 30))
    assert never.startswith("V5 never moved and earned") and never.endswith("% less than the majority")


def test_why_the_first_does_not_earn_most():
    """Its old bond shrinks by a tenth each epoch, and on M2 all who agree begin alike, to the last digit."""
    view = views.bonds(views.world("new_miner"))
    paid = view.lines.pivot(index="epoch", columns="row", values="per_stake").to_numpy()
    bond = view.lines.pivot(index="epoch", columns="row", values="bond").to_numpy()
    assert paid[2:5, 0] / paid[2:5, 2] == pytest.approx([0.9, 0.81, 0.729], abs=1e-3)
    assert (paid[2:8, 2] > 1).all()
    assert bond[:8].max() == 0 and (bond[:, 0] == bond[:, 2]).all() and (bond[:, 1] == bond[:, 2]).all()
    liquid = views.bonds(replace(views.world("new_miner"), rule="liquid", penalty=0.0))
    assert liquid.validators.earned.argmax() == 2
    own = liquid.lines[liquid.lines.row == 2].bond.to_numpy()
    assert own[7] == 0 and own[10] > 0.95


def test_what_an_epoch_shares_out():
    """The owner's 18 % first, then halves: miners, and validators with all who staked."""
    owner, miners, validators, root = told_story().pay.part
    assert owner == pytest.approx(0.18, abs=1e-4)
    assert miners == pytest.approx(validators + root, abs=1e-4) == pytest.approx((1 - owner) / 2, abs=1e-4)


def test_the_three_rules_are_what_the_text_says():
    """Yuma 3: a tenth of the way, each for itself. Yuma 2: shares of a miner. Liquid alpha: much faster."""
    rules = Hyperparameters()
    assert rules.yuma3 and not rules.liquid_alpha
    alone = {
        rule: views.bonds(replace(views.world("new_miner"), rule=rule, penalty=0.0)).lines
        for rule in views.RULES
    }
    first = {rule: lines[(lines.epoch == 2) & (lines.row == 0)].bond.iloc[0] for rule, lines in alone.items()}
    assert first["yuma3"] == pytest.approx(0.1, abs=1e-4)
    assert first["yuma2"] == 1.0, "all that there is, as stored: parts of the largest"
    assert first["liquid"] > 5 * first["yuma3"]


def test_what_the_lab_lets_one_find():
    earlier, together = (earned("new_miner", moves=(at, 5, 8, 12, views.NEVER)) for at in (7, 8))
    assert earlier.argmax() == 2 and together[0] == pytest.approx(together[2], abs=1e-9)
    slow = views.bonds(replace(views.world("new_miner"), kept=0.975)).lines
    assert 0.4 < slow[(slow.epoch == 29) & (slow.row == 2)].bond.iloc[0] < 0.5
    early, late = (earned("new_miner", moves=(2, 5, 8, 12, at))[4] for at in (9, 20))
    assert early > 0.95 and late < 0.5
    v = earned("new_miner")
    assert [round(100 * part) for part in (v[0], v[2], v[0] / v[2])] == [124, 131, 95]


def test_question_8_dividends_describe_the_last_finished_tempo():
    """Weights set in the middle of a tempo change nothing that is stored until the epoch runs."""
    chain = Chain(demo_network(1, 3, 5, seed=4, commit_reveal=False))
    chain.run_epochs(1, netuid=1)
    kept = ["incentive", "dividends", "validator_trust"]
    before = chain.metagraph(1)[kept]
    hotkey = chain.metagraph(1).hotkey[0]
    chain.run(12)
    chain.set_weights(hotkey, 1, [7], [65535])
    chain.run(12)
    pd.testing.assert_frame_equal(chain.metagraph(1)[kept], before)
    chain.run_epochs(1, netuid=1)
    assert not chain.metagraph(1)[kept].equals(before)


def test_question_11_trust_is_of_this_epoch():
    """V1's trust is 0 while it is alone with its opinion, and 1 as soon as the majority shares it."""
    view = views.bonds(views.world("new_miner"))
    own = view.lines[view.lines.row == 0].trust.to_numpy()
    assert view.turn == 8
    assert own[:2].min() > 0.999 and own[2:8].max() == 0 and own[8:].min() > 0.999


def test_question_19_the_bonds_alpha_is_the_part_that_is_new():
    """After one epoch a bond is 1 − BondsMovingAverage of the weight; the default is a tenth."""
    assert Hyperparameters().bonds_moving_average == 900_000
    assert (Hyperparameters().alpha_low, Hyperparameters().alpha_high) == (45875, 58982)
    for kept in (0.9, 0.5, 0.975):
        lines = views.bonds(replace(views.world("new_miner"), moves=(0,) * 5, kept=kept)).lines
        assert lines.bond[0] == pytest.approx(1 - kept, abs=1e-4)
    liquid = views.bonds(replace(views.world("new_miner"), moves=(0,) * 5, rule="liquid")).lines
    assert 0.7 < liquid.bond[0] < 0.9


def test_question_20_why_yuma_3_for_small_validators():
    for rule, percent in (("yuma2", 89), ("yuma3", 88)):
        assert round(100 * earned("small_validator", rule=rule)[4]) == percent
    for rule, percent in (("yuma2", 23), ("yuma3", 90)):
        assert round(100 * earned("tiny_validator", rule=rule)[4]) == percent
    for rule, percent in (("yuma2", 673), ("yuma3", 108)):
        assert round(100 * earned("small_validator", rule=rule, penalty=0.0)[4]) == percent


def test_one_epoch_elsewhere():
    for rule, epochs in (("yuma3", 0.8), ("liquid", 1.4)):
        assert round(30 * (1 - earned("one_epoch", rule=rule)[1]), 1) == epochs
    lost = {}
    for rule in ("yuma3", "liquid"):
        lines = views.bonds(replace(views.world("one_epoch"), rule=rule)).lines
        own = 1 - lines[lines.row == 1].per_stake.to_numpy()
        lost[rule] = own[5:7].sum() / own.sum()
    assert lost["liquid"] > 0.9 and lost["yuma3"] < 0.5


def test_stake_is_only_one_factor():
    """The published mistake: dividends proportional to stake alone. Equal stakes, unequal pay."""
    table = views.bonds(views.world("new_miner")).validators
    assert table.stake.round(4).nunique() == 1 and table.earned.max() > 4 * table.earned.min()


def test_hours_to_half_a_bond():
    tempo = Hyperparameters().tempo
    for kept, epochs, hours in ((0.9, 7, 8.4), (0.975, 28, 33.6)):
        lines = views.bonds(replace(views.world("new_miner"), moves=(0,) * 5, kept=kept)).lines
        assert (lines[lines.row == 0].bond < 0.5).sum() + 1 == epochs
        assert epochs * tempo * 12 / 3600 == pytest.approx(hours)


# --- the self-checks -----------------------------------------------------------------------------

RIGHT = {
    "answer-1": "def next_bond(bond, weight, moving_average):\n"
    "    alpha = 1 - moving_average\n    return alpha * weight + moving_average * bond",
    "answer-2": "def epochs_to_half(moving_average):\n    n = 0\n"
    "    while moving_average ** n > 0.5:\n        n += 1\n    return n",
}
WRONG = {  # the rate taken for what is kept; half as a straight line
    "answer-1": "def next_bond(bond, weight, moving_average):\n"
    "    return moving_average * weight + (1 - moving_average) * bond",
    "answer-2": "def epochs_to_half(moving_average):\n    return round(0.5 / (1 - moving_average))",
}


@pytest.mark.parametrize(
    ("answers", "says"), [(RIGHT, "right"), (WRONG, "not right yet"), ({}, "not answered")]
)
def test_the_checks_know_right_from_wrong(answers, says, capsys):
    """The lesson's own cells, run here: the whole notebook runs in ``test_lessons``."""
    cells = {c.id: c.source for c in nbformat.reads(lessons.notebook_text(SOURCE), as_version=4).cells}
    names = {"views": views, "world": views.world("new_miner"), "replace": replace}
    for part in ("answer-1", "check-1", "answer-2", "check-2"):
        exec(answers.get(part, cells[part]), names)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"next_bond: {says}") and second.startswith(f"epochs_to_half: {says}")
