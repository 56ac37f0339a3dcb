"""A list at the desk: its rows are looked at, and accepted all at once, some, or one by
one.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from cases.desk.lists import accepting, going_on
from cases.desk.lists.comparing import compare
from cases.desk.lists.models import List
from cases.history import timeline
from cases.models import Identifier, Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import opened
from tests.cases.lists.brought import SHA256, make_list

pytestmark = pytest.mark.django_db

OWNER = "Example Rights Centre"
UNREAD = {"column": "Age", "text": "young", "reason": "No rule.", "code": "unreadable"}


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def documenter(client: Client) -> User:
    user = User.objects.create_user("documenter", is_staff=True)
    user.groups.set(Group.objects.filter(name="documenter"))
    client.force_login(user)
    return user


def page(brought: List, number: int | None = None) -> str:
    if number is None:
        return reverse("admin:lists_list_change", args=[brought.pk])
    return reverse("admin:lists_list_row", args=[brought.pk, number])


def post(client: Client, url: str, decision: str, **said: Any) -> Any:
    return client.post(url, {"decision": decision, **said}, follow=True)


def people(*names: str) -> list[dict[str, Any]]:
    rows = []
    for place, name in enumerate(names):
        rows.append({"identifier": f"RC-{place}", "name": name, "sex": "male"})
    return rows


def test_rows_are_compared_in_steps_and_then_shown_with_what_cannot_be_read(
    client: Client, documenter: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr("cases.desk.lists.comparing.AT_ONCE", 1)
    monkeypatch.setattr(going_on, "SECONDS", -1)
    ales, vera = people("Ales Example", "Vera Sample")
    brought = make_list(
        documenter, ales, {**vera, "cells": [UNREAD]}, most_quarantined=50
    )

    steps = []
    for _step in range(3):
        told = client.get(page(brought)).content.decode()
        steps.append("rows were compared" in told)
        post(client, page(brought), "compare")

    assert steps == [True, True, False]
    assert "Ales Example" in told
    assert "young" in told
    assert "No rule." in told
    only = client.get(f"{page(brought)}?show=quarantine").content.decode()
    assert "Vera Sample" in only
    assert "Ales Example" not in only


def test_all_new_rows_are_accepted_by_one_press_with_one_reason(
    client: Client, documenter: User
) -> None:
    namesake = make.make_prisoner("Vera Sample")
    publish_pending()
    brought = make_list(documenter, *people("Ales Example", "Vera Sample", "Jan Third"))
    list(compare(brought))

    told = post(client, page(brought), "all_new", change_reason="We know them.")

    assert "2 rows of this list are accepted." in told.content.decode()
    new = Prisoner.objects.exclude(pk=namesake.pk)
    assert {case.visibility for case in new} == {"internal"}
    assert [change.why for change in timeline("prisoner", new[0].pk)][:1] == [
        f"We know them. (A list, SHA-256 {SHA256})"
    ]
    assert brought.rows.get(state="waiting").found == namesake


def test_thousands_are_accepted_in_steps_and_whoever_was_cut_off_goes_on(
    client: Client, documenter: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(accepting, "AT_ONCE", 1)
    monkeypatch.setattr(going_on, "SECONDS", -1)
    brought = make_list(documenter, *people("Ales Example", "Vera Sample"))
    list(compare(brought))

    first = post(client, page(brought), "all_new", change_reason="Why").content.decode()

    assert "1 of 2 rows were decided." in first
    assert 'value="all_new"' in first
    assert 'value="Why"' in first
    last = post(client, page(brought), "all_new", change_reason="Why").content.decode()
    assert "2 rows of this list are accepted." in last
    assert Prisoner.objects.count() == 2


def test_ticked_rows_alone_are_accepted_or_left_out(
    client: Client, documenter: User
) -> None:
    brought = make_list(documenter, *people("Ales Example", "Vera Sample", "Jan Third"))
    other = make_list(documenter, *people("Somebody Else"))
    list(compare(brought))

    post(client, page(brought), "chosen", row=["2"])
    told = post(client, page(brought), "leave_out", row=["3"]).content.decode()

    assert "1 row was left out." in told
    states = list(brought.rows.order_by("number").values_list("state", flat=True))
    assert states == ["accepted", "left_out", "waiting"]
    assert other.rows.get().state == "waiting"


def test_a_list_of_which_too_much_cannot_be_read_says_so_and_nothing_is_accepted(
    client: Client, documenter: User
) -> None:
    (ales,) = people("Ales Example")
    brought = make_list(documenter, {**ales, "cells": [UNREAD]}, most_quarantined=33)
    list(compare(brought))
    assert 'value="all_new"' not in client.get(page(brought)).content.decode()

    told = post(client, page(brought), "all_new").content.decode()

    assert "34 % of the cells cannot be read; you allowed 33 %." in told
    refused = decided(client, brought, 2, "new").content.decode()
    assert "you allowed 33 %" in refused
    assert not Prisoner.objects.exists()


def decided(client: Client, brought: List, number: int, into: Any, **said: Any) -> Any:
    chosen = "new=1" if into == "new" else f"into={into.pk}"
    url = f"{page(brought, number)}?{chosen}"
    return client.post(
        url, {**opened(client, url), "decision": "accept", **said}, follow=True
    )


def test_one_row_is_compared_and_accepted_field_by_field(
    client: Client, documenter: User
) -> None:
    namesake = make.make_prisoner("Ales Example", sex="female", born_on="1990")
    publish_pending()
    (ales,) = people("Ales Example")
    brought = make_list(documenter, {**ales, "born_on": "1991"})
    list(compare(brought))

    shown = client.get(page(brought, 2))
    assert [match.case for match in shown.context["matches"]] == [namesake]
    decided(client, brought, 2, namesake, of_sex="note", of_born_on="take")

    namesake.refresh_from_db()
    assert (namesake.sex, namesake.born_on) == ("female", "1991")
    assert namesake.citations.get(field="sex").states == "male"
    row = brought.rows.get()
    assert (row.state, row.accepted_as) == ("accepted", namesake)
    assert "Accepted as" in client.get(page(brought, 2)).content.decode()


def test_a_row_with_a_known_identifier_leads_to_its_case(
    client: Client, documenter: User
) -> None:
    known = make.make_prisoner("Another Name")
    Identifier.objects.create(
        prisoner=known, scheme="x", value="RC-0", owner_organisation=OWNER
    )
    brought = make_list(documenter, *people("Ales Example"))
    list(compare(brought))
    answer = client.get(page(brought, 2))
    assert answer["Location"].endswith(f"?into={known.pk}")
    told = client.get(page(brought)).content.decode()
    assert "says something new of a case" in told
    assert "Sex: <bdi>male</bdi>" in told


def test_who_is_gone_from_the_owners_next_list_is_shown_and_nothing_is_done(
    client: Client, documenter: User
) -> None:
    first = make_list(documenter, *people("Ales Example", "Vera Sample"))
    list(compare(first))
    post(client, page(first), "all_new")
    second = make_list(documenter, *people("Ales Example"))
    list(compare(second))

    told = client.get(f"{page(second)}?show=gone").content.decode()

    assert "Vera Sample" in told
    assert "Ales Example" not in told
    versions = dict(Prisoner.objects.values_list("pk", "version"))
    post(client, page(second), "all_same")
    assert dict(Prisoner.objects.values_list("pk", "version")) == versions


def test_whoever_may_not_bring_lists_looks_and_decides_nothing(
    client: Client, documenter: User
) -> None:
    brought = make_list(documenter, *people("Ales Example"))
    list(compare(brought))
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(
        Permission.objects.filter(codename__in=["view_list", "view_prisoner"])
    )
    client.force_login(reader)
    told = client.get(page(brought))
    assert told.status_code == 200
    assert 'name="decision"' not in told.content.decode()
    for url in (page(brought), page(brought, 2)):
        assert client.post(url, {"decision": "leave_out"}).status_code == 403
    for name in ("add", "columns", "questions"):
        args = [] if name == "add" else [brought.pk]
        url = reverse(f"admin:lists_list_{name}", args=args)
        assert client.get(url).status_code == 403
