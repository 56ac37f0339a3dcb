"""A documenter's program at the editorial API, and the smallest body that each noun
accepts.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from cases.models import Consent, Identifier, PersonalDetail
from cases.models.base import Record
from tests import factories as make

ROOT = "/api/editorial/v1/"


class Desk:
    """Speaks JSON as `user`; answers are Django's test responses. `seen` is sent as
    If-Match.
    """

    def __init__(self, user: Any = None, **options: Any) -> None:
        self.client = Client(**options)
        self.client.force_login(
            user
            or User.objects.filter(is_superuser=True).first()
            or make.make_documenter()
        )

    def get(self, path: str, **parameters: Any) -> Any:
        return self.client.get(ROOT + path, parameters)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(ROOT + path, body, "application/json", headers=headers)

    def put(self, path: str, body: Any, seen: str) -> Any:
        return self.client.put(
            ROOT + path, body, "application/json", headers={"If-Match": seen}
        )

    def patch(self, path: str, body: Any, seen: str, **headers: str) -> Any:
        return self.client.patch(
            ROOT + path, body, "application/json", headers={"If-Match": seen, **headers}
        )

    def delete(self, path: str, seen: str, **headers: str) -> Any:
        return self.client.delete(ROOT + path, headers={"If-Match": seen, **headers})

    def etag(self, path: str) -> str:
        return self.get(path)["ETag"]


def problem(response: Any, status: int) -> dict[str, Any]:
    """The body, after checking that it is a problem of that status."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["detail"]
    return body


def errors(response: Any) -> dict[str, list[str]]:
    return problem(response, 400)["errors"]


def made(noun: str) -> Record:
    """One record of that noun."""
    return _MADE[noun]()


def _in_a_case(factory: Callable[..., Record], **fields: Any) -> Callable[[], Record]:
    return lambda: factory(make.make_prisoner(), **fields)


_MADE: dict[str, Callable[[], Record]] = {
    "prisoners": make.make_prisoner,
    "person-names": _in_a_case(make.make_name, value="A. Example"),
    "identifiers": lambda: Identifier.objects.create(
        prisoner=make.make_prisoner(), scheme="court", value="1-23"
    ),
    "recognitions": _in_a_case(make.make_recognition),
    "designations": _in_a_case(make.make_designation),
    "personal-details": lambda: PersonalDetail.objects.create(
        prisoner=make.make_prisoner(), detail_kind="health", detail="Needs insulin."
    ),
    "consents": lambda: Consent.objects.create(
        prisoner=make.make_prisoner(), subject="name", audience="public"
    ),
    "detentions": _in_a_case(make.make_detention),
    "placements": lambda: make.make_placement(
        make.make_detention(make.make_prisoner())
    ),
    "detention-orders": lambda: make.make_detention_order(
        make.make_detention(make.make_prisoner())
    ),
    "charges": _in_a_case(make.make_charge),
    "charge-decisions": lambda: make.make_charge_decision(
        make.make_charge(make.make_prisoner())
    ),
    "sentences": _in_a_case(make.make_sentence),
    "further-punishments": lambda: make.make_further_punishment(
        make.make_sentence(make.make_prisoner())
    ),
    "court-cases": make.make_court_case,
    "listed-names": lambda: make.make_listed_name(make.make_count()),
    "hearings": lambda: make.make_hearing(make.make_court_case()),
    "prosecutions": lambda: make.make_prosecution(
        make.make_prisoner(), make.make_court_case()
    ),
    "release-events": make.make_release_event,
    "releases": _in_a_case(make.make_release),
    "deportations": _in_a_case(make.make_deportation),
    "whereabouts": _in_a_case(make.make_whereabouts),
    "sightings": _in_a_case(make.make_sighting),
    "nationality-changes": _in_a_case(make.make_nationality_change),
    "facilities": make.make_facility,
    "sources": make.make_source,
    "claimants": make.make_claimant,
    "reported-counts": make.make_count,
    "citations": lambda: make.make_citation(make.make_prisoner()),
}
NOUNS = list(_MADE)
