"""Each transaction that changes the record has a number, and the numbers are the order
in which they were committed, over all cases.
"""

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cases.history import timeline
from cases.models import Commit, SourceDerivation
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk
from tests.cases.test_acting import proved, say
from tests.cases.test_erasing import published_case

Logins = Callable[[str], psycopg.Connection[Any]]

pytestmark = pytest.mark.django_db(transaction=True)

CLAIMANT = (
    "INSERT INTO cases_claimant (id, name, internal_notes, role_as_stated,"
    " protected_pseudonym, visibility, version)"
    " VALUES (gen_random_uuid(), %s, '', '', FALSE, 'internal', 1) RETURNING id"
)
REPEATS = (
    f"INSERT INTO {SourceDerivation._meta.db_table} (from_source_id, to_source_id)"
    " SELECT copy.id, original.id FROM cases_source AS copy, cases_source AS original"
    " WHERE copy.title = 'Copy' AND original.title = 'Original'"
)
NUMBERS = "SELECT number FROM cases_commit ORDER BY number"


def claimant(session: psycopg.Connection[Any], name: str) -> None:
    session.execute(CLAIMANT, [name])


def commit_of(session: psycopg.Connection[Any], name: str) -> int:
    row = session.execute(
        "SELECT number FROM cases_commit, cases_claimanthistory"
        " WHERE transaction = pgh_transaction AND name = %s"
        " AND pgh_id BETWEEN first_event AND last_event",
        [name],
    ).fetchone()
    assert row
    return int(row[0])


def test_what_is_committed_first_has_the_lower_number(logins: Logins) -> None:
    slow, quick = logins("desk"), logins("desk")
    with slow.transaction():
        claimant(slow, "Began first")
        claimant(quick, "Committed first")
    began, committed = (
        commit_of(quick, "Began first"),
        commit_of(quick, "Committed first"),
    )
    assert committed < began


def test_what_is_done_together_has_one_number(logins: Logins) -> None:
    before = Commit.objects.count()
    desk = logins("desk")
    with desk.transaction():
        claimant(desk, "First")
        with desk.transaction(force_rollback=True):
            claimant(desk, "Taken back")
        claimant(desk, "Second")
    claimant(desk, "Third")
    assert commit_of(desk, "First") == commit_of(desk, "Second")
    assert commit_of(desk, "Second") < commit_of(desk, "Third")
    assert Commit.objects.count() == before + 2


def test_also_where_only_what_came_after_a_step_back_is_left(logins: Logins) -> None:
    desk = logins("desk")
    with desk.transaction():
        with desk.transaction(force_rollback=True):
            claimant(desk, "Taken back")
        claimant(desk, "Left")
    assert commit_of(desk, "Left")


def test_whoever_sees_a_number_sees_every_lower_one(logins: Logins) -> None:
    """Many write at once, and one looks on."""
    writers = [logins("desk") for _ in range(8)]
    reader = logins("desk")
    until = time.monotonic() + 5
    failures: list[Exception] = []

    def write(session: psycopg.Connection[Any], name: str) -> None:
        try:
            while time.monotonic() < until:
                with session.transaction():
                    claimant(session, name)
                    claimant(session, name)
        except psycopg.Error as error:
            failures.append(error)

    threads = [
        Thread(target=write, args=(session, f"Writer {place}"))
        for place, session in enumerate(writers)
    ]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    looks = 0
    while time.monotonic() < until:
        now = [number for (number,) in reader.execute(NUMBERS)]
        assert now[: len(seen)] == seen
        looks += now != seen
        seen = now
    for thread in threads:
        thread.join()
    assert failures == []
    assert looks > 10


def waits(session: psycopg.Connection[Any], pid: int) -> None:
    """Until that session waits for a lock."""
    until = time.monotonic() + 10
    while not session.execute("SELECT pg_blocking_pids(%s)", [pid]).fetchone()[0]:  # type: ignore[index]
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.01)


