"""The columns of a field, and of all fields of a record that hold one value."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from rest_framework import serializers

from tracker.contract import hedges
from tracker.contract.columns import (
    NO_SOURCE,
    NOT_TOLD,
    TERMS,
    named,
    plain,
    surest_of,
)
from tracker.contract.documents import DOCUMENTS, ClaimantDocument
from tracker.contract.fields import (
    Code,
    Codes,
    Date,
    Flag,
    Form,
    Id,
    Ids,
    Number,
    TextByLanguage,
    Texts,
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
)
from tracker.contract.telling import puts_otherwise
from tracker.spreadsheets import Cell

HEDGES = (*hedges.EACH, NOT_TOLD, NO_SOURCE)
SEVERAL = (Codes, Ids, Texts, TextByLanguage)
Found = Callable[[Row], Any]


# --- Names of documents ----------------------------------------------------------------


def _named_by() -> dict[str, str]:
    """The field by which lists of that kind are ordered as by its name."""
    fields = {}
    for kind, document in DOCUMENTS.items():
        for order in document.orderings.values():
            if order.column == "sort_name":
                fields[kind] = order.path
    return fields


NAMED_BY = _named_by()


def name_of(document: Doc) -> str:
    """Of several languages the first of the tracker's; "" if it has none."""
    name = document.get(NAMED_BY.get(document["kind"], "")) or ""
    if isinstance(name, Mapping):
        in_first_language: str | None = name.get(settings.LANGUAGE_CODE)
        return in_first_language or next(iter(name.values()), "")
    return str(name)


def name_column(title: str, read_id: Read) -> Column:
    def name(row: Row) -> Cell:
        row_id = read_id(row)
        if row_id == row.document["id"]:
            return name_of(row.document)
        return row.names.get(str(row_id), "")

    return Column(title, name, names=read_id)


# --- Of a field ------------------------------------------------------------------------


def cell(read: Found) -> Read:
    """One value. What a source states may be anything: a list stands as JSON."""

    def one_value(row: Row) -> Cell:
        found = read(row)
        if isinstance(found, list):
            return json.dumps(found, ensure_ascii=False)
        value = plain(found)
        return "" if value is None else value

    return one_value


def columns_of(title: str, form: Form, read: Found) -> Iterator[Column]:
    value, label = cell(read), form.line.label
    match form:
        case Date():
            yield Column(title, value, label=label)
            yield Column(f"{title}_earliest", _end(read, "earliest"), DAY)
            yield Column(f"{title}_latest", _end(read, "latest"), DAY)
        case Id():
            yield Column(title, value, ID, leads_to=form.to, label=label)
            if form.to in NAMED_BY:
                yield name_column(f"{title}_name", value)
        case Number():
            yield Column(title, value, INTEGER, label=label)
        case Flag():
            yield Column(title, value, BOOLEAN, label=label)
        case Code():
            codes = tuple(form.vocabulary.values)
            yield Column(title, value, codes=codes, label=label)
        case _:
            yield Column(title, value, label=label)


def _end(read: Found, end: str) -> Read:
    def day(row: Row) -> Cell:
        bounds = read(row) or {}
        return bounds.get(end) or ""

    return day


def how_surely(name: str) -> Iterator[Column]:
    """Of the fact of that name: the surest word for it, and if a source denies it."""

    def is_told(row: Row) -> bool:
        return row.record.get(name) not in (None, "")

    def hedge(row: Row) -> Cell:
        return surest_of(row.said_of(name)) if is_told(row) else ""

    def disputed(row: Row) -> Cell:
        if is_denied(row.said_of(name)):
            return "true"
        return "false" if is_told(row) else ""

    yield Column(f"{name}_hedge", hedge, codes=HEDGES)
    yield Column(f"{name}_disputed", disputed, BOOLEAN)


def is_denied(said: Iterable[Doc]) -> bool:
    """By a source that is shown."""
    for citation in said:
        if hedges.is_hidden(citation) or puts_otherwise(citation):
            continue
        if hedges.contradicts(citation):
            return True
    return False


# --- Of a record -----------------------------------------------------------------------


def columns_of_record(
    serializer: Any,
    needs_source: Callable[[str, Form], bool] = lambda _name, _form: False,
    within: str = "",
) -> Iterator[Column]:
    """`within`: the field that these fields are in; its name stands before theirs."""
    for name, form in serializer.fields.items():
        if isinstance(form, serializers.Serializer):
            yield from columns_of_record(form, within=name)
        if not isinstance(form, Form) or isinstance(form, SEVERAL):
            continue
        if not form.line.in_rows or name in TERMS:
            continue
        read = field_reader(name, within)
        if isinstance(serializer, ClaimantDocument) and name == "name":
            read = _claimant_reader(within)
        yield from columns_of(f"{within}_{name}" if within else name, form, read)
        if needs_source(name, form):
            yield from how_surely(name)


def field_reader(name: str, within: str = "") -> Found:
    if within:
        return lambda row: (row.record.get(within) or {}).get(name)
    return lambda row: row.record.get(name)


def _claimant_reader(within: str) -> Found:
    """Whoever is a protected pseudonym is marked as one."""
    return lambda row: named(row.record.get(within))
