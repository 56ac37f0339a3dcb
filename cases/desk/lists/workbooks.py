"""Workbooks, XLSX and ODS: the cells of their one sheet, as texts.

A workbook is an archive. A few bytes of it may unfold to more than the machine has: by
compression, by one cell far away, by a cell that is repeated a million times, by a long
text that a million cells share. So it is measured before it is read.
"""

import io
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from cases.desk.lists.unreadable import (
    MOST_CELLS,
    MOST_CHARACTERS,
    Unreadable,
    too_large,
)

_MOST_UNPACKED = 200_000_000  # bytes
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def cells_of(content: bytes) -> list[list[str]]:
    """Raises Unreadable."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _measure(archive)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return _only_sheet(workbook)
    except (BadZipFile, expat.ExpatError, CalamineError, EOFError) as error:
        raise Unreadable(
            _("The workbook is damaged, or has a password. Save it anew without one.")
        ) from error


def _only_sheet(workbook: CalamineWorkbook) -> list[list[str]]:
    """Rows on a second sheet would be lost without a word."""
    filled = {}
    for place, sheet in enumerate(workbook.sheets_metadata):
        if sheet.visible is SheetVisibleEnum.Visible:
            rows = workbook.get_sheet_by_index(place).to_python(skip_empty_area=False)
            if any(any(cell != "" for cell in row) for row in rows):
                filled[sheet.name] = rows
    if len(filled) > 1:
        raise Unreadable(
            _(
                "The workbook has several sheets: %(names)s. Save the sheet with the list as a file of its own."
            )
            % {"names": ", ".join(filled)}
        )
    texts = []
    for rows in filled.values():
        for row in rows:
            texts.append([_text(cell) for cell in row])
    return texts


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        day = cell.date().isoformat()
        return day if cell.time() == time() else f"{day} {cell.time().isoformat()}"
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


# --- Measuring -------------------------------------------------------------------------


def _measure(archive: ZipFile) -> None:
    if sum(member.file_size for member in archive.infolist()) > _MOST_UNPACKED:
        raise too_large()
    damaged = archive.testzip()  # and that no member unpacks to more than it says
    if damaged:
        raise BadZipFile(damaged)
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        _measure_xlsx(archive)
    elif "content.xml" in names and archive.read("mimetype").strip() == _ODS:
        measured = _Ods()
        with archive.open("content.xml") as file:
            measured.read(file)
        measured.refuse_too_much()
    else:
        raise Unreadable(
            _("This is no list that can be read. Save it as CSV, TSV, XLSX or ODS.")
        )


def _measure_xlsx(archive: ZipFile) -> None:
    shared = _SharedTexts()
    for name in archive.namelist():
        if name.lower().endswith("sharedstrings.xml"):
            with archive.open(name) as file:
                shared.read(file)
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            measured = _Xlsx(shared.lengths)
            with archive.open(name) as file:
                measured.read(file)
            measured.refuse_too_much()


class _Measured:
    """`rows` and `columns` are those of the smallest sheet that has every cell."""

    def __init__(self) -> None:
        self.rows = self.columns = self.characters = 0

    def read(self, file: IO[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._named(self.start)
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ParseFile(file)

    def refuse_too_much(self) -> None:
        if self.rows * self.columns > MOST_CELLS or self.characters > MOST_CHARACTERS:
            raise too_large()

    def start(self, name: str, said: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass

    def _named(self, start: Callable[[str, dict[str, str]], None]) -> Any:
        def of_its_namespace(name: str, attributes: dict[str, str]) -> None:
            said = {}
            for full, value in attributes.items():
                said[full.split(" ")[-1]] = value
            start(name.split(" ")[-1], said)

        return of_its_namespace

    def _ended(self, name: str) -> None:
        self.end(name.split(" ")[-1])

    def _doctype(self, *_declared: Any) -> None:
        raise expat.ExpatError("a workbook declares no document type")


class _SharedTexts(_Measured):
    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "si":
            self.lengths.append(0)

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _Xlsx(_Measured):
    def __init__(self, lengths: list[int]) -> None:
        super().__init__()
        self.lengths = lengths
        self.row = self.column = 0
        self.is_shared = False
        self.value = ""

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "row":
            self.row = int(said.get("r") or self.row + 1)
            self.column = 0
        elif name == "c":
            self._cell(said)
        self.value = ""

    def _cell(self, said: dict[str, str]) -> None:
        reference = _REFERENCE.fullmatch(said.get("r", "").upper())
        self.column += 1
        if reference:
            self.column = _number(reference[1])
            self.row = int(reference[2])
        self.is_shared = said.get("t") == "s"
        self.rows = max(self.rows, self.row)
        self.columns = max(self.columns, self.column)

    def text(self, text: str) -> None:
        self.value += text
        self.characters += len(text)

    def end(self, name: str) -> None:
        if name == "v" and self.is_shared and self.value.strip().isdecimal():
            place = int(self.value)
            if place < len(self.lengths):
                self.characters += self.lengths[place]


def _number(letters: str) -> int:
    """AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _Ods(_Measured):
    """Rows and cells without anything fill the rest of each sheet: only what is
    followed by something counts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.row = self.column = 0
        self.repeated = self.row_repeated = 1
        self.row_is_filled = False
        self.row_characters = 0

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "table":
            self.row = 0
        elif name == "table-row":
            self.row_repeated = int(said.get("number-rows-repeated", 1))
            self.row += self.row_repeated
            self.column = self.row_characters = 0
            self.row_is_filled = False
        elif name in ("table-cell", "covered-table-cell"):
            self.repeated = int(said.get("number-columns-repeated", 1))
            self.column += self.repeated
            if "value-type" in said or "formula" in said:
                self._filled()
        elif name == "p":
            self._filled()

    def _filled(self) -> None:
        self.row_is_filled = True
        self.columns = max(self.columns, self.column)

    def text(self, text: str) -> None:
        self.row_characters += len(text) * self.repeated

    def end(self, name: str) -> None:
        if name == "table-row" and self.row_is_filled:
            self.rows = max(self.rows, self.row)
            self.characters += self.row_characters * self.row_repeated
