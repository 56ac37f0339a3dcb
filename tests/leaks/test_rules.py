"""What the rules of docs/architecture.md forbid in every document and answer, whatever
it is of.
"""

import json
import re
import uuid
from typing import Any

import pytest

from cases.models import Claimant, Prisoner
from tests.leaks.crawler import READERS, Reader, fixed_addresses
from tests.leaks.test_canaries import own_addresses
from tests.leaks.test_what_stays_inside import published
from tests.leaks.world import RECORDS, ROOTS, World
from tracker.contract.documents import DOCUMENTS
from tracker.models import (
    PartnersDocument,
    PublicDocument,
    PublishedCorrection,
    PublishedDocument,
)

OF_THE_DESK = {
    "version",
    "created_at",
    "updated_at",
    "approved_at",
    "by",
    "editor",
    "user",
    "edition",
    "reason",
}
_A_DAY_IN_ATOM = "T00:00:00+00:00</updated>"  # whose form has no day without an hour
_HOUR = re.compile(r"\d\d:\d\d:\d\d|T\d\d:\d\d")


def test_no_document_has_a_version_an_hour_or_an_editor() -> None:
    for kind, document in DOCUMENTS.items():
        names = set(published(document())) - (
            {"reason"} if kind == "prisoner" else set()
        )
        assert names & OF_THE_DESK == set(), kind
    for model in (PublishedDocument, PublishedCorrection):
        assert [
            one.name
            for one in model._meta.concrete_fields
            if one.get_internal_type() == "DateTimeField"
        ] == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", READERS)
def test_no_answer_tells_an_hour(who: str, world: World) -> None:
    reader: Reader = READERS[who]()
    shown = [one for one in world.of(Prisoner, *ROOTS) if one.level == "public"]
    told = {}
    for address in [
        *fixed_addresses(desk=False, once=False),
        *own_addresses(shown),
    ]:
        if not address.startswith(("/api/schema", "/api/docs", "/api/v1/schemas")):
            _response, text = reader.ask("GET", address)
            text = re.sub(r"\n(Date|Expires): .*", "", text)
            text = text.replace(_A_DAY_IN_ATOM, "")
            told[address] = _HOUR.findall(text)
    assert {address: hours for address, hours in told.items() if hours} == {}
    assert len(told) > 50


def test_the_id_of_a_record_tells_neither_when_nor_how_many() -> None:
    for model in RECORDS:
        assert model._meta.pk.default is uuid.uuid4, model


@pytest.mark.django_db
def test_no_document_names_what_its_readers_may_not_see(world: World) -> None:
    """Ids of what is hidden are canaries, too; of claimants not even one that everyone
    may see is told.
    """
    claimants = {str(one) for one in Claimant.objects.values_list("pk", flat=True)}
    rows: dict[Any, tuple[str, ...]] = {
        PublicDocument: ("partners", "internal"),
        PartnersDocument: ("internal",),
    }
    for model, hidden in rows.items():
        texts = [
            text
            for text in model._default_manager.values_list("document", flat=True)
            if text
        ]
        assert len(texts) > 10
        for text in texts:
            ids = set(re.findall(r"ca0de\d[0-9a-f]{2}-[0-9a-f-]{27}", text))
            assert not ids & claimants
            levels = {("public", "partners", "internal")[int(one[5])] for one in ids}
            assert not levels & set(hidden), json.loads(text)["kind"]
