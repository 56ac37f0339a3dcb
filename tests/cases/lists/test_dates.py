"""What people type for a date, and what it means; or why it cannot be read."""

import pytest

from cases.desk.lists.dates import AMBIGUOUS, OTHER_CALENDAR, Column, edtf
from cases.desk.lists.unread import UNREADABLE, Unread
from tracker.dates import validate

READ = {
    # as the messy list has them
    "2019": "2019",
    "08/2023": "2023-08",
    "2019-02-01": "2019-02-01",
    "10.9.2022": "2022-09-10",
    "13/02/2020": "2020-02-13",
    "28-Nov-21": "2021-11-28",
    "1-Aug-21": "2021-08-01",
    "end of 2022": "[2022-10..2022-12]",
    "Feb/March 2021": "[2021-02..2021-03]",
    # as others have them
    "2021-03-05 00:00:00": "2021-03-05",
    "12.03.2021 14:30": "2021-03-12",
    "03/13/2021": "2021-03-13",
    "3.4.21": "2021-04-03",
    "12-XI-2021": "2021-11-12",
    "20210312": "2021-03-12",
    "2021/03": "2021-03",
    "XX.05.2021": "2021-05",
    "00/00/2021": "2021",
    "2021-05-00": "2021-05",
    "10-12.03.2021": "[2021-03-10..2021-03-12]",
    "2021/22": "[2021..2022]",
    "March or April 2021": "[2021-03..2021-04]",
    "Dec 2020/Jan 2021": "[2020-12..2021-01]",
    "about 2019": "2019~",
    "2019?": "2019?",
    "c. March 2019?": "2019-03%",
    "mid-2021": "[2021-05..2021-08]",
    "late Feb 2021": "[2021-02-21..2021-02-28]",
    "before 2020": "[..2019-12-31]",
    "after March 2020": "[2020-04-01..]",
    "March 5, 2021": "2021-03-05",
    "5th of March 2021": "2021-03-05",
    "12 марта 2021 г.": "2021-03-12",
    "в конце мая 2022": "[2022-05-21..2022-05-31]",
    "1985 г.р.": "1985",
    "у пачатку 2021": "[2021-01..2021-03]",
    "5 траўня 2021": "2021-05-05",
    "12 de marzo de 2021": "2021-03-12",
    "finales de 2019": "[2019-10..2019-12]",
    "5 مارس 2021": "2021-03-05",
    "آذار 2021": "2021-03",
    "٢٠٢١/٠٣/٠٥": "2021-03-05",
    "12 Şubat 2021": "2021-02-12",
    "2 mart 2020-ci il": "2020-03-02",
    "2021年3月5日": "2021-03-05",
    "2021~": "2021~",
    "[2021-03-05..]": "[2021-03-05..]",
}


@pytest.mark.parametrize("typed", READ)
def test_a_date_is_read(typed: str) -> None:
    assert edtf(typed, Column()) == READ[typed]
    validate(READ[typed])


NOT_READ = {
    "03/04/2021": (AMBIGUOUS, "4 March 2021 or 3 April 2021"),
    "03-04-2021": (AMBIGUOUS, "4 March 2021 or 3 April 2021"),
    "03/04/21": (AMBIGUOUS, "say for the column"),
    "25/03/21": (AMBIGUOUS, "25 March 2021"),  # or 21 March 2025
    "1401/07/12": (OTHER_CALENDAR, "Iranian calendar: 4 October 2022"),
    "2564-05-01": (OTHER_CALENDAR, "Buddhist calendar: 1 May 2021"),
    "110/05/12": (OTHER_CALENDAR, "Minguo calendar (Taiwan): 12 May 2021"),
    "民國99年5月": (OTHER_CALENDAR, "Minguo calendar (Taiwan): May 2010"),
    "12/05/2013 E.C.": (OTHER_CALENDAR, "Ethiopian calendar: 20 January 2021"),
    "25 Tikimt 2013": (OTHER_CALENDAR, "Ethiopian calendar: 4 November 2020"),
    "31/02/2021": (UNREADABLE, "2021-02-31 is not a day that exists"),
    "2021-13-05": (UNREADABLE, "not a month that exists"),
    "44562": (UNREADABLE, "how a spreadsheet counts days"),
    "summer 2021": (UNREADABLE, "no date that we can read"),
    "Mar-21": (UNREADABLE, "no date that we can read"),  # a day, or a year
    "12/03": (UNREADABLE, "no date that we can read"),
    "05.03.2021 - 07.04.2021": (UNREADABLE, "no date that we can read"),
    "yesterday": (UNREADABLE, "no date that we can read"),
    "2121-01-01": (UNREADABLE, "no year in which somebody was held"),
    "0202-01-01": (UNREADABLE, "is not a date"),
}


