"""The names of permissions that only the desk knows, and those of the record beside
them: nothing at the desk writes such a name itself.
"""

from cases.permissions import (
    APPROVE,
    HIDE,
    MAKE_PACK,
    NAME_STAFF,
    ORDER_ERASURE,
    may,
)

__all__ = [
    "APPROVE",
    "BRING_LISTS",
    "CHANGE_ACCOUNTS",
    "DECIDE_PROPOSALS",
    "EXPORT",
    "HIDE",
    "MAKE_PACK",
    "NAME_STAFF",
    "ORDER_ERASURE",
    "VIEW_ACCESS_LOG",
    "may",
]

BRING_LISTS = "lists.bring_list"
CHANGE_ACCOUNTS = "auth.change_user"
DECIDE_PROPOSALS = "proposals.decide_proposal"
EXPORT = "access.export_records"
VIEW_ACCESS_LOG = "access.view_accessevent"
