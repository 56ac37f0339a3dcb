"""When a term was over by plain count: without credit for remand, and without
remission, neither of which sources give in full.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tracker.contract.vocabulary import LegalForce, Punishment, SentenceRuns
from tracker.dates import bounds

Row = Mapping[str, Any]

_ENDLESS = (Punishment.LIFE.value, Punishment.DEATH.value)
_TERMS = (Punishment.IMPRISONMENT.value, Punishment.RESTRICTION_OF_LIBERTY.value)


def in_force(sentences: Sequence[Row]) -> list[Row]:
    """Those that stand: neither replaced by another one nor set aside."""
    replaced = {sentence.get("replaces") for sentence in sentences}
    standing = []
    for sentence in sentences:
        is_set_aside = sentence.get("legal_force") == LegalForce.SET_ASIDE.value
        if sentence["id"] not in replaced and not is_set_aside:
            standing.append(sentence)
    return standing


def total(standing: Sequence[Row]) -> tuple[int, int] | None:
    """Months and further days of sentences in force; None where they have no end, or
    where it is not known what they come to.
    """
    months = days = 0
    longest = (0, 0)
    for sentence in standing:
        if sentence["punishment"] in _ENDLESS:
            return None
        if sentence["punishment"] not in _TERMS:
            continue
        term = (sentence.get("term_months") or 0, sentence.get("term_days") or 0)
        if term == (0, 0) or sentence.get("runs") == SentenceRuns.PARTLY_ADDED.value:
            return None
        if sentence.get("runs") == SentenceRuns.CONCURRENT.value:
            longest = max(longest, term)
        else:
            months, days = months + term[0], days + term[1]
    together = max((months, days), longest)
    return together if together != (0, 0) else None


def last_day_of_terms(standing: Sequence[Row], held_since: str | None) -> date | None:
    """The last day of the month in which the terms were over: from the day from which a
    source counts them, or the start of the detention, or the judgment.
    """
    term = total(standing)
    if term is None:
        return None
    counted = [sentence.get("counted_from") for sentence in standing]
    begins = _last(next(filter(None, counted), None)) or _last(held_since)
    if begins is None:
        days = [_last(sentence["handed_down_on"]) for sentence in standing]
        begins = max((day for day in days if day), default=None)
    if begins is None:
        return None
    return _end_of_month(add(begins, *term))


def last_day_of_arrest(detention: Row) -> date | None:
    """Of one that was ordered for so many days."""
    days = detention.get("term_days")
    begins = _last(detention["started_on"])
    if not days or begins is None:
        return None
    return _within_calendar(begins.toordinal() + days)


def add(day: date, months: int, days: int) -> date:
    """A term of months ends on the day of that number, or on the last of the month."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    if year > date.max.year:
        return date.max
    last = monthrange(year, month + 1)[1]
    begins = date(year, month + 1, min(day.day, last))
    return _within_calendar(begins.toordinal() + days)


def _within_calendar(day: int) -> date:
    return date.fromordinal(min(day, date.max.toordinal()))


def _end_of_month(day: date) -> date:
    last = monthrange(day.year, day.month)[1]
    return day.replace(day=last)


def _last(text: str | None) -> date | None:
    if not text:
        return None
    _earliest, latest = bounds(text)
    return latest
