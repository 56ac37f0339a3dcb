"""Does what a source states support what the record holds, or contradict it? Computed,
never stored.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from tracker import dates
from tracker.contract.vocabulary import Agreement, Hedge


def agreement(
    citation: Mapping[str, Any], record: Mapping[str, Any], *, retracted: bool
) -> str | None:
    """`citation` and `record` are rows of an aggregate. None: the source says nothing
    for or against.

    A prediction is no evidence of what came, and a retracted source none of anything.
    """
    if retracted or citation["hedge"] == Hedge.PREDICTED:
        return None
    agrees = citation["states"] is None or _agree(
        citation["states"], _held(citation, record)
    )
    if citation["hedge"] == Hedge.DENIED:
        agrees = not agrees
    return Agreement.SUPPORTS.value if agrees else Agreement.CONTRADICTS.value


def _held(citation: Mapping[str, Any], record: Mapping[str, Any]) -> Any:
    """The field that is cited; a foreign key by its id."""
    name = citation["field"]
    return record[name] if name in record else record.get(f"{name}_id")


def _agree(stated: Any, held: Any) -> bool:
    if held is None or held == "":
        return False
    if isinstance(held, list):
        return set(stated if isinstance(stated, list) else [stated]) <= set(held)
    if stated == held:
        return True
    return (
        isinstance(stated, str)
        and isinstance(held, str)
        and _may_be_same_day(stated, held)
    )


def _may_be_same_day(stated: str, held: str) -> bool:
    """“September 2025” does not contradict 11 September."""
    try:
        one, other = dates.bounds(stated), dates.bounds(held)
    except ValidationError:
        return False
    starts = (
        one.earliest is None or other.latest is None or one.earliest <= other.latest
    )
    ends = one.latest is None or other.earliest is None or one.latest >= other.earliest
    return starts and ends
