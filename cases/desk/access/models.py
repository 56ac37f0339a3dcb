"""What the desk showed to its people, and what they took out.

History tells what they changed; this stands apart from it.
"""

from typing import ClassVar

from django.contrib.admin.models import LogEntry
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import Ledger
from cases.triggers.acting import named_is_who_acts
from cases.triggers.owner import stamped


class Act(models.TextChoices):
    READ = "read", _("read")
    HISTORY = "history", _("read the history")
    LIST = "list", _("listed")
    SEARCH = "search", _("searched")
    EXPORT = "export", _("exported")
    PACK = "pack", _("made an evidence pack")
    CHANGED = "changed", _("changed, and was shown it")
    SIGNED_IN = "signed_in", _("signed in")
    NOT_LET_IN = "not_let_in", _("tried to sign in and failed")


SIGNING_IN = [Act.SIGNED_IN, Act.NOT_LET_IN]


class AdminLine(LogEntry):
    """A line of the admin's own log, by which colleagues see who changed what: nobody
    writes one for another.
    """

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [named_is_who_acts("user_id")]


class AccessEvent(Ledger):
    """One answer that showed something to somebody, or somebody who signed in.

    The desk's login reads, adds by functions for whoever acts (0001_access_log), and
    only the owner's login may delete. An event
    outlives records and accounts, and so it holds ids and no references.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"), db_default=Now())
    user_id = models.IntegerField(_("number of the account"))
    username = models.CharField(_("who"), max_length=150)
    act = models.CharField(_("what"), max_length=10, choices=Act)
    kind = models.CharField(_("kind of record"), max_length=60, blank=True)
    record_id = models.CharField(_("record"), max_length=60, blank=True)
    case_id = models.UUIDField(
        _("case"), null=True, help_text=_("That the record belongs to.")
    )
    page = models.CharField(
        _("page"), max_length=200, help_text=_("Its address, without ids.")
    )
    asked = models.TextField(
        _("asked for"), blank=True, help_text=_("The words searched, and the filters.")
    )
    rows = models.PositiveIntegerField(
        _("rows"), null=True, help_text=_("How many the answer showed.")
    )
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Given for an export or an evidence pack.")
    )
    request_id = models.CharField(
        _("request"), max_length=100, blank=True, help_text=_("As in the proxy’s log.")
    )

    grows_old = True
    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT"}

    class Meta:
        verbose_name = _("entry of the access log")
        verbose_name_plural = _("access log")
        ordering = ["-at", "-id"]
        default_permissions = ["view"]
        triggers = [stamped("at")]
        permissions = [("export_records", _("May export lists"))]
        indexes = [
            models.Index(fields=["at"], name="access_by_time"),
            models.Index(fields=["username", "at"], name="access_by_person"),
            models.Index(fields=["case_id"], name="access_by_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act=Act.EXPORT) | ~models.Q(reason=""),
                name="an_export_has_a_reason",
                violation_error_message=_("Reason: say what the export is for."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.get_act_display()}"
