"""Where names stand in another order than that of the contract."""

from collections.abc import Iterable

FIRST = ""
Runs = tuple[tuple[str, ...], ...]
"""Names that stand one right after the other. The first of a run stays where it is;
after FIRST, the rest of the run begins the list.
"""


def arranged(names: Iterable[str], runs: Runs) -> list[str]:
    """Raises ValueError for a name that is not there: a run holds no leftovers."""
    order = list(names)
    unknown = {name for run in runs for name in run} - {FIRST, *order}
    if unknown:
        raise ValueError(f"No such name, but a place in an order: {sorted(unknown)}.")
    for first, *rest in runs:
        for name in rest:
            order.remove(name)
        place = 0 if first == FIRST else order.index(first) + 1
        order[place:place] = rest
    return order
