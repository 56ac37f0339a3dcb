"""The one order of who may see something: nobody outside, then partners, then everyone.

The database has the same order in its function `visibility_rank`; a test compares them.
"""

from tracker.contract.vocabulary import Visibility

ORDER: tuple[str, ...] = (
    Visibility.INTERNAL.value,
    Visibility.PARTNERS.value,
    Visibility.PUBLIC.value,
)
NOBODY_OUTSIDE, _PARTNERS, EVERYONE = ORDER


def rank(visibility: str | None) -> int:
    """The wider, the higher. None, of a part or a fact, is as wide as its case."""
    return ORDER.index(visibility or EVERYONE)


def is_wider(visibility: str | None, than: str | None) -> bool:
    return rank(visibility) > rank(than)


def is_narrower(visibility: str | None, than: str | None) -> bool:
    return rank(visibility) < rank(than)


def narrowest(*visibilities: str | None) -> str:
    """Of several limits, the one that decides."""
    return ORDER[min(rank(visibility) for visibility in visibilities)]
