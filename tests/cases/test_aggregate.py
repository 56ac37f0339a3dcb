"""A case is read with few questions, and whole."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import aggregate
from cases.catalogue import part_lists
from cases.models import Prisoner
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Prisoner:
    return make.make_prisoner("Ales Example")


def read(case: Prisoner) -> tuple[dict[str, Any], int]:
    """The case, and how many questions it took."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = aggregate.read("prisoner", [case.pk])[case.pk]
    return found, len(queries)


def test_lists_with_nothing_in_them_are_not_asked_for(case: Prisoner) -> None:
    found, asked = read(case)
    assert asked < len(part_lists("prisoner")) / 2
    make.make_detention(case)
    _found, asked_with_a_detention = read(case)
    assert asked_with_a_detention == asked + 1
    for part in part_lists("prisoner"):
        assert isinstance(found[part.name], list)


def test_a_list_with_something_in_another_case_alone_stays_empty(
    case: Prisoner,
) -> None:
    other = make.make_prisoner("Other Example")
    detention = make.make_detention(other)
    both = aggregate.read("prisoner", [case.pk, other.pk])
    assert both[case.pk]["detentions"] == []
    (row,) = both[other.pk]["detentions"]
    assert row["id"] == str(detention.pk)


def test_of_nobody_nothing_is_asked() -> None:
    assert aggregate.read("prisoner", []) == {}
