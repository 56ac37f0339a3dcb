"""Redacted copies of files that are kept: what may be published instead of an original,
and what was decided of it. docs/decisions/files.md
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.fields import CodeField
from cases.models.sealed import Ledger
from cases.triggers.acting import named_is_who_acts
from cases.triggers.copies import decision_triggers
from cases.triggers.owner import stamped
from tracker.contract.vocabulary import ConsentAudience


class Recognisable(models.TextChoices):
    NOBODY = "nobody", _("nobody")
    LISTED = "listed", _("only the people listed")
    OTHERS = "others", _("others, too, or we do not know")


class Decision(models.TextChoices):
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Cause(models.TextChoices):
    DESK = "desk", _("decided at the desk")
    PERSON = "person", _("somebody in it is not to be shown any more")


class RedactedCopy(Ledger):
    """A picture that the server made anew of what somebody redacted: nothing but its
    pixels. Its bytes stand here, so that the gate needs nothing of where originals are.

    Rows are added and never changed. An erasure empties one.
    """

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(_("source"))
    published_as = models.UUIDField(
        _("published as"),
        editable=False,
        db_default=RandomUUID(),
        unique=True,
        help_text="random, so that it tells nothing of the original",
    )
    original = models.BigIntegerField(
        _("number of the original"), help_text="of the file kept; inside only"
    )
    content = models.BinaryField(_("content"), null=True)
    media_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.IntegerField(_("size"), null=True, help_text=_("In bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    width = models.IntegerField(_("width"), null=True)
    height = models.IntegerField(_("height"), null=True)
    audience = CodeField(_("for whom"), vocabulary=ConsentAudience, null=False)
    recognisable = CodeField(
        _("who can be recognised"), vocabulary=Recognisable, null=False
    )
    people = ArrayField(models.UUIDField(), default=list, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added"), db_default=Now())
    event = models.BigIntegerField(
        _("after event"), help_text="the newest event of history at the time"
    )

    dated = "added_at"
    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("redacted copy")
        verbose_name_plural = _("redacted copies")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["root_id", "-id"], name="redacted_copies_of_source"),
            GinIndex(fields=["people"], name="redacted_copies_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    content__isnull=False, sha256__regex=r"^[0-9a-f]{64}$", size__gt=0
                )
                | Q(content=None, size=None, sha256="", media_type="", people=[]),
                name="redacted_copy_is_whole_or_erased",
                violation_error_message=_("Copy: it has a size and a SHA-256."),
            ),
            models.CheckConstraint(
                condition=Q(content=None)
                | Q(recognisable="listed", people__len__gt=0)
                | (~Q(recognisable="listed") & Q(people=[])),
                name="redacted_copy_lists_whom_it_shows",
                violation_error_message=_("Say who can be recognised."),
            ),
        ]
        triggers = [stamped("added_at"), named_is_who_acts("added_by_id")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_erased(self) -> bool:
        return not self.sha256


class CopyDecision(Ledger):
    """That a redacted copy was approved, or withdrawn. Each is said once, and nothing
    follows a withdrawal.
    """

    id = models.BigAutoField(primary_key=True)
    copy = models.ForeignKey(
        RedactedCopy,
        models.PROTECT,
        related_name="decisions",
        verbose_name=_("redacted copy"),
    )
    decision = CodeField(_("decision"), vocabulary=Decision, null=False)
    cause = CodeField(_("cause"), vocabulary=Cause, null=False, default=Cause.DESK)
    reason = models.TextField(_("reason"), blank=True)
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
        verbose_name = _("decision on a redacted copy")
        verbose_name_plural = _("decisions on redacted copies")
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["copy", "decision"],
                name="copy_is_decided_once",
                violation_error_message=_("This was decided already."),
            ),
        ]
        triggers = [
            stamped("decided_at"),
            named_is_who_acts("decided_by_id"),
            *decision_triggers(),
        ]

    def __str__(self) -> str:
        return str(self.get_decision_display())
