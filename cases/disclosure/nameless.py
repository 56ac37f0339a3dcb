"""What is told of a case without a name: country, years and status, and what somebody
ticked beside these. docs/decisions/disclosure.md says why.

What stands in no line here is never told. A test holds that each field of the document
stands in one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import pairwise
from typing import Any

from cases.aggregate import Aggregate
from cases.disclosure.traces import without_words
from tracker import dates
from tracker.contract import walking
from tracker.contract.fields import Codes, Date
from tracker.contract.hedges import weaker
from tracker.contract.spans import NOTHING_KNOWN, Span
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
# What decides it, what other rules empty already, what programs are asked to do, and
# what follows by rules of its own.
ALWAYS = frozenset(
    {
        *("id", "kind", "name", "name_withheld", "detentions", "status", "last_place"),
        "search_engines",
    }
)
# What leads to a name by itself, or to whoever is named, or is kept somewhere as the page
# of somebody who was named; and what readers might do who know the name, such as write a
# letter.
NEVER = (
    *("names", "identifiers", "personal_details", "related_cases", "prosecutions"),
    *("previous_ids", "letters", "birthday"),
)
# By code the fields of the document that go together.
OF_THE_CASE: Mapping[ToldWithoutName, tuple[str, ...]] = {
    ToldWithoutName.SEX: ("sex",),
    ToldWithoutName.AGE: ("born_on", "age_as_stated"),
    ToldWithoutName.CITIZENSHIP: ("citizenships", "stateless", "nationality_changes"),
    ToldWithoutName.OCCUPATION: ("occupations", "affiliation", "position"),
    ToldWithoutName.CHARGE: ("charges",),
    ToldWithoutName.SENTENCE: (
        *("sentences", "sentence_in_force", "stated_end_of_term"),
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
    ToldWithoutName.SOURCES: ("citations", "last_verified_on"),
}
# By kind of record, what says at which place it was. Courts and authorities are of a
# town, as prisons are.
OF_PLACES: Mapping[str, frozenset[str]] = {
    "detention": frozenset({"arrest_region", "arrest_place_as_stated", "authority"}),
    "placement": frozenset({"facility", "region", "place_as_stated", "place_kind"}),
    "detention_order": frozenset({"authority"}),
    "charge_decision": frozenset({"authority"}),
    "sentence": frozenset({"court"}),
    "deportation": frozenset({"from_place", "to_place", "crossing"}),
    "whereabouts": frozenset({"last_seen_where"}),
    "sighting": frozenset({"heard_where", "facility"}),
}
# The days of SentenceInForce, which is no record.
OF_THE_TERM = ("counted_from", "ends_on", "as_of")


def ticked(case: Aggregate) -> Told:
    """An edition may be older than the field."""
    return frozenset(case["root"].get("told_without_name") or ())


def only_told(content: Content, told: Told) -> None:
    """Takes out everything else. The content may be that of a document, too, also of one
    that was stored by an earlier release.
    """
    ids = _ids(content)
    _without_fields(content, told)
    _without_circumstances(content, told)
    if ToldWithoutName.SENTENCE not in told:
        content["status"] = without_terms(content["status"])
    if ToldWithoutName.DAYS not in told:
        _years_alone(content)
    if ToldWithoutName.WORDS not in told:
        without_words(content)
    _without_what_names(content, ids - _ids(content), told)


def place_told(place: Content | None, told: Told) -> Content | None:
    """The last one that is known."""
    if place is None or ToldWithoutName.PLACE not in told:
        return None
    if ToldWithoutName.DAYS in told:
        return place
    return {**place, "as_of": _by_year(place["as_of"])}


def rows_told(name: str, rows: Sequence[Row], told: Told) -> Sequence[Row]:
    """Of these parts of a case, which stand in the list `name`, those of which readers
    are told anything.
    """
    if name == "placements":
        if told & {ToldWithoutName.DETENTION, ToldWithoutName.PLACE}:
            return rows
        return _one_of_each_country(rows)
    if name == "detentions" or _is_ticked(name, told):
        return rows
    return []


def fact_told(kind: str, name: str, told: Told) -> bool:
    """Of a record of which readers are told something. Of a release by an event the day
    stands on the page of the event.
    """
    if not name:
        return True
    if kind == "prisoner":
        return name in ALWAYS or _is_ticked(name, told)
    if name in OF_PLACES.get(kind, ()):
        return ToldWithoutName.PLACE in told
    if kind == "release" and name == "release_event":
        return ToldWithoutName.DAYS in told
    if kind in OF_EACH and ToldWithoutName.DETENTION not in told:
        return name in OF_EACH[kind]
    return True


# The lists of parts that stand within others.
_WITHIN = {
    "decisions": ToldWithoutName.CHARGE,
    "further_punishments": ToldWithoutName.SENTENCE,
    "orders": ToldWithoutName.DETENTION,
}


def _is_ticked(name: str, told: Told) -> bool:
    """A field of the case, or a list."""
    if name in _WITHIN:
        return _WITHIN[name] in told
    return any(code in told for code, names in OF_THE_CASE.items() if name in names)


def _ids(content: Content) -> set[str]:
    return {row["id"] for _kind, row in walking.records(content)}


def _without_fields(content: Content, told: Told) -> None:
    for code, names in OF_THE_CASE.items():
        if code in told:
            continue
        for name in names:
            if name in content:
                content[name] = _nothing(name, content[name])
    for name in NEVER:
        if name in content:
            content[name] = [] if isinstance(content[name], list) else False


def _nothing(name: str, value: Any) -> Any:
    if name == "summary":
        return {}
    return [] if isinstance(value, list) else None


def _without_circumstances(content: Content, told: Told) -> None:
    """Of the placements the countries stay, each once; where places are told, these."""
    for detention in content["detentions"]:
        for name in ("placements", "orders"):
            if name in detention:
                detention[name] = rows_told(name, detention[name], told)
    for kind, row in walking.records(content):
        if kind != "prisoner":
            _keep_told(kind, row, told)


def _keep_told(kind: str, row: Content, told: Told) -> None:
    for name, form in fields_of(kind).items():
        if name in row and name != "id" and not fact_told(kind, name, told):
            row[name] = [] if isinstance(form, Codes) else None


def _one_of_each_country(placements: Sequence[Row]) -> list[Row]:
    """Of each detention."""
    countries: dict[tuple[str, str], Row] = {}
    for placement in placements:
        if placement.get("country"):
            key = (placement.get("detention_id", ""), placement["country"])
            countries.setdefault(key, placement)
    return list(countries.values())


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


# --- Years alone ---------------------------------------------------------------------


def _years_alone(content: Content) -> None:
    for kind, row in walking.records(content):
        for name, form in fields_of(kind).items():
            if isinstance(form, Date) and name in row:
                row[name] = _by_year(row[name])
    in_force = content.get("sentence_in_force")
    if in_force:
        for name in OF_THE_TERM:
            in_force[name] = _by_year(in_force.get(name))
    rows = {row["id"]: row for _kind, row in walking.records(content)}
    for citation in content["citations"]:
        if "as_of" in citation:
            citation["as_of"] = _by_year(citation["as_of"])
        record = rows.get(citation["record"]["id"], {})
        _state_years(citation, record.get(citation["field"]))
    content["status"] = by_years(content["status"])


def _state_years(citation: Content, told: Any) -> None:
    """Of another day in the year that is `told` it is not said that it is another one."""
    forms = fields_of(citation["record"]["kind"])
    if not isinstance(forms.get(citation["field"] or ""), Date):
        return
    stated = _by_year(citation.get("states"))
    if stated and _edtf(stated) == _edtf(told):
        stated = citation["agreement"] = None
    citation["states"] = stated


def _edtf(day: Any) -> Any:
    return day["edtf"] if isinstance(day, dict) else day


def _by_year(value: Any) -> Any:
    """Of the EDTF of the record, or of a published date."""
    if isinstance(value, dict):
        return dates.published(years(value["edtf"]))
    return years(value) if value else None


_MONTH_AND_DAY = re.compile(r"(?<=[0-9]{4})(?:-[0-9X]{2})+")


def years(text: str) -> str:
    """What EDTF text says of years: `[2021-12-30..2022-01-02]` is `[2021..2022]`."""
    coarse = _MONTH_AND_DAY.sub("", text)
    first, last = dates.bounds(coarse)
    is_range = "/" in coarse or ".." in coarse
    if is_range and first and last and first.year == last.year:
        return f"{first.year:04}{_mark_of_both(coarse)}"
    return coarse


def _mark_of_both(text: str) -> str:
    """Of the two ends of what became one year: as unsure as either."""
    marks = {mark for mark in "?~%" if mark in text}
    return "%" if len(marks) > 1 else "".join(marks)


def without_terms(spans: Sequence[Span]) -> list[Content]:
    """When a term ends tells how long it is. What is known last goes on, then, as it does
    where no term is known. Where something is known of later, all of the time before is
    told as the part after the end of the term is.
    """
    told: list[Content] = []
    passed: list[Span] = []
    for span in spans:
        if StatusReason.TERM_PASSED.value in span.get("reasons", ()):
            passed.append(span)
            continue
        if passed:
            told[-1:] = [_together([*told[-1:], *passed])]
        told.append({**span})
        passed = []
    if passed and told:
        told[-1]["until"] = None
    elif passed:
        told = [_together(passed)]
    for span in told:
        reasons = {*span.get("reasons", ())} - {StatusReason.TERM_PASSED.value}
        span["reasons"] = sorted(reasons)
    return told


def _together(spans: Sequence[Span]) -> Content:
    either: Span = reduce(_either, spans)
    return {**either, "since": spans[0]["since"]}


def by_years(spans: Sequence[Span]) -> list[Content]:
    """All that was possible at any time of a year in which something turned is possible
    all over that year, so each span still says nothing but what is so. What is known last
    begins with the next year, then, even if that has not come yet.
    """
    if all(StatusReason.YEAR_ONLY.value in span.get("reasons", ()) for span in spans):
        return [{**span} for span in spans]
    spans = [{**NOTHING_KNOWN, **span} for span in spans]
    told: list[Content] = []
    before: list[Span] = []
    for since, until, there in _pieces(spans):
        if there == before:
            told[-1]["until"] = until
        else:
            told.append({**_any_of(there, until), "since": since, "until": until})
        before = there
    return told


def _pieces(
    spans: Sequence[Span],
) -> Iterator[tuple[str | None, str | None, list[Span]]]:
    """Each year in which something turned, and the time between, with what was then."""
    starts = set()
    for span in spans:
        if span["since"]:
            turn = int(span["since"][:4])
            starts |= {turn, min(turn + 1, date.max.year)}
    for first, following in pairwise([None, *sorted(starts), None]):
        since, until = _new_year(first), _new_year(following)
        there = [span for span in spans if _overlaps(span, since, until)]
        if there:
            yield since, until, there


def _new_year(year: int | None) -> str | None:
    return None if year is None else f"{year:04}-01-01"


def _overlaps(span: Span, since: str | None, until: str | None) -> bool:
    """What turned on the first of January turned in that year, as on any other day."""
    begins_before = until is None or (span["since"] or "") < until
    ends_after = span["until"] is None or since is None or span["until"] >= since
    return begins_before and ends_after


def _any_of(spans: Sequence[Span], until: str | None) -> Content:
    """A term has passed in a year only if it had passed before."""
    either: Span = reduce(_either, spans)
    reasons = {*either["reasons"], StatusReason.YEAR_ONLY.value}
    for span in spans:
        if StatusReason.TERM_PASSED.value not in span["reasons"]:
            reasons.discard(StatusReason.TERM_PASSED.value)
    as_of = _by_year(either["as_of"])
    return {**either, "reasons": sorted(reasons), "as_of": _not_after(as_of, until)}


def _not_after(as_of: Any, until: str | None) -> Any:
    """A span tells nothing of the time after it."""
    if not as_of or until is None:
        return as_of
    first, _last = dates.bounds(_edtf(as_of))
    last_year = f"{int(until[:4]) - 1:04}"
    if first is None or f"{first.year:04}" <= last_year:
        return as_of
    return dates.published(last_year) if isinstance(as_of, dict) else last_year


def _either(earlier: Span, later: Span) -> Content:
    hedges = [span["hedge"] for span in (earlier, later) if span["hedge"]]
    return {
        **later,
        "statuses": sorted({*earlier["statuses"], *later["statuses"]}),
        "hedge": weaker(*hedges) if hedges else None,
        "disputed": earlier["disputed"] or later["disputed"],
        "as_of": later["as_of"] or earlier["as_of"],
        "reasons": sorted({*earlier["reasons"], *later["reasons"]}),
        "basis": sorted({*earlier["basis"], *later["basis"]}),
    }
