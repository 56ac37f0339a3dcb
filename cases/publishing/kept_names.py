"""Which names are kept back, and where else they may stand. The gate keeps both, so that
what holds a name is found when the name is taken back, and the name when a record that
holds it is published. docs/decisions/names-elsewhere.md
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from cases import aggregate
from cases.aggregate import Aggregate
from cases.day import today
from cases.disclosure.consents import is_hidden
from cases.disclosure.kept_names import (
    Kept,
    said,
    telling_words,
    texts_of,
    words_in,
    words_of,
)
from cases.disclosure.naming import name_decision
from cases.disclosure.neighbours import named_outside
from cases.disclosure.parts import seen_names
from cases.disclosure.readers import READERS, Reader, is_visible
from cases.disclosure.withholding import names_nothing, withheld_from
from cases.models import KeptName, Mark, NameStays, Prisoner, ToldWords
from cases.models.base import Root
from cases.named import is_named
from cases.publishing import corrections, holding
from cases.publishing.rows import tell_again
from cases.statements import Statement, asked
from cases.visibility import NOBODY_OUTSIDE, is_narrower
from tracker.audiences import PARTNERS
from tracker.names import tells

Words = tuple[str, ...]

# As one value: thousands of them take long to write and to read.
_MAY_STAND = """
    SELECT root_id, words, told_to, near FROM cases_keptname
    WHERE near && %s::uuid[] OR (longest = ANY(%s) AND cardinality(words) > 1)
"""


@dataclass(frozen=True)
class _OfPerson:
    """Who is told each name that not everyone is told; and what the case names."""

    told_to: Mapping[Words, str]
    near: frozenset[UUID]


# --- What is published -----------------------------------------------------------------


def read(words: Mapping[str, Collection[str]]) -> dict[str, list[Kept]]:
    """By root, of those with these words, the names that may stand in them."""
    kept: dict[str, list[Kept]] = defaultdict(list)
    if not words:
        return kept
    beginnings = {}
    for root_id, its_words in words.items():
        beginnings[root_id] = _beginnings(its_words)
    begun = sorted(set().union(*beginnings.values()))
    for person, its_words, told_to, near in asked(_MAY_STAND, [list(words), begun]):
        name = Kept(str(person), tuple(its_words), told_to, is_near=False)
        for root_id in map(str, near):
            if root_id in words:
                kept[root_id].append(replace(name, is_near=True))
        for root_id, its_beginnings in beginnings.items():
            if its_beginnings.issuperset(name.words):
                kept[root_id].append(name)
    return dict(kept)


@dataclass(frozen=True)
class HeldBack:
    """Words of a record that some readers are not told, since they hold the name of
    this person; or that they are told, since somebody decided that it may stay.
    """

    person_id: str
    texts: list[str]
    told_to: str
    stays: bool


def held_back(record: Root) -> list[HeldBack]:
    """By person. Of a case, not its own names, which rules of their own keep."""
    case = aggregate.read(record.kind, [record.pk]).get(record.pk)
    if case is None:
        return []
    texts = texts_of(case)
    own: set[str] = set()
    for row in case.get("names", ()):
        own |= words_in(row["value"])
    root_id = str(record.pk)
    names = read({root_id: words_of(texts)}).get(root_id, [])
    allowed = may_stay([root_id])
    by_person: dict[str, HeldBack] = {}
    for name in names:
        if name.person == root_id or own.issuperset(name.words):
            continue
        holding_it = [text for text in texts if name.stands_in(words_in(text))]
        if not holding_it:
            continue
        told_to = name.told_to
        stays = all(said(root_id, text, name) in allowed for text in holding_it)
        before = by_person.get(name.person)
        if before is not None:
            stays = stays and before.stays
            holding_it += before.texts
            if is_narrower(before.told_to, told_to):
                told_to = before.told_to
        by_person[name.person] = HeldBack(
            name.person, sorted({*holding_it}), told_to, stays
        )
    return list(by_person.values())


def may_stay(ids: Collection[str]) -> frozenset[str]:
    """The digests of all that somebody said may stay in these roots."""
    allowed: set[str] = set()
    for said_of_it, stays in _decisions(ids):
        if stays:
            allowed.update(said_of_it)
    return frozenset(allowed)


@Statement
def _decisions(ids: Collection[str]) -> Any:
    """The last one of each person in each root."""
    latest = NameStays.objects.filter(root_id__among=ids)
    latest = latest.order_by("root_id", "person_id", "-id")
    return latest.distinct("root_id", "person_id").values_list("said", "may_stay")


def without_names(
    reasons: Mapping[UUID, str], kept: Mapping[str, Iterable[Kept]]
) -> dict[UUID, str]:
    """Of these public reasons those that hold no name."""
    left = {}
    for root_id, reason in reasons.items():
        words = words_in(reason)
        names = kept.get(str(root_id), ())
        if not any(name.stands_in(words) for name in names):
            left[root_id] = reason
    return left


def _beginnings(words: Iterable[str]) -> set[str]:
    begun = set()
    for word in words:
        for end in range(2, len(word) + 1):
            if tells(word[:end]):
                begun.add(word[:end])
    return begun


# --- Kept by the gate ------------------------------------------------------------------


def update(
    kind: str,
    ids: Collection[UUID],
    now: Mapping[UUID, Aggregate],
    shown: Mapping[UUID, Aggregate],
    approved_on: Mapping[UUID, date],
    day: date,
) -> None:
    """Under the gate's lock, once these are written. What holds a name that was told
    before is held back until it is rendered. Without an edition to be shown the present
    counts.

    To delete a case gives back no name.
    """
    if kind != Prisoner.kind:
        return
    before = _stored(ids)
    changed = _changed(before, ids, now, shown, approved_on, day)
    _store(changed)
    for root_id, person in changed.items():
        _follow(root_id, before.get(root_id, _NOTHING), person)


def _changed(
    before: "Mapping[UUID, _OfPerson]",
    ids: Collection[UUID],
    now: Mapping[UUID, Aggregate],
    shown: Mapping[UUID, Aggregate],
    approved_on: Mapping[UUID, date],
    day: date,
) -> "dict[UUID, _OfPerson]":
    """Those of whom other names are kept back than before."""
    seen_outside = _seen_outside(ids)
    changed: dict[UUID, _OfPerson] = {}
    for root_id in ids:
        if root_id not in now:
            continue
        then = shown.get(root_id, now[root_id])
        approved = min(approved_on.get(root_id, day), day)
        person = _of_person(then, now[root_id], approved, root_id in seen_outside)
        if person != before.get(root_id, _NOTHING):
            changed[root_id] = person
    return changed


def out_of_step(
    kind: str,
    ids: Collection[UUID],
    now: Mapping[UUID, Aggregate],
    shown: Mapping[UUID, Aggregate],
    approved_on: Mapping[UUID, date],
    day: date,
) -> set[UUID]:
    """The roots of which something else is kept than these say. Writes nothing."""
    words = {str(root_id): words_of(texts_of(case)) for root_id, case in shown.items()}
    found = {*_changed_words(ids, now, words).keys()}
    if kind == Prisoner.kind:
        found.update(_changed(_stored(ids), ids, now, shown, approved_on, day))
    return found


_NOTHING = _OfPerson({}, frozenset())


def update_words(
    kind: str,
    ids: Collection[UUID],
    now: Mapping[UUID, Aggregate],
    words: Mapping[str, Set[str]],
) -> None:
    """`words` are those of what is shown, by the root's id as text."""
    other, gone = [], []
    for root_id, key in _changed_words(ids, now, words).items():
        if key:
            other.append(ToldWords(root_id=root_id, root_kind=kind, key=key))
        else:
            gone.append(root_id)
    ToldWords.objects.filter(root_id__among=gone).delete()
    ToldWords.objects.bulk_create(
        other, update_conflicts=True, unique_fields=["root_id"], update_fields=["key"]
    )


