"""What was entered by mistake, and what is entered again: no source is left to say what
it never said.
"""

import json
from typing import Any

import pytest

from cases.models import Citation, Prisoner, Sentence
from cases.publishing import publish_pending
from cases.sourcing.changing import Word, changed_facts, cite
from tests import factories as make
from tests.transactions import committed
from tracker.models import PublicDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def sentence() -> Sentence:
    case = make.make_prisoner("Mikola Example", visibility="public")
    source = make.make_source(visibility="public")
    make.make_citation(case, source=source)
    sentence = make.make_sentence(case)
    make.make_citation(sentence, source=source)
    return sentence


def entered(record: Any, name: str, value: object, source: Any) -> None:
    """As a page of the desk does it: the value, and who is cited for it."""
    before = {name: getattr(record, name)}
    setattr(record, name, value)
    changes = changed_facts(record, before, {name: value})
    record.save()
    if source is not None:
        cite(changes, Word(source))
    committed()


def stated(record: Any, name: str) -> list[Any]:
    citations = Citation.objects.filter(
        **{type(record)._meta.model_name: record}, field=name
    )
    return sorted(citations.values_list("states", flat=True), key=str)


def test_a_value_that_was_taken_out_before_anyone_approved_it_takes_its_citation_along(
    sentence: Sentence,
) -> None:
    case = sentence.prisoner
    make.approve(case)
    source = make.make_source("The slip", visibility="public")
    make.approve(source)
    entered(sentence, "term_months", 60, source)
    entered(sentence, "term_months", None, None)
    assert stated(sentence, "term_months") == []
    make.approve(case)
    committed()
    publish_pending()
    fields = [
        each["field"]
        for each in json.loads(PublicDocument.objects.get(id=case.pk).document or "{}")[
            "citations"
        ]
    ]
    assert "term_months" not in fields


def test_so_does_an_entry_of_a_list() -> None:
    case = make.make_prisoner(occupations=["journalist"])
    make.make_citation(case, "occupations", item="journalist")
    Prisoner.objects.update(occupations=["journalist", "blogger"])
    make.make_citation(case, "occupations", item="blogger")
    Prisoner.objects.update(occupations=["journalist"])
    committed()
    items = Citation.objects.filter(prisoner=case).values_list("item", flat=True)
    assert list(items) == ["journalist"]


def test_what_was_approved_stays_what_the_source_said(sentence: Sentence) -> None:
    entered(sentence, "term_months", 60, make.make_source())
    make.approve(sentence.prisoner)
    entered(sentence, "term_months", None, None)
    assert stated(sentence, "term_months") == [60]


def test_a_source_that_denies_it_goes_on_denying(sentence: Sentence) -> None:
    sentence.court = "Minsk"
    sentence.save()
    make.make_citation(sentence, "court", hedge="denied")
    Sentence.objects.update(court="")
    committed()
    assert stated(sentence, "court") == ["Minsk"]


@pytest.mark.parametrize("again", [60, 48])
def test_what_is_entered_again_from_the_same_source_is_what_that_source_says(
    sentence: Sentence, again: int
) -> None:
    source = make.make_source("The verdict")
    entered(sentence, "term_months", 60, source)
    make.approve(sentence.prisoner)
    entered(sentence, "term_months", None, None)
    entered(sentence, "term_months", again, source)
    assert stated(sentence, "term_months") == [None]


def test_an_entry_that_comes_back_is_no_longer_one_that_went() -> None:
    case = make.make_prisoner(occupations=["blogger"])
    source = make.make_source("The list")
    make.make_citation(case, "occupations", source, item="blogger")
    make.approve(case)
    entered(case, "occupations", [], None)
    assert stated(case, "occupations") == ["blogger"]
    entered(case, "occupations", ["blogger"], source)
    assert stated(case, "occupations") == [None]


def test_a_value_that_is_back_before_the_save_ends_keeps_its_citation(
    sentence: Sentence,
) -> None:
    sentence.court = "Minsk"
    sentence.save()
    make.make_citation(sentence, "court")
    Sentence.objects.update(court="")
    Sentence.objects.update(court="Minsk")
    committed()
    assert stated(sentence, "court") == ["Minsk"]


def test_the_same_source_is_not_cited_twice_for_the_same(sentence: Sentence) -> None:
    source = make.make_source("The verdict")
    entered(sentence, "term_months", 60, source)
    entered(sentence, "term_months", 61, source)
    assert stated(sentence, "term_months") == [None]


def test_another_source_leaves_the_word_of_the_first(sentence: Sentence) -> None:
    entered(sentence, "term_months", 60, make.make_source("First"))
    make.approve(sentence.prisoner)
    entered(sentence, "term_months", None, None)
    entered(sentence, "term_months", 48, make.make_source("Second"))
    assert stated(sentence, "term_months") == [60, None]
