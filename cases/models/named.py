"""Cases that only named people of the staff see at the desk.

It is kept beside the case, by its id, so that it outlives the case: a deleted case, or a
new one under the old id, is open to nobody else either. What the desk sees of it:
cases/named/.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import Ledger
from cases.triggers.acting import named_is_who_acts
from cases.triggers.named import naming_triggers


class NamedStaff(Ledger):
    """Who alone sees a case, from `named_at` until the next row of the same case. With
    nobody in it, everyone does.

    Rows are added and never changed: who could see what, and when, is known later.
    """

    id = models.BigAutoField(primary_key=True)
    case_id = models.UUIDField(_("case"))
    # Accounts are never deleted (cases/desk/roles.py).
    staff = ArrayField(
        models.IntegerField(),
        verbose_name=_("accounts"),
        default=list,
        blank=True,
        help_text=_("Empty: everyone who may view cases."),
    )
    reason = models.TextField(_("reason"))
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("named by"),
    )
    named_at = models.DateTimeField(_("since"), db_default=Now())
    event = models.BigIntegerField(
        _("after event"), help_text="the newest event of history at the time"
    )

    dated = "named_at"
    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("named staff of a case")
        verbose_name_plural = _("named staff of cases")
        ordering = ["-id"]
        default_permissions = ()
        permissions = [("name_staff", _("May open a case to named staff only"))]
        indexes = [models.Index(fields=["case_id", "-id"], name="named_staff_of_case")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason__regex=r"^\s*$"),
                name="naming_staff_has_a_reason",
                violation_error_message=_("Reason: say why."),
            )
        ]
        triggers = [*naming_triggers(), named_is_who_acts("named_by_id")]

    def __str__(self) -> str:
        return str(self.case_id)
