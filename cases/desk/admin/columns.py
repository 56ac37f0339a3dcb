"""What an export holds, column by column: what readers may ever be told, and who may see
it now. What stays inside leaves the desk in no file.

Never: internal notes, how reliable a source is and who wrote it, consents, identifiers
that others gave, claimants, who judged.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from cases.desk.admin.arranging import boxes_of
from cases.models import Prisoner
from cases.models.base import Part, Record, Root
from cases.models.dates import EDTFField
from cases.models.declaring import Mark, inside_only, is_marked
from cases.words import shown
from tracker.contract.vocabulary import Status
from tracker.spreadsheets import Cell

Column = tuple[str, Callable[[Any], Cell]]  # heading, and the cell of a record


def columns_of(model: type[Record]) -> list[Column]:
    """The record, whose it is or what is derived of it, and its own fields."""
    own = [_column(field) for field in _exported(model)]
    first: Column = (_("id"), lambda record: str(record.pk))
    if issubclass(model, Part):
        case: list[Column] = [
            (_("case"), lambda part: str(part.root.pk)),
            (_("name"), lambda part: str(part.root)),
        ]
        return [first, *case, *own]
    if model is Prisoner:
        return [first, *_derived(), *own]
    return [first, *own]


def beside(model: type[Record]) -> list[str]:
    """What is read with the records, so that no row asks for it again."""
    return [field.name for field in _exported(model) if field.is_relation]


def _exported(model: type[Record]) -> list[Any]:
    """In the order of the model. Of what a record names, only what is a case itself: the
    place, the event, the court case.
    """
    fields = []
    concrete: list[Any] = list(model._meta.concrete_fields)
    for field in concrete:
        stays = field.name in inside_only(model) or is_marked(field, Mark.UNEXPORTED)
        names_a_part = field.is_relation and not issubclass(field.related_model, Root)
        if field.name in boxes_of(model) and not (stays or names_a_part):
            fields.append(field)
    return fields


def _derived() -> list[Column]:
    return [
        (_("name"), str),
        (_("status"), _status),
        (_("since"), lambda prisoner: _desk(prisoner, "since")),
        (_("last heard of"), lambda prisoner: _desk(prisoner, "last_heard_on")),
        (_("merged into"), lambda prisoner: prisoner.merged_into_id),
    ]


def _status(prisoner: Prisoner) -> str:
    labels = dict(Status.choices)
    codes = _desk(prisoner, "statuses") or []
    return str(_(" or ")).join(str(labels.get(code, code)) for code in codes)


def _desk(prisoner: Prisoner, name: str) -> Any:
    """What the gate derived last; nothing for a case that it has not yet seen."""
    return getattr(getattr(prisoner, "desk", None), name, None)


def _column(field: Any) -> Column:
    def cell(record: models.Model) -> Cell:
        value = getattr(record, field.name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(field, EDTFField):  # a date that can be sorted
            return str(value)
        return shown(field, value)

    return str(field.verbose_name), cell
