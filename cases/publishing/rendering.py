"""From an edition to the rows of each audience: documents, and what lists filter by.
Writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cases.aggregate import Aggregate
from cases.disclosure.disclosing import Merged, Surroundings, disclose
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


@dataclass(frozen=True)
class Rendered:
    """A root's rows for each audience, its own first. None: this audience may see
    nothing of it.
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
    rows: dict[str, list[Row] | None] = {}
    before: tuple[Any, list[_Draft] | None] = (None, None)
    for audience in AUDIENCES:
        content = (
            disclose(kind, then, now, audience, around[audience], approved_on)
            if then
            else None
        )
        if content != before[0]:  # most cases look the same to all
            before = (content, _drafts(kind, root_id, content))
        drafts = before[1]
        rows[audience.name] = (
            None if drafts is None else [draft.row(audience) for draft in drafts]
        )
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

    def row(self, audience: Audience) -> Row:
        text = None
        if self.document is not None:
            text = rendering.as_text(
                {**self.document, **terms.of(audience.name, self.kind, str(self.id))}
            )
        return Row(
            self.id,
            self.kind,
            self.parent,
            text,
            self.facts,
            self.merged_into,
            self.subtracted,
        )


def _drafts(kind: str, root_id: UUID, content: Any) -> list[_Draft] | None:
    if content is None:
        return None
    if isinstance(content, Merged):
        return [
            _Draft(
                root_id,
                kind,
                None,
                None,
                facts.Facts(),
                UUID(content.into) if content.into else None,
            )
        ]
    drafts = [_draft(kind, content, None)]
    if kind == "prisoner":
        for child_kind, name in CHILD_KINDS.items():
            for child in content[name]:
                citations = [
                    one
                    for one in content["citations"]
                    if one["record"]["id"] == child["id"]
                ]
                child_content = child | {
                    "kind": child_kind,
                    "prisoner": content["id"],
                    "citations": citations,
                }
                drafts.append(_draft(child_kind, child_content, root_id))
    return drafts


def _draft(kind: str, content: Mapping[str, Any], parent: UUID | None) -> _Draft:
    document = rendering.render(kind, {**content, **dict.fromkeys(terms.FIELDS)})
    subtracted = content.get("subtracted", False)
    return _Draft(
        UUID(content["id"]),
        kind,
        parent,
        document,
        facts.of(kind, document),
        subtracted=subtracted,
    )
