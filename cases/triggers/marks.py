"""What the database does by itself on every write, whoever writes: raise versions and
mark what must be published anew.

A mark is one appended row (cases/models/publishing.py). It is never updated, so no two
writers wait for each other's mark and none is lost. `withdrawal` says that something
may have to disappear: those go first.
"""

from collections.abc import Collection
from uuid import UUID

import pgtrigger
from django.db import connection

_EITHER_WAY = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

# History, citations and published addresses hang on it.
_ID_STAYS = "IF NEW.id <> OLD.id THEN RAISE check_violation USING MESSAGE = 'the id of a record never changes'; END IF;"

# A root's version tells any change to it or to its parts; nobody sets it by hand.
RAISE_VERSION = pgtrigger.Trigger(
    name="raise_version",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=f"{_ID_STAYS} NEW.version := OLD.version + 1; NEW.updated_at := now(); RETURN NEW;",
)
STAMP = pgtrigger.Trigger(
    name="stamp",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=f"{_ID_STAYS} NEW.updated_at := now(); RETURN NEW;",
)


# Who names a root in its own document: SQL that gives (root_kind, root_id), for the id
# written as {id}.
REFERRERS = {
    "prisoner": "SELECT 'prisoner', id FROM cases_prisoner WHERE merged_into_id = {id}"
    " UNION ALL SELECT 'prisoner', merged_into_id FROM cases_prisoner WHERE id = {id} AND merged_into_id IS NOT NULL",
    "release_event": "SELECT 'prisoner', prisoner_id FROM cases_release WHERE release_event_id = {id}"
    " UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE release_event_id = {id}",
    "facility": "SELECT 'prisoner', prisoner_id FROM cases_placement"
    " JOIN cases_detention ON cases_detention.id = detention_id WHERE facility_id = {id}",
    # With its copies, in however many steps.
    "source": "WITH RECURSIVE told (id) AS (SELECT id FROM cases_source WHERE id = {id}"
    " UNION SELECT from_source_id FROM cases_source_derived_from JOIN told ON to_source_id = told.id)"
    " SELECT root_kind, root_id FROM cases_citation JOIN told ON source_id = told.id WHERE root_id IS NOT NULL"
    " UNION ALL SELECT 'source', from_source_id FROM cases_source_derived_from WHERE to_source_id = {id}",
    "claimant": "SELECT root_kind, root_id FROM cases_citation WHERE claimant_id = {id}"
    " UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE claimant_id = {id}",
}


def _touch(root_table: str, root_id: str) -> str:
    """The root's own triggers then raise its version and mark it.

    EXECUTE plans it each time: a plan kept from when the table was all but empty reads
    the whole table for every row of an import.
    """
    return f"EXECUTE 'UPDATE {root_table} SET version = version WHERE id = $1' USING {root_id};"


# A part that moves to another case takes its citations with it, and a detention those
# of its placements.
_FOLLOW = """EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        person_name_id, identifier_id, recognition_id, consent_id, detention_id, placement_id, charge_id, sentence_id,
        release_id, deportation_id, whereabouts_id
    ) OR placement_id IN (SELECT id FROM cases_placement WHERE detention_id = $2))' USING {root}, NEW.id;"""


def root_triggers(
    kind: str, referrers: pgtrigger.Trigger | None = None, *, hidden_when: str = "FALSE"
) -> list[pgtrigger.Trigger]:
    """For a root. `hidden_when` is SQL on OLD and NEW: another way in which an update
    takes something back.
    """
    return [
        RAISE_VERSION,
        pgtrigger.Trigger(
            name="mark",
            when=pgtrigger.After,
            operation=_EITHER_WAY,
            func=f"""
                IF TG_OP = 'DELETE' THEN
                    INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('{kind}', OLD.id, TRUE);
                    RETURN OLD;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('{kind}', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR ({hidden_when})));
                RETURN NEW;
            """,
        ),
        *([referrers] if referrers else []),
    ]


def merging_triggers() -> list[pgtrigger.Trigger]:
    """For prisoners: a merged case is left as it is until it is parted again, but may
    always be hidden; and that a case was merged into another is a change of that one,
    too.
    """
    return [
        pgtrigger.Trigger(
            name="keep_merged",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(
                "OLD.merged_into_id = NEW.merged_into_id"
                " AND visibility_rank(NEW.visibility) >= visibility_rank(OLD.visibility)"
            ),
            func="RAISE check_violation USING MESSAGE = 'this case was merged into another';",
        ),
        pgtrigger.Trigger(
            name="touch_merged_into",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(
                "NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id"
            ),
            func="""
                UPDATE cases_prisoner SET version = version WHERE id IN (OLD.merged_into_id, NEW.merged_into_id);
                RETURN NULL;
            """,
        ),
    ]


