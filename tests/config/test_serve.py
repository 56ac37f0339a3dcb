"""Processes that serve the public or the partners alone: what they know, and what they
answer.
"""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connections

from tests.keys import key_for
from tests.published import publish
from tracker.audiences import PARTNERS, PUBLIC

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("logins"),
]

# What a process without the desk must not even have loaded.
DESKS = {
    "cases",
    "cases.desk.partners",
    "django.contrib.auth.models",
    "django.contrib.sessions.models",
    "pghistory",
}


def address(role: str) -> str:
    login = {
        **settings.DATABASE_LOGINS[role],
        "NAME": connections["default"].settings_dict["NAME"],
    }
    password = f":{quote(login['PASSWORD'])}" if login["PASSWORD"] else ""
    port = f":{login['PORT']}" if login["PORT"] else ""
    query = f"?{urlencode(login['OPTIONS'])}" if login.get("OPTIONS") else ""
    return f"postgres://{login['USER']}{password}@{quote(login['HOST'], safe='')}{port}/{login['NAME']}{query}"


def serve(role: str, *questions: tuple[str, str]) -> Any:
    """What a live process answers to (address, Authorization), and what it knows:
    tests/config/serving.py.
    """
    given = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(settings.VAR_DIR),
        "SECRET_KEY": "a-long-random-string-of-which-nobody-knows-anything",
        "ALLOWED_HOSTS": "localhost",
        "HTTPS_REDIRECT": "off",
        "SERVE": role,
        settings.DATABASE_VARIABLES[role]: address(role),
    }
    command = [sys.executable, "-m", "tests.config.serving", json.dumps(questions)]
    ended = subprocess.run(
        command, cwd=settings.BASE_DIR, env=given, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert not DESKS & set(told["modules"])
    assert told["aliases"] == ["default", role]
    return told["answers"]


def test_a_process_for_the_public_answers_what_anyone_may_see_and_knows_no_desk() -> (
    None
):
    case = publish(PUBLIC, "prisoner", {"name": "Ales Example"})
    publish(PARTNERS, "prisoner", {"name": "Ihar Hidden"})
    key = key_for("Example")
    home, page, found, api, desk, editorial, with_key = serve(
        "public",
        ("/en/", ""),
        (f"/en/cases/{case['id']}/", ""),
        ("/en/cases/", ""),
        ("/api/v1/prisoners/", ""),
        ("/admin/", ""),
        ("/api/editorial/v1/", ""),
        ("/api/v1/prisoners/", f"Api-Key {key.secret}"),
    )
    for status, headers, body in (home, page, found):
        assert status == 200
        assert "Set-Cookie" not in headers
        assert "Ihar Hidden" not in body
    assert "Ales Example" in page[2]
    assert "Ales Example" in found[2]
    assert [one["name"] for one in json.loads(api[2])["results"]] == ["Ales Example"]
    assert (desk[0], editorial[0]) == (404, 404)
    assert (with_key[0], json.loads(with_key[2])["status"]) == (401, 401)


def test_a_process_for_the_partners_answers_the_read_api_to_whoever_has_a_key() -> None:
    publish(PARTNERS, "prisoner", {"name": "Ihar"})
    key, revoked = key_for("Example"), key_for("Example", revoked=True)
    theirs, changes, anyone, refused, page, desk, schema = serve(
        "partners",
        ("/api/v1/prisoners/", f"Api-Key {key.secret}"),
        ("/api/v1/changes", f"Api-Key {key.secret}"),
        ("/api/v1/prisoners/", ""),
        ("/api/v1/prisoners/", f"Api-Key {revoked.secret}"),
        ("/en/", ""),
        ("/admin/", ""),
        ("/api/schema/", ""),
    )
    assert [one["name"] for one in json.loads(theirs[2])["results"]] == ["Ihar"]
    assert theirs[1]["Cache-Control"] == "private, no-store"
    for status, headers, _body in (anyone, refused):
        assert (status, headers["WWW-Authenticate"]) == (401, "Api-Key")
    for status, headers, _body in (page, desk):
        assert (status, headers["Content-Type"]) == (404, "application/problem+json")
    assert schema[0] == 200
    key.refresh_from_db()
    assert (key.sent, key.last_used_on is not None) == (
        json.loads(changes[2])["next"],
        True,
    )
