"""Moves: what was done to a chain, as data, and as the Python that does it again.

    Move("add_stake", ("you", "validator-1", 3, 100_000_000_000))
    → chain.add_stake("you", "validator-1", 3, tao(100))

An extrinsic is called as ``Chain`` calls it: the record's name in lower case, its fields in their order. So a
log of moves can be kept in a file and read again without running anything that stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from typing import Any

from bittensor_lab import extrinsics
from bittensor_lab.block import Extrinsic
from bittensor_lab.units import RAO_PER_TAO, tao

RUN, AMONG = "run", "among_others"
AMOUNTS = {"amount", "limit_price"}
"""arguments that are rao"""
HEAD = ("from bittensor_lab import play", "from bittensor_lab.units import tao")


@dataclass(frozen=True)
class Move:
    """A call on a chain: its name and its arguments."""

    name: str
    arguments: tuple[Any, ...]


def _called(kind: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()


KINDS: dict[str, Any] = {_called(kind): getattr(extrinsics, kind) for kind in extrinsics.__all__}
"""extrinsics by the name of their call"""


def move_of(extrinsic: Extrinsic) -> Move:
    """Return an extrinsic as a call; what it leaves at its default is left out."""
    kind: Any = type(extrinsic)
    values = [(item, getattr(extrinsic, item.name)) for item in fields(kind)]
    while values and values[-1][0].default is not MISSING and values[-1][1] == values[-1][0].default:
        values.pop()
    return Move(_called(kind.__name__), tuple(value for _, value in values))


def after_run(moves: tuple[Move, ...], blocks: int, among: bool, seed: int) -> tuple[Move, ...]:
    """Return moves with blocks that pass at their end; two runs of a kind in a row are one."""
    name, rest = (AMONG, (seed,)) if among else (RUN, ())
    if moves and moves[-1].name == name and moves[-1].arguments[1:] == rest:
        blocks += int(moves[-1].arguments[0])
        moves = moves[:-1]
    return (*moves, Move(name, (blocks, *rest)))


def code(seed: int, moves: Iterable[Move]) -> str:
    """Return the Python that plays a game anew, from its opening."""
    lines = (*HEAD, "", f"chain = play.opening(seed={seed}).chain", *map(line, moves))
    return "\n".join(lines)


def line(move: Move) -> str:
    """Return the Python of one move."""
    if move.name == AMONG:
        blocks, seed = move.arguments
        return f"play.among_others(chain, {blocks}, seed={seed})"
    if move.name == RUN:
        return f"chain.run({move.arguments[0]})"
    names = [item.name for item in fields(KINDS[move.name])]
    said = [_said(name, value) for name, value in zip(names, move.arguments, strict=False)]
    return f"chain.{move.name}({', '.join(said)})"


def _said(name: str, value: Any) -> str:
    if name in AMOUNTS and type(value) is int:
        return amount_code(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, tuple) and name in ("uids", "values"):
        return repr(list(value))
    return repr(value)


def amount_code(rao: int) -> str:
    """Return ``tao(1.5)`` for 1,500,000,000 rao; the plain number where a float could not say it."""
    text = f"{Decimal(rao) / RAO_PER_TAO:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"tao({text})" if tao(float(text)) == rao else f"{rao:_}"
