"""The base of every lab: controls in, one pure computation, a picture out.

    state    = what the controls say                   (plain Python values)
    result   = compute(state)                          (pure; engine and views)
    drawing  = draw(result, state, limits)             (pure; sentences, tables, a chart on demand)

``Lab`` only wires: a control moves, the three lines above run, and the pictures take the new tables
in place. While the pointer is down the ends of the scales hold still and the text summary waits.
Running a lab's cell again closes the lab that the cell made before, so nothing piles up.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

import ipywidgets as w

from bittensor_lab import bets, store
from bittensor_lab.errors import InputError, LabError
from bittensor_lab.labs.controls import BetStrip, CodeLine, Finding, Part, Preset, Reset, Summary
from bittensor_lab.labs.picture import chart_png, specification
from bittensor_lab.labs.scales import rounded

State = dict[str, Any]
VALUES = ("value", "values")


@dataclass(frozen=True)
class Drawing:
    """What a lab shows for one result."""

    title: str
    subtitle: str
    summary: str
    code: str
    frame: Any
    """the DataFrame behind the picture"""
    show: dict[str, dict[str, Any]]
    """name of a picture: what its ``show`` takes; a picture that is not named is hidden"""
    limits: dict[str, float]
    """ends of the scales"""
    chart: Callable[[], Any]
    """the picture as an Altair chart"""
    key: str
    """which chart this is: same key, same specification but for its data"""
    spec: Callable[[str], dict[str, Any]]
    """the specification of a theme, which depends on the key alone"""
    tables: Callable[[], dict[str, dict[str, list[Any]]]]
    """the data of the picture, by name and column"""
    wide: tuple[str, ...] = ()
    """controls that need the full width"""
    hidden: tuple[str, ...] = ()
    """controls that have nothing to say"""


def one_picture(
    name: str,
    tables: Mapping[str, Any],
    limits: dict[str, float] | None = None,
    *,
    title: str,
    subtitle: str,
    summary: str,
    code: str,
    frame: Any,
) -> Drawing:
    """Return the drawing of a lab that has a single picture.

    Parameters
    ----------
    name
        of the picture: ``NAME_chart`` in ``charts.NAME`` makes it. Its module is imported when the code of
        the chart is new or a PNG is asked for, since altair itself takes seconds.
    tables
        the DataFrames that the picture shows.
    limits
        where its scales end.
    """
    data, ends = {key: rounded(table) for key, table in tables.items()}, limits or {}

    def chart(theme: str, **words: str) -> Any:
        module = import_module(f"bittensor_lab.charts.{name}")
        return getattr(module, f"{name}_chart")(tables, limits=ends, name=theme, **words)

    params = {f"top_{key}": most for key, most in ends.items()}
    shown = {"key": name, "make": lambda theme: untitled(chart(theme)), "tables": data, "params": params}
    return Drawing(
        title=title,
        subtitle=subtitle,
        summary=summary,
        code=code,
        frame=frame,
        limits=ends,
        chart=lambda: chart("light", title=title, subtitle=subtitle),
        key=name,
        spec=lambda theme: untitled(chart(theme)),
        tables=lambda: data,
        show={name: shown},
    )


def untitled(chart: Any) -> dict[str, Any]:
    """Return a chart's specification without its title, which the page shows above the picture."""
    return {part: value for part, value in chart.to_dict().items() if part != "title"}


