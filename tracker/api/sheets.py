"""The tables to compute with, a CSV each: of what the list has by the same filters, in
the same order.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from tracker.api.tables import Chunks, Table
from tracker.audiences import PUBLIC, Audience
from tracker.contract.documents import DOCUMENTS
from tracker.contract.sheets.fields import name_of
from tracker.contract.sheets.shape import Sheet
from tracker.spreadsheets import Cell


class SheetTable(Table):
    """For `as_view({"get": "table"}, kind=…, sheet=…)`. The data package describes
    them, and OpenAPI the lists that take the same questions.
    """

    sheet: Any = None

    def lines(self, chunks: Chunks, day: date | None) -> Iterator[list[Cell]]:
        return lines_of(self.sheet, chunks, self.audience, day)


def lines_of(
    sheet: Sheet, chunks: Chunks, audience: Audience, day: date | None
) -> Iterator[list[Cell]]:
    """The headings first. Two queries for each chunk that names other documents."""
    yield [column.name for column in sheet.columns]
    pages = pages_of(audience)
    for documents in chunks:
        names = names_in([sheet], documents, audience)
        for document in documents:
            yield from sheet.rows(document, names, pages, day)


def names_in(
    sheets: Iterable[Sheet], documents: list[dict[str, Any]], audience: Audience
) -> dict[str, str]:
    """{id: name} of the other documents whose names stand in the rows of these."""
    named: set[str] = set()
    for sheet in sheets:
        for document in documents:
            named.update(sheet.ids_named(document))
    names = {}
    if named:
        rows = audience.shown().filter(id__in=named)
        for text in rows.values_list("document", flat=True):
            other = json.loads(text)
            names[other["id"]] = name_of(other)
    return names


def pages_of(audience: Audience) -> Mapping[str, str]:
    """{kind: the address below which its pages stand}, without the host, as in
    `address`. The pages show what is public.
    """
    if audience is not PUBLIC:
        return {}
    pages = {}
    nobody = UUID(int=0)
    with override(settings.LANGUAGE_CODE):
        for kind, document in DOCUMENTS.items():
            if document.page:
                page = reverse(f"site:{document.page}", args=[nobody])
                pages[kind] = page.removesuffix(f"{nobody}/")
    return pages
