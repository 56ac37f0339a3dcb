"""People type dates as they are used to, and see what was understood."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cases.desk.admin.dates import DateAsTyped, DateBox, DayAsTyped
from cases.typed_dates import in_words, understood


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14.05.2024", "2024-05-14"),
        ("4.5.2024", "2024-05-04"),
        ("05.06.2024", "2024-06-05"),
        ("05.2024", "2024-05"),
        ("14 May 2024", "2024-05-14"),
        ("14th May 2024", "2024-05-14"),
        ("May 14, 2024", "2024-05-14"),
        ("May 2024", "2024-05"),
        ("14 мая 2024", "2024-05-14"),
        ("14 мая 2024 г.", "2024-05-14"),
        ("14 мая 2024г.", "2024-05-14"),
        ("май 2024", "2024-05"),
        ("Сентябрь 2024 года", "2024-09"),
        ("14 траўня 2024", "2024-05-14"),
        ("7 кастрычніка 2025 г.", "2025-10-07"),
        ("чэрвень 2024", "2024-06"),
        ("2024 г.", "2024"),
        ("14/05/2024", "2024-05-14"),
        ("05/05/2024", "2024-05-05"),
        ("2024-5-4", "2024-05-04"),
        (" 14  мая   2024 ", "2024-05-14"),
        ("14.05.2024?", "2024-05-14?"),
        ("май 2024 ~", "2024-05~"),
    ],
)
def test_a_date_is_understood_as_people_type_it(typed: str, meant: str) -> None:
    assert understood(typed) == meant


@pytest.mark.parametrize(
    "edtf",
    [
        *("2024", "2024-05", "2024-05-14", "201X", "2025-09-XX", "2025-09~"),
        *("2025-09/..", "2025-09-11/2025-10-07"),
        *("[2025-09-11..2025-10-07]", "[..2025-10-07]"),
    ],
)
def test_edtf_stays_as_it_is(edtf: str) -> None:
    assert understood(edtf) == edtf


@pytest.mark.parametrize("typed", ["05/06/2024", "5-6-2024"])
def test_a_date_with_two_readings_is_refused_with_both(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        understood(typed)
    (sentence,) = refusal.value.messages
    assert "6 May 2024" in sentence
    assert "5 June 2024" in sentence
    assert "06.05.2024" in sentence


@pytest.mark.parametrize("typed", ["31.02.2024", "14.13.2024", "14 Foo 2024", "soon"])
def test_what_is_no_date_is_refused_with_the_forms_that_are(typed: str) -> None:
    with pytest.raises(ValidationError):
        in_words(typed)


def test_the_box_says_in_words_what_was_understood() -> None:
    html = DateBox().render("day", "14.05.2024")
    assert "14 May 2024</span>" in html
    with translation.override("be"):
        assert "14 мая 2024 г.</span>" in DateBox().render("d", "2024-05-14")


def test_a_refused_date_has_no_words_beside_it() -> None:
    assert "understood" not in DateBox().render("day", "05/06/2024")


def test_the_same_day_typed_otherwise_is_no_change() -> None:
    assert not DateAsTyped().has_changed("2024-05-14", "14 мая 2024 г.")
    assert DateAsTyped().has_changed("2024-05-14", "15.05.2024")


@pytest.mark.parametrize("language", ["en", "be", "ru"])
def test_a_day_of_the_calendar_is_typed_so_too(language: str) -> None:
    with translation.override(language):
        for typed in ("2024-05-14", "14.05.2024", "14 мая 2024", "May 14, 2024"):
            day = DayAsTyped().clean(typed)
            assert day is not None
            assert day.isoformat() == "2024-05-14"