class Lab(w.VBox):
    """A lab in a notebook: ``state``, ``frame``, ``chart``, ``result``, ``save``.

    Parameters
    ----------
    name
        for the code line and the saved notebook.
    columns
        the controls by name, in two columns.
    load
        what the controls show for a preset: name of control to traits.
    compute, draw
        see the module.
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[Mapping[str, Part]],
        *,
        preset: str,
        load: Callable[[str], dict[str, dict[str, Any]]],
        compute: Callable[[State], Any],
        draw: Callable[[Any, State, dict[str, float] | None], Drawing],
        pictures: Mapping[str, Any],
        bet: BetStrip | None = None,
    ) -> None:
        self.name, self.bet, self.pictures = name, bet, dict(pictures)
        self.controls: dict[str, Part] = {key: part for column in columns for key, part in column.items()}
        self._load, self._compute, self._draw = load, compute, draw
        self._frame_number, self._loading = 0, False
        self._finding, self._summary, self._code, self._reset = Finding(), Summary(), CodeLine(), Reset()
        self._parts = [list(column.values()) for column in columns]
        self._parts[-1].append(self._reset)
        self._columns = [box("btlab-column", parts) for parts in self._parts]
        self._wide = box("btlab-wide", ())
        super().__init__([*([bet] if bet else []), self._page()])
        self.add_class("btlab")
        self.result: Any = None
        self.drawing: Drawing | None = None
        self._listen()
        self.load(preset)

    def _page(self) -> w.Box:
        main = (self._finding, *self.pictures.values(), self._wide, self._summary, self._code)
        return box("btlab-page", [box("btlab-controls", self._columns), box("btlab-main", main)])

    def _listen(self) -> None:
        for part in self.controls.values():
            names = [name for name in (*VALUES, "dragging") if part.has_trait(name)]
            part.observe(self._preset_chosen if isinstance(part, Preset) else self._moved, names)
        self._reset.observe(
            lambda change: self.load(self.state["preset"], stamp=change.owner.stamp), "pressed"
        )

    # --- what a learner uses -----------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What the controls say."""
        return {name: part.value for name, part in self.controls.items()}

    @property
    def frame(self) -> Any:
        """The DataFrame behind the picture."""
        return self._shown.frame

    @property
    def chart(self) -> Any:
        """The picture as an Altair chart."""
        return self._shown.chart()

    def save(self, path: str | Path) -> Path:
        """Save the picture (``.png``) or the numbers behind it (``.csv``); see ``save_shown`` for errors."""
        return save_shown(self, path)

    def png(self) -> bytes:
        """Return the picture as PNG."""
        shown = self._shown
        data = {name: records(table) for name, table in shown.tables().items()}
        spec = specification(shown.key, "light", shown.spec)
        params = [
            dict(p, value=shown.limits.get(p["name"].removeprefix("top_"), p.get("value")))
            for p in spec.get("params", [])
        ]
        heading = {"text": shown.title, "subtitle": [shown.subtitle]}
        return chart_png({**spec, "datasets": data, "params": params, "title": heading})

    def load(self, preset: str, stamp: int = 0) -> None:
        """Set every control to what the preset says, and draw."""
        self._loading = True
        try:
            for name, traits in self._load(preset).items():
                with self.controls[name].hold_sync():
                    for trait, value in traits.items():
                        setattr(self.controls[name], trait, value)
        finally:
            self._loading = False
        self.refresh(stamp)

    def refresh(self, stamp: int = 0, dragging: bool = False) -> None:
        """Compute and draw what the controls say; ``stamp`` is the browser's count to answer with."""
        state = self.state
        try:
            self.result = self._compute(state)
            limits = self.drawing.limits if dragging and self.drawing else None
            self.drawing = self._draw(self.result, state, limits)
        except LabError as error:
            self._finding.title, self._finding.subtitle = error.what, f"{error.values} {error.remedy}".strip()
            return
        self._frame_number = stamp or self._frame_number
        self._show(self.drawing, dragging)

    def close(self) -> None:
        """Close the lab and every widget in it; the bet and the chart library are shared and stay."""
        close_tree(self, keep=(self.bet,))

    # --- wiring ------------------------------------------------------------------------------------

    @property
    def _shown(self) -> Drawing:
        assert self.drawing is not None
        return self.drawing

    def _preset_chosen(self, change: Any) -> None:
        if not self._loading:
            self._first_move()
            self.load(change.new, change.owner.stamp)

    def _moved(self, change: Any) -> None:
        if not self._loading:
            self._first_move()
            self.refresh(change.owner.stamp, getattr(change.owner, "dragging", False))

    def _first_move(self) -> None:
        if self.bet is not None:
            self.bet.lock()

    def _show(self, drawing: Drawing, dragging: bool) -> None:
        for name, picture in self.pictures.items():  # first, so that nothing is sent ahead of it
            picture.hidden = name not in drawing.show
            if not picture.hidden:
                picture.show(**drawing.show[name], words=drawing.summary, frame=self._frame_number)
        with self._finding.hold_sync():
            self._finding.title, self._finding.subtitle = drawing.title, drawing.subtitle
        self._place(drawing)
        if not dragging:
            self._summary.text = drawing.summary
            self._code.code = drawing.code

    def _place(self, drawing: Drawing) -> None:
        """Put wide controls under the picture, and take away what has nothing to say."""
        for name, part in self.controls.items():
            part.hidden = name in drawing.hidden
        wide = tuple(self.controls[name] for name in drawing.wide)
        if self._wide.children == wide:
            return
        for column, parts in zip(self._columns, self._parts, strict=True):
            column.children = [part for part in parts if part not in wide]
        self._wide.children = wide

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = f"<Lab {self.name}: {self._shown.title}>"
            data["image/png"] = base64.b64encode(self.png()).decode()
        return bundle


