"""What became of those who were freed at once: how many of them are named, beside what is
claimed of all of them.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from tracker.asking.filters import FILTERS
from tracker.audiences import Audience
from tracker.contract import bounds
from tracker.contract.vocabulary import Measure
from tracker.kept import Kept

Document = Mapping[str, Any]
Facts = Mapping[str, list[Any]]

EVENTS = 50  # the latest
# Of a release of several people: what is drawn of it.
DRAWN = (Measure.RELEASED, Measure.DEPORTED, Measure.REFUSED_DEPORTATION)

KEPT: Kept[Sequence["Release"]] = Kept(most=8)


@dataclass(frozen=True)
class Number:
    """How many of those who are named here it is told of, and what is claimed of all:
    claims of a part of them, such as of journalists, are left out.
    """

    measure: Measure
    named: int
    claims: list[Document]

    @property
    def most_claimed(self) -> int | None:
        """The highest number of a claim; None where none has a number."""
        known = []
        for count in self.claims:
            known += [number for number in bounds.of(count) if number is not None]
        return max(known, default=None)


@dataclass(frozen=True)
class Release:
    event: Document
    numbers: list[Number]


def releases(audience: Audience) -> Sequence[Release]:
    """Three queries where the answer is not kept."""
    return KEPT.answer(audience, "releases", lambda: _releases(audience))


def _releases(audience: Audience) -> Sequence[Release]:
    rows = audience.documents("release_event").order_by("-sort_date", "id")[:EVENTS]
    events = [json.loads(row.document) for row in rows]
    people = _people_by_event(audience)
    claims = _claims_by_event(audience, {event["id"] for event in events})
    told = []
    for event in events:
        numbers = []
        for measure in DRAWN:
            here = identified(measure, people.get(event["id"], []))
            of_all = claims.get((event["id"], measure.value), [])
            numbers.append(Number(measure, here.number if here else 0, of_all))
        told.append(Release(event, numbers))
    return told


def _people_by_event(audience: Audience) -> dict[str, list[Any]]:
    """The facts of those who are named."""
    named = FILTERS["prisoner"](
        QueryDict("named=true"), audience.documents("prisoner"), only_asked=True
    )
    people: dict[str, list[Any]] = defaultdict(list)
    rows = named.qs.filter(facts__has_key="release_event").order_by()
    for facts in rows.values_list("facts", flat=True):
        for event_id in facts["release_event"]:
            people[event_id].append(facts)
    return people


def _claims_by_event(
    audience: Audience, ids: Iterable[str]
) -> dict[tuple[str, str], list[Document]]:
    """By event and measure, of all of its people."""
    claims: dict[tuple[str, str], list[Document]] = defaultdict(list)
    rows = audience.documents("reported_count").filter(facts__has_key="release_event")
    for row in rows.order_by("sort_date", "id"):
        count = json.loads(row.document)
        asked = bounds.question(count)
        if count["release_event"] in ids and bounds.is_of_all(count):
            claims[count["release_event"], asked.measure].append(count)
    return claims


# --- To whom a measure applies ---------------------------------------------------------


@dataclass(frozen=True)
class Identified:
    number: int
    unknown: int
    what: str


def identified(measure: str, facts: list[Facts]) -> Identified | None:
    """None where published cases cannot tell."""
    if measure not in _APPLIES:
        return None
    applies, is_known, what = _APPLIES[measure]
    number = unknown = 0
    for known in facts:
        if applies(known):
            number += 1
        elif not is_known(known):
            unknown += 1
    return Identified(number, unknown, str(what))


_Test = Callable[[Facts], bool]


def _has(fact: str, *values: str) -> _Test:
    return lambda facts: any(value in facts.get(fact, []) for value in values)


def _knows(*names: str) -> _Test:
    def knows(facts: Facts) -> bool:
        return any(set(facts.get(name, ())) - {"unknown"} for name in names)

    return knows


def _everybody(_facts: Facts) -> bool:
    return True


_OUTCOME = gettext_lazy("whether they were sent out of the country")
_LEFT = (_knows("deportation_outcome"), _OUTCOME)
# To whom a measure applies, of whom it is known, and what that is called.
_APPLIES: dict[str, tuple[_Test, _Test, Any]] = {
    Measure.RELEASED: (_everybody, _everybody, ""),
    Measure.DEPORTED: (_has("deportation_outcome", "expelled"), *_LEFT),
    Measure.REFUSED_DEPORTATION: (_has("deportation_outcome", "refused"), *_LEFT),
    Measure.JOURNALISTS_RELEASED: (
        _has("occupations", "journalist"),
        _knows("occupations"),
        gettext_lazy("the occupation"),
    ),
    Measure.PASSPORTS_TAKEN: (
        _has("deportation_passport_fate", "confiscated", "destroyed"),
        _knows("deportation_passport_fate"),
        gettext_lazy("what became of the passport"),
    ),
    Measure.FOREIGNERS_RELEASED: (
        _has("deportation_own_national", "no"),
        _knows("deportation_own_national"),
        gettext_lazy("the nationality"),
    ),
}
