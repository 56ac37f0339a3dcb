"""What somebody said how many there were."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import Root
from cases.models.dates import EDTFField
from cases.models.events import ReleaseEvent
from cases.models.fields import CodeField
from cases.models.source import Claimant
from tracker.contract.vocabulary import Country, Measure, Qualifier


class ReportedCount(Root):
    """A claim, never a count of our own. Rival claims stand side by side."""

    measure = CodeField(_("what is counted"), vocabulary=Measure, null=False)
    country = CodeField(_("country"), vocabulary=Country)
    value = models.PositiveIntegerField(_("value"), null=True, blank=True)
    value_as_stated = models.CharField(_("value as stated"), max_length=200, blank=True)
    qualifier = CodeField(_("qualifier"), vocabulary=Qualifier)
    as_of = EDTFField(_("as of"))
    claimant = models.ForeignKey(
        Claimant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_counts",
        verbose_name=_("claimant"),
    )
    release_event = models.ForeignKey(
        ReleaseEvent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_counts",
        verbose_name=_("release event"),
    )

    kind = "reported_count"
    place = "reported-counts"
    ordered_by = ("measure", "value")
    one_claim = True

    class Meta:
        verbose_name = _("reported count")
        verbose_name_plural = _("reported counts")
        ordering = ["measure", F("as_of_earliest").desc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(value_as_stated=""),
                name="reportedcount_has_a_value_or_words",
                violation_error_message=_(
                    "Value: give a number, or the words of the source."
                ),
            ),
        ]

    def __str__(self) -> str:
        how = self.get_qualifier_display() or ""
        return f"{self.get_measure_display()}: {how} {self.value if self.value is not None else self.value_as_stated}"
