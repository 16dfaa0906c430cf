"""The labs as pages without code: what is on them, and how they are served."""

from __future__ import annotations

import importlib.util
import os

import nbformat
import pytest
from typer.testing import CliRunner

from bittensor_lab import dashboards, server
from bittensor_lab.cli import app
from bittensor_lab.errors import InputError
from bittensor_lab.places import PACKAGE, course


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return dashboards.write_dashboards(tmp_path_factory.mktemp("dashboards"))


def test_each_lab_of_the_course_has_a_page(written):
    lessons = {path.name[:2] for path in course("notebooks").glob("[01]*.ipynb")}
    assert {path.name[:2] for path in written} == lessons | {"Th"}
    assert len(written) == 16


def test_a_page_is_the_lesson_s_title_its_lab_and_what_to_try(written):
    for path in written:
        cells = nbformat.read(path, as_version=4).cells
        code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        assert len(code) == 2 and "labs." in code[1] and len(cells) == 4, path.name
        text = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
        assert text.startswith("# ") and "](" not in text and "\n#" not in text, path.name


def test_it_is_served_here_only_and_with_a_token(tmp_path):
    asked = dashboards.command(tmp_path, "127.0.0.1", 8866, browser=False)
    assert "--Voila.ip=127.0.0.1" in asked and "--token" in asked
    assert not any(word in " ".join(asked) for word in ("autoreload", "enable_nbextensions"))


def test_our_template_is_found_before_any_other(monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "elsewhere")
    first, *others = server.environment()["JUPYTER_PATH"].split(os.pathsep)
    assert others == ["elsewhere"]
    template = PACKAGE / "jupyter/voila/templates" / dashboards.TEMPLATE
    assert template.is_relative_to(first) and (template / "index.html.j2").is_file()


def test_without_voila_one_is_told_what_to_install(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        dashboards.importlib.util, "find_spec", lambda name: None if name == "voila" else found(name)
    )
    with pytest.raises(InputError, match=r"pip install 'bittensor-lab\[dashboards\]'"):
        dashboards.serve("127.0.0.1", 8866, browser=False)
    assert isinstance(CliRunner().invoke(app, ["serve", "--no-browser"]).exception, InputError)
