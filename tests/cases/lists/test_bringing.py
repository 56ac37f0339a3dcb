"""A file comes in: by the pages, and by the command."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cases.desk.lists.models import List, Row, SavedPlan
from cases.models import Prisoner
from tests.cases.admin_pages import opened

pytestmark = pytest.mark.django_db

OWNER = "Example Rights Centre"
CSV = "No;Name;Sex;Secret\nRC-7;Ales Example;M;qzunmappedzq\nRC-9;Vera Sample;F;-\n"


@pytest.fixture
def documenter(client: Client, settings: Any) -> User:
    settings.REQUIRE_REVIEW = True
    user = User.objects.create_user("anna", is_staff=True)
    user.groups.set(Group.objects.filter(name="documenter"))
    client.force_login(user)
    return user


def uploaded(client: Client, text: str, **said: str) -> Any:
    url = reverse("admin:lists_list_add")
    boxes = opened(client, url)
    file = SimpleUploadedFile("list.csv", text.encode())
    return client.post(url, {**boxes, "owner": OWNER, "file": file, **said})


def matched(client: Client, answer: Any, **said: str) -> Any:
    url = answer["Location"]
    return client.post(url, {**opened(client, url), **said}, follow=True)


def test_a_column_that_is_not_stored_stays_in_the_file_alone(
    client: Client, documenter: User
) -> None:
    matched(client, uploaded(client, CSV), column_3="")
    rows = Row.objects.order_by("number")
    assert [(row.number, row.identifier, row.names) for row in rows] == [
        (2, "RC-7", ["Ales Example"]),
        (3, "RC-9", ["Vera Sample"]),
    ]
    in_list = List.objects.get()
    assert (in_list.brought_by, len(in_list.sha256)) == (documenter, 64)
    for row in rows:
        said = str([row.content, row.cells, row.columns, row.stated, row.said_source])
        assert "qzunmappedzq" not in said
    assert not Prisoner.objects.exists()


def test_what_columns_mean_is_kept_by_a_name_and_offered_again(
    client: Client, documenter: User
) -> None:
    matched(client, uploaded(client, CSV), column_3="affiliation", save_as="Monthly")
    plan = SavedPlan.objects.get()
    assert (plan.name, plan.saved_by) == ("Monthly", documenter)
    others = uploaded(client, CSV.replace("RC-7", "X-7"), owner="Others")["Location"]
    form = client.get(others).context["form"]
    assert form["column_3"].value() == ""
    form = client.get(f"{others}?saved=Monthly").context["form"]
    assert form["column_3"].value() == "affiliation"
    again = uploaded(client, CSV.replace("RC-7", "RC-8"))["Location"]
    form = client.get(again).context["form"]
    assert form["column_3"].value() == "affiliation"  # as in this owner's last list


def test_what_has_two_readings_is_asked_once_for_its_column(
    client: Client, documenter: User
) -> None:
    dates = "No;Name;Arrested\nRC-7;Ales Example;02/03/2021\nRC-9;Vera S;04/05/2021\n"
    asked = matched(client, uploaded(client, dates))
    assert not Row.objects.exists()
    url = asked.redirect_chain[-1][0]
    boxes = opened(client, url)
    refused = client.post(url, boxes)
    assert refused.status_code == 200  # nobody chose, and none is guessed
    client.post(url, {**boxes, "order_0": "mdy"}, follow=True)
    started = [row.content["detentions"][0]["started_on"] for row in Row.objects.all()]
    assert started == ["2021-02-03", "2021-04-05"]


def test_rows_are_read_anew_until_one_was_decided(
    client: Client, documenter: User
) -> None:
    matched(client, uploaded(client, CSV), column_2="")
    in_list = List.objects.get()
    columns = reverse("admin:lists_list_columns", args=[in_list.pk])
    client.post(columns, {**opened(client, columns), "column_2": "sex"})
    assert [row.content["sex"] for row in in_list.rows.all()] == ["male", "female"]
    page = reverse("admin:lists_list_change", args=[in_list.pk])
    client.post(page, {"decision": "compare"})
    client.post(page, {"decision": "leave_out", "row": "2"})
    told = client.post(
        columns, {**opened(client, columns), "column_2": ""}, follow=True
    )
    assert "it can be read no more" in told.content.decode()
    assert in_list.rows.filter(content__has_key="sex").count() == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [("%PDF-1.7", "PDF"), ("", "empty"), (CSV, "")],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(
    client: Client, documenter: User, text: str, told: str
) -> None:
    answer = uploaded(client, text)
    assert answer.status_code == (200 if told else 302)
    assert List.objects.exists() is not bool(told)
    if told:
        assert told in answer.content.decode()


def test_the_same_file_of_the_same_owner_is_brought_in_once(
    client: Client, documenter: User
) -> None:
    first = uploaded(client, CSV)
    again = uploaded(client, CSV)
    assert List.objects.count() == 1
    assert first["Location"].startswith(again["Location"].removesuffix("change/"))


def bring(file: Path, *said: str, by: str = "anna") -> str:
    out = StringIO()
    words = [str(file), "--owner", OWNER, "--plan", "Monthly", "--by", by, *said]
    call_command("bring_list", *words, stdout=out)
    return out.getvalue()


def test_the_command_does_the_same_and_accepts_what_it_is_told(
    client: Client, documenter: User, tmp_path: Path
) -> None:
    matched(client, uploaded(client, CSV, owner="Others"), save_as="Monthly")
    file = tmp_path / "list.csv"
    file.write_text(CSV)

    assert "new: 2" in bring(file)
    assert not Prisoner.objects.exists()
    told = bring(file, "--accept", "new")

    assert "accepted: 2" in told
    assert Prisoner.objects.count() == 2
    assert List.objects.filter(owner=OWNER).count() == 1
    assert set(Prisoner.objects.values_list("visibility", flat=True)) == {"internal"}
    row = List.objects.get(owner=OWNER).rows.first()
    assert row is not None
    assert row.decided_by == documenter


def test_the_command_refuses_an_account_without_the_right_and_a_plan_that_is_not_there(
    client: Client, documenter: User, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(CSV)
    with pytest.raises(CommandError, match="No plan has the name Monthly"):
        bring(file)
    User.objects.create_user("reader", is_staff=True)
    for account in ("reader", "nobody"):
        with pytest.raises(CommandError, match="that may do this"):
            bring(file, by=account)
    assert not List.objects.exists()


STATUSES = (
    "No;Name;Status\nRC-7;Ales Example;released\nRC-8;Vera Sample;освобожден\n"
    "RC-9;Ivan Sample;held\n"
)


def test_totals_that_do_not_come_out_are_named_and_nothing_is_accepted(
    client: Client, documenter: User, tmp_path: Path
) -> None:
    """A word counts with each word that means the same."""
    for wrong, told in (
        ("Status: released", "write it as in"),
        ("State: released: 2", "names no column"),
    ):
        answer = uploaded(client, STATUSES, totals=wrong)
        assert told in answer.content.decode()
    said = "Status: released: 3\r\nName: vera sample: 1\r\n"
    page = matched(client, uploaded(client, STATUSES, totals=said), save_as="Monthly")
    while b"going-on" in page.content:
        page = client.post(
            page.request["PATH_INFO"], {"decision": "compare"}, follow=True
        )
    told = page.content.decode()
    assert "In 2 rows the column “Status” says “released”; you expected 3." in told
    assert "vera sample" in told
    assert "column “Name”" not in told
    assert "So nothing of this list can be accepted." in told
    in_list = List.objects.get()
    change = reverse("admin:lists_list_change", args=[in_list.pk])
    refused = client.post(change, {"decision": "all_new"}, follow=True)
    assert "you expected 3" in refused.content.decode()
    assert not Prisoner.objects.exists()

    # The same file, with what is expected of it said anew; what is not said stands.
    file = tmp_path / "list.csv"
    file.write_text(STATUSES)
    with pytest.raises(CommandError, match="you expected 3"):
        bring(file, "--accept", "new")
    with pytest.raises(CommandError, match="The list has 3 rows; you expected 4"):
        bring(file, "--accept", "new", "--expect", "4")
    with pytest.raises(CommandError, match="you expected 4"):
        bring(file, "--accept", "new", "--expect-total", "Status: released: 2")
    assert "accepted: 3" in bring(file, "--accept", "new", "--expect", "3")
    in_list.refresh_from_db()
    assert (in_list.expected_rows, in_list.most_quarantined) == (3, 25)

    # Once a row was decided, what was expected then stands.
    uploaded(client, STATUSES, expected_rows="4")
    in_list.refresh_from_db()
    assert in_list.expected_rows == 3
