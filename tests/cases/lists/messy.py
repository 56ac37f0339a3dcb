"""The list of 300 rows as people type, from three countries, and how a person mapped it.
All of it is invented.
"""

from dataclasses import replace
from pathlib import Path

from cases.desk.lists.plan import Plan, suggested
from cases.desk.lists.rows import ListRow, rows_of
from cases.desk.lists.table import Table, read_table

PATH = Path(__file__).parent / "messy_list.csv"


def messy_table() -> Table:
    return read_table(PATH.read_bytes(), PATH.name)


def messy_plan(table: Table) -> Plan:
    """What is suggested, and the one question answered for two columns."""
    order = {"Date of arrest": "dmy", "Released": "dmy"}
    return replace(suggested(table), date_order=order)


def messy_rows() -> list[ListRow]:
    table = messy_table()
    return list(rows_of(table, messy_plan(table)))


def table_of(titles: str, *rows: str) -> Table:
    """Cells are parted by |."""
    lines = [row.split("|") for row in rows]
    columns = tuple(titles.split("|"))
    return Table(
        columns=columns,
        rows=tuple(tuple(line) for line in lines),
        numbers=tuple(range(2, len(rows) + 2)),
    )
