"""What changed between two published documents of one case, for the list of corrections
that goes with it.

Only that a record was added or removed is said, never what a removed one held: it may
have been taken back. Of a record that stayed, each field that changed, with both
values. Citations and what is derived (name, status, previous ids) are left out: a
citation shows itself, and a claimant may be someone whom a name has to be forgotten of.
So are what is told by consent alone, and who judged. So are links that appear or disappear: that may be
the doing of what they name, and no correction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tracker.contract import walking

Doc = Mapping[str, Any]

CHANGES = ("added", "removed", "changed")


@dataclass(frozen=True)
class Difference:
    """`change` is added, removed or changed; `field` and the two values are given only
    with changed. Without a field it is not told what changed: of a case without a name.
    """

    record_kind: str
    record_id: str
    change: str
    field: str = ""
    before: Any = None
    after: Any = None


def differences(before: Doc, after: Doc) -> list[Difference]:
    old, new = dict(records(before)), dict(records(after))
    removed = [Difference(*key, "removed") for key in old if key not in new]
    added = [Difference(*key, "added") for key in new if key not in old]
    found = removed + added
    for key, record in new.items():
        if key in old and old[key] != record:  # most are as they were
            found += _changes(key, old[key], record)
    return found


def _changes(key: tuple[str, str], old: Doc, new: Doc) -> Iterator[Difference]:
    for name, is_link in _compared(key[0]).items():
        if name not in old or name not in new:
            continue  # it is the contract that is new, not the value
        before, after = old[name], new[name]
        if before == after or (is_link and _only_came_or_went(before, after)):
            continue
        yield Difference(*key, "changed", name, before, after)


@cache
def _compared(kind: str) -> dict[str, bool]:
    """Of a record, {field: does it link to another document?}: what people read, and
    the gate does not derive. Who judged is not told of the past.
    """
    compared = {}
    for name, form in walking.fields_of(kind).items():
        line = form.line
        if line.label and line.in_corrections and not line.derived:
            compared[name] = walking.names_a_document(form)
    return compared


def _only_came_or_went(before: Any, after: Any) -> bool:
    """Was nothing put in another's place? Then what the link names may just have been
    published, or hidden.
    """
    old, new = (
        set(value if isinstance(value, list) else [value]) - {None}
        for value in (before, after)
    )
    return old <= new or new <= old


def published(row: Any) -> dict[str, Any]:
    """A row of a table of corrections, as the API and an evidence pack give it."""
    return {
        "corrected_on": row.corrected_on.isoformat(),
        "record": {"kind": row.record_kind, "id": str(row.record_id)},
        "change": row.change,
        "field": row.field or None,
        "before": row.before,
        "after": row.after,
        "reason": row.reason or None,
    }


def records(document: Doc) -> Iterator[tuple[tuple[str, str], Doc]]:
    """((kind, id), record) of the case itself and of each of its parts; without those
    of which nobody is to learn that they were told once.
    """
    for kind, record in walking.records(document):
        if walking.RECORDS[kind].told_in_corrections:
            yield (kind, record["id"]), record
