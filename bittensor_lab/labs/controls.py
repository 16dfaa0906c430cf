"""Controls: the small widgets that a lab is made of.

Each is an anywidget with a ``value`` (or ``values``) that Python and the browser share, so that a lab
is driven from a test as it is from a mouse. All share one JS module and one style sheet in ``static``;
``kind`` says which part of the module draws the widget. Colours are those of ``charts.theme``, handed
to the style sheet as CSS variables, light and dark.

``stamp`` counts what the browser sent; ``dragging`` says that the pointer is still down.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from bittensor_lab.charts.theme import THEMES, Theme

STATIC = Path(__file__).resolve().parent / "static"


def _variables(look: Theme) -> str:
    named = {f"{meaning}-fill": colour for meaning, colour in look.fill.items()}
    named |= {f"{meaning}-text": colour for meaning, colour in look.text.items()}
    named |= {
        "panel": look.panel,
        "hairline": look.hairline,
        "border": look.border,
        "grid": look.grid,
        "ink": look.ink,
        "second-ink": look.second_ink,
        "active": look.active,
        "page": look.page,
        "bet-ring": "#212121",
    }
    return "".join(f"--bl-{name}:{colour};" for name, colour in named.items())


STYLE = (
    f".bl,.btlab{{{_variables(THEMES['light'])}}}\n"
    f"[data-jp-theme-light='false'] :is(.bl,.btlab){{{_variables(THEMES['dark'])}}}\n"
    + (STATIC / "lab.css").read_text(encoding="utf-8")
)
MODULE = (STATIC / "lab.js").read_text(encoding="utf-8")


class Part(anywidget.AnyWidget):
    """Whatever the shared module draws."""

    _esm = MODULE
    _css = STYLE
    kind = t.Unicode().tag(sync=True)
    stamp = t.Int(0).tag(sync=True)
    hidden = t.Bool(False).tag(sync=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class LabelledSlider(Part):
    """One or more sliders under one heading, with the chain's name beside it.

    ``show`` is "number" (with ``digits``) or "share" (each value's part of the sum, in %).
    """

    kind = t.Unicode("sliders").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    chain = t.Unicode().tag(sync=True)
    labels = t.List(t.Unicode()).tag(sync=True)
    values = t.List(t.Float()).tag(sync=True)
    low = t.Float(0.0).tag(sync=True)
    high = t.Float(1.0).tag(sync=True)
    step = t.Float(0.01).tag(sync=True)
    digits = t.Int(2).tag(sync=True)
    show = t.Enum(("number", "share"), "number").tag(sync=True)
    tone = t.Enum(("validator", "active"), "active").tag(sync=True)
    dragging = t.Bool(False).tag(sync=True)

    @property
    def value(self) -> Any:
        """The number of a single slider, the list of several."""
        return self.values[0] if len(self.labels) == 1 and self.show == "number" else list(self.values)


class Preset(Part):
    """The menu of worlds."""

    kind = t.Unicode("menu").tag(sync=True)
    title = t.Unicode("Preset").tag(sync=True)
    chain = t.Unicode().tag(sync=True)
    options: t.List[Any] = t.List().tag(sync=True)
    value = t.Unicode().tag(sync=True)
    sentence = t.Unicode().tag(sync=True)


class Choice(Part):
    """Two to four alternatives side by side."""

    kind = t.Unicode("choice").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    chain = t.Unicode().tag(sync=True)
    options: t.List[Any] = t.List().tag(sync=True)
    value = t.Unicode().tag(sync=True)


class MatrixEditor(Part):
    """A grid of whole numbers; a row is brought back to a sum of 100 when the learner leaves it."""

    kind = t.Unicode("matrix").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    chain = t.Unicode().tag(sync=True)
    rows = t.List(t.Unicode()).tag(sync=True)
    columns = t.List(t.Unicode()).tag(sync=True)
    values = t.List(t.List(t.Int())).tag(sync=True)

    @property
    def value(self) -> list[list[int]]:
        """The rows."""
        return [list(row) for row in self.values]


class Reset(Part):
    """A button; ``pressed`` counts."""

    kind = t.Unicode("button").tag(sync=True)
    title = t.Unicode("Reset").tag(sync=True)
    pressed = t.Int(0).tag(sync=True)


class Finding(Part):
    """Title (the sentence that the picture proves) and subtitle (how to read the marks)."""

    kind = t.Unicode("finding").tag(sync=True)
    title = t.Unicode().tag(sync=True)
    subtitle = t.Unicode().tag(sync=True)


class Summary(Part):
    """The picture in words, read out by a screen reader when it has settled."""

    kind = t.Unicode("summary").tag(sync=True)
    text = t.Unicode().tag(sync=True)


class CodeLine(Part):
    """The Python that makes this picture; it runs as it stands."""

    kind = t.Unicode("code").tag(sync=True)
    code = t.Unicode().tag(sync=True)


class BetStrip(Part):
    """A number line for a prediction: open, then locked and revealed beside the engine's answer.

    ``truth`` is the engine's number; it stays in Python until the bet is locked.
    """

    kind = t.Unicode("bet").tag(sync=True)
    question = t.Unicode().tag(sync=True)
    hint = t.Unicode().tag(sync=True)
    low = t.Float(0.0).tag(sync=True)
    high = t.Float(100.0).tag(sync=True)
    unit = t.Unicode("%").tag(sync=True)
    ticks = t.List(t.Float()).tag(sync=True)
    value = t.Float(None, allow_none=True).tag(sync=True)
    state = t.Enum(("open", "locked"), "open").tag(sync=True)
    answer = t.Float(None, allow_none=True).tag(sync=True)
    verdict = t.Unicode().tag(sync=True)
    reason = t.Unicode().tag(sync=True)
    truth = t.Float()
    why = t.Unicode()

    @t.observe("state")
    def _settle(self, _: Any) -> None:
        if self.state == "open":
            self.answer, self.verdict, self.reason = None, "", ""
            return
        self.answer, self.reason = self.truth, self.why
        digits = 0 if self.unit == "%" else 1
        said = f"You said {self.value:.{digits}f}\u00a0{self.unit}, the" if self.value is not None else "The"
        self.verdict = f"{said} engine finds {self.truth:.{digits}f}\u00a0{self.unit}."

    def lock(self) -> None:
        """Lock what is on the line; without a dot the strip stays open."""
        if self.value is not None:
            self.state = "locked"
