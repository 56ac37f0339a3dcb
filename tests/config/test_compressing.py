"""What is sent compressed, and what never is."""

import gzip
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from tests.keys import key_for
from tests.tracker.site_pages import publish

pytestmark = pytest.mark.django_db


def test_what_anyone_may_have_is_compressed_and_nothing_that_is_asked_with_a_secret(
    settings: Any,
) -> None:
    for number in range(5):
        publish("prisoner", name=f"Ales Example {number}")
    read = ["/en/", "/en/cases/", "/api/v1/prisoners/", "/api/v1/prisoners.csv"]
    read += ["/api/v1/export.ndjson", "/api/schema/"]
    packed = {"Accept-Encoding": "gzip"}

    def answer(address: str, method: str = "GET", **headers: str) -> Any:
        return Client(headers={**packed, **headers}).generic(method, address)

    def is_compressed(answered: Any) -> bool:
        b"".join(answered)
        return bool(answered.get("Content-Encoding"))

    for address in read:
        plain = b"".join(Client().get(address))
        sent = answer(address)
        assert gzip.decompress(b"".join(sent)) == plain, address
        assert "Accept-Encoding" in sent["Vary"], address
        if "ETag" in sent:
            again = answer(address, **{"If-None-Match": sent["ETag"]})
            assert again.status_code == 304, address

    key = {"Authorization": f"Api-Key {key_for('Example').secret}"}
    for address in read:
        assert not is_compressed(answer(address, **key)), address
        assert not is_compressed(answer(address, **{"Cookie": "sessionid=x"})), address
    refused = Client(headers=packed).post("/en/cases/", {"q": "x" * 5000})
    assert len(refused.content) > 1000
    assert not is_compressed(refused)
    of_the_desk = answer("/admin/account/password/7/no-such-link/")
    assert len(of_the_desk.content) > 1000
    assert not of_the_desk.cookies
    assert not is_compressed(of_the_desk)
    documenter = Client(headers=packed)
    documenter.force_login(make.make_documenter())
    for address in ("/admin/", "/api/editorial/v1/schema/"):
        assert not is_compressed(documenter.get(address)), address
    settings.SERVE = "partners"
    assert not is_compressed(answer("/api/schema/"))
