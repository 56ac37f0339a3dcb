"""Less of a document, or more beside it: `view`, `fields` and `include`."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from tracker.audiences import PUBLIC, Audience
from tracker.contract import terms
from tracker.contract.columns import disputed_facts
from tracker.contract.documents import DOCUMENTS
from tracker.contract.walking import named_ids

PARAMETERS = {"view", "fields", "include"}
VIEWS = ("full", "summary")
INCLUDED = {"sources": "source", "facilities": "facility"}
# Whoever keeps a part of a document keeps these with it. `disputed` is in summaries.
_ALWAYS = {"id", "kind", "disputed", *terms.FIELDS}

Document = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """`fields`: none named, all of them."""

    view: str = "full"
    fields: tuple[str, ...] = ()
    include: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self == Shape()

    @property
    def tag(self) -> str:
        """For an ETag."""
        return sha256(repr(self).encode()).hexdigest()[:16]

    def of(self, document: Document, page: str | None) -> Document:
        shaped = {**document, "page": page}
        if self.view == "summary":
            shaped = {**_without_citations(document), "page": page}
            shaped["disputed"] = disputed_facts(document)
        elif "page" not in self.fields:
            del shaped["page"]
        if not self.fields:
            return shaped
        kept = _ALWAYS.union(self.fields)
        return {name: value for name, value in shaped.items() if name in kept}


def shape_asked(kind: str, given: QueryDict) -> Shape:
    """Raises a ValidationError that names each parameter at fault."""
    errors: dict[str, str] = {}
    asked: dict[str, tuple[str, ...]] = {}
    for name in PARAMETERS & given.keys():
        asked[name] = tuple(value.strip() for value in str(given[name]).split(","))
        known = _known(name, kind)
        unknown = [value for value in asked[name] if value not in known]
        if unknown:
            errors[name] = _("“%(value)s” is not one of: %(known)s.") % {
                "value": ", ".join(unknown),
                "known": ", ".join(known),
            }
    if len(asked.get("view", ())) > 1:
        errors["view"] = _("Give one of: %(known)s.") % {"known": ", ".join(VIEWS)}
    if errors:
        raise ValidationError(errors)
    (view,) = asked.get("view", ("full",))
    return Shape(view, asked.get("fields", ()), asked.get("include", ()))


def _known(name: str, kind: str) -> tuple[str, ...]:
    """What this parameter takes. To make the fields took a fifth of an answer, and few
    ask for some of them.
    """
    if name == "view":
        return VIEWS
    if name == "include":
        return tuple(INCLUDED)
    return (*DOCUMENTS[kind]().fields, "page")


def included(
    shape: Shape, documents: Sequence[Document], audience: Audience, request: Request
) -> dict[str, list[Document]]:
    """The documents that these name, in whichever shape these are. They are read after
    these, from what the same audience may see: one that was taken back meanwhile is
    missing. One query for each kind.
    """
    ids = {UUID(row_id) for row_id in named_ids(documents)}
    shape_beside = Shape(shape.view)
    beside: dict[str, list[Document]] = {}
    for name in shape.include:
        kind = INCLUDED[name]
        rows = audience.documents(kind).filter(id__in=ids).order_by("id")
        texts: Iterable[str] = rows.values_list("document", flat=True)
        found = [json.loads(text) for text in texts]
        beside[name] = [
            shape_beside.of(document, page_of(audience, kind, document["id"], request))
            for document in found
        ]
    return beside


def page_of(audience: Audience, kind: str, row_id: str, request: Request) -> str | None:
    """Where people read it. Pages show what anyone may see, so that of what partners
    see nobody knows here whether there is one.
    """
    name = DOCUMENTS[kind].page
    if audience is not PUBLIC or not name or settings.SERVE == "partners":
        return None
    return request.build_absolute_uri(reverse(f"site:{name}", args=[row_id]))


def _without_citations(value: Any) -> Any:
    if isinstance(value, dict):
        shorter = {}
        for name, inner in value.items():
            if name != "citations":
                shorter[name] = _without_citations(inner)
        return shorter
    if isinstance(value, list):
        return [_without_citations(inner) for inner in value]
    return value
