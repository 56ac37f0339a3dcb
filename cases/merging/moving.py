"""Moves what one case holds into another, and back. Each change is noted with what
stood there before.

Nothing gets more visible by moving: what comes from a narrower case is narrowed to what
it was.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases.aggregate import PARTS
from cases.disclosure.disclosing import may_be_minor
from cases.models import Citation, Consent, Deportation, PersonName, Prisoner, Sentence
from cases.models.base import Record
from cases.models.withheld import both
from cases.visibility import EVERYONE, NOBODY_OUTSIDE, is_narrower, is_wider
from tracker.clock import today
from tracker.contract.vocabulary import ConsentAudience, ConsentSubject
from tracker.emptiness import is_empty

Changes = dict[str, list[Any]]
Moved = dict[str, dict[str, Changes]]
"""{list of the aggregate: {id: {column: [before, after]}}}, fit for JSON."""

_MODELS = {part.name: part.model for part in PARTS["prisoner"]}
# (model, column of the one, column of the other): records of one case that name each
# other.
_LINKS: list[tuple[Any, str, str]] = [
    (Sentence, "id", "replaces_id"),
    (Sentence, "id", "adds_to_id"),
    (Sentence.charges.through, "sentence_id", "charge_id"),
    (Deportation, "id", "release_id"),
]


def keeps_its_name(case: Prisoner) -> bool:
    """Is there an audience that it does not tell the name, though it sees the case?"""
    if case.name_withheld:
        return True
    consented = Consent.objects.filter(
        prisoner=case,
        subject=ConsentSubject.NAME,
        audience=ConsentAudience.PUBLIC,
        withdrawn_on=None,
    )
    return may_be_minor(vars(case), today()) and not consented.exists()


def move(merged: Prisoner, kept: Prisoner) -> Moved:
    """All parts and citations of `merged`. The caller holds the locks of both."""
    rows = [
        (part.name, row)
        for part in PARTS["prisoner"]
        for row in part.model._default_manager.filter(**{part.root_path: merged.pk})
    ]
    names_stay_inside = keeps_its_name(merged)
    moved: Moved = {}
    for name, row in rows:
        changes = _changes(row, merged, kept) | _narrowing(
            row, merged, kept, names_stay_inside
        )
        if changes:
            moved.setdefault(name, {})[str(row.pk)] = {
                column: [_plain(getattr(row, column)), _plain(value)]
                for column, value in changes.items()
            }
            type(row)._default_manager.filter(pk=row.pk).update(**changes)
    if merged.withheld:  # facts of what has just come over
        Prisoner.objects.filter(pk=kept.pk).update(
            withheld=both(kept.withheld, merged.withheld)
        )
    return moved


def _changes(row: Record, merged: Prisoner, kept: Prisoner) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if getattr(row, "prisoner_id", None):
        changes["prisoner_id"] = kept.pk
    if isinstance(row, PersonName) and row.preferred:
        changes["preferred"] = False
    if (
        isinstance(row, Citation)
        and row.prisoner_id
        and row.field
        and row.states is None
    ):
        changes |= _in_its_own_words(row, merged, kept)
    return changes


def _in_its_own_words(
    citation: Citation, merged: Prisoner, kept: Prisoner
) -> dict[str, Any]:
    """A citation that states "as the record" goes on stating what its record held, not
    what the other one holds.
    """
    held, other = getattr(merged, citation.field), getattr(kept, citation.field)
    if is_empty(held):
        return {"field": "", "item": ""}
    if citation.item:
        return {} if citation.item in other else {"states": citation.item}
    return {} if held == other else {"states": held}


def _narrowing(
    row: Any, merged: Prisoner, kept: Prisoner, names_stay_inside: bool
) -> dict[str, Any]:
    limit = EVERYONE
    if is_narrower(merged.visibility, kept.visibility):
        limit = merged.visibility
    if isinstance(row, PersonName) and names_stay_inside:
        limit = NOBODY_OUTSIDE
    if is_wider(row.visibility, limit):
        return {"visibility": limit}
    return {}


def give_back(moved: Moved) -> None:
    """Each row that is still there and still where it was moved to; of its columns
    those not changed again since.
    """
    for row, changes in _still_moved(moved):
        before = {
            column: old
            for column, (old, new) in changes.items()
            if _plain(getattr(row, column)) == new
        }
        type(row)._default_manager.filter(pk=row.pk).update(**before)


def entangled(moved: Moved, kept: Prisoner) -> str:
    """Why these cannot go back: something that stays and something that goes name each
    other. Empty if not.
    """
    going = {row.pk for row, changes in _still_moved(moved) if "prisoner_id" in changes}
    of_kept = {"sentence_id": "sentence__prisoner", "id": "prisoner"}
    for model, one, other in _LINKS:
        links = model._default_manager.filter(
            **{of_kept[one]: kept, f"{other}__isnull": False}
        )
        for pair in links.values_list(one, other):
            if len(going.intersection(pair)) == 1:
                record = Sentence if model is not Deportation else Deportation
                return _(
                    "%(record)s: it refers to what stays in the other case. Cut that link first."
                ) % {
                    "record": f"{record._meta.verbose_name} “{record._default_manager.get(pk=pair[0])}”"
                }
    return ""


def _still_moved(
    moved: Mapping[str, Mapping[str, Changes]],
) -> list[tuple[Any, Changes]]:
    found = []
    for name, by_id in moved.items():
        rows = _MODELS[name]._default_manager.in_bulk([UUID(one) for one in by_id])
        for one, row in rows.items():
            changes = by_id[str(one)]
            if (
                "prisoner_id" not in changes
                or _plain(row.prisoner_id) == changes["prisoner_id"][1]  # type: ignore[attr-defined]
            ):
                found.append((row, changes))
    return found


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
