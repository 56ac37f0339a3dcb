"""What is refused of a list as a whole, and how large a list may be."""

from django.utils.translation import gettext as _

MOST_BYTES = 20_000_000
MOST_CELLS = 2_000_000
MOST_CHARACTERS = 50_000_000


class Unreadable(Exception):
    """Why, in one plain sentence for a person."""


def too_large() -> Unreadable:
    return Unreadable(
        _("The list is too large to be read at once. Split it into several files.")
    )
