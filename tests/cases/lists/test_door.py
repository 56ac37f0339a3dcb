"""Lists come in by a program, with a token: scoped to lists, expiring, shown once."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import now

from cases.desk.access.models import AccessEvent
from cases.desk.lists import api
from cases.desk.lists.bringing import save_plan
from cases.desk.lists.models import List, ListToken
from cases.desk.lists.plan import suggested
from cases.desk.lists.table import read_table
from cases.history import timeline
from cases.models import Identifier, Prisoner
from tests import factories as make
from tests.cases.lists.brought import make_list
from tests.named import only_for, staff
from tests.roles import acting_as

pytestmark = pytest.mark.django_db

ADDRESS = "/api/editorial/v1/lists/"
OWNER = "Example Rights Centre"
CSV = (
    "No;Name;Status;Arrested\nRC-7;Ales Example;released;2021-05\n"
    "RC-8;Vera Sample;held;whenever\nRC-9;Canary Named;held;2021\n"
)


@pytest.fixture
def token(settings: Any) -> str:
    settings.REQUIRE_REVIEW = True
    settings.REQUIRE_SECOND_FACTOR = True
    by = make.make_documenter("anna")
    save_plan("Monthly", suggested(read_table(CSV.encode(), "list.csv")), by=by)
    return made("rc-door")


def made(*words: str) -> str:
    out = StringIO()
    with acting_as("owner"):
        call_command("list_token", *words, stdout=out)
    return out.getvalue().strip()


def at_the_door(token: str) -> Client:
    return Client(headers={"Authorization": f"List-Token {token}"})


def handed_in(door: Client, text: str = CSV, **said: str) -> Any:
    file = SimpleUploadedFile("list.csv", text.encode())
    return door.post(ADDRESS, {"owner": OWNER, "plan": "Monthly", "file": file, **said})


def test_a_list_is_handed_in_compared_and_accepted_under_the_accounts_name(
    token: str,
) -> None:
    """A case that only named staff see is as none for it."""
    ada = staff("ada", "documenter")
    closed = make.make_prisoner("Canary Named")
    Identifier.objects.create(
        prisoner=closed, scheme="x", value="RC-9", owner_organisation=OWNER
    )
    only_for(closed, ada)
    door = at_the_door(token)
    said = {"expected_rows": "3", "totals": "Status: held: 2", "title": "A list of May"}

    answer = handed_in(door, **said)

    assert answer.status_code == 201, answer.content
    state = answer.json()
    assert (state["rows"], state["to_compare"], state["hindrances"]) == (3, 3, [])
    assert handed_in(door, **said).status_code == 200  # the same list
    assert List.objects.count() == 1
    own = f"{ADDRESS}{state['id']}/"
    accept = {"verdicts": ["new"], "reason": "Agreed."}
    early = door.post(f"{own}accept/", accept, "application/json")
    assert early.status_code == 409
    compared = door.post(f"{own}compare/").json()
    assert compared["to_compare"] == 0
    assert compared["by_kind"] == {"new": 3, "quarantine": 1}
    rows = door.get(f"{own}rows/?verdict=new&after=2").json()
    assert [row["number"] for row in rows["rows"]] == [3, 4]
    assert rows["rows"][0]["cells_not_read"][0]["text"] == "whenever"
    assert door.get(f"{own}rows/?q=x").status_code == 400
    assert not Prisoner.objects.exclude(pk=closed.pk).exists()

    done = door.post(f"{own}accept/", accept, "application/json").json()

    assert (done["to_accept"], door.get(own).json()["by_kind"]["accepted"]) == (0, 3)
    cases = Prisoner.objects.exclude(pk=closed.pk)
    assert set(cases.values_list("visibility", flat=True)) == {"internal"}
    edit = timeline("prisoner", cases[0].pk)[0]
    assert (edit.who, edit.why.startswith("Agreed. (A list of May")) == (
        "rc-door",
        True,
    )
    logged = AccessEvent.objects.filter(username="rc-door")
    assert logged.count() == 6  # handed in twice, compared, read twice, accepted


def test_what_does_not_come_out_or_cannot_be_read_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where saving approves, whatever a token would accept."""
    door = at_the_door(token)
    for said in (
        {"plan": "Unknown"},
        {"totals": "State: held: 2"},
        {"owner": ""},
        {"expected_rows": "many"},
    ):
        assert handed_in(door, **said).status_code == 400
    assert handed_in(door, "%PDF-1.7").status_code == 400
    assert not List.objects.exists()
    state = handed_in(door, totals="Status: held: 3").json()
    own = f"{ADDRESS}{state['id']}/"
    door.post(f"{own}compare/")
    accept = {"verdicts": ["new"], "reason": "Agreed."}
    refused = door.post(f"{own}accept/", accept, "application/json")
    assert refused.status_code == 409
    assert "you expected 3" in refused.json()["detail"]
    monkeypatch.setattr(api, "saving_approves", lambda: True)
    List.objects.update(expected_totals=[])
    refused = door.post(f"{own}accept/", accept, "application/json")
    assert "Saving approves here" in refused.json()["detail"]
    for wrong in ({"verdicts": ["maybe"], "reason": "-"}, {"verdicts": ["new"]}):
        refused = door.post(f"{own}accept/", wrong, "application/json")
        assert refused.status_code == 400
    assert not Prisoner.objects.exists()


