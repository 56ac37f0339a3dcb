"""What was a person's status on a day? Read off the dated spans of the published case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.contract.vocabulary import Status
from tracker.site import values

Span = Mapping[str, Any]


@dataclass(frozen=True)
class StatusWords:
    """`statuses` are all that are possible, (code, name); `basis` the ids of the
    records that they follow from.
    """

    statuses: list[tuple[str, str]]
    period: str
    basis: list[str]


def today() -> date:
    return timezone.localdate()


def on(document: Mapping[str, Any], day: date) -> StatusWords:
    text = day.isoformat()
    for before, span in _with_before(document["status"]):
        has_begun = (span["since"] or "") <= text
        has_ended = span["until"] is not None and span["until"] <= text
        if has_begun and not has_ended:
            return in_words(span, before)
    return in_words(
        {
            "since": None,
            "until": None,
            "statuses": [Status.NOT_KNOWN.value],
            "basis": [],
        }
    )


def history(document: Mapping[str, Any]) -> list[StatusWords]:
    return [in_words(span, before) for before, span in _with_before(document["status"])]


def _with_before(spans: Sequence[Span]) -> Iterable[tuple[Span | None, Span]]:
    return zip([None, *spans], spans, strict=False)


def in_words(span: Span, before: Span | None = None) -> StatusWords:
    """`before` is the span before this one: if one of its statuses goes on, the day is
    only the latest start.
    """
    statuses = span["statuses"] or [Status.NOT_KNOWN.value]
    began_before = bool(before and {*before["statuses"]} & {*statuses})
    return StatusWords(
        statuses=[(status, values.code(Status, status)) for status in statuses],
        period=_period(span["since"], span["until"], began_before),
        basis=span["basis"],
    )


def _period(since: str | None, until: str | None, began_before: bool) -> str:
    """`until` is the first day on which it no longer holds."""
    first = last = None
    start = end = ""
    if since:
        first = date.fromisoformat(since)
        start = date_format(first, "j F Y")
    if until:
        last = date.fromisoformat(until) - timedelta(days=1)
        end = date_format(last, "j F Y")
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
