"""What must be true when all is over. Each yields sentences of what is not."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from django.db import connection

from cases.models import Consent, Mark, PersonName, Prisoner, Source
from cases.publishing import mark_everything, publish_pending
from tests.hammer.chaos.ledger import Change, Ledger, Place, calm_seconds
from tests.hammer.chaos.place import Place as Site
from tracker.audiences import AUDIENCES

LATE = 10.0  # seconds of calm
MODELS: dict[str, Any] = {
    "prisoner": Prisoner,
    "source": Source,
    "consent": Consent,
    "person_name": PersonName,
}


def lost_edits(ledger: Ledger) -> Iterator[str]:
    """What was acknowledged is in the record, unless something came after it, and in
    its history.
    """
    for place, values in ledger.may_stand.items():
        stands = _stands(place)
        if stands not in values:
            yield (
                f"{place} is {stands!r}, and should be one of {values!r};"
                f" attempts: {ledger.trails[place][-6:]};"
                f" history: {_last_events(place)}"
            )
    for change in ledger.acknowledged:
        if not _is_in_history(change):
            yield f"history does not know {change}"


def _stands(place: Place) -> object:
    table, row_id, field = place
    rows = MODELS[table]._default_manager.filter(**{_key(table): row_id})
    values = list(rows.values_list(field, flat=True))
    if not values:
        return ""
    return values[0]


def _last_events(place: Place) -> list[object]:
    table, row_id, field = place
    events = MODELS[table].pgh_event_model._default_manager.filter(
        **{_key(table): row_id}
    )
    return list(events.order_by("-pk").values_list("pgh_created_at", field)[:4])


def _is_in_history(change: Change) -> bool:
    events = MODELS[change.table].pgh_event_model._default_manager.filter(
        **{_key(change.table): change.id}
    )
    if change.deletes:
        return bool(events.filter(pgh_label="delete").exists() or not events.exists())
    return bool(events.filter(**{change.field: change.value}).exists())


def _key(table: str) -> str:
    return "value" if table == "person_name" else "id"


def late_withdrawals(ledger: Ledger) -> Iterator[str]:
    for withdrawal in ledger.withdrawals:
        if withdrawal.gone is None:
            yield f"{withdrawal.what} was taken back and is still seen"
            continue
        calm = calm_seconds(withdrawal.acknowledged, withdrawal.gone, ledger.troubles)
        if calm > LATE:
            yield f"{withdrawal.what} was taken back and seen for {calm:.1f} calm s"
        if withdrawal.settled is None:
            yield f"{withdrawal.what} was taken back, and its document never came back"


def unpublished() -> Iterator[str]:
    waiting = Mark.objects.count()
    if waiting:
        yield f"{waiting} marks wait still"
    for audience in AUDIENCES:
        held = audience.held_model._default_manager.count()
        if held:
            yield f"{held} things are held back from {audience.name} still"


def unlike_a_rebuild() -> Iterator[str]:
    """Everything is rendered anew: no document differs, and no number is drawn."""
    before = {table: _contents(table) for table in _published_tables()}
    mark_everything()
    written = publish_pending(refresh=True)
    if written:
        yield f"a rebuild wrote {written} documents that differ"
    for table, rows in before.items():
        if _contents(table) != rows:
            yield f"{table} differs after a rebuild"


def _published_tables() -> list[str]:
    tables = []
    for audience in AUDIENCES:
        for model in (
            audience.document_model,
            audience.span_model,
            audience.correction_model,
            audience.feed_model,
        ):
            tables.append(model._meta.db_table)
    return tables


def _contents(table: str) -> list[str]:
    """Every row, byte for byte; of spans and corrections not the number of the row, of
    feeds not how often anything was written.
    """
    columns = "t::text"
    if table.endswith("_feed"):
        columns = "(to_jsonb(t) - 'revision')::text"
    elif not table.endswith("_document"):
        columns = "(to_jsonb(t) - 'id')::text"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} AS t ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def differing_copies(site: Site) -> Iterator[str]:
    """Equal as the site says, and byte for byte."""
    for audience in AUDIENCES:
        code, told = site.mirror(audience.name, "--verify")
        if code:
            yield f"the copy of {audience.name} is not equal: {told.strip()}"
            continue
        published: dict[str, str] = {}
        rows = audience.document_model._default_manager.filter(parent=None)
        for row in rows:
            if row.document or row.merged_into:
                published[str(row.id)] = row.document or str(row.merged_into)
        with sqlite3.connect(site.directory / audience.name / "mirror.sqlite3") as copy:
            copied = dict(
                copy.execute(
                    "SELECT id, document FROM documents"
                    " UNION ALL SELECT id, merged_into FROM merges"
                )
            )
        if copied != published:
            yield f"the copy of {audience.name} holds other documents"
        for text in published.values():
            assert json.loads(text) if text.startswith("{") else text


def findings(site: Site) -> Iterator[str]:
    code, told = site.run("manage.py", "doctor", login="owner")
    if code:
        yield f"manage.py doctor: {told.strip()}"
