"""What colleagues tell each other about a case, and what is still to be done. It stands
beside the record, by the id of the case: it is in no edition and no history, and the
publisher's login cannot read it.

`root_id` is the id of a prisoner: a row outlives a case that was deleted, because the
case may come back. Erasing the case takes it (forgetting.py).
"""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.fields import CodeField
from cases.triggers.acting import named_is_who_acts
from cases.triggers.owner import stamped

# Only whoever wrote a comment takes it back, and nobody words it anew.
TAKEN_BACK_BY_AUTHOR = pgtrigger.Trigger(
    name="taken_back_by_author",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF NEW.text <> '' OR acting_user() IS DISTINCT FROM OLD.written_by_id::text THEN
            RAISE check_violation USING CONSTRAINT = 'comment_is_its_authors',
                MESSAGE = 'only its author takes a comment back, and nobody changes it';
        END IF;
        RETURN NEW;
    """,
)


def _colleague(
    label: Any, *, optional: bool = False, help_text: Any = ""
) -> models.ForeignKey:
    """An account is never deleted, and so is always there to be named."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=optional,
        blank=optional,
        related_name="+",
        verbose_name=label,
        help_text=help_text,
    )


def _at(label: Any) -> models.DateTimeField:
    """By the clock of the database."""
    return models.DateTimeField(label, db_default=Now())


class Comment(models.Model):
    """What one colleague tells the others about a case."""

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(_("case"))
    text = models.TextField(
        _("comment"),
        help_text=_("For colleagues. Never published. Empty: it was taken back."),
    )
    written_by = _colleague(_("written by"))
    written_at = _at(_("written"))

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT, UPDATE (text)"
    }

    class Meta:
        verbose_name = _("comment on a case")
        verbose_name_plural = _("comments on cases")
        ordering = ["id"]
        default_permissions = ()
        indexes = [models.Index(fields=["root_id", "id"], name="comments_of_case")]
        triggers = [
            named_is_who_acts("written_by_id"),
            stamped("written_at"),
            TAKEN_BACK_BY_AUTHOR,
        ]

    def __str__(self) -> str:
        return str(self.root_id)


class Assignment(models.Model):
    """Who works on a case, until the next row of the same case. Rows are only added: who
    handed it to whom is known later.
    """

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(_("case"))
    colleague = _colleague(
        _("who works on it"), optional=True, help_text=_("Empty: nobody in particular.")
    )
    assigned_by = _colleague(_("assigned by"))
    assigned_at = _at(_("assigned"))

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("assignment of a case")
        verbose_name_plural = _("assignments of cases")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["root_id", "-id"], name="assignments_of_case"),
            models.Index(fields=["colleague", "root_id"], name="cases_of_colleague"),
        ]
        triggers = [named_is_who_acts("assigned_by_id"), stamped("assigned_at")]

    def __str__(self) -> str:
        return str(self.root_id)


class Look(models.Model):
    """That somebody looked whether there is anything new, and found nothing. No edit of
    the case, and nothing is published by it.
    """

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(_("case"))
    looked_by = _colleague(_("looked by"))
    looked_at = _at(_("looked"))

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("look for news of a case")
        verbose_name_plural = _("looks for news of cases")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["root_id", "-looked_at"], name="looks_at_case"),
        ]
        triggers = [named_is_who_acts("looked_by_id"), stamped("looked_at")]

    def __str__(self) -> str:
        return str(self.root_id)


class DiaryWhat(models.TextChoices):
    HEARING = "hearing", _("hearing")
    APPEAL = "appeal", _("last day to appeal")
    CALL = "call", _("next call")
    OTHER = "other", _("something else")


class DiaryEntry(models.Model):
    """What is to be done for a case on a day. What was put off is done, and entered
    anew.
    """

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(_("case"))
    day = models.DateField(_("day"))
    what = CodeField(_("what"), vocabulary=DiaryWhat, null=False)
    note = models.CharField(
        _("note"),
        max_length=500,
        blank=True,
        help_text=_("For colleagues. Never published."),
    )
    colleague = _colleague(
        _("who does it"), optional=True, help_text=_("Empty: anybody.")
    )
    written_by = _colleague(_("written by"))
    written_at = _at(_("written"))
    done_by = _colleague(_("done by"), optional=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT, UPDATE (done_by_id, done_at)"
    }

    class Meta:
        verbose_name = _("entry of the diary")
        verbose_name_plural = _("diary")
        ordering = ["day", "id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["root_id", "day"], name="diary_of_case"),
            models.Index(
                fields=["day"], condition=Q(done_at__isnull=True), name="diary_to_do"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="diary_entry_is_done_by_somebody",
                violation_error_message=_("Done: say who did it."),
            )
        ]
        triggers = [
            named_is_who_acts("written_by_id", "done_by_id"),
            stamped("written_at"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_what_display()}"


class ConsentAnswer(models.TextChoices):
    TO_ASK = "to_ask", _("still to be asked")
    WAITING = "waiting", _("asked, no answer yet")
    GIVEN = "given", _("given")
    REFUSED = "refused", _("refused")


class ConsentTask(models.Model):
    """Whom to ask for consent, how to reach them safely, what they answered, and when to
    ask again. The consent itself is a record of the case.
    """

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(_("case"))
    whom = models.CharField(
        _("whom to ask"),
        max_length=200,
        help_text=_("The person, or in which relation somebody stands to them."),
    )
    channel = models.CharField(
        _("safe channel"),
        max_length=300,
        blank=True,
        help_text=_("How they can be reached without danger to them."),
    )
    asked_on = models.DateField(_("asked"), null=True, blank=True)
    answer = CodeField(
        _("answer"), vocabulary=ConsentAnswer, null=False, default=ConsentAnswer.TO_ASK
    )
    review_on = models.DateField(
        _("look at it again"),
        null=True,
        blank=True,
        help_text=_("From this day on it stands on the start page. Empty: never."),
    )
    written_by = _colleague(_("written by"), help_text=_("Who changed it last."))
    written_at = _at(_("written"))

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT, UPDATE (whom, channel, asked_on, answer, review_on,"
        " written_by_id, written_at)"
    }

    class Meta:
        verbose_name = _("consent to be asked for")
        verbose_name_plural = _("consents to be asked for")
        ordering = ["id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["root_id", "id"], name="consent_tasks_of_case"),
            models.Index(fields=["review_on"], name="consent_tasks_to_review"),
        ]
        triggers = [named_is_who_acts("written_by_id")]

    def __str__(self) -> str:
        return str(self.root_id)


class SavedFilter(models.Model):
    """A question to a list that somebody asks again and again. Only they see it."""

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("whose"),
    )
    listed = models.CharField(_("list"), max_length=60)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80)
    question = models.CharField(_("question"), max_length=2000)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "listed", "name"],
                name="saved_filter_names_are_unique",
                violation_error_message=_("Name: you have a filter of this name."),
            )
        ]
        triggers = [named_is_who_acts("owner_id")]

    def __str__(self) -> str:
        return self.name
