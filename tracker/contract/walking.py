"""One walk over the contract, and one over a document: what fields, lists and links
there are, and what stands in them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

from rest_framework import serializers

from tracker.contract.documents import DOCUMENTS, RecordFields
from tracker.contract.fields import Form, Id, Ids

Record = Mapping[str, Any]
Changeable = dict[str, Any]
R = TypeVar("R", bound=Record)
Path = tuple[str, ...]


# --- The contract ----------------------------------------------------------------------


class Reached(NamedTuple):
    """A field of a document or of a record in it, and the names that lead to it."""

    path: Path
    form: Form


def reached(kind: str) -> list[Reached]:
    """Of a kind of document, in the order of the contract; the citations last."""
    return list(_reached(DOCUMENTS[kind]()))


def _reached(serializer: Any, *way: str) -> Iterator[Reached]:
    names = sorted(serializer.fields, key=lambda name: name == "citations")
    for name in names:
        field = serializer.fields[name]
        if isinstance(field, Form):
            yield Reached((*way, name), field)
        elif isinstance(field, serializers.ListSerializer):
            yield from _reached(field.child, *way, name)


@cache
def fields_of(kind: str) -> dict[str, Form]:
    """The fields of one kind of record; without its lists."""
    fields = RECORDS[kind]().fields
    return {name: field for name, field in fields.items() if isinstance(field, Form)}


@cache
def lists_of(kind: str) -> dict[str, str]:
    """{name: kind of its records} of the lists of a kind of record."""
    return {name: part.record_kind for name, part in _lists(RECORDS[kind])}


def _lists(record: type[RecordFields]) -> Iterator[tuple[str, type[RecordFields]]]:
    """Citations and spans of status are lists too, but of no records."""
    for name, field in record().fields.items():
        part = type(getattr(field, "child", None))
        if issubclass(part, RecordFields) and part.record_kind:
            yield name, part


def _parts(record: type[RecordFields]) -> Iterator[type[RecordFields]]:
    for _name, part in _lists(record):
        yield part
        yield from _parts(part)


RECORDS: dict[str, type[RecordFields]] = dict(DOCUMENTS)
for _document in DOCUMENTS.values():
    RECORDS |= {part.record_kind: part for part in _parts(_document)}
"""Every kind of record that a document is made of, also those that are documents. Of
what stands in another document, too, it is the form that it has there.
"""
CHILD_KINDS = {
    record_kind: name
    for kind in DOCUMENTS
    for name, record_kind in lists_of(kind).items()
    if record_kind in DOCUMENTS
}
"""{kind: the list of a case} of the records that have documents of their own, too."""


def names_a_document(form: Any) -> bool:
    """Is it a link to another document, which appears and disappears by itself?"""
    linked = isinstance(form, Id | Ids) and form.to
    return bool(linked) and form.to in DOCUMENTS and form.to not in CHILD_KINDS


# --- A document ------------------------------------------------------------------------


def records(document: R) -> Iterator[tuple[str, R]]:
    """(kind, record) of the document itself and of each of its parts, each followed by
    its own. A document that was written before its contract knew a list lacks it.
    """
    yield from _records(document["kind"], document)


def _records(kind: str, record: R) -> Iterator[tuple[str, R]]:
    yield kind, record
    for name, part_kind in lists_of(kind).items():
        for part in record.get(name) or ():
            yield from _records(part_kind, part)


def reader(path: Path) -> Callable[[Record], list[Any]]:
    """What reads all values of a field off a document, in their order; of a field that
    is a list itself, each entry. Made once for each field: the gate reads many.
    """
    *way, name = path
    records_at = records_reader(tuple(way))
    return lambda document: values_of(records_at(document), name)


def records_reader(way: Path) -> Callable[[Record], list[Record]]:
    """What reads the records of a list off a document, or of a list of its records;
    without a way, the document itself.
    """

    def read(document: Record) -> list[Record]:
        if not way:
            return [document]
        first, *rest = way
        records: list[Record] = document.get(first) or []
        for name in rest:
            records = [part for record in records for part in record.get(name) or ()]
        return records

    return read


def values_of(records: list[Record], name: str) -> list[Any]:
    values: list[Any] = []
    for record in records:
        value = record.get(name)
        if isinstance(value, list):
            values += value
        else:
            values.append(value)
    return values


@cache
def _links(kind: str) -> list[Callable[[Record], list[Any]]]:
    return [reader(path) for path, form in reached(kind) if names_a_document(form)]


def named_ids(documents: Iterable[Record]) -> Iterator[str]:
    """The ids of other documents that these name."""
    for document in documents:
        for read in _links(document["kind"]):
            for row_id in read(document):
                if row_id:
                    yield row_id


def others_named(document: Record) -> list[str]:
    """All other documents that it names, each once: those that it links to, and the
    cases that live on in it.
    """
    named = set(named_ids([document]))
    named.update(document.get("previous_ids") or ())
    return sorted(named)


def references(kind: str, document: Changeable) -> Iterator[tuple[Changeable, str]]:
    """(record within the document, field) of each reference that the document has, be
    it empty. The value is an id, or a list of them.
    """
    yield from _references(DOCUMENTS[kind](), document)


def _references(
    serializer: Any, record: Changeable
) -> Iterator[tuple[Changeable, str]]:
    for name, field in serializer.fields.items():
        value = record.get(name)
        if isinstance(field, serializers.ListSerializer):
            for part in value or ():
                yield from _references(field.child, part)
        elif isinstance(field, serializers.Serializer):
            if value is not None:
                yield from _references(field, value)
        elif isinstance(field, Id | Ids) and name in record and name != "id":
            yield record, name


def whole(kind: str, document: Mapping[str, Any]) -> Changeable:
    """A document of an older contract with what it lacks today, as unknown."""
    return _whole(DOCUMENTS[kind](), document)


def _whole(serializer: Any, record: Mapping[str, Any]) -> Changeable:
    complete: Changeable = {}
    for name, field in serializer.fields.items():
        value = record.get(name)
        if isinstance(field, serializers.ListSerializer):
            complete[name] = [_whole(field.child, part) for part in value or ()]
        elif isinstance(field, serializers.Serializer):
            complete[name] = None if value is None else _whole(field, value)
        else:
            complete[name] = value
    return complete
