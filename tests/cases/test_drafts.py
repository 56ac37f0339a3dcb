"""Nothing typed is lost: a draft is kept for whoever typed it, is read by nobody else,
and is forgotten when it must be.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from cases.desk.access.models import AccessEvent
from cases.desk.drafts import keeping
from cases.desk.drafts.forgetting import (
    forget_drafts,
    forget_drafts_with,
    forget_old_drafts,
)
from cases.desk.drafts.models import Draft
from cases.desk.signin import accounts
from cases.history import acting
from cases.models import Prisoner
from tests import factories as make
from tests.cases.admin_pages import Page, address, boxes_of, opened, saved, with_row
from tests.roles import acting_as

pytestmark = pytest.mark.django_db

KEEP = "/admin/drafts/keep/"
DROP = "/admin/drafts/drop/"
START = "/admin/"


@pytest.fixture
def author() -> User:
    return make.make_documenter("author")


@pytest.fixture
def desk(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


@pytest.fixture
def prisoner() -> Prisoner:
    return make.make_prisoner("Mikola Example", affiliation="A paper")


def kept(desk: Client, url: str, **typed: Any) -> Page:
    """The script keeps what stands in the boxes; these."""
    page = {**opened(desk, url), **typed}
    assert desk.post(KEEP, page, headers={"X-Draft": "quietly"}).status_code == 204
    return page


def drafts(author: User) -> list[keeping.Kept]:
    with acting(user=author):
        return keeping.mine(author)


def stored() -> int:
    with acting_as("owner"):
        return Draft.objects.count()


def test_what_was_typed_before_the_session_ran_out_is_offered_after_signing_in(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    page = kept(desk, address(prisoner), affiliation="Half a na")
    desk.logout()
    refused: Any = desk.post(address(prisoner), page)
    assert refused.status_code == 302
    desk.force_login(author)

    for url in (START, address(prisoner)):
        (draft,) = desk.get(url).context["drafts"]
        assert "Half a na" not in desk.get(START).content.decode()
    again: Any = desk.get(draft.url)

    assert "It is not saved yet" in again.content.decode()
    boxes = boxes_of(again.content.decode())
    assert boxes["affiliation"] == ["Half a na"]
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "A paper"
    assert desk.post(draft.url, boxes).status_code == 302
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Half a na"
    assert drafts(author) == []


def test_a_draft_is_shown_as_it_was_typed_and_not_judged(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    page = with_row(opened(desk, address(prisoner)), "names", value="", language="xx")
    kept(desk, address(prisoner), **{**page, "born_on": "no day"})

    again: Any = desk.get(drafts(author)[0].url)

    boxes = boxes_of(again.content.decode())
    assert (boxes["born_on"], boxes["names-1-value"]) == (["no day"], [""])
    assert "errorlist" not in again.content.decode()
    assert again.context["title"].startswith("Change")


def test_a_draft_of_a_new_case_has_its_rows(desk: Client, author: User) -> None:
    add = reverse("admin:cases_prisoner_add")
    kept(desk, add, **{"names-0-value": "Typed Only"})

    (draft,) = drafts(author)
    boxes = boxes_of(desk.get(draft.url).content.decode())
    assert boxes["names-0-value"] == ["Typed Only"]
    assert desk.post(draft.url, boxes).status_code == 302
    assert Prisoner.objects.get().names.get().value == "Typed Only"
    assert drafts(author) == []


def test_without_the_script_a_button_keeps_the_draft(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    page = {**opened(desk, address(prisoner)), "affiliation": "Typed", "_draft": "1"}

    response: Any = desk.post(KEEP, page, follow=True)

    assert "Kept as a draft for seven days" in response.content.decode()
    assert boxes_of(response.content.decode())["affiliation"] == ["Typed"]
    desk.post(DROP, {"draft_token": page["draft_token"][0]})
    assert drafts(author) == []


def test_a_list_of_people_is_kept(desk: Client, author: User) -> None:
    release = reverse("admin:cases_prisoner_release_of_several")
    page = {**opened(desk, release), "people": "Hanna Typed\nIhar Typed"}
    desk.post(KEEP, page, headers={"X-Draft": "quietly"})

    again = desk.get(drafts(author)[0].url)

    boxes = boxes_of(again.content.decode())
    assert boxes["people"] == ["Hanna Typed\r\nIhar Typed"] or boxes["people"] == [
        "Hanna Typed\nIhar Typed"
    ]


def test_what_somebody_saved_after_the_draft_is_taken_over_or_asked(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    kept(desk, address(prisoner), affiliation="Mine")
    saved(desk, address(prisoner), affiliation="Theirs", occupations=["teacher"])

    (draft,) = drafts(author)
    again: Any = desk.get(draft.url)

    boxes = boxes_of(again.content.decode())
    assert boxes["occupations"] == ["teacher"]
    assert "Theirs: Theirs" in again.content.decode()
    desk.post(draft.url, {**boxes, "decided-0": "mine"})
    prisoner.refresh_from_db()
    assert (prisoner.affiliation, prisoner.occupations) == ("Mine", ["teacher"])


def test_nobody_else_sees_a_draft_not_even_an_administrator(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    page = kept(desk, address(prisoner), affiliation="A secret")
    administrator = make.make_documenter("administrator", is_superuser=True)
    other = Client()
    other.force_login(administrator)
    (draft,) = drafts(author)

    assert other.get(START).context["drafts"] == []
    assert other.get(address(prisoner)).context["drafts"] == []
    assert "A secret" not in other.get(draft.url).content.decode()
    assert other.post(KEEP, page, headers={"X-Draft": "quietly"}).status_code == 409
    other.post(DROP, {"draft_token": str(draft.token)})
    assert drafts(author) == [draft]
    assert drafts(administrator) == []


@pytest.mark.parametrize("role", ["desk", "publisher", "public", "partners"])
def test_no_login_reads_or_writes_the_table(role: str) -> None:
    for statement in ("SELECT FROM", "DELETE FROM"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting_as(role),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{statement} drafts_draft")


def test_the_database_gives_nobody_a_draft_who_does_not_act(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    kept(desk, address(prisoner), affiliation="Typed")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM drafts_mine()")
        assert cursor.fetchone() == (0,)
    refused = pytest.raises((ProgrammingError, InternalError))
    with refused, transaction.atomic():
        keeping.keep(author, uuid4(), "/admin/", None, "-", [])


def test_the_table_and_the_access_log_hold_nothing_of_what_was_typed(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    before = AccessEvent.objects.count()
    page = {**opened(desk, address(prisoner)), "affiliation": "Canarybird"}
    desk.post(KEEP, page, headers={"X-Draft": "quietly"})
    desk.get(drafts(author)[0].url)

    with acting_as("owner"):
        row = Draft.objects.values().get()
        logged = list(AccessEvent.objects.values())
    assert "Canarybird" not in str(row)
    assert "Mikola" not in str(row)
    assert row["root_id"] == prisoner.pk
    assert "Canarybird" not in str(logged)
    assert "draft" not in str(logged)
    assert len(logged) == before + 2  # both looks at the page


def test_a_draft_is_forgotten_after_seven_days_or_sooner_where_it_is_set(
    desk: Client, author: User, prisoner: Prisoner, settings: Any
) -> None:
    kept(desk, address(prisoner))
    settings.DRAFT_DAYS = 2
    with acting_as("owner"):
        Draft.objects.update(kept_at=Now() - timedelta(days=2, minutes=-1))
    assert len(drafts(author)) == 1
    with acting_as("owner"):
        assert forget_old_drafts() == 0
        Draft.objects.update(kept_at=Now() - timedelta(days=2, minutes=1))
    assert drafts(author) == []
    settings.DRAFT_DAYS = 7
    with acting_as("owner"):
        Draft.objects.update(kept_at=Now() - timedelta(days=7, minutes=-1))
    assert len(drafts(author)) == 1
    with acting_as("owner"):
        Draft.objects.update(kept_at=Now() - timedelta(days=7, minutes=1))
    assert drafts(author) == []
    assert stored() == 1

    with acting_as("owner"):
        assert forget_old_drafts() == 1
    assert stored() == 0


def test_a_locked_account_has_no_draft(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    kept(desk, address(prisoner))
    other = make.make_documenter("other")
    mine = Client()
    mine.force_login(other)
    kept(mine, address(prisoner))

    accounts.lock(author, by=None, reason="-")

    assert stored() == 1
    assert len(drafts(other)) == 1
    with acting_as("owner"):
        other.delete()
    assert stored() == 0


def test_an_erased_case_or_name_takes_the_drafts_that_may_hold_it(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    add = reverse("admin:cases_prisoner_add")
    kept(desk, add, **with_row(opened(desk, add), "names", value="Anna Erasedova"))
    kept(desk, add, **with_row(opened(desk, add), "names", value="Somebody Else"))
    kept(desk, address(prisoner))
    assert stored() == 3

    with acting_as("owner"):
        forget_drafts_with(["anna erasedova"])
        assert stored() == 2
        forget_drafts([str(prisoner.pk)])
        assert stored() == 1
        (left,) = Draft.objects.all()
        Draft.objects.update(sealed="sealed with another key")
        forget_drafts_with(["anything"])
    assert left.root_id is None
    assert stored() == 0


def test_a_draft_leads_to_no_page_outside_the_desk_and_is_not_endless(
    desk: Client, author: User, prisoner: Prisoner
) -> None:
    page = opened(desk, address(prisoner))
    for address_elsewhere in ("https://example.org/admin/", "//e.org/admin/", "/", ""):
        elsewhere = {**page, "draft_page": address_elsewhere}
        assert desk.post(KEEP, elsewhere).status_code == 400
        assert desk.post(DROP, elsewhere)["Location"] == START
    noise = " ".join(str(uuid4()) for _number in range(15_000))
    long = {**page, "internal_notes": noise}
    assert desk.post(KEEP, long, headers={"X-Draft": "quietly"}).status_code == 413
    assert drafts(author) == []


def test_pages_of_one_author_open_in_two_tabs_have_two_drafts(
    desk: Client, author: User
) -> None:
    add = reverse("admin:cases_source_add")
    first, second = opened(desk, add), opened(desk, add)
    for page, title in ((first, "One"), (second, "Two"), (first, "One more")):
        desk.post(KEEP, {**page, "title": title}, headers={"X-Draft": "quietly"})

    titles = {dict(draft.boxes)["title"] for draft in drafts(author)}
    assert titles == {"One more", "Two"}