def test_a_token_opens_lists_of_its_own_and_nothing_else(token: str) -> None:
    """And nobody signs in as its account. A session of the desk opens no list here."""
    door = at_the_door(token)
    others = make_list(staff("ada", "documenter"))
    for method, rest in (("get", ""), ("get", "rows/"), ("post", "compare/")):
        asked = getattr(door, method)(f"{ADDRESS}{others.pk}/{rest}")
        assert asked.status_code == 404
    for address in ("prisoners/", "sources/", "merges/", "schema/"):
        assert door.get(f"/api/editorial/v1/{address}").status_code == 401
    assert door.get("/admin/").status_code == 302
    account = User.objects.get(username="rc-door")
    assert not account.has_usable_password()
    assert (account.is_staff, account.is_superuser) == (False, False)
    desk = Client()
    desk.force_login(staff("boris", "administrator"))
    assert desk.get(f"{ADDRESS}{others.pk}/").status_code == 401


def _expired(account: User) -> None:
    with acting_as("owner"):
        ListToken.objects.update(expires_at=now() - timedelta(seconds=1))


def _revoked(account: User) -> None:
    made(account.username, "--revoke")


def _made_anew(account: User) -> None:
    made(account.username)


def _locked(account: User) -> None:
    User.objects.filter(pk=account.pk).update(is_active=False)


def _may_more(account: User) -> None:
    account.groups.add(Group.objects.get(name="reviewer"))


def _may_less(account: User) -> None:
    account.groups.clear()


def _of_the_staff(account: User) -> None:
    User.objects.filter(pk=account.pk).update(is_staff=True)


def test_a_token_that_does_not_hold_opens_nothing(token: str) -> None:
    account = User.objects.get(username="rc-door")
    assert re.fullmatch(r"\w{8}\.\w{32}", token)
    assert token.split(".")[1] not in str(ListToken.objects.values())
    changes: tuple[Callable[[User], None], ...] = (
        _expired,
        _revoked,
        _locked,
        _may_more,
        _may_less,
        _of_the_staff,
    )
    for change in changes:
        account.groups.set(Group.objects.filter(name="documenter"))
        User.objects.filter(pk=account.pk).update(is_active=True, is_staff=False)
        new = made("rc-door")
        assert at_the_door(new).get(ADDRESS).status_code == 405, change
        change(account)
        assert at_the_door(new).get(ADDRESS).status_code == 401, change
    for wrong in (token, token + "x", "x." + token.split(".")[1], "", "."):
        assert at_the_door(wrong).get(ADDRESS).status_code == 401


def test_no_token_is_made_for_somebodys_account(token: str) -> None:
    with pytest.raises(CommandError, match="somebody’s"):
        made("anna")
    with pytest.raises(CommandError, match="has no token"):
        made("anna", "--revoke")
    with pytest.raises(CommandError, match="1 to 366 days"):
        made("other", "--days", "0")
