"""How the person came out, and where they were sent."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.custody import THREE_LETTERS
from cases.models.dates import EDTFField, ends_not_before_starts
from cases.models.declaring import decided, outside_life
from cases.models.events import Facility, ReleaseEvent
from cases.models.fields import CodeField, CodesField, LaterText
from cases.models.order import Ordered
from cases.models.prisoner import Prisoner
from tracker.contract.vocabulary import (
    Country,
    DeportationOutcome,
    NarrowedVisibility,
    OwnNational,
    PassportFate,
    ReleaseGround,
    ReleaseRestriction,
    SightingHow,
    YesNo,
)
from tracker.dates import display

NEVER_LET_OUT = _("Released: a release that was not carried out has no such day.")
NO_CURRENCY_OF_BAIL = _("Currency of the bail: say of which currency the amount is.")


class Release(Ordered):
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
    ordered_on = EDTFField(_("ordered"))
    carried_out = CodeField(
        _("was it carried out"),
        vocabulary=YesNo,
        help_text=_("“No” where it was ordered, and the person was not let out."),
    )
    restrictions = CodesField(_("restrictions"), vocabulary=ReleaseRestriction)
    bail_amount = models.PositiveBigIntegerField(
        _("amount of bail"),
        null=True,
        blank=True,
        help_text=_("In whole units of its currency."),
    )
    bail_currency = LaterText(
        _("currency of the bail"),
        max_length=3,
        validators=[RegexValidator(THREE_LETTERS, _("Write three letters: BYN, EUR."))],
        help_text=_("Its three letters (ISO 4217), such as BYN or EUR."),
    )
    conditions = models.TextField(_("conditions"), blank=True)
    revoked_on = outside_life(
        EDTFField(
            _("revoked"),
            help_text=_("When a pardon, parole or bail was taken back."),
        )
    )
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
        constraints = [
            models.CheckConstraint(
                condition=Q(carried_out__isnull=True)
                | ~Q(carried_out="no")
                | Q(released_on__isnull=True),
                name="release_not_carried_out_has_no_day",
                violation_error_message=NEVER_LET_OUT,
            ),
            models.CheckConstraint(
                condition=Q(bail_amount__isnull=True) | Q(bail_currency__isnull=False),
                name="release_bail_amount_has_a_currency",
                violation_error_message=NO_CURRENCY_OF_BAIL,
            ),
            models.CheckConstraint(
                condition=Q(bail_currency__isnull=True)
                | Q(bail_currency__regex=THREE_LETTERS),
                name="release_bail_currency_is_three_letters",
                violation_error_message=_(
                    "Currency of the bail: write three letters, such as EUR."
                ),
            ),
            ends_not_before_starts(
                "ordered_on",
                "released_on",
                _("Released: nobody is let out before that is ordered."),
            ),
            ends_not_before_starts(
                "released_on",
                "revoked_on",
                _("Revoked: a release cannot be revoked before it happens."),
            ),
        ]

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.carried_out == "no" and self.released_on:
            errors["released_on"] = NEVER_LET_OUT
        if self.bail_amount is not None and not self.bail_currency:
            errors["bail_currency"] = NO_CURRENCY_OF_BAIL
        if errors:
            raise ValidationError(errors)

    def __str__(self) -> str:
        if self.carried_out == "no":
            return str(_("release that was not carried out"))
        return " ".join(filter(None, [str(_("released")), display(self.released_on)]))


class Deportation(Ordered):
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
    deported_on = EDTFField(_("expelled on"))
    outcome = CodeField(_("outcome"), vocabulary=DeportationOutcome)
    from_country = CodeField(_("from country"), vocabulary=Country)
    to_country = CodeField(_("to country"), vocabulary=Country)
    from_place = LaterText(_("from which place"), max_length=200)
    to_place = LaterText(
        _("to which place"),
        max_length=200,
        help_text=_("Where the journey ended. Never where the person lives now."),
    )
    crossing = models.CharField(_("border crossing"), max_length=200, blank=True)
    coercion = models.CharField(
        _("coercion"),
        max_length=300,
        blank=True,
        help_text=_("How the person was made to leave, as sources state it."),
    )
    voluntary = CodeField(
        _("is it called voluntary"),
        vocabulary=YesNo,
        help_text=_("Cite who calls it so: sources seldom agree."),
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
    comes_after = ("after", "release")

    class Meta:
        verbose_name = _("expulsion")
        verbose_name_plural = _("expulsions")
        ordering = [models.F("deported_on_earliest").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return " ".join(
            filter(
                None,
                [
                    self.get_outcome_display() or str(_("expulsion")),
                    display(self.deported_on),
                ],
            )
        )


class Whereabouts(Ordered):
    """No one has heard from the person since. Missing is only who, as a source says, is
    at no known place.
    """

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="whereabouts", verbose_name=_("prisoner")
    )
    last_seen_on = EDTFField(_("last seen"))
    last_seen_where = models.CharField(_("last seen where"), max_length=200, blank=True)
    no_contact_since = outside_life(EDTFField(_("no contact since")))
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
        day = display(self.last_seen_on)
        return " ".join(filter(None, [str(_("last seen")), day, self.last_seen_where]))


class Sighting(Ordered):
    """The person was heard of or seen, and so was alive. Few people know of a letter or
    a visit: it stays inside until somebody decides otherwise.
    """

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="sightings", verbose_name=_("prisoner")
    )
    heard_on = EDTFField(
        _("heard of or seen"),
        help_text=_(
            "2025, 2025-09 or 2025-09-11. Outside it is told to the month, where few people could know of the day."
        ),
    )
    how = CodeField(_("how"), vocabulary=SightingHow)
    heard_where = models.CharField(_("where"), max_length=200, blank=True)
    facility = models.ForeignKey(
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sightings",
        verbose_name=_("facility"),
    )
    visibility = decided(
        CodeField(
            _("visible to"),
            vocabulary=NarrowedVisibility,
            default=NarrowedVisibility.INTERNAL,
            db_default=NarrowedVisibility.INTERNAL,
            help_text=_(
                "Inside only when new. Leave empty for: as visible as the case itself."
                " Making it narrower takes effect at once."
            ),
        )
    )

    place = "sightings"

    class Meta:
        verbose_name = _("sighting")
        verbose_name_plural = _("heard of or seen")
        ordering = [models.F("heard_on_earliest").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        how = self.get_how_display()
        told = [display(self.heard_on), how, self.heard_where]
        return " ".join(filter(None, told)) or str(_("heard of or seen"))
