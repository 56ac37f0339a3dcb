"""Examples in the description of the editorial API, of cases that were never there.

What a record says is what the invented documents of the read API say of theirs.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer

from cases.desk.api import (
    evidence,
    hiding,
    history,
    merging,
    publishing,
    review,
    whole,
    withdrawing,
)
from cases.desk.api.serializers import listed_serializer_for, serializer_for
from cases.models import (
    TARGETS,
    Citation,
    Claimant,
    Consent,
    ListedName,
    PersonalDetail,
    Prisoner,
    Source,
)
from cases.models.base import Part, Root
from cases.models.dates import EDTFField
from tracker import dates
from tracker.api.examples import has_example, invented, invented_id

_PRISONER, _RELEASE, _SOURCE = invented_id(1), invented_id(2), invented_id(4)
_OTHER = invented_id(99)
_MOMENT = "2025-10-08T09:12:44Z"
_REASON = "The court’s own text was found."
_VERSIONS = {"version": 7, "into_version": 12}

# What no document says; and what the database adds beside ids, hours and bounds.
_SAID: dict[type[models.Model], dict[str, Any]] = {
    Consent: {
        "prisoner": _PRISONER,
        "subject": "name",
        "audience": "public",
        "given_on": "2025-09-20",
    },
    PersonalDetail: {
        "prisoner": _PRISONER,
        "detail_kind": "health",
        "since_on": "2025-03",
        "detail": "Needs insulin; the prison was told.",
    },
    ListedName: {
        "reported_count": invented_id(6),
        "line": 17,
        "value": "Thuya Example",
        "said": "of Yangon",
        "identified": False,
    },
    Claimant: {"name": "Example Rights Centre", "role": "rights_organisation"},
    Citation: {
        "release": _RELEASE,
        "field": "released_on",
        "source": _SOURCE,
        "locator": "paragraph 3",
        "hedge": "stated",
    },
}
_ADDED: dict[type[models.Model], dict[str, Any]] = {
    Prisoner: {
        "merged_into": None,
        "name_taken_back": None,
        "name_returned": None,
        "story_taken_back": None,
        "story_returned": None,
        "case_taken_back": None,
        "case_returned": None,
    },
    Consent: {
        "after_taken_back": None,
        "is_over": False,
        "personal_detail": None,
        "related_case": None,
    },
    Citation: {"root_kind": "prisoner", "root_id": _PRISONER},
}
_EDITION = {
    "id": 41,
    "root_kind": "prisoner",
    "root_id": _PRISONER,
    "number": 3,
    "version": 7,
    "approved_at": _MOMENT,
    "approved_by": 2,
    "reason": _REASON,
    "public_reason": _REASON,
    "not_before": None,
    "event": 812,
}
_SENT_BACK = {
    "id": 5,
    "root_kind": "prisoner",
    "root_id": _PRISONER,
    "version": 6,
    "comment": "Cite the court’s own text.",
    "sent_by": 2,
    "sent_at": _MOMENT,
    "event": 807,
}
_EDIT = {
    "event": 809,
    "at": _MOMENT,
    "user": 3,
    "username": "documenter",
    "reason": _REASON,
}
_MERGE = {
    "id": invented_id(98),
    "kept": _OTHER,
    "merged": _PRISONER,
    "state": "proposed",
    "reason": "Both were detained on the same day, under the same name.",
    "proposed_by": 3,
    "proposed_at": _MOMENT,
}
_PREVIEW = {
    **_VERSIONS,
    "differences": [{"field": "born_on", "kept": "1985", "merged": "1985-03"}],
    "lists": [{"model": "sentence", "kept": [], "moving": [invented_id(5)]}],
    "warnings": [],
    "refusal": "",
}
_SENT: dict[Any, dict[str, Any]] = {
    review.ApprovalSerializer: {
        "version": 7,
        "reason": _REASON,
        "public_reason": _REASON,
        "not_before": None,
    },
    review.SendingBackSerializer: {"version": 7, "comment": _SENT_BACK["comment"]},
    history.RestoreSerializer: {"event": 809, "state": "before"},
    merging.ProposalSerializer: {
        "into": _OTHER,
        **_VERSIONS,
        "reason": _MERGE["reason"],
        "names_may_stay": False,
    },
    merging.DecisionSerializer: _VERSIONS,
    merging.MergeApprovalSerializer: {**_VERSIONS, "names_may_stay": False},
    merging.ReasonSerializer: {"reason": "They are brothers."},
    merging.UndoingSerializer: {**_VERSIONS, "reason": "They are brothers."},
    evidence.EvidencePackSerializer: {
        "audience": "partners",
        "reason": "For a submission to the Human Rights Committee.",
    },
}
_ANSWERED: dict[Any, dict[str, Any]] = {
    review.EditionSerializer: _EDITION,
    review.SentBackSerializer: _SENT_BACK,
    review.ReviewSerializer: {
        "version": 7,
        "edition": _EDITION,
        "changes": ["changed"],
        "seen_before": "public",
        "seen_after": "public",
        "own_change": False,
        "taken_back": [],
        "becomes_visible": ["Place: Penal colony No. 1"],
        "no_longer_visible": [],
        "sent_back": [_SENT_BACK],
        "doubts": [
            {
                "rule": "day_to_come",
                "model": "sentence",
                "record": invented_id(5),
                "field": "handed_down_on",
                "sentence": "14 May 2124 is still to come.",
                "confirmed_by": ["documenter"],
            }
        ],
        "records": [
            {
                "model": "sentence",
                "record": invented_id(5),
                "operation": "changed",
                "before": {"term_months": 48},
                "after": {"term_months": 60},
                "seen_before": "public",
                "seen_after": "public",
                "edits": [_EDIT],
            }
        ],
    },
    history.HistorySerializer: {
        "next": None,
        "results": [
            {
                **_EDIT,
                "model": "sentence",
                "record": invented_id(5),
                "operation": "update",
                "before": {"term_months": 48},
                "after": {"term_months": 60},
                "page": "",
                "request": "",
                "made_in_database": False,
                "commit": 12,
                "login": "desk",
                "erased": False,
            }
        ],
    },
    publishing.WholeEditionSerializer: {
        **_EDITION,
        "snapshot": {"root": {"id": _PRISONER}},
    },
    publishing.PublishingFailureSerializer: {
        "id": 8,
        "root_kind": "prisoner",
        "root_id": _PRISONER,
        "error": "KeyError",
        "failed_at": _MOMENT,
        "tries": 1,
        "retry_at": _MOMENT,
        "is_withdrawal": False,
    },
    hiding.HiddenSerializer: {
        "hidden": [_PRISONER],
        "version": 8,
        "out_of_sight": True,
    },
    merging.MergeSerializer: _MERGE,
    merging.WholeMergeSerializer: {**_MERGE, "preview": _PREVIEW, "moved": {}},
    merging.PreviewSerializer: _PREVIEW,
    merging.DuplicatesSerializer: {"results": [_OTHER]},
    withdrawing.RestingListSerializer: {
        "results": [
            {
                "case_kind": "prisoner",
                "case": _PRISONER,
                "record_kind": "release",
                "record": _RELEASE,
                "field": "released_on",
                "entry": "",
                "visibility": "internal",
            }
        ],
        "given_back": [],
    },
}


_KINDS: dict[type[models.Model], str] = {
    model: model.kind if issubclass(model, Root) else name
    for name, model in TARGETS.items()
    if not model.stays_inside
}


def add() -> None:
    """To every serializer of the editorial API."""
    for serializer, value in _SENT.items():
        _give(serializer, sent=value)
    for serializer, value in _ANSWERED.items():
        _give(serializer, answered=value)
    nouns: set[type[models.Model]] = {*TARGETS.values(), Claimant, Citation}
    for model in nouns:
        said = _said(model)
        stored = _stored(model, said)
        _give(_serializer(model), sent=said, answered=stored)
        listed = listed_serializer_for(model)
        fields = set(listed().fields)
        row = {name: stored[name] for name in stored if name in fields}
        _give(listed, answered=row)
        if lists := whole.lists_of(model):
            _give(whole.described(model), sent={**said, **_parts(lists)})
            _give(whole.answered(model), answered={**stored, "refs": {}})


def _parts(lists: Mapping[str, type[Part]]) -> dict[str, Any]:
    """One of each, without what names others."""
    parts = {}
    for name, part in lists.items():
        left_out = {
            whole.holding_field(part).name,
            *whole.references_to_parts(part),
        }
        said = _said(part)
        row = {field: said[field] for field in said if field not in left_out}
        parts[name] = [row | _parts(whole.lists_of(part))]
    return parts


def _serializer(model: type[models.Model]) -> Any:
    return withdrawing.SourceSerializer if model is Source else serializer_for(model)


def _give(serializer: Any, *, sent: Any = None, answered: Any = None) -> None:
    examples = []
    if sent is not None:
        examples.append(OpenApiExample("sent", value=sent, request_only=True))
    if answered is not None:
        examples.append(OpenApiExample("answered", value=answered, response_only=True))
    extend_schema_serializer(examples=examples)(serializer)


def _said(model: type[models.Model]) -> dict[str, Any]:
    """What a person types: of what a document says, the fields that the record has."""
    if model in _SAID:
        return _SAID[model]
    fields = set(_serializer(model)().fields) - {"id"}
    document = _invented(model)
    said = {name: document[name] for name in document if name in fields}
    if "prisoner" in fields:
        said["prisoner"] = _PRISONER
    for holder in ("detention", "charge", "sentence", "court_case"):
        if holder in fields:
            said[holder] = invented(holder)["id"]
    return said


def _invented(model: type[models.Model]) -> dict[str, Any]:
    """Empty for what is half made, too: the site starts, and a test tells what lacks."""
    kind = _KINDS.get(model)
    if kind is None or not has_example(kind):
        return {}
    return invented(kind)


def _stored(model: type[models.Model], said: dict[str, Any]) -> dict[str, Any]:
    """With what the database adds."""
    row_id = _invented(model).get("id") or invented_id(97)
    stored = {"id": row_id, "version": 7, **said, **_ADDED.get(model, {})}
    stored |= {"created_at": _MOMENT, "updated_at": _MOMENT}
    for field in model._meta.concrete_fields:
        if isinstance(field, EDTFField):
            first, last = None, None
            if text := said.get(field.name):
                first, last = dates.bounds(text)
            stored[f"{field.name}_earliest"] = first and first.isoformat()
            stored[f"{field.name}_latest"] = last and last.isoformat()
    return stored
