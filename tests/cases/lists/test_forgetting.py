"""What lists forget: the file when its day has come, an erased name at once."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from cases.desk.lists.models import List, Row
from tests import factories as make
from tests.cases.lists.brought import SHA256, make_list
from tests.cases.test_erasing import REAL, corrected_case, erase, staff  # noqa: F401

CSV = b"Name,Note\nReal Somebody,-\n"

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_file_goes_on_its_day_and_its_hash_and_the_rows_stay(as_owner: Any) -> None:
    by = make.make_documenter("documenter")
    due = make_list(by, {"name": "Ales Example"}, kept_until=date(2020, 1, 1))
    kept = make_list(by, kept_until=date(2999, 1, 1))
    output = StringIO()
    with as_owner():
        call_command("forget_access", stdout=output)
    assert "1 files of lists deleted." in output.getvalue()
    assert List.objects.get(content=None) == due
    assert List.objects.get(content=None).sha256 == SHA256
    assert due.rows.get().names == ["Ales Example"]
    kept.refresh_from_db()
    assert kept.content


def test_a_row_that_says_an_erased_name_in_any_spelling_is_emptied_with_its_file(
    erase: Any,
) -> None:
    by = make.make_documenter("documenter")
    named = make_list(
        by,
        {"name": REAL},
        {"name": "Real Somebody", "affiliation": f"with {REAL.upper()}"},
        {
            "name": "Real Other",
            "cells": [{"column": "-", "text": REAL, "reason": "-", "code": "-"}],
        },
        {"name": "Vera Sample"},
        content=CSV,
    )
    other = make_list(by, {"name": "Real Somebody"}, content=CSV)
    unmapped = make_list(by, {"name": "A B"}, content=f"Name,Note\nA B,{REAL}".encode())

    erase(case=corrected_case().pk, containing=REAL)

    says = Row.objects.exclude(content={}).values_list("identity", flat=True)
    assert sorted(says) == ["A B", "Real Somebody", "Vera Sample"]
    assert not Row.objects.filter(content={}).exclude(identity="", cells=[]).exists()
    assert {*List.objects.filter(content=None)} == {named, unmapped}
    assert other.rows.get().content
