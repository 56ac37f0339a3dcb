"""Words of the desk's own that are kept with a record: in one language, whoever acts.

They are told in the reader's. What people typed is told as they typed it.
"""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override

HIDDEN = gettext_noop("Hidden at once.")
BEGUN = gettext_noop("The source was begun from it.")
ERASED = gettext_noop("erased")
_OUR_WORDS = {HIDDEN, BEGUN, ERASED}


def language_of_the_record() -> AbstractContextManager[None]:
    """For texts that are made to be kept."""
    return override(settings.LANGUAGE_CODE)


def told(words: str) -> str:
    """What was kept, in the reader's language if it is ours."""
    if words in _OUR_WORDS:
        return gettext(words)
    return words
