"""What rests only on one source, and goes with it when that is taken back."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from cases import editions
from cases.aggregate import ROOTS, Aggregate, read
from cases.agreement import agreement
from cases.day import today
from cases.models import (
    Charge,
    ChargeDecision,
    Citation,
    Detention,
    DetentionOrder,
    FurtherPunishment,
    Placement,
    Sentence,
    Source,
)
from cases.models.base import Record, Root
from cases.models.withheld import Withheld, both, key_of
from cases.named.seeing import seeing_everything, sees_everything
from cases.sourcing.independence import Sources
from cases.sourcing.reading import read as read_sources
from cases.sourcing.standing import NEEDS_NONE, TARGET_OF, Row, assess, records
from cases.visibility import rank
from tracker.contract.vocabulary import Agreement, SourceStanding, Visibility

_COPIES = """
    WITH RECURSIVE copy (id) AS (
        SELECT %s::uuid
        UNION SELECT from_source_id FROM cases_source_derived_from JOIN copy ON to_source_id = copy.id
    )
    SELECT id FROM copy
"""

# What stands in another part: its lists, each with its column and its model.
_WITH_PARTS: dict[type[Record], tuple[tuple[str, str, type[Record]], ...]] = {
    Detention: (
        ("placements", "detention_id", Placement),
        ("orders", "detention_id", DetentionOrder),
    ),
    Charge: (("decisions", "charge_id", ChargeDecision),),
    Sentence: (("further_punishments", "sentence_id", FurtherPunishment),),
}


@dataclass(frozen=True)
class Resting:
    """A whole case (`record_id` is its own), a part of it, or, with `field`, one fact;
    `entry` is that of a list.

    `visibility` is how far it would be narrowed.
    """

    kind: str
    root_id: str
    model: type[Record]
    record_id: str
    visibility: str
    field: str = ""
    entry: str = ""

    @property
    def fact(self) -> str:
        """As it stands in `withheld`."""
        return key_of(self.field, self.entry)

    @property
    def key(self) -> str:
        return ":".join((self.kind, self.root_id, self.record_id, self.fact))

    @property
    def root_model(self) -> type[Root]:
        return ROOTS[self.kind]


def resting_only_on(source: Source, visibility: str, standing: str) -> list[Resting]:
    """What rests only on this source, as stored, and should go when it becomes this
    visible, or of this standing.

    Its copies do not count as others, and neither does what those readers cannot see
    who could see it: a second source that was hidden before may have been taken back,
    too.
    """
    limit = _limit(source, visibility, standing)
    if limit is None:
        return []
    resting: list[Resting] = []
    for kind, ids in _affected(source).items():
        in_turn = sorted(ids)
        for first in range(0, len(in_turn), TOGETHER):
            some = in_turn[first : first + TOGETHER]
            resting += _resting_of(source, limit, kind, some)
    return resting


# Cases that are read together. A source that 20,000 cite would fill the memory.
TOGETHER = 500


def _resting_of(
    source: Source, limit: str, kind: str, ids: Collection[UUID]
) -> Iterator[Resting]:
    present, approved = read(kind, ids), _approved(kind, ids)
    versions: dict[UUID, list[Aggregate]] = {}
    for root_id, case in present.items():
        versions[root_id] = [case]
        for edition in approved.get(root_id, ()):
            if edition not in versions[root_id]:  # mostly it is as it was approved
                versions[root_id].append(edition)
    named = _sources_cited(versions.values())
    world = _World(
        source, limit, read_sources(named | {source.pk}), _visibilities(named)
    )
    for root_id, case in present.items():
        root = case["root"]
        is_wider = rank(root["visibility"]) > rank(limit)
        if is_wider and not root.get("merged_into_id"):
            yield from _of_case(kind, case, versions[root_id], world)


def _sources_cited(versions: Iterable[list[Aggregate]]) -> set[UUID]:
    return {
        UUID(citation["source_id"])
        for cases in versions
        for case in cases
        for citation in case["citations"]
    }


def resting_unseen(source: Source, visibility: str, standing: str) -> list[Resting]:
    """The same of cases that whoever takes the source back may not see
    (cases/named/). They are not asked about it, and it goes.
    """
    if sees_everything():
        return []
    seen = {piece.key for piece in resting_only_on(source, visibility, standing)}
    with seeing_everything():
        every = resting_only_on(source, visibility, standing)
    return [piece for piece in every if piece.key not in seen]


def withdraw_unseen(resting: Collection[Resting]) -> None:
    with seeing_everything():
        withdraw(resting)


@transaction.atomic
def withdraw(resting: Collection[Resting]) -> None:
    """Takes these back from whom they would be hidden. The caller says who acts and
    why.

    A statement for all of a kind: who saves one of these cases waits until it is done.
    """
    by_root: dict[str, dict[str, list[Resting]]] = defaultdict(dict)
    for piece in resting:
        by_root[piece.kind].setdefault(piece.root_id, []).append(piece)
    for kind in sorted(by_root):
        locked = ROOTS[kind]._base_manager.select_for_update().order_by("pk")
        roots = locked.filter(pk__in=by_root[kind])
        stored = dict(roots.values_list("pk", "withheld"))
        _narrow(chain.from_iterable(by_root[kind].values()))
        _withhold(kind, {pk: by_root[kind][str(pk)] for pk in stored}, stored)


def _narrow(pieces: Iterable[Resting]) -> None:
    """Whole cases and parts."""
    ids: dict[tuple[type[Record], str], list[str]] = defaultdict(list)
    for piece in pieces:
        if not piece.field:
            ids[piece.model, piece.visibility].append(piece.record_id)
    for (model, visibility), record_ids in ids.items():
        rows: Any = model._default_manager
        rows.filter(pk__in=record_ids).update(visibility=visibility)


def _withhold(
    kind: str,
    by_root: Mapping[UUID, Collection[Resting]],
    stored: Mapping[UUID, Withheld],
) -> None:
    """Single facts, beside what is withheld already."""
    ids: list[UUID] = []
    withheld: list[str] = []
    for root_id, pieces in by_root.items():
        facts_by_record: dict[str, dict[str, str]] = {}
        for piece in pieces:
            if piece.field:
                facts = facts_by_record.setdefault(piece.record_id, {})
                facts[key_of(piece.field, piece.entry)] = piece.visibility
        if facts_by_record:
            ids.append(root_id)
            withheld.append(json.dumps(both(stored[root_id], facts_by_record)))
    table = ROOTS[kind]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS root SET withheld = new.withheld::jsonb"  # noqa: S608
            " FROM unnest(%s::uuid[], %s::text[]) AS new (id, withheld)"
            " WHERE root.id = new.id",
            [ids, withheld],
        )


@dataclass(frozen=True)
class _World:
    """`visibilities` are those of all sources cited, by id, as they are now."""

    source: Source
    limit: str
    sources: Sources
    visibilities: Mapping[str, str]

    @cached_property
    def lost(self) -> frozenset[str]:
        return self.sources.but_for(str(self.source.pk)).void


def _of_case(
    kind: str, present: Aggregate, versions: Iterable[Aggregate], world: _World
) -> list[Resting]:
    """What is published may be older than the record, and is what has to go: what rests
    on it in either does.
    """
    pieces = {
        piece.key: piece
        for case in versions
        for piece in _Case(kind, case, world).resting()
    }
    whole = {piece.record_id: piece for piece in pieces.values() if not piece.field}
    if present["root"]["id"] in whole:
        return [whole[present["root"]["id"]]]
    visibilities = {
        row["id"]: row["visibility"] for _model, row in records(kind, present)
    }
    resting = []
    for piece in pieces.values():
        if piece.field and piece.record_id in whole:
            continue
        if piece.record_id not in visibilities:
            continue
        facts = present["root"]["withheld"].get(piece.record_id, {})
        who = facts.get(key_of(piece.field, piece.entry))
        seen = min(rank(visibilities[piece.record_id]), rank(who))
        if seen > rank(world.limit):
            resting.append(piece)
    return resting


class _Case:
    def __init__(self, kind: str, case: Aggregate, world: _World) -> None:
        self.kind, self.case, self.world = kind, case, world
        self.readers = min(
            rank(world.source.visibility), rank(case["root"]["visibility"])
        )
        self.citations = {citation["id"]: citation for citation in case["citations"]}
        self.records = [
            (model, row) for model, row in records(kind, case) if not model.stays_inside
        ]
        self.cited = {
            row["id"]: list(self._supporting(model, row)) for model, row in self.records
        }

    def resting(self) -> Iterator[Resting]:
        if self._rests(chain.from_iterable(self.cited.values())):
            yield self._resting(ROOTS[self.kind], self.case["root"]["id"])
            return
        whole = {
            row["id"] for model, row in self.records if self._goes_whole(model, row)
        }
        for model, row in self.records:
            if row["id"] in whole and row.get("detention_id") not in whole:
                yield self._resting(model, row["id"])
        models = {
            row["id"]: model for model, row in self.records if row["id"] not in whole
        }
        for fact in assess(self.kind, self.case, self.world.sources):
            if not (fact.held and fact.field and fact.record_id in models):
                continue
            if self._rests([self.citations[cited] for cited in fact.supports]):
                yield self._resting(
                    models[fact.record_id], fact.record_id, fact.field, fact.item
                )

    def _resting(
        self, model: type[Record], record_id: str, field: str = "", entry: str = ""
    ) -> Resting:
        return Resting(
            self.kind,
            self.case["root"]["id"],
            model,
            record_id,
            self.world.limit,
            field,
            entry,
        )

    def _goes_whole(self, model: type[Record], row: Row) -> bool:
        """A part for which nobody else is named; a detention not without its places
        and orders, a charge not without its decisions, a sentence not without its further punishments.
        """
        if row is self.case["root"] or not self._rests(self.cited[row["id"]]):
            return False
        for name, column, part in _WITH_PARTS.get(model, ()):
            for within in self.case[name]:
                if within[column] == row["id"] and not self._goes_whole(part, within):
                    return False
        return True

    def _supporting(self, model: type[Record], row: Row) -> Iterator[Row]:
        column, void = f"{TARGET_OF[model]}_id", self.world.sources.void
        for citation in self.case["citations"]:
            if citation[column] != row["id"]:
                continue
            retracted = citation["source_id"] in void
            if agreement(citation, row, retracted=retracted) == Agreement.SUPPORTS:
                yield citation

    def _rests(self, supporting: Iterable[Row]) -> bool:
        """On the lost ones, and on nothing that those readers would be left with."""
        cited = list(supporting)
        lost = any(citation["source_id"] in self.world.lost for citation in cited)
        return lost and not any(map(self._stays, cited))

    def _stays(self, citation: Row) -> bool:
        of_source = self.world.visibilities.get(
            citation["source_id"], Visibility.INTERNAL
        )
        seen = min(rank(of_source), rank(citation["visibility"]))
        return citation["source_id"] not in self.world.lost and seen >= self.readers


def narrowed_to(source: Source, typed: Mapping[str, Any]) -> str:
    """Who may still see what rests on it, by what somebody typed and nobody has checked;
    its own visibility if nothing is taken back.
    """
    visibility, standing = (
        str(typed.get(name, "")) for name in ("visibility", "standing")
    )
    if visibility not in Visibility.values:
        visibility = source.visibility
    return _limit(source, visibility, standing) or source.visibility


def _limit(source: Source, visibility: str, standing: str) -> str | None:
    """Who may still see what rests on it; None if nothing is taken back."""
    if standing == SourceStanding.RETRACTED != source.standing:
        return str(Visibility.INTERNAL)
    return visibility if rank(visibility) < rank(source.visibility) else None


def _affected(source: Source) -> dict[str, set[UUID]]:
    affected: dict[str, set[UUID]] = defaultdict(set)
    citing = Citation.objects.filter(
        source_id__in=_with_copies(source), root_id__isnull=False
    )
    for kind, root_id in (
        citing.exclude(root_kind__in=NEEDS_NONE)
        .values_list("root_kind", "root_id")
        .distinct()
    ):
        affected[kind].add(UUID(str(root_id)))
    return affected


def _approved(kind: str, ids: Collection[UUID]) -> dict[UUID, list[Aggregate]]:
    """The last edition of each, and the last that may be published today."""
    approved: dict[UUID, list[Aggregate]] = defaultdict(list)
    shown = editions.last_shown(kind, ids, today())
    for root_id, edition in shown.items():
        approved[root_id].append(edition.case)
    # Another one only where the last waits for its day.
    for root_id, edition in editions.embargoed(kind, ids, today()).items():
        approved[root_id].append(edition.case)
    return approved


def _visibilities(sources: Collection[UUID]) -> dict[str, str]:
    return {
        str(source_id): seen
        for source_id, seen in Source.objects.filter(id__in=sources).values_list(
            "id", "visibility"
        )
    }


def _with_copies(source: Source) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_COPIES, [source.pk])
        return [source_id for (source_id,) in cursor.fetchall()]
