"""Pages read documents that were stored before a field came, until the gate has written
them anew.
"""

import json
from typing import Any

import pytest
from django.test import Client

from tests.published import publish
from tests.roles import acting_as
from tracker.api.examples import invented
from tracker.audiences import PUBLIC
from tracker.contract.documents import DOCUMENTS
from tracker.models import PublicDocument

# What the contract that is not yet released brought, wherever it stands.
LATER = {
    *("ordered_on", "carried_out", "restrictions", "bail_amount", "bail_currency"),
    *("revoked_on", "orders", "decisions", "prosecutions", "position", "from_place"),
    *("to_place", "nationality_event", "nationality_changes", "among_them"),
    *(
        "last_place",
        "personal_details",
        "search_engines",
        "letters",
        "birthday",
        "transfer_reason",
        "letters_arrive",
    ),
    *("detaining_party", "arrest_country", "arrest_region", "arrest_place_as_stated"),
    *("place_as_stated", "official", "coordinates", "exchange_sides", "destinations"),
    *("stateless", "executed", "voluntary", "enforceable_months", "enforceable_days"),
    *("indeterminate", "hard_labour", "category", "designations", "court_case"),
}
PAGES = {
    "prisoner": ["cases/%s/", "cases/"],
    "release_event": ["releases/%s/", "releases/"],
    "facility": ["places/%s/", "places/"],
    "reported_count": ["counts/"],
}


def before(value: Any) -> Any:
    if isinstance(value, list):
        return [before(entry) for entry in value]
    if isinstance(value, dict):
        return {name: before(it) for name, it in value.items() if name not in LATER}
    return value


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.django_db
def test_a_document_without_the_later_fields_has_its_page(
    client: Client, kind: str
) -> None:
    assert kind in DOCUMENTS
    stored = publish(PUBLIC, kind, invented(kind))
    older = before(stored)
    assert older != stored
    rows = PublicDocument.objects.filter(id=stored["id"])
    with acting_as("owner"):
        rows.update(document=json.dumps(older))
    for page in PAGES[kind]:
        address = f"/en/{page % stored['id'] if '%s' in page else page}"
        assert client.get(address).status_code == 200, address
