"""How surely a fact is known: read off the citations of it, as one document holds them.
The pages, the tables and the status (cases/weighing.py) ask here.

A source that is not shown counts for nothing here: how sure it is, is not told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.contract.vocabulary import Agreement, Hedge

Citation = Mapping[str, Any]

# From the surest on. A prediction and a denial are none of these: they support nothing.
SUREST_FIRST = (
    Hedge.STATED.value,
    Hedge.REPORTED.value,
    Hedge.INFERRED.value,
    Hedge.ALLEGED.value,
)
NO_SUPPORT = (Hedge.PREDICTED.value, Hedge.DENIED.value)
EACH = (*SUREST_FIRST, *NO_SUPPORT)


def weaker(*hedges: str) -> str:
    return max(hedges, key=SUREST_FIRST.index)


def surer(*hedges: str) -> str:
    return min(hedges, key=SUREST_FIRST.index)


def of(citation: Citation) -> str:
    """An edition of before may not say how surely."""
    return citation["hedge"] or Hedge.ALLEGED.value


def is_hidden(citation: Citation) -> bool:
    """There is a source, and how it stands to the fact is not told."""
    return citation["source"] is None


def supports(citation: Citation) -> bool:
    """The value that is published."""
    return not is_hidden(citation) and (
        citation["agreement"] == Agreement.SUPPORTS.value
        and citation["hedge"] not in NO_SUPPORT
    )


def tells_of(citation: Citation) -> bool:
    """Of the event: who gives another day, or another place, says all the same that it
    happened.
    """
    if is_hidden(citation) or citation["hedge"] in NO_SUPPORT:
        return False
    return citation["agreement"] is not None


def contradicts(citation: Citation) -> bool:
    return bool(citation["agreement"] == Agreement.CONTRADICTS.value)


def predicts(citation: Citation) -> bool:
    return bool(citation["hedge"] == Hedge.PREDICTED.value)


def surest(citations: Iterable[Citation]) -> str:
    """Of those that support the value; else what is merely denied or predicted says so.
    "" where nobody who is shown says anything.
    """
    supporting: list[str] = []
    denied = predicted = hidden = False
    for citation in citations:
        if is_hidden(citation):
            hidden = True
        elif supports(citation):
            supporting.append(of(citation))
        elif contradicts(citation):
            denied |= citation["hedge"] == Hedge.DENIED.value
        else:
            predicted |= predicts(citation)
    if supporting:
        return surer(*supporting)
    if hidden:
        return ""
    if denied:
        return Hedge.DENIED.value
    return Hedge.PREDICTED.value if predicted else ""


def is_about(citation: Citation, entry: object) -> bool:
    """Of an entry of a list: is it of that entry, of the list as it is, or of a list
    that has the entry?
    """
    states = citation["states"]
    if citation["item"]:
        return bool(citation["item"] == str(entry))
    if isinstance(states, list):
        return entry in states
    return states is None or bool(entry == states)
