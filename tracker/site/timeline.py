"""The events of a case in their order."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from tracker.contract import vocabulary as v
from tracker.site import hedged, values
from tracker.site.account import Account
from tracker.site.citing import title
from tracker.site.hedged import Told
from tracker.site.records import MAIN_DATES, composed, machine_date

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """`when` is its date, as sure as that is; None where none is given. `title` says how
    surely it is known that it happened at all, each of the `details` how surely that is
    known. Who says so stands beside the `record`.
    """

    title: Told
    details: list[Told]
    when: Told | None
    datetime: str
    record: str
    order: tuple[str, str, int]


def of(account: Account) -> list[Event]:
    return sorted(_events(account), key=lambda event: event.order)


def _events(account: Account) -> Iterator[Event]:
    case = account.documents[0]
    for kind, name, field, heading, detail in _RULES:
        records = (case.get(name) or ()) if name else [case]
        for record in records:
            if not record.get(field) and not _told_without_day(record, field):
                continue
            if field == "released_on" and record.get("carried_out") == v.YesNo.NO:
                continue
            if field == "ended_on" and _released_then(case, record):
                continue
            title = Told(heading(record), _how_surely(account, record, field))
            details = detail(account, record)
            yield _event(account, kind, record, field, title, details)
    for detention in case["detentions"]:
        for placement in detention["placements"]:
            if placement["from_on"]:
                place = _place(account, placement)
                words = _("Held")
                if placement["place_kind"] == v.PlaceKind.ON_LEAVE:
                    words = _("On temporary leave")
                    place = account.heard.told("placement", placement, "region")
                held = Told(words, account.heard.event(placement))
                yield _event(account, "placement", placement, "from_on", held, place)
    for charge in case["charges"]:
        for decision in charge.get("decisions") or ():
            if decision["decided_on"]:
                title = Told(
                    _decided(decision), _how_surely(account, decision, "decided_on")
                )
                what = _charge(account, charge)
                yield _event(
                    account, "charge_decision", decision, "decided_on", title, what
                )


def _how_surely(account: Account, record: Record, field: str) -> str:
    """What has a date beside it is as sure as that, unless more is told of it: then of
    the outcome, where the outcome is the title, else of the event.
    """
    if field in _OUTCOMES:
        return hedged.in_short(account.heard.of_fact(record, "outcome"))
    if field in _UNDATED or field == "brought_on":
        return account.heard.event(record)
    return ""


def _event(
    account: Account,
    kind: str,
    record: Record,
    field: str,
    title: Told,
    details: list[Told],
) -> Event:
    day = None
    if field != "born_on":
        day = record.get(field) or record.get("ended_on")
    order = (*_order(day, _UNDATED.get(field, "")), 0)
    if not day:
        order = _order_after(account, record) or order
    told = account.heard.told(kind, record, field)
    when = told[0] if told else None
    datetime = machine_date(record.get(field))
    return Event(title, details, when, datetime, record["id"], order)


def _told_without_day(record: Record, field: str) -> bool:
    if field == "last_seen_on":
        return bool(record["last_seen_where"])
    if field == "no_contact_since":
        return not record["last_seen_on"]
    return field in _UNDATED


def _order_after(account: Account, record: Record) -> tuple[str, str, int] | None:
    """An event without a day stands after what it came after, as far as that has one;
    None if it came after nothing.
    """
    steps = 0
    while _day_of(record) is None:
        earlier = account.records.get(_comes_after(record))
        if earlier is None:
            break
        record = earlier[1]
        steps += 1
    day = _day_of(record)
    if not steps and not day:
        return None
    return (*_order(day, "9999"), steps)


def _comes_after(record: Record) -> str:
    """The id; a deportation comes after its release, too."""
    for name in ("after", "release", "replaces"):
        if record.get(name):
            return str(record[name])
    return ""


def _day_of(record: Record) -> Mapping[str, str | None] | None:
    for name in (*MAIN_DATES, "ended_on"):
        day: Mapping[str, str | None] | None = record.get(name)
        if day:
            return day
    return None


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


def _nothing(_account: Account, _record: Record) -> list[Told]:
    return []


def _recognition(record: Record) -> str:
    return values.code(v.RecognitionOutcome, record["outcome"]).capitalize()


def _by_whom(account: Account, record: Record) -> list[Told]:
    told = account.heard.told("recognition", record, "organisation")
    sentence = _("by %(organisation)s")
    by_whom = [Told(sentence % {"organisation": one.text}, one.how) for one in told]
    return [*by_whom, *account.heard.told("recognition", record, "category")]


def _listed_by(account: Account, record: Record) -> list[Told]:
    by_whom = account.heard.told("designation", record, "authority")
    kind = account.heard.told("designation", record, "list_kind")
    return [*by_whom, *kind]


def _ground(account: Account, record: Record) -> list[Told]:
    return account.heard.told("detention", record, "ground")


def _charge(account: Account, record: Record) -> list[Told]:
    stated = account.heard.told("charge", record, "label_as_stated")
    return stated or account.heard.told("charge", record, "article")


def _decided(decision: Record) -> str:
    if not decision["outcome"]:
        return str(_("Charge decided"))
    outcome = values.code(v.ChargeOutcome, decision["outcome"])
    return str(_("Charge: %(outcome)s") % {"outcome": outcome})


def _sentence(account: Account, record: Record) -> list[Told]:
    told = account.heard.told("sentence", record, "punishment")
    term = composed(record, "term")
    if term:
        how = hedged.in_short(account.heard.of_fact(record, "term"))
        told.append(Told(term, how))
    return told


def _release(account: Account, record: Record) -> list[Told]:
    told = account.heard.told("release", record, "ground")
    event = account.others.get(record["release_event"] or "")
    if event:
        how = hedged.in_short(account.heard.of_fact(record, "release_event"))
        told.append(Told(title(event), how))
    return told


def _out(record: Record) -> str:
    if record["ground"] == v.ReleaseGround.ESCAPED:
        return str(pgettext("event", "Escaped"))
    return str(pgettext("event", "Released"))


def _order_to_release(record: Record) -> str:
    if record.get("carried_out") == v.YesNo.NO:
        return str(_("Release ordered, and not carried out"))
    return str(_("Release ordered"))


def _nationality(record: Record) -> str:
    words = {
        "event": values.code(v.NationalityEvent, record["event"]),
        "country": values.code(v.Country, record["country"]),
    }
    return str(_("Nationality of %(country)s: %(event)s") % words)


_DEPORTATIONS = {
    "expelled": gettext_lazy("Expelled"),
    "left": gettext_lazy("Left the country"),
    "refused": gettext_lazy("Refused to leave the country"),
    "blocked": gettext_lazy("Blocked at the border on the way back"),
    "returned": gettext_lazy("Returned"),
}

_NATIONALS = (v.OwnNational.YES, v.OwnNational.DUAL)


def _deportation(record: Record) -> str:
    return str(_DEPORTATIONS.get(record["outcome"], _("Expulsion, outcome not given")))


def _expulsion(account: Account, record: Record) -> list[Told]:
    return [*_journey(account, record), *_exile(account, record)]


def _exile(account: Account, record: Record) -> list[Told]:
    """A country that sends out its own national: said as surely as the nationality is."""
    if record["outcome"] != "expelled" or record["own_national"] not in _NATIONALS:
        return []
    how = hedged.in_short(account.heard.of_fact(record, "own_national"))
    return [Told(_("forced exile: by the person’s own country"), how)]


def _journey(account: Account, record: Record) -> list[Told]:
    start = account.heard.told("deportation", record, "from_country")
    end = account.heard.told("deportation", record, "to_country")
    if start and end and start[0].how == end[0].how:
        names = {"start": start[0].text, "end": end[0].text}
        return [Told(_("from %(start)s to %(end)s") % names, end[0].how)]
    from_there = _("from %(start)s")
    to_there = _("to %(end)s")
    journey = [Told(from_there % {"start": one.text}, one.how) for one in start]
    return journey + [Told(to_there % {"end": one.text}, one.how) for one in end]


def _last_seen(account: Account, record: Record) -> list[Told]:
    return account.heard.told("whereabouts", record, "last_seen_where")


def _heard(account: Account, record: Record) -> list[Told]:
    how = account.heard.told("sighting", record, "how")
    where = account.heard.told("sighting", record, "heard_where")
    facility = account.others.get(record["facility"] or "")
    if not where and facility and title(facility):
        in_short = hedged.in_short(account.heard.of_fact(record, "facility"))
        where = [Told(title(facility), in_short)]
    return [*how, *where]


def _place(account: Account, record: Record) -> list[Told]:
    facility = account.others.get(record["facility"] or "")
    if facility and title(facility):
        how = hedged.in_short(account.heard.of_fact(record, "facility"))
        return [Told(title(facility), how)]
    for name in ("place_as_stated", "region"):
        where = account.heard.told("placement", record, name)
        if where:
            return [*account.heard.told("placement", record, "place_kind"), *where]
    return account.heard.told("placement", record, "place_kind")


# What happened to the person is told even without a date: how it all began first, how
# it ended last.
_UNDATED = {
    "started_on": "0",
    "handed_down_on": "0",
    "released_on": "9999",
    "deported_on": "9999",
    "last_seen_on": "9999",
    "no_contact_since": "9999",
    "heard_on": "9999",
}
# Of these the outcome is the title.
_OUTCOMES = {"deported_on", "decided_on"}
_Heading = Callable[[Record], str]
_Details = Callable[[Account, Record], list[Told]]
_Rule = tuple[str, str, str, _Heading, _Details]
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
        "ordered_on",
        _order_to_release,
        _nothing,
    ),
    ("release", "releases", "released_on", _out, _release),
    (
        "release",
        "releases",
        "revoked_on",
        _always(pgettext_lazy("event", "Release taken back")),
        _nothing,
    ),
    ("deportation", "deportations", "deported_on", _deportation, _expulsion),
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
    (
        "sighting",
        "sightings",
        "heard_on",
        _always(pgettext_lazy("event", "Heard of or seen")),
        _heard,
    ),
    ("recognition", "recognitions", "decided_on", _recognition, _by_whom),
    (
        "designation",
        "designations",
        "from_on",
        _always(pgettext_lazy("event", "Listed by")),
        _listed_by,
    ),
    (
        "designation",
        "designations",
        "to_on",
        _always(pgettext_lazy("event", "No longer listed by")),
        _listed_by,
    ),
    (
        "nationality_change",
        "nationality_changes",
        "happened_on",
        _nationality,
        _nothing,
    ),
]
