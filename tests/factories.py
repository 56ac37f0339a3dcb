"""Small records for tests. Each takes any field of its model by name; what is not given
stays unknown.

A part raises its case's version: `case.refresh_from_db()` before comparing versions.
"""

from typing import Any

from django.contrib.auth.models import User

from cases.editions import StoredEdition
from cases.models import (
    TARGETS,
    Charge,
    ChargeDecision,
    Citation,
    Claimant,
    CourtCase,
    Deportation,
    Designation,
    Detention,
    DetentionOrder,
    Facility,
    FurtherPunishment,
    Hearing,
    ListedName,
    NationalityChange,
    PersonName,
    Placement,
    Prisoner,
    Prosecution,
    Recognition,
    Release,
    ReleaseEvent,
    ReportedCount,
    Sentence,
    Sighting,
    Source,
    Whereabouts,
)
from cases.models.base import Record
from cases.review import approving as approval
from tracker.contract.vocabulary import ToldWithoutName

# Of a case without its name, too.
ALL_TOLD: Any = {
    "told_without_name": list(ToldWithoutName),
    "told_without_name_reason": "Many are in the same position.",
}


def make_prisoner(name: str = "Ales Example", **fields: Any) -> Prisoner:
    """With one preferred name; none if `name` is empty. Internal, as a new case is,
    unless `visibility` is given.
    """
    prisoner = _visible(Prisoner.objects.create(**fields))
    if name:
        make_name(prisoner, name, preferred=True)
        prisoner.refresh_from_db()
    return prisoner


def make_name(prisoner: Prisoner, value: str, **fields: Any) -> PersonName:
    return PersonName.objects.create(prisoner=prisoner, value=value, **fields)


def make_recognition(prisoner: Prisoner, **fields: Any) -> Recognition:
    values = {
        "organisation": "Example Rights Centre",
        "outcome": "recognised",
        **fields,
    }
    return Recognition.objects.create(prisoner=prisoner, **values)


def make_designation(prisoner: Prisoner, **fields: Any) -> Designation:
    return Designation.objects.create(
        prisoner=prisoner, **{"authority": "Ministry of Justice", **fields}
    )


def make_detention(prisoner: Prisoner, **fields: Any) -> Detention:
    return Detention.objects.create(prisoner=prisoner, **fields)


def make_placement(detention: Detention, **fields: Any) -> Placement:
    return Placement.objects.create(detention=detention, **fields)


def make_detention_order(detention: Detention, **fields: Any) -> DetentionOrder:
    return DetentionOrder.objects.create(detention=detention, **fields)


def make_charge(prisoner: Prisoner, **fields: Any) -> Charge:
    return Charge.objects.create(
        prisoner=prisoner, **{"label_as_stated": "extremism", **fields}
    )


def make_charge_decision(charge: Charge, **fields: Any) -> ChargeDecision:
    said = {"outcome": "convicted", "decided_on": "2023-05", **fields}
    return ChargeDecision.objects.create(charge=charge, **said)


def make_sentence(prisoner: Prisoner, **fields: Any) -> Sentence:
    return Sentence.objects.create(
        prisoner=prisoner, **{"punishment": "imprisonment", **fields}
    )


def make_further_punishment(sentence: Sentence, **fields: Any) -> FurtherPunishment:
    return FurtherPunishment.objects.create(
        sentence=sentence, **{"punishment": "fine", **fields}
    )


def make_release(prisoner: Prisoner, **fields: Any) -> Release:
    return Release.objects.create(prisoner=prisoner, **fields)


def make_deportation(prisoner: Prisoner, **fields: Any) -> Deportation:
    return Deportation.objects.create(prisoner=prisoner, **fields)


def make_whereabouts(prisoner: Prisoner, **fields: Any) -> Whereabouts:
    return Whereabouts.objects.create(prisoner=prisoner, **fields)


def make_sighting(prisoner: Prisoner, **fields: Any) -> Sighting:
    """Inside only, as a new one is, unless `visibility` is given."""
    return Sighting.objects.create(prisoner=prisoner, **fields)


def make_nationality_change(prisoner: Prisoner, **fields: Any) -> NationalityChange:
    values = {"country": "BY", "event": "deprived", **fields}
    return NationalityChange.objects.create(prisoner=prisoner, **values)


def make_court_case(number: str = "1-12/2021", **fields: Any) -> CourtCase:
    return _visible(CourtCase.objects.create(number=number, **fields))


def make_hearing(court_case: CourtCase, **fields: Any) -> Hearing:
    return Hearing.objects.create(court_case=court_case, **fields)


def make_prosecution(
    prisoner: Prisoner, court_case: CourtCase, **fields: Any
) -> Prosecution:
    return Prosecution.objects.create(
        prisoner=prisoner, court_case=court_case, **fields
    )


def make_release_event(
    title: str = "Release after talks", **fields: Any
) -> ReleaseEvent:
    return _visible(ReleaseEvent.objects.create(title=title, **fields))


def make_facility(name: str = "Penal colony No. 1", **fields: Any) -> Facility:
    return Facility.objects.create(**{"names": {"en": name}, **fields})


def make_source(title: str = "A report", **fields: Any) -> Source:
    return Source.objects.create(title=title, **fields)


def make_claimant(name: str = "Example Rights Centre", **fields: Any) -> Claimant:
    return Claimant.objects.create(name=name, **fields)


def make_count(
    measure: str = "released", value: int | None = 52, **fields: Any
) -> ReportedCount:
    return _visible(
        ReportedCount.objects.create(measure=measure, value=value, **fields)
    )


def make_citation(
    record: Record, field: str = "", source: Source | None = None, **fields: Any
) -> Citation:
    """Of the record as a whole, or of one field of it."""
    target = next(name for name, model in TARGETS.items() if type(record) is model)
    return Citation.objects.create(
        **{target: record}, field=field, source=source or make_source(), **fields
    )


def make_listed_name(
    count: ReportedCount, value: str = "Thuya", **fields: Any
) -> ListedName:
    return ListedName.objects.create(reported_count=count, value=value, **fields)


def _visible(case: Any) -> Any:
    """Nobody outside sees a case without a citation: one that stays inside lets tests
    tell of others only.
    """
    if case.visibility != "internal":
        make_citation(case, visibility="internal")
        case.refresh_from_db()
    return case


def approve(root: Any) -> StoredEdition:
    """As it stands: published, if its visibility allows."""
    root.refresh_from_db()
    return approval.approve(root.kind, root.pk, seen_version=root.version)


def make_documenter(username: str = "documenter", **fields: Any) -> User:
    """Who may do everything at the desk."""
    return User.objects.create_superuser(username, **fields)
