"""Which triggers each model of the record has: made from the catalogue, once all models
are there.

A model says only what is special: `taken_back_when`, `shown_where_named`, `named_by`
(cases/models/base.py), or triggers of its own in its Meta.
"""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import connection, models

from cases.catalogue import (
    CASES,
    KINDS,
    TARGETS,
    citable_fields,
    link_tables,
    part_lists,
    records,
    references_to,
    root_of_part,
)
from cases.history.timeline import history_of, in_case, tables
from cases.models import Citation, Edition, Prisoner
from cases.models.base import Part, Record, Root
from cases.models.history import INTERNAL_NOTES
from cases.models.order import Ordered, order_columns, ordered_models
from cases.triggers import approving, marks, order, quotes, sourcing, withheld
from cases.withheld import known_fields


@cache
def register() -> None:
    """Hand them to pgtrigger, which compares them with the migrations.

    Once a process: whoever makes a second registry of apps starts this app again.
    """
    for model in records():
        _register(model, _triggers_of(model))
    for target, cited in TARGETS.items():
        facts = [field.name for field in citable_fields(cited).values()]
        kept = sourcing.keeps_what_sources_said(
            target, facts, one_claim=cited.one_claim
        )
        slips = sourcing.takes_its_citation_along(target, cited._meta.db_table, facts)
        _register(cited, [kept, slips])
    for table in link_tables():
        root = _root_model(table.holder)
        root_id = _root_id_of_link(table.holder, f"{{row}}.{table.to_holder}_id")
        _register(table.model, [marks.link_trigger(root._meta.db_table, root_id)])
    changed = {kind: _changed_by_approver(kind) for kind in KINDS}
    _register(Edition, [approving.somebody_approves(changed)])


def _changed_by_approver(kind: str) -> str:
    """SQL: has the approver of NEW changed the case, or a part of it, since then? Each
    table is looked up by its index, as in cases/history/since.py.
    """
    asked = []
    for model, path in tables(kind).values():
        asked.append(f"""EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM {history_of(model)}
                WHERE {in_case(model, path, "NEW.root_id")} AND pgh_id > since
                AND pgh_label <> '{INTERNAL_NOTES}' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        )""")
    return " OR ".join(asked)


def _register(model: type[models.Model], triggers: list[pgtrigger.Trigger]) -> None:
    pgtrigger.register(*triggers)(model)


def _triggers_of(model: type[Record]) -> list[pgtrigger.Trigger]:
    if model is Citation:
        return [
            *marks.citation_triggers(_root_kinds(), _lookups()),
            sourcing.speaks_of_no_day_to_come("at_first", pgtrigger.Insert),
            sourcing.speaks_of_no_day_to_come("later", pgtrigger.UpdateOf("as_of")),
            quotes.quote_names_nobody_kept_back("at_first", pgtrigger.Insert),
            quotes.quote_names_nobody_kept_back(
                "later", pgtrigger.UpdateOf("quote", "claimant_id")
            ),
        ]
    if issubclass(model, Part):
        return _of_part(model)
    if issubclass(model, Root):
        return _of_root(model)
    return [marks.RAISE_VERSION, *_of_what_is_named(model)]


def _of_root(root: type[Root]) -> list[pgtrigger.Trigger]:
    triggers = marks.root_triggers(root.kind, root.taken_back_when)
    triggers += _of_what_is_named(root)
    if root.needs_citation:
        triggers += sourcing.cited_before_visible(root._meta.db_table)
    return triggers + _of_what_is_withheld(root)


def _of_what_is_withheld(root: type[Root]) -> list[pgtrigger.Trigger]:
    itself, handed_over = "SELECT WHERE record = NEW.id", ""
    if root is Prisoner:
        itself += f" UNION ALL {withheld.MERGED_CASE}"
        handed_over = withheld.HANDED_OVER
    records = {itself: known_fields(root)}
    for part in part_lists(root.kind):
        records[_was_ever_of_the_case(part.model)] = known_fields(part.model)
    return withheld.withheld_is_known(root._meta.db_table, records, handed_over)


def _was_ever_of_the_case(part: Any) -> str:
    """What was deleted stays known by its history: it may come back."""
    queries = []
    for after in ("", "history"):
        joined, to_root = "", "root_id"
        if part is not Citation:
            to_root = _root_column(part)
        between = None if part is Citation else _between(part)
        if between is not None:
            table, first = between._meta.db_table, _steps(part)[0].column
            joined = f" JOIN {table}{after} AS stands_in ON stands_in.id = {first}"
        queries.append(
            f"SELECT FROM {part._meta.db_table}{after} AS part{joined}"
            f" WHERE part.id = record AND {to_root} = NEW.id"
        )
    return " UNION ALL ".join(queries)


def _of_what_is_named(model: type[Record]) -> list[pgtrigger.Trigger]:
    sql = who_names(model)
    if not sql:
        return []
    shown = model.shown_where_named
    return [
        marks.referrer_trigger(sql, shown, named_by_id=issubclass(model, Root)),
    ]


def _of_part(part: type[Part]) -> list[pgtrigger.Trigger]:
    root = root_of_part(part)
    triggers = marks.part_triggers(
        root._meta.db_table,
        root.kind,
        _root_id_of_row(part, "{row}"),
        _follow(root),
        part.taken_back_when,
    )
    if issubclass(part, Ordered):
        triggers += order.runs_in_order(part._meta.db_table, _events())
    return triggers


@cache
def _events() -> dict[str, list[str]]:
    return {model._meta.db_table: order_columns(model) for model in ordered_models()}


# --- Who names a record ----------------------------------------------------------------


