"""Saving and loading: the same chain again, or one clear error; and never a lost file."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from numpy.typing import NDArray
from random_chain import digest, random_extrinsic, random_network

from bittensor_lab import store
from bittensor_lab.block import apply, run
from bittensor_lab.chain import Chain
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network, empty_network
from bittensor_lab.rows import EMPTY_ROW, Row, make_row
from bittensor_lab.whole_file import write_whole


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


def assert_same(a, b, where="state"):
    """Everything in ``b`` is of the same type as in ``a``, equal to it, and read-only."""
    assert type(a) is type(b), where
    if isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes(), where
        assert not b.flags.writeable and b.flags.aligned, where
    elif isinstance(a, Map):
        assert set(a) == set(b), where
        for key in a:
            assert_same(a[key], b[key], f"{where}[{key}]")
    elif is_dataclass(a):
        for item in fields(a):
            assert_same(getattr(a, item.name), getattr(b, item.name), f"{where}.{item.name}")
    elif isinstance(a, tuple):
        assert len(a) == len(b), where
        for i, pair in enumerate(zip(a, b, strict=True)):
            assert_same(*pair, f"{where}[{i}]")
    else:
        assert a == b, where


@pytest.mark.parametrize("size", [(1, 0, 0), (1, 1, 1), (3, 4, 8), (2, 63, 192), (128, 63, 192)])
def test_a_network_of_any_size_comes_back_whole(tmp_path, size):
    state = demo_network(*size)
    assert_same(state, store.load(store.save(state, tmp_path / "a")))


def test_a_chain_that_lived_comes_back_whole(tmp_path):
    state = lived(7)
    assert_same(state, store.load(store.save(state, tmp_path / "a")))


@pytest.mark.parametrize("rule", [{"yuma3": 1}, {"tempo": True}, {"liquid_alpha": 0}])
def test_a_rule_of_the_wrong_type_but_right_value_can_be_loaded_again(tmp_path, rule):
    state = demo_network().with_hyperparameters(1, **rule)
    loaded = store.load(store.save(state, tmp_path / "a"))
    assert loaded.hyperparameters(1) == state.hyperparameters(1)


def test_a_number_of_numpy_is_saved_as_a_number(tmp_path):
    state = replace(demo_network(), block=np.int64(1_000))
    assert_same(demo_network(), store.load(store.save(state, tmp_path / "a")))


@dataclass(frozen=True)
class Later:
    """What a later version might add: kinds that no field has yet."""

    numbers: NDArray[np.uint32]  # [3]
    fractions: NDArray[np.float64]  # [2]
    row: Row
    rows: tuple[Row, ...]
    pair: tuple[int, str]
    nested: Map[int, tuple[tuple[bool, ...], ...]]
    maybe: NDArray[np.bool_] | None = None  # [2]


@pytest.mark.parametrize("maybe", [None, np.array([True, False])])
def test_a_new_class_needs_nothing_in_the_store(maybe):
    later = Later(
        numbers=np.array([1, 2, 2**32 - 1], np.uint32),
        fractions=np.array([0.1, -0.0]),
        row=make_row([3], [4]),
        rows=(make_row([5, 1], [0, 6]), EMPTY_ROW),
        pair=(-5, "é"),
        nested=Map({3: ((True,), ()), -1: ()}),
        maybe=maybe,
    )
    writer = store._Writer()
    tree = json.loads(json.dumps(writer.write(Later, later, "later")))
    assert_same(later, store._Reader(writer.arrays.getvalue()).read(Later, tree, "later", 0))


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
        ({"format": store.FORMAT, "version": True}, "unknown format version"),
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
    "a null for a number": lambda s: s.update(block=None),
    "a number for a name": lambda s: s["subnets"][1].update(owner_coldkey=1),
    "a number for a flag": lambda s: s["subnets"][1].update(subtoken_enabled=1),
    "a very low number": lambda s: s.update(block=-(2**64) - 1),
    "half a character": lambda s: s["subnets"][1].update(owner_coldkey="\ud800"),
    "a flag for an offset": lambda s: s["clocks"]["burn"].__setitem__(2, False),
    "a negative length": lambda s: s["clocks"]["burn"].__setitem__(1, -1),
    "a shape": lambda s: s["clocks"]["burn"].__setitem__(1, [3, 1]),
    "a dtype that is a list": lambda s: s["clocks"]["burn"].__setitem__(0, ["uint64"]),
    "an array of four parts": lambda s: s["clocks"]["burn"].append(0),
    "bytes as flags": lambda s: s["subnets"][1].update(
        active=["bool", s["subnets"][1]["active"][1], at_burn(s)]
    ),
    "accounts that hold alpha": lambda s: s["pools"].update(account=list(s["pools"]["alpha_out"])),
    "a pair of three": lambda s: s["free"][0].append(1),
    "a map as an object": lambda s: s.update(free=dict(s["free"])),
    "a subnet of another number": lambda s: s["subnets"][1].update(netuid=2),
}


def at_burn(tree) -> int:
    """Where the registration prices lie: bytes that are neither 0 nor 1."""
    return tree["clocks"]["burn"][2] + 8


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_state_is_refused(tmp_path, saved, edit):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        tree = json.loads(archive.read("state.json"))
    EDITS[edit](tree)
    refused(rebuilt(tmp_path / "e", saved, state_json=json.dumps(tree).encode()))


def paths(tree, at=()):
    """The way to every value of a JSON tree."""
    yield at
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(value, dict | list):
            yield from paths(value, (*at, key))
        else:
            yield (*at, key)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(2**200),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None, max_examples=300, database=None)
@given(data=st.data(), new=ANY_JSON)
def test_any_value_anywhere_gives_an_input_error_or_a_lawful_state(tmp_path_factory, saved, data, new):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        tree = json.loads(archive.read("state.json"))
    *way, last = data.draw(st.sampled_from(list(paths(tree))[1:]))
    place = tree
    for key in way:
        place = place[key]
    place[last] = new
    path = tmp_path_factory.getbasetemp() / "edited"
    rebuilt(path, saved, state_json=json.dumps(tree).encode())
    try:
        assert violations(store.load(path)) == []
    except InputError as error:
        assert str(error).startswith(str(path)) and len(str(error)) < 1_000


def test_an_object_that_names_a_field_twice_is_refused(tmp_path, saved):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        text = archive.read("state.json").replace(b'{"block":', b'{"block":7,"block":', 1)
    assert "named twice" in refused(rebuilt(tmp_path / "t", saved, state_json=text))


def test_arrays_that_share_their_bytes_are_refused(tmp_path, saved):
    """A few references to all of a large block would fill the memory."""
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        tree, size = json.loads(archive.read("state.json")), archive.getinfo("arrays.bin").file_size
    tree["clocks"]["burn"] = ["uint64", size // 8, 0]
    path = rebuilt(tmp_path / "s", saved, state_json=json.dumps(tree).encode())
    assert "state.clocks.burn shares its place" in refused(path)


def test_another_compression_is_no_format_of_ours(tmp_path, saved):
    """LZMA reports damage in errors of its own, and none may come out."""
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(tmp_path / "z", "w", 14) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    whole = (tmp_path / "z").read_bytes()
    assert "is not a saved chain" in refused(tmp_path / "z")
    for at in range(0, len(whole), 7):
        (tmp_path / "z").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        refused(tmp_path / "z")


def test_a_law_that_trips_refuses_too(tmp_path, saved, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(saved)
    for law in (lambda _: ["a law is broken"], lambda _: 1 // 0):
        monkeypatch.setattr(store, "violations", law)
        assert "does not hold together" in refused(path)


def test_deep_and_broken_json_is_refused(tmp_path, saved):
    refused(rebuilt(tmp_path / "d", saved, state_json=b"[" * 100_000))
    refused(rebuilt(tmp_path / "n", saved, state_json=b"{nonsense"))
    refused(rebuilt(tmp_path / "i", saved, state_json=b"9" * 5_000))


def test_a_file_that_unpacks_too_far_is_refused(tmp_path, saved, monkeypatch):
    monkeypatch.setattr(store, "MAX_BYTES", 100_000)
    path = rebuilt(tmp_path / "bomb", saved, arrays_bin=b"\0" * 200_000)
    assert "unpacks to more than" in refused(path)


def test_a_small_file_cannot_fill_the_memory(tmp_path, saved, monkeypatch):
    path = rebuilt(tmp_path / "zeros", saved, arrays_bin=b"\0" * 1_000_000)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("arrays.bin")
    lying = path.read_bytes().replace(info.file_size.to_bytes(4, "little"), (2**32 - 2).to_bytes(4, "little"))
    path.write_bytes(lying)
    assert "unpacks to more than" in refused(path)
    monkeypatch.setattr(store, "MAX_VALUES", 10_000)
    path = rebuilt(tmp_path / "lists", saved, state_json=b"[" + b"[]," * 10_000 + b"[]]")
    assert "values" in refused(path)
    monkeypatch.setattr(store, "MAX_ROWS", 3)
    path.write_bytes(saved)
    assert "more than 3 rows" in refused(path)


def test_a_huge_file_is_not_even_read(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(store.MAX_BYTES + 1)  # takes no place on most disks
    assert "more than" in refused(tmp_path / "huge")


def test_what_could_not_be_loaded_is_not_saved(tmp_path):
    state, path = demo_network(), tmp_path / "a"
    subnet = state.subnet(1)
    odd = Row(np.array([1, 2], np.uint16), np.array([1], np.uint16))
    mechanism = replace(subnet.mechanisms[0], weights=(odd,) * subnet.n)
    for wrong in (
        replace(state, block=1.5),
        replace(state, block=2**129),
        replace(state, takes={"a": 1}),
        replace(state, free=Map({1: 1})),
        state.with_subnet(replace(subnet, owner_coldkey="x" * 2_000)),
        state.with_subnet(replace(subnet, owner_coldkey="\ud800")),
        state.with_subnet(replace(subnet, active=subnet.active.astype(np.int64))),
        state.with_subnet(replace(subnet, emission=np.zeros((2, 2), np.int64))),
        state.with_subnet(replace(subnet, mechanisms=(mechanism,))),
        state.with_subnet(replace(subnet, mechanisms=None)),
    ):
        with pytest.raises(InputError, match=r"cannot be written: state.*Change that first"):
            store.save(wrong, path)
    assert os.listdir(tmp_path) == []


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


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_disk_that_fills_up_halfway_costs_nothing(tmp_path, monkeypatch, error):
    path = tmp_path / "a.chain"
    store.save(demo_network(), path)
    before, real = path.read_bytes(), os.fdopen

    def filling(handle, mode):
        file = real(handle, mode, buffering=0)

        class Half:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                file.close()

            def write(self, content):
                file.write(content[: len(content) // 2])
                raise error

        return Half()

    monkeypatch.setattr(os, "fdopen", filling)
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else InputError):
        store.save(run(demo_network(), 5), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.chain"]


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch):
    real, calls = os.fsync, []

    def only_files(handle):
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(22, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    assert_same(demo_network(), store.load(store.save(demo_network(), tmp_path / "a")))


def test_a_read_only_folder_keeps_its_file(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    store.save(demo_network(), folder / "a")
    folder.chmod(0o500)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write anywhere")
        with pytest.raises(InputError, match="cannot be written"):
            store.save(run(demo_network(), 5), folder / "a")
        assert digest(store.load(folder / "a")) == digest(demo_network())
    finally:
        folder.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_replaced_and_a_link_stays_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        store.save(demo_network(), tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    store.save(demo_network(), tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "a").is_file()


def test_a_name_that_no_file_can_have_is_an_input_error(tmp_path):
    for name in ("a\0b", "\ud8ff", "x" * 300):
        with pytest.raises(InputError):
            store.save(demo_network(), tmp_path / name)
        with pytest.raises(InputError):
            store.load(tmp_path / name)
    store.save(demo_network(), tmp_path / ("x" * 250))  # a long name leaves room for the temporary one
    assert os.listdir(tmp_path) == ["x" * 250]


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
    for _ in range(15):
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


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind are POSIX's")
def test_who_may_read_the_old_file_may_read_the_new_one(tmp_path):
    usual, shut = tmp_path / "usual", tmp_path / "shut"
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    shut.touch(mode=0o600)
    for path in (usual, shut):
        write_whole(path, b"whole")
    assert stat.S_IMODE(usual.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    assert stat.S_IMODE(shut.stat().st_mode) == 0o600


def test_a_save_of_another_version_is_said_to_be_one(tmp_path):
    """Without a field that came later, or with one that went: what differs, and what to do."""
    for change, said in (
        (lambda told: told.pop("announced_swaps"), "state lacks announced_swaps"),
        (lambda told: told.update(gone=1), "state has the unknown gone"),
    ):
        store.save(demo_network(1, 2, 2, seed=1), tmp_path / "a.chain")
        with zipfile.ZipFile(tmp_path / "a.chain") as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        told = json.loads(members["state.json"])
        change(told)
        with zipfile.ZipFile(tmp_path / "b.chain", "w") as archive:
            for name, content in (members | {"state.json": json.dumps(told).encode()}).items():
                archive.writestr(name, content)
        with pytest.raises(InputError, match=said) as caught:
            store.load(tmp_path / "b.chain")
        assert "another version" in caught.value.values and "begin anew" in caught.value.remedy
