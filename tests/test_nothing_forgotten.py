"""What is easily forgotten when something is added: each of these names what is still to be done."""

from __future__ import annotations

import ast
import re
import shutil
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from bittensor_lab import extrinsics, store
from bittensor_lab.chain import Chain
from bittensor_lab.exercises.source import known_sets, read_set
from bittensor_lab.live.reading import MODELLED_VERSION
from bittensor_lab.scenarios import SCENARIOS
from bittensor_lab.verify import epochs

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "bittensor_lab"
FILES = sorted(PACKAGE.rglob("*.py"))
SAVED = {1: "ce4bef15bc068490"}
"""by ``store.VERSION``: a hash of the names and kinds of all that a saved state holds"""


def text_of(*names: str) -> str:
    return "".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def test_every_extrinsic_is_exported_and_a_method_of_the_chain():
    """The export alone brings it into the random walks and the malformed calls."""
    for path in sorted((PACKAGE / "extrinsics").glob("[a-z]*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.ClassDef) or not any(
                isinstance(part, ast.FunctionDef) and part.name == "apply" for part in node.body
            ):
                continue
            assert node.name in extrinsics.__all__, f"export {node.name} from bittensor_lab.extrinsics"
            method = re.sub(r"(?<=.)([A-Z])", r"_\1", node.name).lower()
            assert hasattr(Chain, method), f"Chain has no method {method}"


def shape(kind: Any, seen: dict[str, list[str]]) -> dict[str, list[str]]:
    """The fields of a record, and of all records that it holds, by the record's name."""
    if is_dataclass(kind) and kind.__name__ not in seen:
        seen[kind.__name__] = [f"{item.name}: {item.type}" for item in fields(kind)]
        for hint in get_type_hints(kind).values():
            shape(hint, seen)
    for part in get_args(kind):
        shape(part, seen)
    return seen


def test_a_saved_state_of_another_shape_has_another_version():
    """A new field of State or a new hyperparameter makes older files unreadable: they must be told apart."""
    now = blake2b(repr(sorted(shape(store.State, {}).items())).encode(), digest_size=8).hexdigest()
    assert SAVED.get(store.VERSION) == now, f"raise store.VERSION if it was released, and note {now} in SAVED"


def test_no_hyperparameter_is_without_effect():
    """What the chain only stores is listed in docs/background/fidelity.md instead."""
    code = "".join(path.read_text(encoding="utf-8") for path in FILES)
    for path in (PACKAGE / "params" / "subnet.py", PACKAGE / "params" / "network.py"):
        for name in re.findall(r"^    (\w+): (?:int|bool) = \w+\(", path.read_text(encoding="utf-8"), re.M):
            assert re.search(rf"\.{name}\b", code), f"nothing reads {name}"


def test_every_task_is_tested_and_offered():
    lists = ("tests/test_tasks.py", "tests/test_work.py", "bittensor_lab/views/scoring.py",
             "bittensor_lab/scenarios/work.py")  # fmt: skip
    for path in sorted((PACKAGE / "tasks").glob("[a-z]*.py")):
        for name in lists:
            assert re.search(rf"\b{path.stem}\b", text_of(name)), f"{name} does not name {path.stem}"


def test_every_scenario_is_tested():
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    assert [each.name for each in SCENARIOS if f'("{each.name}"' not in tests] == []


def test_every_lesson_is_listed_and_looked_at():
    for source in sorted((ROOT / "notebooks" / "source").glob("[0-9]*.py")):
        assert f"({source.stem}.ipynb)" in text_of("notebooks/source/index.py"), source.stem
        assert f'"{source.stem}"' in text_of("tests/browser/test_lessons_alive.py"), source.stem
        assert f"\n| {source.stem[:2]} " in text_of("README.md"), source.stem


@pytest.mark.parametrize("name", known_sets())
def test_a_set_says_how_many_points_it_has(name):
    said = re.findall(r"\*\*Points\*\*[\s#]+(\d+)", text_of(f"exercises/source/{name}.py"))
    assert said == [f"{read_set(name).points:g}"]


def test_the_chain_version_is_one_and_the_same_everywhere():
    pages = [text_of(name) for name in ("README.md", "CHANGELOG.md", "docs/background/fidelity.md")]
    assert {found for page in pages for found in re.findall(r"runtime\s+spec (\d+)", page)} == {
        str(MODELLED_VERSION)
    }
    assert len({found for page in pages for found in re.findall(r"commit `([0-9a-f]{40})`", page)}) == 1


def test_what_contributing_names_is_there():
    page = text_of("CONTRIBUTING.md")
    for name in re.findall(r"`((?:bittensor_lab|tests|docs|notebooks|exercises|datasets)/[\w./]*)`", page):
        assert "NN" in name or (ROOT / name).exists(), name
    for target in re.findall(r"`make ([a-z]+)`", page):
        assert re.search(rf"^{target}:", text_of("Makefile"), re.M), target


def shares(rank):
    """What a step's kernel gives: ranks [n], and their shares, in 2⁻³²."""
    return np.array(rank), np.array([(r << 32) // max(1, sum(rank)) for r in rank])


def cut_each(clipped, active_stake):
    """The chain's rule: each validator's part is cut off before they are added."""
    stake = active_stake.tolist()
    return shares([sum((c * s) >> 32 for c, s in zip(of, stake, strict=True)) for of in clipped.T.tolist()])


def cut_once(clipped, active_stake):
    """Another rule, a little off: the sum is cut off, once."""
    stake = active_stake.tolist()
    return shares([sum(c * s for c, s in zip(of, stake, strict=True)) >> 32 for of in clipped.T.tolist()])


@pytest.mark.parametrize(("rule", "passes"), [(cut_each, True), (cut_once, False)])
def test_a_step_is_found_as_contributing_says(rule, passes, tmp_path, monkeypatch, capsys):
    """The recipe, with the rule of the recorded version and with another one."""
    (block,) = re.findall(r"```\n(.*?)```", text_of("CONTRIBUTING.md"), re.S)
    (tmp_path / "new").mkdir()
    shutil.copy(ROOT / "datasets" / "vectors" / "epoch.json.gz", tmp_path / "new" / "epoch.json.gz")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(epochs, "run_epoch", epochs.run_epoch)  # to be put back
    code = re.sub("^   ", "", block, flags=re.M)
    exec(compile(code, "CONTRIBUTING.md", "exec"), {"my_incentive": rule})  # our own text
    assert ("failed=0" in capsys.readouterr().out) is passes
