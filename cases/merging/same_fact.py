"""Two records of one case that state one fact, as the same sentence entered twice: found,
and made one by whoever says that they are.

The citations of both stand on the record that is kept. Nothing gets more visible by it:
both must have the same readers before.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from cases.catalogue import citable_fields, part_lists, references_to, target_of
from cases.history import acting
from cases.locking import lock
from cases.models import Charge, Citation, Consent, PersonName, Prisoner
from cases.models.base import Part
from cases.models.custody import OUTCOME_SAID_TWICE
from cases.models.declaring import Mark, is_marked
from cases.models.fields import CodeField
from cases.models.order import Ordered, earlier_of, events_of, order_columns
from cases.review.approving import StaleVersion
from tracker.emptiness import is_empty

Pair = tuple[Part, Part]

# Somebody's word is no fact that could be known twice.
_NEVER_ONE = (Citation, Consent)


class NotOne(Exception):
    """Why two records cannot be made one, as they are. The message is for people."""


def pairs_within(case: Prisoner) -> list[Pair]:
    """Those that state one fact, as far as the record says: a suggestion."""
    pairs = []
    for rows in _parts_of(case):
        for first, second in combinations(rows, 2):
            if _state_one_fact(first, second):
                pairs.append((first, second))
    return pairs


def pairs_between(kept: Prisoner, merged: Prisoner) -> list[Pair]:
    """Of what one case holds and what the other one does."""
    of_kept = {type(rows[0]): rows for rows in _parts_of(kept)}
    pairs = []
    for rows in _parts_of(merged):
        for row in rows:
            for other in of_kept.get(type(row), []):
                if _state_one_fact(other, row, of_one_case=False):
                    pairs.append((other, row))
    return pairs


def _parts_of(case: Prisoner) -> Iterator[list[Part]]:
    for part in part_lists(Prisoner.kind):
        if part.model in _NEVER_ONE:
            continue
        rows: Any = part.model._default_manager.filter(**{part.root_path: case.pk})
        if found := list(rows.order_by("pk")):
            yield found


def _state_one_fact(first: Part, second: Part, *, of_one_case: bool = True) -> bool:
    """Nothing known differs, and something that is more than a choice of a list is the
    same.
    """
    if of_one_case and _stands_in(first) != _stands_in(second):
        return False
    is_same = False
    holder = type(first).root_path.split("__")[0]
    for fact in citable_fields(type(first)).values():
        if fact.name == holder:
            continue
        value, other = getattr(first, fact.attname), getattr(second, fact.attname)
        if is_empty(value) or is_empty(other):
            continue
        if value != other:
            return False
        if _says_more_than_a_choice(fact):
            is_same = True
    return is_same


def _says_more_than_a_choice(fact: models.Field) -> bool:
    is_choice = isinstance(fact, CodeField | models.BooleanField)
    return not is_choice and not is_marked(fact, Mark.FILED)


def _stands_in(part: Part) -> UUID:
    """The id of what it is a part of: a placement of its detention."""
    holder: Any = type(part)._meta.get_field(part.root_path.split("__")[0])
    stands_in: UUID = getattr(part, holder.attname)
    return stands_in


@transaction.atomic
def make_one(
    case_id: UUID,
    kept_id: UUID,
    gone_id: UUID,
    *,
    seen_version: int,
    by: Any = None,
    reason: str,
) -> Part:
    """What only the record that goes knows is filled in; its citations and its own parts
    move to the one that is kept.
    """
    case = lock(Prisoner, case_id)
    if case is None or case.version != seen_version:
        raise StaleVersion(seen_version, case.version if case else None)
    kept, gone = _pair(case, kept_id, gone_id)
    if refusal := _why_not(case, kept, gone):
        raise NotOne(refusal)
    with acting(user=by, reason=reason):
        _fill(kept, gone)
        target = target_of(type(gone))
        Citation.objects.filter(**{target: gone.pk}).update(**{target: kept.pk})
        for model, holder in _lists_of(type(gone)):
            parts: Any = model._default_manager
            parts.filter(**{holder: gone.pk}).update(**{holder: kept.pk})
        gone.delete()
    return kept


def _pair(case: Prisoner, kept_id: UUID, gone_id: UUID) -> Pair:
    for first, second in pairs_within(case):
        if {first.pk, second.pk} == {kept_id, gone_id}:
            if first.pk == kept_id:
                return first, second
            return second, first
    raise NotOne(_("These do not state the same any more."))


def _why_not(case: Prisoner, kept: Part, gone: Part) -> str:
    if case.merged_into_id:
        return _("This case was merged: it can only be read.")
    if kept.visibility != gone.visibility:
        return _("They have different readers. Make both visible to the same first.")
    if str(kept.pk) in case.withheld or str(gone.pk) in case.withheld:
        return _("A fact of one of them is withheld. Decide on that first.")
    if isinstance(gone, PersonName) and gone.preferred:
        return _("Keep the name that is preferred.")
    if isinstance(kept, Charge) and _say_outcome_twice(kept, gone):
        return str(OUTCOME_SAID_TWICE)
    for name in _named_by(case, gone):
        return _(
            "%(record)s refers to the one that would go. Keep that one, or cut the link first."
        ) % {"record": name}
    return ""


def _say_outcome_twice(*charges: Any) -> bool:
    """One of them in its decisions, the other one without."""
    says = any(charge.outcome for charge in charges)
    return says and any(charge.decisions.exists() for charge in charges)


def _named_by(case: Prisoner, gone: Part) -> Iterator[str]:
    """What refers to it, apart from its citations and its own parts."""
    for model, field in references_to(type(gone)):
        rows: Any = model._default_manager.filter(**{field.name: gone.pk})
        yield from map(str, rows)
    for relation in type(gone)._meta.related_objects:
        if relation.many_to_many:
            yield from map(str, getattr(gone, str(relation.get_accessor_name())).all())
    for event in events_of(case):
        if gone.pk in earlier_of(event):
            yield str(event)


def _fill(kept: Part, gone: Part) -> None:
    columns = [fact.attname for fact in citable_fields(type(kept)).values()]
    if isinstance(kept, Ordered):
        columns += order_columns(type(kept))
    for column in columns:
        value = getattr(gone, column)
        if is_empty(getattr(kept, column)) and value != kept.pk:
            setattr(kept, column, value)
    notes = [kept.internal_notes, gone.internal_notes]
    kept.internal_notes = "\n\n".join(_told(notes))
    kept.save()
    for link in type(kept)._meta.many_to_many:
        getattr(kept, link.name).add(*getattr(gone, link.name).all())


def _told(notes: Iterable[str]) -> list[str]:
    return [note for note in dict.fromkeys(notes) if note]


def _lists_of(model: type[Part]) -> Iterator[tuple[type[Part], str]]:
    """The parts that stand in such a part, each with the name of what leads there."""
    for part in part_lists(Prisoner.kind):
        if part.model is Citation:
            continue
        assert issubclass(part.model, Part)
        holder: Any = part.model._meta.get_field(part.model.root_path.split("__")[0])
        if holder.related_model is model:
            yield part.model, holder.name
