"""Nobody is shown half of a change, however many change cases while the gate reads
them; and who approves at the same moment ends nobody's work.
"""

import json
import time
from collections.abc import Iterable
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import transaction

from cases import aggregate, editions
from cases.models import Edition, Mark, Prisoner
from cases.publishing import gate, publish_pending
from cases.upgrades import FORM
from tests.factories import make_prisoner
from tests.races import Connect, Hammer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


@pytest.fixture(autouse=True)
def slow_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A breath before each list of a case is read, so that others get in between in
    seconds and not in hours.
    """
    rows = aggregate._rows

    def slowly(*args: Any) -> Iterable[dict[str, Any]]:
        time.sleep(0.001)
        return rows(*args)

    monkeypatch.setattr(aggregate, "_rows", slowly)


def hammered(
    logins: Connect, seconds: float, *, until_torn: bool = False, enough: int = 0
) -> Hammer:
    with transaction.atomic():
        cases = [
            make_prisoner("Number 0", visibility="public", affiliation="Number 0")
            for _case in range(8)
        ]
    publish_pending()
    hammer = Hammer(logins, lambda: gate._publish_batch(refresh=False))
    hammer.run(
        [str(case.pk) for case in cases], seconds, until_torn=until_torn, enough=enough
    )
    return hammer


def test_nothing_torn_is_published_while_cases_are_hidden_and_added_to(
    logins: Connect,
) -> None:
    hammer = hammered(logins, 6, enough=20)
    assert hammer.torn == set()
    assert len(hammer.seen) >= 20


def test_the_hammer_finds_what_a_gate_publishes_that_does_not_look_again(
    logins: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_stood_still", lambda kind, ids, *_read: list(ids))
    assert hammered(logins, 60, until_torn=True).torn


class TestTheSameNumberOfAnEdition:
    """A person approves the case that the gate approves because it was saved."""

    @pytest.fixture
    def case(self, db: None) -> Prisoner:
        """It is marked, and waits for the gate: no signal is sent."""
        (case,) = Prisoner.objects.bulk_create([Prisoner()])
        return case

    def test_is_drawn_again_by_the_gate(
        self, case: Prisoner, logins: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (other,) = Prisoner.objects.bulk_create([Prisoner()])
        desk = logins("desk")
        next_numbers = editions._next_numbers

        def somebody_was_first(kind: str, ids: list[UUID]) -> dict[UUID, int]:
            numbers = next_numbers(kind, ids)
            if numbers.get(case.pk) == 1:
                assert approved(desk, case, snapshot(case)) == 1
            return numbers

        monkeypatch.setattr(editions, "_next_numbers", somebody_was_first)
        publish_pending()
        assert not Mark.objects.exists()
        for root_id in (case.pk, other.pk):
            assert Edition.objects.filter(root_id=root_id, number=1).exists()

    def test_is_drawn_again_for_the_person(
        self, case: Prisoner, logins: Connect
    ) -> None:
        publisher, desk = logins("publisher"), logins("desk")
        numbers: list[int] = []
        read = snapshot(case)  # another thread would open a connection of its own
        person = Thread(target=lambda: numbers.append(approved(desk, case, read)))
        with publisher.transaction():
            publisher.execute(
                "INSERT INTO cases_edition (root_kind, root_id, number, version, event,"
                " snapshot, reason, public_reason)"
                " VALUES ('prisoner', %s, 1, 1, 0, '{}', '', '')",
                [case.pk],
            )
            person.start()
            wait_for(publisher, desk)
        person.join()
        assert numbers == [2]


def snapshot(case: Prisoner) -> str:
    return json.dumps({"form": FORM, **aggregate.read("prisoner", [case.pk])[case.pk]})


def approved(desk: psycopg.Connection[Any], case: Prisoner, read: str) -> int:
    row = desk.execute(
        "SELECT edition_number FROM"
        " edition_store('prisoner', %s, 1, 0, %s::jsonb, NULL, 'checked', '', NULL)",
        [case.pk, read],
    ).fetchone()
    assert row
    return int(row[0])


def wait_for(session: psycopg.Connection[Any], other: psycopg.Connection[Any]) -> None:
    """Until the other one waits."""
    waits = "SELECT FROM pg_locks WHERE pid = %s AND NOT granted"
    while not session.execute(waits, [other.info.backend_pid]).fetchall():
        time.sleep(0.01)
