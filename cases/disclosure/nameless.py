"""What is told of a case without a name: country, years and status, and what somebody
ticked beside these. docs/decisions/disclosure.md says why.

What stands in no line here is never told. A test holds that each field of the document
stands in one.
"""

from collections.abc import Container, Mapping, Sequence
from copy import deepcopy
from functools import cache, reduce
from itertools import pairwise
from typing import Any

from rest_framework import serializers

from cases.aggregate import Aggregate
from cases.disclosure.traces import without_words, year
from tracker import dates
from tracker.contract import walking
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import Codes, Date, Ids, TextByLanguage, Texts
from tracker.contract.hedges import weaker
from tracker.contract.spans import Span, last_known
from tracker.contract.vocabulary import StatusReason, ToldWithoutName
from tracker.contract.walking import fields_of
from tracker.emptiness import is_empty

Content = dict[str, Any]
Told = frozenset[str]
"""Codes of ToldWithoutName."""

# Of a detention only these, if nobody ticked more.
OF_EACH_DETENTION = frozenset({"id", "started_on", "ended_on", "arrest_country"})
OF_EACH_PLACEMENT = frozenset({"id", "country"})
# What decides it (`name`, `name_withheld`), what other rules empty already (`names` to
# `related_cases`), what programs are asked to do, and what follows by rules of its own.
ALWAYS = frozenset(
    {
        *("id", "kind", "name", "name_withheld", "detentions", "status", "last_place"),
        *("names", "identifiers", "personal_details", "previous_ids", "related_cases"),
        *("search_engines", "letters", "birthday", "last_verified_on"),
    }
)
# By code the fields of the document that go together.
OF_THE_CASE: Mapping[ToldWithoutName, tuple[str, ...]] = {
    ToldWithoutName.SEX: ("sex",),
    ToldWithoutName.AGE: ("born_on", "age_as_stated"),
    ToldWithoutName.CITIZENSHIP: ("citizenships", "stateless", "nationality_changes"),
    ToldWithoutName.OCCUPATION: ("occupations", "affiliation", "position"),
    ToldWithoutName.CHARGE: ("charges",),
    ToldWithoutName.SENTENCE: (
        *("sentences", "sentence_in_force", "stated_end_of_term", "prosecutions"),
    ),
    ToldWithoutName.RELEASE: ("releases",),
    ToldWithoutName.EXPULSION: ("deportations",),
    ToldWithoutName.DEATH: (
        *("died_on", "death_in_custody", "executed"),
        *("cause_of_death_by_authorities", "cause_of_death_by_family"),
    ),
    ToldWithoutName.WHEREABOUTS: ("whereabouts", "sightings"),
    ToldWithoutName.RECOGNITION: ("recognitions", "designations"),
    ToldWithoutName.WORDS: ("summary",),
    ToldWithoutName.SOURCES: ("citations",),
}
# Wherever they stand: which place it was.
OF_PLACES = frozenset(
    {
        *("facility", "region", "place_as_stated", "place_kind"),
        *("arrest_region", "arrest_place_as_stated"),
    }
)
# The lists of parts that stand within others.
WITHIN = {
    "decisions": ToldWithoutName.CHARGE,
    "further_punishments": ToldWithoutName.SENTENCE,
    "orders": ToldWithoutName.DETENTION,
}


def told_of(then: Aggregate, now: Aggregate) -> Told:
    """Ticked when it was approved, and still."""
    return frozenset(_ticked(then)) & frozenset(_ticked(now))


def _ticked(case: Aggregate) -> Sequence[str]:
    return case["root"].get("told_without_name") or ()


def only_told(content: Content, told: Told) -> bool:
    """Takes out everything else. The content may be that of a document, too. True: there
    was something to take.
    """
    before = deepcopy(content)
    _without_fields(content, told)
    if ToldWithoutName.DETENTION not in told:
        _without_circumstances(content, ToldWithoutName.PLACE in told)
    if ToldWithoutName.PLACE not in told:
        _without_places(content)
    if ToldWithoutName.DAYS not in told:
        _years_alone(content)
    if ToldWithoutName.WORDS not in told:
        without_words(content)
    _without_what_names(content, _ids(before) - _ids(content), told)
    return content != before


def place_told(place: Content | None, told: Told | None) -> Content | None:
    """The last one that is known."""
    if place is None or told is None:
        return place
    if ToldWithoutName.PLACE not in told:
        return None
    if ToldWithoutName.DAYS in told:
        return place
    return {**place, "as_of": _year(place["as_of"])}


def lists_told(told: Told) -> frozenset[str]:
    """Of the lists of a case those of which readers are told anything."""
    lists = {"detentions", "placements"}
    for code, names in OF_THE_CASE.items():
        if code in told:
            lists.update(names)
    lists.update(name for name, code in WITHIN.items() if code in told)
    return frozenset(lists)


def _ids(content: Content) -> set[str]:
    return {row["id"] for _kind, row in walking.records(content)}


def _without_fields(content: Content, told: Told) -> None:
    for code, names in OF_THE_CASE.items():
        if code not in told:
            for name in names:
                if name in content:  # a document may be older than the field
                    content[name] = _empty(name)


def _empty(name: str) -> Any:
    form = _forms()[name]
    if isinstance(form, TextByLanguage):
        return {}
    if isinstance(form, serializers.ListSerializer | Codes | Ids | Texts):
        return []
    return None


