"""What the database refused is said in a sentence, which names no table of a case that
its reader may not see.
"""

import pytest
from django.db import IntegrityError, connection, transaction

from cases.desk.admin.refusals import sentence
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_that_something_cannot_be_deleted_does_not_say_what_refers_to_it() -> None:
    facility = make.make_facility()
    make.make_placement(make.make_detention(make.make_prisoner()), facility=facility)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        _delete_without_asking("cases_facility", str(facility.pk))
    assert sentence(refusal.value) == (
        "Nothing was saved: something here cannot be deleted, or is not there."
    )


def test_a_rule_of_ours_is_said_as_it_is() -> None:
    with (
        pytest.raises(IntegrityError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "DO $$ BEGIN RAISE foreign_key_violation"
            " USING MESSAGE = 'there is no such record'; END $$"
        )
    assert sentence(refusal.value) == "Nothing was saved. there is no such record"


def _delete_without_asking(table: str, record_id: str) -> None:
    """As by a page whose reader does not see what refers to it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [record_id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
