"""Malformed calls: each is refused with a named error, or done right, and nothing else changes.

20,000 of them here, 100,000 in ``make soak``.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from random_chain import digest, random_network

from bittensor_lab import extrinsics
from bittensor_lab.block import apply
from bittensor_lab.errors import ChainError, LabError
from bittensor_lab.invariants import violations
from bittensor_lab.params import Hyperparameters, NetworkParameters, meanings

CHUNKS, CALLS = 2, 10_000
KINDS = [getattr(extrinsics, name) for name in extrinsics.__all__]


class Hostile:
    """An object that answers nothing."""

    def _refuse(self, *_: Any) -> Any:
        raise RuntimeError("no")

    __repr__ = __eq__ = __index__ = __len__ = __iter__ = __bool__ = __int__ = _refuse
    __hash__ = None  # type: ignore[assignment]


def junk(rng: np.random.Generator) -> Any:
    """Something of the wrong kind, or a number far off."""
    numbers = (-1, 0, 1, 2**16, 2**64, 2**64 - 1, -(2**70), 10**5000, 0.5, float("nan"), float("inf"))
    texts = (
        "",
        "alice",
        "ROOT",
        "x" * 5000,
        "a\nb",
        "\ud800",
        "\x00",
        b"alice",
        "1",
        "kappa",
        "alpha_values",
    )
    lists = ([], [1], [1.5], ["a"], [[1, 2]], [None], [-1], [65536], [1, 1, 1], list(range(5000)), [[[]]])
    pairs = ([(1, "a")], [(1, "a", 2)], [("a", 1)], [(2**64, "a")], (1638, 60_000), (1,), (1, 2, 3), ())
    arrays = (np.int64(3), np.uint8(255), np.float32(1.5), np.bool_(True), np.arange(3), np.zeros((2, 2)))
    others = (None, True, False, {}, {1: 2}, set(), Hostile(), [Hostile()], np.array(["a"]), np.array(3),
              object, range(3), iter([1]), complex(1, 2), Ellipsis, len)  # fmt: skip
    some = (*numbers, *texts, *lists, *pairs, *arrays, *others)
    return some[int(rng.integers(len(some)))]


def plausible(rng: np.random.Generator, name: str, state: Any) -> Any:
    """Something that could stand for the argument called ``name``."""
    subnet = state.subnet(state.netuids[0])
    keys = [*subnet.hotkeys, "alice", "validator-1-cold", subnet.owner_coldkey, "ROOT", "unknown"]
    parameters = [*meanings(Hyperparameters), *meanings(NetworkParameters), "alpha_values", "nonsense"]
    some: dict[str, Any] = {
        "netuid": [*state.netuids, 0, 4095, None],
        "uids": [[0, 1], list(range(subnet.n)), [subnet.n], []],
        "values": [[1, 2], [0] * subnet.n, [65535], []],
        "salt": [[1]],
        "children": [[], [(2**63, "validator-2")]],
        "mechanism": [0, 0, 1, 15],
        "name": parameters,
        "split": [None, [65535], [1, 2]],
        "commit_hash": ["0x00"],
        "text": ["a text"],
    }
    choices = some.get(name, keys if "key" in name or name in ("origin", "destination") else [0, 1, 5, 1000])
    return choices[int(rng.integers(len(choices)))]


def call(rng: np.random.Generator, state: Any) -> tuple[Any, dict[str, Any]]:
    kind = KINDS[int(rng.integers(len(KINDS)))]
    broken = rng.random()
    given = {
        item.name: junk(rng) if rng.random() < broken else plausible(rng, item.name, state)
        for item in fields(kind)
    }
    if rng.random() < 0.05 and given:
        given.pop(next(iter(given)))
    if rng.random() < 0.05:
        given["nonsense"] = junk(rng)
    return kind, given


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_malformed_call_is_refused_by_name(chunk):
    refused_by_name(np.random.default_rng(chunk))


def refused_by_name(rng: np.random.Generator) -> None:
    """Try ``CALLS`` malformed calls on one network."""
    state = random_network(rng)
    before, done, named = digest(state), 0, set()
    for number in range(CALLS):
        kind, given = call(rng, state)
        try:
            after, _ = apply(state, kind(**given))
            done += 1
            if number % 50 == 0:
                assert violations(after) == []
        except (ChainError, ValueError, TypeError) as error:
            named.add(type(error).__name__)
            assert len(str(error)) < 2_000
            if isinstance(error, LabError):
                assert error.what
    assert digest(state) == before
    assert done < CALLS // 3
    assert len(named) > 15
