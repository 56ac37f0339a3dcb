"""The codes, their labels and the page that explains them."""

import inspect
from pathlib import Path

import pytest
from django.db.models import TextChoices

from tracker.contract import vocabulary

PAGE = (Path(__file__).parents[2] / "docs" / "vocabulary.md").read_text()
VOCABULARIES = [
    one
    for one in vars(vocabulary).values()
    if inspect.isclass(one)
    and issubclass(one, TextChoices)
    and one not in (TextChoices, vocabulary.Country)
]


@pytest.mark.parametrize("one", VOCABULARIES, ids=lambda one: one.__name__)
def test_the_page_explains_every_code_and_says_where_the_list_comes_from(
    one: type[TextChoices],
) -> None:
    section = PAGE.split(f"## {one.__name__}\n")[1].split("\n## ")[0]
    assert "Source: " in section
    assert [line for line in section.splitlines() if line.startswith("| `")] == [
        f"| `{code}` | {label} |" for code, label in one.choices
    ]


@pytest.mark.django_db
def test_the_database_knows_the_same_countries() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT countries_exist(%s), countries_exist('{AA,QM,QZ,XA,XZ,ZZ}'),"
            " countries_exist('{UK}'), countries_exist('{QL}'), countries_exist('{xa}')",
            [vocabulary.Country.values],
        )
        assert cursor.fetchone() == (True, True, False, False, False)
