"""A cell that a spreadsheet would run could send the whole sheet to whoever wrote it."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.spreadsheets import as_written, csv_chunks, harmless

FORMULAS = "=+-@=+-@"
# Mostly of what matters here, so that it comes together often.
texts = st.text() | st.text(alphabet=FORMULAS + "';\t\r\n \"\u200b\ufeffa1")


def read(rows: list[list[object]], **options: bool) -> list[list[str]]:
    text = b"".join(csv_chunks(rows, **options)).decode()  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(text, newline="")))


def cells_if_cut_elsewhere(text: str) -> Iterator[str]:
    for separator in ";\t\r\n":
        yield from text.split(separator)


@pytest.mark.parametrize("sign", FORMULAS)
@pytest.mark.parametrize(
    "before",
    [
        "",
        " ",
        "\t",
        "\r",
        "\n",
        "\u00a0",
        "\u3000",
        "\u200b",
        "\ufeff",
        '"',
        "'",
        " ' ",
    ],
)
def test_what_begins_like_a_formula_is_shown_and_not_run(
    before: str, sign: str
) -> None:
    text = f'{before}{sign}HYPERLINK("http://example.org")'
    assert harmless(text).startswith("'")
    assert as_written(harmless(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ірына",
        "O'Brien",
        "'quoted'",
        "2025-09~",
        "Minsk, 2020; Homieĺ",
        "a=b",
        "one - two",
        "me@example.org",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
    assert as_written(text) == text


@given(texts)
def test_nothing_is_lost(text: str) -> None:
    assert as_written(harmless(text)) == text


@given(texts)
def test_no_cell_begins_with_what_is_run_wherever_it_is_cut(text: str) -> None:
    for cell in [harmless(text), *cells_if_cut_elsewhere(harmless(text))]:
        assert not cell.lstrip(' "\u200b\ufeff\t\r\n').startswith(
            tuple(FORMULAS)
        ) or cell.startswith(("\t", "\r", "\n"))
    assert not harmless(text).startswith((*FORMULAS, "\t", "\r", "\n"))


def test_numbers_and_dates_are_no_texts() -> None:
    row: list[object] = [-5, Decimal("-2.50"), -0.5, date(2025, 9, 11), None, "-5"]
    assert read([row]) == [["-5", "-2.50", "-0.5", "2025-09-11", "", "'-5"]]


@given(st.lists(st.lists(texts.filter(bool), min_size=2, max_size=4), max_size=5))
def test_a_file_read_back_says_what_was_written(rows: list[list[str]]) -> None:
    assert [[as_written(cell) for cell in row] for row in read(rows)] == rows  # type: ignore[arg-type]


def test_excel_is_told_that_it_is_utf_8() -> None:
    plain, marked = (
        b"".join(csv_chunks([["Ірына"]], for_excel=marked)) for marked in (False, True)
    )
    assert plain == "Ірына\r\n".encode()
    assert marked == b"\xef\xbb\xbf" + plain


def test_rows_are_asked_for_as_they_are_written() -> None:
    asked = []

    def rows() -> Iterator[list[str]]:
        for number in range(10_000):
            asked.append(number)
            yield ["x" * 100]

    pieces = csv_chunks(rows())
    assert not asked
    first = next(pieces).count(b"\r\n")
    assert first == len(asked) < 1_000
    assert first + sum(piece.count(b"\r\n") for piece in pieces) == 10_000
