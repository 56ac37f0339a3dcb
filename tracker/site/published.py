"""How the pages read what is published: by the public's own login, and nothing that the
gate did not write.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404

from tracker.audiences import PUBLIC
from tracker.contract.walking import named_ids
from tracker.held import BeingUpdated

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Edition:
    """What is published, and the number and the day of its last change."""

    document: Document
    number: int
    day: date


class Moved(Exception):
    """The case lives on in another one."""

    def __init__(self, into: UUID) -> None:
        super().__init__(str(into))
        self.into = into


def one(kind: str, id: UUID) -> Edition:
    """Raises Http404 where nothing is published, be it hidden or never there; Moved
    where a merged case lives on; BeingUpdated where it is held back.

    One query; two for what is not published.
    """
    rows = PUBLIC.rows().filter(kind=kind)
    columns = rows.filter(id=id).annotate(held=PUBLIC.is_held)
    row = columns.only("document", "merged_into", "seq", "changed_on").first()
    if row and row.document is not None:
        if row.held:
            raise BeingUpdated
        return Edition(json.loads(row.document), row.seq, row.changed_on)
    if (
        row
        and row.merged_into
        and rows.filter(id=row.merged_into, document__isnull=False).exists()
    ):
        raise Moved(row.merged_into)
    raise Http404


def by_id(ids: Iterable[str | None]) -> dict[str, Document]:
    """Published documents of any kind, in one query; none where there is nothing to
    ask.
    """
    row_ids = {row_id for row_id in ids if row_id}
    if not row_ids:
        return {}
    rows = PUBLIC.shown().filter(id__in=row_ids)
    documents = {}
    for row_id, text in rows.values_list("id", "document"):
        documents[str(row_id)] = json.loads(text)
    return documents


def referring(fact: str, id: str, *kinds: str) -> Any:
    """Published rows of these kinds that name this id, such as the cases of a release
    event.
    """
    return PUBLIC.shown().filter(kind__in=kinds, facts__contains={fact: [id]})


def read(rows: Iterable[Any]) -> list[Document]:
    return [json.loads(row.document) for row in rows]


def corrections(documents: Iterable[Document], most: int) -> list[Any]:
    """Their latest corrections, in one query; none where there is nothing to ask."""
    ids = [document["id"] for document in documents]
    if not ids:
        return []
    return list(PUBLIC.corrections(*ids)[:most])


def named_by(
    documents: Iterable[Document], others: Iterable[str] = ()
) -> dict[str, Document]:
    """What these documents name, `others`, and what the sources among that repeat. Two
    queries at most.
    """
    named = by_id({*named_ids(documents), *others})
    repeated: set[str] = set()
    for document in named.values():
        if document["kind"] == "source":
            repeated |= set(document["derived_from"] or [])
    return named | by_id(repeated - named.keys())
