"""Errors that a learner can act on: what happened, with which values, and what to do.

``LabError`` is the base of all of them. In a notebook it shows as three lines without a
traceback; on the command line as one line. An error of the chain will carry the chain's own
variant name; misuse of the Python interface is a ``ValueError`` or ``TypeError`` as well.
"""

from __future__ import annotations

import unicodedata

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # Unicode categories without a picture of their own


class LabError(Exception):
    """What happened (``what``), the values it happened with, and what to do about it."""

    def __init__(self, what: str, values: str = "", remedy: str = "") -> None:
        super().__init__(what, values, remedy)
        self.what, self.values, self.remedy = what, values, remedy

    def __str__(self) -> str:
        return ". ".join(part.rstrip(".") for part in (self.what, self.values, self.remedy) if part)

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback."""
        return [f"{type(self).__name__}: {self.what}", *(t for t in (self.values, self.remedy) if t)]


class InputError(LabError, ValueError):
    """An input that cannot be used: which one, and what it should be."""


def one_line(text: str, encoding: str | None = "utf-8") -> str:
    """Return ``text`` on one line, with control characters and what ``encoding`` cannot show spelt out.

    Names of files and cases can hold anything, line breaks and a terminal's commands included.
    """
    spelt = "".join(repr(c)[1:-1] if unicodedata.category(c) in _UNSEEN else c for c in text)
    return spelt.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
