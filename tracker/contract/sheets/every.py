"""Every sheet: of each kind of document and of each list of records in it; of their
citations, of what holds several values, and of the status.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tracker.contract import hedges
from tracker.contract.columns import TERMS, is_hedged, surest_of
from tracker.contract.documents import (
    DOCUMENTS,
    PLACES,
    CitationDocument,
    StatusSpan,
)
from tracker.contract.fields import Form, Id, TextByLanguage
from tracker.contract.sheets.computed import COMPUTED, STATUSES
from tracker.contract.sheets.fields import (
    HEDGES,
    NAMED_BY,
    SEVERAL,
    cell,
    columns_of,
    columns_of_record,
    field_reader,
    is_denied,
    name_column,
    name_of,
)
from tracker.contract.sheets.shape import (
    BOOLEAN,
    DAY,
    ID,
    INTEGER,
    Column,
    Doc,
    Read,
    Row,
    Sheet,
)
from tracker.contract.vocabulary import StatusReason
from tracker.contract.walking import (
    CHILD_KINDS,
    RECORDS,
    Path,
    fields_of,
    lists_of,
    names_a_document,
)
from tracker.spreadsheets import Cell

Held = Iterator[tuple[tuple[Doc, ...], Doc]]


@dataclass(frozen=True)
class Way:
    """A list of records in a kind of document: the names that lead to it, and the kinds
    that hold it. Without names, the documents themselves.
    """

    kind: str
    names: Path
    held_by: tuple[str, ...]
    record_kind: str

    def walk(self, document: Doc) -> Held:
        found: list[tuple[tuple[Doc, ...], Doc]] = [((), document)]
        for name in self.names:
            parts = []
            for held_by, record in found:
                for part in record.get(name) or ():
                    parts.append(((*held_by, record), part))
            found = parts
        yield from found

    def needs_source(self, name: str, form: Form) -> bool:
        return is_hedged(self.kind, (*self.names, name), form)


def _ways(kind: str) -> list[Way]:
    return list(_ways_from(Way(kind, (), (), kind)))


def _ways_from(way: Way) -> Iterator[Way]:
    """What has a document of its own stands in that one's sheets."""
    yield way
    for name, part_kind in lists_of(way.record_kind).items():
        if part_kind in CHILD_KINDS or not RECORDS[part_kind].in_rows:
            continue
        held_by = (*way.held_by, way.record_kind)
        yield from _ways_from(Way(way.kind, (*way.names, name), held_by, part_kind))


# --- Around what a row says ------------------------------------------------------------


def _of_whom(kind: str, held_by: Iterable[str]) -> Iterator[Column]:
    for place, record_kind in enumerate(held_by):
        read = _id_of(place)
        yield Column(record_kind, read, ID, leads_to=record_kind)
        if record_kind in NAMED_BY:
            yield name_column(f"{record_kind}_name", read)
    if kind in CHILD_KINDS:
        yield from columns_of("prisoner", Id(to="prisoner"), _prisoner)


def _id_of(place: int) -> Read:
    return lambda row: row.held_by[place]["id"]


def _prisoner(row: Row) -> Cell:
    prisoner: str | None = row.document["prisoner"]
    return prisoner


def _last(kind: str) -> Iterator[Column]:
    """Where readers see it, and what goes with every copy."""

    def page(row: Row) -> Cell:
        of, row_id = kind, row.document["id"]
        if kind in CHILD_KINDS:
            of, row_id = "prisoner", row.document["prisoner"]
        if of not in row.pages or row_id is None:
            return ""
        return f"{row.pages[of]}{row_id}/"

    yield Column("page", page)
    for name in TERMS:
        yield Column(name, _of_document(name))


def _of_document(name: str) -> Read:
    return lambda row: row.document.get(name) or ""


def _own(kind: str, name: str) -> str:
    """Those of people are called by their name alone."""
    if kind == "prisoner":
        return name
    return f"{kind.replace('_', '-')}-{name}"


# --- Records ---------------------------------------------------------------------------


def _of_records(way: Way) -> Sheet:
    record = RECORDS[way.record_kind]()
    if not way.names:
        record = DOCUMENTS[way.kind]()
    own_id, *rest = _id_first(columns_of_record(record, way.needs_source))
    before = list(_of_whom(way.kind, way.held_by))
    named_by = fields_of(way.record_kind).get(NAMED_BY.get(way.record_kind, ""))
    if isinstance(named_by, TextByLanguage):
        before.append(Column("name", lambda row: name_of(row.document)))
    before_names = {column.name for column in before}
    rest = [column for column in rest if column.name not in before_names]
    compute = COMPUTED.get(way.record_kind)
    computed = compute() if compute else ()
    name = way.names[-1].replace("_", "-") if way.names else PLACES[way.kind]
    columns = (own_id, *before, *rest, *computed, *_last(way.kind))
    return Sheet(name, way.kind, way.record_kind, columns, way.walk)


def sheet_of(record_kind: str) -> Sheet | None:
    """The one that has a row for each record of that kind."""
    for sheet in SHEETS.values():
        if sheet.record_kind == record_kind:
            return sheet
    return None


def _id_first(columns: Iterable[Column]) -> list[Column]:
    return sorted(columns, key=lambda column: column.name != "id")


