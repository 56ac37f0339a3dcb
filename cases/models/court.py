"""What a court deals with as one case, which may be about several people."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import Part, Root
from cases.models.custody import Charge, Sentence
from cases.models.dates import EDTFField
from cases.models.declaring import unexported, unsearched
from cases.models.fields import CodeField
from cases.models.prisoner import Prisoner
from cases.models.searched import parts_of_text
from cases.triggers.court import person_leaves_court_case
from tracker.contract.vocabulary import (
    CourtCaseOutcome,
    CourtStage,
    HearingEvent,
    YesNo,
)
from tracker.dates import display


class CourtCase(Root):
    """Nobody outside is told of it but through a person in it: who sees that person by
    name, and that they are in it (cases/disclosure/court.py).
    """

    number = models.CharField(
        _("number"),
        max_length=200,
        blank=True,
        help_text=_("As the court, or the prosecution, writes it."),
    )
    court = models.CharField(_("court"), max_length=200, blank=True)
    stage = CodeField(
        _("stage"), vocabulary=CourtStage, help_text=_("As far as is known.")
    )
    outcome = CodeField(
        _("outcome"),
        vocabulary=CourtCaseOutcome,
        help_text=_(
            "Of the court case as a whole. What became of each person is entered with the person."
        ),
    )

    kind = "court_case"
    place = "court-cases"
    ordered_by = ("number", "court")

    class Meta:
        verbose_name = _("court case")
        verbose_name_plural = _("court cases")
        ordering = ["number", "court", "id"]
        indexes = [parts_of_text("number", "court", name="courtcase_search")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(number="") | ~Q(court=""),
                name="courtcase_has_a_number_or_a_court",
                violation_error_message=_("Number: give the number, or the court."),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.number, self.court]))


def _official(name: Any) -> models.CharField:
    """Told only where the organisation publishes officials, on a court document or on
    two independent sources (cases/disclosure/officials.py). No list asks by it, and
    none leaves the desk with it: that would be an index of officials.
    """
    return unexported(
        unsearched(
            models.CharField(
                name,
                max_length=300,
                blank=True,
                help_text=_(
                    "Name and office on that day. Readers are told only if your"
                    " organisation publishes it, and only if a court document or two"
                    " independent sources are cited for it."
                ),
            )
        )
    )


class Hearing(Part):
    """One day in court, of all the people in the case."""

    court_case = models.ForeignKey(
        CourtCase,
        models.CASCADE,
        related_name="hearings",
        verbose_name=_("court case"),
    )
    held_on = EDTFField(_("held"))
    what_happened = CodeField(_("what happened"), vocabulary=HearingEvent)
    closed_hearing = CodeField(_("closed hearing"), vocabulary=YesNo)
    judge = _official(_("judge"))
    prosecutor = _official(_("prosecutor"))

    root_path = "court_case"
    place = "hearings"

    class Meta:
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        ordering = [F("held_on_earliest").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return " ".join(
            filter(
                None,
                [
                    display(self.held_on),
                    str(self.get_what_happened_display() or _("hearing")),
                ],
            )
        )


class Prosecution(Part):
    """That the person is in a court case: on which of their charges, with which of
    their sentences.
    """

    prisoner = models.ForeignKey(
        Prisoner,
        models.CASCADE,
        related_name="prosecutions",
        verbose_name=_("prisoner"),
    )
    court_case = models.ForeignKey(
        CourtCase,
        models.PROTECT,
        related_name="prosecutions",
        verbose_name=_("court case"),
    )
    charges = models.ManyToManyField(
        Charge, blank=True, related_name="prosecutions", verbose_name=_("charges")
    )
    sentences = models.ManyToManyField(
        Sentence, blank=True, related_name="prosecutions", verbose_name=_("sentences")
    )

    place = "prosecutions"
    called_by = "court_case"

    class Meta:
        verbose_name = _("person in a court case")
        verbose_name_plural = _("court cases of a person")
        ordering = ["created_at", "id"]
        triggers = person_leaves_court_case()
        constraints = [
            models.UniqueConstraint(
                fields=["prisoner", "court_case"],
                name="prosecution_is_one_of_person_and_court_case",
                violation_error_message=_("Court case: this person is in it already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.court_case)


class ProsecutionCharge(Prosecution.charges.through):  # type: ignore[name-defined]
    """The links between a person's court cases and charges; here only for triggers and
    history.
    """

    called = _("charge of a person in a court case")

    class Meta:
        proxy = True


class ProsecutionSentence(Prosecution.sentences.through):  # type: ignore[name-defined]
    """The links between a person's court cases and sentences; here only for triggers
    and history.
    """

    called = _("sentence of a person in a court case")

    class Meta:
        proxy = True
