"""What an export holds, column by column. What is not named here leaves the desk in no
file.

Never: internal notes, how reliable a source is and who wrote it, consents, identifiers
that others gave, claimants.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from cases.models import (
    Charge,
    Deportation,
    Detention,
    Facility,
    Placement,
    Prisoner,
    Recognition,
    Release,
    ReleaseEvent,
    ReportedCount,
    Sentence,
    Source,
    Whereabouts,
)
from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.words import shown
from tracker.contract.vocabulary import Status
from tracker.spreadsheets import Cell

Column = tuple[str, Callable[[Any], Cell]]  # heading, and the cell of a record

COLUMNS: dict[type[models.Model], list[str]] = {
    Prisoner: [
        "visibility",
        "name_withheld",
        "sex",
        "born_on",
        "age_as_stated",
        "citizenships",
        "occupations",
        "affiliation",
        "died_on",
        "death_in_custody",
        "stated_end_of_term",
        "last_verified_on",
        "merged_into_id",
    ],
    ReleaseEvent: [
        "visibility",
        "title",
        "occurred_on",
        "brokered_by",
        "concessions",
        "exchange",
    ],
    ReportedCount: [
        "visibility",
        "measure",
        "country",
        "qualifier",
        "value",
        "value_as_stated",
        "as_of",
    ],
    Source: [
        "visibility",
        "standing",
        "title",
        "source_kind",
        "publisher",
        "published_on",
        "language",
        "url",
    ],
    Facility: [
        "visibility",
        "names",
        "place_kind",
        "country",
        "region",
        "address_for_letters",
    ],
    Recognition: ["organisation", "outcome", "decided_on", "criteria", "visibility"],
    Detention: ["started_on", "ended_on", "ground", "authority", "visibility"],
    Placement: [
        "facility",
        "place_kind",
        "from_on",
        "to_on",
        "conditions",
        "duration_as_stated",
        "visibility",
    ],
    Charge: [
        "code",
        "article",
        "label_as_stated",
        "brought_on",
        "outcome",
        "visibility",
    ],
    Sentence: [
        "court",
        "handed_down_on",
        "in_force_on",
        "in_absentia",
        "decision",
        "punishment",
        "term_months",
        "term_days",
        "term_as_stated",
        "regime",
        "visibility",
    ],
    Release: [
        "release_event",
        "released_on",
        "ground",
        "to_liberty",
        "conditions",
        "visibility",
    ],
    Deportation: [
        "deported_on",
        "outcome",
        "from_country",
        "to_country",
        "crossing",
        "own_national",
        "passport_fate",
        "may_return",
        "visibility",
    ],
    Whereabouts: ["last_seen_on", "last_seen_where", "no_contact_since", "visibility"],
}


def columns_of(model: type[models.Model]) -> list[Column]:
    """The record, whose it is or what is derived of it, and its own fields."""
    own = [_column(model, name) for name in COLUMNS[model]]
    first: Column = (_("id"), lambda record: str(record.pk))
    if issubclass(model, Part):
        case: list[Column] = [
            (_("case"), lambda part: str(part.root.pk)),
            (_("name"), lambda part: str(part.root)),
        ]
        return [first, *case, *own]
    return [first, *(_derived() if model is Prisoner else []), *own]


def _derived() -> list[Column]:
    return [
        (_("name"), str),
        (_("status"), _status),
        (_("since"), lambda prisoner: _desk(prisoner, "since")),
    ]


def _status(prisoner: Prisoner) -> str:
    labels = dict(Status.choices)
    return str(_(" or ")).join(
        str(labels.get(code, code)) for code in _desk(prisoner, "statuses") or []
    )


def _desk(prisoner: Prisoner, name: str) -> Any:
    """What the gate derived last; nothing for a case that it has not yet seen."""
    return getattr(getattr(prisoner, "desk", None), name, None)


def _column(model: type[models.Model], name: str) -> Column:
    field: Any = next(
        one for one in model._meta.concrete_fields if name in {one.name, one.attname}
    )

    def cell(record: Any) -> Cell:
        value = getattr(record, name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        as_stored = (
            isinstance(field, EDTFField) or name != field.name
        )  # a date that can be sorted; an id
        return str(value) if as_stored else shown(field, value)

    return str(field.verbose_name), cell


def beside(model: type[models.Model]) -> list[str]:
    """What is read with the records, so that no row asks for it again."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and field.name in COLUMNS[model]
    ]
