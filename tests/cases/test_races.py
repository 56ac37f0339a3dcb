"""Nobody is shown half of a change, however many change cases while the gate reads
them.
"""

import time
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction

from cases import aggregate
from cases.publishing import gate, publish_pending
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
