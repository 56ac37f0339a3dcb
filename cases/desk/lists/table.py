"""A file becomes a table of texts: CSV, TSV, XLSX, ODS. Nothing is computed, and no cell
is read as anything but a text.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import ne

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from cases.desk.lists import workbooks
from cases.desk.lists.unreadable import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_CHARACTERS,
    Unreadable,
    too_large,
)
from tracker.plain import without_unseen

__all__ = ["Table", "Unreadable", "read_table"]

# Beside a text they are as unseen as a space; Arabic and Hebrew are copied with them.
_AROUND = (
    " \t\r\n\v\f\u00a0\u200b\u200e\u200f\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SEPARATORS = ",;\t|"
_LOOKED_AT = 200  # rows, to find the separator
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Where there is no mark and it is not UTF-8: what spreadsheets write, by the language of
# the computer. The more common ones first.
_OLD_ENCODINGS = [
    "cp1252",
    "cp1251",
    "cp1256",
    "cp1250",
    "cp1254",
    "cp1253",
    "cp1255",
    "cp866",
    "koi8_r",
    "gb18030",
    "big5",
    "cp932",
    "cp949",
]
# In their places the Turkish encoding has the letters ğ ı ş, and is the same otherwise.
_ICELANDIC = re.compile("[ðþýÐÞÝ]")
_FOREIGN = (
    (b"%pdf", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"<html", "HTML"),
    (b"<!doctype", "HTML"),
    (b"<?xml", "XML"),
)


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]  # of each row, as the person sees it in the file
    first: int = 2
    encoding: str = ""  # none of a workbook
    unseen: int = 0  # cells out of which signs were left that nobody sees


def read_table(content: bytes, filename: str) -> Table:
    """Rows with nothing in them are left out. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise too_large()
    if content.startswith(b"PK\x03\x04"):
        return _table(workbooks.cells_of(content), "")
    beginning = content[:100].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for mark, kind in _FOREIGN:
        if beginning.startswith(mark):
            raise _foreign(kind)
    text, encoding = _decoded(content)
    return _table(_parted(text, filename), encoding)


def _foreign(kind: str) -> Unreadable:
    return Unreadable(
        _("This is a file of the kind %(kind)s. Save it as CSV, TSV, XLSX or ODS.")
        % {"kind": kind}
    )


# --- Text files ------------------------------------------------------------------------


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding: by the mark at its beginning, or the one that fits."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _by(encoding, content[len(mark) :]), encoding
    for encoding in _without_mark(content):
        try:
            return _by(encoding, content), encoding
        except Unreadable:
            continue
    encoding = _old_encoding(content)
    return _by(encoding, content), encoding


def _old_encoding(content: bytes) -> str:
    """Of those that make the least nonsense of it, the most common one."""
    nonsense = {}
    for match in from_bytes(content, cp_isolation=_OLD_ENCODINGS):
        nonsense[match.encoding] = match.chaos
    if not nonsense:
        raise _no_text()
    least = min(nonsense.values())
    encoding = next(name for name in _OLD_ENCODINGS if nonsense.get(name) == least)
    if encoding == "cp1252" and _ICELANDIC.search(content.decode(encoding)):
        return "cp1254"
    return encoding


def _without_mark(content: bytes) -> Iterable[str]:
    """In UTF-16 every other byte of a separator or a digit is zero."""
    if b"\0" not in content:
        return ["utf-8"]
    if content[:2000:2].count(0) > content[1:2000:2].count(0):
        return ["utf-16-be"]
    return ["utf-16-le"]


def _by(encoding: str, content: bytes) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text() from error
    if "\0" in text:
        raise _no_text()
    return text


def _no_text() -> Unreadable:
    return Unreadable(
        _(
            "The letters of this file cannot be read. Save it as CSV in UTF-8, or as XLSX."
        )
    )


def _parted(text: str, filename: str) -> list[list[str]]:
    separator = _separator(text, filename)
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    rows = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            cells += len(row)
            if cells > MOST_CELLS:
                raise too_large()
            rows.append(row)
    except csv.Error as error:
        raise Unreadable(
            _(
                "Near line %(line)s a quotation mark is opened and not closed, or stands where none belongs."
            )
            % {"line": reader.line_num}
        ) from error
    return rows


def _separator(text: str, filename: str) -> str:
    """The one that parts the most rows into as many cells as the header has."""
    if text[:4].lower() == "sep=" and len(text) > 4:
        return text[4]
    if filename.lower().endswith((".tsv", ".tab")):
        return "\t"
    best, most = ",", (0, 0)
    for separator in _SEPARATORS:
        widths = _widths(text, separator)
        width = max(widths, key=widths.count, default=1)
        found = (widths.count(width), width)
        if width > 1 and found > most:
            best, most = separator, found
    return best


def _widths(text: str, separator: str) -> list[int]:
    widths: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            if row:
                widths.append(len(row))
            if len(widths) == _LOOKED_AT:
                break
    except csv.Error:
        return []
    return widths


# --- The table -------------------------------------------------------------------------


def _table(cells: list[list[str]], encoding: str) -> Table:
    """The header is the first row with more than one cell that says something: above it
    stands what the list is called. Of a list with one column, it is the first row.
    """
    filled = []
    characters = unseen = 0
    for number, row in enumerate(cells, start=1):
        stripped = [_stripped(cell) for cell in row]
        texts = [without_unseen(cell) for cell in stripped]
        unseen += sum(map(ne, texts, stripped))
        while texts and not texts[-1]:
            texts.pop()
        characters += sum(len(text) for text in texts)
        if texts:
            filled.append((number, texts))
    if characters > MOST_CHARACTERS:
        raise too_large()
    wide = [number for number, texts in filled if len(texts) - texts.count("") > 1]
    start = wide[0] if wide else 0
    filled = [(number, texts) for number, texts in filled if number >= start]
    if len(filled) < 2:
        raise Unreadable(_("There is no row below the titles of the columns."))
    top, header = filled[0]
    width = len(header)
    for number, texts in filled[1:]:
        if encoding and len(texts) > width:
            raise Unreadable(
                _(
                    "Row %(row)s has %(cells)s cells, and there are %(columns)s columns."
                    " Its cells may stand in the wrong columns."
                )
                % {"row": number, "cells": len(texts), "columns": width}
            )
        width = max(width, len(texts))
    rows = []
    for _number, texts in filled[1:]:
        rows.append((*texts, *[""] * (width - len(texts))))
    return Table(
        columns=_titles([*header, *[""] * (width - len(header))]),
        rows=tuple(rows),
        numbers=tuple(number for number, _texts in filled[1:]),
        first=top + 1,
        encoding=encoding,
        unseen=unseen,
    )


def _stripped(cell: str) -> str:
    return cell.strip(_AROUND)


def _titles(header: list[str]) -> tuple[str, ...]:
    """Each of them is another: "Name", "Name (2)"."""
    titles: list[str] = []
    for place, text in enumerate(header, start=1):
        title = " ".join(text.split()) or _("Column %(number)s") % {"number": place}
        among = 1
        unique = title
        while unique in titles:
            among += 1
            unique = f"{title} ({among})"
        titles.append(unique)
    return tuple(titles)
