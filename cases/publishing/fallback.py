"""What becomes of a published case that cannot be rendered: it stays as it was, but for
what was taken back. Where even that cannot be told, it goes: hiding wins.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from cases.aggregate import Aggregate
from cases.disclosure.surroundings import Surroundings
from cases.publishing.rendering import Rendered, Row
from cases.publishing.subtracting import Document, what_is_left
from cases.publishing.surroundings import (
    read_present,
    surroundings,
    with_words_of,
    words_by_root,
)
from tracker.audiences import AUDIENCES, Audience
from tracker.contract import facts, rendering
from tracker.contract.walking import CHILD_KINDS, references, whole


@dataclass
class _Published:
    """What an audience has of one root. `document` None is a tombstone. `children` are
    the documents of its sentences and deportations, by their ids.
    """

    document: Document | None = None
    merged_into: UUID | None = None
    children: dict[str, Document] = field(default_factory=dict)

    def named(self, kind: str) -> Iterator[str]:
        """The ids that its document names."""
        if self.document is not None:
            for record, name in references(kind, self.document):
                value = record[name]
                yield from value if isinstance(value, list) else [value]


_ByRoot = Mapping[UUID, _Published]


def what_stays(
    kind: str, ids: Sequence[UUID], now: Mapping[UUID, Aggregate], today: date
) -> list[Rendered]:
    """Of each of these roots, for the audiences that have to be shown less of it."""
    published = {audience: _published(audience, ids) for audience in AUDIENCES}
    named = {
        record_id
        for by_root in published.values()
        for root in by_root.values()
        for record_id in root.named(kind)
        if record_id
    }
    cases = [now[root_id] for root_id in ids if root_id in now]
    words = with_words_of(_documents(published), words_by_root(cases))
    present = read_present(cases, today, named, words=words)
    around = {
        audience: surroundings(audience, present, today) for audience in AUDIENCES
    }
    return [
        _what_stays_of(kind, root_id, published, now.get(root_id), around, today)
        for root_id in ids
    ]


def _documents(published: Mapping[Audience, _ByRoot]) -> Iterator[Document]:
    for by_root in published.values():
        for root in by_root.values():
            if root.document is not None:
                yield root.document


def _published(audience: Audience, ids: Sequence[UUID]) -> dict[UUID, _Published]:
    rows = audience.document_model._default_manager.filter(
        Q(id__in=ids) | Q(parent__in=ids)
    )
    published: dict[UUID, _Published] = defaultdict(_Published)
    for row in rows:
        document = json.loads(row.document) if row.document is not None else None
        if row.parent is None:
            published[row.id].document = document
            published[row.id].merged_into = row.merged_into
        elif document is not None:
            published[row.parent].children[str(row.id)] = document
    return published


def _what_stays_of(
    kind: str,
    root_id: UUID,
    published: Mapping[Audience, _ByRoot],
    now: Aggregate | None,
    around: Mapping[Audience, Surroundings],
    today: date,
) -> Rendered:
    rows: dict[str, list[Row] | None] = {}
    for audience, by_root in published.items():
        last = by_root.get(root_id)
        if last is None:
            continue
        if last.document is None:
            if last.merged_into and not _leads_there(last, now, around[audience]):
                rows[audience.name] = None
            continue
        try:
            left = what_is_left(
                kind, last.document, now, audience, around[audience], today
            )
            if left != last.document:
                rows[audience.name] = _rows(kind, left, last) if left else None
        except Exception:
            rows[audience.name] = None
    return Rendered(root_id, rows)


def _leads_there(last: _Published, now: Aggregate | None, around: Surroundings) -> bool:
    into = str(last.merged_into)
    if now is None or now["root"]["merged_into_id"] != into:
        return False
    return into in around.published


def _rows(kind: str, left: Document, last: _Published) -> list[Row]:
    rows = [_row(kind, left, None)]
    if kind != "prisoner":
        return rows
    for child_kind, name in CHILD_KINDS.items():
        for record in left[name]:
            child = last.children[record["id"]]
            child.update(record)
            child["citations"] = [
                citation
                for citation in left["citations"]
                if citation["record"]["id"] == record["id"]
            ]
            rows.append(_row(child_kind, child, UUID(left["id"])))
    return rows


def _row(kind: str, left: Mapping[str, Any], parent: UUID | None) -> Row:
    document = whole(kind, left)
    return Row(
        UUID(document["id"]),
        kind,
        parent,
        rendering.as_text(document),
        facts.of(kind, document),
        subtracted=True,
    )
