"""What changed between two published documents of one case, for the list of corrections
that goes with it.

Only that a record was added or removed is said, never what a removed one held: it may
have been taken back. Of a record that stayed, each field that changed, with both
values. Citations and what is derived (name, status, previous ids) are left out: a
citation shows itself, and a claimant may be someone whom a name has to be forgotten of.
So are links that appear or disappear: that may be the doing of what they name, and no
correction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.contract.terms import FIELDS

Doc = Mapping[str, Any]

_LEFT_OUT = {
    *FIELDS,
    "id",
    "kind",
    "citations",
    "claimant",
    "name",
    "status",
    "placements",
    "previous_ids",
}
_LINKS = {
    "release_event",
    "facility",
    "derived_from",
}  # to other cases, which appear and disappear by themselves
_LISTS = {
    "names": "person_name",
    "identifiers": "identifier",
    "recognitions": "recognition",
    "detentions": "detention",
    "charges": "charge",
    "sentences": "sentence",
    "releases": "release",
    "deportations": "deportation",
    "whereabouts": "whereabouts",
}


CHANGES = ("added", "removed", "changed")


@dataclass(frozen=True)
class Difference:
    """`change` is added, removed or changed; `field` and the two values are given only
    with changed.
    """

    record_kind: str
    record_id: str
    change: str
    field: str = ""
    before: Any = None
    after: Any = None


def differences(before: Doc, after: Doc) -> list[Difference]:
    old, new = dict(records(before)), dict(records(after))
    found = [Difference(*key, "removed") for key in old if key not in new]
    found += [Difference(*key, "added") for key in new if key not in old]
    for key in new:
        if key in old:
            told_apart = _LEFT_OUT | (_LISTS.keys() if key[0] == "prisoner" else set())
            found += [
                Difference(*key, "changed", name, old[key].get(name), value)
                for name, value in new[key].items()
                if name not in told_apart
                and name
                in old[key]  # else it is the contract that is new, not the value
                and old[key].get(name) != value
                and not (
                    name in _LINKS and _only_came_or_went(old[key].get(name), value)
                )
            ]
    return found


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
    """((kind, id), record) of the case itself and of each of its parts."""
    yield (document["kind"], document["id"]), document
    if document["kind"] != "prisoner":
        return
    for name, kind in _LISTS.items():
        for record in document.get(name, ()):
            yield (kind, record["id"]), record
            for placement in record.get("placements", ()):
                yield ("placement", placement["id"]), placement
