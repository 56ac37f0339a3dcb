"""A source's word for one fact: which record, which field of it, what the source
states, and who it says said so.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import Part, Record
from cases.models.count import ListedName, ReportedCount
from cases.models.court import CourtCase, Hearing, Prosecution
from cases.models.custody import (
    Charge,
    ChargeDecision,
    Detention,
    DetentionOrder,
    FurtherPunishment,
    Placement,
    Sentence,
)
from cases.models.dates import EDTFField
from cases.models.declaring import (
    Mark,
    citable_fields,
    cited,
    inside,
    is_marked,
    outside_life,
    unsearched,
)
from cases.models.events import Facility, ReleaseEvent
from cases.models.fields import CodeField, add_constraint
from cases.models.nationality import NationalityChange
from cases.models.prisoner import (
    Consent,
    Designation,
    Identifier,
    PersonalDetail,
    PersonName,
    Prisoner,
    Recognition,
)
from cases.models.release import Deportation, Release, Sighting, Whereabouts
from cases.models.searched import parts_of_text
from cases.models.source import Claimant, Source
from tracker.clock import last_day_on_earth
from tracker.contract.vocabulary import Credibility, Hedge
from tracker.dates import bounds


def _target(model: type[Record], verbose_name: Any = None) -> models.ForeignKey:
    """To a record that a citation may be of. The lists of a case stand in the order of
    these.
    """
    return cited(
        models.ForeignKey(
            model,
            models.CASCADE,
            null=True,
            blank=True,
            related_name="citations",
            verbose_name=verbose_name or model._meta.verbose_name,
        )
    )


class Citation(Part):
    prisoner = _target(Prisoner)
    person_name = _target(PersonName)
    identifier = _target(Identifier)
    recognition = _target(Recognition)
    designation = _target(Designation)
    personal_detail = _target(PersonalDetail)
    consent = _target(Consent)
    detention = _target(Detention)
    placement = _target(Placement)
    detention_order = _target(DetentionOrder)
    charge = _target(Charge)
    charge_decision = _target(ChargeDecision)
    sentence = _target(Sentence)
    further_punishment = _target(FurtherPunishment)
    release = _target(Release)
    deportation = _target(Deportation)
    whereabouts = _target(Whereabouts)
    sighting = _target(Sighting)
    nationality_change = _target(NationalityChange)
    prosecution = _target(Prosecution)
    court_case = _target(CourtCase)
    hearing = _target(Hearing)
    listed_name = _target(ListedName)
    release_event = _target(ReleaseEvent)
    facility = _target(Facility)
    reported_count = _target(ReportedCount)
    about_source = _target(Source, _("source described"))
    # Filled by the database from the record cited, so that a case's citations are one
    # query. NULL only within a transaction that has not yet brought that record.
    root_kind = models.CharField(
        _("kind of case"), max_length=40, blank=True, editable=False
    )
    root_id = models.UUIDField(
        _("case"), null=True, blank=True, editable=False, db_index=True
    )

    field = models.CharField(
        _("field"),
        max_length=60,
        blank=True,
        help_text=_("Which fact of the record. Empty: the record as a whole."),
    )
    item = models.CharField(
        _("item"),
        max_length=60,
        blank=True,
        help_text=_("Of a list, such as occupations: which entry."),
    )
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="cited_by", verbose_name=_("source")
    )
    locator = models.CharField(_("where in the source"), max_length=200, blank=True)
    quote = unsearched(
        models.TextField(_("quote"), blank=True, help_text=_("A few words at most."))
    )
    states = unsearched(
        models.JSONField(
            _("what this source states"),
            null=True,
            blank=True,
            help_text=_(
                "Only where it differs from the record, or once differed: 48, “2025-09-01”. Empty: as the record."
            ),
        )
    )
    as_of = outside_life(
        EDTFField(
            _("as of"),
            help_text=_("The day of which the source speaks, if it says so."),
        )
    )
    still_so = models.BooleanField(
        _("still so when published"),
        null=True,
        blank=True,
        help_text=_(
            "The words cited say that it was still so on the day on which the source was published."
        ),
    )
    claimant = models.ForeignKey(
        Claimant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="citations",
        verbose_name=_("who says so"),
    )
    hedge = CodeField(
        _("how surely"), vocabulary=Hedge, null=False, default=Hedge.STATED
    )
    credibility = inside(
        CodeField(
            _("credibility"), vocabulary=Credibility, help_text=_("Never published.")
        )
    )

    place = "citations"
    ordered_by = ("field",)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["created_at", "id"]
        indexes = [parts_of_text("quote", "locator", name="citation_search")]
        constraints = [
            models.CheckConstraint(
                condition=Q(item="") | ~Q(field=""),
                name="citation_of_an_item_names_its_field",
                violation_error_message=_("Item: say of which field."),
            ),
        ]

    def __str__(self) -> str:
        facts = citable_fields(TARGETS[self.target_name]) if self.target_name else {}
        fact = (
            facts[self.field].verbose_name
            if self.field in facts
            else _("the record as a whole")
        )
        return f"{fact} ← {self.source if self.source_id else '?'}"

    @property
    def target_name(self) -> str | None:
        """The foreign key that is set; None if none is, or several are."""
        named = [name for name in TARGETS if getattr(self, f"{name}_id")]
        return named[0] if len(named) == 1 else None

    @property
    def record(self) -> Any:
        return getattr(self, self.target_name) if self.target_name else None

    @property
    def root(self) -> Any:
        return getattr(self.record, "root", self.record)

    def clean(self) -> None:
        super().clean()
        self.still_so = self.still_so or None  # a tick, or nothing said
        self._clean_as_of()
        if self.target_name is None:
            return  # the constraint says so
        facts = citable_fields(TARGETS[self.target_name])
        if self.field and self.field not in facts:
            raise ValidationError(
                {
                    "field": _(
                        "“%(field)s” is not a field of this record; it has: %(known)s."
                    )
                    % {"field": self.field, "known": ", ".join(facts)}
                }
            )
        if self.states is None:
            return
        if not self.field:
            raise ValidationError(
                {"states": _("Say of which field this is the value.")}
            )
        self._clean_states(facts[self.field])

    def _clean_as_of(self) -> None:
        """The database asks, too: cases/triggers/sourcing.py."""
        if not self.as_of:
            return
        try:
            earliest, _latest = bounds(self.as_of)
        except ValidationError:
            return  # its field says so
        if earliest and earliest > last_day_on_earth():
            raise ValidationError(
                {"as_of": _("As of: a source speaks of no day that is still to come.")}
            )

    def _clean_states(self, fact: models.Field) -> None:
        """What a source states is typed as the field is; of a list, one item or the
        whole.
        """
        value = [self.states] if self.item else self.states
        if isinstance(fact, models.BooleanField | models.IntegerField) and isinstance(
            value, str
        ):
            raise ValidationError(
                {
                    "states": _(
                        "Write what the source states as a number, or true or false."
                    )
                }
            )
        try:
            fact.clean(value, self.record)
        except ValidationError as error:
            raise ValidationError({"states": error.messages}) from error


# The records that a citation may point at: the name of its foreign key, and the model.
TARGETS: dict[str, type[Record]] = {}
for _field in Citation._meta.concrete_fields:
    if is_marked(_field, Mark.CITED):
        _cited: Any = _field.remote_field
        TARGETS[_field.name] = _cited.model

add_constraint(
    Citation,
    models.CheckConstraint(
        condition=Q(
            models.lookups.Exact(
                models.Func(
                    *TARGETS,
                    function="num_nonnulls",
                    output_field=models.IntegerField(),
                ),
                1,
            )
        ),
        name="citation_is_of_exactly_one_record",
        violation_error_message=_("Record: a citation is of exactly one record."),
    ),
)
