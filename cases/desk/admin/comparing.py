"""Two cases beside each other, in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.desk.admin.base import case_url
from cases.desk.admin.facts import shown
from cases.merging import MergePreview
from cases.models import Citation, Prisoner
from tracker.contract.vocabulary import Status


@dataclass(frozen=True)
class ComparedCase:
    case: Prisoner
    url: str
    status: str


@dataclass(frozen=True)
class Comparison:
    """Rows are (label, of the case that is kept, of the one that goes)."""

    kept: ComparedCase
    merged: ComparedCase
    differences: list[tuple[str, str, str]]
    lists: list[tuple[str, list[str], list[str]]]
    warnings: list[str]
    refusal: str


def compared(preview: MergePreview) -> Comparison:
    differences = []
    for difference in preview.differences:
        field = difference.field
        label = capfirst(str(field.verbose_name))
        kept, merged = shown(field, difference.kept), shown(field, difference.merged)
        differences.append((label, kept, merged))
    lists = []
    for part_list in preview.lists:
        title = capfirst(str(part_list.model._meta.verbose_name_plural))
        lists.append((title, _words(part_list.kept), _words(part_list.moving)))
    return Comparison(
        kept=_case(preview.kept),
        merged=_case(preview.merged),
        differences=differences,
        lists=lists,
        warnings=preview.warnings,
        refusal=preview.refusal,
    )


def _case(case: Prisoner) -> ComparedCase:
    labels = dict(Status.choices)
    entry = getattr(case, "desk", None)
    statuses = []
    if entry:
        statuses = [str(labels.get(code, code)) for code in entry.statuses]
    return ComparedCase(case, case_url(case), _(" or ").join(statuses))


def _words(records: list[Any]) -> list[str]:
    """Citations are many, and read on the case's own page."""
    if records and isinstance(records[0], Citation):
        return [str(len(records))]
    return [str(record) for record in records]
