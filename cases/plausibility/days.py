"""Days that are hardly so: to come, of another century or calendar, in an order that no
life has, or of one event that was entered twice.

All of it asks for certainty: a vague date raises a doubt only if no day within it will
do.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cases.aggregate import Aggregate
from cases.calendars import readings
from cases.catalogue import KINDS, part_lists
from cases.models import Detention, Prisoner, Release
from cases.models.base import Record
from cases.models.dates import EDTFField
from cases.models.declaring import Mark, inside_only, is_marked
from cases.plausibility.doubt import Doubt
from tracker.dates import bounds, display

LONGEST_LIFE = 120  # years
# The day has begun there already: UTC+14.
ELSEWHERE_ON_EARTH = timedelta(days=1)
# Of which columns two records of one event agree.
SAME_EVENT = {
    "detentions": ("started_on",),
    "sentences": ("handed_down_on", "court"),
    "releases": ("released_on",),
    "deportations": ("deported_on", "outcome"),
}
# Records that say themselves that there are two of them.
POINTERS = ("replaces_id", "adds_to_id", "release_id")


@dataclass(frozen=True)
class Dated:
    """One date of a case."""

    model: type[Record]
    record_id: str
    field: EDTFField
    text: str
    earliest: date | None
    latest: date | None

    def doubted(self, rule: str, sentence: str, *values: str) -> Doubt:
        said = (self.text, *values)
        return Doubt(rule, self.model, self.field.name, said, sentence, self.record_id)

    def certainly_before(self, other: "Dated") -> bool:
        return (
            self.latest is not None
            and other.earliest is not None
            and self.latest < other.earliest
        )


def doubts_about_days(kind: str, case: Aggregate, day: date) -> Iterator[Doubt]:
    dates = list(_dates(kind, case))
    for dated in dates:
        yield from _out_of_time(dated, day)
    if kind == Prisoner.kind:
        yield from _outside_life(dates)
        yield from _released_before_held(dates)
        yield from _deported_before_released(case, dates)
        yield from _entered_twice(case)


def _dates(kind: str, case: Aggregate) -> Iterator[Dated]:
    yield from _dates_of(KINDS[kind], case["root"])
    for part in part_lists(kind):
        for row in case[part.name]:
            yield from _dates_of(part.model, row)


def _dates_of(model: type[Record], row: dict[str, Any]) -> Iterator[Dated]:
    for field in model._meta.concrete_fields:
        if not isinstance(field, EDTFField) or field.name in inside_only(model):
            continue
        text = row[field.attname]
        if text:
            first, last = bounds(text)
            yield Dated(model, row["id"], field, text, first, last)


def _out_of_time(dated: Dated, day: date) -> Iterator[Doubt]:
    """To come, or of another century. Either may be a date of another calendar."""
    other_calendars = _by_other_calendars(dated.text)
    is_planned = is_marked(dated.field, Mark.PLANNED)
    if dated.earliest is not None and dated.earliest > day + ELSEWHERE_ON_EARTH:
        if not is_planned or other_calendars:
            sentence = _("%(date)s is still to come.") % {"date": display(dated.text)}
            yield dated.doubted("day_to_come", sentence + other_calendars)
    elif dated.latest is not None and dated.latest.year < day.year - LONGEST_LIFE:
        sentence = _("%(date)s is more than %(years)s years ago.") % {
            "date": display(dated.text),
            "years": LONGEST_LIFE,
        }
        yield dated.doubted("centuries_back", sentence + other_calendars)


def _by_other_calendars(text: str) -> str:
    sentences = []
    for reading in readings(text):
        sentence = _(" By the %(calendar)s it is %(date)s: then write %(text)s.") % {
            "calendar": reading.calendar,
            "date": display(reading.text),
            "text": reading.text,
        }
        sentences.append(sentence)
    return "".join(sentences)


def _outside_life(dates: list[Dated]) -> Iterator[Doubt]:
    born, died = _of_person(dates, "born_on"), _of_person(dates, "died_on")
    if born and died and died.certainly_before(born):
        sentence = _("%(died)s is before the birth on %(born)s.")
        sentence = sentence % {"died": display(died.text), "born": display(born.text)}
        yield died.doubted("died_before", sentence, born.text)
    for dated in dates:
        if dated.model is Prisoner or is_marked(dated.field, Mark.OUTSIDE_LIFE):
            continue
        if born and dated.certainly_before(born):
            sentence = _("%(date)s is before the birth on %(born)s.")
            sentence = sentence % {
                "date": display(dated.text),
                "born": display(born.text),
            }
            yield dated.doubted("born_after", sentence, born.text)
        if died and died.certainly_before(dated):
            sentence = _("%(date)s is after the death on %(died)s.")
            sentence = sentence % {
                "date": display(dated.text),
                "died": display(died.text),
            }
            yield dated.doubted("died_before", sentence, died.text)


def _of_person(dates: list[Dated], name: str) -> Dated | None:
    for dated in dates:
        if dated.model is Prisoner and dated.field.name == name:
            return dated
    return None


def _released_before_held(dates: list[Dated]) -> Iterator[Doubt]:
    """Of a person of whom every arrest is known to be later."""
    starts = []
    detentions = set()
    for dated in dates:
        if dated.model is Detention:
            detentions.add(dated.record_id)
            if dated.field.name == "started_on":
                starts.append(dated)
    if not starts or len(starts) < len(detentions):
        return
    for dated in dates:
        is_release = dated.model is Release and dated.field.name == "released_on"
        if is_release and all(dated.certainly_before(start) for start in starts):
            sentence = _("%(date)s is before every detention on record.")
            sentence = sentence % {"date": display(dated.text)}
            values = sorted(start.text for start in starts)
            yield dated.doubted("released_before_held", sentence, *values)


def _deported_before_released(case: Aggregate, dates: list[Dated]) -> Iterator[Doubt]:
    by_record: dict[str, Dated] = {}
    for dated in dates:
        if dated.field.name in ("released_on", "deported_on"):
            by_record[dated.record_id] = dated
    for row in case["deportations"]:
        deported = by_record.get(row["id"])
        released = by_record.get(row["release_id"] or "")
        if deported and released and deported.certainly_before(released):
            sentence = _("%(date)s is before the release on %(released)s.")
            sentence = sentence % {
                "date": display(deported.text),
                "released": display(released.text),
            }
            yield deported.doubted("deported_before", sentence, released.text)


def _entered_twice(case: Aggregate) -> Iterator[Doubt]:
    for part in part_lists(Prisoner.kind):
        names = SAME_EVENT.get(part.name)
        if names is None:
            continue
        alike: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in case[part.name]:
            if row[names[0]]:
                alike[tuple(row[name] for name in names)].append(row)
        for values, rows in alike.items():
            if len(rows) > 1 and not _point_at_each_other(rows):
                sentence = _("%(count)s of %(date)s: is it one that was entered twice?")
                sentence = sentence % {
                    "count": len(rows),
                    "date": display(values[0]),
                }
                texts = tuple(str(value) for value in values)
                field = names[0]
                yield Doubt(
                    "entered_twice", part.model, field, texts, sentence, rows[-1]["id"]
                )


def _point_at_each_other(rows: list[dict[str, Any]]) -> bool:
    ids = {row["id"] for row in rows}
    for row in rows:
        for name in POINTERS:
            if row.get(name) in ids:
                return True
    return False
