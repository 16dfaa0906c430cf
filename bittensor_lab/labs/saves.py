"""Saved games: a name, a button to save, a list and a button to load.

They lie in the learner's data folder, a file each, as ``store`` writes a chain: whole or not at all. What
cannot be read is said in a sentence and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import ipywidgets as w

from bittensor_lab import places, store
from bittensor_lab.errors import InputError
from bittensor_lab.state import State

SUFFIX = ".btlab"
IMPORT = "from bittensor_lab.chain import Chain\nfrom bittensor_lab.labs.saves import place"
NAME = re.compile(r"[\w][\w .-]{0,39}")


class Saves(w.HBox):
    """The row of controls; ``keep`` gives the state to save, ``take`` gets one that was loaded."""

    def __init__(self, keep: Callable[[], State], take: Callable[[State, tuple[str, ...]], None]) -> None:
        self._keep, self._take = keep, take
        self.name = w.Text(placeholder="name of the game", layout=w.Layout(width="170px"))
        self.list = w.Dropdown(options=saved(), layout=w.Layout(width="170px"))
        self.save, self.load = w.Button(description="Save"), w.Button(description="Load")
        self.said = w.Label()
        self.save.on_click(lambda _: self._saved())
        self.load.on_click(lambda _: self._loaded())
        super().__init__([self.name, self.save, self.list, self.load, self.said])
        self.add_class("btlab-saves")

    def _saved(self) -> None:
        try:
            path = store.save(self._keep(), place(self.name.value))
        except InputError as error:
            self.said.value = str(error)
            return
        self.list.options = saved()
        self.list.value, self.said.value = path.stem, f"Saved as {path.stem}."

    def _loaded(self) -> None:
        if self.list.value is None:
            self.said.value = "Nothing is saved yet."
            return
        try:
            state = store.load(place(self.list.value))
        except InputError as error:
            self.said.value = str(error)
            return
        self._take(state, (IMPORT, f'chain = Chain.load(place("{self.list.value}"))'))
        self.said.value = f"{self.list.value} is loaded; Undo brings back what was here."


def place(name: str) -> Path:
    """Return the file of a name.

    Raises
    ------
    InputError
        if a file should not be called so.
    """
    if not NAME.fullmatch(name.strip()):
        raise InputError(
            f"a game cannot be called {name.strip()!r}", remedy="Use letters, digits, spaces and hyphens."
        )
    folder = places.user_data() / "games"
    folder.mkdir(exist_ok=True)
    return folder / f"{name.strip()}{SUFFIX}"


def saved() -> list[str]:
    """Return the names of the games that are there."""
    return sorted(path.stem for path in (places.user_data() / "games").glob(f"*{SUFFIX}"))
