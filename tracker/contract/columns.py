"""The columns of each kind's CSV, read off the contract, and what stands in them.

A spreadsheet has one line a document. What a document lists is joined by semicolons;
dates are EDTF; what is unknown or not published is empty. Whoever is a protected
pseudonym is marked as one wherever they are named.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from tracker.contract import spans, terms
from tracker.contract.arranging import arranged
from tracker.contract.documents import DOCUMENTS
from tracker.contract.walking import Path, reached, reader
from tracker.spreadsheets import Cell

Doc = Mapping[str, Any]
# The day for which the status is asked; None: as last known.
Day = date | None
Column = Callable[[Doc, Day], Cell]
PSEUDONYM = "[protected pseudonym]"
TERMS = terms.FIELDS


def joined(values: Iterable[Any]) -> str:
    """Each once, in the order in which they come."""
    texts = [str(_plain(value)) for value in values if value not in (None, "")]
    return "; ".join(dict.fromkeys(texts))


def _plain(value: Any) -> Cell:
    match value:
        case {"edtf": edtf}:
            return str(edtf)
        case Mapping():  # a text by language
            return joined(f"{language}: {text}" for language, text in value.items())
        case list():
            return joined(value)
        case bool():
            return "true" if value else "false"
    cell: Cell = value
    return cell


# --- What is computed of more than one field ------------------------------------------


def identifiers(document: Doc, _day: Day) -> str:
    return joined(f"{row['scheme']}:{row['value']}" for row in document["identifiers"])


def recognitions(document: Doc, _day: Day) -> str:
    return joined(
        f"{row['organisation'] or '?'}: {row['outcome'] or '?'}"
        for row in document["recognitions"]
    )


def _span(document: Doc, day: Day) -> Doc:
    if day is None:
        return spans.last_known(document["status"])
    return spans.on(document["status"], day)


def status(document: Doc, day: Day) -> str:
    """All that may hold on that day; without one, what is known last."""
    return joined(_span(document, day)["statuses"])


def status_hedge(document: Doc, day: Day) -> str:
    return _span(document, day)["hedge"] or ""


def status_disputed(document: Doc, day: Day) -> Cell:
    return _plain(_span(document, day)["disputed"])


def status_as_of(document: Doc, day: Day) -> Cell:
    return _plain(_span(document, day)["as_of"])


def status_on(_document: Doc, day: Day) -> Day:
    return day


def longest_term(document: Doc, _day: Day) -> int | None:
    terms = [sentence["term_months"] for sentence in document["sentences"]]
    return max((term for term in terms if term is not None), default=None)


def claimants(document: Doc, _day: Day) -> str:
    return joined(_named(citation["claimant"]) for citation in document["citations"])


def claimant(document: Doc, _day: Day) -> str:
    return _named(document["claimant"])


def _named(claimant: Doc | None) -> str:
    if claimant is None:
        return ""
    name = claimant["name"] or claimant["role"] or ""
    return f"{name} {PSEUDONYM}".strip() if claimant["protected_pseudonym"] else name


COMPUTED: dict[str, dict[str, Column]] = {
    "prisoner": {
        "identifiers": identifiers,
        "recognitions": recognitions,
        "status": status,
        "status_on": status_on,
        "status_hedge": status_hedge,
        "status_disputed": status_disputed,
        "status_as_of": status_as_of,
        "longest_term_months": longest_term,
    },
    "reported_count": {"claimant": claimant},
}


# --- What the contract says ------------------------------------------------------------


def _of_field(name: str) -> Column:
    return lambda document, _day: _plain(document.get(name))


def _of_each(path: Path) -> Column:
    """A field of every record in a list of the document."""
    read = reader(path)
    return lambda document, _day: joined(read(document))


def _columns(kind: str) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for path, form in reached(kind):
        name = path[-1]
        if len(path) > 1:
            if form.line.of_case.column:
                columns[form.line.of_case.column] = _of_each(path)
        elif form.line.in_table:
            columns[name] = _of_field(name)
    columns |= COMPUTED.get(kind, {}) | {"claimants": claimants}
    order = arranged(columns, DOCUMENTS[kind].columns)
    last = ("sources", "claimants", *TERMS)
    order = [name for name in order if name not in last] + list(last)
    return {name: columns[name] for name in order}


COLUMNS: dict[str, dict[str, Column]] = {kind: _columns(kind) for kind in DOCUMENTS}


def row(kind: str, document: Doc, day: Day) -> list[Cell]:
    """`day` is the one for which the status is asked; None: as last known."""
    return [column(document, day) for column in COLUMNS[kind].values()]
