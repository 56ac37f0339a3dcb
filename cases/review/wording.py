"""Differences as reviewers read them: labels, dates in words, names instead of ids, and
what is new within long texts.

One query for each kind of record that is named, however many cases there are.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.aggregate import PARTS
from cases.history.since import Edit
from cases.history.timeline import NO_FACTS, Change
from cases.history.wording import Names
from cases.models import Charge, Prisoner, Source
from cases.models.base import Part, Record
from cases.models.texts import TextByLanguage
from cases.models.withheld import Withheld, WithheldFacts
from cases.review.difference import Difference, RecordDifference
from tracker.contract.vocabulary import NarrowedVisibility, Visibility

Text = list[tuple[str, bool]]
"""Pieces of a text, and of each whether the other text lacks it."""

SHORT = 40  # characters: of shorter texts both are read as a whole
LONG = 4_000  # words: comparing longer ones would take long
# Columns of an aggregate with the ids of several others: what these are, and the field.
_LINKS: dict[str, tuple[type[Record], str]] = {
    "charges_ids": (Charge, "charges"),
    "derived_from_ids": (Source, "derived_from"),
    "merged_from_ids": (Prisoner, ""),
}
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


def in_words(found: Sequence[Difference], user: Any) -> list[CaseInWords]:
    """With the records of those models that the user may view."""
    models = {record.model for one in found for record in one.records}
    allowed = {
        model
        for model in models
        if user.has_perm(f"cases.view_{model._meta.model_name}")
    }
    shown = [
        record for one in found for record in one.records if record.model in allowed
    ]
    changes = {id(record): _change(record) for record in shown}
    names = Names(list(changes.values()), list(_known(found)))
    linked = _linked(shown)
    return [
        CaseInWords(
            difference=one,
            records=[
                _record(record, changes[id(record)], names, linked)
                for record in one.records
                if id(record) in changes
            ],
            seen_before=seen(one.seen_before),
            seen_after=seen(one.seen_after),
            by=editors(one.edits),
        )
        for one in found
    ]


def seen(visibility: str) -> str:
    return str(Visibility(visibility).label)


def editors(edits: Iterable[Edit]) -> list[EditorInWords]:
    """The latest first; what nobody signed in for is called so."""
    reasons: dict[str, list[str]] = {}
    last: dict[str, datetime] = {}
    for edit in edits:
        who = edit.who or _("nobody signed in")
        last[who] = edit.at
        its = reasons.setdefault(who, [])
        if edit.why and edit.why not in its:
            its.append(edit.why)
    return [
        EditorInWords(who, last[who], reasons[who])
        for who in sorted(last, key=lambda who: last[who], reverse=True)
    ]


def _record(
    record: RecordDifference,
    change: Change,
    names: Names,
    linked: dict[tuple[Any, str], str],
) -> RecordInWords:
    return RecordInWords(
        difference=record,
        title=names.title(change),
        done=str(DONE[record.operation]),
        fields=list(_fields(record, change, names, linked)),
        seen_before=seen(record.seen_before),
        seen_after=seen(record.seen_after),
        by=editors(record.edits),
    )


def _fields(
    record: RecordDifference,
    change: Change,
    names: Names,
    linked: dict[tuple[Any, str], str],
) -> Iterator[FieldInWords]:
    fields = {field.attname: field for field in record.model._meta.concrete_fields}
    before, after = record.before or {}, record.after or {}
    for column in record.fields:
        old, new = before.get(column), after.get(column)
        if column in _LINKS:
            model, name = _LINKS[column]
            called = [
                ", ".join(linked.get((model, one), one[:8]) for one in ids or [])
                for ids in (old, new)
            ]
            field: Any = record.model._meta.get_field(name) if name else None
            yield _field(
                str(field.verbose_name) if field else _("cases merged into it"), *called
            )
            continue
        if column not in fields or _goes_without_saying(
            record.model, fields[column].name
        ):
            continue
        field = fields[column]
        if isinstance(field, TextByLanguage):
            for language in dict.fromkeys([*(old or {}), *(new or {})]):
                texts = [(value or {}).get(language, "") for value in (old, new)]
                if texts[0] != texts[1]:
                    yield _field(f"{field.verbose_name} ({language})", *texts)
            continue
        if isinstance(field, WithheldFacts):
            yield from _withheld(old or {}, new or {})
            continue
        words = [
            _said(
                record, side, names.value(change, field.name, side.get(column)), field
            )
            for side in (before, after)
        ]
        yield _field(
            str(field.verbose_name),
            *words,
            important=field.name in {"visibility", "name_withheld"},
        )


def _withheld(old: Withheld, new: Withheld) -> Iterator[FieldInWords]:
    """A line for each fact of which other people may know."""
    for record in dict.fromkeys([*new, *old]):
        before, after = old.get(record, {}), new.get(record, {})
        for fact in dict.fromkeys([*after, *before]):
            who = [
                str(NarrowedVisibility(side[fact]).label) if fact in side else ""
                for side in (before, after)
            ]
            if who[0] != who[1]:
                yield _field(
                    _("Withheld: %(fact)s") % {"fact": fact.replace("_", " ")},
                    *who,
                    important=True,
                )


def _said(record: RecordDifference, side: Any, words: str, field: Any) -> str:
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
    whole = [(before, True)] if before else [], [(after, True)] if after else []
    if not (before and after) or max(len(before), len(after)) <= SHORT:
        return whole
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if max(len(old), len(new)) > LONG or matcher.ratio() < 0.3:
        return whole
    left: Text = []
    right: Text = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if a < b:
            left.append(("".join(old[a:b]), tag != "equal"))
        if c < d:
            right.append(("".join(new[c:d]), tag != "equal"))
    return left, right


def _linked(shown: Iterable[RecordDifference]) -> dict[tuple[Any, str], str]:
    """What the ids of links are called; a charge that is gone has no name any more."""
    wanted: dict[type[Record], set[str]] = defaultdict(set)
    for record in shown:
        for column, (model, _name) in _LINKS.items():
            for side in (record.before, record.after):
                wanted[model].update((side or {}).get(column) or ())
    return {
        (model, str(one.pk)): str(one)
        for model, ids in wanted.items()
        if ids
        for one in model._default_manager.filter(pk__in=ids)
    }


def _known(found: Iterable[Difference]) -> Iterator[Change]:
    """What parts of the cases are, or were, called."""
    for one in found:
        for record in one.records:
            yield _change(record)
        snapshot = one.edition.snapshot if one.edition else {}
        for part in PARTS[one.kind]:
            for row in snapshot.get(part.name, []):
                yield _change(
                    RecordDifference(
                        part.model, row["id"], row, None, "internal", "internal"
                    )
                )


def _change(record: RecordDifference) -> Change:
    """As an event of history, whose words are used."""

    def by_name(row: Any) -> dict[str, Any]:
        values = {
            field.name: row[field.attname]
            for field in record.model._meta.concrete_fields
            if field.attname in row
        }
        return {"id": record.record_id, **values}

    before, after = record.before or {}, record.after or {}
    return Change(
        number=0,
        model=record.model,
        record_id=record.record_id,
        operation="update" if before and after else "insert" if after else "delete",
        at=datetime.now(UTC),
        before=by_name(before),
        after=by_name(after),
        record=by_name(after or before),
        user_id=None,
        who="",
        why="",
        page="",
        request_id="",
        context_id=None,
        login="",
        erased=False,
    )
