"""Saving and loading: the same chain again, or one clear error; and never a lost file."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from random_chain import digest, random_extrinsic, random_network

from bittensor_lab import store
from bittensor_lab.block import apply, run
from bittensor_lab.chain import Chain
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network, empty_network


def lived(seed: int):
    """A network to which much has happened: commits wait, childkeys, takes, several mechanisms."""
    rng = np.random.default_rng(seed)
    state = random_network(rng)
    for _ in range(60):
        try:
            state, _ = apply(state, random_extrinsic(rng, state))
        except ChainError:
            state = run(state, 1)
    return state


@pytest.mark.parametrize("seed", range(25))
def test_a_loaded_chain_is_the_same_and_goes_on_the_same(tmp_path, seed):
    state, path = lived(seed), tmp_path / "a.chain"
    assert store.save(state, path) == path
    loaded = store.load(path)
    assert digest(loaded) == digest(state)
    assert violations(loaded) == []
    rng, again = np.random.default_rng(seed), np.random.default_rng(seed)
    for _ in range(20):
        state, loaded = _go_on(state, rng), _go_on(loaded, again)
    assert digest(loaded) == digest(state)


def _go_on(state, rng):
    with suppress(ChainError):
        state, _ = apply(state, random_extrinsic(rng, state))
    return run(state, 3)


def test_the_same_state_gives_the_same_bytes(tmp_path):
    store.save(demo_network(2), tmp_path / "a")
    store.save(demo_network(2), tmp_path / "b")
    store.save(store.load(tmp_path / "a"), tmp_path / "c")
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b == c


def test_an_empty_network_and_a_chain(tmp_path):
    store.save(empty_network(), tmp_path / "empty")
    assert digest(store.load(tmp_path / "empty")) == digest(empty_network())
    chain = Chain(demo_network())
    chain.run(100)
    chain.save(tmp_path / "chain")
    other = Chain.load(str(tmp_path / "chain"))
    assert (other.block, digest(other.state)) == (1_100, digest(chain.state))


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "a.chain"
    store.save(demo_network(2, 2, 3), path)
    return path.read_bytes()


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        store.load(path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < 1_000
    return str(caught.value)


def test_a_truncated_file_is_refused(tmp_path, saved):
    path = tmp_path / "cut.chain"
    for length in np.random.default_rng(1).integers(0, len(saved), 100):
        path.write_bytes(saved[:length])
        assert "Load an older save" in refused(path) or length == 0


def test_a_damaged_file_is_refused_or_does_not_matter(tmp_path, saved):
    path, rng = tmp_path / "bad.chain", np.random.default_rng(2)
    whole = digest(demo_network(2, 2, 3))
    for _ in range(400):
        raw = bytearray(saved)
        raw[int(rng.integers(len(raw)))] ^= int(rng.integers(1, 256))
        path.write_bytes(raw)
        try:
            assert digest(store.load(path)) == whole
        except InputError as error:
            assert str(error).startswith(str(path))


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04", b"{}", b"\x00" * 1000])
def test_what_is_no_zip_is_refused(tmp_path, content):
    path = tmp_path / "other"
    path.write_bytes(content)
    refused(path)


def test_what_is_no_regular_file_is_refused(tmp_path):
    assert "is a folder" in refused(tmp_path)
    assert "cannot be read" in refused(tmp_path / "missing")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "regular" in refused(tmp_path / "pipe")


def rebuilt(path: Path, saved: bytes, **members: bytes) -> Path:
    """The saved file with members replaced (``state_json=...``), its check sums right."""
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, members.pop(name.replace(".", "_"), old.read(name)))
        for name, content in members.items():
            new.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"format": store.FORMAT, "version": 2}, "newer version of bittensor_lab"),
        ({"format": store.FORMAT, "version": "1"}, "unknown format version"),
        ({"format": store.FORMAT}, "unknown format version"),
        ({"format": "another", "version": 1}, "is not a saved chain"),
        ([], "is not a saved chain"),
    ],
)
def test_a_foreign_or_newer_file_is_named_so(tmp_path, saved, about, says):
    path = rebuilt(tmp_path / "x", saved, format_json=json.dumps(about).encode())
    assert says in refused(path)


def test_a_foreign_zip_is_refused(tmp_path, saved):
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        archive.writestr("mimetype", "text")
    assert "is not a saved chain" in refused(tmp_path / "z")
    assert "is not a saved chain" in refused(rebuilt(tmp_path / "y", saved, more=b"1"))


EDITS = {
    "a float": lambda s: s.update(block=1.5),
    "a flag for a number": lambda s: s.update(block=True),
    "a huge number": lambda s: s.update(total_issuance=10**50),
    "a field less": lambda s: s.pop("free"),
    "a field more": lambda s: s.update(more=1),
    "a key twice": lambda s: s["free"].append(s["free"][0]),
    "a long name": lambda s: s["free"].append(["x" * 2000, 10**9]),
    "a wrong dtype": lambda s: s["clocks"].update(burn=["int64", 3, 0]),
    "a negative offset": lambda s: s["clocks"].update(burn=["uint64", 3, -8]),
    "a huge length": lambda s: s["clocks"].update(burn=["uint64", 10**18, 0]),
    "an odd array": lambda s: s["clocks"].update(burn="uint64"),
    "an unknown dtype": lambda s: s["clocks"].update(burn=["object", 3, 0]),
    "another length": lambda s: s["clocks"].update(burn=["uint64", 2, 0]),
    "TAO from nowhere": lambda s: s["free"][0].__setitem__(1, 5 * 10**9),
    "an impossible rule": lambda s: s["network"].update(max_epochs_per_block=0),
    "a null": lambda s: s.update(subnets=None),
    "a subnet as text": lambda s: s["subnets"].__setitem__(1, "subnet"),
    "rows of one kind": lambda s: s["subnets"][1]["mechanisms"][0].update(weights={"row": 1}),
    "a stranger's neuron": lambda s: s["subnets"][1]["hotkeys"].__setitem__(0, "stranger"),
    "no mechanism": lambda s: s["subnets"][1].update(mechanisms=[]),
    "a list": lambda s: s.clear(),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_state_is_refused(tmp_path, saved, edit):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        tree = json.loads(archive.read("state.json"))
    EDITS[edit](tree)
    refused(rebuilt(tmp_path / "e", saved, state_json=json.dumps(tree).encode()))


def test_deep_and_broken_json_is_refused(tmp_path, saved):
    refused(rebuilt(tmp_path / "d", saved, state_json=b"[" * 100_000))
    refused(rebuilt(tmp_path / "n", saved, state_json=b"{nonsense"))
    refused(rebuilt(tmp_path / "i", saved, state_json=b"9" * 5_000))


def test_a_file_that_unpacks_too_far_is_refused(tmp_path, saved, monkeypatch):
    monkeypatch.setattr(store, "MAX_BYTES", 100_000)
    path = rebuilt(tmp_path / "bomb", saved, arrays_bin=b"\0" * 200_000)
    assert "unpacks to more than" in refused(path)


@pytest.mark.parametrize("call", ["os.replace", "os.fsync", "os.fdopen"])
def test_a_failing_save_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch, call):
    path = tmp_path / "a.chain"
    store.save(demo_network(), path)
    before = path.read_bytes()

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(call, full)
    with pytest.raises(InputError, match="No space left"):
        store.save(run(demo_network(), 5), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.chain"]


def test_impossible_places_are_named(tmp_path):
    for place in (tmp_path, tmp_path / "missing" / "a.chain"):
        with pytest.raises(InputError, match="cannot be written"):
            store.save(demo_network(), place)


def test_a_killed_save_never_costs_the_old_file(tmp_path):
    """The process is killed at some moment while it saves again and again."""
    path = tmp_path / "a.chain"
    store.save(demo_network(), path)
    code = (
        "import sys\nfrom bittensor_lab import store\nfrom bittensor_lab.presets import demo_network\n"
        "states = [demo_network(2, 5, 20, seed=i) for i in range(5)]\nprint('go', flush=True)\n"
        "while True:\n    for state in states:\n        store.save(state, sys.argv[1])\n"
    )
    known = {digest(demo_network()), *(digest(demo_network(2, 5, 20, seed=i)) for i in range(5))}
    rng = np.random.default_rng(3)
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            child.wait(float(rng.uniform(0.0, 0.3)))
        child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        child.wait()
        child.stdout.close()
        assert digest(store.load(path)) in known


def test_loaded_arrays_are_read_only(tmp_path):
    store.save(demo_network(), tmp_path / "a")
    loaded = store.load(tmp_path / "a")
    with pytest.raises(ValueError, match="read-only"):
        loaded.clocks.burn[0] = 1
