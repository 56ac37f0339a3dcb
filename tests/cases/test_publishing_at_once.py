"""What the gate does for many cases at once, and once for many readers: the same comes of
it as if each were done alone.
"""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import DeskEntry, Detention, Prisoner
from cases.publishing import gate, mark_everything, publish_pending
from tests.factories import approve, make_citation, make_prisoner, make_source
from tracker.contract import terms
from tracker.contract.documents import DOCUMENTS
from tracker.contract.rendering import CommonText, as_text
from tracker.models import PartnersDocument, PublicDocument


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_what_is_written_once_for_all_is_what_each_would_be_given(kind: str) -> None:
    document: dict[str, Any] = dict.fromkeys(DOCUMENTS[kind]().fields)
    document |= {"id": "1", "kind": kind, "citations": [{"quote": "«so», “said”"}]}
    common = CommonText(document, terms.FIELDS)
    for audience in ("public", "partners"):
        own = terms.of(audience, kind, "1")
        assert common.with_(own) == as_text({**document, **own})


def test_fields_that_stand_apart_are_not_written_at_one_place() -> None:
    with pytest.raises(ValueError, match="side by side"):
        CommonText(
            {"address": None, "id": 1, "audience": None}, ["address", "audience"]
        )


@pytest.mark.django_db
def test_each_audience_has_its_own_words_in_the_document_of_a_case() -> None:
    case = make_prisoner("Ales Example", visibility="public")
    approve(case)
    publish_pending()
    for model, audience in ((PublicDocument, "public"), (PartnersDocument, "partners")):
        text = model.objects.get(id=case.pk).document
        assert text is not None
        document = json.loads(text)
        assert document["audience"] == audience
        assert as_text(document) == text


@pytest.mark.django_db
def test_a_case_is_rendered_once_together_with_the_new_source_that_it_cites(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The source comes first, and marks the case: it comes in the same batch."""
    rendered = []
    render = gate.render

    def noted(kind: str, *more: Any) -> Any:
        rendered.append(kind)
        return render(kind, *more)

    monkeypatch.setattr(gate, "render", noted)
    source = make_source(visibility="public")
    case = make_prisoner("Ales Example", visibility="public")
    make_citation(case, source=source)
    approve(source)
    approve(case)
    publish_pending()
    assert rendered.count("prisoner") == 1
    text = PublicDocument.objects.get(id=case.pk).document
    assert text is not None
    assert str(source.pk) in text


@pytest.mark.django_db
def test_many_are_found_by_their_ids_as_one_by_one() -> None:
    first, second = Prisoner.objects.create(), Prisoner.objects.create()
    held = Detention.objects.create(prisoner=first)
    ids = [first.pk, str(second.pk), uuid4()]
    assert set(Prisoner.objects.filter(id__among=ids)) == {first, second}
    assert set(Prisoner.objects.exclude(id__among=[first.pk])) == {second}
    assert Detention.objects.get(prisoner__among=ids) == held
    with CaptureQueriesContext(connection) as asked:
        assert not Prisoner.objects.filter(id__among=[]).exists()
    assert len(asked) == 0


@pytest.mark.django_db
def test_a_line_of_the_list_is_written_only_when_it_is_another() -> None:
    case = make_prisoner("Ales Example", visibility="public")
    publish_pending()
    assert DeskEntry.objects.get().display_name == "Ales Example"
    with CaptureQueriesContext(connection) as asked:
        mark_everything()
        publish_pending()
    assert not lines_written(asked)
    case.names.update(value="Zina Example")
    with CaptureQueriesContext(connection) as asked:
        publish_pending()
    assert lines_written(asked)
    assert DeskEntry.objects.get().display_name == "Zina Example"


def lines_written(asked: CaptureQueriesContext) -> list[str]:
    table = f'INSERT INTO "{DeskEntry._meta.db_table}"'
    return [query["sql"] for query in asked if table in query["sql"]]
