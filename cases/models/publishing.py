"""What the gate works with: marks, editions, what the desk sees of them. Nothing here
is edited by hand.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import LTrim, Now
from django.utils.translation import gettext_lazy as _

from cases.models.dates import EDTFField
from cases.models.prisoner import Prisoner
from cases.models.sealed import Ledger
from cases.triggers.marks import CALL_PUBLISHER

# The desk reads what the gate keeps, and the gate alone writes it (config/logins.py).
OF_THE_GATE: dict[str, str] = {
    "desk": "SELECT",
    "publisher": "SELECT, INSERT, UPDATE, DELETE",
}


class Mark(models.Model):
    """Something about this root may have to be published anew. Appended by triggers,
    deleted by the gate by its id.
    """

    id = models.BigAutoField(primary_key=True)
    root_kind = models.CharField(max_length=40)
    root_id = models.UUIDField()
    withdrawal = models.BooleanField(default=False)
    due_on = models.DateField(
        null=True,
        help_text="not to be read before this day: an approval with “not before”",
    )
    marked_at = models.DateTimeField(db_default=Now())
    held = models.UUIDField(
        null=True,
        help_text="what is held back until this root is rendered: tracker/held.py",
    )

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT",
        "publisher": "SELECT, INSERT, DELETE",
    }

    class Meta:
        triggers = [CALL_PUBLISHER]
        indexes = [
            models.Index(
                fields=["held", "id"],
                name="mark_of_held",
                condition=models.Q(held__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="mark_held_in_turn",
                condition=models.Q(held__isnull=False),
            ),
            models.Index(fields=["-withdrawal", "id"], name="mark_withdrawals_first"),
            models.Index(fields=["root_id"], name="mark_of_root"),
        ]

    def __str__(self) -> str:
        return f"{self.root_kind} {self.root_id}"


class Edition(Ledger):
    """A root with all its parts, as one person approved it. Numbered from 1; never
    changed.
    """

    id = models.BigAutoField(primary_key=True)
    root_kind = models.CharField(_("kind"), max_length=40)
    root_id = models.UUIDField(_("case"))
    number = models.PositiveIntegerField(_("number"))
    version = models.PositiveIntegerField(_("version approved"))
    snapshot = models.JSONField(_("what was approved"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
        help_text=_("Empty: by saving, where no review is required."),
    )
    approved_at = models.DateTimeField(_("approved"), db_default=Now())
    reason = models.TextField(_("reason"), blank=True)
    public_reason = models.CharField(
        _("public reason"),
        max_length=300,
        blank=True,
        help_text=_("Shown with the correction. Never name anyone."),
    )
    not_before = models.DateField(_("not before"), null=True, blank=True)
    event = models.BigIntegerField(
        _("up to event"),
        default=0,
        help_text=_(
            "the newest event of history at the time: what came after is not in it"
        ),
    )

    dated = "approved_at"
    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT",  # it stores by edition_store(): cases/editions.py
        "publisher": "SELECT, INSERT",
    }

    class Meta:
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["root_kind", "root_id", "-number"]
        permissions = [("approve_case", _("May approve what is published"))]
        constraints = [
            models.UniqueConstraint(
                fields=["root_kind", "root_id", "number"],
                name="edition_numbers_are_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root_kind} {self.root_id} № {self.number}"


class PublishingFailure(models.Model):
    """A root that could not be published. The rest was; this one is tried again, and
    waits for a person to look.
    """

    root_kind = models.CharField(_("kind"), max_length=40)
    root_id = models.UUIDField(_("case"), unique=True)
    error = models.TextField(_("error"))
    failed_at = models.DateTimeField(_("failed"), db_default=Now())
    tries = models.PositiveIntegerField(_("tries"), default=1)
    retry_at = models.DateTimeField(_("next try"), db_default=Now())
    is_withdrawal = models.BooleanField(
        _("still public"),
        default=False,
        help_text=_("Something was taken back, and is still to be seen."),
    )

    database_rights = OF_THE_GATE

    class Meta:
        verbose_name = _("case that could not be published")
        verbose_name_plural = _("cases that could not be published")
        ordering = ["-failed_at", "id"]

    def __str__(self) -> str:
        return f"{self.root_kind} {self.root_id}"


class Heartbeat(models.Model):
    """When the safety loop last ran. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    beat_at = models.DateTimeField(_("last run"), db_default=Now())
    published = models.PositiveIntegerField(
        _("documents written in that run"), default=0
    )

    database_rights = OF_THE_GATE

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="heartbeat_is_one_row"
            )
        ]

    def __str__(self) -> str:
        return str(self.beat_at)


