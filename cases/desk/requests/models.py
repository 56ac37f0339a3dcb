"""Requests of people, and all that was done about each. They stand beside the record:
they are in no edition and no history, and the publisher's login cannot read them.

Rows are only added. A request is what came in; each step after it is a row of its own,
with who took it and when, and brings the request's columns up to date by a trigger. So
two colleagues overwrite nothing of each other's, and what was done stays to be read.

`root_kind` and `root_id` say which case or source it is about, once somebody knows.
Whoever does not see that case sees neither request nor steps (cases/named/views.py).
"""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.fields import CodeField
from cases.triggers.acting import named_is_who_acts
from cases.triggers.owner import OwnersTrigger, stamped


class RequestKind(models.TextChoices):
    REMOVAL = "removal", _("take something out")
    CORRECTION = "correction", _("correct something")
    ACCESS = "access", _("see what is recorded")


class Asker(models.TextChoices):
    THEMSELVES = "themselves", _("whom it is about")
    FAMILY = "family", _("a relative")
    LAWYER = "lawyer", _("a lawyer, or somebody else who speaks for them")
    OTHER = "other", _("somebody else")
    NOT_SAID = "not_said", _("they did not say")


class Way(models.TextChoices):
    MAIL = "mail", _("e-mail")
    MESSAGE = "message", _("messenger")
    TELEPHONE = "telephone", _("telephone")
    LETTER = "letter", _("letter")
    IN_PERSON = "in_person", _("in person")
    PARTNER = "partner", _("through a partner")
    OTHER = "other", _("another way")


class Outcome(models.TextChoices):
    DONE = "done", _("done as asked")
    PARTLY = "partly", _("done in part")
    REFUSED = "refused", _("refused")
    TAKEN_BACK = "taken_back", _("they took it back")
    MISTAKE = "mistake", _("entered by mistake")


class StepKind(models.TextChoices):
    NOTE = "note", _("note")
    ABOUT = "about", _("which case it is about")
    HANDED = "handed", _("handed over")
    EXTENDED = "extended", _("given more time")
    ANSWERED = "answered", _("answered")


