"""How the person came out, and where they were sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.models.events import ReleaseEvent
from cases.models.fields import CodeField
from cases.models.prisoner import Prisoner
from tracker.contract.vocabulary import (
    Country,
    DeportationOutcome,
    OwnNational,
    PassportFate,
    ReleaseGround,
    YesNo,
)


class Release(Part):
    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="releases", verbose_name=_("prisoner")
    )
    release_event = models.ForeignKey(
        ReleaseEvent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="releases",
        verbose_name=_("release event"),
    )
    released_on = EDTFField(_("released"))
    ground = CodeField(_("ground"), vocabulary=ReleaseGround)
    to_liberty = CodeField(_("to liberty"), vocabulary=YesNo)
    conditions = models.TextField(_("conditions"), blank=True)
    remaining_months = models.PositiveIntegerField(
        _("remaining term, whole months"), null=True, blank=True
    )
    remaining_days = models.PositiveIntegerField(
        _("remaining term, further days"), null=True, blank=True
    )
    remaining_as_stated = models.CharField(
        _("remaining term as stated by a source"), max_length=200, blank=True
    )

    place = "releases"
    ordered_by = ("remaining_months",)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = [models.F("released_on_earliest").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return " ".join(filter(None, [str(_("released")), self.released_on]))


class Deportation(Part):
    """One attempt to send the person out of a country, whether it succeeded or not."""

    prisoner = models.ForeignKey(
        Prisoner,
        models.CASCADE,
        related_name="deportations",
        verbose_name=_("prisoner"),
    )
    release = models.ForeignKey(
        Release,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="deportations",
        verbose_name=_("release"),
    )
    deported_on = EDTFField(_("deported"))
    outcome = CodeField(_("outcome"), vocabulary=DeportationOutcome)
    from_country = CodeField(_("from country"), vocabulary=Country)
    to_country = CodeField(_("to country"), vocabulary=Country)
    crossing = models.CharField(_("border crossing"), max_length=200, blank=True)
    coercion = models.CharField(
        _("coercion"),
        max_length=300,
        blank=True,
        help_text=_("How the person was made to leave, as sources state it."),
    )
    own_national = CodeField(_("own national"), vocabulary=OwnNational)
    passport_fate = CodeField(_("fate of the passport"), vocabulary=PassportFate)
    replacement_document = models.CharField(
        _("replacement document"), max_length=200, blank=True
    )
    document_issuer = models.CharField(
        _("issuer of that document"), max_length=200, blank=True
    )
    document_handed_over_by = models.CharField(
        _("who handed it over"), max_length=200, blank=True
    )
    valid_identity_document = CodeField(
        _("is it a valid identity document"), vocabulary=YesNo
    )
    may_return = CodeField(_("may return"), vocabulary=YesNo)

    place = "deportations"

    class Meta:
        verbose_name = _("deportation")
        verbose_name_plural = _("deportations")
        ordering = [models.F("deported_on_earliest").asc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__isnull=True)
                | ~Q(outcome="expelled")
                | Q(to_country__isnull=False),
                name="deportation_names_its_destination",
                violation_error_message=_(
                    "To country: an expulsion needs the country of destination."
                ),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(
            filter(
                None,
                [self.get_outcome_display() or str(_("deportation")), self.deported_on],
            )
        )


class Whereabouts(Part):
    """No one has heard from the person since. Missing is only who, as a source says, is
    at no known place.
    """

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="whereabouts", verbose_name=_("prisoner")
    )
    last_seen_on = EDTFField(_("last seen"))
    last_seen_where = models.CharField(_("last seen where"), max_length=200, blank=True)
    no_contact_since = EDTFField(_("no contact since"))
    place_known = CodeField(
        _("is it known where the person is"),
        vocabulary=YesNo,
        help_text=_("“No” only where a source says that nobody knows."),
    )

    place = "whereabouts"

    class Meta:
        verbose_name = _("whereabouts unknown")
        verbose_name_plural = _("whereabouts unknown")
        ordering = [models.F("last_seen_on_earliest").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return " ".join(
            filter(None, [str(_("last seen")), self.last_seen_on, self.last_seen_where])
        )
