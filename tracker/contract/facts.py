"""What lists filter, order and count by: computed from a published document, never from
the record.

`facts` answers "is it equal": {name: [values]}. Spans answer "in which days". A rule
for each kind of document.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker import names

Doc = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    fact: str
    value: str
    first_day: date | None
    last_day: date | None


@dataclass
class Facts:
    """The columns of a published row beside its document."""

    equal: dict[str, list[Any]] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    search_key: str = ""
    sort_name: str | None = None
    sort_date: date | None = None
    sort_number: int | None = None

    def add(self, fact: str, values: Iterable[Any]) -> None:
        """Nulls and doubles fall away; an empty list is left out."""
        known = sorted({value for value in values if value is not None and value != ""})
        if known:
            self.equal[fact] = known

    def add_dates(
        self, fact: str, published: Iterable[Mapping[str, str | None] | None]
    ) -> None:
        for bounds in published:
            if bounds:
                self.spans.append(
                    Span(fact, "", _day(bounds["earliest"]), _day(bounds["latest"]))
                )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _earliest(published: Mapping[str, str | None] | None) -> date | None:
    return _day(published["earliest"]) if published else None


def _sort_name(text: str | None) -> str | None:
    return names.sort_key(text) if text else None


def _each(records: Iterable[Doc], name: str) -> list[Any]:
    return [record[name] for record in records]


def _flat(records: Iterable[Doc], name: str) -> list[Any]:
    return [item for record in records for item in record[name] or []]


def of(kind: str, document: Doc) -> Facts:
    facts = Facts()
    _RULES[kind](document, facts)
    facts.add("source", _each(document["citations"], "source"))
    return facts


def _prisoner(document: Doc, facts: Facts) -> None:
    placements = _flat(document["detentions"], "placements")
    for name in ("sex", "death_in_custody", "name_withheld"):
        facts.add(name, [document[name]])
    for name in ("citizenships", "occupations"):
        facts.add(name, document[name])
    facts.add("affiliation", [document["affiliation"]])
    facts.add(
        "identifier",
        [f"{one['scheme']}:{one['value']}" for one in document["identifiers"]],
    )
    facts.add("recognition", _each(document["recognitions"], "outcome"))
    facts.add("recognised_by", _each(document["recognitions"], "organisation"))
    facts.add("detention_ground", _each(document["detentions"], "ground"))
    facts.add("place_kind", _each(placements, "place_kind"))
    facts.add("facility", _each(placements, "facility"))
    facts.add("conditions", _flat(placements, "conditions"))
    facts.add("charge_article", _each(document["charges"], "article"))
    facts.add("punishment", _each(document["sentences"], "punishment"))
    facts.add("regime", _each(document["sentences"], "regime"))
    facts.add("in_absentia", _each(document["sentences"], "in_absentia"))
    facts.add("release_event", _each(document["releases"], "release_event"))
    facts.add("release_ground", _each(document["releases"], "ground"))
    for name in (
        "outcome",
        "from_country",
        "to_country",
        "passport_fate",
        "own_national",
    ):
        facts.add(f"deportation_{name}", _each(document["deportations"], name))
    _prisoner_days(document, facts)
    facts.search_key = names.search_key(_each(document["names"], "value"))
    facts.sort_name = _sort_name(document["name"])
    facts.sort_number = max(
        (
            sentence["term_months"]
            for sentence in document["sentences"]
            if sentence["term_months"] is not None
        ),
        default=None,
    )


def _prisoner_days(document: Doc, facts: Facts) -> None:
    facts.add_dates("born_on", [document["born_on"]])
    facts.add_dates("died_on", [document["died_on"]])
    facts.add_dates("detained_on", _each(document["detentions"], "started_on"))
    facts.add_dates("sentenced_on", _each(document["sentences"], "handed_down_on"))
    facts.add_dates("released_on", _each(document["releases"], "released_on"))
    facts.add_dates("deported_on", _each(document["deportations"], "deported_on"))
    facts.add_dates("last_seen_on", _each(document["whereabouts"], "last_seen_on"))
    facts.sort_date = max(
        (
            day
            for day in map(_earliest, _each(document["releases"], "released_on"))
            if day
        ),
        default=None,
    )
    for span in document["status"]:
        last = (
            date.fromordinal(date.fromisoformat(span["until"]).toordinal() - 1)
            if span["until"]
            else None
        )
        facts.spans += [
            Span("status", status, _day(span["since"]), last)
            for status in span["statuses"]
        ]


def _sentence(document: Doc, facts: Facts) -> None:
    for name in (
        "prisoner",
        "court",
        "in_absentia",
        "decision",
        "punishment",
        "regime",
    ):
        facts.add(name, [document[name]])
    for name in ("handed_down_on", "in_force_on"):
        facts.add_dates(name, [document[name]])
    facts.sort_date, facts.sort_number = (
        _earliest(document["handed_down_on"]),
        document["term_months"],
    )


def _deportation(document: Doc, facts: Facts) -> None:
    for name in ("prisoner", "outcome", "from_country", "to_country", "crossing"):
        facts.add(name, [document[name]])
    for name in (
        "own_national",
        "passport_fate",
        "valid_identity_document",
        "may_return",
    ):
        facts.add(name, [document[name]])
    facts.add_dates("deported_on", [document["deported_on"]])
    facts.sort_date = _earliest(document["deported_on"])


def _release_event(document: Doc, facts: Facts) -> None:
    facts.add("exchange", [document["exchange"]])
    facts.add_dates("occurred_on", [document["occurred_on"]])
    facts.sort_name, facts.sort_date = (
        _sort_name(document["title"]),
        _earliest(document["occurred_on"]),
    )
    facts.search_key = names.search_key([document["title"] or ""])


def _source(document: Doc, facts: Facts) -> None:
    for name in ("source_kind", "publisher", "author", "language", "standing"):
        facts.add(name, [document[name]])
    facts.add("derived_from", document["derived_from"])
    facts.add_dates("published_on", [document["published_on"]])
    facts.sort_name, facts.sort_date = (
        _sort_name(document["title"]),
        _earliest(document["published_on"]),
    )
    facts.search_key = names.search_key(
        text
        for text in (document["title"], document["publisher"], document["author"])
        if text
    )


def _facility(document: Doc, facts: Facts) -> None:
    for name in ("place_kind", "country", "region"):
        facts.add(name, [document[name]])
    spellings = list((document["names"] or {}).values())
    facts.search_key = names.search_key(spellings)
    facts.sort_name = _sort_name(spellings[0] if spellings else None)


def _reported_count(document: Doc, facts: Facts) -> None:
    for name in ("measure", "country", "qualifier", "release_event"):
        facts.add(name, [document[name]])
    facts.add_dates("as_of", [document["as_of"]])
    facts.sort_date, facts.sort_number = _earliest(document["as_of"]), document["value"]


_RULES: dict[str, Callable[[Doc, Facts], None]] = {
    "prisoner": _prisoner,
    "sentence": _sentence,
    "deportation": _deportation,
    "release_event": _release_event,
    "source": _source,
    "facility": _facility,
    "reported_count": _reported_count,
}
