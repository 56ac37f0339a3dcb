"""Moves what one case holds into another, and back. Each change is noted with what
stood there before.

Nothing gets more visible by moving: what comes from a narrower case is narrowed to what
it was. If one case tells its name and the other does not, what comes over stays inside:
each row keeps its id, and whoever kept the page with the name would know it again.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases import aggregate
from cases.aggregate import row_of
from cases.catalogue import citable_fields, part_lists, references
from cases.day import today
from cases.disclosure.naming import name_decision, who_sees_the_name
from cases.disclosure.readers import READERS
from cases.disclosure.seeing import seen_case
from cases.disclosure.traces import texts
from cases.models import Citation, Consent, Identifier, PersonName, Prisoner
from cases.models.base import Part, Record
from cases.models.order import Ordered
from cases.models.withheld import Withheld, both
from cases.visibility import (
    EVERYONE,
    NOBODY_OUTSIDE,
    is_narrower,
    is_wider,
    narrowest,
)
from cases.withheld import WORDS_OF_A_CITATION, known_fields, model_of
from tracker.emptiness import is_empty

Changes = dict[str, list[Any]]
Moved = dict[str, dict[str, Changes]]
"""{list of the aggregate: {id: {column: [before, after]}}}, fit for JSON."""

_CASE = "prisoner_id"
"""The column that leads from a part to its case; parts of parts have none."""

_LISTS = part_lists(Prisoner.kind)
_ROOT = "root"
_MODELS: dict[str, type[Record]] = {part.name: part.model for part in _LISTS}
_MODELS[_ROOT] = Prisoner


def keeps_its_name(case: Prisoner) -> bool:
    """Is there an audience that it would not tell the name, though it saw the case?"""
    asked = {
        "root": row_of(case),
        "consents": [row_of(consent) for consent in case.consents.all()],
        "citations": [row_of(citation) for citation in case.citations.all()],
    }
    told = who_sees_the_name(asked, today())
    return told != EVERYONE


def one_is_told_by_name(merged: Prisoner, kept: Prisoner) -> bool:
    """Of two of which some readers are told the name of one alone it is not told that
    they are one person.
    """
    return _named_to(merged) != _named_to(kept)


def _named_to(case: Prisoner) -> frozenset[str]:
    """The readers who would be told the name, if they saw the case."""
    read = aggregate.read(Prisoner.kind, [case.pk])[case.pk]
    shown = {**read, "root": {**read["root"], "visibility": EVERYONE}}
    told = set()
    for reader in READERS:
        decision = name_decision(shown, shown, reader, today())
        seen = seen_case(Prisoner.kind, shown, shown, reader, today())
        is_nameless = seen is not None and seen.told is not None
        if not (decision.withheld or is_nameless):
            told.add(reader.name)
    return frozenset(told)


def move(merged: Prisoner, kept: Prisoner) -> Moved:
    """All parts and citations of `merged`, and what it knows and `kept` does not. The
    caller holds the locks of both.
    """
    names_stay_inside = keeps_its_name(merged)
    was_named_to = _named_to(merged)
    stays_inside = was_named_to != _named_to(kept)
    moved: Moved = {}
    withheld = merged.withheld  # facts of what comes over
    filled = filled_in(merged, kept)
    if filled:
        moved[_ROOT] = {str(kept.pk): _noted(kept, filled)}
        limit = NOBODY_OUTSIDE if stays_inside else _limit_of_filled(merged, kept)
        withheld = both(withheld, _of_what_is_filled(filled, merged, kept, limit))
        Prisoner.objects.filter(pk=kept.pk).update(**filled)
        for name, value in filled.items():
            setattr(kept, name, value)
    _untick(merged, kept)
    for name, row in _rows(merged):
        if names_stay_inside:
            withheld = both(withheld, _words_of(row))
        changes = _changes(row, merged, kept)
        changes |= _narrowing(row, merged, kept, names_stay_inside)
        if stays_inside and not type(row).stays_inside:
            changes["visibility"] = NOBODY_OUTSIDE
        if changes:
            moved.setdefault(name, {})[str(row.pk)] = _noted(row, changes)
            type(row)._default_manager.filter(pk=row.pk).update(**changes)
    if withheld:
        Prisoner.objects.filter(pk=kept.pk).update(
            withheld=both(kept.withheld, withheld)
        )
    _remember_namelessness(merged, was_named_to, moved)
    return moved


def _remember_namelessness(
    merged: Prisoner, named_to: frozenset[str], moved: Moved
) -> None:
    """What told it has moved away: its names, its consents. Its address must not lead
    to a name.
    """
    if merged.name_withheld or len(named_to) == len(READERS):
        return
    withheld = {"name_withheld": True}
    moved.setdefault(_ROOT, {})[str(merged.pk)] = _noted(merged, withheld)
    Prisoner.objects.filter(pk=merged.pk).update(**withheld)


def _untick(merged: Prisoner, kept: Prisoner) -> None:
    """Of a person without a name only what may be told in both is told of both. Undoing
    the merge ticks nothing again: somebody looks at it anew.
    """
    in_both = [
        code for code in kept.told_without_name if code in merged.told_without_name
    ]
    if in_both != kept.told_without_name:
        Prisoner.objects.filter(pk=kept.pk).update(told_without_name=in_both)
        kept.told_without_name = in_both


_OF_THE_AGE = {"born_on", "age_as_stated"}


def filled_in(merged: Prisoner, kept: Prisoner) -> dict[str, Any]:
    """Facts of the case itself that only the one that goes knows, by column. What is
    known of the age is one thing: another age beside it may hide the name.
    """
    filled = {}
    knows_the_age = not (is_empty(kept.born_on) and is_empty(kept.age_as_stated))
    for fact in citable_fields(Prisoner).values():
        value = getattr(merged, fact.attname)
        says_something = not is_empty(value) and value is not False
        if fact.name in _OF_THE_AGE and knows_the_age:
            continue
        if says_something and is_empty(getattr(kept, fact.attname)):
            filled[fact.attname] = value
    return filled


def _limit_of_filled(merged: Prisoner, kept: Prisoner) -> str:
    if keeps_its_name(merged):
        return NOBODY_OUTSIDE  # a day of birth, or any word, would stand beside a name
    if is_narrower(merged.visibility, kept.visibility):
        return str(merged.visibility)
    return EVERYONE


def _of_what_is_filled(
    filled: Mapping[str, Any], merged: Prisoner, kept: Prisoner, limit: str
) -> Withheld:
    """Whoever was not told it of the case that goes is not told it of the other one."""
    own = merged.withheld.get(str(merged.pk), {})
    facts = {}
    for name in filled:
        who = limit
        for fact, told in own.items():
            if fact.partition(":")[0] == name:
                who = narrowest(who, told)
        if who != EVERYONE:
            facts[name] = who
    return {str(kept.pk): facts} if facts else {}


def _words_of(row: Part) -> Withheld:
    """What people typed in such a case may name the person, and would stand beside a
    name that is told. Whoever knows that it does not, shows it again.
    """
    if isinstance(row, PersonName):
        return {}
    names = WORDS_OF_A_CITATION if isinstance(row, Citation) else texts(type(row))
    known = known_fields(type(row))
    facts = {}
    for name in names:
        if name in known and not is_empty(getattr(row, name)):
            facts[name] = NOBODY_OUTSIDE
    return {str(row.pk): facts} if facts else {}


def _rows(case: Prisoner) -> list[tuple[str, Part]]:
    """All at once, before any moves: a placement is found through its detention."""
    rows = []
    for part in _LISTS:
        assert issubclass(part.model, Part)
        for row in part.model._default_manager.filter(**{part.root_path: case.pk}):
            rows.append((part.name, row))
    return rows


def _noted(row: Record, changes: Mapping[str, object]) -> Changes:
    noted = {}
    for column, value in changes.items():
        noted[column] = [_plain(getattr(row, column)), _plain(value)]
    return noted


def _changes(row: Part, merged: Prisoner, kept: Prisoner) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if getattr(row, _CASE, None):
        changes[_CASE] = kept.pk
    if isinstance(row, PersonName) and row.preferred:
        changes["preferred"] = False
    if isinstance(row, Consent) and row.related_case_id == kept.pk:
        changes["related_case_id"] = None  # nobody is their own relative
    if isinstance(row, Citation) and _states_as_the_case(row):
        changes |= _in_its_own_words(row, merged, kept)
    return changes


def _states_as_the_case(citation: Citation) -> bool:
    """Cited for a fact of the case itself, with no words of its own."""
    is_of_the_case = citation.prisoner_id is not None
    return is_of_the_case and citation.field != "" and citation.states is None


def _in_its_own_words(
    citation: Citation, merged: Prisoner, kept: Prisoner
) -> dict[str, Any]:
    """A citation that states "as the record" goes on stating what its record held, not
    what the record of the kept case holds.
    """
    merged_value = getattr(merged, citation.field)
    kept_value = getattr(kept, citation.field)
    if is_empty(merged_value):
        return {"field": "", "item": ""}
    if citation.item:
        if citation.item in kept_value:
            return {}
        return {"states": citation.item}
    if merged_value == kept_value:
        return {}
    return {"states": merged_value}


def _narrowing(
    row: Part, merged: Prisoner, kept: Prisoner, names_stay_inside: bool
) -> dict[str, Any]:
    limit = EVERYONE
    if is_narrower(merged.visibility, kept.visibility):
        limit = merged.visibility
    if isinstance(row, PersonName | Identifier) and names_stay_inside:
        limit = NOBODY_OUTSIDE
    if isinstance(row, Citation):
        if names_stay_inside and isinstance(_stated(row, merged, kept), str | list):
            limit = NOBODY_OUTSIDE
        limit = narrowest(limit, _fact_is_told_to(row, merged))
    if is_wider(row.visibility, limit):
        return {"visibility": limit}
    return {}


def _stated(citation: Citation, merged: Prisoner, kept: Prisoner) -> object:
    """In its own words, once it has moved."""
    if not _states_as_the_case(citation):
        return citation.states
    return _in_its_own_words(citation, merged, kept).get("states")


def _fact_is_told_to(citation: Citation, merged: Prisoner) -> str:
    """A citation of a fact of the case itself would tell what was withheld there."""
    limit: str = EVERYONE
    if citation.prisoner_id is None:
        return limit
    for fact, who in merged.withheld.get(str(merged.pk), {}).items():
        if fact.partition(":")[0] == citation.field:
            limit = narrowest(limit, who)
    return limit


def give_back(moved: Moved, kept: Prisoner, merged: Prisoner) -> None:
    """Each row that is still there and still where it was moved to; of its columns
    those not changed again since.
    """
    for row, changes in _still_moved(moved):
        before = {}
        for column, (old, new) in changes.items():
            if _plain(getattr(row, column)) == new:
                before[column] = old
        type(row)._default_manager.filter(pk=row.pk).update(**before)
    withheld = {}
    for record_id, facts in kept.withheld.items():
        if model_of(merged, record_id) is None:
            withheld[record_id] = facts
    if withheld != kept.withheld:
        Prisoner.objects.filter(pk=kept.pk).update(withheld=withheld)


def entangled(moved: Moved, kept: Prisoner) -> str:
    """Why these cannot go back: something that stays and something that goes name each
    other. Empty if not.
    """
    going = set()
    for row, changes in _still_moved(moved):
        if _CASE in changes:
            going.add(row.pk)
    for part in _LISTS:
        for link in _links_within_a_case(part.model):
            there = {part.root_path: kept.pk, f"{link}__isnull": False}
            pairs = part.model._default_manager.filter(**there).values_list("pk", link)
            for pair in pairs:
                if len(going.intersection(pair)) == 1:
                    return _refusal(part.model, pair[0])
    return ""


def _links_within_a_case(model: type[Record]) -> list[str]:
    """The fields by which a part names other parts of its case. What it stands in goes
    with it, and so does what a citation is of.
    """
    if not issubclass(model, Part) or model is Citation:
        return []
    stands_in = model.root_path.split("__")[0]
    fields: list[Any] = [*references(model), *model._meta.many_to_many]
    links = []
    for field in fields:
        if issubclass(field.related_model, Part) and field.name != stands_in:
            links.append(field.name)
    if issubclass(model, Ordered):
        links.append("after")
    return links


def _refusal(model: type[Record], record_id: UUID) -> str:
    record = model._default_manager.get(pk=record_id)
    return _(
        "%(record)s: it refers to what stays in the other case. Cut that link first."
    ) % {"record": f"{model._meta.verbose_name} “{record}”"}


def _still_moved(moved: Moved) -> list[tuple[Record, Changes]]:
    still_moved = []
    for name, changes_by_id in moved.items():
        ids = [UUID(row_id) for row_id in changes_by_id]
        for row in _MODELS[name]._default_manager.in_bulk(ids).values():
            changes = changes_by_id[str(row.pk)]
            if _is_where_it_was_moved(row, changes):
                still_moved.append((row, changes))
    return still_moved


def _is_where_it_was_moved(row: Record, changes: Changes) -> bool:
    if _CASE not in changes:
        return True
    _old, new = changes[_CASE]
    return _plain(getattr(row, _CASE)) == new


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    return value
