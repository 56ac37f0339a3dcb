"""Should a view forget all the rest, the login that it reads with is refused by the
database.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connections
from django.db.models import Model
from django.test import Client

from cases.models import Prisoner
from tests.factories import make_prisoner
from tests.keys import key_for
from tracker import kept
from tracker.audiences import AUDIENCES, Audience

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "qzinternalsecretzq"


@pytest.fixture(autouse=True)
def real_logins(logins: Callable[[str], Any]) -> Iterator[None]:
    """The aliases "public" and "partners" by their own logins; `logins` skips where the
    server has no five of them.
    """
    for audience in AUDIENCES:
        database = {
            **connections["default"].settings_dict,
            "OPTIONS": {},
            **settings.DATABASE_LOGINS[audience.name],
        }
        database["NAME"] = connections["default"].settings_dict["NAME"]
        connections[audience.name] = type(connections["default"])(
            database, audience.name
        )
    yield
    for audience in AUDIENCES:
        connections[audience.name].close()
        connections[audience.name] = connections["default"]


def tables(audience: Audience) -> tuple[list[type[Model]], list[type[Model]]]:
    """(those of this audience, all others)"""
    own: set[type[Model]] = {
        audience.document_model,
        audience.span_model,
        audience.feed_model,
    }
    own |= {audience.correction_model, audience.held_model, audience.copy_model}
    models = [
        one
        for one in apps.get_models(include_auto_created=True)
        if one._meta.managed and not one._meta.proxy
    ]
    return [one for one in models if one in own], [
        one for one in models if one not in own
    ]


@pytest.mark.parametrize("audience", AUDIENCES, ids=lambda one: one.name)
def test_no_model_but_the_audiences_own_can_be_asked(audience: Audience) -> None:
    own, others = tables(audience)
    assert [list(model._default_manager.using(audience.name)[:1]) for model in own]
    for model in others:
        with pytest.raises(
            ProgrammingError,
            match=f"permission denied for table {model._meta.db_table}",
        ):
            model._base_manager.using(audience.name).count()


@pytest.mark.parametrize(
    "address",
    ["/api/v1/prisoners/", "/api/v1/prisoners/?q=secret", "/en/cases/", "/en/"],
)
@pytest.mark.parametrize("who", ["anyone", "a partner"])
def test_a_view_that_asks_the_record_itself_is_refused(
    who: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_prisoner(SECRET, visibility="internal")
    headers = {}
    if who == "a partner":
        headers = {"Authorization": f"Api-Key {key_for('partner').secret}"}
    client = Client(raise_request_exception=False, headers=headers)
    assert client.get(address).status_code == 200
    monkeypatch.setattr(
        Audience, "documents", lambda self, kind: Prisoner.objects.using(self.name)
    )
    kept.forget_all()
    monkeypatch.setattr(
        "django.test.client.Client.store_exc_info", lambda *args, **kwargs: None
    )
    with pytest.raises(ProgrammingError, match="permission denied"):
        list(Prisoner.objects.using("public"))
    response = client.get(address)
    assert response.status_code == 500
    assert SECRET.encode() not in response.content
