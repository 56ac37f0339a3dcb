"""What is written down of requests and errors: that they were, and nothing of anyone."""

import http.client
import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import PersonName
from config.logs import AsJson, WithoutValues
from tests import factories as make
from tests.config.test_serve import address

SECRET = "Qzcanaryzq"


class Server:
    """The web server as operators start it, but for one address that breaks off:
    tests/config/breaking.py.

    `public` is the address of the database for what anyone may see.
    """

    def __init__(self, log: Path, public: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        given = {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(settings.VAR_DIR),
            "SECRET_KEY": "a-long-random-string-of-which-nobody-knows-anything",
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS_REDIRECT": "off",
            **{
                settings.DATABASE_VARIABLES[role]: address(role)
                for role in ("desk", "owner", "partners")
            },
            "DATABASE_PUBLIC_URL": public,
        }
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--port",
            str(self.port),
        ]
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [*command, "tests.config.breaking:application"],
                cwd=settings.BASE_DIR,
                env=given,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def ask(self, method: str, address: str, body: str = "", **headers: str) -> int:
        """0 where the answer breaks off."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request(method, address, body or None, headers)
            response = connection.getresponse()
            response.read()
            return response.status
        except http.client.HTTPException:
            return 0
        finally:
            connection.close()

    def wait(self) -> None:
        deadline = time.monotonic() + 60  # seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.1)

    def stop(self) -> str:
        self.process.terminate()
        self.process.wait()
        return self.log.read_text()


@pytest.fixture
def server(tmp_path: Path, transactional_db: None, logins: Any) -> Iterator[Server]:
    # What is asked for the public is answered with an error that names the database.
    public = address("public").replace(settings.DATABASES["default"]["NAME"], SECRET, 1)
    started = Server(tmp_path / "log", public)
    try:
        started.wait()
        yield started
    finally:
        started.stop()


def test_a_server_writes_down_nothing_of_what_it_was_asked_or_what_went_wrong(
    server: Server,
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    query = urlencode({"q": SECRET, SECRET: SECRET})
    searched = urlencode({"q": SECRET})
    assert server.ask("GET", f"/en/cases/?{query}") == 302
    assert server.ask("GET", f"/en/cases/?{searched}") == 503
    assert server.ask("POST", "/en/cases/", searched, **form) == 303
    assert server.ask("GET", f"/api/v1/prisoners/?{query}") == 400
    assert server.ask("GET", "/api/v1/prisoners/", Host=f"{SECRET}.example.org") == 400
    assert (
        server.ask(
            "GET", "/api/v1/prisoners/", Authorization=f"Api-Key {SECRET}.{SECRET}"
        )
        == 401
    )
    assert (
        server.ask(
            "POST",
            "/admin/login/",
            urlencode({"username": SECRET, "password": SECRET}),
            **form,
        )
        == 403
    )
    assert (
        server.ask(
            "GET", f"/en/{SECRET}/?{query}", Referer=f"http://127.0.0.1/{SECRET}"
        )
        == 404
    )
    assert server.ask("GET", f"/api/v1/prisoners/{SECRET}/") == 404
    assert server.ask(SECRET.upper(), "/en/") == 403
    assert (
        server.ask(
            "POST", "/en/cases/", SECRET, **form, **{"Content-Length": "3000000"}
        )
        == 413
    )
    server.ask("GET", f"/breaks-off?{SECRET}")

    log = server.stop()
    assert SECRET.lower() not in log.lower()
    expected = [
        "django.request: 503 GET /en/cases/",
        "psycopg_pool.PoolTimeout",
        "django.security.DisallowedHost",
        "django.request: 404 GET no address of ours",
        "403 POST /admin/login/",
        "another method /en/",
        "ERROR _granian",
    ]
    assert [told for told in expected if told not in log] == []


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Lines as the settings write them."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(WithoutValues())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def test_a_line_has_the_id_of_the_answer(client: Client, written: list[str]) -> None:
    answers = [client.get("/nowhere"), client.get("/api/v1/nowhere/")]
    for answer, line in zip(answers, written, strict=True):
        assert line.endswith(f"(request {answer['X-Request-ID']})")


@pytest.mark.django_db
def test_a_row_that_the_database_refused_is_not_written_down_but_the_rule_is(
    written: list[str],
) -> None:
    prisoner = make.make_prisoner("Ales Example")
    with pytest.raises(IntegrityError, match=SECRET) as refusal, transaction.atomic():
        PersonName.objects.create(prisoner=prisoner, value=SECRET, name_kind=SECRET)
    logging.getLogger("django.request").error(
        "%s", refusal.value, exc_info=refusal.value
    )
    (line,) = written
    assert SECRET not in line
    rule = "psycopg.errors.CheckViolation 23514 cases_personname"
    assert rule in line
    assert "test_logs.py" in line
    error = (type(refusal.value), refusal.value, refusal.value.__traceback__)
    record = logging.LogRecord("django.request", 40, "", 1, SECRET, (), error)
    told = AsJson().format(record)
    assert SECRET not in told
    assert rule in str(json.loads(told)["error"])


@pytest.mark.django_db
def test_the_safety_loop_ends_without_saying_whom_it_could_not_publish(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> int:
        raise ValueError(SECRET)

    monkeypatch.setattr("cases.management.commands.publish.publish_pending", fails)
    with pytest.raises(SystemExit) as end:
        call_command("publish", watch=True)
    assert (end.value.code, end.value.__cause__) == (1, None)
    assert "publishing failed" in written[0]
    assert SECRET not in written[0]


def test_no_error_is_sent_by_mail() -> None:
    handlers = [
        handler
        for name in logging.root.manager.loggerDict
        for handler in logging.getLogger(name).handlers
    ]
    assert [
        type(one).__name__
        for one in handlers
        if type(one).__name__ == "AdminEmailHandler"
    ] == []
