"""Bets survive, are replaced whole, and a damaged file never stops a lesson."""

import math

import pytest

from bittensor_lab import bets


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BITTENSOR_LAB_HOME", str(tmp_path))
    return tmp_path / "data"


def test_nothing_is_recorded_at_first():
    assert bets.recorded("a") is None


def test_a_bet_is_kept_and_replaced_and_forgotten():
    bets.record("a", 15)
    bets.record("b", 0.5)
    bets.record("a", 5)
    assert (bets.recorded("a"), bets.recorded("b")) == (5.0, 0.5)
    bets.forget("a")
    bets.forget("never placed")
    assert (bets.recorded("a"), bets.recorded("b")) == (None, 0.5)


def test_nothing_is_left_beside_the_file(home):
    bets.record("a", 1)
    assert [path.name for path in home.iterdir()] == [bets.FILE]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"bets": 3}', '{"bets": {"a": "x"}}', "\udcff"])
def test_a_damaged_file_is_set_aside(home, text):
    home.mkdir(parents=True)
    (home / bets.FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.warns(UserWarning, match="kept as bets-damaged"):
        assert bets.recorded("a") is None
    bets.record("a", 3)
    assert bets.recorded("a") == 3.0
    assert len(list(home.glob("bets-damaged-*.json"))) == 1


def test_a_failed_write_leaves_the_old_bets(monkeypatch, home):
    bets.record("a", 1)
    monkeypatch.setattr(bets.json, "dump", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        bets.record("a", 2)
    assert bets.recorded("a") == 1.0
    assert [path.name for path in home.iterdir()] == [bets.FILE]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_bet_is_a_number(value):
    with pytest.raises(ValueError, match="finite"):
        bets.record("a", value)
