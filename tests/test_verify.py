"""``verify`` on wrong files: a changed value fails, and what is no vector file is said in one line."""

from __future__ import annotations

import copy
import errno
import gzip
import json
import os
import random
import warnings
from pathlib import Path

import numpy as np
import pytest

from bittensor_lab.errors import InputError
from bittensor_lab.places import course
from bittensor_lab.verify import fields, verify_file
from bittensor_lab.verify.epochs import FLAG_FIELDS, RAO_FIELDS, U16_FIELDS

VECTORS = Path(__file__).parents[1] / "datasets" / "vectors" / "epoch.json.gz"
MUTATIONS = 3000
GONE = object()
INPUTS, EXPECTED = ("cases", 0, "epochs", 0, "inputs"), ("cases", 0, "epochs", 0, "expected")
PARAMS = ("cases", 0, "params")


def small() -> dict:
    """A file with one recorded epoch: the shortest with commits, bonds, and something to pay for all."""
    content = json.loads(gzip.decompress(VECTORS.read_bytes()))

    def fits(epoch: dict) -> bool:
        names = (*U16_FIELDS, *RAO_FIELDS, "bonds")
        return all(any(epoch["expected"][name]) for name in names) and any(epoch["inputs"]["bonds"])

    cases = [
        {**case, "epochs": [epoch]}
        for case in content["cases"]
        for epoch in case["epochs"]
        if case["params"]["commit_reveal"] and fits(epoch)
    ]
    return {"kind": "epoch", "source": "test", "cases": [min(cases, key=lambda case: len(json.dumps(case)))]}


SMALL = small()
N = SMALL["cases"][0]["params"]["n"]
NAME = SMALL["cases"][0]["name"]


def at(content: dict, path: tuple) -> object:
    for key in path:
        content = content[key]
    return content


def changed(path: tuple, value: object) -> dict:
    """The small file with one thing replaced, or taken out."""
    content = copy.deepcopy(SMALL)
    parent = at(content, path[:-1])
    if value is GONE:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return content


def written(folder: Path, content: object) -> Path:
    path = folder / "v.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def complaint(path: Path) -> str:
    """What is said about a file; it must be one line that starts with the file."""
    with pytest.raises(InputError) as caught:
        verify_file(path)
    text = str(caught.value)
    assert "\n" not in text and text.startswith(f"{path}: ") and len(text) < 400
    return text.removeprefix(f"{path}: ")


def test_the_small_file_passes(tmp_path):
    report = verify_file(written(tmp_path, SMALL))
    assert report.passed and report.compared == report.equal > 10 * N - 1 and report.worst == {}
    assert (report.cases, report.epochs, report.kind, report.first) == (1, 1, "epoch", "")


# ---------------------------------------------------------------- a changed value fails


@pytest.mark.parametrize("uid", range(N))
@pytest.mark.parametrize("name", [*U16_FIELDS, *RAO_FIELDS, *FLAG_FIELDS])
def test_the_smallest_change_of_an_expected_value_fails(tmp_path, name, uid):
    value = at(SMALL, (*EXPECTED, name, uid))
    other = (not value) if name in FLAG_FIELDS else value - 1 if value else 1
    report = verify_file(written(tmp_path, changed((*EXPECTED, name, uid), other)))
    assert not report.passed
    assert (report.failed, report.compared - report.equal, report.worst) == (1, 1, {name: 1})
    assert (
        report.first == f"case '{NAME}', epoch 0, {name}[{uid}]: {int(value)} here, {int(other)} on the chain"
    )


def bond_row() -> int:
    return next(i for i, row in enumerate(at(SMALL, (*EXPECTED, "bonds"))) if row)


def test_a_changed_bond_fails_and_is_named_by_row_and_uid(tmp_path):
    row = bond_row()
    uid, value = at(SMALL, (*EXPECTED, "bonds", row, 0))
    report = verify_file(written(tmp_path, changed((*EXPECTED, "bonds", row, 0), [uid, value - 1])))
    assert (report.failed, report.worst) == (1, {"bonds": 1})
    assert report.first.endswith(f"bonds[{row}, uid {uid}]: {value} here, {value - 1} on the chain")


def test_a_bond_that_is_missing_or_too_many_fails(tmp_path):
    row = bond_row()
    bonds = at(SMALL, (*EXPECTED, "bonds", row))
    assert verify_file(written(tmp_path, changed((*EXPECTED, "bonds", row), bonds[1:]))).failed == 1
    assert (
        verify_file(written(tmp_path, changed((*EXPECTED, "bonds", row), [*bonds, [65535, 1]]))).failed == 1
    )


