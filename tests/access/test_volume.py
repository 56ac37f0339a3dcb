"""Who carries the record away by the hundred shows on the administrators' start page;
who works as usual does not.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from cases.desk.access.models import AccessEvent
from cases.desk.access.volume import unusual
from tests.roles import acting_as

pytestmark = pytest.mark.django_db

TODAY = datetime.now(UTC).date()


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def did(username: str, times: int, day: date = TODAY, **fields: Any) -> None:
    """Opened so many cases, each once; or something else."""
    at = datetime.combine(day, datetime.min.time(), UTC)
    said: dict[str, Any] = {
        "user_id": 1,
        "username": username,
        "act": "read",
        "page": "-",
        "at": at,
        **fields,
    }
    lines = []
    for _each in range(times):
        case_id = uuid4() if said["act"] == "read" else None
        lines.append(AccessEvent(**{"case_id": case_id, **said}))
    with acting_as("owner"):
        AccessEvent.objects.bulk_create(lines)


def worked(username: str, times: int, days: int = 10) -> None:
    """So many cases a day, in the weeks before the last one."""
    for number in range(days):
        did(username, times, days_ago(10 + number))


def found() -> list[tuple[str, date, int]]:
    return [(one.username, one.day, one.count) for one in unusual(TODAY)]


def test_three_times_the_own_usual_day_is_unusual() -> None:
    worked("olga", 20)
    did("olga", 60, days_ago(1))
    assert found() == []
    did("olga", 61)
    assert found() == [("olga", TODAY, 61)]


def test_few_are_never_unusual() -> None:
    worked("olga", 1)
    did("olga", 30)
    assert found() == []


def test_who_always_reads_much_is_measured_against_themselves() -> None:
    worked("olga", 50)
    worked("marta", 5)
    did("olga", 100)
    did("marta", 100)
    assert found() == [("marta", TODAY, 100)]


def test_who_is_new_is_measured_against_everybody() -> None:
    worked("olga", 50)
    worked("new", 1, days=4)
    did("new", 100)
    assert found() == []
    did("new", 51)
    assert found() == [("new", TODAY, 151)]


def test_a_week_of_it_does_not_become_usual() -> None:
    worked("olga", 5)
    for number in range(7):
        did("olga", 40, days_ago(number))
    assert len(found()) == 7


def test_the_same_case_again_and_again_is_one_case() -> None:
    did("olga", 100, case_id=uuid4())
    assert found() == []


def test_searches_and_exported_rows_count_too() -> None:
    did("olga", 61, act="search")
    did("marta", 1, act="export", rows=201, reason="-")
    assert found() == [("marta", TODAY, 201), ("olga", TODAY, 61)]


def test_rows_of_lists_count_and_not_only_how_often_one_asked() -> None:
    did("olga", 24, act="list", rows=60)
    did("marta", 10, act="list", rows=50)
    assert found() == [("olga", TODAY, 1_440)]


def looked_up(*words: str, seconds: int = 1, rows: int = 20, at: int = 0) -> None:
    """In a box that searches, one after the other; "" is the box just opened."""
    start = datetime.combine(TODAY, datetime.min.time(), UTC)
    lines = []
    for number, word in enumerate(words):
        line = AccessEvent(
            user_id=1,
            username="olga",
            act="search" if word else "list",
            kind="source",
            page="admin/autocomplete/",
            asked=f"term: {word}" if word else "",
            rows=rows,
            at=start + timedelta(seconds=at + number * seconds),
        )
        lines.append(line)
    with acting_as("owner"):
        AccessEvent.objects.bulk_create(lines)


def test_what_is_typed_into_a_box_is_one_search_however_often_the_box_asks() -> None:
    for number in range(25):
        looked_up("", "v", "vi", f"viasna {number}", at=number * 200)
    assert found() == []
    for number in range(25, 61):
        looked_up("", "v", "vi", f"viasna {number}", at=number * 200, rows=0)
    assert found() == [("olga", TODAY, 61)]


def test_the_same_looked_up_again_is_nothing_new() -> None:
    for number in range(100):
        looked_up("", "viasna", at=number * 200)
    assert found() == []


def test_who_pages_through_a_box_is_counted_by_its_rows() -> None:
    looked_up(*[""] * 26)
    assert found() == [("olga", TODAY, 520)]


def test_it_takes_as_many_queries_however_many_days(
    django_assert_num_queries: Any,
) -> None:
    worked("olga", 5)
    with django_assert_num_queries(5):
        unusual(TODAY)


@pytest.mark.parametrize(
    ("role", "told"),
    [("administrator", True), ("reviewer", False), ("documenter", False)],
)
def test_only_administrators_are_told_with_the_way_to_the_log(
    client: Client, role: str, told: bool
) -> None:
    did("olga", 100)
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    assert ("Unusual volume" in page) is told
    link = f"/admin/access/accessevent/?username=olga&amp;day={TODAY}"
    assert (link in page) is told
    answer: Any = client.get(link.replace("&amp;", "&"))
    assert answer.status_code == (200 if told else 403)
    assert not told or answer.context_data["cl"].result_count == 100
