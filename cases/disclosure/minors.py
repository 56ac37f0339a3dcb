"""Who may be under 18: on anybody's word, not only as the record says."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cases.aggregate import Aggregate
from tracker import dates

ADULT_AT = 18


def may_be_minor(case: Aggregate, day: date) -> bool:
    """On that day, by the record or by any source. Of the case only the root and the
    citations are asked.
    """
    root = case["root"]
    if _by_birth(root["born_on"], day):
        return True
    if _by_age(root["age_as_stated"], root.get("age_stated_on"), day):
        return True
    return any(_by_source(citation, day) for citation in _with_a_word_of_its_own(case))


def _with_a_word_of_its_own(case: Aggregate) -> Iterator[dict[str, Any]]:
    """Those that state the same as the record have been asked with it."""
    root_id = case["root"]["id"]
    for citation in case["citations"]:
        if citation["states"] is not None and citation["prisoner_id"] == root_id:
            yield citation


def _by_source(citation: dict[str, Any], day: date) -> bool:
    if citation["field"] == "born_on":
        return _by_birth(citation["states"], day)
    if citation["field"] == "age_as_stated":
        return _by_age(citation["states"], citation["as_of"], day)
    return False


def _by_birth(text: Any, day: date) -> bool:
    """A birth whose last possible day is open may be any, and so may one that nobody
    can read.
    """
    if not text:
        return False
    latest = _latest(text)
    return latest is None or _years_between(latest, day) < ADULT_AT


def _by_age(age: Any, said_on: Any, day: date) -> bool:
    """Of whom it is not said when they were so old, that may be now: nobody grows up by
    it. What was said was said until that day at the latest.
    """
    if age is None:
        return False
    if isinstance(age, bool) or not isinstance(age, int):
        return True  # nobody can read it
    latest = _latest(said_on) if said_on else None
    if latest is None:
        return age < ADULT_AT
    return age + max(0, _years_between(latest, day)) < ADULT_AT


def _latest(text: Any) -> date | None:
    try:
        return dates.bounds(text).latest
    except (ValidationError, TypeError):
        return None


def _years_between(first: date, last: date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
