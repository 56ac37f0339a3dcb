"""Names that are kept back, where else they may stand, and where a person said that one
may stay. docs/decisions/names-elsewhere.md
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.publishing import OF_THE_GATE
from cases.models.sealed import Ledger
from cases.triggers.acting import named_is_who_acts
from cases.triggers.owner import stamped


class KeptName(models.Model):
    """A name of a case that not everyone is told, in folded words. Kept by the gate."""

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(db_index=True, help_text="whose name it is")
    words = ArrayField(models.TextField())
    longest = models.TextField(help_text="of the words: by it the name is found")
    told_to = models.CharField(max_length=40, help_text="a visibility")
    near = ArrayField(
        models.UUIDField(), help_text="sources, events and places that the case names"
    )

    database_rights = OF_THE_GATE

    class Meta:
        indexes = [
            models.Index(fields=["longest"], name="keptname_longest"),
            GinIndex(fields=["near"], name="keptname_near"),
        ]

    def __str__(self) -> str:
        return " ".join(self.words)


class ToldWords(models.Model):
    """What words, folded, a root was approved with. Kept by the gate, so that it finds
    where a name stands.
    """

    root_id = models.UUIDField(primary_key=True)
    root_kind = models.CharField(max_length=40)
    key = models.TextField()

    database_rights = OF_THE_GATE

    class Meta:
        indexes = [
            GinIndex(
                name="toldwords_search", fields=["key"], opclasses=["gin_trgm_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root_kind} {self.root_id}"


class NameStays(Ledger):
    """That a name which is kept back may stand in the words of a record, or no longer.
    The latest row of a record and a person counts, and only of the same words and the
    same name.
    """

    id = models.BigAutoField(primary_key=True)
    root_kind = models.CharField(_("kind"), max_length=40)
    root_id = models.UUIDField(_("record"))
    person_id = models.UUIDField(_("whose name"))
    may_stay = models.BooleanField(_("may stay"))
    said = ArrayField(
        models.CharField(max_length=64),
        help_text="digests of the words with the name: cases/disclosure/kept_names.py",
    )
    reason = models.TextField(_("reason"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), db_default=Now())
    event = models.BigIntegerField(
        _("after event"), help_text="the newest event of history at the time"
    )

    dated = "decided_at"
    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("decision that a name may stay")
        verbose_name_plural = _("decisions that names may stay")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["root_id", "-id"], name="name_stays_in_record"),
        ]
        triggers = [stamped("decided_at"), named_is_who_acts("decided_by_id")]

    def __str__(self) -> str:
        return f"{self.root_kind} {self.root_id}"
