"""JSON as the record can keep it."""

import json
import math
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

from tracker.api.problems import TooLarge

MOST = 1_000  # entries of a list or an object


class StrictJSONParser(JSONParser):
    """Refuses, each with a sentence, what would be lost or could not be stored.

    That is: a name given twice, numbers without end, the character NUL, halves of
    characters, more than DATA_UPLOAD_MAX_MEMORY_SIZE bytes, lists of more than MOST
    entries, and nesting that no record has.
    """

    def parse(
        self, stream: IO[Any], media_type: object = None, parser_context: object = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        try:
            value = json.loads(
                body.decode("utf-8"),
                parse_constant=_no_number,
                parse_float=_number,
                object_pairs_hook=_object,
            )
            _refuse_many(value, "")
            if not all(is_storable(text) for text in _texts(value)):
                raise ValueError(_("a text contains a character that cannot be stored"))
        except RecursionError:
            raise ParseError(
                _("This is not JSON that can be read: it is nested too deeply.")
            ) from None
        except ValueError as error:
            raise ParseError(
                _("This is not JSON that can be read: %(error)s.") % {"error": error}
            ) from None
        return value


def is_storable(text: str) -> bool:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair."""
    return not any(
        character == "\0" or "\ud800" <= character <= "\udfff" for character in text
    )


def _refuse_many(value: object, path: str) -> None:
    """Raise a ValidationError that names the list, before each entry is checked."""
    if not isinstance(value, list | dict):
        return
    if len(value) > MOST:
        sentence = _("This list has %(count)s entries. At most %(most)s are taken.")
        given = {"count": f"{len(value):,}", "most": f"{MOST:,}"}
        raise ValidationError({path or NON_FIELD_ERRORS: sentence % given})
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for name, entry in entries:
        _refuse_many(entry, f"{path}.{name}".removeprefix("."))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)


def _no_number(name: str) -> None:
    raise ValueError(_("%(name)s is not a number") % {"name": name})


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(_("%(number)s is too large") % {"number": text})
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError(_("a name is given twice"))
    return values
