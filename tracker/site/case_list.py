"""Cases as lines of a list: who, which status on a day, and what is told first."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import texts
from tracker.contract import facts
from tracker.contract.fields import Label
from tracker.contract.telling import told_in_part
from tracker.contract.vocabulary import YesNo
from tracker.site import in_force, published, status
from tracker.site.citing import title
from tracker.site.hedged import Heard, Told, in_short
from tracker.site.names_shown import shown_name
from tracker.site.values import date_words

Case = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """`name` is "" where it is withheld; `last_word` says since when the status holds, and
    of which day a source last speaks; `facts` are a few words each, with how surely they
    are known. `is_listed`: may search engines list the page of the case? `found_by`:
    another name, which is like what was searched for. `found_in`: which of its texts
    hold the words that were searched for.
    """

    href: str
    name: str
    lang: str
    status: status.StatusWords
    last_word: str
    facts: list[Told]
    is_listed: bool = True
    found_by: str = ""
    found_in: str = ""


def lines(
    cases: Iterable[Case],
    day: date | None = None,
    found_by: Mapping[UUID, str] | None = None,
    day_back: date | None = None,
) -> list[Line]:
    """With the status on that day; the last that is known if none is given. `found_by`:
    of which name it is told that it was found. `day_back`: they lead to the cases as they
    were then.
    """
    cases = list(cases)
    places = {} if day else _where_held(cases)
    told = []
    for case in cases:
        line = _line(case, day, places)
        name = (found_by or {}).get(UUID(case["id"]), "")
        if name != line.name:
            line = replace(line, found_by=name)
        if day_back:
            line = replace(line, href=f"{line.href}?on={day_back}")
        told.append(line)
    return told


def lines_with_words(
    cases: Sequence[Case], words: str, day: date | None = None
) -> list[Line]:
    """Each says in which of its texts these words were found."""
    asked = texts.asked_words(words)
    told = []
    for case, line in zip(cases, lines(cases, day), strict=True):
        found_in = _(", ").join(str(place) for place in _places(case, asked))
        told.append(replace(line, found_in=found_in))
    return told


def _places(case: Case, asked: texts.Asked) -> list[Label]:
    """Those that hold every word; else, where several hold them together, each of them;
    else it is a source that holds them.
    """
    by_place = facts.texts_of("prisoner", case)
    if texts.has_some(chain(*by_place.values()), asked) < len(asked):
        return [_("a source that it cites")]
    held = {place: texts.has_some(told, asked) for place, told in by_place.items()}
    whole = [place for place, count in held.items() if count == len(asked)]
    return whole or [place for place, count in held.items() if count]


SHOWN = 200


@dataclass(frozen=True)
class FirstLines:
    """Of a list on another page: `all` is the address of the rest, if there is more."""

    lines: list[Line]
    all: str


def first_lines(rows: Any, **asked: str) -> FirstLines:
    """`asked` is what the list of cases is asked for all of them."""
    documents = published.read(rows.order_by("sort_name", "id")[: SHOWN + 1])
    address = ""
    if len(documents) > SHOWN:
        address = f"{reverse('site:cases')}?{urlencode(asked)}"
    return FirstLines(lines(documents[:SHOWN]), address)


def lines_of_event(cases: Iterable[Case], event_id: str) -> list[Line]:
    """With how surely each was freed in this event, and what is known of their way out
    of the country.
    """
    cases = list(cases)
    places = _where_held(cases)
    return [_line(case, None, places, event_id) for case in cases]


def _freed_in(event_id: str, case: Case, heard: Heard) -> list[Told]:
    facts: list[Told] = []
    release_ids = set()
    for release in case["releases"]:
        if release["release_event"] == event_id:
            release_ids.add(release["id"])
            how = in_short(heard.of_fact(release, "release_event"))
            words = _("freed here")
            if release.get("carried_out") == YesNo.NO:
                words = _("release ordered, and not carried out")
            facts.append(Told(words, how))
    for deportation in case["deportations"]:
        if deportation["release"] in release_ids:
            facts += heard.told("deportation", deportation, "outcome")
    return facts


def _born(case: Case, heard: Heard) -> list[Told]:
    """The year, which tells namesakes apart; the day is for the page of the case."""
    told = heard.told("prisoner", case, "born_on")
    if not told:
        return []
    edtf = case["born_on"]["edtf"]
    is_plain = re.fullmatch(r"\d{4}(-\d\d){0,2}", edtf)
    year = edtf[:4] if is_plain else date_words(edtf)
    return [replace(told[0], text=_("born %(year)s") % {"year": year})]


def _where_held(cases: Iterable[Case]) -> dict[str, Told]:
    """By case, the place where each is held, as last reported: one query, and none where
    nobody is.
    """
    told = {}
    for case in cases:
        if case.get("last_place"):
            told[case["id"]] = case["last_place"]
    facilities = published.by_id(place["facility"] for place in told.values())
    places = {}
    for case_id, place in told.items():
        facility = facilities.get(place["facility"])
        if facility:
            day = _("as of %(day)s") % {"day": date_words(place["as_of"])}
            places[case_id] = Told(title(facility), day)
    return places


def _last_word(now: status.StatusWords) -> str:
    """Since when, and of which day a source last speaks."""
    if not now.as_of:
        return now.period
    last = _("last reported: %(day)s") % {"day": now.as_of}
    return f"{now.period}; {last}"


def _line(
    case: Case,
    day: date | None,
    places: Mapping[str, Told],
    event_id: str = "",
) -> Line:
    heard = Heard(case["citations"], told_in_part(case))
    name = shown_name(case)
    now = status.on(case, day) if day else status.last_known(case)
    place = [places[case["id"]]] if case["id"] in places else []
    facts = [
        *place,
        *_freed_in(event_id, case, heard),
        *_born(case, heard),
        *heard.told("prisoner", case, "occupations"),
        *heard.told("prisoner", case, "citizenships"),
    ]
    term = in_force.in_few_words(case)
    if term:
        facts.append(Told(term, in_force.how_surely(case)))
    return Line(
        href=reverse("site:case", args=[case["id"]]),
        name=name.value,
        lang=name.language,
        status=now,
        last_word=_last_word(now),
        facts=facts,
        is_listed=case.get("search_engines") is not False,
    )
