"""An id in capitals is the same id, in an address and in a filter."""

import pytest
from django.test import Client

from tests.published import publish
from tracker.audiences import PUBLIC
from tracker.contract.documents import DOCUMENTS, PLACES
from tracker.ids import id_in

PAGES = {
    "prisoner": "cases",
    "release_event": "releases",
    "facility": "places",
    "source": "sources",
}


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.django_db
def test_capitals_are_taken_everywhere(client: Client, kind: str) -> None:
    shown = publish(PUBLIC, kind)["id"]
    addresses = [f"/api/v1/{PLACES[kind]}/%s/"]
    if kind in PAGES:
        addresses.append(f"/en/{PAGES[kind]}/%s/")
    if kind in ("source", "facility", "release_event"):
        addresses.append(f"/api/v1/prisoners/?{kind}=%s")
    for address in addresses:
        small, capital = (
            client.get(address % shown),
            client.get(address % shown.upper()),
        )
        assert (small.status_code, capital.status_code) == (200, 200), address
        if "/api/" in address:
            assert capital.content == small.content


@pytest.mark.parametrize(
    "text",
    ["", "ales", "{%s}", "urn:uuid:%s", "%s ", "0123456789abcdef0123456789abcdef"],
)
def test_what_only_resembles_an_id_is_none(text: str) -> None:
    row_id = "3f6fd8a9-1f0c-4d51-93ad-3a2e5c3c9b11"
    assert id_in(text.replace("%s", row_id)) is None
    assert str(id_in(row_id.upper())) == row_id
