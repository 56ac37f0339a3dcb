"""Differences as reviewers read them: labels, dates in words, names instead of ids, and
what is new within long texts.

One query for each kind of record that is named, however many cases there are.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.aggregate import PARTS
from cases.catalogue import Link, links
from cases.history.since import Edit
from cases.history.timeline import NO_FACTS, Change, Operation
from cases.history.wording import Names
from cases.kept import told
from cases.models.base import Part, Record
from cases.models.texts import TextByLanguage
from cases.models.withheld import Withheld, WithheldFacts
from cases.permissions import may
from cases.review.difference import Difference, RecordDifference
from tracker.contract.vocabulary import NarrowedVisibility, Visibility

Text = list[tuple[str, bool]]
"""Pieces of a text, and of each whether the other text lacks it."""
Linked = dict[tuple[type[Record], str], str]
"""By model and id, what a record is called."""
Row = Mapping[str, Any]

SHORT = 40  # characters: of shorter texts both are read as a whole
LONG = 4_000  # words: comparing longer ones would take long
_WORD_OR_SPACE = re.compile(r"\s+|[^\s]+")
DONE = {
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "removed": gettext_lazy("removed"),
}


@dataclass(frozen=True)
class FieldInWords:
    label: str
    before: Text
    after: Text
    important: bool
    """Who may see it: not to be overlooked."""


@dataclass(frozen=True)
class RecordInWords:
    difference: RecordDifference
    title: str
    done: str
    fields: list[FieldInWords]
    seen_before: str
    seen_after: str
    by: list["EditorInWords"]


@dataclass(frozen=True)
class EditorInWords:
    """One person, with the last of their changes."""

    who: str
    at: datetime
    reasons: list[str]


@dataclass(frozen=True)
class CaseInWords:
    difference: Difference
    records: list[RecordInWords]
    seen_before: str
    seen_after: str
    by: list[EditorInWords]


def in_words(
    cases: Sequence[Difference], user: User | AnonymousUser
) -> list[CaseInWords]:
    """With the records of those models that the user may view."""
    allowed = _viewable(cases, user)
    shown: list[RecordDifference] = []
    for case in cases:
        shown += [record for record in case.records if record.model in allowed]
    changes = {id(record): _change(record) for record in shown}
    names = Names(list(changes.values()), list(_known(cases)))
    linked = _linked(shown)
    records: dict[int, RecordInWords] = {}
    for record in shown:
        compared = _Compared(record, changes[id(record)], names, linked)
        records[id(record)] = _record(compared)
    return [_case(case, records) for case in cases]


def _viewable(
    cases: Sequence[Difference], user: User | AnonymousUser
) -> set[type[Record]]:
    models: set[type[Record]] = set()
    for case in cases:
        models.update(record.model for record in case.records)
    return {model for model in models if user.has_perm(may("view", model))}


def _case(case: Difference, records: Mapping[int, RecordInWords]) -> CaseInWords:
    """`records` are those that are shown, by the id() of what they put in words."""
    shown = [records[id(record)] for record in case.records if id(record) in records]
    return CaseInWords(
        difference=case,
        records=shown,
        seen_before=seen(case.seen_before),
        seen_after=seen(case.seen_after),
        by=editors(case.edits),
    )


def seen(visibility: str) -> str:
    return str(Visibility(visibility).label)


def editors(edits: Iterable[Edit]) -> list[EditorInWords]:
    """The latest first; what nobody signed in for is called so."""
    reasons: dict[str, list[str]] = {}
    last: dict[str, datetime] = {}
    for edit in edits:
        who = edit.who or _("nobody signed in")
        last[who] = edit.at
        given = reasons.setdefault(who, [])
        why = told(edit.why)
        if why and why not in given:
            given.append(why)
    latest_first = sorted(last, key=lambda who: last[who], reverse=True)
    return [EditorInWords(who, last[who], reasons[who]) for who in latest_first]


@dataclass(frozen=True)
class _Compared:
    """A record that differs, with what is known of the names of what it names."""

    record: RecordDifference
    change: Change
    names: Names
    linked: Linked


def _record(compared: _Compared) -> RecordInWords:
    record = compared.record
    return RecordInWords(
        difference=record,
        title=compared.names.title(compared.change),
        done=str(DONE[record.operation]),
        fields=list(_fields(compared)),
        seen_before=seen(record.seen_before),
        seen_after=seen(record.seen_after),
        by=editors(record.edits),
    )


def _fields(compared: _Compared) -> Iterator[FieldInWords]:
    model = compared.record.model
    fields = {field.attname: field for field in model._meta.concrete_fields}
    before, after = compared.record.before or {}, compared.record.after or {}
    several = _links_by_column(model)
    for column in compared.record.fields:
        field: Any = fields.get(column)
        if column in several:
            link = several[column]
            yield _link(compared, link, before.get(column), after.get(column))
        elif field is None or _goes_without_saying(model, field.name):
            continue
        elif isinstance(field, TextByLanguage):
            yield from _texts(field, before.get(column), after.get(column))
        elif isinstance(field, WithheldFacts):
            yield from _withheld(before.get(column) or {}, after.get(column) or {})
        else:
            yield _value(compared, field, before, after)


@cache
def _links_by_column(model: type[Record]) -> dict[str, Link]:
    """What such a record names several of, by the column of an aggregate."""
    return {link.column: link for link in links(model)}


def _link(
    compared: _Compared, link: Link, before: list[str] | None, after: list[str] | None
) -> FieldInWords:
    """To several others: what these are called."""
    return _field(
        _label_of_link(compared.record.model, link),
        _called(link.model, before, compared.linked),
        _called(link.model, after, compared.linked),
    )


def _label_of_link(model: type[Record], link: Link) -> str:
    """Of the cases that name this one, as those do that were merged into it, no field
    of its own has a name.
    """
    field: Any = model._meta.get_field(link.name)
    if field.concrete:
        return str(field.verbose_name)
    return _("cases merged into it")


def _called(model: type[Record], ids: list[str] | None, linked: Linked) -> str:
    return ", ".join(linked.get((model, link_id), link_id[:8]) for link_id in ids or ())


def _texts(
    field: models.Field, before: dict[str, str] | None, after: dict[str, str] | None
) -> Iterator[FieldInWords]:
    """A line for each language."""
    old, new = before or {}, after or {}
    for language in dict.fromkeys([*old, *new]):
        texts = old.get(language, ""), new.get(language, "")
        if texts[0] != texts[1]:
            yield _field(f"{field.verbose_name} ({language})", *texts)


def _withheld(old: Withheld, new: Withheld) -> Iterator[FieldInWords]:
    """A line for each fact of which other people may know."""
    for record in dict.fromkeys([*new, *old]):
        before, after = old.get(record, {}), new.get(record, {})
        for fact in dict.fromkeys([*after, *before]):
            if before.get(fact) != after.get(fact):
                yield _field(
                    _("Withheld: %(fact)s") % {"fact": fact.replace("_", " ")},
                    _who(before, fact),
                    _who(after, fact),
                    important=True,
                )


def _who(facts: Mapping[str, str], fact: str) -> str:
    if fact not in facts:
        return ""
    return str(NarrowedVisibility(facts[fact]).label)


def _value(compared: _Compared, field: Any, before: Row, after: Row) -> FieldInWords:
    words = []
    for side in (before, after):
        said = compared.names.value(
            compared.change, field.name, side.get(field.attname)
        )
        words.append(_said(compared.record, side, said, field))
    important = field.name in {"visibility", "name_withheld", "told_without_name"}
    return _field(str(field.verbose_name), *words, important=important)


def _said(record: RecordDifference, side: Row, words: str, field: Any) -> str:
    if (
        field.name == "visibility"
        and not words
        and side
        and issubclass(record.model, Part)
    ):
        return _("as visible as the case")
    return words


def _field(
    label: str, before: str, after: str, *, important: bool = False
) -> FieldInWords:
    old, new = marked(before, after)
    return FieldInWords(capfirst(label), old, new, important)


def _goes_without_saying(model: type[Record], name: str) -> bool:
    return name in NO_FACTS or (issubclass(model, Part) and name == model.root_path)


def marked(before: str, after: str) -> tuple[Text, Text]:
    """Both texts in pieces, where they are long and much of them is the same."""
    whole = _whole(before), _whole(after)
    if not (before and after) or max(len(before), len(after)) <= SHORT:
        return whole
    old, new = _WORD_OR_SPACE.findall(before), _WORD_OR_SPACE.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if max(len(old), len(new)) > LONG or matcher.ratio() < 0.3:
        return whole
    old_pieces: Text = []
    new_pieces: Text = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        is_different = tag != "equal"
        if old_start < old_end:
            old_pieces.append(("".join(old[old_start:old_end]), is_different))
        if new_start < new_end:
            new_pieces.append(("".join(new[new_start:new_end]), is_different))
    return old_pieces, new_pieces


def _whole(text: str) -> Text:
    if not text:
        return []
    return [(text, True)]


def _linked(shown: Iterable[RecordDifference]) -> Linked:
    """What the ids of links are called; a charge that is gone has no name any more."""
    wanted: dict[type[Record], set[str]] = defaultdict(set)
    for record in shown:
        for link in links(record.model):
            for side in (record.before, record.after):
                wanted[link.model].update((side or {}).get(link.column) or ())
    linked: Linked = {}
    for model, ids in wanted.items():
        if ids:
            for named in model._default_manager.filter(pk__in=ids):
                linked[model, str(named.pk)] = str(named)
    return linked


def _known(cases: Iterable[Difference]) -> Iterator[Change]:
    """What parts of the cases are, or were, called."""
    for case in cases:
        for record in case.records:
            yield _change(record)
        if case.edition is None:
            continue
        for part in PARTS[case.kind]:
            for row in case.edition.case[part.name]:
                yield _change(
                    RecordDifference(
                        part.model, row["id"], row, None, "internal", "internal"
                    )
                )


def _change(record: RecordDifference) -> Change:
    """As an event of history, whose words are used."""
    before, after = record.before or {}, record.after or {}
    return Change(
        number=0,
        model=record.model,
        record_id=record.record_id,
        operation=_OPERATIONS[record.operation],
        at=_NO_HOUR,
        transaction=None,
        before=_by_name(record, before),
        after=_by_name(record, after),
        record=_by_name(record, after or before),
        user_id=None,
        who="",
        why="",
        page="",
        request_id="",
        commit=None,
        context_id=None,
        login="",
        erased=False,
    )


# Nobody is told when it was.
_NO_HOUR = datetime.min.replace(tzinfo=UTC)
_OPERATIONS: dict[str, Operation] = {
    "added": "insert",
    "changed": "update",
    "removed": "delete",
}


def _by_name(record: RecordDifference, row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {"id": record.record_id}
    for field in record.model._meta.concrete_fields:
        if field.attname in row:
            values[field.name] = row[field.attname]
    return values
