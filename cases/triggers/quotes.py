"""What the database refuses of a quote, whoever writes it: the name of somebody who is
named inside only, and that of a prisoner whose name the editors withhold.
"""

import pgtrigger

_LETTERS = "'[^[:alnum:]]+'"
_QUOTE = f"(' ' || regexp_replace(lower(NEW.quote), {_LETTERS}, ' ', 'g') || ' ')"


def _is_in_quote(column: str) -> str:
    """SQL: do the words of the column stand in the quote, one after the other?"""
    words = f"regexp_replace(lower({column}), {_LETTERS}, ' ', 'g')"
    return f"position(' ' || trim({words}) || ' ' IN {_QUOTE}) > 0"


def quote_names_nobody_kept_back(
    when: str, operation: pgtrigger.Operation
) -> pgtrigger.Trigger:
    """A single word is asked only of who speaks in this citation: it may be anybody's
    first name.
    """
    return pgtrigger.Trigger(
        name=f"quote_names_nobody_{when}",
        when=pgtrigger.After,
        operation=operation,
        condition=pgtrigger.Condition("NEW.quote <> ''"),
        func=f"""
            IF EXISTS (
                SELECT FROM cases_claimant
                WHERE (role IN ('relative', 'lawyer', 'witness') OR protected_pseudonym)
                AND (id = NEW.claimant_id OR trim(name) ~ '\\s')
                AND {_is_in_quote("name")}
            ) OR EXISTS (
                SELECT FROM cases_personname AS name
                JOIN cases_prisoner AS prisoner ON prisoner.id = name.prisoner_id
                WHERE prisoner.id = NEW.root_id AND prisoner.name_withheld
                AND {_is_in_quote("name.value")}
            ) THEN
                RAISE check_violation USING CONSTRAINT = 'quote_names_nobody_kept_back',
                    MESSAGE = 'quote: it holds a name that is not published';
            END IF;
            RETURN NULL;
        """,
    )
