"""Where the boxes of a record stand. A noun's admin arranges those that are used often;
a field that it does not name has its box as well, so that a new one is declared on its
model alone.
"""

from typing import Any

from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.base import Record
from cases.models.declaring import Mark, is_marked

Fieldset = tuple[Any, Any]
MORE = _("More")
FOR_THE_DESK: Fieldset = (
    _("For the desk"),
    {"fields": ["internal_notes"], "classes": ["collapse"]},
)
HOUSEKEEPING: Fieldset = (
    _("Version and times"),
    {"fields": ["version", "created_at", "updated_at"], "classes": ["collapse"]},
)
_LAST = ("visibility", "internal_notes")


def boxes_of(model: type[Record]) -> list[str]:
    """In the order of the model; who may see it and the notes come last. Of what it
    stands in, only what stands in a case itself.
    """
    names = []
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if _has_a_box(field, model):
            names.append(field.name)
    return sorted(names, key=lambda name: _LAST.index(name) if name in _LAST else -1)


def with_every_box(
    fieldsets: Any, model: type[Record], without: str = ""
) -> list[Fieldset]:
    """Those that stand nowhere are added to “More”. `without`: the reference to what a
    row of a page stands in.
    """
    named = {*flatten_fieldsets(fieldsets), without}
    lacking = [name for name in boxes_of(model) if name not in named]
    if not lacking:
        return list(fieldsets)
    arranged = list(fieldsets)
    for place, (title, options) in enumerate(arranged):
        if title is MORE:
            fields = [*options["fields"], *lacking]
            arranged[place] = (title, {**options, "fields": fields})
            return arranged
    end = len(arranged)
    while end and arranged[end - 1] in (FOR_THE_DESK, HOUSEKEEPING):
        end -= 1
    arranged.insert(end, (MORE, {"fields": lacking, "classes": ["collapse"]}))
    return arranged


def _has_a_box(field: models.Field, model: Any) -> bool:
    if not field.editable or field.primary_key or field.generated:
        return False
    if field.name == "withheld":  # its box comes once something is
        return False
    if field.name == "visibility" and model.stays_inside:
        return False
    is_its_case = field.name == getattr(model, "root_path", "")
    return not is_its_case and not is_marked(field, Mark.CITED)
