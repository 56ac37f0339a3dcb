"""Whatever program wrote the file, and however: the same table of texts comes out of it,
or one sentence that says why not.
"""

import re
from pathlib import Path

import pytest

from cases.desk.lists import table, workbooks
from cases.desk.lists.table import Unreadable, read_table
from tests.cases.lists.made import archive, ods, ods_row, text_cell, xlsx

MESSY = Path(__file__).parent / "messy_list.csv"

IN_SPANISH = "No;Nombre;Condena\n1;José Íñiguez;13 años\n2;Ana Zúñiga;suspendida\n"
IN_RUSSIAN = "Номер;ФИО;Пол\n1;Иванов Иван Иванович;М\n2;Ковалёва Анна;Ж\n"
IN_BELARUSIAN = "Нумар;Імя;Пол\n1;Алесь Прыклад;м\n2;Ўладзімір Прыклад;м\n"
IN_ARABIC = "الرقم;الاسم;الجنس\n1;محمد أحمد;ذكر\n2;فاطمة علي;أنثى\n"
IN_TURKISH = "No;Ad Soyad;Tarih\n1;Şükrü Öztürk;2 Şubat 2021\n2;Ayşe Işık;2020\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (IN_SPANISH, "utf-8"),
        (IN_SPANISH, "utf-8-sig"),
        (IN_SPANISH, "utf-16"),
        (IN_SPANISH, "utf-16-le"),
        (IN_SPANISH, "utf-16-be"),
        (IN_SPANISH, "latin-1"),
        (IN_RUSSIAN, "windows-1251"),
        (IN_RUSSIAN, "koi8-r"),
        (IN_BELARUSIAN, "windows-1251"),
        (IN_ARABIC, "windows-1256"),
        (IN_TURKISH, "windows-1254"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    read = read_table(text.encode(encoding), "list.csv")
    header, *lines = text.splitlines()
    assert read.columns == tuple(header.split(";"))
    assert read.rows == tuple(tuple(line.split(";")) for line in lines)
    assert read.encoding  # it is told, so that somebody may doubt it


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    """Also where another one stands in the cells."""
    lines = ["Name~Work~Article", 'A~"teacher, poet; writer"~505(A), 17(1)', "B~~1; 2"]
    quoted = [line.replace("505(A), 17(1)", '"505(A), 17(1)"') for line in lines]
    text = "\n".join(quoted).replace("1; 2", '"1; 2"').replace("~", separator)
    read = read_table(text.encode(), "list.csv")
    assert read.columns == ("Name", "Work", "Article")
    assert read.rows[0] == ("A", "teacher, poet; writer", "505(A), 17(1)")


def test_the_first_line_may_say_the_separator() -> None:
    assert read_table(b"sep=^\nA^B\n1^2\n", "l.csv").rows == (("1", "2"),)


def test_rows_are_numbered_as_in_the_file() -> None:
    """What the list is called stands above; rows with nothing in them stand between."""
    text = "List of people\n\nName,Age\nA,19\n,\n\nB,20\n"
    read = read_table(text.encode(), "list.csv")
    assert read.columns == ("Name", "Age")
    assert read.rows == (("A", "19"), ("B", "20"))
    assert read.numbers == (4, 7)
    assert read.first == 4


def test_no_two_columns_have_one_title() -> None:
    read = read_table(b"Name, Name ,,Name\nA,B,C,D", "list.csv")
    assert read.columns == ("Name", "Name (2)", "Column 3", "Name (3)")


def test_a_row_that_is_too_long_is_told() -> None:
    """Its cells may have slipped into the wrong columns."""
    with pytest.raises(Unreadable, match="Row 3 has 3 cells, and there are 2 columns"):
        read_table(b"Name,Age\nA,19\nB,C,20\n", "list.csv")


def test_unseen_marks_around_a_text_are_no_part_of_it() -> None:
    text = "Name,Age\n\u200fمحمد\u200e,\u00a019 \n"
    assert read_table(text.encode(), "l.csv").rows == (("محمد", "19"),)


def test_a_formula_is_a_text() -> None:
    text = "Name,Age\n=1+1,-1\n@A1,+2\n"
    assert read_table(text.encode(), "l.csv").rows == (("=1+1", "-1"), ("@A1", "+2"))


def test_the_messy_list_is_read_whole() -> None:
    read = read_table(MESSY.read_bytes(), MESSY.name)
    assert len(read.rows) == 300
    assert len(read.columns) == 12
    assert read.numbers == tuple(range(2, 302))
    assert '"' not in "".join("".join(row) for row in read.rows)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "kind PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "kind XLS"),
        (b"\n<html><table>", "kind HTML"),
        (b"", "no row"),
        (b"Name,Age\n", "no row"),
        (b"Name,Age\n,\n", "no row"),
        (b'Name,Age\n"A,19\nB,20\n', "line 3 a quotation mark"),
        (b'Name,Age\n"A" Example,19\n', "line 2 a quotation mark"),
        (b"PK\x03\x04 and no archive", "damaged"),
        (bytes(range(256)) * 20, "cannot be read"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(
    content: bytes, sentence: str
) -> None:
    with pytest.raises(Unreadable, match=re.escape(sentence)):
        read_table(content, "list.csv")


# --- Workbooks -------------------------------------------------------------------------

HEADER = '<row r="1">' + text_cell("A1", "Name") + text_cell("B1", "Born") + "</row>"


def test_a_workbook_of_excel() -> None:
    """Its days are numbers with a format; its numbers have no decimals that nobody
    typed.
    """
    row = (
        '<row r="4"><c r="A4" t="s"><v>0</v></c><c r="B4" s="1"><v>44000</v></c>'
        '<c r="C4"><v>19</v></c><c r="D4"><v>342.1</v></c><c r="E4" t="b"><v>1</v></c>'
        "</row>"
    )
    read = read_table(xlsx(HEADER + row, "", shared=["محمد"]), "list.xlsx")
    assert read.columns == ("Name", "Born", "Column 3", "Column 4", "Column 5")
    assert read.rows == (("محمد", "2020-06-18", "19", "342.1", "TRUE"),)
    assert read.numbers == (4,)
    assert read.encoding == ""


def test_a_workbook_of_libreoffice() -> None:
    """Cells and rows with nothing in them fill its sheet to the last corner."""
    rows = ods_row(["Name", "Age"]) + ods_row(["A", "19"]) + ods_row([], 1_048_574)
    read = read_table(ods(rows), "list.ods")
    assert read.columns == ("Name", "Age")
    assert read.rows == (("A", "19"),)


def test_no_sheet_is_left_out_without_a_word() -> None:
    row = '<row r="2">' + text_cell("A2", "A") + "</row>"
    with pytest.raises(Unreadable, match="several sheets: Sheet1, Sheet2"):
        read_table(xlsx(HEADER + row, HEADER + row), "list.xlsx")


def test_another_archive_is_no_list() -> None:
    with pytest.raises(Unreadable, match="no list that can be read"):
        read_table(archive({"word/document.xml": "<document/>"}), "list.docx")


FAR = '<row r="1048576">' + text_cell("XFD1048576", "x") + "</row>"
LONG = "x" * 30_000
MANY = "".join(
    f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 3000)
)
HOSTILE = {
    "a cell far away": lambda: xlsx(HEADER + FAR),
    "a cell far away, and rows without numbers": lambda: xlsx(
        HEADER + '<row><c r="xfd1048576"><v>1</v></c></row>'
    ),
    "one long text in many cells": lambda: xlsx(HEADER + MANY, shared=[LONG]),
    "a cell repeated": lambda: ods(
        ods_row(["A", "B"]) + ods_row(["x"] * 900, 1_000_000)
    ),
    "a long text repeated": lambda: ods(ods_row(["A", "B"]) + ods_row([LONG], 3_000)),
    "a row after a million": lambda: ods(
        ods_row(["A", "B"]) + ods_row([], 1_000_000) + ods_row(["x"] * 50)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_workbook_that_unfolds_is_refused_before_it_is_read(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the reader would ask for more memory than there is, and end the process."""
    monkeypatch.delattr(workbooks, "CalamineWorkbook")
    with pytest.raises(Unreadable, match="too large"):
        read_table(HOSTILE[kind](), "list")


def test_entities_are_not_unfolded() -> None:
    rows = ods_row(["A", "B"]) + ods_row(["1", "2"])
    assert read_table(ods(rows), "list.ods").rows == (("1", "2"),)
    declared = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    with pytest.raises(Unreadable, match="damaged"):
        read_table(ods(rows, before=declared), "list.ods")


def test_a_list_has_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"Name,Age\nA,19\nB,20\n"
    for name, most in [("MOST_BYTES", 18), ("MOST_CELLS", 5), ("MOST_CHARACTERS", 12)]:
        with monkeypatch.context() as narrower:
            narrower.setattr(table, name, most)
            with pytest.raises(Unreadable, match="too large"):
                read_table(content, "list.csv")
    with monkeypatch.context() as narrower:
        narrower.setattr(workbooks, "_MOST_UNPACKED", 100)
        with pytest.raises(Unreadable, match="too large"):
            read_table(ods(ods_row(["A", "B"])), "list.ods")


def test_signs_that_nobody_sees_are_left_out_and_counted() -> None:
    """A line end within a cell stays: what it parts, the column says."""
    content = 'Name,Work\nAles\u00ad Biali\u200batski,teacher\nVera,"poet\nteacher"\n'
    read = read_table(content.encode(), "list.csv")
    assert read.rows == (("Ales Bialiatski", "teacher"), ("Vera", "poet\nteacher"))
    assert read.unseen == 1
