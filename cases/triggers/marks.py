"""What the database does by itself on every write, whoever writes: raise versions and
mark what must be published anew; and hold back, for whom it was to be seen, what may
hold a thing that is taken back, until it is (tracker/held.py).

A mark is one appended row (cases/models/publishing.py). It is never updated, so no two
writers wait for each other's mark and none is lost. `withdrawal` says that something
may have to disappear: those go first.

This only makes triggers. Which model gets which: cases/triggered.py. Their text counts,
spaces too: a trigger whose text changes is made anew by a migration.
"""

import textwrap
from collections.abc import Iterable, Mapping

import pgtrigger

from cases.triggers.named import STAYS_APART

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

# Whoever listens there publishes (manage.py publish --watch). It hears of it when the
# transaction is committed, once however many marks that leaves, and nothing else.
CHANNEL = "tracker_marks"
CALL_PUBLISHER = pgtrigger.Trigger(
    name="call_publisher",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func=f"NOTIFY {CHANNEL}; RETURN NULL;",
)

# SQL that gives (root_kind, root_id) of what names a source, for its id written as
# {id}: with its copies, in however many steps.
WHO_NAMES_A_SOURCE = (
    "WITH RECURSIVE told (id) AS (SELECT id FROM cases_source WHERE id = {id}"
    " UNION SELECT from_source_id FROM cases_source_derived_from JOIN told ON to_source_id = told.id)"
    " SELECT root_kind, root_id FROM cases_citation JOIN told ON source_id = told.id WHERE root_id IS NOT NULL"
    " UNION ALL SELECT 'source', from_source_id FROM cases_source_derived_from WHERE to_source_id = {id}"
)


_SEEN_BEFORE = "visibility_rank(OLD.visibility)"
_SEEN_NOW = "visibility_rank(NEW.visibility)"
_BY_NOBODY = "-1"


def _hold_back(root_id: str, seen_now: str, everywhere: str) -> str:
    """`everywhere` is SQL: does what names this root hold something of it, too?"""
    return f"PERFORM hold_back({root_id}, {_SEEN_BEFORE}, {seen_now}, {everywhere});"


def _touch(root_table: str, root_id: str) -> str:
    """The root's own triggers then raise its version and mark it.

    EXECUTE plans it each time: a plan kept from when the table was all but empty reads
    the whole table for every row of an import.
    """
    return f"EXECUTE 'UPDATE {root_table} SET version = version WHERE id = $1' USING {root_id};"


def root_triggers(kind: str, hidden_when: str) -> list[pgtrigger.Trigger]:
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
                    {_hold_back("OLD.id", _BY_NOBODY, "TRUE")}
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    {_hold_back("NEW.id", _SEEN_NOW, "TRUE")}
                    IF NOT OLD.withheld @> NEW.withheld OR ({hidden_when}) THEN
                        {_hold_back("NEW.id", _BY_NOBODY, "FALSE")}
                    END IF;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('{kind}', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR ({hidden_when})));
                RETURN NEW;
            """,
        ),
    ]


def merging_triggers() -> list[pgtrigger.Trigger]:
    """For prisoners: a merged case is left as it is until it is parted again, but may
    always be hidden; and that a case was merged into another is a change of that one,
    too. One that is open to named staff only stays apart.
    """
    return [
        pgtrigger.Trigger(
            name="keep_merged",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(
                "OLD.merged_into_id = NEW.merged_into_id"
                " AND visibility_rank(NEW.visibility) >= visibility_rank(OLD.visibility)"
                " AND NEW.case_taken_back IS NOT DISTINCT FROM OLD.case_taken_back"
            ),
            func="RAISE check_violation USING MESSAGE = 'this case was merged into another';",
        ),
        STAYS_APART,
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
    root_table: str, root_kind: str, root_id: str, follow: str, hidden_when: str
) -> list[pgtrigger.Trigger]:
    """For a part. `root_id` is SQL that gives its root's id from a row written as
    {row}; `follow` is that of `citations_follow`.
    """
    old, new = root_id.format(row="OLD"), root_id.format(row="NEW")
    return [
        STAMP,
        pgtrigger.Trigger(
            name="touch_root",
            when=pgtrigger.After,
            operation=_EITHER_WAY,
            func=f"""
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND {old} IS NOT NULL THEN
                    {_touch(root_table, old)}
                    IF TG_OP = 'DELETE' OR {new} IS DISTINCT FROM {old} OR ({hidden_when}) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('{root_kind}', {old}, TRUE);
                        {_hold_back(old, _BY_NOBODY, "FALSE")}
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('{root_kind}', {old}, TRUE);
                        {_hold_back(old, _SEEN_NOW, "FALSE")}
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND {new} IS DISTINCT FROM {old}) THEN
                    {_touch(root_table, new)}
                END IF;
                IF TG_OP = 'UPDATE' AND {new} IS DISTINCT FROM {old} THEN
                    {follow.format(root=old)}
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
        ),
    ]


