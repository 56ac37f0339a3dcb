"""What stands in one line is one line, and nothing in it turns the direction of writing:
through every door, and in the database.
"""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cases.models import Prisoner
from cases.models.base import declared_records
from tests import factories as make
from tests.cases.editorial import Desk, errors
from tests.partners.proposing import hand_in, proposer, row
from tracker.plain import refuse_unseen

UNSEEN = {
    "Ales\nBialiatski": "U+000A",
    "Ales\rBialiatski": "U+000D",
    "Ales\u2028Bialiatski": "U+2028",
    "Ales \u202eikstailaiB": "U+202E",
    "\u2066Ales\u2069": "U+2066",
    "Al\u0085es": "U+0085",
    "Ales\x1b[2K": "U+001B",
}
# A joiner within a Persian word, a mark of direction, a Burmese name, signs and accents.
SEEN = ["می‌خواهم", "\u200fأحمد\u200f", "သူရ", "O’Brien-Ñáñez", "Ў\u0301", "李小明"]


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.django_db
def test_the_desk_refuses_it_and_names_the_field(name: str) -> None:
    answer = Desk().post("prisoners/", {"names": [{"value": name, "preferred": True}]})
    (sentence,) = errors(answer)["names.0.value"]
    assert UNSEEN[name] in sentence
    assert not Prisoner.objects.exists()


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.django_db
def test_a_partner_is_told_too(name: str) -> None:
    answer = hand_in(proposer(), row("RC-1", name))
    assert answer.status_code == 400
    assert UNSEEN[name] in str(answer.json()["errors"])


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.django_db
def test_the_database_keeps_it_out_of_names(name: str) -> None:
    case = make.make_prisoner()
    with pytest.raises(IntegrityError, match="one_line"), transaction.atomic():
        make.make_name(case, name)


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.django_db
def test_marks_within_words_stay_as_they_were_written(name: str) -> None:
    case = make.make_prisoner(name)
    assert case.names.get().value == name
    refuse_unseen(name)


@pytest.mark.django_db
def test_every_text_of_one_line_is_asked() -> None:
    asked = 0
    for model in declared_records():
        for field in model._meta.concrete_fields:
            if type(field) is not models.CharField or not field.editable:
                continue
            record = model(**{field.name: "a\u202eb"})
            left_out = {one.name for one in model._meta.concrete_fields} - {field.name}
            with pytest.raises(ValidationError) as refused:
                record.clean_fields(left_out)
            assert refused.value.error_dict[field.name][0].code == "unseen"
            asked += 1
    assert asked > 20
