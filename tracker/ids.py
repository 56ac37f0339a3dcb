"""Ids as people write them in addresses: with hyphens, in small letters or in capitals.

One rule for addresses, filters and answers, so that no place takes what another refuses.
"""

import re
from uuid import UUID

from django.urls.converters import UUIDConverter, register_converter

_ID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


def id_in(text: str) -> UUID | None:
    """None for what is no id."""
    return UUID(text) if re.fullmatch(_ID, text) else None


class IdConverter(UUIDConverter):
    """`<id:…>` in an address."""

    regex = _ID


register_converter(IdConverter, "id")
