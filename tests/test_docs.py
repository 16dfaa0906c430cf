"""The documentation builds without a warning, its code runs, and no page asks another host for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the documentation needs the extra docs")
DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "api" not in path.parts)
LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data"}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("docs")]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The pages, built anew; a warning, or code that fails, is an error."""
    target = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-d", target / "trees"]
    done = subprocess.run([*command, "-b", "html", DOCS, target / "html"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target / "html"


class Loaded(HTMLParser):
    """What a browser loads for a page by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        place = dict(attrs).get(LOADING.get(tag, ""))
        if place:
            self.found.append(place)


def test_nothing_comes_from_another_host(built):
    pages = sorted(built.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        parser = Loaded()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.found
        outside = [place for place in parser.found if re.match(r"(https?:)?//", place)]
        assert outside == [], page.name
    for style in built.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert re.findall(r"@import[^;]*//[^;]*|url\([\"']?https?:[^)]*", text) == [], style.name


def test_every_page_is_reached(built):
    """From the four lists on; none is an orphan."""
    for page in PAGES:
        html = built / page.relative_to(DOCS).with_suffix(".html")
        assert html.is_file(), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_said_to_be_python_is_run(page, built):
    """Cells run when the page is built; other blocks of Python are run by ``test_readme``."""
    text = page.read_text(encoding="utf-8")
    cells = text.count("```{code-cell}")
    assert bool(cells) == text.startswith("---\nfile_format: mystnb")
    shown = (built / page.relative_to(DOCS).with_suffix(".html")).read_text(encoding="utf-8")
    hidden = len(re.findall(r":tags: \[.*(?:remove-input|remove-cell)", text))
    assert shown.count('class="cell_input ') == cells - hidden


def test_the_reference_says_what_the_code_says(built):
    """A docstring, a command's help and a parameter's meaning, each as it stands in the code."""
    chain = (built / "reference" / "api" / "bittensor_lab.chain.html").read_text(encoding="utf-8")
    assert "The number of the block that the chain has reached." in chain
    commands = (built / "reference" / "commands.html").read_text(encoding="utf-8")
    assert "Replay recorded vectors of the chain and compare every value with ours." in commands
    glossary = (built / "reference" / "glossary.html").read_text(encoding="utf-8")
    assert 'id="kappa"' in glossary
