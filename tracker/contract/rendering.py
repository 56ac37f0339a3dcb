"""From a restricted dict to a published document, and to its bytes.

The gate feeds the contract's serializers with plain dicts, already restricted to one
audience; nothing here reads a database.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rest_framework import serializers

from tracker.contract.documents import DOCUMENTS

Finish = Callable[[Any], Any]


def _finish(field: Any) -> Finish:
    """What turns a value into its published form. Compiled once from the contract:
    DRF's own walk over the fields takes several times as long, and the gate does little
    else.
    """
    if isinstance(field, serializers.ListSerializer):
        finish_record = _finish(field.child)
        return lambda records: [finish_record(record) for record in records]
    if isinstance(field, serializers.Serializer):
        finishes = [(name, _finish(part)) for name, part in field.fields.items()]
        return lambda record: (
            None
            if record is None
            else {name: finish(record[name]) for name, finish in finishes}
        )
    return field.to_representation


_finishes = {kind: _finish(document()) for kind, document in DOCUMENTS.items()}


def render(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A document of this kind from a restricted dict; what the contract does not name
    falls away.

    Raises KeyError where the dict lacks a field of the contract: a hole is a bug, not
    an unknown.
    """
    return _finishes[kind](content)


def as_text(document: Mapping[str, Any]) -> str:
    """The bytes served. The same document always gives the same text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
