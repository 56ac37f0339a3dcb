"""Saying who acts and why: every event of history that the block causes holds it
(cases/models/history.py).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pghistory
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from psycopg.pq import TransactionStatus

from cases.history.proof import Prover


@contextmanager
def acting(
    *,
    user: User | AnonymousUser | None = None,
    reason: str = "",
    page: str = "",
    request_id: str = "",
    source_says: Sequence[str] = (),
) -> Iterator[None]:
    """`page` is the address, or the command, where it is done. `source_says` are the
    keys of doubts of which the person said that the source says so
    (cases/plausibility). Within another block, only what is given is different.

    All events of the outermost block share one random `pgh_context_id`. Statements in
    it must not be psycopg's composed SQL, nor have a bare % without parameters:
    pghistory puts its own before them.
    """
    said: dict[str, Any] = {"reason": reason, "page": page, "request": request_id}
    said["source_says"] = list(source_says)
    if user is not None and user.is_authenticated:
        # Both: the account may be renamed, or deleted.
        said["user"] = user.pk
        said["username"] = user.get_username()
    with _proving() as prover, pghistory.context() as context:
        prover.said = context.metadata
        outer = dict(context.metadata)
        for name, value in said.items():
            if value:
                context.metadata[name] = value
        try:
            yield
        finally:
            context.metadata.clear()
            context.metadata.update(outer)
    if not outer:
        _forget()


@contextmanager
def _proving() -> Iterator[Prover]:
    """One for all blocks within each other."""
    for wrapper in connection.execute_wrappers:
        if isinstance(wrapper, Prover):
            yield wrapper
            return
    prover = Prover()
    with connection.execute_wrapper(prover):
        yield prover


def _forget() -> None:
    """What was said holds until the end of the transaction: what follows in it must not
    be put down to the same person.

    A transaction that failed goes back to what was said before it by itself.
    """
    session = connection.connection
    if (
        session is not None
        and session.info.transaction_status == TransactionStatus.INTRANS
    ):
        session.execute(
            "SELECT set_config('pghistory.context_id', '', true),"
            " set_config('pghistory.context_metadata', '', true)"
        )
