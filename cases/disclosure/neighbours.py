"""Which other cases a case names by what it records, whatever its sources state. What a
part names that stays inside changes nothing outside; who is told as related to whom has
rules of its own (related.py).
"""

from collections import defaultdict
from functools import cache
from typing import Any

from cases.aggregate import Aggregate
from cases.catalogue import KINDS, columns_naming_roots, part_lists
from cases.models import Citation


def named_outside(case: Aggregate) -> set[str]:
    """Their ids, as text, without its sources."""
    ids: set[str] = set()
    for list_name, columns in columns_by_list().items():
        for row in _rows_of(case, list_name):
            for column in columns:
                named = row.get(column) or ()
                ids.update([named] if isinstance(named, str) else named)
    return ids


def _rows_of(case: Aggregate, list_name: str) -> list[dict[str, Any]]:
    """The root as a list of one; a kind without such a list has none."""
    return [case["root"]] if list_name == "root" else case.get(list_name, [])


@cache
def columns_by_list() -> dict[str, set[str]]:
    """By the list of a case, of whatever kind. What citations name is in its sources."""
    columns: dict[str, set[str]] = defaultdict(set)
    for kind, root in KINDS.items():
        columns["root"].update(columns_naming_roots(root))
        for part in part_lists(kind):
            named = columns_naming_roots(part.model)
            if named and part.model is not Citation and not part.model.stays_inside:
                columns[part.name].update(named)
    return dict(columns)
