"""When a term was over by plain count: without credit for remand, and without
remission, neither of which sources give in full.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tracker.contract.vocabulary import (
    FOR_LIFE,
    LegalForce,
    Punishment,
    SentenceExecution,
    SentenceRuns,
    YesNo,
)
from tracker.dates import bounds

Row = Mapping[str, Any]

_ENDLESS = (*FOR_LIFE, Punishment.DEATH.value)
_TERMS = (Punishment.IMPRISONMENT.value, Punishment.RESTRICTION_OF_LIBERTY.value)
NOT_SERVED = {
    SentenceExecution.SUSPENDED.value,
    SentenceExecution.DEFERRED.value,
    SentenceExecution.PROBATION.value,
    SentenceExecution.ANNOUNCEMENT_DEFERRED.value,
}
# What takes more liberty stands before what takes less.
GRAVEST_FIRST = (
    Punishment.DEATH.value,
    Punishment.AGGRAVATED_LIFE.value,
    Punishment.LIFE.value,
    Punishment.IMPRISONMENT.value,
    Punishment.COMPULSORY_TREATMENT.value,
    Punishment.RESTRICTION_OF_LIBERTY.value,
    Punishment.EXILE.value,
    Punishment.HOME_CONFINEMENT.value,
)
_OF_A_PUNISHMENT = ("punishment", "term_months", "term_months_to", "term_days")


def punishments_of(sentence: Row) -> list[Row]:
    """All that one decision orders: the main one, which is the sentence itself, and
    what stands beside it.
    """
    return [sentence, *sentence.get("further_punishments", ())]


def by_its_gravest(sentence: Row, counting: Sequence[Row]) -> Row:
    """The sentence as if that one of its further punishments that takes most liberty
    were the main one. `counting` are those that sources bear out.
    """
    for kind in GRAVEST_FIRST:
        if sentence["punishment"] == kind:
            return sentence
        for punishment in counting:
            if punishment["punishment"] == kind:
                graver = {name: punishment.get(name) for name in _OF_A_PUNISHMENT}
                return {**sentence, **graver}
    return sentence


def in_force(sentences: Sequence[Row]) -> list[Row]:
    """Those that stand: neither replaced by another one nor set aside."""
    replaced = {sentence.get("replaces") for sentence in sentences}
    standing = []
    for sentence in sentences:
        is_set_aside = sentence.get("legal_force") == LegalForce.SET_ASIDE.value
        if sentence["id"] not in replaced and not is_set_aside:
            standing.append(sentence)
    return standing


def has_an_end(standing: Sequence[Row]) -> bool:
    """Is it known what the sentences in force come to, at the least?"""
    terms = _terms(standing)
    for sentence in standing:
        if sentence["punishment"] in _ENDLESS:
            return False
        if sentence.get("indeterminate") == YesNo.YES.value:
            return False
    for sentence in terms:
        is_partly_added = sentence.get("runs") == SentenceRuns.PARTLY_ADDED.value
        if is_partly_added or _term(sentence) == (0, 0):
            return False
    return bool(terms)


def _terms(standing: Sequence[Row]) -> list[Row]:
    return [sentence for sentence in standing if sentence["punishment"] in _TERMS]


def enforceable(sentence: Row) -> tuple[int, int] | None:
    """Of a term of which the rest is suspended: the months and further days that are to
    be served.
    """
    months, days = sentence.get("enforceable_months"), sentence.get("enforceable_days")
    if months is None and days is None:
        return None
    return months or 0, days or 0


def _term(sentence: Row) -> tuple[int, int]:
    """Months and further days that are to be served."""
    served = enforceable(sentence)
    if served:
        return served
    months = sentence.get("term_months_to") or sentence.get("term_months") or 0
    return months, sentence.get("term_days") or 0


def last_day_of_terms(standing: Sequence[Row], held_since: str | None) -> date | None:
    """The last day of the month in which the terms were over: from the day from which a
    source counts them, or the start of the detention, or the judgment. None where they
    have no end, or it is not known what they come to.

    Terms run beside each other if it is said, or if of several it is not said how they
    run: then nobody knows that they go on for longer. Each ends by its own day, and what
    is added to them comes after the last of these.
    """
    if not has_an_end(standing):
        return None
    beside: list[Row] = []
    added: list[Row] = []
    for sentence in _terms(standing):
        one_after_the_other = sentence.get("runs") == SentenceRuns.CONSECUTIVE.value
        (added if one_after_the_other else beside).append(sentence)
    if len(beside) > 1:
        ends = [_end(sentence, held_since) for sentence in beside]
    else:
        ends = [_begin(standing, held_since)]
        added = beside + added
    if None in ends:
        return None
    over_on = max(day for day in ends if day)
    months = days = 0
    for sentence in added:
        months, days = months + _term(sentence)[0], days + _term(sentence)[1]
    return _end_of_month(add(over_on, months, days))


def _end(sentence: Row, held_since: str | None) -> date | None:
    begins = _begin([sentence], held_since)
    return begins and add(begins, *_term(sentence))


def _begin(standing: Sequence[Row], held_since: str | None) -> date | None:
    counted = [sentence.get("counted_from") for sentence in standing]
    begins = _last(next(filter(None, counted), None)) or _last(held_since)
    if begins is None:
        days = [_last(sentence["handed_down_on"]) for sentence in standing]
        begins = max((day for day in days if day), default=None)
    return begins


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
