"""Tables: CSV files that come from anywhere, read cell by cell by a list of columns.

    Column("tao_in", AMOUNT, "TAO in the pool")      what a cell must be, and what it says
    read_table("subnets.csv", raw_bytes, columns)    every cell checked, or an error that names its place

A file may come out of a spreadsheet: a byte order mark, Windows line ends, spaces around a cell and empty
lines are as good as none. Anything else that is not as the columns say is an ``InputError`` with the file,
the line and the column. Columns whose name begins with ``x_`` are the writer's own and are not read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from typing import Any

from bittensor_lab.errors import InputError, one_line
from bittensor_lab.units import RAO_PER_TAO

MAX_BYTES = 1 << 28
MAX_CELL = 128
"""characters"""
OWN = "x_"
WHOLE = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)
NUMBER = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?", re.ASCII)
FLAGS = {"1": True, "0": False, "true": True, "false": False}


@dataclass(frozen=True)
class Kind:
    """What a cell can be: how it is read, how it is written, and how people call it."""

    words: str
    read: Callable[[str], Any]
    """the value, or None if the text is none of this kind"""
    write: Callable[[Any], str] = str


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    kind: Kind
    meaning: str
    """unit and sense, for people"""
    default: Any = None
    """the value of an empty cell, and of a column that is not there"""
    is_required: bool = False
    empty: str = ""
    """what an empty cell stands for, where that is no value of the column's own"""


@dataclass(frozen=True)
class Table:
    """The rows of a file, column by column."""

    file: str
    columns: Mapping[str, Sequence[Any]]
    """by name, each as long as there are rows"""
    lines: Sequence[int]
    """the line of the file at which each row ends"""

    def __len__(self) -> int:
        return len(self.lines)

    def rows(self, *names: str) -> zip[tuple[Any, ...]]:
        """Return the rows as tuples of the columns named."""
        return zip(*(self.columns[name] for name in names), strict=True)

    def wrong(self, row: int, column: str, what: str, values: str = "", remedy: str = "") -> InputError:
        """Return the error of a cell, for the caller to raise."""
        return wrong(self.file, self.lines[row], column, what, values, remedy)


def whole(low: int, high: int) -> Kind:
    """Return the kind of whole numbers in a range."""

    def read(text: str) -> int | None:
        return value if WHOLE.fullmatch(text) and low <= (value := int(text)) <= high else None

    return Kind(f"a whole number from {low} to {high}", read)


def decimal(scale: int, low: int | Decimal, high: int | Decimal, digits: int, words: str) -> Kind:
    """Return the kind of numbers kept as whole ones, ``scale`` of them in 1, rounded to the nearest."""

    def read(text: str) -> int | None:
        fits = NUMBER.fullmatch(text) and low <= Decimal(text) <= high
        return round(Decimal(text) * scale) if fits else None

    def write(value: int) -> str:
        text = f"{Decimal(int(value)) / scale:.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    return Kind(f"{words} from {Decimal(low):f} to {Decimal(high):f}", read, write)


def real(low: float, high: float) -> Kind:
    """Return the kind of floating point numbers in a range."""

    def read(text: str) -> float | None:
        return value if NUMBER.fullmatch(text) and low <= (value := float(text)) <= high else None

    return Kind(f"a number from {low:g} to {high:g}", read, lambda value: repr(float(value)))


def _key(text: str) -> str | None:
    return text if text and text.isprintable() and text == one_line(text) else None


def amount(low: int | Decimal, high: int) -> Kind:
    """Return the kind of amounts of TAO or alpha, with up to nine digits after the point, kept as rao."""
    return decimal(RAO_PER_TAO, low, high, 9, "an amount")


FLAG = Kind("1 or 0", lambda text: FLAGS.get(text.lower()), lambda value: str(int(value)))
KEY = Kind("a name of 1 to 128 characters", _key)


