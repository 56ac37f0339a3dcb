"""Lists of people that somebody at the desk brings in. Their rows are no part of the
record until somebody accepts them.
"""

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.desk.proposals.handed_in import names_in
from cases.models import Prisoner, Source
from cases.models.fields import CodeField
from cases.triggers.acting import named_is_who_acts
from tracker.api import secrets
from tracker.contract.proposal_shape import is_sound


class RowState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    LEFT_OUT = "left_out", _("left out")


class Verdict(models.TextChoices):
    """What comparing a row with the record came to."""

    NEW = "new", _("new")
    DIFFERS = "differs", _("says something new of a case")
    SAME = "same", _("says nothing new")
    MAYBE = "maybe", _("may be somebody on record")
    UNREADABLE = "unreadable", _("cannot be read")


def _colleague(label: Any, *, optional: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL if optional else models.PROTECT,
        null=optional,
        blank=optional,
        related_name="+",
        verbose_name=label,
    )


def _case(label: Any) -> models.ForeignKey:
    """Without a constraint: the row outlives the case."""
    return models.ForeignKey(
        Prisoner,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=label,
    )


class SavedPlan(models.Model):
    """What somebody decided once about the columns of such lists, by a name."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    plan = models.JSONField(_("plan"))
    saved_by = _colleague(_("saved by"))
    saved_at = models.DateTimeField(_("saved"), db_default=Now())

    class Meta:
        verbose_name = _("saved plan of a list")
        verbose_name_plural = _("saved plans of lists")
        ordering = ["name"]
        default_permissions = ()
        triggers = [named_is_who_acts("saved_by_id")]

    def __str__(self) -> str:
        return self.name


class List(models.Model):
    """One file. It becomes one source, inside the organisation only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(
        _("whose list"),
        max_length=200,
        help_text=_(
            "Who keeps it. By their identifiers their next list finds the same cases."
        ),
    )
    title = models.CharField(
        _("title of the source"),
        max_length=500,
        help_text=_("Neutral: no name of a person and none of who gave it to you."),
    )
    source = models.ForeignKey(
        Source,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("its source"),
    )
    filename = models.CharField(_("file name"), max_length=300)
    content = models.BinaryField(_("the file"), null=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    kept_until = models.DateField(
        _("keep the file until"),
        help_text=_("Then it is deleted. Its SHA-256 stays."),
    )
    plan = models.JSONField(_("plan"), null=True, blank=True)
    expected_rows = models.PositiveIntegerField(
        _("rows expected"),
        null=True,
        blank=True,
        help_text=_("If it has more or fewer, nothing of it is accepted."),
    )
    expected_totals = models.JSONField(_("totals expected"), default=list, blank=True)
    most_quarantined = models.PositiveSmallIntegerField(
        _("most cells that cannot be read, in percent"),
        default=25,
        validators=[MaxValueValidator(100)],
        help_text=_("If there are more, nothing of it is accepted."),
    )
    brought_by = _colleague(_("brought in by"))
    brought_at = models.DateTimeField(_("brought in"), db_default=Now())

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT, UPDATE (source_id, plan, expected_rows,"
        " expected_totals, most_quarantined)"
    }

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        ordering = ["-brought_at", "id"]
        default_permissions = ("view",)
        permissions = [("bring_list", _("May bring in lists and accept their rows"))]
        triggers = [named_is_who_acts("brought_by_id")]

    def __str__(self) -> str:
        return self.title

    @property
    def content_is_kept(self) -> bool:
        kept = List.objects.filter(pk=self.pk).exclude(content=None)
        return kept.exists()

    @property
    def can_be_read_anew(self) -> bool:
        decided = self.rows.exclude(state=RowState.WAITING)
        return self.content_is_kept and not decided.exists()


class Row(models.Model):
    """What the list says of one person. `identity` finds the same person in the owner's
    next list: their identifier, or else the name with the age.
    """

    id = models.BigAutoField(primary_key=True)
    in_list = models.ForeignKey(
        List, models.PROTECT, related_name="rows", verbose_name=_("list")
    )
    owner = models.CharField(_("whose list"), max_length=200)
    number = models.PositiveIntegerField(
        _("row"), help_text=_("As it is counted in the file.")
    )
    identifier = models.CharField(_("their identifier"), max_length=200, blank=True)
    identity = models.CharField(max_length=500, blank=True)
    content = models.JSONField(_("what it says"))
    columns = models.JSONField(_("from which column"), default=dict)
    stated = models.JSONField(_("as it was typed"), default=dict)
    cells = models.JSONField(_("cells that could not be read"), default=list)
    cells_read = models.PositiveSmallIntegerField(_("cells that were read"), default=0)
    said_source = models.TextField(_("source, as the row has it"), blank=True)
    source_address = models.CharField(
        _("address of its source"), max_length=1000, blank=True
    )
    confidential = models.BooleanField(_("marked confidential"), default=False)
    verdict = CodeField(_("compared with the record"), vocabulary=Verdict)
    found = _case(_("the case that it may be"))
    state = CodeField(
        _("state"), vocabulary=RowState, null=False, default=RowState.WAITING
    )
    accepted_as = _case(_("accepted as"))
    decided_by = _colleague(_("decided by"), optional=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT, DELETE, UPDATE (verdict, found_id, state,"
        " accepted_as_id, decided_by_id, decided_at)"
    }

    class Meta:
        verbose_name = _("row of a list")
        verbose_name_plural = _("rows of lists")
        ordering = ["in_list", "number"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["in_list", "state", "verdict"], name="rows_of_list"),
            models.Index(fields=["owner", "identity", "id"], name="rows_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["in_list", "number"], name="row_numbers_are_unique"
            ),
            models.CheckConstraint(
                condition=Q(state=RowState.WAITING, decided_at__isnull=True)
                | (~Q(state=RowState.WAITING) & Q(decided_at__isnull=False)),
                name="row_is_decided_at_a_time",
                violation_error_message=_(
                    "Decided: a row that waits has not been decided."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=RowState.ACCEPTED, accepted_as__isnull=False)
                | (~Q(state=RowState.ACCEPTED) & Q(accepted_as__isnull=True)),
                name="row_is_accepted_as_a_case",
                violation_error_message=_(
                    "Accepted as: name the case that it was accepted as, and only then."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_stays_decided",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    """
    OLD.state <> 'waiting' AND ((NEW.state, NEW.decided_at, NEW.accepted_as_id, NEW.in_list_id, NEW.number)
    IS DISTINCT FROM (OLD.state, OLD.decided_at, OLD.accepted_as_id, OLD.in_list_id, OLD.number)
    OR NEW.decided_by_id <> OLD.decided_by_id OR (NEW.decided_by_id IS NOT NULL AND OLD.decided_by_id IS NULL))
"""
                ),
            ),
            pgtrigger.Protect(
                name="decided_is_not_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'waiting'"),
            ),
            named_is_who_acts("decided_by_id"),
        ]

    def __str__(self) -> str:
        return _("row %(number)s") % {"number": self.number}

    @property
    def waits(self) -> bool:
        return self.state == RowState.WAITING

    @property
    def is_sound(self) -> bool:
        """Says something, in the form that proposals have. Asked once, when the row is
        compared: what it says is written once.
        """
        if not self.content or self.verdict:
            return bool(self.content) and self.verdict != Verdict.UNREADABLE
        # The form asks for an identifier; a list may have none.
        return is_sound(self.identifier or "-", self.content)

    @property
    def names(self) -> list[str]:
        return names_in(self.content)


class ListToken(models.Model):
    """Lets a program of whoever keeps lists hand them in, and nothing else: as an account
    that was made for it (door.py). The token itself is shown once; a hash of it is kept.
    """

    prefix = models.CharField(max_length=secrets.PREFIX, unique=True)
    hashed_token = models.CharField(max_length=150)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="list_token",
        verbose_name=_("account"),
    )
    made_at = models.DateTimeField(_("made"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"))
    revoked = models.BooleanField(_("revoked"), default=False)

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT"}

    class Meta:
        verbose_name = _("token for lists")
        verbose_name_plural = _("tokens for lists")
        ordering = ["-made_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.account)
