"""What of a case its status and its sentence in force follow from, and nothing else. Most
readers see the same of it, and the desk does, too. So it is derived once for all of
them: a field that is not named here cannot be read (custody.py, sentence_in_force.py).

Pure: no database, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.weighing import OF_DEATH

Row = Mapping[str, Any]
# The values of one record by name, in a form that can be compared and kept.
Values = tuple[tuple[str, Any], ...]

# What is derived is kept for so many cases: more than the gate takes at once.
KEPT = 512

FACTS = (
    "id",
    "died_on",
    "death_in_custody",
    "executed",
    "last_verified_on",
    "stated_end_of_term",
)
_TERM = ("punishment", "term_months", "term_months_to", "term_days")
EVENTS: Mapping[str, tuple[str, ...]] = {
    "detentions": ("id", "after", "started_on", "ended_on", "ground", "term_days"),
    "sentences": (
        *("id", "after", "handed_down_on", *_TERM, "in_absentia", "execution"),
        *("legal_force", "set_aside_on", "replaces", "adds_to", "runs", "counted_from"),
        *("enforceable_months", "enforceable_days", "indeterminate"),
    ),
    "releases": (
        *("id", "after", "released_on", "ground", "to_liberty"),
        *("ordered_on", "carried_out", "revoked_on"),
        *("remaining_months", "remaining_days"),
    ),
    "deportations": ("id", "after", "deported_on", "outcome", "release"),
    "whereabouts": ("id", "after", "place_known", "no_contact_since", "last_seen_on"),
    "sightings": ("id", "after", "heard_on"),
}
# By the list of the records that they stand in.
PARTS = {
    "detentions": ("placements", ("id", "place_kind", "from_on", "to_on")),
    "sentences": ("further_punishments", ("id", *_TERM)),
}
_SHOWN = ("field", "source", "agreement", "hedge", "repeats", "as_of", "denies_unseen")
_STILL_SO = (*_SHOWN, "still_so", "published_on")
_HIDDEN = ("field", "source", "supported", "denies_unseen")


@dataclass(frozen=True, slots=True)
class Bearing:
    facts: Values
    events: tuple[tuple[str, tuple[Values, ...]], ...]
    citations: tuple[Values, ...]

    def as_case(self) -> dict[str, Any]:
        """In the published shape."""
        case = dict(self.facts)
        for name, rows in self.events:
            case[name] = [_record(name, row) for row in rows]
        case["citations"] = [_citation(row) for row in self.citations]
        return case


def bearing(case: Row) -> Bearing:
    """Of a case in the published shape; what it lacks stays out."""
    events = []
    ids: set[str] = set()
    for name in EVENTS:
        if name in case:
            rows = tuple([_values_of_event(name, record, ids) for record in case[name]])
            events.append((name, rows))
    citations = []
    for citation in case.get("citations", ()):
        about = citation["record"]["id"]
        is_of_death = about == case.get("id") and citation["field"] in OF_DEATH
        if about in ids or is_of_death:
            citations.append(_values_of_citation(citation, about))
    return Bearing(_values(case, FACTS), tuple(events), tuple(citations))


def _values(record: Row, names: tuple[str, ...]) -> Values:
    return tuple([(name, record[name]) for name in names if name in record])


def _values_of_event(name: str, record: Row, ids: set[str]) -> Values:
    """And adds the ids of the record and of its parts."""
    ids.add(record["id"])
    values = _values(record, EVENTS[name])
    if name not in PARTS:
        return values
    parts_name, names = PARTS[name]
    parts = []
    for part in record.get(parts_name, ()):
        ids.add(part["id"])
        parts.append(_values(part, names))
    return (*values, (parts_name, tuple(parts)))


def _values_of_citation(citation: Row, about: str) -> Values:
    names: tuple[str, ...] = _SHOWN
    if citation["source"] is None:
        names = _HIDDEN
    elif citation.get("still_so"):
        names = _STILL_SO
    return (("record", about), *_values(citation, names))


def _record(name: str, row: Values) -> dict[str, Any]:
    record = dict(row)
    if name in PARTS:
        parts_name, _names = PARTS[name]
        record[parts_name] = [dict(part) for part in record[parts_name]]
    return record


def _citation(row: Values) -> dict[str, Any]:
    citation = dict(row)
    citation["record"] = {"id": citation["record"]}
    return citation
