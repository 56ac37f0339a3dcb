"""The names of Django's permissions, as `has_perm` asks for them, written in one place.

Those that only the desk knows stand in cases/desk/permissions.py.
"""

from django.contrib.auth import get_permission_codename
from django.db import models

APPROVE = "cases.approve_case"
HIDE = "cases.hide_case"
NAME_STAFF = "cases.name_staff"
MAKE_PACK = "cases.make_evidence_pack"
ORDER_ERASURE = "cases.order_erasure"


def may(action: str, model: type[models.Model]) -> str:
    """`action` is view, add, change or delete."""
    codename = get_permission_codename(action, model._meta)
    return f"{model._meta.app_label}.{codename}"
