"""What cannot be, of the facts that a status follows from: refused at the desk, by its
API and in the database, with the field named.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from cases.models import Citation, Sentence
from tests import factories as make
from tests.cases.editorial import Desk, problem
from tracker.clock import last_day_on_earth

pytestmark = pytest.mark.django_db


def chain_of_sentences(link: str, length: int = 3) -> list[Sentence]:
    prisoner = make.make_prisoner()
    sentences: list[Sentence] = []
    for _number in range(length):
        earlier = sentences[-1] if sentences else None
        sentences.append(
            Sentence.objects.create(
                prisoner=prisoner, punishment="imprisonment", **{link: earlier}
            )
        )
    return sentences


@transaction.atomic
def close_the_circle(first: Sentence, link: str, last: Sentence) -> None:
    Sentence.objects.filter(pk=first.pk).update(**{link: last})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("link", ["replaces", "adds_to"])
class TestASentenceThatLeadsBackToItself:
    def test_is_refused_by_its_form_with_the_field_named(self, link: str) -> None:
        first, *_between, last = chain_of_sentences(link)
        setattr(first, link, last)
        with pytest.raises(ValidationError) as refused:
            first.full_clean()
        assert list(refused.value.message_dict) == [link]

    def test_is_refused_by_the_api(self, link: str) -> None:
        first, *_between, last = chain_of_sentences(link)
        desk = Desk()
        path = f"sentences/{first.pk}/"
        answer = desk.patch(path, {link: str(last.pk)}, desk.etag(path))
        assert link in str(problem(answer, 400))

    def test_is_refused_by_the_database_and_nothing_changes(self, link: str) -> None:
        first, *_between, last = chain_of_sentences(link)
        with pytest.raises(IntegrityError, match=link):
            close_the_circle(first, link, last)
        first.refresh_from_db()
        assert getattr(first, link) is None


class TestADayThatIsStillToCome:
    def citation(self) -> Citation:
        return make.make_citation(make.make_prisoner(), as_of=None)

    def test_is_no_day_of_which_a_source_speaks(self) -> None:
        citation = self.citation()
        citation.as_of = str(last_day_on_earth() + timedelta(days=1))
        with pytest.raises(ValidationError) as refused:
            citation.full_clean()
        assert "as_of" in refused.value.message_dict

    def test_is_refused_by_the_database(self) -> None:
        citation = self.citation()
        tomorrow = str(last_day_on_earth() + timedelta(days=1))
        with pytest.raises(IntegrityError, match="as_of"), transaction.atomic():
            Citation.objects.filter(pk=citation.pk).update(as_of=tomorrow)

    def test_may_be_today_wherever_the_day_has_begun(self) -> None:
        citation = self.citation()
        citation.as_of = str(last_day_on_earth())
        citation.full_clean()
        citation.save()