def test_a_bond_of_zero_equals_an_absent_one(tmp_path):
    row = bond_row()
    bonds = at(SMALL, (*EXPECTED, "bonds", row))
    assert verify_file(
        written(tmp_path, changed((*EXPECTED, "bonds", row), [*bonds[::-1], [65535, 0]]))
    ).passed


def test_amounts_near_the_end_of_64_bits_are_compared_without_wrapping(tmp_path):
    report = verify_file(written(tmp_path, changed((*EXPECTED, "emission", 0), 2**63 - 1)))
    paid = at(SMALL, (*EXPECTED, "emission", 0))
    assert (report.failed, report.worst) == (1, {"emission": 2**63 - 1 - paid})


@pytest.mark.parametrize(
    ("tolerance", "allowed"),
    [
        ({"tolerance_u16": 2}, {"consensus"}),
        ({"tolerance_u16": 1}, set()),
        ({"tolerance_rao": 2.5}, {"emission"}),
        ({"tolerance_rao": 1.9}, set()),
        ({"tolerance": 2}, {"consensus", "emission"}),
        ({"tolerance_relative": 1e-6}, {"emission"}),
        ({"tolerance_relative": 1e-3}, {"consensus", "emission"}),
        ({"tolerance_relative": 1e-12, "tolerance_rao": 2}, {"emission"}),
        ({"tolerance_relative": 1e-6, "tolerance_rao": 1}, {"emission"}),
        (
            {"tolerance_relative": 1e18, "tolerance_u16": 9e9, "tolerance_rao": 1e18},
            {"consensus", "emission"},
        ),
        ({"tolerance_relative": 0, "tolerance_u16": 0, "tolerance_rao": 0.0}, set()),
    ],
)
def test_tolerances_are_honoured_to_the_unit(tmp_path, tolerance, allowed):
    for name in ("consensus", "emission"):
        values = at(SMALL, (*EXPECTED, name))
        u = max(range(N), key=values.__getitem__)
        report = verify_file(written(tmp_path, {**changed((*EXPECTED, name, u), values[u] - 2), **tolerance}))
        assert report.passed == (name in allowed)
        assert (report.worst, report.compared - report.equal) == ({name: 2}, 1)


def test_no_tolerance_excuses_a_flag(tmp_path):
    content = changed((*EXPECTED, "active", 0), not at(SMALL, (*EXPECTED, "active", 0)))
    generous = dict.fromkeys(("tolerance_u16", "tolerance_rao", "tolerance", "tolerance_relative"), 5)
    assert not verify_file(written(tmp_path, {**content, **generous})).passed


# ---------------------------------------------------------------- what cannot be read


BYTES = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t", "is empty"),
    "text": (b"hello", "is not JSON"),
    "truncated": (json.dumps(SMALL).encode()[:-20], "is not JSON"),
    "two": (b"{} {}", "is not JSON"),
    "binary": (bytes(range(128, 256)), "is not JSON"),
    "zeros": (bytes(1000), "is not JSON"),
    "truncated gzip": (gzip.compress(json.dumps(SMALL).encode())[:-30], "cannot be read"),
    "broken gzip": (b"\x1f\x8b" + b"x" * 100, "cannot be read"),
    "short gzip": (b"\x1f\x8b", "cannot be read"),
    "empty gzip": (gzip.compress(b""), "is empty"),
    "gzip and more": (gzip.compress(b"{}") + b"more", "cannot be read"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"{}")), "is not JSON"),
    "list": (b"[]", "the file must be an object, but is []"),
    "number": (b"3", "the file must be an object, but is 3"),
    "null": (b"null", "the file must be an object"),
    "deep": (b"[" * 200_000, "is nested too deeply"),
    "deep field": (b'{"kind": ' + b'{"a":' * 200_000, "is nested too deeply"),
}


@pytest.mark.parametrize("name", BYTES)
def test_what_is_not_json_is_said(tmp_path, name):
    content, said = BYTES[name]
    (tmp_path / "v").write_bytes(content)
    assert said in complaint(tmp_path / "v")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_with_a_byte_order_mark_is_json(tmp_path, encoding):
    (tmp_path / "v").write_bytes(json.dumps(SMALL).encode(encoding))
    assert verify_file(tmp_path / "v").passed


def test_a_gzipped_file_is_known_by_its_bytes(tmp_path):
    (tmp_path / "v.json").write_bytes(gzip.compress(json.dumps(SMALL).encode()))
    assert verify_file(tmp_path / "v.json").passed


