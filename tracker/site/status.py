"""What was a person's status on a day? Read off the dated spans of the published case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tracker import dates
from tracker.contract import spans
from tracker.contract.vocabulary import Hedge, Status, StatusReason
from tracker.site import values

Span = Mapping[str, Any]


@dataclass(frozen=True)
class StatusWords:
    """`statuses` are all that are possible, (code, name); `basis` the ids of the
    records that they follow from. `how_surely`, `as_of`, `reasons` and `begins` are
    sentences or parts of one; "" where nothing is to be said.
    """

    statuses: list[tuple[str, str]]
    period: str
    basis: list[str]
    how_surely: str = ""
    disputed: bool = False
    as_of: str = ""
    reasons: tuple[str, ...] = ()
    begins: str = ""

    @property
    def how(self) -> str:
        """Beside the status, in a list: what is plainly stated needs no word."""
        parts = []
        if self.how_surely != values.code(Hedge, Hedge.STATED):
            parts.append(self.how_surely)
        if self.disputed:
            parts.append(_("disputed"))
        return ", ".join(filter(None, parts))


def on(document: Mapping[str, Any], day: date) -> StatusWords:
    """With the last day of which a source speaks, which may be before that one."""
    span = spans.on(document["status"], day)
    return in_words(span, _before(document["status"], span))


def last_known(document: Mapping[str, Any]) -> StatusWords:
    """Without an end: what comes after it is the end of a term by plain count, which
    tells nothing of where the person will be.
    """
    span = spans.last_known(document["status"])
    return in_words({**span, "until": None}, _before(document["status"], span))


def history(document: Mapping[str, Any]) -> list[StatusWords]:
    """That it is certain from the day before its end is how it was computed, and no
    fact: what has no known beginning is told in one line.
    """
    told = document["status"]
    lines = [in_words(span, _before(told, span)) for span in told]
    if len(told) > 1 and _has_no_beginning(told[0], told[1]):
        until = _period(None, told[1]["until"], False)
        first = replace(lines[1], period=until, begins=_("since when is not known"))
        return [first, *lines[2:]]
    return lines


def _has_no_beginning(first: Span, second: Span) -> bool:
    if first["since"] or not second["until"] or second["hedge"] != first["hedge"]:
        return False
    certain_from = date.fromisoformat(second["since"])
    is_one_day = certain_from + timedelta(days=1) == date.fromisoformat(second["until"])
    either = {*second["statuses"], Status.NOT_KNOWN.value}
    return is_one_day and {*first["statuses"]} == either


def _before(told: Sequence[Span], span: Span) -> Span | None:
    before = None
    for one in told:
        if one is span:
            return before
        before = one
    return None


def in_words(span: Span, before: Span | None = None) -> StatusWords:
    """`before` is the span before this one: if one of its statuses goes on, the day is
    only the latest start.
    """
    statuses = span["statuses"] or [Status.NOT_KNOWN.value]
    began_before = bool(before and {*before["statuses"]} & {*statuses})
    hedge = span["hedge"]
    return StatusWords(
        statuses=[(status, values.code(Status, status)) for status in statuses],
        period=_period_of(span, began_before),
        basis=span["basis"],
        how_surely=values.code(Hedge, hedge) if hedge else "",
        disputed=span["disputed"],
        as_of=_as_of(span["as_of"]),
        reasons=tuple(values.code(StatusReason, one) for one in span["reasons"]),
    )


def _as_of(day: Mapping[str, Any] | None) -> str:
    if day is None:
        return ""
    return dates.display(day["edtf"])


def _period_of(span: Span, began_before: bool) -> str:
    since, until = span["since"], span["until"]
    if StatusReason.YEAR_ONLY.value in span["reasons"]:
        return _years(since, until, began_before)
    return _period(since, until, began_before)


def _years(since: str | None, until: str | None, began_before: bool) -> str:
    """What may have begun in one year holds for certain from the next one on."""
    first = last = ""
    if since:
        first = since[:4]
    if until:
        last = str(int(until[:4]) - 1)
    if first and first == last:
        return _("in %(year)s") % {"year": first}
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first and began_before:
        latest = str(int(first) - 1)
        return _("since %(first)s at the latest") % {"first": latest}
    if first:
        return _("since %(first)s") % {"first": first}
    if last:
        return _("until %(last)s") % {"last": last}
    return _("as far back as is known")


def _period(since: str | None, until: str | None, began_before: bool) -> str:
    """`until` is the first day on which it no longer holds."""
    first = last = None
    start = end = ""
    if since:
        first = date.fromisoformat(since)
        start = dates.written(first)
    if until:
        last = date.fromisoformat(until) - timedelta(days=1)
        end = dates.written(last)
    if first and first == last:
        return _("on %(day)s") % {"day": start}
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": start, "last": end}
    if first and began_before:
        return _("since %(first)s at the latest") % {"first": start}
    if first:
        return _("since %(first)s") % {"first": start}
    if last:
        return _("until %(last)s") % {"last": end}
    return _("as far back as is known")
