"""Which evidence packs were made."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.triggers.acting import named_is_who_acts
from tracker.contract.vocabulary import Visibility

READERS = [one for one in Visibility.choices if one[0] != Visibility.INTERNAL]


class EvidencePack(models.Model):
    """That a pack was made of a prisoner's case: for whom, by whom and why. The pack
    itself is not kept.

    Appended only: docs/decisions/evidence-pack.md. It holds the case's id and no
    reference, so it outlives the case.
    """

    id = models.BigAutoField(primary_key=True)
    root_id = models.UUIDField(_("case"), db_index=True)
    audience = models.CharField(
        _("for"),
        max_length=20,
        choices=READERS,
        help_text=_("The pack holds what these may see, and nothing else."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("made by"),
        editable=False,
    )
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    reason = models.TextField(
        _("reason"),
        help_text=_(
            "What it is made for, and at whose request. Kept at the desk, and not in the pack."
        ),
    )
    seq = models.BigIntegerField(
        _("number"),
        editable=False,
        help_text=_("That of the published document, in what this audience sees."),
    )
    manifest_sha256 = models.CharField(
        _("SHA-256 of the manifest"), max_length=64, editable=False
    )

    root_kind: ClassVar[str] = "prisoner"
    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT, INSERT"}

    class Meta:
        verbose_name = _("evidence pack")
        verbose_name_plural = _("evidence packs")
        ordering = ["-made_at", "-id"]
        default_permissions = ["view"]
        permissions = [("make_evidence_pack", _("May make evidence packs"))]
        triggers = [named_is_who_acts("made_by_id")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="evidence_pack_has_a_reason",
                violation_error_message=_("Reason: say what the pack is made for."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root_id} {self.audience} {self.seq}"