def test_what_is_no_file_is_said_and_nothing_hangs(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    assert "is a folder" in complaint(tmp_path)
    assert "is not a regular file" in complaint(tmp_path / "pipe")
    assert "is not a regular file" in complaint(Path("/dev/zero"))
    assert "cannot be read: No such file" in complaint(tmp_path / "missing")
    assert "cannot be read: Not a directory" in complaint(Path("/dev/null/v.json"))
    assert "cannot be read: " in complaint(tmp_path / "loop")


def test_a_file_without_permission_is_said(tmp_path, monkeypatch):
    def refuse(path: Path, mode: str) -> None:  # as the system does, but for root too
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", refuse)
    os.close(os.open(tmp_path / "v", os.O_CREAT))
    assert complaint(tmp_path / "v") == "cannot be read: Permission denied"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "v").open("wb") as file:
        file.truncate(10 * 10**9)  # sparse: it takes no room
    assert complaint(tmp_path / "v").startswith("has 10,000,000,000 bytes, more than")


def test_a_small_file_that_unpacks_to_a_large_one_is_not_unpacked_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(fields, "MAX_BYTES", 1 << 20)
    (tmp_path / "v").write_bytes(gzip.compress(bytes(1 << 24)))
    assert complaint(tmp_path / "v") == "unpacks to more than 1,048,576 bytes"


def test_a_file_that_would_fill_the_memory_is_not_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(fields, "MAX_LISTS", 1000)
    assert complaint(written(tmp_path, [[], {}] * 500)) == "holds more than 1,000 lists"


# ---------------------------------------------------------------- what is not of the format


def words(path: tuple) -> str:
    """How a place in the small file is named."""
    if path[:1] != ("cases",) or len(path) == 1:
        return path[0] if path else "the file"
    text = "case 0" if len(path) == 2 or path[2] == "name" else f"case '{NAME}'"
    if path[2:3] == ("epochs",) and len(path) > 3:
        text, path = f"{text}, epoch {path[3]}", path[2:]
    return text + "".join(f"[{key}]" if isinstance(key, int) else f", {key}" for key in path[2:])


