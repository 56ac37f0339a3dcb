from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ModelState
from django.test.utils import isolate_apps
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cases.models.dates import EDTFField, ends_not_before_starts
from config.logins import give_rights
from tests.tracker.test_dates import edtf_texts
from tracker.dates import bounds

AsOwner = Callable[[], AbstractContextManager[None]]


@isolate_apps("cases")
def model_with_dates() -> Any:
    class Stay(models.Model):
        came_on = EDTFField()
        left_on = EDTFField()

        class Meta:
            app_label = "cases"
            constraints = [
                ends_not_before_starts(
                    "came_on", "left_on", "A stay cannot end before it starts."
                )
            ]

        def __str__(self) -> str:
            return f"from {self.came_on} to {self.left_on}"

    return Stay


Stay = model_with_dates()


@pytest.fixture(scope="module")
def table_of_stays(as_owner: AsOwner) -> Iterator[None]:
    with as_owner():
        with connection.schema_editor() as editor:
            editor.create_model(Stay)
        give_rights("default")
    yield
    with as_owner(), connection.schema_editor() as editor:
        editor.delete_model(Stay)


@pytest.fixture
def stays(table_of_stays: None, db: None) -> None:
    """A table of stays, which the desk may fill."""


def came(text: str) -> Any:
    return Stay.objects.create(came_on=text)


class TestTheDatabaseReadsDatesAsPythonDoes(TestCase):
    @settings(max_examples=500, deadline=None)
    @given(
        edtf_texts
        | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
    )
    def test_same_bounds_same_refusals(self, text: str) -> None:
        try:
            expected = (True, *bounds(text))
        except ValidationError:
            expected = (False, None, None)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT edtf_is_valid(t), edtf_earliest(t), edtf_latest(t) FROM CAST(%s AS text) AS t",
                [text],
            )
            assert cursor.fetchone() == expected


def test_functions_can_stand_in_generated_columns_and_parallel_plans(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE provolatile = 'i' AND proparallel = 's' AND proisstrict), count(*)"
            " FROM pg_proc WHERE proname LIKE 'edtf%%'"
        )
        good, all_of_them = cursor.fetchone()
    assert good == all_of_them > 0


@pytest.mark.usefixtures("stays")
class TestARecordWithDates:
    def test_holds_the_bounds_of_each_date(self) -> None:
        stay = came("2025-09")
        assert (stay.came_on_earliest, stay.came_on_latest) == (
            date(2025, 9, 1),
            date(2025, 9, 30),
        )
        assert (stay.left_on, stay.left_on_earliest, stay.left_on_latest) == (
            None,
            None,
            None,
        )

    def test_keeps_nothing_as_null_whatever_a_form_sends(self) -> None:
        stay = came("")
        stay.refresh_from_db()
        assert stay.came_on is None

    def test_refuses_an_impossible_date_naming_the_field(self) -> None:
        with pytest.raises(ValidationError) as refusal:
            Stay(came_on="2025-02-30").full_clean()
        assert (
            "2025-02-30 is not a day that exists"
            in refusal.value.message_dict["came_on"][0]
        )

    def test_is_refused_by_the_database_too(self) -> None:
        with pytest.raises(IntegrityError, match="came_on"), transaction.atomic():
            came("2025-02-30")
        assert not Stay.objects.exists()

    def test_refuses_an_end_certainly_before_the_start(self) -> None:
        stay = Stay(came_on="2025-09", left_on="2025-08-31")
        with pytest.raises(ValidationError, match="A stay cannot end before it starts"):
            stay.full_clean()
        with (
            pytest.raises(IntegrityError, match="left_on_not_before_came_on"),
            transaction.atomic(),
        ):
            stay.save()

    @pytest.mark.parametrize("left_on", ["2025-09-01", "2025", "2025-09/..", None])
    def test_allows_an_end_that_may_follow_the_start(self, left_on: str | None) -> None:
        stay = Stay(came_on="2025-09", left_on=left_on)
        stay.full_clean()
        stay.save()

    def test_on_or_after_finds_what_may_have_been_then(self) -> None:
        for text in ("2025-09-10", "2025-09-11", "2025-09", "2025-08/..", "2024", ""):
            came(text)
        found = Stay.objects.filter(came_on__on_or_after=date(2025, 9, 11))
        assert set(found.values_list("came_on", flat=True)) == {
            "2025-09-11",
            "2025-09",
            "2025-08/..",
        }

    def test_on_or_before_finds_what_may_have_been_then(self) -> None:
        for text in ("2025-09-10", "2025-09-12", "2025-09", "../2026", "2026", ""):
            came(text)
        found = Stay.objects.filter(came_on__on_or_before="2025-09-11")
        assert set(found.values_list("came_on", flat=True)) == {
            "2025-09-10",
            "2025-09",
            "../2026",
        }

    def test_during_finds_what_may_have_been_between_two_days(self) -> None:
        for text in (
            "2025-09-10",
            "2025-09-12",
            "2025",
            "[2025-08-31..2025-09-11]",
            "2025-10",
            "",
        ):
            came(text)
        found = Stay.objects.filter(came_on__during=("2025-09-11", "2025-09-12"))
        assert set(found.values_list("came_on", flat=True)) == {
            "2025-09-12",
            "2025",
            "[2025-08-31..2025-09-11]",
        }

    def test_a_lookup_can_be_excluded_from_and_refuses_what_is_no_day(self) -> None:
        came("2025-09-10")
        assert Stay.objects.exclude(came_on__on_or_after="2025-09-11").count() == 1
        with pytest.raises(ValidationError):
            Stay.objects.filter(came_on__on_or_after="2025-02-30").exists()


def test_a_migration_lists_field_and_bounds_and_makes_them_once(db: None) -> None:
    state = ModelState.from_model(Stay)
    bounds_of_dates = {
        "came_on_earliest",
        "came_on_latest",
        "left_on_earliest",
        "left_on_latest",
    }
    assert state.fields.keys() == {"id", "came_on", "left_on"} | bounds_of_dates
    project = migrations.state.ProjectState()
    project.add_model(state)
    assert (
        ModelState.from_model(project.apps.get_model("cases", "Stay")).fields.keys()
        == state.fields.keys()
    )