def part_triggers(
    root_table: str, root_kind: str, root_id: str, hidden_when: str = "FALSE"
) -> list[pgtrigger.Trigger]:
    """For a part. `root_id` is SQL that gives its root's id from a row written as
    {row}.
    """
    old, new = root_id.format(row="OLD"), root_id.format(row="NEW")
    return [
        STAMP,
        pgtrigger.Trigger(
            name="touch_root",
            when=pgtrigger.After,
            operation=_EITHER_WAY,
            func=f"""
                IF TG_OP <> 'INSERT' THEN
                    {_touch(root_table, old)}
                    IF TG_OP = 'DELETE' OR {new} IS DISTINCT FROM {old} OR ({hidden_when})
                        OR visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('{root_kind}', {old}, TRUE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND {new} IS DISTINCT FROM {old}) THEN
                    {_touch(root_table, new)}
                END IF;
                IF TG_OP = 'UPDATE' AND {new} IS DISTINCT FROM {old} THEN
                    {_FOLLOW.format(root=old)}
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
        ),
    ]


def prisoner_part(hidden_when: str = "FALSE") -> list[pgtrigger.Trigger]:
    return part_triggers("cases_prisoner", "prisoner", "{row}.prisoner_id", hidden_when)


def link_trigger(root_table: str, root_id: str) -> pgtrigger.Trigger:
    """For the table of a many-to-many field: a link made or cut is a change of its
    root.
    """
    old, new = root_id.format(row="OLD"), root_id.format(row="NEW")
    return pgtrigger.Trigger(
        name="touch_root",
        when=pgtrigger.After,
        operation=_EITHER_WAY,
        func=f"""
            IF TG_OP <> 'INSERT' THEN {_touch(root_table, old)} END IF;
            IF TG_OP <> 'DELETE' THEN {_touch(root_table, new)} END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    )


def referrer_trigger(
    kind: str, changed: str = "NEW.visibility IS DISTINCT FROM OLD.visibility"
) -> pgtrigger.Trigger:
    """Mark every root that names this one when `changed`, SQL on OLD and NEW, holds:
    its document must follow.
    """
    return pgtrigger.Trigger(
        name="mark_referrers",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        func=f"""
            IF {changed} THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM ({REFERRERS[kind].format(id="NEW.id")}) AS referrer (root_kind, root_id);
            END IF;
            RETURN NEW;
        """,
    )


def mark_referrers(kind: str, ids: Collection[UUID]) -> None:
    """The same by the gate, for roots that an audience now sees and did not before, or
    no longer sees.
    """
    if not ids or kind not in REFERRERS:
        return
    referrers = REFERRERS[kind].format(id="ANY(%(ids)s)")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_mark (root_kind, root_id, withdrawal)"
            f" SELECT DISTINCT root_kind, root_id, FALSE FROM ({referrers}) AS referrer (root_kind, root_id)",
            {"ids": list(ids)},
        )


def citation_triggers() -> list[pgtrigger.Trigger]:
    """A citation's root follows from the record it cites; its root may be of any kind."""
    return [STAMP, _set_root(), _FIND_ROOT, _touch_roots_of_citation()]


# What can be cited: the citation's column, and the model of the part, or the kind of
# the root.
_CITED_PARTS = {
    "person_name": "personname",
    "identifier": "identifier",
    "recognition": "recognition",
    "consent": "consent",
    "detention": "detention",
    "charge": "charge",
    "sentence": "sentence",
    "release": "release",
    "deportation": "deportation",
    "whereabouts": "whereabouts",
}
_CITED_ROOTS = {
    "prisoner": "prisoner",
    "release_event": "release_event",
    "facility": "facility",
    "reported_count": "reported_count",
    "about_source": "source",
}


def _set_root() -> pgtrigger.Trigger:
    branches = [
        f"IF NEW.{column}_id IS NOT NULL THEN NEW.root_kind := '{kind}'; NEW.root_id := NEW.{column}_id;"
        for column, kind in _CITED_ROOTS.items()
    ]
    lookups = {
        f"{column}_id": f"SELECT prisoner_id FROM cases_{model} WHERE id = $1"
        for column, model in _CITED_PARTS.items()
    } | {
        "placement_id": "SELECT prisoner_id FROM cases_placement JOIN cases_detention"
        " ON cases_detention.id = detention_id WHERE cases_placement.id = $1"
    }
    branches += [
        f"IF NEW.{column} IS NOT NULL THEN NEW.root_kind := 'prisoner';"
        f" EXECUTE '{lookup}' INTO NEW.root_id USING NEW.{column};"
        for column, lookup in lookups.items()
    ]
    set_root = " ELS".join(branches)
    return pgtrigger.Trigger(
        name="set_root",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
                {set_root}
                ELSE RAISE check_violation USING MESSAGE = 'a citation is of exactly one record',
                    CONSTRAINT = 'citation_is_of_exactly_one_record';
                END IF;
                RETURN NEW;
            """,
    )


# A fixture may bring a citation before the record that it cites: its root is found when
# the rest is there.
_FIND_ROOT = pgtrigger.Trigger(
    name="find_root",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Condition("NEW.root_id IS NULL"),
    func="""
                UPDATE cases_citation SET root_id = NULL WHERE id = NEW.id AND root_id IS NULL;
                IF EXISTS (SELECT FROM cases_citation WHERE id = NEW.id AND root_id IS NULL) THEN
                    RAISE foreign_key_violation USING MESSAGE = 'the record that a citation is of does not exist';
                END IF;
                RETURN NULL;
            """,
)


def _touch_roots_of_citation() -> pgtrigger.Trigger:
    touch = (
        "EXECUTE format('UPDATE %I SET version = version WHERE id = $1',"
        " 'cases_' || replace({row}.root_kind, '_', '')) USING {row}.root_id;"
    )
    return pgtrigger.Trigger(
        name="touch_root",
        when=pgtrigger.After,
        operation=_EITHER_WAY,
        func=f"""
                IF TG_OP <> 'INSERT' THEN
                    {touch.format(row="OLD")}
                    IF OLD.root_id IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.root_id IS DISTINCT FROM OLD.root_id
                        OR visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                        VALUES (OLD.root_kind, OLD.root_id, TRUE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.root_id IS DISTINCT FROM OLD.root_id) THEN
                    {touch.format(row="NEW")}
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    )
