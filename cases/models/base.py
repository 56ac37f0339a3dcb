"""What every record has, and what sets a root apart from its parts
(docs/architecture.md).
"""

import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.signals import class_prepared
from django.dispatch import receiver
from django.utils.functional import classproperty
from django.utils.translation import gettext_lazy as _

from cases.models.dates import EDTFField
from cases.models.declaring import decided, inside, inside_only, unsearched
from cases.models.fields import CodeField, FieldCheck, add_constraint, one_line
from cases.models.texts import TextByLanguage
from cases.models.withheld import WithheldFacts
from cases.visibility import NOBODY_OUTSIDE, is_wider
from tracker.contract.vocabulary import NarrowedVisibility, Visibility
from tracker.plain import refuse_unseen, without_unseen

ONE_LINE = _("Write each text on one line, without signs that cannot be seen.")
MERGED = _(
    "This case was merged into another one. It is only there to be read, until the merge is undone."
)


class Record(models.Model):
    """One row of the record. Its id is random, so that it tells nothing and may be
    published.
    """

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    internal_notes = inside(
        unsearched(
            models.TextField(
                _("internal notes"),
                blank=True,
                help_text=_(
                    "Never published and never kept in the history. Do not write down what could hurt someone."
                ),
            )
        )
    )
    created_at = inside(
        models.DateTimeField(_("created"), db_default=Now(), editable=False)
    )
    updated_at = inside(
        models.DateTimeField(_("last changed"), db_default=Now(), editable=False)
    )

    # Its address in the editorial API, such as "person-names".
    place: ClassVar[str]
    # Columns that lists of the editorial API are ordered by, beside its dates.
    ordered_by: ClassVar[tuple[str, ...]] = ()
    # The relation that its name is taken from, so that lists of names read it along.
    called_by: ClassVar[str | None] = None
    # Is it one claim in several columns? Who cites the record then cites each of them.
    one_claim: ClassVar[bool] = False
    # SQL on OLD and NEW: a way in which an update takes something back from readers,
    # beside making it less visible.
    taken_back_when: ClassVar[str] = "FALSE"
    # SQL on a row: nobody outside sees it now, whatever its visibility says.
    hidden_when: ClassVar[str] = "FALSE"
    # What documents that name it show of it. When one of these columns changes, those
    # documents follow.
    shown_where_named: ClassVar[tuple[str, ...]] = ("visibility",)
    # Is it kept for the desk alone, as a whole? No document holds such a record, whatever
    # its visibility says, nor a citation of one; and lists only say whose it is.
    stays_inside: ClassVar[bool] = False
    # Is one told all the same while a consent of the person names it, though only some of
    # its fields, and no citation of it? (cases/disclosure/consents.py)
    told_by_consent: ClassVar[bool] = False
    # SQL for who names it, where references alone do not say so: see
    # `who_names` in cases/triggered.py.
    named_by: ClassVar[str | None] = None

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """A text of one line is one line, whoever writes it (tracker/plain.py)."""
        problems: dict[str, Any] = {}
        self._leave_out_unseen(exclude or ())
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            problems = error.update_error_dict(problems)
        for field in self._meta.concrete_fields:
            left_out = field.name in problems or field.name in (exclude or ())
            if left_out or not isinstance(field, models.CharField):
                continue
            try:
                refuse_unseen(getattr(self, field.attname) or "")
            except ValidationError as error:
                problems[field.name] = error.error_list
        if problems:
            raise ValidationError(problems)

    def _leave_out_unseen(self, exclude: Collection[str]) -> None:
        for field in self._meta.concrete_fields:
            if field.name in exclude:
                continue
            if not isinstance(field, models.CharField | TextByLanguage):
                continue
            text = getattr(self, field.attname)
            if isinstance(text, str):
                setattr(self, field.attname, without_unseen(text))
            elif isinstance(text, dict):
                setattr(self, field.attname, _seen_by_language(text))

    @classproperty
    def inside_only(cls) -> frozenset[str]:
        """The names of its fields that are kept inside only."""
        return inside_only(cls)


@receiver(class_prepared)
def _holds_one_line(sender: type[models.Model], **_signal: Any) -> None:
    """The database asks it, too, of whatever text a record has or will have."""
    if not issubclass(sender, Record):
        return
    rules = Q()
    for field in sender._meta.concrete_fields:
        if _is_of_one_line(field):
            rules &= Q(one_line(field.name))
    if rules:
        rule = FieldCheck(
            condition=rules,
            name=f"{sender._meta.model_name}_texts_are_one_line",
            violation_error_message=ONE_LINE,
        )
        add_constraint(sender, rule)


def _is_of_one_line(field: models.Field) -> bool:
    """Codes and dates have rules of their own, and what nobody types needs none."""
    is_text = isinstance(field, models.CharField) and field.editable
    return is_text and not isinstance(field, CodeField | EDTFField)


def _seen_by_language(texts: dict[str, Any]) -> dict[str, Any]:
    seen = {}
    for language, text in texts.items():
        seen[language] = without_unseen(text) if isinstance(text, str) else text
    return seen


class Root(Record):
    """A record that is approved, published and locked as a whole, with all its parts."""

    visibility = decided(
        CodeField(
            _("visible to"),
            vocabulary=Visibility,
            null=False,
            default=Visibility.INTERNAL,
            db_index=True,
            help_text=_(
                "Who may see this once it is approved. Making it narrower takes effect at once."
            ),
        )
    )
    version = inside(
        unsearched(
            models.PositiveIntegerField(
                _("version"),
                default=1,
                editable=False,
                help_text=_(
                    "Raised by the database on any change to this or its parts."
                ),
            )
        )
    )

    withheld = decided(
        unsearched(
            WithheldFacts(
                _("withheld facts"),
                help_text=_(
                    "Taken back at once. What is no longer withheld is shown again once the case is approved."
                ),
            )
        )
    )

    kind: ClassVar[str]
    # May it be shown to nobody outside before a source is cited for it?
    needs_citation: ClassVar[bool] = True
    # Will the save that is being checked cite a source? The database asks at its end.
    is_cited_in_this_save = False

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if (
            self.needs_citation
            and self.visibility != Visibility.INTERNAL
            and not self.is_cited_in_this_save
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

    visibility = decided(
        CodeField(
            _("visible to"),
            vocabulary=NarrowedVisibility,
            help_text=_(
                "Leave empty for: as visible as the case itself. Making it narrower takes effect at once."
            ),
        )
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


def declared_records() -> list[type[Record]]:
    """Every model of the record, in the order in which they were declared."""
    return [model for model in _declared() if issubclass(model, Record)]


def declared_links() -> list[type[models.Model]]:
    """The tables of links between two records. They stand in for those that Django
    makes by itself, to have triggers and a history.
    """
    return [model for model in _declared() if model._meta.proxy]


def _declared() -> list[type[models.Model]]:
    """So far: this may be asked while models are still being declared."""
    return list(apps.all_models["cases"].values())
