"""Which facts of a record a page tells, and in which order."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from tracker.contract.arranging import arranged
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import ALWAYS, ELSEWHERE, NOWHERE, Id, Ids
from tracker.contract.vocabulary import Hedge
from tracker.contract.walking import RECORDS, fields_of, names_a_document, records


class OnPage(NamedTuple):
    """Names of fields, or of what is told of several in one breath. `always`: also
    where it is unknown; `if_known`: only if the record or a source says something.
    """

    always: tuple[str, ...]
    if_known: tuple[str, ...]


@cache
def on_page(kind: str) -> OnPage:
    always: dict[str, None] = {}
    if_known: dict[str, None] = {}
    fields = fields_of(kind)
    for name in arranged(fields, RECORDS[kind].on_page):
        place = fields[name].line.place
        if place is None or place.where in {ELSEWHERE.where, NOWHERE.where}:
            continue
        told = always if place.where == ALWAYS.where else if_known
        told[place.breath or name] = None
    return OnPage(tuple(always), tuple(if_known))


def told_in_part(document: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the records of a case without a name: what is missing there may be
    known, and kept back. So nothing is said of what is missing.
    """
    if document["kind"] != "prisoner" or document["name"]:
        return frozenset()
    return frozenset(record["id"] for _kind, record in records(document))


def puts_otherwise(citation: Mapping[str, Any]) -> bool:
    """Does it word differently what is told in prose? Both may be right then."""
    kind = citation["record"]["kind"]
    if kind not in RECORDS or citation["hedge"] == Hedge.DENIED.value:
        return False
    form = fields_of(kind).get(citation["field"] or "")
    return form is not None and form.line.prose


def _breaths() -> dict[str, tuple[str | None, ...]]:
    breaths: dict[str, tuple[str | None, ...]] = {}
    for kind, record in RECORDS.items():
        whole: tuple[None, ...] = (None,) if record.one_claim else ()
        for name in arranged(fields_of(kind), record.on_page):
            place = fields_of(kind)[name].line.place
            if place and place.breath:
                told = breaths.get(place.breath, whole)
                if name not in told:
                    breaths[place.breath] = (*told, name)
    return breaths


COMPOSED = _breaths()
"""Facts told in one breath: the name on the page, and the fields that it is made of;
None is the record as a whole.
"""


def needs_source(kind: str, name: str) -> bool:
    document = DOCUMENTS.get(kind)
    if document and not document.needs_sources:
        return False
    return not is_own_word(kind, name)


def is_own_word(kind: str, name: str) -> bool:
    """What the organisation says of its own work, and how it files what sources say:
    links within a case.
    """
    form = fields_of(kind).get(name)
    if form is None:
        return False
    within = isinstance(form, Id | Ids) and not names_a_document(form)
    return form.line.own_word or within