HUGE = 10**400
UP_TO_62 = " must lie between 0 and 4611686018427387903, but is "
NOT_U16 = " must lie between 0 and 65535, but is "
NOT_WHOLE = " must be an integer, but is "
NOT_FLAG = " must be true or false, but is "
NOT_LIST = " must be a list, but is "
WRONG = [
    (("kind",), "swaps", " 'swaps' is not known. Known: "),
    (("kind",), ["epoch"], " ['epoch'] is not known. Known: "),
    (("cases",), [], " must not be empty"),
    (("cases",), {}, NOT_LIST + "{}"),
    (("cases", 0), 3, " must be an object, but is 3"),
    (("cases", 0, "name"), 3, " must be a text, but is 3"),
    (PARAMS, [], " must be an object, but is []"),
    (("cases", 0, "epochs"), [], " must not be empty"),
    (("cases", 0, "epochs"), None, NOT_LIST + "None"),
    (("cases", 0, "epochs", 0), "x", " must be an object, but is 'x'"),
    ((*PARAMS, "n"), 0, " must lie between 1 and 4096, but is 0"),
    ((*PARAMS, "n"), 4097, " must lie between 1 and 4096, but is 4097"),
    ((*PARAMS, "n"), True, NOT_WHOLE + "True"),
    ((*PARAMS, "tempo"), 65536, NOT_U16 + "65536"),
    ((*PARAMS, "kappa"), 0.5, NOT_WHOLE + "0.5"),
    ((*PARAMS, "kappa"), -1, NOT_U16 + "-1"),
    ((*PARAMS, "kappa"), HUGE, NOT_U16 + "1000"),
    ((*PARAMS, "yuma3"), 1, NOT_FLAG + "1"),
    ((*PARAMS, "owner_uid"), N, f" must lie between 0 and {N - 1}, but is {N}"),
    ((*PARAMS, "owner_uid"), -1, f" must lie between 0 and {N - 1}, but is -1"),
    ((*PARAMS, "owner_uid"), False, NOT_WHOLE + "False"),
    ((*PARAMS, "activity_cutoff"), 2**62, UP_TO_62),
    ((*PARAMS, "stake_threshold"), 2**64, " must lie between 0 and 18446744073709551615"),
    ((*INPUTS, "block"), 2**63, UP_TO_62 + "9223372036854775808"),
    ((*INPUTS, "block"), None, NOT_WHOLE + "None"),
    ((*INPUTS, "rao_emission"), 1e9, NOT_WHOLE + "1000000000.0"),
    ((*INPUTS, "rao_emission"), float("inf"), NOT_WHOLE + "inf"),
    ((*INPUTS, "last_update", 0), 2**63 - 1, UP_TO_62),
    ((*INPUTS, "last_update", 0), "7", NOT_WHOLE + "'7'"),
    ((*INPUTS, "stake", 1), -1, UP_TO_62 + "-1"),
    ((*INPUTS, "stake", 1), float("nan"), NOT_WHOLE + "nan"),
    ((*INPUTS, "stake"), [[1]] * N, "[0]" + NOT_WHOLE + "[1]"),
    ((*INPUTS, "stake"), [1] * (N - 1), f" must have {N} elements, but has {N - 1}"),
    ((*INPUTS, "stake"), {}, NOT_LIST + "{}"),
    ((*INPUTS, "stake"), "1" * N, NOT_LIST + "'1"),
    ((*INPUTS, "validator_permit", 0), 1, NOT_FLAG + "1"),
    ((*INPUTS, "commit_block"), [None], f" must have {N} elements, but has 1"),
    ((*INPUTS, "commit_block", 0), -5, " must lie between"),
    ((*INPUTS, "commit_block"), None, NOT_LIST + "None"),
    ((*INPUTS, "weights"), [], f" must have {N} elements, but has 0"),
    ((*INPUTS, "weights", 0), [[0, 65536]], "[0][1]" + NOT_U16 + "65536"),
    ((*INPUTS, "weights", 0), [[-1, 5]], "[0][0]" + NOT_U16 + "-1"),
    ((*INPUTS, "weights", 0), [[0, True]], "[0][1]" + NOT_WHOLE + "True"),
    ((*INPUTS, "weights", 0), [[0]], "[0] must be a pair [uid, value], but is [0]"),
    ((*INPUTS, "weights", 0), [[0, 1, 2]], "[0] must be a pair [uid, value]"),
    ((*INPUTS, "weights", 0), [7], "[0]" + NOT_LIST + "7"),
    ((*INPUTS, "weights", 0), {"0": 1}, NOT_LIST + "{'0': 1}"),
    ((*INPUTS, "bonds", 1), [[0, 1], [0, 2]], " names a uid twice"),
    ((*EXPECTED, "consensus", 0), 65536, NOT_U16),
    ((*EXPECTED, "emission", 0), 2**63, " must lie between 0 and 9223372036854775807"),
    ((*EXPECTED, "active", 0), None, NOT_FLAG + "None"),
    ((*EXPECTED, "bonds", 0), [[0, HUGE]], "[0][1]" + NOT_U16 + "1000"),
    (("tolerance_u16",), -1, " must be a number from 0 to 4611686018427387903, but is -1"),
    *((("tolerance_rao",), value, " must be a number") for value in ("1", True, None, [], float("nan"))),
    *((("tolerance_relative",), value, " must be a number") for value in (HUGE, float("inf"))),
    (("tolerance",), {}, " must be a number, but is {}"),
]


@pytest.mark.parametrize(
    ("path", "value", "said"), WRONG, ids=[f"{i}-{w[0][-1]}" for i, w in enumerate(WRONG)]
)
def test_what_is_wrong_is_named_by_case_and_field(tmp_path, path, value, said):
    assert complaint(written(tmp_path, changed(path, value))).startswith(words(path) + said)


def test_a_wrong_n_and_too_much_stake_are_named(tmp_path):
    said = complaint(written(tmp_path, changed((*PARAMS, "n"), N + 1)))
    assert said.endswith(f"must have {N + 1} elements, but has {N}") and f"case '{NAME}'" in said
    said = complaint(written(tmp_path, changed((*INPUTS, "stake"), [2**61] * N)))
    assert said == f"{words(INPUTS)}: all stake together must be less than 2⁶² rao"


@pytest.mark.parametrize("name", ["[bold]\x1b[1m\n", "x" * 10**6, "\ud800", "\u202e"])
def test_a_case_with_an_odd_name_is_still_one_line(tmp_path, name):
    content = changed(("cases", 0, "name"), name)
    del at(content, PARAMS)["kappa"]
    said = complaint(written(tmp_path, content))
    assert said.endswith(", params has no field 'kappa'") and said.isprintable()