@cache
def who_names(model: type[Record]) -> str:
    """SQL that gives (root_kind, root_id) of those who name such a record in their own
    documents, for its id written as {id}; "" if nobody can.
    """
    if model.named_by is not None:
        return model.named_by
    queries = []
    for record, field in references_to(model):
        if not record.stays_inside:  # no document names what it names
            queries += _who_names_by(record, field)
    return " UNION ALL ".join(queries)


def _who_names_by(record: type[Record], field: models.ForeignKey) -> list[str]:
    table, column = record._meta.db_table, field.column
    if issubclass(record, Citation):
        return [f"SELECT root_kind, root_id FROM {table} WHERE {column} = {{id}}"]
    if issubclass(record, Part):
        kind = root_of_part(record).kind
        selected, joined = _root_column(record), _join_to_root(record)
        return [
            f"SELECT '{kind}', {selected} FROM {table}{joined} WHERE {column} = {{id}}"
        ]
    assert issubclass(record, Root)
    queries = [f"SELECT '{record.kind}', id FROM {table} WHERE {column} = {{id}}"]
    if field.related_model is record:
        # Of two that are merged, each names the other.
        queries.append(
            f"SELECT '{record.kind}', {column} FROM {table}"
            f" WHERE id = {{id}} AND {column} IS NOT NULL"
        )
    return queries


def mark_referrers(kind: str, ids: Collection[UUID]) -> None:
    """As the trigger, by the gate: for what an audience now sees and did not before, or
    no longer sees.
    """
    sql = _referrers(kind)
    if not ids or not sql:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_mark (root_kind, root_id, withdrawal)"
            f" SELECT root_kind, root_id, FALSE FROM ({sql}) AS marked",
            {"ids": list(ids)},
        )


def referrers(kind: str, ids: Collection[UUID]) -> list[tuple[str, UUID]]:
    """Whom that marks: (kind, id) of each."""
    sql = _referrers(kind)
    if not ids or not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1, 2", {"ids": list(ids)})
        return list(cursor.fetchall())


def _referrers(kind: str) -> str:
    """SQL for the `ids`; "" if nobody can name them."""
    sql = who_names(CASES[kind])
    if not sql:
        return ""
    named = sql.format(id="ANY(%(ids)s)")
    return f"SELECT DISTINCT root_kind, root_id FROM ({named}) AS referrer (root_kind, root_id)"


# --- From a part to its root -----------------------------------------------------------


def _steps(part: type[Part]) -> list[models.ForeignKey]:
    """The references that lead from a part to its root: one, or two by way of another
    part.
    """
    model: type[models.Model] = part
    steps = []
    for name in part.root_path.split("__"):
        field = model._meta.get_field(name)
        assert isinstance(field, models.ForeignKey)
        steps.append(field)
        model = field.related_model
    if len(steps) > 2:
        raise NotImplementedError(
            f"{part.__name__}: a part may be in a part of a case, and no deeper."
        )
    return steps


def _between(part: type[Part]) -> type[models.Model] | None:
    """The part in which it is, if it is not in the root itself."""
    first, *rest = _steps(part)
    return first.related_model if rest else None


def _root_column(part: type[Part]) -> str:
    return str(_steps(part)[-1].column)


def _join_to_root(part: type[Part]) -> str:
    between = _between(part)
    if between is None:
        return ""
    table = between._meta.db_table
    return f" JOIN {table} ON {table}.id = {_steps(part)[0].column}"


def _root_id_of_row(part: type[Part], row: str) -> str:
    """SQL for the id of the root of a row that is there."""
    between = _between(part)
    own = f"{row}.{_steps(part)[0].column}"
    if between is None:
        return own
    return (
        f"(SELECT {_root_column(part)} FROM {between._meta.db_table} WHERE id = {own})"
    )


def _root_model(record: type[Record]) -> type[Record]:
    return root_of_part(record) if issubclass(record, Part) else record


def _root_id_of_link(holder: type[Record], holder_id: str) -> str:
    if not issubclass(holder, Part):
        return holder_id
    table = holder._meta.db_table
    return f"(SELECT {_root_column(holder)} FROM {table} WHERE id = {holder_id})"


# --- Citations -------------------------------------------------------------------------


def _root_kinds() -> dict[str, str]:
    kinds = {}
    for target, model in TARGETS.items():
        if issubclass(model, Root):
            kinds[f"{target}_id"] = model.kind
    return kinds


def _lookups() -> dict[str, tuple[str, str]]:
    """By the citation's column: the kind of the part's root, and SQL for its id."""
    lookups = {}
    parts = [
        (target, model) for target, model in TARGETS.items() if issubclass(model, Part)
    ]
    for target, part in sorted(parts, key=lambda pair: len(_steps(pair[1]))):
        table, joined = part._meta.db_table, _join_to_root(part)
        key = f"{table}.id" if joined else "id"
        sql = f"SELECT {_root_column(part)} FROM {table}{joined} WHERE {key} = $1"
        lookups[f"{target}_id"] = (root_of_part(part).kind, sql)
    return lookups


@cache
def _follow(root: type[Root]) -> str:
    columns, of_its_parts = [], {}
    for target, part in TARGETS.items():
        if not issubclass(part, Part) or root_of_part(part) is not root:
            continue
        columns.append(f"{target}_id")
        if _between(part) is not None:
            table, first = part._meta.db_table, _steps(part)[0]
            of_its_parts[f"{target}_id"] = (
                f"SELECT id FROM {table} WHERE {first.column} = $2"
            )
    return marks.citations_follow(columns, of_its_parts)
