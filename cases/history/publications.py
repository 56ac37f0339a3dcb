"""What checkpoints seal of what is published, and whether each document is still the one
that the gate wrote. Digests and numbers: cases/models/sealed.py.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from cases.models import Publication
from cases.triggers.published import FEEDS, PUBLISHED, digest_of_document


class Published(NamedTuple):
    """To one audience."""

    number: int
    """Of the latest change."""
    documents: int
    digest: str
    """SHA-256 over the digests of the documents, by their ids; in hexadecimal."""
    kept: int
    """The number of the latest row that says what was published."""


def now() -> dict[str, Published]:
    """Of the documents themselves, by audience. Within `digests.one_snapshot`."""
    sealed = {}
    for audience, row in _ask(_NOW):
        sealed[audience] = Published(*row)
    return sealed


def then(audience: str, kept: int) -> tuple[int, str]:
    """How many documents there were, and their digest, by what was kept of them."""
    query = sql.SQL(_THEN).format(
        publication=sql.Identifier(Publication._meta.db_table),
        audience=sql.Literal(audience),
        kept=sql.Literal(kept),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        documents, digest = cursor.fetchone()
    return documents, digest


def latest_numbers() -> dict[str, int]:
    return {audience: number for audience, (number,) in _ask(_NUMBER)}


def findings() -> Iterator[str]:
    for audience, (document,) in _ask(_OTHER):
        words = _(
            "Document %(id)s of “%(audience)s” is not the one that was published."
        )
        yield words % {"id": document, "audience": audience}
    for audience, (document, number) in _ask(_TWICE):
        words = _(
            "Document %(id)s of “%(audience)s” was changed"
            " without a new number after %(number)s."
        )
        yield words % {"id": document, "audience": audience, "number": number}


def _ask(statement: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for audience, table in PUBLISHED.items():
        query = sql.SQL(statement).format(
            table=sql.Identifier(table),
            feed=sql.Identifier(FEEDS[audience]),
            publication=sql.Identifier(Publication._meta.db_table),
            audience=sql.Literal(audience),
            digest=sql.SQL(digest_of_document("latest.salt", "document")),
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            for row in cursor.fetchall():
                yield audience, row


_NUMBER = "SELECT COALESCE(max(last_seq), 0) FROM {feed}"
_LATEST = """
    WITH latest AS (
        SELECT DISTINCT ON (document) * FROM {publication}
        WHERE audience = {audience} ORDER BY document, id DESC
    )
"""
_NOW = f"""
    {_LATEST}
    SELECT COALESCE((SELECT max(last_seq) FROM {{feed}}), 0), count(*),
        encode(sha256(COALESCE(string_agg({{digest}}, ''::bytea ORDER BY document.id), '')), 'hex'),
        COALESCE((SELECT max(id) FROM latest), 0)
    FROM {{table}} AS document LEFT JOIN latest ON latest.document = document.id
"""  # noqa: S608 - only our own words
_THEN = """
    SELECT count(*), encode(sha256(COALESCE(string_agg(digest, ''::bytea ORDER BY document), '')), 'hex')
    FROM (
        SELECT DISTINCT ON (document) document, digest FROM {publication}
        WHERE audience = {audience} AND id <= {kept} ORDER BY document, id DESC
    ) AS latest
    WHERE digest IS NOT NULL
"""
_OTHER = f"""
    {_LATEST}
    SELECT COALESCE(document.id, latest.document)
    FROM {{table}} AS document FULL JOIN latest ON latest.document = document.id
    WHERE CASE WHEN document.id IS NOT NULL THEN {{digest}} END IS DISTINCT FROM latest.digest
    ORDER BY 1
"""  # noqa: S608 - only our own words
_TWICE = """
    SELECT document, number FROM {publication}
    WHERE audience = {audience} AND digest IS NOT NULL
    GROUP BY document, number HAVING count(*) > 1 ORDER BY 1, 2
"""
