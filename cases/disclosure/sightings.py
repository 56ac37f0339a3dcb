"""The day on which somebody was heard of: outside only to the month, where few people
could know of it.
"""

from calendar import monthrange
from datetime import date, timedelta

from cases.aggregate import Aggregate
from cases.disclosure.citations import betrays_a_day, record_cited
from cases.disclosure.seeing import SeenCase
from tracker.contract.vocabulary import SightingHow
from tracker.dates import bounds

# Of a letter, a visit or a call few people know, whoever tells of it; and of what is
# not known, or not told, nobody can say that many do.
_SEEN_BY_MANY = {SightingHow.SEEN.value, SightingHow.PHOTO.value}


def tell_days_of_sightings(seen: SeenCase, then: Aggregate) -> None:
    """Also in the citations, and in what a source states instead."""
    cut = _cut(seen)
    close = _told_by_somebody_close(then)
    told_to_the_month = set()
    for sighting in seen.lists["sightings"]:
        if sighting["how"] not in _SEEN_BY_MANY or sighting["id"] in close:
            told_to_the_month.add(sighting["id"])
            sighting["heard_on"] = without_the_day(sighting["heard_on"], cut)
    for cited in seen.citations:
        if cited.record["id"] in told_to_the_month:
            citation = cited.citation
            citation["as_of"] = without_the_day(citation["as_of"], None)
            if citation["field"] == "heard_on":
                citation["states"] = without_the_day(citation["states"], cut)


def _told_by_somebody_close(then: Aggregate) -> set[str]:
    """Shown or not: who saw the person follows from the day, too, if somebody else
    gives it.
    """
    told = set()
    for citation in then["citations"]:
        if betrays_a_day(citation, then):
            told.add(record_cited(citation))
    return told


def without_the_day(text: str | None, cut: date | None) -> str | None:
    """To the month. Around the day of a death, or of the last word, the time is cut
    there: so it stays so that the person was heard of after it. All days of one such
    piece of time are told alike, and none is shorter than a month: nobody finds the day
    by reckoning.
    """
    if not text:
        return None
    first, last = bounds(text)
    begins = ends = None
    if first:
        begins = _piece_of_time(first, cut)[0]
    if last:
        ends = _piece_of_time(last, cut)[1]
    if begins and ends and (begins, ends) == _month_of(begins):
        return f"{begins:%Y-%m}"
    return f"[{begins or ''}..{ends or ''}]"


def _cut(seen: SeenCase) -> date | None:
    """The day of the death that is claimed; else the last of which it is said that
    nobody heard of the person from then on.
    """
    died_on: str | None = seen.root["died_on"]
    if died_on:
        return bounds(died_on).latest
    days = []
    for missing in seen.lists["whereabouts"]:
        text = missing["no_contact_since"] or missing["last_seen_on"]
        day = bounds(text).latest if text else None
        if day:
            days.append(day)
    return max(days, default=None)


def _piece_of_time(day: date, cut: date | None) -> tuple[date, date]:
    if cut:
        before = _month_of(_month_of(cut)[0] - timedelta(days=1))[0]
        after = _month_of(_month_of(cut)[1] + timedelta(days=1))[1]
        if before <= day <= cut:
            return before, cut
        if cut < day <= after:
            return cut + timedelta(days=1), after
    return _month_of(day)


def _month_of(day: date) -> tuple[date, date]:
    last = monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=last)