def recorded_bet(strip: BetStrip, lesson: str) -> BetStrip:
    """Return the strip tied to the learner's bet in a lesson: shown locked if placed, kept when locked."""
    placed = bets.recorded(lesson)
    strip.value = placed.value if placed else None
    strip.lock()

    def keep(_: Any) -> None:
        try:
            if strip.state == "locked" and strip.value is not None:
                bets.record(lesson, bets.Bet(strip.value, strip.truth, strip.unit, strip.question))
            else:
                bets.forget(lesson)
        except InputError as error:
            strip.reason = f"{strip.reason} {error}"

    strip.observe(keep, "state")
    return strip


class Showing(Protocol):
    """What has a picture and the numbers behind it."""

    @property
    def frame(self) -> Any:
        """The numbers, as a DataFrame."""

    def png(self) -> bytes:
        """Return the picture."""


def save_shown(lab: Showing, path: str | Path) -> Path:
    """Save a lab's picture (``.png``) or the numbers behind it (``.csv``), and return the file.

    Raises
    ------
    InputError
        if the name ends in neither, or the file cannot be written.
    """
    target = Path(path)
    if target.suffix == ".csv":
        return store.write(target, lab.frame.to_csv(index=False).encode())
    if target.suffix == ".png":
        return store.write(target, lab.png())
    raise InputError(f"cannot save as {target.name!r}", remedy="End the name in .png or .csv.")


class Closable(Protocol):
    """What a cell can show and close."""

    def close(self) -> None:
        """Close all its widgets."""


Shown = TypeVar("Shown", bound=Closable)
_SHOWN: dict[str, Closable] = {}


def one_per_cell(build: Callable[[], Shown]) -> Shown:
    """Return a new lab, and close the one that the same notebook cell made before."""
    cell = _cell()
    if cell in _SHOWN:
        _SHOWN.pop(cell).close()
    lab = build()
    if cell:
        _SHOWN[cell] = lab
    return lab


def _cell() -> str:
    """The id of the notebook cell that is running, or nothing outside a notebook."""
    from IPython import get_ipython

    shell = get_ipython()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return str(parent.get("metadata", {}).get("cellId", "")) if isinstance(parent, dict) else ""


def box(name: str, children: Any) -> w.Box:
    """Return a box with a class of the style sheet."""
    box = w.Box(list(children))
    box.add_class(name)
    return box


def close_tree(widget: w.Widget, keep: tuple[Any, ...] = ()) -> None:
    """Close a widget and every widget in it, but for those to ``keep``."""
    for child in getattr(widget, "children", ()):
        if child not in keep:
            close_tree(child, keep)
    layout = getattr(widget, "layout", None)
    if layout is not None:
        layout.close()
    w.Widget.close(widget)


def records(table: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return columns as rows, as Vega takes them."""
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
