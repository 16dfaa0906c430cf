"""Data files that come with the course, and the manifest that answers for them.

``datasets/manifest.json`` has a list of entries for each kind of data set. An entry says what it shows, in
which units, from which seed and how it was made, which real figures it matches, and of every file the
SHA-256: a file that is not what the manifest says is never used.

The scripts ``datasets/make_*.py`` write the files; each replaces its own kind's entries.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bittensor_lab import places
from bittensor_lab.errors import InputError

KINDS = ("presets", "networks", "metagraphs", "histories", "tasks")
"""of data sets, in the order of the manifest"""
ABOUT = (
    "Data sets of the course, all made from seeds by the scripts beside this file; "
    "docs/guides/datasets.md explains them. "
    "sha256 is of a file's text, line ends counted as one character, or of an array's bytes."
)
REPAIR = "In a checkout run all scripts datasets/make_*.py; otherwise install the package again."
Entry = Mapping[str, Any]


def entries(kind: str) -> list[Entry]:
    """Return the manifest's entries of a kind of data sets.

    Raises
    ------
    InputError
        if the manifest is missing or damaged.
    """
    path = places.course("datasets") / "manifest.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))[kind]
        if not all(isinstance(each[key], str) for each in found for key in ("name", "title")):
            raise TypeError("a name or a title is no text")
        return [dict(each) for each in found]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("the list of data sets cannot be read", f"{path.name}: {error}", REPAIR) from error


def entry(kind: str, name: str, noun: str) -> Entry:
    """Return the entry of that name; raises InputError, which lists the others, if there is none."""
    known = entries(kind)
    for each in known:
        if each["name"] == name:
            return each
    names = ", ".join(each["name"] for each in known)
    raise InputError(f"there is no {noun} {name!r}", remedy=f"Known: {names}.")


def verified(file: str, sha256: str) -> str:
    """Return the text of a file of the course.

    Raises
    ------
    InputError
        if it is missing, or is not what the manifest says.
    """
    path = places.course("datasets") / file
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"data set {file} cannot be read", type(error).__name__, REPAIR) from error
    if checksum(text) != sha256:
        raise InputError(f"data set {file} is damaged", "Its checksum is not that of the manifest.", REPAIR)
    return text


def verified_texts(found: Entry) -> dict[str, str]:
    """Return the texts of all files of an entry, by the name of the file in its folder."""
    try:
        listed = {str(file): str(sha256) for file, sha256 in found["files"].items()}
        if not listed:
            raise KeyError("files")
    except (KeyError, AttributeError) as error:
        raise InputError("the list of data sets cannot be read", f"manifest.json: {error}", REPAIR) from error
    return {Path(file).name: verified(file, sha256) for file, sha256 in listed.items()}


def checksum(text: str) -> str:
    """Return the SHA-256 of a data file's text; line ends count as one character everywhere."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def publish(folder: Path, kind: str, made: Sequence[Entry], texts: Mapping[str, str]) -> None:
    """Write data files, by their name in ``folder``, and the manifest's entries of their kind."""
    for file, text in texts.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    path = folder / "manifest.json"
    try:
        before = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # gone or damaged: the other scripts bring theirs back
        before = {}
    after = {"about": ABOUT} | {each: before.get(each, []) for each in KINDS} | {kind: list(made)}
    path.write_text(json.dumps(after, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