def citations_follow(columns: Iterable[str], of_its_parts: Mapping[str, str]) -> str:
    """SQL for a part that moves to another case, whose root was {root}: it takes its
    citations with it, and those of its own parts.

    `columns` are the citation's references to parts; `of_its_parts` gives by such a
    column SQL for the ids of the parts that stand in the part $2.
    """
    named = textwrap.fill(
        ", ".join(columns), 120, initial_indent=" " * 8, subsequent_indent=" " * 8
    )
    within = "".join(f" OR {column} IN ({ids})" for column, ids in of_its_parts.items())
    return f"""EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
{named}
    ){within})' USING {{root}}, NEW.id;"""


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
    who_names: str, columns: Iterable[str], *, named_by_id: bool
) -> pgtrigger.Trigger:
    """Mark every root that names this one when one of these columns changes: its
    document must follow.

    `who_names` is SQL that gives their (root_kind, root_id), for the id written as
    {id}. `named_by_id`: a document that shows it holds its id; others are held back one
    by one, and in one statement, since whoever withdraws waits for it.
    """
    who_names = who_names.format(id="NEW.id")
    hold_back = ""
    if not named_by_id:
        hold_back = f"""
                IF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                    PERFORM hold_back_each(
                        ARRAY(SELECT root_id FROM ({who_names}) AS referrer (root_kind, root_id)),
                        {_SEEN_BEFORE}, {_SEEN_NOW});
                END IF;"""
    return pgtrigger.Trigger(
        name="mark_referrers",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        func=f"""
            IF {_row("NEW", columns)} IS DISTINCT FROM {_row("OLD", columns)} THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM ({who_names}) AS referrer (root_kind, root_id);{hold_back}
            END IF;
            RETURN NEW;
        """,
    )


def _row(row: str, columns: Iterable[str]) -> str:
    values = [f"{row}.{column}" for column in columns]
    if len(values) == 1:
        return values[0]
    return f"({', '.join(values)})"


def citation_triggers(
    root_kinds: Mapping[str, str], lookups: Mapping[str, tuple[str, str]]
) -> list[pgtrigger.Trigger]:
    """A citation's root follows from the record it cites; its root may be of any kind.

    `root_kinds`: by the column that leads to a root its kind. `lookups`: by the column
    that leads to a part the kind of its root, and SQL for the root's id from the part's
    id, $1.
    """
    set_root = _set_root(root_kinds, lookups)
    return [STAMP, set_root, _FIND_ROOT, _touch_roots_of_citation()]


def _set_root(
    root_kinds: Mapping[str, str], lookups: Mapping[str, tuple[str, str]]
) -> pgtrigger.Trigger:
    branches = []
    for column, kind in root_kinds.items():
        branches.append(
            f"IF NEW.{column} IS NOT NULL THEN NEW.root_kind := '{kind}'; NEW.root_id := NEW.{column};"
        )
    for column, (kind, lookup) in lookups.items():
        branches.append(
            f"IF NEW.{column} IS NOT NULL THEN NEW.root_kind := '{kind}';"
            f" EXECUTE '{lookup}' INTO NEW.root_id USING NEW.{column};"
        )
    set_root = " ELS".join(branches)
    return pgtrigger.Trigger(
        name="set_root",
        when=pgtrigger.Before,
        declare=[("there", "uuid")],
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
                {set_root}
                ELSE RAISE check_violation USING MESSAGE = 'a citation is of exactly one record',
                    CONSTRAINT = 'citation_is_of_exactly_one_record';
                END IF;
                -- Its history is found by its case: pointed at nothing, it would leave that unseen.
                IF TG_OP = 'UPDATE' AND NEW.root_id IS DISTINCT FROM OLD.root_id AND OLD.root_id IS NOT NULL THEN
                    EXECUTE format('SELECT id FROM %I WHERE id = $1', 'cases_' || replace(NEW.root_kind, '_', ''))
                        INTO there USING NEW.root_id;
                    IF there IS NULL THEN
                        RAISE foreign_key_violation USING MESSAGE = 'the record that a citation is of does not exist';
                    END IF;
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
                        IF TG_OP = 'DELETE' OR NEW.root_id IS DISTINCT FROM OLD.root_id THEN
                            {_hold_back("OLD.root_id", _BY_NOBODY, "FALSE")}
                        ELSE
                            {_hold_back("OLD.root_id", _SEEN_NOW, "FALSE")}
                        END IF;
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.root_id IS DISTINCT FROM OLD.root_id) THEN
                    {touch.format(row="NEW")}
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    )
