"""From a restricted dict to a published document, and to its bytes.

The gate feeds the contract's serializers with plain dicts, already restricted to one
audience; nothing here reads a database.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rest_framework import serializers

from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import Form

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
        return _finish_of_fields(field.fields)
    return field.to_representation


def _finish_of_fields(fields: Mapping[str, Any]) -> Finish:
    """Most values need no conversion, and to call a function for each of them took half
    of the time.
    """
    converted: list[tuple[str, Finish]] = []
    for name, field in fields.items():
        if type(field).to_representation is not Form.to_representation:
            converted.append((name, _finish(field)))
    names = list(fields)

    def finish(record: Any) -> Any:
        if record is None:
            return None
        finished: dict[str, Any] = {}
        for name in names:
            value = record[name]
            finished[name] = None if value == "" else value  # as Form does
        for name, convert in converted:
            finished[name] = convert(record[name])
        return finished

    return finish


_finishes = {kind: _finish(document()) for kind, document in DOCUMENTS.items()}


def render(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A document of this kind from a restricted dict; what the contract does not name
    falls away.

    Raises KeyError where the dict lacks a field of the contract: a hole is a bug, not
    an unknown.
    """
    return _finishes[kind](content)


_AS_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_text(document: Mapping[str, Any]) -> str:
    """The bytes served. The same document always gives the same text."""
    return _AS_TEXT.encode(document)


class CommonText:
    """The bytes of a document for several, who are told something else in these fields
    alone: what is the same for all is written once. The fields stand side by side.
    """

    def __init__(self, document: Mapping[str, Any], names: Sequence[str]) -> None:
        keys = list(document)
        first = keys.index(names[0])
        end = first + len(names)
        if keys[first:end] != list(names):
            raise ValueError("The fields do not stand side by side.")
        self._before = as_told({name: document[name] for name in keys[:first]})
        self._after = as_told({name: document[name] for name in keys[end:]})

    def with_(self, own: Mapping[str, Any]) -> str:
        parts = (self._before, as_told(own), self._after)
        return "{" + ",".join(filter(None, parts)) + "}"


def as_told(fields: Mapping[str, Any]) -> str:
    """Their text within that of a document: without the braces."""
    return as_text(fields)[1:-1]
