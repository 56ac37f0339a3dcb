"""How long a question may be.

A search costs the database time for each word, and a filter for each value. Nobody who
looks for a person needs more: docs/decisions/names.md has what the longest ones cost.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker import names

LONGEST = 200  # characters of a search
MOST_WORDS = 10
MOST_VALUES = 50  # of one parameter


def refuse_long_search(text: str) -> None:
    """Raise a ValidationError with the rule."""
    words = len(text.split())
    if len(text) <= LONGEST:
        words = max(words, len(names.query_key(text)))
    if len(text) > LONGEST or words > MOST_WORDS:
        raise ValidationError(
            _("Search for at most %(longest)s characters and %(most)s words."),
            params={"longest": LONGEST, "most": MOST_WORDS},
        )


def refuse_many_values(values: list[str]) -> None:
    """Raise a ValidationError with the rule."""
    if len(values) > MOST_VALUES:
        raise ValidationError(
            _("Give at most %(most)s values."), params={"most": MOST_VALUES}
        )
