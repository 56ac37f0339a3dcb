"""What readers would hardly expect to be hidden, and will be: the name of somebody who
may be under 18, a place or a source that is shown to fewer people than the case.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases.aggregate import Aggregate
from cases.catalogue import KINDS, columns_naming_roots, part_lists, references
from cases.disclosure.minors import may_be_minor
from cases.disclosure.seeing import who_sees, who_sees_the_case
from cases.models import Prisoner
from cases.models.base import Record, Root
from cases.plausibility.doubt import Doubt
from cases.visibility import NOBODY_OUTSIDE, is_narrower
from tracker.contract.vocabulary import Visibility


def doubts_about_showing(kind: str, case: Aggregate, day: date) -> Iterator[Doubt]:
    root = case["root"]
    if kind == Prisoner.kind and may_be_minor(case, day):
        sentence = _(
            "The person may be under 18, by this record or by a source. Nobody outside is"
            " told the names and the identifiers, nor words that repeat them, until a"
            " consent that allows it is on record and approved."
        )
        values = (root["born_on"] or "", str(root["age_as_stated"] or ""))
        yield Doubt("under_18", Prisoner, "born_on", values, sentence, root["id"])
    if who_sees_the_case(kind, case) != NOBODY_OUTSIDE:
        yield from _less_visible(kind, case, day)


def _less_visible(kind: str, case: Aggregate, day: date) -> Iterator[Doubt]:
    """Of each place, source or event once, however often the case names it."""
    seen = who_sees(kind, case, day)
    naming = _naming(kind, case, seen)
    for model, columns_by_id in naming.items():
        ids = [UUID(record_id) for record_id in columns_by_id]
        for named in model._default_manager.in_bulk(ids).values():
            holder, column, visibility, holder_id = columns_by_id[str(named.pk)]
            if not is_narrower(named.visibility, visibility):
                continue
            sentence = _(
                "“%(name)s” is seen by: %(who)s. Others who read this case are not told"
                " what it is."
            ) % {
                "name": named,
                "who": Visibility(named.visibility).label,
            }
            values = (str(named.pk), named.visibility)
            yield Doubt("less_visible", holder, column, values, sentence, holder_id)


Holder = tuple[type[Record], str, str, str]
"""Who names it, in which field, who sees that, and its id."""


def _naming(
    kind: str, case: Aggregate, seen: Mapping[str, str]
) -> dict[type[Root], dict[str, Holder]]:
    """By model and id what records that are shown name of other cases."""
    naming: dict[type[Root], dict[str, Holder]] = defaultdict(dict)
    holders: list[tuple[type[Record], dict[str, Any]]] = [(KINDS[kind], case["root"])]
    for part in part_lists(kind):
        holders += [(part.model, row) for row in case[part.name]]
    for model, row in holders:
        visibility = seen.get(row["id"])
        if visibility is None:
            continue
        for field in references(model):
            if field.attname not in columns_naming_roots(model):
                continue
            named = row.get(field.attname)
            related: Any = field.related_model
            if named and related is not Prisoner:
                holder = (model, field.name, visibility, row["id"])
                widest = naming[related].setdefault(named, holder)
                if is_narrower(widest[2], visibility):
                    naming[related][named] = holder
    return naming
