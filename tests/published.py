"""Published rows for tests of what is shown, without a record behind them.

    publish(PUBLIC, "prisoner", {"name": "Ales Example", "releases": [{"released_on":
    "2025-09"}]})

What the content leaves out is unknown. Rows are written as the gate writes them:
rendered by the contract, with facts and spans, the next number, and a row of their own
for each sentence and deportation.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rest_framework import serializers

from tests.roles import as_publisher
from tracker import digests
from tracker.api.examples import completed
from tracker.audiences import Audience
from tracker.contract import documents, facts, rendering, terms, walking
from tracker.models import PublishedDocument

CHANGED_ON = date(2025, 10, 8)


@as_publisher
def publish(
    audience: Audience, kind: str, content: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The document. With an `id` published before, it is published anew."""
    document = rendered(audience, kind, content)
    number = _next_number(audience, kind, document["id"], rendering.as_text(document))
    _write(audience, kind, document, number)
    audience.document_model._default_manager.filter(parent=document["id"]).delete()
    for child, place in walking.CHILD_KINDS.items():
        for part in document.get(place, []):
            _write_part(audience, child, document["id"], part, number)
    return document


def rendered(
    audience: Audience, kind: str, content: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The document, which nobody has published."""
    serializer = documents.DOCUMENTS[kind]()
    identified = _identified(serializer, {**(content or {}), "kind": kind})
    identified |= terms.of(audience.name, kind, identified["id"])
    return rendering.render(kind, completed(serializer, identified))


@as_publisher
def correct(audience: Audience, document: Mapping[str, Any], **change: Any) -> None:
    """A line in the corrections of a document; of the case itself unless `record_kind`
    and `record_id` are given.
    """
    told = {
        "record_kind": document["kind"],
        "record_id": document["id"],
        "change": "changed",
        **change,
    }
    audience.correction_model(
        **{"corrected_on": CHANGED_ON, "of_id": document["id"], **told}
    ).save()


@as_publisher
def withdraw(audience: Audience, row_id: str, merged_into: str | None = None) -> None:
    """Leave a tombstone, as of a case that was published and no longer is."""
    rows = audience.document_model._default_manager
    rows.filter(parent=row_id).delete()
    row = rows.get(id=row_id)
    _replace_spans(audience, row, [])
    audience.document_model(
        id=row.id,
        kind=row.kind,
        seq=_next_number(audience, row.kind, row_id, None),
        merged_into=merged_into,
        changed_on=CHANGED_ON,
    ).save()


def _identified(serializer: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    """With a random id for every record that has none."""
    found = dict(content)
    if "id" in serializer.fields:
        found.setdefault("id", str(uuid.uuid4()))
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.ListSerializer):
            found[name] = [
                _identified(field.child, one) for one in found.get(name) or []
            ]
    return found


def _write_part(
    audience: Audience,
    kind: str,
    prisoner_id: str,
    part: Mapping[str, Any],
    number: int,
) -> None:
    serializer = documents.DOCUMENTS[kind]()
    content = {
        **part,
        "kind": kind,
        "prisoner": prisoner_id,
        **terms.of(audience.name, kind, part["id"]),
    }
    dates = {
        name: part[name]["edtf"] for name in part if name.endswith("_on") and part[name]
    }
    document = rendering.render(kind, completed(serializer, {**content, **dates}))
    _write(audience, kind, document, number, parent=prisoner_id)


def _write(
    audience: Audience,
    kind: str,
    document: Mapping[str, Any],
    number: int,
    parent: str | None = None,
) -> None:
    found = facts.of(kind, document)
    row = audience.document_model(
        id=document["id"],
        kind=kind,
        parent=parent,
        seq=number,
        changed_on=CHANGED_ON,
        document=rendering.as_text(document),
        facts=found.equal,
        named=found.named,
        search_key=found.search_key,
        text_words=found.text_words,
        sort_name=found.sort_name,
        sort_date=found.sort_date,
        sort_number=found.sort_number,
    )
    row.save()
    _replace_spans(audience, row, found.spans)


def _replace_spans(
    audience: Audience, row: PublishedDocument, spans: Iterable[facts.Span]
) -> None:
    model: Any = audience.span_model
    model.objects.filter(of=row).delete()
    model.objects.bulk_create(model(of=row, **vars(span)) for span in spans)


def _next_number(audience: Audience, kind: str, row_id: str, text: str | None) -> int:
    before = (
        audience.document_model._default_manager.filter(id=row_id)
        .values_list("document", flat=True)
        .first()
    )
    counter: Any = audience.feed_model._default_manager.get_or_create(id=1)[0]
    counter.last_seq += 1
    counter.digests = digests.changed(counter.digests, kind, [(before, text)])
    counter.save()
    return int(counter.last_seq)
