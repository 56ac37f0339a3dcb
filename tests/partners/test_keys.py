"""What a partner's key opens, and what the desk learns of its use."""

import json
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
from tracker.api import keys
from tracker.audiences import PARTNERS
from tracker.database import ask
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


def seen(key: PartnersKey) -> tuple[int, int]:
    """Up to which number the key has confirmed, and up to which we sent; 0 for none."""
    key.refresh_from_db()
    numbers = []
    for text in (key.cursor, key.sent):
        numbers.append(Cursor.read(text).seq if text else 0)
    return numbers[0], numbers[1]


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["changes?limit=2", "export.ndjson?"])
def test_a_cursor_counts_once_it_is_presented(way: str) -> None:
    key = key_for("Example")
    partner = as_partner(key)
    for _each in range(2):
        publish(PARTNERS, "facility")
    partner.get("/api/v1/facilities/")
    assert seen(key) == (0, 0)
    answer = partner.get(f"/api/v1/{way}")
    last_line = answer.getvalue().splitlines()[-1]
    following = json.loads(last_line)["next"]
    assert seen(key) == (0, 2)
    publish(PARTNERS, "facility")
    partner.get(f"/api/v1/changes?since={following}&kind=prisoner")  # refused
    assert seen(key) == (0, 2)
    partner.get(f"/api/v1/changes?since={following}")
    assert seen(key) == (2, 3)


@pytest.mark.django_db
def test_a_cursor_that_was_made_up_or_given_to_another_key_counts_for_nothing() -> None:
    for _each in range(3):
        publish(PARTNERS, "facility")
    key, other = key_for("Example"), key_for("Another")
    following = as_partner(other).get("/api/v1/changes").json()["next"]
    partner = as_partner(key)
    partner.get("/api/v1/changes?limit=1")
    for way in ("changes", "export.ndjson"):
        b"".join(partner.get(f"/api/v1/{way}?since={following}"))
        assert seen(key) == (0, 1)
    made_up = Cursor.read(following)._replace(seq=2)
    partner.get(f"/api/v1/changes?since={made_up}&limit=1")
    assert seen(key) == (0, 1)


@pytest.mark.django_db
def test_a_copy_that_goes_back_is_told_as_going_back_and_may_go_on() -> None:
    for _each in range(3):
        publish(PARTNERS, "facility")
    key = key_for("Example")
    partner = as_partner(key)
    first = partner.get("/api/v1/changes?limit=1").json()["next"]
    second = partner.get(f"/api/v1/changes?limit=1&since={first}").json()["next"]
    partner.get(f"/api/v1/changes?since={second}")
    assert seen(key) == (2, 3)
    partner.get(f"/api/v1/changes?limit=1&since={first}")
    assert seen(key) == (1, 3)


@pytest.mark.django_db
def test_a_copy_that_asks_again_and_again_writes_nothing(
    django_assert_num_queries: Callable[[int], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    partner = as_partner(key_for("Example"))
    publish(PARTNERS, "facility")
    following = partner.get("/api/v1/changes").json()["next"]
    partner.get(f"/api/v1/changes?since={following}")
    asked = []

    def counting(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        asked.append(statement)
        return ask(statement, values)

    monkeypatch.setattr(keys, "ask", counting)
    with django_assert_num_queries(2):  # the key; counter and page
        partner.get(f"/api/v1/changes?since={following}")
    assert asked == ["SELECT partners_key_counted(%s)"]


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
    use = "SELECT partners_key_used(%s, 'a cursor', 'another')"
    count = "SELECT partners_key_counted(%s)"
    for nothing in (key.prefix, f"{key.prefix}.guessed", str(key.pk), revoked.secret):
        partners.execute(use, [nothing])
        assert partners.execute(count, [nothing]).fetchone() == (None,)
    key.refresh_from_db()
    assert (key.last_used_on, key.cursor, key.sent) == (None, "", "")
    partners.execute(use, [key.secret])
    assert partners.execute(count, [key.secret]).fetchone() == (1,)
    key.refresh_from_db()
    assert (key.last_used_on, key.cursor, key.sent) == (today(), "a cursor", "another")
    for table in ("partners_key", "partners_organisation", "partners_key_rate"):
        for attack in ("SELECT 1 FROM {}", "DELETE FROM {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                partners.execute(attack.format(table))


@pytest.mark.parametrize(
    "call",
    [
        "partners_key_by_prefix('x')",
        "partners_key_used('x', 'x', 'x')",
        "partners_key_counted('x')",
    ],
)
def test_the_publics_login_cannot_ask_for_keys(call: str, logins: Logins) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins("public").execute(f"SELECT {call}")
