"""Does what a source states support what the record holds, or contradict it? Computed,
never stored.
"""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError

from tracker import dates
from tracker.contract.vocabulary import Agreement, Hedge


def agreement(
    citation: Mapping[str, object], record: Mapping[str, object], *, retracted: bool
) -> str | None:
    """`citation` and `record` are rows of an aggregate. None: the source says nothing
    for or against.

    A prediction is no evidence of what came, and a retracted source none of anything.
    """
    if retracted or citation["hedge"] == Hedge.PREDICTED:
        return None
    stated = citation["states"]
    agrees = stated is None or _agree(stated, _held(citation, record))
    if citation["hedge"] == Hedge.DENIED:
        agrees = not agrees
    if agrees:
        return Agreement.SUPPORTS.value
    return Agreement.CONTRADICTS.value


def _held(citation: Mapping[str, object], record: Mapping[str, object]) -> object:
    """The field that is cited; a foreign key by its id."""
    name = str(citation["field"])
    if name in record:
        return record[name]
    return record.get(f"{name}_id")


def _agree(stated: object, held: object) -> bool:
    if held is None or held == "":
        return False
    if isinstance(held, list):
        entries = [stated]
        if isinstance(stated, list):
            entries = stated
        return set(entries) <= set(held)
    if stated == held:
        return True
    if isinstance(stated, str) and isinstance(held, str):
        return _may_be_same_day(stated, held)
    return False


def _may_be_same_day(stated: str, held: str) -> bool:
    """“September 2025” does not contradict 11 September."""
    try:
        stated_days, held_days = dates.bounds(stated), dates.bounds(held)
    except ValidationError:
        return False
    return not (
        _is_before(stated_days.latest, held_days.earliest)
        or _is_before(held_days.latest, stated_days.earliest)
    )


def _is_before(last: date | None, first: date | None) -> bool:
    """Certainly: an open end is before nothing."""
    return last is not None and first is not None and last < first
