"""Keeping each audience's corrections beside its documents."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from cases.disclosure.kept_names import Kept, texts_in, words_of
from cases.statements import Statement
from tracker.audiences import AUDIENCES, Audience
from tracker.contract import rendering, terms
from tracker.copying import copy_in
from tracker.corrections import Difference, differences, records

_Row = tuple[object, ...]


@dataclass(frozen=True)
class Change:
    """A document that this audience had, and the one that it has now; None is a
    tombstone.
    """

    root_id: UUID
    before: str
    after: str | None
    reason: str
    subtracted: bool = False


@dataclass(frozen=True)
class _Comparison:
    """Of two documents of a root; `records` are the ids of those of the later one, which
    may be of a person whose name is not told.
    """

    differences: Sequence[Difference]
    records: Sequence[str]
    is_nameless: bool


class Comparisons:
    """What an audience had and has mostly differs from what another had and has by who
    is told alone. So it is compared once for all of them, as long as one write lasts.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], _Comparison] = {}

    def of(self, audience: Audience, kind: str, change: Change) -> _Comparison:
        assert change.after is not None
        told = rendering.as_told(terms.of(audience.name, kind, str(change.root_id)))
        texts = (
            change.before.replace(told, "", 1),
            change.after.replace(told, "", 1),
        )
        if texts not in self._made:
            self._made[texts] = _compare(change.before, change.after)
        return self._made[texts]


def _compare(before: str, after: str) -> _Comparison:
    document = json.loads(after)
    there = [record_id for (_kind, record_id), _record in records(document)]
    is_nameless = document["kind"] == "prisoner" and not document["name"]
    return _Comparison(differences(json.loads(before), document), there, is_nameless)


def keep(
    audience: Audience,
    kind: str,
    changes: Sequence[Change],
    comparisons: Comparisons,
    withdrawn: Collection[UUID],
    today: date,
) -> None:
    """A withdrawal says that something went, and nothing of what it was; what was said
    of the case before is emptied. What is lost because of the present, with no mark of
    a withdrawal, counts as one: an earlier birth makes a minor.

    So is, always, what was said of a record that is no longer there. Of a case without a
    name it is said that it changed, and nothing else: not what kind of record.
    """
    gone: list[UUID] = []
    nameless: dict[UUID, bool] = {}
    taken_back: list[UUID] = []
    there: list[tuple[UUID, str]] = []
    new: list[_Row] = []
    for change in changes:
        if change.after is None:
            gone.append(change.root_id)
            continue
        compared = comparisons.of(audience, kind, change)
        if compared.is_nameless:
            nameless[change.root_id] = bool(compared.differences)
            continue
        is_taken_back = change.root_id in withdrawn
        if change.subtracted and any(map(_lost, compared.differences)):
            is_taken_back = True
        if is_taken_back:
            taken_back.append(change.root_id)
        for record_id in compared.records:
            there.append((change.root_id, record_id))
        for difference in compared.differences:
            new.append(_correction(change, difference, is_taken_back, today))
    corrections: Any = audience.correction_model._default_manager
    if gone:
        corrections.filter(of__among=gone).delete()
    if taken_back:
        corrections.filter(of__among=taken_back).update(**_EMPTY)
    _empty_what_is_no_longer_there(audience, there)
    new += _of_nameless(audience, nameless, today)
    if new:
        copy_in(audience.correction_model._meta.db_table, _COLUMNS, new)


def _of_nameless(
    audience: Audience, changed: Mapping[UUID, bool], today: date
) -> list[_Row]:
    """Instead of all that was said of these documents before: of each day on which
    something changed, that it did; of today, too, if it did today. Also where nothing
    did: what was said before may tell what is told no longer.
    """
    if not changed:
        return []
    corrections: Any = audience.correction_model._default_manager
    rows = corrections.filter(of__among=list(changed))
    days = {(root_id, today) for root_id in changed if changed[root_id]}
    days.update(rows.values_list("of_id", "corrected_on"))
    rows.delete()
    told: list[_Row] = []
    for root_id, day in sorted(days, key=lambda told: told[1]):
        something = Difference("prisoner", str(root_id), "changed")
        told.append(_row(root_id, something, day))
    return told


