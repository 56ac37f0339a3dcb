"""What a claimed number leaves open, and which claims cannot all be true."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from tracker.contract.vocabulary import Measure, Qualifier

Count = Mapping[str, Any]

# A measure and a group that are one measure: claims of both are rivals.
_MEASURES = {
    ("released", "foreign_nationals"): Measure.FOREIGNERS_RELEASED.value,
    ("released", "journalists"): Measure.JOURNALISTS_RELEASED.value,
}


class Bounds(NamedTuple):
    """None: there is no such bound."""

    lowest: int | None
    highest: int | None


class Question(NamedTuple):
    """What is counted: claims of one question are rivals."""

    measure: str
    event: str | None
    court_case: str | None
    country: str | None
    group: str | None
    nationality: str | None


def question(count: Count) -> Question:
    measure, group = count["measure"], count["of_group"]
    if (measure, group) in _MEASURES:
        measure, group = _MEASURES[measure, group], None
    return Question(
        measure,
        count["release_event"],
        count.get("court_case"),
        count["country"],
        group,
        count["of_nationality"],
    )


def is_of_all(count: Count) -> bool:
    """And of no part of the people, such as those of one nationality."""
    asked = question(count)
    return asked.group is None and asked.nationality is None


def of(count: Count) -> Bounds:
    """“About” a number is no bound; words have those that the editors read in them."""
    value, qualifier = count["value"], count["qualifier"]
    if value is None:
        return Bounds(count["lowest"], count["highest"])
    match qualifier:
        case Qualifier.ABOUT:
            return Bounds(None, None)
        case Qualifier.NEARLY:
            return Bounds(None, value - 1)
        case Qualifier.AT_LEAST:
            return Bounds(value, None)
        case Qualifier.MORE_THAN:
            return Bounds(value + 1, None)
        case Qualifier.AT_MOST:
            return Bounds(None, value)
    return Bounds(value, value)


def span(counts: Iterable[Count]) -> Bounds:
    """From the least that somebody claims to the most; None where a claim is open
    there.
    """
    lowest: list[int | None] = []
    highest: list[int | None] = []
    for count in counts:
        bounds = of(count)
        if bounds == (None, None):
            bounds = Bounds(count["value"], count["value"])
        if bounds == (None, None):
            continue  # words without a number
        lowest.append(bounds.lowest)
        highest.append(bounds.highest)
    return Bounds(_end(min, lowest), _end(max, highest))


def _end(choose: Any, numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return choose(known) if known and len(known) == len(numbers) else None


def cannot_all_be_true(counts: Iterable[Count]) -> bool:
    """Of one question, and of what may be the same day."""
    return any(_exclude(one, other) for one, other in combinations(counts, 2))


def _exclude(one: Count, other: Count) -> bool:
    return _may_be_same_day(one, other) and (
        _is_below(of(one), of(other)) or _is_below(of(other), of(one))
    )


def _is_below(one: Bounds, other: Bounds) -> bool:
    if one.highest is None or other.lowest is None:
        return False
    return one.highest < other.lowest


def _may_be_same_day(one: Count, other: Count) -> bool:
    return not (_is_before(one, other) or _is_before(other, one))


def _is_before(one: Count, other: Count) -> bool:
    last = (one["as_of"] or {}).get("latest")
    first = (other["as_of"] or {}).get("earliest")
    return bool(last and first and last < first)
