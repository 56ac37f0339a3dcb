"""The rows of the table: which figure is held against which, and how much is to be reached."""

from benchmarks.bench.table import Row

ROWS = [
    Row("one document", "Datasette", "one document", "one document, Datasette", 3),
    Row("one document", "bare WSGI", "one document", "one document, bare", 0.7),
    Row("one document", "nested default", "one document", "one document, nested"),
    Row("one document", "nginx, same bytes", "one document", "one document, nginx"),
    Row("page of 100", "Datasette", "page", "page, Datasette", 6),
    Row("page of 100", "pgbench, same page", "page", "page, pgbench", 0.7),
    Row("page of 100", "nested default", "page", "page, nested"),
    Row("filtered page", "Datasette", "filtered", "filtered, Datasette", 4),
    Row("filtered page", "nested default", "filtered", "filtered, nested", 100),
    Row("200 visitors", "16 visitors", "200 visitors", "one document", 1),
    Row("304", "the same 200", "304", "one document", 3),
    Row("case page", "our one document", "case page", "one document", 0.5),
    Row("list", "our one document", "list", "one document", 0.5),
    Row("home", "our one document", "home", "one document", 0.5),
    Row("search, fuzzy", "substring, nested default", "search", "search, nested", 50),
    Row("export", "COPY of the same text", "export", "COPY", 0.6, "MB/s"),
    Row("one whole case", "default creates", "whole case", "whole case, default", 0.5),
]
for work in ("one document", "page", "filtered", "case page", "list", "home"):
    ROWS.append(Row(f"{work}, cold", "hot", f"{work}, cold", work))

SIZES = (100_000, 1_000_000)
GROWN = ["one document", "page", "filtered", "case page", "list", "home"]


def grown() -> list[Row]:
    """The same work among ten times as many: each size was measured in a run of its own."""
    rows = []
    for work in [*GROWN, "search"]:
        least = 0.33 if work == "search" else 0.67
        few, many = (f"{work}, of {size:,}" for size in SIZES)  # as __main__ calls them
        rows.append(Row(many, f"of {SIZES[0]:,}", many, few, least))
    return rows
