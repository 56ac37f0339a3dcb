"""What the words of a count mean at least and at most."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases.models import ReportedCount
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": 52, "lowest": 27}, "Words mean at least, at most"),
        ({"value": 52, "highest": 60}, "Words mean at least, at most"),
        (
            {"value": None, "value_as_stated": "some", "lowest": 5, "highest": 2},
            "Words mean at least",
        ),
    ],
)
def test_bounds_that_make_no_sense_are_refused_by_form_and_database(
    fields: dict[str, Any], words: str
) -> None:
    count = ReportedCount(measure="released", **fields)
    with pytest.raises(ValidationError, match=words):
        count.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        count.save()


def test_words_bear_bounds() -> None:
    said: dict[str, Any] = {"value_as_stated": "most", "lowest": 27, "highest": 51}
    count = make.make_count(value=None, **said)
    count.full_clean()
