"""What the tests of lessons and labs share: a learner's folder of their own, and every bet forgotten."""

import sys

import pytest
from lesson import move_in


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The learner's folder, empty; bet strips live as long as their kernel, so older ones are dropped."""
    move_in(tmp_path, monkeypatch)
    for name, module in list(sys.modules.items()):
        if name.startswith("bittensor_lab.labs.") and hasattr(module, "bet_strip"):
            module.bet_strip.cache_clear()
    return tmp_path
