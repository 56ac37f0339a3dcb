"""The log is kept for as long as somebody may ask, and no longer; an erased name is not
found by way of it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cases.desk.access.models import AccessEvent
from tests import factories as make
from tests.cases.test_erasing import REAL, corrected_case, erase, staff  # noqa: F401
from tests.roles import acting_as, known_as

pytestmark = pytest.mark.django_db(transaction=True)

AsOwner = Callable[[], AbstractContextManager[None]]


def logged(**fields: Any) -> AccessEvent:
    line = {"user_id": 1, "username": "olga", "act": "search", "page": "-", **fields}
    with acting_as("owner"):
        return AccessEvent.objects.create(**line)


def forget(as_owner: AsOwner, *words: str) -> str:
    output = StringIO()
    with as_owner():
        call_command("forget_access", *words, stdout=output)
    return output.getvalue()


def test_what_is_older_than_the_setting_goes(as_owner: AsOwner) -> None:
    now = timezone.now()
    kept = logged(at=now - timedelta(days=399))
    logged(at=now - timedelta(days=401))
    assert "1 entries deleted." in forget(as_owner)
    assert list(AccessEvent.objects.all()) == [kept]
    assert "1 entries deleted." in forget(as_owner, "--older-than", "30")


def test_only_the_owner_may_forget_and_never_all_of_it(as_owner: AsOwner) -> None:
    logged()
    refused = pytest.raises(CommandError, match="Only the owner's login may forget")
    with known_as("owner"), refused:  # whatever the settings say
        call_command("forget_access")
    with pytest.raises(CommandError, match="Give at least one day"):
        forget(as_owner, "--older-than", "0")
    assert AccessEvent.objects.count() == 1


@pytest.mark.parametrize(
    "asked", [f"q: {REAL}", "q: witn", "q: РЕАЛ; status: released", "value: a real one"]
)
def test_a_search_that_may_have_been_for_an_erased_name_loses_its_words(
    erase: Any, asked: str
) -> None:
    case = corrected_case()
    search, other = (
        logged(asked=asked),
        logged(asked="q: Somebody Else; status: released"),
    )
    erase(case=case.pk, containing=REAL)
    search.refresh_from_db()
    other.refresh_from_db()
    assert (search.username, search.asked) == ("olga", "erased")
    assert other.asked == "q: Somebody Else; status: released"


def test_so_it_does_where_a_whole_case_is_erased_and_its_reads_stay(erase: Any) -> None:
    case = corrected_case()
    key = case.pk
    client = Client()
    client.force_login(make.make_documenter("marta"))
    assert client.get(f"/admin/cases/prisoner/{key}/change/").status_code == 200
    search = logged(asked=f"q: {REAL}")
    case.delete()
    erase(case=key)
    search.refresh_from_db()
    assert search.asked == "erased"
    assert AccessEvent.objects.get(case_id=key).username == "marta"


def test_the_reason_of_an_export_forgets_it_too(erase: Any) -> None:
    case = corrected_case()
    export = logged(act="export", reason=f"For the lawyer of {REAL}")
    erase(case=case.pk, containing=REAL)
    export.refresh_from_db()
    assert export.reason == "erased"
