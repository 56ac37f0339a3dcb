"""Rows of lists that nobody foresaw: nothing is guessed, nothing is lost, and nothing
breaks.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cases.desk.lists.plan import (
    TARGETS,
    Plan,
    as_json,
    from_json,
    questions,
    suggested,
)
from cases.desk.lists.rows import ListRow, rows_of
from tests.cases.lists.messy import table_of
from tracker.contract.proposal_shape import is_sound


def row_of(titles: str, cells: str, *others: str, **plan: Any) -> ListRow:
    """The first row, by the plan that is suggested."""
    table = table_of(titles, cells, *others)
    read = next(rows_of(table, replace(suggested(table), **plan)))
    assert is_sound(read.identifier or "-", read.content)
    return read


def quarantined(row: ListRow) -> list[tuple[str, str]]:
    return [(cell.column, cell.code) for cell in row.cells]


def test_a_name_in_several_columns_is_one_name() -> None:
    row = row_of("Фамилия|Имя|Отчество", "Пример|Алесь|Иванович", language="ru")
    assert row.content["names"] == [
        {"value": "Пример Алесь Иванович", "language": "ru"}
    ]
    assert row.columns["names-0.value"] == "Фамилия, Имя, Отчество"


def test_names_in_two_scripts_are_two_names() -> None:
    row = row_of("Name|Name (Burmese)|Alias", "Thuya|သူရ|Ko Gyi", language="my")
    assert row.content["names"] == [
        {"value": "Thuya", "language": "my-Latn"},
        {"value": "သူရ", "language": "my"},
        {"value": "Ko Gyi", "name_kind": "also_known_as", "language": "my-Latn"},
    ]


@pytest.mark.parametrize(
    ("cells", "sexes"),
    [
        ("M F", "male female"),
        ("H M", "male female"),  # hombre, mujer
        ("E K", "male female"),  # erkek, kadın
        ("K Q", "male female"),  # kişi, qadın
        ("м ж", "male female"),
        ("ذكر أنثى", "male female"),
        ("мужчынскі жаночы", "male female"),
        ("masculino femenino", "male female"),
    ],
)
def test_what_a_letter_means_is_seen_by_the_other_letters(
    cells: str, sexes: str
) -> None:
    table = table_of("Name|Sex", *(f"A|{cell}" for cell in cells.split()))
    read = [row.content["sex"] for row in rows_of(table, suggested(table))]
    assert read == sexes.split()


def test_what_has_no_word_is_asked_and_the_rest_is_known() -> None:
    table = table_of("Name|Occupation", "A|teacher, beekeeper", "B|beekeeper")
    plan = suggested(table)
    row, other = rows_of(table, plan)
    assert row.content["occupations"] == ["teacher"]
    assert "occupations" not in other.content
    assert "beekeeper" in row.cells[0].reason
    first, second = questions(table, plan).values
    assert (first.text, second.text, second.rows) == (
        "teacher, beekeeper",
        "beekeeper",
        1,
    )
    assert ("worker", "worker") in [(code, str(label)) for code, label in first.choices]


def test_a_person_says_what_a_value_means() -> None:
    table = table_of(
        "Name|Occupation|Detained|Status",
        "A|beekeeper|summer 2021|gone",
        "B|beekeeper|summer 2021|nobody asked",
        "C|-|2021|?",
    )
    values = {
        "Occupation": {"beekeeper": "worker, other"},
        "Detained": {"summer 2021": "2021"},
        "Status": {"gone": "missing", "nobody asked": ""},
    }
    plan = replace(suggested(table), values=values)
    assert questions(table, plan).is_answered
    first, second, _third = rows_of(table, plan)
    assert first.content["occupations"] == ["worker", "other"]
    assert first.content["detentions"] == [{"started_on": "2021"}]
    assert first.content["whereabouts"] == [{"place_known": "no"}]
    assert "whereabouts" not in second.content
    left_out = replace(plan, values={**values, "Status": {"gone": "?"}})
    first, *_others = rows_of(table, left_out)
    assert quarantined(first) == [("Status", "left_out")]


@pytest.mark.parametrize(
    ("titles", "cells", "cell"),
    [
        (
            "Detained|Status|Released",
            "2021|held|2022",
            ("Released", "contradicts_status"),
        ),
        ("Detained|Status|Released", "2021|?|2022", ("Released", "contradicts_status")),
        ("Detained|Released", "2021-05-02|2021-05-01", ("Released", "before_arrest")),
        ("Detained|Released", "05/2021|04/2021", ("Released", "before_arrest_roughly")),
        ("Detained|Released", "2021|31.12.2020", ("Released", "before_arrest_roughly")),
        ("Detained|Died", "2021-05-02|2020", ("Died", "before_arrest")),
        ("Born|Detained", "2021|2020-05-02", ("Born", "born_after_arrest")),
        ("Died|Released", "2021|2022", ("Released", "after_death")),
        ("Died|Status", "2021|held", ("Died", "contradicts_status")),
    ],
)
def test_what_contradicts_its_row_is_left_out_with_its_reason(
    titles: str, cells: str, cell: tuple[str, str]
) -> None:
    row = row_of(f"Name|{titles}", f"A|{cells}")
    assert quarantined(row) == [cell]
    name = {"Released": "released_on", "Died": "died_on", "Born": "born_on"}[cell[0]]
    assert name not in row.content
    assert "released_on" not in next(iter(row.content.get("releases", [])), {})
    assert cell[0] not in row.columns.values()


@pytest.mark.parametrize(
    "cells",
    [
        "2021-05-02||2021-05-02",
        "2021||01/2021",  # it may be after
        "|released|2021",
        "2020|released on bail|2021",
        "2020|УДО|2021",
        "2020|إخلاء سبيل|2021",
        "2020|deported|2021",
    ],
)
def test_what_may_be_so_stays(cells: str) -> None:
    row = row_of("Name|Detained|Status|Released", f"A|{cells}")
    assert row.cells == ()
    assert row.content["releases"][0]["released_on"]


STATUSES: dict[str, dict[str, Any]] = {
    "held": {"detentions": [{"ground": "unknown"}]},
    "в СИЗО": {"detentions": [{"ground": "pre_trial"}]},
    "под домашним арестом": {
        "detentions": [{"placements": [{"place_kind": "house_arrest"}]}]
    },
    "excarcelado": {"releases": [{"carried_out": "yes"}]},
    "released on bail": {"releases": [{"ground": "bail"}]},
    "medidas cautelares": {"releases": [{"ground": "other_measures"}]},
    "помилован": {"releases": [{"ground": "pardon"}]},
    "released (amnesty)": {"releases": [{"ground": "amnesty"}]},
    "escaped": {"releases": [{"ground": "escaped"}]},
    "died": {"death_in_custody": "unknown"},
    "توفي في السجن": {"death_in_custody": "yes"},
    "executed": {"executed": "yes"},
    "desterrado": {"deportations": [{"outcome": "expelled"}]},
    "desaparecida": {"whereabouts": [{"place_known": "no"}]},
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_a_fact_without_a_day(status: str) -> None:
    row = row_of("Name|Status", f"A|{status}")
    assert row.content == {"names": [{"value": "A"}], **STATUSES[status]}
    assert "Status" in row.columns.values()


def test_of_a_status_that_goes_on_only_the_release_is_read() -> None:
    row = row_of("Name|Status|Released", "A|released after three days|2021")
    assert row.content["releases"] == [{"released_on": "2021", "carried_out": "yes"}]
    assert quarantined(row) == [("Status", "unreadable")]


def test_a_death_without_a_day_came_after_the_arrest() -> None:
    row = row_of("Name|Detained|Status", "A|03/2021|died")
    assert row.content["died_on"] == "[2021-03-01..]"


def test_an_outcome_is_said_of_the_charges_of_the_row() -> None:
    row = row_of("Name|Sentence|Article", "A|under trial|342, 130")
    assert [charge["outcome"] for charge in row.content["charges"]] == ["pending"] * 2
    row = row_of("Name|Sentence|Article", "A|under trial|")
    assert quarantined(row) == [("Sentence", "no_charge")]


CHARGES = {
    "505(A), 17(1)": [{"article": "505(A)"}, {"article": "17(1)"}],
    "ст. 342 ч. 1 УК РБ": [{"code": "УК РБ", "article": "342 ч. 1"}],
    "ч.1 ст.342 УК и 130": [{"code": "УК", "article": "342 ч.1"}, {"article": "130"}],
    "TCK 314/2": [{"code": "TCK", "article": "314/2"}],
    "المادة 86 مكرر من قانون العقوبات": [
        {"code": "قانون العقوبات", "article": "86 مكرر"}
    ],
    "Section 66(d) of the Telecommunications Act": [
        {"code": "Telecommunications Act", "article": "66(d)"}
    ],
    "65/21": [{"label_as_stated": "65/21"}],
    "123/2021/44": [{"label_as_stated": "123/2021/44"}],
    "505(A) pending": [{"label_as_stated": "505(A) pending"}],
    "incitement": [{"label_as_stated": "incitement"}],
}


@pytest.mark.parametrize("typed", CHARGES)
def test_articles_are_charges_and_the_rest_is_as_stated(typed: str) -> None:
    assert row_of("Name|Article", f"A|{typed}").content["charges"] == CHARGES[typed]


def test_the_number_of_a_court_case_is_no_charge() -> None:
    row = row_of("Name|Article|Court", "A|1356/2019, 130|High Court")
    assert row.content["charges"] == [{"article": "130"}]
    case = {"number": "1356/2019", "court": "High Court"}
    assert row.content["prosecutions"] == [case]
    assert row.columns["prosecutions-0.number"] == "Article"
    row = row_of("Name|Case number", "A|case 12 of the third chamber; 2-34/20")
    numbers = ["case 12 of the third chamber", "2-34/20"]
    assert [said["number"] for said in row.content["prosecutions"]] == numbers


def test_a_row_names_the_address_of_its_source() -> None:
    titles = "Name|Source address|Other"
    assert (
        row_of(titles, "A|https://news.example/1|").address == "https://news.example/1"
    )
    columns = {"Source address": "source_address", "Other": "source_address"}
    for other, codes in (("1", []), ("2", ["says_otherwise"])):
        cells = f"A|https://news.example/1|https://news.example/{other}"
        row = next(rows_of(table_of(titles, cells), Plan(columns=columns)))
        assert row.address == "https://news.example/1"
        assert [cell.code for cell in row.cells] == codes
    row = row_of(titles, "A|family (confidential)|-")
    assert (row.address, row.confidential) == ("", True)
    assert quarantined(row) == [("Source address", "unreadable")]
    row = row_of(titles, "A|javascript:alert(1)|-")
    assert quarantined(row) == [("Source address", "unreadable")]


def test_a_charge_in_words_is_one() -> None:
    row = row_of("Name|Charges", "A|terrorism, and conspiracy")
    assert row.content["charges"] == [{"label_as_stated": "terrorism, and conspiracy"}]
    row = row_of("Name|Charges", "A|342, 130")
    assert row.content["charges"] == [{"article": "342"}, {"article": "130"}]


def test_a_place_is_its_kind_or_its_name_as_stated() -> None:
    row = row_of("Name|Prison|Status", "A|casa por cárcel|house arrest")
    (detention,) = row.content["detentions"]
    assert detention["placements"] == [{"place_kind": "house_arrest"}]
    row = row_of("Name|Prison|Status", "A|Obo (Mandalay)|house arrest")
    (detention,) = row.content["detentions"]
    assert detention["placements"] == [
        {"place_as_stated": "Obo (Mandalay)"},
        {"place_kind": "house_arrest"},
    ]
    assert row.columns["detentions-0.placements-1.place_kind"] == "Status"


def test_an_identifier_of_several_rows_tells_no_person() -> None:
    table = table_of("ID|Name", "X1|A", "X2|B", "X2|C")
    plan = replace(suggested(table), columns={"ID": "identifier", "Name": "name"})
    rows = list(rows_of(table, plan))
    assert [row.identifier for row in rows] == ["X1", "", ""]
    assert quarantined(rows[1]) == [("ID", "repeated_identifier")]


def test_numbers_that_count_the_rows_identify_nobody() -> None:
    """Next month another person is number 2."""
    assert suggested(table_of("No|Name", "1|A", "2|B")).columns["No"] == ""
    assert suggested(table_of("No|Name", "7|A", "2|B")).columns["No"] == "identifier"


def test_a_column_that_nobody_mapped_is_not_read() -> None:
    row = row_of("Name|Telephone", "A|555-0100")
    assert "555" not in repr(row)


def test_what_the_contract_refuses_is_in_quarantine_and_the_rest_is_not() -> None:
    long = "x" * 301
    row = row_of(
        "Name|Age|Charge|Court|Affiliation",
        f"A|121|{long}|{'y' * 201}|a\u202eb",
    )
    assert sorted(quarantined(row)) == [
        ("Affiliation", "unreadable"),
        ("Age", "unreadable"),
        ("Charge", "unreadable"),
        ("Court", "unreadable"),
    ]
    assert row.content == {"names": [{"value": "A"}]}
    assert row.columns == {"names-0.value": "Name"}


def test_parts_that_are_left_out_leave_no_gap() -> None:
    row = row_of("Name|Article|Charge", f"A|{'x' * 301}, 342|theft")
    assert [charge.get("article") for charge in row.content["charges"]] == ["342", None]
    assert row.columns["charges-0.article"] == "Article"
    assert row.columns["charges-1.label_as_stated"] == "Charge"


def test_two_columns_that_say_otherwise_are_told() -> None:
    table = table_of("Born|Year of birth|Name", "1980|1981|A")
    columns = {"Born": "born", "Year of birth": "born", "Name": "name"}
    (row,) = rows_of(table, Plan(columns=columns))
    assert row.content["born_on"] == "1980"
    assert quarantined(row) == [("Year of birth", "says_otherwise")]


@pytest.mark.parametrize(
    ("titles", "cells", "expected"),
    [
        ("Source", "family (confidential)", True),
        ("Source", "источник: родственники, не публиковать", True),
        ("Source", "https://news.example/1", False),
        ("Confidential", "yes", True),
        ("Confidential", "no", False),
    ],
)
def test_a_row_may_be_marked_confidential(
    titles: str, cells: str, expected: bool
) -> None:
    assert row_of(f"Name|{titles}", f"A|{cells}").confidential is expected


def test_whoever_says_that_a_year_is_of_our_calendar_is_not_asked_again() -> None:
    table = table_of("Name|Detained", "A|1401/07/12", "B|2021-05-12")
    plan = replace(suggested(table), calendar={"Detained": "gregorian"})
    asked = questions(table, plan)
    assert not asked.calendars
    assert [value.text for value in asked.values] == ["1401/07/12"]


def test_a_list_in_letters_of_ethiopia_is_asked_for_the_calendar_of_each_column() -> (
    None
):
    table = table_of("Name|Detained|Released", "አበበ|12/05/2013|", "ሳራ|2014|")
    plan = suggested(table)
    assert [asked.column for asked in questions(table, plan).calendars] == ["Detained"]
    ours = replace(plan, calendar={"Detained": "gregorian"})
    assert not questions(table, ours).calendars
    theirs = replace(plan, calendar={"Detained": "ethiopian"})
    assert questions(table, theirs).is_answered
    (first, _second) = rows_of(table, theirs)
    assert first.content["detentions"] == [{"started_on": "2021-01-20"}]


def test_another_calendar_is_asked_and_then_converted() -> None:
    table = table_of("Name|Detained", "A|1401/07/12", "B|1400")
    plan = suggested(table)
    (question,) = questions(table, plan).calendars
    assert (question.column, question.cells) == ("Detained", 2)
    assert "Iranian calendar" in question.reason
    plan = replace(plan, calendar={"Detained": "iranian"})
    assert questions(table, plan).is_answered
    assert next(rows_of(table, plan)).content["detentions"] == [
        {"started_on": "2022-10-04"}
    ]


# --- Plans -----------------------------------------------------------------------------


def test_a_plan_is_kept_as_json() -> None:
    plan = Plan({"A": "name"}, {"A": {"x": "?"}}, {"B": "mdy"}, {"B": "iranian"}, "fa")
    assert from_json(as_json(plan)) == plan
    assert from_json({}) == Plan()


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ([], "plan"),
        ({"colums": {}}, "colums"),
        ({"columns": {"A": "shoe size"}}, "columns"),
        ({"columns": {"A": 1}}, "columns"),
        ({"columns": []}, "columns"),
        ({"values": {"A": "x"}}, "values"),
        ({"values": {"A": {"x": 1}}}, "values"),
        ({"date_order": {"A": "ymd"}}, "date_order"),
        ({"calendar": {"A": "julian"}}, "calendar"),
        ({"language": 1}, "language"),
    ],
)
def test_a_plan_that_is_none_is_refused_by_its_key(value: Any, key: str) -> None:
    with pytest.raises(ValueError, match=key):
        from_json(value)


CELLS = some.one_of(
    some.text(max_size=12),
    some.sampled_from(
        [
            "",
            "?",
            "2021",
            "03/04/2021",
            "released",
            "life + 3 years",
            "342, 130",
            "x" * 400,
        ]
    ),
)


@settings(max_examples=30)
@given(some.lists(CELLS, min_size=len(TARGETS), max_size=len(TARGETS)))
def test_no_cell_breaks_the_reading(cells: list[str]) -> None:
    """And whatever comes out can be proposed."""
    table = table_of("|".join(TARGETS), "")
    table = replace(table, rows=(tuple(cells), tuple(cells)), numbers=(2, 3))
    plan = Plan(columns={key: key for key in TARGETS})
    questions(table, plan)
    for row in rows_of(table, plan):
        assert is_sound(row.identifier or "-", row.content)
        for key in row.columns:
            part, _dot, _name = key.partition(".")
            name, sign, place = part.rpartition("-")
            assert not sign or len(row.content[name]) > int(place)
