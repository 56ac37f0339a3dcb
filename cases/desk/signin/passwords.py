"""A password that says who it belongs to is the first that anyone tries."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_NO_LETTER = re.compile(r"[\W\d_]+")
_NAMES = ("username", "first_name", "last_name", "email")


class MoreThanTheName:
    """Refuses the name of the account, or of the person, with digits or signs around
    it, or several times in a row. The library's own validator measures only how much of
    it is alike, and enough digits take it in.
    """

    def validate(self, password: str, user: Any = None) -> None:
        letters = _letters(password)
        for name in _names(user):
            if letters.replace(name, "") == "":
                raise ValidationError(
                    _("The password is the name with digits or signs: choose another."),
                    code="password_is_the_name",
                )

    def get_help_text(self) -> str:
        return _("It must not be your name with digits or signs.")


def _names(user: Any) -> set[str]:
    names = set()
    for field in _NAMES:
        value = str(getattr(user, field, "") or "").partition("@")[0]
        names.add(_letters(value))
    return names - {""}


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())
