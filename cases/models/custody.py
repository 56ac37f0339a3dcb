"""What was done to the person: taken, held, charged, sentenced."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from cases.models.base import Part
from cases.models.dates import EDTFField, ends_not_before_starts
from cases.models.declaring import outside_life, planned
from cases.models.events import HOMES, Facility
from cases.models.fields import CodeField, CodesField, LaterText
from cases.models.order import Ordered
from cases.models.prisoner import Prisoner
from cases.triggers import charges, sentences
from tracker.contract.vocabulary import (
    ChargeOutcome,
    Condition,
    Country,
    DetainingParty,
    DetentionGround,
    Instance,
    LegalForce,
    PlaceKind,
    Punishment,
    Regime,
    SentenceDecision,
    SentenceExecution,
    SentenceRuns,
    TransferReason,
    YesNo,
)
from tracker.dates import display


class Detention(Ordered):
    """One unbroken deprivation of liberty. Being moved does not break it."""

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="detentions", verbose_name=_("prisoner")
    )
    started_on = EDTFField(_("started"))
    ended_on = EDTFField(_("ended"))
    ground = CodeField(_("ground"), vocabulary=DetentionGround)
    authority = models.CharField(_("authority"), max_length=200, blank=True)
    detaining_party = CodeField(_("by whom held"), vocabulary=DetainingParty)
    arrest_country = CodeField(_("country of the arrest"), vocabulary=Country)
    arrest_region = LaterText(_("region of the arrest"), max_length=200)
    arrest_place_as_stated = LaterText(
        _("place of the arrest as stated by a source"),
        max_length=200,
        help_text=_("Such as: at work; at the border. Never the address of a home."),
    )
    term_days = models.PositiveIntegerField(
        _("ordered for, days"),
        null=True,
        blank=True,
        help_text=_("Of a short arrest: for how many days it was ordered."),
    )

    place = "detentions"

    class Meta:
        verbose_name = _("detention")
        verbose_name_plural = _("detentions")
        ordering = [F("started_on_earliest").asc(nulls_first=True), "id"]
        constraints = [
            ends_not_before_starts(
                "started_on",
                "ended_on",
                _("Ended: a detention cannot end before it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{display(self.started_on) or '?'} – {display(self.ended_on) or '?'}"


ON_LEAVE_SOMEWHERE = _(
    "Kind of place: of a temporary leave say the region at most, no facility and no"
    " place as stated."
)


class Placement(Part):
    """Where the person was held during a detention, and how; or that they were let out
    for some days, which does not end it.
    """

    detention = models.ForeignKey(
        Detention,
        models.CASCADE,
        related_name="placements",
        verbose_name=_("detention"),
    )
    facility = models.ForeignKey(
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("facility"),
    )
    place_kind = CodeField(_("kind of place"), vocabulary=PlaceKind)
    country = CodeField(_("country"), vocabulary=Country)
    region = LaterText(_("region"), max_length=200)
    place_as_stated = LaterText(
        _("place as stated by a source"),
        max_length=200,
        help_text=_("Where no facility is known. Never the address of a home."),
    )
    from_on = EDTFField(_("from"))
    to_on = EDTFField(_("to"))
    transfer_reason = CodeField(
        _("moved on because"),
        vocabulary=TransferReason,
        help_text=_("Only if the person was moved from here to another place."),
    )
    conditions = CodesField(_("conditions reported"), vocabulary=Condition)
    duration_as_stated = models.CharField(
        _("duration as stated by a source"), max_length=200, blank=True
    )

    root_path = "detention__prisoner"
    place = "placements"
    called_by = "facility"

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = [F("from_on_earliest").asc(nulls_first=True), "id"]
        constraints = [
            ends_not_before_starts(
                "from_on",
                "to_on",
                _("To: a placement cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(place_as_stated__isnull=True) | ~Q(place_kind__in=HOMES),
                name="placement_at_home_names_no_place",
                violation_error_message=_(
                    "Place as stated: of a home say the region at most."
                ),
            ),
            models.CheckConstraint(
                condition=Q(place_as_stated__isnull=True, facility__isnull=True)
                | Q(place_kind__isnull=True)
                | ~Q(place_kind=PlaceKind.ON_LEAVE),
                name="placement_on_leave_names_no_place",
                violation_error_message=ON_LEAVE_SOMEWHERE,
            ),
        ]

    def __str__(self) -> str:
        if self.facility:
            return str(self.facility)
        kind = self.get_place_kind_display()
        return str(kind or self.place_as_stated or _("place unknown"))


class DetentionOrder(Part):
    """By which the person is held without a charge: each renewal is another one."""

    detention = models.ForeignKey(
        Detention,
        models.CASCADE,
        related_name="orders",
        verbose_name=_("detention"),
    )
    ordered_on = EDTFField(_("ordered"))
    from_on = planned(EDTFField(_("from")))
    to_on = planned(EDTFField(_("to")))
    authority = models.CharField(_("ordered by"), max_length=200, blank=True)

    root_path = "detention__prisoner"
    place = "detention-orders"

    class Meta:
        verbose_name = _("order of detention")
        verbose_name_plural = _("orders of detention")
        ordering = [
            F("from_on_earliest").asc(nulls_first=True),
            F("ordered_on_earliest").asc(nulls_first=True),
            "id",
        ]
        constraints = [
            ends_not_before_starts(
                "from_on",
                "to_on",
                _("To: an order cannot end before it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{display(self.from_on) or '?'} – {display(self.to_on) or '?'}"


OUTCOME_SAID_TWICE = _(
    "Outcome: leave it empty where decisions say it. The last of them is how the charge stands."
)


class Charge(Part):
    """Its outcome stands in one place: in its decisions where their days are known,
    else in `outcome`.
    """

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="charges", verbose_name=_("prisoner")
    )
    code = models.CharField(
        _("law"),
        max_length=100,
        blank=True,
        help_text=_("Such as: Criminal Code of Belarus."),
    )
    article = models.CharField(_("article"), max_length=60, blank=True)
    label_as_stated = models.CharField(
        _("charge as stated by a source"), max_length=300, blank=True
    )
    brought_on = EDTFField(_("brought"))
    outcome = CodeField(
        _("outcome"),
        vocabulary=ChargeOutcome,
        help_text=_("Only where no day is known. Else add a decision."),
    )

    place = "charges"
    ordered_by = ("article",)

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        triggers = charges.says_no_outcome_beside_decisions()
        ordering = [F("brought_on_earliest").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(article="") | ~Q(label_as_stated=""),
                name="charge_says_what_for",
                violation_error_message=_(
                    "Charge as stated: give the article, or the charge as a source states it."
                ),
            )
        ]

    def clean(self) -> None:
        super().clean()
        decided = not self._state.adding and self.decisions.exists()
        if self.outcome and decided:
            raise ValidationError({"outcome": OUTCOME_SAID_TWICE})

    def __str__(self) -> str:
        return " ".join(filter(None, [self.article, self.label_as_stated]))


class ChargeDecision(Part):
    """What became of the charge on one day: a court or a prosecutor decided it, or
    decided it anew.
    """

    charge = models.ForeignKey(
        Charge, models.CASCADE, related_name="decisions", verbose_name=_("charge")
    )
    outcome = CodeField(_("outcome"), vocabulary=ChargeOutcome, null=False)
    decided_on = EDTFField(
        _("decided"),
        help_text=_("2025, 2025-09 or 2025-09-11; 2025-09/.. for then or later."),
    )
    instance = CodeField(_("instance"), vocabulary=Instance)
    authority = models.CharField(
        _("decided by"),
        max_length=200,
        blank=True,
        help_text=_("The court, or the authority, as a source calls it. No person."),
    )

    root_path = "charge__prisoner"
    place = "charge-decisions"

    class Meta:
        verbose_name = _("decision on a charge")
        verbose_name_plural = _("decisions on a charge")
        triggers = charges.stands_beside_no_outcome()
        ordering = [
            F("decided_on_earliest").asc(nulls_first=True),
            F("decided_on_latest").asc(nulls_last=True),
            "id",
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_on__isnull=False),
                name="chargedecision_has_a_day",
                violation_error_message=_(
                    "Decided: give the day, however vague. Where none is known, choose the outcome of the charge."
                ),
            )
        ]

    def clean(self) -> None:
        super().clean()
        charge = getattr(self, "charge", None)
        if charge is not None and charge.outcome:
            raise ValidationError({"outcome": OUTCOME_SAID_TWICE})

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {display(self.decided_on)}"


THREE_LETTERS = r"^[A-Z]{3}$"
NO_CURRENCY = _("Currency: say of which currency the amount is.")
MORE_THAN_THE_TERM = _(
    "To be served, whole months: no more is to be served than the whole term."
)
ENDS_BELOW = _("At most, whole months: a range cannot end below its start.")


class PunishmentFields(Part):
    """What a court orders, and how much of it."""

    punishment = CodeField(_("punishment"), vocabulary=Punishment)
    term_months = models.PositiveIntegerField(
        _("term, whole months"),
        null=True,
        blank=True,
        help_text=_("Of a range: at least."),
    )
    term_months_to = models.PositiveIntegerField(
        _("at most, whole months"),
        null=True,
        blank=True,
        help_text=_("Only of a range, such as “two to three years”."),
    )
    term_days = models.PositiveIntegerField(
        _("term, further days"), null=True, blank=True
    )
    term_as_stated = models.CharField(
        _("term as stated by a source"), max_length=200, blank=True
    )
    amount = models.PositiveBigIntegerField(
        _("amount"),
        null=True,
        blank=True,
        help_text=_("Of a fine, in whole units of its currency."),
    )
    currency = LaterText(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(THREE_LETTERS, _("Write three letters: BYN, EUR."))],
        help_text=_("Its three letters (ISO 4217), such as BYN or EUR."),
    )
    particulars_as_stated = LaterText(
        _("particulars as stated by a source"),
        max_length=300,
        help_text=_("Such as: 74 lashes; his car; may not work as a teacher."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(currency__isnull=False),
                name="%(class)s_amount_has_a_currency",
                violation_error_message=NO_CURRENCY,
            ),
            models.CheckConstraint(
                condition=Q(currency__isnull=True) | Q(currency__regex=THREE_LETTERS),
                name="%(class)s_currency_is_three_letters",
                violation_error_message=_(
                    "Currency: write three letters, such as EUR."
                ),
            ),
            models.CheckConstraint(
                condition=Q(term_months__isnull=True)
                | Q(term_months_to__isnull=True)
                | Q(term_months_to__gte=F("term_months")),
                name="%(class)s_term_months_to_not_below_term_months",
                violation_error_message=ENDS_BELOW,
            ),
        ]

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.amount is not None and not self.currency:
            errors["currency"] = NO_CURRENCY
        first, last = self.term_months, self.term_months_to
        if first is not None and last is not None and last < first:
            errors["term_months_to"] = ENDS_BELOW
        if errors:
            raise ValidationError(errors)


# What each link says where it leads back.
CIRCLES = {
    "replaces": _("Replaces: a sentence cannot replace itself through others."),
    "adds_to": _("Adds to: a sentence cannot add to itself through others."),
}


class Sentence(PunishmentFields, Ordered):
    """One decision of a court. The punishment that stands in it is the main one; what
    the same decision orders beside it are further punishments.
    """

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="sentences", verbose_name=_("prisoner")
    )
    court = models.CharField(_("court"), max_length=200, blank=True)
    handed_down_on = EDTFField(_("handed down"))
    in_force_on = planned(outside_life(EDTFField(_("in force"))))
    in_absentia = models.BooleanField(_("in absentia"), null=True, blank=True)
    closed_hearing = CodeField(_("closed hearing"), vocabulary=YesNo)
    charges = models.ManyToManyField(
        Charge, blank=True, related_name="sentences", verbose_name=_("charges")
    )
    decision = CodeField(_("decision"), vocabulary=SentenceDecision)
    enforceable_months = models.PositiveIntegerField(
        _("to be served, whole months"),
        null=True,
        blank=True,
        help_text=_("Only where the rest of the term is suspended."),
    )
    enforceable_days = models.PositiveIntegerField(
        _("to be served, further days"), null=True, blank=True
    )
    indeterminate = CodeField(
        _("is the length left open"),
        vocabulary=YesNo,
        help_text=_(
            "“Yes” where the court sets no fixed term, or only its bounds, and others"
            " decide when it ends."
        ),
    )
    hard_labour = CodeField(_("hard labour"), vocabulary=YesNo)
    execution = CodeField(_("served or not"), vocabulary=SentenceExecution)
    legal_force = CodeField(_("legal force"), vocabulary=LegalForce)
    set_aside_on = outside_life(EDTFField(_("set aside")))
    counted_from = EDTFField(_("counted from"))
    regime = CodeField(_("regime"), vocabulary=Regime)
    replaces = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    adds_to = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="added_by",
        verbose_name=_("adds to"),
    )
    runs = CodeField(_("served together"), vocabulary=SentenceRuns)

    place = "sentences"
    ordered_by = ("term_months",)
    comes_after = ("after", "replaces")

    class Meta(PunishmentFields.Meta):
        abstract = False
        verbose_name = _("sentence")
        verbose_name_plural = _("sentences")
        triggers = sentences.in_no_circle("replaces", "adds_to")
        ordering = [F("handed_down_on_earliest").asc(nulls_first=True), "id"]
        constraints = [
            *PunishmentFields.Meta.constraints,
            ends_not_before_starts(
                "handed_down_on",
                "in_force_on",
                _("In force: a sentence cannot be in force before it is handed down."),
            ),
            models.CheckConstraint(
                condition=(Q(replaces__isnull=True) | ~Q(replaces=F("id")))
                & (Q(adds_to__isnull=True) | ~Q(adds_to=F("id"))),
                name="sentence_does_not_replace_itself",
                violation_error_message=_(
                    "Replaces: a sentence cannot replace itself or add to itself."
                ),
            ),
            models.CheckConstraint(
                condition=Q(enforceable_months__isnull=True)
                | Q(term_months__isnull=True, term_months_to__isnull=True)
                | Q(enforceable_months__lte=Greatest("term_months", "term_months_to")),
                name="sentence_enforceable_months_within_the_term",
                violation_error_message=MORE_THAN_THE_TERM,
            ),
        ]

    def clean(self) -> None:
        for name in CIRCLES:
            if self._is_its_own(name):
                raise ValidationError({name: CIRCLES[name]})
        term = max(self.term_months or 0, self.term_months_to or 0)
        if term and (self.enforceable_months or 0) > term:
            raise ValidationError({"enforceable_months": MORE_THAN_THE_TERM})
        super().clean()

    def _is_its_own(self, name: str) -> bool:
        """The database asks, too: cases/triggers/sentences.py."""
        met = set()
        ahead = [getattr(self, name)]
        while ahead:
            earlier = ahead.pop()
            if earlier is None or earlier.pk in met:
                continue
            if earlier.pk == self.pk:
                return True
            met.add(earlier.pk)
            ahead += [getattr(earlier, link) for link in CIRCLES]
        return False

    def __str__(self) -> str:
        return " ".join(
            filter(
                None,
                [
                    self.get_punishment_display() or str(_("sentence")),
                    self.term_as_stated,
                ],
            )
        )


class FurtherPunishment(PunishmentFields):
    """What a decision orders beside its main punishment: a fine beside imprisonment, a
    ban, exile, lashes.
    """

    sentence = models.ForeignKey(
        Sentence,
        models.CASCADE,
        related_name="further_punishments",
        verbose_name=_("sentence"),
    )

    root_path = "sentence__prisoner"
    place = "further-punishments"

    class Meta(PunishmentFields.Meta):
        abstract = False
        verbose_name = _("further punishment")
        verbose_name_plural = _("further punishments")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return " ".join(
            filter(
                None,
                [
                    self.get_punishment_display() or str(_("punishment")),
                    self.term_as_stated,
                ],
            )
        )


class SentenceCharge(Sentence.charges.through):  # type: ignore[name-defined]
    """The links between sentences and charges; here only for triggers and history."""

    called = _("charge of a sentence")

    class Meta:
        proxy = True
