"""The playground's own parts: tables, the bar of blocks, forms, the button that acts, saved games, the code.

Their JS and style sheet are ``static/play.js`` and ``static/play.css``. ``seen`` of the bar is the last frame
that a browser has drawn: while it plays, the kernel waits for it, and stops if nobody looks.
"""

from __future__ import annotations

from typing import Any

import traitlets as t

from bittensor_lab.labs.controls import MODULE, STATIC, STYLE, Part

WITH_BOARD = MODULE.replace("// heat map goes here", (STATIC / "play.js").read_text(encoding="utf-8"))
WITH_STYLE = STYLE + (STATIC / "play.css").read_text(encoding="utf-8")


class Piece(Part):
    """Whatever the playground's module draws."""

    _esm = WITH_BOARD
    _css = WITH_STYLE


class Table(Piece):
    """Rows of cells: ``text``, maybe ``sub`` (a second line), ``tone``, ``strong``, ``spark``, ``span``."""

    kind = t.Unicode("table").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    note = t.Unicode().tag(sync=True)
    hero = t.List(t.Unicode(), default_value=["", ""]).tag(sync=True)
    head = t.List(t.Unicode()).tag(sync=True)
    rows: t.List[Any] = t.List().tag(sync=True)
    quiet = t.Bool(False).tag(sync=True)
    words = t.Unicode().tag(sync=True)


class BlockBar(Piece):
    """Where the chain is, how blocks pass, and the futures; ``command`` is the last button pressed."""

    kind = t.Unicode("blocks").tag(sync=True)
    block = t.Unicode().tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    can_undo = t.Bool(False).tag(sync=True)
    progress = t.Float(0.0).tag(sync=True)
    words = t.Unicode().tag(sync=True)
    command = t.Unicode().tag(sync=True)
    pressed = t.Int(0).tag(sync=True)
    paces: t.List[Any] = t.List().tag(sync=True)
    pace = t.Unicode().tag(sync=True)
    others = t.Bool(False).tag(sync=True)
    futures = t.List(t.Unicode()).tag(sync=True)
    future = t.Unicode().tag(sync=True)
    frame = t.Int(0).tag(sync=True)
    seen = t.Int(0).tag(sync=True)


class Act(Piece):
    """The primary button; ``reason`` says why it cannot be pressed: error, what, values, what to do."""

    kind = t.Unicode("act").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    enabled = t.Bool(True).tag(sync=True)
    reason = t.List(t.Unicode(), default_value=["", "", "", ""]).tag(sync=True)
    pressed = t.Int(0).tag(sync=True)


class Deeds(Piece):
    """What one can do: six alternatives in two rows."""

    kind = t.Unicode("deeds").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    options: t.List[Any] = t.List().tag(sync=True)
    value = t.Unicode().tag(sync=True)


class Pick(Piece):
    """A menu whose options change."""

    kind = t.Unicode("pick").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    chain = t.Unicode().tag(sync=True)
    options: t.List[Any] = t.List().tag(sync=True)
    value = t.Unicode().tag(sync=True)
    sentence = t.Unicode().tag(sync=True)


class Dial(Piece):
    """A slider with a field for any number; with ``stops`` it goes from one to the next."""

    kind = t.Unicode("dial").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    chain = t.Unicode().tag(sync=True)
    unit = t.Unicode().tag(sync=True)
    value = t.Float(0.0).tag(sync=True)
    low = t.Float(0.0).tag(sync=True)
    high = t.Float(1.0).tag(sync=True)
    step = t.Float(0.01).tag(sync=True)
    stops = t.List(t.Float()).tag(sync=True)
    digits = t.Int(2).tag(sync=True)
    optional = t.Bool(False).tag(sync=True)
    on = t.Bool(False).tag(sync=True)
    dragging = t.Bool(False).tag(sync=True)


class Shelf(Piece):
    """Saved games: a name and a button, a list and a button; ``said`` is what came of it."""

    kind = t.Unicode("shelf").tag(sync=True)
    games = t.List(t.Unicode()).tag(sync=True)
    newest = t.Unicode().tag(sync=True)
    said = t.Unicode().tag(sync=True)
    command = t.Unicode().tag(sync=True)
    name = t.Unicode().tag(sync=True)
    pressed = t.Int(0).tag(sync=True)


class Script(Piece):
    """The Python that plays this game; the last calls show, all of them are copied."""

    kind = t.Unicode("script").tag(sync=True)
    code = t.Unicode().tag(sync=True)
