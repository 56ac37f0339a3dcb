"""An invented document of each kind, to show their form."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rest_framework import serializers

from tracker.contract import walking
from tracker.contract.documents import DOCUMENTS
from tracker.contract.rendering import render
from tracker.contract.terms import address


def invented_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


_PRISONER, _RELEASE, _EVENT = invented_id(1), invented_id(2), invented_id(3)
_SOURCE, _SENTENCE, _DEPORTATION = invented_id(4), invented_id(5), invented_id(6)
_FACILITY, _COUNT, _CITATION = invented_id(7), invented_id(8), invented_id(9)
_CHARGE, _COURT_CASE = invented_id(13), invented_id(20)

_SENTENCE_CONTENT = {
    "id": _SENTENCE,
    "court": "Court of Example District",
    "handed_down_on": "2021-11",
    "charges": [_CHARGE],
    "punishment": "imprisonment",
    "term_months": 60,
    "term_as_stated": "five years",
    "enforceable_months": 36,
    "regime": "general",
    "further_punishments": [
        {
            "id": invented_id(19),
            "punishment": "fine",
            "amount": 3700,
            "currency": "BYN",
        }
    ],
}
_DEPORTATION_CONTENT = {
    "id": _DEPORTATION,
    "release": _RELEASE,
    "deported_on": "2025-09-11",
    "outcome": "expelled",
    "from_country": "BY",
    "to_country": "LT",
    "voluntary": "no",
    "passport_fate": "confiscated",
}
_CITED = {
    "id": _CITATION,
    "record": {"kind": "release", "id": _RELEASE},
    "field": "released_on",
    "source": _SOURCE,
    "locator": "paragraph 3",
    "hedge": "stated",
    "agreement": "supports",
}
_CONTENTS: dict[str, dict[str, Any]] = {
    "prisoner": {
        "id": _PRISONER,
        "name": "Ales Example",
        "name_withheld": False,
        "names": [
            {
                "id": invented_id(10),
                "value": "Ales Example",
                "language": "en",
                "preferred": True,
            }
        ],
        "identifiers": [{"id": invented_id(14), "scheme": "register", "value": "2041"}],
        "citizenships": ["BY"],
        "occupations": ["journalist"],
        "recognitions": [
            {
                "id": invented_id(15),
                "organisation": "Example Rights Centre",
                "outcome": "recognised",
                "decided_on": "2021-03",
            }
        ],
        "designations": [
            {
                "id": invented_id(20),
                "authority": "Ministry of the Interior",
                "list_kind": "extremist",
                "country": "BY",
                "from_on": "2022-05-18",
            }
        ],
        "personal_details": [
            {
                "id": invented_id(22),
                "detail_kind": "children",
                "told_as": "Two children under ten.",
                "since_on": "2017",
            }
        ],
        "detentions": [
            {
                "id": invented_id(16),
                "started_on": "2020-11-12",
                "ended_on": "2025-09-11",
                "ground": "serving_sentence",
                "orders": [
                    {
                        "id": invented_id(21),
                        "ordered_on": "2020-11-12",
                        "from_on": "2020-11-12",
                        "to_on": "2021-05-11",
                    }
                ],
                "placements": [
                    {
                        "id": invented_id(17),
                        "facility": _FACILITY,
                        "place_kind": "penal_colony",
                        "conditions": ["denied_visits"],
                    }
                ],
            }
        ],
        "charges": [
            {
                "id": _CHARGE,
                "article": "342",
                "decisions": [
                    {
                        "id": invented_id(22),
                        "outcome": "convicted",
                        "decided_on": "2021-07-02",
                        "instance": "first_instance",
                    }
                ],
            }
        ],
        "sentences": [_SENTENCE_CONTENT],
        "prosecutions": [
            {
                "id": invented_id(21),
                "court_case": _COURT_CASE,
                "charges": [_CHARGE],
                "sentences": [_SENTENCE],
            }
        ],
        "releases": [
            {
                "id": _RELEASE,
                "release_event": _EVENT,
                "released_on": "2025-09-11",
                "ground": "pardon",
                "ordered_on": "2025-09-10",
                "carried_out": "yes",
                "restrictions": ["no_public_speech"],
            }
        ],
        "deportations": [_DEPORTATION_CONTENT],
        "whereabouts": [
            {
                "id": invented_id(18),
                "last_seen_on": "2025-09-11",
                "last_seen_where": "Vilnius",
            }
        ],
        "sightings": [{"id": invented_id(19), "heard_on": "2023-05", "how": "letter"}],
        "nationality_changes": [
            {
                "id": invented_id(20),
                "country": "BY",
                "event": "deprived",
                "happened_on": "2025-10",
            }
        ],
        "sentence_in_force": {
            "sentences": [_SENTENCE],
            "punishments": ["fine", "imprisonment"],
            "term": "months",
            "months": 60,
            "counted_from": "2020-11-12",
            "counted_by": "arrest",
            "hedge": "stated",
            "as_of": "2021-11",
            "disputed": False,
            "reasons": ["ended_since"],
        },
        "status": [
            {
                "since": "2021-11-01",
                "until": "2021-12-01",
                "statuses": ["not_known", "sentenced"],
                "hedge": "reported",
                "disputed": False,
                "as_of": "2021-11",
                "reasons": [],
                "basis": [_SENTENCE],
            },
            {
                "since": "2021-12-01",
                "until": "2025-09-11",
                "statuses": ["imprisoned"],
                "hedge": "stated",
                "disputed": False,
                "as_of": "2025-09-10",
                "reasons": [],
                "basis": [_SENTENCE],
            },
            {
                "since": "2025-09-11",
                "until": None,
                "statuses": ["released_and_expelled"],
                "hedge": "stated",
                "disputed": False,
                "as_of": "2025-09-11",
                "reasons": [],
                "basis": [_DEPORTATION],
            },
        ],
        "citations": [_CITED],
    },
    "sentence": {**_SENTENCE_CONTENT, "prisoner": _PRISONER},
    "deportation": {**_DEPORTATION_CONTENT, "prisoner": _PRISONER},
    "release_event": {
        "id": _EVENT,
        "title": "Release of 11 September 2025",
        "occurred_on": "2025-09-11",
        "exchange": "yes",
        "exchange_sides": ["BY", "US"],
        "destinations": ["LT", "PL"],
    },
    "source": {
        "id": _SOURCE,
        "title": "An invented report",
        "source_kind": "news_report",
        "publisher": "Example News",
        "published_on": "2025-09-12",
        "language": "en",
        "derived_from": [],
        "standing": "current",
        "copies": [
            {
                "id": "3f0e1c52-8a4d-4a57-9d1e-6f2b7c8d9e01",
                "media_type": "image/png",
                "size": 183_204,
                "width": 1240,
                "height": 1754,
                "sha256": "9b3e0c5a7d1f2e4b6a8c0d9e7f5b3a1c2d4e6f8091a3b5c7d9e1f20436587a9b",
            }
        ],
    },
    "facility": {
        "id": _FACILITY,
        "names": {"en": "Example Penal Colony"},
        "place_kind": "penal_colony",
        "country": "BY",
    },
    "court_case": {
        "id": _COURT_CASE,
        "number": "1-12/2021",
        "court": "Court of Example District",
        "stage": "ended",
        "outcome": "judged",
        "hearings": [
            {
                "id": invented_id(22),
                "held_on": "2021-11-03",
                "what_happened": "opened",
                "closed_hearing": "yes",
                "judge": "A. Example, judge of the Court of Example District",
            }
        ],
        "people": [_PRISONER],
    },
    "reported_count": {
        "id": _COUNT,
        "measure": "released",
        "country": "BY",
        "value": 52,
        "qualifier": "exactly",
        "as_of": "2025-09-11",
        "release_event": _EVENT,
    },
}


def invented(kind: str) -> dict[str, Any]:
    """The record of that kind in these documents, as it is written: dates are EDTF."""
    return _records()[kind]


def has_example(kind: str) -> bool:
    return kind in _records()


@cache
def _records() -> dict[str, dict[str, Any]]:
    """The first record of each kind."""
    found: dict[str, dict[str, Any]] = {}
    for document_kind, content in _CONTENTS.items():
        for kind, record in walking.records({**content, "kind": document_kind}):
            found.setdefault(kind, dict(record))
    return found


def completed(serializer: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with what it leaves out: null, or an empty list where the contract
    has a list.
    """
    return {
        name: _value(field, content.get(name))
        for name, field in serializer.fields.items()
    }


def _value(field: Any, given: Any) -> Any:
    if isinstance(field, serializers.ListSerializer):
        return [completed(field.child, one) for one in given or []]
    if isinstance(field, serializers.ListField):
        return given or []
    if isinstance(field, serializers.Serializer):
        return None if given is None else completed(field, given)
    return given


def example(kind: str) -> dict[str, Any]:
    row_id = _CONTENTS[kind]["id"]
    shown = {
        "kind": kind,
        "address": address(kind, row_id),
        "audience": "public",
        "licence": "CC-BY-4.0",
    }
    content = completed(DOCUMENTS[kind](), {**_CONTENTS[kind], **shown})
    return render(kind, content)


CHANGES = [
    {
        "id": _SOURCE,
        "kind": "source",
        "seq": 811,
        "changed": "2025-10-08",
        "deleted": False,
        "document": example("source"),
    },
    {"id": _FACILITY, "kind": "facility", "deleted": True},
]
