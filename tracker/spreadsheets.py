"""CSV that a spreadsheet opens as data and never runs.

A text that begins like a formula gets an apostrophe in front, as people type it
themselves. `as_written` takes it away again, so nothing is lost. The number -5 is no
text and stays -5.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO

Cell = str | int | float | Decimal | date | None

# Where a cell may begin: at the start of the text, and where a spreadsheet may cut it.
# One that expects another separator than the comma, or does not follow quotes, cuts a
# text in the middle. Spaces, quotes and invisible characters may stand before the sign.
_BEGINS = r"(?:\A|(?<=[;\t\r\n]))"
_INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\ufeff"
)
_BLANK = rf"[^\S\t\r\n]|['\"{_INVISIBLE}]"
_FORMULA = rf"(?=(?:{_BLANK})*[=+\-@\uff1d\uff0b\uff0d\uff20])"
# Some programs drop these at the start of a cell, and then run the rest.
_DROPPED = r"(?='*[\t\r\n])"
_DANGEROUS = re.compile(rf"{_BEGINS}{_FORMULA}|\A{_DROPPED}")
_MADE_HARMLESS = re.compile(rf"{_BEGINS}'{_FORMULA}|\A'{_DROPPED}")
_CHUNK = 64 * 1024  # characters


def harmless(text: str) -> str:
    """A text that a spreadsheet shows and does not run."""
    return _DANGEROUS.sub("'", text)


def as_written(cell: str) -> str:
    """The text from which `harmless` made this cell."""
    return _MADE_HARMLESS.sub("", cell)


def csv_chunks(
    rows: Iterable[Sequence[Cell]], *, for_excel: bool = False
) -> Iterator[bytes]:
    """UTF-8 by RFC 4180, in pieces of many rows. The first row is the heading.

    Excel takes a file for UTF-8 only if it begins with a mark. Other programs may show
    the mark.
    """
    if for_excel:
        yield codecs.BOM_UTF8
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        if buffer.tell() >= _CHUNK:
            yield _emptied(buffer)
    if buffer.tell():
        yield _emptied(buffer)


class CsvFile:
    """The same, written row by row into a file that is open for text."""

    def __init__(self, file: IO[str]) -> None:
        self._writer = csv.writer(file)

    def write(self, row: Sequence[Cell]) -> None:
        self._writer.writerow([_written(cell) for cell in row])


def _written(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return harmless(cell)
    return cell


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
