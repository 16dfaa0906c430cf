"""How the documentation is built: ``make docs``, into ``build/docs``.

Pages are Markdown (MyST). Those that begin with a kernel run when they are built; the reference is read off
the docstrings, and the commands off the command line. No page asks another host for anything: formulae
become MathML, which browsers draw by themselves.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import typer.main
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from typer.cli import get_docs_for_click

from bittensor_lab import __version__, cli

HERE = Path(__file__).resolve().parent
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])

project = "bittensor_lab"
author = copyright = "the bittensor_lab authors"
version = release = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["images", "static"]
templates_path = ["templates"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_ipywidgets_js = {}  # live labs are for the notebooks; a page would fetch their code from elsewhere

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "exclude-members": "Children, Position"}  # names of types only
numpydoc_show_class_members = False
html_math_renderer = "mathml"

html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_title = f"bittensor_lab {version}"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": False, "show_prev_next": True}


def write_commands(app) -> None:
    """Write the page of commands; every word of it stands in the command line itself."""
    root = typer.main.get_command(cli.app)
    told = get_docs_for_click(obj=root, ctx=typer.Context(root), name="bittensor-lab", title="Commands")
    head, _, rest = told.partition("**Commands**:")  # typer's list of them cuts their sentences short
    page = head + rest[rest.index("## ") :]
    (Path(app.srcdir) / "reference" / "commands.md").write_text(page, encoding="utf-8")


def let_notebooks_be_downloaded(app, name, content: list[str]) -> None:
    """Let a link to a lesson, which is no page here, give its file."""
    content[0] = content[0].replace("](../../notebooks/", "](path:../../notebooks/")


def show_code(app, what, name, obj, options, lines: list[str]) -> None:
    """Let what a module's docstring indents below a paragraph be code."""
    if what == "module":
        lines[:] = list(_with_code(lines))


def _with_code(lines: list[str]) -> Iterator[str]:
    inside = False
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("    ") and not inside and not before.strip():
            inside = True
            yield from ("::", "")
        elif line.strip() and not line.startswith("    "):
            inside = False
        yield line


def inline_mathml(self, node) -> None:
    """Draw a formula within a line."""
    self.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def block_mathml(self, node) -> None:
    """Draw a formula on lines of its own."""
    self.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app) -> None:
    """Join the parts."""
    app.add_html_math_renderer("mathml", (inline_mathml, None), (block_mathml, None))
    app.connect("builder-inited", write_commands)
    app.connect("source-read", let_notebooks_be_downloaded)
    app.connect("autodoc-process-docstring", show_code)
