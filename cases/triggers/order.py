"""What the database holds of the order of events, whoever writes: what an event is said
to come after is an event of the same case, and nothing comes after itself.
"""

from collections.abc import Mapping, Sequence

import pgtrigger

Events = Mapping[str, Sequence[str]]
"""By table the columns that lead from an event to what it comes after; the first of
them names an event of any kind.
"""
_CASE = "prisoner_id"


def runs_in_order(table: str, events: Events) -> list[pgtrigger.Trigger]:
    """Asked at the end of the transaction: several events may be changed, moved to
    another case or deleted in any order.
    """
    columns = list(events[table])
    asked = _refuse_strays(table, columns[0], events)
    asked += "".join(_refuse_circle(table, column, events) for column in columns)
    named = " OR ".join(f"NEW.{column} IS NOT NULL" for column in columns)
    left_behind = _refuse_what_names_it(table, columns[0], events)
    return [
        _at_the_end("runs_in_order_at_first", pgtrigger.Insert, asked, named),
        _at_the_end(
            "runs_in_order_later", pgtrigger.UpdateOf(*columns, _CASE), asked, named
        ),
        _at_the_end("named_by_no_event", pgtrigger.Delete, left_behind),
        _at_the_end(
            "named_by_no_event_elsewhere",
            pgtrigger.UpdateOf(_CASE),
            left_behind,
            f"OLD.{_CASE} IS DISTINCT FROM NEW.{_CASE}",
        ),
    ]


def _at_the_end(
    name: str, operation: pgtrigger.Operation, asked: str, condition: str = ""
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=f"{asked}\n        RETURN NULL;",
    )


def _refuse_strays(table: str, column: str, events: Events) -> str:
    of_its_case = " OR ".join(
        f"EXISTS (SELECT FROM {other} WHERE id = event.{column}"
        f" AND {_CASE} = event.{_CASE})"
        for other in events
    )
    return f"""
        IF EXISTS (
            SELECT FROM {table} AS event
            WHERE id = NEW.id AND {column} IS NOT NULL AND NOT ({of_its_case})
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'event_comes_after_one_of_its_case',
                MESSAGE = '{column}: this is no event of the same case';
        END IF;"""


def _refuse_circle(table: str, column: str, events: Events) -> str:
    return f"""
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT {column} FROM {table} WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL ({_links(events)}) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = '{column.removesuffix("_id")}: an order of events cannot run in a circle';
        END IF;"""  # noqa: S608  # names of tables and columns, ours


def _links(events: Events) -> str:
    links = []
    for table, columns in events.items():
        for column in columns:
            links.append(f"SELECT {column} FROM {table} WHERE id = earlier.id")  # noqa: S608  # names, ours
    return " UNION ALL ".join(links)


def _refuse_what_names_it(table: str, column: str, events: Events) -> str:
    """Unless it is there again: what is deleted may come back at once."""
    named = " OR ".join(
        f"EXISTS (SELECT FROM {table}"
        f" WHERE {_CASE} = OLD.{_CASE} AND {column} = OLD.id)"
        for table in events
    )
    return f"""
        IF NOT EXISTS (
            SELECT FROM {table} WHERE id = OLD.id AND {_CASE} = OLD.{_CASE}
        ) AND ({named}) THEN
            RAISE check_violation USING CONSTRAINT = 'event_that_others_come_after_stays',
                MESSAGE = '{column}: another event of the case is said to come after this one';
        END IF;"""
