"""In which order changes of the record were committed."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cases.models.history import TRANSACTION
from cases.models.sealed import Ledger
from cases.triggers.commits import numbered_at_the_end


class Commit(Ledger):
    """A transaction that wrote events of history, with its place in the order in which
    such transactions were committed. The database writes it: the first event makes the
    row, and the end of the transaction numbers it (cases/triggers/commits.py).

    An event belongs to the row with its transaction between whose events it stands:
    PostgreSQL numbers transactions anew where a copy of the database is restored.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    transaction = models.BigIntegerField(db_default=TRANSACTION)
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField(null=True)
    # Numbers are drawn one at a time: each waits until the one before is committed.
    # Those of what was rolled back are missing.
    number = models.BigIntegerField(null=True, unique=True)

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT"}

    class Meta:
        default_permissions = ()
        triggers = numbered_at_the_end()
        indexes = [
            models.Index(
                fields=["transaction", "first_event"], name="commits_by_transaction"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class CommitTurn(models.Model):
    """Empty for ever. Whoever is about to be numbered locks this table until the
    transaction ends. Only the owner's function can: nobody has a right to the table.
    """

    database_rights: ClassVar[dict[str, str]] = {"desk": "", "publisher": ""}

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return "empty"