# --- Citations -------------------------------------------------------------------------


def _of_citations(kind: str) -> Sheet:
    def walk(document: Doc) -> Held:
        for citation in document["citations"]:
            if _may_be_told(citation["record"]["kind"], citation["field"]):
                yield (document,), citation

    own_id, *rest = _id_first(columns_of_record(CitationDocument()))
    columns = (own_id, *_of_whom(kind, [kind]), *rest, *_last(kind))
    return Sheet(_own(kind, "citations"), kind, "", columns, walk)


def _may_be_told(record_kind: str, name: str | None) -> bool:
    """What is cited for what stands in no sheet stands in none."""
    if record_kind not in RECORDS or not RECORDS[record_kind].in_rows:
        return False
    if not name:
        return True
    form = fields_of(record_kind).get(name)
    return form is not None and form.line.in_rows


# --- What holds several values ---------------------------------------------------------


@dataclass(frozen=True)
class Several:
    """A field that holds several values."""

    way: Way
    name: str
    form: Form

    def walk(self, document: Doc) -> Held:
        for _held_by, record in self.way.walk(document):
            values = record.get(self.name) or ()
            languages = [""] * len(values)
            if isinstance(values, Mapping):
                languages, values = list(values), list(values.values())
            for place, value in enumerate(values):
                entry = {
                    "id": record["id"],
                    "record_kind": self.way.record_kind,
                    "field": self.name,
                    "place": place + 1,
                    "language": languages[place],
                    "value": value,
                    "of": self,
                }
                yield (document,), entry

    def needs_source(self) -> bool:
        return self.way.needs_source(self.name, self.form)


def _of_values(kind: str) -> Sheet | None:
    fields = []
    for way in _ways(kind):
        for name, form in fields_of(way.record_kind).items():
            if isinstance(form, SEVERAL) and form.line.in_rows:
                fields.append(Several(way, name, form))
    if not fields:
        return None

    def walk(document: Doc) -> Held:
        for field in fields:
            yield from field.walk(document)

    kinds = tuple(dict.fromkeys(field.way.record_kind for field in fields))
    names = tuple(dict.fromkeys(field.name for field in fields))
    columns = (
        *_of_whom(kind, [kind]),
        Column("record_kind", cell(field_reader("record_kind")), codes=kinds),
        Column("record_id", cell(field_reader("id")), ID),
        Column("field", cell(field_reader("field")), codes=names),
        Column("place", cell(field_reader("place")), INTEGER),
        Column("language", cell(field_reader("language"))),
        Column("value", cell(field_reader("value"))),
        name_column("value_name", _id_of_document),
        Column("hedge", _hedge_of_entry, codes=HEDGES),
        Column("disputed", _is_entry_disputed, BOOLEAN),
        *_last(kind),
    )
    return Sheet(_own(kind, "values"), kind, "", columns, walk)


def _id_of_document(row: Row) -> Cell:
    """Where the value is one."""
    if names_a_document(row.record["of"].form):
        return str(row.record["value"])
    return ""


def _said_of_entry(row: Row) -> list[Doc]:
    said = []
    for citation in row.said_of(row.record["field"]):
        if hedges.is_about(citation, row.record["value"]):
            said.append(citation)
    return said


def _hedge_of_entry(row: Row) -> Cell:
    if not row.record["of"].needs_source():
        return ""
    return surest_of(_said_of_entry(row))


def _is_entry_disputed(row: Row) -> Cell:
    if not row.record["of"].needs_source():
        return ""
    return "true" if is_denied(_said_of_entry(row)) else "false"


# --- The status ------------------------------------------------------------------------


def _of_statuses() -> Sheet:
    """A row for each status that is possible in a span of days."""

    def walk(document: Doc) -> Held:
        for span in document["status"]:
            for status in span["statuses"]:
                yield (document,), {**span, "status": status}

    of_span = []
    for column in columns_of_record(StatusSpan()):
        if column.name in {"since", "until"}:
            column = Column(column.name, column.read, DAY)
        of_span.append(column)
    columns = (
        *_of_whom("prisoner", ["prisoner"]),
        Column("status", cell(field_reader("status")), codes=STATUSES),
        Column("statuses_possible", lambda row: len(row.record["statuses"]), INTEGER),
        *of_span,
        *(_reason(reason) for reason in StatusReason.values),
        *_last("prisoner"),
    )
    return Sheet("status", "prisoner", "", columns, walk)


def _reason(reason: str) -> Column:
    """Why less is known than the records seem to say."""

    def is_given(row: Row) -> bool:
        return reason in (row.record.get("reasons") or ())

    return Column(reason, cell(is_given), BOOLEAN)


# --- All -------------------------------------------------------------------------------


def _sheets() -> Iterator[Sheet]:
    for kind, document in DOCUMENTS.items():
        for way in _ways(kind):
            yield _of_records(way)
        if kind == "prisoner":
            yield _of_statuses()
        values = _of_values(kind)
        if values:
            yield values
        if kind not in CHILD_KINDS and document.needs_sources:
            yield _of_citations(kind)


SHEETS: dict[str, Sheet] = {sheet.name: sheet for sheet in _sheets()}
