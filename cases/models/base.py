"""What every record has, and what sets a root apart from its parts
(docs/architecture.md).
"""

import uuid
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.fields import CodeField
from cases.models.withheld import WithheldFacts
from cases.visibility import NOBODY_OUTSIDE, is_wider
from tracker.contract.vocabulary import NarrowedVisibility, Visibility

MERGED = _(
    "This case was merged into another one. It is only there to be read, until the merge is undone."
)


class Record(models.Model):
    """One row of the record. Its id is random, so that it tells nothing and may be
    published.
    """

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    internal_notes = models.TextField(
        _("internal notes"),
        blank=True,
        help_text=_(
            "Never published and never kept in the history. Do not write down what could hurt someone."
        ),
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(
        _("last changed"), db_default=Now(), editable=False
    )

    # Fields that no edition holds, no citation may point at, and no document shows.
    inside_only: ClassVar[frozenset[str]] = frozenset(
        {"internal_notes", "created_at", "updated_at", "version"}
    )

    class Meta:
        abstract = True


class Root(Record):
    """A record that is approved, published and locked as a whole, with all its parts."""

    visibility = CodeField(
        _("visible to"),
        vocabulary=Visibility,
        null=False,
        default=Visibility.INTERNAL,
        db_index=True,
        help_text=_(
            "Who may see this once it is approved. Making it narrower takes effect at once."
        ),
    )
    version = models.PositiveIntegerField(
        _("version"),
        default=1,
        editable=False,
        help_text=_("Raised by the database on any change to this or its parts."),
    )

    withheld = WithheldFacts(
        _("withheld facts"),
        help_text=_(
            "Taken back at once. What is no longer withheld is shown again once the case is approved."
        ),
    )

    kind: ClassVar[str]
    # May it be shown to nobody outside before a source is cited for it? A source speaks
    # for itself.
    needs_citation: ClassVar[bool] = True

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if (
            self.needs_citation
            and self.visibility != Visibility.INTERNAL
            and self._is_made_visible_uncited()
        ):
            raise ValidationError(
                {
                    "visibility": _(
                        "A case without any citation cannot be made more visible. Save it as it is, cite a source, and"
                        " then make it visible."
                    )
                }
            )

    def _is_made_visible_uncited(self) -> bool:
        """Asked here for its sentence; the database asks again
        (cases/triggers/sourcing.py).
        """
        if apps.get_model("cases", "Citation").objects.filter(root_id=self.pk).exists():
            return False
        stored = (
            type(self)
            ._base_manager.filter(pk=self.pk)
            .values_list("visibility", flat=True)
            .first()
        )
        return is_wider(self.visibility, stored or NOBODY_OUTSIDE)


class Part(Record):
    """A record inside a root. `root_path` leads to that root, in Django's words."""

    visibility = CodeField(
        _("visible to"),
        vocabulary=NarrowedVisibility,
        help_text=_(
            "Leave empty for: as visible as the case itself. Making it narrower takes effect at once."
        ),
    )

    root_path: ClassVar[str] = "prisoner"

    class Meta:
        abstract = True

    @property
    def root(self) -> Any:
        record: Any = self
        for step in self.root_path.split("__"):
            record = getattr(record, step)
        return record

    def clean(self) -> None:
        super().clean()
        if getattr(getattr(self, "root", None), "merged_into_id", None):
            raise ValidationError(MERGED)
