"""What is told of a case without a name: country, years and status, and what somebody
ticked beside these. docs/decisions/disclosure.md says why.

What stands in no line here is never told. A test holds that each field of the document
stands in one.
"""

from collections.abc import Mapping, Sequence
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

Content = dict[str, Any]
Row = Mapping[str, Any]
Told = frozenset[str]
"""Codes of ToldWithoutName."""

# Of these only this, if nobody ticked more.
OF_EACH = {
    "detention": frozenset({"id", "started_on", "ended_on", "arrest_country"}),
    "placement": frozenset({"id", "country"}),
}
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
    _without_circumstances(content, told)
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


def rows_told(name: str, rows: Sequence[Row], told: Told) -> Sequence[Row]:
    """Of these parts of a case, which stand in the list `name`, those of which readers
    are told anything.
    """
    if name == "detentions" or _is_ticked(name, told):
        return rows
    if name != "placements":
        return []
    if told & {ToldWithoutName.DETENTION, ToldWithoutName.PLACE}:
        return rows
    return _one_of_each_country(rows)


def fact_told(kind: str, name: str, told: Told) -> bool:
    """Of a record of which readers are told something. Of a release by an event the day
    stands on the page of the event.
    """
    if not name:
        return True
    if kind == "prisoner":
        return name in ALWAYS or _is_ticked(name, told)
    if kind == "release" and name == "release_event":
        return ToldWithoutName.DAYS in told
    if kind not in OF_EACH:
        return True
    if name in OF_PLACES:
        return ToldWithoutName.PLACE in told
    return ToldWithoutName.DETENTION in told or name in OF_EACH[kind]


def _is_ticked(name: str, told: Told) -> bool:
    """A field of the case, or a list."""
    if name in WITHIN:
        return WITHIN[name] in told
    return any(code in told for code, names in OF_THE_CASE.items() if name in names)


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


def _without_circumstances(content: Content, told: Told) -> None:
    """Of the placements the countries stay, each once; where places are told, these."""
    for detention in content["detentions"]:
        _keep_told(detention, "detention", told)
        detention["placements"] = rows_told("placements", detention["placements"], told)
        detention["orders"] = rows_told("orders", detention["orders"], told)
        for placement in detention["placements"]:
            _keep_told(placement, "placement", told)


def _keep_told(row: Content, kind: str, told: Told) -> None:
    for name, form in fields_of(kind).items():
        if name in row and name != "id" and not fact_told(kind, name, told):
            row[name] = [] if isinstance(form, Codes) else None


def _one_of_each_country(placements: Sequence[Row]) -> list[Row]:
    """Of each detention."""
    countries: dict[tuple[str, str], Row] = {}
    for placement in placements:
        if placement["country"]:
            key = (placement.get("detention_id", ""), placement["country"])
            countries.setdefault(key, placement)
    return list(countries.values())


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
        cited = fields_of(citation["record"]["kind"])
        if isinstance(cited.get(citation["field"] or ""), Date):
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
    records = _ids(content)
    cited = []
    for citation in content["citations"]:
        about = citation["record"]
        is_told = fact_told(about["kind"], citation["field"] or "", told)
        if about["id"] in records and is_told:
            cited.append(citation)
    content["citations"] = cited


def by_years(spans: Sequence[Span]) -> list[Content]:
    """What was possible at any time of a year in which something turned is so all over
    that year. But what is known last stands alone from the first day of its year: only
    from the next year on it certainly holds (`certain_from` in tracker/contract/spans.py).
    """
    turns = sorted({int(span["since"][:4]) for span in spans if span["since"]})
    if not turns:
        return [dict(span) for span in spans]
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
        reasons = {*either["reasons"], StatusReason.YEAR_ONLY.value}
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
