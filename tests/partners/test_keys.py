"""What a partner's key opens, and what the desk learns of its use."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from cases.desk.partners.models import PartnersKey
from tests.keys import as_partner, key_for
from tests.published import publish
from tracker.audiences import PARTNERS
from tracker.feed import Cursor

Logins = Callable[[str], psycopg.Connection[Any]]


def today() -> date:
    return datetime.now(UTC).date()


@pytest.mark.django_db
def test_a_key_is_stored_as_a_hash_only() -> None:
    key = key_for("Example Rights Centre")
    stored = [
        str(value) for value in PartnersKey.objects.filter(pk=key.pk).values_list()[0]
    ]
    secret = key.secret.split(".")[1]
    assert len(secret) == 32
    assert not [value for value in stored if secret in value]


@pytest.mark.django_db
def test_a_key_that_was_stored_by_the_former_library_goes_on_working() -> None:
    """As djangorestframework-api-key 3.1 stored it."""
    old = "aBcDeFgH.ijklmnopqrstuvwxyzABCDEFGHIJKL"
    stored = (
        "sha512$$ffa28d4ae8fa1b4f9b841de9f7e273646304931c6584c5f1b026c895d5d19af1"
        "915f88e17463455e91207baff9d045073364c92a9789792365f7260ba25940e2"
    )
    key = key_for("Example Rights Centre")
    PartnersKey.objects.filter(pk=key.pk).update(prefix=old[:8], hashed_key=stored)
    for sent, status in ((old, 200), (old[:-1] + "M", 401), (stored, 401)):
        client = Client(headers={"Authorization": f"Api-Key {sent}"})
        assert client.get("/api/v1/prisoners/").status_code == status


def test_the_library_is_gone() -> None:
    locked = (settings.BASE_DIR / "requirements.txt").read_text()
    assert "djangorestframework-api-key" not in locked
    assert "rest_framework_api_key" not in settings.INSTALLED_APPS


@pytest.mark.django_db
def test_a_key_that_may_only_propose_reads_nothing() -> None:
    answer = as_partner(key_for("Example", scopes=["propose"])).get(
        "/api/v1/prisoners/"
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        403,
        "application/problem+json",
    )
    assert answer.json()["detail"] == "This key was not given for reading."
    assert (
        as_partner(key_for("Example", scopes=["read", "propose"]))
        .get("/api/v1/prisoners/")
        .status_code
        == 200
    )


@pytest.mark.django_db
@pytest.mark.parametrize("scopes", [[], ["write"], ["read", "write"]])
def test_a_key_for_nothing_or_for_what_there_is_not_is_refused(
    scopes: list[str],
) -> None:
    with pytest.raises(IntegrityError):
        key_for("Example", scopes=scopes)


@pytest.mark.django_db
def test_the_day_of_its_last_use_is_kept_and_no_refused_use(client: Client) -> None:
    key = key_for("Example", last_used_on=today() - timedelta(days=3))
    client.get("/api/v1/", headers={"Authorization": f"Api-Key {key.secret[:-1]}"})
    key.refresh_from_db()
    assert key.last_used_on != today()
    as_partner(key).get("/api/v1/")
    key.refresh_from_db()
    assert key.last_used_on == today()


@pytest.mark.django_db
def test_the_last_cursor_handed_out_tells_how_far_a_copy_has_come() -> None:
    key = key_for("Example")
    partner = as_partner(key)
    for _each in range(3):
        publish(PARTNERS, "facility")
    partner.get("/api/v1/facilities/")
    key.refresh_from_db()
    assert key.cursor == ""
    following = partner.get("/api/v1/changes?limit=2").json()["next"]
    key.refresh_from_db()
    assert (key.cursor, Cursor.read(key.cursor).seq) == (following, 2)
    partner.get(
        f"/api/v1/changes?since={following}&kind=prisoner"
    )  # refused: nothing was handed out
    key.refresh_from_db()
    assert key.cursor == following


@pytest.mark.django_db
def test_a_copy_that_asks_again_and_again_writes_nothing(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    partner = as_partner(key_for("Example"))
    publish(PARTNERS, "facility")
    partner.get("/api/v1/changes")
    with django_assert_num_queries(
        3
    ):  # the key; its count of requests; counter and page
        partner.get("/api/v1/changes")


@pytest.mark.django_db(transaction=True)
def test_the_partners_login_finds_one_key_by_its_prefix_and_never_sees_the_table(
    logins: Logins,
) -> None:
    key, revoked = key_for("Example"), key_for("Example", revoked=True)
    partners = logins("partners")
    find = "SELECT id FROM partners_key_by_prefix(%s)"
    assert partners.execute(find, [key.prefix]).fetchall() == [(key.pk,)]
    for nothing in (revoked.prefix, "%", "", None):
        assert partners.execute(find, [nothing]).fetchall() == []
    partners.execute("SELECT partners_key_used(%s, 'a cursor')", [key.pk])
    key.refresh_from_db()
    assert (key.last_used_on, key.cursor) == (today(), "a cursor")
    for table in ("partners_key", "partners_organisation", "partners_key_rate"):
        for attack in ("SELECT 1 FROM {}", "DELETE FROM {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                partners.execute(attack.format(table))


@pytest.mark.parametrize(
    "call",
    [
        "partners_key_by_prefix('x')",
        "partners_key_used(gen_random_uuid(), 'x')",
        "partners_key_counted(gen_random_uuid())",
    ],
)
def test_the_publics_login_cannot_ask_for_keys(call: str, logins: Logins) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins("public").execute(f"SELECT {call}")
