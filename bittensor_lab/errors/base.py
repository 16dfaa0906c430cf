"""Errors that a learner can act on: what happened, with which values, and what to do.

``LabError`` is the base of all of them. In a notebook it shows as three lines without a
traceback; on the command line as one line. A ``ChainError`` is the chain's refusal of an extrinsic,
one class per error under the chain's own name, so that ``except NotEnoughBalanceToStake`` works;
misuse of the Python interface is an ``InputError``, a ``ValueError`` or ``TypeError`` as well.
"""

from __future__ import annotations

import unicodedata

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # Unicode categories without a picture of their own


LONGEST = 600
"""characters of each part of an error: what someone typed in can be of any length"""


class LabError(Exception):
    """What happened (``what``), the values it happened with, and what to do about it."""

    def __init__(self, what: str, values: str = "", remedy: str = "") -> None:
        parts = [
            text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…" for text in (what, values, remedy)
        ]
        super().__init__(*parts)
        self.what, self.values, self.remedy = parts

    def __str__(self) -> str:
        return ". ".join(part.rstrip(".") for part in (self.what, self.values, self.remedy) if part)

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback."""
        return [f"{type(self).__name__}: {self.what}", *(t for t in (self.values, self.remedy) if t)]


class InputError(LabError, ValueError):
    """An input that cannot be used: which one, and what it should be."""


class WrongType(InputError, TypeError):
    """An input of a kind that cannot be used at all."""


def one_line(text: str, encoding: str | None = "utf-8") -> str:
    """Return ``text`` on one line, with control characters and what ``encoding`` cannot show spelt out.

    Names of files and cases can hold anything, line breaks and a terminal's commands included.
    """
    spelt = "".join(repr(c)[1:-1] if unicodedata.category(c) in _UNSEEN else c for c in text)
    return spelt.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")


class ChainError(LabError):
    """The chain refuses an extrinsic. Each subclass bears the chain's own name for why."""

    remedy_text = ""

    def __init__(self, values: str = "") -> None:
        super().__init__((type(self).__doc__ or "").rstrip("."), values, self.remedy_text)

    @property
    def name(self) -> str:
        """The chain's name of this error."""
        return type(self).__name__