def _changed_words(
    ids: Collection[UUID],
    now: Mapping[UUID, Aggregate],
    words: Mapping[str, Set[str]],
) -> dict[UUID, str]:
    """Of those that are told in other words than before; "" of those that are gone."""
    before = dict(_told_before(ids))
    corrected = corrections.texts_of(ids)
    changed = {}
    for root_id in ids:
        key = ""
        of_root = words.get(str(root_id))
        if root_id in now and of_root is not None:
            told = of_root | words_of(corrected.get(root_id, ()))
            key = "".join(f" {word}" for word in sorted(told))
        if key != before.get(root_id, ""):
            changed[root_id] = key
    return changed


@Statement
def _told_before(ids: Collection[UUID]) -> Any:
    return ToldWords.objects.filter(root_id__among=ids).values_list("root_id", "key")


def _seen_outside(ids: Collection[UUID]) -> set[UUID]:
    """Those of which some reader has, or had, a document: partners have all of them."""
    return {row_id for (row_id,) in _of_partners(ids)}


@Statement
def _of_partners(ids: Collection[UUID]) -> Any:
    documents = PARTNERS.document_model._default_manager.filter(id__among=ids)
    return documents.values_list("id")


def _of_person(
    then: Aggregate, now: Aggregate, approved: date, seen_outside: bool
) -> _OfPerson:
    told_to: dict[Words, str] = {}
    for reader in READERS:  # who sees the least comes first
        if not (seen_outside or _is_protected(then, now, reader, approved)):
            continue
        told = _told(then, now, reader, approved)
        for case in (then, now):
            for row in case["names"]:
                for words in telling_words(row["value"]):
                    if not told.issuperset(words):
                        told_to[words] = reader.name
    if not told_to:
        return _NOTHING
    if not seen_outside and is_named(UUID(now["root"]["id"])):
        return _NOTHING  # for everybody else it does not exist
    widest = {words: _who_is_told(reader) for words, reader in told_to.items()}
    return _OfPerson(widest, _near(then, now))


