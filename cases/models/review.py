"""What a second person still has to look at, and what that person sent back. None of it
is ever published.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.fields import CodeField, CodesField
from cases.models.sealed import Ledger
from cases.triggers.acting import named_is_who_acts
from tracker.contract.vocabulary import Visibility


class ChangeKind(models.TextChoices):
    NEW = "new", _("new to those outside")
    CHANGED = "changed", _("changed")
    TAKEN_BACK = "taken_back", _("taken back, in effect already")


class SentBack(Ledger):
    """That a reviewer did not approve a case as it was then, and what is to be done. It
    holds until the next edit.
    """

    root_kind = models.CharField(_("kind"), max_length=40)
    root_id = models.UUIDField(_("case"))
    version = models.PositiveIntegerField(_("version sent back"))
    comment = models.TextField(
        _("comment"), help_text=_("For the editors. Never published.")
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("sent back by"),
    )
    sent_at = models.DateTimeField(_("sent back"), db_default=Now())
    event = models.BigIntegerField(
        _("after event"), help_text="the newest event of history at the time"
    )

    dated = "sent_at"
    database_rights = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("case sent back")
        verbose_name_plural = _("cases sent back")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["root_id", "version"], name="sent_back_by_version")
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(comment__regex=r"^\s*$"),
                name="sent_back_says_why",
                violation_error_message=_("Comment: say what is to be done."),
            ),
        ]
        triggers = [named_is_who_acts("sent_by_id")]

    def __str__(self) -> str:
        return f"{self.root_kind} {self.root_id} v{self.version}"


class ReviewRule(models.Model):
    """What an approval takes, and whether saving approves. One row, which only the owner
    of the database writes: `manage.py migrate`, from the settings REQUIRE_REVIEW,
    APPROVE_OWN_CHANGES and REQUIRE_SECOND_FACTOR.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    saving_approves = models.BooleanField(_("saving approves"), default=False)
    approve_own_changes = models.BooleanField(
        _("whoever changed a case may approve it"), default=False
    )
    second_factor = models.BooleanField(
        _("approving takes a second factor"), default=True
    )

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT"}

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="review_rule_is_one_row")
        ]

    def __str__(self) -> str:
        return str(self.saving_approves)


class WaitingCase(models.Model):
    """A case that differs from its last edition, and that someone outside sees or would
    see. Derived by the gate, like DeskEntry: not an edit, no history. It holds no word
    of the case, so that there is nothing to erase.
    """

    id = models.BigAutoField(primary_key=True)
    root_kind = models.CharField(_("kind"), max_length=40)
    root_id = models.UUIDField(_("case"), unique=True)
    version = models.PositiveIntegerField(_("version"))
    changes = CodesField(_("kind of change"), vocabulary=ChangeKind)
    visibility = CodeField(
        _("visible to"),
        vocabulary=Visibility,
        null=False,
        help_text=_("Once it is approved."),
    )
    since = models.DateTimeField(_("since"), db_default=Now())
    editors = ArrayField(
        models.CharField(max_length=150),
        default=list,
        verbose_name=_("changed by"),
        help_text=_("The names of the accounts, the latest first."),
    )

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT",
        "publisher": "SELECT, INSERT, UPDATE, DELETE",
    }

    class Meta:
        verbose_name = _("case that waits for review")
        verbose_name_plural = _("waiting for review")
        ordering = ["since", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.root_kind} {self.root_id}"
