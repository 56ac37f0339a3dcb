"""What became of the person's nationalities."""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.models.declaring import outside_life
from cases.models.fields import CodeField
from cases.models.prisoner import Prisoner
from tracker.contract.vocabulary import Country, NationalityEvent


class NationalityChange(Part):
    """A nationality was taken away, lost, renounced, offered or gained."""

    prisoner = models.ForeignKey(
        Prisoner,
        models.CASCADE,
        related_name="nationality_changes",
        verbose_name=_("prisoner"),
    )
    country = CodeField(_("country"), vocabulary=Country, null=False)
    event = CodeField(_("what happened"), vocabulary=NationalityEvent, null=False)
    happened_on = outside_life(EDTFField(_("on")))

    place = "nationality-changes"

    class Meta:
        verbose_name = _("change of nationality")
        verbose_name_plural = _("changes of nationality")
        ordering = [F("happened_on_earliest").asc(nulls_first=True), "id"]

    def __str__(self) -> str:
        return f"{self.get_country_display()}: {self.get_event_display()}"
