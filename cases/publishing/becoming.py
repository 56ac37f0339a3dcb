"""What becomes visible to readers, and what no longer is, if a case is approved, or
saved: asked of the gate's own rendering, before it does it. Writes nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.aggregate import Aggregate
from cases.disclosure.disclosing import Merged, disclose
from cases.models import Source
from cases.publishing.gate import read_cases
from cases.publishing.surroundings import (
    read_present,
    surroundings,
    words_by_root,
)
from cases.review.rule import saving_approves
from tracker.audiences import AUDIENCES, PARTNERS
from tracker.contract import rendering, terms
from tracker.contract.walking import fields_of, records
from tracker.emptiness import is_empty
from tracker.site.records import called

Key = tuple[str, str]
"""A record by its id, and of it a field; no field is the record itself."""
Words = dict[Key, str]
Told = Mapping[str, Words]
"""By the name of the audience what it is told of a case."""

Coming = Mapping[str, frozenset[str]]
"""By the name of the audience what will be published to it, and is not yet: ids."""
NOTHING_COMES: Coming = {}

_SOURCE = "source"
# Stands among the words of a case that has a name. Of no record, so it is never told.
_HAS_A_NAME: Key = ("", "name")


@dataclass(frozen=True)
class Becoming:
    """In words, each with who is meant if that is not everyone. `loses_its_name`: a case
    that some readers were told by name stays there for them without it.
    """

    appears: list[str] = field(default_factory=list)
    goes: list[str] = field(default_factory=list)
    loses_its_name: bool = False

    def __bool__(self) -> bool:
        return bool(self.appears or self.goes)


@dataclass(frozen=True)
class _Stand:
    """A case as it was approved, as it is now, and the day of the approval."""

    then: Aggregate
    now: Aggregate
    approved_on: date


def by_approving(
    kind: str, root_ids: Sequence[UUID], day: date
) -> dict[UUID, Becoming]:
    """If each of these was approved on that day as it stands. What a save has hidden
    since the last approval is told, too: it is gone already.
    """
    reading = read_cases(kind, root_ids, day)
    shown = reading.shown
    approved: dict[UUID, _Stand] = {}
    present: dict[UUID, _Stand] = {}
    after: dict[UUID, _Stand] = {}
    for root_id, now in reading.now.items():
        after[root_id] = _Stand(now, now, day)
        if root_id in shown.cases:
            then, approved_on = shown.cases[root_id], shown.approved_on[root_id]
            approved[root_id] = _Stand(then, then, approved_on)
            present[root_id] = _Stand(then, now, approved_on)
    told_as_approved = _told(kind, approved, day)
    told_at_present, told_after = _told(kind, present, day), _told(kind, after, day)
    becoming = {}
    for root_id in after:
        at_present = told_at_present.get(root_id, {})
        goes = _only_in(told_as_approved.get(root_id, {}), told_after[root_id])
        going = _only_in(at_present, told_after[root_id])
        already = [words for words in goes if words not in going]
        becoming[root_id] = Becoming(
            appears=_only_in(told_after[root_id], at_present),
            goes=[*going, *(_already(words) for words in already)],
            loses_its_name=_loses_its_name(
                told_as_approved.get(root_id, {}), told_after[root_id]
            ),
        )
    return becoming


def _already(words: str) -> str:
    return _("%(what)s (already)") % {"what": words}


def told_now(
    kind: str, root_ids: Sequence[UUID], day: date, coming: Coming = NOTHING_COMES
) -> dict[UUID, dict[str, Words]]:
    """Once the gate has done its work: what was approved and is visible still. Where
    saving approves, the cases as they stand. Of those that are not there, nothing.
    """
    reading = read_cases(kind, root_ids, day)
    approves = saving_approves()
    stands: dict[UUID, _Stand] = {}
    for root_id, now in reading.now.items():
        if approves:
            stands[root_id] = _Stand(now, now, day)
        elif root_id in reading.shown.cases:
            then = reading.shown.cases[root_id]
            approved_on = reading.shown.approved_on[root_id]
            stands[root_id] = _Stand(then, now, approved_on)
    return _told(kind, stands, day, coming)


def compared(before: Told, after: Told) -> Becoming:
    """What everyone is told stands once, not again for partners."""
    return Becoming(
        appears=_only_in(after, before),
        goes=_only_in(before, after),
        loses_its_name=_loses_its_name(before, after),
    )


def _loses_its_name(before: Told, after: Told) -> bool:
    for audience_name, words in after.items():
        had_one = _HAS_A_NAME in before.get(audience_name, {})
        if had_one and _HAS_A_NAME not in words:
            return True
    return False


def _only_in(told: Told, other: Told) -> list[str]:
    pieces: dict[Key, str] = {}
    for audience in AUDIENCES:
        own, others = told.get(audience.name, {}), other.get(audience.name, {})
        for key in _differing(own, others):
            if key in pieces:
                continue
            words = own[key]
            if audience is PARTNERS:
                words = _("%(what)s (for partners)") % {"what": words}
            pieces[key] = words
    return list(pieces.values())


def _differing(own: Words, others: Words) -> Iterator[Key]:
    """Of a record that comes or goes as a whole, not its single facts; of a case that
    does, nothing but that.
    """
    case = next(iter(own), None)
    if case is not None and case not in others:
        yield case
        return
    for record_id, name in own:
        if (record_id, name) in others:
            continue
        if name and (record_id, "") not in others:
            continue
        yield record_id, name


def _told(
    kind: str,
    stands: Mapping[UUID, _Stand],
    day: date,
    coming: Coming = NOTHING_COMES,
) -> dict[UUID, dict[str, Words]]:
    cases = [stand.then for stand in stands.values()]
    present = read_present(cases, day, words=words_by_root(cases))
    around = {}
    for audience in AUDIENCES:
        own = surroundings(audience, present, day)
        published = own.published | coming.get(audience.name, frozenset())
        around[audience] = replace(own, published=published)
    documents: dict[tuple[UUID, str], Any] = {}
    for root_id, stand in stands.items():
        for audience in AUDIENCES:
            content = disclose(
                kind,
                stand.then,
                stand.now,
                audience,
                around[audience],
                stand.approved_on,
            )
            if content is not None and not isinstance(content, Merged):
                document = rendering.render(
                    kind, {**content, **dict.fromkeys(terms.FIELDS)}
                )
                documents[root_id, audience.name] = document
    titles = _titles(documents.values())
    told: dict[UUID, dict[str, Words]] = {root_id: {} for root_id in stands}
    for (root_id, audience_name), document in documents.items():
        told[root_id][audience_name] = _words(document, titles)
    return told


def _titles(documents: Collection[Any]) -> dict[str, str]:
    ids = {source_id for document in documents for source_id in _sources(document)}
    sources = Source.objects.filter(pk__in=ids).values_list("pk", "title")
    return {str(source_id): title for source_id, title in sources}


def _sources(document: Mapping[str, Any]) -> list[str]:
    named = []
    for citation in document.get("citations") or ():
        if citation["source"]:
            named.append(citation["source"])
    return named


def _words(document: Mapping[str, Any], titles: Mapping[str, str]) -> Words:
    words: Words = {}
    for kind, record in records(document):
        is_root = record is document
        title = _called(kind, record, is_root=is_root)
        words[record["id"], ""] = title
        for name, form in fields_of(kind).items():
            label = str(form.line.label or "")
            if not label or form.line.derived or _says_nothing(record.get(name)):
                continue
            fact = label
            if not is_root:
                fact = f"{title} – {label.lower()}"
            words[record["id"], name] = fact
    for source_id in _sources(document):
        title = titles.get(source_id, "")
        source = _("the source “%(title)s”") % {"title": title}
        words.setdefault((source_id, ""), source)
    for related in document.get("related_cases") or ():
        words[related, ""] = _("a related case")
    if document.get("names"):
        words[_HAS_A_NAME] = ""
    return words


def _says_nothing(value: object) -> bool:
    return is_empty(value) or value is False


def _called(kind: str, record: Mapping[str, Any], *, is_root: bool) -> str:
    if is_root:
        return _("the whole case")
    if kind == "person_name":
        return _("the name “%(name)s”") % {"name": record["value"]}
    return capfirst(called(kind, record))
