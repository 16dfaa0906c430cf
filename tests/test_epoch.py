"""The public edge of the epoch: types, forks, errors."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from bittensor_lab.epoch import CHAIN_STEPS, EpochInputs, matrix_inputs, next_inputs, run_epoch, trace_epoch
from bittensor_lab.errors import InputError
from bittensor_lab.params import Hyperparameters, meaning
from bittensor_lab.rows import rows_from_dense, rows_from_lists
from bittensor_lab.units import NO_BREAK_SPACE, ONE, THIN_SPACE, format_tao, tao, to_u16, u16_fraction


@pytest.fixture
def inputs() -> EpochInputs:
    return matrix_inputs([3 * 10**12, 10**12], [[3, 1, 0], [1, 1, 1]])


def test_inputs_and_terms_cannot_be_written(inputs):
    terms = run_epoch(inputs)
    with pytest.raises(FrozenInstanceError):
        inputs.block = 3
    for array in (inputs.stake, inputs.weights.value, terms.incentive, terms.bonds.value, terms.active):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_the_callers_arrays_stay_the_callers(inputs):
    stake = inputs.stake.copy()
    other = replace(inputs, stake=stake)
    stake[0] = 0
    assert other.stake[0] == 3 * 10**12


def test_trace_and_run_agree_and_leave_the_inputs_alone(inputs):
    before = pickle.dumps((inputs.weights.to_lists(), inputs.bonds.to_lists(), inputs.stake.tolist()))
    ran, traced = run_epoch(inputs), trace_epoch(inputs).terms
    for f in fields(ran):
        one, other = getattr(ran, f.name), getattr(traced, f.name)
        assert one == other if f.name == "bonds" else np.array_equal(one, other)
    assert before == pickle.dumps((inputs.weights.to_lists(), inputs.bonds.to_lists(), inputs.stake.tolist()))


def test_epochs_follow_each_other(inputs):
    for _ in range(4):
        inputs = next_inputs(inputs, run_epoch(inputs))
    assert inputs.block == 6 * 360
    assert (run_epoch(inputs).dividends[:2] > 0).all()


def test_activity_holds_at_the_end_of_time(inputs):
    late = replace(inputs, last_update=np.full(5, 2**63 - 1))
    assert run_epoch(late).active.all()
    early = replace(inputs, activity_cutoff=2**62 - 1)
    assert run_epoch(early).active.all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stake": np.array([1, 2])}, "last_update has shape (5,), but there are 2 uids"),
        ({"stake": np.array([1.5] * 5)}, "must hold integers"),
        ({"stake": np.array([-1, 0, 0, 0, 0])}, "zero or more"),
        ({"stake": np.array([2**62, 0, 0, 0, 0])}, "less than 2⁶²"),
        ({"stake": np.array([], int)}, "1 to 4096 uids"),
        ({"validator_permit": np.zeros(5, int)}, "true or false"),
        ({"owner_uid": 5}, "owner_uid must be an integer from 0 to 4"),
        ({"block": -1}, "block must be an integer"),
        ({"block": 1.0}, "block must be an integer"),
        ({"weights": rows_from_lists([[]])}, "weights have 1 rows"),
        ({"commit_block": np.zeros(3, int)}, "commit_block has shape"),
    ],
)
def test_bad_inputs_say_what_is_wrong(inputs, change, words):
    with pytest.raises(InputError) as caught:
        replace(inputs, **change)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda *_: np.zeros(3, int), "wanted [5]"),
        (lambda *_: np.zeros((2, 5), int), "wanted [5]"),
        (lambda *_: [0.5] * 5, "raw integers"),
        (lambda *_: None, "wanted [5]"),
    ],
)
def test_a_step_that_returns_nonsense_is_named(inputs, function, words):
    with pytest.raises(InputError, match="step consensus returned") as caught:
        run_epoch(inputs, replace(CHAIN_STEPS, consensus=function))
    assert words in str(caught.value)


def test_a_step_with_two_results_must_return_two(inputs):
    with pytest.raises(InputError, match="step incentive must return 2 arrays"):
        run_epoch(inputs, replace(CHAIN_STEPS, incentive=lambda clipped, stake: (stake, stake, stake)))


@pytest.mark.parametrize(
    ("stake", "weights", "words"),
    [
        ([1], [[1], [2]], "one row for each of the 1"),
        ([1, 2], [[1], [70000]], "0 to 65535"),
        ([1, 2], [[1.0], [2.0]], "integers 0 to 65535"),
        ([1, 2], [1, 2], "one row for each"),
    ],
)
def test_a_bad_matrix_is_refused(stake, weights, words):
    with pytest.raises(InputError) as caught:
        matrix_inputs(stake, weights)
    assert words in str(caught.value)


def test_hyperparameters_check_and_explain_themselves():
    with pytest.raises(InputError, match="kappa must lie between 0 and 65535"):
        Hyperparameters(kappa=65536)
    with pytest.raises(InputError, match="as stored on chain"):
        Hyperparameters(kappa=0.5)
    with pytest.raises(InputError, match="Known: tempo, kappa"):
        meaning("kapa")
    for item in fields(Hyperparameters):
        meant = meaning(item.name)
        assert meant.low <= item.default <= meant.high
        assert meant.sentence.endswith(".")
        assert meant.who in ("owner", "root")
    assert Hyperparameters().activity_cutoff == 5000
    assert Hyperparameters(tempo=1).activity_cutoff == 13
    assert Hyperparameters(tempo=0).activity_cutoff == 1


def test_rows_keep_order_zeros_and_strangers():
    lists = [[[2, 5], [0, 0], [9, 1]], [], [[1, 65535]]]
    rows = rows_from_lists(lists)
    assert rows.to_lists() == lists
    assert rows.to_dense().tolist() == [[0, 0, 5], [0, 0, 0], [0, 65535, 0]]
    assert rows_from_dense(rows.to_dense()).to_lists() == [[[2, 5]], [], [[1, 65535]]]
    assert repr(rows) == "SparseRows(3 rows, 4 pairs)"
    for bad in ([[[1, 2], [1, 3]]], [[[1, 70000]]], [[[-1, 0]]], [[[1]]], [[[1, 2.0]]]):
        with pytest.raises(InputError):
            rows_from_lists(bad)


def test_units_read_and_write_as_people_do():
    assert tao(1.5) == 1_500_000_000
    assert tao(0.1) == 100_000_000
    assert tao("0.0000000019") == 1
    assert format_tao(1_234_500_000_000) == f"1{THIN_SPACE}234.5{NO_BREAK_SPACE}τ"
    assert format_tao(-1, digits=9) == f"\u22120.000000001{NO_BREAK_SPACE}τ"
    assert u16_fraction(65535) == ONE
    assert to_u16(0.5) == 32768
    for bad in ("nan", float("inf")):
        with pytest.raises(ValueError, match="finite"):
            tao(bad)
    with pytest.raises(ValueError, match="between 0 and 1"):
        to_u16(1.1)


def test_importing_the_package_is_light():
    """Neither pandas nor altair nor ipywidgets come with the package or its engine."""
    code = (
        "import sys, bittensor_lab, bittensor_lab.epoch;"
        "print([m for m in ('pandas', 'altair', 'ipywidgets', 'anywidget', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_edited_callee_is_compiled_anew(tmp_path):
    """The cache folder is named by all kernel sources, so numba cannot find what was compiled before."""
    from bittensor_lab.kernels import source_hash

    (tmp_path / "one.py").write_text("A = 1\n")
    (tmp_path / "two.py").write_text("B = 2\n")
    before = source_hash(tmp_path)
    (tmp_path / "two.py").write_text("B = 3\n")
    assert source_hash(tmp_path) != before
