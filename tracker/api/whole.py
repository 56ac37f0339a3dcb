"""All sheets in one file, of one moment: a workbook, or a data package.

The file is made whole before its first byte is sent, so nothing is held open in the
database for a caller who reads slowly. Nothing of it stays.
"""

import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Protocol

from django.db import connections, transaction
from django.db.models import F, Func, Q, QuerySet, Subquery
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from tracker import feed
from tracker.api.datapackage import described, method, title_of
from tracker.api.describing import DocumentsSchema
from tracker.api.service import terms_of
from tracker.api.sheets import names_in, pages_of
from tracker.api.tables import Table, day_asked, in_chunks
from tracker.api.views import as_json
from tracker.asking.filters import FILTERS
from tracker.audiences import Audience
from tracker.contract.documents import DOCUMENTS
from tracker.contract.sheets.every import SHEETS
from tracker.contract.sheets.shape import BOOLEAN, DAY, Column, Sheet
from tracker.spreadsheets import Cell, CsvFile
from tracker.workbooks import Workbook

# Of more cases, each table by itself is the better way: docs/decisions/tables.md.
MOST_CASES = 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
PIECE = 64 * 1024  # bytes
_MADE_ON = (2000, 1, 1, 0, 0, 0)  # the hour of a download is nobody's business


class Written(Protocol):
    def write(self, row: Sequence[Cell]) -> None: ...


class Whole(ABC):
    """A file of all sheets that is being made. `folder` is for what is not finished;
    what is open there is closed with `opened`, whatever happens.
    """

    def __init__(self, file: IO[bytes], folder: Path, opened: ExitStack) -> None:
        self.file = file
        self.folder = folder
        self.opened = opened

    @abstractmethod
    def sheet(self, sheet: Sheet) -> Written: ...

    @abstractmethod
    def close(self, audience: Audience, now: feed.Counter, asked: str) -> None: ...


class AsWorkbook(Whole):
    def __init__(self, file: IO[bytes], folder: Path, opened: ExitStack) -> None:
        super().__init__(file, folder, opened)
        self.workbook = Workbook(file, folder)
        opened.callback(self.workbook.close)
        self.about = self.workbook.sheet("about", [_("About this workbook"), ""])

    def sheet(self, sheet: Sheet) -> Written:
        titles = [column.name for column in sheet.columns]
        return Typed(self.workbook.sheet(sheet.name, titles), sheet.columns)

    def close(self, audience: Audience, now: feed.Counter, asked: str) -> None:
        terms = terms_of(audience)
        self.about.write([_("Published by"), terms["organisation"]])
        self.about.write([_("Contact"), terms["contact"]])
        self.about.write([_("For whom"), audience.name])
        self.about.write([_("Licence"), terms["licence"]])
        self.about.write([_("How to name us"), terms["attribution"]])
        self.about.write([_("Withdrawals"), terms["withdrawals"]])
        self.about.write([_("Edition"), f"{now.epoch} {now.last_seq}"])
        self.about.write([_("Filters"), asked])
        for sentence in method():
            self.about.write([_("How to read it"), sentence])
        for sheet in SHEETS.values():
            self.about.write([sheet.name, title_of(sheet)])
        self.workbook.close()


class Typed:
    """Days and truths as such, not as texts."""

    def __init__(self, sheet: Written, columns: Sequence[Column]) -> None:
        self._sheet = sheet
        self._holds = [column.holds for column in columns]

    def write(self, row: Sequence[Cell]) -> None:
        self._sheet.write(
            [_typed(*pair) for pair in zip(row, self._holds, strict=True)]
        )


def _typed(cell: Cell, holds: str) -> Cell:
    if holds == BOOLEAN and cell:
        return cell == "true"
    if holds == DAY and isinstance(cell, str) and cell >= "1900-03-01":
        return date.fromisoformat(cell)  # workbooks know no days of before
    return cell


class AsDataPackage(Whole):
    """A ZIP with the CSV of each sheet, and datapackage.json that describes them."""

    def sheet(self, sheet: Sheet) -> Written:
        path = self.folder / f"{sheet.name}.csv"
        text = path.open("w", newline="", encoding="utf-8")
        written = CsvFile(self.opened.enter_context(text))
        written.write([column.name for column in sheet.columns])
        return written

    def close(self, audience: Audience, now: feed.Counter, asked: str) -> None:
        self.opened.close()
        package = described(audience, now)
        if asked:
            package["filters"] = asked
        with zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_member("datapackage.json"), as_json(package))
            for sheet in SHEETS.values():
                member = _member(f"tables/{sheet.name}.csv")
                path = self.folder / f"{sheet.name}.csv"
                with path.open("rb") as made, archive.open(member, "w") as into:
                    while piece := made.read(PIECE):
                        into.write(piece)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _MADE_ON)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


