"""The lab without a browser: its traits are driven as the browser drives them."""

import math

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from lesson import at_the_ends, code_of

from bittensor_lab import bets, datasets, labs
from bittensor_lab.errors import InputError
from bittensor_lab.labs import consensus as lab_module
from bittensor_lab.views import consensus as views

pytestmark = pytest.mark.usefixtures("home")
NAMES = datasets.preset_names()


@pytest.fixture
def lab():
    made = labs.weights_and_consensus()
    yield made
    made.close()


def finite(lab):
    for table in (lab.frame, lab.result.miners, lab.result.validators):
        numbers = table.select_dtypes("number").to_numpy()
        assert np.isfinite(numbers).all() and (numbers >= 0).all()
    assert lab.drawing.title and lab.drawing.summary.endswith(".")
    assert "nan" not in lab.drawing.title + lab.drawing.summary
    assert all(math.isfinite(end) and end > 0 for end in lab.drawing.limits.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_control_at_its_ends(lab, name):
    lab.controls["preset"].value = name
    for _ in at_the_ends(lab):
        finite(lab)


def test_an_empty_weight_matrix_pays_nobody(lab):
    lab.controls["weights"].values = [[0] * 6] * 5
    finite(lab)
    assert lab._finding.title == "Nobody gives weight, so no miner earns"
    assert "by stake" in lab._finding.subtitle


def test_the_mock_ups_numbers(lab):
    """The mock-up shows the numbers of this world; they are the engine's."""
    assert lab._finding.title.startswith("Validator 4’s outlier is clipped: 47")
    miners, validators = lab.result.miners, lab.result.validators
    assert (100 * miners.by_median).round().tolist() == [29, 25, 20, 14, 7, 5]
    assert (100 * miners.by_mean).round().tolist() == [27, 23, 18, 14, 7, 11]
    assert validators.trust.round(2).tolist() == [1.0, 0.96, 0.97, 0.53, 0.94]
    assert (100 * validators.dividends).round().tolist() == [38, 26, 21, 7, 8]


def test_the_mean_is_the_stake_weighted_mean_of_the_raw_weights():
    for name in NAMES:
        view = views.consensus(datasets.preset(name).inputs(), by="mean")
        weights = view.cells.pivot(index="row", columns="column", values="weight").to_numpy()
        mean = view.validators.stake.to_numpy() @ weights
        # each of up to 64 · 256 products is cut to 2⁻³², so the sums are a little short
        assert view.miners.incentive.to_numpy() == pytest.approx(mean / mean.sum(), abs=64 * 256 * 2**-32)
        assert view.cells.lost.max() == 0 and view.validators.lost.max() < 1e-6


def test_nothing_clipped_says_so(lab):
    lab.controls["weights"].values = [[30, 25, 20, 14, 6, 5]] * 5
    assert lab._finding.title == "No weight is clipped"
    lab.controls["by"].value = "mean"
    assert "the same" in lab._finding.title


def test_copied_code_runs_and_gives_the_picture(lab):
    for name in ("one_outlier", "cabal_256"):
        lab.controls["preset"].value = name
        lab.controls["stake"].values = [7.0, *lab.controls["stake"].values[1:]]
        lab.controls["kappa"].values = [0.37]
        lab.controls["by"].value = "mean"
        pd.testing.assert_frame_equal(code_of(lab), lab.frame)


def test_code_of_an_edited_row_runs(lab):
    rows = [list(row) for row in lab.controls["weights"].values]
    rows[3] = [20, 20, 20, 20, 10, 10]
    lab.controls["weights"].values = rows
    names = {}
    exec(lab._code.code, names)
    assert "V4" in lab._code.code
    assert names["world"].weights[3].tolist() == rows[3]


def test_scales_hold_still_while_dragging(lab):
    ends, words = lab.drawing.limits, lab._summary.text
    with lab.controls["stake"].hold_trait_notifications():
        lab.controls["stake"].dragging = True
        lab.controls["stake"].values = [99.0, 0.0, 0.0, 1.0, 0.0]
    assert lab.drawing.limits == ends and lab._summary.text == words
    lab.controls["stake"].dragging = False
    assert lab.drawing.limits != ends and lab._summary.text != words


def test_the_picture_answers_with_the_browsers_stamp(lab):
    with lab.controls["kappa"].hold_trait_notifications():
        lab.controls["kappa"].stamp = 41
        lab.controls["kappa"].values = [0.7]
    assert lab.pictures["gauges"].frame == 41


def test_large_worlds_are_heat_maps_and_have_no_editor(lab):
    lab.controls["preset"].value = "cabal_256"
    assert lab.pictures["gauges"].hidden and not lab.pictures["heat"].hidden
    assert lab.controls["weights"].hidden
    assert len(lab.pictures["heat"].weights) == 4 * 64 * 256
    lab.controls["preset"].value = "cabal_12"
    assert lab.pictures["heat"].hidden and not lab.controls["weights"].hidden
    assert lab._wide.children == (lab.controls["weights"],)
    lab.controls["preset"].value = "one_outlier"
    assert lab._wide.children == () and lab.controls["weights"] in lab._columns[1].children


def test_save(lab, tmp_path):
    assert lab.save(tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    table = pd.read_csv(lab.save(tmp_path / "numbers.csv"))
    pd.testing.assert_frame_equal(table, lab.frame)
    with pytest.raises(InputError, match="png"):
        lab.save(tmp_path / "picture.pdf")
    lab.controls["preset"].value = "outlier_64"
    assert lab.save(tmp_path / "heat.png").read_bytes().startswith(b"\x89PNG")


def test_the_bet_is_locked_by_the_first_move_and_recorded(lab):
    assert lab.bet.state == "open" and lab.bet.answer is None
    lab.controls["kappa"].values = [0.4]
    assert lab.bet.state == "open"
    lab.bet.value = 15.0
    lab.controls["kappa"].values = [0.6]
    assert lab.bet.state == "locked" and bets.recorded(lab_module.BET).value == 15.0
    assert lab.bet.verdict == "You said 15\u00a0%, the engine finds 5\u00a0%."
    lab.bet.state = "open"
    assert lab.bet.answer is None and bets.recorded(lab_module.BET) is None


def test_closing_a_lab_leaves_no_widget():
    labs.weights_and_consensus().close()
    count = len(ipywidgets.widgets.widget._instances)
    for _ in range(5):
        labs.weights_and_consensus().close()
    assert len(ipywidgets.widgets.widget._instances) == count


def test_a_wrong_state_is_said_and_nothing_breaks(lab):
    rows = [list(row) for row in lab.controls["weights"].values]
    rows[0][0] = -5
    lab.controls["weights"].values = rows
    assert "weights of V1" in lab._finding.title
    rows[0][0] = 5
    lab.controls["weights"].values = rows
    finite(lab)
