"""Texts of one line, such as names, hold no character that a reader cannot see and that
changes what is seen: no line end, and none that turns the direction of writing.

The marks that Arabic, Hebrew, Persian and Burmese need within a word stay.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# As PostgreSQL reads it, too.
UNSEEN = "[\\u0001-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]"


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
