"""What an export holds, column by column: the fields that the noun's admin names as
`exported`. What is not named there leaves the desk in no file.

Never: internal notes, how reliable a source is and who wrote it, consents, identifiers
that others gave, claimants.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from cases.models import Prisoner
from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.words import shown
from tracker.contract.vocabulary import Status
from tracker.spreadsheets import Cell

Column = tuple[str, Callable[[Any], Cell]]  # heading, and the cell of a record


def columns_of(model: type[models.Model], names: Sequence[str]) -> list[Column]:
    """The record, whose it is or what is derived of it, and its own fields: `names`."""
    own = [_column(model, name) for name in names]
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


def _derived() -> list[Column]:
    return [
        (_("name"), str),
        (_("status"), _status),
        (_("since"), lambda prisoner: _desk(prisoner, "since")),
        (_("last heard of"), lambda prisoner: _desk(prisoner, "last_heard_on")),
    ]


def _status(prisoner: Prisoner) -> str:
    labels = dict(Status.choices)
    codes = _desk(prisoner, "statuses") or []
    return str(_(" or ")).join(str(labels.get(code, code)) for code in codes)


def _desk(prisoner: Prisoner, name: str) -> Any:
    """What the gate derived last; nothing for a case that it has not yet seen."""
    return getattr(getattr(prisoner, "desk", None), name, None)


def _column(model: type[models.Model], name: str) -> Column:
    field: Any = next(
        field
        for field in model._meta.concrete_fields
        if name in {field.name, field.attname}
    )

    def cell(record: models.Model) -> Cell:
        value = getattr(record, name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        # A date that can be sorted; an id.
        if isinstance(field, EDTFField) or name != field.name:
            return str(value)
        return shown(field, value)

    return str(field.verbose_name), cell


def beside(model: type[models.Model], names: Sequence[str]) -> list[str]:
    """What is read with the records, so that no row asks for it again."""
    fields = model._meta.concrete_fields
    return [field.name for field in fields if field.is_relation and field.name in names]
