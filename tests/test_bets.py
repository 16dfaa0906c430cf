"""Bets survive, are replaced whole, and a damaged file never stops a lesson."""

import math
import os

import pytest

from bittensor_lab import bets
from bittensor_lab.errors import InputError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(tmp_path))
    return tmp_path / "data"


def test_nothing_is_recorded_at_first():
    assert bets.recorded("a") is None


def bet(value):
    return bets.Bet(value, truth=4.0, unit="%", question="how much?")


def test_a_bet_is_kept_and_replaced_and_forgotten():
    bets.record("a", bet(15))
    bets.record("b", bet(0.5))
    bets.record("a", bet(5))
    assert bets.everything() == {"a": bet(5), "b": bet(0.5)}
    bets.forget("a")
    bets.forget("never placed")
    assert (bets.recorded("a"), bets.recorded("b")) == (None, bet(0.5))


def test_nothing_is_left_beside_the_file(home):
    bets.record("a", bet(1))
    assert [path.name for path in home.iterdir()] == ["bets.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"bets": 3}',
        '{"bets": {"a": "x"}}',
        '{"bets": {"a": {"value": 1}}}',
        "[" * 9999,
        "\udcff",
    ],
)
def test_a_damaged_file_is_set_aside(home, text):
    home.mkdir(parents=True)
    (home / "bets.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.warns(UserWarning, match="kept as bets-damaged"):
        assert bets.recorded("a") is None
    bets.record("a", bet(3))
    assert bets.recorded("a") == bet(3)
    assert len(list(home.glob("bets-damaged-*.json"))) == 1


def test_a_failed_write_leaves_the_old_bets(monkeypatch, home):
    bets.record("a", bet(1))
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(InputError, match=r"your bets cannot be kept: No space left.*BITTENSOR_LAB_HOME"):
        bets.record("a", bet(2))
    monkeypatch.undo()
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(home.parent))
    assert bets.recorded("a") == bet(1)
    assert [path.name for path in home.iterdir()] == ["bets.json"]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_bet_is_a_number(value):
    with pytest.raises(ValueError, match="finite"):
        bet(value)
