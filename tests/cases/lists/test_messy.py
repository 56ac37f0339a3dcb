"""The messy list goes in whole: each readable cell is a fact, and what contradicts its
row is in quarantine.
"""

import re
from collections import Counter
from typing import Any

import pytest

from cases.desk.lists.cells import Reader
from cases.desk.lists.plan import questions, suggested
from cases.desk.lists.rows import ListRow
from cases.desk.lists.table import Table
from cases.desk.lists.words import says_nothing
from tests.cases.lists.messy import messy_plan, messy_rows, messy_table
from tracker.contract.proposal_shape import is_sound

MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


@pytest.fixture(scope="module")
def table() -> Table:
    return messy_table()


@pytest.fixture(scope="module")
def rows() -> list[ListRow]:
    return messy_rows()


def test_every_column_is_suggested_by_its_title(table: Table) -> None:
    assert suggested(table).columns == {
        "No": "identifier",
        "Name": "name",
        "Sex": "sex",
        "Age": "age",
        "Occupation": "occupations",
        "Date of arrest": "arrested",
        "Section/Case": "article",
        "Sentence": "sentence",
        "Prison": "facility",
        "Status": "status",
        "Released": "released",
        "Source": "source",
    }


def test_only_the_order_of_dates_is_asked(table: Table) -> None:
    asked = questions(table, suggested(table))
    assert [question.column for question in asked.dates] == [
        "Date of arrest",
        "Released",
    ]
    assert [question.day_first for question in asked.dates] == [49, 15]
    assert [question.month_first for question in asked.dates] == [0, 0]
    assert (asked.values, asked.calendars) == ((), ())
    assert questions(table, messy_plan(table)).is_answered


PRISON = {"punishment": "imprisonment"}
OUTCOMES: dict[str, dict[str, Any]] = {
    "Sex": {"": None, "?": None, "F": "female", "M": "male"},
    "Age": {"": None, "19": 19, "34 years": 34, "52": 52, "about 60": 60},
    "Occupation": {
        "N/A": None,
        "nurse": ["medical_worker"],
        "periodista": ["journalist"],
        "student": ["student"],
        "teacher, poet": ["teacher", "artist"],
        "محام": ["lawyer"],
    },
    "Section/Case": {
        "124(A)": [{"article": "124(A)"}],
        "1356/2019": [{"number": "1356/2019"}],
        "50(j)": [{"article": "50(j)"}],
        "505(A)": [{"article": "505(A)"}],
        "505(A), 17(1)": [{"article": "505(A)"}, {"article": "17(1)"}],
        "65/2021": [{"number": "65/2021"}],
        "86 مكرر": [{"article": "86 مكرر"}],
        "Ley 1055": [{"code": "Ley 1055", "label_as_stated": "Ley 1055"}],
        "art. 410 CP": [{"code": "CP", "article": "410"}],
    },
    "Sentence": {
        "": None,
        "unknown": None,
        "under trial": "pending",
        "حبس احتياطي": "on_remand",
        "10 yrs + 3 yrs": [
            {**PRISON, "term_months": 120},
            {**PRISON, "term_months": 36, "adds_to": 0},
        ],
        "13 años": [{**PRISON, "term_months": 156}],
        "2 years with hard labour": [
            {**PRISON, "term_months": 24, "hard_labour": "yes"}
        ],
        "3 years": [{**PRISON, "term_months": 36}],
        "5 سنوات": [{**PRISON, "term_months": 60}],
        "8 años e inhabilitación": [
            {
                **PRISON,
                "term_months": 96,
                "further_punishments": [{"punishment": "ban_on_activity"}],
            }
        ],
        "death": [{"punishment": "death"}],
        "life + 10 years (in absentia)": [
            {"punishment": "life", "in_absentia": True},
            {**PRISON, "term_months": 120, "in_absentia": True, "adds_to": 0},
        ],
        "suspendida": [{"execution": "suspended"}],
        "مؤبد": [{"punishment": "life"}],
    },
    "Prison": {
        "unknown": None,
        "مجهول": None,
        "casa por cárcel": {"place_kind": "house_arrest"},
        **{
            name: {"place_as_stated": name}
            for name in (
                "Dawei",
                "El Chipote",
                "Insein",
                "Kalay",
                "La Esperanza",
                "La Modelo",
                "Obo (Mandalay)",
                "القناطر",
                "بدر 3",
                "طرة",
            )
        },
    },
    "Status": {
        "?": None,
        "died": "died",
        "escaped": "escaped",
        "held": "held",
        "house arrest": "house_arrest",
        "released": "released",
        "released on bail": "on_bail",
    },
}


