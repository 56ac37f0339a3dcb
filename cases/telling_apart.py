"""What tells people of one name apart, wherever somebody chooses between cases: year of
birth, place, status. For the desk: hidden parts are included.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.models import Placement, Prisoner
from tracker.contract.vocabulary import Status
from tracker.dates import bounds


@dataclass(frozen=True)
class Person:
    """A case as it stands in a list to choose from."""

    case: Prisoner
    name: str
    details: tuple[str, ...]

    @property
    def pk(self) -> UUID:
        return self.case.pk

    def __str__(self) -> str:
        if not self.details:
            return self.name
        return f"{self.name} ({'; '.join(self.details)})"


def told_apart(case_ids: Iterable[UUID]) -> list[Person]:
    """In the order of the ids, without those that are not seen. Two queries."""
    ids = list(dict.fromkeys(case_ids))
    cases = Prisoner.objects.select_related("desk").in_bulk(ids)
    places = _last_places(cases)
    people = []
    for case_id in ids:
        if case_id in cases:
            people.append(_person(cases[case_id], places.get(case_id, "")))
    return people


def status_in_words(case: Prisoner) -> str:
    entry = getattr(case, "desk", None)
    if not entry:
        return ""
    labels = dict(Status.choices)
    statuses = [str(labels.get(code, code)) for code in entry.statuses]
    return str(_(" or ")).join(statuses)


def _person(case: Prisoner, place: str) -> Person:
    entry = getattr(case, "desk", None)
    name = entry.display_name if entry else ""
    details = []
    born = _born(case)
    for detail in (born, place, _status(case)):
        if detail:
            details.append(detail)
    if not name or not (born or place):
        day = date_format(localtime(case.created_at), "DATE_FORMAT")
        details.append(_("entered on %(day)s") % {"day": day})
    return Person(case, name or _("No name recorded"), tuple(details))


def _status(case: Prisoner) -> str:
    entry = getattr(case, "desk", None)
    if entry and entry.statuses == [Status.NOT_KNOWN]:
        return _("status not known")
    return status_in_words(case)


def _born(case: Prisoner) -> str:
    """The year, as far as one is known."""
    if case.born_on:
        first, last = bounds(case.born_on)
        if first and last and first.year == last.year:
            return _("born %(year)s") % {"year": first.year}
        return _("born %(year)s") % {"year": case.born_on}
    if case.age_as_stated is not None:
        return _("aged %(age)s") % {"age": case.age_as_stated}
    return ""


def _last_places(case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Where each was held last, as far as a place is known."""
    placements = (
        Placement.objects.filter(detention__prisoner__in=list(case_ids))
        .exclude(facility=None, place_kind=None)
        .select_related("facility", "detention")
        .order_by(
            F("detention__started_on_earliest").asc(nulls_first=True),
            F("from_on_earliest").asc(nulls_first=True),
            "id",
        )
    )
    places: dict[UUID, str] = {}
    for placement in placements:
        places[placement.detention.prisoner_id] = str(placement)
    return places
