"""From an edition to the rows of each audience: documents, and what lists filter by.
Writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from cases.aggregate import Aggregate
from cases.disclosure.disclosing import Content, Merged, disclose_to_each
from cases.disclosure.surroundings import Surroundings
from tracker.audiences import AUDIENCES, Audience
from tracker.contract import facts, rendering, terms
from tracker.contract.walking import CHILD_KINDS


@dataclass(frozen=True)
class Row:
    """One published row; `text` None is a tombstone. `subtracted`: of what was
    approved, something is hidden since.
    """

    id: UUID
    kind: str
    parent: UUID | None
    text: str | None
    facts: facts.Facts
    merged_into: UUID | None = None
    subtracted: bool = False

    @classmethod
    def tombstone(cls, kind: str, root_id: UUID) -> "Row":
        return cls(root_id, kind, None, None, facts.Facts())


@dataclass(frozen=True)
class Rendered:
    """A root's rows for each audience, its own first. None: this audience may see
    nothing of it. An audience that is missing goes on seeing what it sees.
    """

    root_id: UUID
    rows: Mapping[str, list[Row] | None]

    @classmethod
    def nothing(cls, root_id: UUID) -> "Rendered":
        return cls(root_id, {audience.name: None for audience in AUDIENCES})


def render(
    kind: str,
    root_id: UUID,
    then: Aggregate | None,
    now: Aggregate | None,
    around: Mapping[Audience, Surroundings],
    approved_on: date | None = None,
) -> Rendered:
    if then is None:
        return Rendered.nothing(root_id)
    rows: dict[str, list[Row] | None] = {}
    content: Content | Merged | None = None
    drafts: list[_Draft] | None = None
    each = {audience: around[audience] for audience in AUDIENCES}
    contents = disclose_to_each(kind, then, now, each, approved_on)
    for audience in AUDIENCES:
        disclosed = contents[audience.name]
        if disclosed != content:  # most cases look the same to all
            content = disclosed
            drafts = _drafts(kind, root_id, content)
        rows[audience.name] = None
        if drafts is not None:
            rows[audience.name] = [draft.row(audience) for draft in drafts]
    return Rendered(root_id, rows)


@dataclass(frozen=True)
class _Draft:
    """A row without what tells its audience."""

    id: UUID
    kind: str
    parent: UUID | None
    document: Mapping[str, Any] | None
    facts: facts.Facts
    merged_into: UUID | None = None
    subtracted: bool = False

    @cached_property
    def _text(self) -> rendering.CommonText:
        assert self.document is not None
        return rendering.CommonText(self.document, terms.FIELDS)

    def row(self, audience: Audience) -> Row:
        text = None
        if self.document is not None:
            own = terms.of(audience.name, self.kind, str(self.id))
            text = self._text.with_(own)
        return Row(
            self.id,
            self.kind,
            self.parent,
            text,
            self.facts,
            self.merged_into,
            self.subtracted,
        )


def _drafts(
    kind: str, root_id: UUID, content: Content | Merged | None
) -> list[_Draft] | None:
    if content is None:
        return None
    if isinstance(content, Merged):
        into = UUID(content.into) if content.into else None
        return [_Draft(root_id, kind, None, None, facts.Facts(), into)]
    drafts = [_draft(kind, content, None)]
    if kind == "prisoner":
        for child_kind, name in CHILD_KINDS.items():
            for child in content[name]:
                child_content = _child_content(child_kind, child, content)
                drafts.append(_draft(child_kind, child_content, root_id))
    return drafts


def _child_content(kind: str, child: Content, case: Content) -> Content:
    citations = [
        citation
        for citation in case["citations"]
        if citation["record"]["id"] == child["id"]
    ]
    own = {"kind": kind, "prisoner": case["id"], "citations": citations}
    return child | own


def _draft(kind: str, content: Content, parent: UUID | None) -> _Draft:
    document = rendering.render(kind, {**content, **dict.fromkeys(terms.FIELDS)})
    return _Draft(
        UUID(content["id"]),
        kind,
        parent,
        document,
        facts.of(kind, document),
        subtracted=content.get("subtracted", False),
    )
