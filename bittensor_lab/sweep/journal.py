"""The journal of a sweep: a line of JSON for each finished point, so that a kill costs only what was in work.

The first line says what it is the journal of. The last one may be half a line, if whoever wrote it was
killed: it is dropped. A point that failed is tried again the next time. A file that is no journal of this
sweep is refused, and left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bittensor_lab import __version__
from bittensor_lab.errors import InputError
from bittensor_lab.sweep.work import Done, plain


class Journal:
    """A file of finished points; as a context it is taken away at the end if there is none in it."""

    def __init__(
        self, path: str | Path, point: str, values: Mapping[str, Sequence[Any]], seeds: Sequence[int]
    ) -> None:
        self.path = Path(path)
        of = {"point": point, "values": {name: list(v) for name, v in values.items()}, "seeds": list(seeds)}
        self.head = json.dumps({"bittensor_lab sweep": __version__, **of}).encode() + b"\n"

    def read(self) -> dict[int, Done]:
        """Return the points that are finished, by number, and make the file ready for more.

        Raises
        ------
        InputError
            if it is the journal of another sweep, damaged, or cannot be read or written.
        """
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
            if not (content.startswith(self.head) or self.head.startswith(content)):
                raise self._refused("is not the journal of this sweep")
            whole = content[: content.rfind(b"\n") + 1]
            found = self._points(whole)
            with self.path.open("r+b" if content else "w+b") as file:
                file.truncate(len(whole))
                file.seek(len(whole))
                if not whole:
                    file.write(self.head)
        except OSError as error:
            raise self._refused(f"cannot be used: {error.strerror}") from None
        return found

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            if self.path.stat().st_size == len(self.head):
                self.path.unlink()

    def _points(self, whole: bytes) -> dict[int, Done]:
        found: dict[int, Done] = {}
        for number, line in enumerate(whole.split(b"\n")[1:-1], 2):
            try:
                about = json.loads(line)
                rows = [{name: plain(name, v) for name, v in row.items()} for row in about["rows"]]
                done = Done(int(about["number"]), tuple(rows))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise self._refused(f"is damaged in line {number}") from None
            found[done.number] = done
        return found

    def write(self, done: Done) -> None:
        """Write down a point that was worked out."""
        if done.error:
            return
        line = json.dumps({"number": done.number, "rows": done.rows}).encode() + b"\n"
        try:
            with self.path.open("ab") as file:
                file.write(line)
        except OSError as error:
            raise self._refused(f"cannot be written: {error.strerror}") from None

    def _refused(self, what: str) -> InputError:
        return InputError(
            f"{self.path} {what}", remedy="Give another file, or delete this one to begin anew."
        )
