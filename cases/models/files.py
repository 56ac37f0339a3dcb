"""Files that are kept of a case: the copy of a source, a verdict, a photo. Nothing of
them is ever published. docs/decisions/files.md
"""

from typing import ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.sealed import Ledger
from cases.triggers.acting import named_is_who_acts
from cases.triggers.owner import stamped


def storage() -> Storage:
    """Asked when it is needed, so that tests and operators may choose another one."""
    return storages["files"]


class KeptFile(Ledger):
    """One file, or a text that was pasted: then there is no `file`.

    Rows are added and never changed: another copy is another row. A row and its file
    go by an act of erasure, which leaves an empty row. It holds the id of the case and
    no reference, so it outlives the case until then.
    """

    id = models.BigAutoField(primary_key=True)
    root_kind = models.CharField(_("kind of case"), max_length=40)
    root_id = models.UUIDField(_("case"))
    file = models.FileField(_("file"), storage=storage, max_length=100, blank=True)
    name = models.CharField(
        pgettext_lazy("of a thing", "name"), max_length=200, blank=True
    )
    media_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.BigIntegerField(_("size"), null=True, help_text=_("In bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    text = models.TextField(
        _("text"),
        blank=True,
        help_text=_("What stands in it, as far as it was read or pasted."),
    )
    reason = models.TextField(_("reason"), blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added"), db_default=Now())
    event = models.BigIntegerField(
        _("after event"), help_text="the newest event of history at the time"
    )

    dated = "added_at"
    # The gate reads the record by the publisher's login, and has no use for this.
    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, INSERT",
        "publisher": "",
    }

    class Meta:
        verbose_name = _("file kept")
        verbose_name_plural = _("files kept")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["root_id", "-id"], name="kept_files_of_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0)
                | Q(sha256="", size=None, file="", name="", text=""),
                name="kept_file_is_whole_or_erased",
                violation_error_message=_("File: it has a size and a SHA-256."),
            ),
        ]
        triggers = [stamped("added_at"), named_is_who_acts("added_by_id")]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def is_erased(self) -> bool:
        return not self.sha256
