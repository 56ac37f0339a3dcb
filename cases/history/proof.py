"""Proofs of who acts. The database believes a name only with one.

The desk's process says, with each change, who is signed in. Whoever has the login of
the database alone (a stolen password, a statement that was slipped in) could say so,
too. So a name comes with an HMAC over person, session of the database and time, made
with a secret (ACTING_SECRET) that the owner of the database has stored, and that no
other login reads. A proof that is seen in one session is good in no other. It does not
stop code that runs in the desk's process, which has the secret. docs/decisions/history.md
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from psycopg.pq import TransactionStatus

from cases.models import ActingSecret
from tracker.database import is_owner

# Half of the time for which the database takes a proof (cases/migrations/record/functions.py).
RENEWED_AFTER = 300  # seconds
_BLOCK = 64  # bytes, of SHA-256

Execute = Callable[..., Any]


class Session(NamedTuple):
    """A session of the database, by a number that it gives once and never again."""

    number: int
    until: int
    """In seconds, by the clock of the database."""
    renew_at: float


_sessions: WeakKeyDictionary[psycopg.Connection[Any], Session] = WeakKeyDictionary()


class Prover:
    """Puts the proof beside what is said with a statement. It stands before pghistory's
    own wrapper, which sends what is said.
    """

    said: dict[str, Any] | None = None
    _signed: tuple[object, ...] | None = None

    def __call__(
        self,
        execute: Execute,
        statement: Any,
        parameters: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        if self.said is not None and "user" in self.said and not _reads(statement):
            session = context["cursor"].connection
            if session.info.transaction_status != TransactionStatus.INERROR:
                self._prove(session, self.said)
        return execute(statement, parameters, many, context)

    def _prove(self, session: psycopg.Connection[Any], said: dict[str, Any]) -> None:
        person = said["user"], said["username"], session_of(session)
        if "proof" not in said or person != self._signed:
            said.update(proof(session, said["user"], said["username"]))
            self._signed = person


def _reads(statement: Any) -> bool:
    """Nothing is said with it."""
    return str(statement).lstrip()[:6].lower() == "select"


def proof(
    session: psycopg.Connection[Any], user: object, username: str
) -> dict[str, str | int]:
    """Empty without a secret: then the database takes no name."""
    if not settings.ACTING_SECRET:
        return {}
    known = session_of(session)
    words = f"{user}\n{known.number}\n{known.until}\n{username}"
    signed = hmac.new(_key(), words.encode(), hashlib.sha256).hexdigest()
    return {"proof": signed, "session": known.number, "until": known.until}


def session_of(session: psycopg.Connection[Any]) -> Session:
    known = _sessions.get(session)
    if known is None or monotonic() > known.renew_at:
        row = session.execute("SELECT * FROM acting_session()").fetchone()
        assert row is not None
        known = Session(row[0], row[1], monotonic() + RENEWED_AFTER)
        _sessions[session] = known
    return known


def is_believed() -> bool:
    """Does the database take the proofs of this process? Nothing of it is left there."""
    with transaction.atomic(), connection.cursor() as cursor:
        said = {"user": 0, "username": "", **proof(cursor.connection, 0, "")}
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata', %s, TRUE)",
            [json.dumps(said)],
        )
        try:
            cursor.execute("SELECT acting_user()")
            (user,) = cursor.fetchone()
        except DatabaseError:
            user = None
        transaction.set_rollback(True)
    return bool(user == "0")


def _key() -> bytes:
    secret: str = settings.ACTING_SECRET
    return hashlib.sha256(b"who acts\n" + secret.encode()).digest()


def pads() -> tuple[bytes, bytes]:
    """The inner and the outer key of the HMAC (RFC 2104): PostgreSQL itself has SHA-256,
    and no HMAC.
    """
    key = _key().ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def store(using: str, plan: list[object] | None = None, **_: object) -> None:
    """After migrating, by the owner. `plan` is None after `flush`."""
    if plan is None or not is_owner(using):
        return
    table = ActingSecret._meta.db_table
    if table not in connections[using].introspection.table_names():
        return  # a step back to an older release
    inner_pad, outer_pad = pads()
    ActingSecret.objects.using(using).bulk_create(
        [ActingSecret(id=1, inner_pad=inner_pad, outer_pad=outer_pad)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["inner_pad", "outer_pad"],
    )
