"""The shape of the package: who may import whom, how long a file may be, what must be said about an array."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "bittensor_lab"
FILES = sorted(PACKAGE.rglob("*.py"))

# Lower layers first; a module imports from its own layer's folder or from below.
LAYERS = [
    {"units", "errors", "places", "whole_file"},
    {"params", "rows", "events"},
    {"kernels"},
    {"share_pool", "conviction", "claim_math", "lifecycle", "tasks"},
    {"epoch", "state"},
    {"accounts", "neurons", "schedule", "childkeys", "stake_weight", "stake", "coinbase"},
    {"mechanisms", "weights", "market", "locks", "dividends", "regimes"},
    {"root_claims", "presets"},
    {"distribution", "invariants", "staking", "subnets"},
    {"block", "bulk"},
    {"extrinsics", "store", "summary", "quotes"},
    {"views", "datasets", "keeping"},
    {"bets"},
    {"progress"},
    {"history"},
    {"chain"},
    {"agents"},
    {"scenarios", "simulate", "live"},
    {"worlds", "sweep"},
    {"play"},
    {"charts"},
    {"labs"},
    {"exercises", "lessons", "verify", "glossary"},
    {"doctor", "handout", "server", "warmup"},
    {"dashboards"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
OUTSIDE = {
    "kernels": {"numba", "numpy"},
    "charts": {"altair", "pandas"},
    "views": {"numpy", "pandas"},
    "epoch": {"numpy"},
    "tasks": {"numpy", "sklearn", "vega_datasets"},
    "units": set(),
    "errors": set(),
}
ONLY_IN_LABS = {"ipywidgets", "anywidget", "traitlets", "vl_convert", "IPython"}
ONLY_IN_LIVE = {"bittensor", "bittensor_core", "websockets"}
MAX_LINES, MAX_FUNCTION_LINES, MAX_KERNEL_ARGUMENTS = 500, 45, 10
EMPTY_NAMES = {"utils", "util", "helpers", "common", "core", "misc"}


def unit(path: Path) -> str:
    """The part of the package that a file belongs to: a module or a folder."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """All imported names, with ``from package import module`` as package.module."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names += [f"{base}.{alias.name}" if base == "bittensor_lab" else base for alias in node.names]
    return names


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_go_down_only(path):
    if path == PACKAGE / "__init__.py":
        return
    level = LEVEL[unit(path)]
    for name in imports(path):
        if name.startswith("bittensor_lab."):
            target = name.split(".")[1]
            if target == "__version__":
                continue
            assert target == unit(path) or LEVEL[target] < level, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_each_layer_keeps_its_libraries(path):
    libraries = {name.split(".")[0] for name in imports(path)} - {"bittensor_lab", "__future__"}
    libraries -= sys.stdlib_module_names
    allowed = OUTSIDE.get(unit(path))
    if allowed is not None:
        assert libraries <= allowed
    if unit(path) not in ("labs", "charts"):
        assert not libraries & (ONLY_IN_LABS - {"IPython"})
    if unit(path) != "live":
        assert not libraries & ONLY_IN_LIVE


@pytest.mark.parametrize("path", FILES, ids=named)
def test_files_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert path.stem not in EMPTY_NAMES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.end_lineno - node.lineno + 1 - len((ast.get_docstring(node) or "").splitlines())
            assert body <= MAX_FUNCTION_LINES, f"{node.name} has {body} lines"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_module_opens_with_its_idea(path):
    opening = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert opening and (opening[0].isupper() or opening.startswith("bittensor_lab"))


@pytest.mark.parametrize("path", sorted((PACKAGE / "kernels").glob("[a-z]*.py")), ids=named)
def test_kernels_say_what_they_do_and_raise_nothing(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise):
            pytest.fail(f"{path.name} raises in line {node.lineno}")
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(d, ast.Name) and d.id == "kernel" for d in node.decorator_list
        ):
            assert ast.get_docstring(node), node.name
            assert len(node.args.args) <= MAX_KERNEL_ARGUMENTS, node.name
    assert "fastmath" not in re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.S)


def test_every_array_field_states_its_shape():
    """In the line, in the docstring below it, or once for the whole class."""
    silent = []
    for path in FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.ClassDef):
                for field in node.body:
                    if isinstance(field, ast.AnnAssign) and "Array" in ast.unparse(field.annotation):
                        said = " ".join(lines[field.lineno - 1 : field.end_lineno + 2])
                        stated_once = re.search(r"\[n\]", ast.get_docstring(node) or "")
                        if not stated_once and not re.search(r"(#|\"\"\").*\[", said):
                            silent.append(f"{named(path)}:{field.lineno}")
    assert silent == []


def test_nothing_here_pickles_or_calls_out():
    for path in FILES:
        names = {name.split(".")[0] for name in imports(path)}
        assert not names & {"pickle", "dill", "joblib", "requests", "urllib", "http"}, named(path)


def test_tracked_files_are_free_of_machines_and_leftovers():
    """No absolute path of a machine, no address in a pin file, no unfinished business."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("which files are tracked only git can say, in a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    here = Path(__file__).name
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in (".gz", ".png") or path.name == here or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(^|[^A-Za-z0-9._-])/(work|root|home)/[a-z]", text), name
        assert not re.search(r"\b(TODO|FIXME|XXX)\b", text) or path.suffix == ".css", name
        if "constraints" in name:
            assert "://" not in text, name


def test_lessons_carry_no_outputs():
    import json

    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") for cell in cells), path.name
