"""What the desk's pages refuse somebody, the editorial API refuses them too, and the
other way round.
"""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from cases.desk.admin.base import PartAdmin
from cases.desk.api.urls import router
from cases.models.base import Record

pytestmark = pytest.mark.django_db

NOBODYS = "00000000-0000-0000-0000-000000000007"
VIEWSETS: list[tuple[str, Any, str]] = router.registry
MODELS = {noun: viewset.queryset.model for noun, viewset, _name in VIEWSETS}
RECORDS = {noun: model for noun, model in MODELS.items() if issubclass(model, Record)}


def somebody(action: str) -> Client:
    """Who may do that to every kind of record, and look at it."""
    user = User.objects.create_user(action, is_staff=True)
    rights = Permission.objects.filter(
        content_type__app_label="cases", codename__regex=f"^(view|{action})_"
    )
    user.user_permissions.set(rights)
    client = Client()
    client.force_login(user)
    return client


def lets_by_the_api(client: Client, noun: str) -> dict[str, bool]:
    many, one = f"/api/editorial/v1/{noun}/", f"/api/editorial/v1/{noun}/{NOBODYS}/"
    asked = {
        "view": ("GET", many),
        "add": ("POST", many),
        "change": ("PATCH", one),
        "delete": ("DELETE", one),
    }
    body = (
        b'{"no such field": 1}',
        "application/json",
    )  # let in, it is refused all the same
    return {
        may: client.generic(*request, *body).status_code != 403
        for may, request in asked.items()
    }


def lets_by_the_pages(client: Client, model: type[Record]) -> dict[str, bool]:
    name = f"admin:cases_{model._meta.model_name}"
    asked = {
        "view": ("GET", reverse(f"{name}_changelist")),
        "add": ("POST", reverse(f"{name}_add")),
        "change": ("POST", reverse(f"{name}_change", args=[NOBODYS])),
        "delete": ("POST", reverse(f"{name}_delete", args=[NOBODYS])),
    }
    return {
        may: client.generic(*request).status_code != 403
        for may, request in asked.items()
    }


@pytest.mark.parametrize("action", ["view", "add", "change", "delete"])
def test_both_let_somebody_do_the_same_with_every_kind_of_record(action: str) -> None:
    client = somebody(action)
    for noun, model in RECORDS.items():
        by_api, by_pages = (
            lets_by_the_api(client, noun),
            lets_by_the_pages(client, model),
        )
        assert by_api == {may: may in {"view", action} for may in by_api}, noun
        if (
            isinstance(admin.site.get_model_admin(model), PartAdmin)
            and noun != "citations"
        ):
            by_pages["add"] = by_api["add"]  # a part is added on the page of its case
        assert by_pages == by_api, noun
