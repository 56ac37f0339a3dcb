"""A published case as it was on a day: of what is published today, what had happened by
then (docs/decisions/statistics.md).

What certainly came later is taken out. What has no day is told as of today, and what is
concluded of the whole is not told once anything of it is taken out.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from tracker.contract.asked import asked_of
from tracker.contract.fields import Date, Id, Ids
from tracker.contract.walking import fields_of, lists_of

Record = dict[str, Any]

# The end of what had begun; and what was said beforehand of a day to come.
ENDS = frozenset({"ended_on", "to_on", "until_on", "set_aside_on", "revoked_on"})
FORETOLD = frozenset({("prisoner", "stated_end_of_term"), ("detention_order", "to_on")})
# What no field of its own dates: it goes with the day, or with the list, of another.
HANG_ON = {
    "died_on": (
        "death_in_custody",
        "executed",
        "cause_of_death_by_authorities",
        "cause_of_death_by_family",
    ),
    "decisions": ("outcome",),
}
# Concluded of all that is known today, or written of it.
CONCLUDED = ("sentence_in_force", "last_place", "summary")


def on_day(document: Mapping[str, Any], day: date) -> Record:
    """Of a case; others have no day."""
    past = _Past(day)
    case = past.record("prisoner", document)
    case["status"] = list(past.spans(document["status"]))
    if past.gone or past.cleared:
        for name in CONCLUDED:
            case[name] = None
    _without_links(past.gone, "prisoner", case)
    case["citations"] = []
    for citation in document["citations"]:
        cited = citation["record"].get("id")
        if cited not in past.gone and (cited, citation["field"]) not in past.cleared:
            case["citations"].append(citation)
    return case


def is_after(published: Mapping[str, Any] | None, day: date) -> bool:
    """Certainly: a day that may be the same or before is told."""
    return bool(published and (published["earliest"] or "") > day.isoformat())


class _Past:
    """`gone` are the ids of records that were not yet; `cleared`, single facts."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.gone: set[str] = set()
        self.cleared: set[tuple[str, str]] = set()

    def record(self, kind: str, record: Mapping[str, Any]) -> Record:
        past = dict(record)
        for name, form in fields_of(kind).items():
            if not isinstance(form, Date) or (kind, name) in FORETOLD:
                continue
            if is_after(record.get(name), self.day):
                self._clear(past, name, *HANG_ON.get(name, ()))
        for name, part in lists_of(kind).items():
            if name not in record:
                continue
            past[name] = list(self._had_begun(part, record[name] or ()))
            if len(past[name]) < len(record[name] or ()):
                self._clear(past, *HANG_ON.get(name, ()))
        return past

    def _clear(self, record: Record, *names: str) -> None:
        for name in names:
            record[name] = None
            self.cleared.add((record["id"], name))

    def _had_begun(
        self, kind: str, records: Iterable[Mapping[str, Any]]
    ) -> Iterator[Record]:
        for record in records:
            if is_after(_beginning(kind, record), self.day):
                self.gone |= _ids(record)
            else:
                yield self.record(kind, record)

    def spans(self, spans: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
        text = self.day.isoformat()
        for span in spans:
            if (span["since"] or "") > text:
                return
            past = dict(span)
            if past["until"] and past["until"] > text:
                past["until"] = None
            if is_after(past["as_of"], self.day):
                past["as_of"] = None
            past["basis"] = [one for one in past["basis"] if one not in self.gone]
            yield past


def _beginning(kind: str, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first of its days that is known, as the contract names them."""
    for name, form in fields_of(kind).items():
        if isinstance(form, Date) and name not in ENDS and record.get(name):
            day: Mapping[str, Any] = record[name]
            return day
    return None


def _ids(record: Mapping[str, Any]) -> set[str]:
    """Its own and those of its parts."""
    ids = {record["id"]}
    for value in record.values():
        if isinstance(value, list):
            for part in value:
                if isinstance(part, Mapping) and "id" in part:
                    ids |= _ids(part)
    return ids


def _without_links(gone: set[str], kind: str, record: Record) -> None:
    """Nothing leads to what was not yet."""
    for name, form in fields_of(kind).items():
        if isinstance(form, Ids) and record.get(name):
            record[name] = [one for one in record[name] if one not in gone]
        elif isinstance(form, Id) and name != "id" and record.get(name) in gone:
            record[name] = None
    for name, part in lists_of(kind).items():
        for one in record.get(name) or ():
            _without_links(gone, part, one)


# --- What lists can be asked of a day back -----------------------------------------------

_ALWAYS_ASKED = frozenset({"q", "on", "status", "named", "identifier"})


def may_be_asked(kind: str) -> frozenset[str]:
    """What lasts, and what has days of its own. All else is known only as it is today."""
    names = set(_ALWAYS_ASKED)
    for asked in asked_of(kind):
        if isinstance(asked.form, Date) or (
            len(asked.path) == 1 and asked.form.line.lasting
        ):
            names |= {*asked.parameters}
    return frozenset(names)


def events(kind: str) -> list[str]:
    """The facts of days, but for births: who has such days had one of them by then."""
    facts = []
    for asked in asked_of(kind):
        if isinstance(asked.form, Date) and not asked.form.line.lasting:
            facts.append(asked.fact)
    return facts
