"""No page of the desk shows anything without a line in the log: asked of every address
that there is.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern

from cases.desk.access.middleware import OWN_ACCOUNT, SHOWS_NOTHING
from cases.desk.access.models import AccessEvent
from cases.desk.proposals.models import Proposal
from cases.models import Edition, EvidencePack, Merge, PublishingFailure
from cases.models.base import Record
from cases.models.merging import MergeState
from tests import factories as make
from tests.cases.editorial import NOUNS, made
from tests.leaks.crawler import patterns
from tests.partners.proposing import proposed, proposer, row
from tests.roles import acting_as

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

DESK = ("admin/", "api/editorial/")
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


def at_the_desk() -> Iterator[tuple[str, URLPattern]]:
    for text, pattern in patterns():
        if text.startswith(DESK) and not text.startswith(OWN_ACCOUNT):
            yield text, pattern


@pytest.fixture
def records() -> dict[str, Any]:
    """One of each kind that has a page, by what stands in an address for it."""
    found: dict[str, Any] = {}
    for noun in NOUNS:
        record: Record = made(noun)
        found[noun] = found[str(record._meta.model_name)] = record
    prisoner, admin = found["prisoners"], make.make_documenter("administrator")
    other = make.make_prisoner("Somebody Else")
    edition = Edition.objects.get(pk=make.approve(prisoner).id)
    found["edition"] = found["editions"] = edition
    with acting_as("publisher"):
        failure = PublishingFailure.objects.create(
            root_kind="prisoner", root_id=prisoner.pk, error="-"
        )
    found["publishingfailure"] = found["failures"] = failure
    found["evidencepack"] = EvidencePack.objects.create(
        root_id=prisoner.pk,
        audience="public",
        made_by=admin,
        reason="-",
        seq=1,
        manifest_sha256="-",
    )
    found["merge"] = found["merges"] = Merge.objects.create(
        kept=other,
        merged=prisoner,
        reason="-",
        state=MergeState.PROPOSED,
        proposed_by=admin,
    )
    proposed(proposer(), row())
    found["proposal"] = Proposal.objects.get()
    with acting_as("owner"):
        found["accessevent"] = AccessEvent.objects.create(
            user_id=1, username="-", act="read", page="-"
        )
    return found


def filled_in(text: str, records: dict[str, Any]) -> tuple[str, Any]:
    """The address with the id of the record that it is about, and that record."""
    record = next((records[step] for step in text.split("/") if step in records), None)
    key = str(record.pk) if record else str(UUID(int=7))
    return "/" + re.sub(r"<\w+:(root_id|object_id|pk)>", key, text), record


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
