"""Is this person on record already? Asked of cases of one name and year of birth; and
of a new case, of all whose names are near.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.aggregate import Aggregate
from cases.merging.duplicates import called_like, named_like
from cases.models import Merge, Prisoner
from cases.plausibility.doubt import KNOWN_PERSON, NAMESAKE, Doubt
from cases.telling_apart import told_apart
from tracker.dates import bounds

MOST = 5  # cases of which it is asked: more of one name tell nobody anything


def doubts_about_namesakes(case: Aggregate) -> Iterator[Doubt]:
    """Not of those about which people have decided."""
    root = case["root"]
    names = [row["value"] for row in case["names"]]
    if not names or not root["born_on"] or root["merged_into_id"]:
        return
    case_id = UUID(root["id"])
    alike = [other for other in named_like(names) if other != case_id]
    if not alike:
        return
    decided = _decided(case_id)
    namesakes = Prisoner.objects.filter(id__in=alike).select_related("desk")
    for namesake in namesakes.order_by("id"):
        if namesake.pk in decided or not namesake.born_on:
            continue
        if _born_in_other_years(root["born_on"], namesake.born_on):
            continue
        sentence = _(
            "“%(name)s” has the same name and may be born in the same year. Is it one"
            " person with two cases?"
        ) % {"name": namesake}
        values = (str(namesake.pk),)
        yield Doubt(NAMESAKE, Prisoner, "", values, sentence, root["id"])


def doubts_about_new(case: Aggregate) -> Iterator[Doubt]:
    """Of a case that was entered just now. About those with its year of birth the
    other question is asked.
    """
    root = case["root"]
    near: dict[UUID, None] = {}
    for row in case["names"]:
        near.update(dict.fromkeys(called_like(row["value"])))
    near.pop(UUID(root["id"]), None)
    asked = {doubt.values[0] for doubt in doubts_about_namesakes(case)}
    births = Prisoner.objects.filter(pk__in=near).values_list("pk", "born_on")
    born = dict(births)
    possible = []
    for case_id in near:
        if str(case_id) in asked or case_id not in born:
            continue
        if not _born_in_other_years(root["born_on"], born[case_id]):
            possible.append(case_id)
    for person in told_apart(possible[:MOST]):
        yield known(person.pk, str(person), root["id"])


def known(case_id: UUID, called: str = "", record_id: str = "") -> Doubt:
    """Whether a new case is of the person of this one."""
    sentence = _("Do we know this person? %(person)s") % {"person": called}
    return Doubt(KNOWN_PERSON, Prisoner, "", (str(case_id),), sentence, record_id)


def _born_in_other_years(born_on: str | None, other: str | None) -> bool:
    """Certainly; no day within the one would do for the other."""
    if not born_on or not other:
        return False
    first, last = bounds(born_on)
    other_first, other_last = bounds(other)
    if first and other_last and other_last.year < first.year:
        return True
    return bool(last and other_first and other_first.year > last.year)


def _decided(case_id: UUID) -> set[UUID]:
    pairs = Merge.objects.filter(Q(kept=case_id) | Q(merged=case_id))
    ids: set[UUID] = set()
    for pair in pairs.values_list("kept", "merged"):
        ids.update(pair)
    return ids
