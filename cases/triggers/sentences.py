"""What the database refuses of sentences, whoever writes."""

from collections.abc import Sequence

import pgtrigger


def in_no_circle(*links: str) -> list[pgtrigger.Trigger]:
    """No sentence leads back to itself through others by these links, one or several of
    them: what adds to a sentence is not replaced by that one. Asked at the end of the
    transaction: two may be changed in any order.
    """
    return [
        pgtrigger.Trigger(
            name=f"{link}_in_no_circle_{when}",
            when=pgtrigger.After,
            operation=operation,
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Condition(f"NEW.{link}_id IS NOT NULL"),
            func=_refuse_circle(link, links),
        )
        for link in links
        for when, operation in (
            ("at_first", pgtrigger.Insert),
            ("later", pgtrigger.UpdateOf(f"{link}_id")),
        )
    ]


def _refuse_circle(link: str, links: Sequence[str]) -> str:
    named = ", ".join(f"sentence.{name}_id" for name in links)
    return f"""
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT {link}_id FROM cases_sentence WHERE id = NEW.id
                UNION
                SELECT named.id FROM cases_sentence AS sentence
                JOIN earlier ON sentence.id = earlier.id
                CROSS JOIN LATERAL unnest(ARRAY[{named}]) AS named (id)
                WHERE named.id IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'sentence_is_in_no_circle',
                MESSAGE = '{link}: a sentence cannot lead back to itself through others';
        END IF;
        RETURN NULL;
    """  # noqa: S608  # names of columns, ours
