"""Which facts of a case can be withheld. A key that means none would protect nothing, so
it is refused when it is added.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from cases.catalogue import citable_fields, links, part_lists
from cases.models import Citation
from cases.models.base import Record, Root
from cases.models.fields import CodeField
from cases.models.withheld import Withheld

# Of a citation its own words can be withheld; else it goes with what it is of.
WORDS_OF_A_CITATION = ("locator", "quote")


def unknown(root: Root, before: Withheld) -> Iterator[str]:
    """A sentence for each fact that `root.withheld` holds, that `before` does not, and
    that is no fact of this case. What was there before may be of a record that has been
    deleted since.
    """
    for record_id, facts in root.withheld.items():
        added = [fact for fact in facts if fact not in before.get(record_id, {})]
        if not added:
            continue
        model = model_of(root, record_id)
        if model is None:
            yield _("“%(record)s” is no record of this case.") % {"record": record_id}
            continue
        for fact in added:
            if not _is_known(model, fact):
                yield _(
                    "“%(fact)s” is not a field of this record; it has: %(known)s."
                ) % {"fact": fact, "known": ", ".join(known_fields(model))}


def model_of(root: Root, record_id: str) -> type[Record] | None:
    """Of a record of this case; None if it is none."""
    if record_id == str(root.pk):
        return type(root)
    for part in part_lists(root.kind):
        rows = part.model._default_manager.filter(**{part.root_path: root.pk})
        if record_id in {str(key) for key in rows.values_list("pk", flat=True)}:
            return part.model
    return None


def _is_known(model: type[Record], fact: str) -> bool:
    name, colon, entry = fact.partition(":")
    is_list = known_fields(model).get(name)
    if is_list is None:
        return False
    return not colon or (is_list and entry != "")


@cache
def known_fields(model: type[Record]) -> dict[str, bool]:
    """By name: has it entries that can be withheld one by one?"""
    if model is Citation:
        return dict.fromkeys(WORDS_OF_A_CITATION, False)
    fields: dict[str, bool] = {}
    for name, field in citable_fields(model).items():
        if issubclass(model, Root) and isinstance(field, CodeField) and not field.null:
            continue  # a case always has one: that there is none would tell
        fields[name] = isinstance(field, ArrayField | models.JSONField)
    for link in links(model):
        fields[link.name] = True
    return fields


def stored(root: Any) -> Withheld:
    found = type(root)._base_manager.filter(pk=root.pk).values_list("withheld")
    for (withheld,) in found:
        return dict(withheld)
    return {}
