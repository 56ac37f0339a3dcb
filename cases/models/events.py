"""What stands beside people: releases of many at once, and the places where people are
held.
"""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models.base import Root
from cases.models.dates import EDTFField
from cases.models.declaring import filed, unsearched
from cases.models.fields import CodeField, CodesField, LaterText
from cases.models.texts import TextByLanguage
from tracker.contract.vocabulary import (
    Country,
    NationalityEvent,
    PassportFate,
    PlaceKind,
    ReleaseGround,
    YesNo,
)

# A place of these kinds is somebody's home.
HOMES = (PlaceKind.HOUSE_ARREST, PlaceKind.HOME_CONFINEMENT)
# Where exactly these stand is no secret. Of every other kind, such as a hospital or a
# shelter, it would tell where one person can be found.
WITH_COORDINATES = (
    PlaceKind.POLICE_CUSTODY,
    PlaceKind.PRE_TRIAL_CENTRE,
    PlaceKind.PENAL_COLONY,
    PlaceKind.PRISON,
    PlaceKind.CAMP,
    PlaceKind.JUVENILE_INSTITUTION,
    PlaceKind.MILITARY_FACILITY,
)
# Latitude and longitude as in ISO 6709, in decimal degrees.
DEGREES = (
    r"^-?(90(\.0+)?|[1-8]?[0-9](\.[0-9]+)?), "
    r"-?(180(\.0+)?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]+)?)$"
)
IN_DEGREES = _("Write the latitude and then the longitude: 53.9006, 27.5590.")


def _text(name: Any) -> models.CharField:
    """Added to a table with a history, which has NULL for the time before."""
    return models.CharField(name, max_length=200, null=True, blank=True)


class ReleaseEvent(Root):
    title = filed(models.CharField(_("title"), max_length=300))
    occurred_on = EDTFField(_("occurred"))
    brokered_by = models.CharField(_("brokered by"), max_length=300, blank=True)
    ground = CodeField(
        _("ground"),
        vocabulary=ReleaseGround,
        help_text=_("As it is said of the whole group."),
    )
    concessions = models.TextField(
        _("concessions"), blank=True, help_text=_("What was given in return.")
    )
    exchange = CodeField(_("exchange of prisoners"), vocabulary=YesNo)
    exchange_sides = CodesField(
        _("sides of the exchange"),
        vocabulary=Country,
        help_text=_("The countries that let people go."),
    )
    destinations = CodesField(
        _("destinations"),
        vocabulary=Country,
        help_text=_("The countries to which people of the group went."),
    )
    from_place = _text(_("from which place"))
    to_place = _text(_("to which place"))
    # What is said of the papers of the group, and of none of them by name.
    passport_fate = CodeField(_("fate of the passports"), vocabulary=PassportFate)
    replacement_document = _text(_("paper handed over instead"))
    document_issuer = _text(_("issuer of that paper"))
    document_handed_over_by = _text(_("who handed it over"))
    valid_identity_document = CodeField(
        _("is it a valid identity document"), vocabulary=YesNo
    )
    may_return = CodeField(_("may they return"), vocabulary=YesNo)
    nationality_event = CodeField(
        _("what became of the nationality"),
        vocabulary=NationalityEvent,
        help_text=_("As it is said of the whole group."),
    )
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
    official = CodeField(
        _("official place of detention"),
        vocabulary=YesNo,
        help_text=_("Does the state say itself that it holds people there?"),
    )
    coordinates = unsearched(
        LaterText(
            _("coordinates"),
            max_length=40,
            validators=[RegexValidator(DEGREES, IN_DEGREES)],
            help_text=_(
                "Only of an official place, and never of a home or a hospital:"
                " 53.9006, 27.5590."
            ),
        )
    )
    address_for_letters = unsearched(
        models.TextField(_("address for letters"), blank=True)
    )
    letters_arrive = CodeField(
        _("letters arrive"),
        vocabulary=YesNo,
        help_text=_(
            "Yes only if somebody who was held there, or who wrote there, says so. The"
            " page of a case then tells how to write, if a consent to letters allows it."
        ),
    )

    kind = "facility"
    place = "facilities"
    ordered_by = ("country", "region")
    needs_citation = False  # an address book is looked up, not reported

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["country", "region", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(coordinates__isnull=True)
                | Q(official=YesNo.YES, official__isnull=False)
                & Q(place_kind__in=WITH_COORDINATES, place_kind__isnull=False),
                name="facility_with_coordinates_is_official",
                violation_error_message=_(
                    "Coordinates: only an official place has them: a police station, a"
                    " remand centre, a prison, a colony, a camp. Of others, such as a"
                    " home or a hospital, say the region at most."
                ),
            ),
            models.CheckConstraint(
                condition=Q(coordinates__isnull=True) | Q(coordinates__regex=DEGREES),
                name="facility_coordinates_are_degrees",
                violation_error_message=_(
                    "Coordinates: write the latitude and then the longitude in degrees,"
                    " such as 53.9006, 27.5590."
                ),
            ),
        ]

    def __str__(self) -> str:
        language = get_language() or "en"
        return (
            self.names.get(language)
            or next(iter(self.names.values()), "")
            or str(_("facility without a name"))
        )
