"""Whom a release freed: the people of an event, beside how many are claimed."""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import Deportation, Release, ReleaseEvent, ReportedCount
from cases.telling_apart import Person, told_apart
from tracker.contract.vocabulary import Measure

# What is counted of a whole release, and so stands against how many are named here.
OF_ALL = (Measure.RELEASED, Measure.POLITICAL_PRISONERS_RELEASED)


@dataclass(frozen=True)
class Freed:
    person: Person
    release: Release
    deportations: list[Deportation]


@dataclass(frozen=True)
class Claimed:
    """What somebody claims, and how many of them are not named here, if it says so."""

    count: ReportedCount
    missing: int | None


@dataclass(frozen=True)
class PeopleOfEvent:
    freed: list[Freed]
    claims: list[Claimed]


def people_of(event: ReleaseEvent) -> PeopleOfEvent:
    """As whoever asks may see them. Five queries."""
    releases = list(
        Release.objects.filter(release_event=event).prefetch_related("deportations")
    )
    people = told_apart(release.prisoner_id for release in releases)
    by_case = {person.pk: person for person in people}
    freed = []
    for release in releases:
        person = by_case.get(release.prisoner_id)
        if person is not None:
            deportations = list(release.deportations.all())
            freed.append(Freed(person, release, deportations))
    freed.sort(key=lambda one: (one.person.name, str(one.person.pk)))
    return PeopleOfEvent(freed, list(_claims(event, len(by_case))))


def _claims(event: ReleaseEvent, named: int) -> Iterable[Claimed]:
    counts = ReportedCount.objects.filter(release_event=event, measure__in=OF_ALL)
    for count in counts.select_related("claimant"):
        missing = None
        of_all = not count.of_group and not count.of_nationality
        if count.value is not None and of_all:
            missing = max(0, count.value - named)
        yield Claimed(count, missing)
