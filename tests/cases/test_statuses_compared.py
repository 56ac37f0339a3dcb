"""After an upgrade somebody reads which statuses would be told otherwise."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from cases.publishing import publish_pending
from tests.factories import make_detention, make_prisoner
from tests.roles import acting_as
from tracker.models import PublicDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


@pytest.fixture
def case(settings: Any) -> Any:
    settings.REQUIRE_REVIEW = False
    case = make_prisoner("Known Name", visibility="public")
    make_detention(case, started_on="2024-01-10", ended_on="2025-03-01")
    publish_pending()
    return case


def compared(*options: str) -> str:
    out = StringIO()
    call_command("statuses", *options, stdout=out)
    return out.getvalue()


def test_where_nothing_would_change_that_is_said(case: Any) -> None:
    assert compared() == "0 would change, 1 would stay as they are.\n"
    assert f"{case.pk} Known Name: released -> released" in compared("--all")


def test_what_would_be_told_otherwise_is_listed_and_nothing_is_written(
    case: Any,
) -> None:
    document = json.loads(PublicDocument.objects.get(id=case.pk).document or "")
    # As the release before told it.
    document["status"] = [
        {"since": None, "until": None, "statuses": ["imprisoned"], "basis": []}
    ]
    with acting_as("publisher"):
        PublicDocument.objects.filter(id=case.pk).update(document=json.dumps(document))
    told = compared()
    assert f"{case.pk} Known Name: in prison -> released" in told
    assert "1 would change, 0 would stay" in told
    stored = json.loads(PublicDocument.objects.get(id=case.pk).document or "")
    assert stored == document
