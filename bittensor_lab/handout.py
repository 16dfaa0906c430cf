"""The learner's copy of the course: handed out once, brought up to date, never taken back.

    news = hand_out(Path("my course"))        # news.updated, news.kept

A file that the learner has not touched follows the release. One that they have stays as it is, and is named
if there is a newer one. What was handed out is written down beside the course (``MANIFEST``), as a digest of
each file; of a notebook only the cells' texts count, since to have run a lesson is not to have changed it.

In a checkout the course is the checkout's own, unless a folder is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bittensor_lab import places
from bittensor_lab.errors import InputError
from bittensor_lab.lessons import notebook_text
from bittensor_lab.whole_file import write_whole

FOLDER = "bittensor-lab"
"""where the course of an installed package is copied to, if nothing else is said"""
MANIFEST = ".handed-out.json"
COPIED = {".ipynb", ".md"}
PARTS = {"notebooks": "*", "exercises": "*", "docs": "**/*"}
"""of the course, and how deep it is copied: sources and solutions lie deeper"""


@dataclass(frozen=True)
class News:
    """What happened to the copy; names are paths below its folder."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """changed by the learner, though the release has a newer one"""

    @property
    def sentence(self) -> str:
        """What a learner should know of it; empty if nothing."""
        files = "1 file is" if len(self.updated) == 1 else f"{len(self.updated)} files are"
        said = f"{files} new in this release. " if self.updated else ""
        if self.kept:
            names = ", ".join(self.kept)
            said += f"You have changed {names}: left as yours, though the release has a newer one."
        return said.strip()


def course_folder(asked: Path | None, here: Path) -> tuple[Path, News]:
    """Return a folder with ``notebooks`` and ``exercises`` that the learner may write to, and its news.

    Raises
    ------
    InputError
        if it cannot be written.
    """
    if asked is None and not places.is_installed():
        return places.course("notebooks").parent, News()
    standing_in_it = (here / MANIFEST).is_file()
    folder = asked or (here if standing_in_it else here / FOLDER)
    return folder.resolve(), hand_out(folder)


def hand_out(folder: Path) -> News:
    """Copy what is missing in ``folder``, update what is untouched, leave what is the learner's.

    Raises
    ------
    InputError
        if it cannot be written.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        before = _manifest(folder)
        given, added, updated, kept = dict(before), list[str](), list[str](), list[str]()
        for name, source in _shipped():
            target, fresh = folder / name, source.read_bytes()
            new, old = digest(name, fresh), before.get(name)
            here = digest(name, target.read_bytes()) if target.exists() else None
            if here is None or (here != new and here == old):
                (added if here is None else updated).append(name)
                _put(target, fresh)
            elif here != new and old != new:
                kept.append(name)
            if here in (None, old, new):
                given[name] = new
        if given != before:
            _put(folder / MANIFEST, json.dumps(given, indent=1, sort_keys=True).encode())
    return News(tuple(added), tuple(updated), tuple(kept))


def _shipped() -> Iterator[tuple[str, Path]]:
    """The files of the course, by their path in the copy."""
    for part, pattern in PARTS.items():
        root = places.course(part)
        for path in sorted(root.glob(pattern)):
            if path.suffix in COPIED:
                yield f"{part}/{path.relative_to(root).as_posix()}", path


def digest(name: str, content: bytes) -> str:
    """Return a digest of what a learner could change in a file."""
    if name.endswith(".ipynb"):
        try:
            cells = [(cell["cell_type"], _text(cell["source"])) for cell in json.loads(content)["cells"]]
            content = json.dumps(cells).encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            pass  # no notebook any more: all of it counts
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _manifest(folder: Path) -> dict[str, str]:
    """What was handed out; nothing if that cannot be read, and then every file counts as the learner's."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(name): str(value) for name, value in told.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _put(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, content)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"cannot write the course to {folder}"
        remedy = "Name a folder of yours: bittensor-lab lab FOLDER."
        raise InputError(what, error.strerror or str(error), remedy) from None


def reset(lesson: str, folder: Path) -> tuple[Path, Path | None]:
    """Bring a lesson ("03") back as it was, and return it and where the learner's own version is kept.

    Raises
    ------
    InputError
        if there is no such lesson.
    """
    notebooks = folder / "notebooks"
    found = sorted(notebooks.glob(f"{lesson}_*.ipynb")) if lesson.isdigit() else []
    mine = next((path for path in found if ".mine" not in path.stem), None)
    if mine is None:
        numbers = ", ".join(sorted({path.name[:2] for path in notebooks.glob("[0-9][0-9]_*.ipynb")}))
        raise InputError(f"there is no lesson {lesson!r}", remedy=f"The lessons are {numbers}.")
    fresh = _fresh(mine.name)
    if mine.read_bytes().replace(b"\r\n", b"\n") == fresh.encode():
        return mine, None
    number = next(n for n in count(1) if not mine.with_suffix(f".mine{n}.ipynb").exists())
    aside = mine.with_suffix(f".mine{number}.ipynb")
    mine.replace(aside)
    mine.write_text(fresh, encoding="utf-8", newline="\n")
    return mine, aside


def _fresh(name: str) -> str:
    """A lesson as it is handed out: from the installed course, or made from its source in a checkout."""
    if places.is_installed():
        return (places.course("notebooks") / name).read_text(encoding="utf-8")
    return notebook_text(places.course("notebooks") / "source" / f"{Path(name).stem}.py")