def read_table(file: str, raw: bytes, columns: Sequence[Column]) -> Table:
    """Return the checked rows of a CSV file; ``file`` is what errors call it.

    Raises
    ------
    InputError
        if it is no CSV text, lacks a column, or a cell is not what its column says.
    """
    lines, cells = _parsed(file, _text(file, raw))
    if not cells:
        names = ",".join(column.name for column in columns if column.is_required)
        raise InputError(f"{file} is empty", remedy=f"Its first line must name the columns: {names}, …")
    header = [name.strip() for name in cells[0]]
    _check_header(file, header, columns)
    for line, row in zip(lines[1:], cells[1:], strict=True):
        if len(row) != len(header):
            raise InputError(
                f"{file}, line {line}: it has {len(row)} cells, the header {len(header)}",
                remedy="Separate cells by commas, and write decimals with a point.",
            )
    found = {column.name: _column(file, column, header, lines[1:], cells[1:]) for column in columns}
    return Table(file, found, lines[1:])


def table_of(file: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of values that come from no file; what a row does not name is the default."""
    found = {c.name: [row.get(c.name, c.default) for row in rows] for c in columns}
    return Table(file, found, range(2, len(rows) + 2))


def written(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as the text of a CSV file that ``read_table`` reads."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column.name for column in columns)
    for row in rows:
        writer.writerow("" if row[c.name] is None else c.kind.write(row[c.name]) for c in columns)
    return out.getvalue()


def wrong(file: str, line: int, column: str, what: str, values: str = "", remedy: str = "") -> InputError:
    """Return the error of a cell."""
    return InputError(f"{file}, line {line}, column {column}: {what}", values, remedy)


def _text(file: str, raw: bytes) -> str:
    remedy = "Save the table as CSV, encoded in UTF-8."
    if len(raw) > MAX_BYTES:
        raise InputError(
            f"{file} is larger than {MAX_BYTES:,} bytes", remedy="Split it, or drop what is old."
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{file} is encoded in UTF-16", remedy=remedy)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is no text", f"Byte {error.start} is not UTF-8.", remedy) from None
    if "\0" in text:
        raise InputError(f"{file} is no text", "It holds zero bytes.", remedy)
    return text


def _parsed(file: str, text: str) -> tuple[list[int], list[list[str]]]:
    """The lines at which rows end, and their cells; empty lines are left out."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    lines, cells = list[int](), list[list[str]]()
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                lines.append(reader.line_num)
                cells.append(row)
    except csv.Error as error:
        raise InputError(
            f"{file}, line {reader.line_num}: it is no CSV",
            str(error),
            "Look for a quote that is not closed.",
        ) from None
    return lines, cells


def _check_header(file: str, header: list[str], columns: Sequence[Column]) -> None:
    known = [column.name for column in columns]
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and sign in header[0]:
            raise InputError(
                f"{file}, line 1: cells are separated by {name}",
                remedy="Save it with commas and decimal points.",
            )
    for column in columns:
        if column.is_required and column.name not in header:
            raise InputError(
                f"{file} lacks the column {column.name}", f"It is {column.kind.words}: {column.meaning}.",
                f"Its columns are: {one_line(', '.join(header))}.",
            )  # fmt: skip
    for name in header:
        if header.count(name) > 1:
            raise wrong(file, 1, one_line(name), "the column is there twice", remedy="Keep one of them.")
        if name not in known and not name.startswith(OWN):
            raise wrong(
                file, 1, one_line(name), "there is no such column",
                remedy=f"Columns of your own begin with {OWN}. Known: {', '.join(known)}.",
            )  # fmt: skip


def _column(
    file: str, column: Column, header: list[str], lines: list[int], cells: list[list[str]]
) -> list[Any]:
    """The values of a column, read; each text is read once."""
    if column.name not in header:
        return [column.default] * len(cells)
    place, known = header.index(column.name), dict[str, Any]()
    values = []
    for line, row in zip(lines, cells, strict=True):
        text = row[place]
        if text not in known:
            known[text] = _value(file, column, line, text.strip())
        values.append(known[text])
    return values


def _value(file: str, column: Column, line: int, text: str) -> Any:
    if not text and not column.is_required:
        return column.default
    value = column.kind.read(text) if len(text) <= MAX_CELL else None
    if value is None:
        given = f"It is {one_line(text[:60])!r}." if text else "The cell is empty."
        raise wrong(
            file, line, column.name, f"must be {column.kind.words}", given, f"It means: {column.meaning}."
        )
    return value
