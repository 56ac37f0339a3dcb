"""What merging two cases would do, for those who decide it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from cases.aggregate import PARTS
from cases.merging.moving import keeps_its_name
from cases.models import Consent, Edition, Prisoner
from cases.models.base import Record
from cases.models.citation import citable_fields
from cases.visibility import is_narrower
from tracker.contract.vocabulary import ConsentSubject
from tracker.emptiness import is_empty

Versions = tuple[int, int]
"""Of the case that is kept, and of the one that goes."""


@dataclass(frozen=True)
class Difference:
    """A fact on which the cases differ. The kept one's stands; the other's is still
    there in the case that goes.
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
    if merged.merged_into_id:
        return _("The case that goes has been merged already.")
    if kept.merged_into_id:
        return _(
            "The case that is to be kept has itself been merged into another one. Choose that one."
        )
    if merged.merged_from.exists():
        return _(
            "Other cases were merged into the case that goes. Keep that one, or undo those merges first."
        )
    return _consents_at_odds(kept, merged)


def _consents_at_odds(kept: Prisoner, merged: Prisoner) -> str:
    """A consent taken back must not be given again by merging it with a case that has
    one.
    """
    given: dict[Any, set[str]] = {kept.pk: set(), merged.pk: set()}
    taken_back: dict[Any, set[str]] = {kept.pk: set(), merged.pk: set()}
    for consent in Consent.objects.filter(prisoner__in=[kept, merged]):
        (taken_back if consent.withdrawn_on else given)[consent.prisoner_id].add(
            consent.subject
        )
    for one, other in ((kept.pk, merged.pk), (merged.pk, kept.pk)):
        for subject in (taken_back[one] - given[one]) & given[other]:
            return _(
                "Consent (%(subject)s) was withdrawn in one case and stands in the other. Settle that first."
            ) % {"subject": ConsentSubject(subject).label}
    return ""


def _differences(kept: Prisoner, merged: Prisoner) -> list[Difference]:
    """Of what merging leaves behind: only where the case that goes says something else,
    or more.
    """
    fields = [
        *citable_fields(Prisoner).values(),
        Prisoner._meta.get_field("name_withheld"),
    ]
    pairs = [
        Difference(field, getattr(kept, field.name), getattr(merged, field.name))
        for field in fields
    ]
    return [
        pair
        for pair in pairs
        if pair.merged is not False
        and not is_empty(pair.merged)
        and pair.merged != pair.kept
    ]


def _lists(kept: Prisoner, merged: Prisoner) -> list[Listed]:
    found = []
    for part in PARTS["prisoner"]:
        rows = part.model._default_manager.filter(
            **{f"{part.root_path}__in": [kept.pk, merged.pk]}
        )
        here = [
            list(rows.filter(**{part.root_path: case.pk})) for case in (kept, merged)
        ]
        if any(here):
            found.append(Listed(part.model, *here))
    return found


def _warnings(kept: Prisoner, merged: Prisoner) -> list[str]:
    found = []
    if is_narrower(merged.visibility, kept.visibility):
        found.append(
            _(
                "The case that goes is visible to: %(who)s. So is what comes from it, until somebody widens it."
            )
            % {"who": merged.get_visibility_display()}
        )
    if is_narrower(kept.visibility, merged.visibility):
        found.append(
            _(
                "The case that is kept is visible to: %(who)s. The other one will be seen by nobody else any more."
            )
            % {"who": kept.get_visibility_display()}
        )
    if keeps_its_name(merged):
        found.append(
            _(
                "The case that goes does not publish its name. Its names will be visible inside the organisation only."
            )
        )
    for case in (kept, merged):
        if settings.REQUIRE_REVIEW and not _is_approved(case):
            found.append(
                _(
                    "“%(case)s” was changed after it was last approved: approving the merge approves that, too."
                )
                % {"case": case}
            )
    return found


def _is_approved(case: Prisoner) -> bool:
    editions = Edition.objects.filter(root_kind=case.kind, root_id=case.pk).order_by(
        "-number"
    )
    return editions.values_list("version", flat=True).first() == case.version
