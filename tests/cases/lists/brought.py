"""Lists and their rows, as somebody brings them in."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User

from cases.desk.lists.models import List, Row
from cases.history import acting

SHA256 = "ab" * 32


def make_list(by: User, *rows: dict[str, Any], **said: Any) -> List:
    """Each row as its content, with `identifier` and what else is said of it."""
    owner = said.setdefault("owner", "Example Rights Centre")
    with acting(user=by):
        brought = List.objects.create(
            title=said.pop("title", "A list"),
            filename="list.csv",
            content=said.pop("content", b"-"),
            sha256=SHA256,
            kept_until=said.pop("kept_until", date(2999, 1, 1)),
            brought_by=by,
            **said,
        )
    for number, content in enumerate(rows, start=2):
        make_row(brought, number, owner=owner, **content)
    return brought


def make_row(
    brought: List,
    number: int,
    name: str = "",
    *,
    identifier: str = "",
    owner: str,
    cells: list[dict[str, str]] | None = None,
    columns: dict[str, str] | None = None,
    confidential: bool = False,
    source_address: str = "",
    **content: Any,
) -> Row:
    if name:
        content["names"] = [{"value": name, "language": "en"}]
    return Row.objects.create(
        in_list=brought,
        owner=owner,
        number=number,
        identifier=identifier,
        identity=identifier or name,
        content=content,
        cells=cells or [],
        cells_read=len(content),
        columns=columns or {},
        confidential=confidential,
        source_address=source_address,
    )
