"""Numbers as a file, for whoever computes with them."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from tracker.spreadsheets import Cell, csv_chunks


def csv_file(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The first row is the heading."""
    content = b"".join(csv_chunks(rows))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