def test_a_number_is_drawn_after_every_lock(logins: Logins) -> None:
    """What a source refers to is locked when its transaction ends: whoever holds it can
    still end theirs.
    """
    first, second, owner = logins("desk"), logins("desk"), logins("owner")
    for title in ("Copy", "Original"):
        make.make_source(title)
    failures: list[Exception] = []
    began = Event()

    def refer() -> None:
        try:
            with first.transaction():
                claimant(first, "Anything")
                first.execute(REPEATS)
                began.set()
        except psycopg.Error as error:
            failures.append(error)

    with second.transaction():
        second.execute("SELECT FROM cases_source WHERE title = 'Original' FOR UPDATE")
        second.execute(
            "UPDATE cases_source SET author = 'Held' WHERE title = 'Original'"
        )
        thread = Thread(target=refer)
        thread.start()
        assert began.wait(10), failures
        waits(owner, first.info.backend_pid)
    thread.join()
    assert failures == []
    numbers = [number for (number,) in owner.execute(NUMBERS)]
    assert commit_of(owner, "Anything") == numbers[-1]


def test_who_asks_early_waits_for_nobody_later(logins: Logins) -> None:
    """A number that is drawn before the end holds until then."""
    desk = logins("desk")
    with desk.transaction():
        claimant(desk, "Before")
        desk.execute("SET CONSTRAINTS ALL IMMEDIATE")
        claimant(desk, "After")
    claimant(desk, "Later")
    numbers = [commit_of(desk, name) for name in ("Before", "After", "Later")]
    assert numbers == sorted(numbers)


def test_the_gate_waits_for_no_number(logins: Logins) -> None:
    case = published_case("Ales Example")
    case.visibility = "internal"
    case.save()
    holder = logins("owner")
    with holder.transaction():
        holder.execute("LOCK TABLE cases_committurn IN EXCLUSIVE MODE")
        holder.execute("LOCK TABLE cases_commit IN ACCESS EXCLUSIVE MODE")
        publish_pending()
    assert "Ales" not in Client().get("/api/v1/prisoners").content.decode()


@pytest.mark.parametrize("role", ["desk", "publisher", "public", "partners"])
@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO cases_commit (first_event, number) VALUES (1, 1)",
        "UPDATE cases_commit SET number = number + 1",
        "DELETE FROM cases_commit",
        "TRUNCATE cases_commit",
        "SELECT nextval('cases_commit_number')",
        "SELECT setval('cases_commit_number', 1)",
        "LOCK TABLE cases_committurn IN ACCESS SHARE MODE",
        "LOCK TABLE cases_committurn IN EXCLUSIVE MODE",
        "INSERT INTO cases_committurn DEFAULT VALUES",
    ],
)
def test_nobody_writes_a_number_or_takes_another_ones_turn(
    attack: str, role: str, logins: Logins
) -> None:
    session = logins(role)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
        session.execute(attack)


def test_nobody_calls_what_numbers_by_hand(logins: Logins) -> None:
    owner = logins("owner")
    functions = owner.execute(
        "SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger_take_a_number_%'"
        " OR proname LIKE 'pgtrigger_let_locks_be_taken_%'"
    ).fetchall()
    assert len(functions) == 2
    for (function,) in functions:
        with pytest.raises(psycopg.Error):
            logins("desk").execute(f"SELECT {function}()")


def test_a_change_knows_its_number_also_in_a_copy_that_numbers_anew(
    logins: Logins,
) -> None:
    """There, another transaction may get a number that an older one had elsewhere."""
    case = make.make_prisoner("Ales Example")
    change = timeline("prisoner", case.pk)[-1]
    assert change.commit
    logins("owner").execute(
        "INSERT INTO cases_commit (transaction, first_event, last_event, number)"
        " VALUES (%s, %s, %s, %s)",
        [change.transaction, change.number + 70, change.number + 71, change.commit + 9],
    )
    assert timeline("prisoner", case.pk)[-1].commit == change.commit


def test_history_tells_the_number_at_the_desk_and_in_its_api() -> None:
    case = make.make_prisoner("Ales Example")
    numbers = [change.commit for change in timeline("prisoner", case.pk)]
    assert all(numbers)
    desk = Desk()
    told = desk.get(f"prisoners/{case.pk}/history/").json()["results"]
    assert [change["commit"] for change in reversed(told)] == numbers
    client = Client()
    client.force_login(User.objects.create_superuser("reader"))
    page = client.get(reverse("admin:cases_prisoner_history", args=[case.pk]))
    assert f"No. {numbers[-1]}" in page.content.decode()


def test_a_change_names_who_acts_and_is_numbered_too(logins: Logins) -> None:
    desk = logins("desk")
    say(desk, proved(desk, {"user": 7, "username": "ada"}))
    claimant(desk, "By somebody")
    assert commit_of(desk, "By somebody")