@pytest.mark.parametrize("path", [(), ("cases", 0), ("cases", 0, "epochs", 0), PARAMS, INPUTS, EXPECTED])
def test_every_field_must_be_there(tmp_path, path):
    for name in at(SMALL, path).keys() - {"source"}:
        where = words(path) if name != "name" else "case 0"
        where = where if path != ("cases", 0) or name == "name" else f"case '{NAME}'"
        assert complaint(written(tmp_path, changed((*path, name), GONE))) == f"{where} has no field {name!r}"


def test_an_integer_longer_than_python_reads_is_refused_where_it_stands(tmp_path):
    text = json.dumps(changed((*INPUTS, "block"), 12345678)).replace("12345678", "9" * 100_000)
    said = complaint(written(tmp_path, text))
    assert said == f"{words((*INPUTS, 'block'))} must be an integer, but is '999999999999… (100000 digits)'"


def test_notes_mean_nothing(tmp_path):
    content = copy.deepcopy(SMALL)
    content["note"], content["cases"][0]["extra"] = [[[None]]], {"n": HUGE}
    assert verify_file(written(tmp_path, content)).passed


def test_the_largest_inputs_are_computed_with(tmp_path):
    largest = 2**62 - 1
    content = copy.deepcopy(SMALL)
    inputs, params = at(content, INPUTS), at(content, PARAMS)
    inputs.update(block=largest, last_step_block=largest, rao_emission=largest)
    inputs.update(last_update=[largest] * N, block_at_registration=[largest] * N)
    inputs["stake"] = [largest - N + 1] + [1] * (N - 1)
    params["activity_cutoff"], params["stake_threshold"] = largest, 0
    report = verify_file(written(tmp_path, content))
    assert not report.passed and "active" not in report.worst  # two of the largest do not wrap


# ---------------------------------------------------------------- anything at all


ODD = [
    *(None, True, False, -1, 0, 1, 2, 65535, 65536, 2**31, 2**62, 2**63 - 1, 2**63, 2**64, 10**30),
    *(0.0, 1.5, -0.0, 1e308, float("nan"), float("inf"), "", "0", "x" * 300),
    *([], [[]], [0], [[0, 0]], {}, {"n": 1}),
]


def places(value: object, path: tuple = ()) -> list[tuple]:
    """Where something can be changed, at every level."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inside for place in places(item, (*path, key)))]


def mutate(rng: random.Random, content: dict) -> dict:
    """Change, drop, double or swap one to three things anywhere."""
    for _ in range(rng.randint(1, 3)):
        options = places(content)[1:]
        if not options:
            return content
        depth = rng.randint(1, max(map(len, options)))
        *path, key = rng.choice([place for place in options if len(place) <= depth])
        parent = at(content, tuple(path))
        action = rng.choice(["odd", "odd", "drop", "nudge", "copy", "double"])
        if action == "drop":
            del parent[key]
        elif action == "double" and isinstance(parent, list):
            parent.insert(key, parent[key])
        elif action == "copy":
            parent[key] = copy.deepcopy(at(content, rng.choice(options)))
        elif action == "nudge" and isinstance(parent[key], int):
            parent[key] += rng.choice([-1, 1])
        else:
            parent[key] = copy.deepcopy(rng.choice(ODD))
    return content


def test_mutated_files_are_replayed_or_refused(tmp_path):
    rng = random.Random(20)
    refused = failed = 0
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        for _ in range(MUTATIONS):
            path = written(tmp_path, mutate(rng, copy.deepcopy(SMALL)))
            try:
                failed += not verify_file(path).passed
            except InputError as error:
                refused += 1
                assert "\n" not in str(error) and len(str(error)) < 400
    assert refused > MUTATIONS // 2 and failed > MUTATIONS // 50


@pytest.mark.parametrize("packed", [False, True])
def test_files_with_flipped_bytes_are_replayed_or_refused(tmp_path, packed):
    rng = random.Random(21)
    raw = json.dumps(SMALL).encode()
    raw = gzip.compress(raw, mtime=0) if packed else raw
    path = tmp_path / "v"
    for _ in range(500):
        flipped = bytearray(raw)
        for _ in range(rng.randint(1, 3)):
            flipped[rng.randrange(len(raw))] = rng.randrange(256)
        path.write_bytes(flipped[: rng.choice([len(raw), rng.randrange(len(raw))])])
        try:
            verify_file(path)
        except InputError as error:
            assert "\n" not in str(error)


def test_a_file_can_be_named_by_its_path_as_text():
    assert verify_file(str(next((course("datasets") / "vectors").glob("block_emission*")))).passed
