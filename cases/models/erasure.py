"""Orders to erase, and acts of erasure: what is left of what history had to forget.
docs/decisions/checkpoints.md
"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.fields import CodeField
from cases.models.history import LOGIN, ORDER
from cases.triggers.acting import named_is_who_acts
from cases.triggers.erasing import act_triggers, order_triggers


class OrderState(models.TextChoices):
    ASKED = "asked", _("asked for")
    CONFIRMED = "confirmed", _("confirmed, not yet done")
    DONE = "done", _("done")
    TAKEN_BACK = "taken_back", _("taken back")


def _person(label: Any, *, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=null,
        blank=null,
        related_name="+",
        verbose_name=label,
    )


class ErasureOrder(models.Model):
    """What one person asks to erase and another one confirms, at the desk. The owner's
    command does it; the desk cannot.

    Triggers ask whether each of them showed a second factor. What is to be erased is
    itself a copy of it: `containing` is emptied when the order is done or taken back.
    """

    case = models.UUIDField(
        _("id of the case"),
        null=True,
        blank=True,
        help_text=_(
            "A prisoner, a source, a facility, one who says so, or another record."
        ),
    )
    field = models.CharField(
        _("field"),
        max_length=100,
        blank=True,
        default="",
        help_text=_("Only what was once in this field. Its name stands in record.md."),
    )
    containing = models.TextField(
        _("text"),
        blank=True,
        default="",
        help_text=_("Only what contains this text. It is forgotten with the order."),
    )
    events = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("events"),
        default=list,
        blank=True,
        help_text=_(
            "Or single events, such as cases_personnamehistory:42; or files, such as"
            " cases_keptfile:7."
        ),
    )
    reason = models.TextField(
        _("reason"), help_text=_("Is kept: do not repeat in it what is to be erased.")
    )
    state = CodeField(
        _("state"), vocabulary=OrderState, null=False, default=OrderState.ASKED
    )
    asked_by = _person(_("asked by"), null=False)
    asked_factor = models.UUIDField(editable=False)
    asked_at = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    confirmed_by = _person(_("confirmed by"), null=True)
    confirmed_factor = models.UUIDField(null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    closed_by = _person(_("taken back by"), null=True)

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT, UPDATE (containing, state, confirmed_by_id,"
        " confirmed_factor, confirmed_at, closed_by_id)"
    }

    class Meta:
        verbose_name = _("order to erase")
        verbose_name_plural = _("orders to erase")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("order_erasure", _("May ask for an erasure and confirm it"))]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason__regex=r"^\s*$"),
                name="order_to_erase_has_a_reason",
                violation_error_message=_("Reason: say why."),
            ),
        ]
        triggers = [
            *order_triggers(),
            named_is_who_acts("asked_by_id", "confirmed_by_id", "closed_by_id"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def waits(self) -> bool:
        return self.state in {OrderState.ASKED, OrderState.CONFIRMED}


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
    # Empty in acts of before there were orders.
    order_number = models.BigIntegerField(null=True, editable=False)
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
            models.UniqueConstraint(
                fields=["order_number"], name="erasure_is_ordered_once"
            ),
        ]
        triggers = act_triggers()

    def __str__(self) -> str:
        return str(self.number)
