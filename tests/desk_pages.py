"""Every address of the desk, and a record of each kind to fill it in with."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.urls import URLPattern

from cases.desk.access.middleware import OWN_ACCOUNT
from cases.desk.access.models import AccessEvent
from cases.desk.casework.models import DiaryEntry
from cases.desk.lists.comparing import compare
from cases.desk.lists.models import List
from cases.desk.proposals.models import Proposal
from cases.desk.requests.models import SubjectRequest
from cases.history import acting
from cases.models import Edition, EvidencePack, Merge, PublishingFailure
from cases.models.base import Record
from cases.models.merging import MergeState
from tests import factories as make
from tests.cases.editorial import NOUNS, made
from tests.cases.lists.brought import make_list
from tests.leaks.crawler import patterns
from tests.partners.proposing import proposed, proposer, row
from tests.roles import acting_as

DESK = ("admin/", "api/editorial/")


def at_the_desk(*, own_account: bool = False) -> Iterator[tuple[str, URLPattern]]:
    """`own_account`: with the pages on which nothing of the record stands."""
    for text, pattern in patterns():
        if not text.startswith(DESK):
            continue
        if own_account or not text.startswith(OWN_ACCOUNT):
            yield text, pattern


def one_of_each() -> dict[str, Any]:
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
    with acting(user=admin):
        found["evidencepack"] = EvidencePack.objects.create(
            root_id=prisoner.pk,
            audience="public",
            made_by=admin,
            reason="-",
            seq=1,
            manifest_sha256="-",
        )
    with acting(user=admin):
        found["merge"] = found["merges"] = Merge.objects.create(
            kept=other,
            merged=prisoner,
            reason="-",
            state=MergeState.PROPOSED,
            proposed_by=admin,
        )
    proposed(proposer(), row())
    found["proposal"] = Proposal.objects.get()
    found["list"] = a_list(admin)
    with acting(user=admin):
        found["diaryentry"] = DiaryEntry.objects.create(
            root_id=prisoner.pk, day=date(2026, 1, 1), what="call", written_by=admin
        )
    with acting(user=admin):
        found["subjectrequest"] = SubjectRequest.objects.create(
            root_kind="prisoner",
            root_id=prisoner.pk,
            kind="access",
            asked_by="themselves",
            way="mail",
            text="-",
            received_on=date(2026, 1, 1),
            due_on=date(2026, 2, 1),
            written_by=admin,
        )
    with acting_as("owner"):
        found["accessevent"] = AccessEvent.objects.create(
            user_id=1, username="-", act="read", page="-"
        )
    return found


def a_list(by: User) -> List:
    """A file with a date that has two readings, and a row of each kind."""
    content = b"No;Name;Sex;Arrested\nRC-1;Ales Example;M;02/03/2021\n"
    cell = {"column": "Sex", "text": "-", "reason": "-", "code": "-"}
    brought = make_list(
        by,
        {"identifier": "RC-1", "name": "Ales Example", "cells": [cell]},
        {"identifier": "RC-2", "name": "Somebody Else", "sex": "male"},
        {"identifier": "RC-3"},
        content=content,
    )
    list(compare(brought))
    return brought


def filled_in(text: str, records: dict[str, Any]) -> tuple[str, Any]:
    """The address with the id of the record that it is about, and that record."""
    record = next((records[step] for step in text.split("/") if step in records), None)
    key = str(record.pk) if record else str(UUID(int=7))
    text = text.replace("rows/<int:number>/", "rows/2/")  # of the list
    return "/" + re.sub(r"<\w+:(root_id|object_id|pk)>", key, text), record
