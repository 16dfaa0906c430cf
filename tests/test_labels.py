"""Labels pushed apart: far enough, inside, in order, and moved no more than another method finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import isotonic_regression

from bittensor_lab.views.labels import apart

PLACES = st.lists(st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1), min_size=1, max_size=8)


@given(PLACES, st.floats(0.01, 0.14))
def test_labels_stand_apart_and_inside_in_their_order(at, least):
    placed = apart(at, least)
    order = np.argsort(at, kind="stable")
    assert (np.diff(placed[order]) >= least - 1e-9).all()
    assert placed.min() >= -1e-9 and placed.max() <= 1 + 1e-9


@given(PLACES, st.floats(0.01, 0.14))
def test_they_move_as_little_as_they_can(at, least):
    steps = least * np.arange(len(at))
    free = isotonic_regression(np.sort(at) - steps) + steps
    assert np.sort(apart(at, least, low=-9.0, high=9.0)) == pytest.approx(free, abs=1e-9)


def test_no_label_and_too_many():
    assert apart([], 0.1).size == 0
    assert apart([0.5] * 4, 0.5).tolist() == [0.0, 0.5, 1.0, 1.5]  # too many: they go on above
