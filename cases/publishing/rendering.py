"""From an edition to the rows of each audience: documents, and what lists filter by. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cases.aggregate import Aggregate
from cases.publishing.disclosure import Merged, Surroundings, disclose
from tracker import documents, facts
from tracker.audiences import AUDIENCES, Audience


@dataclass(frozen=True)
class Row:
    """One published row; `text` None is a tombstone. `subtracted`: of what was approved, something is hidden since."""

    id: UUID
    kind: str
    parent: UUID | None
    text: str | None
    facts: facts.Facts
    merged_into: UUID | None = None
    subtracted: bool = False


@dataclass(frozen=True)
class Rendered:
    """A root's rows for each audience, its own first. None: this audience may see nothing of it."""

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
) -> Rendered:
    rows: dict[str, list[Row] | None] = {}
    before: tuple[Any, list[Row] | None] = (None, None)
    for audience in AUDIENCES:
        content = disclose(kind, then, now, audience, around[audience]) if then else None
        # Most cases look the same to all.
        its_rows = before[1] if content == before[0] else _rows(kind, root_id, content)
        before = (content, its_rows)
        rows[audience.name] = its_rows
    return Rendered(root_id, rows)


def _rows(kind: str, root_id: UUID, content: Any) -> list[Row] | None:
    if content is None:
        return None
    if isinstance(content, Merged):
        return [Row(root_id, kind, None, None, facts.Facts(), UUID(content.into) if content.into else None)]
    rows = [_row(kind, content, None)]
    if kind == "prisoner":
        for child_kind, name in documents.CHILD_KINDS.items():
            for child in content[name]:
                citations = [one for one in content["citations"] if one["record"]["id"] == child["id"]]
                child_content = child | {"kind": child_kind, "prisoner": content["id"], "citations": citations}
                rows.append(_row(child_kind, child_content, root_id))
    return rows


def _row(kind: str, content: Mapping[str, Any], parent: UUID | None) -> Row:
    document = documents.render(kind, content)
    text, found = documents.as_text(document), facts.of(kind, document)
    return Row(UUID(content["id"]), kind, parent, text, found, subtracted=content.get("subtracted", False))