def _day(typed: str) -> str | None:
    """By another way than the reader's: from the form to the day."""
    forms = [
        (r"(?P<y>\d{4})(?:-(?P<m>\d\d)-(?P<d>\d\d))?", 0),
        (r"(?P<d>\d+)([/.])(?P<m>\d+)\2(?P<y>\d{4})", 0),
        (r"(?P<m>\d\d)/(?P<y>\d{4})", 0),
        (r"(?P<d>\d+)-(?P<name>[A-Z][a-z]{2})-(?P<y>\d\d)", 2000),
    ]
    for form, added in forms:
        match = re.fullmatch(form, typed)
        if match:
            named = match.groupdict()
            if "name" in named:
                named["m"] = str(MONTHS.index(named["name"]) + 1)
            day = str(int(named["y"]) + added)
            for name in "md":
                if named.get(name):
                    day += f"-{int(named[name]):02}"
            return day
    return {
        "end of 2022": "[2022-10..2022-12]",
        "Feb/March 2021": "[2021-02..2021-03]",
    }.get(typed)


def test_each_distinct_cell_is_read_as_it_is_meant(table: Table) -> None:
    plan = messy_plan(table)
    for place, title in enumerate(table.columns):
        target = plan.target(title)
        assert target is not None
        texts = list(dict.fromkeys(row[place] for row in table.rows))
        reader = Reader(title, target, plan, texts)
        if target.kind == "date":
            assert {text: reader.read(text) for text in texts} == {
                text: _day(text) for text in texts
            }
        elif title in OUTCOMES:
            read = {text: reader.read(text) for text in texts}
            if title == "Sentence":
                read = {text: _unstated(text, value) for text, value in read.items()}
            assert read == OUTCOMES[title], title
        else:
            assert {reader.read(text) for text in texts} == {
                text or None for text in texts
            }


def _unstated(text: str, value: Any) -> Any:
    """Each sentence has the words of the list beside what was read."""
    if not isinstance(value, list):
        return value
    assert {sentence["term_as_stated"] for sentence in value} == {text}
    return [
        {name: said for name, said in sentence.items() if name != "term_as_stated"}
        for sentence in value
    ]


def test_every_row_comes_out_and_can_be_proposed(rows: list[ListRow]) -> None:
    assert [row.number for row in rows] == list(range(2, 302))
    assert len({row.identifier for row in rows}) == 300
    for row in rows:
        assert row.content["names"][0]["value"]
    for row in rows[::10]:
        assert is_sound(row.identifier, row.content), row


def test_every_readable_cell_is_a_fact_or_in_quarantine(
    rows: list[ListRow], table: Table
) -> None:
    for row, cells in zip(rows, table.rows, strict=True):
        told = {cell.column for cell in row.cells}
        for columns in row.columns.values():
            told.update(columns.split(", "))
        for title, text in zip(table.columns, cells, strict=True):
            if title not in ("No", "Source") and not says_nothing(text):
                assert title in told, (row, title, text)
        assert row.source == cells[-1]


def test_what_contradicts_its_row_is_in_quarantine(rows: list[ListRow]) -> None:
    """74 release dates beside a status that contradicts them, 16 before the day of the
    arrest; of 5 more the days are known to the month, and they are before it, too.
    """
    cells = [cell for row in rows for cell in row.cells]
    assert Counter((cell.column, cell.code) for cell in cells) == {
        ("Released", "contradicts_status"): 74,
        ("Released", "before_arrest"): 16,
        ("Released", "before_arrest_roughly"): 5,
    }
    for row in rows:
        releases = row.content.get("releases", [])
        assert not (row.cells and any("released_on" in said for said in releases))
    (cell,) = next(row for row in rows if row.identifier == "NI-158").cells
    assert (cell.text, cell.reason) == (
        "02/07/2021",
        "“02/07/2021” stands beside what contradicts it: the arrest was later"
        " (24 October 2021).",
    )


def test_rows_that_are_marked_confidential_are_known(rows: list[ListRow]) -> None:
    assert Counter(row.source for row in rows if row.confidential) == {
        "family (confidential)": 76
    }


def test_an_age_that_says_about_keeps_the_word(rows: list[ListRow]) -> None:
    stated = [row.stated for row in rows if row.stated]
    assert stated == [{"age_as_stated": "about 60"}] * 64
