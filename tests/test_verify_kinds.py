"""Every kind of vector file: what is wrong in it is found and named, and nothing in it can crash a replay."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bittensor_lab.errors import InputError
from bittensor_lab.verify import KINDS, verify_file

VECTORS = Path(__file__).parents[1] / "datasets" / "vectors"
JUNK = [None, True, -1, 0, 2**63, 2**80, 1.5, float("nan"), "x", "block", [], {}, [[]], [1, 2], {"a": 1}]
LIMIT = 3
"""cases of a file that are kept: enough to go wrong in, few enough to be quick"""


def content(kind: str) -> dict:
    whole = json.loads(gzip.decompress((VECTORS / f"{kind}.json.gz").read_bytes()))
    return {**whole, "cases": whole["cases"][:LIMIT]}


def write(path: Path, whole: object) -> Path:
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def places(value: object, path: tuple = ()) -> list[tuple]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inside for place in places(item, (*path, key)))]


def changed(whole: dict, path: tuple, value: object) -> dict:
    other = copy.deepcopy(whole)
    target = other
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return other


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_part_of_the_file_passes(tmp_path, kind):
    assert verify_file(write(tmp_path / "v.json", content(kind))).passed


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_junk_anywhere_is_an_input_error_or_a_failed_value(tmp_path, kind):
    whole, rng = content(kind), np.random.default_rng(7)
    found = [place for place in places(whole["cases"], ("cases",)) if len(place) > 1]
    refused = 0
    for _ in range(150):
        place, value = found[int(rng.integers(len(found)))], JUNK[int(rng.integers(len(JUNK)))]
        try:
            verify_file(write(tmp_path / "v.json", changed(whole, place, value)))
        except InputError as error:
            refused += 1
            assert len(str(error)) < 1_000
    assert refused > 30  # shares may ignore inputs of other rules


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"epoch"}))
def test_another_expected_value_fails(tmp_path, kind):
    """Far beyond every tolerance, and said by case and field."""
    whole = content(kind)
    numbers = [
        place
        for place in places(whole["cases"][0]["expected"], ("cases", 0, "expected"))
        if type(_at(whole, place)) in (int, float)
    ]
    for place in numbers[:10]:
        value = _at(whole, place)
        other = 0.9 if isinstance(value, float) or kind == "emission_shares" else value // 2 + 1_000_000
        report = verify_file(write(tmp_path / "v.json", changed(whole, place, other)))
        assert not report.passed
        assert "case" in report.first


def _at(whole: dict, path: tuple) -> object:
    for key in path:
        whole = whole[key]
    return whole
