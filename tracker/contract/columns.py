"""The columns of each kind's CSV, read off the contract, and what stands in them.

A spreadsheet has one line a document. What a document lists is joined by semicolons;
dates are EDTF; what is unknown or not published is empty. Whoever is a protected
pseudonym is marked as one wherever they are named.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from tracker.contract import contact, hedges, spans, terms
from tracker.contract.arranging import arranged
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import NOWHERE, Form
from tracker.contract.telling import needs_source, puts_otherwise
from tracker.contract.walking import (
    Path,
    lists_of,
    reached,
    reader,
    records_reader,
    values_of,
)
from tracker.spreadsheets import Cell

Doc = Mapping[str, Any]
# The day for which the status is asked; None: as last known.
Day = date | None
Column = Callable[[Doc, Day], Cell]
PSEUDONYM = "[protected pseudonym]"
_HEDGE_OF_CLAIM = {"value_as_stated": "claim_hedge"}
# The citations of the document by record and field, beside its fields.
CITED = "cited"
# In the place of a hedge: the source is not shown, or was retracted; nobody is cited.
NOT_TOLD, NO_SOURCE = "not_told", "no_source"
TERMS = terms.FIELDS


def joined(values: Iterable[Any]) -> str:
    """Each once, in the order in which they come."""
    texts = [str(plain(value)) for value in values if value not in (None, "")]
    return "; ".join(dict.fromkeys(texts))


def plain(value: Any) -> Cell:
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
    told = []
    for row in document["recognitions"]:
        words = f"{row['organisation'] or '?'}: {row['outcome'] or '?'}"
        if row.get("category"):
            words += f" ({row['category']})"
        told.append(words)
    return joined(told)


def listed_by(document: Doc, _day: Day) -> str:
    """Never without the authority whose word it is."""
    listings = []
    for row in document.get("designations") or ():
        listings.append(f"{row['authority'] or '?'}: {row['list_kind'] or '?'}")
    return joined(listings)


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
    return plain(_span(document, day)["disputed"])


def status_as_of(document: Doc, day: Day) -> Cell:
    return plain(_span(document, day)["as_of"])


def status_on(_document: Doc, day: Day) -> Day:
    return day


def no_contact_since(document: Doc, _day: Day) -> str:
    """Until somebody heard of the person again."""
    return joined(missing["no_contact_since"] for missing in contact.lost(document))


def longest_term(document: Doc, _day: Day) -> int | None:
    """Of all sentences, also of those that no longer stand."""
    terms = [sentence["term_months"] for sentence in document["sentences"]]
    return max((term for term in terms if term is not None), default=None)


def _in_force(name: str) -> Column:
    """Of what now stands of the sentences; empty where none is known."""

    def column(document: Doc, _day: Day) -> Cell:
        in_force = document.get("sentence_in_force") or {}
        return plain(in_force.get(name))

    return column


def claimants(document: Doc, _day: Day) -> str:
    return joined(named(citation["claimant"]) for citation in document["citations"])


def claimant(document: Doc, _day: Day) -> str:
    return named(document["claimant"])


def named(claimant: Doc | None) -> str:
    if claimant is None:
        return ""
    name = claimant["name"] or claimant["role"] or ""
    return f"{name} {PSEUDONYM}".strip() if claimant["protected_pseudonym"] else name


COMPUTED: dict[str, dict[str, Column]] = {
    "prisoner": {
        "identifiers": identifiers,
        "recognitions": recognitions,
        "listed_by": listed_by,
        "status": status,
        "status_on": status_on,
        "status_hedge": status_hedge,
        "status_disputed": status_disputed,
        "status_as_of": status_as_of,
        "longest_term_months": longest_term,
        "no_contact_since": no_contact_since,
        "punishments_in_force": _in_force("punishments"),
        "executions_in_force": _in_force("executions"),
        "term_in_force": _in_force("term"),
        "term_in_force_months": _in_force("months"),
        "term_in_force_months_to": _in_force("months_to"),
        "term_in_force_days": _in_force("days"),
        "term_in_force_counted_from": _in_force("counted_from"),
        "term_in_force_ends_on": _in_force("ends_on"),
        "term_in_force_hedge": _in_force("hedge"),
        "term_in_force_disputed": _in_force("disputed"),
        "term_in_force_reasons": _in_force("reasons"),
    },
    "reported_count": {"claimant": claimant},
}


# --- How surely ------------------------------------------------------------------------


def citations_by_fact(document: Doc) -> dict[tuple[str, str | None], list[Doc]]:
    citations: dict[tuple[str, str | None], list[Doc]] = {}
    for citation in document["citations"]:
        fact = (citation["record"]["id"], citation["field"])
        citations.setdefault(fact, []).append(citation)
    return citations


def surest_of(said: list[Doc]) -> str:
    if not said:
        return NO_SOURCE
    return hedges.surest(said) or NOT_TOLD


def _hedges_of(path: Path) -> Column:
    """For each value that stands in the column, in that order: how surely it is known.
    Of records that give the same value, the surest.
    """
    *way, name = path
    records_at = records_reader(tuple(way))

    def column(document: Doc, _day: Day) -> str:
        about: dict[str, list[Doc]] = {}
        for record in records_at(document):
            citations = document[CITED].get((record["id"], name), ())
            for value in values_of([record], name):
                if value not in (None, ""):
                    said = [one for one in citations if hedges.is_about(one, value)]
                    about.setdefault(str(plain(value)), []).extend(said)
        surest = [surest_of(said) for said in about.values()]
        return "; ".join(surest)

    return column


def _hedge_of_longest_term(document: Doc, day: Day) -> str:
    longest = longest_term(document, day)
    if longest is None:
        return ""
    said: list[Doc] = []
    for sentence in document["sentences"]:
        if sentence["term_months"] == longest:
            said += document[CITED].get((sentence["id"], "term_months"), ())
    return surest_of(said)


def _hedges_of_recognitions(document: Doc, _day: Day) -> str:
    surest = []
    for recognition in document["recognitions"]:
        said = document[CITED].get((recognition["id"], "outcome"), ())
        surest.append(surest_of(said))
    return "; ".join(surest)


def _hedges_of_listings(document: Doc, _day: Day) -> str:
    """How surely the authority is known to have listed the person."""
    surest = []
    for listing in document.get("designations") or ():
        said = document[CITED].get((listing["id"], "authority"), ())
        surest.append(surest_of(said))
    return "; ".join(surest)


def hedge_of_claim(document: Doc, _day: Day) -> str:
    """Who is cited for the record as a whole is cited for the number."""
    said: list[Doc] = []
    for name in (None, "value", "value_as_stated", "qualifier"):
        said += document[CITED].get((document["id"], name), ())
    return surest_of(said)


_COMPUTED_HEDGES: dict[str, dict[str, Column]] = {
    "prisoner": {
        "recognitions": _hedges_of_recognitions,
        "listed_by": _hedges_of_listings,
        "longest_term_months": _hedge_of_longest_term,
    },
    "reported_count": {"value_as_stated": hedge_of_claim},
}
# What is told in prose, and how we tell a name.
_WITHOUT = ("summary", "name_withheld")


def disputed(document: Doc, _day: Day) -> str:
    return joined(disputed_facts(document))


def disputed_facts(document: Doc) -> list[str]:
    """The facts of which a source that is shown says otherwise, each once."""
    names = []
    for citation in document["citations"]:
        if citation["source"] is None or puts_otherwise(citation):
            continue
        if hedges.contradicts(citation):
            names.append(f"{citation['record']['kind']}.{citation['field'] or ''}")
    return list(dict.fromkeys(name.rstrip(".") for name in names))


# --- What the contract says ------------------------------------------------------------


def _of_field(name: str) -> Column:
    return lambda document, _day: plain(document.get(name))


def _of_each(path: Path) -> Column:
    """A field of every record in a list of the document."""
    read = reader(path)
    return lambda document, _day: joined(read(document))


def _columns(kind: str) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    how_surely = dict(_COMPUTED_HEDGES.get(kind, {}))
    for path, form in reached(kind):
        name = path[-1]
        column = ""
        if len(path) > 1:
            column = form.line.of_case.column
            if column:
                columns[column] = _of_each(path)
        elif form.line.in_table:
            column = name
            columns[column] = _of_field(name)
        if column and is_hedged(kind, path, form):
            how_surely[column] = _hedges_of(path)
    columns |= COMPUTED.get(kind, {}) | {"claimants": claimants, "disputed": disputed}
    order = arranged(columns, DOCUMENTS[kind].columns)
    last = ("disputed", "sources", "claimants", *TERMS)
    order = [name for name in order if name not in last] + list(last)
    ordered: dict[str, Column] = {}
    for name in order:
        ordered[name] = columns[name]
        if name in how_surely:
            ordered[_HEDGE_OF_CLAIM.get(name, f"{name}_hedge")] = how_surely[name]
    return ordered


def is_hedged(kind: str, path: Path, form: Form) -> bool:
    """Is it a fact that a source has to state?"""
    if path[0] == "citations" or path[-1] in _WITHOUT:
        return False
    if form.line.derived or form.line.place == NOWHERE:
        return False
    if DOCUMENTS[kind].one_claim:
        return path[-1] == "as_of"
    record_kind = kind
    for name in path[:-1]:
        record_kind = lists_of(record_kind)[name]
    return needs_source(record_kind, path[-1])


COLUMNS: dict[str, dict[str, Column]] = {kind: _columns(kind) for kind in DOCUMENTS}


def row(kind: str, document: Doc, day: Day) -> list[Cell]:
    """`day` is the one for which the status is asked; None: as last known."""
    document = {**document, CITED: citations_by_fact(document)}
    return [column(document, day) for column in COLUMNS[kind].values()]
