"""The bytes of redacted copies beside the documents that name them: put there, and taken
away, in the transaction that writes the document.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from cases.models import Mark, RedactedCopy, Source
from cases.publishing.rendering import Row
from cases.publishing.surroundings import told_by_name
from cases.statements import Statement
from tracker.audiences import AUDIENCES, Audience

_TAKE_AWAY = "DELETE FROM {table} WHERE of = ANY(%s) AND NOT id = ANY(%s)"
_PUT = (
    "INSERT INTO {table} (id, of, media_type, content)"
    " SELECT published_as, root_id, media_type, content FROM {copies}"
    " WHERE published_as = ANY(%s) AND content IS NOT NULL ON CONFLICT (id) DO NOTHING"
)


def keep(audience: Audience, sources: Sequence[Row]) -> None:
    """`sources` are their own rows; of a tombstone nothing is left."""
    if not sources:
        return
    named: list[UUID] = []
    for row in sources:
        if row.text is not None:
            named += [UUID(copy["id"]) for copy in _copies(row.text)]
    tables = _tables(audience)
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_AWAY.format(**tables), [[row.id for row in sources], named]
        )
        if named:
            cursor.execute(_PUT.format(**tables), [named])


def mark_pictures_of(people: Collection[UUID]) -> None:
    """Of these the documents may name others than before: then the sources with
    pictures of them are looked at, at once where a picture is to go.
    """
    pictures = _pictures_of(people)
    shown: set[str] = set()
    for _source_id, in_it, _for_whom in pictures:
        shown.update(map(str, in_it))
    told = {audience: told_by_name(audience, shown) for audience in AUDIENCES}
    marks = []
    for source_id, in_it, for_whom in pictures:
        goes = False
        for audience, named in told.items():
            if for_whom in audience.sees and not named.issuperset(map(str, in_it)):
                goes = True
        marks.append(Mark(root_kind=Source.kind, root_id=source_id, withdrawal=goes))
    Mark.objects.bulk_create(marks)


@Statement
def _pictures_of(people: Collection[UUID]) -> Any:
    pictures = RedactedCopy.objects.filter(content__isnull=False)
    pictures = pictures.filter(people__any_among=people)
    return pictures.values_list("root_id", "people", "audience")


def _tables(audience: Audience) -> dict[str, str]:
    return {
        "table": audience.copy_model._meta.db_table,
        "copies": RedactedCopy._meta.db_table,
        "documents": audience.document_model._meta.db_table,
    }


_STRAY = """
    SELECT copy.id, copy.of FROM {table} AS copy
    LEFT JOIN {copies} AS made ON made.published_as = copy.id AND made.root_id = copy.of
        AND made.content = copy.content AND made.media_type = copy.media_type
    WHERE made.id IS NULL OR NOT EXISTS (
        SELECT FROM {documents} AS source WHERE source.id = copy.of
        AND source.document::jsonb -> 'copies' @> jsonb_build_array(jsonb_build_object('id', copy.id))
    )
"""
_LACKING = """
    SELECT source.id FROM {documents} AS source,
        jsonb_array_elements(source.document::jsonb -> 'copies') AS line
    WHERE source.kind = 'source' AND source.document IS NOT NULL
    AND NOT EXISTS (SELECT FROM {table} AS copy WHERE copy.id = (line.value ->> 'id')::uuid)
"""


def faulty() -> tuple[list[UUID], list[UUID]]:
    """Of all audiences: copies that no document names, or that are not the ones that
    were made; and the sources of which something is to be put right.
    """
    strays: list[UUID] = []
    sources: set[UUID] = set()
    with connection.cursor() as cursor:
        for audience in AUDIENCES:
            cursor.execute(_STRAY.format(**_tables(audience)))
            for copy_id, source_id in cursor.fetchall():
                strays.append(copy_id)
                sources.add(source_id)
            cursor.execute(_LACKING.format(**_tables(audience)))
            sources.update(source_id for (source_id,) in cursor.fetchall())
    return strays, sorted(sources)


def take_away(ids: Sequence[UUID]) -> None:
    """For every audience. What a document names is put there when it is written anew."""
    for audience in AUDIENCES:
        audience.copy_model._default_manager.filter(id__in=ids).delete()


def _copies(document: str) -> list[dict[str, str]]:
    """A document that stays as it was may be of a contract without them."""
    return json.loads(document).get("copies") or []
