"""That two cases are one person's: proposed, carried out, undone. Kept for whoever asks
later; no row goes away.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.declaring import unsearched
from cases.models.fields import CodeField
from cases.models.prisoner import Prisoner
from cases.models.publishing import Edition
from cases.triggers.acting import named_is_who_acts


class MergeState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    MERGED = "merged", _("merged")
    UNDONE = "undone", _("undone")
    DECLINED = "declined", _("declined")


OPEN = (MergeState.PROPOSED, MergeState.MERGED)


def _case(label: Any) -> models.ForeignKey:
    """Without a constraint: the row outlives a case that is deleted after all."""
    return models.ForeignKey(
        Prisoner,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=label,
    )


def _person(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


class Merge(models.Model):
    """`moved` is what merging changed, by the lists of cases.aggregate: {list: {id:
    {column: [before, after]}}}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = _case(_("case that is kept"))
    merged = _case(_("case that goes"))
    state = CodeField(
        _("state"), vocabulary=MergeState, null=False, default=MergeState.PROPOSED
    )
    reason = models.TextField(_("reason"))
    proposed_by = _person(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"), db_default=Now())
    moved = unsearched(models.JSONField(_("what was moved"), default=dict, blank=True))
    edition = models.ForeignKey(
        Edition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published version of the kept case with which it took effect"),
    )
    ended_by = _person(_("undone or declined by"))
    ended_at = models.DateTimeField(_("undone or declined"), null=True, blank=True)
    end_reason = models.TextField(_("reason for undoing or declining it"), blank=True)

    database_rights = {"desk": "SELECT, INSERT, UPDATE"}

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-proposed_at", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(state__in=OPEN),
                name="case_is_merged_once",
                violation_error_message=_(
                    "Case that goes: it has been merged, or this has been proposed."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(kept=models.F("merged")),
                name="merge_is_of_two_cases",
                violation_error_message=_(
                    "Case that is kept: a case cannot be merged into itself."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="merge_has_a_reason",
                violation_error_message=_("Reason: say why these are one person."),
            ),
        ]
        triggers = [named_is_who_acts("proposed_by_id", "ended_by_id")]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