class WholeSchema(DocumentsSchema):
    def get_tags(self) -> list[str]:
        return ["tables"]

    def get_filter_backends(self) -> list[Any]:
        view: Any = self.view
        return list(view.filter_backends)

    def get_override_parameters(self) -> list[Any]:
        return []

    def get_examples(self) -> list[Any]:
        return []

    def get_response_serializers(self) -> Any:
        view: Any = self.view
        return {(200, view.media_type): OpenApiTypes.BINARY}


class WholeView(Table):
    """For `as_view({"get": "table"}, made=…, media_type=…)`."""

    kind = "prisoner"
    made: Any = None
    media_type = ""
    schema = WholeSchema()

    def known_parameters(self) -> set[str]:
        return set(self.filterset_class.base_filters) - {"on"}  # it is of one moment

    @extend_schema(
        description=gettext_lazy(
            "All tables of one moment in one file: of the cases that the filters find,"
            " and of what these name."
        )
    )
    def table(self, request: Request) -> HttpResponseBase:
        cases = self.filter_queryset(self.audience.documents(self.kind))
        if cases.order_by()[: MOST_CASES + 1].count() > MOST_CASES:
            raise ValidationError(_too_many())
        name = request.path.rpartition("/")[2]
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if request.method == "HEAD":
            return HttpResponse(content_type=self.media_type, headers=headers)
        asked = request.META["QUERY_STRING"]
        rows = self.audience.shown()
        if asked:
            rows = _around(cases, rows)
        pieces = self._pieces(rows, asked, day_asked(request))
        return StreamingHttpResponse(
            pieces, content_type=self.media_type, headers=headers
        )

    def _pieces(
        self, rows: QuerySet[Any], asked: str, day: date | None
    ) -> Iterator[bytes]:
        """Whoever got a part of it cannot open it."""
        with TemporaryFile() as file:
            with TemporaryDirectory() as folder, ExitStack() as opened:
                whole = self.made(file, Path(folder), opened)
                _fill(whole, self.audience, rows, asked, day)
            file.seek(0)
            while piece := file.read(PIECE):
                yield piece


def _too_many() -> str:
    return _(
        "These are more than %(most)s cases. Narrow them by a filter, or take each"
        " table by itself."
    ) % {"most": MOST_CASES}


def _around(cases: QuerySet[Any], rows: QuerySet[Any]) -> QuerySet[Any]:
    """These cases, their parts, and what they name."""
    cases = cases.order_by()
    named = cases.annotate(one_named=Func(F("named"), function="unnest"))
    found = Subquery(cases.values("id"))
    others = Q(id__in=Subquery(named.values("one_named"))) & ~Q(kind="prisoner")
    return rows.filter(Q(id__in=found) | Q(parent__in=found) | others)


@contextmanager
def _one_snapshot(audience: Audience) -> Iterator[None]:
    """All that is read within is of one moment. Whoever is in a transaction already
    chose its own.
    """
    connection = connections[audience.name]
    chosen = connection.in_atomic_block
    with transaction.atomic(using=audience.name):
        if not chosen:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _fill(
    whole: Whole,
    audience: Audience,
    rows: QuerySet[Any],
    asked: str,
    day: date | None,
) -> None:
    pages = pages_of(audience)
    with _one_snapshot(audience):
        now = feed.counter(audience)
        for kind in DOCUMENTS:
            sheets = [sheet for sheet in SHEETS.values() if sheet.kind == kind]
            written = [whole.sheet(sheet) for sheet in sheets]
            order = FILTERS[kind].default_ordering
            column = FILTERS[kind].orderings[order.removeprefix("-")]
            chunks = in_chunks(
                rows.filter(kind=kind), column, descending=order.startswith("-")
            )
            for documents in chunks:
                names = names_in(sheets, documents, audience)
                for document in documents:
                    for sheet, into in zip(sheets, written, strict=True):
                        for cells in sheet.rows(document, names, pages, day):
                            into.write(cells)
    whole.close(audience, now, asked)
