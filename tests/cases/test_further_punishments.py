"""One decision may order several punishments: each is recorded, cited and published."""

import csv
import io
import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import FurtherPunishment, Prisoner, PublishingFailure, Sentence
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk, problem
from tests.cases.test_refused_of_status import chain_of_sentences, close_the_circle
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db

NO_CURRENCY = {"amount": 3700}
ENDS_BELOW = {"term_months": 36, "term_months_to": 24}
REFUSED = [(NO_CURRENCY, "currency"), (ENDS_BELOW, "term_months_to")]


def a_sentence() -> Sentence:
    return make.make_sentence(make.make_prisoner(), term_months=24)


@pytest.mark.parametrize(("said", "field"), REFUSED)
class TestWhatCannotBeAPunishment:
    def test_is_refused_by_its_form_with_the_field_named(
        self, said: dict[str, int], field: str
    ) -> None:
        sentence = a_sentence()
        further = FurtherPunishment(sentence=sentence, punishment="fine")
        for record in (sentence, further):
            for name, value in said.items():
                setattr(record, name, value)
            with pytest.raises(ValidationError) as refused:
                record.full_clean()
            assert list(refused.value.message_dict) == [field]

    def test_is_refused_by_the_api_and_nothing_is_saved(
        self, said: dict[str, int], field: str
    ) -> None:
        sentence = a_sentence()
        desk = Desk()
        path = f"sentences/{sentence.pk}/"
        assert field in str(problem(desk.patch(path, said, desk.etag(path)), 400))
        body = {"sentence": str(sentence.pk), "punishment": "fine", **said}
        case = {"If-Match": f'"{sentence.prisoner.version}"'}
        answer = desk.post("further-punishments/", body, **case)
        assert field in str(problem(answer, 400))
        sentence.refresh_from_db()
        assert (sentence.amount, sentence.term_months) == (None, 24)
        assert not FurtherPunishment.objects.exists()

    def test_is_refused_by_the_database(self, said: dict[str, int], field: str) -> None:
        sentence = a_sentence()
        further = make.make_further_punishment(sentence)
        for record in (sentence, further):
            rows = type(record)._default_manager.filter(pk=record.pk)
            with pytest.raises(IntegrityError, match=field), transaction.atomic():
                rows.update(**said)


def test_a_sentence_cannot_be_replaced_by_the_one_that_it_adds_to() -> None:
    first, second = chain_of_sentences("replaces", 2)
    first.adds_to = second
    with pytest.raises(ValidationError) as refused:
        first.full_clean()
    assert list(refused.value.message_dict) == ["adds_to"]
    with pytest.raises(IntegrityError, match="lead back"):
        close_the_circle(first, "adds_to", second)


def document() -> dict[str, Any]:
    publish_pending()
    row = PublicDocument.objects.get(kind="prisoner")
    found: dict[str, Any] = json.loads(row.document or "")
    return found


def test_a_further_punishment_is_published_within_its_sentence(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False
    case = make.make_prisoner(visibility="public")
    sentence = make.make_sentence(case, term_months=24)
    fine = make.make_further_punishment(sentence, amount=3700, currency="BYN")
    make.make_citation(fine, "amount")
    (shown,) = document()["sentences"]
    (punishment,) = shown["further_punishments"]
    assert punishment["amount"] == 3700
    assert punishment["currency"] == "BYN"
    sentence.visibility = "internal"
    sentence.save()
    assert document()["sentences"] == []
    assert str(fine.pk) not in json.dumps(document())
    assert not PublishingFailure.objects.exists()


class TestTheSentenceInForceOfAPublishedCase:
    @pytest.fixture(autouse=True)
    def case(self, settings: Any) -> Prisoner:
        """Three years, and then a fine instead."""
        settings.REQUIRE_REVIEW = False
        case = make.make_prisoner(visibility="public")
        first = make.make_sentence(case, handed_down_on="2024-02-01", term_months=36)
        make.make_citation(first, "", make.make_source(visibility="public"))
        self.first = first
        return case

    def replace_by_a_fine(self) -> Sentence:
        fine = make.make_sentence(
            self.first.prisoner,
            handed_down_on="2024-06-01",
            punishment="fine",
            amount=3700,
            currency="BYN",
            replaces=self.first,
        )
        make.make_citation(fine, "", make.make_source(visibility="public"))
        return fine

    def test_stands_in_its_document(self) -> None:
        told = document()["sentence_in_force"]
        assert (told["term"], told["months"]) == ("months", 36)
        assert told["ends_on"]["edtf"] == "2027-02"
        assert told["hedge"] == "stated"
        fine = self.replace_by_a_fine()
        told = document()["sentence_in_force"]
        assert told["sentences"] == [str(fine.pk)]
        assert (told["term"], told["months"]) == ("none", None)

    def test_is_told_on_its_page_and_in_the_list(self, client: Client) -> None:
        page = words_of(client, f"/en/cases/{document()['id']}/")
        assert "Sentence in force: imprisonment, 3 years." in page
        assert "Over about February 2027, by plain count without credit" in page
        assert "imprisonment, 3 years" in words_of(client, "/en/cases/")
        self.replace_by_a_fine()
        page = words_of(client, f"/en/cases/{document()['id']}/")
        assert "Sentence in force: fine (3,700 BYN)." in page
        listed = words_of(client, "/en/cases/")
        assert "fine (3,700 BYN)" in listed
        assert "3 years" not in listed

    def test_stands_in_the_table_and_answers_its_filters(self, client: Client) -> None:
        self.replace_by_a_fine()
        document()
        (line,) = csv.DictReader(
            io.StringIO(read(client, "/api/v1/prisoners.csv").lstrip("\ufeff"))
        )
        assert line["punishments"] == "imprisonment; fine"
        assert line["punishments_in_force"] == "fine"
        assert (line["term_in_force"], line["term_in_force_months"]) == ("none", "")
        for query, count in (
            ("punishment=fine", 1),
            ("punishment=imprisonment", 0),
            ("term_months_min=1", 0),
        ):
            answer = client.get(f"/api/v1/prisoners/?{query}").json()
            assert len(answer["results"]) == count, query

    def test_is_in_doubt_where_a_source_is_hidden_that_bore_it_out(self) -> None:
        fine = self.replace_by_a_fine()
        assert document()["sentence_in_force"]["term"] == "none"
        source = fine.citations.get().source
        source.visibility = "internal"
        source.save()
        told = document()["sentence_in_force"]
        assert (told["term"], told["months"]) == ("not_known", None)
        assert told["reasons"] == ["in_doubt"]


def read(client: Client, address: str) -> str:
    answer: Any = client.get(address)
    assert answer.status_code == 200
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode()


def words_of(client: Client, address: str) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", read(client, address)).split())


def test_who_is_sent_to_prison_beside_a_fine_is_sentenced_to_prison(
    settings: Any,
) -> None:
    settings.REQUIRE_REVIEW = False
    case = make.make_prisoner(visibility="public")
    fine = make.make_sentence(case, punishment="fine", handed_down_on="2024-02-01")
    assert document()["status"][-1]["statuses"] == ["not_known"]
    make.make_further_punishment(fine, punishment="imprisonment", term_months=12)
    assert document()["status"][-1]["statuses"] == ["not_known", "sentenced"]
