"""Signs that a reader cannot see, in texts of one line, such as names.

What changes nothing that is seen is left out wherever such a text comes in, as spaces
around it are: then a name is one name, from whatever page it was pasted. What breaks the
line or turns the direction of writing changes what is read: it is refused.

What writing needs stays: joiners and marks of direction (Persian, Hindi, Hebrew), forms
of letters (Japanese, Mongolian), and the sign that parts words where no space does.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Of Thai, Lao, Burmese and Khmer: between their letters U+200B parts words, and some
# keyboards have it where others have the space.
_WITHOUT_SPACES = (
    "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u1980-\\u19ff\\u1a20-\\u1aaf"
    "\\ua9e0-\\ua9ff\\uaa60-\\uaa7f]"
)
# Where a line or a page may break, the mark at the beginning of a file, and the like.
_MEANS_NOTHING = (
    "[\\u00ad\\u2060-\\u2064\\ufeff]"
    f"|(?<!{_WITHOUT_SPACES})\\u200b|\\u200b(?!{_WITHOUT_SPACES})"
)
_CHANGES_WHAT_IS_SEEN = (
    "[\\u0001-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2065-\\u206f\\u3164\\uffa0"
    "\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
)
# As PostgreSQL reads it, too.
UNSEEN = f"{_CHANGES_WHAT_IS_SEEN}|{_MEANS_NOTHING}"
_MARKS_OF_DIRECTION = str.maketrans("", "", "\u061c\u200e\u200f")


def without_unseen(text: str) -> str:
    """As it comes in. What `refuse_unseen` refuses stays, to be refused."""
    if text.isascii():
        return text
    seen = re.sub(_MEANS_NOTHING, "", text)
    return text if seen == text else seen.strip()


def as_searched(text: str) -> str:
    """What somebody types to find it: all that cannot be seen is as if it were not
    there.
    """
    if text.isascii() and text.isprintable():
        return text
    return re.sub(UNSEEN, "", text.translate(_MARKS_OF_DIRECTION))


def refuse_unseen(text: str) -> None:
    found = re.search(UNSEEN, text)
    if found:
        raise ValidationError(
            _(
                "Write it on one line, without signs that cannot be seen: there is one"
                " after “%(before)s” (U+%(number)s)."
            ),
            code="unseen",
            params={
                "before": text[: found.start()][-20:],
                "number": f"{ord(found[0]):04X}",
            },
        )
