"""Every lab of the course, without a browser: each control at its ends, presets, the line of code."""

import numpy as np
import pandas as pd
import pytest
from lesson import LABS, at_the_ends, code_of

from bittensor_lab import labs
from bittensor_lab.labs.controls import LabelledSlider
from bittensor_lab.labs.lab import Lab

pytestmark = pytest.mark.usefixtures("home")
ONES = [name for name in LABS if name != "playground"]


@pytest.fixture(params=ONES)
def lab(request):
    made = getattr(labs, request.param)()
    yield made
    made.close()


def sound(lab: Lab, where: str) -> None:
    """Numbers are numbers, sentences are sentences, scales end somewhere."""
    drawing = lab.drawing
    said = " ".join((drawing.title, drawing.subtitle, drawing.summary)).split()
    assert drawing.title and drawing.summary.endswith((".", "!")), where
    assert not {"nan", "inf", "None", "NaN"} & {word.strip("(),.:;%τα") for word in said}, (where, said)
    assert all(np.isfinite(end) for end in drawing.limits.values()), where
    assert isinstance(lab.frame, pd.DataFrame) and len(lab.frame), where
    for name, table in drawing.tables().items():
        for column, values in table.items():
            numbers = [value for value in values if isinstance(value, float)]
            assert np.isfinite(numbers).all(), (where, name, column)
        assert len({len(values) for values in table.values()}) <= 1, (where, name)


def test_every_control_at_its_ends_in_every_preset(lab):
    for preset, _ in lab.controls["preset"].options:
        lab.controls["preset"].value = preset
        sound(lab, preset)
        for moved in at_the_ends(lab):
            sound(lab, f"{preset}: {moved}")


def test_the_code_line_makes_the_frame(lab):
    for preset, _ in lab.controls["preset"].options[:2]:
        lab.controls["preset"].value = preset
        pd.testing.assert_frame_equal(code_of(lab), lab.frame, atol=1e-9)


def test_reset_brings_the_preset_back(lab):
    before, said = lab.state, lab.drawing.title
    slider = next(part for part in lab.controls.values() if isinstance(part, LabelledSlider))
    slider.values = [slider.high if slider.values[0] != slider.high else slider.low, *slider.values[1:]]
    assert lab.state != before
    lab._reset.pressed += 1
    assert lab.state == before and lab.drawing.title == said


def test_the_bet_is_kept_and_judged_by_the_engine(lab, home):
    assert lab.bet.state == "open" and lab.bet.answer is None
    lab.bet.value = (lab.bet.low + lab.bet.high) / 2
    lab.bet.lock()
    assert lab.bet.answer == lab.bet.truth and "engine finds" in lab.bet.verdict
    assert lab.bet.low <= lab.bet.truth <= lab.bet.high
    assert list(home.rglob("bets.json"))


@pytest.mark.parametrize("name", ONES)
def test_a_saved_notebook_shows_the_picture(name):
    lab = getattr(labs, name)()
    bundle = lab._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert len(data["image/png"]) > 10_000 and lab.drawing.title in data["text/plain"]
    lab.close()
