"""What a sheet is: its columns, and which rows it has of a document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.contract.columns import citations_by_fact
from tracker.contract.fields import Label
from tracker.spreadsheets import Cell

Doc = Mapping[str, Any]
# The types of columns, in the words of Table Schema.
STRING, INTEGER, BOOLEAN, DAY = "string", "integer", "boolean", "date"
ID = "id"  # a string that is a UUID


@dataclass(frozen=True)
class Row:
    """A record, what holds it from the document on, and the document.

    `names` are those of other documents, by id; `pages` the address below which the
    pages of a kind stand. `day`: for which the status is asked; None: as last known.
    """

    document: Doc
    held_by: tuple[Doc, ...]
    record: Doc
    cited: Mapping[Any, list[Doc]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None

    def said_of(self, name: str | None) -> list[Doc]:
        return self.cited.get((self.record["id"], name), [])


Read = Callable[[Row], Cell]


@dataclass(frozen=True)
class Column:
    """`leads_to`: the kind of record whose id stands here. `names`: what reads the id
    whose name stands here. `label` says in words what a field holds.
    """

    name: str
    read: Read
    holds: str = STRING
    codes: tuple[str, ...] = ()
    leads_to: str = ""
    names: Read | None = None
    label: Label = ""


Walk = Callable[[Doc], Iterator[tuple[tuple[Doc, ...], Doc]]]


@dataclass(frozen=True)
class Sheet:
    """`kind` is that of its documents, `record_kind` that of its rows; "" where these
    are no records of their own. `walk` gives the rows of a document, each with what
    holds it.
    """

    name: str
    kind: str
    record_kind: str
    columns: tuple[Column, ...]
    walk: Walk

    def rows(
        self,
        document: Doc,
        names: Mapping[str, str],
        pages: Mapping[str, str],
        day: date | None = None,
    ) -> Iterator[list[Cell]]:
        cited = citations_by_fact(document)
        for held_by, record in self.walk(document):
            row = Row(document, held_by, record, cited, names, pages, day)
            yield [column.read(row) for column in self.columns]

    def ids_named(self, document: Doc) -> Iterator[str]:
        """The other documents whose names stand in its rows."""
        read_ids = [column.names for column in self.columns if column.names]
        for held_by, record in self.walk(document):
            row = Row(document, held_by, record)
            for read in read_ids:
                row_id = read(row)
                if row_id and row_id != document["id"]:
                    yield str(row_id)
