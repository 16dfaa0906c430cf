"""``constraints.txt`` can be installed with every Python that ``pyproject.toml`` lets in, its oldest too."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST = re.search(r">=(\d+\.\d+)", PROJECT["requires-python"])[1] + ".0"


def pins() -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / "constraints.txt").read_text().splitlines())
    return [Requirement(line) for line in lines if line]


def test_every_pin_that_is_installed_here_takes_the_oldest_python():
    """Debian 12 has 3.11.2: a pin that wants 3.11.5 would end its ``make lab`` in pip's resolver."""
    looked_at, too_new = 0, {}
    for pin in pins():
        try:
            installed = version(pin.name)
        except PackageNotFoundError:
            continue
        if pin.specifier.contains(installed, prereleases=True):
            looked_at += 1
            asked = metadata(pin.name).get("Requires-Python") or ""
            if not SpecifierSet(asked).contains(OLDEST):
                too_new[str(pin)] = asked
    assert too_new == {}
    assert looked_at > 100


@pytest.mark.xdist_group("pins")
def test_tests_that_share_something_costly_stay_together(request):
    """With other releases of pytest and its plug-in the groups are lost silently, and all takes longer."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("only where tests are shared out: -n 2 --dist loadgroup")
    assert request.node.nodeid.endswith("@pins")


@pytest.mark.parametrize("extra", ["", *PROJECT["optional-dependencies"]])
def test_every_pin_is_a_version_that_the_project_asks_for(extra):
    """A pin outside of what ``pyproject.toml`` asks for would end the installation too."""
    asked = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    pinned = {pin.name.lower().replace("_", "-"): next(iter(pin.specifier)).version for pin in pins()}
    for one in map(Requirement, asked):
        name = one.name.lower().replace("_", "-")
        if name != "bittensor-lab":
            assert one.specifier.contains(pinned[name], prereleases=True), one