_EMPTY = {"before": None, "after": None, "reason": ""}


def _empty_what_is_no_longer_there(
    audience: Audience, there: Sequence[tuple[UUID, str]]
) -> None:
    """Of these roots what was said of other records than these."""
    if not there:
        return
    table = audience.correction_model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS told SET before = NULL, after = NULL, reason = ''"  # noqa: S608
            " WHERE of_id = ANY(%(roots)s) AND NOT EXISTS (SELECT FROM"
            " unnest(%(roots_of_each)s::uuid[], %(records)s::uuid[]) AS there (root, id)"
            " WHERE there.root = told.of_id AND there.id = told.record_id)",
            {
                "roots": list({root_id for root_id, _record_id in there}),
                "roots_of_each": [root_id for root_id, _record_id in there],
                "records": [record_id for _root_id, record_id in there],
            },
        )


Emptied = Mapping[Audience, Collection[UUID]]
"""Documents of which something that was told beside them is told no longer: whoever
calls has the feed tell of them once more (`tell_again` in rows.py). Those who keep what
was told would never learn of it.
"""


def forget(ids: Collection[str]) -> Emptied:
    """For every audience: what was said of these documents, and of these records in
    others, is emptied.
    """
    emptied = {}
    for audience in AUDIENCES:
        rows = audience.correction_model._default_manager
        of_them = rows.filter(Q(of_id__in=ids) | Q(record_id__in=ids))
        emptied[audience] = _empty(of_them)
    return emptied


def _empty(rows: Any) -> set[UUID]:
    told = rows.exclude(before__isnull=True, after__isnull=True, reason="")
    ids = set(told.values_list("of_id", flat=True))
    told.update(**_EMPTY)
    return ids


def texts_of(ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """What is told of them to any audience, by root."""
    texts: dict[UUID, set[str]] = defaultdict(set)
    for audience in AUDIENCES:
        for of_id, *told in _told_of(audience)(ids):
            texts[of_id].update(texts_in(told))
    return texts


@cache
def _told_of(audience: Audience) -> Statement:
    rows: Any = audience.correction_model._default_manager
    rows = rows.values_list("of_id", "before", "after", "reason")
    return Statement(lambda ids: rows.filter(of__among=ids))


def forget_what_holds(names: Collection[Kept], ids: Collection[UUID]) -> Emptied:
    """For every audience, of these documents."""
    if not names:
        return {}
    found = {}
    for audience in AUDIENCES:
        corrections: Any = audience.correction_model._default_manager
        rows = corrections.filter(of__among=ids)
        emptied = []
        for pk, *told in rows.values_list("pk", "before", "after", "reason"):
            words = words_of(texts_in(told))
            if any(name.stands_in(words) for name in names):
                emptied.append(pk)
        found[audience] = _empty(corrections.filter(pk__in=emptied))
    return found


def _lost(difference: Difference) -> bool:
    return difference.change == "removed" or (
        difference.change == "changed" and not difference.after
    )


_COLUMNS = ["of_id", "corrected_on", "record_kind", "record_id", "change", "field"]
_COLUMNS += ["before", "after", "reason"]


def _correction(
    change: Change, difference: Difference, is_taken_back: bool, today: date
) -> _Row:
    if is_taken_back:
        emptied = replace(difference, before=None, after=None)
        return _row(change.root_id, emptied, today)
    return _row(change.root_id, difference, today, change.reason)


def _row(root_id: UUID, difference: Difference, day: date, reason: str = "") -> _Row:
    """In the order of _COLUMNS."""
    return (
        root_id,
        day,
        difference.record_kind,
        difference.record_id,
        difference.change,
        difference.field,
        _as_json(difference.before),
        _as_json(difference.after),
        reason,
    )


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
