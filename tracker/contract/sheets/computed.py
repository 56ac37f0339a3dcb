"""Columns that are computed of more than one field."""

from collections.abc import Callable, Iterator

from tracker.contract import durations, facts, spans
from tracker.contract.columns import CITED, hedge_of_claim
from tracker.contract.fields import Date
from tracker.contract.sheets.fields import HEDGES, cell, columns_of, is_denied
from tracker.contract.sheets.shape import BOOLEAN, DAY, INTEGER, Column, Row
from tracker.contract.vocabulary import Status
from tracker.spreadsheets import Cell

STATUSES = tuple(Status.values)


def _of_person() -> Iterator[Column]:
    yield Column("status", _only_status, codes=STATUSES)
    yield Column("statuses_possible", lambda row: len(_span(row)["statuses"]), INTEGER)
    yield Column("status_on", lambda row: row.day or "", DAY)
    yield Column("status_hedge", lambda row: _span(row)["hedge"] or "", codes=HEDGES)
    yield Column(
        "status_disputed", cell(lambda row: bool(_span(row)["disputed"])), BOOLEAN
    )
    yield from columns_of("status_as_of", Date(), lambda row: _span(row)["as_of"])
    yield Column(
        "held", lambda row: durations.is_held(_span(row)), codes=durations.ANSWERS
    )
    yield Column("days_held_min", lambda row: _held(row).least, INTEGER)
    yield Column("days_held_max", lambda row: _held(row).most, INTEGER)
    yield Column("days_held_open", _open, codes=("start", "end", "both"))
    yield Column("days_held_hedge", lambda row: _held(row).hedge, codes=HEDGES)
    yield Column("days_held_disputed", cell(lambda row: _held(row).disputed), BOOLEAN)
    yield Column("days_left_min", lambda row: _left(row).least, INTEGER)
    yield Column("days_left_max", lambda row: _left(row).most, INTEGER)
    yield from _term_order("prisoner")


def _span(row: Row) -> spans.Span:
    status = row.document["status"]
    if row.day is None:
        return spans.last_known(status)
    return spans.on(status, row.day)


def _only_status(row: Row) -> Cell:
    """Empty where several are possible: the sheet of the status has a row for each."""
    statuses = _span(row)["statuses"]
    return statuses[0] if len(statuses) == 1 else ""


def _held(row: Row) -> durations.Held:
    return durations.held(row.document["status"], row.day)


def _open(row: Row) -> Cell:
    held = _held(row)
    if held.open_start and held.open_end:
        return "both"
    if held.open_start:
        return "start"
    return "end" if held.open_end else ""


def _left(row: Row) -> durations.Days:
    """The sentence in force is that of the last known day, and of no other."""
    return durations.Days() if row.day else durations.left(row.document)


def _term_order(kind: str) -> Iterator[Column]:
    """Death and life stand above every number of months. Only to sort by."""
    order = facts.NUMBERS[kind]
    yield Column("term_order", lambda row: order(row.document), INTEGER)


def _days_between(start: str, end: str) -> Iterator[Column]:
    def days(row: Row) -> durations.Days:
        return durations.between(row.record.get(start), row.record.get(end))

    yield Column("days_min", lambda row: days(row).least, INTEGER)
    yield Column("days_max", lambda row: days(row).most, INTEGER)


def _claim() -> Iterator[Column]:
    """Who is cited for the record as a whole is cited for the number."""

    def hedge(row: Row) -> Cell:
        return hedge_of_claim({**row.document, CITED: row.cited}, None)

    def disputed(row: Row) -> Cell:
        said = []
        for name in (None, "value", "value_as_stated", "qualifier"):
            said += row.said_of(name)
        return "true" if is_denied(said) else "false"

    yield Column("claim_hedge", hedge, codes=HEDGES)
    yield Column("claim_disputed", disputed, BOOLEAN)


COMPUTED: dict[str, Callable[[], Iterator[Column]]] = {
    "prisoner": _of_person,
    "sentence": lambda: _term_order("sentence"),
    "detention": lambda: _days_between("started_on", "ended_on"),
    "placement": lambda: _days_between("from_on", "to_on"),
    "detention_order": lambda: _days_between("from_on", "to_on"),
    "reported_count": _claim,
}
