"""The events of a case in their order."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tracker.contract import vocabulary as v
from tracker.site import values
from tracker.site.account import Account, Fact
from tracker.site.citing import title
from tracker.site.records import composed

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """`when` is the fact of its date, with sources and rivals; `marks` of the date
    stand there.
    """

    title: str
    detail: str
    when: Fact
    record: str
    order: tuple[str, str]


def of(account: Account) -> list[Event]:
    return sorted(_events(account), key=lambda event: event.order)


def _events(account: Account) -> Iterator[Event]:
    case = account.documents[0]
    for kind, name, field, heading, detail in _RULES:
        records = case[name] if name else [case]
        for record in records:
            if not record[field] and field not in _UNDATED:
                continue
            if field == "ended_on" and _released_then(case, record):
                continue
            words = detail(account, record)
            yield _event(account, kind, record, field, heading(record), words)
    for detention in case["detentions"]:
        for placement in detention["placements"]:
            if placement["from_on"]:
                place = _place(account, placement)
                yield _event(
                    account, "placement", placement, "from_on", _("Held"), place
                )


def _event(
    account: Account, kind: str, record: Record, field: str, heading: str, detail: str
) -> Event:
    day = None
    if field != "born_on":
        day = record[field] or record.get("ended_on")
    order = _order(day, _UNDATED.get(field, ""))
    when = account.fact(kind, record, field)
    return Event(heading, detail, when, record["id"], order)


def _released_then(case: Record, detention: Record) -> bool:
    """Then the release tells of it."""
    ended = detention["ended_on"]["edtf"]
    days = [release["released_on"] for release in case["releases"]]
    return any(day and day["edtf"] == ended for day in days)


def _order(day: Mapping[str, str | None] | None, without: str) -> tuple[str, str]:
    """By the first day possible, then by the last; what is open at the start goes by
    its end.
    """
    if not day:
        return without, without
    earliest, latest = day["earliest"], day["latest"]
    return earliest or latest or "9999", latest or "9999"


def _always(words: Promise) -> Callable[[Record], str]:
    return lambda _record: str(words)


def _nothing(_account: Account, _record: Record) -> str:
    return ""


def _recognition(record: Record) -> str:
    return values.code(v.RecognitionOutcome, record["outcome"]).capitalize()


def _by_whom(_account: Account, record: Record) -> str:
    if not record["organisation"]:
        return ""
    return _("by %(organisation)s") % {"organisation": record["organisation"]}


def _ground(_account: Account, record: Record) -> str:
    return values.words("detention", "ground", record["ground"])


def _charge(_account: Account, record: Record) -> str:
    return record["label_as_stated"] or record["article"] or ""


def _sentence(_account: Account, record: Record) -> str:
    punishment = values.words("sentence", "punishment", record["punishment"])
    return ", ".join(filter(None, [punishment, composed(record, "term")]))


def _release(account: Account, record: Record) -> str:
    parts = [values.words("release", "ground", record["ground"])]
    event = account.others.get(record["release_event"] or "")
    if event:
        parts.append(title(event))
    return ", ".join(filter(None, parts))


_DEPORTATIONS = {
    "expelled": gettext_lazy("Expelled"),
    "refused": gettext_lazy("Refused to leave the country"),
    "blocked": gettext_lazy("Blocked at the border"),
    "returned": gettext_lazy("Returned"),
}


def _deportation(record: Record) -> str:
    return str(_DEPORTATIONS.get(record["outcome"], _("Deportation, outcome unknown")))


def _journey(_account: Account, record: Record) -> str:
    start = values.words("deportation", "from_country", record["from_country"])
    end = values.words("deportation", "to_country", record["to_country"])
    if start and end:
        return _("from %(start)s to %(end)s") % {"start": start, "end": end}
    if end:
        return _("to %(end)s") % {"end": end}
    if start:
        return _("from %(start)s") % {"start": start}
    return ""


def _last_seen(_account: Account, record: Record) -> str:
    return record["last_seen_where"] or ""


def _place(account: Account, record: Record) -> str:
    facility = account.others.get(record["facility"] or "")
    name = title(facility) if facility else ""
    return name or values.words("placement", "place_kind", record["place_kind"])


# What happened to the person is told even without a date: how it all began first, how
# it ended last.
_UNDATED = {
    "started_on": "0",
    "handed_down_on": "0",
    "released_on": "9999",
    "deported_on": "9999",
}
_Rule = tuple[str, str, str, Callable[[Record], str], Callable[[Account, Record], str]]
_RULES: list[_Rule] = [
    ("prisoner", "", "born_on", _always(pgettext_lazy("event", "Born")), _nothing),
    ("prisoner", "", "died_on", _always(pgettext_lazy("event", "Died")), _nothing),
    (
        "detention",
        "detentions",
        "started_on",
        _always(pgettext_lazy("event", "Detained")),
        _ground,
    ),
    (
        "detention",
        "detentions",
        "ended_on",
        _always(pgettext_lazy("event", "Detention ended")),
        _nothing,
    ),
    (
        "charge",
        "charges",
        "brought_on",
        _always(pgettext_lazy("event", "Charged")),
        _charge,
    ),
    (
        "sentence",
        "sentences",
        "handed_down_on",
        _always(pgettext_lazy("event", "Sentenced")),
        _sentence,
    ),
    (
        "release",
        "releases",
        "released_on",
        _always(pgettext_lazy("event", "Released")),
        _release,
    ),
    ("deportation", "deportations", "deported_on", _deportation, _journey),
    (
        "whereabouts",
        "whereabouts",
        "last_seen_on",
        _always(pgettext_lazy("event", "Last seen")),
        _last_seen,
    ),
    (
        "whereabouts",
        "whereabouts",
        "no_contact_since",
        _always(pgettext_lazy("event", "No contact from then on")),
        _nothing,
    ),
    ("recognition", "recognitions", "decided_on", _recognition, _by_whom),
]
