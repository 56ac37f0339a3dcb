"""The desk works as an onion service, where addresses begin with http:// and are safe all
the same: with the settings that docs/operations.md gives that process.
"""

import re
from typing import Any

import pytest
from django.test import Client

from tests.signin.people import CODE, PASSWORD, SIGN_IN, code, make_account, with_app

pytestmark = pytest.mark.django_db

HOST = f"{'a2' * 28}.onion"
SESSION, CSRF = "__Host-sessionid", "__Host-csrftoken"


@pytest.fixture(autouse=True)
def onion(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [HOST]
    settings.SECURE_SSL_REDIRECT = False
    settings.SECURE_HSTS_SECONDS = 0
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = SESSION, CSRF


def typed(desk: Client, page: str, origin: str, **boxes: str) -> Any:
    """Into the form of this page, as a browser sends it."""
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', desk.get(page).text)
    assert token is not None
    boxes["csrfmiddlewaretoken"] = token.group(1)
    return desk.post(page, boxes, headers={"Origin": origin})


def test_people_sign_in_with_a_second_factor_by_an_onion_address() -> None:
    secret = with_app(make_account())
    desk = Client(headers={"Host": HOST}, enforce_csrf_checks=True)
    name = {"login": "olga", "password": PASSWORD}
    elsewhere = typed(desk, SIGN_IN, "http://elsewhere.onion", **name)
    assert elsewhere.status_code == 403
    here = f"http://{HOST}"
    assert typed(desk, SIGN_IN, here, **name)["Location"] == CODE
    assert typed(desk, CODE, here, code=code(secret))["Location"] == "/admin/"
    start = desk.get("/admin/")
    assert start.status_code == 200
    assert "Strict-Transport-Security" not in start.headers
    for cookie in (SESSION, CSRF):
        assert desk.cookies[cookie]["secure"]
        assert desk.cookies[cookie]["path"] == "/"
        assert not desk.cookies[cookie]["domain"]
    assert "https://" not in start.text


def test_the_process_of_the_onion_service_answers_to_no_other_name() -> None:
    for name in ("desk.tracker.example.org", "127.0.0.1"):
        assert Client(headers={"Host": name}).get(SIGN_IN).status_code == 400
