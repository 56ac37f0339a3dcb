"""Questions that are put together once: each answers as the ORM does."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import DataError

from cases import statements
from cases.day import today
from cases.models import Mark, Prisoner
from cases.named.seeing import seeing_as
from cases.statements import Statement, asked
from tests import factories as make
from tests.named import only_for, staff

pytestmark = pytest.mark.django_db


@Statement
def versions(ids: Collection[UUID]) -> Any:
    return Prisoner.objects.filter(id__among=ids).values_list("id", "version")


@Statement
def marks(kind: str, day: date, ids: Collection[UUID]) -> Any:
    rows = Mark.objects.filter(root_kind=kind, due_on__lte=day, root_id__among=ids)
    return rows.values_list("root_id")


def test_other_ids_get_other_rows() -> None:
    one, another = make.make_prisoner(), make.make_prisoner()
    assert versions([one.pk]) == [(one.pk, one.version)]
    assert versions({str(another.pk)}) == [(another.pk, another.version)]
    assert len(versions([one.pk, another.pk])) == 2


def test_of_no_ids_nothing_is_asked(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert versions([]) == []


def test_each_value_stands_in_its_own_place() -> None:
    day, mine = today(), uuid4()
    Mark.objects.create(root_kind="source", root_id=mine, due_on=day)
    later = day + timedelta(days=1)
    assert marks("source", day, [mine]) == [(mine,)]
    assert marks("source", later, [mine]) == [(mine,)]
    assert marks("source", day - timedelta(days=1), [mine]) == []
    assert marks("prisoner", day, [mine]) == []
    assert marks("source", day, [uuid4()]) == []


def test_what_asks_for_other_values_than_it_is_given_is_a_mistake() -> None:
    @Statement
    def forgetful(ids: Collection[UUID]) -> Any:
        return Prisoner.objects.values_list("id")

    with pytest.raises(AssertionError):
        forgetful([uuid4()])


def test_who_sees_less_gets_less_by_the_same_statement() -> None:
    """Also once it is prepared, by which time the same plan could answer."""
    case = make.make_prisoner()
    colleague, other = staff("uladzimir"), staff("other")
    only_for(case, colleague)
    often = range(2 * statements._ASKED_OFTEN + 2)
    assert all(versions([case.pk]) for _time in often)
    with seeing_as(other):
        assert not any(versions([case.pk]) for _time in often)
    with seeing_as(colleague):
        assert all(versions([case.pk]) for _time in often)
    with seeing_as(other):
        assert not versions([case.pk])
    assert versions([case.pk])


def test_nothing_that_django_asks_is_remembered() -> None:
    """It has the values in it: names, notes, whole files."""
    case = make.make_prisoner()
    assert versions([case.pk])
    assert list(Prisoner.objects.filter(pk=case.pk))
    prepared = connection.connection._prepared
    kept = str([*prepared._names, *prepared._counts])
    assert "cases_prisoner" in kept
    assert str(case.pk) not in kept
    assert case.pk.hex not in kept


def test_after_an_error_the_transaction_is_over_for_it_too() -> None:
    with transaction.atomic():
        with pytest.raises(DataError):
            asked("SELECT 1 / 0")
        connection.needs_rollback = True
        with pytest.raises(TransactionManagementError):
            versions([uuid4()])