def _who_is_told(last_not_told: str) -> str:
    """Everyone who sees more than the last of those who are not told it."""
    if last_not_told == PARTNERS.name:
        return NOBODY_OUTSIDE
    return PARTNERS.name


def _is_protected(
    then: Aggregate, now: Aggregate, reader: Reader, approved: date
) -> bool:
    """By what somebody decided, or by a rule: nobody outside ever saw it, so that it is
    seen by nobody says nothing.
    """
    return is_hidden(then, now) or name_decision(then, now, reader, approved).withheld


def _told(then: Aggregate, now: Aggregate, reader: Reader, approved: date) -> set[str]:
    """The words of the names that this reader is told."""
    withheld = withheld_from(reader, then["root"], now["root"])
    facts = withheld.of(now["root"]["id"])
    if not is_visible(reader, then["root"], now["root"]) or is_hidden(then, now):
        return set()
    if names_nothing(now["root"], facts):
        return set()
    if name_decision(then, now, reader, approved).withheld:
        return set()
    told: set[str] = set()
    for row in seen_names(then, now, reader, withheld):
        told |= words_in(row["value"])
    return told


def _near(then: Aggregate, now: Aggregate) -> frozenset[UUID]:
    ids: set[str] = set()
    for case in (then, now):
        ids.update(case["sources"])
        ids |= named_outside(case)
    return frozenset(map(UUID, ids))


def _stored(ids: Collection[UUID]) -> dict[UUID, _OfPerson]:
    told_to: dict[UUID, dict[Words, str]] = defaultdict(dict)
    near: dict[UUID, frozenset[UUID]] = {}
    for root_id, words, told_to_whom, near_it in _kept_of(ids):
        told_to[root_id][tuple(words)] = told_to_whom
        near[root_id] = frozenset(near_it)
    return {root_id: _OfPerson(told_to[root_id], near[root_id]) for root_id in near}


@Statement
def _kept_of(ids: Collection[UUID]) -> Any:
    names = KeptName.objects.filter(root_id__among=ids)
    return names.values_list("root_id", "words", "told_to", "near")


def _store(changed: Mapping[UUID, _OfPerson]) -> None:
    KeptName.objects.filter(root_id__among=changed).delete()
    rows = []
    for root_id, person in changed.items():
        for words, told_to in sorted(person.told_to.items()):
            row = KeptName(
                root_id=root_id,
                words=list(words),
                longest=max(words, key=len),
                told_to=told_to,
                near=sorted(person.near),
            )
            rows.append(row)
    KeptName.objects.bulk_create(rows)


# --- What follows ----------------------------------------------------------------------


def _follow(root_id: UUID, before: _OfPerson, after: _OfPerson) -> None:
    """What may hold less than before is held back; what may hold more is marked."""
    narrower, wider = set(), set()
    for words in {*before.told_to, *after.told_to}:
        was, is_now = before.told_to.get(words), after.told_to.get(words)
        if is_narrower(is_now, was):
            narrower.add(words)
        elif is_narrower(was, is_now):
            wider.add(words)
    holding_it = dict(_that_hold(narrower, root_id))
    _forget_corrections(root_id, narrower, holding_it, is_near=False)
    close_by: dict[UUID, str] = {}
    if narrower:
        close_by = dict(_kinds(after.near))
    elif after.told_to:
        close_by = dict(_kinds(after.near - before.near))
    _forget_corrections(root_id, {*after.told_to}, close_by, is_near=True)
    holding.hold([*holding_it, *close_by])
    marked = dict(_that_hold(wider, root_id))
    if wider:
        marked |= dict(_kinds(before.near))
    else:
        marked |= dict(_kinds(before.near - after.near))
    marks = [Mark(root_kind=kind, root_id=its_id) for its_id, kind in marked.items()]
    Mark.objects.bulk_create(marks)


def _forget_corrections(
    root_id: UUID, names: Iterable[Words], ids: Collection[UUID], *, is_near: bool
) -> None:
    """What was told of these before, and holds such a name."""
    kept = []
    for words in names:
        kept.append(Kept(str(root_id), words, NOBODY_OUTSIDE, is_near))
    tell_again(corrections.forget_what_holds(kept, ids), today())


def _that_hold(names: Iterable[Words], root_id: UUID) -> Iterator[tuple[UUID, str]]:
    """All records with such words, and their kinds."""
    for words in names:
        if len(words) < 2:
            continue
        has_all = Q(*(Q(key__contains=f" {word}") for word in words))
        rows = ToldWords.objects.filter(has_all).exclude(root_id=root_id)
        yield from rows.values_list("root_id", "root_kind")


def _kinds(ids: Collection[UUID]) -> Iterator[tuple[UUID, str]]:
    rows: Any = ToldWords.objects.filter(root_id__among=ids)
    return iter(rows.values_list("root_id", "root_kind"))
