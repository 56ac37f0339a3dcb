"""The views that stand in for the tables while a person of the staff is served. Made
anew after every migration, by the owner.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from cases.catalogue import link_tables, records, root_of_part
from cases.models import Citation, Prisoner
from cases.models.base import Part
from cases.models.history import TRACKED
from cases.named.seeing import VIEWS

# Asked within a sub-select: once a statement.
HIDDEN = "ANY ((SELECT public.cases_not_seen())::uuid[])"
_ANY_HIDDEN = "(SELECT cardinality(public.cases_not_seen())) > 0"
# As an order to erase names an event.
_NAMED_IN_ORDERS = "'{table}:' || pgh_id"
# Of those who may see such a case themselves, a question with a word of its name. What
# anybody else asks tells nothing: they do not see it either.
_ASKED_FOR_A_NAME = f"""EXISTS (
    SELECT FROM public.cases_personname, regexp_split_to_table(lower(value), '\\s+') AS word
    WHERE prisoner_id = {HIDDEN}
    AND length(word) > 2 AND position(word IN lower(asked)) > 0
    AND EXISTS (SELECT FROM public.cases_namedstaff WHERE case_id = prisoner_id AND user_id = ANY (staff))
)"""


def set_up(cursor: CursorWrapper, login: str | None) -> None:
    cursor.execute(f"DROP SCHEMA IF EXISTS {VIEWS} CASCADE")
    cursor.execute("SELECT to_regclass('public.cases_namedstaff')")
    if cursor.fetchone()[0] is None:  # a step back to an old migration
        return
    cursor.execute(f"CREATE SCHEMA {VIEWS}")
    for table, hidden in conditions():
        cursor.execute("SELECT to_regclass(%s)", [f"public.{table}"])
        if cursor.fetchone()[0] is not None:
            cursor.execute(
                f"CREATE VIEW {VIEWS}.{table} WITH (security_invoker = true)"
                f" AS SELECT * FROM public.{table} WHERE NOT COALESCE({hidden}, FALSE)"
            )
    if login is not None:
        name = sql.Identifier(login)
        for grant in (
            f"GRANT USAGE ON SCHEMA {VIEWS} TO {{}}",
            f"GRANT ALL ON ALL TABLES IN SCHEMA {VIEWS} TO {{}}",
        ):
            cursor.execute(sql.SQL(grant).format(name))


def tear_down(cursor: CursorWrapper) -> None:
    """Before a migration changes a table under its view."""
    cursor.execute(f"DROP SCHEMA IF EXISTS {VIEWS} CASCADE")


def conditions() -> Iterator[tuple[str, str]]:
    """For each table SQL on its row: is it of a case that is not to be seen?"""
    for model in records():
        column = _leads_to(model)
        if column:
            yield model._meta.db_table, column
    for link in link_tables():
        if issubclass(link.holder, Part):
            holder = link.holder
            yield (
                link.model._meta.db_table,
                f"{link.to_holder}_id IN (SELECT id FROM public.{holder._meta.db_table}"
                f" WHERE {_leads_to(holder)})",
            )
    yield from _histories()
    for kept in apps.get_models():  # of the desk's apps, too
        names = {field.attname for field in kept._meta.concrete_fields}
        is_history = hasattr(kept, "pgh_tracked_model")
        if "root_id" in names and kept is not Citation and not is_history:
            yield kept._meta.db_table, f"root_id = {HIDDEN}"
    yield "cases_namedstaff", f"case_id = {HIDDEN}"
    yield "cases_deskentry", f"prisoner_id = {HIDDEN}"
    of_pair = f"case_id = {HIDDEN} OR duplicate_id = {HIDDEN}"
    yield "cases_possibleduplicate", of_pair
    # Later ones of the same partner's case, too.
    yield (
        "proposals_proposal",
        f"{_ANY_HIDDEN} AND (organisation_id, identifier) IN (SELECT organisation_id, identifier"
        f" FROM public.proposals_proposal WHERE accepted_as_id = {HIDDEN})",
    )
    yield (
        "lists_row",
        f"found_id = {HIDDEN} OR {_ANY_HIDDEN} AND (owner, identity) IN (SELECT owner, identity"
        f" FROM public.lists_row WHERE accepted_as_id = {HIDDEN})",
    )
    of_request = (
        f"request_id IN (SELECT id FROM public.requests_subjectrequest"
        f" WHERE root_id = {HIDDEN})"
    )
    # A step says of which case the request was thought to be before, too.
    yield "requests_step", f"{of_request} OR record_id = {HIDDEN}"
    yield "requests_contact", of_request
    yield "cases_merge", f"kept_id = {HIDDEN} OR merged_id = {HIDDEN}"
    in_orders = _hidden(_NAMED_IN_ORDERS, _histories())
    in_orders += (
        f" UNION ALL SELECT 'cases_keptfile:' || id FROM public.cases_keptfile"
        f" WHERE root_id = {HIDDEN}"
    )
    of_order = (
        f'"case" = {HIDDEN} OR {_ANY_HIDDEN} AND events::text[] && ARRAY({in_orders})'
    )
    yield "cases_erasureorder", of_order
    yield (
        "cases_erasure",
        f"order_number IN (SELECT id FROM public.cases_erasureorder WHERE {of_order})",
    )
    yield (
        "access_accessevent",
        f"case_id = {HIDDEN} OR record_id IN (SELECT unnest(public.cases_not_seen())::text)"
        f" OR (asked <> '' AND {_ASKED_FOR_A_NAME})",
    )
    # Links have numbers, as accounts have.
    logged = _hidden("id::text", _histories_of_records())
    yield "django_admin_log", f"{_ANY_HIDDEN} AND object_id IN ({logged})"


def _hidden(column: str, histories: Iterable[tuple[str, str]]) -> str:
    """SQL for a column of all rows of history that are of such a case."""
    selects = []
    for table, hidden in histories:
        selects.append(
            f"SELECT {column.format(table=table)} FROM public.{table} WHERE {hidden}"
        )
    return " UNION ALL ".join(selects)


def _leads_to(model: type[models.Model]) -> str:
    """ "": no case of a person has such a row."""
    if model is Prisoner:
        return f"id = {HIDDEN}"
    if model is Citation:
        return f"root_id = {HIDDEN}"
    if not issubclass(model, Part) or root_of_part(model) is not Prisoner:
        return ""
    return _of_part(model, "")


def _of_part(part: type[Part], history: str) -> str:
    first, *rest = part.root_path.split("__")
    field = part._meta.get_field(first)
    column = f"{first}_id"
    if not rest:
        return f"{column} = {HIDDEN}"
    between = field.related_model
    assert between is not None
    table = between._meta.db_table + history
    return f"{column} IN (SELECT id FROM public.{table} WHERE {rest[0]}_id = {HIDDEN})"


def _histories() -> Iterator[tuple[str, str]]:
    """Through history: what led to the case may be gone."""
    yield from _histories_of_records()
    yield from _histories_of_links()


def _histories_of_records() -> Iterator[tuple[str, str]]:
    for model in TRACKED:
        table = model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
        if model is Prisoner:
            yield table, f"id = {HIDDEN}"
        elif model is Citation:
            yield table, f"root_id = {HIDDEN}"
        elif issubclass(model, Part) and root_of_part(model) is Prisoner:
            yield table, _of_part(model, "history")


def _histories_of_links() -> Iterator[tuple[str, str]]:
    for link in link_tables():
        if issubclass(link.holder, Part):
            table = link.model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
            holder = _of_part(link.holder, "history")
            yield (
                table,
                f"{link.to_holder}_id IN (SELECT id FROM"
                f" public.{link.holder._meta.db_table}history WHERE {holder})",
            )
