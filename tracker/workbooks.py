"""Workbooks (XLSX), written row by row, so that a large one takes the memory of a row.

What looks like a formula is text, and has the apostrophe of tracker/spreadsheets.py, so
that it stays text when somebody saves the sheet as CSV.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from tracker.spreadsheets import Cell, harmless

# Programs for workbooks take no more.
MOST_ROWS = 2**20
MOST_CHARACTERS = 32_767
_CUT = " […]"
# So that the same content is the same file. The library would write the hour.
_MADE_AT = datetime(2000, 1, 1)


class Workbook:
    """Into `file`; `folder` is for what is not finished yet."""

    def __init__(self, file: IO[bytes], folder: Path) -> None:
        options = {"constant_memory": True, "tmpdir": str(folder)}
        self._workbook: Any = xlsxwriter.Workbook(file, options)
        self._workbook.set_properties({"created": _MADE_AT})
        self._day = self._workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._heading = self._workbook.add_format({"bold": True})

    def sheet(self, name: str, headings: Sequence[str]) -> "WorkbookSheet":
        return WorkbookSheet(self, name, headings)

    def close(self) -> None:
        if not self._workbook.fileclosed:
            self._workbook.close()

    def _begin(self, name: str, headings: Sequence[str]) -> Any:
        sheet = self._workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, self._heading)
        return sheet


class WorkbookSheet:
    """What is longer than a sheet can be goes on in another one."""

    def __init__(self, workbook: Workbook, name: str, headings: Sequence[str]) -> None:
        self._workbook = workbook
        self._name = name
        self._headings = headings
        self._parts = 0
        self._begin()

    def write(self, row: Sequence[Cell]) -> None:
        if self._next == MOST_ROWS:
            self._begin()
        for place, cell in enumerate(row):
            self._write(self._next, place, cell)
        self._next += 1

    def _begin(self) -> None:
        self._parts += 1
        name = self._name if self._parts == 1 else f"{self._name} ({self._parts})"
        self._sheet = self._workbook._begin(name, self._headings)
        self._next = 1

    def _write(self, row: int, place: int, cell: Cell) -> None:
        match cell:
            case None | "":
                return
            case bool():
                self._sheet.write_boolean(row, place, cell)
            case date():
                self._sheet.write_datetime(row, place, cell, self._workbook._day)
            case str():
                text = harmless(cell)
                if len(text) > MOST_CHARACTERS:
                    text = text[: MOST_CHARACTERS - len(_CUT)] + _CUT
                self._sheet.write_string(row, place, text)
            case _:
                self._sheet.write_number(row, place, cell)
