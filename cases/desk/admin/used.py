"""What the organisation does not use is folded on the forms: docs/organisation.md.

Nothing is hidden that is said. A field stays where it is if it must be filled in, holds
something, or something was typed into it. So does a list that has a row.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.models.declaring import Mark, is_marked
from tracker.contract.vocabulary import called

FOLDED = "collapse"
_ROW = re.compile(r"(?P<section>.+)-\d+-(?P<name>.+)")


def may_be_folded(model: type[models.Model]) -> dict[str, models.Field]:
    """What need not be filled in. Who may see a record is always asked."""
    fields: dict[str, models.Field] = {}
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if field.editable and field.blank and not is_marked(field, Mark.DECIDED):
            fields[field.name] = field
    return fields


def folded(
    fieldsets: Any, model: type[models.Model], request: HttpRequest, records: Any
) -> Any:
    """The same fields; those that nobody uses stand in “More fields”. `records` are
    those that the form shows.
    """
    used = settings.OWN.fields.get(called(model))
    if used is None:
        return fieldsets
    optional = may_be_folded(model)
    unused = optional.keys() - set(used)
    filled = {name for name in optional if _holds(records, optional[name])}
    filled |= set(_typed(unused, request))
    away = unused - filled
    arranged, rest = [], []
    for title, options in fieldsets:
        kept = []
        for line in options["fields"]:
            names = [line] if isinstance(line, str) else list(line)
            rest += [name for name in names if name in away]
            stay = [name for name in names if name not in away]
            if stay:
                kept.append(stay[0] if len(stay) == 1 else tuple(stay))
        classes = list(options.get("classes", ()))
        if FOLDED in classes and (filled | set(used)) & set(_flat(kept)):
            classes.remove(FOLDED)
        if kept:
            arranged.append((title, {**options, "fields": kept, "classes": classes}))
    if rest:
        more = {"fields": rest, "classes": [FOLDED]}
        arranged.append((_("More fields"), more))
    return arranged


def is_folded(section: str, obj: Any, request: HttpRequest) -> bool:
    """Is this list of parts one that the organisation does not use, without a row?"""
    sections = settings.OWN.sections
    if sections is None or section in sections:
        return False
    for key, value in request.POST.items():
        row = _ROW.fullmatch(key)
        if row and row["section"] == section and value:
            return False
    return obj is None or not getattr(obj, section).exists()


def _flat(lines: Iterable[Any]) -> Iterator[str]:
    for line in lines:
        yield from [line] if isinstance(line, str) else line


def _holds(records: Iterable[models.Model], field: models.Field) -> bool:
    for record in records:
        value = getattr(record, field.attname if not field.many_to_many else field.name)
        if field.many_to_many:
            value = value.exists()
        if value not in (None, "", [], {}, False):
            return True
    return False


def _typed(names: Iterable[str], request: HttpRequest) -> Iterator[str]:
    """A date, or a text in several languages, may have several boxes: name__en."""
    for key, value in request.POST.items():
        row = _ROW.fullmatch(key)
        box = row["name"] if row else key
        for name in names:
            if value and (box == name or box.startswith(f"{name}_")):
                yield name
