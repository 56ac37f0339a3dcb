"""What the settings make of the environment: what they refuse, and in which words; and
that the docs list them all.
"""

import os
import re
import runpy
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from config import checks, environment

Read = Callable[..., dict[str, Any]]
LIVE = {
    "DEBUG": "off",
    "SECRET_KEY": "a-long-random-string-of-which-nobody-knows-anything",
    "DATABASE_URL": "postgres://desk:secret@db.example.org/tracker",
    "ALLOWED_HOSTS": "tracker.example.org",
}


@pytest.fixture
def read_settings(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Settings as they are read from an environment that holds nothing but this."""

    def read(**given: str) -> dict[str, Any]:
        with monkeypatch.context() as patched:
            patched.setattr(os, "environ", given)
            return runpy.run_path(str(current.BASE_DIR / "config" / "settings.py"))

    return read


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"DEBUG": "maybe"}, "DEBUG must be on or off, not “maybe”."),
        (
            {"SECRET_KEY": ""},
            "SECRET_KEY is not set. Set it to a long random string, or DEBUG=on to try things out.",
        ),
        (
            {"DATABASE_URL": ""},
            "DATABASE_URL is not set. The embedded PostgreSQL is for trying, developing and testing only (DEBUG=on).",
        ),
        (
            {"DATABASE_PUBLIC_URL": "mysql://login:password@host/name"},
            "DATABASE_PUBLIC_URL must be an address such as postgres://login:password@host/name.",
        ),
        (
            {"DATABASE_URL": "", "DATABASE_OWNER_URL": "postgres://owner@host/name"},
            "DATABASE_URL must be an address such as postgres://login:password@host/name.",
        ),
        (
            {"SERVE": "everyone"},
            "SERVE must be all or public or partners, not “everyone”.",
        ),
        (
            {"SERVE": "public"},  # the desk's address does not do instead
            "DATABASE_PUBLIC_URL is not set. The embedded PostgreSQL is for trying, developing and testing only"
            " (DEBUG=on).",
        ),
        (
            {"DATABASE_LOGIN": "public"},
            "DATABASE_LOGIN must be desk or owner or publisher or relay, not “public”.",
        ),
        (
            {"ACCESS_LOG_DAYS": "0"},  # all of it at once is no retention
            "ACCESS_LOG_DAYS must be a whole number from 1 to 36500, not “0”.",
        ),
        (
            {"DRAFT_DAYS": "8"},  # the database gives nobody an older one
            "DRAFT_DAYS must be a whole number from 1 to 7, not “8”.",
        ),
        (
            {"LIST_FILE_DAYS": "a month"},
            "LIST_FILE_DAYS must be a whole number from 1 to 36500, not “a month”.",
        ),
        (
            {"PROPOSAL_DAYS": "99999999999"},
            "PROPOSAL_DAYS must be a whole number from 0 to 36500, not “99999999999”.",
        ),
        (
            {"REQUEST_CONTACT_DAYS": "-1"},
            "REQUEST_CONTACT_DAYS must be a whole number from 1 to 36500, not “-1”.",
        ),
        (
            {"REQUEST_MONTHS": "0"},
            "REQUEST_MONTHS must be a whole number from 1 to 12, not “0”.",
        ),
        (
            {"ONION_ADDRESS": "http://desk.example.org"},
            "ONION_ADDRESS must be the address of an onion service, http:// and 56 letters"
            " and digits and .onion, not “http://desk.example.org”.",
        ),
        (
            {"HSTS_SECONDS": "a year"},
            "HSTS_SECONDS must be a whole number of at least 0, not “a year”.",
        ),
        (
            {"HTTPS_HEADER": "X-Forwarded-Proto: https"},
            "HTTPS_HEADER must be the name of a header, such as X-Forwarded-Proto, not “X-Forwarded-Proto: https”.",
        ),
    ],
)
def test_a_bad_value_is_refused_with_a_sentence_that_names_it(
    given: dict[str, str], sentence: str, read_settings: Read
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(**{**LIVE, **given})
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "url",
    ["postgres://desk:secret@host", "postgres://desk:secret@host:port/name", "secret"],
)
def test_a_refused_address_is_not_repeated_for_it_may_hold_a_password(
    url: str, read_settings: Read
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(**{**LIVE, "DATABASE_URL": url})
    assert "secret" not in str(refusal.value)


def test_a_command_ends_with_the_sentence_and_without_a_traceback() -> None:
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(
        command,
        cwd=current.BASE_DIR,
        env={"DEBUG": "maybe"},
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stderr) == (
        1,
        "DEBUG must be on or off, not “maybe”.\n",
    )


def test_a_live_site_insists_on_https_and_on_review(read_settings: Read) -> None:
    live = read_settings(**LIVE)
    for name in (
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "REQUIRE_REVIEW",
    ):
        assert live[name] is True, name
    assert live["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert "SECURE_PROXY_SSL_HEADER" not in live


def test_a_proxys_header_is_believed_only_where_the_operator_names_it(
    read_settings: Read,
) -> None:
    live = read_settings(**LIVE, HTTPS_HEADER="X-Forwarded-Proto")
    assert live["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_only_commands_that_ask_for_it_get_the_owners_login(
    read_settings: Read,
) -> None:
    urls = {**LIVE, "DATABASE_OWNER_URL": "postgres://owner@db.example.org/tracker"}
    assert read_settings(**urls)["DATABASES"]["default"]["USER"] == "desk"
    assert (
        read_settings(**urls, DATABASE_LOGIN="owner")["DATABASES"]["default"]["USER"]
        == "owner"
    )


@pytest.mark.parametrize("audience", ["public", "partners"])
def test_a_process_for_one_audience_knows_no_login_but_that_ones(
    audience: str, read_settings: Read
) -> None:
    urls = {
        f"DATABASE_{role}URL": f"postgres://{role}login@db/tracker"
        for role in ("", "OWNER_", "PUBLIC_", "PARTNERS_")
    }
    found = read_settings(**{**LIVE, **urls}, SERVE=audience, DATABASE_LOGIN="owner")
    assert {
        alias: database["USER"] for alias, database in found["DATABASES"].items()
    } == {
        "default": f"{audience.upper()}_login",
        audience: f"{audience.upper()}_login",
    }
    assert list(found["DATABASE_LOGINS"]) == [audience]


@pytest.mark.parametrize(
    ("serve", "aliases"), [("all", ["public"]), ("public", ["default", "public"])]
)
def test_what_is_asked_for_the_public_is_asked_in_transactions_that_only_read(
    serve: str, aliases: list[str], read_settings: Read
) -> None:
    urls = {
        "DATABASE_PUBLIC_URL": "postgres://public@db/tracker?options=-c%20lock_timeout%3D5s"
    }
    databases = read_settings(**LIVE, **urls, SERVE=serve)["DATABASES"]
    reading = {
        alias
        for alias, one in databases.items()
        if "read_only=on" in one.get("OPTIONS", {}).get("options", "")
    }
    assert reading == set(aliases)
    assert "lock_timeout=5s" in databases["public"]["OPTIONS"]["options"]


def test_tables_are_not_made_by_a_process_for_one_audience() -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=current.BASE_DIR,
        env={"SERVE": "public"},
        capture_output=True,
        text=True,
    )
    sentence = "migrate needs the whole software and the owner's login. Run it without SERVE.\n"
    assert (ended.returncode, ended.stderr) == (1, sentence)


def test_sessions_outlive_a_restart_of_the_demo(
    tmp_path: Path, read_settings: Read
) -> None:
    trying = {
        "DEBUG": "on",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": LIVE["DATABASE_URL"],
    }
    first, second = read_settings(**trying), read_settings(**trying)
    for name in ("SECRET_KEY", "ACTING_SECRET"):
        assert first[name] == second[name]
        assert len(first[name]) >= 50
    assert first["SECRET_KEY"] != first["ACTING_SECRET"]
    kept = list(tmp_path.iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600, 0o600]


def test_roles_that_share_a_login_fail_the_check_before_going_live(
    settings: Any,
) -> None:
    shared = {"desk": "one", "owner": "owner", "public": "one", "partners": "partners"}
    settings.DATABASE_LOGINS = {role: {"USER": login} for role, login in shared.items()}
    found = [
        check.msg
        for check in run_checks(include_deployment_checks=True)
        if check.id == "config.E001"
    ]
    assert found == ["DATABASE_URL and DATABASE_PUBLIC_URL use the same login “one”."]


def test_five_logins_pass_the_check_before_going_live(settings: Any) -> None:
    roles = ("desk", "owner", "publisher", "public", "partners")
    settings.DATABASE_LOGINS = {role: {"USER": role} for role in roles}
    settings.DATABASE_URLS = dict.fromkeys(roles, "postgres://…")
    assert "config.E001" not in [
        check.id for check in run_checks(include_deployment_checks=True)
    ]


def test_a_desk_that_does_not_know_the_publishers_login_passes_the_check(
    settings: Any,
) -> None:
    logins = {"desk": "desk", "owner": "owner", "publisher": "desk"}
    settings.DATABASE_LOGINS = {role: {"USER": login} for role, login in logins.items()}
    settings.DATABASE_URLS = {"desk": "postgres://…", "owner": "postgres://…"}
    settings.DATABASE_URLS["publisher"] = ""
    assert checks.logins_differ() == []


def test_a_desk_that_does_not_know_the_owners_login_passes_the_check(
    settings: Any,
) -> None:
    logins = {"desk": "desk", "owner": "desk", "public": "public"}
    settings.DATABASE_LOGINS = {role: {"USER": login} for role, login in logins.items()}
    settings.DATABASE_URLS = dict.fromkeys(logins, "postgres://…")
    assert [error.id for error in checks.logins_differ()] == ["config.E001"]
    settings.DATABASE_URLS["owner"] = ""
    assert checks.logins_differ() == []


@pytest.mark.django_db
def test_a_desk_that_owns_the_database_fails_the_check_before_going_live(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATABASE_LOGIN = "desk"
    monkeypatch.setattr(checks, "MAY_DO_EVERYTHING", "SELECT FALSE")
    assert checks.desk_owns_nothing(["default"]) == []
    monkeypatch.setattr(checks, "MAY_DO_EVERYTHING", "SELECT TRUE")
    (error,) = checks.desk_owns_nothing(["default"])
    assert error.id == "config.E006"


def test_the_publishers_process_needs_no_address_but_its_own(
    read_settings: Read,
) -> None:
    url = "postgres://publisher:secret@db.example.org/tracker"
    given = {**LIVE, "DATABASE_URL": "", "DATABASE_PUBLISHER_URL": url}
    found = read_settings(**given, DATABASE_LOGIN="publisher")
    assert found["DATABASES"]["default"]["USER"] == "publisher"
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must be an address"):
        read_settings(**given)


def test_terms_that_nobody_stated_are_warned_of_before_going_live(
    settings: Any,
) -> None:
    def warned() -> list[str]:
        checks = run_checks(include_deployment_checks=True)
        return [check.msg for check in checks if str(check.id).startswith("config.W")]

    settings.ORGANISATION, settings.CONTACT, settings.LICENCE = "", "", ""
    assert warned() == [
        "ORGANISATION is not set.",
        "CONTACT is not set.",
        "LICENCE is not set.",
    ]
    settings.ORGANISATION, settings.CONTACT = (
        "Example Rights Centre",
        "mailto:desk@example.org",
    )
    settings.LICENCE = "CC-BY-4.0"
    assert warned() == []


def test_a_licence_is_chosen_by_whoever_publishes_and_never_for_them(
    read_settings: Read,
) -> None:
    assert read_settings(**LIVE)["LICENCE"] == ""
    assert "Not for publication" in read_settings(**LIVE)["PARTNERS_LICENCE"]


def test_the_table_for_operators_lists_every_setting(
    monkeypatch: pytest.MonkeyPatch, read_settings: Read
) -> None:
    read: set[str] = set()
    text = environment.text

    def recorded(name: str, default: str = "") -> str:
        read.add(name)
        return text(name, default)

    monkeypatch.setattr(environment, "text", recorded)
    read_settings(**LIVE)
    page = (current.BASE_DIR / "docs" / "operations.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == read


@pytest.mark.django_db
@pytest.mark.parametrize("allowed", [{"terse", "default", "verbose"}, {"silent"}])
def test_a_server_that_logs_rows_fails_the_check_before_going_live(
    allowed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "QUIET", {"log_error_verbosity": allowed})
    found = run_checks(include_deployment_checks=True, databases=["default"])
    refused = [check.msg for check in found if check.id == "config.E002"]
    assert len(refused) == ("silent" in allowed)
    assert all(
        "log_error_verbosity is “" in one and "must be silent" in one for one in refused
    )