def _colleague(label: Any, *, optional: bool = False) -> models.ForeignKey:
    """An account is never deleted, and so is always there to be named."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=optional,
        blank=optional,
        related_name="+",
        verbose_name=label,
    )


def _at(label: Any) -> models.DateTimeField:
    """By the clock of the database."""
    return models.DateTimeField(label, db_default=Now())


class SubjectRequest(models.Model):
    """What came in. Who asked and where to reach them stands apart (Contact): it is
    forgotten before the rest.
    """

    id = models.BigAutoField(primary_key=True)
    kind = CodeField(_("what they ask"), vocabulary=RequestKind, null=False)
    asked_by = CodeField(_("who asks"), vocabulary=Asker, null=False)
    received_on = models.DateField(_("came in on"))
    way = CodeField(_("by which way"), vocabulary=Way, null=False)
    text = models.TextField(
        _("what exactly"),
        help_text=_(
            "In your words, for colleagues. Never published. Who asks stands below and"
            " not here: this stays after that is forgotten."
        ),
    )
    due_on = models.DateField(_("answer by"))
    # From here on written by the steps alone.
    root_kind = models.CharField(_("kind of record"), max_length=60, blank=True)
    root_id = models.UUIDField(_("case"), null=True, blank=True)
    colleague = _colleague(_("who handles it"), optional=True)
    extended = models.BooleanField(_("was given more time"), default=False)
    outcome = CodeField(_("what was decided"), vocabulary=Outcome)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    written_by = _colleague(_("written by"))
    written_at = _at(_("written"))

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("request of a person")
        verbose_name_plural = _("requests of people")
        ordering = ["due_on", "id"]
        default_permissions = ("view", "add", "change")
        indexes = [
            models.Index(fields=["root_id"], name="requests_of_case"),
            models.Index(
                fields=["due_on"],
                condition=Q(answered_on__isnull=True),
                name="requests_to_answer",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("received_on")),
                name="request_is_due_after_it_came",
                violation_error_message=_("Answer by: not before it came in."),
            ),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, answered_on__isnull=True)
                | Q(outcome__isnull=False, answered_on__gte=F("received_on")),
                name="request_is_answered_with_an_outcome",
                violation_error_message=_(
                    "Answered: say what was decided, and a day after it came in."
                ),
            ),
            models.CheckConstraint(
                condition=Q(root_kind="", root_id__isnull=True)
                | (~Q(root_kind="") & Q(root_id__isnull=False)),
                name="request_is_about_a_kind_of_record",
                violation_error_message=_("Case: name its kind and its id."),
            ),
        ]
        triggers = [named_is_who_acts("written_by_id"), stamped("written_at")]

    def __str__(self) -> str:
        return f"№ {self.pk}: {self.get_kind_display()}"


# One after another, and by the request as it stands now: of two colleagues who answer it
# at once, one is refused.
TAKE_STEP = OwnersTrigger(
    name="take_step",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("asked", "requests_subjectrequest%ROWTYPE")],
    func="""
        SELECT * INTO STRICT asked FROM requests_subjectrequest
            WHERE id = NEW.request_id FOR UPDATE;
        IF asked.answered_on IS NOT NULL AND NEW.what NOT IN ('note', 'about') THEN
            RAISE check_violation USING CONSTRAINT = 'request_is_answered_once',
                MESSAGE = 'the request has been answered';
        END IF;
        IF NEW.what = 'extended' AND (asked.extended OR NEW.until <= asked.due_on) THEN
            RAISE check_violation USING CONSTRAINT = 'request_is_extended_once',
                MESSAGE = 'a request is given more time once';
        END IF;
        UPDATE requests_subjectrequest SET
            root_kind = CASE NEW.what WHEN 'about' THEN NEW.record_kind ELSE root_kind END,
            root_id = CASE NEW.what WHEN 'about' THEN NEW.record_id ELSE root_id END,
            colleague_id = CASE NEW.what WHEN 'handed' THEN NEW.colleague_id ELSE colleague_id END,
            extended = extended OR NEW.what = 'extended',
            due_on = CASE NEW.what WHEN 'extended' THEN NEW.until ELSE due_on END,
            outcome = COALESCE(NEW.outcome, outcome),
            answered_on = COALESCE(NEW.answered_on, answered_on)
            WHERE id = NEW.request_id;
        RETURN NEW;
    """,
)


class Step(models.Model):
    """What a colleague did about a request."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(
        SubjectRequest,
        models.CASCADE,
        related_name="steps",
        verbose_name=_("request"),
    )
    what = CodeField(_("what"), vocabulary=StepKind, null=False)
    text = models.TextField(
        _("note"), blank=True, help_text=_("For colleagues. Never published.")
    )
    # Not called root_id: who sees a step is who sees its request, too.
    record_kind = models.CharField(_("kind of record"), max_length=60, blank=True)
    record_id = models.UUIDField(_("case"), null=True, blank=True)
    colleague = _colleague(_("who handles it"), optional=True)
    until = models.DateField(_("answer by"), null=True, blank=True)
    outcome = CodeField(_("what was decided"), vocabulary=Outcome)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    taken_by = _colleague(_("by"))
    taken_at = _at(_("when"))

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("step about a request")
        verbose_name_plural = _("steps about requests")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(what=StepKind.ABOUT)
                | Q(record_kind="", record_id__isnull=True),
                name="step_names_a_case_only_to_say_so",
                violation_error_message=_("Case: it is named in a step of its own."),
            ),
            models.CheckConstraint(
                condition=Q(what=StepKind.HANDED) | Q(colleague__isnull=True),
                name="step_names_a_colleague_only_to_hand_over",
                violation_error_message=_("Colleague: only where it is handed over."),
            ),
            models.CheckConstraint(
                condition=(Q(what=StepKind.EXTENDED, until__isnull=False) & ~Q(text=""))
                | (~Q(what=StepKind.EXTENDED) & Q(until__isnull=True)),
                name="more_time_has_a_day_and_a_reason",
                violation_error_message=_("More time: say until when, and why."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        what=StepKind.ANSWERED,
                        outcome__isnull=False,
                        answered_on__isnull=False,
                    )
                    & ~Q(text="")
                )
                | (
                    ~Q(what=StepKind.ANSWERED)
                    & Q(outcome__isnull=True, answered_on__isnull=True)
                ),
                name="an_answer_has_a_day_and_a_reason",
                violation_error_message=_(
                    "Answered: say what was decided, on which day, and why."
                ),
            ),
        ]
        triggers = [named_is_who_acts("taken_by_id"), stamped("taken_at"), TAKE_STEP]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.get_what_display()}"


class Contact(models.Model):
    """Who asked, and where to reach them: sealed (sealing.py), the newest row counts, and
    all rows are deleted some time after the answer (forgetting.py).
    """

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(
        SubjectRequest,
        models.CASCADE,
        related_name="contacts",
        verbose_name=_("request"),
    )
    sealed = models.TextField(_("who asked and where to reach them, sealed"))
    written_by = _colleague(_("written by"))
    written_at = _at(_("written"))

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("contact of a request")
        verbose_name_plural = _("contacts of requests")
        ordering = ["-id"]
        default_permissions = ()
        triggers = [named_is_who_acts("written_by_id"), stamped("written_at")]

    def __str__(self) -> str:
        return str(self.request_id)
