"""What a field of the record is, said where the field stands. It imports no model.

Everything else reads it by cases/catalogue.py: which facts a citation may name, which
need a source, what stays inside, what lists may be searched by.
"""

from enum import Enum
from functools import cache
from typing import TypeVar

from django.db import models

F = TypeVar("F", bound=models.Field)


class Mark(Enum):
    INSIDE = "inside"
    DECIDED = "decided"
    FILED = "filed"
    UNSEARCHED = "unsearched"
    CITED = "cited"
    PLANNED = "planned"
    OUTSIDE_LIFE = "outside life"
    UNEXPORTED = "unexported"


def inside(field: F) -> F:
    """Kept inside only: no edition holds it, no citation names it, no document shows
    it.
    """
    return _marked(field, Mark.INSIDE)


def decided(field: F) -> F:
    """We decide it, such as who may see a case: no source states it, so no citation
    names it.
    """
    return _marked(field, Mark.DECIDED)


def filed(field: F) -> F:
    """How we file what a source says. A citation may name it; it needs none."""
    return _marked(field, Mark.FILED)


def unsearched(field: F) -> F:
    """No list is searched by it: notes must not stand in addresses and logs, and a long
    text is there to be read.
    """
    return _marked(field, Mark.UNSEARCHED)


def cited(field: F) -> F:
    """Of a citation: it leads to the record that is cited."""
    return _marked(field, Mark.CITED)


def planned(field: F) -> F:
    """A day that may lie ahead, such as the end of a term."""
    return _marked(field, Mark.PLANNED)


def outside_life(field: F) -> F:
    """A day on which the person need not live: a court may set aside the sentence of
    somebody who died.
    """
    return _marked(field, Mark.OUTSIDE_LIFE)


def unexported(field: F) -> F:
    """No list that leaves the desk as a file holds it: who wrote something, what we hold
    of it, or who judged.
    """
    return _marked(field, Mark.UNEXPORTED)


def is_marked(field: models.Field, mark: Mark) -> bool:
    return mark in _marks(field)


@cache
def inside_only(model: type[models.Model]) -> frozenset[str]:
    """The names of its fields that are kept inside only."""
    fields = model._meta.concrete_fields
    return frozenset(field.name for field in fields if is_marked(field, Mark.INSIDE))


@cache
def citable_fields(model: type[models.Model]) -> dict[str, models.Field]:
    """The facts of a record that a source can state, by name."""
    fields = model._meta.concrete_fields
    return {field.name: field for field in fields if _is_citable(field, model)}


def _is_citable(field: models.Field, model: type[models.Model]) -> bool:
    if not field.editable or field.primary_key:
        return False
    if isinstance(field, models.GeneratedField):
        return False
    if is_marked(field, Mark.INSIDE) or is_marked(field, Mark.DECIDED):
        return False
    is_its_case = field.name == getattr(model, "root_path", None)
    return not is_its_case


# Where a field keeps its marks. A field of an abstract model is copied with them.
_ATTRIBUTE = "record_marks"


def _marks(field: models.Field) -> frozenset[Mark]:
    return getattr(field, _ATTRIBUTE, frozenset())


def _marked(field: F, mark: Mark) -> F:
    setattr(field, _ATTRIBUTE, _marks(field) | {mark})
    return field
