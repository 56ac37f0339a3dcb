"""Ledgers: tables of which rows are only added, and which checkpoints seal by day. What
one of them has to forget keeps its digest here. docs/decisions/checkpoints.md
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.history import LOGIN
from cases.triggers.owner import stamped


class Ledger(models.Model):
    """Its columns are only added, as those of history, and are NULL in the rows that are
    there.
    """

    # So that nobody finds by trying what a row said whose digest is in a file, or kept.
    salt = models.UUIDField(editable=False, db_default=RandomUUID())

    # The column with the day under which a row is sealed.
    dated: ClassVar[str] = "at"
    # Rows are deleted when they are old. Of another ledger none ever goes.
    grows_old: ClassVar[bool] = False

    class Meta:
        abstract = True


class Forgotten(Ledger):
    """What rows of a ledger were, by their digests, before they were deleted or a text
    was taken out of them. An act of forgetting has one such row for each day.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("forgotten"), db_default=Now())
    login = models.CharField(max_length=63, editable=False, db_default=LOGIN)
    reason = models.TextField(_("reason"))
    erasure = models.BigIntegerField(
        null=True, help_text="the number of the act of erasure that it belongs to"
    )
    table_name = models.CharField(max_length=63)
    day = models.DateField(help_text="under which they are sealed")
    rows = ArrayField(models.BigIntegerField(), help_text="their numbers, in order")
    was = ArrayField(models.BinaryField(), help_text="the digest that each had")
    left = ArrayField(
        models.BinaryField(),
        null=True,
        help_text="the digests of what is left of them; empty: they were deleted",
    )

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT"}

    class Meta:
        default_permissions = ()
        triggers = [stamped("at")]
        indexes = [models.Index(fields=["table_name", "id"], name="forgotten_of_table")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason__regex=r"^\s*$"), name="forgetting_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.day}"


class Publication(Ledger):
    """That a document was published, changed or taken away: its number, and a digest.
    The database writes it (cases/triggers/published.py).

    So it is known later whether a document is still the one that the gate wrote.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    audience = models.CharField(max_length=10)
    document = models.UUIDField()
    number = models.BigIntegerField(help_text="that the feed gave to the change")
    digest = models.BinaryField(null=True, help_text="NULL: the row is gone")

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT"}

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["document", "audience", "-id"], name="publications_of_document"
            )
        ]

    def __str__(self) -> str:
        return f"{self.audience} {self.document} {self.number}"
