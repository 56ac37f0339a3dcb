"""What stands beside people: releases of many at once, and the places where people are
held.
"""

from django.db import models
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models.base import Root
from cases.models.dates import EDTFField
from cases.models.declaring import filed, unsearched
from cases.models.fields import CodeField
from cases.models.texts import TextByLanguage
from tracker.contract.vocabulary import Country, PlaceKind, YesNo


class ReleaseEvent(Root):
    title = filed(models.CharField(_("title"), max_length=300))
    occurred_on = EDTFField(_("occurred"))
    brokered_by = models.CharField(_("brokered by"), max_length=300, blank=True)
    concessions = models.TextField(
        _("concessions"), blank=True, help_text=_("What was given in return.")
    )
    exchange = CodeField(_("exchange of prisoners"), vocabulary=YesNo)
    summary = unsearched(TextByLanguage(_("summary")))

    kind = "release_event"
    place = "release-events"
    ordered_by = ("title",)

    class Meta:
        verbose_name = _("release event")
        verbose_name_plural = _("release events")
        ordering = [F("occurred_on_earliest").desc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return self.title


class Facility(Root):
    names = TextByLanguage(_("names"))
    place_kind = CodeField(_("kind of place"), vocabulary=PlaceKind)
    country = CodeField(_("country"), vocabulary=Country)
    region = models.CharField(_("region"), max_length=200, blank=True)
    address_for_letters = unsearched(
        models.TextField(_("address for letters"), blank=True)
    )

    kind = "facility"
    place = "facilities"
    ordered_by = ("country", "region")
    needs_citation = False  # an address book is looked up, not reported

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["country", "region", "id"]

    def __str__(self) -> str:
        language = get_language() or "en"
        return (
            self.names.get(language)
            or next(iter(self.names.values()), "")
            or str(_("facility without a name"))
        )