@cache
def _forms() -> dict[str, Any]:
    return dict(DOCUMENTS["prisoner"]().fields)


def _without_circumstances(content: Content, told_places: bool) -> None:
    """Of the placements the countries stay, each once; where places are told, these."""
    places = OF_PLACES if told_places else frozenset[str]()
    for detention in content["detentions"]:
        _keep_only(detention, "detention", OF_EACH_DETENTION | places)
        detention["orders"] = []
        placements = detention["placements"]
        if not told_places:
            placements = _one_of_each_country(placements)
        for placement in placements:
            _keep_only(placement, "placement", OF_EACH_PLACEMENT | places)
        detention["placements"] = placements


def _one_of_each_country(placements: Sequence[Content]) -> list[Content]:
    countries: dict[str, Content] = {}
    for placement in placements:
        if placement["country"]:
            countries.setdefault(placement["country"], placement)
    return list(countries.values())


def _keep_only(row: Content, kind: str, names: Container[str]) -> None:
    for name, form in fields_of(kind).items():
        if name in row and name not in names:
            row[name] = [] if isinstance(form, Codes) else None


def _without_places(content: Content) -> None:
    for _kind, row in walking.records(content):
        for name in OF_PLACES.intersection(row):
            row[name] = None


def _years_alone(content: Content) -> None:
    """Of a release by an event the day stands on the page of the event."""
    for kind, row in walking.records(content):
        for name, form in fields_of(kind).items():
            if isinstance(form, Date) and name in row:
                row[name] = _year(row[name])
    for release in content["releases"]:
        release["release_event"] = None
    in_force = content.get("sentence_in_force")
    if in_force:
        for name in ("counted_from", "ends_on", "as_of"):
            in_force[name] = _year(in_force[name])
    for citation in content["citations"]:
        citation["as_of"] = _year(citation["as_of"])
        form = fields_of(citation["record"]["kind"]).get(citation["field"] or "")
        if isinstance(form, Date):
            citation["states"] = _year(citation["states"])
    content["status"] = by_years(content["status"])


def _year(value: Any) -> Any:
    """Of the EDTF of the record, or of a published date."""
    if isinstance(value, dict):
        return dates.published(year(value["edtf"]))
    return year(value)


def _without_what_names(content: Content, gone: set[str], told: Told) -> None:
    """Links to records that went, and what was cited for them."""
    for row, name in walking.references("prisoner", content):
        value = row[name]
        if isinstance(value, list):
            row[name] = [record_id for record_id in value if record_id not in gone]
        elif value in gone:
            row[name] = None
    for span in content["status"]:
        span["basis"] = [
            record_id for record_id in span["basis"] if record_id not in gone
        ]
    records = {row["id"]: row for _kind, row in walking.records(content)}
    cited = []
    for citation in content["citations"]:
        record = records.get(citation["record"]["id"])
        name = citation["field"]
        if record is not None and (not name or not is_empty(record.get(name))):
            cited.append(citation)
    content["citations"] = cited


def by_years(spans: Sequence[Span]) -> list[Content]:
    """What was possible at any time of a year in which something turned is so all over
    that year. But what is known last stands alone from the first day of its year: its
    own words say so (StatusReason.YEAR_ONLY), and no list of a day within that year is
    answered by it (tracker/contract/facts.py).
    """
    turns = sorted({int(span["since"][:4]) for span in spans if span["since"]})
    last = last_known(spans)
    last_turn = int(last["since"][:4]) if last["since"] else None
    starts = set(turns)
    starts.update(turn + 1 for turn in turns if turn != last_turn)
    told: list[Content] = []
    for first, following in pairwise([None, *sorted(starts), None]):
        since, until = _new_year(first), _new_year(following)
        there = [span for span in spans if _overlaps(span, since, until)]
        if first is not None and first == last_turn:
            there = there[there.index(last) :]
        either = reduce(_either, there)
        reasons = set(either["reasons"])
        if first is not None and first == last_turn:
            reasons.add(StatusReason.YEAR_ONLY.value)
        as_of = _year(either["as_of"])
        coarse = {**either, "as_of": as_of, "reasons": sorted(reasons)}
        if told and _says_the_same(told[-1], coarse):
            told[-1]["until"] = until
        else:
            told.append({**coarse, "since": since, "until": until})
    return told


def _new_year(turn: int | None) -> str | None:
    return None if turn is None else f"{turn:04}-01-01"


def _overlaps(span: Span, since: str | None, until: str | None) -> bool:
    begins_before = until is None or (span["since"] or "") < until
    ends_after = span["until"] is None or since is None or span["until"] > since
    return begins_before and ends_after


def _either(one: Span, other: Span) -> Content:
    hedges = [span["hedge"] for span in (one, other) if span["hedge"]]
    return {
        **other,
        "statuses": sorted({*one["statuses"], *other["statuses"]}),
        "hedge": weaker(*hedges) if hedges else None,
        "disputed": one["disputed"] or other["disputed"],
        "as_of": other["as_of"] or one["as_of"],
        "reasons": sorted({*one["reasons"], *other["reasons"]}),
        "basis": sorted({*one["basis"], *other["basis"]}),
    }


def _says_the_same(one: Span, other: Span) -> bool:
    return all(
        one[name] == other[name]
        for name in ("statuses", "hedge", "disputed", "reasons", "as_of")
    )
