"""What people type for a sentence. A term is read only where every word is known."""

from typing import Any

import pytest

from cases.desk.lists.sentences import sentences, unit_of

LIFE = {"punishment": "life"}
DEATH = {"punishment": "death"}


def term(months: int, **more: Any) -> dict[str, Any]:
    return {"punishment": "imprisonment", "term_months": months, **more}


READ: dict[str, list[dict[str, Any]]] = {
    # as the messy list has them
    "10 yrs + 3 yrs": [term(120), term(36, adds_to=0)],
    "13 años": [term(156)],
    "2 years with hard labour": [term(24, hard_labour="yes")],
    "3 years": [term(36)],
    "5 سنوات": [term(60)],
    "8 años e inhabilitación": [
        term(96, further_punishments=[{"punishment": "ban_on_activity"}])
    ],
    "death": [DEATH],
    "life + 10 years (in absentia)": [
        {**LIFE, "in_absentia": True},
        term(120, in_absentia=True, adds_to=0),
    ],
    "suspendida": [{"execution": "suspended"}],
    "مؤبد": [LIFE],
    # as others have them
    "السجن المؤبد": [LIFE],
    "الإعدام": [DEATH],
    "سنتان": [term(24)],
    "سنة": [term(12)],
    "خمس سنوات": [term(60)],
    "3 سنوات و6 أشهر": [term(42)],
    "3 سنوات وغرامة": [term(36, further_punishments=[{"punishment": "fine"}])],
    "۵ سال": [term(60)],
    "3 года 6 месяцев": [term(42)],
    "2,5 года": [term(30)],
    "2½ years": [term(30)],
    "3y6m": [term(42)],
    "1,5 года условно": [term(18, execution="suspended")],
    "5 лет колонии усиленного режима": [term(60, regime="enhanced")],
    "пяць гадоў": [term(60)],
    "заочно 12 лет": [term(144, in_absentia=True)],
    "пожизненно": [LIFE],
    "15 суток": [{"term_days": 15}],
    "3-5 years": [term(36, term_months_to=60)],
    "от 3 до 5 лет": [term(36, term_months_to=60)],
    "1 year + fine": [term(12, further_punishments=[{"punishment": "fine"}])],
    "cadena perpetua": [LIFE],
    "ağırlaştırılmış müebbet": [{"punishment": "aggravated_life"}],
    "6 yıl 3 ay hapis": [term(75)],
    "有期徒刑5年": [term(60)],
}


@pytest.mark.parametrize("typed", READ)
def test_a_sentence_is_read_and_stands_as_stated(typed: str) -> None:
    expected = [{**read, "term_as_stated": typed} for read in READ[typed]]
    assert sentences(typed, "imprisonment", "") == expected


@pytest.mark.parametrize(
    "typed",
    [
        "up to 10 years",
        "faces 10 years",
        "acquitted of 5 years",
        "20 years x 2",
        "5",  # years, or months
        "5 years 3 years",
        "life of 10 years",
        "fine of 500 BYN",
        "house arrest, 2 years",
        "see the court's page",
    ],
)
def test_what_no_rule_reads_stays_as_it_was_typed(typed: str) -> None:
    assert sentences(typed, "imprisonment", "") == [{"term_as_stated": typed}]


def test_what_a_term_alone_is_was_decided_for_the_column() -> None:
    assert "punishment" not in sentences("5 years", "", "")[0]
    (prison,) = sentences("5 years in prison", "", "")
    assert prison["punishment"] == "imprisonment"


@pytest.mark.parametrize(
    ("title", "unit"),
    [("Sentence (years)", "years"), ("Срок, лет", "years"), ("Months", "months")],
)
def test_a_number_has_the_unit_of_its_column(title: str, unit: str) -> None:
    assert unit_of(title) == unit
    (read,) = sentences("5", "imprisonment", unit)
    assert read["term_months"] == (60 if unit == "years" else 5)
    assert unit_of("Sentence") == ""
