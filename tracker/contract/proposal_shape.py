"""The shape of what a partner says of one person: which fields, and what is in them.

The function of the database that stores proposals is given the same after every
migration (cases/desk/proposals/form.py).
"""

from functools import cache
from typing import Any

from rest_framework import serializers

from tracker.contract.proposal_fields import Codes, Flag, Number, Places, TextByLanguage
from tracker.contract.proposal_row import ProposalRow

# The name of a form, by the name of the field; of a list of parts, their shape.
Shape = dict[str, Any]


def shapes() -> dict[str, Any]:
    """`facts` and `source` are shapes; `parts` has one for each list."""
    facts: Shape = {}
    parts: dict[str, Shape] = {}
    source: Shape = {}
    for name, form in ProposalRow().fields.items():
        if isinstance(form, serializers.ListSerializer):
            parts[name] = _shape(form.child)
        elif isinstance(form, serializers.Serializer):
            source = _shape(form)
        elif name != "identifier":
            facts[name] = _form(form)
    return {"facts": facts, "parts": parts, "source": source}


def _shape(record: Any) -> Shape:
    shape: Shape = {}
    for name, form in record.fields.items():
        if isinstance(form, serializers.ListSerializer):
            shape[name] = _shape(form.child)
        else:
            shape[name] = _form(form)
    return shape


def _form(form: Any) -> str:
    match form:
        case Codes():
            return "strings"
        case Places():
            return "numbers"
        case Number():
            return "number"
        case TextByLanguage():
            return "texts"
        case Flag():
            return "boolean"
    return "string"


def is_sound(identifier: str, content: Any) -> bool:
    """Can the desk's page show it? What was forgotten says nothing, and can be shown."""
    if content == {}:
        return True
    if not isinstance(content, dict):
        return False
    try:
        _contract().run_validation({**content, "identifier": identifier})
    except serializers.ValidationError:
        return False
    return True


@cache
def _contract() -> ProposalRow:
    """Made once: making it takes longer than asking it."""
    return ProposalRow()
