"""The playground's own parts: a table, the bar of blocks, and the button that acts."""

from __future__ import annotations

from typing import Any

import traitlets as t

from bittensor_lab.labs.controls import MODULE, STATIC, Part

WITH_BOARD = MODULE.replace("// heat map goes here", (STATIC / "play.js").read_text(encoding="utf-8"))


class Table(Part):
    """Rows of cells: ``text``, maybe ``sub`` (a second line), ``tone``, ``strong``, ``spark``, ``span``."""

    _esm = WITH_BOARD
    kind = t.Unicode("table").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    note = t.Unicode().tag(sync=True)
    head = t.List(t.Unicode()).tag(sync=True)
    rows: t.List[Any] = t.List().tag(sync=True)
    quiet = t.Bool(False).tag(sync=True)


class BlockBar(Part):
    """Where the chain is, and the buttons that let blocks pass; ``command`` is the last one pressed."""

    _esm = WITH_BOARD
    kind = t.Unicode("blocks").tag(sync=True)
    block = t.Unicode().tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    can_undo = t.Bool(False).tag(sync=True)
    progress = t.Float(0.0).tag(sync=True)
    words = t.Unicode().tag(sync=True)
    command = t.Unicode().tag(sync=True)
    pressed = t.Int(0).tag(sync=True)


class Act(Part):
    """The primary button; ``reason`` says why it cannot be pressed, or what went wrong."""

    _esm = WITH_BOARD
    kind = t.Unicode("act").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    enabled = t.Bool(True).tag(sync=True)
    reason = t.Unicode().tag(sync=True)
    pressed = t.Int(0).tag(sync=True)
