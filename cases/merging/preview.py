"""What merging two cases would do, for those who decide it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases import editions
from cases.catalogue import citable_fields, part_lists
from cases.merging.elsewhere import told_elsewhere
from cases.merging.moving import keeps_its_name, one_is_told_by_name
from cases.models import Consent, Prisoner
from cases.models.base import Record
from cases.named import is_named
from cases.review.returning import taken_back
from cases.visibility import is_narrower
from tracker.contract.vocabulary import ConsentSubject
from tracker.emptiness import is_empty

Versions = tuple[int, int]
"""Of the case that is kept, and of the one that goes."""


@dataclass(frozen=True)
class Difference:
    """A fact on which the cases differ. The kept one's stands, and the other's is still
    there in the case that goes; where the kept one knows nothing, it is filled in.
    """

    field: models.Field
    kept: Any
    merged: Any


@dataclass(frozen=True)
class Listed:
    """One list of a case: what the kept one has, and what would come over."""

    model: type[Record]
    kept: list[Any]
    moving: list[Any]


@dataclass(frozen=True)
class MergePreview:
    """`refusal` says why it cannot be done; empty if it can."""

    kept: Prisoner
    merged: Prisoner
    differences: list[Difference]
    lists: list[Listed]
    warnings: list[str]
    refusal: str

    @property
    def versions(self) -> Versions:
        return self.kept.version, self.merged.version


def kept_first(one: Prisoner, other: Prisoner) -> tuple[Prisoner, Prisoner]:
    """Which of two is kept unless somebody says otherwise: what more people see, and of
    such the older one, because others know its address.
    """
    if is_narrower(one.visibility, other.visibility):
        return other, one
    if is_narrower(other.visibility, one.visibility):
        return one, other
    if (other.created_at, other.pk) < (one.created_at, one.pk):
        return other, one
    return one, other


def preview(kept: Prisoner, merged: Prisoner) -> MergePreview:
    refusal = why_not(kept, merged)
    return MergePreview(
        kept=kept,
        merged=merged,
        differences=_differences(kept, merged),
        lists=_lists(kept, merged),
        warnings=_warnings(kept, merged),
        refusal=refusal,
    )


def why_not(kept: Prisoner, merged: Prisoner) -> str:
    if kept.pk == merged.pk:
        return _("A case cannot be merged into itself.")
    if is_named(kept.pk, merged.pk):
        return _(
            "One of them is open to named staff only. Open it to everyone first, or"
            " leave them apart."
        )
    if merged.merged_into_id:
        return _("The case that goes has been merged already.")
    if kept.merged_into_id:
        return _(
            "The case that is to be kept has itself been merged into another one."
            " Choose that one."
        )
    if merged.merged_from.exists():
        return _(
            "Other cases were merged into the case that goes."
            " Keep that one, or undo those merges first."
        )
    return _in_one_court_case(kept, merged) or _consents_at_odds(kept, merged)


def _in_one_court_case(kept: Prisoner, merged: Prisoner) -> str:
    """A person is in a court case once."""
    court_cases = kept.prosecutions.values("court_case")
    both = merged.prosecutions.filter(court_case__in=court_cases)
    for prosecution in both.select_related("court_case"):
        return _(
            "Both are in the court case “%(court_case)s”. Delete that of one of them"
            " first."
        ) % {"court_case": prosecution.court_case}
    return ""


def _consents_at_odds(kept: Prisoner, merged: Prisoner) -> str:
    """A consent taken back must not be given again by merging it with a case that has
    one.
    """
    given: dict[UUID, set[str]] = {kept.pk: set(), merged.pk: set()}
    withdrawn: dict[UUID, set[str]] = {kept.pk: set(), merged.pk: set()}
    for consent in Consent.objects.filter(prisoner__in=[kept, merged]):
        subjects = given
        if consent.withdrawn_on:
            subjects = withdrawn
        subjects[consent.prisoner_id].add(consent.subject)
    for waiting in taken_back(kept, None):
        withdrawn[kept.pk].add(waiting.subject)
    for waiting in taken_back(merged, None):
        withdrawn[merged.pk].add(waiting.subject)
    kept_lost = withdrawn[kept.pk] - given[kept.pk]
    merged_lost = withdrawn[merged.pk] - given[merged.pk]
    for subject in (kept_lost & given[merged.pk]) | (merged_lost & given[kept.pk]):
        return _(
            "Consent (%(subject)s) was withdrawn in one case and stands in the other."
            " Settle that first."
        ) % {"subject": ConsentSubject(subject).label}
    return ""


def _differences(kept: Prisoner, merged: Prisoner) -> list[Difference]:
    """Of what merging leaves behind: only where the case that goes says something else,
    or more.
    """
    name_withheld = Prisoner._meta.get_field("name_withheld")
    differences = []
    for field in (*citable_fields(Prisoner).values(), name_withheld):
        kept_value = getattr(kept, field.name)
        merged_value = getattr(merged, field.name)
        says_something = not is_empty(merged_value) and merged_value is not False
        if says_something and merged_value != kept_value:
            differences.append(Difference(field, kept_value, merged_value))
    return differences


def _lists(kept: Prisoner, merged: Prisoner) -> list[Listed]:
    lists = []
    for part in part_lists(Prisoner.kind):
        records = part.model._default_manager
        of_kept = list(records.filter(**{part.root_path: kept.pk}))
        of_merged = list(records.filter(**{part.root_path: merged.pk}))
        if of_kept or of_merged:
            lists.append(Listed(part.model, of_kept, of_merged))
    return lists


def _warnings(kept: Prisoner, merged: Prisoner) -> list[str]:
    warnings = []
    if is_narrower(merged.visibility, kept.visibility):
        warnings.append(
            _(
                "The case that goes is visible to: %(who)s."
                " So is what comes from it, until somebody widens it."
            )
            % {"who": merged.get_visibility_display()}
        )
    if is_narrower(kept.visibility, merged.visibility):
        warnings.append(
            _(
                "The case that is kept is visible to: %(who)s."
                " The other one will be seen by nobody else any more."
            )
            % {"who": kept.get_visibility_display()}
        )
    if {*kept.told_without_name} - {*merged.told_without_name}:
        warnings.append(
            _(
                "While the name is not told, only what is ticked in both cases is told"
                " besides country, years and status."
            )
        )
    if merged.is_hidden or kept.is_hidden:
        warnings.append(
            _(
                "One of them was hidden at once. The merged case stays hidden until"
                " somebody else approves that it returns."
            )
        )
    if keeps_its_name(merged):
        warnings.append(
            _(
                "The case that goes does not publish its name."
                " Its names and numbers, and all that people typed there, will be"
                " visible inside the organisation only, until somebody unticks it."
            )
        )
    if one_is_told_by_name(merged, kept):
        warnings.append(
            _(
                "Readers are told the name of one of them, and not of the other. So"
                " what comes over will be visible inside the organisation only, and the"
                " old address leads nowhere: readers do not learn that they are one"
                " person. What you make visible again has the same numbers as before,"
                " and whoever kept the old page knows it by them."
            )
        )
    if merged.consents_naming_it.filter(is_over=False).exists():
        warnings.append(
            _(
                "Consents in other cases name the case that goes as a relative's."
                " They are over for good: ask these people again about the other one."
            )
        )
    warnings += names_elsewhere(kept, merged)
    for case in (kept, merged):
        if settings.REQUIRE_REVIEW and not _is_approved(case):
            warnings.append(
                _(
                    "“%(case)s” was changed after it was last approved:"
                    " approving the merge approves that, too."
                )
                % {"case": case}
            )
    return warnings


def names_elsewhere(kept: Prisoner, merged: Prisoner) -> list[str]:
    """Where a name of theirs that is not told stands in words that others see."""
    warnings = []
    for case in (kept, merged):
        if keeps_its_name(case):
            warnings += _names_elsewhere(case)
    return warnings


def _names_elsewhere(case: Prisoner) -> list[str]:
    warnings = []
    for record, name in told_elsewhere(case):
        sentence = _(
            "%(kind)s “%(record)s” holds the name “%(name)s”, which is not published, and"
            " is seen outside. Merging leaves it as it is: change what it says, or hide"
            " it."
        )
        kind = capfirst(record._meta.verbose_name)
        warnings.append(sentence % {"kind": kind, "record": record, "name": name})
    return warnings


def _is_approved(case: Prisoner) -> bool:
    edition = editions.last_approval(case.kind, case.pk)
    return edition is not None and edition.version == case.version