class PublishingDay(models.Model):
    """The day that is in force for the gate: cases/day.py. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    day = models.DateField(_("day in force"))
    doubted = models.DateField(
        _("day that the database says"),
        null=True,
        help_text=_("Empty if it is the same."),
    )

    database_rights = OF_THE_GATE

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="publishing_day_is_one_row"
            ),
        ]

    def __str__(self) -> str:
        return str(self.day)


class ConfirmedContract(models.Model):
    """Who has read which statuses a new contract of the documents tells otherwise,
    before it was published: cases/publishing/confirming.py.
    """

    contract = models.PositiveIntegerField(_("contract"), primary_key=True)
    digest = models.CharField(_("what was read"), max_length=64)
    confirmed_by = models.CharField(_("confirmed by"), max_length=150)
    confirmed_at = models.DateTimeField(_("confirmed"), db_default=Now())

    database_rights = OF_THE_GATE

    class Meta:
        verbose_name = _("confirmed contract")
        verbose_name_plural = _("confirmed contracts")

    def __str__(self) -> str:
        return f"{self.contract}: {self.confirmed_by}"


# As cases/merging/duplicates.py asks.
WORDS = Func(
    LTrim("search_key"),
    Value(" "),
    function="string_to_array",
    output_field=ArrayField(models.TextField()),
)


TO_COMPARE = models.Q(compared_key__isnull=True) | ~models.Q(
    compared_key=models.F("names_key")
)


def _case() -> models.ForeignKey:
    """Without a constraint and an index: the gate takes rows out by itself."""
    return models.ForeignKey(
        Prisoner,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )


class DeskEntry(models.Model):
    """What the desk lists and filters by and the gate derives from the record as it is
    now: not an edit, no history.
    """

    prisoner = models.OneToOneField(
        Prisoner,
        models.DO_NOTHING,  # the gate deletes it: the desk may not
        primary_key=True,
        related_name="desk",
        db_constraint=False,
    )
    display_name = models.CharField(_("name"), max_length=200, blank=True)
    search_key = models.TextField(blank=True)
    statuses = models.JSONField(_("status"), default=list)
    since = EDTFField(_("since"))
    last_heard_on = models.DateField(_("last heard of"), null=True)
    term_over_on = models.DateField(
        _("term over"),
        null=True,
        help_text=_("The day from which a term is over, and no release is known."),
    )
    open_questions = models.JSONField(
        _("open questions"),
        default=dict,
        help_text=_("Of how many facts, by the code of the question."),
    )

    names_key = models.TextField(
        blank=True,
        default="",
        help_text="the search key, and then in a line the words of each name, folded",
    )
    compared_key = models.TextField(
        null=True,
        help_text="the key of its names when they were compared with others'",
    )

    database_rights = OF_THE_GATE

    class Meta:
        verbose_name = _("case at the desk")
        verbose_name_plural = _("cases at the desk")
        indexes = [
            GinIndex(
                name="deskentry_search",
                fields=["search_key"],
                opclasses=["gin_trgm_ops"],
            ),
            # Of whole words, for those who share some: cases/merging/duplicates.py.
            GinIndex(WORDS, name="deskentry_words"),
            # For the counts of the start page.
            models.Index(fields=["last_heard_on"], name="deskentry_last_heard"),
            models.Index(fields=["term_over_on"], name="deskentry_term_over"),
            models.Index(
                fields=["prisoner"], name="deskentry_to_compare", condition=TO_COMPARE
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class PossibleDuplicate(models.Model):
    """Two cases that share a name: the gate compares a case when its names are other
    ones (cases/merging/comparing.py). The case of the lower id comes first.
    """

    id = models.BigAutoField(primary_key=True)
    case = _case()
    duplicate = _case()
    words = models.PositiveSmallIntegerField(help_text="that the names of both have")

    database_rights = OF_THE_GATE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "duplicate"], name="possible_duplicate_once"
            ),
        ]
        indexes = [
            models.Index(fields=["duplicate"], name="possible_duplicate_other"),
            models.Index(
                fields=["-words", "case", "duplicate"], name="possible_duplicate_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}, {self.duplicate_id}"