@pytest.mark.parametrize("typed", NOT_READ)
def test_a_date_is_never_guessed(typed: str) -> None:
    with pytest.raises(Unread) as unread:
        edtf(typed, Column())
    code, words = NOT_READ[typed]
    assert unread.value.code == code
    assert words in unread.value.reason


def test_the_order_is_decided_once_for_the_column() -> None:
    for typed, day_first, month_first in (
        ("03/04/2021", "2021-04-03", "2021-03-04"),
        ("3-4-21", "2021-04-03", "2021-03-04"),
        ("25/03/21", "2021-03-25", "2021-03-25"),
        ("3.4.2021", "2021-04-03", "2021-04-03"),  # dots are of those who begin so
    ):
        assert edtf(typed, Column(order="dmy")) == day_first
        assert edtf(typed, Column(order="mdy")) == month_first


@pytest.mark.parametrize(
    ("calendar", "typed", "read"),
    [
        ("iranian", "1401/07/12", "2022-10-04"),
        ("iranian", "12/7/1401", "2022-10-04"),
        ("iranian", "۱۴۰۱/۰۷/۱۲", "2022-10-04"),
        ("iranian", "12 mehr 1401", "2022-10-04"),
        ("iranian", "مهر ۱۴۰۱", "[2022-09-23..2022-10-22]"),
        ("iranian", "1401", "[2022-03-21..2023-03-20]"),
        ("buddhist", "12 มีนาคม 2564", "2021-03-12"),
        ("buddhist", "2564", "2021"),
        ("islamic", "1 رمضان 1442", "2021-04-13"),
        ("minguo", "110.5.12", "2021-05-12"),
        ("minguo", "99/12", "2010-12"),
        ("minguo", "民國110年5月12日", "2021-05-12"),
        ("minguo", "110年", "2021"),
        ("ethiopian", "1/1/2013", "2020-09-11"),
        ("ethiopian", "12/05/2013 ዓ.ም", "2021-01-20"),
        ("ethiopian", "ታኅሣሥ 29 2017", "2025-01-07"),
        ("ethiopian", "6 Pagume 2011", "2019-09-11"),  # only before a leap year of ours
        ("ethiopian", "Pagume 2012", "[2020-09-06..2020-09-10]"),
        ("ethiopian", "2013", "[2020-09-11..2021-09-10]"),
    ],
)
def test_another_calendar_is_that_of_the_column(
    calendar: str, typed: str, read: str
) -> None:
    assert edtf(typed, Column(calendar=calendar)) == read


@pytest.mark.parametrize(
    ("calendar", "typed"),
    [("buddhist", "2021-05-12"), ("minguo", "2021-05-12"), ("ethiopian", "110/5/12")],
)
def test_what_is_of_another_calendar_than_its_column_is_not_converted(
    calendar: str, typed: str
) -> None:
    with pytest.raises(Unread):
        edtf(typed, Column(calendar=calendar))


def test_two_digits_of_a_year_of_birth_may_be_of_two_centuries() -> None:
    of_birth = Column(order="dmy", of_birth=True)
    assert edtf("03/04/62", of_birth) == "1962-04-03"
    with pytest.raises(Unread, match="write four digits"):
        edtf("03/04/15", of_birth)
