"""Redacted copies are read by everyone who may see them, and tell nothing of what they
were made of.
"""

import pytest

from cases.models import RedactedCopy
from tests.leaks.canaries import found
from tests.leaks.crawler import READERS
from tests.leaks.world import ROOTS, World

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]


@pytest.mark.parametrize("who", READERS)
def test_a_copy_is_served_to_those_who_see_its_source_and_tells_nothing(
    world: World, who: str
) -> None:
    reader = READERS[who]()
    served = set()
    for copy in RedactedCopy.objects.all():
        for address in (
            f"/api/v1/copies/{copy.published_as}/",
            f"/en/copies/{copy.published_as}/",
        ):
            response, _text = reader.ask("GET", address)
            if response.status_code == 200:
                assert response.content == bytes(copy.content or b"")
                served.add(copy.pk)
    may_see = set()
    for level in reader.sees:
        source = world.referable[ROOTS[0], level]
        copies = RedactedCopy.objects.filter(root_id=source.pk)
        copies = copies.filter(decisions__decision="approved")
        may_see |= set(
            copies.filter(audience__in=reader.sees).values_list("pk", flat=True)
        )
    assert served == may_see
    assert served
    assert reader.leaks == {}


@pytest.mark.parametrize("who", READERS)
def test_a_document_names_those_copies_and_no_others(world: World, who: str) -> None:
    reader = READERS[who]()
    for level in reader.sees:
        source = world.referable[ROOTS[0], level]
        response, text = reader.ask("GET", f"/api/v1/sources/{source.pk}/")
        assert len(response.json()["copies"]) == (2 if who == "a partner" else 1), level
        assert found(text, ("internal",)) == set()
    assert reader.leaks == {}
