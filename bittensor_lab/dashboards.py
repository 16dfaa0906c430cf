"""The labs without their lessons: pages to play with, and no code on them.

    bittensor-lab serve            the playground and every lesson's lab, on this machine

Voilà runs a notebook for each visitor, shows what its cells show, and takes from the page only what its
controls send: nobody can run code through it. Its notebooks are written into a scratch folder when it starts,
each made of three cells of a lesson: its title, its lab, and the things to try. The page around them is
``jupyter/voila/templates/bittensor_lab``, which asks no other host for anything.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from bittensor_lab import places, server
from bittensor_lab.errors import InputError

TEMPLATE = "bittensor_lab"
IDLE = 1_800
"""seconds after which the kernel of a page that nobody moves is ended"""
SHOWN = ("play-words", "lab", "try")
"""the cells of a lesson, by their ids, that a dashboard has besides the title"""
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
WIDGETS = ("@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget")
"""all of JupyterLab's extensions that a lab needs"""


def serve(ip: str, port: int, browser: bool) -> int:
    """Serve all dashboards until it is stopped, and return Voilà's exit code.

    Raises
    ------
    InputError
        if Voilà is not installed.
    """
    if importlib.util.find_spec("voila") is None:
        raise InputError(
            "the dashboards need Voilà, which is not installed",
            remedy="Install it: pip install 'bittensor-lab[dashboards]'.",
        )
    with tempfile.TemporaryDirectory() as scratch:
        write_dashboards(Path(scratch))
        return server.run(command(Path(scratch), ip, port, browser))


def write_dashboards(folder: Path) -> list[Path]:
    """Write a notebook for the playground and one for each lesson that has a lab; return their files."""
    written = []
    for lesson in sorted(places.course("notebooks").glob("*.ipynb")):
        cells = nbformat.read(lesson, as_version=4).cells
        if any(cell["id"] == "lab" for cell in cells):
            title = cells[0]["source"].splitlines()[0].removeprefix("# ")
            name = title.replace(" · ", " ").replace(":", ",")  # Windows allows no colon
            written.append(folder / f"{name}.ipynb")
            nbformat.write(dashboard(title, cells), written[-1])
    return written


def dashboard(title: str, cells: list[Any]) -> Any:
    """The notebook of one lab, made of a lesson's ``cells``."""
    imports = nbformat.v4.new_code_cell("from bittensor_lab import labs", id="labs")
    made = [nbformat.v4.new_markdown_cell(f"# {title}", id="title"), imports]
    for cell in (cell for cell in cells if cell["id"] in SHOWN):
        new = nbformat.v4.new_code_cell if cell["cell_type"] == "code" else nbformat.v4.new_markdown_cell
        made.append(new(cell["source"] if cell["id"] == "lab" else _plain(cell["source"]), id=cell["id"]))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})


def _plain(text: str) -> str:
    """A lesson's text without its headings, and without links to what is not served."""
    return "\n".join(line for line in LINK.sub(r"\1", text).splitlines() if not line.startswith("#"))


def command(folder: Path, ip: str, port: int, browser: bool) -> list[str]:
    """The command that serves ``folder``: with a token, without sources, without tracebacks."""
    return [
        sys.executable, "-m", "voila", str(folder), "--token",
        f"--Voila.ip={ip}",
        f"--port={port}",
        f"--Voila.open_browser={browser}",
        f"--VoilaConfiguration.template={TEMPLATE}",
        "--VoilaConfiguration.classic_tree=True",
        "--VoilaConfiguration.strip_sources=True",
        "--VoilaConfiguration.show_tracebacks=False",
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in WIDGETS),
        f"--MappingKernelManager.cull_idle_timeout={IDLE}",
        "--MappingKernelManager.cull_interval=60",
    ]  # fmt: skip
