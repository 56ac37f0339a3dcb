"""No page of the desk shows anything without a line in the log: asked of every address
that there is.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cases.desk.access.middleware import SHOWS_NOTHING
from cases.desk.access.models import AccessEvent
from cases.models.base import Record
from tests.cases.editorial import NOUNS
from tests.desk_pages import at_the_desk, filled_in, one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

# Pages that must be seen to answer: of what is not seen, nothing is proved.
PAGES = (
    "change",
    "history",
    "changelist",
    "add",
    "evidence",
    "merge",
    "duplicates",
    "deleted",
)


@pytest.fixture
def records() -> dict[str, Any]:
    """One of each kind that has a page, by what stands in an address for it."""
    return one_of_each()


def test_whatever_answers_with_a_page_leaves_a_line(records: dict[str, Any]) -> None:
    client = Client()
    client.force_login(User.objects.get(username="administrator"))
    answered, unlogged = set(), []
    for text, pattern in at_the_desk():
        address, record = filled_in(text, records)
        before = AccessEvent.objects.count()
        response = client.get(address, _parameters(text, records))
        lines = list(AccessEvent.objects.order_by("id")[before:])
        name = (
            f"admin:{pattern.name}" if text.startswith("admin/") else str(pattern.name)
        )
        if response.status_code != 200:
            assert lines == [], address
            continue
        answered.add(str(pattern.name))
        if name not in SHOWS_NOTHING and not _about(
            lines, record if "<" in text else None
        ):
            unlogged.append(address)
    assert unlogged == []
    assert {f"cases_prisoner_{page}" for page in PAGES} | {
        "autocomplete",
        "index",
    } <= answered
    assert {
        f"editorial-{noun}-{page}"
        for noun in NOUNS
        for page in ("list", "detail", "history")
    } <= answered
    kinds = {str(records[noun]._meta.model_name) for noun in NOUNS} | {
        "edition",
        "merge",
    }
    assert {
        f"cases_{kind}_{page}" for kind in kinds for page in ("change", "changelist")
    } <= answered


def _parameters(text: str, records: dict[str, Any]) -> dict[str, str]:
    if "autocomplete" in text:
        return {"app_label": "cases", "model_name": "citation", "field_name": "source"}
    return {"into": str(records["merge"].kept_id)} if text.endswith(">/merge/") else {}


def _about(lines: list[AccessEvent], record: Any) -> bool:
    """Do they name what the page is about, and the case that it belongs to?"""
    cases = [line.case_id for line in lines]
    of = getattr(record, "root", record)
    names_case = not isinstance(record, Record) or of.pk in cases
    return (
        bool(lines)
        and names_case
        and all(not record or line.record_id == str(record.pk) for line in lines)
    )
