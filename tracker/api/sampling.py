"""An example for every operation of the OpenAPI description that has none of its own,
made from its schema.
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_STRINGS = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2025-10-08",
    "date-time": "2025-10-08T09:12:44Z",
    "uri": "https://example.org/",
}
# What a description cannot say by its form. Names of fields; the longest that fits
# counts.
_BY_NAME = {
    "_on": "2025-09",
    "as_of": "2025-09",
    "version": 7,
    "_months": 60,
    "_days": 10,
    "language": "en",
    "sha256": "0" * 64,
    "reason": "The court’s own text was found.",
    "title": "A court’s judgment",
}


def with_examples(result: Schema, **_unused: Any) -> Schema:
    """A hook of drf-spectacular, for when all schemas are known."""
    known = result.get("components", {}).get("schemas", {})
    for path in result["paths"].values():
        for operation in path.values():
            _add(operation.get("requestBody", {}), known, sent=True)
            for status, answer in operation["responses"].items():
                if status != "default":
                    _add(answer, known, sent=False)
    return result


def _add(body: Schema, known: Schema, sent: bool) -> None:
    for kind, content in body.get("content", {}).items():
        if kind == "application/json" and not content.keys() & {"example", "examples"}:
            content["example"] = sample(content["schema"], known, sent)


def sample(
    schema: Schema, known: Mapping[str, Schema], sent: bool, name: str = ""
) -> Any:
    """A value that fits. `sent`: in a request, where what only the site sets is left
    out.
    """
    if "$ref" in schema:
        return sample(known[schema["$ref"].rpartition("/")[2]], known, sent, name)
    for given in ("example", "default", "const"):
        if given in schema:
            return schema[given]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return sample(schema[several][0], known, sent, name)
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", [])
    kind = kinds if isinstance(kinds, str) else next(iter(kinds), "null")
    return _OF_KIND[kind](schema, known, sent, name)


def _object(
    schema: Schema, known: Mapping[str, Schema], sent: bool, name: str
) -> Schema:
    aside = "readOnly" if sent else "writeOnly"
    fields = {
        field: one
        for field, one in schema.get("properties", {}).items()
        if not one.get(aside)
    }
    return {field: sample(one, known, sent, field) for field, one in fields.items()}


def _array(
    schema: Schema, known: Mapping[str, Schema], sent: bool, name: str
) -> list[Any]:
    return [sample(schema["items"], known, sent, name)]


def _string(schema: Schema, known: Mapping[str, Schema], sent: bool, name: str) -> str:
    text = str(_STRINGS.get(schema.get("format", ""), _by_name(name, str) or "…"))
    return text[: schema.get("maxLength")]


def _integer(schema: Schema, known: Mapping[str, Schema], sent: bool, name: str) -> int:
    return max(int(_by_name(name, int) or 1), schema.get("minimum", 0))


def _by_name(name: str, kind: type) -> Any:
    fitting = [
        end
        for end, value in _BY_NAME.items()
        if name.endswith(end) and isinstance(value, kind)
    ]
    return _BY_NAME[max(fitting, key=len)] if fitting else None


_OF_KIND = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _integer,
    "boolean": lambda *_: False,
    "null": lambda *_: None,
}
