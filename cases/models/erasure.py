"""Acts of erasure: what is left of what history had to forget.
docs/decisions/checkpoints.md
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.history import LOGIN, ORDER


class Erasure(models.Model):
    """One act. It stands in the same order as the events of history, so that later
    checkpoints cover it, too.
    """

    number = models.BigIntegerField(primary_key=True, editable=False, db_default=ORDER)
    erased_at = models.DateTimeField(_("erased"), db_default=Now())
    # Names of accounts, which outlive them.
    requested_by = models.CharField(_("requested by"), max_length=150)
    approved_by = models.CharField(_("approved by"), max_length=150)
    reason = models.TextField(_("reason"))
    login = models.CharField(max_length=63, editable=False, db_default=LOGIN)
    events = models.JSONField(
        help_text="by table and number of the event: the digest that it had, and that of what is left of it"
    )
    editions = ArrayField(
        models.BigIntegerField(),
        default=list,
        help_text="ids of those whose snapshots forgot it",
    )

    database_rights = {"desk": "SELECT"}

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(requested_by=models.F("approved_by")),
                name="erasure_takes_two_people",
                violation_error_message=_(
                    "Approved by: a second person must approve it."
                ),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason__regex=r"^\s*$"),
                name="erasure_has_a_reason",
                violation_error_message=_("Reason: say why."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
