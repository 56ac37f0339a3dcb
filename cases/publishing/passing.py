"""Which errors of the database say nothing of what was to be written: *again*, then."""

from typing import Any

from django.db import DatabaseError, OperationalError

LOCK_NOT_AVAILABLE = "55P03"
# Classes of SQLSTATE: connection, rollback, resources, state of an object, intervention
# of an operator, the system.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_PASSING = ("08", "40", "53", "55", "57", "58")
# Somebody approved the case in the same moment: there is a next number.
_APPROVED_MEANWHILE = "edition_numbers_are_unique"


def passes(error: BaseException) -> bool:
    """A connection that was lost has no SQLSTATE."""
    if not isinstance(error, DatabaseError):
        return False
    state = sqlstate(error)
    if state is None:
        return isinstance(error, OperationalError)
    return state.startswith(_PASSING) or _rule(error) == _APPROVED_MEANWHILE


def _rule(error: BaseException) -> str | None:
    """That was broken, if any was."""
    refused: Any = error.__cause__
    return getattr(getattr(refused, "diag", None), "constraint_name", None)


def sqlstate(error: BaseException) -> str | None:
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state
