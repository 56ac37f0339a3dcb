"""What a partner does to propose: `hand_in(partner, row("RC-1", born_on="1980"))`."""

from typing import Any

from django.test import Client

from tests.keys import as_partner, key_for

ADDRESS = "/api/v1/proposals/"


def proposer(organisation: str = "Example Rights Centre", **fields: Any) -> Client:
    return as_partner(key_for(organisation, **{"scopes": ["propose"], **fields}))


def row(
    identifier: str = "RC-1", name: str = "Ales Example", **facts: Any
) -> dict[str, Any]:
    return {
        "identifier": identifier,
        **({"names": [{"value": name}]} if name else {}),
        **facts,
    }


def hand_in(partner: Client, *rows: Any) -> Any:
    return partner.post(ADDRESS, {"rows": list(rows)}, "application/json")


def proposed(partner: Client, *rows: Any) -> list[Any]:
    """The fates of rows that are taken in."""
    answer = hand_in(partner, *rows)
    assert answer.status_code in (200, 201), answer.content
    return list(answer.json()["results"])
